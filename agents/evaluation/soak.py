"""Millions of steps on senseless sticks over every task, aircraft and weather: all stays finite, bounded, in memory.

A quarter of the flights each: random sticks, sticks from stop to stop, sticks held at a stop, and random ones of which
some are NaN or infinite, which must be refused without a trace in the flight.
"""

from __future__ import annotations

import gc
import itertools
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from envs.base.config_file import names_of
from envs.base.errors import InputError
from envs.base.quantities import QUANTITIES
from envs.flight_env import FlightEnv
from envs.observation import LIMIT
from envs.tasks import TASKS

ROUNDS = 3
BOUNDS = {"airspeed": 150.0, "p": 150.0, "q": 150.0, "r": 150.0, "z": 5000.0}
"""What no model aircraft reaches: m/s, rad/s, m. (At 150 rad/s a wing tip half a metre out moves at 75 m/s.)"""
HELD = 12  # control steps at most for which a stick stays at a stop
BAD_SHARE = 0.05  # of the actions of a flight with bad ones


class SoakError(Exception):
    """Something left its bounds: where, and what."""


@dataclass
class Soaked:
    """What a soak counted: `largest` is the greatest magnitude of each bounded quantity, memory is in bytes."""

    steps: int = 0
    flights: int = 0
    refused: int = 0
    seconds: float = 0.0
    memory_grown: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    largest: dict[str, float] = field(default_factory=lambda: dict.fromkeys(BOUNDS, 0.0))
    combinations: int = 0


def soak(
    steps: int,
    report: Callable[[str], object],
    aircraft: Sequence[str] = (),
    weathers: Sequence[str] = (),
) -> Soaked:
    """Fly `steps` control steps, spread over all tasks, `aircraft` and `weathers` (default: all that there are).

    Raises SoakError at the first step that is not finite or out of bounds.
    """
    places = []
    for task, craft, weather in itertools.product(
        sorted(TASKS), aircraft or names_of("aircraft"), weathers or names_of("weather")
    ):
        try:
            FlightEnv(task=task, aircraft=craft, weather=weather).close()
            places.append((task, craft, weather))
        except InputError as error:
            report(f"left out: {task}, {craft}: {error}")
    total, watched = Soaked(combinations=len(places)), [QUANTITIES.index(name) for name in BOUNDS]
    began, first_memory = time.perf_counter(), 0
    share = -(-steps // (ROUNDS * len(places)))
    for number in range(ROUNDS):
        for task, craft, weather in places:
            # One at a time, and anew in every round: Bullet takes 30 MB a world, which it must give back.
            env = FlightEnv(task=task, aircraft=craft, weather=weather)
            _fly(env, f"{task}, {craft}, {weather}", number, min(share, steps - total.steps), total, watched)
            env.close()
        gc.collect()
        memory = memory_used()
        first_memory = first_memory or memory  # the first round fills what is kept
        total.memory_grown = memory - first_memory
        report(f"{total.steps:,} of {steps:,} steps, memory {memory / 1e6:.1f} MB")
    total.seconds = time.perf_counter() - began
    return total


def _fly(env: FlightEnv, place: str, number: int, steps: int, total: Soaked, watched: list[int]) -> None:
    rng = np.random.default_rng([number, total.steps])
    sticks, over, seed = "", True, 0
    action: NDArray[np.float64] = np.zeros(4)
    bounds = np.array(list(BOUNDS.values()))
    largest = np.array(list(total.largest.values()))
    for step in range(steps):
        if over:
            seed = int(rng.integers(2**62))
            env.reset(seed=seed)
            total.flights += 1
            sticks = ("random", "bang-bang", "held", "bad")[int(rng.integers(4))]
            action = rng.choice([-1.0, 1.0], 4)
        if sticks in ("random", "bad"):
            action = rng.uniform(-1.0, 1.0, 4)
        elif sticks == "bang-bang" and step % rng.integers(1, HELD) == 0:
            action = rng.choice([-1.0, 1.0], 4)
        if sticks == "bad" and rng.random() < BAD_SHARE:
            _refuse(env, rng, f"{place}, seed {seed}")
            total.refused += 1
        observation, reward, terminated, truncated, info = env.step(action)
        truth = env._truth
        if not (np.isfinite(observation).all() and np.isfinite(truth).all() and np.isfinite(reward)):
            raise SoakError(f"{place}, seed {seed}, {sticks} sticks: a reading, a reward or the state is not finite")
        if np.abs(observation).max() > LIMIT:
            raise SoakError(f"{place}, seed {seed}, {sticks} sticks: a reading is beyond {LIMIT:g}")
        np.maximum(largest, np.abs(truth[watched]), out=largest)
        if (largest > bounds).any():
            name = list(BOUNDS)[int(np.argmax(largest / bounds))]
            raise SoakError(f"{place}, seed {seed}, {sticks} sticks: {name} is {largest.max():.0f}")
        over = terminated or truncated
        if over:
            total.outcomes[info["outcome"]] += 1
    total.steps += steps
    total.largest = dict(zip(BOUNDS, largest.tolist(), strict=True))


def _refuse(env: FlightEnv, rng: np.random.Generator, place: str) -> None:
    """Raise SoakError unless a bad action is refused and leaves everything as it was."""
    bad = rng.uniform(-1.0, 1.0, 4)
    bad[rng.integers(4)] = rng.choice([np.nan, np.inf, -np.inf])
    before, generator = env.world.state.tobytes(), env.np_random.bit_generator.state
    try:
        env.step(bad)
    except ValueError:
        if env.world.state.tobytes() == before and env.np_random.bit_generator.state == generator:
            return
        raise SoakError(f"{place}: a refused action changed the flight") from None
    raise SoakError(f"{place}: the action {bad} was flown")


def memory_used() -> int:
    """Bytes that this process holds now on Linux, or has held at most (other systems)."""
    table = Path("/proc/self/statm")
    if table.is_file():
        import resource

        return int(table.read_text(encoding="ascii").split()[1]) * resource.getpagesize()
    if sys.platform == "win32":
        return 0
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
