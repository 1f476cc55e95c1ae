"""Trim, modes and performance of the Ultra Stick against the published answers.

The answers: JSBSim 1.3.3 with the published coefficients, an independent 6-DOF code, and flight identification
(Dorobantu et al., J. Aircraft 50(4), 2013). 100 m ISA, effective gravity 9.778 m/s2.
`python -m tests.test_physics_trim` prints the comparison.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import pytest

from envs.physics.airframe import Airframe
from envs.physics.modes import Mode, linear_modes
from envs.physics.performance import best_climb, glide_polar, stall_speed, static_margin, take_off_roll, top_speed
from envs.physics.trim import Trim, trim
from tests.physics_tools import ultra_stick

DENSITY, GRAVITY = 1.2133, 9.778
# speed: alpha deg, elevator deg (trailing edge down +), thrust N, rpm
ANSWERS = {12.0: (7.56, -6.67, 1.73, 4102), 17.0: (3.12, -3.54, 2.49, 5499), 22.0: (1.33, -2.20, 4.03, 7080)}
MODES_17 = {"short period": -11.46 + 8.76j, "phugoid": -0.111 + 0.458j, "roll": -16.15, "dutch roll": -1.83 + 5.12j,
            "spiral": -0.017}


@lru_cache
def airframe(propeller: bool = True, constant_power_at: float = 0.0, **effects: bool) -> Airframe:
    """The aircraft in the answers' air; `constant_power_at` (m/s) swaps the motor for one of constant shaft power."""
    craft = Airframe(ultra_stick(), DENSITY, GRAVITY, propeller, dict(effects))
    if constant_power_at:
        at = trim(craft, constant_power_at)
        p = craft.p
        # A source whose torque falls as 1 / speed: dQ/dw = -Kt^2/R = -Q/w at the trim.
        current = float(craft.state[0]["torque"][0]) / p["motor_Kt"][0] + p["motor_no_load"][0]
        p["motor_resistance"][0] = p["motor_Kt"][0] * at.rotor_speed[0] / current
        p["battery_voltage"][0], p["battery_resistance"][0] = 30.0, 0.0
    return craft


@lru_cache
def level(speed: float) -> Trim:
    return trim(airframe(), speed)


def modes(craft: Airframe, speed: float) -> dict[str, Mode]:
    return {mode.name: mode for mode in linear_modes(craft, trim(craft, speed))}


@pytest.mark.parametrize("speed", ANSWERS)
def test_level_trim_agrees_with_independent_codes(speed: float) -> None:
    alpha, elevator, thrust, rpm = ANSWERS[speed]
    ours = level(speed)
    assert ours.in_reach
    assert math.degrees(ours.alpha) == pytest.approx(alpha, abs=0.5)
    assert math.degrees(ours.elevator) == pytest.approx(elevator, abs=1.0)
    assert ours.thrust == pytest.approx(thrust, rel=0.10)
    assert ours.rpm == pytest.approx(rpm, rel=0.02)


def test_trim_is_steady_in_the_world_that_flies() -> None:
    # The solver's answer, flown hands off for 3 s by Bullet and the same kernel: nothing but the phugoid moves.
    from envs.frames import quaternion_from_pilot_angles
    from envs.physics.world import World
    from tests.physics_tools import angles

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


def test_short_period_roll_and_dutch_roll() -> None:
    ours = modes(airframe(), 17.0)
    assert ours["short period"].eigenvalue == pytest.approx(MODES_17["short period"], rel=0.25)
    assert ours["dutch roll"].frequency == pytest.approx(abs(MODES_17["dutch roll"]), rel=0.25)
    assert ours["dutch roll"].damping == pytest.approx(0.337, rel=0.25)
    # The answers' roll mode is known to be 44 % faster than the aircraft flies; ours lies between, by choice.
    assert abs(ours["roll"].eigenvalue) == pytest.approx(16.15, rel=0.25)


def test_modes_at_19_agree_with_flight() -> None:
    ours = modes(airframe(), 19.0)
    assert ours["short period"].frequency == pytest.approx(16.33, rel=0.25)
    assert ours["short period"].damping == pytest.approx(0.83, rel=0.25)
    assert ours["roll"].eigenvalue.real == pytest.approx(-12.53, rel=0.25)
    assert ours["dutch roll"].frequency == pytest.approx(4.96, rel=0.25)
    assert ours["dutch roll"].damping == pytest.approx(0.33, rel=0.25)


