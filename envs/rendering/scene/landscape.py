"""Paints sky, hills and ground pixel by pixel; a level camera sees the ground plane row by row."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numba import njit
from numpy.typing import NDArray

from envs.base.runway import Runway
from envs.rendering.scene.camera import Camera
from envs.rendering.scene.ground import HORIZON, paint_ground
from envs.rendering.scene.noise import noise_at, noise_texture

# pyright: reportMissingParameterType=false

SUN = np.array([-0.42, -0.62, 0.66]) / np.linalg.norm([-0.42, -0.62, 0.66])  # behind the tower's shoulder
HAZE = np.array([0.77, 0.84, 0.90])
HILL_STEPS = 2048  # azimuth steps of the hills' outline
FAR_HILLS, NEAR_HILLS, WOOD = 0, 1, 2


def hill_outlines(seed: int = 3) -> NDArray[np.float32]:
    """Tangent of the elevation over azimuth, (3, HILL_STEPS), of FAR_HILLS, NEAR_HILLS and the edge of the WOOD."""
    rng = np.random.default_rng(seed)
    azimuth = np.linspace(0.0, 2 * math.pi, HILL_STEPS, endpoint=False)
    outlines = []
    for base, swing, waves in (
        (0.046, 0.026, range(2, 18)),
        (0.022, 0.013, range(3, 30)),
        (0.0085, 0.0055, range(20, 420, 3)),
    ):
        curve = sum(np.cos(n * azimuth + rng.uniform(0, 2 * math.pi)) * rng.normal() / n**0.75 for n in waves)
        outlines.append(np.maximum(base + swing * curve / np.std(curve), 0.0))
    return np.array(outlines, np.float32)


@njit(cache=True, fastmath=True)
def _paint_sky_row(image, row, dx0, dy0, step_x, step_y, dz, pixel, hills, texture, sun, haze, eye_x, eye_y):
    """One row of sky and hills: direction of its first pixel, step per pixel, size of a pixel (rad)."""
    for column in range(image.shape[1]):
        dx, dy = dx0 + column * step_x, dy0 + column * step_y
        level = math.sqrt(dx * dx + dy * dy) + 1e-9
        slope = dz / level
        length = math.sqrt(level * level + dz * dz)
        rise = dz / length
        # blue above, pale at the horizon, warmer towards the sun
        pale = math.exp(-4.2 * max(rise, 0.0))
        facing = max(0.0, (dx * sun[0] + dy * sun[1] + dz * sun[2]) / length)
        glow = 0.16 * facing**6 + 0.5 * facing**80
        red = 0.25 + pale * (haze[0] + 0.04 - 0.25) + glow
        green = 0.50 + pale * (haze[1] + 0.03 - 0.50) + 0.93 * glow
        blue = 0.83 + pale * (haze[2] + 0.03 - 0.83) + 0.7 * glow
        if slope > 0.03:
            # fair-weather clouds on a layer 900 m up
            cloud_x, cloud_y = (eye_x + 900.0 * dx / dz) * 0.008, (eye_y + 900.0 * dy / dz) * 0.012
            billow = noise_at(texture, cloud_x, cloud_y) + 0.4 * noise_at(texture, 4.1 * cloud_x, 4.1 * cloud_y)
            cover = min(1.0, max(0.0, (billow - 0.22) / 0.85)) * min(1.0, (slope - 0.03) / 0.10)
            cover = 0.85 * cover * cover * (3.0 - 2.0 * cover)
            red, green, blue = (
                red + cover * (0.985 - red),
                green + cover * (0.985 - green),
                blue + cover * (0.99 - blue),
            )
        if slope < 0.16:
            place = (math.atan2(dy, dx) / (2.0 * math.pi) + 1.0) * hills.shape[1]
            whole = int(place)
            part, one, two = place - whole, whole % hills.shape[1], (whole + 1) % hills.shape[1]
            for layer in range(3):
                top = hills[layer, one] * (1.0 - part) + hills[layer, two] * part
                cover = min(1.0, max(0.0, (top - slope) / pixel + 0.5))
                if cover > 0.0:
                    mottle = noise_at(texture, place * (0.5 + 0.6 * layer), slope * 900.0)
                    foot = max(0.0, 1.0 - slope / max(top, 1e-4))  # mist gathers at the foot
                    if layer == FAR_HILLS:
                        to_red, to_green, to_blue = 0.53 + 0.13 * foot, 0.635 + 0.11 * foot, 0.735 + 0.08 * foot
                    elif layer == NEAR_HILLS:
                        to_red, to_green, to_blue = 0.45 + 0.04 * mottle, 0.555 + 0.04 * mottle, 0.50 + 0.03 * mottle
                    else:
                        to_red, to_green, to_blue = 0.28 + 0.05 * mottle, 0.385 + 0.05 * mottle, 0.285 + 0.03 * mottle
                    red, green, blue = (
                        red + cover * (to_red - red),
                        green + cover * (to_green - green),
                        blue + cover * (to_blue - blue),
                    )
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

    def __init__(self, runway: Runway, threads: int = 1) -> None:
        self._runway = runway
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads, "landscape") if threads > 1 else None
        self._texture = noise_texture()
        self._hills = hill_outlines()

    def paint(self, image: NDArray[np.float32], camera: Camera) -> None:
        """Fill the image (height, width, 3) with what the camera sees of it."""
        if self._pool is None:
            self._paint_rows(image, camera, 0)
            return
        # each takes every n-th row: sky and ground cost differently, and so all threads end together
        list(self._pool.map(lambda first: self._paint_rows(image, camera, first), range(self._threads)))

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
