"""A run's progress.csv as curves over environment steps, thinned to what a picture can show."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from envs.base.errors import InputError

STEPS, FLIGHTS, ITERATION = "time/total_timesteps", "flights/count", "time/iterations"
SHIPPED_CURVE = "learning_curve.csv"
"""The curves of a shipped bundle: steps, and success and reward of training and validation flights."""
POINTS = 120  # of a curve, at most


def validated_step(step: int, of_an_update: bool, steps_per_update: int) -> int:
    """The environment step at which the validation in a row of progress.csv was flown.

    A validation stands in the row of the update that follows it; the last one has a row of its own, with its own step.
    """
    return step - steps_per_update if of_an_update else step


@dataclass(frozen=True)
class LearningCurve:
    """The curves of a training and of its validations.

    Training: `steps` (n,), the environment steps at the end of each bin of updates, and `columns` {name: (n,)}, the
    mean over the flights of each bin, NaN where none ended. Validation: `validated` (m,), the environment steps at
    which it was flown, `success` (m,), 0..1, and `returns` (m,), the mean reward of a flight.
    """

    steps: NDArray[np.float64]
    columns: dict[str, NDArray[np.float64]]
    updates_per_point: int
    flights: int
    total_steps: int
    validated: NDArray[np.float64]
    success: NDArray[np.float64]
    returns: NDArray[np.float64]

    def group(self, prefix: str) -> dict[str, NDArray[np.float64]]:
        """The columns named "PREFIX/name" that hold a number at least once, by "name"."""
        return {
            name.partition("/")[2]: values
            for name, values in self.columns.items()
            if name.startswith(prefix + "/") and np.isfinite(values).any()
        }


def read_curve(path: Path, steps_per_update: int, points: int = POINTS) -> LearningCurve:
    """Read the curves of a progress.csv; a share of an outcome is 0 where flights ended, but none in this way.

    Raises InputError, one line, for a file that is missing, broken or holds no update.
    """
    try:
        table = pd.read_csv(path)
        table = table.astype(np.float64)
        step = table[STEPS].to_numpy()
        counts = np.nan_to_num(table[FLIGHTS].to_numpy())
        of_update = np.isfinite(table[ITERATION].to_numpy())
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except KeyError as error:
        raise InputError(f"{path}: column {error} is missing; it is no learning curve of a run") from None
    except (OSError, ValueError) as error:  # ParserError, EmptyDataError and a word among numbers are ValueErrors
        reason = (str(error).splitlines() or [""])[0]
        raise InputError(f"{path}: cannot be read as a learning curve ({reason})") from None
    if not of_update.any() or not np.isfinite(step).all():
        raise InputError(f"{path}: holds no update of the policy; it is no learning curve of a run")
    for name in table.columns:
        if name.startswith("outcome/"):
            table[name] = np.where(counts > 0, table[name].fillna(0.0), np.nan)
    per_point = -(-int(of_update.sum()) // points)
    rows = np.flatnonzero(of_update)
    bins = [rows[start : start + per_point] for start in range(0, len(rows), per_point)]
    columns = {
        name: np.array([_mean(values[rows], counts[rows]) for rows in bins])
        for name in table.columns
        if name.split("/")[0] in ("flights", "outcome", "reward", "metric")
        for values in (table[name].to_numpy(),)
    }
    nothing = np.full(len(table), np.nan)
    success, returns = (
        table[name].to_numpy() if name in table else nothing
        for name in ("validation/success_rate", "validation/return")
    )
    held = np.flatnonzero(np.isfinite(success))
    validated = [validated_step(int(step[row]), bool(of_update[row]), steps_per_update) for row in held]
    return LearningCurve(
        step[[rows[-1] for rows in bins]],
        columns,
        per_point,
        int(counts.sum()),
        int(step.max()),
        np.array(validated, np.float64),
        success[held],
        returns[held],
    )


def _mean(values: NDArray[np.float64], flights: NDArray[np.float64]) -> float:
    """Weighted by the flights of each update; NaN where no flight has the value."""
    weights = np.where(np.isfinite(values), flights, 0.0)
    return float(np.nansum(values * weights) / weights.sum()) if weights.sum() else float("nan")
