"""Pilots compared: the same task, aircraft, weathers and scenario seeds for all of them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Column, Table

from agents.config.programme import TrainingConfig
from agents.environments.flights import EnvMaker, flight_env_function
from agents.evaluation.flight_test import Flight, FlightTest, success_interval, success_rate
from agents.pilots.loading import load_pilot
from agents.pilots.pilot_config import pilot_config
from envs.base.console import print_table

HELD = 0.95  # of the flights: what counts as holding a crosswind
CROSSWINDS = tuple(round(0.1 * k, 1) for k in range(1, 11))  # stall speeds
CHANNELS = ("aileron", "elevator", "rudder", "throttle")


# of the printed table: (head, whether it stands even where nothing has it)
HEADS = (
    ("weather", True),
    ("pilot", True),
    ("success", True),
    ("95 % bounds", True),
    ("gold", False),
    ("go-arounds", False),
    ("activity a/e/r/t", False),
)
NOTES = {
    "go-arounds": "go-arounds: share of flights with one",
    "activity a/e/r/t": "activity: mean change of a command a second (1: from the middle to the stop)",
}


@dataclass(frozen=True)
class Compared:
    """The flights of one pilot in one weather."""

    pilot: str
    weather: str
    flights: list[Flight]

    @property
    def successes(self) -> int:
        """Flights that count."""
        return sum(flight.is_success for flight in self.flights)

    @property
    def label(self) -> str:
        """The pilot's name without its folders."""
        return Path(self.pilot).name

    @property
    def bounds(self) -> tuple[float, float]:
        """Clopper-Pearson 95 % bounds of the success rate."""
        return success_interval(self.successes, len(self.flights))

    def values(self, metric: str) -> np.ndarray:
        """A metric of all flights that have it."""
        found = np.array([flight.metrics.get(metric, np.nan) for flight in self.flights])
        return found[np.isfinite(found)]

    def as_json(self) -> dict[str, Any]:
        """Counts, bounds, gold share, control activity and spread of what a landing or take-off is judged by."""
        low, high = self.bounds
        figures = {
            name: {"mean": float(v.mean()), "p95": float(np.quantile(v, 0.95)), "std": float(v.std())}
            for name in metric_names(self.flights)
            if len(v := self.values(name))
        }
        return {
            "pilot": self.pilot,
            "weather": self.weather,
            "flights": len(self.flights),
            "successes": self.successes,
            "success_low": low,
            "success_high": high,
            "metrics": figures,
        }


def metric_names(flights: Sequence[Flight]) -> list[str]:
    """All metrics that occur, in the order they first do."""
    return list(dict.fromkeys(name for flight in flights for name in flight.metrics))


def fly_pilot(
    pilot_name: str,
    task: str | None,
    aircraft: str | None,
    weather: str,
    seeds: Sequence[int],
    make_env: EnvMaker = flight_env_function,
    processes: int | None = None,
    on_landed: Callable[[Flight], None] | None = None,
) -> tuple[TrainingConfig, list[Flight]]:
    """The pilot's config in this weather and its flights, one a seed, each told `on_landed`. Raises InputError."""
    config = pilot_config(pilot_name, task=task, aircraft=aircraft, weather=weather)
    function = make_env(config)
    env = function()
    pilot = load_pilot(pilot_name, env)
    env.close()
    with FlightTest(function, processes, None, pilot_name) as test:
        return config, test.fly(pilot, seeds, on_landed)


def crosswinds_held(
    fly: Callable[[str], list[Flight]], crosswinds: Sequence[float] = CROSSWINDS
) -> Iterator[tuple[float, float]]:
    """(crosswind in stall speeds, success rate) from weak to strong, until less than half of the flights succeed.

    Each wind is steady and from either side. `fly` flies in the weather of a file.
    """
    with tempfile.TemporaryDirectory() as folder:
        for strength in crosswinds:
            path = Path(folder) / f"crosswind_{strength}.yaml"
            path.write_text(f"cross: {strength}\ncross_least: {strength}\n", encoding="utf-8")
            rate = success_rate(fly(str(path)))
            yield strength, rate
            if rate < 0.5:
                return


def widest_held(rates: Sequence[tuple[float, float]]) -> float:
    """The strongest crosswind (stall speeds) up to which every strength flown was held; 0 if not even the first."""
    held = 0.0
    for strength, rate in rates:
        if rate < HELD:
            break
        held = strength
    return held


def print_comparison(
    compared: Sequence[Compared], crosswind: dict[str, list[tuple[float, float]]], console: Console
) -> None:
    """A row a weather and pilot; below, the widest crosswinds."""
    rows = [_row(one) for one in compared]
    # a take-off has no go-arounds, and other tasks do not measure how busy the commands were
    kept = [column for column, (_, always) in enumerate(HEADS) if always or any(row[column] for row in rows)]
    columns = [Column(HEADS[column][0], overflow="fold") for column in kept]
    table = Table(*columns, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(row[column] for column in kept))
    print_table(table, console)
    for pilot, rates in crosswind.items():
        steps = ", ".join(f"{strength:.1f} Vs {rate:.0%}" for strength, rate in rates)
        console.print(
            f"{pilot}: steady crosswind held at {HELD:.0%} up to {widest_held(rates):.1f} Vs ({steps})",
            highlight=False,
            soft_wrap=True,
            markup=False,
        )
    told = [words for column, words in NOTES.items() if any(column == HEADS[number][0] for number in kept)]
    if told:
        console.print("; ".join(told), highlight=False, soft_wrap=True)


def _row(one: Compared) -> tuple[str, ...]:
    """The cells of one pilot in one weather, under HEADS; "" where it has no such figure."""
    low, high = one.bounds
    gold, around = one.values("gold"), one.values("go_arounds")
    activity = [one.values(f"{channel}_activity") for channel in CHANNELS]
    return (
        one.weather,
        one.label,
        f"{one.successes}/{len(one.flights)}",
        f"{low:.1%} to {high:.1%}",
        f"{gold.mean():.0%}" if len(gold) else "",
        f"{(around > 0).mean():.1%}" if len(around) else "",
        " ".join(f"{values.mean():.1f}" for values in activity if len(values)),
    )
