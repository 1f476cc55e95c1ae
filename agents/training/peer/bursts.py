"""Bursts of work on one environment, timed in the same way for ours and for the peer's.

This file is imported here, and run as a script by the peer's own Python, which has nothing of this project: it may
import no more than what both have. As a script it reads one JSON object a line, `{"kind": "fly", "count": 3}`, and
answers each with one, `{"seconds": 0.65, "count": 180}`; the first line that it writes says what is measured.
"""

from __future__ import annotations

import functools
import importlib
import importlib.metadata
import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

import gymnasium
import numpy as np
import torch
from stable_baselines3 import PPO
from stable_baselines3.common.vec_env import DummyVecEnv

MakeEnv = Callable[[], gymnasium.Env[Any, Any]]
PEER_ID = "PyFlyt/Fixedwing-Waypoints-v3"
WAYPOINTS_SEEN = 2
"""Of the peer's waypoints, for PPO needs an observation of one length; as in the peer's own example."""
FLIGHT_STEPS = 60  # 2 s at 30 Hz: neither side has fallen to the ground by then in most flights
STICKS = 0.3  # random deflections up to this share of full travel
N_ENVS = 16
PPO_SETTINGS: dict[str, Any] = {"n_steps": 256, "batch_size": 512, "n_epochs": 10}
"""Batch and passes as in configs/training/takeoff.yaml, a round of steps as it was when PEER.md was measured; all else,
two layers of 64 neurons among it, as stable-baselines3 has it."""


def make_env(env_id: str, **keywords: Any) -> gymnasium.Env[Any, Any]:
    """A registered environment without Gymnasium's checker, which would cost both sides time."""
    return gymnasium.make(env_id, disable_env_checker=True, **keywords)


class Bursts:
    """What can be timed of an environment: steps, resets, learning. Each flight has a new seed."""

    def __init__(self, make: MakeEnv, make_flat: MakeEnv | None = None, seed: int = 0) -> None:
        """`make_flat` makes it with an observation that PPO can learn from; None: as `make` does. Seeds count on."""
        self._env, self._make_flat = make(), make_flat or make
        drawn = np.random.default_rng(0).uniform(-STICKS, STICKS, (FLIGHT_STEPS, 4))
        self._actions = drawn.astype(self._env.action_space.dtype)
        self._seed = seed
        torch.set_num_threads(1)

    @property
    def env(self) -> gymnasium.Env[Any, Any]:
        """The one that is flown and reset."""
        return self._env

    def run(self, kind: str, count: int) -> tuple[float, int]:
        """Seconds (by the clock) of a burst of the kind "fly", "reset" or "learn", and how many were done in it.

        `count` flights are flown, and steps counted, resets not timed; or so many resets done; or so many updates of
        PPO learned, and steps counted.
        """
        return {"fly": self._fly, "reset": self._reset, "learn": self._learn}[kind](count)

    def _reset_env(self) -> None:
        self._seed += 1
        self._env.reset(seed=self._seed)

    def _fly(self, flights: int) -> tuple[float, int]:
        seconds, steps = 0.0, 0
        for _ in range(flights):
            self._reset_env()
            started = time.perf_counter()
            for action in self._actions:
                steps += 1
                _, _, terminated, truncated, _ = self._env.step(action)
                if terminated or truncated:
                    break
            seconds += time.perf_counter() - started
        return seconds, steps

    def _reset(self, resets: int) -> tuple[float, int]:
        started = time.perf_counter()
        for _ in range(resets):
            self._reset_env()
        return time.perf_counter() - started, resets

    def _learn(self, updates: int) -> tuple[float, int]:
        flown = DummyVecEnv([self._make_flat] * N_ENVS)
        model = PPO("MlpPolicy", flown, seed=0, device="cpu", **PPO_SETTINGS)
        steps = updates * N_ENVS * model.n_steps
        started = time.perf_counter()
        model.learn(steps)
        seconds = time.perf_counter() - started
        flown.close()
        return seconds, steps


def main() -> None:
    """Serve bursts of the peer's environment over stdin and stdout until stdin ends."""
    # Bullet and the peer print to stdout themselves: from here on that goes to stderr, and only answers to stdout.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    flatten = importlib.import_module("PyFlyt.gym_envs").FlattenWaypointEnv
    make = functools.partial(make_env, PEER_ID)
    bursts = Bursts(make, lambda: flatten(make(), context_length=WAYPOINTS_SEEN))
    bursts.run("fly", 1)  # compiles
    inner: Any = bursts.env.unwrapped
    described = {
        "environment": PEER_ID,
        "version": importlib.metadata.version("PyFlyt"),
        "control_hz": 120 / inner.env_step_ratio,  # 120: the rate of the peer's own control loop
        "physics_hz": inner.env.physics_hz,
    }
    print(json.dumps(described), file=answers, flush=True)
    for line in sys.stdin:
        seconds, count = bursts.run(**json.loads(line))
        print(json.dumps({"seconds": seconds, "count": count}), file=answers, flush=True)


if __name__ == "__main__":
    main()
