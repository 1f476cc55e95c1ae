"""What the judge hands back: the mark, and each downgrade with its reason and its second."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from envs.figures.judge.rules import total


@dataclass(frozen=True)
class Downgrade:
    """One fault: when it was largest, in which element, what it costs, and why in words.

    `measured` and `allowed` are in the unit that the reason names; `allowed` is up to where the fault costs nothing.
    """

    time_s: float
    element: int
    element_name: str
    points: float
    reason: str
    measured: float
    allowed: float


@dataclass(frozen=True)
class ScoreSheet:
    """The mark of a flown figure: `score` 0 to 10, and why.

    `zero` says why there are no points at all, else it is None. `path_error_m` is the largest distance from the path
    that was asked for, `path_error_mean_m` its mean along the flight; `completed` the share of the path flown, 0 to 1.
    """

    score: float
    zero: str | None
    zero_time_s: float | None
    downgrades: tuple[Downgrade, ...]
    path_error_m: float
    path_error_mean_m: float
    completed: float
    start_s: float
    end_s: float

    @property
    def lost(self) -> float:
        """What all downgrades together cost, also beyond 10 points."""
        return sum(downgrade.points for downgrade in self.downgrades)

    def as_dict(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return asdict(self)


def marked(downgrades: list[Downgrade], zero: tuple[str, float] | None) -> float:
    """The mark, 0 to 10."""
    return 0.0 if zero else total(downgrade.points for downgrade in downgrades)
