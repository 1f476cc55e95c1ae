"""Fly many flights with one pilot and count: the same scenario seeds for every pilot, one frozen policy.

The result depends on pilot, environment and seeds only. Observations always reach the pilot in batches of
`SIDE_BY_SIDE`, for a matrix product may differ in the last bit with its shape; the number of processes changes
nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np

from agents.environments.flights import EnvFunction, RecordedFlights, ScheduledFlights
from agents.environments.vec_env import SharedMemoryVecEnv
from agents.pilot import Pilot
from envs.tasks import TASKS

SIDE_BY_SIDE = 16
"""Flights side by side: enough to make the pilot's share small, few enough to keep all rows busy."""


@dataclass(frozen=True)
class Flight:
    """How one flight ended. `total_reward` is not discounted; metrics are named with their unit.

    `phrase`: the outcome in plain words, "" of an environment that has none; `figure`: the stunt that was flown, or "".
    """

    seed: int
    is_success: bool
    outcome: str
    steps: int
    total_reward: float
    metrics: dict[str, float] = field(default_factory=dict)
    reward_terms: dict[str, float] = field(default_factory=dict)
    phrase: str = ""
    figure: str = ""


class FlightTest:
    """Environments ready to fly any list of seeds, kept for many evaluations; close it, or use `with`."""

    def __init__(
        self,
        make_env: EnvFunction,
        processes: int | None = None,
        record_to: Path | None = None,
        pilot_name: str = "pilot",
    ):
        def make_scheduled() -> gymnasium.Env:
            env = make_env()
            return ScheduledFlights(RecordedFlights(env, record_to, pilot_name) if record_to else env)

        self._env = SharedMemoryVecEnv([make_scheduled] * SIDE_BY_SIDE, processes or None)

    def __enter__(self) -> FlightTest:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """End the environments and their processes."""
        self._env.close()

    def fly(
        self, pilot: Pilot, seeds: Sequence[int], on_landed: Callable[[Flight], None] | None = None
    ) -> list[Flight]:
        """One flight a seed, in the order of `seeds`; `on_landed` is called as each ends."""
        for row in range(SIDE_BY_SIDE):
            self._env.env_method("schedule", seeds[row::SIDE_BY_SIDE], indices=row)
        flights: dict[int, Flight] = {}
        flown = [0] * SIDE_BY_SIDE
        steps, rewards = np.zeros(SIDE_BY_SIDE, np.int64), np.zeros(SIDE_BY_SIDE)
        observations, state, starts = self._env.reset(), None, np.ones(SIDE_BY_SIDE, dtype=bool)
        while len(flights) < len(seeds):
            actions, state = pilot.predict(observations, state=state, episode_start=starts, deterministic=True)
            observations, step_rewards, starts, infos = self._env.step(actions)
            steps += 1
            rewards += step_rewards
            for row in np.flatnonzero(starts):
                info, index = infos[row], int(row) + SIDE_BY_SIDE * flown[row]
                flights[index] = Flight(
                    seeds[index],
                    bool(info["is_success"]),
                    str(info["outcome"]),
                    int(steps[row]),
                    float(rewards[row]),
                    dict(info["metrics"]),
                    dict(info.get("reward_terms", {})),
                    str(info.get("ending", {}).get("phrase", "")),
                    str(info.get("figure", "")),
                )
                steps[row], rewards[row] = 0, 0.0
                flown[row] += 1
                if on_landed:
                    on_landed(flights[index])
        return [flights[index] for index in range(len(seeds))]


def success_interval(successes: int, flights: int, confidence: float = 0.95) -> tuple[float, float]:
    """Clopper-Pearson bounds of the success rate, from binomial counts: never narrower than promised."""
    from scipy.special import betaincinv  # scipy.stats would take half a second to import

    tail = (1 - confidence) / 2
    low = betaincinv(successes, flights - successes + 1, tail) if successes > 0 else 0.0
    high = betaincinv(successes + 1, flights - successes, 1 - tail) if successes < flights else 1.0
    return float(low), float(high)


