"""Wheels: rest, taxi, drop, crosswind, ground loop, brakes, and the swing that the propeller gives."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from envs.physics.world import World
from tests.support.physics_tools import angles, changed, mechanical_energy, place, rolling, settle, ultra_stick

WEIGHT = 1.959 * 9.81


@pytest.fixture(scope="module")
def world() -> World:
    return World(ultra_stick())


def test_stands_still_with_each_spring_carrying_its_share(world: World) -> None:
    settle(world)
    p, s = world.parameters[0], world.state[0]
    load = s["wheel_load"][:3]
    assert load.sum() == pytest.approx(WEIGHT, rel=1e-6)
    # Moment balance about the centre of gravity, levers from the drawing turned by the pitch at rest.
    pitch = angles(world)[1]
    levers = p["wheel_contact"][:3, 0] * math.cos(pitch) - p["wheel_contact"][:3, 2] * math.sin(pitch)
    assert load @ levers == pytest.approx(0.0, abs=1e-4)
    heights = (
        p["wheel_contact"][:3, 0] * math.sin(pitch) + p["wheel_contact"][:3, 2] * math.cos(pitch) + world.position[2]
    )
    assert -heights * p["wheel_stiffness"][:3] == pytest.approx(load, rel=1e-5)
    assert math.degrees(pitch) == pytest.approx(math.degrees(math.atan2(0.1397, 0.7051)), abs=0.5)  # the drawing's
    before = world.position
    for _ in range(300):
        world.advance(0, 0, 0, 0)
    assert np.array(world.position) == pytest.approx(np.array(before), abs=1e-6)
    assert not world.strike


@pytest.mark.parametrize("height", [0.05, 0.09])
def test_drop_on_three_points_settles_and_never_gains_energy(world: World, height: float) -> None:
    settle(world)
    pitch, rest = angles(world)[1], world.position[2]
    place(world, rest + height, pitch=pitch)
    energies, heights = [mechanical_energy(world)], []
    for _ in range(60):
        world.advance(0, 0, 0, 0)
        energies.append(mechanical_energy(world))
        heights.append(world.position[2] - rest)
    assert max(np.diff(energies)) < 1e-9
    assert min(heights) < -0.001  # the springs give
    assert max(heights[15:]) < 0.2 * height  # and take most of it out
    assert abs(heights[-1]) < 1e-4
    assert not world.strike  # 1.3 m/s, the structural limit of YARDSTICKS.md, is survivable


def test_without_damping_a_drop_bounces_back_to_its_height() -> None:
    def undamped(data: dict[str, Any]) -> None:
        data["wheels"] = [w for w in data["wheels"] if w["name"] == "main"]
        data["wheels"][0].update(damping_Ns_per_m=0.0, contact_m=[-0.222, 0.5, -0.15], rolling_friction=0.0)
        data["propulsion"], data["surfaces"] = [], data["surfaces"][:1]
        data["bodies"] = []
        data["surfaces"][0]["controls"] = []
        data.pop("derivatives")

    world = World(changed(ultra_stick(), undamped), physics_hz=960)
    world.parameters[0]["air_density"] = 1e-9
    place(world, 0.196 + 0.05)
    heights = []
    for _ in range(12):
        world.advance(0, 0, 0, 0)
        heights.append(world.position[2] - 0.196)
    # Free fall 0.101 s, spring half a period pi sqrt(m / 2k) = 0.054 s and a little, free rise: back at 0.25 s.
    assert max(heights[6:10]) == pytest.approx(0.05, rel=0.05)


@pytest.mark.parametrize("wind", [3.0, 6.0, 9.0])
def test_parked_aircraft_stays_in_a_crosswind(world: World, wind: float) -> None:
    settle(world)
    start, heading = np.array(world.position), angles(world)[2]
    world.state[0]["wind_reference"], world.state[0]["wind_roughness"] = (0.0, wind, 0.0), 0.02
    for _ in range(600):
        world.advance(0, 0, 0, 0)
    assert 0.3 * wind < world.state[0]["wind"][1] < 0.5 * wind  # log profile at a quarter of a metre
    assert np.abs(np.array(world.position) - start).max() < 0.002  # static friction holds, only the tyres bend
    assert abs(angles(world)[2] - heading) < math.radians(0.2)


def test_taxi_reaches_the_speed_at_which_rolling_and_air_eat_the_thrust(world: World) -> None:
    settle(world, rolling=0.08)
    earlier = 0.0
    for step in range(900):
        rudder = -2.0 * angles(world)[2] + 0.3 * world.position[1] + 0.5 * world.omega[2]
        world.advance(0, 0.6, max(-1.0, min(1.0, rudder)), 0.30)
        if step == 869:
            earlier = math.hypot(*world.velocity[:2])
    speed = math.hypot(*world.velocity[:2])
    thrust = float(world.state[0]["thrust"][0])
    drag_area = 0.05 * 0.3097  # CD about 0.05 at 8 deg
    resistance = 0.08 * (WEIGHT - 0.5 * 1.225 * speed**2 * 0.7 * 0.3097) + 0.5 * 1.225 * speed**2 * drag_area
    assert 3.0 < speed < 9.0
    assert speed - earlier < 0.1
    assert thrust == pytest.approx(resistance + 1.959 * (speed - earlier), rel=0.15)
    assert abs(world.position[1]) < 2.0


def test_rolling_to_a_stop_takes_the_distance_of_the_friction() -> None:
    world = rolling(ultra_stick(), 3.0)
    world.parameters[0]["air_density"] = 1e-6
    world.state[0]["runway_rolling"] = 0.1
    for _ in range(200):
        world.advance(0, 0, 0, 0)
    assert world.position[0] == pytest.approx(3.0**2 / (2 * 0.1 * 9.81), rel=0.03)
    assert math.hypot(*world.velocity[:2]) < 1e-3


def without_tail_steering(data: dict[str, Any]) -> None:
    for wheel in data["wheels"]:
        wheel.pop("steering", None)


def tricycle(data: dict[str, Any]) -> None:
    """The same wheels mirrored fore and aft about the centre of gravity."""
    without_tail_steering(data)
    for wheel in data["wheels"]:
        wheel["contact_m"][0] = -0.444 - wheel["contact_m"][0]


def test_tail_dragger_ground_loops_and_a_tricycle_would_not() -> None:
    headings = {}
    for name, change in (("tail-dragger", without_tail_steering), ("tricycle", tricycle)):
        world = rolling(changed(ultra_stick(), change), 7.0, yaw_rate=-0.05)
        track = []
        for _ in range(60):
            world.advance(0, -0.15, 0, 0)  # stick a little forward: a loaded, straight tail wheel would hold it
            track.append(abs(math.degrees(angles(world)[2])))
        headings[name] = track
    assert max(headings["tricycle"]) < 1.5
    growth = headings["tail-dragger"]
    assert growth[9] < growth[19] < growth[29] < growth[39]
    assert growth[-1] > 30.0


def test_quick_feet_and_a_low_tail_hold_the_tail_dragger() -> None:
    world = rolling(ultra_stick(), 7.0, yaw_rate=-0.3)
    for _ in range(60):
        world.advance(0, 0.6, max(-1.0, min(1.0, -4.0 * angles(world)[2] + 0.5 * world.omega[2])), 0)
    assert abs(math.degrees(angles(world)[2])) < 0.5
    # Slow feet (no lead from the yaw rate) and the tail in the air lose it.
    world = rolling(ultra_stick(), 7.0, yaw_rate=-0.3)
    for _ in range(60):
        world.advance(0, 0, max(-1.0, min(1.0, -4.0 * angles(world)[2])), 0)
    assert abs(math.degrees(angles(world)[2])) > 15.0


@pytest.mark.parametrize(("brake", "over"), [(0.0, False), (1.0, True)])
def test_hard_braking_puts_it_on_its_nose(brake: float, over: bool) -> None:
    # Static limit: the main wheels stand 38 mm ahead of the centre of gravity at about 0.21 m height, so a friction
    # above 0.4 (less the tail's help) tips it.
    def brakes(data: dict[str, Any]) -> None:
        data["wheels"][0]["brake_friction"] = 0.7

    world = rolling(changed(ultra_stick(), brakes), 6.0)
    for _ in range(40):
        world.advance(0, 0, 0, 0, 0, brake)
    assert (angles(world)[1] < math.radians(-3)) == over
    assert world.strike == over


def test_steering_turns_the_pilots_way(world: World) -> None:
    for command in (0.6, -0.6):
        settle(world)
        for _ in range(60):
            world.advance(0, 0.5, command, 0.3)
        assert angles(world)[2] * command > math.radians(5)  # rudder + turns right, heading + is clockwise


def test_take_off_without_rudder_veers_off_left() -> None:
    def straight(data: dict[str, Any]) -> None:
        data["propulsion"][0]["right_thrust_deg"] = 0.0

    world = rolling(changed(ultra_stick(), straight), 0.0, motor=True)
    for _ in range(40):
        world.advance(0, 0, 0, 1.0)
    assert world.position[1] > 0.2
    assert angles(world)[2] < math.radians(-5)