def test_phugoid_agrees_once_the_motor_gives_constant_power() -> None:
    # Miss, explained: with the real motor (nearly constant speed) thrust falls 0.5 N per m/s, in the answers' code
    # (constant shaft power, no slipstream) 0.15 N per m/s. The phugoid of ours is slower and better damped for it.
    same = modes(airframe(constant_power_at=17.0, slipstream=False), 17.0)["phugoid"]
    assert same.eigenvalue.imag == pytest.approx(0.458, rel=0.25)
    assert same.eigenvalue.real == pytest.approx(-0.111, rel=0.25)
    real = modes(airframe(), 17.0)["phugoid"]
    assert -0.35 < real.eigenvalue.real < same.eigenvalue.real
    assert real.eigenvalue.imag < same.eigenvalue.imag


def test_spiral_is_slow() -> None:
    # Miss in ratio, explained: both are within 0.1 1/s of neutral (answer: -0.017, time to halve 41 s); swirl on the
    # fin, absent from the answers' code, makes the difference.
    assert abs(modes(airframe(), 17.0)["spiral"].eigenvalue.real) < 0.1
    assert abs(modes(airframe(swirl=False), 17.0)["spiral"].eigenvalue.real + 0.017) < 0.03


def test_stall_and_glide() -> None:
    glider = airframe(propeller=False)
    stall = stall_speed(glider)
    assert 9.6 < stall < 10.6
    assert stall_speed(glider, math.radians(60)) == pytest.approx(stall * math.sqrt(2.0))
    polar = glide_polar(glider)
    best, least = max(polar, key=lambda g: g.ratio), min(polar, key=lambda g: g.sink)
    assert best.ratio == pytest.approx(11.1, rel=0.10)
    assert best.speed == pytest.approx(11.5, rel=0.10)
    assert least.sink == pytest.approx(0.94, rel=0.10)
    # The glider without its propeller must sink as the trim solver says too: another way through the kernel.
    glide = trim(glider, best.speed)
    assert -math.sin(glide.climb) * glide.speed == pytest.approx(best.sink, rel=0.01)


def test_power_performance_obeys_energy() -> None:
    craft = airframe()
    fastest = top_speed(craft, 20.0)
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


def test_static_margin_is_the_published_one() -> None:
    # -Cma / CLa = 0.723 / 4.58, moments carried from the published point 4.5 mm aft to the centre of gravity.
    assert static_margin(airframe(propeller=False), level(17.0), 0.25) == pytest.approx(0.723 / 4.58 - 0.0045 / 0.25,
                                                                                       abs=0.02)


def test_take_off_roll_lies_between_the_published_ones() -> None:
    # Published: 6.2 m with 300 W shaft, lift-off at 9.6 m/s; 4.5 m with 600 W, at 9.9. Ours gives about 450 W.
    run = take_off_roll(ultra_stick(), rolling_friction=0.02, lowered=False)
    assert run is not None
    assert 3.8 < run.roll_m < 7.0
    assert 8.5 < run.speed_mps < 11.0
    heavy_grass = take_off_roll(ultra_stick(), rolling_friction=0.2, lowered=False)
    assert heavy_grass is not None
    assert heavy_grass.roll_m > run.roll_m


def comparison() -> str:
    """The table of answers against this model."""
    lines = ["speed  alpha deg      elevator deg    thrust N      rpm           (answer / ours)"]
    for speed, (alpha, elevator, thrust, rpm) in ANSWERS.items():
        t = level(speed)
        lines.append(f"{speed:4.0f}  {alpha:6.2f} {math.degrees(t.alpha):6.2f}  {elevator:6.2f} "
                     f"{math.degrees(t.elevator):6.2f}  {thrust:6.2f} {t.thrust:6.2f}  {rpm:6d} {t.rpm:6.0f}")
    lines.append("modes at 17 m/s, rad/s")
    same = modes(airframe(constant_power_at=17.0, slipstream=False), 17.0)
    for name, answer in MODES_17.items():
        ours = modes(airframe(), 17.0)[name].eigenvalue
        lines.append(f"{name:14s} {answer:18.3f} {ours:18.3f}   constant power, no slipstream: "
                     f"{same[name].eigenvalue:.3f}")
    return "\n".join(lines)


if __name__ == "__main__":
    print(comparison())
