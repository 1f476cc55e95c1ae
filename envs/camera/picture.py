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
from envs.field.pixel_kernel import pixel_kernel, pixel_part
from envs.field.sky import CONTRAST_LEFT, FOG, FOG_DEEP_M, HAZE, SKY_M, SUN, sky_colour

# pyright: reportMissingParameterType=false

RED, GREEN, BLUE = 0.299, 0.587, 0.114  # of brightness [ITU-R BT.601]
HAZY_M, CLEAR_HAZE = 900.0, 0.66  # haze of the replays' clear day
CROWN_WIDE, CROWN_TALL, CROWN_UP, CROWN_FILLED = 0.40, 0.37, 0.60, 0.72  # of a tree's height; share of its box
CROWN = 0.27  # brightness of a crown, before the haze; estimated from the pictures of the replays' trees


@pixel_part
def _fading(depth):
    """exp(-depth), depth >= 0, to 1e-12: unlike math.exp it can be reckoned for several pixels at once.

    By e^-x = (e^(-x / 1024))^1024, the inner one by its series.
    """
    small = min(depth, 30.0) / 1024.0
    left = 1.0 - small * (1.0 - small / 2.0 * (1.0 - small / 3.0 * (1.0 - small / 4.0 * (1.0 - small / 5.0))))
    for _ in range(10):
        left *= left
    return left


@pixel_part
def _hazy(light, haze):
    """Brightness of a thing of which haze hides a share."""
    return light + haze * (FOG + 0.04 - light)


@pixel_part
def _foggy(light, left):
    """Brightness of a thing of whose contrast fog leaves a share."""
    return FOG + left * (light - FOG)


@pixel_part
def _ground(x, y, z, dx, dy, reach, distance, pixel, texture, length, width, asphalt):
    """Brightness of the ground `reach` m ahead along a level direction (dx, dy), `distance` m away from the lens."""
    per_level = 1.0 / max(1e-9, math.sqrt(dx * dx + dy * dy))
    ahead_x, ahead_y = dx * per_level, dy * per_level
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
    return RED * red + GREEN * green + BLUE * blue


@pixel_part
def _row(air, middle_x, middle_y, middle_z, right_x, right_y, right_z, z, pixel, visibility):
    """Of each line of sight of a row of pixels: slope, share hidden by haze, shares left by fog of ground and sky.

    Apart from the colours and without branches, so that the compiler reckons several pixels at once.
    """
    n, least, fog = air.shape[1], 0.25 * pixel, CONTRAST_LEFT / visibility
    for column in range(n):
        a = (column + 0.5 - 0.5 * n) * pixel
        dx, dy, dz = middle_x + a * right_x, middle_y + a * right_y, middle_z + a * right_z
        slope = dz / (math.sqrt(dx * dx + dy * dy) + 1e-9)
        reach = -z / min(slope, -least)
        distance = math.sqrt(reach * reach + z * z)
        away = min(SKY_M, FOG_DEEP_M / max(max(slope, least), 1e-3))
        air[0, column] = slope
        air[1, column] = CLEAR_HAZE * (1.0 - _fading(distance / HAZY_M))
        air[2, column] = _fading(fog * distance)
        air[3, column] = _fading(fog * away)


@pixel_kernel
def _plant(out, eye_x, eye_y, eye_z, axes, focal, trees, visibility, light):
    """Lay the trees' crowns over a picture, each a blob as wide and as tall as it is."""
    n, half = out.shape[0], 0.5 * out.shape[0]
    forward_x, forward_y, forward_z = axes[0, 0], axes[0, 1], axes[0, 2]
    right_x, right_y, right_z = axes[1, 0], axes[1, 1], axes[1, 2]
    up_x, up_y, up_z = axes[2, 0], axes[2, 1], axes[2, 2]
    for k in range(len(trees)):
        height = trees[k, 2]
        x, y, z = trees[k, 0] - eye_x, trees[k, 1] - eye_y, CROWN_UP * height - eye_z
        depth = x * forward_x + y * forward_y + z * forward_z
        right, up = focal * (x * right_x + y * right_y + z * right_z), focal * (x * up_x + y * up_y + z * up_z)
        wide, tall = focal * CROWN_WIDE * height, focal * CROWN_TALL * height
        if depth < 2.0 or abs(right) > half * depth + wide or abs(up) > half * depth + tall:
            continue
        middle_x, middle_y, half_x, half_y = half + right / depth, half - up / depth, wide / depth, tall / depth
        distance = math.sqrt(x * x + y * y + z * z)
        bright = _hazy(light * CROWN, 1.0 - _fading(distance / HAZY_M))
        bright = _foggy(bright, _fading(CONTRAST_LEFT / visibility * distance))
        for row in range(max(0, int(middle_y - half_y)), min(n, int(middle_y + half_y) + 1)):
            high = min(row + 1.0, middle_y + half_y) - max(float(row), middle_y - half_y)
            for column in range(max(0, int(middle_x - half_x)), min(n, int(middle_x + half_x) + 1)):
                wide = min(column + 1.0, middle_x + half_x) - max(float(column), middle_x - half_x)
                cover = CROWN_FILLED * max(0.0, high) * max(0.0, wide)
                out[row, column] += cover * (bright - out[row, column])


