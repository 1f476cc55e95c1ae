"""Bent and dragging wheels on a straight roll without motor: which way, and how much by statics and friction."""

from __future__ import annotations

import numpy as np
import pytest

from envs.discrepancies import apply_discrepancies
from tests.support.physics_tools import angles, rolling, ultra_stick

ROLLING = 0.02


def rolled(discrepancy: str | None, speed: float, steps: int) -> tuple[float, float, float]:
    """(heading rad right +, y m left +, speed lost m/s) after a roll begun straight."""
    world = rolling(apply_discrepancies(ultra_stick(), [discrepancy] if discrepancy else []), speed)
    for _ in range(steps):
        world.advance(0.0, 0.0, 0.0, 0.0)
    found = angles(world)[2], world.position[1], speed - float(np.hypot(*world.velocity[:2]))
    world.close()
    return found


def test_toe_in_of_the_right_wheel_pulls_left_and_the_left_one_right() -> None:
    right, left, half = (rolled(f"bent_wheel={severity}", 5.0, 20) for severity in (1.0, -1.0, 0.5))
    assert right[0] < -0.01
    assert right[1] > 0.005
    assert left[:2] == pytest.approx([-right[0], -right[1]], rel=0.02)
    assert half[0] == pytest.approx(0.5 * right[0], rel=0.1)
    assert right[2] > rolled(None, 5.0, 20)[2]  # a scrubbing wheel brakes


def test_a_bent_wheel_pushes_with_its_cornering_stiffness() -> None:
    """Rolling straight at a slip of 4 deg: side stiffness times relaxation length times the slip, below the grip."""
    wheel = next(w for w in ultra_stick().wheels if w.mirrored)
    world = rolling(apply_discrepancies(ultra_stick(), ["bent_wheel=0.25"]), 5.0)
    for _ in range(6):  # long enough to roll many relaxation lengths, too short to turn much
        world.advance(0.0, 0.0, 0.0, 0.0)
    slip = np.radians(1.0)
    state = world.state[0]
    bent = [abs(side) for side in wheel.side_stiffness_N_per_m * state["tyre_side"][:2]]
    turned = np.arctan2(world.velocity[1], world.velocity[0]) + angles(world)[2]  # drift of the whole aircraft
    assert bent[1] == pytest.approx(wheel.side_stiffness_N_per_m * wheel.relaxation_m * (slip - turned), rel=0.15)
    world.close()


def test_a_dragging_wheel_brakes_by_its_load_and_swings_to_its_side() -> None:
    aircraft = ultra_stick()
    main, last = aircraft.wheels[0].contact_m, aircraft.wheels[1].contact_m
    center = aircraft.mass.center_of_gravity_m
    share = 0.5 * (center[0] - last[0]) / (main[0] - last[0])  # of the weight, on one main wheel
    steps = 10
    plain, right, left = (rolled(d, 3.0, steps) for d in (None, "dragging_wheel", "dragging_wheel=-1"))
    more = (right[2] - plain[2]) / (steps / 30)
    assert more == pytest.approx(5.0 * ROLLING * share * 9.81, rel=0.2)
    assert right[0] > 0.0005
    assert left[0] == pytest.approx(-right[0], rel=0.05)
