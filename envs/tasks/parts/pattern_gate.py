"""The gate on base leg, where a circuit hands over to the landing: how far off it an aircraft passes."""

from __future__ import annotations

import math
from typing import NamedTuple

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
    error = math.atan2(-now.vy, now.vx) - base.leg.course
    error = math.atan2(math.sin(error), math.cos(error))
    return GateErrors(
        base.across_m / (WIDTH_SPANS * shape.span_m),
        base.above_m / (HEIGHT_SHARE * shape.gate_height_m),
        (2 * speed - SLOWEST_VS - FASTEST_VS) / (FASTEST_VS - SLOWEST_VS),
        now.roll / MOST_BANK,
        error / MOST_COURSE,
    )
