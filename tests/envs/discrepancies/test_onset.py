"""Discrepancies that strike in flight: nothing before, no jump at the moment, another aircraft after it."""

from __future__ import annotations

import copy
import math
import pickle
from collections.abc import Callable

import numpy as np
import pybullet as bullet
import pytest

from envs.base.frames import inertia_body
from envs.discrepancies import apply_discrepancies, discrepancy_names
from envs.flight_env import FlightEnv
from envs.physics.assembly.calibration import flight_parameters
from envs.physics.world import World
from tests.support.physics_tools import place, rotation, ultra_stick

AFTER = 45
"""Control steps: it strikes 1.5 s into the flight."""


def flown(env: FlightEnv, steps: int) -> list[list[float]]:
    rows = []
    for step in range(steps):
        action = np.array([0.3 * math.sin(step / 5), 0.2 * math.sin(step / 7), 0.2 * math.sin(step / 4), 0.2])
        env.step(action.astype(np.float32))
        rows.append([*env.log_row(), *env.sensed])
    return rows


@pytest.fixture(scope="module")
def undisturbed() -> list[list[float]]:
    env = FlightEnv(task="landing", weather="breeze")
    env.reset(seed=7)
    return flown(env, AFTER + 45)


@pytest.mark.parametrize("name", [n for n in discrepancy_names() if n not in ("bent_wheel", "dragging_wheel")])
def test_a_flight_is_the_same_bit_for_bit_until_it_strikes_and_another_after(
    name: str, undisturbed: list[list[float]]
) -> None:
    env = FlightEnv(task="landing", weather="breeze", discrepancies=[f"{name}@1.5"])
    env.reset(seed=7)
    rows = flown(env, AFTER + 45)
    assert rows[:AFTER] == undisturbed[:AFTER]
    assert rows[-1] != undisturbed[-1]
    env.reset(seed=7)  # and the next flight begins as drawn again
    assert flown(env, 10) == undisturbed[:10]
    env.close()


@pytest.mark.parametrize("name", ["tail_heavy=1", "side_heavy=-1", "torn_tip=1", "heavy=1"])
def test_nose_and_tips_go_on_where_they_are_as_fast_as_they_are(name: str) -> None:
    """Only the centre of gravity is another: no point of the airframe jumps, in place or in speed."""
    drawing = ultra_stick()
    world = World(drawing)
    place(world, 50.0, speed=15.0, roll=0.3, pitch=0.1, omega=(1.5, -0.8, 0.6))
    for _ in range(5):
        world.advance(0.4, 0.1, 0.0, 0.5)

    def points() -> np.ndarray:
        matrix, center = rotation(world), np.array(world.aircraft.mass.center_of_gravity_m)
        arms = (np.array([[0.4, 0.0, 0.0], [0.0, 0.6, 0.1], [-0.8, 0.0, 0.2]]) - center) @ matrix.T
        speeds = np.array(world.velocity) + np.cross(world.omega, arms)
        return np.hstack([np.array(world.position) + arms, speeds])

    before, omega = points(), world.omega
    hurt = apply_discrepancies(drawing, [name])
    world.become(hurt, flight_parameters(hurt, drawing=drawing))
    assert points() == pytest.approx(before, abs=1e-9)
    assert world.omega == omega
    world.advance(0.0, 0.0, 0.0, 0.5)
    moved = before[:, :3] + before[:, 3:] / 30
    assert np.abs(points()[:, :3] - moved).max() < 0.03  # what three g do in a thirtieth of a second
    world.close()


def test_bullet_strikes_with_the_mass_inertia_and_corners_of_the_aircraft_that_is_left() -> None:
    drawing = ultra_stick()
    hurt = apply_discrepancies(drawing, ["torn_tip=1", "heavy=0.5"])
    half = 0.5 * drawing.span_m
    strikes = []
    for become in (False, True):
        world = World(drawing)
        place(world, 0.93 * half, roll=math.pi / 2 - 0.01)  # the right tip would be in the ground, the stump is not
        world.advance(0.0, 0.0, 0.0, 0.0)
        place(world, 0.93 * half, roll=math.pi / 2 - 0.01)
        if become:
            world.become(hurt, flight_parameters(hurt, drawing=drawing))
        world.advance(0.0, 0.0, 0.0, 0.0)
        strikes.append(world.strike)
        for _ in range(30):
            world.advance(0.0, 0.0, 0.0, 0.0)
        assert world.strike  # it has fallen by now
        aircraft = hurt if become else drawing
        info = bullet.getDynamicsInfo(world._body, -1, physicsClientId=world._client)
        mass = aircraft.mass
        moments = np.linalg.eigvalsh(inertia_body(mass.Ixx, mass.Iyy, mass.Izz, mass.Ixz))
        assert info[0] == pytest.approx(mass.mass_kg)
        assert sorted(info[2]) == pytest.approx(moments.tolist(), rel=1e-6)
        world.close()
    assert strikes == [True, False]


@pytest.mark.parametrize("copied_at", [20, AFTER + 10, AFTER + 170])
@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda env: pickle.loads(pickle.dumps(env))])
def test_a_copy_before_after_and_in_the_wreck_flies_on_alike(
    copied_at: int, duplicate: Callable[[FlightEnv], FlightEnv]
) -> None:
    env = FlightEnv(
        task="landing", weather="gusty", discrepancies=["torn_tip=1@1.5", "sloppy_linkage@1.5", "late_fixes@2"]
    )
    env.reset(seed=3)
    flown(env, copied_at)
    assert copied_at < AFTER + 100 or env.world.strike
    other = duplicate(env)
    assert flown(env, 80) == flown(other, 80)
    assert env.reset()[0].tolist() == other.reset()[0].tolist()
    assert flown(env, AFTER + 20) == flown(other, AFTER + 20)
    for one in (env, other):
        one.close()


def test_two_that_strike_within_one_control_step_both_strike() -> None:
    env = FlightEnv(task="landing", weather="calm", discrepancies=["heavy=1@0.01", "tail_heavy@0.5", "side_heavy@0.51"])
    env.reset(seed=1)
    flown(env, 16)
    drawn, flying = env.drawing.mass, env.aircraft.mass
    assert flying.mass_kg == pytest.approx(1.3 * drawn.mass_kg)
    assert np.subtract(flying.center_of_gravity_m, drawn.center_of_gravity_m)[:2].all()
    env.close()
