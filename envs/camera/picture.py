"""The picture that a camera anywhere, turned any way, takes of the field: a kernel, one line of sight a pixel.

The same field as in replays (envs/field), in shades of grey. Air takes contrast with distance: what is seen of a thing
at distance d is its own light times exp(-d ln 20 / V) and that of the fog for the rest (Koschmieder; V: visibility as
the meteorological optical range, at which 5 % of the contrast is left, WMO-No. 8, CIE 17).
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from envs.field.ground import detail_at, ground_colour
from envs.field.pixel_kernel import pixel_kernel
from envs.field.sky import CONTRAST_LEFT, FOG, FOG_DEEP_M, SKY_M, sky_colour

# pyright: reportMissingParameterType=false

RED, GREEN, BLUE = 0.299, 0.587, 0.114  # of brightness [ITU-R BT.601]
HAZY_M, CLEAR_HAZE = 900.0, 0.66  # haze of the replays' clear day
CROWN_WIDE, CROWN_TALL, CROWN_UP, CROWN_FILLED = 0.40, 0.37, 0.60, 0.72  # of a tree's height; share of its box
CROWN = 0.27  # brightness of a crown, before the haze; estimated from the pictures of the replays' trees


@pixel_kernel
def _veiled(light, distance, visibility, clear_haze):
    """Brightness of a thing at a distance (m) through haze and fog."""
    haze = clear_haze * (1.0 - math.exp(-distance / HAZY_M))
    light += haze * (FOG + 0.04 - light)
    left = math.exp(-CONTRAST_LEFT * distance / visibility)
    return FOG + left * (light - FOG)


@pixel_kernel
def _ground(x, y, z, dx, dy, slope, pixel, texture, length, width, asphalt, visibility, light):
    """Brightness of the ground along a line of sight (dx, dy) level, falling by `slope` (negative)."""
    level = math.sqrt(dx * dx + dy * dy)
    reach = -z / slope
    ahead_x, ahead_y = dx / level, dy / level
    distance = math.sqrt(reach * reach + z * z)
    across = distance * pixel
    along = min(across * distance / z, 4.0 * reach)
    wide_x = abs(ahead_x) * along + abs(ahead_y) * across
    wide_y = abs(ahead_y) * along + abs(ahead_x) * across
    red, green, blue = ground_colour(
        x + reach * ahead_x,
        y + reach * ahead_y,
        wide_x,
        wide_y,
        detail_at(wide_x, wide_y),
        texture,
        length,
        width,
        asphalt,
    )
    return _veiled(light * (RED * red + GREEN * green + BLUE * blue), distance, visibility, CLEAR_HAZE)


@pixel_kernel
def take_picture(
    out,
    eye,
    axes,
    focal,
    texture,
    clouds,
    hills,
    trees,
    length,
    width,
    asphalt,
    sun,
    haze,
    visibility,
    light,
):
    """Fill `out` (n, n) with brightnesses, 0 to 1, of a camera at `eye` (3,) m in the world.

    Args:
        out: rows from the top, columns from the left.
        eye: x along the runway, y left, z up, m.
        axes: of `picture_axes`.
        focal: in pixels.
        texture: of envs.field.noise.
        clouds: likewise, for the sky.
        hills: of envs.field.sky.hill_outlines.
        trees: (m, 3) x, y, height, m.
        length: of the runway, m.
        width: likewise.
        asphalt: whether it is of asphalt.
        sun: unit vector (3,) to the sun.
        haze: colour (3,) of the distance.
        visibility: meteorological optical range, m.
        light: brightness of the ground over that of a fair day; under clouds the sky stays bright and it does not.
    """
    n, pixel, forward, right, up = out.shape[0], 1.0 / focal, axes[0], axes[1], axes[2]
    z = max(eye[2], 0.05)
    for row in range(n):
        b = (0.5 * n - row - 0.5) / focal
        for column in range(n):
            a = (column + 0.5 - 0.5 * n) / focal
            dx = forward[0] + a * right[0] + b * up[0]
            dy = forward[1] + a * right[1] + b * up[1]
            dz = forward[2] + a * right[2] + b * up[2]
            level = math.sqrt(dx * dx + dy * dy) + 1e-9
            slope = dz / level
            # A pixel on the horizon is partly sky: as if the horizon crossed it level.
            below = min(1.0, max(0.0, 0.5 - slope / pixel))
            value = 0.0
            if below > 0.0:
                steep = min(slope, -0.25 * pixel)
                value += below * _ground(
                    eye[0], eye[1], z, dx, dy, steep, pixel, texture, length, width, asphalt, visibility, light
                )
            if below < 1.0:
                rise = max(slope, 0.25 * pixel)
                red, green, blue = sky_colour(dx, dy, rise * level, pixel, hills, clouds, sun, haze, eye[0], eye[1])
                bright = RED * red + GREEN * green + BLUE * blue
                away = min(SKY_M, FOG_DEEP_M / max(rise, 1e-3))
                value += (1.0 - below) * _veiled(bright, away, visibility, 0.0)
            out[row, column] = value
    _plant(out, eye, forward, right, up, focal, trees, visibility, light)


@pixel_kernel
def _plant(out, eye, forward, right, up, focal, trees, visibility, light):
    """Lay the trees' crowns over a picture, each a blob as wide and as tall as it is."""
    n = out.shape[0]
    for k in range(len(trees)):
        height = trees[k, 2]
        x, y, z = trees[k, 0] - eye[0], trees[k, 1] - eye[1], CROWN_UP * height - eye[2]
        depth = x * forward[0] + y * forward[1] + z * forward[2]
        if depth < 2.0:
            continue
        scale = focal / depth
        middle_x = 0.5 * n + scale * (x * right[0] + y * right[1] + z * right[2])
        middle_y = 0.5 * n - scale * (x * up[0] + y * up[1] + z * up[2])
        half_x, half_y = CROWN_WIDE * height * scale, CROWN_TALL * height * scale
        if middle_x + half_x < 0.0 or middle_x - half_x > n or middle_y + half_y < 0.0 or middle_y - half_y > n:
            continue
        bright = _veiled(light * CROWN, math.sqrt(x * x + y * y + z * z), visibility, 1.0)
        for row in range(max(0, int(middle_y - half_y)), min(n, int(middle_y + half_y) + 1)):
            high = min(row + 1.0, middle_y + half_y) - max(float(row), middle_y - half_y)
            for column in range(max(0, int(middle_x - half_x)), min(n, int(middle_x + half_x) + 1)):
                wide = min(column + 1.0, middle_x + half_x) - max(float(column), middle_x - half_x)
                cover = CROWN_FILLED * max(0.0, high) * max(0.0, wide)
                out[row, column] += cover * (bright - out[row, column])


