"""What is known of an aircraft, or believed, carried over to its sticks and readings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import envs.discrepancies
from agents.adaptation.airfield import Airfield
from agents.adaptation.compensation import allow_for, compensate
from agents.adaptation.estimate import Estimate, nothing_known
from agents.adaptation.learner import Learner
from agents.adaptation.parameters import NAMES, Candidates
from agents.adaptation.words import beliefs
from agents.environments.flights import flight_env_function
from agents.pilots.compensated import CompensatedPilot, Compensation, Translator
from agents.pilots.loading import load_pilot
from agents.pilots.pilot_config import pilot_config
from envs.flight_env import FlightEnv

PILOT = "landing-ultra_stick"
AIR_DENSITY = 1.225


def believing(means: Mapping[str, float]) -> Estimate:
    """A posterior that is sure of some parameters, and of all others that they are as drawn."""
    mean = np.zeros(len(NAMES))
    for name, value in means.items():
        mean[NAMES.index(name)] = value
    return Estimate(mean, np.diag(np.full(len(NAMES), 1e-8)), np.zeros((0, 2)))


@pytest.mark.parametrize(
    ("fault", "stick", "sign"), [("elevator_rigging", "elevator", -1), ("rudder_rigging", "rudder", -1)]
)
def test_a_stick_is_held_against_its_linkage(fault: str, stick: str, sign: int) -> None:
    env = FlightEnv(task="landing", discrepancies=[f"{fault}=1"])
    found = compensate(env.drawing, env.aircraft, 1.225)
    assert getattr(found, f"{stick}_offset") == pytest.approx(sign * 0.35, abs=0.04)


def test_readings_are_corrected_and_commands_shown_as_asked() -> None:
    env = FlightEnv(task="landing", discrepancies=["pitot_scale=1", "tilted_unit=1", "elevator_rigging=1"])
    found = compensate(env.drawing, env.aircraft, 1.225)
    translator, names = Translator(found, env.observation_names), env.observation_names
    seen = np.zeros((1, len(names)), np.float32)
    seen[0, names.index("roll")] = np.radians(4.0) / 0.3
    seen[0, names.index("airspeed")] = 1.2 * 1.3**0.5 - 1.0
    asked = np.array([[0.3, -0.2, 0.1, 0.0]], np.float32)
    sticks = translator.actions(asked)
    for k, stick in enumerate(("aileron", "elevator", "rudder")):
        seen[0, names.index(f"{stick}_command")] = sticks[0, k]
    shown = translator.observations(seen)
    assert shown[0, names.index("roll")] == pytest.approx(0.0, abs=1e-5)
    assert shown[0, names.index("airspeed")] == pytest.approx(0.2, abs=1e-5)
    for k, stick in enumerate(("aileron", "elevator", "rudder")):
        assert shown[0, names.index(f"{stick}_command")] == pytest.approx(asked[0, k], abs=1e-5)


def test_a_sound_aircraft_needs_no_translation() -> None:
    env = FlightEnv(task="landing")
    pilot = load_pilot(PILOT, env)
    same = CompensatedPilot(pilot, compensate(env.drawing, env.drawing, 1.225), env.observation_names)
    observation, _ = env.reset(seed=1)
    first = np.array([True])
    plain, _ = pilot.predict(observation[None], None, first)
    assert same.predict(observation[None], None, first)[0] == pytest.approx(np.clip(plain, -1, 1), abs=1e-5)
    assert same.card is pilot.card


def test_sticks_are_set_for_the_likeliest_aircraft_though_its_parts_are_unsure() -> None:
    # As three circuits found an iced wing: its lift slope may be wrong by all of it, where the elevator stands may not.
    env = FlightEnv(task="landing", discrepancies=["iced_wing=1"])
    true = compensate(env.drawing, env.aircraft, AIR_DENSITY).elevator_offset
    trim = {"lift_slope": -0.65, "pitch_slope": -0.036, "pitch": 0.006, "elevator_offset": -0.024, "center_x": 0.009}
    estimate = believing({"lift": 0.03, "drag": 0.015, "propeller": 0.09, "mass": 0.14, **trim})
    piecemeal = compensate(
        env.drawing, Candidates(env.drawing).aircraft(estimate.surely()), AIR_DENSITY
    ).elevator_offset
    found = allow_for(env.drawing, estimate, AIR_DENSITY).elevator_offset
    assert true > 0.07
    assert piecemeal < 0.5 * true
    assert found == pytest.approx(true, rel=0.15)


def test_what_is_within_the_errors_of_a_sound_aircraft_is_left_alone() -> None:
    drawing = FlightEnv(task="landing").drawing
    assert allow_for(drawing, nothing_known(), AIR_DENSITY) == Compensation()
    little = {"elevator_offset": 0.008, "rudder_offset": 0.0015, "heading_reading": 0.03, "pressure_reading": 0.02}
    assert allow_for(drawing, believing(little), AIR_DENSITY) == Compensation()


def test_what_is_far_from_the_drawing_is_allowed_for_nearly_whole() -> None:
    drawing = FlightEnv(task="landing").drawing
    found = allow_for(drawing, believing({"elevator_offset": -0.3, "aileron_effect": -0.5}), AIR_DENSITY)
    assert found.elevator_offset == pytest.approx(0.3, abs=0.01)
    assert found.aileron_gain == pytest.approx(2.0 / np.exp(0.1), rel=0.02)  # less what a pilot bears (SAME_GAIN)


def test_a_mirrored_belief_is_allowed_for_with_mirrored_sticks() -> None:
    drawing = FlightEnv(task="landing").drawing
    right, left = (allow_for(drawing, believing({"roll": side * 0.02, "yaw": side * 0.005}), 1.225) for side in (1, -1))
    assert abs(right.aileron_offset) > 0.05
    assert right.aileron_offset == pytest.approx(-left.aileron_offset, abs=0.003)
    assert right.rudder_offset == pytest.approx(-left.rudder_offset, abs=0.003)
    assert right.elevator_offset == pytest.approx(left.elevator_offset, abs=0.003)


@pytest.mark.parametrize("channel", ["aileron", "elevator", "rudder"])
def test_a_stick_that_does_the_opposite_is_moved_the_other_way(channel: str) -> None:
    drawing = FlightEnv(task="landing").drawing
    found = allow_for(drawing, believing({f"{channel}_effect": -2.0}), AIR_DENSITY).as_dict()
    assert found[f"{channel}_gain"] == pytest.approx(-1.0, abs=0.05)
    drawn = compensate(drawing, drawing, AIR_DENSITY)
    others = {name: value for name, value in found.items() if not name.startswith(channel)}
    assert others == pytest.approx({name: drawn.as_dict()[name] for name in others}, abs=0.02)


def test_a_stick_that_does_next_to_nothing_is_not_turned_round() -> None:
    drawing = FlightEnv(task="landing").drawing
    gains = [allow_for(drawing, believing({"rudder_effect": by}), AIR_DENSITY).rudder_gain for by in (-0.9, -1.1)]
    assert gains == pytest.approx([3.0 / np.exp(0.1)] * 2, rel=0.01)


def test_ailerons_connected_the_wrong_way_round_are_learned_from_one_crash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Of no kind that the package has: a file of somebody's own.
    (tmp_path / "MIXED_UP.py").write_text(
        '''"""The aileron servos are plugged in the wrong way round."""
from envs.discrepancies._parts import controls_of, with_controls

RANGE = (0.0, 1.0)


def change(aircraft, severity):
    return with_controls(aircraft, controls_of(aircraft, "aileron"), gain=1.0 - 2.0 * severity)
'''
    )
    monkeypatch.setattr(envs.discrepancies, "__path__", [*envs.discrepancies.__path__, str(tmp_path)])
    pilot = "takeoff-ultra_stick"
    make_env = flight_env_function(pilot_config(pilot, ["discrepancies=[MIXED_UP=1]"], weather="breeze"))
    with Airfield(make_env) as airfield:
        env = airfield.env
        learner = Learner(load_pilot(pilot, env), env.drawing, env.observation_names, env.air_density)
        first, log = airfield.fly(learner.pilot, 900)
        learner.learn(log, first.result)
        after = [airfield.fly(learner.pilot, 901 + number)[0].outcome for number in range(4)]
    assert first.crashed
    assert beliefs(learner.estimate, env.drawing)[0].startswith("ailerons work the wrong way round")
    assert after == ["climbing"] * 4


def test_what_few_readings_leave_open_is_hardly_allowed_for() -> None:
    drawing = FlightEnv(task="landing").drawing
    means = {"aileron_effect": -0.5, "elevator_offset": -0.2}
    sure = believing(means)
    unsure = replace(sure, covariance=np.diag(np.where(sure.mean, 0.3, 1e-4) ** 2))
    well, hardly = (allow_for(drawing, estimate, AIR_DENSITY) for estimate in (sure, unsure))
    assert well.elevator_offset > 0.19
    assert hardly.elevator_offset < 0.02
    assert 1.0 <= hardly.aileron_gain < 1.3 < well.aileron_gain


def test_parts_that_are_unsure_alone_but_not_together_are_allowed_for() -> None:
    # Whether the elevator stands down or the nose is pushed down nobody can tell; that it has to be held up, one can.
    drawing = FlightEnv(task="landing").drawing
    estimate = believing({"elevator_offset": -0.1, "pitch": -0.05})
    places = [NAMES.index("elevator_offset"), NAMES.index("pitch")]
    shared = ("elevator_offset", "pitch")
    step = {name: allow_for(drawing, believing({name: -0.1}), AIR_DENSITY).elevator_offset / 0.1 for name in shared}
    trade = np.zeros(len(NAMES))
    trade[places] = 0.2 / step["elevator_offset"], -0.2 / step["pitch"]
    together = replace(estimate, covariance=estimate.covariance + np.outer(trade, trade))
    alone = replace(estimate, covariance=np.diag(np.diag(together.covariance)))
    held = allow_for(drawing, estimate, AIR_DENSITY).elevator_offset
    assert allow_for(drawing, together, AIR_DENSITY).elevator_offset == pytest.approx(held, rel=0.15)
    assert allow_for(drawing, alone, AIR_DENSITY).elevator_offset < 0.6 * held
