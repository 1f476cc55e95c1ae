"""Go-arounds where the task shows only the final approach: legs laid, readings turned, and the whole way flown."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from agents.config.programme import load_config
from agents.pilots.skill_bundle import sequence, sequence_card
from agents.runs.run_folder import RunFolder, read_json
from agents.skills.go_around import GoAround
from agents.skills.landing_pilot import LandingRounds
from agents.skills.navigator import Navigator, Round, SensedState
from agents.skills.skilled_pilot import LANDING, PATTERN
from agents.training.train_skills import train_sequence
from envs.aircraft.aircraft import load_aircraft
from envs.base.errors import InputError
from envs.base.quantities import AT
from envs.flight_env import FlightEnv
from envs.observation import LIMIT, READINGS, fill, observation_rows, observation_table
from envs.tasks.circuit import CircuitTask

AIRCRAFT = load_aircraft("ultra_stick")
SHOWN = observation_rows(CircuitTask.observations, "sensors")
SKILLS = {"takeoff": "takeoff-ultra_stick", "pattern": "pattern-ultra_stick", "landing": "autopilot"}


@pytest.fixture(scope="module")
def env() -> FlightEnv:
    return FlightEnv(task="landing", weather="gusty")


@pytest.fixture(scope="module")
def navigator(env: FlightEnv) -> Navigator:
    return Navigator(AIRCRAFT, env.observation_names, SHOWN)


def test_on_the_approach_it_shows_what_a_circuit_would(env: FlightEnv, navigator: Navigator) -> None:
    table = observation_table(SHOWN, AIRCRAFT.stall_speed_mps, AIRCRAFT.span_m)
    for seed in range(6):
        seen, _ = env.reset(seed=seed)
        for _ in range(40):
            seen, *_ = env.step(np.array([0.1, 0.1, 0.0, -0.3], np.float32))
        batch = seen[None]
        places, _ = navigator.sensed_states(batch, np.zeros(1))
        values = np.array(env.sensed)
        values[AT.phase] = LANDING
        expected = np.zeros(len(SHOWN), np.float32)
        fill(table, values, expected)
        assert navigator.show(batch, places, [None], (PATTERN, LANDING))[0] == pytest.approx(expected, abs=1e-5)


def place(x: float, y: float, course: float, height: float = 10.0, speed: float = 13.0) -> SensedState:
    return SensedState(x, y, speed * math.cos(course), -speed * math.sin(course), course, height, 0.0)


@pytest.mark.parametrize("side", [1.0, -1.0])
def test_a_round_leads_from_the_climb_out_to_base_leg(navigator: Navigator, side: float) -> None:
    assert navigator.follow(None, False, place(40.0, side, 0.0)) is None
    assert navigator.follow(None, True, place(40.0, side, 0.0, height=2.0)) is None  # still on the way up
    flown = navigator.follow(None, True, place(40.0, side, 0.0, height=3.1))
    x, y, names, seconds = 40.0, side, [], 0.0
    while flown:
        now = flown.straights[flown.number]
        if now.name not in names:
            names.append(now.name)
        # Onto the leg at once and along it: corners are cut as by an aircraft that turns on the spot.
        leg = now.leg
        x, y = x + 13.0 / 30 * math.cos(leg.course), y - 13.0 / 30 * math.sin(leg.course)
        seconds += 1 / 30
        assert seconds < 60.0
        flown = navigator.follow(flown, True, place(x, y, leg.course))
    assert names == ["upwind", "crosswind", "downwind", "descent", "base"]
    assert y * side > 0
    assert abs(y) < 100 * AIRCRAFT.span_m  # what the landing sees across
    assert -60.0 < x < 0.0  # before the threshold


def test_on_a_round_it_shows_the_leg(env: FlightEnv, navigator: Navigator) -> None:
    seen = env.reset(seed=1)[0]
    begun = navigator.follow(None, True, place(40.0, 1.0, 0.0))
    assert begun is not None
    downwind = next(k for k, side in enumerate(begun.straights) if side.name == "downwind")
    flown = Round(begun.shape, begun.straights, downwind)
    leg = flown.straights[downwind].leg
    shown = navigator.show(
        seen[None], [place(50.0, leg.y_m - 2.0, math.pi, height=leg.height_m + 1.5)], [flown], (PATTERN, LANDING)
    )[0]
    values = {name: value * READINGS[name].scale for name, value in zip(SHOWN, shown, strict=True)}
    # Flying back, the runway lies to the left of the left-hand downwind leg: 2 m nearer is left of it.
    assert values["cross_track"] * AIRCRAFT.span_m == pytest.approx(-2.0, abs=1e-4)
    assert values["course_sine"] == pytest.approx(0.0, abs=1e-6)
    assert values["course_cosine"] == pytest.approx(1.0)
    assert values["height_error"] == pytest.approx(1.5, abs=1e-5)
    assert (values["pattern_phase"], values["landing_phase"]) == (1.0, 0.0)
    assert shown[SHOWN.index("airspeed")] == seen[env.observation_names.index("airspeed")]


def test_speed_across_is_mended_where_the_observation_ends(env: FlightEnv, navigator: Navigator) -> None:
    seen = env.reset(seed=1)[0].copy()
    names = list(env.observation_names)
    heading = math.radians(80)
    for name, value in (
        ("airspeed", 13.0 / AIRCRAFT.stall_speed_mps - 1.0),
        ("course_sine", math.sin(heading) / 0.3),
        ("course_cosine", math.cos(heading)),
        ("cross_speed", LIMIT),
    ):
        seen[names.index(name)] = value
    (found,), wind = navigator.sensed_states(seen[None], np.array([-1.5]))
    assert -found.vy == pytest.approx(13.0 * math.sin(heading) - 1.5, abs=1e-4)
    assert wind == pytest.approx([-1.5])


def test_every_landing_given_up_is_followed_by_another() -> None:
    config = load_config("landing", ["weather=calm", "skills={takeoff: {}, pattern: {}, landing: {}}"])
    pilot = sequence("test", config, SKILLS, sequence_card(config, SKILLS))
    assert isinstance(pilot, LandingRounds)
    never = replace(pilot, sequence=replace(pilot.sequence, go_around=GoAround(touch_fastest_vs=0.5, most_balked=99)))
    env = FlightEnv(task="landing", weather="calm")
    pilot.check_fits(env)
    seen, _ = env.reset(seed=2)
    state, ended, info = None, False, {}
    while not ended:
        action, state = never.predict(seen, state)
        seen, _, terminated, truncated, info = env.step(action)
        ended = terminated or truncated
    assert info["outcome"] == "timeout"
    assert info["metrics"]["go_arounds"] >= 2


def test_skills_may_be_given_as_bundles(tmp_path: Path) -> None:
    own = "algorithm: {n_envs: 4, n_steps: 64, batch_size: 64}, training: {test_flights: 1, eval_flights: 1}"
    given = "takeoff: {bundle: takeoff-ultra_stick}, pattern: {bundle: autopilot}"
    blocks = f"skills={{{given}, landing: {{{own}}}}}"
    tiny = ["training.steps=512", "training.test_flights=1", "weather=calm", "training.processes=1"]
    config = load_config("landing", [blocks, *tiny])
    run = RunFolder.create(tmp_path / "run", "run")
    result = train_sequence(config, run)
    assert result["task"] == "landing"
    assert sorted(p.name for p in (run.path / "skills").iterdir()) == ["landing"]
    card = read_json(run.bundle / "card.json")
    assert card["skills"] == {"takeoff": "takeoff", "pattern": "autopilot", "landing": "landing"}
    for wrong, said in (("bundle: pattern-ultra_stick", "was trained for pattern"), ("bundle: takof", "takof")):
        with pytest.raises(InputError, match=said):
            train_sequence(
                load_config("landing", [blocks.replace("bundle: takeoff-ultra_stick", wrong)]),
                RunFolder.create(tmp_path / said.replace(" ", "_"), "run"),
            )
    rolling = load_config("landing", [blocks[:-1] + ", rollout: {bundle: autopilot}}"])
    with pytest.raises(InputError, match="the autopilot rolls out by its landing"):
        train_sequence(rolling, RunFolder.create(tmp_path / "rolling", "run"))
