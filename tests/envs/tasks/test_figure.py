"""The task figure: what a pilot is shown of a path, how a flight along it ends and what it earns."""

from __future__ import annotations

import math
from typing import Any

import gymnasium
import numpy as np
import pytest

import envs
from agents.autopilot import autopilot_for
from envs.base.errors import InputError
from envs.base.frames import quaternion_from_matrix, quaternion_from_pilot_angles
from envs.base.quantities import PATH_AT, Quantities
from envs.figures.figure import figure_names
from envs.figures.guide import Guide
from envs.figures.sequence import find_sequence, sequence_names
from envs.flight_env import FlightEnv
from envs.flights.flight_log import FlightLog
from envs.flights.judging import judge_flight
from envs.physics.kernels.dynamics import rotation_rows
from envs.tasks import TASK_NAMES, TASKS
from envs.tasks.stunts.drawn import random_figure
from envs.tasks.stunts.reward import FigureReward
from tests.support.physics_tools import ultra_stick


def placed_on(env: FlightEnv, along_m: float, speed_mps: float = 20.0) -> np.ndarray:
    """Put the aircraft of an env on its path, exactly as asked for there; the quantities then shown (state)."""
    guide = env.task.guide
    assert guide
    row = guide.path.sample(np.array([along_m]))[0]
    axes = np.stack([row[3:6], np.cross(row[6:9], row[3:6]), row[6:9]], axis=1)
    env.world.reset(tuple(row[0:3]), quaternion_from_matrix(axes), tuple(speed_mps * row[3:6]))
    guide.begin(along_m)
    env._observe(np.zeros(21))
    return env._truth


@pytest.mark.parametrize("figure", ["loop", "stall_turn", "spin", "four_point_roll", "cuban_eight"])
def test_on_the_path_the_shown_vectors_are_those_of_level_flight(figure: str) -> None:
    """Whatever the attitude: nothing jumps, and where all is right the readings are the same."""
    env = FlightEnv(task=figure, weather="calm")
    env.reset(seed=3)
    guide = env.task.guide
    assert guide
    length = guide.path.length_m
    for along in np.linspace(0.02, 0.98, 25) * length:
        seen = placed_on(env, float(along))
        assert seen[PATH_AT.off_x : PATH_AT.off_z + 1] == pytest.approx(np.zeros(3), abs=0.02)
        assert seen[PATH_AT.way_x : PATH_AT.way_z + 1] == pytest.approx([1, 0, 0], abs=1e-4)
        assert seen[PATH_AT.roof_x : PATH_AT.roof_z + 1] == pytest.approx([0, 0, 1], abs=1e-4)
        assert seen[PATH_AT.track_x : PATH_AT.track_z + 1] == pytest.approx([20, 0, 0], abs=2e-3)
        up = np.reshape(rotation_rows(tuple(env.quantities[10:14])), (3, 3))[2]
        assert seen[PATH_AT.up_x : PATH_AT.up_z + 1] == pytest.approx(up)
        assert seen[PATH_AT.aim_y : PATH_AT.aim_z + 1] == pytest.approx([0, 0], abs=2e-3)
        assert guide.measured[3] == pytest.approx(1.0)
        assert guide.measured[4] == pytest.approx(1.0)
    env.close()


def test_an_error_is_shown_in_the_aircrafts_axes() -> None:
    """Inverted at the top of a loop, a path that lies lower in the world lies up out of the cockpit."""
    env = FlightEnv(task="loop", weather="calm", task_options={"course": 1})
    env.reset(seed=0)
    guide, span = env.task.guide, ultra_stick().span_m
    assert guide
    top = float(guide.path.s_m[np.argmax(guide.path.position[:, 2])])
    placed_on(env, top)
    x, y, z = env.world.position
    env.world.state[0]["position"] = x, y - 0.5 * span, z + span
    env._observe(np.zeros(21))
    off = env._truth[PATH_AT.off_x : PATH_AT.off_z + 1] / span
    assert off == pytest.approx([0.0, 0.5, 1.0], abs=0.05)  # to its left: upside down and flying back, left stays left
    env.close()


