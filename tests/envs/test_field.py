"""Air of the field: density from elevation and temperature, what it does to a flight, and how a config sets it."""

from __future__ import annotations

import json
import math
from pathlib import Path

import gymnasium
import numpy as np
import pytest

from agents.commands.evaluate import evaluate
from agents.config.programme import load_config
from agents.environments.flights import flight_env_function
from agents.pilots.pilot_config import pilot_config
from envs.base.errors import InputError
from envs.base.quantities import AT
from envs.flight_env import FlightEnv
from envs.performance.flights import stall_speed, take_off_roll
from envs.physics.density import field_density, isa_density
from envs.physics.steady.airframe import Airframe
from tests.support.physics_tools import ultra_stick

# 1600 m and 30 deg C, a summer's day at Denver: 83524 Pa (ISO 2533 at 1600 m) / (287.053 * 303.15 K)
DENVER = {"field_elevation_m": 1600.0, "temperature_C": 30.0}
DENVER_DENSITY = 83524 / (287.053 * 303.15)


@pytest.mark.parametrize(
    ("height_m", "published"),
    [  # ISO 2533, by geopotential height
        (-500, 1.28490),
        (0, 1.22500),
        (500, 1.16727),
        (1000, 1.11164),
        (2000, 1.00649),
        (3000, 0.909122),
        (6000, 0.659697),
    ],
)
def test_density_is_that_of_the_standard_atmosphere(height_m: float, published: float) -> None:
    assert isa_density(height_m) == pytest.approx(published, rel=5e-5)
    assert field_density(height_m) == pytest.approx(published, rel=5e-5)


def test_density_falls_with_warmth_and_is_checked() -> None:
    assert field_density(**{"elevation_m": 1600.0, "temperature_C": 30.0}) == pytest.approx(DENVER_DENSITY, rel=2e-4)
    assert field_density(0.0, 15.0) == pytest.approx(1.225, rel=1e-4)
    assert field_density() == 1.225
    assert field_density(density=0.9) == 0.9
    for wrong, said in (
        ({"elevation_m": 9e9}, "field_elevation_m: must be -500 to 6000"),
        ({"temperature_C": math.nan}, "temperature_C"),
        ({"density": 0.0}, "air_density"),
        ({"density": 1.1, "temperature_C": 20.0}, "air_density already says"),
    ):
        with pytest.raises(InputError, match=said):
            field_density(**wrong)


def test_thin_air_takes_faster_and_longer_take_offs() -> None:
    # Same lift coefficient: the true stall speed grows as the root of the density ratio. Take-off: v^2 / 2 a, with v^2
    # as the ratio and the thrust falling with the density (less what the motor gains by turning faster).
    thin = field_density(1600.0, 30.0)
    ratio = 1.225 / thin
    sea, high = (stall_speed(Airframe(ultra_stick(), density, propeller=False)) for density in (1.225, thin))
    assert high / sea == pytest.approx(math.sqrt(ratio), rel=0.005)
    rolls = [take_off_roll(ultra_stick(), air_density=density) for density in (1.225, thin)]
    assert rolls[0]
    assert rolls[1]
    assert rolls[1].speed_mps / rolls[0].speed_mps == pytest.approx(math.sqrt(ratio), rel=0.05)
    assert ratio < rolls[1].roll_m / rolls[0].roll_m < ratio**2.2


def test_the_task_judges_by_the_stall_speed_of_the_day_and_the_pilot_reads_indicated_airspeed() -> None:
    env = FlightEnv(**DENVER, weather="calm")
    true_stall = 10.0 * math.sqrt(1.225 / DENVER_DENSITY)
    assert env.world.parameters[0]["air_density"] == pytest.approx(DENVER_DENSITY, rel=2e-4)
    assert env.task.aircraft.stall_speed_mps == pytest.approx(true_stall, rel=2e-4)
    header = env.log_header()
    assert (header["field_elevation_m"], header["temperature_C"]) == (1600.0, 30.0)
    assert header["stall_speed_mps"] == pytest.approx(true_stall, rel=2e-4)
    state = FlightEnv(**DENVER, weather="calm", observation="state")
    readings = []
    for flown in (env, state):
        flown.reset(seed=1)
        for _ in range(75):
            now = flown.quantities  # feet on the rudder: swung round, the pitot reads less
            rudder = max(-1.0, min(1.0, -3.0 * now.heading - 0.5 * now.r))
            observation = flown.step(np.array([0.0, 0.0, rudder, 1.0]))[0]
        readings.append(observation[flown.observation_names.index("airspeed")])
        assert flown.quantities.airspeed > 8.0
    # Both show the same share of the stall speed, true over true or indicated over indicated, but for lag and noise.
    assert readings[0] == pytest.approx(readings[1], abs=0.08)
    shown = np.array(env.sensed)[AT.airspeed]
    assert shown == pytest.approx(env.quantities.airspeed * math.sqrt(DENVER_DENSITY / 1.225), rel=0.08)


def test_config_lines_reach_the_environment_and_are_refused_with_a_hint() -> None:
    config = load_config("takeoff", ["effects.swirl=false", "field_elevation_m=1600", "temperature_C=30"])
    env = flight_env_function(config)()
    flight = env.unwrapped
    assert isinstance(flight, FlightEnv)
    assert flight.log_header()["effects_off"] == ["swirl"]
    assert flight.world.parameters[0]["air_density"] == pytest.approx(DENVER_DENSITY, rel=2e-4)
    made = gymnasium.make("ModelAircraft/Takeoff-v0", effects={"swirl": False}, **DENVER).unwrapped
    assert isinstance(made, FlightEnv)
    assert np.array_equal(made.reset(seed=5)[0], flight.reset(seed=5)[0])
    for line, said in (
        ("effects.swrl=false", "did you mean 'swirl'"),
        ("effects.swirl=maybe", "effects.swirl"),
        ("field_elevation=5", "did you mean 'field_elevation_m'"),
        ("temperature_C=99", "less than"),
    ):
        with pytest.raises(InputError, match=said):
            load_config("takeoff", [line])


def test_an_evaluation_flies_with_the_pilots_config_and_the_settings_typed(tmp_path: Path) -> None:
    config = pilot_config("takeoff-ultra_stick", ["effects.p_factor=false", "field_elevation_m=1600"], weather="calm")
    assert (config.effects, config.field_elevation_m, config.weather) == ({"p_factor": False}, 1600.0, "calm")
    assert config.algorithm == pilot_config("takeoff-ultra_stick").algorithm
    with pytest.raises(InputError, match="says how to learn"):
        pilot_config("takeoff-ultra_stick", ["training.steps=5"])
    with pytest.raises(InputError, match="did you mean 'effects'"):
        pilot_config("autopilot", ["efects.swirl=false"])
    file = tmp_path / "result.json"
    settings = ["effects.p_factor=false", "field_elevation_m=1600"]
    evaluate(
        "autopilot",
        flights=2,
        weather="calm",
        json_file=str(file),
        log_folder=str(tmp_path / "logs"),
        settings=settings,
        processes=1,
    )
    assert json.loads(file.read_text())["settings"] == settings
    header = json.loads(next((tmp_path / "logs").glob("*.json")).read_text())
    assert header["effects_off"] == ["p_factor"]
    assert header["air_density_kgpm3"] == pytest.approx(isa_density(1600.0))