def summary(
    flights: Sequence[Flight],
    *,
    task: str,
    aircraft: str,
    weather: str,
    pilot: str,
    discrepancies: Sequence[str] = (),
    settings: Sequence[str] = (),
) -> dict[str, Any]:
    """The content of evaluation.json for flights on consecutive seeds.

    `settings`: what else differed from the pilot's training, as typed.
    """
    successes = sum(flight.is_success for flight in flights)
    low, high = success_interval(successes, len(flights))
    names = dict.fromkeys(name for flight in flights for name in flight.metrics)
    metrics = {name: _statistics([flight.metrics.get(name, np.nan) for flight in flights]) for name in names}
    return {
        "task": task,
        "aircraft": aircraft,
        "weather": weather,
        "discrepancies": list(discrepancies),
        **({"settings": list(settings)} if settings else {}),
        "pilot": pilot,
        "flights": len(flights),
        "seed": flights[0].seed,
        "successes": successes,
        "success_rate": successes / len(flights),
        "success_low": low,
        "success_high": high,
        "mean_return": mean_return(flights),
        "metrics": {name: values for name, values in metrics.items() if values},
        "outcomes": dict(Counter(flight.outcome for flight in flights).most_common()),
        "phrases": _phrases(flights, task),
        "failed_seeds": failed_seeds(flights),
        **({"figures": figures} if (figures := by_figure(flights)) else {}),
    }


def by_figure(flights: Sequence[Flight]) -> dict[str, dict[str, float]]:
    """{figure: how many were flown, marked, marked with 0, mean mark, mean path error in m}; {} where none is flown.

    A figure that the flight was placed on the way of has no mark.
    """
    told: dict[str, dict[str, float]] = {}
    for name in sorted({flight.figure for flight in flights if flight.figure}):
        own = [flight for flight in flights if flight.figure == name]
        marks = [flight.metrics["f3a_score"] for flight in own if "f3a_score" in flight.metrics]
        told[name] = {"flights": len(own), "flown": sum(flight.is_success for flight in own)}
        if marks:
            told[name] |= {"marked": len(marks), "zeros": marks.count(0.0), "f3a_score": float(np.mean(marks))}
        told[name]["path_error_m"] = float(np.mean([flight.metrics["path_error_m"] for flight in own]))
    return told


def failed_seeds(flights: Sequence[Flight]) -> dict[str, list[int]]:
    """{outcome: seeds of the flights that failed so}, the commonest outcome first."""
    failed = [flight for flight in flights if not flight.is_success]
    counts = Counter(flight.outcome for flight in failed)
    return {word: [flight.seed for flight in failed if flight.outcome == word] for word, _ in counts.most_common()}


def _phrases(flights: Sequence[Flight], task: str) -> dict[str, str]:
    """{outcome: what it means in plain words}; of a flight of several parts, in each in which it occurred."""
    told: dict[str, dict[str, None]] = {}
    for flight in flights:
        words = TASKS[task].phrase(flight.outcome, flight.metrics) if task in TASKS else flight.outcome
        told.setdefault(flight.outcome, {})[words] = None
    return {word: " or ".join(words) for word, words in told.items()}


def _statistics(values: Sequence[float]) -> dict[str, float]:
    """Of the flights that have the metric; {} if none has.

    One that never left the ground has no lift-off speed (NaN or none).
    """
    finite = np.asarray(values, dtype=np.float64)
    finite = finite[np.isfinite(finite)]
    if not finite.size:
        return {}
    p50, p95, p99 = np.percentile(finite, [50, 95, 99])
    return {
        "mean": float(finite.mean()),
        "std": float(finite.std()),
        "p50": float(p50),
        "p95": float(p95),
        "p99": float(p99),
        "min": float(finite.min()),
        "max": float(finite.max()),
    }


def success_rate(flights: Sequence[Flight]) -> float:
    """Share of the flights that succeeded, 0..1."""
    return sum(flight.is_success for flight in flights) / len(flights)


def mean_return(flights: Sequence[Flight]) -> float:
    """Mean of the flights' total rewards, not discounted."""
    return sum(flight.total_reward for flight in flights) / len(flights)
