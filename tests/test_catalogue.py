"""Every aircraft x task and aircraft x discrepancy that is found flies: finite observations, bounded rewards."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest

from envs.base.config_file import names_of
from envs.base.errors import InputError
from envs.discrepancies import discrepancy_names, find_discrepancy
from envs.flight_env import FlightEnv
from envs.observation import LIMIT
from envs.tasks import TASKS


@pytest.mark.parametrize("aircraft", names_of("aircraft"))
@pytest.mark.parametrize("task", TASKS)
def test_flies(aircraft: str, task: str) -> None:
    env = FlightEnv(task=task, aircraft=aircraft, weather="gusty")
    assert ends_of(env, flights=3) == 3


@pytest.mark.parametrize("aircraft", ["ultra_stick", "x8"])  # the others, built: tests/envs/discrepancies/test_parts.py
@pytest.mark.parametrize("discrepancy", discrepancy_names())
def test_flies_as_built(aircraft: str, discrepancy: str) -> None:
    """Both ends of its range, on a runway and from the air, unless the aircraft cannot have it."""
    for task, severity in zip(("takeoff", "landing"), find_discrepancy(discrepancy).RANGE, strict=True):
        # What it cannot have: tests/envs/discrepancies/test_parts.py.
        with contextlib.suppress(InputError):
            env = FlightEnv(task=task, aircraft=aircraft, weather="gusty", discrepancies=[f"{discrepancy}={severity}"])
            assert ends_of(env, flights=1) == 1


def ends_of(env: FlightEnv, flights: int) -> int:
    """How many of so many flights at random sticks came to an end."""
    rng = np.random.default_rng(0)
    ends = 0
    for seed in range(flights):
        observation, _ = env.reset(seed=seed)
        for _ in range(round(env.task.time_limit_s * 30) + 1):
            assert np.all(np.isfinite(observation))
            assert np.max(np.abs(observation)) <= LIMIT
            action = np.array([*rng.uniform(-0.5, 0.5, 3), 0.8], np.float32)
            observation, reward, terminated, truncated, info = env.step(action)
            assert abs(reward) < 20
            if terminated or truncated:
                assert info["outcome"]
                assert all(np.isfinite(v) for v in info["metrics"].values())
                ends += 1
                break
    env.close()
    return ends


@pytest.mark.parametrize("weather", names_of("weather"))
def test_weather_levels_blow_within_their_bounds(weather: str) -> None:
    env = FlightEnv(weather=weather)
    stall = env.aircraft.stall_speed_mps
    winds = []
    for seed in range(200):
        env.reset(seed=seed)
        winds.append(env.world.state[0]["wind_reference"].copy() / stall)
    along, across = np.array(winds)[:, 0], np.array(winds)[:, 1]
    level = env.weather
    assert -level.head <= along.min()
    assert along.max() <= level.tail
    assert np.abs(across).max() <= level.cross
    if level.cross:
        assert abs(across.mean()) < 0.15 * level.cross  # both sides alike
        assert np.abs(across).max() > 0.9 * level.cross  # and the whole level is used
