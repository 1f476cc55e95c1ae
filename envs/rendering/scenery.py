"""What stands around the field: trees as pictures, and the windsock, runway markers and a pilot as meshes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from envs.flight_log import Runway
from envs.rendering.camera import Camera
from envs.rendering.landscape import SUN
from envs.rendering.solids import Points, Solid, joined, loft, rod, rounded_ring

# pyright: reportMissingParameterType=false

SPRITE = 96  # pixels a side of a tree's picture
KINDS = 6
ORANGE, WHITE, POLE = (0.95, 0.42, 0.08), (0.96, 0.96, 0.94), (0.75, 0.76, 0.78)


@dataclass(frozen=True)
class Prop:
    """A mesh that stands in the world: points (n, 3), triangles (m, 3), colours (m, 3)."""

    points: Points
    triangles: NDArray[np.int64]
    colours: Points


def _prop(pieces: list[tuple[Solid, tuple[float, float, float]]]) -> Prop:
    points, triangles = joined([solid for solid, _ in pieces])
    colours = np.concatenate([np.tile(colour, (len(solid[1]), 1)) for solid, colour in pieces])
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
        pieces.append((_cone(place_now, following, 0.19 - 0.022 * index, 0.19 - 0.022 * (index + 1)),
                       ORANGE if index % 2 == 0 else WHITE))
        place_now = following
    return _prop(pieces)


def markers(runway: Runway) -> list[Prop]:
    """Small cones along the runway's edges."""
    count = max(2, round(runway.length_m / 12.5) + 1)
    props = []
    for x in np.linspace(0.0, runway.length_m, count):
        for side in (-1, 1):
            foot = np.array([x, side * (0.5 * runway.width_m + 0.8), 0.0])
            middle, tip = foot + [0, 0, 0.16], foot + [0, 0, 0.34]
            props.append(_prop([(_cone(foot, middle, 0.13, 0.08), ORANGE), (_cone(middle, tip, 0.08, 0.02), WHITE)]))
    return props


def pilot(place: Points) -> Prop:
    """A person with a transmitter, looking at the runway (towards +y)."""

    def ring(x: float, y: float, z: float, width: float, height: float) -> Points:
        flat = rounded_ring(np.zeros(3), width, height, 10, 2.5)  # across x: turn it to lie across z
        return place + np.stack([x + flat[:, 1], y + flat[:, 2], np.full(len(flat), z)], axis=1)

    body: list[tuple[Solid, tuple[float, float, float]]] = []
    for side in (-0.1, 0.1):
        body.append((loft([ring(side, 0, z, w, w) for z, w in ((0.0, 0.15), (0.5, 0.14), (0.88, 0.17))]),
                     (0.20, 0.24, 0.36)))
        elbow = place + np.array([2.5 * side, 0.02, 1.08])
        hand = place + np.array([0.9 * side, 0.28, 1.08])
        body.append((rod(place + np.array([2.2 * side, 0, 1.42]), elbow, 0.05), (0.75, 0.20, 0.16)))
        body.append((rod(elbow, hand, 0.042), (0.86, 0.66, 0.52)))
    body.append((loft([ring(0, 0, z, w, d) for z, w, d in ((0.84, 0.36, 0.22), (1.2, 0.42, 0.24), (1.46, 0.34, 0.2))]),
                 (0.75, 0.20, 0.16)))
    body.append((loft([ring(0, 0.01, z, w, w) for z, w in ((1.46, 0.11), (1.56, 0.19), (1.68, 0.20), (1.76, 0.10))]),
                 (0.86, 0.66, 0.52)))
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


class Trees:
    """Some hundred trees, each one of KINDS pictures, drawn far to near."""

    def __init__(self, runway: Runway, seed: int = 11) -> None:
        rng = np.random.default_rng(seed)
        self._pictures = [_with_smaller(_tree_picture(rng, tall=kind % 3 == 2)) for kind in range(KINDS)]
        length, half = runway.length_m, 0.5 * runway.width_m
        places: list[tuple[float, float]] = []
        # a hedge with trees behind the runway, one behind the spectators, loose groups beyond the ends
        for x in np.arange(-170.0, length + 190.0, 6.5):
            if rng.random() < 0.72:
                places.append((x + rng.normal(0, 2.0), half + 58.0 + 0.05 * abs(x - 0.5 * length) + rng.normal(0, 3)))
            if rng.random() < 0.5:
                places.append((x + rng.normal(0, 3.0), -half - 62.0 + rng.normal(0, 4.0)))
        while len(places) < 260:
            x, y = rng.uniform(-420, length + 520), rng.uniform(-380, 380)
            if abs(y) > 75 or not -160 < x < length + 230:
                if abs(y) < 38:  # the way in and the way out stay open
                    continue
                group = rng.integers(1, 5)
                places.extend((x + rng.normal(0, 6), y + rng.normal(0, 6)) for _ in range(group))
        self.places = np.array([(x, y, 0.0) for x, y in places])
        self._heights = rng.uniform(4.5, 10.0, len(places))
        self._kinds = rng.integers(0, KINDS, len(places))

    def draw(self, image: NDArray[np.float32], camera: Camera, nearer_than: float, farther_than: float) -> None:
        """Draw the trees whose depth (m) lies between the two."""
        screen = camera.project(self.places)
        depth = screen[:, 2]
        size = self._heights * camera.focal / np.maximum(depth, 1.0)
        keep = (depth > max(2.0, farther_than)) & (depth <= nearer_than) & (
            np.abs(screen[:, 0] - 0.5 * camera.width) < 0.5 * camera.width + size)
        for index in np.flatnonzero(keep)[np.argsort(-depth[keep])]:
            levels = self._pictures[self._kinds[index]]
            level = min(len(levels) - 1, max(0, int(math.log2(max(1.0, SPRITE / size[index])) + 0.3)))
            fog = 1.0 - math.exp(-float(depth[index]) / 900.0)
            _draw_sprite(image, levels[level], screen[index, 0], screen[index, 1], size[index], fog)


