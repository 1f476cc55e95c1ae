"""The airfield: it knows what is wrong with the aircraft, flies it, and hands out what the sensors showed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from agents.adaptation.sensor_log import READ, SensorLog
from agents.environments.flights import EnvFunction, flight_name
from agents.pilot import Pilot
from envs.base.quantities import AT
from envs.flight_env import FlightEnv
from envs.flights.flight_log import FlightRecorder

UNHARMED = frozenset(
    {"timeout", "lost", "turned", "wide", "overrun", "veered", "long", "early", "sank", "slow", "fast"}
)
"""Outcomes after which the aircraft can fly again as it is: all others of a failed flight are counted as crashes."""


class SensorRecorder:
    """Notes a flight of an environment as it is flown; `start` after its reset, `step` after each step."""

    def __init__(self, env: FlightEnv) -> None:
        self._env = env
        self._at = [AT._asdict()[name] for name in READ]
        self._rows: list[list[float]] = []

    def start(self) -> None:
        """Begin a flight with its first readings."""
        self._rows = []
        self.step()

    def step(self) -> None:
        """Add what is read now."""
        sensed = self._env.sensed
        self._rows.append([sensed[index] for index in self._at])

    def log(self, seed: int) -> SensorLog:
        """The flight so far."""
        env = self._env
        return SensorLog(seed, np.array(self._rows), env.weather.roughness_m, env.config.control_hz)


@dataclass(frozen=True)
class TestFlight:
    """How one test flight ended; `crashed`: it hit the ground otherwise than a gear must bear."""

    seed: int
    is_success: bool
    outcome: str
    crashed: bool
    metrics: dict[str, float] = field(default_factory=dict)
    phrase: str = ""


class Airfield:
    """One aircraft with its hidden faults, and flights of it one at a time; close it, or use `with`."""

    def __init__(self, make_env: EnvFunction, logs: Path | None = None, pilot_name: str = "pilot") -> None:
        env = make_env()
        assert isinstance(env.unwrapped, FlightEnv)
        self.env, self._logs, self._pilot_name = env.unwrapped, logs, pilot_name

    def __enter__(self) -> Airfield:
        return self

    def __exit__(self, *exception: object) -> None:
        self.env.close()

    def fly(self, pilot: Pilot, seed: int, told: Callable[[float], None] | None = None) -> tuple[TestFlight, SensorLog]:
        """Fly once; how it ended, and what the sensors showed. `told` hears the seconds flown."""
        env, ended, info = self.env, False, dict[str, Any]()
        observation, _ = env.reset(seed=seed)
        sensors, whole = SensorRecorder(env), FlightRecorder(env, pilot=self._pilot_name)
        sensors.start()
        whole.start()
        state, first, steps = None, np.array([True]), 0
        while not ended:
            actions, state = pilot.predict(observation[None], state=state, episode_start=first, deterministic=True)
            observation, _, terminated, truncated, info = env.step(actions[0])
            ended, first, steps = terminated or truncated, np.array([False]), steps + 1
            sensors.step()
            whole.step()
            if told and steps % env.config.control_hz == 0:
                told(steps / env.config.control_hz)
        if self._logs:
            whole.finish(info).save(self._logs / flight_name(seed))
        outcome, success = str(info["outcome"]), bool(info["is_success"])
        flight = TestFlight(
            seed,
            success,
            outcome,
            crashed=not success and outcome not in UNHARMED,
            metrics=dict(info["metrics"]),
            phrase=str(info.get("ending", {}).get("phrase", "")),
        )
        return flight, sensors.log(seed)
