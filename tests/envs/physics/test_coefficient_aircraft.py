"""Aircraft of which only whole-aircraft coefficients are published: they fly in the same world, to the same answers.

The answers: JSBSim 1.3.3 and an independent 6-DOF code with exactly these coefficients of the Ultra Stick (100 m ISA,
effective gravity 9.778 m/s2); for the X8 those of its identification (Low-Hansen et al. 2025).
"""

from __future__ import annotations

import math
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from envs.aircraft.aircraft import Aircraft, load_aircraft
from envs.performance.flights import glide_polar, stall_speed
from envs.physics.assembly.calibration import strip_derivatives
from envs.physics.steady.airframe import Airframe, airframe_load, body_velocity
from envs.physics.steady.modes import linear_modes
from envs.physics.steady.trim import trim
from envs.physics.world import World
from tests.envs.physics.test_physics_aerodynamics import random_states
from tests.support.physics_tools import changed, mechanical_energy

FOLDER = Path(__file__).resolve().parents[2] / "support" / "aircraft"
STICK, X8 = str(FOLDER / "ultra_stick_coefficients.yaml"), str(FOLDER / "x8_coefficients.yaml")
STILL = np.zeros(3)
DENSITY, GRAVITY = 1.2133, 9.778  # of the answers
# speed: alpha deg, elevator deg (trailing edge down +), thrust N, rpm
ANSWERS = {12.0: (7.56, -6.67, 1.73, 4102), 17.0: (3.12, -3.54, 2.49, 5499), 22.0: (1.33, -2.20, 4.03, 7080)}
MODES_17 = {
    "short period": -11.46 + 8.76j,
    "phugoid": -0.111 + 0.458j,
    "roll": -16.15,
    "dutch roll": -1.83 + 5.12j,
    "spiral": -0.017,
}


@lru_cache
def stick() -> Aircraft:
    return load_aircraft(STICK)


@lru_cache
def craft(path: str = STICK, propeller: bool = True, published_air: bool = True) -> Airframe:
    air = (DENSITY, GRAVITY) if published_air else (1.225, 9.81)
    return Airframe(load_aircraft(path), *air, propeller=propeller)


@pytest.mark.parametrize("speed", ANSWERS)
def test_trims_are_the_published_ones(speed: float) -> None:
    alpha, elevator, thrust, rpm = ANSWERS[speed]
    ours = trim(Airframe(stick(), DENSITY, GRAVITY, effects={"p_factor": False}), speed)  # the answers have none
    assert ours.in_reach
    assert math.degrees(ours.alpha) == pytest.approx(alpha, abs=0.01)
    assert math.degrees(ours.elevator) == pytest.approx(elevator, abs=0.02)
    assert ours.thrust == pytest.approx(thrust, rel=0.01)
    assert ours.rpm == pytest.approx(rpm, rel=0.002)


def test_modes_are_the_published_ones() -> None:
    ours = {mode.name: mode.eigenvalue for mode in linear_modes(craft(), trim(craft(), 17.0))}
    for name in ("short period", "dutch roll", "roll"):
        assert ours[name] == pytest.approx(MODES_17[name], rel=0.02), name
    assert ours["spiral"] == pytest.approx(MODES_17["spiral"], abs=0.004)  # time to halve 35 s against 41 s


def test_phugoid_is_the_published_one_with_a_motor_of_constant_power() -> None:
    # The real motor holds its speed, so its thrust falls faster with airspeed: phugoid -0.21 +- 0.32i.
    glued = Airframe(stick(), DENSITY, GRAVITY)
    at, p = trim(glued, 17.0), glued.p
    current = float(glued.state[0]["torque"][0]) / p["motor_Kt"][0] + p["motor_no_load"][0]
    p["motor_resistance"][0] = p["motor_Kt"][0] * at.rotor_speed[0] / current
    p["battery_voltage"][0], p["battery_resistance"][0] = 30.0, 0.0
    modes = {mode.name: mode.eigenvalue for mode in linear_modes(glued, trim(glued, 17.0))}
    assert modes["phugoid"] == pytest.approx(MODES_17["phugoid"], rel=0.02)


