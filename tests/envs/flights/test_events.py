"""Lift-offs and touchdowns in a log: the moments by which the tasks judge."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from agents.environments.flights import flight_env_function, flight_name
from agents.evaluation.flight_test import FlightTest
from agents.pilots.loading import load_pilot
from agents.pilots.pilot_config import pilot_config
from envs.flights.events import events_of
from envs.flights.flight_log import FlightLog
from envs.flights.story import timeline


def flown(pilot_name: str, seeds: list[int], weather: str, folder: Path) -> list[FlightLog]:
    """The logs of a shipped pilot's flights."""
    function = flight_env_function(pilot_config(pilot_name, weather=weather))
    env = function()
    pilot = load_pilot(pilot_name, env)
    env.close()
    with FlightTest(function, 1, folder, pilot_name) as test:
        test.fly(pilot, seeds)
    return [FlightLog.load(folder / flight_name(seed)) for seed in seeds]


def test_a_lift_off_in_log_metric_card_and_story_is_the_same_moment(tmp_path: Path) -> None:
    for log in flown("takeoff-ultra_stick", [1000, 1001, 1002, 1003], "gusty", tmp_path):
        stall, metrics = log.stall_speed_mps(), log.header["metrics"]
        (event,) = [event for event in events_of(log) if event.name == "lift-off"]
        speed, on_ground = log.column("airspeed_mps"), log.column("wheels_on_ground") > 0
        assert speed[event.row] / stall == pytest.approx(metrics["lift_off_speed_vs"], rel=1e-5)
        assert log.column("x_m")[event.row] == pytest.approx(metrics["lift_off_x_m"], abs=1e-4)
        assert on_ground[event.row]
        assert not on_ground[event.row + 1 :].any(), "the last moment with a wheel on the ground"
        assert f"lift-off {metrics['lift_off_speed_vs'] * stall:.1f} m/s" in timeline(log)


def test_a_touchdown_in_log_and_metric_is_the_same_moment(tmp_path: Path) -> None:
    for log in flown("landing-sport", [1000, 1001], "breeze", tmp_path):
        metrics, aim = log.header["metrics"], log.header["marks"]["aim_x_m"]
        *_, event = [event for event in events_of(log) if event.name == "touchdown"]
        assert log.column("airspeed_mps")[event.row] / log.stall_speed_mps() == pytest.approx(
            metrics["touchdown_speed_vs"], rel=1e-5
        )
        assert log.column("x_m")[event.row] - aim == pytest.approx(metrics["touchdown_x_m"], abs=1e-4)
        assert f"sink {metrics['sink_mps']:.1f} m/s" in event.label(log)


def test_a_skip_is_no_lift_off() -> None:
    from tests.support.flight_samples import takeoff_log

    log = takeoff_log()
    whole = events_of(log)
    height, wheels = log.columns.index("height_m"), log.columns.index("wheels_on_ground")
    data = log.data.copy()
    data[30:45, height], data[30:45, wheels] = 0.24, 0.0  # half a second, lower than what counts as clear
    assert [event.row for event in events_of(FlightLog(log.columns, data, log.header))] == [e.row for e in whole]
    data[30:45, height] = 0.26
    hopped = events_of(FlightLog(log.columns, data, log.header))
    assert [(event.name, event.row) for event in hopped[:2]] == [("lift-off", 29), ("touchdown", 45)]


def test_the_stall_speed_of_a_flight_is_that_of_its_day() -> None:
    from envs.flight_env import FlightEnv
    from envs.flights.flight_log import FlightRecorder

    env = FlightEnv(task="takeoff", field_elevation_m=1600.0)
    recorder = FlightRecorder(env, "nobody")
    env.reset(seed=1)
    recorder.start()
    log = recorder.finish({})
    env.close()
    assert log.stall_speed_mps() == env.stall_speed_mps > 1.05 * log.aircraft().stall_speed_mps
    assert np.isfinite(log.data).all()
