"""Walks along a figure's elements: where each begins, which way it leads, and whether they fit together.

Plane of the figure: x along the entry track, y left, z up; m or b, as the `span` given. On the track stand
t = (cos theta, 0, sin theta), u = (-sin theta, 0, cos theta) and the right hand (0, -1, 0); the canopy points along
cos(phi) u + sin(phi) (0, -1, 0), so that phi grows in a roll to the right.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from envs.base.frames import Array
from envs.figures.elements import Arc, Element, Spin, StallTurn, StraightLine

STALL_TURN_RADIUS_B = 0.25
"""Radius of the half circle of a stall turn: a perfect one pivots within half a span (FAI Sporting Code F3A, 5B)."""
SPIN_CORNER_B = 12.0
"""Radius of the quarter circle on which a spin carries on and drops, a turn meanwhile. Those shipped, from 1.0 Vs, all
sticks into the spin: after a turn ultra_stick is 13 b farther and 12 b lower, sport 11 and 12, mcfoamy 8 and 9."""
SPIN_TURN_B = 9.5
"""Height that each further turn of autorotation costs, the same for all models. Those shipped, elevator up,
rudder and aileron into the spin, throttle closed: ultra_stick 9.6 to 11, sport 11, mcfoamy 5.4 (test_needs.py)."""
SPIN_SLOW = 1.5
"""Rotation grows with this power of the way: it begins slowly (ours, of the same flights: a quarter turn on 4 b)."""
STOP_SHARE = 0.5
"""Of a point roll: length of a stop over that of a part (ours; the code asks for stops that can be seen)."""
FITTING_DEG = 0.5
"""By how much what must agree may differ."""


class Place(NamedTuple):
    """A point of the walk: position in the figure's frame, theta and phi (rad) as above, and way so far."""

    x: float
    y: float
    z: float
    theta: float
    phi: float
    way: float


class Stretch(NamedTuple):
    """An element on its way: the number it has in the figure, what it is, where it begins, where it ends."""

    number: int
    element: Element
    start: Place
    end: Place
    sign: float  # of an arc or a spin's corner: +1 where theta grows, -1 where it falls; else 0

    @property
    def radius_b(self) -> float:
        """Of its circle (b): arc, corner of a spin, half circle of a stall turn; 0 for a line."""
        part = self.element.part
        if isinstance(part, Arc):
            return part.radius_b
        if isinstance(part, StallTurn):
            return STALL_TURN_RADIUS_B
        return SPIN_CORNER_B if isinstance(part, Spin) else 0.0


def walk(elements: Sequence[Element], span: float = 1.0, inverted: bool = False) -> Iterator[Stretch]:
    """The elements one after the other, lengths times `span`. Raises ValueError naming the first that does not fit."""
    place = Place(0.0, 0.0, 0.0, 0.0, math.pi if inverted else 0.0, 0.0)
    for number, element in enumerate(elements):
        name = f"elements.{number}.{element.kind}"
        sign = _entered(element, place, name)
        end = _end(element, place, sign, span)
        yield Stretch(number, element, place, end, sign)
        place = end


def _entered(element: Element, place: Place, name: str) -> float:
    """Checks that an element may begin here; the sign in which its theta turns. Raises ValueError."""
    part, climb = element.part, climb_deg(place.theta)
    if isinstance(part, StraightLine):
        if abs(part.climb_deg - climb) > FITTING_DEG:
            raise ValueError(f"{name}: climb_deg is {part.climb_deg:g}, but the track climbs at {climb:.4g} deg here")
        return 0.0
    if isinstance(part, StallTurn):
        if climb < 90 - FITTING_DEG:
            raise ValueError(f"{name}: needs a vertical line up before it (the track climbs at {climb:.4g} deg here)")
        return 0.0
    out = math.degrees(math.asin(min(1.0, abs(math.sin(place.phi)))))
    if out > FITTING_DEG:
        raise ValueError(
            f"{name}: the canopy is {out:.4g} deg out of the figure's plane here: roll to a multiple of 180 deg before"
        )
    if isinstance(part, Spin):
        if abs(climb) > FITTING_DEG:
            raise ValueError(f"{name}: is entered from level flight (the track climbs at {climb:.4g} deg here)")
        return -math.copysign(1.0, math.cos(place.theta))  # the nose drops
    return math.copysign(1.0, math.cos(place.phi)) * math.copysign(1.0, part.turn_deg)


