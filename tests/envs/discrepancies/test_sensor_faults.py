"""Sensors built in wrongly: the same flight, and what is read of it beside what a sound set of them reads."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

from envs.base.quantities import AT
from envs.flight_env import FlightEnv

STEPS, LAST = 240, slice(150, 240)
"""Eight seconds on an approach held level by the truth, and the last three of them: all filters have settled."""


@lru_cache
def flown(*discrepancies: str) -> tuple[np.ndarray, np.ndarray]:
    """(truth, readings), (STEPS, len(QUANTITIES)) each; the hand that flies it sees the truth alone."""
    env = FlightEnv(task="landing", weather="calm", discrepancies=list(discrepancies), observation="sensors")
    env.reset(seed=4)
    truth, sensed = [], []
    for _ in range(STEPS):
        q = env.quantities
        elevator = np.clip(2.0 * (0.06 - q.pitch - 0.3 * np.clip(q.vz, -1, 1)) - 0.3 * q.q, -1, 1)
        aileron = np.clip(-1.0 * q.roll - 0.2 * q.p, -1, 1)
        env.step(np.array([aileron, elevator, np.clip(-q.heading, -1, 1), 0.1], np.float32))
        truth.append(env.quantities)
        sensed.append(env.sensed)
    env.close()
    return np.array(truth), np.array(sensed)


def change(discrepancy: str, index: int) -> np.ndarray:
    """What is read more of a quantity with the discrepancy than without, in the same flight."""
    sound, hurt = flown(), flown(discrepancy)
    assert np.array_equal(sound[0], hurt[0])  # the truth is the same bit for bit
    return hurt[1][LAST, index] - sound[1][LAST, index]


@pytest.mark.parametrize(("severity", "factor"), [(1.0, 1.3), (-1.0, 0.7), (0.5, 1.15)])
def test_airspeed_reads_the_root_of_the_pressure_shown(severity: float, factor: float) -> None:
    sound, hurt = flown()[1][LAST, AT.airspeed], flown(f"pitot_scale={severity}")[1][LAST, AT.airspeed]
    assert sound.min() > 8.0
    assert np.mean(hurt) / np.mean(sound) == pytest.approx(np.sqrt(factor), rel=0.01)
    change(f"pitot_scale={severity}", AT.airspeed)


def test_a_blocked_pitot_reads_nothing_and_half_blocked_the_root_of_a_half() -> None:
    assert not flown("pitot_blocked")[1][LAST, AT.airspeed].any()
    half, sound = (flown(*d)[1][LAST, AT.airspeed].mean() for d in (("pitot_blocked=0.5",), ()))
    assert half / sound == pytest.approx(np.sqrt(0.5), rel=0.01)


@pytest.mark.parametrize("severity", [1.0, -0.5])
@pytest.mark.parametrize(("name", "index"), [("tilted_unit", AT.roll), ("pitched_unit", AT.pitch)])
def test_a_unit_out_of_level_shows_its_own_attitude(name: str, index: int, severity: float) -> None:
    shown = np.degrees(change(f"{name}={severity}", index))
    assert shown == pytest.approx(np.full(len(shown), 4.0 * severity), abs=0.3)
    other = np.degrees(change(f"{name}={severity}", AT.pitch if index == AT.roll else AT.roll))
    assert np.abs(other).max() < 0.4


@pytest.mark.parametrize("severity", [1.0, -1.0, 0.4])
def test_a_turned_compass_turns_the_heading(severity: float) -> None:
    shown = np.degrees(change(f"turned_compass={severity}", AT.heading))
    assert shown.mean() == pytest.approx(15.0 * severity, rel=0.08)


def test_late_fixes_leave_the_place_behind_by_the_way_flown_meanwhile() -> None:
    truth, _ = flown()
    way = 0.2 * truth[LAST, AT.vx].mean()
    assert change("late_fixes", AT.x).mean() == pytest.approx(-way, rel=0.15)
    assert change("late_fixes=0.5", AT.x).mean() == pytest.approx(-0.5 * way, rel=0.15)
