"""What happens around PPO's updates: count the flights, validate, keep the best policy, checkpoint."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from stable_baselines3 import PPO
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.utils import set_random_seed

from agents.config.programme import TrainingConfig
from agents.environments.flights import training_seed
from agents.evaluation.flight_test import Flight, mean_return, success_rate
from agents.policy import SteadyPolicy
from agents.training.checkpoint import (
    Best,
    Restored,
    Snapshot,
    copy_weights,
    newest_step,
    put_back,
    save_checkpoint,
    save_policy,
    take_snapshot,
)
from agents.training.divergence import require_numbers
from agents.training.progress import ProgressDisplay

OnValidation = Callable[[int, float, float], None]
"""Told a validation's steps, success rate (0..1) and mean reward of a flight."""


class FlightStatistics(BaseCallback):
    """Notes every flight that ends while training and logs their means at each update.

    Columns: flights/success_rate, flights/return, flights/steps, flights/count, outcome/<word> (share),
    reward/<term> (scaled, summed over a flight), metric/<name>.
    """

    def __init__(self, display: ProgressDisplay, window: int = 100):
        super().__init__()
        self._display = display
        self._recent: deque[Flight] = deque(maxlen=window)
        self._ended: list[Flight] = []

    def restart(self) -> None:
        """All environments were reset: the flights under way are gone."""
        self._returns = np.zeros(self.training_env.num_envs)
        self._steps = np.zeros(self.training_env.num_envs, np.int64)

    def _on_training_start(self) -> None:
        self.restart()

    def _on_step(self) -> bool:
        self._returns += self.locals["rewards"]
        self._steps += 1
        dones = self.locals["dones"]
        if dones.any():
            for env in np.flatnonzero(dones):
                info = self.locals["infos"][env]
                self._ended.append(
                    Flight(
                        -1,
                        bool(info["is_success"]),
                        str(info["outcome"]),
                        int(self._steps[env]),
                        float(self._returns[env]),
                        info["metrics"],
                        info.get("reward_terms", {}),
                    )
                )
            self._returns[dones], self._steps[dones] = 0.0, 0
        return True

    def _on_rollout_end(self) -> None:
        self._recent.extend(self._ended)
        if self._ended:
            self._record(self._ended)
        self._ended = []
        if self._recent:
            self._display.show(
                self.num_timesteps,
                f"success {success_rate(self._recent):.0%}, reward {mean_return(self._recent):.2f}",
            )
        else:
            self._display.show(self.num_timesteps, "no flight ended yet")

    def _record(self, flights: Sequence[Flight]) -> None:
        record = self.logger.record
        record("flights/count", len(flights))
        record("flights/success_rate", success_rate(flights))
        record("flights/return", mean_return(flights))
        record("flights/steps", float(np.mean([flight.steps for flight in flights])))
        for word, count in Counter(flight.outcome for flight in flights).items():
            record(f"outcome/{word}", count / len(flights))
        for group in ("reward_terms", "metrics"):
            label = "reward" if group == "reward_terms" else "metric"
            for name in dict.fromkeys(name for flight in flights for name in getattr(flight, group)):
                values = np.array([getattr(flight, group).get(name, np.nan) for flight in flights])
                if np.isfinite(values).any():
                    record(f"{label}/{name}", float(np.nanmean(np.where(np.isfinite(values), values, np.nan))))


