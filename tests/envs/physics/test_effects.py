"""Every effect that a config line can switch off: on, it has the sign and size of theory; off, it is gone.

One case an effect, named in CASES; a new name in EFFECTS without a case fails. Numbers come from formulas worked out
here by another way than in the kernels, or from publications.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from envs.base.errors import InputError
from envs.flight_env import FlightEnv
from envs.physics.kernels.propulsion import motor_current
from envs.physics.kernels.records import EFFECTS, check_effects
from envs.physics.steady.airframe import Airframe, body_velocity
from envs.physics.world import World
from tests.support import effect_cases_air, effect_cases_ground
from tests.support.physics_tools import ultra_stick

STILL, RADIUS, DENSITY = np.zeros(3), 0.1524, 1.225
Case = Callable[[], None]


def craft(straight: bool = True, **effects: bool) -> Airframe:
    """The Ultra Stick, controls neutral, pulling along the body unless not `straight`."""
    airframe = Airframe(ultra_stick(), effects=effects)
    if straight:
        airframe.p["motor_axis"][0] = (1.0, 0.0, 0.0)
    airframe.command(0, 0, 0)
    return airframe


def change(effect: str, velocity: np.ndarray, throttle: float) -> tuple[np.ndarray, Airframe]:
    """(force N and moment N m (6,) that an effect adds, the aircraft with it) at the motor's balance, body axes."""
    on, off = craft(), craft(**{effect: False})
    rotor = on.rotors(velocity, throttle)
    without = off.load(velocity, STILL, throttle, rotor)[:6]
    return on.load(velocity, STILL, throttle, rotor)[:6] - without, on


def slipstream() -> None:
    # Momentum theory: w = sqrt(T / 2 rho A) in the disc of a standing aircraft, w (1 + x / sqrt(R^2 + x^2)) behind it.
    _, on = change("slipstream", body_velocity(0.0, 0.0, 0.0), 1.0)
    p, s = on.p, on.state[0]
    hover = math.sqrt(float(s["thrust"][0]) / (2 * DENSITY * math.pi * RADIUS**2))
    assert 10 < hover < 13
    tail = int(np.argmax(s["strip_along"]))  # its inner strips are wholly in the wash
    behind = float(p["motor_position"][0, 0] - p["strip_position"][tail, 0])
    assert behind > 0.7
    assert s["strip_along"][tail] == pytest.approx(hover * (1 + behind / math.hypot(RADIUS, behind)), rel=0.02)
    on.command(0, 0.5, 0)
    rotor = on.rotors(body_velocity(0.0, 0.0, 0.0), 1.0)
    raised = on.load(STILL, STILL, 1.0, rotor)[4]
    on.command(0, -0.5, 0)
    assert raised - on.load(STILL, STILL, 1.0, rotor)[4] < -0.5  # up elevator raises the nose (about -y) at standstill
    off = craft(slipstream=False)
    off.command(0, 0.5, 0)
    assert off.load(STILL, STILL, 1.0, rotor)[4] == pytest.approx(
        craft(slipstream=False).load(STILL, STILL, 1.0, rotor)[4], abs=0.01
    )


def swirl() -> None:
    # Angular momentum: turning like a solid body, the wash carries Q = rho U k pi Rs^4 / 2; k = 2 Q / (pi rho U Rs^4).
    velocity = body_velocity(4.0, 0.0, 0.0)
    added, on = change("swirl", velocity, 1.0)
    p, s = on.p, on.state[0]
    torque, wash = float(s["torque"][0]), float(s["wash_axial"][0])
    fin = [i for i in range(p["strips"]) if abs(p["strip_normal"][i, 1]) > 0.9]
    root = fin[0]
    narrow = RADIUS * math.sqrt((4.0 + wash) / (4.0 + 2 * wash))  # far behind
    flow = 4.0 + 1.97 * wash
    height = float(p["strip_position"][root, 2] - p["motor_position"][0, 2])
    expected = 2 * 0.8 * torque * height / (math.pi * DENSITY * flow * narrow**4)  # a fifth is straightened by the body
    assert abs(s["strip_across"][root]) == pytest.approx(expected, rel=0.1)
    assert 0.05 < expected / flow < 0.2  # 3 to 11 degrees
    assert added[5] > 0.05  # seen from behind the wash turns clockwise, to the right over the body: nose left
    assert added[5] < 0.5 * DENSITY * flow**2 * 0.022 * 5.5 * expected / flow * 0.55  # fin of 0.022 m2 at 0.55 m
    assert 0.0 < added[3] < torque  # the surfaces give back some of the torque, never all of it


