"""The trees around the field, drawn as flat pictures that always face the camera."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numba import njit
from numpy.typing import NDArray

from envs.base.runway import Runway
from envs.field.sky import CLEAR_M, CONTRAST_LEFT, FOG
from envs.field.trees import KINDS, grove
from envs.rendering.scene.camera import Camera

# pyright: reportMissingParameterType=false

HAZE_RED, HAZE_BLUER = 0.77, 0.065
SPRITE = 96  # pixels a side of a tree's picture


class Trees:
    """Some hundred trees, each one of KINDS pictures, drawn far to near."""

    def __init__(self, runway: Runway, seed: int = 11, visibility_m: float = CLEAR_M) -> None:
        self._visibility_m = visibility_m
        self._pictures = _tree_pictures(seed)
        self.places, self._heights, self._kinds = grove(runway, seed)

    def draw(self, image: NDArray[np.float32], camera: Camera, nearer_than: float, farther_than: float) -> None:
        """Draw the trees whose depth (m) lies between the two."""
        foot_x, foot_y, depth = camera.project(self.places).T
        size = self._heights * camera.focal / np.maximum(depth, 1.0)
        keep = (
            (depth > max(2.0, farther_than))
            & (depth <= nearer_than)
            & (np.abs(foot_x - 0.5 * camera.width) < 0.5 * camera.width + size)
        )
        for index in np.flatnonzero(keep)[np.argsort(-depth[keep])]:
            levels = self._pictures[self._kinds[index]]
            level = min(len(levels) - 1, max(0, int(math.log2(max(1.0, SPRITE / size[index])) + 0.3)))
            fog = 1.0 - math.exp(-float(depth[index]) / 900.0)
            haze, blue = HAZE_RED, HAZE_BLUER
            if self._visibility_m < CLEAR_M:
                haze, blue = FOG, 0.0
                fog = 1.0 - (1.0 - fog) * math.exp(-CONTRAST_LEFT * float(depth[index]) / self._visibility_m)
            _draw_sprite(image, levels[level], foot_x[index], foot_y[index], size[index], fog, haze, blue)


@lru_cache(maxsize=4)
def _tree_pictures(seed: int) -> tuple[list[NDArray[np.float32]], ...]:
    """Of each kind its picture and smaller ones; painted once for all scenes, for that takes a second or two."""
    rng = np.random.default_rng(seed)
    return tuple(_with_smaller(_tree_picture(rng, tall=kind % 3 == 2)) for kind in range(KINDS))


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
def _draw_sprite(image, picture, foot_x, foot_y, size, fog, haze_red, bluer):
    """A premultiplied picture standing on (foot_x, foot_y), `size` pixels high and wide, fading into the haze.

    `haze_red`: red of the haze, which has `bluer` more green, and so much more blue again.
    """
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
            alpha = (
                a * picture[i, j, 3]
                + b * picture[i, j + 1, 3]
                + c * picture[i + 1, j, 3]
                + d * picture[i + 1, j + 1, 3]
            )
            if alpha <= 0.003:
                continue
            for k in range(3):
                colour = (
                    a * picture[i, j, k]
                    + b * picture[i, j + 1, k]
                    + c * picture[i + 1, j, k]
                    + d * picture[i + 1, j + 1, k]
                )
                haze = haze_red + bluer * k
                image[row, column, k] = colour * (1 - fog) + haze * fog * alpha + (1 - alpha) * image[row, column, k]