def test_x8_trim_and_modes_at_18_mps() -> None:
    at = trim(craft(X8, published_air=False), 18.0)
    assert math.degrees(at.alpha) == pytest.approx(7.65, abs=0.2)
    assert math.degrees(at.elevator) == pytest.approx(-1.99, abs=0.15)
    assert at.throttle == pytest.approx(0.547, rel=0.04)
    modes = {mode.name: mode for mode in linear_modes(craft(X8, published_air=False), at)}
    for name, frequency, damping in (("short period", 9.93, 0.62), ("phugoid", 0.77, 0.37), ("dutch roll", 4.86, 0.27)):
        assert modes[name].frequency == pytest.approx(frequency, rel=0.02)
        assert modes[name].damping == pytest.approx(damping, abs=0.03)
    assert modes["roll"].eigenvalue.real == pytest.approx(-17.5, rel=0.02)
    assert modes["spiral"].eigenvalue.real == pytest.approx(-0.19, abs=0.02)


@pytest.mark.parametrize("path", [STICK, X8])
def test_reproduces_its_published_table(path: str) -> None:
    aircraft = load_aircraft(path)
    published, model = aircraft.derivatives, craft(path, propeller=False)
    assert published
    ours, _ = strip_derivatives(model.parameters, model.state, published, np.array(aircraft.mass.center_of_gravity_m))
    for coefficient, table in ours.items():
        for key, value in table.items():
            if key != "zero":
                wanted = getattr(published, coefficient).get(key, 0.0)
                assert value == pytest.approx(wanted, rel=0.01, abs=1e-3), f"{coefficient}_{key}"


def test_stalls_and_glides_as_published() -> None:
    glider = craft(propeller=False)
    assert stall_speed(glider) == pytest.approx(10.0, rel=0.06)
    best = max(glide_polar(glider), key=lambda point: point.ratio)
    assert best.ratio == pytest.approx(11.1, rel=0.02)
    assert best.speed == pytest.approx(11.5, rel=0.02)


@pytest.mark.parametrize("path", [STICK, X8])
def test_air_never_does_work_on_it_in_still_air(path: str) -> None:
    glider = craft(path, propeller=False)
    for velocity, rates, command in random_states(np.random.default_rng(5), 12000):
        glider.command(*command)
        load = glider.load(velocity, rates, 0.0, np.zeros(0))
        assert load[:3] @ velocity + load[3:6] @ rates < 0.0


@pytest.mark.parametrize("path", [STICK, X8])
def test_forces_are_bounded_and_smooth_at_every_attitude(path: str) -> None:
    glider, area = craft(path, propeller=False), load_aircraft(path).derivatives.area_m2  # pyright: ignore
    pressure = 0.5 * DENSITY * 15.0**2 * area
    glider.command(1.0, -1.0, 1.0)
    for slip in np.radians([-90.0, -60.0, -20.0, 0.0, 45.0, 90.0]):
        last = None
        for angle in np.radians(np.arange(-180.0, 180.25, 0.25)):
            load = glider.load(body_velocity(15.0, angle, slip), STILL, 0.0, np.zeros(0))[:6] / pressure
            assert np.isfinite(load).all()
            assert np.linalg.norm(load[:3]) < 3.5
            assert np.linalg.norm(load[3:]) < 2.0
            if last is not None:
                assert np.abs(load - last).max() < 0.12  # no jumps: a quarter of a degree
            last = load
    nothing = glider.load(STILL, STILL, 0.0, np.zeros(0))
    assert nothing[:6] == pytest.approx(np.zeros(6))


