"""Sky, hills and ground, pixel by pixel: a level camera sees the ground plane row by row.

Every pattern is averaged over the ground a pixel covers (its footprint, m), so that stripes and lines far away
fade instead of flickering.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from envs.flight_log import Runway
from envs.rendering.camera import Camera

# pyright: reportMissingParameterType=false

SUN = np.array([-0.42, -0.62, 0.66]) / np.linalg.norm([-0.42, -0.62, 0.66])  # behind the tower's shoulder
HAZE = np.array([0.77, 0.84, 0.90])
TEXELS = 256  # side of the noise texture
HILL_STEPS = 2048  # azimuth steps of the hills' outline
FAR_HILLS, NEAR_HILLS, WOOD = 0, 1, 2


def noise_texture(seed: int = 5) -> NDArray[np.float32]:
    """Smooth noise that repeats without a seam, (TEXELS, TEXELS), mean 0, about -1..1."""
    rng = np.random.default_rng(seed)
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(TEXELS), np.fft.fftfreq(TEXELS))) * TEXELS
    spectrum = np.fft.fft2(rng.standard_normal((TEXELS, TEXELS)))
    spectrum *= np.where(frequency > 2, 1.0 / np.maximum(frequency, 1.0) ** 0.85, 0.0) * (frequency < 90)
    texture = np.real(np.fft.ifft2(spectrum))
    return (texture / (2.2 * texture.std())).astype(np.float32)


def hill_outlines(seed: int = 3) -> NDArray[np.float32]:
    """Tangent of the elevation of far hills, near hills and the wood's edge over azimuth, (3, HILL_STEPS)."""
    rng = np.random.default_rng(seed)
    azimuth = np.linspace(0.0, 2 * math.pi, HILL_STEPS, endpoint=False)
    outlines = []
    for base, swing, waves in ((0.046, 0.026, range(2, 18)), (0.022, 0.013, range(3, 30)),
                               (0.0085, 0.0055, range(20, 420, 3))):
        curve = sum(np.cos(n * azimuth + rng.uniform(0, 2 * math.pi)) * rng.normal() / n**0.75 for n in waves)
        outlines.append(np.maximum(base + swing * curve / np.std(curve), 0.0))
    return np.array(outlines, np.float32)


@njit(cache=True, fastmath=True, inline="always")
def _noise(texture, x, y):
    """The texture at continuous texel coordinates, bilinear."""
    column, row = math.floor(x), math.floor(y)
    fx, fy = x - column, y - row
    j, i = int(column) & 255, int(row) & 255
    j1, i1 = (j + 1) & 255, (i + 1) & 255
    return ((texture[i, j] * (1 - fx) + texture[i, j1] * fx) * (1 - fy)
            + (texture[i1, j] * (1 - fx) + texture[i1, j1] * fx) * fy)


@njit(cache=True, fastmath=True, inline="always")
def _stripes(position, footprint, period, share):
    """How much of `footprint` around `position` lies on stripes that fill `share` of every `period` from 0."""
    low, high = (position - 0.5 * footprint) / period, (position + 0.5 * footprint) / period
    whole_low, whole_high = math.floor(low), math.floor(high)
    filled = (whole_high - whole_low) * share + min(high - whole_high, share) - min(low - whole_low, share)
    return filled / (high - low)


@njit(cache=True, fastmath=True, inline="always")
def _inside(position, footprint, low, high):
    """How much of `footprint` around `position` lies in low..high."""
    covered = min(position + 0.5 * footprint, high) - max(position - 0.5 * footprint, low)
    return max(0.0, covered) / footprint


@njit(cache=True, fastmath=True)
def _runway_paint(x, y, wide_x, wide_y, length, width, asphalt):
    """Share of white paint at a point of the runway (x along it, y from its centreline)."""
    side = abs(y)
    line = 0.018 * width
    if asphalt:
        paint = _inside(side, wide_y, 0.5 * width - 1.6 * line, 0.5 * width - 0.6 * line)
        paint *= _inside(x, wide_x, 0.0, length)
        piano = _stripes(side - 0.06 * width, wide_y, 0.11 * width, 0.55) * _inside(
            side, wide_y, 0.06 * width, 0.44 * width)
        bars = _inside(x, wide_x, 1.0, 5.5) + _inside(length - x, wide_x, 1.0, 5.5)
        aim = _inside(x, wide_x, 0.2 * length - 2.5, 0.2 * length + 2.5) + _inside(
            length - x, wide_x, 0.2 * length - 2.5, 0.2 * length + 2.5)
        paint += piano * bars + aim * _inside(side, wide_y, 0.18 * width, 0.27 * width)
        dashes = _stripes(x - 8.0, wide_x, 8.0, 0.45) * _inside(x, wide_x, 8.0, length - 8.0)
    else:
        paint = _inside(side, wide_y, 0.5 * width - 1.4 * line, 0.5 * width) * _stripes(x, wide_x, 6.0, 0.3)
        paint *= _inside(x, wide_x, 0.0, length + 2.0)
        bars = _inside(x, wide_x, 0.0, 0.35) + _inside(length - x, wide_x, 0.0, 0.35)
        paint += bars * _inside(side, wide_y, 0.0, 0.5 * width)
        aim = _inside(x, wide_x, 0.2 * length - 1.2, 0.2 * length + 1.2)
        paint += aim * _inside(side, wide_y, 0.20 * width, 0.27 * width)
        dashes = 0.75 * _stripes(x - 4.0, wide_x, 6.0, 0.25) * _inside(x, wide_x, 4.0, length - 4.0)
    paint += dashes * _inside(side, wide_y, 0.0, 0.45 * line)
    return min(1.0, paint)