def torque_reaction() -> None:
    # Steady: the airframe feels the published CP rho n^2 D^5 / 2 pi the other way round: clockwise rolls left.
    velocity = body_velocity(0.2019 * 120 * 2 * RADIUS, 0.0, 0.0)
    on, off, rotor = craft(), craft(torque_reaction=False), np.array([120 * 2 * math.pi])
    throttle = on.throttle_for(velocity, float(rotor[0]))
    added = (on.load(velocity, STILL, throttle, rotor) - off.load(velocity, STILL, throttle, rotor))[:6]
    torque = 0.0448 * DENSITY * 120**2 * (2 * RADIUS) ** 5 / (2 * math.pi)  # APC 12x6E at J = 0.2019
    assert added == pytest.approx([0, 0, 0, -torque, 0, 0], abs=0.02 * torque)
    # Spinning up where there is no air: body and rotor have no angular momentum together, whichever way they turn.
    for reacts in (True, False):
        world = World(ultra_stick(), effects={"torque_reaction": reacts})
        p, s = world.parameters[0], world.state[0]
        p["air_density"] = 1e-9
        world.reset((0.0, 0.0, 500.0), (0.0, 0.0, 0.0, 1.0))
        for _ in range(15):
            world.advance(0, 0, 0, 0.3)
        rotor_momentum = p["rotor_inertia"][0] * s["rotor_speed"][0] * p["motor_axis"][0]
        assert rotor_momentum[0] > 0.02
        total = rotor_momentum + p["inertia"] @ np.array(world.omega)
        assert (np.linalg.norm(total) < 0.02 * rotor_momentum[0]) == reacts


def gyroscopic() -> None:
    # M = -omega x (J Omega x_hat), right-hand rotation about +x: pitching up (q about -y here) yaws right.
    on, off = craft(), craft(gyroscopic=False)
    velocity, rates, rotor = body_velocity(15.0, 0.05, 0.0), np.array([0.0, -2.0, 0.0]), np.array([900.0])
    added = (on.load(velocity, rates, 0.5, rotor) - off.load(velocity, rates, 0.5, rotor))[3:6]
    assert added == pytest.approx(-np.cross(rates, [0.00012991 * 900.0, 0.0, 0.0]), abs=1e-9)
    assert added[2] == pytest.approx(-0.234, abs=0.001)  # N m, nose right


def p_factor() -> None:
    # Blade elements summed over the disc: lift ~ W (P W / r - U) with W = Omega r + flow against the blade.
    for speed, alpha, beta, throttle in ((4.0, 0.19, 0.0, 1.0), (12.0, 0.14, 0.0, 0.6), (15.0, 0.05, 0.15, 0.5)):
        velocity = body_velocity(speed, alpha, beta)
        added, on = change("p_factor", velocity, throttle)
        s = on.state[0]
        omega, inflow = float(s["rotor_speed"][0]), velocity[0] + float(s["wash_axial"][0])
        advance = 0.7437 * 2 * RADIUS / (2 * math.pi)  # per radian, where the published CT is 0
        angle, radius = np.meshgrid((np.arange(72) + 0.5) * math.tau / 72, (np.arange(40) + 0.5) / 40 * RADIUS)
        up, left = np.cos(angle), -np.sin(angle)  # of a blade that turns right-handed about x
        against = omega * radius + velocity[1] * -np.cos(angle) + velocity[2] * -np.sin(angle)
        lift = np.where(radius > 0.15 * RADIUS, against * (advance * against / radius - inflow), 0.0)
        lift *= float(s["thrust"][0]) / lift.sum()
        moment = np.array([0.0, np.sum(radius * up * lift), np.sum(-radius * left * lift)])
        assert added[:3] == pytest.approx(STILL, abs=1e-12)
        assert np.linalg.norm(added[3:] - moment) < 0.2 * np.linalg.norm(moment)
        assert added[5] > 0  # at a positive angle of attack a clockwise propeller pulls the nose left


