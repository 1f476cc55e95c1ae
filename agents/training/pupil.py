"""One policy learns from several what they would do: dataset aggregation [Ross, Gordon and Bagnell, AISTATS 2011].

Each teacher knows its own flights well. The pupil flies all of them; at each step the teacher of that flight says what
it would have done there, and the pupil learns to do likewise. That it is told what to do on its own ways, those off the
teacher's too, is the point: a pupil of the teachers' flights alone would not know how to come back to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from stable_baselines3 import PPO
from stable_baselines3.common.callbacks import CallbackList
from stable_baselines3.common.vec_env import VecEnv

from agents.config.blocks import PupilBlock
from agents.pilot import Pilot


@dataclass
class Lessons:
    """What was flown and what the teachers said, the newest `most` control steps of it."""

    most: int
    readings: torch.Tensor
    sticks: torch.Tensor
    count: int = 0

    @classmethod
    def empty(cls, most: int, readings: int, sticks: int) -> Lessons:
        """Room for `most` control steps of so many readings and sticks."""
        return cls(most, torch.zeros(most, readings), torch.zeros(most, sticks))

    def add(self, readings: np.ndarray, sticks: np.ndarray) -> None:
        """Note (n, k) readings and the (n, 4) sticks that the teachers would have given, in place of the oldest."""
        rows = torch.arange(self.count, self.count + len(readings)) % self.most
        self.readings[rows], self.sticks[rows] = torch.as_tensor(readings), torch.as_tensor(sticks)
        self.count += len(readings)

    def draw(self, size: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Readings (size, k) and sticks (size, 4), drawn at random with repetition."""
        rows = torch.randint(min(self.count, self.most), (size,))
        return self.readings[rows], self.sticks[rows]


class Classroom:
    """The pupil's flights with its teachers: rows i n_envs to (i + 1) n_envs of `env` are those of teacher i."""

    def __init__(self, model: PPO, env: VecEnv, teachers: Sequence[Pilot], block: PupilBlock):
        self._model, self._env, self._teachers, self._block = model, env, teachers, block
        (readings,), (sticks,) = env.observation_space.shape or (0,), env.action_space.shape or (0,)
        self._lessons = Lessons.empty(block.kept_steps, readings, sticks)
        self._optimizer = torch.optim.Adam(model.policy.parameters(), lr=block.learning_rate)

    def learn(self, total_steps: int, callbacks: CallbackList) -> None:
        """Fly and learn until the pupil has flown `total_steps`; `callbacks` are told as by PPO's own `learn`."""
        model, block = self._model, self._block
        callbacks.init_callback(model)
        callbacks.on_training_start({}, {})
        rounds = 0
        while model.num_timesteps < total_steps:
            callbacks.on_rollout_start()
            self._fly(model.num_timesteps / total_steps, callbacks)
            callbacks.on_rollout_end()
            for group in self._optimizer.param_groups:
                group["lr"] = block.learning_rate * max(0.0, 1.0 - model.num_timesteps / total_steps)
            rounds += 1
            model.logger.record("time/iterations", rounds)
            model.logger.record("train/loss", self._study())
            model.logger.dump(model.num_timesteps)
        callbacks.on_training_end()

    def _fly(self, share: float, callbacks: CallbackList) -> None:
        """A round of flight; `share` of all of them is over."""
        model, env, block = self._model, self._env, self._block
        shown = 1.0 - share / block.taught_share if share < block.taught_share else 0.0
        is_shown = np.arange(env.num_envs) % block.n_envs < round(shown * block.n_envs)
        model.policy.set_training_mode(False)
        for _ in range(block.n_steps):
            readings = model._last_obs
            assert isinstance(readings, np.ndarray)
            with torch.no_grad():
                own = model.policy.get_distribution(torch.as_tensor(readings))
                noise = (own.get_actions() - own.mode()).numpy()
                flown = own.mode().numpy()
            told = np.concatenate(
                [
                    teacher.predict(rows, deterministic=True)[0]
                    for teacher, rows in zip(self._teachers, np.split(readings, len(self._teachers)), strict=True)
                ]
            )
            self._lessons.add(readings, told)
            flown[is_shown] = told[is_shown]
            model._last_obs, rewards, dones, infos = env.step(np.clip(flown + noise, -1.0, 1.0))  # type: ignore[assignment]
            model.num_timesteps += env.num_envs
            callbacks.update_locals({"rewards": rewards, "dones": dones, "infos": infos})
            callbacks.on_step()

    def _study(self) -> float:
        """The gradients of a round; the last ones' mean square difference from the teachers' sticks."""
        block, policy = self._block, self._model.policy
        policy.set_training_mode(True)
        gradients = max(1, block.n_epochs * block.n_steps * self._env.num_envs // block.batch_size)
        losses: list[float] = []
        for _ in range(gradients):
            readings, told = self._lessons.draw(block.batch_size)
            loss = (policy.get_distribution(readings).mode() - told).square().mean()
            self._optimizer.zero_grad()
            loss.backward()
            self._optimizer.step()
            losses.append(float(loss.detach()))
        return float(np.mean(losses[-gradients // 4 :]))
