"""Practice on the aircraft as it is believed to be: the pilot goes on learning in the simulator, between two flights.

What a compensation cannot carry over (controls that answer late, a pitot tube that is blocked) a pilot can learn to
live with. PPO goes on from the pilot's own weights, on aircraft drawn from the posterior, so that it does not lean on
what is not known. Nothing real is flown for it: the hidden fault is never asked.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol

import gymnasium
import numpy as np
import torch
from stable_baselines3.common.callbacks import BaseCallback

from agents.adaptation.estimate import Estimate
from agents.adaptation.learner import Learner
from agents.adaptation.parameters import HIGH, LOW, Candidates, named
from agents.config.programme import TrainingConfig
from agents.environments.flights import EnvFunction, training_seed
from agents.evaluation.flight_test import FlightTest
from agents.pilots.compensated import CompensatedPilot, Compensation, Translator
from agents.pilots.learned import LearnedPilot
from agents.skills.landing_pilot import LandingRounds
from agents.skills.skilled_pilot import LANDING, SequencedPilot
from agents.training.train import make_model, make_training_env
from envs.aircraft.aircraft import Aircraft
from envs.base.frames import Array
from envs.flight_config import FieldConfig
from envs.flight_env import FlightEnv

GOOD = 0.95
"""A pilot that succeeds in this share of its flights of the believed aircraft needs no practice. One that does so as it
was bears what is wrong: it is left alone, unless it flies as well when it allows for it, for what is believed is often
a part of what is wrong."""
CHECKED = 48
"""Simulated flights that both are judged by."""
STEPS = 200_000
"""Control steps of one practice of one policy: about half a minute on two idle cores."""
MOST_STEPS = 800_000
"""Of all practice on one aircraft together, so that it stays a matter of minutes."""
PRACTICE = {
    "n_envs": 16,
    "n_steps": 512,
    "batch_size": 1024,
    "n_epochs": 6,
    "learning_rate": 3e-4,
    "clip_range": 0.1,
    "log_std_last": None,
    "steady_weight": 0.0,
}
"""What differs from the algorithm that the pilot was trained by: smaller steps, it knows how to fly already."""
FOR_PRACTICE = ("servo_speed", "play", "delay")
"""Parameters that no compensation carries over: flown as estimated, where there surely is something."""
READ_OFF = ("roll_reading", "pitch_reading", "heading_reading", "pressure_reading")
"""Those that are taken off the readings, as far as they are sure."""
LOG_STD = -1.8
"""Exploring starts with 0.17 of full stick: enough to find what helps, little enough to go on flying meanwhile."""
CRITIC_FIRST = 2
"""Updates in which the value function alone learns: the flights are worth something else than on the drawing."""


@dataclass(frozen=True)
class Believed:
    """Aircraft drawn from a posterior, as `FlightEnv.fly_drawn` asks for them; small enough for worker processes."""

    values: Array
    spread: Array

    @classmethod
    def of(cls, estimate: Estimate) -> Believed:
        """What an estimate believes: aircraft that differ by what is surely wrong and is acted on.

        As compensations are (compensation.py), they are of the likeliest aircraft as a whole and of readings as far as
        these are sure.
        """
        sure = estimate.surely()
        values = [
            sure[name] if name in READ_OFF or (name in FOR_PRACTICE and not sure[name]) else mean
            for name, mean in named(estimate.mean).items()
        ]
        return cls(np.array(values), np.where(list(sure.values()), estimate.std, 0.0))

    @property
    def likeliest(self) -> Believed:
        """The one that it would be best to bet on, whenever one is drawn."""
        return replace(self, spread=np.zeros_like(self.spread))

    def __call__(self, rng: np.random.Generator, drawing: Aircraft) -> Aircraft:
        """One of them, as far from the likeliest as that may be wrong."""
        values = self.values + self.spread * rng.standard_normal(len(self.values))
        return Candidates(drawing).aircraft(named(np.clip(values, LOW, HIGH)))

    def make_env(self, config: TrainingConfig) -> FlightEnv:
        """An environment of the config's task in which they fly."""
        env = FlightEnv(**config.flight_settings())
        env.fly_drawn(self)
        return env


class Simulated(Protocol):
    """What a pilot practises on: it makes environments of a config's task."""

    @property
    def likeliest(self) -> Simulated:
        """What the pilot is judged on: the same, without what is not known of it."""
        ...

    def make_env(self, config: TrainingConfig) -> FlightEnv:
        """One of them."""
        ...


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


def _translated(simulated: Simulated, config: TrainingConfig, compensation: Compensation) -> gymnasium.Env:
    return Translated(simulated.make_env(config), compensation)


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


