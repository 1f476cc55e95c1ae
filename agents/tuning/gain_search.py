"""Search for an autopilot's gains: the cross-entropy method on training flights.

Every generation draws gains around a mean, flies each on the same new flights in several weathers, and moves mean
and spread to the best quarter. Flights have the seeds of trainings, far from those of validation and test.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from agents.autopilot import AUTOPILOTS, autopilot_for
from agents.autopilot.pilot import Array
from agents.config.programme import TrainingConfig
from agents.environments.flights import flight_env_function, training_seed
from agents.evaluation.flight_test import SIDE_BY_SIDE, FlightTest
from agents.tuning.gain_objectives import OBJECTIVES
from envs.aircraft.aircraft import load_aircraft
from envs.base.errors import unknown_name
from envs.flight_env import FlightEnv

BEST = 0.25  # share of a generation that shapes the next
LEARN = 0.7  # how far mean and spread move towards them
START_SPREAD, LEAST_SPREAD = 0.1, 0.02  # of a gain's range, one standard deviation


@dataclass(frozen=True)
class Generation:
    """What a generation brought: its mean gains, mean and best cost of its members, and what was flown so far."""

    number: int
    gains: Any
    mean_cost: float
    best_cost: float
    flights: int
    steps: int

    def __str__(self) -> str:
        return (
            f"generation {self.number}: mean cost {self.mean_cost:.4f}, best {self.best_cost:.4f} "
            f"({self.flights} flights, {self.steps} steps)"
        )


def search_gains(
    config: TrainingConfig,
    generations: int = 10,
    members: int = 32,
    flights: int = 12,
    seed: int = 0,
    start: Any = None,
    names: Sequence[str] = (),
    start_spread: float = START_SPREAD,
    weights: Mapping[str, float] | None = None,
    on_generation: Callable[[Generation], None] = lambda _: None,
) -> Any:
    """The mean gains after the last generation; `flights` per member and weather. Deterministic in its arguments.

    `config` says what is flown, but for the weather: `weights` are {weather: what a failure in it weighs}, default
    those of the task's objective. `members` are flown in groups of SIDE_BY_SIDE. `names`: the gains to move, default
    all of the task's; `start`: where from (default: those shipped for such an aircraft), with `start_spread` of each
    range as first standard deviation. Raises InputError for a task without gains to search and an unknown gain.
    """
    task = config.task
    if task not in OBJECTIVES:
        raise unknown_name("task", task, OBJECTIVES)
    ranges, weights = OBJECTIVES[task].ranges, weights or OBJECTIVES[task].weights
    for name in names:
        if name not in ranges:
            raise unknown_name("gain", name, ranges)
    names = list(names or ranges)
    rng = np.random.default_rng(seed)
    start = start or AUTOPILOTS[task].shipped_gains(load_aircraft(config.aircraft))
    low, high = (np.array([ranges[name][k] for name in names]) for k in (0, 1))
    mean = (np.array([getattr(start, name) for name in names]) - low) / (high - low)
    spread = np.full(len(names), start_spread)
    flown = steps = 0

    def gains_at(place: np.ndarray) -> Any:
        """Of a place in the ranges (k,), or of many (m, k): every gain an array (m,)."""
        values = (low + place * (high - low)).T
        return replace(start, **dict(zip(names, values if place.ndim > 1 else values.tolist(), strict=True)))

    with ExitStack() as stack:
        env = flight_env_function(config)().unwrapped
        assert isinstance(env, FlightEnv)
        stack.callback(env.close)
        tests = {
            weather: stack.enter_context(
                FlightTest(flight_env_function(config.model_copy(update={"weather": weather})), 1)
            )
            for weather in weights
        }
        for number in range(generations):
            first = training_seed(seed, number)
            seeds = range(first, first + flights)
            places = np.clip(mean + spread * rng.standard_normal((members, len(names))), 0, 1)
            groups = [
                np.resize(places[k : k + SIDE_BY_SIDE], (SIDE_BY_SIDE, len(names)))
                for k in range(0, members, SIDE_BY_SIDE)
            ]
            results = [mean_costs(tests, weights, env, gains_at(group), seeds) for group in groups]
            costs = np.concatenate([cost for cost, _ in results])[:members]
            flown, steps = (
                flown + len(groups) * SIDE_BY_SIDE * flights * len(tests),
                steps + sum(count for _, count in results),
            )
            best = places[np.argsort(costs)[: max(2, round(BEST * members))]]
            mean = mean + LEARN * (best.mean(axis=0) - mean)
            spread = np.maximum(LEAST_SPREAD, spread + LEARN * (best.std(axis=0) - spread))
            on_generation(Generation(number, gains_at(mean), float(costs.mean()), float(costs.min()), flown, steps))
    return gains_at(mean)


def mean_costs(
    tests: Mapping[str, FlightTest], weights: Mapping[str, float], env: FlightEnv, gains: Any, seeds: Sequence[int]
) -> tuple[Array, int]:
    """Mean cost (SIDE_BY_SIDE,) of the flights over the weathers by their weights, and the steps they took.

    Each row of the FlightTests flies all `seeds` with gains of its own (arrays (SIDE_BY_SIDE,)). `env`: any of that
    task.
    """
    objective = OBJECTIVES[env.task.name]
    pilot, scale = autopilot_for(env, gains), env.reward_scales["smoothness"]
    total, steps = np.zeros(SIDE_BY_SIDE), 0
    for weather, test in tests.items():
        flights = test.fly(pilot, np.repeat(seeds, SIDE_BY_SIDE).tolist())
        costs = np.array([objective.cost(flight, scale, env.drawing.span_m) for flight in flights])
        total += weights[weather] * costs.reshape(-1, SIDE_BY_SIDE).mean(axis=0)
        steps += sum(flight.steps for flight in flights)
    return total / sum(weights.values()), steps


def gains_as_text(gains: Any) -> str:
    """The gains, one `name = value` a line, rounded to three figures."""
    return "\n".join(f"{f.name} = {getattr(gains, f.name):.3g}" for f in fields(gains))
