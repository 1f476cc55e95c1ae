"""The legs of a circuit, as a log's header keeps them (see Task.marks)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

KEYS = ("from_s", "x_m", "y_m", "course_deg", "height_m", "slope", "start_m", "end_m")


def legs_of(header: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The legs in the header of a log, [] if it has none or incomplete ones."""
    marks = header.get("marks")
    legs = marks.get("legs") if isinstance(marks, Mapping) else None
    whole = isinstance(legs, list) and all(
        isinstance(leg, dict)
        and isinstance(leg.get("name"), str)
        and all(isinstance(leg.get(key), int | float) for key in KEYS)
        for leg in legs
    )
    return legs if whole and legs else []


def leg_name(legs: Sequence[Mapping[str, Any]], time_s: float) -> str:
    """The name of the leg flown at a time of the log (s); "take-off" before the first, "" without any."""
    begun = [str(leg["name"]) for leg in legs if leg["from_s"] <= time_s]
    return begun[-1] if begun else "take-off" if legs else ""