def test_every_rate_is_damped_in_any_flow() -> None:
    glider = craft(propeller=False)
    glider.command(0.0, 0.0, 0.0)
    for alpha in np.radians([-170, -90, -30, 0, 10, 40, 90, 180]):
        for axis in range(3):
            rates = np.zeros(3)
            rates[axis] = 4.0
            for velocity in (body_velocity(15.0, float(alpha), 0.5), STILL):
                calm = glider.load(velocity, STILL, 0.0, np.zeros(0))[3 + axis]
                assert glider.load(velocity, rates, 0.0, np.zeros(0))[3 + axis] < calm


def test_post_stall_is_the_flat_plate_of_the_strips() -> None:
    # Khan & Nahon 2015: cn = Cd90 s [1 / (0.56 + 0.44 |s|) - 0.41 (1 - exp(-17 / AR))]
    glider = craft(propeller=False)
    glider.command(0.0, 0.0, 0.0)
    pressure = 0.5 * DENSITY * 15.0**2 * 0.3097
    loss = 0.41 * (1 - math.exp(-17 / 5.208))
    for degrees in (-150.0, -60.0, 25.0, 40.0, 90.0, 120.0):
        alpha = math.radians(degrees)
        load = glider.load(body_velocity(15.0, alpha, 0.0), STILL, 0.0, np.zeros(0))
        sine, cosine = math.sin(alpha), math.cos(alpha)
        lift, drag = load[2] * cosine + load[0] * sine, load[2] * sine - load[0] * cosine
        normal = 1.98 * sine * (1 / (0.56 + 0.44 * abs(sine)) - loss)
        assert lift / pressure == pytest.approx(normal * cosine, abs=0.01)
        assert drag / pressure == pytest.approx(0.0434 + normal * sine, abs=0.01)


def test_tumbling_loses_energy_and_it_comes_down() -> None:
    glider = changed(stick(), lambda d: d.update(propulsion=[], wheels=[], launch={"kind": "hand"}))
    world = World(glider, control_hz=240)
    rng = np.random.default_rng(7)
    for _ in range(12):
        attitude = rng.normal(size=4)
        attitude /= np.linalg.norm(attitude)
        world.reset((0.0, 0.0, 300.0), tuple(attitude), tuple(rng.normal(0, 8, 3)), tuple(rng.normal(0, 6, 3)))
        energy = mechanical_energy(world)
        for _ in range(480):
            world.advance(*rng.uniform(-1, 1, 3), 0.0)
            now = mechanical_energy(world)
            assert now < energy + 0.02  # rounding of the integration; the aircraft holds 6,000 J
            energy = now
        assert world.position[2] < 300.0
    world.close()


def test_controls_turn_it_the_pilots_way_and_backwards_in_reversed_flow() -> None:
    glider = craft(propeller=False)
    for velocity, way in ((body_velocity(15.0, 0.05, 0.0), 1), (body_velocity(15.0, math.pi - 0.05, 0.0), -1)):
        glider.command(0.0, 0.0, 0.0, 0.0)
        calm = glider.load(velocity, STILL, 0.0, np.zeros(0))
        for command, index, sign in (
            ((0.5, 0, 0, 0), 3, 1),
            ((0, 0.5, 0, 0), 4, -1),
            ((0, 0, 0.5, 0), 5, -1),
            ((0, 0, 0, 0.5), 2, 1),
        ):
            glider.command(*command)
            moved = glider.load(velocity, STILL, 0.0, np.zeros(0))
            assert (moved[index] - calm[index]) * sign * way > 0.2


def test_flap_lowers_the_stall_speed() -> None:
    glider = Airframe(stick(), propeller=False)
    flaps = glider.p["hinge_gain"][: glider.p["hinges"], 3] != 0
    command = glider.command

    def with_flap(aileron: float, elevator: float, rudder: float, flap: float = 0.0) -> None:
        command(aileron, elevator, rudder, 1.0)

    clean = stall_speed(glider)
    glider.command = with_flap  # pyright: ignore[reportAttributeAccessIssue]
    assert stall_speed(glider) < 0.95 * clean
    assert np.degrees(glider.state[0]["deflection"][: len(flaps)][flaps]) == pytest.approx([25.0, 25.0])


