"""Gains that somebody else found, as a file tells them: checked before they fly."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from typing import Any

from envs.base.errors import InputError, did_you_mean, shown

MOST = 1000.0
"""Of any gain: a hundred times the largest shipped one would be none."""
LEAST_DIVISOR = 0.001
DIVISORS = frozenset(
    {
        "speed_filter",
        "wind_filter",
        "gust_filter",
        "acceleration_filter",
        "lift_filter",
        "path_filter",
        "line_period",
        "line_period_low",
        "line_damping",
        "line_time",
        "turn_bank",
        "steering_speed",
        "bank",
        "flare_length",
        "retard_height",
        "align_blend",
        "gate_way_per_cross",
        "glide",
        "slowest",
    }
)
"""Gains that something is divided by: times, lengths and slopes, which are above 0."""


def gains_from(shipped: Any, told: Mapping[str, Any], source: str) -> Any:
    """The shipped gains of a task with those that `told` has, {name: value}, in their place.

    Raises InputError, one line that begins with `source`, for a name that is no gain and a value that none can have.
    """
    known = [field.name for field in fields(shipped)]
    for name, value in told.items():
        if name not in known:
            hint = did_you_mean(name, known) or f", known: {', '.join(sorted(known))}"
            raise InputError(f"{source}: unknown gain {shown(name)}{hint}")
        number = value if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
        if not math.isfinite(number) or abs(number) > MOST:
            raise InputError(f"{source}: {name}: must be a number from {-MOST:g} to {MOST:g} (got {shown(value)})")
        if name in DIVISORS and number < LEAST_DIVISOR:
            raise InputError(f"{source}: {name}: must be at least {LEAST_DIVISOR:g} (got {shown(value)})")
    return replace(shipped, **{name: float(value) for name, value in told.items()})


def told_of(gains: Any, shipped: Any) -> dict[str, float]:
    """{name: value} of the gains that differ from the shipped ones, to four figures: what `gains_from` reads."""
    before = asdict(shipped)
    return {name: float(f"{value:.4g}") for name, value in asdict(gains).items() if value != before[name]}
