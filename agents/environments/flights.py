"""From a learning programme to environments: how they are made, seeded and told which flights to fly.

Imported by every worker process, hence without torch.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np

from agents.config.blocks import FIRST_TRAINING_SEED
from agents.config.programme import TrainingConfig

EnvFunction = Callable[[], gymnasium.Env]
EnvMaker = Callable[[TrainingConfig], EnvFunction]
"""What turns a config into the function that builds its environment; tests give their own."""


def flight_env_function(config: TrainingConfig) -> EnvFunction:
    """The function that builds the config's FlightEnv, small enough to send to a worker process."""
    return functools.partial(_make_flight_env, **config.flight_settings())


def _make_flight_env(**keywords: Any) -> gymnasium.Env:
    from envs.flight_env import FlightEnv

    return FlightEnv(**keywords)


def training_seed(run_seed: int, update: int) -> int:
    """Seed of the first environment after a reset of all of them at `update`; the others follow by counting.

    Drawn from a SeedSequence of (run seed, update) and lifted to [2^62, 2^63), so that no training flight
    ever shares its seed with a validation or test flight (0, 1, 2, ...), whatever the run's seed.
    """
    drawn = np.random.SeedSequence((run_seed, update)).generate_state(1, np.uint64)[0]
    # The lowest bits stay free to count up to 2^20 environments without carrying out of the range.
    return FIRST_TRAINING_SEED | (int(drawn) >> 2) & ~0xFFFFF


def flight_name(seed: int) -> str:
    """The file name, without ending, of the log of the flight with this seed."""
    return f"flight_{seed:06d}"


class ScheduledFlights(gymnasium.Wrapper):
    """Flies a list of seeds in order, one at each reset; after the last it idles at no cost.

    With it a vec env that resets its environments by itself flies exactly the flights asked for.
    """

    def __init__(self, env: gymnasium.Env):
        super().__init__(env)
        self._seeds: list[int] = []
        self._idle = True
        space = env.observation_space
        self._idle_observation = np.zeros(space.shape or (), space.dtype)

    def schedule(self, seeds: Sequence[int]) -> None:
        """The seeds of the next resets."""
        self._seeds = list(seeds)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Start the next flight of the list, whatever `seed` says; idle if there is none."""
        self._idle = not self._seeds
        if self._idle:
            return self._idle_observation, {}
        return self.env.reset(seed=self._seeds.pop(0), options=options)

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        """Fly one control step of the flight at hand; after the last of the list answer zeros at once."""
        if self._idle:
            return self._idle_observation, 0.0, False, False, {}
        return self.env.step(action)


class RecordedFlights(gymnasium.Wrapper):
    """Writes a flight log of every flight to `folder`, named by its seed: flight_NNNNNN.csv and .json."""

    def __init__(self, env: gymnasium.Env, folder: Path, pilot: str):
        super().__init__(env)
        from envs.flights.flight_log import FlightRecorder

        self._folder = folder
        self._recorder = FlightRecorder(env.unwrapped, pilot=pilot)
        self._seed = 0

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Start a flight on `seed`, which names its log, and note its first moment."""
        answer = self.env.reset(seed=seed, options=options)
        assert seed is not None
        self._seed = seed
        self._recorder.start()
        return answer

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        """Fly and note one control step; the last of a flight writes its log."""
        answer = self.env.step(action)
        self._recorder.step()
        _, _, terminated, truncated, info = answer
        if terminated or truncated:
            self._recorder.finish(info).save(self._folder / flight_name(self._seed))
        return answer
