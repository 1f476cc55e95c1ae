"""Engines: shaft power over speed, constant power, from file to flight."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from envs.aircraft.aircraft import Aircraft, load_aircraft
from envs.base.errors import InputError
from envs.flight_env import FlightEnv
from envs.performance.solver import performance_sheet
from envs.physics.steady.airframe import Airframe
from envs.physics.steady.modes import linear_modes
from envs.physics.steady.trim import trim
from envs.physics.world import World
from tests.support.physics_tools import changed

STICK = str(Path(__file__).resolve().parents[2] / "support" / "aircraft" / "ultra_stick_coefficients.yaml")
STILL = np.zeros(3)
PISTON = {"rpm": [3000, 6000, 9000, 12000], "power_W": [120.0, 300.0, 480.0, 450.0], "idle": 0.03}
CONSTANT = {"rpm": [1000], "power_W": [300.0]}


def engined(engine: dict[str, Any], path: str = STICK) -> Aircraft:
    def change(data: dict[str, Any]) -> None:
        for unit in data["propulsion"]:
            unit.pop("motor", None)
            unit.pop("battery", None)
            unit["engine"] = engine

    return changed(load_aircraft(path), change)


@pytest.mark.parametrize("inflow", [0.0, 8.0, 15.0, 22.0])
@pytest.mark.parametrize("throttle", [0.3, 0.7, 1.0])
def test_shaft_power_is_the_engines_and_goes_into_the_propeller(inflow: float, throttle: float) -> None:
    craft = Airframe(engined(PISTON))
    forward = np.array([inflow, 0.0, 0.0])
    rotor = craft.rotors(forward, throttle)
    craft.load(forward, STILL, throttle, rotor)
    power = float(craft.state[0]["torque"][0]) * rotor[0]
    full = float(np.interp(rotor[0] * 30 / math.pi, PISTON["rpm"], PISTON["power_W"]))
    if rotor[0] * 30 / math.pi > 3000:
        assert power == pytest.approx((0.03 + 0.97 * throttle) * full, rel=1e-5)
    assert craft.throttle_for(forward, float(rotor[0])) == pytest.approx(throttle, rel=1e-6)


def test_constant_power_stays_constant_and_its_torque_is_bounded_at_a_stop() -> None:
    craft = Airframe(engined(CONSTANT))
    for inflow in (0.0, 10.0, 18.0):
        forward = np.array([inflow, 0.0, 0.0])
        rotor = craft.rotors(forward, 1.0)
        craft.load(forward, STILL, 1.0, rotor)
        assert float(craft.state[0]["torque"][0]) * rotor[0] == pytest.approx(300.0, rel=1e-5)
    stopped = craft.load(STILL, STILL, 1.0, np.zeros(1))[6]
    first = 300.0 / (1000 * math.pi / 30)
    assert stopped == pytest.approx(first / float(craft.p["rotor_inertia"][0]), rel=1e-6)


def test_static_thrust_is_that_of_the_power_balance() -> None:
    # CP rho n^3 D^5 = 300 W, T = CT rho n^2 D^4: APC 12x6E at rest, CT 0.1088, CP 0.0569
    craft = Airframe(engined(CONSTANT))
    craft.load(STILL, STILL, 1.0, craft.rotors(STILL, 1.0))
    turns = (300.0 / (0.0569 * 1.225 * 0.3048**5)) ** (1 / 3)
    assert float(craft.state[0]["thrust"][0]) == pytest.approx(0.1088 * 1.225 * turns**2 * 0.3048**4, rel=1e-3)


def test_phugoid_of_a_constant_power_engine_is_the_published_one() -> None:
    # JSBSim with the published coefficients and constant shaft power, at 17 m/s: -0.111 +- 0.458i
    craft = Airframe(engined(CONSTANT), 1.2133, 9.778)
    modes = {mode.name: mode.eigenvalue for mode in linear_modes(craft, trim(craft, 17.0))}
    assert modes["phugoid"] == pytest.approx(-0.111 + 0.458j, rel=0.02)


def test_it_runs_up_in_flight_and_settles_where_the_balance_is() -> None:
    world = World(engined(PISTON), control_hz=60)
    world.reset((0.0, 0.0, 300.0), (0.0, 0.0, 0.0, 1.0), (15.0, 0.0, 0.0), (0.0, 0.0, 0.0))
    speeds = []
    for _ in range(120):
        world.advance(0.0, 0.0, 0.0, 0.6)
        speeds.append(float(world.state[0]["rotor_speed"][0]))
    air = world.state[0]["air_velocity"].copy()
    world.close()
    steady = Airframe(engined(PISTON)).rotors(air, 0.6)[0]
    assert speeds[-1] == pytest.approx(steady, rel=0.02)
    assert np.abs(np.diff(speeds[-30:])).max() < 2.5  # it follows the growing airspeed, without a tremble
    assert np.abs(np.diff(speeds[-30:], 2)).max() < 0.1
    assert max(speeds) < 1.05 * steady


def test_throttle_closed_it_idles() -> None:
    craft = Airframe(engined(PISTON))
    idling = craft.rotors(STILL, 0.0)[0] * 30 / math.pi
    assert 800 < idling < 3000
    assert Airframe(engined(CONSTANT)).rotors(STILL, 0.0)[0] < 1.0


def test_sheet_and_tasks_take_it(tmp_path: Path) -> None:
    sheet = performance_sheet(engined(PISTON))
    assert sheet.fastest
    assert sheet.cruise.current_A is None
    assert sheet.cruise.battery_min is None
    assert sheet.take_off
    path = tmp_path / "piston.yaml"
    path.write_text(yaml.safe_dump(engined(PISTON, "ultra_stick").model_dump(mode="json", exclude_none=True)))
    env = FlightEnv(task="takeoff", aircraft=str(path), discrepancies=["worn_motor"])
    env.reset(seed=1)
    for _ in range(60):
        observation, *_ = env.step(np.array([0.0, 0.0, 0.0, 1.0], np.float32))
        assert np.all(np.isfinite(observation))
    assert env.quantities.airspeed > 4.0
    env.close()


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"engine": {"rpm": [3000, 2000], "power_W": [1, 2]}, "motor": None, "battery": None}, "rpm must rise"),
        ({"engine": {"rpm": [3000], "power_W": [1, 2]}, "motor": None, "battery": None}, "equally long"),
        ({"engine": {"rpm": [3000], "power_W": [100]}}, "not both"),
        ({"motor": None}, "key motor is missing (or give an engine instead of both)"),
        ({"battery": None}, "key battery is missing"),
    ],
)
def test_a_faulty_engine_is_refused_in_one_line(keys: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError) as refused:
        changed(load_aircraft(STICK), lambda d: d["propulsion"][0].update(keys))
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)
