"""Stiff legs stand still at 240 Hz, land as at a finer step, cost soft ones nothing; what is too stiff is named."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from envs.aircraft.aircraft import Aircraft, load_aircraft
from envs.base.config_file import names_of
from envs.base.errors import InputError
from envs.physics.assembly.parameters import build_parameters
from envs.physics.standing import rest_on_wheels, settle
from envs.physics.world import World
from tests.support.physics_tools import angles, changed, place, ultra_stick

RASCAL = "tests/support/aircraft/rascal_coefficients.yaml"  # 6.6 kg on 7005 N/m and 1459 N s/m a wheel, as published


def unrest(world: World, steps: int = 90) -> float:
    """Rms speed (m/s) of an aircraft left alone."""
    speeds = []
    for _ in range(steps):
        world.advance(0.0, 0.0, 0.0, 0.0)
        speeds.append(math.hypot(*world.velocity))
    return float(np.sqrt(np.mean(np.square(speeds))))


@pytest.mark.parametrize("bullet_always", [False, True])
def test_stiffly_damped_trainer_stands_still(bullet_always: bool) -> None:
    world = World(load_aircraft(RASCAL), bullet_always=bullet_always)
    assert world.parameters[0]["gear_parts"] == 3
    settle(world)
    assert unrest(world) < 1e-4
    assert world.state[0]["wheel_load"].sum() == pytest.approx(6.577 * 9.81, rel=1e-3)
    assert not world.strike
    world.close()


def test_in_whole_substeps_it_would_not() -> None:
    world = World(load_aircraft(RASCAL))
    world.parameters["gear_parts"] = 1
    settle(world)
    assert unrest(world) > 0.1
    world.close()


def touchdown(aircraft: Aircraft, physics_hz: int) -> tuple[np.ndarray, float]:
    """(height m and pitch rad over a second after setting down at 0.5 m/s of sink, felt m/s2 over all of it)."""
    world = World(aircraft, physics_hz=physics_hz)
    settle(world)
    rest, pitch = world.position[2], angles(world)[1]
    place(world, rest + 0.02, speed=8.0, pitch=pitch)
    world.state[0]["velocity"][2] = -0.5
    track, felt = [], 0.0
    for _ in range(30):
        world.advance(0.0, 0.0, 0.0, 0.0)
        track.append((world.position[2], angles(world)[1]))
        felt += float(world.state[0]["specific_force_sum"][2]) / int(world.state[0]["substep"]) / 30
    world.close()
    return np.array(track), felt


def test_a_stiff_gear_lands_as_at_a_finer_step() -> None:
    aircraft = load_aircraft(RASCAL)
    coarse, felt = touchdown(aircraft, 240)
    fine, felt_fine = touchdown(aircraft, 3840)
    assert np.abs(coarse - fine).max() < 0.002  # m, rad
    assert felt == pytest.approx(felt_fine, rel=0.01)  # the mean over parts, not their sum


@pytest.mark.parametrize("name", names_of("aircraft"))
def test_shipped_gear_is_soft_enough_for_whole_substeps(name: str) -> None:
    assert build_parameters(load_aircraft(name))[0]["gear_parts"] == 1


def test_the_finer_the_step_the_fewer_parts() -> None:
    aircraft = load_aircraft(RASCAL)
    parts = [int(build_parameters(aircraft, physics_hz=hz)[0]["gear_parts"]) for hz in (60, 120, 240, 480, 960)]
    assert parts == sorted(parts, reverse=True)
    assert parts[-1] == 1


@pytest.mark.parametrize(
    ("key", "value"),
    [("stiffness_N_per_m", 1e9), ("damping_Ns_per_m", 1e6), ("side_stiffness_N_per_m", 1e9)],
)
def test_what_is_too_stiff_is_named_with_what_would_be_right(key: str, value: float) -> None:
    def stiff(data: dict[str, Any]) -> None:
        data["wheels"][0][key] = value

    with pytest.raises(InputError, match=f"wheel 'main': {key} .* too stiff for 1.959 kg .* at most about") as caught:
        build_parameters(changed(ultra_stick(), stiff))
    most = float(str(caught.value).split("at most about ")[1].split()[0])

    def softer(data: dict[str, Any]) -> None:
        wheel = data["wheels"][0]
        wheel[key] = most
        if key == "stiffness_N_per_m":  # as well damped as a leg is
            wheel["damping_Ns_per_m"] = 0.3 * math.sqrt(most * 1.959)

    world = World(changed(ultra_stick(), softer))
    assert rest_on_wheels(world, grip=1.0).wheel_load.sum() == pytest.approx(1.959 * 9.81, rel=1e-2)
    assert unrest(world) < 1e-3
    world.close()


def test_gear_that_never_comes_to_rest_is_refused() -> None:
    def springs_alone(data: dict[str, Any]) -> None:
        data["mass"]["mass_kg"] *= 8.0
        for wheel in data["wheels"]:
            wheel["damping_Ns_per_m"] = 0.0

    world = World(changed(ultra_stick(), springs_alone))
    with pytest.raises(InputError, match=r"does not come to rest .* 0\.\d\d m/s .* damping_Ns_per_m"):
        rest_on_wheels(world, grip=1.0)
    world.close()