@pixel_part
def _turn_axes(axes, body_to_world, body_to_lens):
    """Fill `axes` with what `picture_axes` gives."""
    for world in range(3):
        for own in range(3):
            turned = 0.0
            for body in range(3):
                turned += body_to_world[world, body] * body_to_lens[body, own]
            axes[own, world] = -turned if own == 1 else turned  # right, where the body has left


@pixel_kernel
def take_picture(
    out,
    air,
    axes,
    position,
    body_to_world,
    lens,
    body_to_lens,
    focal,
    texture,
    clouds,
    hills,
    trees,
    length,
    width,
    asphalt,
    visibility,
    light,
):
    """Fill `out` (n, n) with brightnesses, 0 to 1, of a camera on an aircraft at `position` (3,) m in the world.

    Args:
        out: rows from the top, columns from the left.
        air: (4, n), to reckon in.
        axes: (3, 3), is filled as by `picture_axes`.
        position: x along the runway, y left, z up, m.
        body_to_world: (3, 3) as of `picture_axes`.
        lens: (3,) m from that position, in body axes.
        body_to_lens: (3, 3) as of `picture_axes`.
        focal: in pixels.
        texture: of envs.field.noise.
        clouds: likewise, for the sky.
        hills: of envs.field.sky.hill_outlines.
        trees: (m, 3) x, y, height, m.
        length: of the runway, m.
        width: likewise.
        asphalt: whether it is of asphalt.
        visibility: meteorological optical range, m.
        light: brightness of the ground over that of a fair day; under clouds the sky stays bright and it does not.
    """
    n, pixel = out.shape[0], 1.0 / focal
    _turn_axes(axes, body_to_world, body_to_lens)
    x = position[0] + body_to_world[0, 0] * lens[0] + body_to_world[0, 1] * lens[1] + body_to_world[0, 2] * lens[2]
    y = position[1] + body_to_world[1, 0] * lens[0] + body_to_world[1, 1] * lens[1] + body_to_world[1, 2] * lens[2]
    high = position[2] + body_to_world[2, 0] * lens[0] + body_to_world[2, 1] * lens[1] + body_to_world[2, 2] * lens[2]
    z = max(high, 0.05)
    forward_x, forward_y, forward_z = axes[0, 0], axes[0, 1], axes[0, 2]
    right_x, right_y, right_z = axes[1, 0], axes[1, 1], axes[1, 2]
    up_x, up_y, up_z = axes[2, 0], axes[2, 1], axes[2, 2]
    for row in range(n):
        b = (0.5 * n - row - 0.5) * pixel
        middle_x, middle_y, middle_z = forward_x + b * up_x, forward_y + b * up_y, forward_z + b * up_z
        _row(air, middle_x, middle_y, middle_z, right_x, right_y, right_z, z, pixel, visibility)
        for column in range(n):
            a = (column + 0.5 - 0.5 * n) * pixel
            dx, dy = middle_x + a * right_x, middle_y + a * right_y
            slope = air[0, column]
            # A pixel on the horizon is partly sky: as if the horizon crossed it level.
            below = min(1.0, max(0.0, 0.5 - slope / pixel))
            value = 0.0
            if below > 0.0:
                reach = -z / min(slope, -0.25 * pixel)
                distance = math.sqrt(reach * reach + z * z)
                bright = light * _ground(x, y, z, dx, dy, reach, distance, pixel, texture, length, width, asphalt)
                value += below * _foggy(_hazy(bright, air[1, column]), air[2, column])
            if below < 1.0:
                rise = max(slope, 0.25 * pixel) * (math.sqrt(dx * dx + dy * dy) + 1e-9)
                red, green, blue = sky_colour(dx, dy, rise, pixel, hills, clouds, SUN, HAZE, x, y)
                bright = RED * red + GREEN * green + BLUE * blue
                value += (1.0 - below) * _foggy(bright, air[3, column])
            out[row, column] = value
    _plant(out, x, y, high, axes, focal, trees, visibility, light)


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
    _turn_axes(axes, body_to_world, body_to_lens)
    return axes