@njit(cache=True, fastmath=True)
def _paint_ground_row(image, row, first, x0, y0, step_x, step_y, wide_x, wide_y, distance, texture, length, width,
                      asphalt, haze):
    """One row of ground: world x, y of its first pixel (m), step per pixel, footprint of a pixel in x and y (m)."""
    wide = max(wide_x, wide_y)
    fine = max(0.0, 1.0 - math.sqrt(wide_x * wide_y) / 0.11)
    middle = max(0.0, 1.0 - wide / 2.2)
    coarse = max(0.0, 1.0 - wide / 50.0)
    fog = 0.66 * (1.0 - math.exp(-distance / 900.0))  # never all of it: the wood's foot must not glow
    detail = max(0.0, 1.0 - wide / 120.0)
    for column in range(first, image.shape[1]):
        x, y = x0 + column * step_x, y0 + column * step_y
        broad = _noise(texture, x * 0.12, y * 0.12) * coarse
        tufts = _noise(texture, x * 1.7, y * 1.7) * middle
        blades = _noise(texture, x * 31.0, y * 31.0) * fine if fine > 0.0 else 0.0
        grain = 1.0 + 0.07 * broad + 0.05 * tufts + 0.13 * blades
        lawn = _inside(x, wide_x, -45.0, length + 45.0) * _inside(y, wide_y, -0.5 * width - 24.0, 0.5 * width + 34.0)
        red, green, blue = 0.0, 0.0, 0.0
        if lawn < 1.0:
            # farmland: fields of different crops, bounded by darker hedges
            across, along = (x + 9.0 * broad) / 130.0 + 0.37, y / 85.0 + 0.5
            number = int(math.floor(across)) * 7 + int(math.floor(along + 0.31 * math.floor(across))) * 13
            kind = (number * number + 3 * number) % 5
            red, green, blue = 0.40, 0.50, 0.22
            if kind == 1:
                red, green, blue = 0.62, 0.58, 0.30
            elif kind == 2:
                red, green, blue = 0.33, 0.46, 0.20
            elif kind == 3:
                red, green, blue = 0.50, 0.56, 0.25
            elif kind == 4:
                red, green, blue = 0.47, 0.42, 0.28
            rows = 1.0 + 0.10 * (_stripes(y + 0.15 * x, wide, 3.0, 0.5) - 0.5)
            red, green, blue = red * rows, green * rows, blue * rows
            red += (1.0 - detail) * (0.44 - red)
            green += (1.0 - detail) * (0.51 - green)
            blue += (1.0 - detail) * (0.26 - blue)
        if lawn > 0.0:
            light = _stripes(x, wide_x, 12.0, 0.5)
            cut = _stripes(y - 0.5 * width, wide_y, 9.0, 0.5)
            mown = light + cut - 2.0 * light * cut - 0.5  # a chequerboard, as a mower leaves it
            strip = _inside(x, wide_x, -6.0, length + 6.0) * _inside(y, wide_y, -0.5 * width, 0.5 * width)
            shade = 1.0 + 0.13 * mown
            lawn_red, lawn_green, lawn_blue = 0.37 * shade, 0.505 * shade, 0.205 * shade
            if strip > 0.0:
                if asphalt:
                    strip *= _inside(x, wide_x, -1.0, length + 1.0)
                    worn = 1.0 - 0.05 * _inside(abs(y), wide_y, 0.0, 0.2 * width)
                    to_red, to_green, to_blue = 0.37 * worn, 0.375 * worn, 0.39 * worn
                else:
                    # 0.16 brighter: shorter grass; striped along the way the mower went
                    band = 1.0 + 0.10 * (_stripes(x, wide_x, 8.0, 0.5) - 0.5) + 0.05 * (
                        _stripes(y, wide_y, 0.25 * width, 0.5) - 0.5)
                    to_red, to_green, to_blue = 0.525 * band, 0.625 * band, 0.30 * band
                paint = 0.92 * _runway_paint(x, y, wide_x, wide_y, length, width, asphalt)
                to_red += paint * (0.94 - to_red)
                to_green += paint * (0.94 - to_green)
                to_blue += paint * (0.91 - to_blue)
                lawn_red += strip * (to_red - lawn_red)
                lawn_green += strip * (to_green - lawn_green)
                lawn_blue += strip * (to_blue - lawn_blue)
            red += lawn * (lawn_red - red)
            green += lawn * (lawn_green - green)
            blue += lawn * (lawn_blue - blue)
        image[row, column, 0] = red * grain + fog * (haze[0] - red * grain)
        image[row, column, 1] = green * grain + fog * (haze[1] - green * grain)
        image[row, column, 2] = blue * grain + fog * (haze[2] - blue * grain)


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
            billow = _noise(texture, cloud_x, cloud_y) + 0.4 * _noise(texture, 4.1 * cloud_x, 4.1 * cloud_y)
            cover = min(1.0, max(0.0, (billow - 0.22) / 0.85)) * min(1.0, (slope - 0.03) / 0.10)
            cover = 0.85 * cover * cover * (3.0 - 2.0 * cover)
            red, green, blue = red + cover * (0.985 - red), green + cover * (0.985 - green), blue + cover * (0.99 - blue)
        if slope < 0.16:
            place = (math.atan2(dy, dx) / (2.0 * math.pi) + 1.0) * hills.shape[1]
            whole = int(place)
            part, one, two = place - whole, whole % hills.shape[1], (whole + 1) % hills.shape[1]
            for layer in range(3):
                top = hills[layer, one] * (1.0 - part) + hills[layer, two] * part
                cover = min(1.0, max(0.0, (top - slope) / pixel + 0.5))
                if cover > 0.0:
                    mottle = _noise(texture, place * (0.5 + 0.6 * layer), slope * 900.0)
                    foot = max(0.0, 1.0 - slope / max(top, 1e-4))  # mist gathers at the foot
                    if layer == FAR_HILLS:
                        to_red, to_green, to_blue = 0.53 + 0.13 * foot, 0.635 + 0.11 * foot, 0.735 + 0.08 * foot
                    elif layer == NEAR_HILLS:
                        to_red, to_green, to_blue = 0.45 + 0.04 * mottle, 0.555 + 0.04 * mottle, 0.50 + 0.03 * mottle
                    else:
                        to_red, to_green, to_blue = 0.28 + 0.05 * mottle, 0.385 + 0.05 * mottle, 0.285 + 0.03 * mottle
                    red, green, blue = (red + cover * (to_red - red), green + cover * (to_green - green),
                                        blue + cover * (to_blue - blue))
        image[row, column, 0], image[row, column, 1], image[row, column, 2] = red, green, blue


