"""The benchmark measures what it names: a flight that deserves its marks, a training of the shipped programme."""

from __future__ import annotations

import functools

from stable_baselines3.common.vec_env import DummyVecEnv

from agents.training.benchmark import FreeEnv, ppo_rates
from agents.training.judge_benchmark import judging_ms
from envs.flight_env import FlightEnv


def test_what_is_measured_is_a_whole_figure_judged() -> None:
    figures = judging_ms(bursts=2)
    assert figures["score"] > 9.9
    assert 0.1 < figures["judge_ms"] < 200.0


def test_the_free_environment_is_learned_on_by_the_shipped_programme() -> None:
    real = FlightEnv()
    real.close()
    rates = ppo_rates(lambda: DummyVecEnv([functools.partial(FreeEnv, real)] * 16), updates=2)
    assert all(1.0 < rate < 10_000.0 for rate in rates)
