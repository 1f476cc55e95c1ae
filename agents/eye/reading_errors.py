"""How well the net reads pictures that it never learned from: by way to the aim point and by visibility."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.eye.reading import Readings
from envs.camera.runway_reader import Floats, forward, sighting

WAYS_B = tuple(itertools.pairwise((-12.0, 0.0, 15.0, 30.0, 60.0, 100.0)))
VISIBILITIES_M = tuple(itertools.pairwise((15.0, 60.0, 250.0, 1500.0, 6000.0)))


class ReadingError(NamedTuple):
    """Of the pictures of one way and visibility: how many, and the share that says anything.

    Of these the median error aside (m), the median sigma claimed (m), and the root mean square of error over sigma.
    """

    way_b: tuple[float, float]
    visibility_m: tuple[float, float]
    pictures: int
    told: float
    error_m: float
    sigma_m: float
    error_over_sigma: float

    def as_dict(self) -> dict[str, Any]:
        """To be written as JSON."""
        return self._asdict()


def reading_errors(layers: list[tuple[Floats, Floats]], seen: Readings) -> tuple[list[ReadingError], float, float]:
    """The errors of each way and visibility; shares of false alarms and of misses of "in sight"."""
    said = [sighting(forward(layers, row), float(away)) for row, away in zip(seen.inputs, seen.away_m, strict=True)]
    error = np.array([one.aside.value for one in said]) - seen.aside_m
    sigma = np.array([one.aside.sigma for one in said])
    answer = np.array([one.in_sight for one in said]) > 0.5
    rows = [_row(way, visibility, seen, error, sigma) for visibility in VISIBILITIES_M for way in WAYS_B]
    return rows, float(answer[~seen.right].mean()), float((~answer[seen.right]).mean())


def _row(
    way: Sequence[float],
    visibility: Sequence[float],
    seen: Readings,
    error: NDArray[np.float64],
    sigma: NDArray[np.float64],
) -> ReadingError:
    here = (seen.way_b > way[0]) & (seen.way_b <= way[1])
    here &= (seen.visibility_m > visibility[0]) & (seen.visibility_m <= visibility[1])
    told = here & np.isfinite(sigma)
    if not told.any():
        return ReadingError((way[0], way[1]), (visibility[0], visibility[1]), int(here.sum()), 0.0, *[float("nan")] * 3)
    return ReadingError(
        (way[0], way[1]),
        (visibility[0], visibility[1]),
        int(here.sum()),
        float(told.sum() / here.sum()),
        float(np.median(np.abs(error[told]))),
        float(np.median(sigma[told])),
        float(np.sqrt(np.mean((error[told] / sigma[told]) ** 2))),
    )
