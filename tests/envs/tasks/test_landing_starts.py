"""Where the landing's flights start, and what a learning programme may change of them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from envs.base.errors import InputError
from envs.flight_env import FlightEnv
from envs.tasks.landing import LandingTask
from envs.tasks.parts.landing_reward import intercept
from tests.support.landing_pilot import BookPilot, fly


def test_starts_are_in_trim_and_carried_by_the_wind() -> None:
    """Controls left alone, the first half second is near steady flight at the drawn airspeed, whatever the wind."""
    for name in ("ultra_stick", "sport", "mcfoamy", "x8"):
        env = FlightEnv(task="landing", aircraft=name, weather="gusty")
        stall = env.aircraft.stall_speed_mps
        kinds = set()
        for seed in range(30):
            env.reset(seed=seed)
            q = env.quantities
            assert 1.14 <= q.airspeed / stall <= 1.51
            assert q.height > 1.0
            kinds.add(round(q.heading / (math.pi / 2)))
            loads = []
            throttle = 2 * env.world.state[0]["command"][4] - 1
            for _ in range(5):
                env.step(np.array([0, 0, 0, throttle], np.float32))
                loads.append(env.quantities.load_factor)
            assert 0.2 < np.mean(loads) < 1.8  # a gust may strike just then
        assert kinds == {-1, 0, 1}  # base leg from either side, and final
        env.close()


def test_easy_starts_come_only_when_asked_for() -> None:
    full, easy = FlightEnv(task="landing"), FlightEnv(task="landing", task_options={"easy_share": 1.0, "roll_share": 0})
    heights = []
    for seed in range(40):
        full.reset(seed=seed)
        assert full.quantities.along_track < -19 * full.aircraft.span_m
        easy.reset(seed=seed)
        assert easy.quantities.along_track > -61 * easy.aircraft.span_m
        assert easy.quantities.wheels_on_ground == 0
        heights.append(easy.quantities.height)
    assert min(heights) < 0.3
    assert max(heights) > 2.5


@pytest.mark.parametrize("aircraft", ["ultra_stick", "angel", "x8"])
def test_a_flight_may_start_about_to_touch_down(aircraft: str) -> None:
    options = {"easy_share": 1.0, "roll_share": 0.0, "touch_share": 1.0}
    env = FlightEnv(task="landing", aircraft=aircraft, weather="breeze", task_options=options)
    span, stall = env.aircraft.span_m, env.stall_speed_mps
    waited, counted = [], 0
    for seed in range(30):
        env.reset(seed=seed)
        start = env.quantities
        assert 0 < start.height <= 0.05 * span + 1e-3
        assert 0.95 * stall < start.airspeed < 1.35 * stall
        assert not start.wheels_on_ground
        for _ in range(90):
            _, _, over, _, info = env.step(np.array([0, 0.1, 0, -1], np.float32))
            if env.quantities.wheels_on_ground or over:
                break
        waited.append(env.quantities.time)
        counted += not over or info["outcome"] == "veered"
    assert np.median(waited) < 1.0
    assert counted >= 24  # the others strike with a wing tip, or touch beyond a limit that ends the flight


def test_training_may_move_the_options_of_an_env() -> None:
    env = FlightEnv(task="landing", weather="calm")
    env.set_training({"easy_share": 1.0, "roll_share": 1.0}, {"touch": -0.1})
    env.reset(seed=0)
    assert env.quantities.wheels_on_ground == 3
    assert env.reward_scales["touch"] == -0.1
    assert LandingTask.default_reward["touch"] != -0.1
    assert FlightEnv(task="landing").task.options["easy_share"] == 0.0
    with pytest.raises(InputError, match="did you mean 'easy_share'"):
        env.set_training({"easy_shar": 1.0}, {})


def test_training_may_begin_in_less_wind() -> None:
    env = FlightEnv(task="landing", weather="gusty")
    env.reset(seed=3)
    whole = env.world.state[0]
    wind, turbulence, gusts = whole["wind_reference"].copy(), float(whole["turbulence"]), whole["gust_peak"].copy()
    assert np.abs(gusts).max() > 0
    env.set_training({}, {}, 0.4)
    env.reset(seed=3)
    part = env.world.state[0]
    assert part["wind_reference"] == pytest.approx(0.4 * wind)
    assert float(part["turbulence"]) == pytest.approx(0.4 * turbulence)
    assert part["gust_peak"] == pytest.approx(0.4 * gusts)


def test_the_course_wanted_is_a_turn_onto_the_centreline() -> None:
    radius = 29.0
    assert intercept(2 * radius, radius) == pytest.approx(math.pi / 2)
    assert intercept(radius, radius) == pytest.approx(math.pi / 2)
    for angle in (0.8, 1.2):  # on the turn's circle
        assert intercept(radius * (1 - math.cos(angle)), radius) == pytest.approx(angle)
    assert intercept(0.5, radius) == pytest.approx(0.0625)


def test_rolling_starts_count_as_landed_only_after_the_roll_out() -> None:
    env = FlightEnv(task="landing", weather="calm", task_options={"easy_share": 1.0, "roll_share": 1.0})
    pilot = BookPilot(env)
    for seed in range(5):
        env.reset(seed=seed)
        assert env.quantities.wheels_on_ground == 3
        speed = env.quantities.vx
        assert 0.9 < speed < 11.1
        info, reward = fly(env, pilot)
        assert info["outcome"] == "landed"
        assert reward > 5
