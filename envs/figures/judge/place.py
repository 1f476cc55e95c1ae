"""Where the figure lies: in the box, before its middle, clear of the ground, and left at the height it was entered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from envs.base.frames import Array
from envs.figures.judge.notes import Notes
from envs.figures.judge.parts import Flown
from envs.figures.judge.rules import (
    BOX_DEPTH_B,
    BOX_HALF_WIDTH_B,
    BOX_TOP_DEG,
    VISIBLE_EXIT_B,
    angle_points,
    exit_points,
)
from envs.figures.path import FigurePath

VISIBLE_CENTRE_B = 4.0
"""How far off the middle of the box a figure is not seen to lie (ours): 3 degrees from the judge's place."""
LEVEL_B = 1.0
"""Figures that are to end within this of their entry's height are marked for it; others have a size of their own."""
END_S = 0.3
"""Entry and exit are seen over this time (ours)."""


@dataclass(frozen=True)
class Box:
    """Where figures must be flown.

    `middle` (2,) of the flight line, m, and its direction `along` (2,), with the judge at its right. `is_asked`: false
    where no one has said where the figure was to be flown, so that its middle is not marked. `is_known`: false where
    no one knows the flight line either, so that nothing lies out of the box.
    """

    middle: Array
    along: Array
    span_m: float
    is_asked: bool = True
    is_known: bool = True

    @staticmethod
    def over(middle_x_m: float, span_m: float) -> Box:
        """Over a runway along x, m."""
        return Box(np.array([middle_x_m, 0.0]), np.array([1.0, 0.0]), span_m)

    @staticmethod
    def of(path: FigurePath, is_asked: bool = True) -> Box:
        """Of a placed path: the flight line lies below it, the judge stands before its middle."""
        along = path.tangent[0, :2] / np.linalg.norm(path.tangent[0, :2])
        along = along * (1.0 if along[0] >= 0.0 else -1.0)
        way = path.position[:, :2] @ along
        entry = path.position[0, :2]
        middle = entry + (0.5 * (way.min() + way.max()) - entry @ along) * along
        return Box(middle, along, path.span_m, is_asked, is_asked)

    def outside(self, position: Array) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """(beyond a side (n,), above the top (n,)) of positions (n, 3): which are."""
        off = position[:, :2] - self.middle
        beside = np.asarray(np.abs(off @ self.along) > BOX_HALF_WIDTH_B * self.span_m)
        left = off @ np.array([-self.along[1], self.along[0]])
        depth = np.maximum(left + BOX_DEPTH_B * self.span_m, 1e-6)
        return beside, np.asarray(position[:, 2] > np.tan(np.radians(BOX_TOP_DEG)) * depth)


def judge_place(flown: Flown, box: Box, notes: Notes, forgiven: Array, has_exit: bool) -> None:
    """Note what is wrong with where the figure lies.

    `forgiven` (n, 3), m: its positions without the travel of spins. `has_exit`: it was flown as far as its last line.
    """
    seen = flown.seen
    position = seen.position[flown.begin : flown.end + 1]
    beside, above = box.outside(position)
    for out, where in ((beside, "beside"), (above, "above")):
        if box.is_known and np.any(out):
            notes.zero(flown.begin + int(np.argmax(out)), f"out of the box: {where} it")
    touched = seen.touching[flown.begin : flown.end + 1] | (position[:, 2] <= 0.0)
    if np.any(touched):
        notes.zero(flown.begin + int(np.argmax(touched)), "touches the ground")
    if not has_exit:
        return
    _judge_exit(flown, notes, forgiven)
    if box.is_asked:
        _judge_centre(flown, box, notes, forgiven)


def _judge_exit(flown: Flown, notes: Notes, position: Array) -> None:
    seen, asked, span = flown.seen, flown.asked.path.position, flown.span_m
    look = max(1, round(END_S / 0.02))
    entry = np.median(position[flown.begin : flown.begin + look], axis=0)
    last = np.median(position[max(flown.begin, flown.end - look) : flown.end + 1], axis=0)
    off = (last - entry) - (asked[-1] - asked[0])
    last_element = len(flown.bounds) - 2
    aside = float(off @ seen.left)
    high, deep = float(off[2]) / span, aside / span
    if abs(asked[-1, 2] - asked[0, 2]) < LEVEL_B * span and abs(high) >= VISIBLE_EXIT_B:
        reason = f"exit {abs(off[2]):.1f} m {'above' if high > 0 else 'below'} the entry"
        notes.downgrade(flown.end, exit_points(high), reason, abs(high), VISIBLE_EXIT_B, last_element)
    if abs(deep) >= VISIBLE_EXIT_B:
        side = deep * (1.0 if seen.ahead[0] >= 0.0 else -1.0)  # the judge stands to the right of the runway
        reason = f"exit {abs(aside):.1f} m {'farther out' if side > 0 else 'nearer'} than the entry"
        notes.downgrade(flown.end, exit_points(deep), reason, abs(deep), VISIBLE_EXIT_B, last_element)


def _judge_centre(flown: Flown, box: Box, notes: Notes, position: Array) -> None:
    """Note a figure that is not flown before the middle of the box, by its extent without the lines in and out."""
    parts, path = flown.parts, flown.asked.path
    inner = [part for part in parts[1:-1]] if len(parts) > 2 else list(parts)
    if not inner:
        return  # nothing between the first and the last line
    seen_x = position[inner[0].begin : inner[-1].end + 1, :2] @ box.along
    first, last = flown.asked.ends_m(inner[0].elements[0])[0], flown.asked.ends_m(inner[-1].elements[-1])[1]
    asked_x = path.position[flown.asked.index(first) : flown.asked.index(last) + 1, :2] @ box.along
    off = 0.5 * float((seen_x.min() + seen_x.max()) - (asked_x.min() + asked_x.max()))
    if abs(off) >= VISIBLE_CENTRE_B * box.span_m:
        degrees = float(np.degrees(np.arctan2(abs(off), BOX_DEPTH_B * box.span_m)))
        reason = f"{abs(off):.1f} m off the middle of the box, {degrees:.0f} deg seen from the judge"
        index = (flown.begin + flown.end) // 2
        notes.downgrade(index, angle_points(degrees), reason, degrees, VISIBLE_CENTRE_B)