@pixel_kernel
def develop(scene, out, move_x, move_y, exposure, noise, normals):
    """What the chip makes of a scene (n, n): blurred, exposed, noisy, cut to what it can show, in 256 steps.

    Args:
        scene: brightnesses.
        out: (n, n) float32, 0 to 1.
        move_x: how far the picture moves to the right while it is exposed, pixels.
        move_y: likewise downwards.
        exposure: mean brightness that the camera's automatic exposure makes of a picture.
        noise: standard deviation of a pixel.
        normals: (n, n) standard normal numbers.
    """
    n = scene.shape[0]
    # A box of s pixels has the variance s^2 / 12, as two neighbours of weight s^2 / 24 have.
    beside, above = min(0.33, move_x * move_x / 24.0), min(0.33, move_y * move_y / 24.0)
    mean = 0.0
    for row in range(n):
        for column in range(n):
            mean += scene[row, column]
    gain = exposure / max(mean / (n * n), 1e-3)
    for row in range(n):
        for column in range(n):
            left, right = scene[row, max(0, column - 1)], scene[row, min(n - 1, column + 1)]
            over, under = scene[max(0, row - 1), column], scene[min(n - 1, row + 1), column]
            value = (1.0 - 2.0 * beside - 2.0 * above) * scene[row, column]
            value += beside * (left + right) + above * (over + under)
            value = gain * value + noise * normals[row, column]
            out[row, column] = round(255.0 * min(1.0, max(0.0, value))) / 255.0


@njit(cache=True)
def picture_axes(body_to_world: NDArray[np.float64], body_to_lens: NDArray[np.float64]) -> NDArray[np.float64]:
    """(3, 3): rows forward, right and up of a picture in the world.

    `body_to_world` (3, 3) of body axes x forward, y left, z up; `body_to_lens` (3, 3) turns the lens off the nose.
    """
    axes = np.empty((3, 3))
    for world in range(3):
        for own in range(3):
            turned = 0.0
            for body in range(3):
                turned += body_to_world[world, body] * body_to_lens[body, own]
            axes[own, world] = -turned if own == 1 else turned  # right, where the body has left
    return axes
