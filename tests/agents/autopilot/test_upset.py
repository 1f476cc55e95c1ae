"""Upset recovery: from any attitude back to level flight, without much height, and without the ground."""

from __future__ import annotations

import math

import numpy as np
import pytest

from agents.autopilot.upset import UpsetAutopilot
from envs.base.frames import quaternion_from_matrix
from envs.flight_env import FlightEnv
from envs.tasks.airshow import LEVELLING

STEPS = 30 * 8


def axes_of(roll: float, pitch: float) -> np.ndarray:
    """Body to world (3, 3) of a roll to the right and a pitch up (deg), heading along x."""
    p, r = math.radians(pitch), math.radians(roll)
    ahead = np.array([math.cos(p), 0.0, math.sin(p)])
    left, up = np.array([0.0, 1.0, 0.0]), np.array([-math.sin(p), 0.0, math.cos(p)])
    return np.stack([ahead, math.cos(r) * left + math.sin(r) * up, math.cos(r) * up - math.sin(r) * left], axis=1)


@pytest.mark.parametrize("aircraft", ["ultra_stick", "sport", "mcfoamy"])
@pytest.mark.parametrize(
    ("roll", "pitch", "speed_vs"),
    [(0, 0, 1.6), (180, 0, 2.0), (90, 0, 1.8), (-120, 30, 1.5), (0, -80, 1.5), (179, -60, 2.0), (0, 85, 1.2)],
)
def test_it_flies_level_again_from_any_attitude(aircraft: str, roll: float, pitch: float, speed_vs: float) -> None:
    env = FlightEnv(task="airshow", aircraft=aircraft, weather="breeze", observation="state")
    env.reset(seed=1)
    pilot, stall, span = UpsetAutopilot.for_env(env), env.aircraft.stall_speed_mps, env.aircraft.span_m
    rotation = axes_of(roll, pitch)
    env.world.reset((0.0, 0.0, 60.0 * span), quaternion_from_matrix(rotation), tuple(speed_vs * stall * rotation[:, 0]))
    env.task._part = LEVELLING  # pyright: ignore[reportAttributeAccessIssue]
    observation, memory, lowest, level = env._observe(np.zeros(21)), None, math.inf, 0
    now = env.quantities
    for _ in range(STEPS):
        action, memory = pilot.predict(observation, memory)
        observation, _, terminated, _, info = env.step(action)
        now = env.quantities
        assert not terminated, info
        lowest = min(lowest, now.height)
        is_level = abs(now.roll) < math.radians(20) and abs(now.pitch) < math.radians(25)
        level = level + 1 if is_level and now.airspeed > 1.1 * stall else 0
    assert level > 60, (np.degrees([now.roll, now.pitch]), now.airspeed / stall)
    assert lowest > 15.0 * span  # inverted, 60 deg down at 2 Vs takes 44 b, the most of these
    env.close()