def test_a_track_off_the_path_is_shown_as_the_speed_across_it() -> None:
    """5 deg to the left of the path and 3 deg above it, as the pilot sits, wherever the canopy points."""
    env = FlightEnv(task="cuban_eight", weather="calm")
    env.reset(seed=3)
    guide = env.task.guide
    assert guide
    for along in np.linspace(0.05, 0.95, 12) * guide.path.length_m:
        placed_on(env, float(along))
        row = guide.path.sample(np.array([along]))[0]
        ahead, canopy = row[3:6], row[6:9]
        left = np.cross(canopy, ahead)
        velocity = 20.0 * (ahead + math.tan(math.radians(5)) * left + math.tan(math.radians(3)) * canopy)
        env.world.state[0]["velocity"] = tuple(velocity)
        env._observe(np.zeros(21))
        aim = env._truth[PATH_AT.aim_y], env._truth[PATH_AT.aim_z]
        assert aim == pytest.approx((20.0 * math.tan(math.radians(5)), 20.0 * math.tan(math.radians(3))), abs=1e-3)
    env.close()


def test_the_estimate_sees_nearly_what_is_true() -> None:
    env = FlightEnv(task="loop", weather="breeze")
    rng, differences = np.random.default_rng(0), []
    for seed in range(6):
        env.reset(seed=seed)
        over = False
        while not over:
            _, _, terminated, truncated, _ = env.step(np.array([*rng.uniform(-0.2, 0.2, 3), 0.5], np.float32))
            over = terminated or truncated
            differences.append(
                env._truth[PATH_AT.off_x : PATH_AT.off_z + 1] - env._sensed[PATH_AT.off_x : PATH_AT.off_z + 1]
            )
    assert 0.001 < np.sqrt(np.mean(np.square(differences))) < 0.3
    env.close()


def test_what_is_flown_is_paid_once_and_an_idle_pilot_earns_little() -> None:
    env = FlightEnv(task="loop", weather="calm", task_options={"course": 1})
    env.reset(seed=0)
    guide = env.task.guide
    assert guide
    earned: dict[str, float] = {}
    guide.begin(0.0)
    for along in np.linspace(0.0, guide.path.length_m, 300):
        before = guide.along[0]
        placed_on(env, float(along))
        guide.measured[1] = along - before
        terms: dict[str, float] = {}
        env.task.step(env.quantities, env.quantities, terms)
        earned = {name: earned.get(name, 0.0) + value for name, value in terms.items()}
    way = guide.path.length_m / (10 * guide.span_m)
    for name in ("way", "near", "track", "canopy", "fine_track", "fine_canopy"):
        assert earned[name] == pytest.approx(way, rel=0.02)
    env.reset(seed=0)
    info, total, over = {}, 0.0, False
    while not over:
        _, reward, terminated, truncated, info = env.step(np.array([0, 0, 0, 0], np.float32))
        total, over = total + float(reward), terminated or truncated
    assert info["outcome"] == "lost"
    assert info["figure"] == "loop"
    assert total < 0.4 * 3 * way
    assert info["metrics"]["f3a_score"] == 0.0
    env.close()


@pytest.mark.parametrize(
    ("speed_vs", "out_deg", "rolled_deg", "to", "share"),
    [
        (0.05, 0.0, 0.0, "left", (0.85, 1.0)),  # on the spot, in the plane of the wings: a stall turn
        (0.6, 0.0, 0.0, "left", (0.2, 0.6)),  # a wide one
        (2.0, 0.0, 0.0, "left", (0.0, 0.1)),  # a wing-over
        (0.1, 40.0, 0.0, "left", (0.0, 0.15)),  # falls forwards
        (0.1, 0.0, -90.0, "left", (0.0, 0.05)),  # rolled first, then pulled over by the elevator
        (0.1, 0.0, 0.0, "right", (0.0, 0.0)),  # the other side, for which the judge gives no points
    ],
)
def test_a_stall_turn_to_the_left_pays_for_the_swing_of_the_nose(
    speed_vs: float, out_deg: float, rolled_deg: float, to: str, share: tuple[float, float]
) -> None:
    env = FlightEnv(task="stall_turn", weather="calm", task_options={"course": 1})
    env.reset(seed=0)
    guide, task = env.task.guide, env.task
    assert guide
    pivot = np.flatnonzero(guide.path.element == 3)
    row = guide.path.sample(guide.path.s_m[pivot[:1]])[0]
    up, canopy = np.array([0.0, 0.0, 1.0]), row[6:9]
    side = np.cross(canopy, up) * (1.0 if to == "left" else -1.0)
    out, rolled = math.radians(out_deg), math.radians(rolled_deg)
    earned = 0.0
    for angle in np.radians([*range(0, 181, 4), *range(180, 90, -4), *range(90, 181, 4)]):  # what is lost pays no twice
        flat = math.cos(angle) * up + math.sin(angle) * side
        nose = math.cos(out) * flat + math.sin(out) * canopy
        roof = math.cos(out) * canopy - math.sin(out) * flat
        roof = math.cos(rolled) * roof + math.sin(rolled) * np.cross(nose, roof)
        axes = np.stack([nose, np.cross(roof, nose), roof], axis=1)
        velocity = tuple(speed_vs * ultra_stick().stall_speed_mps * nose)
        env.world.reset(tuple(row[0:3]), quaternion_from_matrix(axes), velocity)
        guide.begin(float(guide.path.s_m[pivot[0]]))
        env._observe(np.zeros(21))
        terms: dict[str, float] = {}
        task.step(env.quantities, env.quantities, terms)
        earned += terms["swing"]
    assert share[0] <= earned <= share[1]
    env.close()