def _end(element: Element, place: Place, sign: float, span: float) -> Place:
    """Where an element ends."""
    x, y, z, theta, phi, way = place
    part = element.part
    if isinstance(part, StraightLine):
        length = part.length_b * span
        return Place(
            x + length * math.cos(theta),
            y,
            z + length * math.sin(theta),
            theta,
            phi + math.radians(part.roll_deg),
            way + length,
        )
    if isinstance(part, Arc):
        turn, radius = sign * math.radians(abs(part.turn_deg)), part.radius_b * span
        x, z = _along_arc(x, z, theta, turn, sign * radius)
        return Place(x, y, z, theta + turn, phi + math.radians(part.roll_deg), way + abs(turn) * radius)
    if isinstance(part, StallTurn):
        across = 2 * STALL_TURN_RADIUS_B * span * swing_side(theta, phi, part)
        after = math.pi - phi  # the canopy stays, the tangent turns round
        way += math.pi * STALL_TURN_RADIUS_B * span
        return Place(x + float(across[0]), y + float(across[1]), z + float(across[2]), theta + math.pi, after, way)
    radius, drop = SPIN_CORNER_B * span, max(0.0, part.turns - 1.0) * SPIN_TURN_B * span
    x, z = _along_arc(x, z, theta, sign * math.pi / 2, sign * radius)
    turned = 2 * math.pi * part.turns * (1.0 if part.to == "right" else -1.0)
    way += radius * math.pi / 2 + drop
    return Place(x, y, z - drop, theta + sign * math.pi / 2, phi + turned, way)


def _along_arc(x: float, z: float, theta: float, turn: float, radius: float) -> tuple[float, float]:
    """(x, z) after a turn (rad) on a circle; `radius` negative where theta falls."""
    return (
        x + radius * (math.sin(theta + turn) - math.sin(theta)),
        z - radius * (math.cos(theta + turn) - math.cos(theta)),
    )


def swing_side(theta: float, phi: float, turn: StallTurn) -> Array:
    """Unit vector (3,) of the side to which a stall turn swings the nose: the pilot's right or left."""
    tangent, canopy = axes_at(np.array([theta]), np.array([phi]))
    right = np.cross(tangent[0], canopy[0])
    return right if turn.to == "right" else -right


def axes_at(theta: Array, phi: Array) -> tuple[Array, Array]:
    """(tangent (n, 3), canopy (n, 3)), unit vectors in the figure's frame, of angles (n,) in rad."""
    tangent, canopy = np.zeros((len(theta), 3)), np.empty((len(theta), 3))
    tangent[:, 0], tangent[:, 2] = np.cos(theta), np.sin(theta)
    canopy[:, 0], canopy[:, 1], canopy[:, 2] = (
        -np.sin(theta) * np.cos(phi),
        -np.sin(phi),
        np.cos(theta) * np.cos(phi),
    )
    return tangent, canopy


def climb_deg(theta: float) -> float:
    """Angle of a track above the horizon (deg)."""
    return math.degrees(math.asin(max(-1.0, min(1.0, math.sin(theta)))))


def rolled_share(share: Array, points: int) -> Array:
    """Share of a roll that is done (n,) after a share of the element's length (n,), with stops in a point roll."""
    if points == 1:
        return share
    unit = 1.0 / (points + STOP_SHARE * (points - 1))  # length of a part
    step = unit * (1 + STOP_SHARE)
    part = np.minimum(np.floor(share / step), points - 1)
    return (part + np.clip((share - part * step) / unit, 0.0, 1.0)) / points
