"""A pilot of skills: rows go by name, the phase picks who flies, each flight has its own memory, bundles hold."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from stable_baselines3.common.vec_env import DummyVecEnv

from agents.commands.evaluate import evaluate
from agents.config.programme import SKILLS, load_config
from agents.environments.flights import flight_env_function
from agents.environments.memory import Memory, RememberingPilot
from agents.pilots.bundle import write_bundle
from agents.pilots.loading import load_pilot
from agents.pilots.skill_bundle import sequence, sequence_card, write_sequence
from agents.runs.run_folder import read_json
from agents.skills.go_around import GoAround
from agents.skills.skilled_pilot import SequencedPilot, Skill
from agents.training.train import make_model
from agents.training.train_skills import skill_config
from envs.aircraft.aircraft import load_aircraft
from envs.base.errors import InputError
from envs.observation import LIMIT, READINGS

NAMES = (
    "height_error",
    "airspeed",
    "height",
    "climb_rate",
    "cross_track",
    "along_track_near",
    "course_sine",
    "wheels_on_ground",
    "along_speed",
    "roll",
    "pitch",
    "takeoff_phase",
    "pattern_phase",
    "landing_phase",
)


class NotingPilot:
    """Answers its number, counts its calls since a flight began, and keeps what it was shown."""

    def __init__(self, number: int) -> None:
        self.number, self.shown = number, np.zeros(0)

    def predict(
        self, observation: Any, state: Any = None, episode_start: Any = None, deterministic: bool = True
    ) -> tuple[np.ndarray, Any]:
        self.shown = np.array(observation)
        count = np.zeros(len(observation)) if state is None else np.where(episode_start, 0, state)
        actions = np.full((len(observation), 4), 0.1 * self.number, np.float32)
        actions[:, 3] = count
        return actions, count + 1


ROWS_OF = (("roll", "airspeed"), ("height_error", "roll"), ("height", "roll", "height_error"))


def flyer() -> SequencedPilot:
    skills = tuple(Skill(NotingPilot(number), rows) for number, rows in enumerate(ROWS_OF))
    return SequencedPilot("test", None, {}, NAMES, skills)


def seen(phase: str, **values: float) -> np.ndarray:
    """An observation (k,), from SI values (spans and stall speeds where the row says so)."""
    on_final = {
        "airspeed": 1.2,
        "height": 2.5,
        "cross_track": 0.0,
        "along_track_near": -5.0,
        "wheels_on_ground": 0.0,
        "along_speed": 1.1,
        "height_error": 0.0,
        "roll": 0.0,
        f"{phase}_phase": 1.0,
        **values,
    }
    return np.array(
        [
            (on_final.get(name, 0.0) - READINGS[name].offset * (not name.endswith("_phase"))) / READINGS[name].scale
            for name in NAMES
        ],
        np.float32,
    )


def test_each_skill_flies_its_phase_with_its_own_rows() -> None:
    pilot = flyer()
    batch = np.stack([seen(phase, roll=0.03 * (1 + k), airspeed=1.5) for k, phase in enumerate(SKILLS)])
    actions, _ = pilot.predict(batch)
    assert actions[:, 0] == pytest.approx([0.0, 0.1, 0.2])
    for skill, rows in zip(pilot.skills, ROWS_OF, strict=True):
        assert skill.pilot.shown == pytest.approx(batch[:, [NAMES.index(row) for row in rows]])  # type: ignore[attr-defined]
    alone, _ = pilot.predict(batch[1])
    assert alone.shape == (4,)
    assert alone[0] == pytest.approx(0.1)


def test_a_skill_begins_afresh_when_its_phase_begins_and_when_a_flight_does() -> None:
    pilot = flyer()
    state, counts = None, []
    script = [("takeoff", "pattern")] * 3 + [("pattern", "pattern")] * 2 + [("pattern", "pattern")]
    for step, phases in enumerate(script):
        kept = state
        starts = np.array([False, step == 5])
        actions, state = pilot.predict(np.stack([seen(p) for p in phases]), kept, starts)
        counts.append(actions[:, 3].tolist())
    assert counts == [[0, 0], [1, 1], [2, 2], [0, 3], [1, 4], [2, 0]]


def test_a_skill_that_remembers_has_forgotten_what_another_skill_flew() -> None:
    noting, memory = NotingPilot(1), Memory(2, ages=(2,))
    skills = [Skill(NotingPilot(number), rows) for number, rows in enumerate(ROWS_OF)]
    skills[1] = Skill(RememberingPilot(noting, memory), ROWS_OF[1])
    pilot, state = SequencedPilot("test", None, {}, NAMES, tuple(skills)), None
    rolls, shown = (0.03, 0.06, 0.09, 0.12, 0.15, 0.18), []
    for step, roll in enumerate(rolls):  # the second flight keeps the skill busy from the start
        _, state = pilot.predict(
            np.stack([seen("takeoff" if step < 3 else "pattern", roll=roll), seen("pattern")]), state
        )
        shown.append(noting.shown[0, 3])
    scale = READINGS["roll"].scale
    assert shown[3:] == pytest.approx([rolls[3] / scale, rolls[3] / scale, rolls[3] / scale])
    assert shown[:3] == pytest.approx([rolls[0] / scale] * 3)


class Slow(NotingPilot):
    """Remembers, and refuses other rates."""

    def check_rate(self, env: Any) -> None:
        raise InputError(f"not at {env}")


def test_a_sequence_asks_its_skills_whether_what_they_remember_fits() -> None:
    class Env:
        unwrapped = type("Shown", (), {"observation_names": NAMES})

    pilot = flyer()
    pilot.check_fits(Env())  # type: ignore[arg-type]
    slow = replace(pilot, skills=(*pilot.skills[:2], Skill(Slow(2), ROWS_OF[2])))
    with pytest.raises(InputError, match="not at"):
        slow.check_fits(Env())  # type: ignore[arg-type]


def test_the_given_memory_is_not_changed() -> None:
    pilot = flyer()
    _, state = pilot.predict(np.stack([seen("landing", cross_track=3.0), seen("landing")]))
    before = (state.skill.copy(), state.going_around.copy())
    pilot.predict(np.stack([seen("pattern"), seen("landing")]), state)
    assert (state.skill == before[0]).all()
    assert (state.going_around == before[1]).all()


@pytest.mark.parametrize(
    ("around", "change"),
    [
        (False, {}),
        (True, {"cross_track": -2.0}),
        (False, {"cross_track": -2.0, "height": 6.0}),  # still time to mend it
        (False, {"cross_track": -2.0, "wheels_on_ground": 1.0}),  # too late
        (False, {"cross_track": -2.0, "along_track_near": -18.0}),
        (True, {"airspeed": 0.8}),
        (True, {"along_track_near": 11.5, "height": 0.5}),
        (False, {"along_track_near": 11.5, "height": 0.1}),
    ],
)
def test_an_approach_beyond_mending_is_given_up(around: bool, change: dict[str, float]) -> None:
    pilot = flyer()
    actions, state = pilot.predict(np.stack([seen("landing", **change), seen("landing")]))
    assert actions[0, 0] == pytest.approx(0.1 if around else 0.2)
    assert actions[1, 0] == pytest.approx(0.2)
    assert state.going_around.tolist() == [around, False]
    if not around:
        return
    shown = pilot.skills[1].pilot.shown  # type: ignore[attr-defined]
    assert shown[0, 0] == -LIMIT  # told to climb, and further up only as far as the circuit's height
    pilot.predict(np.stack([seen("landing", height=17.0), seen("landing", height=17.0)]), state)
    assert pilot.skills[1].pilot.shown[0, 0] == pytest.approx(-1.0)  # type: ignore[attr-defined]
    # It goes on climbing though nothing is wrong any more, until the circuit begins anew.
    actions, state = pilot.predict(np.stack([seen("landing"), seen("landing")]), state)
    assert actions[:, 0] == pytest.approx([0.1, 0.2])
    _, state = pilot.predict(np.stack([seen("pattern"), seen("landing")]), state)
    actions, state = pilot.predict(np.stack([seen("landing"), seen("landing")]), state)
    assert actions[:, 0] == pytest.approx([0.2, 0.2])


@pytest.mark.parametrize(
    ("balked", "before", "touch"),
    [
        (False, {}, {}),
        (True, {"climb_rate": -1.2}, {}),
        (True, {}, {"airspeed": 0.97}),
        (True, {}, {"airspeed": 1.31}),
        (True, {}, {"cross_track": -1.05}),
        (True, {}, {"along_track_near": 12.5}),
        (True, {}, {"roll": -0.1}),
        (True, {}, {"course_sine": 0.2}),
        (False, {}, {"climb_rate": -1.2}),  # the contact itself has taken the sink away: only the moment before counts
    ],
)
def test_a_touchdown_that_would_not_count_is_balked_at_once(
    balked: bool, before: dict[str, float], touch: dict[str, float]
) -> None:
    touchdown = {"height": 0.0, "along_track_near": 3.0, "airspeed": 1.15, "wheels_on_ground": 2.0}
    above = np.stack([seen("landing", **{"height": 0.1, "along_track_near": 2.9, "climb_rate": -0.4, **before})])
    rolling = np.stack([seen("landing", **{**touchdown, "airspeed": 0.9, "along_track_near": 6.0})])
    for balks in (True, False):
        pilot = replace(flyer(), balks=balks)
        _, state = pilot.predict(above)
        actions, state = pilot.predict(np.stack([seen("landing", **{**touchdown, **touch})]), state)
        going = balked and balks
        assert state.going_around.tolist() == [going]
        assert actions[0, 0] == pytest.approx(0.0 if going else 0.2)  # the take-off's pilot flies away, or nobody does
        # Slower on the roll-out is no new touchdown.
        _, state = pilot.predict(rolling, state)
        assert state.going_around.tolist() == [going]


@pytest.mark.parametrize(("place", "speed", "balked"), [(-4.0, 1.3, False), (10.0, 1.1, False), (10.0, 1.35, True)])
def test_a_touchdown_that_would_not_stop_on_the_runway_is_balked(place: float, speed: float, balked: bool) -> None:
    # Ultra Stick: from 1.35 Vs over the ground about 67 b and 10 b of margin, from 1.1 Vs 45 b; 80 b are left at x = 0.
    pilot = replace(flyer(), go_around=GoAround.of(load_aircraft("ultra_stick")))
    _, state = pilot.predict(np.stack([seen("landing", height=0.1, along_track_near=place, along_speed=speed)]))
    touch = seen("landing", height=0.0, along_track_near=place, along_speed=speed, wheels_on_ground=2.0, airspeed=1.15)
    _, state = pilot.predict(np.stack([touch]), state)
    assert state.going_around.tolist() == [balked]


def test_after_two_go_arounds_a_touchdown_has_to_do() -> None:
    pilot, state, balked = flyer(), None, []
    for _ in range(4):
        _, state = pilot.predict(np.stack([seen("pattern")]), state)
        _, state = pilot.predict(np.stack([seen("landing", height=0.1)]), state)
        _, state = pilot.predict(np.stack([seen("landing", height=0.0, airspeed=1.4, wheels_on_ground=2.0)]), state)
        balked.append(bool(state.going_around[0]))
    assert balked == [True, True, False, False]
    _, state = pilot.predict(np.stack([seen("landing", height=0.1)]), state, np.array([True]))  # a new flight
    _, state = pilot.predict(np.stack([seen("landing", height=0.0, airspeed=1.4, wheels_on_ground=2.0)]), state)
    assert state.going_around[0]


def test_a_fourth_skill_flies_from_the_touchdown_on_until_a_landing_is_given_up() -> None:
    three = flyer()
    four = replace(three, skills=(*three.skills, Skill(NotingPilot(3), ("roll",))))
    ground = {"height": 0.0, "airspeed": 1.1, "wheels_on_ground": 2.0, "along_track_near": 3.0}
    script = [
        (seen("landing", along_track_near=2.0), 0.2, 0.2),
        (seen("landing", **ground), 0.2, 0.3),
        (seen("landing", height=0.1, along_track_near=4.0), 0.2, 0.3),  # a hop
        (seen("landing", height=2.0, along_track_near=12.0), 0.1, 0.1),  # given up
        (seen("pattern"), 0.1, 0.1),
        (seen("landing"), 0.2, 0.2),
    ]
    states: list[Any] = [None, None]
    for observation, *expected in script:
        for k, pilot in enumerate((three, four)):
            actions, states[k] = pilot.predict(observation[None], states[k])
            assert actions[0, 0] == pytest.approx(expected[k])
    actions, _ = four.predict(np.stack([seen("takeoff", **ground), seen("landing", **ground)]))
    assert actions[:, 0] == pytest.approx([0.0, 0.3])  # an exercise begins on its wheels


def test_missing_rows_are_told_by_name() -> None:
    skills = tuple(Skill(NotingPilot(0), ("pitch",)) for _ in SKILLS)
    names = tuple(name for name in NAMES if name != "pitch")
    with pytest.raises(InputError, match="takeoff needs 'pitch'"):
        SequencedPilot("x", None, {}, names, skills)
    with pytest.raises(InputError, match="landing_phase"):
        SequencedPilot("x", None, {}, NAMES[:-1], flyer().skills)


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Bundles of pilots that have learned nothing, one a skill."""
    folder = tmp_path_factory.mktemp("skills")
    for skill in SKILLS:
        config = load_config(skill, ["algorithm.n_envs=1", "algorithm.batch_size=64", "network.hidden=[8]"])
        env = flight_env_function(config)()
        names = env.observation_names  # type: ignore[attr-defined]
        write_bundle(folder / skill, make_model(config, DummyVecEnv([lambda env=env: env])), config, {}, names)
        env.close()
    return {skill: str(folder / skill) for skill in SKILLS}


