"""What is odd about an aircraft: refused where it cannot fly, said where it is hardly meant so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from envs.aircraft.aircraft import load_aircraft
from envs.base.config_file import names_of
from envs.base.errors import InputError
from envs.flight_env import FlightEnv
from envs.performance.flights import STANDSTILL_MPS, TOUCHDOWN_VS, roll_out
from envs.performance.plausibility import check_flyable, doubts
from envs.physics.assembly.parameters import build_parameters
from envs.physics.standing import rest_on_wheels, settle
from envs.physics.world import World
from tests.support.physics_tools import bare, changed, ultra_stick

Change = Callable[[dict[str, Any]], object]
SHIPPED = [
    *names_of("aircraft"),
    *(f"tests/support/aircraft/rascal_{kind}.yaml" for kind in ("strips", "coefficients")),
]


@pytest.mark.parametrize("name", SHIPPED)
def test_what_is_well_described_raises_no_doubt(name: str) -> None:
    assert doubts(load_aircraft(name)) == []


def mixed_with_nothing(data: dict[str, Any]) -> None:
    control = data["surfaces"][0]["controls"][0]
    control["mix"] = dict.fromkeys(control["mix"], 0.0)


def all_upright(data: dict[str, Any]) -> None:
    data["surfaces"] = [s for s in data["surfaces"] if not s["mirrored"]]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (mixed_with_nothing, "mix names no channel that moves it"),
        (all_upright, "all of them stand upright"),
        (lambda data: data["propulsion"][0]["propeller"]["CP"].__setitem__(0, -0.05), "CP at J = 0 must be greater"),
        (lambda data: data["propulsion"][0]["propeller"]["CT"].__setitem__(0, 0.0), "does not pull"),
        (lambda data: data["surfaces"][0]["sections"][0].update(chord_m=3000.0), r"chord_m: .* less than .* 20"),
        (lambda data: data["wheels"][0].update(stiffness_N_per_m=1e12), "stiffness_N_per_m: .* less than"),
        (lambda data: data.update(stall_speed_mps=1000.0), "stall_speed_mps: .* less than"),
        (lambda data: data.update(stall_speed_mps=1e-3), "stall_speed_mps: .* greater than"),
        (lambda data: data["propulsion"][0]["motor"].update(kv_rpm_per_V=1e7), "kv_rpm_per_V: .* less than"),
        (lambda data: data["derivatives"]["Cm"].update(q=-1e6), r"derivatives.Cm.q: .* greater than"),
        (lambda data: data["mass"].update(center_of_gravity_m=[-5.0, 0, 0]), "is behind the whole aircraft"),
        (lambda data: data["mass"].update(mass_kg="1:59"), "mass_kg: .* valid number"),
    ],
)
def test_what_cannot_be_is_refused_where_it_is_declared(change: Change, named: str) -> None:
    with pytest.raises(InputError, match=named) as caught:
        changed(ultra_stick(), change)
    assert "\n" not in str(caught.value)


def test_wheels_above_the_wing_carry_nothing() -> None:
    def upside_down(data: dict[str, Any]) -> None:
        for wheel in data["wheels"]:
            wheel["contact_m"][2] = 0.4

    world = World(changed(ultra_stick(), upside_down))
    with pytest.raises(InputError, match="does not stand on its wheels"):
        rest_on_wheels(world, grip=1.0)
    world.close()


def test_who_has_no_elevator_or_no_motor_is_refused_for_the_task() -> None:
    def without_elevator(data: dict[str, Any]) -> None:
        for surface in data["surfaces"]:
            surface["controls"] = [c for c in surface["controls"] if "elevator" not in c["mix"]]

    stiff, glider = changed(ultra_stick(), without_elevator), bare(ultra_stick())
    with pytest.raises(InputError, match="no control answers the elevator"):
        check_flyable(stiff, build_parameters(stiff)[0], "landing")
    parameters = build_parameters(glider)[0]
    check_flyable(glider, parameters, "landing")
    with pytest.raises(InputError, match="has no motor: it cannot learn takeoff"):
        check_flyable(glider, parameters, "takeoff")


def test_the_environment_asks(tmp_path: Any) -> None:
    import yaml

    file = tmp_path / "glider.yaml"
    file.write_text(yaml.safe_dump(bare(ultra_stick()).model_dump(mode="json", exclude_none=True)))
    with pytest.raises(InputError, match="has no motor"):
        FlightEnv(task="takeoff", aircraft=str(file))


@pytest.mark.parametrize(
    ("change", "doubt"),
    [
        (lambda data: data.update(stall_speed_mps=6.0), "stall_speed_mps 6, but as drawn it stalls at"),
        (lambda data: data["propulsion"][0]["motor"].update(kv_rpm_per_V=9000), "faster than sound"),
        (lambda data: data["derivatives"]["Cm"].update(alpha=0.3), "unstable in pitch"),
        (lambda data: data["wheels"][0].update(brake_friction=0.3), "no task has a brake"),
        (lambda data: [w.update(rolling_friction=0.02) for w in data["wheels"]], "it will overrun by 1"),
    ],
)
def test_what_is_hardly_meant_is_said(change: Change, doubt: str) -> None:
    found = doubts(changed(ultra_stick(), change))
    assert any(doubt in line for line in found), found


@pytest.mark.parametrize("friction", [0.02, 0.07])
def test_the_roll_out_is_the_one_that_is_flown(friction: float) -> None:
    """Idle on the runway, elevator neutral, from the speed of a touchdown to a standstill; no doubt where it fits."""
    sport = load_aircraft("sport")
    world = World(sport, 120)
    try:
        settle(world, friction, grip=1.0, seconds=1.0)
        start = world.position[0]
        world.reset(world.position, (0.0, 0.0, 0.0, 1.0), (TOUCHDOWN_VS * sport.stall_speed_mps, 0.0, 0.0))
        world.state[0]["runway_rolling"], world.state[0]["runway_grip"] = friction, 1.0
        while world.velocity[0] > STANDSTILL_MPS:
            world.advance(0.0, 0.0, 0.0, 0.0)
        flown = world.position[0] - start
    finally:
        world.close()
    assert roll_out(sport, friction) == pytest.approx(flown, rel=0.1)
