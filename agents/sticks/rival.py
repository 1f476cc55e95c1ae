"""The other pilot's flight: the same seed, weather and aircraft, flown before the human's and shown beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import gymnasium
import numpy as np

from agents.pilot import Pilot
from envs.base.errors import InputError
from envs.flights.flight_log import FlightLog, FlightRecorder

SHOWN_AFTER_S = 1.0  # a ghost that has ended is shown so much longer, where it ended
OF_ONE_AIR = ("task", "aircraft", "weather", "discrepancies", "field_elevation_m", "temperature_C")
"""What a log must share with a flight to be flown against, besides the seed."""


def fly_alone(env: gymnasium.Env, pilot: Pilot, name: str, seed: int) -> FlightLog:
    """One flight of a pilot, step by step, as its log."""
    recorder = FlightRecorder(env, pilot=name)
    (observation, info), state, over = env.reset(seed=seed), None, False
    recorder.start()
    start = np.ones(1, bool)
    while not over:
        action, state = pilot.predict(observation, state, start)
        start = np.zeros(1, bool)
        observation, _, terminated, truncated, info = env.step(action)
        recorder.step()
        over = terminated or truncated
    return recorder.finish(info)


class Rivals:
    """Whom the human flies against, seed by seed: a pilot who flies each when it is asked for, a log, or nobody."""

    def __init__(self, name: str = "", fly: Callable[[int], FlightLog] | None = None, log: FlightLog | None = None):
        self.name, self._fly = name, fly
        self._flown: dict[int, FlightLog] = {}
        if log is not None:
            self.name = str(log.header.get("pilot") or "the log")
            self._flown[int(log.header["seed"])] = log

    def flight(self, seed: int) -> FlightLog | None:
        """Its flight with this seed; None if there is none."""
        if seed not in self._flown and self._fly is not None:
            self._flown[seed] = self._fly(seed)
        return self._flown.get(seed)


def check_one_air(log: FlightLog, flight: Mapping[str, Any], seed: int) -> None:
    """Raise InputError unless a log is of the flight whose header is `flight`, and of its seed."""
    for key, wanted in (*((key, flight.get(key)) for key in OF_ONE_AIR), ("seed", seed)):
        there = log.header.get(key)
        if there != wanted and key in log.header:
            raise InputError(f"{log.source}: its {key} is {there!r}, this flight's {wanted!r}: fly the same to compare")
    if not isinstance(log.header.get("seed"), int):
        raise InputError(f"{log.source}: names no seed, so its start and wind cannot be flown again")


class Ghost:
    """A log as a ghost: `at(time)` gives its row, {column: value}, of a moment of the flight (s)."""

    def __init__(self, name: str, log: FlightLog) -> None:
        self.name, self._log = name, log
        self._times = log.column("time_s") - log.column("time_s")[0]

    def at(self, time_s: float) -> dict[str, float] | None:
        """The nearest row; None some time after its flight has ended."""
        if time_s > self._times[-1] + SHOWN_AFTER_S:
            return None
        row = min(int(np.searchsorted(self._times, time_s - 1e-6)), len(self._times) - 1)
        return dict(zip(self._log.columns, self._log.data[row].tolist(), strict=True))