@pytest.mark.parametrize(
    ("turns", "alpha_deg", "paid"), [(-2.0, 30.0, 2.0), (-5.0, 30.0, 2.0), (2.0, 30.0, 0.0), (-2.0, 2.0, 0.15)]
)
def test_a_spin_to_the_left_pays_for_its_turns(turns: float, alpha_deg: float, paid: float) -> None:
    """+ clockwise seen from above: 2 of 3 turns to the left are left; what flies attached is no spin."""
    env = FlightEnv(task="spin", weather="calm", task_options={"course": 1})
    env.reset(seed=0)
    guide, task = env.task.guide, env.task
    assert guide
    in_spin = np.flatnonzero(guide.path.element == 1)
    place = guide.path.position[in_spin[len(in_spin) // 3]]
    nose_down, steps, earned = math.radians(60), 150, 0.0
    rate = turns * 2 * math.pi / (steps * task.step_s)
    for step in range(steps):
        heading = rate * step * task.step_s
        attitude = quaternion_from_pilot_angles(0.0, -nose_down, heading)
        env.world.reset(tuple(place), attitude, (0.0, 0.0, -8.0))
        guide.begin(float(guide.path.s_m[in_spin[len(in_spin) // 3]]))
        env._observe(np.zeros(21))
        now = env.quantities._replace(
            p=rate * math.sin(nose_down), q=0.0, r=rate * math.cos(nose_down), alpha=math.radians(alpha_deg)
        )
        terms: dict[str, float] = {}
        task.step(now, now, terms)
        earned += terms["spun"]
    assert earned == pytest.approx(paid, abs=0.1)
    env.close()


def paid_for(
    reward: FigureReward,
    guide: Guide,
    now: Quantities,
    faster: float = 0.0,
    pivot: float = 0.0,
    spin: float = 0.0,
    outcome: str = "",
) -> dict[str, float]:
    """What one step is paid for 10 b of the way, all as asked for but `faster` (m/s) and what `now` says."""
    guide.measured[:] = (guide.along[0], 10 * guide.span_m, 0.0, 1.0, 1.0, faster, pivot, spin, 0.0)
    reward.follow(guide, now)
    terms: dict[str, float] = {}
    reward.pay(now, now, outcome, terms)
    return terms


def swung_to(now: Quantities, swung_deg: float) -> Quantities:
    """With the nose swung so far from straight up, the right wing down in the first half turn."""
    swung = math.radians(swung_deg)
    return now._replace(roll=math.copysign(math.pi / 2, math.sin(swung)), pitch=math.asin(math.cos(swung)))


@pytest.mark.parametrize(("turns", "alpha_deg", "share"), [(3.0, 30.0, 1.0), (1.5, 30.0, 0.5), (3.0, 0.0, 0.04)])
def test_what_follows_a_spin_is_paid_by_the_share_of_it_that_was_flown(
    turns: float, alpha_deg: float, share: float
) -> None:
    env = FlightEnv(task="spin", weather="calm", task_options={"course": 1})
    env.reset(seed=0)
    guide, reward, now = env.task.guide, FigureReward(env.aircraft, 1 / 30, "flown"), env.quantities
    assert guide
    steps, side = 90, 1.0 if guide.path.figure.elements[1].spin.to == "right" else -1.0  # pyright: ignore
    guide.begin(guide.path.starts_m[1])

    rate = side * turns * 2 * math.pi * 30 / steps
    now = now._replace(alpha=math.radians(alpha_deg), roll=0.0, pitch=0.0, p=0.0, q=0.0, r=rate)
    for _ in range(steps):
        paid_for(reward, guide, now, spin=side)
    assert paid_for(reward, guide, now)["way"] == pytest.approx(share, abs=0.02)
    assert paid_for(reward, guide, now, outcome="flown")["success"] == pytest.approx(share, abs=0.02)
    env.close()


@pytest.mark.parametrize(
    ("flown_deg", "hung_vs", "speed_vs", "climb_vs", "wind_vs", "share"),
    [
        (180, 0.0, 0.0, 0.0, 0.0, 1.0),
        (60, 0.0, 0.0, 0.0, 0.0, 0.29),
        (-200, 0.0, 0.0, 0.0, 0.0, 0.0),  # down on the other side, and on through straight down
        (180, 0.0, 2.0, 0.0, 0.0, 0.06),
        (180, 0.5, 0.5, 0.0, 0.5, 1.0),  # drifts with the wind, which costs nothing
        (180, 0.0, 0.25, 0.0, 0.5, 1.0),  # stood still in it, and is taken along more and more
        (180, 0.0, 0.0, 0.0, 0.5, 1.0),  # or is not
        (180, 0.0, -0.25, 0.0, 0.5, 0.51),  # goes against it
        (180, 0.0, 0.0, 0.5, 0.0, 1.0),
        (180, 0.0, 0.0, 1.2, 0.0, 0.01),  # on upwards, tail first
    ],
)
def test_what_follows_a_stall_turn_is_paid_by_how_far_and_how_narrow_the_nose_came_round(
    flown_deg: float, hung_vs: float, speed_vs: float, climb_vs: float, wind_vs: float, share: float
) -> None:
    env = FlightEnv(task="stall_turn", weather="calm", task_options={"course": 1})
    env.reset(seed=0)
    guide, reward, now = env.task.guide, FigureReward(env.aircraft, 1 / 30, "flown"), env.quantities
    assert guide

    hung, speed, climb, wind = (vs * env.aircraft.stall_speed_mps for vs in (hung_vs, speed_vs, climb_vs, wind_vs))
    now = now._replace(vx=hung, vy=0.0, vz=climb, wind_x=wind, wind_y=0.0)
    paid_for(reward, guide, swung_to(now, 0.0), pivot=1.0)
    now = now._replace(vx=speed)
    for swung_deg in np.linspace(0.0, flown_deg, 40):
        if abs(swung_deg) > 15.0:
            paid_for(reward, guide, swung_to(now, swung_deg), pivot=1.0)
    assert paid_for(reward, guide, now)["way"] == pytest.approx(share, abs=0.02)
    env.close()


@pytest.mark.parametrize(("flown_deg", "lost_deg"), [(190, 0), (215, 20), (235, 40)])
def test_what_the_nose_of_a_stall_turn_swings_past_straight_down_is_taken_off_once(
    flown_deg: float, lost_deg: float
) -> None:
    env = FlightEnv(task="stall_turn", weather="calm", task_options={"course": 1})
    env.reset(seed=0)
    guide, reward, now = env.task.guide, FigureReward(env.aircraft, 1 / 30, "flown"), env.quantities
    assert guide

    now = now._replace(vx=0.0, vy=0.0, vz=0.0, wind_x=0.0, wind_y=0.0)

    def paid(way_deg: list[float]) -> float:
        return sum(paid_for(reward, guide, swung_to(now, swung), pivot=1.0)["swing"] for swung in way_deg)

    whole = paid([*np.linspace(0, 180, 41)])
    there_and_back = [*np.linspace(180, flown_deg, 9), *np.linspace(flown_deg, 180, 9), *np.linspace(180, flown_deg, 9)]
    assert paid(there_and_back) == pytest.approx(-lost_deg / 165 * whole, abs=0.01)
    env.close()


@pytest.mark.parametrize(
    ("faster_vs", "pivot", "spin", "cost"),
    [
        (0.2, 0.0, 0.0, 0.0),
        (0.6, 0.0, 0.0, 1.0),
        (-0.6, 0.0, 0.0, 1.0),
        (0.6, 1.0, 0.0, 1.0),  # a stall turn flown as a wing-over
        (0.6, 0.0, 1.0, 1.0),  # a spin with the throttle open
        (-0.6, 1.0, 0.0, 0.0),  # nobody can be too slow for either
        (-0.6, 0.0, -1.0, 0.0),
        (9.0, 0.0, 0.0, 4.0),
    ],
)
def test_the_speed_asked_for_counts_everywhere_but_who_stalls_may_be_slow(
    faster_vs: float, pivot: float, spin: float, cost: float
) -> None:
    env = FlightEnv(task="stall_turn", weather="calm")
    env.reset(seed=0)
    guide, reward = env.task.guide, FigureReward(env.aircraft, 1.0, "flown")
    assert guide
    faster = faster_vs * env.aircraft.stall_speed_mps
    terms = paid_for(reward, guide, env.quantities, faster=faster, pivot=pivot, spin=spin)
    assert terms["speed"] == pytest.approx(cost)
    env.close()


def test_every_shipped_figure_is_a_task_and_has_an_id() -> None:
    for name in (*figure_names(), *sequence_names()):
        assert TASKS[name] is TASKS["figure"]
        assert envs.gymnasium_id(name) in gymnasium.registry
    assert set(figure_names()) < set(TASK_NAMES)
    env = gymnasium.make("ModelAircraft/HalfCubanEight-v0", weather="calm").unwrapped
    assert isinstance(env, FlightEnv)
    env.reset(seed=0)
    mark = env.log_header()["marks"]["figures"][0]
    assert mark["name"] == "half_cuban_eight"
    assert mark["figure"]["elements"]
    env.close()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"figure": "lop"}, "unknown figure 'lop', did you mean 'loop'"),
        ({"figure": "hover"}, "aircraft 'ultra_stick' cannot fly 'Hover': needs.thrust_to_weight"),
        ({"task": "takeoff", "figure": "loop"}, "the task takeoff flies no figure"),
        ({"task": "lop"}, "did you mean 'loop'"),
    ],
)
def test_what_cannot_be_flown_is_refused_in_one_line(settings: dict[str, str], said: str) -> None:
    with pytest.raises(InputError, match=said) as refused:
        FlightEnv(**{"task": "figure", **settings})
    assert "\n" not in str(refused.value)


def test_of_several_figures_those_that_cannot_be_flown_are_left_out() -> None:
    env = FlightEnv(task="figure", figure=["loop", "hover"])
    assert env.task.figures == ("loop",)  # pyright: ignore[reportAttributeAccessIssue]
    env.close()


def test_drawn_figures_are_many_and_possible_to_draw() -> None:
    rng = np.random.default_rng(0)
    drawn = [random_figure(rng) for _ in range(100)]
    assert len({figure.words() for figure in drawn}) > 90
    kinds = {element.kind for figure in drawn for element in figure.elements}
    assert kinds == {"line", "arc", "stall_turn", "spin"}
    turns = [e.arc.turn_deg for f in drawn for e in f.elements if e.arc]
    assert min(turns) < -40
    assert max(turns) > 170
    rolls = [e.line.roll_deg for f in drawn for e in f.elements if e.line and e.line.roll_deg]
    assert {math.copysign(1, r) for r in rolls} == {-1.0, 1.0}
    sloping = [e.line for f in drawn for e in f.elements if e.line and e.line.roll_deg and abs(e.line.climb_deg) > 30]
    assert len(sloping) > 10
    again = random_figure(np.random.default_rng(0))
    assert again == drawn[0]


def flown_log(env: FlightEnv, seed: int) -> tuple[FlightLog, dict[str, Any]]:
    """A flight of the autopilot as a log, and how it ended."""
    pilot, (observation, info), memory = autopilot_for(env), env.reset(seed=seed), None
    rows, over = [env.log_row()], False
    while not over:
        action, memory = pilot.predict(observation, memory)
        observation, _, terminated, truncated, info = env.step(action)
        rows.append(env.log_row())
        over = terminated or truncated
    return FlightLog(tuple(env.log_columns), np.array(rows), env.log_header(), "flight"), info


@pytest.mark.parametrize("weather", ["calm", "breeze"])
def test_a_spin_can_be_flown_to_its_end(weather: str) -> None:
    """A spinning aircraft travels on and drifts: the path goes with it, and log and task give the same mark."""
    env = FlightEnv(task="spin", aircraft="ultra_stick", weather=weather)
    log, info = flown_log(env, 0)
    guide = env.task.guide
    assert info["outcome"] == "flown"
    assert guide
    assert np.abs(guide.carried[0]).max() > guide.span_m
    assert info["metrics"]["f3a_score"] > 2.0
    assert judge_flight(log)[0].sheet.score == pytest.approx(info["metrics"]["f3a_score"], abs=0.3)
    env.close()


def test_a_sequence_is_flown_along_one_path_and_each_figure_is_marked() -> None:
    env = FlightEnv(task="club", weather="calm", task_options={"course": 1})
    log, info = flown_log(env, 3)
    names = [each.name for each in find_sequence("club")[1]]
    metrics = info["metrics"]
    assert info["outcome"] == "flown"
    assert info["figure"] == "club"
    marks = [metrics[f"f3a_{number}_{name}"] for number, name in enumerate(names, 1)]
    assert metrics["f3a_score"] == pytest.approx(np.mean(marks))
    assert sum(mark > 5 for mark in marks) >= 7
    judged = judge_flight(log)
    assert [one.name for one in judged] == names
    assert [one.sheet.score for one in judged] == pytest.approx(marks, abs=0.3)  # the log has fewer digits of angles
    env.close()


def test_a_sequence_broken_off_leaves_the_figures_after_it_without_marks() -> None:
    env = FlightEnv(task="club", weather="calm", discrepancies=["weak_elevator=1@12"], task_options={"course": 1})
    log, info = flown_log(env, 3)
    assert info["outcome"] in ("lost", "stuck", "away", "strike", "sank")
    marks = [value for name, value in info["metrics"].items() if name.startswith("f3a_") and name != "f3a_score"]
    assert len(marks) == 11
    assert marks[0] > 0
    assert marks[-1] == 0.0
    judged = judge_flight(log)
    flown = sum(mark > 0 for mark in marks)
    assert flown <= len(judged) < 11
    assert [one.sheet.score for one in judged[:flown]] == pytest.approx(marks[:flown], abs=0.3)
    env.close()


def test_some_flights_start_in_a_stall_turn_with_the_nose_swinging_to_its_side() -> None:
    env = FlightEnv(task="stall_turn", weather="calm", task_options={"path_share": 1.0, "mirrored_share": 0.5})
    pitches: list[float] = []
    for seed in range(60):
        env.reset(seed=seed)
        now, guide = env.quantities, env.task.guide
        assert guide
        if abs(now.r) > 1.5:
            turn = guide.path.figure.elements[3].stall_turn
            assert turn
            side = 1.0 if turn.to == "right" else -1.0
            assert now.r * side > 0
            assert now.roll * side > 0  # that wing points down while the nose comes round
            assert math.hypot(now.vx, now.vy) < 0.1
            pitches.append(now.pitch)
    assert len(pitches) > 8
    assert min(pitches) < -0.3
    assert max(pitches) > 0.8
    env.close()


def test_some_flights_start_in_a_spin_stalled_and_turning_to_its_side() -> None:
    env = FlightEnv(task="spin", weather="calm", task_options={"path_share": 1.0, "mirrored_share": 0.5})
    alphas: list[float] = []
    for seed in range(40):
        env.reset(seed=seed)
        now, guide = env.quantities, env.task.guide
        assert guide
        level = now.r * math.cos(now.roll) + now.q * math.sin(now.roll)
        turning = level * math.cos(now.pitch) - now.p * math.sin(now.pitch)  # about the vertical
        if abs(turning) > 1.5:
            spun_to = guide.path.figure.elements[1].spin
            assert spun_to
            assert turning * (1.0 if spun_to.to == "right" else -1.0) > 0
            assert now.vz < 0
            alphas.append(math.degrees(now.alpha))
    assert len(alphas) > 12
    assert 10 < np.mean(alphas) < 25
    env.close()
