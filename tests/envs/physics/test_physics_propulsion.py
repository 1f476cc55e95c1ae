"""Propeller, motor, battery and wash against published numbers and momentum theory."""

from __future__ import annotations

import math

import numpy as np
import pytest

from envs.physics.kernels.propulsion import propeller_loads
from envs.physics.steady.airframe import Airframe, body_velocity
from tests.support.physics_tools import changed, ultra_stick

DENSITY, DIAMETER = 1.2133, 0.3048
# APC 12x6E as published (OpenFlightSim engine/APC 12x6e.xml, from APC's data): J, CT, CP
PUBLISHED = (
    (0, 0.1088, 0.0569),
    (0.1063, 0.1033, 0.0499),
    (0.2019, 0.0940, 0.0448),
    (0.3081, 0.0811, 0.0410),
    (0.4125, 0.0649, 0.0364),
    (0.51, 0.0467, 0.0298),
    (0.6162, 0.0268, 0.0201),
    (0.7162, 0.0055, 0.0077),
)


@pytest.fixture(scope="module")
def airframe() -> Airframe:
    return Airframe(ultra_stick(), DENSITY)


def loads(airframe: Airframe, rpm: float, inflow: float) -> tuple[float, float]:
    return propeller_loads(airframe.p, 0, rpm * math.pi / 30, inflow, DENSITY)


@pytest.mark.parametrize(("J", "CT", "CP"), PUBLISHED)
@pytest.mark.parametrize("rpm", [3000, 8000])
def test_thrust_and_torque_are_the_published_ones(
    airframe: Airframe, rpm: float, J: float, CT: float, CP: float
) -> None:
    n = rpm / 60
    thrust, torque = loads(airframe, rpm, J * n * DIAMETER)
    scale = DENSITY * n**2 * DIAMETER**4
    assert thrust == pytest.approx(CT * scale, abs=0.01 * 0.1088 * scale)
    assert torque == pytest.approx(CP * scale * DIAMETER / (2 * math.pi), abs=0.01 * 0.0569 * scale * DIAMETER / 6.28)


@pytest.mark.parametrize(("speed", "rpm", "thrust"), [(12, 4102, 1.73), (17, 5499, 2.49), (22, 7080, 4.03)])
def test_thrust_at_the_trims_of_another_code(airframe: Airframe, speed: float, rpm: float, thrust: float) -> None:
    inflow = speed * math.cos(math.radians(3))
    assert loads(airframe, rpm, inflow)[0] == pytest.approx(thrust, rel=0.03)


def test_thrust_falls_with_speed_and_turns_to_drag(airframe: Airframe) -> None:
    thrusts = [loads(airframe, 6000, v)[0] for v in np.linspace(0, 35, 36)]
    assert np.all(np.diff(thrusts) < 0)
    assert thrusts[0] > 0 > thrusts[-1]
    zero = np.interp(0.0, thrusts[::-1], np.linspace(0, 35, 36)[::-1])
    assert zero == pytest.approx(0.7437 * 100 * DIAMETER, rel=0.01)


def test_propeller_never_beats_momentum_theory(airframe: Airframe) -> None:
    area = math.pi * (DIAMETER / 2) ** 2
    for inflow in np.linspace(0, 22, 12):
        thrust, torque = loads(airframe, 6000, inflow)
        if thrust > 0:
            induced = 0.5 * (-inflow + math.sqrt(inflow**2 + 2 * thrust / (DENSITY * area)))
            assert torque * 6000 * math.pi / 30 > thrust * (inflow + induced)


@pytest.mark.parametrize("throttle", [0.3, 0.6, 1.0])
def test_power_adds_up_from_battery_to_air(airframe: Airframe, throttle: float) -> None:
    # Full-throttle power of the class: 450 W shaft (Power 25: 300 to 600 W published), currents below the fuse.
    velocity = body_velocity(8.0, 0.0, 0.0)
    rotor = airframe.rotors(velocity, throttle)
    airframe.load(velocity, np.zeros(3), throttle, rotor)
    p, s = airframe.p, airframe.state[0]
    shaft = float(s["torque"][0]) * rotor[0]
    current = float(s["torque"][0]) / p["motor_Kt"][0] + p["motor_no_load"][0]
    voltage = throttle * p["battery_voltage"][0] - throttle**2 * p["battery_resistance"][0] * current
    assert p["motor_Kt"][0] == pytest.approx(60 / (2 * math.pi * 870))
    assert voltage == pytest.approx(p["motor_Kt"][0] * rotor[0] + current * p["motor_resistance"][0], rel=1e-6)
    assert shaft < current * voltage
    if throttle == 1.0:
        assert 300 < shaft < 600
        assert current < 60


def test_closed_throttle_windmills_with_a_plausible_drag() -> None:
    craft, bare = Airframe(ultra_stick()), Airframe(ultra_stick(), propeller=False)
    velocity = body_velocity(15.0, math.radians(4), 0.0)
    rotor = craft.rotors(velocity, 0.0)
    for airframe in (craft, bare):
        airframe.command(0, 0, 0)
    drag = bare.load(velocity, np.zeros(3), 0.0, np.zeros(0))[0] - craft.load(velocity, np.zeros(3), 0.0, rotor)[0]
    # A freewheeling propeller drags like 5 to 20 % of its disc (Hoerner, Fluid-Dynamic Drag: 0.1 to 0.3 of the
    # solid disc for a windmilling one, less when free), and takes no more from the air than it turns into heat.
    disc = 0.5 * 1.225 * 15.0**2 * math.pi * (DIAMETER / 2) ** 2
    assert 0.02 < drag / disc < 0.25
    assert drag * 15.0 > craft.p["motor_Kt"][0] * craft.p["motor_no_load"][0] * rotor[0] > 0


def test_opposite_twin_has_no_torque() -> None:
    def twin(data: dict) -> None:
        unit = data["propulsion"][0]
        unit.update(right_thrust_deg=0.0, position_m=[0.0, 0.2, 0.0])
        data["propulsion"] = [unit, {**unit, "name": "other", "position_m": [0.0, -0.2, 0.0], "turns": "anticlockwise"}]

    craft = Airframe(changed(ultra_stick(), twin))
    craft.command(0, 0, 0)
    velocity = body_velocity(12.0, 0.1, 0.0)
    load = craft.load(velocity, np.zeros(3), 0.8, craft.rotors(velocity, 0.8))
    assert load[[1, 3, 5]] == pytest.approx(np.zeros(3), abs=1e-9)
    assert load[0] > 5.0
