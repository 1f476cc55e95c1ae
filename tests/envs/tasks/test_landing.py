"""What counts as a landing (envs/tasks/YARDSTICKS.md), what does not pay, and that a pilot by the book lands."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest

from envs.aircraft.aircraft import load_aircraft
from envs.base.quantities import QUANTITIES, Quantities
from envs.base.runway import Runway
from envs.flight_env import FlightEnv
from envs.tasks.landing import LandingTask
from envs.tasks.parts.touchdown import structural_sink, wing_area
from tests.support.landing_pilot import BookPilot, fly

STEP = 1 / 30
AIRCRAFT = load_aircraft("ultra_stick")  # Vs 10 m/s, span 1.27 m, aim point at x = 25.4 m
ZERO = Quantities(*([0.0] * len(QUANTITIES)))
RUNWAY = Runway(127.0, 6.35, "grass")


def moment(time: float, x: float, height: float, speed: float, vz: float, **change: float) -> Quantities:
    values: dict[str, Any] = {
        "time": time,
        "x": x,
        "z": height + 0.2,
        "height": height,
        "vx": speed,
        "vz": vz,
        "airspeed": speed,
        "wheels_on_ground": 0.0 if height > 0 else 2.0,
        **change,
    }
    return ZERO._replace(**values)


def good_flight(
    hops: tuple[float, ...] = (), x: float = 30.0, sink: float = 0.4, stop: bool = True, first: int = 0, **change: float
) -> list[Quantities]:
    """4 s of approach at 11.5 m/s to a touchdown at `x`, hops of the given heights (m), a roll-out of 65 m.

    `change` holds from 0.1 s before the touchdown until 0.1 s after.
    """
    flight, time = [], 0.0
    for k in range(120, 0, -1):
        time += STEP
        height = sink * k * STEP
        flight.append(moment(time, x - 11.5 * k * STEP, height, 11.5, -sink, **(change if k <= 3 else {})))
    speed, place = 11.5, x
    heights = [0.0] * 3
    for hop in hops:
        heights += [hop / 2, hop, hop / 2, 0.0, 0.0]
    while len(heights) < 600:
        heights.append(0.0)
    for k, height in enumerate(heights):
        time += STEP
        flight.append(moment(time, place, height, speed, 0.0, **(change if k < 3 else {})))
        if k > len(hops) * 5 + 3 and stop:
            speed = max(0.0, speed - 1.0 * STEP)
        place += speed * STEP
    return flight[first:]


def gone_around(climb: float) -> list[Quantities]:
    """A touchdown too hard, away from it by so much (m) a step, and 10 s later a good flight."""
    bad = good_flight(sink=1.2)[:124]
    away = [moment(bad[-1].time + k * STEP, 40.0, climb * k, 13.0, climb / STEP) for k in range(1, 40)]
    return bad + away + [q._replace(time=q.time + 10) for q in good_flight()]


def judge(flight: list[Quantities], **options: float) -> tuple[str, LandingTask, float]:
    """(outcome, task, undiscounted reward) of a flight written by hand."""
    task = LandingTask(AIRCRAFT, RUNWAY, options, STEP)
    task.start(np.random.default_rng(0))
    terms: dict[str, float] = {}
    reward = 0.0
    for before, now in itertools.pairwise(flight):
        outcome = task.step(before, now, terms)
        assert set(terms) == set(task.default_reward)
        reward += sum(task.default_reward[name] * term for name, term in terms.items())
        if outcome:
            return outcome, task, reward
    return "timeout", task, reward


def test_a_good_flight_lands_in_gold() -> None:
    outcome, task, reward = judge(good_flight())
    assert outcome == "landed"
    assert task.is_success(outcome)
    metrics = task.metrics()
    assert metrics["gold"] == 1.0
    assert metrics["touchdown_x_m"] == pytest.approx(30.0 - 25.4, abs=0.4)
    assert metrics["sink_mps"] == pytest.approx(0.4)
    assert metrics["touchdown_speed_vs"] == pytest.approx(1.15)
    assert metrics["stopping_distance_m"] == pytest.approx(11.5**2 / 2, rel=0.1)
    assert metrics["bounces"] == metrics["go_arounds"] == 0
    assert reward > 5
    assert task.ending(outcome)["breach"] is None
    assert len(task.limits()) == 9
    assert all(limit.allows(metrics[name]) for name, limit in task.limits().items())


@pytest.mark.parametrize(
    ("outcome", "change"),
    [
        ("strike", {"strike": 1.0}),
        ("short", {"x": 25.4 - 5.1 * 1.27}),
        ("long", {"x": 25.4 + 12.5 * 1.27}),
        ("wide", {"y": 1.3}),
        ("hard", {"sink": 1.05}),
        ("broken", {"sink": 1.5}),
        ("banked", {"roll": math.radians(-5.5)}),
        ("crabbed", {"heading": math.radians(10.5)}),
        ("slow", {"airspeed": 9.9}),
        ("fast", {"airspeed": 13.1}),
        ("bounced", {"hops": (0.16,)}),
        ("bounced", {"hops": (0.05, 0.04)}),
        ("timeout", {"stop": False, "x": 30.0}),
    ],
)
def test_each_fault_has_its_word(outcome: str, change: dict[str, Any]) -> None:
    flight = good_flight(**change)
    if outcome == "timeout":  # rolls on the spot for ever
        flight = [q._replace(x=min(q.x, 60.0), vx=max(q.vx, 0.5)) for q in flight]
    found, task, reward = judge(flight)
    assert found == outcome
    assert not task.is_success(found)
    assert task.metrics()["gold"] == 0.0
    assert reward < judge(good_flight())[2] - 4.0


@pytest.mark.parametrize(
    ("gold", "change"),
    [
        (0.0, {"hops": (0.14,)}),  # one small bounce is silver
        (1.0, {"hops": (0.015, 0.015)}),  # the wheels skip
        (0.0, {"x": 25.4 - 4.5 * 1.27}),
        (0.0, {"y": 1.2}),
        (0.0, {"sink": 0.9}),
        (0.0, {"airspeed": 12.5}),
        (1.0, {"heading": math.radians(4.5)}),
    ],
)
def test_silver_allows_what_gold_may_not(gold: float, change: dict[str, Any]) -> None:
    outcome, task, _ = judge(good_flight(**change))
    assert outcome == "landed"
    assert task.metrics()["gold"] == gold


@pytest.mark.parametrize(
    ("outcome", "change"),
    [
        ("landed", {}),
        ("wide", {"y": 1.3}),
        ("bounced", {"hops": (0.05, 0.04)}),
        ("strike", {"strike": 1.0}),
    ],
)
def test_an_exercise_may_end_with_the_touchdown(outcome: str, change: dict[str, Any]) -> None:
    flight = good_flight(**change)
    found, task, reward = judge(flight, touchdown_share=1.0)
    assert found == outcome
    metrics = task.metrics()
    assert metrics["gold"] == float(outcome == "landed")
    assert "stopping_distance_m" not in metrics
    if outcome == "landed":
        assert metrics["time_s"] == pytest.approx(5.0, abs=0.1)  # 4 s of approach and one on the wheels
        assert 5 < reward < judge(flight)[2]


def test_such_an_exercise_goes_on_after_a_go_around_to_a_second_on_the_wheels() -> None:
    outcome, task, _ = judge(gone_around(0.2), touchdown_share=1.0)
    assert outcome == "landed"
    assert task.metrics()["time_s"] == pytest.approx(10 + 5, abs=0.05)


def test_sideslip_costs_above_the_height_where_the_nose_is_lined_up() -> None:
    task = LandingTask(AIRCRAFT, RUNWAY, {}, STEP)
    task.start(np.random.default_rng(0))
    terms: dict[str, float] = {}
    for height, beta, cost in ((5.0, 0, 0.0), (5.0, -10, 1.0), (5.0, 5, 0.25), (5.0, 30, 4.0), (1.0, 15, 0.0)):
        now = moment(1.0, 0.0, height, 13.0, -1.0, beta=math.radians(beta))
        task.step(now, now, terms)
        assert terms["slip"] == pytest.approx(cost * STEP, abs=1e-9)
    assert LandingTask.default_reward["slip"] == 0.0


def test_leaving_the_runway_or_its_end_fails_at_once() -> None:
    flight = good_flight()
    assert judge([q._replace(y=3.3 if q.x > 60 else 0.0) for q in flight])[0] == "veered"
    assert judge([q._replace(x=q.x + 70 if q.x > 60 else q.x) for q in flight])[0] == "overrun"
    assert judge([q._replace(y=5.0) for q in flight])[0] == "wide"  # touches beside the runway
    assert judge(good_flight(x=-1.0))[0] == "short"  # and before it


@pytest.mark.parametrize(
    ("flight", "phrase", "words"),
    [
        (
            [q._replace(y=-3.3 if q.x > 60 else 0.0) for q in good_flight()],
            "rolled off the runway to the right",
            "distance from the centreline 3.300 m to the right, at most 3.175 m: over by 0.125 m, at 7.0 s",
        ),
        (
            [q._replace(x=q.x + 70 if q.x > 60 else q.x) for q in good_flight()],
            "rolled off the runway's far end",
            "way along the runway 130 m, at most 127 m: over by 3 m, at 7.0 s",
        ),
        (
            good_flight(sink=1.5),
            "hit the ground too hard for its gear",
            "sink at a contact 1.50 m/s, at most 1.43 m/s: over by 0.07 m/s, at 4.0 s",
        ),
        (
            good_flight(roll=math.radians(-5.5)),
            "touched down banked to the left",
            "bank at touchdown 5.50° to the left, at most 5.00°: over by 0.50°, at 4.0 s",
        ),
        (
            good_flight(hops=(0.16,)),
            "bounced too much",
            "height of a bounce 0.16 m, at most 0.15 m: over by 0.01 m, at 4.",
        ),
    ],
)
def test_each_fault_is_told_in_numbers(flight: list[Quantities], phrase: str, words: str) -> None:
    outcome, task, _ = judge(flight)
    ending = task.ending(outcome)
    assert ending["phrase"] == phrase
    assert ending["breach"]["words"].startswith(words)


def test_slower_than_walking_it_may_roll_off_the_edge() -> None:
    flight = [q._replace(y=3.3 if q.vx < 0.9 else 0.0) for q in good_flight()]
    assert judge(flight)[0] == "landed"


def test_a_go_around_after_a_bad_touch_is_forgiven_but_counted() -> None:
    outcome, task, reward = judge(gone_around(0.1))
    assert outcome == "landed"
    assert task.metrics()["go_arounds"] == 1.0
    assert task.metrics()["sink_mps"] == pytest.approx(0.4)  # of the landing that counts
    # The touch and the way back cost nothing in themselves: all potentials are paid back, time and costs are not.
    assert reward < judge(good_flight())[2]


def test_a_low_pass_is_a_go_around_and_earns_nothing() -> None:
    low = [moment(k * STEP, -20.0 + k * 0.4, 1.0, 12.0, 0.0) for k in range(1, 60)]
    away = [moment((60 + k) * STEP, 4.0 + k * 0.4, 1.0 + min(4.0, 0.1 * k), 12.0, 0.0) for k in range(180)]
    _, task, reward = judge(low + away)
    assert task.metrics()["go_arounds"] == 1.0
    assert "sink_mps" not in task.metrics()
    assert reward < 0.0  # as far away as before, what coming near had earned is gone


def test_loitering_earns_nothing() -> None:
    """Circles near the aim point, one low over it: what is gained coming near is lost going away."""
    circle = [
        moment(k * STEP, 25.4 + 20 * math.sin(k / 20), 2.0 + math.cos(k / 20), 12.0, 0.0, y=20 * math.cos(k / 20))
        for k in range(2200)
    ]
    outcome, _, reward = judge(circle)
    assert outcome == "timeout"
    assert reward < 0
    hover = [moment(k * STEP, 25.4 + 4.4, 0.1, 11.0, 0.0, vx=0.0) for k in range(2200)]
    assert judge(hover)[2] < 0


def test_a_crash_after_the_touch_earns_no_credit() -> None:
    flight = good_flight()
    landed = judge(flight)[2]
    for since in (130, 200, 350):
        crash = [*flight[:since], flight[since]._replace(strike=1.0)]
        outcome, task, reward = judge(crash)
        assert outcome == "strike"
        assert not task.is_success(outcome)
        assert reward < judge(flight[: since + 1])[2] - 1.5  # a crash costs what flying on to there had not
        assert reward < landed - 8.0


def test_crashing_early_costs_more_than_late_and_more_than_flying_on() -> None:
    rewards = []
    for since in (5, 600, 1500):
        high = [moment(k * STEP, -60.0, 12.0, 13.0, 0.0) for k in range(since)]
        outcome, _, reward = judge([*high, high[-1]._replace(strike=1.0)])
        assert outcome == "strike"
        rewards.append(reward + 0.1 * since * STEP)  # without the cost of time
    assert rewards[0] < rewards[1] < rewards[2]
    gamma = 0.995  # discounted, as it is learned, flying on for the whole clock costs less than any crash at once
    terms_of_flying_on = sum(0.1 * STEP * gamma**k for k in range(2250))
    assert terms_of_flying_on < -rewards[0]


def test_structural_sink_is_that_of_the_yardsticks() -> None:
    assert wing_area(AIRCRAFT) == pytest.approx(0.3097, rel=0.04)
    assert structural_sink(AIRCRAFT) * (5 / (AIRCRAFT.mass.mass_kg / wing_area(AIRCRAFT))) ** 0.25 == pytest.approx(
        1.35, abs=0.01
    )


@pytest.fixture(scope="module")
def calm() -> FlightEnv:
    return FlightEnv(task="landing", weather="calm")


def final_seeds(env: FlightEnv, count: int) -> list[int]:
    """Seeds whose flights start on final."""
    seeds = []
    for seed in range(100):
        env.reset(seed=seed)
        if abs(env.quantities.heading) < 0.5 and env.quantities.along_track < -50:
            seeds.append(seed)
    return seeds[:count]


def test_a_pilot_by_the_book_lands_in_calm_air(calm: FlightEnv) -> None:
    for seed in final_seeds(calm, 6):
        calm.reset(seed=seed)
        info, reward = fly(calm, BookPilot(calm))
        assert info["outcome"] == "landed", (seed, info)
        assert reward > 5
        assert info["metrics"]["stopping_distance_m"] < 80


def test_a_go_around_can_be_flown_and_lands(calm: FlightEnv) -> None:
    seed = final_seeds(calm, 1)[0]
    calm.reset(seed=seed)
    direct = fly(calm, BookPilot(calm))[1]
    calm.reset(seed=seed)
    info, reward = fly(calm, BookPilot(calm, go_around_below=1.0))
    assert info["outcome"] == "landed"
    assert info["is_success"]
    assert info["metrics"]["go_arounds"] == 1.0
    assert reward < direct  # a detour never pays


@pytest.mark.parametrize(
    ("outcomes", "pilot"),
    [
        (("short",), {"aim_m": -17.0}),
        (("long",), {"aim_m": 17.0}),
        (("wide",), {"line_m": 2.0}),
        (("hard", "broken"), {"flare": False}),
    ],
)
def test_flown_faults_fail(calm: FlightEnv, outcomes: tuple[str, ...], pilot: dict[str, Any]) -> None:
    seed = final_seeds(calm, 1)[0]
    calm.reset(seed=seed)
    landed = fly(calm, BookPilot(calm))[1]
    calm.reset(seed=seed)
    info, reward = fly(calm, BookPilot(calm, **pilot))
    assert info["outcome"] in outcomes
    assert not info["is_success"]
    assert info["reward_terms"]["success"] == info["reward_terms"]["quality"] == 0.0
    assert reward < landed - 6.0


def test_pulled_up_after_the_touch_it_sits_on_its_tail_or_falls(calm: FlightEnv) -> None:
    """Full power and full up from the touchdown on: no way of hopping or standing on the tail is a landing."""
    calm.reset(seed=final_seeds(calm, 1)[0])
    pilot, touched = BookPilot(calm), False
    while True:
        touched = touched or calm.quantities.wheels_on_ground > 0
        action = np.array([0, 1, 0, 1], np.float32) if touched else pilot.act(calm.quantities)
        _, _, terminated, truncated, info = calm.step(action)
        if terminated or truncated:
            break
    assert not info["is_success"]
