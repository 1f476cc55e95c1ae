"""A figure's path in space: where it leads, which way the canopy points along it, and how far along it one is.

The figure's frame: x along the entry track, y left, z up, origin at the entry; m. `placed` moves a path into the world.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from envs.base.frames import Array
from envs.figures.elements import Arc, StallTurn, StraightLine
from envs.figures.figure import Figure
from envs.figures.kernels import COLUMNS, at_stations, nearest_station
from envs.figures.walk import (
    SPIN_CORNER_B,
    SPIN_SLOW,
    STALL_TURN_RADIUS_B,
    Stretch,
    axes_at,
    rolled_share,
    swing_side,
    walk,
)

STEP_B = 0.1
"""Arc length between two samples at most, in wing spans."""


class PathPoint(NamedTuple):
    """A point of a path: position (3,) m, tangent (3,) and canopy (3,) unit vectors, curvature 1/m."""

    position: Array
    tangent: Array
    canopy: Array
    curvature_1pm: float


@dataclass(frozen=True)
class FigurePath:
    """A figure's path, sampled evenly along its length, first and last point included.

    Attributes:
        figure: what is flown (mirrored where the path is).
        span_m: wing span that its lengths were multiplied by.
        s_m: (n,) arc length from the entry.
        position: (n, 3) m, in the figure's frame, or the world's once placed.
        tangent: (n, 3) unit vectors along the way.
        canopy: (n, 3) unit vectors up out of the cockpit, perpendicular to the tangent, with the roll asked for.
        element: (n,) number of the element that each point belongs to; where two meet, the later one.
        curvature_1pm: (n,) of the way.
        rolled_rad: (n,) roll asked for since the entry, + right; a stall turn adds none, a spin its turns.
        starts_m: (elements,) arc length at which each element begins.
    """

    figure: Figure
    span_m: float
    s_m: Array
    position: Array
    tangent: Array
    canopy: Array
    element: NDArray[np.int64]
    curvature_1pm: Array
    rolled_rad: Array
    starts_m: Array
    _table: Array = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Put what `nearest` and `at` read side by side."""
        parts = (self.position, self.tangent, self.canopy, self.curvature_1pm[:, None])
        object.__setattr__(self, "_table", np.ascontiguousarray(np.hstack(parts)))

    @property
    def length_m(self) -> float:
        """Of the whole way."""
        return float(self.s_m[-1])

    @property
    def step_m(self) -> float:
        """Arc length between two samples."""
        return self.length_m / (len(self.s_m) - 1)

    def nearest(self, position: Array, from_s: float, back_m: float = 0.0, ahead_m: float = math.inf) -> float:
        """Arc length (m) of the nearest point of the path, within a window round the last one.

        The window keeps branches that cross apart, as of a Cuban eight.

        Args:
            position: (3,) m, in the path's axes.
            from_s: arc length where one was last, m.
            back_m: how far back to look, m; 0 lets no progress be lost.
            ahead_m: how far ahead to look, m.
        """
        return nearest_station(self._table, self.step_m, position, from_s - back_m, from_s + ahead_m)

    def at(self, s_m: float) -> PathPoint:
        """The point at an arc length (m); before the entry and after the end straight on, level."""
        (row,) = self.sample(np.array([s_m]))
        return PathPoint(row[0:3], row[3:6], row[6:9], float(row[9]))

    def sample(self, s_m: Array) -> Array:
        """(len(s_m), 10): position, tangent, canopy, curvature at each arc length (m), as of `at`."""
        out = np.empty((len(s_m), COLUMNS))
        at_stations(self._table, self.step_m, s_m, out)
        return out

    def element_at(self, s_m: float) -> int:
        """Number of the element at an arc length (m)."""
        return int(max(0, np.searchsorted(self.starts_m, s_m, side="right") - 1))


def figure_path(figure: Figure, span_m: float, step_b: float = STEP_B) -> FigurePath:
    """The path of a figure for a wing span (m), a sample each `step_b` spans at most, in the figure's frame."""
    stretches = list(walk(figure.elements, span_m, figure.entry.inverted))
    length = stretches[-1].end.way
    s = np.linspace(0.0, length, max(2, math.ceil(length / (step_b * span_m))) + 1)
    starts = np.array([stretch.start.way for stretch in stretches])
    element = np.searchsorted(starts, s, side="right") - 1
    count = len(s)
    path = FigurePath(
        figure,
        span_m,
        s,
        np.empty((count, 3)),
        np.empty((count, 3)),
        np.empty((count, 3)),
        element,
        np.zeros(count),
        np.empty(count),
        starts,
    )
    rolled = 0.0
    for stretch in stretches:
        here = element == stretch.number
        along = s[here] - stretch.start.way
        points = _points_of(stretch, along, span_m)
        path.position[here], path.tangent[here], path.canopy[here], path.curvature_1pm[here], roll = points
        path.rolled_rad[here] = rolled + roll
        rolled += _whole_roll(stretch)
    return replace(path)  # which lays its table anew


