"""Cases of tests/envs/physics/test_effects.py: tyres."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from envs.aircraft.aircraft import Aircraft
from envs.physics.kernels.landing_gear import gear_wrench
from envs.physics.steady.airframe import Airframe
from envs.physics.world import World
from tests.support.physics_tools import angles, changed, rolling, rotation, settle, ultra_stick

LEVEL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)


def side_force(slip_deg: float, effects: dict[str, bool]) -> float:
    """Steady side force (N) of both main wheels over their load, carried along at 5 m/s and a slip angle."""
    world = World(ultra_stick(), effects=effects)
    p, s = world.parameters[0], world.state[0]
    s["runway_rolling"], s["runway_grip"] = 0.0, 1.0
    height = -float(p["wheel_contact"][0, 2]) - 0.002
    slip, total = math.radians(slip_deg), np.zeros(6)
    for _ in range(100):
        total = gear_wrench(
            p, s, height, LEVEL, (5 * math.cos(slip), 5 * math.sin(slip), 0.0), (0.0, 0.0, 0.0), float(p["time_step"])
        )
    return total[1] / total[2]


def with_main_wheels(place_m: float, tail_grips: bool) -> Aircraft:
    """The aircraft with its mains so far ahead of the centre of gravity, the tail wheel fixed or sliding freely."""

    def change(data: dict[str, Any]) -> None:
        for wheel in data["wheels"]:
            wheel.pop("steering", None)
            if wheel["name"] == "main":
                wheel["contact_m"][0] = -0.222 + place_m
            elif not tail_grips:
                wheel.update(friction=1e-6, sliding_friction=1e-6)
            if place_m < 0 and wheel["name"] == "tail":
                wheel["contact_m"][0] = 0.3
                wheel["contact_m"][2] = -0.17

    return changed(ultra_stick(), change)


def growth(world: World, steps: int = 24, skip: int = 12) -> float:
    """Rate (1/s) at which the yaw rate grows while it rolls."""
    rates = []
    for _ in range(steps):
        world.advance(0, 0, 0, 0)
        rates.append(abs(world.omega[2]))
    return float(np.log(rates[-1] / rates[skip]) / ((len(rates) - 1 - skip) / 30))


def tyre_side_force() -> None:
    # Cornering stiffness = side stiffness x relaxation length (Pacejka, ch. 7), held back by friction: 0.1 to 0.2 of
    # the load a degree (PHYSICS.md 7), here 52.5 N/rad on 7.3 N; at most 0.8 of the load, sliding fast 0.5.
    load = 0.002 * 3657.96
    for slip in (1.0, 2.0, 4.0):
        assert side_force(slip, {}) == pytest.approx(-52.5 * math.tan(math.radians(slip)) / load, rel=0.01)
    assert side_force(-2.0, {}) == pytest.approx(-side_force(2.0, {}))
    sliding = 5 * math.sin(math.radians(40))
    assert side_force(40.0, {}) == pytest.approx(-(0.5 + 0.3 / (1 + sliding)), rel=1e-6)
    assert side_force(2.0, {"tyre_side_force": False}) == 0.0
    # Ground loop. Mains alone touch sideways, a ahead of the centre of gravity: m v (b' + r) = -C b - C a r / v and
    # I r' = -C a b - C a^2 r / v, with C = 2 x 52.5 N/rad: one eigenvalue is positive, the swing grows by itself.
    world = rolling(with_main_wheels(0.06, tail_grips=False), 5.0)
    a = float((rotation(world) @ world.parameters[0]["wheel_contact"][0])[0])  # the nose is up
    speed, C, mass, inertia = 5.0, 105.0, 1.959, 0.15364
    swing = np.linalg.eigvals(
        [[-C / (mass * speed), -C * a / (mass * speed**2) - 1], [-C * a / inertia, -C * a * a / (inertia * speed)]]
    ).real.max()
    assert 3.0 < swing < 6.0  # it doubles in a sixth of a second
    for effect in (True, False):
        world = rolling(with_main_wheels(0.06, tail_grips=False), speed, -0.02, tyre_side_force=effect)
        world.parameters[0]["air_density"] = 1e-6
        assert growth(world) == pytest.approx(swing if effect else 0.0, abs=0.08 * swing)
    world = rolling(with_main_wheels(-0.06, tail_grips=True), speed, -0.02)
    assert growth(world) < -3.0  # with the mains behind it a tricycle straightens out


def static_friction() -> None:
    # Parked across the wind, the tail goes first: its side force is what the air's yawing moment about the main wheels
    # asks, less the rolling friction of those, and holds until 0.8 of the tail's load.
    world = World(ultra_stick(), effects={"wind_profile": False})
    settle(world)
    p, tilt = world.parameters[0], rotation(world)
    contact = p["wheel_contact"][:3] @ tilt.T
    glider = Airframe(ultra_stick(), propeller=False)
    glider.command(0, 0, 0)
    load = glider.load(tilt.T @ np.array([0.0, -5.0, 0.0]), np.zeros(3), 0.0, np.zeros(0))
    force, moment = tilt @ load[:3], tilt @ load[3:6]
    weight = world.state[0]["wheel_load"]
    about_mains = moment[2] - contact[0, 0] * force[1]
    rub = 0.02 * weight[:2].sum() * contact[0, 1]
    lever = contact[0, 0] - contact[2, 0]
    most = 5.0 * math.sqrt((0.8 * weight[2] * lever + rub) / abs(about_mains))
    assert 5.0 < most < 12.0
    for sticks, share, holds in ((True, 0.95, True), (True, 1.08, False), (False, 0.3, False)):
        world = World(ultra_stick(), effects={"wind_profile": False, "static_friction": sticks})
        settle(world)
        before, heading = np.array(world.position), angles(world)[2]
        world.state[0]["wind_reference"] = (0.0, share * most, 0.0)
        for _ in range(240):
            world.advance(0, 0, 0, 0)
        swung = abs(math.degrees(angles(world)[2] - heading))
        assert (swung < 1.0) == holds
        assert (np.abs(np.array(world.position) - before).max() < 0.005) == holds
        if not sticks:
            assert 1.0 < swung < 30.0  # it creeps, it does not break away


CASES = {"tyre_side_force": tyre_side_force, "static_friction": static_friction}
