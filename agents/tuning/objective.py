"""The value of a trial: success on the validation flights first, mean reward between equals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from agents.config.programme import TrainingConfig
from agents.tuning.trial_config import tune_block


@dataclass(frozen=True)
class Validation:
    """Success rate (0..1) and mean reward of the validation flights after `steps` of training."""

    steps: int
    success: float
    reward: float


def judged(validations: Sequence[Validation], objective: Literal["best", "last", "mean"]) -> tuple[float, float]:
    """(success rate, mean reward) that a training stands for, by the rule of `TuneConfig.objective`."""
    if objective == "mean":
        success, reward = np.mean([(one.success, one.reward) for one in validations], axis=0)
        return float(success), float(reward)
    chosen = max(validations, key=lambda one: (one.success, one.reward)) if objective == "best" else validations[-1]
    return chosen.success, chosen.reward


@dataclass
class Judgement:
    """A trial's validations, one list for each of its trainings, and the value that follows from them."""

    config: TrainingConfig
    trainings: list[list[Validation]] = field(default_factory=list)

    @property
    def success(self) -> float:
        """Success rate, 0..1, the mean over the trainings so far."""
        return float(np.mean([success for success, _ in self._judged()]))

    @property
    def reward(self) -> float:
        """Reward of a flight, the mean over the trainings so far."""
        return float(np.mean([reward for _, reward in self._judged()]))

    @property
    def value(self) -> float:
        """The number that Optuna maximises: success, and the reward squashed to less than half a flight's success.

        r / (1 + |r|) keeps the order of rewards. Where the reward's own scales are searched, success alone counts.
        """
        tune = tune_block(self.config)
        if any(key.startswith("reward.") for key in tune.space):
            return self.success
        half_a_flight = 0.5 / (self.config.training.eval_flights * tune.seeds)
        return self.success + half_a_flight * 0.5 * (1.0 + self.reward / (1.0 + abs(self.reward)))

    def _judged(self) -> list[tuple[float, float]]:
        objective = tune_block(self.config).objective
        return [judged(validations, objective) for validations in self.trainings if validations]