def _whole_roll(stretch: Stretch) -> float:
    """Roll (rad) asked for in an element, + right."""
    part = stretch.element.part
    if isinstance(part, StallTurn):
        return 0.0
    return stretch.end.phi - stretch.start.phi


def _points_of(stretch: Stretch, along: Array, span_m: float) -> tuple[Array, Array, Array, Array, Array]:
    """(position, tangent, canopy, curvature, roll since the element's start) at arc lengths (m) into an element."""
    part = stretch.element.part
    if isinstance(part, StallTurn):
        return _stall_turn(stretch, part, along, span_m)
    start = stretch.start
    length = stretch.end.way - start.way
    if isinstance(part, StraightLine | Arc):
        radius = part.radius_b * span_m if isinstance(part, Arc) else 0.0
        corner = length if radius else 0.0
        roll = math.radians(part.roll_deg) * rolled_share(along / length, part.points)
    else:
        radius = SPIN_CORNER_B * span_m
        corner = radius * math.pi / 2
        roll = _whole_roll(stretch) * np.clip(along / length, 0.0, 1.0) ** SPIN_SLOW
    return _in_plane(stretch, along, radius, corner, roll)


def _in_plane(
    stretch: Stretch, along: Array, radius: float, corner: float, roll: Array
) -> tuple[Array, Array, Array, Array, Array]:
    """An arc of `radius` over the length `corner` (m), a straight line beyond it, rolled by `roll` (n,) rad."""
    start, signed = stretch.start, stretch.sign * radius
    on_arc = np.minimum(along, corner)
    theta = start.theta + (on_arc / signed if radius else np.zeros(len(along)))
    position = np.empty((len(along), 3))
    position[:, 0] = start.x + signed * (np.sin(theta) - math.sin(start.theta))
    position[:, 1] = start.y
    position[:, 2] = start.z - signed * (np.cos(theta) - math.cos(start.theta))
    tangent, canopy = axes_at(theta, start.phi + roll)
    position += (along - on_arc)[:, None] * tangent
    curvature = np.where(along <= corner * (1 + 1e-12), 1.0 / radius, 0.0) if radius else np.zeros(len(along))
    return position, tangent, canopy, curvature, roll


def _stall_turn(
    stretch: Stretch, part: StallTurn, along: Array, span_m: float
) -> tuple[Array, Array, Array, Array, Array]:
    """Half a circle in the plane of the wings, the canopy as it was."""
    start, radius = stretch.start, STALL_TURN_RADIUS_B * span_m
    (up,), (canopy,) = axes_at(np.array([start.theta]), np.array([start.phi]))
    side = swing_side(start.theta, start.phi, part)
    turned = (along / radius)[:, None]
    position = np.array([start.x, start.y, start.z]) + radius * (np.sin(turned) * up + (1 - np.cos(turned)) * side)
    tangent = np.cos(turned) * up + np.sin(turned) * side
    count = len(along)
    return position, tangent, np.tile(canopy, (count, 1)), np.full(count, 1.0 / radius), np.zeros(count)


def placed(
    path: FigurePath, x_m: float, y_m: float, height_m: float, course_rad: float, mirrored: bool = False
) -> FigurePath:
    """A path of the figure's frame in the world (x along the runway, y left, z up; m).

    Args:
        path: as `figure_path` made it.
        x_m: of the entry.
        y_m: of the entry.
        height_m: of the entry above the ground.
        course_rad: of the entry track, 0 along the runway, + clockwise seen from above.
        mirrored: all rolls, stall turns and spins to the other side; `figure` of the result says so too.
    """
    cosine, sine, hand = math.cos(course_rad), math.sin(course_rad), -1.0 if mirrored else 1.0
    turn = np.array([[cosine, hand * sine, 0.0], [-sine, hand * cosine, 0.0], [0.0, 0.0, 1.0]])
    return replace(
        path,
        figure=path.figure.mirrored() if mirrored else path.figure,
        position=path.position @ turn.T + np.array([x_m, y_m, height_m]),
        tangent=path.tangent @ turn.T,
        canopy=path.canopy @ turn.T,
        rolled_rad=hand * path.rolled_rad,
    )


def centred(path: FigurePath, middle_x_m: float, course_rad: float = 0.0, mirrored: bool = False) -> FigurePath:
    """A path placed as it is flown before the judge: above y = 0, its middle at x, entered at the file's height.

    Args:
        path: as `figure_path` made it.
        middle_x_m: x of the middle of its extent along the runway, m: the runway's middle.
        course_rad: of the entry track, 0 or pi.
        mirrored: all rolls to the other side.
    """
    (rear, front), _ = path.figure.extent_b
    along = middle_x_m - 0.5 * (rear + front) * path.span_m * math.cos(course_rad)
    return placed(path, along, 0.0, path.figure.entry.height_b * path.span_m, course_rad, mirrored)
