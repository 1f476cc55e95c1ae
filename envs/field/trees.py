"""Where trees stand around the field: a hedge behind the runway, one behind the spectators, groups beyond the ends."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from envs.base.runway import Runway

KINDS = 6
LIGHT, DARK = (0.27, 0.40, 0.15), 0.75
"""Colour of leaves, and how bright a whole crown is over it, seen from afar."""


class Grove(NamedTuple):
    """Some hundred trees: feet (n, 3) m in the world, heights (n,) m, and which of KINDS each is (n,)."""

    places: NDArray[np.float64]
    heights: NDArray[np.float64]
    kinds: NDArray[np.int64]


def grove(runway: Runway, seed: int = 11) -> Grove:
    """The trees around a runway, the same for each seed."""
    rng = np.random.default_rng(seed)
    length, half = runway.length_m, 0.5 * runway.width_m
    places: list[tuple[float, float]] = []
    # a hedge with trees behind the runway, one behind the spectators, loose groups beyond the ends
    for x in np.arange(-170.0, length + 190.0, 6.5):
        if rng.random() < 0.72:
            places.append((x + rng.normal(0, 2.0), half + 58.0 + 0.05 * abs(x - 0.5 * length) + rng.normal(0, 3)))
        if rng.random() < 0.5:
            places.append((x + rng.normal(0, 3.0), -half - 62.0 + rng.normal(0, 4.0)))
    while len(places) < 260:
        x, y = rng.uniform(-420, length + 520), rng.uniform(-380, 380)
        if abs(y) > 75 or not -160 < x < length + 230:
            if abs(y) < 38:  # the way in and the way out stay open
                continue
            group = rng.integers(1, 5)
            places.extend((x + rng.normal(0, 6), y + rng.normal(0, 6)) for _ in range(group))
    feet = np.array([(x, y, 0.0) for x, y in places])
    return Grove(feet, rng.uniform(4.5, 10.0, len(places)), rng.integers(0, KINDS, len(places)))
