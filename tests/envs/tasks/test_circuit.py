"""The circuit: its shape fits what a landing begins with, its phases follow each other, its failures are failures."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest

from envs.aircraft.aircraft import load_aircraft
from envs.base.config_file import names_of
from envs.base.errors import InputError
from envs.base.runway import Runway
from envs.flight_env import FlightEnv
from envs.tasks.parts.landing_starts import GLIDE
from envs.tasks.parts.pattern_shape import PatternShape
from tests.support.circuit_flight import AIRCRAFT, PointPilot, circuit

ROUND = ["upwind", "crosswind", "downwind", "descent", "base"]


@pytest.mark.parametrize("name", names_of("aircraft"))
@pytest.mark.parametrize("side", [-1.0, 1.0])
def test_the_gate_lies_where_landings_begin_on_base_leg(name: str, side: float) -> None:
    aircraft = load_aircraft(name)
    shape = PatternShape.of(aircraft, Runway.of(aircraft.span_m), side)
    radius = (1.35 * aircraft.stall_speed_mps) ** 2 / (9.81 * math.tan(math.radians(25)))
    final = shape.aim_x_m - shape.base_x_m - radius
    assert 20 <= final / aircraft.span_m <= 60
    assert 1.1 <= shape.gate_y_m / radius <= 1.8
    way = final + radius * (0.5 * math.pi - 1) + shape.gate_y_m
    assert GLIDE * way * 0.8 + aircraft.span_m <= shape.gate_height_m <= GLIDE * way * 1.2 + aircraft.span_m
    assert shape.height_m > 15.0  # a take-off ends above that
    assert shape.height_m > shape.gate_height_m


@pytest.mark.parametrize("side", [-1.0, 1.0])
@pytest.mark.parametrize("laps", [1, 3])
def test_each_straight_begins_where_the_one_before_ends(side: float, laps: int) -> None:
    shape = PatternShape.of(AIRCRAFT, Runway(127.0, 6.35, "grass"), side)
    straights = shape.straights(60.0, laps)
    ends = []
    for straight in straights:
        leg = straight.leg
        direction = np.array([math.cos(leg.course), -math.sin(leg.course)])
        origin = np.array([leg.x_m, leg.y_m])
        ends.append(
            (
                origin + straight.start_m * direction,
                origin + straight.end_m * direction,
                leg.height_m + leg.slope * straight.start_m,
                leg.height_m + leg.slope * straight.end_m,
            )
        )
    for (_, end, _, low), (start, _, high, _) in itertools.pairwise(ends):
        if abs(start[1]) > 1.0:  # but from base leg onto the upwind leg, which goes on from the threshold
            assert start == pytest.approx(end, abs=1e-6)
            # The turn onto base leg is shorter than its corner: the height allows for that.
            assert low == pytest.approx(high, abs=1.6)
    assert np.sign(ends[2][0][1]) == side
    assert [straight.name for straight in straights[-5:]] == ROUND


def test_phases_follow_each_other_to_a_landing() -> None:
    pilot = PointPilot(circuit())
    assert pilot.fly() == "landed"
    assert pilot.names == ["takeoff", *ROUND, "landing"]
    assert pilot.task.is_success("landed")
    metrics = pilot.task.metrics()
    assert metrics["phase"] == 2.0
    assert metrics["go_arounds"] == 0.0
    assert metrics["sink_mps"] == pytest.approx(0.4)
    assert metrics["takeoff_lift_off_speed_vs"] > 1.1
    assert metrics["pattern_gate_errors"] < 1.0
    assert all(reward > 3.0 for reward in pilot.rewards.values())
    assert [leg["name"] for leg in pilot.task.marks()["legs"]] == [*ROUND, "final"]


def test_the_side_is_that_of_the_option_or_drawn() -> None:
    for option, straights in ((1, {1.0}), (-1, {-1.0}), (0, {-1.0, 1.0})):
        task = circuit(circuit_side=option)
        found = set()
        for seed in range(12):
            task.start(np.random.default_rng(seed))
            found.add(task._shape.side)
        assert found == straights
    right = PointPilot(circuit(circuit_side=-1))
    assert right.fly() == "landed"


def test_laps_go_round_at_height_before_the_last_descends() -> None:
    pilot = PointPilot(circuit(laps=2))
    assert pilot.fly() == "landed"
    assert pilot.names == ["takeoff", "upwind", "crosswind", "downwind", "base", *ROUND, "landing"]
    assert pilot.task.time_limit_s > circuit().time_limit_s
    for laps in (0, 1.5, 1000):
        with pytest.raises(InputError, match="laps"):
            circuit(laps=laps)


@pytest.mark.parametrize(
    ("outcome", "phase", "change"),
    [
        ("strike", 0, {"takeoff": {"strike": 1.0}}),
        ("veered", 0, {"takeoff": {"y": 2.0}}),
        ("strike", 1, {"downwind": {"strike": 1.0}}),
        ("sank", 1, {"base": {"wheels_on_ground": 1.0}}),
        ("lost", 1, {"downwind": {"height": 90.0}}),
        ("hard", 2, {"landing": {"vz": -1.1}}),
        ("wide", 2, {"landing": {"y": 1.4}}),
        ("fast", 2, {"landing": {"airspeed": 13.5}}),
    ],
)
def test_a_failure_of_a_phase_is_one_of_the_flight(outcome: str, phase: int, change: dict) -> None:
    pilot = PointPilot(circuit(), change)
    assert pilot.fly() == outcome
    assert not pilot.task.is_success(outcome)
    assert pilot.task.metrics()["phase"] == phase
    assert pilot.task.metrics()["gold"] == 0.0


def test_a_bad_gate_still_hands_over() -> None:
    pilot = PointPilot(circuit(), {"base": {"airspeed": 17.0}})
    assert pilot.fly() == "landed"
    assert pilot.rewards["pattern"] < PointPilot(circuit()).rewards["pattern"] + 10


@pytest.mark.parametrize("low", [0.7, 3.5])
def test_a_given_up_landing_flies_the_circuit_again(low: float) -> None:
    """Below 1.5 m it counts as soon as it is 3 m high again, higher up once past the end of the touchdown box."""
    pilot = PointPilot(circuit(), go_around_at=low)
    assert pilot.fly() == "landed"
    assert pilot.names == ["takeoff", *ROUND, "landing", *ROUND, "landing"]
    assert pilot.task.metrics()["go_arounds"] == 1.0
    direct = PointPilot(circuit())
    direct.fly()
    for part in ("pattern", "landing"):
        assert pilot.rewards[part] == pytest.approx(direct.rewards[part], abs=3.0)  # only the last round counts
    assert sum(pilot.rewards.values()) < sum(direct.rewards.values())  # and the first one's costs


def test_the_observation_says_which_phase_and_refers_to_its_leg() -> None:
    env: Any = FlightEnv(task="circuit", observation="state", weather="calm")
    observation, _ = env.reset(seed=3)
    rows = [env.observation_names.index(f"{name}_phase") for name in ("takeoff", "pattern", "landing")]
    assert observation[rows].tolist() == [1.0, 0.0, 0.0]
    for phase in (1, 2):
        env.task._pattern.begin(env.task._shape, 0.0)
        env.task._landing.begin()
        env.task._enter(phase)
        env.step(np.zeros(4))  # decides, from what was before
        observation = env.step(np.zeros(4))[0]
        assert observation[rows].tolist() == [float(k == phase) for k in range(3)]
        leg, now = env.task.leg(), env.quantities
        assert now.height_error == pytest.approx(now.height - leg.height_m - leg.slope * now.along_track)
    env.close()


def test_later_starts_come_only_when_asked_for() -> None:
    env: Any = FlightEnv(task="circuit")
    assert {env.reset(seed=seed) and env.task.phase_name for seed in range(8)} == {"takeoff"}
    env.close()
    env = FlightEnv(task="circuit", task_options={"air_share": 1.0})
    names = set()
    for seed in range(20):
        env.reset(seed=seed)
        names.add(env.task.phase_name)
        assert env.quantities.height > 1.0
        env.step(np.zeros(4))
    env.close()
    assert "landing" in names
    assert names & set(ROUND)
    assert "takeoff" not in names
