"""Which part of the flight is which element: flight and path are laid along each other, both only forwards.

Dynamic time warping (Sakoe and Chiba 1978) on what a judge recognises a figure by: direction of the track, roll, and,
weakly, place. A figure flown too large, too small, shifted or in wind still finds its elements, and branches that
cross are kept apart by their order.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from envs.base.frames import Array
from envs.figures.judge.track import Seen, roll_angle
from envs.figures.path import FigurePath

GRID_B, GRID_S = 0.4, 0.1
"""Distance between two points that are compared at most, in wing spans; of the flight also in time."""
MOST_POINTS = 600
"""Of either; longer flights and figures are looked at more coarsely."""
ROLL_WEIGHT, PLACE_WEIGHT, STRETCH_WEIGHT = 0.5, 0.1, 0.05
"""What a full error of roll, of place, and flying further than asked weigh against flying the opposite way (ours)."""
NEAR_B = 10.0
"""Error of place, in wing spans, of half its weight (ours)."""
UNFLOWN_WEIGHT = 0.4
"""What the rest of the path costs where nothing like it follows (ours): less than laying it over what is unlike it."""
BOTH, FLIGHT_ALONE, PATH_ALONE = 1, 2, 3
"""Steps of the alignment."""


class Alignment(NamedTuple):
    """Where the elements lie in a flight.

    `bounds_s` (elements + 1,): seconds at which each element begins, and the last ends. `completed`: share of the
    path's length that was flown. `unlike`: 0 where the flight is as asked, of the order of 1 where it is not at all.
    """

    bounds_s: Array
    completed: float
    unlike: float


def align(seen: Seen, path: FigurePath) -> Alignment:
    """Lay the flight along the path."""
    rows = _flight_rows(seen, path.span_m)
    stations = np.linspace(0.0, path.length_m, min(MOST_POINTS, math.ceil(path.length_m / (GRID_B * path.span_m)) + 1))
    asked = path.sample(stations)
    asked_phi = roll_angle(asked[:, 3:6], asked[:, 6:9], seen.left)
    flown_marks = _marks(seen.direction[rows], seen.phi[rows], seen.position[rows] / (NEAR_B * path.span_m))
    asked_marks = _marks(asked[:, 3:6], asked_phi, asked[:, 0:3] / (NEAR_B * path.span_m))
    asked_marks = np.ascontiguousarray(np.column_stack([asked_marks, _roll_weights(path, stations)]))
    flown_steps = np.diff(seen.way[rows], prepend=seen.way[rows[0]])
    match, last, cost = _warp(flown_marks, asked_marks, flown_steps, path.length_m / (len(stations) - 1))
    time_s = seen.time_s[rows]
    # Times at which the path's stations are passed: where several samples match one station, the first of them.
    bounds = np.concatenate([path.starts_m, [path.length_m]])
    passed = np.interp(bounds, stations[: last + 1], time_s[match[: last + 1]])
    if match[last] == len(rows) - 1:  # what is laid on the last sample alone was not flown
        last = int(np.argmax(match[: last + 1] == len(rows) - 1))
    return Alignment(passed, float(stations[last] / path.length_m), float(cost / path.length_m))


def _flight_rows(seen: Seen, span_m: float) -> NDArray[np.int64]:
    """The samples of a flight that are compared."""
    effort = np.maximum(seen.way / (GRID_B * span_m), (seen.time_s - seen.time_s[0]) / GRID_S)
    count = int(min(MOST_POINTS, max(2, math.ceil(effort[-1]))))
    return np.unique(np.searchsorted(effort, np.linspace(0.0, effort[-1], count)).clip(0, len(seen) - 1))


def _marks(direction: Array, phi: Array, place: Array) -> Array:
    return np.ascontiguousarray(np.column_stack([direction, np.cos(phi), np.sin(phi), place]))


def _roll_weights(path: FigurePath, stations: Array) -> Array:
    """Weight of roll at arc lengths (m): none in a spin, which turns as fast and begins to turn as early as it will."""
    spins = np.array([element.kind == "spin" for element in path.figure.elements])
    number = np.searchsorted(path.starts_m, stations, side="right") - 1
    return np.where(spins[number], 0.0, ROLL_WEIGHT)


@njit(cache=True)
def _unlike(flown: Array, i: int, asked: Array, j: int) -> float:
    """How little mark i of the flight is like mark j of the path: 0 the same, 1 the opposite way."""
    along = flown[i, 0] * asked[j, 0] + flown[i, 1] * asked[j, 1] + flown[i, 2] * asked[j, 2]
    rolled = flown[i, 3] * asked[j, 3] + flown[i, 4] * asked[j, 4]
    away = (flown[i, 5] - asked[j, 5]) ** 2 + (flown[i, 6] - asked[j, 6]) ** 2 + (flown[i, 7] - asked[j, 7]) ** 2
    return 0.5 * (1.0 - along) + 0.5 * asked[j, 8] * (1.0 - rolled) + PLACE_WEIGHT * away / (1.0 + away)


@njit(cache=True)
def _warp(flown: Array, asked: Array, flown_steps: Array, asked_step: float) -> tuple[NDArray[np.int64], int, float]:
    """The way of least unlikeness; the flight may begin before the figure, end after it, and end too early.

    Args:
        flown: (n, 8) marks of the flight.
        asked: (m, 9) marks of the path, the last the weight of roll there.
        flown_steps: (n,) way flown since the sample before, m.
        asked_step: length of path between two marks, m.

    Returns:
        (m,) first sample of the flight at each mark of the path, the last mark that was flown, and the unlikeness in m.
    """
    cost, came = _fill(flown, asked, flown_steps, asked_step)
    n, m = cost.shape
    i, j, whole = 0, 0, np.inf
    for row in range(n):
        for k in range(m):
            early = cost[row, k] + (m - 1 - k) * asked_step * UNFLOWN_WEIGHT
            if early < whole:
                whole, i, j = early, row, k
    match, last = np.full(m, i), j
    while j > 0:
        way = came[i, j]
        i -= way != PATH_ALONE
        j -= way != FLIGHT_ALONE
        match[j] = i
    return match, last, whole


@njit(cache=True)
def _fill(flown: Array, asked: Array, flown_steps: Array, asked_step: float) -> tuple[Array, NDArray[np.int8]]:
    """The least unlikeness up to each pair of marks, (n, m), m, and by which step it came there; as of `_warp`."""
    n, m = len(flown), len(asked)
    cost, came = np.zeros((n, m)), np.zeros((n, m), np.int8)
    for i in range(n):
        step = flown_steps[i]
        for j in range(1, m):
            here = _unlike(flown, i, asked, j)
            best, way = cost[i, j - 1] + asked_step * (here + STRETCH_WEIGHT), PATH_ALONE
            if i > 0:
                both = cost[i - 1, j - 1] + (step + asked_step) * here + STRETCH_WEIGHT * abs(step - asked_step)
                if both <= best:
                    best, way = both, BOTH
                on = cost[i - 1, j] + step * (here + STRETCH_WEIGHT)
                if on < best:
                    best, way = on, FLIGHT_ALONE
            cost[i, j], came[i, j] = best, way
    return cost, came
