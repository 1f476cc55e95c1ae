"""The airshow: take-off, figures in turn, the way home and the landing; and a figure that cannot be flown."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from agents.autopilot import autopilot_for
from agents.skills.display_pilot import CIRCUIT, FIGURE, RECOVERY
from envs.aircraft.aircraft import load_aircraft
from envs.base.config_file import names_of
from envs.base.errors import InputError
from envs.base.runway import Runway
from envs.flight_env import FlightEnv
from envs.flights.flight_log import FlightLog
from envs.flights.judging import judge_flight
from envs.flights.story import timeline
from envs.tasks.airshow import AirshowTask
from envs.tasks.circuit import CircuitTask
from envs.tasks.figure import FigureTask
from envs.tasks.parts.pattern_shape import PatternShape, Straight
from envs.tasks.stunts.legs import LEAD_B, SETTLE_RADII, legs_home, legs_to_figures
from tests.support.circuit_flight import AIRCRAFT

FIGURES = ["loop", "half_cuban_eight"]


class Shown:
    """A flight of the autopilot: its log, how it ended, the task's phases and who flew, in their order."""

    def __init__(self, env: FlightEnv, seed: int) -> None:
        pilot, (observation, info), memory = autopilot_for(env), env.reset(seed=seed), None
        rows, over = [env.log_row()], False
        self.phases: list[Any] = []
        self.shown: list[Any] = []
        self.flown_by: list[Any] = []
        self.flown_by_in: list[Any] = []
        names = env.observation_names
        while not over:
            action, memory = pilot.predict(observation, memory)
            observation, _, terminated, truncated, info = env.step(action)
            rows.append(env.log_row())
            over = terminated or truncated
            phase = [name for name in names if name.endswith("_phase") and observation[names.index(name)]]
            changes: tuple[tuple[list[Any], Any], ...] = (
                (self.phases, env.task.phase_name),  # pyright: ignore[reportAttributeAccessIssue]
                (self.shown, phase[0]),
                (self.flown_by, int(memory.flying[0])),
                (self.flown_by_in, (phase[0], int(memory.flying[0]))),
            )
            for seen, now in changes:
                if not seen or seen[-1] != now:
                    seen.append(now)
        header = {**env.log_header(), **{key: info[key] for key in ("outcome", "is_success", "metrics", "ending")}}
        self.log = FlightLog(tuple(env.log_columns), np.array(rows), header, "flight")
        self.info: dict[str, Any] = info


@pytest.fixture(scope="module")
def shown() -> Shown:
    env = FlightEnv(task="airshow", figure=FIGURES, weather="breeze")
    flight = Shown(env, 1000)
    env.close()
    return flight


@pytest.fixture(scope="module")
def given_up() -> Shown:
    """The elevator loses half of itself before the loop."""
    env = FlightEnv(task="airshow", figure=FIGURES, weather="breeze", discrepancies=["half_elevator=1@60"])
    flight = Shown(env, 1002)
    env.close()
    return flight


def test_all_phases_in_turn_to_a_landing_that_counts(shown: Shown) -> None:
    legs = ["upwind", "crosswind", "downwind", "base", "run-in"]
    home = ["outbound", "aside", "upwind", "crosswind", "downwind", "descent", "base"]
    assert shown.phases == ["takeoff", *legs, "figures", "levelling", *home, "landing"]
    assert shown.shown == ["takeoff_phase", "pattern_phase", "figure_phase", "pattern_phase", "landing_phase"]
    assert shown.flown_by == [CIRCUIT, FIGURE, CIRCUIT]
    assert shown.info["is_success"]
    assert shown.info["outcome"] == "landed"
    metrics = shown.info["metrics"]
    assert (metrics["figures_flown"], metrics["figures_given_up"], metrics["go_arounds"]) == (2.0, 0.0, 0.0)
    assert metrics["phase"] == 2.0
    assert metrics["f3a_score"] == pytest.approx(0.5 * (metrics["f3a_1_loop"] + metrics["f3a_2_half_cuban_eight"]))
    assert metrics["f3a_1_loop"] > 5
    assert metrics["takeoff_lift_off_speed_vs"] > 1.0
    assert "given_up" not in shown.log.header["marks"]


def test_its_log_tells_the_figures_and_is_judged_as_the_flight_was(shown: Shown) -> None:
    judged = judge_flight(shown.log)
    metrics = shown.info["metrics"]
    assert [one.name for one in judged] == FIGURES
    for number, one in enumerate(judged, 1):
        assert one.sheet.score == pytest.approx(metrics[f"f3a_{number}_{one.name}"], abs=0.3)
    told = timeline(shown.log)
    lines = [line.split("s  ", 1)[1] for line in told.splitlines() if "s  " in line]
    assert [line.split(" ")[0] for line in lines] == ["lift-off", "flew", "flew", "touchdown", "landed,"]
    assert f"flew loop, marked {metrics['f3a_1_loop']:.1f} of 10" in told
    names = [leg["name"] for leg in shown.log.header["marks"]["legs"]]
    assert names[:5] == ["upwind", "crosswind", "downwind", "base", "run-in"]
    assert names[-1] == "final"


