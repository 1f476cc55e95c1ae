"""Where flights begin: standing carries the weight, what cannot stand is refused, flight starts at its height."""

from __future__ import annotations

import math

import numpy as np
import pytest

from envs.base.errors import InputError
from envs.base.quantities import AT, QUANTITIES
from envs.physics.standing import place_in_air, place_on_wheels, rest_on_wheels, settle
from envs.physics.world import World
from tests.support.physics_tools import changed, ultra_stick


def measured(world: World) -> np.ndarray:
    truth = np.zeros(len(QUANTITIES))
    world.measure(truth)
    return truth


def test_at_rest_the_wheels_carry_the_weight_and_nothing_moves_on() -> None:
    world = World(ultra_stick())
    rest = rest_on_wheels(world, grip=1.0)
    weight = float(world.parameters[0]["mass"] * world.parameters[0]["gravity"])
    assert rest.wheel_load.sum() == pytest.approx(weight, rel=1e-3)
    assert np.linalg.norm(rest.specific_force) == pytest.approx(9.81, rel=1e-3)
    place_on_wheels(world, rest, 3.0, -1.0, 0.3, 0.0)
    for _ in range(30):
        world.advance(0.0, 0.0, 0.0, 0.0)
    truth = measured(world)
    assert truth[AT.height] == pytest.approx(-0.004, abs=0.004)  # a tyre's deflection
    assert (truth[AT.x], truth[AT.y]) == pytest.approx((3.0, -1.0), abs=2e-3)
    assert (truth[AT.heading], truth[AT.pitch]) == pytest.approx((0.3, rest.pitch), abs=2e-3)
    world.close()


def test_rolling_ahead_goes_where_the_nose_points() -> None:
    world = World(ultra_stick())
    rest = rest_on_wheels(world, grip=1.0)
    place_on_wheels(world, rest, 0.0, 0.0, 0.25, 4.0)
    assert world.velocity == pytest.approx((4.0 * math.cos(0.25), -4.0 * math.sin(0.25), 0.0))
    world.close()


def test_an_aircraft_whose_wheels_stand_behind_it_is_refused() -> None:
    def all_aft(data: dict) -> None:
        for wheel in data["wheels"]:
            wheel["contact_m"][0] -= 0.6

    world = World(changed(ultra_stick(), all_aft))
    with pytest.raises(InputError, match="does not stand on its wheels"):
        rest_on_wheels(world, grip=1.0)
    world.close()


def test_in_the_air_the_lowest_wheel_starts_at_the_height_asked_for() -> None:
    world = World(ultra_stick())
    place_in_air(world, (10.0, 2.0, 7.0), (0.2, 0.1, -0.4), 15.0, -1.0, 0.5)
    truth = measured(world)
    assert truth[AT.height] == pytest.approx(7.0, abs=1e-9)
    assert (truth[AT.roll], truth[AT.pitch], truth[AT.heading]) == pytest.approx((0.2, 0.1, -0.4))
    assert np.linalg.norm(world.velocity) == pytest.approx(15.0)
    assert world.velocity[2] == -1.0
    world.close()


def test_in_the_air_it_may_start_turning_about_the_vertical_or_its_own_upright_axis() -> None:
    world = World(ultra_stick())
    place_in_air(world, (0.0, 0.0, 50.0), (0.3, 1.2, -0.4), 5.0, 5.0, 0.0, yawing=2.0)
    truth = measured(world)
    assert (truth[AT.p], truth[AT.q], truth[AT.r]) == pytest.approx((0.0, 0.0, 2.0), abs=1e-9)  # + nose to the right
    place_in_air(world, (0.0, 0.0, 50.0), (0.0, -1.0, -0.4), 5.0, -5.0, 0.0, turning=2.0)
    truth = measured(world)
    assert (truth[AT.p], truth[AT.r]) == pytest.approx((2.0 * np.sin(1.0), 2.0 * np.cos(1.0)))
    world.close()


def test_a_longer_rest_changes_nothing_that_a_flight_could_feel() -> None:
    world = World(ultra_stick())
    settle(world, seconds=5.0)
    early = world.position[2]
    settle(world, seconds=20.0)
    assert world.position[2] == pytest.approx(early, abs=1e-5)
    world.close()
