"""A picture of the nose camera, laid out on the ground: the runway as seen from above, where it ought to be.

The flight controller believes to know where the aircraft is and how it is turned. For fixed places on and beside the
runway it looks up the pixel that should show them (inverse perspective mapping: Mallot et al. 1991, Biol. Cybernetics
64). Where its place is wrong by a metre to the left, all of the runway appears a metre beside where it should be.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from envs.base.frames import Array

# pyright: reportMissingParameterType=false

AHEAD_B = (-6.0, -2.0, 1.0, 4.0, 8.0, 12.0, 17.0, 23.0, 30.0, 40.0, 55.0, 75.0)
"""Rows of places: from the runway's start along it, in spans."""
ASIDE_B = tuple(range(-8, 9))
"""Columns: left of the centreline, in spans; the runway is 5 wide."""
PLACES = len(AHEAD_B) * len(ASIDE_B)
CONTRAST, MOST = 0.06, 4.0  # brightness against the picture's mean that counts as 1, and the most that counts
NEAREST_M = 0.5  # before the lens


def places(span_m: float) -> Array:
    """(PLACES, 2) x along the runway from its start, y left of its centreline, m."""
    x, y = np.meshgrid(np.array(AHEAD_B), np.array(ASIDE_B, float), indexing="ij")
    return span_m * np.stack([x.ravel(), y.ravel()], axis=1)


@njit(cache=True)
def bird_view(picture, ground, lens, axes, focal, out):
    """Fill `out` (2 * PLACES,): brightness of each place off their mean, in CONTRAST; then 1 where it is shown.

    Args:
        picture: (n, n) intensities, 0 to 1, rows from the top.
        ground: of `places`.
        lens: (3,) m in the world, as believed.
        axes: (3, 3) rows forward, right and up of the picture in the world, as believed.
        focal: in pixels.
        out: see above; 0 where a place is not in the picture.
    """
    n, count = picture.shape[0], len(ground)
    total, shown = 0.0, 0
    for k in range(count):
        dx, dy, dz = ground[k, 0] - lens[0], ground[k, 1] - lens[1], -lens[2]
        depth = dx * axes[0, 0] + dy * axes[0, 1] + dz * axes[0, 2]
        out[k], out[count + k] = 0.0, 0.0
        if depth < NEAREST_M:
            continue
        column = 0.5 * n - 0.5 + focal * (dx * axes[1, 0] + dy * axes[1, 1] + dz * axes[1, 2]) / depth
        row = 0.5 * n - 0.5 - focal * (dx * axes[2, 0] + dy * axes[2, 1] + dz * axes[2, 2]) / depth
        if column < -0.5 or column > n - 0.5 or row < -0.5 or row > n - 0.5:
            continue
        column, row = min(max(column, 0.0), n - 1.001), min(max(row, 0.0), n - 1.001)
        c, r = math.floor(column), math.floor(row)
        right, down = column - c, row - r
        upper = (1.0 - right) * picture[r, c] + right * picture[r, c + 1]
        lower = (1.0 - right) * picture[r + 1, c] + right * picture[r + 1, c + 1]
        out[k], out[count + k] = (1.0 - down) * upper + down * lower, 1.0
        total += out[k]
        shown += 1
    if shown == 0:
        return
    mean = total / shown
    for k in range(count):
        if out[count + k] > 0.0:
            out[k] = min(MOST, max(-MOST, (out[k] - mean) / CONTRAST))
