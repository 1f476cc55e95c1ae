"""The legs of a flight with figures in it: from the take-off to where they begin, and from where they end back home."""

from __future__ import annotations

import math
from dataclasses import replace

from envs.tasks.parts.pattern_shape import PatternShape, Straight
from envs.tasks.parts.task import Leg

LEAD_B = 40.0
"""Of the level line that leads to the first figure: time to come onto it, and to gather speed."""
SETTLE_RADII = 3.0  # from base leg to that line's begin: one for the turn, the rest to settle on the centreline
ROUND_RADII = 4.0  # from crosswind to base leg at least
OUT_RADII, ASIDE_RADII = 1.5, 2.5  # home from a flight that leads back: straight on, then aside for a wide turn


def legs_to_figures(shape: PatternShape, x_m: float, start_x_m: float, height_m: float) -> list[Straight]:
    """Once round, level at `height_m`, to x = `start_x_m` on the centreline; climbing out from `x_m`.

    The last leg, whose origin is where the figures' line begins, ends there.
    """
    across, width, radius = 0.5 * math.pi * shape.side, shape.downwind_y_m, shape.radius_m
    corner = shape.crosswind_x_m(x_m)
    base = min(start_x_m - SETTLE_RADII * radius, corner - ROUND_RADII * radius)
    return [
        Straight("upwind", Leg(0.0, 0.0, 0.0, height_m, 0.0), min(x_m, corner), corner),
        Straight("crosswind", Leg(corner, 0.0, -across, height_m, 0.0), 0.0, width),
        Straight("downwind", Leg(corner, shape.side * width, math.pi, height_m, 0.0), 0.0, corner - base),
        Straight("base", Leg(base, shape.side * width, across, height_m, 0.0), 0.0, width),
        Straight("run-in", Leg(start_x_m, 0.0, 0.0, height_m, 0.0), base - start_x_m, 0.0),
    ]


def legs_home(shape: PatternShape, x_m: float, ahead: bool) -> list[Straight]:
    """From the centreline at `x_m` round to the gate: the rest of a circuit, flying along the runway.

    Flying back (not `ahead`), first aside and round to its upwind side, all turns to the same hand.
    """
    if ahead:
        return shape.straights(x_m)
    across, height, radius = 0.5 * math.pi * shape.side, shape.height_m, shape.radius_m
    out, aside = x_m - OUT_RADII * radius, ASIDE_RADII * radius
    _, crosswind, *rest = shape.straights(out)
    corner = crosswind.leg.x_m
    return [
        Straight("outbound", Leg(out, 0.0, math.pi, height, 0.0), out - x_m, 0.0),
        Straight("aside", Leg(out, 0.0, across, height, 0.0), 0.0, aside),
        Straight("upwind", Leg(out, -shape.side * aside, 0.0, height, 0.0), 0.0, corner - out),
        replace(crosswind, leg=crosswind.leg._replace(y_m=-shape.side * aside), end_m=crosswind.end_m + aside),
        *rest,
    ]
