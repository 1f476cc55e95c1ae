"""Environments side by side whose observations hold a memory of each flight: what a pilot with a memory learns in.

One memory for all of them: the same few array operations as for one flight, on the rows of all at once.
"""

from __future__ import annotations

import gymnasium
import numpy as np
from stable_baselines3.common.vec_env import VecEnv, VecEnvWrapper
from stable_baselines3.common.vec_env.base_vec_env import VecEnvStepReturn

from agents.config.programme import TrainingConfig
from agents.environments.memory import Memory, Remembered, memory_of


class RememberingVecEnv(VecEnvWrapper):
    """Observations: the readings of now, what is remembered (agents/environments/memory.py), the truth, if shown.

    The last observation of a flight, which an info carries as `terminal_observation`, is made from that flight's own
    memory.
    """

    def __init__(self, venv: VecEnv, memory: Memory) -> None:
        space, seen = venv.observation_space, memory.seen
        assert isinstance(space, gymnasium.spaces.Box)
        low, high = (
            np.concatenate(
                [np.tile(end[:seen], 1 + len(memory.ages)), np.full(len(memory.columns), bound, np.float32), end[seen:]]
            )
            for end, bound in ((space.low, -1.0), (space.high, 1.0))
        )
        super().__init__(venv, gymnasium.spaces.Box(low, high, dtype=np.float32))
        self.memory = memory
        self._remembered: Remembered | None = None

    def reset(self) -> np.ndarray:
        """Start a flight in every environment; observations (n, k)."""
        observations = self.venv.reset()
        assert isinstance(observations, np.ndarray)
        return self._with_memory(observations, None)

    def step_wait(self) -> VecEnvStepReturn:
        """As of every vec env; new flights begin with a new memory."""
        observations, rewards, dones, infos = self.venv.step_wait()
        assert isinstance(observations, np.ndarray)
        for flight in np.flatnonzero(dones):
            last = infos[flight]["terminal_observation"][None]
            assert self._remembered is not None
            inputs, _ = self.memory.look(last[:, : self.memory.seen], self._remembered.of(int(flight)))
            infos[flight]["terminal_observation"] = np.concatenate([inputs, last[:, self.memory.seen :]], axis=1)[0]
        return self._with_memory(observations, dones), rewards, dones, infos

    def _with_memory(self, observations: np.ndarray, starts: np.ndarray | None) -> np.ndarray:
        before = None if starts is None else self._remembered
        inputs, self._remembered = self.memory.look(observations[:, : self.memory.seen], before, starts)
        return np.concatenate([inputs, observations[:, self.memory.seen :]], axis=1)


def remembering(env: VecEnv, config: TrainingConfig) -> VecEnv:
    """The environments that a config learns in, with the memory of its pilot, if it has one. Raises InputError."""
    if not config.network.remembers:
        return env
    names = env.get_attr("observation_names", [0])[0]
    memory = memory_of(config, names, len(names))
    assert memory
    return RememberingVecEnv(env, memory)


def memory_in(env: VecEnv) -> Memory | None:
    """The memory that the pilot of these environments learns with."""
    return env.memory if isinstance(env, RememberingVecEnv) else None