def test_a_figure_that_a_fault_makes_impossible_is_given_up_and_the_circuit_flown(given_up: Shown) -> None:
    metrics, log = given_up.info["metrics"], given_up.log
    assert given_up.info["outcome"] == "landed"
    assert given_up.info["is_success"]
    assert metrics["figures_given_up"] == 2.0
    assert metrics["f3a_score"] == 0.0
    assert given_up.flown_by == [CIRCUIT, FIGURE, RECOVERY, CIRCUIT]
    assert given_up.info["ending"]["phrase"] == "figure given up, circuit flown, landed"
    assert log.header["marks"]["given_up"]["figure"] == "loop"
    assert "figure given up: loop (lost the figure's path)" in timeline(log)
    after = log.column("time_s") > log.header["marks"]["given_up"]["at_s"]
    assert log.column("height_m")[after].max() > 15
    assert log.column("strike").max() == 0.0


def test_the_pilot_gives_up_before_the_judge_does_and_by_its_sensors(given_up: Shown) -> None:
    """Who flies changes while the phase shown is still that of the figures."""
    assert ("figure_phase", RECOVERY) in given_up.flown_by_in
    assert given_up.flown_by_in.index(("figure_phase", RECOVERY)) < given_up.flown_by_in.index(
        ("pattern_phase", RECOVERY)
    )


def test_observations_are_those_of_circuit_and_figure() -> None:
    rows = AirshowTask.observations
    assert set(rows) == {*CircuitTask.observations, *FigureTask.observations, "figure_phase"}
    assert len(set(rows)) == len(rows)
    assert AirshowTask.successes == CircuitTask.successes
    assert set(AirshowTask.outcomes) == set(CircuitTask.outcomes)


def ends(straight: Straight) -> tuple[np.ndarray, np.ndarray]:
    """Both ends of a straight in the world, m."""
    leg = straight.leg
    origin, ahead = np.array([leg.x_m, leg.y_m]), np.array([math.cos(leg.course), -math.sin(leg.course)])
    return origin + straight.start_m * ahead, origin + straight.end_m * ahead


@pytest.mark.parametrize("side", [-1.0, 1.0])
@pytest.mark.parametrize("name", names_of("aircraft"))
def test_legs_to_the_figures_and_home_are_closed(name: str, side: float) -> None:
    aircraft = load_aircraft(name)
    runway = Runway.of(aircraft.span_m)
    shape = PatternShape.of(aircraft, runway, side)
    start = 0.5 * runway.length_m - LEAD_B * aircraft.span_m
    there = legs_to_figures(shape, 100.0, start, 40.0)
    assert all(straight.leg.height_m == 40.0 and straight.leg.slope == 0.0 for straight in there)
    assert ends(there[-1])[1] == pytest.approx([start, 0.0], abs=1e-6)
    assert np.linalg.norm(np.subtract(*ends(there[-1]))) >= SETTLE_RADII * shape.radius_m - 1e-6
    for ahead in (True, False):
        home = legs_home(shape, start, ahead)
        assert home[-1].name == "base"
        for way in (there, home):
            for one, other in pairwise(way):
                assert ends(one)[1] == pytest.approx(ends(other)[0], abs=1e-6)
                turn = math.remainder(other.leg.course - one.leg.course, 2 * math.pi)
                assert turn == pytest.approx(0.0, abs=1e-9) or turn == pytest.approx(-side * math.pi / 2)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"figure": ["lop"]}, "unknown figure 'lop', did you mean 'loop'"),
        ({"figure": ["hover"]}, "aircraft 'ultra_stick' cannot fly 'Hover'"),
        ({"figure": ["loop", "split_s"]}, r"airshow: figures\.1: split_s comes down to"),
        ({"task_options": {"height_b": 3}}, "height_b"),
        ({"task_options": {"laps": 2}}, "laps"),
        ({"aircraft": "x8"}, "x8"),
    ],
)
def test_what_cannot_be_flown_is_refused_in_one_line(settings: dict[str, Any], said: str) -> None:
    if "aircraft" in settings:
        settings = {**settings, "figure": ["stall_turn"]}
    with pytest.raises(InputError, match=said) as refused:
        FlightEnv(**{"task": "airshow", **settings})
    assert "\n" not in str(refused.value)


def test_a_show_that_begins_or_ends_inverted_is_refused(tmp_path: Any) -> None:
    over = tmp_path / "over.yaml"
    over.write_text(
        "version: 1\ntitle: Over\nentry: {speed_vs: 2, height_b: 30}\n"
        "elements: [{line: {length_b: 10}}, {line: {length_b: 20, roll_deg: 180}}]\n",
        encoding="utf-8",
    )
    back = tmp_path / "back.yaml"
    back.write_text(over.read_text(encoding="utf-8").replace("height_b: 30", "height_b: 30, inverted: true"))
    for figures, said in (([str(over)], "ends inverted"), ([str(back)], "is entered inverted")):
        with pytest.raises(InputError, match=said):
            FlightEnv(task="airshow", figure=figures)
    FlightEnv(task="airshow", figure=[str(over), str(back)]).close()


def test_seeds_and_sides() -> None:
    for side in (-1, 1):
        task = AirshowTask(AIRCRAFT, Runway(127.0, 6.35, "grass"), {"circuit_side": side}, 1 / 30)
        task.start(np.random.default_rng(0))
        assert task.guide is not None
        assert task.phase_name == "takeoff"
