"""The decision height: who reads the camera's pictures lands only with the runway in sight."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from agents.autopilot import autopilot_for
from agents.autopilot.landing import FINAL, LandingAutopilot
from agents.eye.landings import without_rule
from agents.pilots.loading import load_pilot
from agents.pilots.seeing import BlindPilot, with_eye
from agents.skills.go_around import EYE_ROW, RULE_ROWS, Approach, GoAround
from envs.aircraft.aircraft import load_aircraft
from envs.base.readings import READINGS
from envs.flight_env import FlightEnv
from envs.tasks.parts.landing_rules import landing_rules

NOT_YET = np.zeros(1, bool)


def approach(height_b: float, in_sight: float | None, along_b: float = -40.0) -> Approach:
    """On the glide path, all else right."""
    span = load_aircraft("ultra_stick").span_m
    right = {"airspeed": 1.25, "height": height_b * span, "climb_rate": -1.0, "along_track_near": along_b}
    right |= {"along_speed": 1.2}
    names = RULE_ROWS if in_sight is None else (*RULE_ROWS, EYE_ROW)
    values = {EYE_ROW: in_sight or 0.0, **right}
    row = [(values.get(name, 0.0) - READINGS[name].offset) / READINGS[name].scale for name in names]
    return Approach.read(np.array([row], np.float32), names)


@pytest.mark.parametrize(
    ("height_b", "in_sight", "gives_up"),
    [
        (5.0, 0.0, False),  # not yet
        (3.5, 0.0, True),
        (3.5, 1.0, False),
        (3.5, 0.5, False),  # it does not look there
        (3.5, None, False),  # it has no eye
        (2.0, 0.0, False),  # decided
    ],
)
def test_an_approach_goes_on_below_the_decision_height_with_the_runway_in_sight(
    height_b: float, in_sight: float | None, gives_up: bool
) -> None:
    rule = GoAround.of(load_aircraft("ultra_stick"))
    assert bool(rule.gives_up(approach(height_b, in_sight), NOT_YET)[0]) is gives_up
    assert not replace(rule, decision_spans=0.0).gives_up(approach(height_b, in_sight), NOT_YET)[0]
    assert not rule.is_blind(approach(height_b, in_sight, along_b=1.0))[0]  # past the aim point it touches down


def test_who_goes_by_the_place_decides_lower_down_and_whoever_turns_in_late_too() -> None:
    env = FlightEnv("landing", sensor_suite="camera", lookout="place", weather="calm")
    rule = load_pilot("landing-ultra_stick", env).sequence.go_around
    autopilot = autopilot_for(env)
    assert isinstance(autopilot, LandingAutopilot)
    assert autopilot.decision == landing_rules().decision.autopilot.by_place
    observation = env.reset(seed=500)[0]
    assert observation[-1] == 0.0  # nobody has looked yet: all of the doubt is left
    env.close()
    for height_b, known, gives_up in ((3.0, 0.0, False), (2.0, 0.2, True), (2.0, 0.6, False), (1.5, 0.2, False)):
        assert bool(rule.gives_up(approach(height_b, known), NOT_YET)[0]) is gives_up


@pytest.fixture(scope="module")
def seeing_env() -> FlightEnv:
    return FlightEnv("landing", sensor_suite="camera", weather="calm")


def test_pilots_made_without_an_eye_fly_with_one(seeing_env: FlightEnv) -> None:
    skilled = load_pilot("landing-ultra_stick", seeing_env)
    assert skilled.names[-1] == EYE_ROW
    assert EYE_ROW in skilled.sequence.names
    assert without_rule(skilled).sequence.go_around.decision_spans == 0.0
    lone = load_pilot("robust_landing-ultra_stick", seeing_env)
    assert isinstance(lone, BlindPilot)
    observation, _ = seeing_env.reset(seed=500)
    seen = lone.predict(observation)[0]
    changed = observation.copy()
    changed[-1] = 1.0 - changed[-1]
    assert np.array_equal(lone.predict(changed)[0], seen)
    blind_env = FlightEnv("landing", weather="calm")
    assert np.array_equal(load_pilot("robust_landing-ultra_stick", blind_env).predict(observation[:-1])[0], seen)
    assert with_eye(lone.pilot, blind_env) is lone.pilot
    blind_env.close()


def test_a_circuit_is_flown_with_an_eye_too() -> None:
    env = FlightEnv("circuit", sensor_suite="camera", weather="calm")
    pilot = load_pilot("circuit-ultra_stick", env)
    assert pilot.names == env.observation_names
    observation, _ = env.reset(seed=500)
    without = FlightEnv("circuit", weather="calm")
    kept = [env.observation_names.index(name) for name in without.observation_names]
    alone = load_pilot("circuit-ultra_stick", without)
    assert np.array_equal(pilot.predict(observation)[0], alone.predict(observation[kept])[0])
    env.close()
    without.close()


def test_the_autopilot_has_the_rule_too(seeing_env: FlightEnv) -> None:
    pilot = autopilot_for(seeing_env)
    assert isinstance(pilot, LandingAutopilot)
    blind: Any = without_rule(pilot)
    going: dict[str, list[int]] = {"rule": [], "none": []}
    for name, flown in (("rule", pilot), ("none", blind)):
        for in_sight in (0.0, 1.0):
            observation, state, phases = seeing_env.reset(seed=501)[0], None, set[int]()
            for _ in range(450):
                observation[-1] = in_sight
                action, state = flown.predict(observation, state)
                phases.add(int(state.phase[0]))
                observation, _, terminated, truncated, _ = seeing_env.step(action)
                if terminated or truncated:
                    break
            going[name].append(int(phases != {0}))
    assert going == {"rule": [1, 0], "none": [0, 0]}


@pytest.mark.parametrize("lookout", ["net", "place"])
def test_the_autopilot_decides_at_a_height_of_its_own_from_which_it_climbs_away(lookout: str) -> None:
    """Lower than the learned pilots, for it comes in flatter; and its wheels stay off the ground."""
    env = FlightEnv("landing", sensor_suite="camera", lookout=lookout, weather="gusty")
    span, pilot = env.aircraft.span_m, autopilot_for(env)
    own, learned = landing_rules().decision.autopilot.of(lookout), landing_rules().decision.of(lookout)
    assert isinstance(pilot, LandingAutopilot)
    assert pilot.decision == own
    assert own.height_spans < learned.decided_spans
    for seed in (500, 501, 502):
        observation, state, lowest = env.reset(seed=seed)[0], None, np.inf
        for _ in range(1200):
            observation[-1] = 0.0  # nothing in sight, ever
            action, state = pilot.predict(observation, state)
            observation, _, terminated, truncated, _ = env.step(action)
            height = env.quantities.height / span
            lowest = min(lowest, height)
            if state.phase[0] != FINAL and height > own.height_spans + 1.0:
                break
            assert not terminated
            assert not truncated
            assert env.quantities.wheels_on_ground == 0
        else:
            pytest.fail("it never climbed away")
        assert own.decided_spans - 0.5 < lowest < own.height_spans
    env.close()
