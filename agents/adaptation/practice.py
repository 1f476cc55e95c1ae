"""Practice on the aircraft as it is believed to be: the pilot goes on learning in the simulator, between two flights.

What a compensation cannot carry over (controls that answer late, a pitot tube that is blocked) a pilot can learn to
live with. PPO goes on from the pilot's own weights, on aircraft drawn from the posterior, so that it does not lean on
what is not known. Nothing real is flown for it: the hidden fault is never asked.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import gymnasium
import numpy as np
import torch
from stable_baselines3 import PPO
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.utils import LinearSchedule, set_random_seed

from agents.adaptation.estimate import Estimate
from agents.adaptation.parameters import HIGH, LOW, Candidates, named
from agents.config.programme import TrainingConfig
from agents.environments.flights import EnvFunction, training_seed
from agents.environments.vec_env import SharedMemoryVecEnv
from agents.pilots.compensated import CompensatedPilot, Compensation, Translator
from agents.pilots.learned import LearnedPilot, policy_keywords
from agents.policy import policy_class
from agents.skills.landing_pilot import LandingRounds
from agents.skills.skilled_pilot import LANDING, SequencedPilot
from envs.flight_env import FlightEnv

STEPS = 400_000
"""Control steps of one practice: under two minutes on two cores."""
N_ENVS, N_STEPS, BATCH, EPOCHS = 16, 512, 1024, 6
LEARNING_RATE = 3e-4
LOG_STD = -1.8
"""Exploring starts with 0.17 of full stick: enough to find what helps, little enough to go on landing meanwhile."""
CRITIC_FIRST = 2
"""Updates in which the value function alone learns: the flights are worth something else than on the drawing."""


@dataclass(frozen=True)
class Believed:
    """Aircraft drawn from a posterior, as `FlightEnv.fly_drawn` asks for them; small enough for worker processes."""

    mean: np.ndarray
    root: np.ndarray  # of the covariance
    seen: np.ndarray  # parameters that are acted on

    @classmethod
    def of(cls, estimate: Estimate) -> Believed:
        """What an estimate believes: what it is sure of and around it by its covariance, all else as drawn."""
        mean = np.array(list(estimate.surely().values()))
        values, vectors = np.linalg.eigh(estimate.covariance)
        root = vectors * np.sqrt(np.maximum(values, 0.0))
        return cls(mean, root, np.abs(mean) > 0.0)

    def __call__(self, rng: np.random.Generator, drawing: Any) -> Any:
        """One of them."""
        around = self.root @ rng.standard_normal(len(self.mean))
        values = np.clip(self.mean + np.where(self.seen, around, 0.0), LOW, HIGH)
        return Candidates(drawing).aircraft(named(values))


class Translated(gymnasium.Wrapper):
    """An environment in which readings and sticks go through a compensation, as its pilot's do."""

    def __init__(self, env: gymnasium.Env, compensation: Compensation) -> None:
        super().__init__(env)
        flight: Any = env.unwrapped
        self._translator = Translator(compensation, flight.observation_names)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Start a flight; what the pilot would have seen."""
        observation, info = self.env.reset(seed=seed, options=options)
        return self._translator.observations(observation), info

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        """Fly one control step with the sticks that the pilot asked for."""
        observation, reward, terminated, truncated, info = self.env.step(self._translator.actions(np.asarray(action)))
        return self._translator.observations(observation), reward, terminated, truncated, info


def believed_env_function(config: TrainingConfig, believed: Believed, compensation: Compensation) -> EnvFunction:
    """What makes environments of a config's task in which the believed aircraft flies, through a compensation."""
    settings = {**config.flight_settings(), "discrepancies": []}
    return functools.partial(_make_believed, settings, believed, compensation)


def _make_believed(settings: dict[str, Any], believed: Believed, compensation: Compensation) -> gymnasium.Env:
    env = FlightEnv(**settings)
    env.fly_drawn(believed)
    return Translated(env, compensation)


def parts(pilot: Any) -> dict[int, LearnedPilot]:
    """{place: policy} of a pilot that practice goes on with: of several skills those of a landing; {}: none."""
    if isinstance(pilot, LearnedPilot):
        return {0: pilot}
    sequence = pilot.sequence if isinstance(pilot, LandingRounds) else pilot
    if isinstance(sequence, SequencedPilot):
        skills = {place: skill.pilot for place, skill in enumerate(sequence.skills) if place >= LANDING}
        return {place: skill for place, skill in skills.items() if isinstance(skill, LearnedPilot)}
    return {}


def with_part(pilot: Any, place: int, part: LearnedPilot) -> Any:
    """The pilot with that policy of it changed."""
    if isinstance(pilot, LandingRounds):
        return replace(pilot, sequence=with_part(pilot.sequence, place, part))
    if isinstance(pilot, SequencedPilot):
        skills = list(pilot.skills)
        skills[place] = replace(skills[place], pilot=part)
        return replace(pilot, skills=tuple(skills))
    return part


class _Told(BaseCallback):
    """Reports steps, keeps the exploring going down and lets the value function learn alone at first."""

    def __init__(self, steps: int, told: Callable[[int], None] | None, actor: list[torch.nn.Parameter]) -> None:
        super().__init__()
        self._steps, self._told, self._actor = steps, told, actor
        self._updates = 0

    def _on_rollout_start(self) -> None:
        learns = self._updates >= CRITIC_FIRST
        for weights in self._actor:
            weights.requires_grad_(learns)
        self._updates += 1

    def _on_step(self) -> bool:
        if self._told:
            self._told(self.num_timesteps)
        return True


def practise(
    part: LearnedPilot,
    make_env: EnvFunction,
    *,
    steps: int = STEPS,
    seed: int = 0,
    processes: int = 1,
    learning_rate: float = LEARNING_RATE,
    told: Callable[[int], None] | None = None,
) -> LearnedPilot:
    """The policy after so many more steps of learning in those environments; the one given is left as it was."""
    config = part.config
    env = SharedMemoryVecEnv([make_env] * N_ENVS, processes)
    try:
        set_random_seed(seed)
        env.seed(training_seed(seed, 0))
        model = PPO(
            policy_class(config.network.bounded),
            env,
            device="cpu",
            policy_kwargs=policy_keywords(config, len(part.card.get("truth_names") or ())),
            n_steps=N_STEPS,
            batch_size=BATCH,
            n_epochs=EPOCHS,
            learning_rate=LinearSchedule(learning_rate, 0.0, 1.0),
            gamma=config.algorithm.gamma,
            gae_lambda=config.algorithm.gae_lambda,
            clip_range=0.1,
            ent_coef=0.0,
        )
        model.policy.load_state_dict(part.policy.state_dict())
        with torch.no_grad():
            model.policy.log_std.fill_(LOG_STD)
        network = model.policy
        actor = [
            *network.mlp_extractor.policy_net.parameters(),
            *network.action_net.parameters(),
            network.log_std,
        ]
        model.learn(steps, _Told(steps, told, actor))
    finally:
        env.close()
    policy = copy.deepcopy(part.policy)
    policy.load_state_dict(model.policy.state_dict())
    return replace(part, policy=policy)
