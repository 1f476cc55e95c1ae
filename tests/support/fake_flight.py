"""A stand-in for FlightEnv that costs next to nothing: the same spaces, info and logging, on a toy problem.

A point must be driven to a height drawn from the seed. Used where a test is about the machinery, not about
flight.
"""

from __future__ import annotations

import functools
import os
import signal
from typing import Any

import gymnasium
import numpy as np

from agents.config.programme import TrainingConfig, load_config
from envs.base.errors import InputError


class FakeFlight(gymnasium.Env):
    """Observation (6): height error, noise...; action (4), the first climbs. Ends at the height, or after 40 steps."""

    render_mode = None
    observation_names = ("error", "height", "noise_1", "noise_2", "noise_3", "time")

    def __init__(self, size: int = 6):
        self.observation_space = gymnasium.spaces.Box(-np.inf, np.inf, (size,), np.float32)
        self.action_space = gymnasium.spaces.Box(-1.0, 1.0, (4,), np.float32)
        self.level = 0
        self.actions_kept: list[np.ndarray] = []

    def set_training(self, task_options: dict[str, float], reward: dict[str, float], wind_share: float = 1.0) -> None:
        """As of a FlightEnv, which a programme makes harder; this one stays as it is."""

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[np.ndarray, dict]:
        super().reset(seed=seed, options=options)
        self.seed_used = seed
        self.goal = float(self.np_random.uniform(0.5, 2.0))
        self.height, self.steps, self.sums = 0.0, 0, {"climb": 0.0, "effort": 0.0}
        self.actions_kept = []
        return self._observe(), {"goal": self.goal}

    def _observe(self) -> np.ndarray:
        values = [
            self.goal - self.height,
            self.height,
            *self.np_random.normal(size=3) * 0.01,
            self.steps / 40,
        ]
        return np.resize(np.array(values, np.float32), self.observation_space.shape)

    def step(self, action: np.ndarray) -> tuple[np.ndarray, float, bool, bool, dict]:
        if self.level == -9:
            os.kill(os.getpid(), signal.SIGKILL)
        if self.level == -8:
            raise InputError("log.csv: cannot be written (No space left on device)")
        if not np.isfinite(action).all():
            raise ValueError("action is not finite")
        self.actions_kept.append(action)
        self.steps += 1
        before = abs(self.goal - self.height)
        self.height += 0.1 * float(action[0])
        terms = {
            "climb": before - abs(self.goal - self.height),
            "effort": -0.001 * float(np.square(action).sum()),
        }
        for name, value in terms.items():
            self.sums[name] += value
        there = abs(self.goal - self.height) < 0.1
        clock = self.steps >= 40 and not there
        info: dict[str, Any] = {}
        if there or clock:
            info = {
                "is_success": there,
                "outcome": "there" if there else "late",
                "metrics": {"height_m": self.height, "missing_m": float("nan") if there else 1.0},
                "reward_terms": dict(self.sums),
            }
        return self._observe(), sum(terms.values()), there, clock, info

    def kept_actions(self) -> np.ndarray:
        return np.array(self.actions_kept)


def fake_env_function(_: TrainingConfig | None = None) -> functools.partial[FakeFlight]:
    return functools.partial(FakeFlight)


def small_config(*overrides: str) -> TrainingConfig:
    """A run of a second or two: 8 updates of 4 x 64 steps, a checkpoint every 2, a validation every 3."""
    return load_config(
        "takeoff",
        [
            "algorithm.n_envs=4",
            "algorithm.n_steps=64",
            "algorithm.batch_size=64",
            "algorithm.n_epochs=2",
            "algorithm.mirrored=0",  # the fake's readings have no sides
            "network.hidden=[16]",
            "training.steps=2048",
            "training.eval_every=768",
            "training.checkpoint_every=512",
            "training.eval_flights=8",
            "training.test_flights=20",
            "training.vec_env=dummy",
            "training.processes=1",
            *overrides,
        ],
    )
