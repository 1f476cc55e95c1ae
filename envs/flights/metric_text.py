"""Outcome and metrics of a flight in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Ending:
    """How a flight ended, as the banner over the last pictures of its video says it."""

    outcome: str
    is_success: bool
    lines: tuple[str, ...] = ()


def ending_of(header: dict[str, Any]) -> Ending | None:
    """The ending that a log's header tells, or None if it has no outcome."""
    if not header.get("outcome"):
        return None
    metrics = header.get("metrics") or {}
    shown = [metric_text(name, value) for name, value in metrics.items() if isinstance(value, int | float)][:6]
    return Ending(str(header["outcome"]), bool(header.get("is_success")), tuple(shown))


def metric_text(name: str, value: float) -> str:
    """A metric in words: `sink_mps`, 0.4 -> `sink 0.40 m/s`."""
    label, unit = metric_label(name)
    return f"{label} {metric_value(value)}{'' if unit == '°' else ' '}{unit}".rstrip()


def metric_label(name: str) -> tuple[str, str]:
    """Words and unit of a metric's name: `sink_mps` -> ("sink", "m/s"); the unit is "" if the name has none."""
    stem, _, ending = name.rpartition("_")
    unit = {
        "mps": "m/s",
        "mps2": "m/s²",
        "m": "m",
        "s": "s",
        "deg": "°",
        "dps": "°/s",
        "kg": "kg",
        "J": "J",
        "W": "W",
        "pct": "%",
        "vs": "Vs",
    }.get(ending)
    return (stem.replace("_", " "), unit) if unit and stem else (name.replace("_", " "), "")


def metric_value(value: float) -> str:
    """A number with three digits and no exponent; whole numbers below 10 are counts and stay whole."""
    if float(value).is_integer() and abs(value) < 10:
        return f"{value:.0f}"
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def metric_rows(metrics: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Words, value and unit of each metric in a log's header, for a table; a value of None becomes a dash."""
    rows = []
    for name, value in metrics.items():
        label, unit = metric_label(str(name))
        number = isinstance(value, int | float) and not isinstance(value, bool)
        rows.append((label, metric_value(value) if number else "–" if value is None else str(value), unit))
    return rows