@pytest.fixture(scope="module")
def bundle(bundles: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sequence") / "circuit-test"
    config = load_config("circuit")
    write_sequence(folder, config, bundles, sequence_card(config, bundles), {})
    return folder


def test_a_bundle_of_skills_flies_as_its_skills_did(bundle: Path, bundles: dict[str, str], tmp_path: Path) -> None:
    config = load_config("circuit")
    before = sequence("before", config, bundles, sequence_card(config, bundles))
    moved = tmp_path / "elsewhere"
    shutil.copytree(bundle, moved)
    env = flight_env_function(config)()
    after = load_pilot(str(moved), env)
    batch = np.random.default_rng(0).uniform(-1, 1, (16, len(before.names))).astype(np.float32)
    env.close()
    assert (before.predict(batch)[0] == after.predict(batch)[0]).all()
    assert sum(file.stat().st_size for file in moved.rglob("*") if file.is_file()) < 1_000_000


def test_evaluate_takes_a_bundle_of_skills(bundle: Path, tmp_path: Path) -> None:
    evaluate(str(bundle), flights=3, seed=5, json_file=str(tmp_path / "e.json"), processes=1)
    result = read_json(tmp_path / "e.json")
    assert result["task"] == "circuit"
    assert result["flights"] == 3
    with pytest.raises(InputError, match="circuit"):
        evaluate(str(bundle), task="takeoff", flights=1, processes=1)


def test_a_broken_bundle_of_skills_is_one_line(bundle: Path, bundles: dict[str, str], tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(bundle, broken)
    shutil.rmtree(broken / "pattern")
    with pytest.raises(InputError, match="skill 'pattern' is missing"):
        load_pilot(str(broken))
    config = load_config("circuit")
    with pytest.raises(InputError, match="leave rollout out"):
        sequence("x", config, {**bundles, "rollout": "autopilot"}, sequence_card(config, bundles))
    with pytest.raises(InputError, match="was trained for takeoff"):
        sequence("x", config, {**bundles, "landing": bundles["takeoff"]}, sequence_card(config, bundles))


def test_each_skill_learns_by_its_own_programme_with_what_all_share(tmp_path: Path) -> None:
    config = load_config(
        "circuit", ["aircraft=sport", "weather=storm", "training.seed=7", "skills.pattern.algorithm.gamma=0.98"]
    )
    for skill in SKILLS:
        own, programme = skill_config(config, skill), load_config(skill)
        assert own.task == skill
        assert (own.aircraft, own.weather, own.training.seed) == ("sport", "storm", 7)
        changed = {"algorithm": {}, **config.skills[skill]}["algorithm"]
        assert own.algorithm.n_steps == changed.get("n_steps", programme.algorithm.n_steps)
    assert skill_config(config, "pattern").algorithm.gamma == 0.98
    assert skill_config(config, "pattern").training.eval_every == load_config("pattern").training.eval_every
    assert skill_config(config, "landing").training.steps == config.skills["landing"]["training"]["steps"]
    short = load_config("circuit", ["training.steps=5000"])
    assert skill_config(short, "landing").training.steps == 5000
    again = tmp_path / "config.yaml"  # of a run: complete, and it trains the same again
    again.write_text(config.complete_yaml())
    for skill in SKILLS:
        own, same = (skill_config(one, skill) for one in (config, load_config(str(again))))
        assert same.complete_yaml() == own.complete_yaml()
    rollout = skill_config(load_config("circuit", ["aircraft=sport"]), "rollout")
    assert (rollout.task, rollout.aircraft, rollout.task_options["easy_share"]) == ("landing", "sport", 1.0)
    for wrong, said in ((["skills.patern={}"], "did you mean 'pattern'"), (["task=takeoff"], "only circuit and")):
        with pytest.raises(InputError, match=said):
            load_config("circuit", wrong)
