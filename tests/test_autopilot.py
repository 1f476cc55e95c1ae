"""The hand-tuned take-off pilot: it flies, and it behaves as stable-baselines3 expects of anything that predicts."""

from __future__ import annotations

import copy
import functools
from dataclasses import replace

import gymnasium
import numpy as np
import pytest

from agents.autopilot import NEEDED, Autopilot, Gains
from agents.autopilot_tuning import RANGES, flight_cost
from agents.evaluation import Flight, FlightTest, success_rate
from envs.errors import InputError
from envs.flight_env import FlightEnv

VALIDATION_SEEDS = range(500, 540)


def fly_single(env: FlightEnv, pilot: Autopilot, seed: int) -> tuple[bool, list[np.ndarray]]:
    """One flight with one-row calls of predict: whether it succeeded, and its actions."""
    observation, _ = env.reset(seed=seed)
    state, actions = None, []
    while True:
        action, state = pilot.predict(observation, state, episode_start=np.array([not actions]))
        actions.append(action)
        observation, _, terminated, truncated, info = env.step(action)
        if terminated or truncated:
            return info["is_success"], actions


@pytest.fixture(scope="module")
def env() -> FlightEnv:
    return FlightEnv(weather="breeze")


@pytest.fixture(scope="module")
def flown(env: FlightEnv) -> list[Flight]:
    with FlightTest(functools.partial(FlightEnv, weather="breeze"), 1) as test:
        return test.fly(Autopilot.for_env(env), VALIDATION_SEEDS)


def test_it_takes_off_in_a_breeze(flown: list[Flight]) -> None:
    assert success_rate(flown) >= 0.97


def test_it_lifts_off_flying_and_never_slow(flown: list[Flight]) -> None:
    landed = [flight for flight in flown if flight.is_success]
    assert min(flight.metrics["lift_off_speed_vs"] for flight in landed) > 1.2
    assert min(flight.metrics["slowest_vs"] for flight in landed) > 1.25


def test_flights_side_by_side_are_the_flights_alone(env: FlightEnv, flown: list[Flight]) -> None:
    pilot = Autopilot.for_env(env)
    for flight in flown[:3]:
        success, actions = fly_single(env, pilot, flight.seed)
        assert (success, len(actions)) == (flight.is_success, flight.steps)


def test_the_truth_flies_as_well_as_sensors() -> None:
    env = FlightEnv(weather="breeze", observation="state")
    pilot = Autopilot.for_env(env)
    assert all(fly_single(env, pilot, seed)[0] for seed in range(3))


def test_memory_travels_in_the_state_alone(env: FlightEnv) -> None:
    pilot = Autopilot.for_env(env)
    rng = np.random.default_rng(1)
    first, second = rng.uniform(-1, 1, (2, 4, len(env.observation_names))).astype(np.float32)
    _, state = pilot.predict(first)
    before = copy.deepcopy(state)
    starts = np.array([False, True, False, False])
    actions, _ = pilot.predict(second, state, starts)
    again, _ = pilot.predict(second, state, starts)
    np.testing.assert_array_equal(actions, again)
    for name, value in vars(before).items():
        np.testing.assert_array_equal(value, getattr(state, name))
    fresh, _ = pilot.predict(second)
    np.testing.assert_array_equal(actions[1], fresh[1])
    assert not np.array_equal(actions, fresh)


def test_one_observation_gives_one_action(env: FlightEnv) -> None:
    pilot = Autopilot.for_env(env)
    batch = np.zeros((2, len(env.observation_names)), np.float32)
    one, _ = pilot.predict(batch[0])
    two, _ = pilot.predict(batch)
    assert one.shape == (4,)
    assert one.dtype == two.dtype == np.float32
    np.testing.assert_array_equal(one, two[1])


def test_commands_stay_in_range_whatever_it_sees(env: FlightEnv) -> None:
    pilot, state = Autopilot.for_env(env), None
    rng = np.random.default_rng(2)
    for _ in range(50):
        actions, state = pilot.predict(rng.uniform(-5, 5, (8, len(env.observation_names))), state)
        assert np.isfinite(actions).all()
        assert np.abs(actions).max() <= 1


def test_it_finds_the_flight_env_under_wrappers() -> None:
    import envs  # noqa: F401  (registers the ids)

    wrapped = gymnasium.make("ModelAircraft/Takeoff-v0", weather="calm")
    action, _ = Autopilot.for_env(wrapped).predict(wrapped.reset(seed=0)[0])
    assert action in wrapped.action_space


def test_a_missing_row_is_named() -> None:
    with pytest.raises(InputError, match="roll_rate"):
        Autopilot([name for name in NEEDED if name != "roll_rate"], 10.0, 1.27)


def test_every_searched_gain_lies_inside_its_range() -> None:
    for name, (low, high) in RANGES.items():
        assert low <= getattr(Gains(), name) <= high, name


def test_a_failure_costs_more_than_any_success() -> None:
    metrics = {"centreline_m": 1.2, "bank_deg": 9.9, "heading_deg": 14.0, "time_s": 7.0}
    worst = Flight(0, True, "climbing", 210, 0.0, metrics, {"smoothness": -0.02 * 200})
    failed = replace(worst, is_success=False, metrics=dict.fromkeys(metrics, 0.0), reward_terms={"smoothness": 0.0})
    assert flight_cost(worst, -0.02, 1.27) < flight_cost(failed, -0.02, 1.27)
