"""Every layout loads, answers its controls, is stable, trims, flies and stands."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import pytest

from envs.aircraft.aircraft import Aircraft
from envs.base.frames import Array, quaternion_from_pilot_angles
from envs.performance.solver import performance_sheet
from envs.physics.standing import settle
from envs.physics.steady.airframe import Airframe, body_velocity
from envs.physics.steady.trim import Trim, pitch_for_climb, trim
from envs.physics.world import World
from envs.rendering.scene.airframe_mesh import AirframeMesh
from tests.support.layouts import LAYOUTS, layout
from tests.support.physics_tools import angles, rotation

SPEED, STILL = 14.0, np.zeros(3)


@lru_cache
def glider(name: str) -> Airframe:
    return Airframe(layout(name), propeller=False)


@lru_cache
def level(name: str) -> Trim:
    return trim(Airframe(layout(name)), SPEED)


def loads(
    craft: Airframe,
    command: tuple[float, ...] = (0.0, 0.0, 0.0),
    alpha: float = 0.06,
    beta: float = 0.0,
    rates: Array = STILL,
) -> Array:
    """Force N and moment N m (6,), body axes, without propeller."""
    craft.command(*command)
    return craft.load(body_velocity(SPEED, alpha, beta), rates, 0.0, np.zeros(craft.motors))[:6]


@pytest.mark.parametrize("name", LAYOUTS)
def test_controls_work_the_pilots_way(name: str) -> None:
    craft = glider(name)
    still = loads(craft)
    assert loads(craft, (0.0, 0.4, 0.0))[4] < still[4] - 0.2  # nose up: body y points left
    assert loads(craft, (0.4, 0.0, 0.0))[3] > still[3] + 0.4  # right wing down
    if name != "flying_wing":
        assert loads(craft, (0.0, 0.0, 0.4))[5] < still[5] - 0.1  # nose right: body z points up
    if name == "flaps":
        assert loads(craft, (0.0, 0.0, 0.0, 1.0))[2] > 1.2 * still[2]
    assert craft.has == {"aileron": True, "elevator": True, "rudder": name != "flying_wing", "flap": name == "flaps"}


@pytest.mark.parametrize("name", LAYOUTS)
def test_is_statically_stable_and_damped(name: str) -> None:
    craft = glider(name)
    still = loads(craft)
    assert loads(craft, alpha=0.09)[4] > still[4] + 0.05  # the angle grows: nose down
    assert loads(craft, beta=0.08)[5] < still[5] - 0.05  # wind from the right: nose right, into it
    assert loads(craft, beta=0.08)[3] < still[3]  # and away from it
    for axis in range(3):
        rates = np.zeros(3)
        rates[axis] = 0.5
        assert loads(craft, rates=rates)[3 + axis] < still[3 + axis]


@pytest.mark.parametrize("name", LAYOUTS)
def test_trims_and_flies_on_hands_off(name: str) -> None:
    at = level(name)
    assert at.in_reach
    assert abs(at.roll) < math.radians(2)
    aircraft = layout(name)
    world = in_trim(aircraft, at)
    start = angles(world)
    for _ in range(150):
        world.advance(*at.command, at.throttle)
    roll, pitch, _ = angles(world)
    assert abs(roll - start[0]) < math.radians(5)
    assert abs(pitch - start[1]) < math.radians(2)
    assert np.linalg.norm(world.velocity) == pytest.approx(SPEED, abs=0.5)
    assert world.position[2] == pytest.approx(100.0, abs=1.0)
    assert np.abs(world.omega).max() < 0.1
    world.close()


def in_trim(aircraft: Aircraft, at: Trim) -> World:
    """A world at 100 m in which the aircraft flies steadily: servos, rotors and commands as trimmed."""
    craft, world = Airframe(aircraft), World(aircraft)
    craft.command(*at.command)
    velocity = body_velocity(at.speed, at.alpha, at.beta)
    attitude = quaternion_from_pilot_angles(at.roll, pitch_for_climb(velocity, at.roll, at.climb, at.speed), 0.0)
    world.reset((0.0, 0.0, 100.0), attitude)
    world.reset((0.0, 0.0, 100.0), attitude, tuple(rotation(world) @ velocity))
    s = world.state[0]
    s["deflection"] = craft.state[0]["deflection"]
    s["rotor_speed"][: craft.motors] = at.rotor_speed
    s["command_queue"][:, :3], s["command_queue"][:, 4] = at.command, at.throttle
    return world


@pytest.mark.parametrize("name", LAYOUTS)
def test_stands_on_its_gear(name: str) -> None:
    world = World(layout(name))
    settle(world)
    where = world.position
    wheels = int(world.parameters[0]["wheels"])
    for _ in range(30):
        world.advance(0.0, 0.0, 0.0, 0.0)
    assert not world.strike
    assert np.all(world.state[0]["wheel_load"][:wheels] > 0.0)
    assert world.position == pytest.approx(where, abs=1e-3)
    roll, pitch, _ = angles(world)
    assert abs(roll) < 0.01
    assert (pitch > math.radians(7)) == (name == "taildragger")
    world.close()


@pytest.mark.parametrize("name", LAYOUTS)
def test_has_a_mesh(name: str) -> None:
    assert np.isfinite(AirframeMesh(layout(name)).points({"elevator": 10.0})).all()


@pytest.mark.parametrize("name", ["canard", "flaps", "flying_wing", "v_tail", "same_turning_twin"])
def test_has_a_performance_sheet(name: str) -> None:
    sheet = performance_sheet(layout(name))
    assert 7.0 < sheet.stall[0].speed_mps < 11.0
    assert sheet.fastest
    assert sheet.fastest.speed_mps > 20.0
    assert sheet.static_margin_chords > 0.05
