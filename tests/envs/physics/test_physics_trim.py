"""Trim and performance of the Ultra Stick: consistent with itself, with energy, with the world that flies.

In the air of its published answers (100 m ISA, effective gravity 9.778 m/s2), which test_validation.py holds.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
import pytest

from envs.aircraft.aircraft import load_aircraft
from envs.performance.flights import best_climb, glide_polar, stall_speed, take_off_roll, top_speed
from envs.physics.steady.airframe import Airframe
from envs.physics.steady.modes import linear_modes
from envs.physics.steady.trim import Trim, trim
from tests.support.physics_tools import changed, ultra_stick

DENSITY, GRAVITY = 1.2133, 9.778


@lru_cache
def airframe(propeller: bool = True) -> Airframe:
    """The aircraft in the answers' air."""
    return Airframe(ultra_stick(), DENSITY, GRAVITY, propeller)


@lru_cache
def level(speed: float) -> Trim:
    return trim(airframe(), speed)


def test_trim_is_steady_in_the_world_that_flies() -> None:
    # The solver's answer, flown hands off for 3 s by Bullet and the same kernel: nothing but the phugoid moves.
    from envs.base.frames import quaternion_from_pilot_angles
    from envs.physics.world import World
    from tests.support.physics_tools import angles

    at = trim(Airframe(ultra_stick()), 17.0)
    world = World(ultra_stick())
    world.reset((0, 0, 100), quaternion_from_pilot_angles(at.roll, at.alpha, 0.0), (17.0, 0, 0))
    s = world.state[0]
    s["rotor_speed"][0] = at.rotor_speed[0]
    s["command_queue"][:, :3], s["command_queue"][:, 4] = at.command, at.throttle
    hinges = int(world.parameters[0]["hinges"])
    asked = world.parameters[0]["hinge_gain"][:hinges, :3] @ np.array(at.command)
    s["deflection"][:hinges] = asked * world.parameters[0]["hinge_up"][:hinges]
    for _ in range(90):
        world.advance(*at.command, at.throttle)
    assert np.array(world.velocity) == pytest.approx([17.0, 0.0, 0.0], abs=0.05)
    assert angles(world)[1] == pytest.approx(at.alpha, abs=0.005)


def test_stall_in_a_turn_and_two_ways_to_glide() -> None:
    glider = airframe(propeller=False)
    assert stall_speed(glider, math.radians(60)) == pytest.approx(stall_speed(glider) * math.sqrt(2.0))
    best = max(glide_polar(glider), key=lambda g: g.ratio)
    # The glider without its propeller must sink as the trim solver says too: another way through the kernel.
    glide = trim(glider, best.speed)
    assert -math.sin(glide.climb) * glide.speed == pytest.approx(best.sink, rel=0.01)


def test_power_performance_obeys_energy() -> None:
    craft = airframe()
    fastest = top_speed(craft, 20.0)
    assert fastest is not None
    assert level(22.0).throttle < fastest.throttle == pytest.approx(1.0, abs=1e-3)
    # Thrust of a fixed propeller ends where its advance ratio reaches the zero of CT, 0.7437.
    assert fastest.speed / (fastest.rpm / 60 * 0.3048) < 0.7437
    climb = best_climb(craft, np.arange(11.0, 20.0, 1.0))
    rate = climb.speed * math.sin(climb.climb)
    # Climbing power cannot exceed thrust power; this aircraft (thrust 1.1 times its weight) climbs steeply.
    assert 6.0 < rate < climb.thrust * climb.speed / (1.959 * GRAVITY)


def test_turn_costs_the_load_factor() -> None:
    at = trim(airframe(), 16.0, bank=math.radians(50))
    assert at.in_reach
    assert at.turn_rate == pytest.approx(GRAVITY * math.tan(math.radians(50)) / 16.0, rel=0.05)
    # Published polar: CL 0.40 -> 0.62, CD 0.0457 -> 0.0558
    assert at.thrust / level(16.0).thrust == pytest.approx(0.0558 / 0.0457, rel=0.06)


def test_take_off_roll_with_the_tail_down_and_on_long_grass() -> None:
    # Published: 6.2 m with 300 W shaft, lift-off at 9.6 m/s; 4.5 m with 600 W, at 9.9. The motor gives about 450 W.
    run = take_off_roll(ultra_stick(), rolling_friction=0.02, lowered=False)
    assert run is not None
    assert 3.8 < run.roll_m < 7.0
    assert 8.5 < run.speed_mps < 11.0
    heavy_grass = take_off_roll(ultra_stick(), rolling_friction=0.2, lowered=False)
    assert heavy_grass is not None
    assert heavy_grass.roll_m > run.roll_m


@pytest.mark.parametrize("speed", [4.9, 4.997, 5.0, 5.2])
def test_trim_is_found_beyond_the_stall_though_the_first_guess_leads_nowhere(speed: float) -> None:
    at = trim(Airframe(load_aircraft("mcfoamy")), speed)
    assert at.in_reach
    assert 20.0 < math.degrees(at.alpha) < 35.0


def test_a_search_without_an_end_says_so() -> None:
    at = trim(airframe(), 3.0)  # a third of its stall speed; its motor cannot carry it either
    assert not at.in_reach


def test_top_speed_is_no_flight_that_was_not_found() -> None:
    """With an elevator that ends early, the fastest level flight is where it does, not what a solver was left with."""

    def little_down(data: dict) -> None:
        data["derivatives"]["Cm"]["zero"] += 0.03  # 2 deg more down
        for surface in data["surfaces"]:
            for control in surface["controls"]:
                if "elevator" in control["mix"]:
                    control["travel_down_deg"] = 0.5

    craft = Airframe(changed(ultra_stick(), little_down), DENSITY, GRAVITY)
    limited, free = top_speed(craft, 13.0), top_speed(airframe(), 13.0)
    assert limited is not None
    assert free is not None
    assert limited.in_reach
    assert free.in_reach
    assert 15.0 < limited.speed < free.speed - 2.0
    assert limited.command[1] == pytest.approx(-1.0, abs=0.05)
    assert free.throttle == pytest.approx(1.0, abs=1e-3)
    assert top_speed(craft, 4.0) is None  # too slow for a start


def test_a_low_thrust_line_makes_the_speed_run_away() -> None:
    # Less thrust at more speed lets the nose down: the Ultra Stick's thrust line is 46 mm under its centre of gravity.
    def through_the_center(data: dict[str, Any]) -> None:
        data["propulsion"][0]["position_m"][2] = data["mass"]["center_of_gravity_m"][2]

    slowest = {}
    for name, aircraft in (("low", ultra_stick()), ("level", changed(ultra_stick(), through_the_center))):
        airframe = Airframe(aircraft)
        modes = linear_modes(airframe, trim(airframe, 22.0))
        slowest[name] = max(m.eigenvalue.real for m in modes if m.name.startswith("phugoid"))
    assert slowest["low"] == pytest.approx(math.log(2) / 10, rel=0.2)  # doubles in 10 s
    assert slowest["level"] < -0.1
