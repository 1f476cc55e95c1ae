"""What counts as a take-off (envs/tasks/YARDSTICKS.md), judged on flights written by hand."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest

from envs.aircraft.aircraft import load_aircraft
from envs.base.quantities import QUANTITIES, Quantities
from envs.base.runway import Runway
from envs.tasks.takeoff import TakeoffTask

STEP = 1 / 30
AIRCRAFT = load_aircraft("ultra_stick")  # Vs 10 m/s, span 1.27 m


def good_flight() -> Iterator[dict[str, float]]:
    """2 s of roll to 13 m/s, then a climb at 4 m/s."""
    for k in range(400):
        time = (k + 1) * STEP
        speed = min(6.5 * time, 15.0)
        height = max(0.0, 4.0 * (time - 2.0))
        yield {
            "time": time,
            "x": 3.0 + speed * time / 2,
            "vx": speed,
            "airspeed": speed,
            "height": height,
            "vz": 4.0 if height else 0.0,
            "wheels_on_ground": 0.0 if height else 2.0,
        }


def judge(**change: object) -> tuple[str, TakeoffTask, float]:
    """(outcome, task, reward) of the good flight with fields replaced: name=(from height m, value)."""
    task = TakeoffTask(AIRCRAFT, Runway(127.0, 6.35, "grass"), {}, STEP)
    task.start(np.random.default_rng(0))
    zero = Quantities(*([0.0] * len(QUANTITIES)))
    before, reward, terms = zero, 0.0, {}
    for moment in good_flight():
        for name, (since, value) in change.items():  # type: ignore[misc]
            if moment["height"] >= since:
                moment[name] = value
        now = zero._replace(**moment)
        outcome = task.step(before, now, terms)
        assert set(terms) == set(task.default_reward)
        reward += sum(task.default_reward[name] * term for name, term in terms.items())
        before = now
        if outcome:
            return outcome, task, reward
    return "timeout", task, reward


def test_a_good_flight_succeeds_in_gold() -> None:
    outcome, task, _ = judge()
    assert outcome == "climbing"
    assert task.is_success(outcome)
    metrics = task.metrics()
    assert metrics["gold"] == 1.0
    assert metrics["lift_off_speed_vs"] == pytest.approx(1.3, abs=0.03)
    # 15 m at 4 m/s, 2 s of roll, 1 s of climb held
    assert metrics["time_s"] == pytest.approx(2.0 + 15 / 4 + 1.0, abs=0.1)
    assert task.ending(outcome)["breach"] is None
    limits = task.limits()
    assert set(limits) == {"centreline_m", "bank_deg", "heading_deg", "lift_off_speed_vs", "slowest_vs"}
    assert all(limit.allows(metrics[name]) for name, limit in limits.items())


@pytest.mark.parametrize(
    ("outcome", "change"),
    [
        ("strike", {"strike": (1.0, 1.0)}),
        ("veered", {"y": (0.0, 1.3)}),
        ("early", {"airspeed": (0.0, 10.9)}),
        ("banked", {"roll": (1.0, math.radians(-10.5))}),
        ("sank", {"wheels_on_ground": (3.0, 1.0)}),
        ("sank", {"height": (8.0, 6.5)}),
        ("slow", {"airspeed": (2.0, 11.4)}),
        ("turned", {"heading": (5.0, math.radians(15.5))}),
        ("overrun", {"x": (5.0, 228.0)}),
        ("timeout", {"vz": (15.0, 0.2)}),  # level at the top is no climb held
    ],
)
def test_each_fault_has_its_word(outcome: str, change: dict[str, tuple[float, float]]) -> None:
    found, task, reward = judge(**change)
    assert found == outcome
    assert not task.is_success(found)
    assert reward < judge()[2] - 5.0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"strike": (1.0, 1.0)}, "at 14.7 m/s, with 0° of bank, nose 0° up, at 2.3 s"),
        ({"y": (0.0, 1.3)}, "distance from the centreline 1.30 m to the left, at most 1.27 m (1 b): over by 0.03 m"),
        ({"airspeed": (0.0, 10.99)}, "airspeed at lift-off 10.99 m/s, at least 11.00 m/s (1.1 Vs): under by 0.01 m/s"),
        ({"roll": (1.0, math.radians(-10.5))}, "bank 10.5° to the left, at most 10.0°: over by 0.5°, at 2.3 s"),
        ({"wheels_on_ground": (3.0, 1.0)}, "a wheel touched the ground again, at 2.8 s"),
        ({"height": (8.0, 6.5)}, "height lost after lift-off 1.37 m, at most 1.00 m: over by 0.37 m, at 4.0 s"),
        ({"airspeed": (2.0, 11.4)}, "airspeed 11.4 m/s, at least 11.5 m/s (1.15 Vs): under by 0.1 m/s, at 2.5 s"),
        ({"heading": (5.0, math.radians(15.5))}, "nose off the runway 15.5° to the right, at most 15.0°: over by 0.5°"),
        ({"x": (5.0, 228.0)}, "height reached 5.07 m, at least 15.00 m: under by 9.93 m, at 3.3 s"),
    ],
)
def test_each_fault_is_told_in_numbers(change: dict[str, tuple[float, float]], words: str) -> None:
    outcome, task, _ = judge(**change)
    assert words in task.ending(outcome)["breach"]["words"]


@pytest.mark.parametrize(
    "change",
    [
        {"y": (0.5, 3.0)},  # off the line once flying
        {"roll": (2.1, math.radians(30))},  # a bank high enough
        {"heading": (10.1, math.radians(40))},
        {"airspeed": (0.0, 11.6)},  # slow, but within the limits
    ],
)
def test_what_the_yardsticks_allow_passes(change: dict[str, tuple[float, float]]) -> None:
    assert judge(**change)[0] == "climbing"


def test_ending_early_never_pays_more_than_standing_still() -> None:
    task = TakeoffTask(AIRCRAFT, Runway(127.0, 6.35, "grass"), {}, STEP)
    task.start(np.random.default_rng(0))
    standing = Quantities(*([0.0] * len(QUANTITIES)))._replace(wheels_on_ground=3.0)
    terms: dict[str, float] = {}
    gamma, total, discount = 0.99, 0.0, 1.0
    for k in range(750):
        task.step(standing, standing._replace(time=k * STEP), terms)
        total += discount * sum(task.default_reward[name] * term for name, term in terms.items())
        discount *= gamma
    task.start(np.random.default_rng(0))
    assert task.step(standing, standing._replace(strike=1.0, time=STEP), terms) == "strike"
    crashed = sum(task.default_reward[name] * term for name, term in terms.items())
    assert crashed < total
