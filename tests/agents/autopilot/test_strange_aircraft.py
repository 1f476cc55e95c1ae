"""The hand-tuned pilots on aircraft they were not tuned on: without wheels, with a weak rudder, on a long span."""

from __future__ import annotations

import functools
import math

import pytest

from agents.autopilot import autopilot_for
from agents.autopilot.airframe_facts import airframe_facts
from agents.autopilot.takeoff import WEAK_RUDDER
from agents.evaluation.flight_test import FlightTest, success_rate
from envs.aircraft.aircraft import load_aircraft
from envs.base.config_file import names_of
from envs.flight_env import FlightEnv

STRANGE = "tests/support/aircraft"


def rate(task: str, aircraft: str, flights: int = 6) -> float:
    """Share of flights in a breeze that succeed."""
    make = functools.partial(FlightEnv, task=task, aircraft=f"{STRANGE}/{aircraft}.yaml", weather="breeze")
    with make() as env, FlightTest(make, 1) as test:
        return success_rate(test.fly(autopilot_for(env), range(500, 500 + flights)))


def test_an_aircraft_without_wheels_banks_until_a_wing_meets_the_ground() -> None:
    facts = airframe_facts(load_aircraft(f"{STRANGE}/x8_coefficients.yaml"))
    assert math.radians(2) < facts.tip_bank < math.radians(25)
    assert not facts.rolls


@pytest.mark.parametrize("aircraft", ["x8_coefficients", "rascal_strips"])
def test_it_takes_off(aircraft: str) -> None:
    assert rate("takeoff", aircraft) >= 5 / 6


def test_a_weak_rudder_needs_other_take_offs_than_the_shipped_aircraft() -> None:
    assert airframe_facts(load_aircraft(f"{STRANGE}/rascal_strips.yaml")).rudder < WEAK_RUDDER
    for name in names_of("aircraft"):
        facts = airframe_facts(load_aircraft(name))
        assert facts.rudder == 0.0 or facts.rudder > WEAK_RUDDER


def test_it_lands_a_trainer_drawn_in_strips() -> None:
    assert rate("landing", "rascal_strips") >= 3 / 6
