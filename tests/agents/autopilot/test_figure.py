"""The hand-written aerobatic pilot: it flies figures at any attitude, from its readings alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from agents.autopilot import autopilot_for
from agents.autopilot.figure import FigureAutopilot
from agents.evaluation.flight_test import Flight, FlightTest
from envs.flight_env import FlightEnv
from envs.flights.flight_log import FlightRecorder
from envs.flights.judging import judge_flight


def flown(figure: str, weather: str, flights: int) -> list[Flight]:
    env = FlightEnv(figure, weather=weather)
    pilot = autopilot_for(env)
    env.close()
    with FlightTest(lambda: FlightEnv(figure, weather=weather), processes=1) as test:
        return test.fly(pilot, range(flights))


@pytest.mark.parametrize("figure", ["immelmann", "inverted_flight"])
def test_it_flies_figures_in_a_breeze_and_the_judge_knows_them(figure: str) -> None:
    """And the loop: test_autopilot.py."""
    flights = flown(figure, "breeze", 8)
    assert [flight.outcome for flight in flights] == ["flown"] * 8
    assert np.mean([flight.metrics["f3a_score"] for flight in flights]) > 4.0
    assert np.mean([flight.metrics["mean_path_error_m"] for flight in flights]) < 3.0


def test_knife_edge_is_carried_by_fuselage_and_rudder() -> None:
    flights = flown("knife_edge", "breeze", 10)
    assert [flight.outcome for flight in flights] == ["flown"] * 10
    assert np.mean([flight.metrics["f3a_score"] for flight in flights]) > 7.0  # 8.1 measured in the breeze
    assert max(flight.metrics["path_error_m"] for flight in flights) < 3.0


def test_a_stall_turn_swings_over_the_rudder() -> None:
    flights = flown("stall_turn", "breeze", 10)
    assert sum(flight.outcome == "flown" for flight in flights) >= 8
    assert np.mean([flight.metrics["f3a_score"] for flight in flights]) > 1.0  # 2.7 measured; all were 0
    assert np.mean([flight.metrics["path_error_m"] for flight in flights]) < 7.0


def test_the_side_of_the_path_decides_the_side_of_the_sticks() -> None:
    """Mirrored readings give mirrored sticks: nothing in it knows left from right."""
    env = FlightEnv("loop", weather="calm")
    pilot = FigureAutopilot.for_env(env)
    names = env.observation_names
    observation, _ = env.reset(seed=1)
    env.close()
    odd = {"roll_rate", "yaw_rate", "accel_right", "pivot", "spin", "aileron_command", "rudder_command"}
    mirror = np.array([-1.0 if name.endswith("_y") or name in odd else 1.0 for name in names], np.float32)
    seen = np.clip(observation + 0.2 * np.random.default_rng(0).standard_normal((6, len(names))), -5, 5)
    one, _ = pilot.predict(seen)
    other, _ = pilot.predict(seen * mirror)
    assert other == pytest.approx(one * [-1, 1, -1, 1], abs=1e-6)


def test_integrators_stop_where_the_aircraft_does_not_answer() -> None:
    env = FlightEnv("loop", weather="calm")
    pilot = FigureAutopilot.for_env(env)
    observation, _ = env.reset(seed=0)
    names, right = list(env.observation_names), {"y": -1.0, "z": 0.0, "x": 0.0}
    env.close()
    for name in ("path_canopy", "canopy_near"):  # for 20 s a quarter of a roll to the right is asked for
        for axis, value in right.items():
            observation[names.index(f"{name}_{axis}")] = value
    state = None
    for _ in range(600):
        sticks, state = pilot.predict(observation, state)
    assert sticks[0] > 0.9
    for held, power in ((state.roll, pilot.facts.aileron), (state.pitch, pilot.facts.elevator)):
        assert np.abs(held).max() <= 2.25 * power * pilot.gains.integral_max + 1e-9  # what it takes at 1.5 Vs


def test_the_mark_of_the_flight_is_that_of_its_log() -> None:
    env = FlightEnv("cuban_eight", weather="breeze")
    pilot, recorder = FigureAutopilot.for_env(env), FlightRecorder(env, pilot="autopilot")
    observation, _ = env.reset(seed=1)
    recorder.start()
    state, ended, info = None, False, dict[str, Any]()
    while not ended:
        action, state = pilot.predict(observation, state)
        observation, _, terminated, truncated, info = env.step(action)
        ended = terminated or truncated
        recorder.step()
    (judged,) = judge_flight(recorder.finish(info))
    assert info["metrics"]["f3a_score"] == pytest.approx(judged.sheet.score, abs=1e-6)
    assert 0.0 < judged.sheet.score < 10.0
