"""Drawing kernels on float32 images (height, width, 3), colours 0..1: triangles, lines, sprites; all anti-aliased.

Triangles are drawn into a tile: a patch of the image with `fine` x `fine` samples a pixel, premultiplied red,
green, blue, alpha, and a depth buffer of 1 / depth (larger is nearer).
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from envs.rendering.scene.camera import DEPTH, NEAREST_M, Camera

Image = NDArray[np.float32]

# pyright: reportMissingParameterType=false


@njit(cache=True, fastmath=True)
def _fill_triangles(tile, nearness, x, y, inverse_depth, triangles, colours, alpha, cull):
    """Fill triangles whose corners are at sample coordinates x, y; alpha 1 is opaque and writes depth."""
    height, width = nearness.shape
    for index in range(triangles.shape[0]):
        a, b, c = triangles[index, 0], triangles[index, 1], triangles[index, 2]
        if inverse_depth[a] <= 0.0 or inverse_depth[b] <= 0.0 or inverse_depth[c] <= 0.0:
            continue
        area = (x[b] - x[a]) * (y[c] - y[a]) - (x[c] - x[a]) * (y[b] - y[a])
        if area == 0.0 or (cull and area > 0.0):  # image y is down: front faces run the negative way
            continue
        left = max(0, math.ceil(min(x[a], x[b], x[c]) - 0.5))
        right = min(width - 1, math.floor(max(x[a], x[b], x[c]) - 0.5))
        top = max(0, math.ceil(min(y[a], y[b], y[c]) - 0.5))
        bottom = min(height - 1, math.floor(max(y[a], y[b], y[c]) - 0.5))
        scale = 1.0 / area
        wa_x, wb_x = (y[b] - y[c]) * scale, (y[c] - y[a]) * scale
        wa_y, wb_y = (x[c] - x[b]) * scale, (x[a] - x[c]) * scale
        red, green, blue = colours[index, 0], colours[index, 1], colours[index, 2]
        for row in range(top, bottom + 1):
            dy = row + 0.5 - y[c]
            for column in range(left, right + 1):
                dx = column + 0.5 - x[c]
                wa = wa_x * dx + wa_y * dy
                wb = wb_x * dx + wb_y * dy
                wc = 1.0 - wa - wb
                if wa < 0.0 or wb < 0.0 or wc < 0.0:
                    continue
                near = wa * inverse_depth[a] + wb * inverse_depth[b] + wc * inverse_depth[c]
                if near <= nearness[row, column]:
                    continue
                rest = 1.0 - alpha
                tile[row, column, 0] = alpha * red + rest * tile[row, column, 0]
                tile[row, column, 1] = alpha * green + rest * tile[row, column, 1]
                tile[row, column, 2] = alpha * blue + rest * tile[row, column, 2]
                tile[row, column, 3] = alpha + rest * tile[row, column, 3]
                if alpha >= 1.0:
                    nearness[row, column] = near


@njit(cache=True, fastmath=True)
def _blend_tile(image, tile, left, top, fine):
    """Average the samples of each pixel and lay them over the image."""
    share = 1.0 / (fine * fine)
    for row in range(tile.shape[0] // fine):
        for column in range(tile.shape[1] // fine):
            red = green = blue = alpha = 0.0
            for i in range(fine):
                for j in range(fine):
                    red += tile[row * fine + i, column * fine + j, 0]
                    green += tile[row * fine + i, column * fine + j, 1]
                    blue += tile[row * fine + i, column * fine + j, 2]
                    alpha += tile[row * fine + i, column * fine + j, 3]
            if alpha > 0.0:
                rest = 1.0 - alpha * share
                image[top + row, left + column, 0] = red * share + rest * image[top + row, left + column, 0]
                image[top + row, left + column, 1] = green * share + rest * image[top + row, left + column, 1]
                image[top + row, left + column, 2] = blue * share + rest * image[top + row, left + column, 2]


class Tile:
    """The patch of an image around some points, to draw triangles into; `finish` lays it over the image."""

    def __init__(self, image: Image, camera: Camera, points_world: NDArray[np.float64], fine: int) -> None:
        self._image, self._camera, self._fine = image, camera, fine
        screen = camera.project(points_world)
        seen_x, seen_y, _ = screen[screen[:, DEPTH] > NEAREST_M].T
        height, width = image.shape[:2]
        self.is_empty = len(seen_x) == 0
        if not self.is_empty:
            self._left, self._top = (int(max(0, math.floor(pixels.min()) - 1)) for pixels in (seen_x, seen_y))
            right = int(min(width, math.ceil(seen_x.max()) + 1))
            bottom = int(min(height, math.ceil(seen_y.max()) + 1))
            self.is_empty = right <= self._left or bottom <= self._top
            if not self.is_empty:
                shape = ((bottom - self._top) * fine, (right - self._left) * fine)
                self._samples = np.zeros((*shape, 4), np.float32)
                self._nearness = np.zeros(shape, np.float32)

    def draw(
        self,
        points_world: NDArray[np.float64],
        triangles: NDArray[np.int64],
        colours: Image,
        alpha: float = 1.0,
        cull: bool = True,
    ) -> None:
        """Draw triangles of world points; colours (m, 3). Transparent ones after all opaque ones."""
        if self.is_empty:
            return
        screen_x, screen_y, depth = self._camera.project(points_world).T
        inverse = np.where(depth > NEAREST_M, 1.0 / np.maximum(depth, NEAREST_M), 0.0)
        x = (screen_x - self._left) * self._fine
        y = (screen_y - self._top) * self._fine
        _fill_triangles(
            self._samples,
            self._nearness,
            x,
            y,
            inverse,
            triangles,
            np.ascontiguousarray(colours, np.float32),
            alpha,
            cull,
        )

    def finish(self, opacity: float = 1.0) -> None:
        """Lay the tile over the image."""
        if not self.is_empty:
            if opacity < 1.0:
                self._samples *= np.float32(opacity)
            _blend_tile(self._image, self._samples, self._left, self._top, self._fine)


@njit(cache=True, fastmath=True)
def _mark_line(mask, x, y, hidden, thick):
    """Raise `mask` (height, width) to how much of each pixel a broken line with half widths `thick` (px) covers.

    Pieces with a hidden end are left out. No NaN may come in: fast mathematics would not notice it.
    """
    height, width = mask.shape
    for index in range(x.shape[0] - 1):
        ax, ay, bx, by = x[index], y[index], x[index + 1], y[index + 1]
        if hidden[index] or hidden[index + 1]:
            continue
        reach = max(thick[index], thick[index + 1]) + 1.0
        left, right = max(0, int(min(ax, bx) - reach)), min(width - 1, int(max(ax, bx) + reach))
        top, bottom = max(0, int(min(ay, by) - reach)), min(height - 1, int(max(ay, by) + reach))
        dx, dy = bx - ax, by - ay
        square = max(1e-6, dx * dx + dy * dy)  # px^2; the two ends may be one point
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                px, py = column + 0.5 - ax, row + 0.5 - ay
                share = min(1.0, max(0.0, (px * dx + py * dy) / square))
                off_x, off_y = px - share * dx, py - share * dy
                half = thick[index] + share * (thick[index + 1] - thick[index])
                cover = half + 0.5 - math.sqrt(off_x * off_x + off_y * off_y)
                if half < 0.5:
                    cover *= half * 2.0
                cover = min(1.0, max(0.0, cover))
                if cover > mask[row, column]:
                    mask[row, column] = cover


@njit(cache=True, fastmath=True)
def _tint(image, mask, red, green, blue, alpha):
    for row in range(mask.shape[0]):
        for column in range(mask.shape[1]):
            share = mask[row, column] * alpha
            if share > 0.0:
                image[row, column, 0] += share * (red - image[row, column, 0])
                image[row, column, 1] += share * (green - image[row, column, 1])
                image[row, column, 2] += share * (blue - image[row, column, 2])


def draw_lines(
    image: Image,
    camera: Camera,
    lines_world: list[NDArray[np.float64]],
    width_m: float,
    least_px: float,
    colour: tuple[float, float, float],
    alpha: float,
) -> None:
    """Draw broken lines (n, 3) of world points, `width_m` wide but at least `least_px`, tinted without overlap."""
    mask = np.zeros(image.shape[:2], np.float32)
    limit = 4.0 * max(image.shape)
    for line in lines_world:
        screen_x, screen_y, depth = camera.project(line).T
        hidden = (depth < 2 * NEAREST_M) | (np.maximum(np.abs(screen_x), np.abs(screen_y)) > limit)
        x, y = np.where(hidden, 0.0, screen_x), np.where(hidden, 0.0, screen_y)
        thick = 0.5 * np.maximum(width_m * camera.focal / np.maximum(depth, NEAREST_M), least_px)
        _mark_line(mask, x, y, hidden, thick)
    _tint(image, mask, *colour, alpha)


@njit(cache=True, fastmath=True)
def _blend_puffs(image, x, y, radius, alpha, red, green, blue):
    """Lay round soft spots over each other; those of an alpha of 0 are left out."""
    height, width = image.shape[:2]
    for index in range(x.shape[0]):
        if alpha[index] <= 0.0:
            continue
        reach = radius[index]
        left, right = max(0, math.ceil(x[index] - reach - 0.5)), min(width - 1, math.floor(x[index] + reach - 0.5))
        top, bottom = max(0, math.ceil(y[index] - reach - 0.5)), min(height - 1, math.floor(y[index] + reach - 0.5))
        for row in range(top, bottom + 1):
            dy = (row + 0.5 - y[index]) / reach
            for column in range(left, right + 1):
                dx = (column + 0.5 - x[index]) / reach
                left_over = 1.0 - dx * dx - dy * dy
                if left_over <= 0.0:
                    continue
                share = alpha[index] * left_over * left_over
                shade = 1.0 - 0.10 * dy  # lit from above
                image[row, column, 0] += share * (min(1.0, red * shade) - image[row, column, 0])
                image[row, column, 1] += share * (min(1.0, green * shade) - image[row, column, 1])
                image[row, column, 2] += share * (min(1.0, blue * shade) - image[row, column, 2])


def draw_puffs(
    image: Image,
    camera: Camera,
    points_world: NDArray[np.float64],
    radius_m: NDArray[np.float64],
    alpha: NDArray[np.float64],
    colour: tuple[float, float, float],
) -> None:
    """Lay soft round puffs, as of smoke, over the image: points (n, 3), radii (n,), alpha (n,) in the middle."""
    screen_x, screen_y, depth = camera.project(points_world).T
    radius = np.maximum(radius_m * camera.focal / np.maximum(depth, NEAREST_M), 0.7)
    seen = (depth > NEAREST_M) & (np.abs(screen_x - 0.5 * camera.width) < 0.5 * camera.width + radius)
    seen &= np.abs(screen_y - 0.5 * camera.height) < 0.5 * camera.height + radius
    _blend_puffs(image, screen_x, screen_y, radius, np.where(seen, alpha, 0.0), *colour)
