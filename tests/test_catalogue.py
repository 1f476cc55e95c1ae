"""Every aircraft x task x discrepancy that is found flies: finite observations, bounded rewards, an outcome."""

from __future__ import annotations

import numpy as np
import pytest

from envs.base.config_file import names_of
from envs.discrepancies import discrepancy_names
from envs.flight_env import FlightEnv
from envs.observation import LIMIT
from envs.tasks import TASKS


@pytest.mark.parametrize("aircraft", names_of("aircraft"))
@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("discrepancy", [None, *discrepancy_names()])
def test_flies(aircraft: str, task: str, discrepancy: str | None) -> None:
    env = FlightEnv(task=task, aircraft=aircraft, weather="gusty", discrepancies=[discrepancy] if discrepancy else [])
    rng = np.random.default_rng(0)
    ends = 0
    for seed in range(3):
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
    assert ends == 3


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
