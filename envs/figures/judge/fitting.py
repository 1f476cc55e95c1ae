"""Where a figure was meant to be flown, of a flight that does not say it: where it is flown, on its entry's course."""

from __future__ import annotations

import math

import numpy as np

from envs.base.frames import Array
from envs.figures.figure import Figure
from envs.figures.judge.align import align
from envs.figures.judge.finding import found
from envs.figures.judge.parts import Flown
from envs.figures.judge.swings import spun_the_other_way
from envs.figures.judge.track import FlownTrack, see
from envs.figures.path import FigurePath, figure_path, placed

ROUNDS = 4
"""How often the place is improved by what was found with the last."""
MOST_TURN_RAD = 0.5
"""By which a round may turn the course (ours): a figure with an element out of its plane is not laid into that."""

OTHER_WAY = 0.1
"""What a spin to the other side counts as unlike (ours); the alignment of a flight and a path does not look at it."""


def fitted(track: FlownTrack, figure: Figure, span_m: float) -> FigurePath:
    """The path of a figure where a flight flies it: the likeliest of both courses and both hands.

    First the figure is looked for along the course of the log's start and against it, then its entry is laid where
    its first element was found, on the course flown there.
    """
    path = figure_path(figure, span_m)
    start = track.velocity[: max(2, len(track.time_s) // 20)].mean(axis=0)
    course = math.atan2(-start[1], start[0])
    trials = [_improved(track, path, course + turn, hand) for turn in (0.0, math.pi) for hand in (False, True)]
    return min(trials, key=lambda trial: trial[0])[1]


def _improved(track: FlownTrack, path: FigurePath, course: float, mirrored: bool) -> tuple[float, FigurePath]:
    """How unlike the flight is, and the path, entered where the flight is likest to it."""
    place = best = _laid(path, track.position[0], course, mirrored)
    unlike, other = math.inf, 0
    for _ in range(ROUNDS):
        seen = see(track, _ahead(course))
        alignment = align(seen, place)
        if alignment.unlike >= unlike - 1e-6:
            break
        unlike, best = alignment.unlike, place
        flown = found(seen, place, alignment)
        other = spun_the_other_way(flown)
        course = _course(flown, course)
        joint, first = (flown.bounds[1], float(place.starts_m[1])) if len(place.starts_m) > 1 else (flown.begin, 0.0)
        place = _laid(path, seen.position[joint] - first * _ahead(course), course, mirrored)
    return unlike + OTHER_WAY * other, best


def _laid(path: FigurePath, entry: Array, course: float, mirrored: bool) -> FigurePath:
    x, y, z = entry.tolist()
    return placed(path, x, y, z, course, mirrored)


def _ahead(course: float) -> Array:
    return np.array([math.cos(course), -math.sin(course), 0.0])


def _course(flown: Flown, course: float) -> float:
    """The course (rad) along which the whole figure lies; the one so far where that is far off."""
    seen = flown.seen
    ground = seen.direction[flown.begin : flown.end + 1, :2]
    if len(ground) < 2:
        return course
    along = np.linalg.svd(ground, full_matrices=False)[2][0]
    along = along * np.copysign(1.0, along @ _ahead(course)[:2])
    found_course = math.atan2(-along[1], along[0])
    off = math.remainder(found_course - course, 2.0 * math.pi)
    return found_course if abs(off) < MOST_TURN_RAD else course
