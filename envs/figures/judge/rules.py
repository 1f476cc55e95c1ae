"""What each fault costs: the downgrades of FAI Sporting Code F3A, annex 5B, as functions (envs/figures/judge/JUDGE.md).

A figure starts at 10 points. Errors below what a judge can see cost nothing; above, they cost in full.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from envs.base.frames import Array

FULL_MARKS = 10.0
DEG_A_POINT = 15.0
"""Of track, attitude or heading, in proportion below it (annex 5B, "1 point per 15 degrees")."""
ZERO_DEG = 90.0
"""An error as large as this is another figure: zero."""

VISIBLE_DEG = 3.0
"""Errors of an angle that are not seen from the judge's line (ours): the smallest step of the book, half a point, is
7.5 deg."""
NEW_PEAK_DEG = 3.0
"""How far an error must fall back before its growing again is a new fault (ours)."""
GROWN_SHARE = 0.95
"""Of a fault's growth: when it has come so far, it is said to have happened (ours)."""
VISIBLE_RADIUS_RATIO = 0.08
"""Change of radius within a loop that is not seen (ours): the rule would take 0.02 points for it."""
VISIBLE_BETWEEN_RATIO = 0.05
"""Difference of radius between two loops that is not seen (ours)."""
VISIBLE_ROLL_RATIO = 0.3
"""Change of roll rate that is not seen (ours): the rule would take 0.045 points for it."""
VISIBLE_EXIT_B = 1.0
"""Difference of height or depth, in wing spans, that is not seen (ours): 0.8 degrees from 75 b away."""
EXIT_B = 3.0
"""Half a point of height or depth, in wing spans: 20 m at 150 m in the code, for models of 2 m (yardsticks)."""
PIVOT_B = 0.5
"""A stall turn pivots within this many wing spans, and each as many more cost a point (annex 5B)."""
WING_OVER_B = 2.0
"""A pivot wider than this is a wing-over and no stall turn: zero (annex 5B)."""
VISIBLE_PIVOT_B = 0.1
VISIBLE_CENTRING_B = 1.0
"""Difference between the lines before and after a roll, in wing spans, that is not seen (ours)."""
BOX_HALF_WIDTH_B, BOX_DEPTH_B, BOX_TOP_DEG = 75.0, 75.0, 60.0
"""The box: half its width along the runway and the judge's distance from the flight line (b), and how high it reaches
seen from there (deg)."""
STALL_DEG = 10.0
"""Angle of attack beyond which a model's wing autorotates: attached flow ends at 8 to 12 deg (aircraft files)."""

_CENTRING = np.array([(1.0, 0.0), (1.1, 0.0), (1.3, 0.5), (1.5, 1.0), (2.0, 2.0), (4.0, 3.0)])
"""Rows of (longer line over shorter one, points): slight 0.5, visible 1, two to one 2, missing 3; between them ours."""


def angle_points(degrees: float) -> float:
    """Points for an error of track, attitude or heading (deg)."""
    return abs(degrees) / DEG_A_POINT


def radius_points(ratio: float) -> float:
    """Points for a radius that changes within a loop by ratio = larger / smaller - 1."""
    return float(min(2.0, 0.5 * ratio**1.29))


def radius_between_points(ratio: float) -> float:
    """Points for two loops of one figure whose radii differ by ratio = larger / smaller - 1."""
    return float(ratio**0.43)


def roll_rate_points(ratio: float) -> float:
    """Points for a roll rate that changes by ratio = faster / slower - 1."""
    return float(min(1.0, 0.15 * ratio))


def centring_points(before: float, after: float) -> float:
    """Points for a roll between lines of these lengths, each over the length that was asked for there."""
    shorter, longer = sorted((max(before, 0.0), max(after, 0.0)))
    ratio = longer / shorter if shorter > 0.1 * longer else np.inf
    return float(np.interp(ratio, _CENTRING[:, 0], _CENTRING[:, 1]))


def exit_points(spans: float) -> float:
    """Points for a figure that ends this many wing spans off the height, or the depth, at which it was to end."""
    return 0.5 * abs(spans) / EXIT_B


def pivot_width_m(way_m: tuple[float, float], most_drift_m: tuple[float, float]) -> float:
    """How wide a stall turn's pivot is that came so far (x, y) over the ground, its drift anything up to the most.

    Drift costs nothing (5B.7.4). How much of it there was cannot be seen: what makes the pivot narrowest is taken.
    """
    (x, y), (drift_x, drift_y) = way_m, most_drift_m
    share = (x * drift_x + y * drift_y) / max(drift_x * drift_x + drift_y * drift_y, 1e-9)
    share = min(1.0, max(0.0, share))
    return math.hypot(x - share * drift_x, y - share * drift_y)


def pivot_points(spans: float) -> float:
    """Points for a stall turn whose centre of gravity goes this many wing spans to the side."""
    return max(0.0, (spans - PIVOT_B) / PIVOT_B)


def total(points: Iterable[float]) -> float:
    """The mark of a figure (0 to 10) with these downgrades."""
    return max(0.0, FULL_MARKS - float(sum(points)))


def growth(error: Array, visible: float, new_peak: float, carried: float = 0.0) -> list[tuple[int, float]]:
    """The faults of an error (n,) over time: [(index at which it is all but grown, by how much it grew)].

    Only growth counts, flying back towards what was asked is free, and each peak is a new fault: an error that has
    fallen back by `new_peak`, or has changed its side, counts from where it grows again. What grows by less than
    `visible` is no fault. Before the first value the error was `carried`, as much of it as is marked already.
    """
    faults: list[tuple[int, float]] = []
    sizes = np.abs(np.asarray(error, np.float64))
    low = peak = abs(carried)
    since, side = 0, carried

    def close(end: int) -> None:
        if peak - low >= visible:
            grown = np.flatnonzero(sizes[since:end] >= low + GROWN_SHARE * (peak - low))
            faults.append((since + int(grown[0]), peak - low))

    for i, (value, size) in enumerate(zip(np.asarray(error).tolist(), sizes.tolist(), strict=True)):
        if value * side < 0.0:
            close(i)
            low, peak, since = 0.0, size, i
        elif size > peak:
            peak = size
        elif peak - size >= new_peak or (peak - low < visible and size < low):
            close(i)
            low = peak = size
            since = i
        side = value or side
    close(len(sizes))
    return faults
