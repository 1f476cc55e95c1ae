"""Search for the autopilot's gains: the cross-entropy method on training flights.

Every generation draws gains around a mean, flies each on the same new flights in several weathers, and moves mean
and spread to the best quarter. Flights use seeds from FIRST_SEED up, far from validation and test seeds.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, fields, replace

import numpy as np

from agents.autopilot import Autopilot, Gains
from agents.evaluation import Flight, FlightTest
from envs.flight_env import FlightEnv

FIRST_SEED = 1_000_000
BEST = 0.25  # share of a generation that shapes the next
LEARN = 0.7  # how far mean and spread move towards them
START_SPREAD, LEAST_SPREAD = 0.1, 0.02  # of a gain's range, one standard deviation
MARGIN_WEIGHT = 0.3  # cost of a success at the very limits, in failures
ACTIVITY_WEIGHT = 0.005  # failures per (full command change)^2 a second, summed over the channels
WEIGHTS = {"breeze": 1.0, "gusty": 2.0, "storm": 1.0}  # weathers flown and what a failure in each weighs

# What is searched, and between which bounds (units: Gains). The other gains are choices, not tuning.
RANGES: dict[str, tuple[float, float]] = {
    "throttle_slew": (0.1, 0.6), "throttle_full": (0.7, 1.0), "fast_speed": (1.4, 2.0),
    "wash_tail": (0.5, 5.0), "schedule_cap": (0.7, 4.0),
    "steering_speed": (0.2, 1.0), "line_time": (1.5, 8.0), "track": (0.0, 2.0), "crab_max": (0.04, 0.2),
    "heading": (0.5, 3.0), "yaw_rate": (0.5, 4.0), "heading_integral": (0.0, 2.0), "swing_feedforward": (-0.1, 0.2),
    "bank": (0.5, 3.0), "roll_rate": (0.5, 4.0), "bank_integral": (0.0, 2.0), "torque_feedforward": (-0.1, 0.1),
    "bank_per_heading": (0.0, 1.0), "tail_down": (0.0, 2.0), "tail_up_speed": (0.2, 0.8),
    "tail_up_pitch": (-0.04, 0.08), "rotation_speed": (1.15, 1.5), "rotation_rate": (0.1, 0.6),
    "climb_pitch": (0.15, 0.4), "pitch": (0.5, 3.0), "pitch_rate": (1.0, 6.0), "pitch_integral": (0.0, 3.0),
}  # fmt: skip


@dataclass(frozen=True)
class Generation:
    """What a generation brought: its mean gains, and mean and best cost of its members."""

    number: int
    gains: Gains
    mean_cost: float
    best_cost: float

    def __str__(self) -> str:
        return f"generation {self.number}: mean cost {self.mean_cost:.4f}, best {self.best_cost:.4f}"


def flight_cost(flight: Flight, smoothness_scale: float, span_m: float) -> float:
    """0 for a perfect, quiet take-off, up to MARGIN_WEIGHT for one at its limits, one more for a failure."""
    found = flight.metrics
    used = max(found["centreline_m"] / span_m, found["bank_deg"] / 10, found["heading_deg"] / 15)
    activity = flight.reward_terms["smoothness"] / smoothness_scale / max(1.0, found["time_s"])
    return float(not flight.is_success) + MARGIN_WEIGHT * min(1.0, used) ** 2 + ACTIVITY_WEIGHT * activity


def search_gains(
    aircraft: str = "ultra_stick", generations: int = 10, members: int = 20, flights: int = 24, seed: int = 0,
    start: Gains | None = None, on_generation: Callable[[Generation], None] = lambda _: None,
) -> Gains:
    """The mean gains after the last generation; `flights` per member and weather. Deterministic in its arguments."""
    rng = np.random.default_rng(seed)
    start = start or Gains()
    low, high = (np.array([RANGES[name][k] for name in RANGES]) for k in (0, 1))
    mean = (np.array([getattr(start, name) for name in RANGES]) - low) / (high - low)
    spread = np.full(len(RANGES), START_SPREAD)

    def gains_at(place: np.ndarray) -> Gains:
        return replace(start, **dict(zip(RANGES, (low + place * (high - low)).tolist(), strict=True)))

    with ExitStack() as stack:
        tests = {weather: stack.enter_context(FlightTest(functools.partial(FlightEnv, aircraft=aircraft,
                                                                           weather=weather), 1)) for weather in WEIGHTS}
        for number in range(generations):
            seeds = range(FIRST_SEED + number * flights, FIRST_SEED + (number + 1) * flights)
            places = np.clip(mean + spread * rng.standard_normal((members, len(RANGES))), 0, 1)
            costs = np.array([mean_cost(tests, aircraft, gains_at(place), seeds) for place in places])
            best = places[np.argsort(costs)[: max(2, round(BEST * members))]]
            mean = mean + LEARN * (best.mean(axis=0) - mean)
            spread = np.maximum(LEAST_SPREAD, spread + LEARN * (best.std(axis=0) - spread))
            on_generation(Generation(number, gains_at(mean), float(costs.mean()), float(costs.min())))
    return gains_at(mean)


def mean_cost(tests: dict[str, FlightTest], aircraft: str, gains: Gains, seeds: Sequence[int]) -> float:
    """Mean of flight_cost over the weathers by WEIGHTS."""
    env = FlightEnv(aircraft=aircraft)
    pilot, scale, span = Autopilot.for_env(env, gains), env.reward_scales["smoothness"], env.aircraft.span_m
    env.close()
    cost = {weather: np.mean([flight_cost(flight, scale, span) for flight in test.fly(pilot, seeds)])
            for weather, test in tests.items()}
    return float(sum(WEIGHTS[weather] * cost[weather] for weather in cost) / sum(WEIGHTS.values()))


def gains_as_text(gains: Gains) -> str:
    """The gains, one `name = value` a line, rounded to three figures."""
    return "\n".join(f"{f.name} = {getattr(gains, f.name):.3g}" for f in fields(Gains))
