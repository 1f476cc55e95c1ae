"""The flight controller's estimate: close to the truth, never the truth, honest about what it cannot see."""

from __future__ import annotations

import numpy as np
import pytest

from envs.base.quantities import QUANTITIES
from envs.flight_env import FlightEnv


def flights(suite: str, seeds: range, steps: int = 90) -> tuple[np.ndarray, np.ndarray]:
    """(truth, estimate) (n, len(QUANTITIES)) of take-off runs with a small steering loop."""
    env = FlightEnv(weather="breeze", sensor_suite=suite, observation="sensors")
    truth, sensed = [], []
    for seed in seeds:
        env.reset(seed=seed)
        for _ in range(steps):
            q = env.quantities
            rudder = np.clip(-1.5 * q.heading - 0.3 * q.r, -1, 1)
            _, _, terminated, truncated, _ = env.step(np.array([0.02, 0.0, rudder, 0.6]))
            truth.append(env.quantities)
            sensed.append(env.sensed)
            if terminated or truncated:
                break
    return np.array(truth), np.array(sensed)


@pytest.fixture(scope="module")
def precise() -> tuple[np.ndarray, np.ndarray]:
    return flights("precise", range(40))


def column(values: np.ndarray, name: str) -> np.ndarray:
    return values[:, QUANTITIES.index(name)]


@pytest.mark.parametrize(
    ("name", "bound"),
    [
        ("roll", np.radians(1.2)),
        ("pitch", np.radians(1.5)),
        ("heading", np.radians(2.0)),
        ("y", 0.06),
        ("height", 0.08),
        ("vx", 0.3),
        ("vz", 0.15),
        ("p", np.radians(0.5)),
    ],
)
def test_the_estimate_is_near_the_truth_but_not_the_truth(precise: tuple, name: str, bound: float) -> None:
    error = column(precise[1], name) - column(precise[0], name)
    assert np.sqrt(np.mean(error**2)) < bound
    assert np.std(error) > 0.01 * bound


def test_gyro_errors_have_the_stated_size_and_no_mean() -> None:
    # Standing still: what the gyro shows is its bias (0.05 deg/s, drawn once a flight) and noise (0.13 deg/s).
    env = FlightEnv(weather="calm")
    readings = []
    for seed in range(60):
        env.reset(seed=seed)
        for _ in range(50):
            env.step(np.array([0.0, 0.0, 0.0, -1.0]))
            readings.append(env.sensed.p)
    shown = np.degrees(np.array(readings))
    assert abs(shown.mean()) < 4 * 0.05 / np.sqrt(60)
    assert shown.std() == pytest.approx(np.hypot(0.13, 0.05), rel=0.1)


def test_the_pitot_reads_nothing_at_low_speed_and_well_at_speed(precise: tuple) -> None:
    truth, sensed = column(precise[0], "airspeed"), column(precise[1], "airspeed")
    assert np.all(sensed[truth < 1.5] == 0.0)
    fast = truth > 9.0
    assert fast.sum() > 100
    assert np.sqrt(np.mean((sensed - truth)[fast] ** 2)) < 0.8  # lag 0.05 s at 6 m/s2 is 0.3 m/s of it
    assert np.mean((sensed - truth)[fast]) < 0  # the tube lags behind a rising speed


def test_what_no_sensor_gives_stays_zero(precise: tuple) -> None:
    for name in ("alpha", "beta", "wind_x", "wind_y", "aileron", "thrust"):
        assert np.all(column(precise[1], name) == 0.0)
        assert np.any(column(precise[0], name) != 0.0)


def test_a_plain_receiver_is_much_worse_across(precise: tuple) -> None:
    hobby = flights("hobby", range(40))
    rms = [np.sqrt(np.mean((column(s, "y") - column(t, "y")) ** 2)) for t, s in (precise, hobby)]
    assert rms[1] > 10 * rms[0]
    assert 0.5 < rms[1] < 3.0  # 1.5 m is what such receivers give
