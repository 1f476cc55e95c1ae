"""Numba kernels on a path sampled evenly along its length: nearest point in a window, and interpolation."""

from __future__ import annotations

import math

from numba import njit

from envs.base.frames import Array

COLUMNS = 10
"""Of a path's table: position (3) m, tangent (3), canopy (3), curvature 1/m."""


@njit(cache=True)
def nearest_station(table: Array, step: float, position: Array, first: float, last: float) -> float:
    """Arc length (m) of the point of a path that lies nearest to a position, searched from `first` to `last` (m).

    Args:
        table: (n, COLUMNS), a row each `step`.
        step: arc length between rows, m.
        position: (3,) m, in the axes of the table.
        first: where the search begins, m; taken into the path.
        last: where it ends, m; taken into the path.

    Returns:
        Arc length between `first` and `last`, by the chord of the nearest pieces.
    """
    rows = len(table)
    end = step * (rows - 1)
    first, last = min(max(first, 0.0), end), min(max(last, 0.0), end)
    x, y, z = position[0], position[1], position[2]
    low = int(first / step)
    high = min(math.ceil(last / step), rows - 1)
    best, least = low, math.inf
    for k in range(low, high + 1):
        dx, dy, dz = x - table[k, 0], y - table[k, 1], z - table[k, 2]
        distance = dx * dx + dy * dy + dz * dz
        if distance < least:
            best, least = k, distance
    # The two pieces that meet there: the foot of the perpendicular on each.
    found = best * step
    for k in (best - 1, best):
        if k < 0 or k >= rows - 1:
            continue
        ax, ay, az = table[k + 1, 0] - table[k, 0], table[k + 1, 1] - table[k, 1], table[k + 1, 2] - table[k, 2]
        dx, dy, dz = x - table[k, 0], y - table[k, 1], z - table[k, 2]
        share = (ax * dx + ay * dy + az * dz) / (ax * ax + ay * ay + az * az)
        share = min(max(share, 0.0), 1.0)
        dx, dy, dz = dx - share * ax, dy - share * ay, dz - share * az
        distance = dx * dx + dy * dy + dz * dz
        if distance < least:
            found, least = (k + share) * step, distance
    return min(max(found, first), last)


@njit(cache=True)
def at_stations(table: Array, step: float, stations: Array, out: Array) -> None:
    """Rows of a path's table at arc lengths (m), into `out` (len(stations), COLUMNS); straight on beyond both ends."""
    rows = len(table)
    for n in range(len(stations)):
        where = stations[n] / step
        k = min(max(math.floor(where), 0), rows - 2)
        share = where - k
        within = min(max(share, 0.0), 1.0)
        for column in range(10):
            out[n, column] = table[k, column] + within * (table[k + 1, column] - table[k, column])
        for begin in (3, 6):
            length = math.sqrt(out[n, begin] ** 2 + out[n, begin + 1] ** 2 + out[n, begin + 2] ** 2)
            for column in range(begin, begin + 3):
                out[n, column] /= length
        if share != within:
            out[n, 9] = 0.0
            for column in range(3):
                out[n, column] += (share - within) * step * out[n, 3 + column]
