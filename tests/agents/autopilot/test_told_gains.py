"""Gains of the autopilot that a bundle brings along: what is refused, and that the drawing is all it knows."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest

from agents.autopilot import AUTOPILOTS, Autopilot, autopilot_for, told_autopilot
from agents.autopilot.gains import LandingGains
from agents.autopilot.told_gains import DIVISORS, gains_from, told_of
from envs.base.errors import InputError
from envs.flight_env import FlightEnv


def test_told_gains_are_what_was_written() -> None:
    found = replace(LandingGains(), bank=2.123456, integral_max=0.9)
    told = told_of(found, LandingGains())
    assert told == {"bank": 2.123, "integral_max": 0.9}
    assert gains_from(LandingGains(), told, "card") == replace(found, bank=2.123)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"landin": {"bank": 2.0}}, "unknown task of the autopilot 'landin', did you mean 'landing'"),
        ({"landing": {"bankk": 2.0}}, "gains.landing: unknown gain 'bankk', did you mean 'bank'"),
        ({"landing": {"bank": 0.0}}, "bank: must be at least 0.001"),
        ({"landing": {"bank": float("nan")}}, "bank: must be a number from -1000 to 1000"),
        ({"landing": {"pitch": 1e9}}, "pitch: must be a number from -1000 to 1000"),
        ({"landing": {"pitch": True}}, "pitch: must be a number"),
        ({"takeoff": {"pitch": 1.0}}, "has gains of the autopilot for takeoff, and none for landing"),
    ],
)
def test_gains_that_cannot_be_are_refused_in_a_line(told: dict[str, Any], said: str) -> None:
    env = FlightEnv(task="landing")
    with pytest.raises(InputError) as refused:
        told_autopilot(env, told, "card.json")
    assert str(refused.value).startswith("card.json: ")
    assert said in str(refused.value)


@pytest.mark.parametrize("task", sorted(AUTOPILOTS))
def test_only_divisors_must_be_above_zero(task: str) -> None:
    """Every other gain may be 0: the actions stay numbers."""
    env = FlightEnv(task=task)
    readings = np.stack([env.reset(seed=seed)[0] for seed in range(3)])
    shipped = autopilot_for(env)
    assert isinstance(shipped, Autopilot)
    with np.errstate(divide="raise", invalid="raise"):
        for name in (field.name for field in fields(shipped.gains) if field.name not in DIVISORS):
            pilot, state = autopilot_for(env, replace(shipped.gains, **{name: 0.0})), None
            for _ in range(3):
                action, state = pilot.predict(readings, state)
                assert np.isfinite(action).all(), name


def test_a_circuit_is_flown_with_the_gains_of_each_task() -> None:
    pilot: Any = told_autopilot(FlightEnv(task="circuit"), {"landing": {"bank": 2.0}}, "card")
    assert [skill.pilot.gains.bank for skill in pilot.skills] == pytest.approx([1.57, 1.75, 2.0])


def test_it_knows_the_drawing_and_not_the_aircraft_that_flies() -> None:
    """A weak elevator would show in the control power that its gains are divided by."""
    sound, weak = (
        autopilot_for(FlightEnv(task="landing", discrepancies=faults)) for faults in ([], ["weak_elevator=1", "heavy"])
    )
    assert isinstance(sound, Autopilot)
    assert isinstance(weak, Autopilot)
    assert weak.facts == sound.facts
    assert weak.froude == sound.froude
