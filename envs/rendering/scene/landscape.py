"""Paints sky, hills and ground pixel by pixel; a level camera sees the ground plane row by row."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numba import njit
from numpy.typing import NDArray

from envs.base.runway import Runway
from envs.field.noise import noise_texture
from envs.field.sky import CLEAR_M, CONTRAST_LEFT, FOG, FOG_DEEP_M, HAZE, SKY_M, SUN, hill_outlines, sky_colour
from envs.rendering.scene.camera import Camera
from envs.rendering.scene.ground import HORIZON, paint_ground

# pyright: reportMissingParameterType=false


@njit(cache=True, fastmath=True)
def _paint_sky_row(image, row, dx0, dy0, step_x, step_y, dz, pixel, hills, texture, sun, haze, eye_x, eye_y):
    """One row of sky and hills: direction of its first pixel, step per pixel, size of a pixel (rad)."""
    for column in range(image.shape[1]):
        dx, dy = dx0 + column * step_x, dy0 + column * step_y
        red, green, blue = sky_colour(dx, dy, dz, pixel, hills, texture, sun, haze, eye_x, eye_y)
        image[row, column, 0], image[row, column, 1], image[row, column, 2] = red, green, blue


@njit(cache=True, fastmath=True, nogil=True)
def _paint_sky(image, first, step, eye, forward, right, up, focal, texture, hills, sun, haze):
    rows, columns = image.shape[0], image.shape[1]
    aside = (0.5 - 0.5 * columns) / focal
    for row in range(first, rows, step):
        lift = (0.5 * rows - row - 0.5) / focal
        dz = forward[2] + lift * up[2]
        if dz <= HORIZON:
            return
        dx0 = forward[0] + lift * up[0] + aside * right[0]
        dy0 = forward[1] + lift * up[1] + aside * right[1]
        _paint_sky_row(
            image,
            row,
            dx0,
            dy0,
            right[0] / focal,
            right[1] / focal,
            dz,
            1.0 / focal,
            hills,
            texture,
            sun,
            haze,
            eye[0],
            eye[1],
        )


class Landscape:
    """Sky, hills, farmland, the mown field and the runway; `threads` paint it side by side."""

    def __init__(self, runway: Runway, threads: int = 1, visibility_m: float = CLEAR_M) -> None:
        self._runway, self._visibility_m = runway, visibility_m
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads, "landscape") if threads > 1 else None
        self._texture = noise_texture()
        self._hills = hill_outlines()

    def paint(self, image: NDArray[np.float32], camera: Camera) -> None:
        """Fill the image (height, width, 3) with what the camera sees of it."""
        if self._pool is None:
            self._paint_rows(image, camera, 0)
        else:
            # each takes every n-th row: sky and ground cost differently, and so all threads end together
            list(self._pool.map(lambda first: self._paint_rows(image, camera, first), range(self._threads)))
        if self._visibility_m < CLEAR_M:
            left = contrast_left(_row_distances(camera), self._visibility_m).astype(np.float32)[:, None, None]
            image += (1.0 - left) * (np.float32(FOG) - image)

    def _paint_rows(self, image: NDArray[np.float32], camera: Camera, first: int) -> None:
        """Row `first` and every one that follows it after as many rows as there are threads."""
        runway, rows = self._runway, (image, first, self._threads)
        lens = (camera.position, camera.forward, camera.right, camera.up, camera.focal)
        _paint_sky(*rows, *lens, self._texture, self._hills, SUN, HAZE)
        paint_ground(
            *rows,
            *lens,
            self._texture,
            float(runway.length_m),
            float(runway.width_m),
            runway.surface == "asphalt",
            HAZE,
        )


def contrast_left(distance: NDArray[np.float64], visibility_m: float) -> NDArray[np.float64]:
    """Share of the contrast of things at distances (m) that the air lets through (Koschmieder)."""
    return np.exp(-CONTRAST_LEFT * distance / visibility_m)


def _row_distances(camera: Camera) -> NDArray[np.float64]:
    """Distance (rows,), m, of what each row of a level camera shows: the ground, or sky behind fog."""
    lift = (0.5 * camera.height - np.arange(camera.height) - 0.5) / camera.focal
    fall = camera.forward[2] + lift * camera.up[2]
    ahead = np.hypot(1.0, lift)
    ground = camera.position[2] * ahead / np.maximum(-fall, -HORIZON)
    return np.where(fall > HORIZON, np.minimum(SKY_M, FOG_DEEP_M * ahead / np.maximum(fall, 1e-3)), ground)


def shaded(colours: NDArray[np.float64], normals_world: NDArray[np.float64]) -> NDArray[np.float32]:
    """Colours (m, 3) under the sun and the sky's and ground's own light, for unit normals in the world."""
    sun = np.clip(normals_world @ SUN, 0.0, None)[:, None]
    sky = 0.5 + 0.5 * normals_world[:, 2:3]
    light = (
        0.62 * sun * np.array([1.0, 0.97, 0.90])
        + sky * np.array([0.44, 0.48, 0.54])
        + (1 - sky) * np.array([0.30, 0.31, 0.24])
    )
    return np.minimum(colours * light, 1.0).astype(np.float32)
