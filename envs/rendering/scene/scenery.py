"""What stands around the field, as meshes: a windsock, the runway's markers, a pilot."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from envs.base.runway import Runway
from envs.rendering.scene.landscape import shaded
from envs.rendering.scene.solids import Points, Solid, joined, loft, normals, rod, rounded_ring

ORANGE, WHITE, POLE = (0.95, 0.42, 0.08), (0.96, 0.96, 0.94), (0.75, 0.76, 0.78)


@dataclass(frozen=True)
class Prop:
    """A mesh that stands in the world: points (n, 3), triangles (m, 3), colours (m, 3)."""

    points: Points
    triangles: NDArray[np.int64]
    colours: Points

    @cached_property
    def lit(self) -> NDArray[np.float32]:
        """Colours in the light of the field, (m, 3)."""
        return shaded(self.colours, normals(self.points, self.triangles))


def _prop(pieces: list[tuple[Solid, tuple[float, float, float]]]) -> Prop:
    points, triangles = joined([solid for solid, _ in pieces])
    colours = np.concatenate([np.tile(colour, (len(faces), 1)) for (_, faces), colour in pieces])
    return Prop(points, triangles, colours)


def windsock(place: Points, wind_world: Points) -> Prop:
    """A windsock on a 3 m pole: points downwind and stands out the more, the stronger the wind (m/s)."""
    top = place + np.array([0.0, 0.0, 3.0])
    speed = float(np.linalg.norm(wind_world[:2]))
    heading = wind_world[:2] / speed if speed > 0.05 else np.array([1.0, 0.0])
    pieces: list[tuple[Solid, tuple[float, float, float]]] = [(rod(place, top, 0.03), POLE)]
    droop, place_now = math.atan2(1.6, 0.15 + 0.5 * speed), top
    for index in range(5):
        slope = -droop * (0.75 + 0.12 * index)
        along = np.array([*(heading * math.cos(slope)), math.sin(slope)])
        following = place_now + 0.30 * along
        pieces.append(
            (
                _cone(place_now, following, 0.19 - 0.022 * index, 0.19 - 0.022 * (index + 1)),
                ORANGE if index % 2 == 0 else WHITE,
            )
        )
        place_now = following
    return _prop(pieces)


def markers(runway: Runway) -> list[Prop]:
    """Small cones along the runway's edges."""
    count = max(2, round(runway.length_m / 12.5) + 1)
    props = []
    for x in np.linspace(0.0, runway.length_m, count):
        for side in (-1, 1):
            foot = np.array([x, side * (0.5 * runway.width_m + 0.8), 0.0])
            up = np.array([0.0, 0.0, 1.0])
            middle, tip = foot + 0.16 * up, foot + 0.34 * up
            props.append(_prop([(_cone(foot, middle, 0.13, 0.08), ORANGE), (_cone(middle, tip, 0.08, 0.02), WHITE)]))
    return props


def pilot(place: Points) -> Prop:
    """A person with a transmitter, looking at the runway (towards +y)."""

    def ring(x: float, y: float, z: float, width: float, height: float) -> Points:
        _, wide, deep = rounded_ring(np.zeros(3), width, height, 10, 2.5).T  # across x: turn it to lie across z
        return place + np.stack([x + wide, y + deep, np.full(len(wide), z)], axis=1)

    body: list[tuple[Solid, tuple[float, float, float]]] = []
    for side in (-0.1, 0.1):
        body.append(
            (loft([ring(side, 0, z, w, w) for z, w in ((0.0, 0.15), (0.5, 0.14), (0.88, 0.17))]), (0.20, 0.24, 0.36))
        )
        elbow = place + np.array([2.5 * side, 0.02, 1.08])
        hand = place + np.array([0.9 * side, 0.28, 1.08])
        body.append((rod(place + np.array([2.2 * side, 0, 1.42]), elbow, 0.05), (0.75, 0.20, 0.16)))
        body.append((rod(elbow, hand, 0.042), (0.86, 0.66, 0.52)))
    body.append(
        (
            loft([ring(0, 0, z, w, d) for z, w, d in ((0.84, 0.36, 0.22), (1.2, 0.42, 0.24), (1.46, 0.34, 0.2))]),
            (0.75, 0.20, 0.16),
        )
    )
    body.append(
        (
            loft([ring(0, 0.01, z, w, w) for z, w in ((1.46, 0.11), (1.56, 0.19), (1.68, 0.20), (1.76, 0.10))]),
            (0.86, 0.66, 0.52),
        )
    )
    body.append((loft([ring(0, 0.03, z, w, w) for z, w in ((1.68, 0.23), (1.74, 0.21), (1.79, 0.08))]), WHITE))
    body.append((loft([ring(0, 0.33, z, 0.2, 0.1) for z in (1.03, 1.12)]), (0.12, 0.12, 0.13)))
    return _prop(body)


def _cone(start: Points, end: Points, start_radius: float, end_radius: float) -> Solid:
    """A round bar that narrows."""
    points, triangles = rod(start, end, 1.0, 10)
    count = 10
    scaled = points.copy()
    scaled[:count] = start + start_radius * (points[:count] - start)
    scaled[count : 2 * count] = end + end_radius * (points[count : 2 * count] - end)
    return scaled, triangles
