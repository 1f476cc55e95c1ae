"""The ground in a picture, row by row."""

from __future__ import annotations

import math

from numba import njit

from envs.field.ground import detail_at, ground_colour

# pyright: reportMissingParameterType=false

HORIZON = -1e-4  # slope of the line of sight from which on a row is sky


@njit(cache=True, fastmath=True)
def _paint_row(image, row, x0, y0, step_x, step_y, wide_x, wide_y, distance, texture, length, width, asphalt, haze):
    """One row of ground: world x, y of its first pixel (m), step per pixel, footprint of a pixel in x and y (m)."""
    detail_seen = detail_at(wide_x, wide_y)
    fog = 0.66 * (1.0 - math.exp(-distance / 900.0))  # never all of it: the wood's foot must not glow
    for column in range(image.shape[1]):
        x, y = x0 + column * step_x, y0 + column * step_y
        red, green, blue = ground_colour(x, y, wide_x, wide_y, detail_seen, texture, length, width, asphalt)
        image[row, column, 0] = red + fog * (haze[0] - red)
        image[row, column, 1] = green + fog * (haze[1] - green)
        image[row, column, 2] = blue + fog * (haze[2] - blue)


@njit(cache=True, fastmath=True, nogil=True)
def paint_ground(image, first, step, eye, forward, right, up, focal, texture, length, width, asphalt, haze):
    """Paint rows `first`, `first` + `step`, ... of `image` (height, width, 3) below the horizon of a level camera.

    `eye`, `forward`, `right`, `up`: the camera's position (m) and axes in the world, (3,) each; `focal` in pixels;
    runway `length` and `width` in m; `haze` is the colour of the distance.
    """
    rows, columns = image.shape[0], image.shape[1]
    step_x, step_y = right[0] / focal, right[1] / focal  # `right` is level: a row has one slope
    aside = (0.5 - 0.5 * columns) / focal
    for row in range(first, rows, step):
        lift = (0.5 * rows - row - 0.5) / focal
        dz = forward[2] + lift * up[2]
        if dz > HORIZON:
            continue
        middle_x, middle_y = forward[0] + lift * up[0], forward[1] + lift * up[1]
        dx0, dy0 = middle_x + aside * right[0], middle_y + aside * right[1]
        reach = -eye[2] / dz
        deep_x = reach * (up[0] - up[2] / dz * middle_x) / focal
        deep_y = reach * (up[1] - up[2] / dz * middle_y) / focal
        wide_x = abs(reach * step_x) + abs(deep_x) + 1e-6
        wide_y = abs(reach * step_y) + abs(deep_y) + 1e-6
        _paint_row(
            image,
            row,
            eye[0] + reach * dx0,
            eye[1] + reach * dy0,
            reach * step_x,
            reach * step_y,
            wide_x,
            wide_y,
            reach,
            texture,
            length,
            width,
            asphalt,
            haze,
        )
