"""Figures that nobody wrote: elements drawn one after the other, for a pilot that shall fly any figure.

Each ends level and within the box, and asks for no more than an aerobatic model of 0.6 thrust to weight has: radii of
10 b and more, no higher above the entry than its speed carries it.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from envs.base.config_file import validate
from envs.base.errors import InputError
from envs.figures.figure import Figure

ENTRY_VS, ENTRY_HEIGHT_B = (1.8, 2.5), (30.0, 60.0)
RADIUS_B = (10.0, 15.0)
LINE_B = (8.0, 24.0)
ROLLED_LINE_B = (0.075, 0.14)  # spans of way a degree of roll: 360 deg on 27 to 50 b
PLAIN_LINE_B, PLAIN_SHARE = (4.0, 9.0), 0.7  # such lines frame so many of the rolls: a judge looks for their middle
STRAIGHT_ROLLS = (90.0, 180.0, 180.0, 360.0)
MOST_ELEMENTS = 5
HIGHEST_B, LOWEST_B = 32.0, -24.0  # of the entry: more than a half loop, less than what 1.8 Vs falls to 3 Vs
TURNS = (45.0, 90.0, 90.0, 180.0, 180.0, 360.0)
TRIES = 50


def random_figure(rng: np.random.Generator) -> Figure:
    """A figure of one to five elements between two lines."""
    for _ in range(TRIES):
        try:
            return validate(Figure, _drawn(rng), "random figure")
        except InputError:
            continue
    return validate(Figure, _framed([], 2.0, 40.0), "random figure")


def _framed(elements: list[dict[str, Any]], speed_vs: float, height_b: float) -> dict[str, Any]:
    return {
        "version": 1,
        "title": "Drawn by chance",
        "entry": {"speed_vs": speed_vs, "height_b": height_b},
        "elements": [{"line": {"length_b": 8.0}}, *elements, {"line": {"length_b": 8.0}}],
    }


def _drawn(rng: np.random.Generator) -> dict[str, Any]:
    speed, height = rng.uniform(*ENTRY_VS), rng.uniform(*ENTRY_HEIGHT_B)
    theta = phi = z = 0.0  # deg, deg, b: direction in the plane, roll, height
    elements: list[dict[str, Any]] = []
    for _ in range(int(rng.integers(1, MOST_ELEMENTS + 1))):
        level = abs(math.sin(math.radians(theta))) < 0.1
        if rng.uniform() < 0.45:
            roll = float(rng.choice(STRAIGHT_ROLLS[1:] if not level else STRAIGHT_ROLLS)) * float(rng.choice((-1, 1)))
            roll = roll if rng.uniform() < 0.75 else 0.0
            length = abs(roll) * rng.uniform(*ROLLED_LINE_B) if roll else rng.uniform(*LINE_B)
            plain = rng.uniform(*PLAIN_LINE_B) if roll and rng.uniform() < PLAIN_SHARE else 0.0
            risen = z + (length + 2 * plain) * math.sin(math.radians(theta))
            if not LOWEST_B <= risen <= HIGHEST_B:
                continue
            points = int(rng.choice((1, 1, 2, 4))) if abs(roll) == 360 else 1
            frame = [_line(plain, theta)] if plain else []
            elements += frame
            if abs(roll) == 90:  # on knife-edge and back, after a moment
                for part in (roll, 0.0, -roll if rng.uniform() < 0.5 else roll):
                    elements.append(_line(length * (0.5 if part == 0.0 else 1.0), theta, part))
                    phi += part
            else:
                elements.append(_line(length, theta, roll, points))
                phi += roll
            elements += frame
            z = risen  # knife-edge lines are level
        else:
            turn, z_after = _turn(rng, theta, phi, z)
            if turn is None:
                continue
            elements.append(turn)
            theta, z = z_after
    elements += _to_level(rng, theta, phi, z)
    return _framed(elements, round(speed, 2), round(height, 1))


def _line(length: float, theta: float, roll: float = 0.0, points: int = 1) -> dict[str, Any]:
    climb = math.degrees(math.asin(max(-1.0, min(1.0, math.sin(math.radians(theta))))))
    return {"line": {"length_b": length, "climb_deg": climb, "roll_deg": roll, "points": points}}


def _turn(
    rng: np.random.Generator, theta: float, phi: float, z: float
) -> tuple[dict[str, Any] | None, tuple[float, float]]:
    """An arc from direction theta (deg), canopy rolled by phi; (direction, height) after it. None where none fits."""
    radius, push = rng.uniform(*RADIUS_B), rng.uniform() < 0.2
    size = float(rng.choice(TURNS)) if not push else float(rng.choice(TURNS[:3]))
    return _arc(theta, phi, z, -size if push else size, radius)


def _arc(
    theta: float, phi: float, z: float, turn: float, radius: float
) -> tuple[dict[str, Any] | None, tuple[float, float]]:
    sign = math.copysign(1.0, turn) * (1.0 if math.cos(math.radians(phi)) > 0 else -1.0)
    after = theta + sign * abs(turn)
    way = np.radians(np.linspace(theta, after, 13))
    heights = z - sign * radius * (np.cos(way) - math.cos(math.radians(theta)))
    if heights.max() > HIGHEST_B or heights.min() < LOWEST_B:
        return None, (theta, z)
    return {"arc": {"turn_deg": turn, "radius_b": radius}}, (after, float(heights[-1]))


def _to_level(rng: np.random.Generator, theta: float, phi: float, z: float) -> list[dict[str, Any]]:
    """The arc that ends level, the shorter way round or, as often, what the other side gives."""
    rest = theta % 180.0
    if rest < 0.1 or rest > 179.9:
        return []
    upright = math.cos(math.radians(phi)) > 0
    for direction in (-rest, 180.0 - rest) if rng.uniform() < 0.5 else (180.0 - rest, -rest):
        found, _ = _arc(theta, phi, z, direction if upright else -direction, rng.uniform(*RADIUS_B))
        if found is not None:
            return [found]
    return [{"arc": {"turn_deg": -rest if upright else rest, "radius_b": RADIUS_B[0]}}]