def test_rudder_in_the_wash_works_at_standstill() -> None:
    def blown(data: dict[str, Any]) -> None:
        data["coefficient_model"]["controls"][2]["in_wash"] = 1.0

    yaws = []
    for aircraft in (stick(), changed(stick(), blown)):
        parked = Airframe(aircraft)
        rotors = parked.rotors(STILL, 1.0)
        loads = []
        for rudder in (0.0, 1.0):
            parked.command(0.0, 0.0, rudder)
            loads.append(parked.load(STILL, STILL, 1.0, rotors)[5])
        yaws.append(loads[1] - loads[0])
    assert yaws[0] == pytest.approx(0.0, abs=1e-9)
    # Momentum theory: the wash of a static thrust T has the pressure T / A.
    thrust = float(parked.state[0]["thrust"][0])
    pressure = thrust / (math.pi * 0.1524**2)
    assert yaws[1] == pytest.approx(-0.1811 * math.radians(25) * pressure * 0.3097 * 1.27, rel=0.05)


def test_ground_effect_gives_lift_and_takes_drag() -> None:
    model = craft(propeller=False)
    model.command(0.0, 0.0, 0.0)
    out, loads = np.zeros(6), []
    for height in (0.17 * 1.27, 100.0):
        velocity = body_velocity(12.0, 0.12, 0.0)
        airframe_load(model.parameters, model.state, velocity, STILL, 0.0, np.zeros(0), height, out)
        sine, cosine = math.sin(0.12), math.cos(0.12)
        loads.append((out[2] * cosine + out[0] * sine, out[2] * sine - out[0] * cosine))
    (near_lift, near_drag), (far_lift, far_drag) = loads
    assert 1.05 < near_lift / far_lift < 1.16  # a lattice with its mirror image: 1.16
    assert near_drag / near_lift < 0.95 * far_drag / far_lift


def test_gusts_turn_it_through_its_rate_derivatives() -> None:
    model = craft(propeller=False)
    model.command(0.0, 0.0, 0.0)
    velocity, rates = body_velocity(15.0, 0.05, 0.0), np.array([0.5, 0.1, -0.2])
    turning = model.load(velocity, -rates, 0.0, np.zeros(0))
    model.state[0]["gust_now"][3:] = model.state[0]["gust_next"][3:] = rates
    gust = model.load(velocity, STILL, 0.0, np.zeros(0))
    model.state[0]["gust_now"][3:] = model.state[0]["gust_next"][3:] = 0.0
    assert gust[:6] == pytest.approx(turning[:6])


@pytest.mark.parametrize("speed", [14.0, 16.0, 18.0, 20.0, 22.0])
def test_drag_falls_with_thrust_as_published(speed: float) -> None:
    # CD = 0.058 - 0.034 CL + 0.225 CL^2 - 0.217 CT [LH]: 0.045 to 0.053 at 16 to 22 m/s, below the polar's own minimum.
    x8 = Airframe(load_aircraft(X8), effects={"p_factor": False})
    at = trim(x8, speed)
    assert at.in_reach
    turns, pressure = at.rotor_speed[0] / (2 * math.pi), 0.5 * 1.225 * speed**2 * 0.75
    CT = at.thrust / (1.225 * turns**2 * 0.3556**4)
    CL = (3.364 * 9.81 - at.thrust * math.sin(at.alpha)) / pressure
    CD = 0.058 - 0.034 * CL + 0.225 * CL**2 - 0.217 * CT
    assert at.thrust * math.cos(at.alpha) == pytest.approx(pressure * CD, rel=0.005)
    if 16.0 <= speed <= 22.0:
        assert 0.044 < CD < 0.054
