"""Some of the flights that success is counted on, kept as flight logs so that a picture can show them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from agents.environments.flights import EnvFunction, flight_name
from agents.evaluation.flight_test import FlightTest
from envs.flights.flight_log import FlightLog

SHOWN = 6
"""Flights a pilot: enough to see that it was no luck, few enough to follow each."""


class ShownFlights:
    """The first flights of each pilot, in `folder`/NAME/; those that are there already are not flown again."""

    def __init__(self, folder: Path, make_env: EnvFunction, first_seed: int, flights: int = SHOWN) -> None:
        self._folder, self._make_env = folder, make_env
        self._seeds = range(first_seed, first_seed + flights)

    def fly(self, name: str, pilot: Any) -> None:
        """Fly a pilot on the seeds, as FlightTest counts them."""
        if self.has(name):
            return
        self._at(name).mkdir(parents=True, exist_ok=True)
        with FlightTest(self._make_env, 1, self._at(name), name) as test:
            test.fly(pilot, self._seeds)

    def has(self, name: str) -> bool:
        """Whether all flights of a pilot are kept."""
        return all(path.with_suffix(".json").is_file() for path in self._paths(name))

    def logs(self, name: str) -> list[FlightLog]:
        """What `fly` kept of a pilot. Raises InputError for a log that is missing or broken."""
        return [FlightLog.load(path) for path in self._paths(name)]

    def _at(self, name: str) -> Path:
        return self._folder / name.replace("/", "_")

    def _paths(self, name: str) -> list[Path]:
        return [self._at(name) / flight_name(seed) for seed in self._seeds]