def battery_sag() -> None:
    # Motor held at a speed: I = (d U - Kt Omega) / (R + d^2 Rb), the pack giving d I; without sag the pack is stiff.
    Kt, throttle, omega = 60 / (2 * math.pi * 870), 0.8, 600.0
    for sags, inner in ((True, 0.02), (False, 0.0)):
        airframe = craft(battery_sag=sags)
        s = airframe.state[0]
        s["rotor_speed"][0], s["charge_used"][0] = omega, 0.0
        expected = (throttle * 12.0 - Kt * omega) / (0.03 + throttle**2 * inner)
        assert motor_current(airframe.p, s, 0, throttle) == pytest.approx(min(60.0, expected), rel=1e-9)
        # Resting voltage of a cell over the charge left: ArduPilot's simulated pack (SIM_Battery.cpp).
        s["rotor_speed"][0] = 0.0
        fresh = motor_current(airframe.p, s, 0, 0.1)
        for left, volts in ((0.8077, 3.987), (0.6154, 3.833), (0.4231, 3.679), (0.2308, 3.462)):
            s["charge_used"][0] = (1 - left) * 3.2 * 3600
            expected = volts / 4.173 if sags else 1.0
            assert motor_current(airframe.p, s, 0, 0.1) / fresh == pytest.approx(expected, rel=0.03)


def motor_limits() -> None:
    # A rotor held still draws U / (R + Rb) = 240 A; the speed controller lets 60 A through.
    for limited, current in ((True, 60.0), (False, 12.0 / (0.03 + 0.02))):
        airframe = craft(motor_limits=limited)
        airframe.state[0]["rotor_speed"][0] = 0.0
        assert motor_current(airframe.p, airframe.state[0], 0, 1.0) == pytest.approx(current)
        rotor = np.zeros(1)
        spin_up = airframe.load(STILL, STILL, 1.0, rotor)[6]
        assert spin_up * 0.00012991 == pytest.approx(60 / (2 * math.pi * 870) * current, rel=0.01)


CASES: dict[str, Case] = {
    "slipstream": slipstream,
    "swirl": swirl,
    "torque_reaction": torque_reaction,
    "gyroscopic": gyroscopic,
    "p_factor": p_factor,
    "battery_sag": battery_sag,
    "motor_limits": motor_limits,
    **effect_cases_air.CASES,
    **effect_cases_ground.CASES,
}


@pytest.mark.parametrize("name", EFFECTS)
def test_effect_has_the_sign_and_size_of_theory(name: str) -> None:
    CASES[name]()


def test_no_case_without_an_effect() -> None:
    assert set(CASES) == set(EFFECTS)


@pytest.mark.parametrize("name", EFFECTS)
def test_one_line_switches_it_off_in_the_environment(name: str) -> None:
    env = FlightEnv(effects={name: False})
    assert env.world.parameters[0]["effect"].sum() == len(EFFECTS) - 1
    assert env.log_header()["effects_off"] == [name]
    env.reset(seed=1)
    assert all(np.isfinite(env.step(np.array([0.1, 0.2, 0.0, 0.5]))[0]).all() for _ in range(60))
    env.close()


def test_an_unknown_effect_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(InputError, match="did you mean 'swirl'"):
        check_effects(["swrl"])
    with pytest.raises(InputError, match="did you mean 'stall'"):
        FlightEnv(effects={"stal": False})