def _tree_picture(rng: np.random.Generator, tall: bool) -> NDArray[np.float32]:
    """A tree as (SPRITE, SPRITE, 4), premultiplied: leaf clumps lit by the sun, painted back to front."""
    fine = 2 * SPRITE
    rows, columns = np.mgrid[0:fine, 0:fine] / fine
    picture = np.zeros((fine, fine, 4), np.float32)
    trunk = (np.abs(columns - 0.5) < 0.022 + 0.012 * rows) & (rows > 0.55)
    picture[trunk] = (0.30, 0.23, 0.17, 1.0)
    hue = np.array([0.27, 0.40, 0.15]) * rng.uniform(0.85, 1.15) + np.array([rng.uniform(-0.02, 0.07), 0, 0])
    light = np.array([-0.45, -0.65, 0.6])  # picture axes: right, down, towards the viewer
    for _ in range(90 if not tall else 70):
        angle, share = rng.uniform(0, 2 * math.pi), math.sqrt(rng.random())
        spread_x, spread_y = (0.17, 0.37) if tall else (0.33, 0.29)
        x, y = 0.5 + share * spread_x * math.cos(angle), (0.45 if tall else 0.40) + share * spread_y * math.sin(angle)
        radius = rng.uniform(0.05, 0.115)
        dx, dy = (columns - x) / radius, (rows - y) / radius
        square = dx**2 + dy**2
        inside = square < 1.0 + 0.25 * rng.standard_normal((fine, fine))
        facing = dx * light[0] + dy * light[1] + np.sqrt(np.maximum(0.0, 1.0 - square)) * light[2]
        # the crown as a whole is darker below and inside
        shade = (0.62 + 0.42 * np.clip(facing, 0, 1)) * (1.12 - 0.55 * y) * rng.uniform(0.9, 1.1)
        picture[inside, :3] = (shade[..., None] * hue)[inside]
        picture[inside, 3] = 1.0
    return picture.reshape(SPRITE, 2, SPRITE, 2, 4).mean(axis=(1, 3))


def _with_smaller(picture: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    levels = [picture]
    while levels[-1].shape[0] > 6:
        side = levels[-1].shape[0] // 2
        levels.append(levels[-1].reshape(side, 2, side, 2, 4).mean(axis=(1, 3)))
    return levels


@njit(cache=True, fastmath=True)
def _draw_sprite(image, picture, foot_x, foot_y, size, fog):
    """A premultiplied picture standing on (foot_x, foot_y), `size` pixels high and wide, fading into the haze."""
    side = picture.shape[0]
    left, top = foot_x - 0.5 * size, foot_y - size
    step = side / size
    for row in range(max(0, int(top)), min(image.shape[0], int(foot_y) + 1)):
        y = (row + 0.5 - top) * step - 0.5
        if y < 0.0 or y > side - 1.001:
            continue
        i = int(y)
        fy = y - i
        for column in range(max(0, int(left)), min(image.shape[1], int(left + size) + 1)):
            x = (column + 0.5 - left) * step - 0.5
            if x < 0.0 or x > side - 1.001:
                continue
            j = int(x)
            fx = x - j
            a, b, c, d = (1 - fy) * (1 - fx), (1 - fy) * fx, fy * (1 - fx), fy * fx
            alpha = (a * picture[i, j, 3] + b * picture[i, j + 1, 3] + c * picture[i + 1, j, 3]
                     + d * picture[i + 1, j + 1, 3])
            if alpha <= 0.003:
                continue
            for k in range(3):
                colour = (a * picture[i, j, k] + b * picture[i, j + 1, k] + c * picture[i + 1, j, k]
                          + d * picture[i + 1, j + 1, k])
                haze = 0.77 + 0.065 * k
                image[row, column, k] = colour * (1 - fog) + haze * fog * alpha + (1 - alpha) * image[row, column, k]


def shaded(colours: Points, normals_world: Points) -> NDArray[np.float32]:
    """Colours (m, 3) under the sun and the sky's and ground's own light, for unit normals in the world."""
    sun = np.clip(normals_world @ SUN, 0.0, None)[:, None]
    sky = 0.5 + 0.5 * normals_world[:, 2:3]
    light = 0.62 * sun * np.array([1.0, 0.97, 0.90]) + sky * np.array([0.44, 0.48, 0.54]) + (1 - sky) * np.array(
        [0.30, 0.31, 0.24])
    return np.minimum(colours * light, 1.0).astype(np.float32)
