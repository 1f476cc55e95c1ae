"""Figures that nobody wrote: elements drawn one after the other, for a pilot that shall fly any figure.

Each ends level and within the box, and asks for no more than an aerobatic model of 0.6 thrust to weight has: radii of
9 b and more, no higher above the entry than its speed carries it. Many climb or fall on a line with a roll in its
middle, and some have a stall turn or a spin, so that what the named figures are made of is met often.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from envs.base.config_file import validate
from envs.base.errors import InputError
from envs.figures.figure import Figure

ENTRY_VS, ENTRY_HEIGHT_B = (1.8, 2.6), (30.0, 60.0)
RADIUS_B = (9.0, 15.0)
LINE_B = (8.0, 24.0)
ROLLED_LINE_B = (0.075, 0.14)  # spans of way a degree of roll, level: 360 deg on 27 to 50 b
SLOPING_ROLLED_LINE_B = (0.065, 0.1)  # and on slopes, where height is dear: 180 deg on 12 to 18 b
PLAIN_LINE_B, PLAIN_SHARE = (3.5, 8.0), 0.8  # such lines frame so many of the rolls: a judge looks for their middle
STRAIGHT_ROLLS = (90.0, 180.0, 180.0, 360.0)
SLOPING_ROLLS = (180.0, 180.0, 180.0, 360.0)
MOST_ELEMENTS = 5
LINE_SHARE, SLOPING_LINE_SHARE = 0.4, 0.9  # of the elements that are lines, level, and behind an arc onto a slope
ROLLED_SHARE, VERTICAL_ROLLED_SHARE = 0.75, 0.5  # of the lines, and of those straight up or down
CLIMB_B_PER_SQUARE_VS = 6.5  # height above the entry: v^2 / 2g is 2.5 to 4 b for 1 Vs, the motor carries 0.4 of it
LOWEST_B = -24.0  # of the entry: less than what 1.8 Vs falls to 3 Vs
TURNS = (45.0, 90.0, 90.0, 90.0, 135.0, 180.0, 180.0, 225.0, 360.0)
PUSHED_SHARE = 0.2  # of the arcs
PUSHED = 4  # of these at most are pushed: more than 90 deg takes inverted lift for long
STALL_TURN_SHARE = 0.5  # of the vertical lines upward
SPIN_SHARE = 0.1  # of the figures
TRIES, ELEMENT_TRIES = 50, 4


def random_figure(rng: np.random.Generator) -> Figure:
    """A figure of one to five elements between two lines, or a spin."""
    for _ in range(TRIES):
        try:
            drawn = _spin(rng) if rng.uniform() < SPIN_SHARE else _drawn(rng)
            return validate(Figure, drawn, "random figure")
        except InputError:
            continue
    return validate(Figure, _framed([], 2.0, 40.0), "random figure")


def _framed(elements: list[dict[str, Any]], speed_vs: float, height_b: float, first_b: float = 8.0) -> dict[str, Any]:
    return {
        "version": 1,
        "title": "Drawn by chance",
        "entry": {"speed_vs": speed_vs, "height_b": height_b},
        "elements": [{"line": {"length_b": first_b}}, *elements, {"line": {"length_b": 8.0}}],
    }


def _spin(rng: np.random.Generator) -> dict[str, Any]:
    turns, radius = float(rng.choice((1.0, 1.5, 2.0, 3.0))), rng.uniform(11.0, 15.0)
    down = rng.uniform(8.0, 14.0)
    elements = [
        {"spin": {"turns": turns, "to": str(rng.choice(("left", "right")))}},
        {"line": {"length_b": down, "climb_deg": -90.0}},
        {"arc": {"turn_deg": 90.0 if turns % 1 == 0 else -90.0, "radius_b": radius}},
    ]
    height = 15.0 + 10.5 * turns + down + radius + rng.uniform(4.0, 20.0)
    return _framed(elements, round(rng.uniform(1.1, 1.3), 2), round(height, 1), rng.uniform(10.0, 16.0))


class _Figure:
    """A figure as it grows: theta (deg) of the track in its plane, phi (deg) of the roll, height z (b)."""

    def __init__(self, rng: np.random.Generator, speed_vs: float) -> None:
        self.rng, self.highest = rng, CLIMB_B_PER_SQUARE_VS * speed_vs**2
        self.theta = self.phi = self.z = 0.0
        self.elements: list[dict[str, Any]] = []
        self.after_arc = False

    @property
    def level(self) -> bool:
        return abs(math.sin(math.radians(self.theta))) < 0.1

    def add(self) -> None:
        """The next element, or nothing where what is drawn does not fit."""
        share = LINE_SHARE if self.level else SLOPING_LINE_SHARE if self.after_arc else 0.0
        a_line = self.rng.uniform() < share
        for _ in range(ELEMENT_TRIES):
            if a_line:
                added = self._line()
            else:
                pushed = bool(self.rng.uniform() < PUSHED_SHARE)
                added = self.turn(float(self.rng.choice(TURNS[:PUSHED] if pushed else TURNS)), pushed)
            if added:
                self.after_arc = not a_line
                return

    def _line(self) -> bool:
        """A line, most of them rolled. False where the height does not allow it."""
        rng, level, steepness = self.rng, self.level, math.sin(math.radians(self.theta))
        rolled = rng.uniform() < (VERTICAL_ROLLED_SHARE if abs(steepness) > 0.99 else ROLLED_SHARE)
        roll = float(rng.choice(STRAIGHT_ROLLS if level else SLOPING_ROLLS)) * float(rng.choice((-1, 1))) * rolled
        length = abs(roll) * rng.uniform(*(ROLLED_LINE_B if level else SLOPING_ROLLED_LINE_B))
        length = length or rng.uniform(*LINE_B)
        plain = rng.uniform(*PLAIN_LINE_B) if roll and rng.uniform() < PLAIN_SHARE else 0.0
        risen = self.z + (length + 2 * plain) * steepness
        if not LOWEST_B <= risen <= self.highest:
            return False
        frame = [self._straight(plain)] if plain else []
        self.elements += frame
        if abs(roll) == 90:  # on knife-edge and back, after a moment
            for part in (roll, 0.0, -roll if rng.uniform() < 0.5 else roll):
                self.elements.append(self._straight(length * (0.5 if part == 0.0 else 1.0), part))
                self.phi += part
        else:
            points = int(rng.choice((1, 1, 2, 4))) if abs(roll) == 360 else 1
            self.elements.append(self._straight(length, roll, points))
            self.phi += roll
        self.elements += frame
        self.z = risen
        if steepness > 0.99 and rng.uniform() < STALL_TURN_SHARE:
            self.elements.append({"stall_turn": {"to": str(rng.choice(("left", "right")))}})
            self.theta, self.phi = self.theta + 180.0, 180.0 - self.phi
            self.elements.append(self._straight(rng.uniform(*LINE_B)))
            self.z -= self.elements[-1]["line"]["length_b"]
        return True

    def _straight(self, length: float, roll: float = 0.0, points: int = 1) -> dict[str, Any]:
        climb = math.degrees(math.asin(max(-1.0, min(1.0, math.sin(math.radians(self.theta))))))
        return {"line": {"length_b": length, "climb_deg": climb, "roll_deg": roll, "points": points}}

    def turn(self, size_deg: float, pushed: bool = False) -> bool:
        """An arc. False where the height does not allow it."""
        radius, turn = self.rng.uniform(*RADIUS_B), -size_deg if pushed else size_deg
        sign = math.copysign(1.0, turn) * (1.0 if math.cos(math.radians(self.phi)) > 0 else -1.0)
        after = self.theta + sign * abs(turn)
        way = np.radians(np.linspace(self.theta, after, 13))
        heights = self.z - sign * radius * (np.cos(way) - math.cos(math.radians(self.theta)))
        if heights.max() > self.highest or heights.min() < LOWEST_B:
            return False
        self.elements.append({"arc": {"turn_deg": turn, "radius_b": radius}})
        self.theta, self.z = after, float(heights[-1])
        return True

    def level_off(self) -> None:
        """The arc that ends level, to the one side or the other, as height allows."""
        rest = self.theta % 180.0
        if rest < 0.1 or rest > 179.9:
            return
        upright = math.cos(math.radians(self.phi)) > 0
        ways = [-rest, 180.0 - rest] if self.rng.uniform() < 0.5 else [180.0 - rest, -rest]
        for way in ways:
            turn = way if upright else -way
            if self.turn(abs(turn), pushed=turn < 0):
                return
        raise InputError("no room to level off")


def _drawn(rng: np.random.Generator) -> dict[str, Any]:
    speed, height = rng.uniform(*ENTRY_VS), rng.uniform(*ENTRY_HEIGHT_B)
    figure = _Figure(rng, speed)
    for _ in range(int(rng.integers(1, MOST_ELEMENTS + 1))):
        figure.add()
    figure.level_off()
    return _framed(figure.elements, round(speed, 2), round(height, 1))