class RunKeeper(BaseCallback):
    """Between two updates: validates, keeps the best policy, writes checkpoints, moves the programme on.

    What moves: the training's task options, reward scales and share of the wind.

    At every checkpoint the random number generators (Python, NumPy, torch) are seeded anew from (seed,
    update) and all environments reset with seeds from it, in an unbroken run as in a resumed one: both are
    the same from there, bit for bit, and nothing of generators or simulators has to be stored. The price: the
    flights under way at a checkpoint end there (their values bootstrapped like at the end of every batch of steps),
    one of each environment.
    """

    def __init__(
        self,
        config: TrainingConfig,
        checkpoints: Path,
        statistics: FlightStatistics,
        display: ProgressDisplay,
        validate: Callable[[PPO], Sequence[Flight]],
        before: Restored | None = None,
        resumed_at: int | None = None,
        on_validation: OnValidation | None = None,
    ):
        """`validate` flies the held-out flights; `resumed_at` is the step of the checkpoint continued from."""
        super().__init__()
        self._config, self._checkpoints = config, checkpoints
        self._statistics, self._display, self._validate = statistics, display, validate
        self._eval_updates = config.updates(config.training.eval_every)
        self._checkpoint_updates = config.updates(config.training.checkpoint_every)
        self._resumed_at = resumed_at
        self._on_validation = on_validation
        before = before or Restored()
        self.best = before.best
        self._snapshot: Snapshot | None = None
        self._started = time.monotonic() - before.elapsed_s
        self.validation_seconds = 0.0

    @property
    def elapsed_s(self) -> float:
        """Seconds trained, those before a resumption included."""
        return time.monotonic() - self._started

    def _on_rollout_start(self) -> None:
        require_numbers(self._ppo, self._config.algorithm, self._checkpoints)
        update = self.num_timesteps // self._config.algorithm.steps_per_update
        if update % self._eval_updates == 0 and update > 0 and self.num_timesteps != self._resumed_at:
            self._compare_with_best()
        if update % self._checkpoint_updates == 0 or self.num_timesteps == self._resumed_at:
            if self.num_timesteps != self._resumed_at:
                save_checkpoint(self._checkpoints, self._ppo, self.best, self.elapsed_s)
                save_policy(self._checkpoints, self._ppo)
            self._restart(update)
        bound = self._config.most_log_std(self.num_timesteps)
        if bound is not None:
            self._ppo.policy.log_std.data.clamp_(max=bound)
        if isinstance(self._ppo.policy, SteadyPolicy):
            self._ppo.policy.steady_weight = self._config.steady_weight(self.num_timesteps)
        options, reward, wind_share = self._config.training_changes(self.num_timesteps)
        block = self._config.training
        if options or reward or block.first_wind != 1.0 or block.last_wind != 1.0:
            self.training_env.env_method("set_training", options, reward, wind_share)
        self._snapshot = take_snapshot(self._ppo, self.best)

    def save_interrupted(self) -> None:
        """Write a checkpoint of the last whole update: what was flown and half learned since then is dropped.

        Nothing is written where that checkpoint is there already, or before the first update's flights.
        """
        if self._snapshot is None:
            return
        put_back(self._ppo, self._snapshot)
        if newest_step(self._checkpoints) != self._snapshot.steps:
            save_checkpoint(self._checkpoints, self._ppo, self._snapshot.best, self.elapsed_s)
            save_policy(self._checkpoints, self._ppo)

    def _on_training_end(self) -> None:
        require_numbers(self._ppo, self._config.algorithm, self._checkpoints)
        self._compare_with_best()
        self.logger.dump(self.num_timesteps)
        save_checkpoint(self._checkpoints, self._ppo, self.best, self.elapsed_s)

    def _on_step(self) -> bool:
        return True

    @property
    def _ppo(self) -> PPO:
        assert isinstance(self.model, PPO)
        return self.model

    def _restart(self, update: int) -> None:
        first = training_seed(self._config.training.seed, update)
        set_random_seed(first % 2**32)
        self.training_env.seed(first)
        self._ppo._last_obs = self.training_env.reset()  # type: ignore[assignment]
        self._ppo._last_episode_starts = np.ones(self.training_env.num_envs, dtype=bool)
        self._statistics.restart()

    def _compare_with_best(self) -> None:
        began = time.monotonic()
        flights = self._validate(self._ppo)
        rate, reward = success_rate(flights), mean_return(flights)
        self.validation_seconds += time.monotonic() - began
        self.logger.record("validation/success_rate", rate)
        self.logger.record("validation/return", reward)
        save_policy(self._checkpoints, self._ppo)
        better = self.best is None or self.best.beaten_by(rate, reward, self._config.training.best_by)
        if better:
            self.best = Best(rate, reward, self.num_timesteps, copy_weights(self._ppo))
        self._display.say(
            f"validation at {self.num_timesteps:,} steps: {rate:.1%} of {len(flights)} flights succeed, "
            f"mean reward {reward:.2f}{', the best so far' if better else ''}"
        )
        if self._on_validation:
            self._on_validation(self.num_timesteps, rate, reward)