@njit(cache=True, fastmath=True)
def _paint(image, eye, forward, right, up, focal, texture, hills, sun, haze, length, width, asphalt):
    rows, columns = image.shape[0], image.shape[1]
    step_x, step_y = right[0] / focal, right[1] / focal  # `right` is level: a row has one slope
    for row in range(rows):
        lift = (0.5 * rows - row - 0.5) / focal
        dz = forward[2] + lift * up[2]
        aside = (0.5 - 0.5 * columns) / focal
        dx0 = forward[0] + lift * up[0] + aside * right[0]
        dy0 = forward[1] + lift * up[1] + aside * right[1]
        if dz > -1e-4:
            _paint_sky_row(image, row, dx0, dy0, step_x, step_y, dz, 1.0 / focal, hills, texture, sun, haze,
                           eye[0], eye[1])
            continue
        reach = -eye[2] / dz
        middle_x, middle_y = forward[0] + lift * up[0], forward[1] + lift * up[1]
        deep_x = reach * (up[0] - up[2] / dz * middle_x) / focal
        deep_y = reach * (up[1] - up[2] / dz * middle_y) / focal
        wide_x = abs(reach * step_x) + abs(deep_x) + 1e-6
        wide_y = abs(reach * step_y) + abs(deep_y) + 1e-6
        _paint_ground_row(image, row, 0, eye[0] + reach * dx0, eye[1] + reach * dy0, reach * step_x, reach * step_y,
                          wide_x, wide_y, reach, texture, length, width, asphalt, haze)


class Landscape:
    """Sky, hills, farmland, the mown field and the runway."""

    def __init__(self, runway: Runway) -> None:
        self._runway = runway
        self._texture = noise_texture()
        self._hills = hill_outlines()

    def paint(self, image: NDArray[np.float32], camera: Camera) -> None:
        """Fill the image (height, width, 3) with what the camera sees of it."""
        _paint(image, camera.position, camera.forward, camera.right, camera.up, camera.focal, self._texture,
               self._hills, SUN, HAZE, self._runway.length_m, self._runway.width_m, self._runway.surface == "asphalt")
