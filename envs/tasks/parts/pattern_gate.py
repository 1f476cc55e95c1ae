"""The gate on base leg, where a circuit hands over to the landing: how far off it an aircraft passes."""

from __future__ import annotations

import math
from typing import NamedTuple

from envs.base.breach import Breach
from envs.base.quantities import Quantities
from envs.tasks.parts.pattern_shape import LegFrame, PatternShape

WIDTH_SPANS = 20.0  # to either side: where the landing's starts on base leg end
HEIGHT_SHARE = 0.3  # of the gate's height, above and below
SLOWEST_VS, FASTEST_VS = 1.1, 1.6
MOST_BANK, MOST_COURSE = math.radians(25), math.radians(25)
MOST_COUNTED = 3.0  # of a squared error
WORDS = (("wide", "wide"), ("low", "high"), ("slow", "fast"), ("banked", "banked"), ("turned", "turned"))
"""The outcomes of GateErrors, in their order: of a negative error, and of a positive one."""


class GateErrors(NamedTuple):
    """Errors at the gate, each 1 in size where what is allowed ends; signs as named in `WORDS`."""

    across: float
    height: float
    speed: float
    bank: float
    course: float

    @property
    def total(self) -> float:
        """Sum of their squares, each at most 3."""
        return sum(min(MOST_COUNTED, error * error) for error in self)

    @property
    def first_violation(self) -> str:
        """The word for the first error that is too large, "" when all are within the gate."""
        words = (pair[int(error > 0)] for pair, error in zip(WORDS, self, strict=True) if abs(error) > 1)
        return next(words, "")


def gate_errors(shape: PatternShape, now: Quantities, base: LegFrame, stall_mps: float) -> GateErrors:
    """The errors of an aircraft at the gate, as it is now and as base leg's frame has followed it."""
    speed = now.airspeed / stall_mps
    return GateErrors(
        base.across_m / (WIDTH_SPANS * shape.span_m),
        base.above_m / (HEIGHT_SHARE * shape.gate_height_m),
        (2 * speed - SLOWEST_VS - FASTEST_VS) / (FASTEST_VS - SLOWEST_VS),
        now.roll / MOST_BANK,
        off_course(now, base) / MOST_COURSE,
    )


def off_course(now: Quantities, base: LegFrame) -> float:
    """Course over ground off base leg's (rad), + to the right."""
    error = math.atan2(-now.vy, now.vx) - base.leg.course
    return math.atan2(math.sin(error), math.cos(error))


def gate_breach(word: str, shape: PatternShape, now: Quantities, base: LegFrame, stall_mps: float) -> Breach | None:
    """An error at the gate in numbers, by its word in `WORDS`; None of other words. Arguments as of `gate_errors`."""
    at, height, most_off = now.time, now.height, HEIGHT_SHARE * shape.gate_height_m
    match word:
        case "wide":
            most = WIDTH_SPANS
            return Breach.aside("distance from base leg", at, -base.across_m, most * shape.span_m, "m", f"{most:g} b")
        case "low":
            return Breach.under("height at the gate", at, height, height - base.above_m - most_off, "m")
        case "high":
            return Breach.over("height at the gate", at, height, height - base.above_m + most_off, "m")
        case "slow":
            least = SLOWEST_VS
            return Breach.under("airspeed at the gate", at, now.airspeed, least * stall_mps, "m/s", f"{least:g} Vs")
        case "fast":
            most = FASTEST_VS
            return Breach.over("airspeed at the gate", at, now.airspeed, most * stall_mps, "m/s", f"{most:g} Vs")
        case "banked":
            return Breach.aside("bank at the gate", at, -math.degrees(now.roll), math.degrees(MOST_BANK), "deg")
        case "turned":
            off = -math.degrees(off_course(now, base))
            return Breach.aside("course off base leg's", at, off, math.degrees(MOST_COURSE), "deg")
        case _:
            return None
