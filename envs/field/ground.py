"""The ground at a point: farmland, mown field, runway and its paint.

Every pattern is averaged over the ground that a pixel covers (its footprint, m), so that stripes and lines far away
fade instead of flickering.
"""

from __future__ import annotations

import math

import numpy as np

from envs.field.noise import noise_at
from envs.field.pixel_kernel import pixel_part

# pyright: reportMissingParameterType=false

CROPS = np.array([(0.40, 0.50, 0.22), (0.62, 0.58, 0.30), (0.33, 0.46, 0.20), (0.50, 0.56, 0.25), (0.47, 0.42, 0.28)])
"""Red, green, blue of what grows on the fields."""


@pixel_part
def _stripes(position, half, per, period, share):
    """How much of the ground up to `half` from `position` lies on stripes that fill `share` of every `period` from 0.

    `per`: 1 / (2 half); nearly every pattern divides by it.
    """
    low, high = (position - half) / period, (position + half) / period
    # math.floor would make whole numbers of them.
    whole_low, whole_high = np.floor(low), np.floor(high)
    filled = (whole_high - whole_low) * share + min(high - whole_high, share) - min(low - whole_low, share)
    return filled * period * per


@pixel_part
def _inside(position, half, per, low, high):
    """How much of the ground up to `half` from `position` lies in low..high; `per` as in `_stripes`."""
    return max(0.0, min(position + half, high) - max(position - half, low)) * per


@pixel_part
def _runway_paint(x, y, half_x, per_x, half_y, per_y, length, width, asphalt):
    """Share of white paint at a point of the runway (x along it, y from its centreline)."""
    side = abs(y)
    line = 0.018 * width
    if asphalt:
        paint = _inside(side, half_y, per_y, 0.5 * width - 1.6 * line, 0.5 * width - 0.6 * line)
        paint *= _inside(x, half_x, per_x, 0.0, length)
        piano = _stripes(side - 0.06 * width, half_y, per_y, 0.11 * width, 0.55) * _inside(
            side, half_y, per_y, 0.06 * width, 0.44 * width
        )
        bars = _inside(x, half_x, per_x, 1.0, 5.5) + _inside(length - x, half_x, per_x, 1.0, 5.5)
        aim = _inside(x, half_x, per_x, 0.2 * length - 2.5, 0.2 * length + 2.5) + _inside(
            length - x, half_x, per_x, 0.2 * length - 2.5, 0.2 * length + 2.5
        )
        paint += piano * bars + aim * _inside(side, half_y, per_y, 0.18 * width, 0.27 * width)
        dashes = _stripes(x - 8.0, half_x, per_x, 8.0, 0.45) * _inside(x, half_x, per_x, 8.0, length - 8.0)
    else:
        paint = _inside(side, half_y, per_y, 0.5 * width - 1.4 * line, 0.5 * width)
        paint *= _stripes(x, half_x, per_x, 6.0, 0.3)
        paint *= _inside(x, half_x, per_x, 0.0, length + 2.0)
        bars = _inside(x, half_x, per_x, 0.0, 0.35) + _inside(length - x, half_x, per_x, 0.0, 0.35)
        paint += bars * _inside(side, half_y, per_y, 0.0, 0.5 * width)
        aim = _inside(x, half_x, per_x, 0.2 * length - 1.2, 0.2 * length + 1.2)
        paint += aim * _inside(side, half_y, per_y, 0.20 * width, 0.27 * width)
        dashes = 0.75 * _stripes(x - 4.0, half_x, per_x, 6.0, 0.25) * _inside(x, half_x, per_x, 4.0, length - 4.0)
    paint += dashes * _inside(side, half_y, per_y, 0.0, 0.45 * line)
    return min(1.0, paint)


@pixel_part
def detail_at(wide_x, wide_y):
    """How much of the finest, middle and coarse pattern and of the fields a footprint (m) leaves to be seen, 0 to 1."""
    wide = max(wide_x, wide_y)
    return (
        max(0.0, 1.0 - math.sqrt(wide_x * wide_y) / 0.11),
        max(0.0, 1.0 - wide / 2.2),
        max(0.0, 1.0 - wide / 50.0),
        max(0.0, 1.0 - wide / 120.0),
    )


