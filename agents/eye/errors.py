"""How often an eye is wrong, and which way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.evaluation.flight_test import success_interval
from envs.camera.neuron import Answers

FALSE_ALARM_COST, MISS_COST = 5.0, 1.0
"""A false alarm lets a landing go on blind; a miss costs a go-around (ours)."""


@dataclass(frozen=True)
class Errors:
    """Counts of pictures, of those with the runway in sight, and of wrong answers of either kind."""

    pictures: int
    in_sight: int
    false_alarms: int
    misses: int

    @staticmethod
    def of(answers: Answers, right: Answers) -> Errors:
        """Of answers (n,) against right ones."""
        return Errors(len(right), int(right.sum()), int((answers & ~right).sum()), int((~answers & right).sum()))

    @property
    def accuracy(self) -> tuple[float, float, float]:
        """Share of right answers with bounds (95 %, Clopper-Pearson)."""
        return _share(self.pictures - self.false_alarms - self.misses, self.pictures)

    @property
    def false_alarm_rate(self) -> tuple[float, float, float]:
        """Of the pictures without the runway in sight, likewise."""
        return _share(self.false_alarms, self.pictures - self.in_sight)

    @property
    def miss_rate(self) -> tuple[float, float, float]:
        """Of the pictures with it."""
        return _share(self.misses, self.in_sight)

    @property
    def cost(self) -> float:
        """What wrong answers cost, a picture: a miss MISS_COST, a false alarm FALSE_ALARM_COST."""
        return (FALSE_ALARM_COST * self.false_alarms + MISS_COST * self.misses) / max(1, self.pictures)

    def as_dict(self) -> dict[str, Any]:
        """To be written as JSON."""
        rates = {"accuracy": self.accuracy, "false_alarms": self.false_alarm_rate, "misses": self.miss_rate}
        counts = {"pictures": self.pictures, "in_sight": self.in_sight, "cost": self.cost}
        return {**counts, **{k: list(v) for k, v in rates.items()}}


def _share(count: int, of: int) -> tuple[float, float, float]:
    return (count / of, *success_interval(count, of)) if of else (0.0, 0.0, 1.0)


def cheapest_threshold(sums: NDArray[np.float64], right: Answers) -> float:
    """The threshold at which wrong answers cost least, halfway between two sums."""
    order = np.argsort(sums)
    ranked, is_right = sums[order], right[order]
    # With the threshold below the k-th sum: misses among those before it, false alarms among the others.
    missed = np.concatenate([[0], np.cumsum(is_right)])
    alarmed = np.concatenate([[0], np.cumsum(~is_right[::-1])])[::-1]
    k = int(np.argmin(MISS_COST * missed + FALSE_ALARM_COST * alarmed))
    if k == 0:
        return float(ranked[0]) - 1.0
    return float(ranked[-1]) + 1.0 if k == len(ranked) else 0.5 * float(ranked[k - 1] + ranked[k])


def roc(sums: NDArray[np.float64], right: Answers) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Shares of false alarms and of hits, (n + 1,) each, for every threshold from the highest down."""
    is_right = right[np.argsort(-sums)]
    hits, alarms = np.cumsum(is_right) / max(1, is_right.sum()), np.cumsum(~is_right) / max(1, (~is_right).sum())
    return np.concatenate([[0.0], alarms]), np.concatenate([[0.0], hits])
