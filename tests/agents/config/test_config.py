"""The learning programme: loading, overriding, refusing, and seeds that never meet."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel

import envs.tasks
from agents.config.blocks import FIRST_TEST_SEED
from agents.config.programme import TrainingConfig, load_config, teacher_config
from agents.environments.flights import flight_env_function, training_seed
from envs.base.config_file import names_of
from envs.base.errors import InputError
from envs.tasks import TASKS


@pytest.mark.parametrize("name", names_of("training"))
def test_every_shipped_programme_loads(name: str) -> None:
    assert load_config(name).task in TASKS


def test_a_landing_with_go_arounds_learns_the_skills_of_the_circuit() -> None:
    assert load_config("landing_rounds").skills == load_config("circuit").skills


def test_a_task_without_a_file_trains_with_the_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "somersault.py"
    file.write_text("from envs.tasks.takeoff import TakeoffTask\n\n\nclass SomersaultTask(TakeoffTask):\n    pass\n")
    monkeypatch.setattr(envs.tasks, "__path__", [*envs.tasks.__path__, str(tmp_path)])
    assert load_config("somersault") == TrainingConfig(task="somersault")


def test_every_knob_says_what_it_means() -> None:
    def without_description(model: type[BaseModel]) -> list[str]:
        found = []
        for name, field in model.model_fields.items():
            inner: Any = field.annotation
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                found += without_description(inner)
            elif not field.description:
                found.append(f"{model.__name__}.{name}")
        return found

    assert without_description(TrainingConfig) == []


def test_overrides_reach_their_key_with_their_type() -> None:
    term = next(iter(TASKS["takeoff"].default_reward))
    config = load_config(
        "takeoff",
        [
            "training.steps=1e6",
            "algorithm.learning_rate=1e-3",
            "network.hidden=[32, 16]",
            "weather=calm",
            f"reward.{term}=2",
            "algorithm.target_kl=0.02",
        ],
    )
    assert config.training.steps == 1_000_000
    assert isinstance(config.training.steps, int)
    assert config.algorithm.learning_rate == 1e-3
    assert config.algorithm.target_kl == 0.02
    assert config.network.hidden == (32, 16)
    assert config.weather == "calm"
    assert config.reward[term] == 2.0


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("training.step=5", "did you mean 'steps'"),
        ("trainning.steps=5", "did you mean 'training'"),
        ("training.steps=many", "training.steps"),
        ("training.steps=1.5", "training.steps"),
        ("training.steps=0", "training.steps"),
        ("training.seed=-1", "training.seed"),
        ("training.eval_flights=1001", "training.eval_flights"),
        ("algorithm.gamma=1.5", "algorithm.gamma"),
        ("algorithm.learning_rate=.nan", "algorithm.learning_rate"),
        ("algorithm.batch_size=500", "does not divide"),
        ("reward.no_such_term=1", "unknown reward term of takeoff"),
        ("task_options.no_such_option=1", "unknown option of takeoff"),
        ("training.task_options.no_such_option=1", "unknown option of takeoff"),
        ("task=takeof", "did you mean 'takeoff'"),
        ("task.name=takeoff", "'task' is a value"),
        ("version=2", "version"),
        ("training.steps", "expected key=value"),
        ("=5", "expected key=value"),
        ("network.hidden=[32", "not valid YAML"),
    ],
)
def test_a_wrong_override_is_refused_in_one_line(override: str, said: str) -> None:
    with pytest.raises(InputError) as error:
        load_config("takeoff", [override])
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_training_moves_from_its_own_options_and_reward_to_the_programme_s() -> None:
    config = load_config(
        "landing",
        [
            "training.task_options={easy_share: 0.8}",
            "task_options.base_share=0.1",
            "training.first_reward={bank: -0.1}",
            "reward.bank=-0.5",
            "training.steps=1000",
            "training.ramp=0.5",
            "training.first_wind=0.2",
        ],
    )
    changes = [config.training_changes(steps) for steps in (0, 250, 500, 1000)]
    assert [wind_share for _, _, wind_share in changes] == pytest.approx([0.2, 0.6, 1.0, 1.0])
    assert [options["easy_share"] for options, _, _ in changes] == pytest.approx([0.8, 0.4, 0.0, 0.0])
    assert [reward["bank"] for _, reward, _ in changes] == pytest.approx([-0.1, -0.3, -0.5, -0.5])
    assert all(set(options) == {"easy_share"} and set(reward) == {"bank"} for options, reward, _ in changes)
    # exercises and wind may also end elsewhere
    config = load_config(
        "landing",
        [
            "training.task_options={easy_share: 0.8}",
            "training.steps=1000",
            "training.last_task_options={easy_share: 0.4, roll_share: 0.5}",
            "training.last_wind=1.2",
            "training.ramp=0.5",
        ],
    )
    options, _, wind_share = config.training_changes(250)
    assert options == pytest.approx({"easy_share": 0.6, "roll_share": 0.4})
    assert wind_share == pytest.approx(1.1)
    assert config.training_changes(1000)[0] == pytest.approx({"easy_share": 0.4, "roll_share": 0.5})
    # what validation and test fly
    config = load_config("landing", ["task_options.base_share=0.1"])
    assert flight_env_function(config).keywords["task_options"] == {"base_share": 0.1}
    with pytest.raises(InputError, match="did you mean 'bank'"):
        load_config("takeoff", ["training.first_reward.bnak=-0.1"])


def test_steadiness_comes_in_with_the_ramp_or_is_there_from_the_start() -> None:
    slow = ["algorithm.steady_weight=2", "algorithm.steady_first=0.5", "training.steps=1000", "training.ramp=0.5"]
    config = load_config("takeoff", slow)
    assert [config.steady_weight(steps) for steps in (0, 250, 500, 1000)] == [0.5, 1.25, 2.0, 2.0]
    config = load_config("takeoff", ["algorithm.steady_weight=2"])
    assert [config.steady_weight(steps) for steps in (0, 1000)] == [2.0, 2.0]
    stunts = load_config("stunts")
    assert stunts.steady_weight(0) == 0.0
    assert stunts.steady_weight(stunts.training.steps) == 1.0


def test_the_teachers_of_the_stunts_share_out_the_figures_and_practise_nothing_else() -> None:
    stunts = load_config("stunts")
    teachers = {name: teacher_config(stunts, name, "runs/first") for name in stunts.teachers}
    assert sorted(figure for name in stunts.teaching for figure in teachers[name].figure) == sorted(stunts.figure)
    for teacher in teachers.values():
        scales = {**TASKS["figure"].default_reward, **teacher.reward}
        fine = {term: scales[term] for term in ("fine_track", "fine_canopy")}  # from the start as at the end
        assert teacher.training_changes(teacher.training.steps)[0]["random_share"] == 0.0
        assert teacher.training.start_from == "runs/first"
        assert teacher.training_changes(0)[1] == fine
    longer = load_config("stunts", ["teachers.spin.training.steps=9"])  # of blocks that the file uses twice, one
    assert {name: block["training"]["steps"] for name, block in longer.teachers.items()} == {
        **{name: block["training"]["steps"] for name, block in stunts.teachers.items()},
        "spin": 9,
    }
    alone = load_config("immelmann")
    assert alone.figure == ("immelmann",)
    assert not alone.teachers


def test_an_unknown_programme_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(InputError, match="did you mean 'takeoff'"):
        load_config("takeof")
    with pytest.raises(InputError, match="no such training file"):
        load_config("nowhere/takeoff.yaml")


def test_the_complete_config_trains_the_same_again(tmp_path: Path) -> None:
    config = load_config("takeoff", ["training.seed=7", "algorithm.clip_range=0.1"])
    path = tmp_path / "config.yaml"
    path.write_text(config.complete_yaml(), encoding="utf-8")
    again = load_config(str(path))
    assert again.complete_yaml() == config.complete_yaml()
    # the task's own scales and options are written out, the search space is not
    left_out = {"reward": {}, "task_options": {}, "tune": None}
    assert again.model_copy(update=left_out) == config.model_copy(update=left_out)
    assert again.reward == {**TASKS["takeoff"].default_reward, **config.reward}
    assert set(yaml.safe_load(path.read_text())) == set(TrainingConfig.model_fields) - {"tune"}


def test_an_aircraft_file_is_found_from_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_config("takeoff", ["aircraft=mine.yaml"]).aircraft == str(tmp_path / "mine.yaml")
    assert load_config("takeoff").aircraft == "ultra_stick"


def test_training_seeds_meet_neither_each_other_nor_the_evaluation_seeds() -> None:
    most_envs, last_evaluation_seed = 1024, FIRST_TEST_SEED + 10**6
    first_seeds = sorted(training_seed(run_seed, update) for run_seed in range(20) for update in range(50))
    assert first_seeds[0] > last_evaluation_seed
    assert first_seeds[-1] + most_envs < 2**63
    assert all(b - a > most_envs for a, b in itertools.pairwise(first_seeds))
