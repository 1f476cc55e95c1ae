"""Environments that show the truth after what the pilot sees, for a critic that learns from it.

Only training flies in them. A pilot never sees the truth: the policy takes from an observation what is its own
(agents/policy.py), and where it is judged, flown or shipped, there is nothing else.
"""

from __future__ import annotations

import functools
from typing import Any

import gymnasium
import numpy as np

from agents.config.programme import TrainingConfig
from agents.environments.flights import EnvFunction
from envs.base.errors import InputError


class TruthShown(gymnasium.Wrapper):
    """Observations with `truth_size` true readings behind those of the pilot.

    Raises InputError for an environment that does not give them.
    """

    def __init__(self, env: gymnasium.Env):
        super().__init__(env)
        seen = env.observation_space
        flight: Any = env.unwrapped
        if not (hasattr(flight, "truth_readings") and isinstance(seen, gymnasium.spaces.Box)):
            raise InputError(f"network.critic: {type(flight).__name__} has no truth_readings, its critic sees sensors")
        self._flight, self.truth_size = flight, len(flight.truth_names)
        low, high = (np.concatenate([end, np.full(self.truth_size, end.flat[0])]) for end in (seen.low, seen.high))
        self.observation_space = gymnasium.spaces.Box(low, high, dtype=np.float32)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Start a flight; its first observation with the truth."""
        observation, info = self.env.reset(seed=seed, options=options)
        return self._with_truth(observation), info

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        """Fly one control step; the observation with the truth."""
        observation, reward, terminated, truncated, info = self.env.step(action)
        return self._with_truth(observation), reward, terminated, truncated, info

    def _with_truth(self, observation: np.ndarray) -> np.ndarray:
        return np.concatenate([observation, self._flight.truth_readings()])


def training_env_function(env_function: EnvFunction, config: TrainingConfig) -> EnvFunction:
    """What makes the environments that a config learns in, given what makes those that it is judged in."""
    return functools.partial(_shown, env_function) if config.network.critic == "truth" else env_function


def _shown(env_function: EnvFunction) -> gymnasium.Env:
    return TruthShown(env_function())


def truth_names(config: TrainingConfig, env: gymnasium.Env) -> tuple[str, ...]:
    """The true readings that the critic of a config sees in training, given an environment that it is judged in."""
    return env.unwrapped.truth_names if config.network.critic == "truth" else ()  # type: ignore[attr-defined]
