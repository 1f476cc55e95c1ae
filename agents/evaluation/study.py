"""One programme over several aircraft and seeds: how soon and how surely it learns, never its best run alone."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from scipy.stats import trim_mean

from agents.config.programme import TrainingConfig, read_config
from agents.evaluation.flight_test import success_interval
from agents.runs.evaluation_file import read_evaluation
from agents.runs.learning_curve import validated_step
from agents.runs.run_folder import RunFolder
from envs.base.console import print_table
from envs.base.errors import InputError

LEARNED = 0.95  # of the validation flights: what counts as having learned it
RESAMPLES = 10_000


@dataclass(frozen=True)
class Learned:
    """What one run came to. Steps and flights are those at its first validation with 95 % of success, else None."""

    run: str
    aircraft: str
    seed: int
    steps: int | None
    training_flights: int | None
    successes: int
    flights: int

    @property
    def success_rate(self) -> float:
        """Of the test flights."""
        return self.successes / self.flights


def read_run(run: RunFolder) -> Learned:
    """The outcome of a finished run. Raises InputError, one line."""
    config, result = read_config(run.config), read_evaluation(run.evaluation)
    try:
        steps, flown = first_success(run.progress, config)
        return Learned(
            str(run.path),
            config.aircraft,
            config.training.seed,
            steps,
            flown,
            result.successes,
            result.flights,
        )
    except (OSError, KeyError, ValueError, csv.Error) as error:
        raise InputError(f"{run.progress}: is broken ({error})") from None


def first_success(progress: Path, config: TrainingConfig) -> tuple[int | None, int | None]:
    """(environment steps, training flights ended) at the first validation with 95 % of success, else (None, None)."""
    flown = 0
    with progress.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            ended = int(row.get("flights/count") or 0)
            rate = row.get("validation/success_rate")
            if rate and float(rate) >= LEARNED:
                of_an_update = bool(row.get("time/iterations"))
                step = validated_step(int(row["time/total_timesteps"]), of_an_update, config.algorithm.steps_per_update)
                return step, flown + (0 if of_an_update else ended)
            flown += ended
    return None, None


def interquartile_mean(rates: Sequence[float], seed: int = 0) -> tuple[float, float, float]:
    """(mean of the middle half, low, high): over training seeds, with a 95 % percentile bootstrap.

    As Agarwal et al. 2021, "Deep RL at the edge of the statistical precipice", section 4.2; one task a call, so its
    strata are the seeds of one aircraft.
    """
    values = np.asarray(rates, float)
    drawn = np.random.default_rng(seed).choice(values, (RESAMPLES, len(values)))
    low, high = np.quantile(trim_mean(drawn, 0.25, axis=1), (0.025, 0.975))
    return float(trim_mean(values, 0.25)), float(low), float(high)


def study_table(learned: Sequence[Learned]) -> list[dict[str, Any]]:
    """A row an aircraft: seeds, steps and flights to 95 % (median, worst; None if a seed never got there), success."""
    rows = []
    for aircraft in dict.fromkeys(one.aircraft for one in learned):
        runs = [one for one in learned if one.aircraft == aircraft]
        rate, low, high = interquartile_mean([one.success_rate for one in runs])
        successes, flights = sum(one.successes for one in runs), sum(one.flights for one in runs)
        surely = success_interval(successes, flights)
        row: dict[str, Any] = {"aircraft": aircraft, "seeds": [one.seed for one in runs]}
        for name in ("steps", "training_flights"):
            values = [getattr(one, name) for one in runs]
            reached = sorted(value for value in values if value is not None)
            # A seed that never got there is slower than all that did: the median may still be a number.
            ranked = [*reached, *[float("inf")] * (len(values) - len(reached))]
            middle = (
                ranked[(len(ranked) - 1) // 2] if len(ranked) % 2 else 0.5 * sum(ranked[len(ranked) // 2 - 1 :][:2])
            )
            row[name] = {
                "median": middle if middle < float("inf") else None,
                "worst": reached[-1] if len(reached) == len(values) else None,
                "reached": len(reached),
            }
        rows.append(
            {
                **row,
                "success_iqm": rate,
                "success_iqm_low": low,
                "success_iqm_high": high,
                "successes": successes,
                "flights": flights,
                "success_low": surely[0],
                "success_high": surely[1],
                "runs": [asdict(one) for one in runs],
            }
        )
    return rows


def print_study(rows: Sequence[Mapping[str, Any]], console: Console) -> None:
    """The study as a table."""
    table = Table(
        "aircraft",
        "seeds",
        "steps to 95 %",
        "flights to 95 %",
        "IQM over seeds",
        "all test flights",
        box=None,
        pad_edge=False,
    )
    for row in rows:
        table.add_row(
            row["aircraft"],
            str(len(row["seeds"])),
            *(_reached(row[name], len(row["seeds"])) for name in ("steps", "training_flights")),
            f"{row['success_iqm']:.1%} ({row['success_iqm_low']:.1%} to {row['success_iqm_high']:.1%})",
            f"{row['successes']}/{row['flights']} ({row['success_low']:.1%} to {row['success_high']:.1%})",
        )
    print_table(table, console)
    console.print(
        "steps, flights: median over the seeds, worst seed in brackets; validated on seeds below 1000, "
        "tested on seeds from 1000",
        soft_wrap=True,
        highlight=False,
    )


def _reached(figure: Mapping[str, Any], seeds: int) -> str:
    median = "never" if figure["median"] is None else f"{figure['median']:,.0f}"
    worst = f"{figure['worst']:,.0f}" if figure["worst"] is not None else f"{seeds - figure['reached']} never"
    return f"{median} ({worst})"
