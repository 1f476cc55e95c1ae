"""The judge's notepad: downgrades as they are found, and the words they are told in."""

from __future__ import annotations

import numpy as np

from envs.base.frames import Array
from envs.figures.elements import Arc, StraightLine
from envs.figures.judge.parts import Flown, Part, Roll
from envs.figures.judge.sheet import Downgrade
from envs.figures.judge.track import STEP_S

_SHARES = ((45, "eighth"), (90, "quarter"), (180, "half"), (270, "three-quarter"))


class Notes:
    """Collects downgrades, and reasons to give no points at all."""

    def __init__(self, flown: Flown) -> None:
        self._flown = flown
        self.downgrades: list[Downgrade] = []
        self.zeros: list[tuple[str, float]] = []

    def downgrade(
        self, index: int, points: float, reason: str, measured: float, allowed: float, element: int | None = None
    ) -> None:
        """Note a fault at a sample, in the element that is flown there unless another is given."""
        if points <= 0.0:
            return
        flown = self._flown
        number = flown.element_at(index) if element is None else element
        name = flown.asked.path.figure.elements[number].words()
        second = float(flown.seen.time_s[index])
        self.downgrades.append(
            Downgrade(round(second, 2), number, name, round(float(points), 4), reason, float(measured), float(allowed))
        )

    def zero(self, index: int, reason: str) -> None:
        """Note why there are no points, at a sample."""
        self.zeros.append((reason, round(float(self._flown.seen.time_s[index]), 2)))

    def first_zero(self) -> tuple[str, float] | None:
        """The first reason for no points, and its second."""
        return min(self.zeros, key=lambda zero: zero[1]) if self.zeros else None


def _share(degrees: float) -> str:
    """The word for a share of a turn with a blank behind it; '' of a whole turn and of any other number."""
    return next((f"{word} " for size, word in _SHARES if abs(degrees - size) <= 1.0), "")


def arc_word(flown: Flown, part: Part) -> str:
    """What a pilot calls an arc."""
    arc = flown.asked.path.figure.elements[part.elements[0]].part
    assert isinstance(arc, Arc)
    size = abs(arc.turn_deg)
    return f"{_share(size)}loop" if _share(size) or abs(size - 360) <= 1 else f"arc of {size:.0f} deg"


def line_word(flown: Flown, part: Part) -> str:
    """What a pilot calls a line."""
    line = flown.asked.path.figure.elements[part.elements[0]].part
    assert isinstance(line, StraightLine)
    if line.climb_deg == 0:
        return "level line"
    way = "up" if line.climb_deg > 0 else "down"
    return f"vertical {way}line" if abs(line.climb_deg) == 90 else f"{abs(line.climb_deg):.0f} deg {way}line"


def roll_word(roll: Roll) -> str:
    """What a pilot calls a roll."""
    degrees = abs(np.degrees(roll.asked_rad))
    points = f"{roll.points}-point " if roll.points > 1 else ""
    return f"{points}{_share(degrees)}roll" if degrees < 361 else f"{points}roll of {degrees:.0f} deg"


def mean_over(values: Array, seconds: float) -> Array:
    """Moving mean (n,) over a time: what is too short for an eye is not seen."""
    half = round(seconds / STEP_S) // 2
    if half < 1 or len(values) < 2 * half + 1:
        return values
    padded = np.concatenate([np.full(half, values[0]), values, np.full(half, values[-1])])
    sums = np.cumsum(np.concatenate([[0.0], padded]))
    return (sums[2 * half + 1 :] - sums[: -2 * half - 1]) / (2 * half + 1)


def wrapped(angle: Array) -> Array:
    """Angles (rad) between -pi and pi."""
    return np.arctan2(np.sin(angle), np.cos(angle))