@pixel_part
def ground_colour(x, y, wide_x, wide_y, detail_seen, texture, length, width, asphalt):
    """Red, green, blue of the ground at (x, y) m under a footprint of wide_x by wide_y m; `detail_seen`: of detail_at.

    `texture`: of envs.field.noise; `length`, `width`: of the runway, m; `asphalt`: its surface, else grass.
    """
    fine, middle, coarse, detail = detail_seen
    wide, half_x, half_y, per_x, per_y = max(wide_x, wide_y), 0.5 * wide_x, 0.5 * wide_y, 1.0 / wide_x, 1.0 / wide_y
    broad = noise_at(texture, x * 0.12, y * 0.12) * coarse if coarse > 0.0 else 0.0
    tufts = noise_at(texture, x * 1.7, y * 1.7) * middle if middle > 0.0 else 0.0
    blades = noise_at(texture, x * 31.0, y * 31.0) * fine if fine > 0.0 else 0.0
    grain = 1.0 + 0.07 * broad + 0.05 * tufts + 0.13 * blades
    lawn = _inside(x, half_x, per_x, -45.0, length + 45.0) * _inside(
        y, half_y, per_y, -0.5 * width - 24.0, 0.5 * width + 34.0
    )
    red, green, blue = 0.0, 0.0, 0.0
    if lawn < 1.0:
        # farmland: fields of different crops, bounded by darker hedges
        across, along = (x + 9.0 * broad) / 130.0 + 0.37, y / 85.0 + 0.5
        number = math.floor(across) * 7 + math.floor(along + 0.31 * math.floor(across)) * 13
        kind = (number * number + 3 * number) % 5
        red, green, blue = CROPS[kind, 0], CROPS[kind, 1], CROPS[kind, 2]
        rows = 1.0 + 0.10 * (_stripes(y + 0.15 * x, 0.5 * wide, 1.0 / wide, 3.0, 0.5) - 0.5)
        red, green, blue = red * rows, green * rows, blue * rows
        red += (1.0 - detail) * (0.44 - red)
        green += (1.0 - detail) * (0.51 - green)
        blue += (1.0 - detail) * (0.26 - blue)
    if lawn > 0.0:
        light = _stripes(x, half_x, per_x, 12.0, 0.5)
        cut = _stripes(y - 0.5 * width, half_y, per_y, 9.0, 0.5)
        mown = light + cut - 2.0 * light * cut - 0.5  # a chequerboard, as a mower leaves it
        strip = _inside(x, half_x, per_x, -6.0, length + 6.0) * _inside(y, half_y, per_y, -0.5 * width, 0.5 * width)
        shade = 1.0 + 0.13 * mown
        lawn_red, lawn_green, lawn_blue = 0.37 * shade, 0.505 * shade, 0.205 * shade
        if strip > 0.0:
            if asphalt:
                strip *= _inside(x, half_x, per_x, -1.0, length + 1.0)
                worn = 1.0 - 0.05 * _inside(abs(y), half_y, per_y, 0.0, 0.2 * width)
                to_red, to_green, to_blue = 0.37 * worn, 0.375 * worn, 0.39 * worn
            else:
                # 0.16 brighter: shorter grass; striped along the way the mower went
                band = (
                    1.0
                    + 0.10 * (_stripes(x, half_x, per_x, 8.0, 0.5) - 0.5)
                    + 0.05 * (_stripes(y, half_y, per_y, 0.25 * width, 0.5) - 0.5)
                )
                to_red, to_green, to_blue = 0.525 * band, 0.625 * band, 0.30 * band
            paint = 0.92 * _runway_paint(x, y, half_x, per_x, half_y, per_y, length, width, asphalt)
            to_red += paint * (0.94 - to_red)
            to_green += paint * (0.94 - to_green)
            to_blue += paint * (0.91 - to_blue)
            lawn_red += strip * (to_red - lawn_red)
            lawn_green += strip * (to_green - lawn_green)
            lawn_blue += strip * (to_blue - lawn_blue)
        red += lawn * (lawn_red - red)
        green += lawn * (lawn_green - green)
        blue += lawn * (lawn_blue - blue)
    return red * grain, green * grain, blue * grain