@dataclass
class Practice:
    """Where a pilot flies what it believes its aircraft to be.

    config: of the real flights; what it says of discrepancies is thrown away at once. `processes` fly, `steps` are
    flown so far, `told` hears what is going on.
    """

    config: TrainingConfig
    processes: int = 1
    steps: int = 0
    told: Callable[[str], None] | None = None

    def __post_init__(self) -> None:
        self.config = self.config.model_copy(update={"discrepancies": ()})

    def share(self, pilot: Any, test: FlightTest) -> float:
        """Share of CHECKED simulated flights that succeed; none on a seed of a real, counted or validated flight."""
        first = training_seed(self.config.training.seed, self.steps)
        return sum(flight.is_success for flight in test.fly(pilot, range(first, first + CHECKED))) / CHECKED

    def settle(self, learner: Learner, is_first: bool, is_success: bool) -> None:
        """After a test flight: see whether the pilot bears what is believed; if not, practise where it is needed.

        A pilot that has proven itself is left alone.
        """
        if learner.is_proven:
            return
        believed = Believed.of(learner.estimate)
        with FlightTest(functools.partial(believed.likeliest.make_env, self.config), self.processes) as test:
            as_it_was = self.share(learner.first_pilot, test)
            learner.bears = as_it_was >= GOOD
            if learner.bears and learner.compensation != Compensation():
                allowing = CompensatedPilot(learner.base, learner.compensation, learner.names)
                learner.bears = self.share(allowing, test) < as_it_was
        if as_it_was < GOOD and (is_first or not is_success):
            learner.base = self.better(learner.base, believed, learner.compensation, learner.names)

    def better(self, pilot: Any, simulated: Simulated, compensation: Compensation, names: tuple[str, ...]) -> Any:
        """The pilot (without compensation) after what practice it needs; itself where it needs none or none helps.

        The policies of a landing are practised from the last one back: what comes after must be flown first. And again,
        while it helps: who crashes in the simulator does not fly for real yet.
        """
        with FlightTest(functools.partial(simulated.likeliest.make_env, self.config), self.processes) as test:
            best = self.share(CompensatedPilot(pilot, compensation, names), test)
            helped = True
            while helped and self._goes_on(best):
                helped = False
                for place in sorted(parts(pilot), reverse=True):
                    if not self._goes_on(best):
                        break
                    if self.told:
                        self.told(f"{100 * best:.0f} % of simulated flights succeed: practising")
                    tried = with_part(pilot, place, self._practised(parts(pilot)[place], simulated, compensation))
                    share = self.share(CompensatedPilot(tried, compensation, names), test)
                    if share > best:
                        pilot, best, helped = tried, share, True
        return pilot

    def _goes_on(self, best: float) -> bool:
        """Whether a pilot that succeeds in this share practises (once more)."""
        return best < GOOD and self.steps + STEPS <= MOST_STEPS

    def _practised(self, part: LearnedPilot, simulated: Simulated, compensation: Compensation) -> LearnedPilot:
        field = {key: getattr(self.config, key) for key in FieldConfig.model_fields}
        config = part.config.model_copy(update=field)
        make_env = functools.partial(_translated, simulated, config, compensation)
        practised = practise(replace(part, config=config), make_env, seed=self.steps, processes=self.processes)
        self.steps += STEPS
        return replace(practised, config=part.config)


class _CriticFirst(BaseCallback):
    """Lets the value function learn alone at first."""

    def __init__(self, actor: list[torch.nn.Parameter]) -> None:
        super().__init__()
        self._actor, self._updates = actor, 0

    def _on_rollout_start(self) -> None:
        for weights in self._actor:
            weights.requires_grad_(self._updates >= CRITIC_FIRST)
        self._updates += 1

    def _on_step(self) -> bool:
        return True


def practise(
    part: LearnedPilot, make_env: EnvFunction, *, steps: int = STEPS, seed: int = 0, processes: int = 1
) -> LearnedPilot:
    """The policy after so many more steps of learning in those environments; the one given is left as it was."""
    algorithm = part.config.algorithm.model_copy(update=PRACTICE)
    training = part.config.training.model_copy(update={"seed": seed, "processes": processes, "steps": steps})
    config = part.config.model_copy(update={"algorithm": algorithm, "training": training})
    env = make_training_env(make_env, config)
    try:
        env.seed(training_seed(seed, 0))
        model = make_model(config, env)
        network = model.policy
        network.load_state_dict(part.policy.state_dict())
        with torch.no_grad():
            network.log_std.fill_(LOG_STD)
        layers = network.mlp_extractor.policy_net, network.action_net
        actor = [*(weights for layer in layers for weights in layer.parameters()), network.log_std]
        model.learn(steps, _CriticFirst(actor))
    finally:
        env.close()
    policy = copy.deepcopy(part.policy)
    policy.load_state_dict(network.state_dict())
    policy.set_training_mode(False)
    return replace(part, policy=policy)
