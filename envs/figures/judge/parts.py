"""The figure as a judge divides it: lines with the rolls on them, loops and part-loops, stall turns, spins."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from envs.base.frames import Array
from envs.figures.judge.track import Seen, plane_angle, roll_angle
from envs.figures.path import FigurePath

ARC_MARGIN_DEG = 6.0
"""An arc begins and ends this far from its lines' directions: there it can be told from them (ours)."""


@dataclass(frozen=True)
class Asked:
    """What the path asks for, in the figure's plane: theta and phi (rad) as of Seen, at each of its samples."""

    path: FigurePath
    theta: Array
    phi: Array

    @staticmethod
    def of(path: FigurePath, seen: Seen) -> Asked:
        """Of a placed path."""
        return Asked(path, plane_angle(path.tangent, seen.ahead), roll_angle(path.tangent, path.canopy, seen.left))

    def index(self, s_m: float) -> int:
        """Of the sample nearest to an arc length (m)."""
        return int(np.clip(round(s_m / self.path.step_m), 0, len(self.theta) - 1))

    def ends_m(self, element: int) -> tuple[float, float]:
        """Arc lengths (m) at which an element begins and ends."""
        starts = self.path.starts_m
        return float(starts[element]), float(starts[element + 1] if element + 1 < len(starts) else self.path.length_m)


@dataclass(frozen=True)
class Part:
    """A part of the figure and where it was flown, as indices of Seen's samples: from `begin` up to `end`.

    `asked_rad`: of a line its theta, of an arc its turn, + where theta grows. `radius_m`: asked for, of an arc.
    `turned_rad`, `mean_radius_m`, `normal` are those of the arc flown; the last, (3,), is that of the plane it lies in,
    None where it is too short to tell. Of a stall turn `turned_rad` is the sample at which the nose passes the horizon.
    """

    kind: str
    elements: tuple[int, ...]
    begin: int
    end: int
    asked_m: float
    asked_rad: float
    radius_m: float = 0.0
    turned_rad: float = 0.0
    mean_radius_m: float = 0.0
    normal: Array | None = None

    @property
    def middle(self) -> int:
        """Index halfway."""
        return (self.begin + self.end) // 2


@dataclass(frozen=True)
class Roll:
    """A roll and where it was flown. Angles in rad, + right; `before_rad` is the attitude it began from.

    `begin` and `end` are where it is seen to begin and end, `left_at` and `settled_at` where the wings lie still.
    """

    element: int
    asked_rad: float
    points: int
    begin: int
    end: int
    turned_rad: float
    before_rad: float = 0.0
    left_at: int = 0
    settled_at: int = 0


@dataclass(frozen=True)
class Flown:
    """A flight with its figure found in it. `begin`, `end`: indices of the figure's ends among Seen's samples."""

    seen: Seen
    asked: Asked
    parts: tuple[Part, ...]
    rolls: tuple[Roll, ...]
    bounds: tuple[int, ...]
    completed: float
    span_m: float = field(default=0.0)

    @property
    def begin(self) -> int:
        """Index of the figure's first sample."""
        return self.bounds[0]

    @property
    def end(self) -> int:
        """Index of its last."""
        return self.bounds[-1]

    def element_at(self, index: int) -> int:
        """Number of the element that is flown at a sample."""
        return int(np.clip(np.searchsorted(self.bounds, index, side="right") - 1, 0, len(self.bounds) - 2))

    def span_way(self, first: int, last: int) -> float:
        """Length flown between two samples, m."""
        return float(self.seen.way[last] - self.seen.way[first])
