"""Configs as a person meets them: --help, --show-config, other versions, and keys in the wrong place."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest
import yaml

from agents.config.programme import TrainingConfig, load_config, read_config
from agents.config.tune_block import TuneConfig
from agents.missions.mission import load_mission
from agents.schemas.reference import annotated_yaml, help_text, keys, task_keys
from agents.schemas.schema import SCHEMAS, schema
from envs.base import config_versions
from envs.base.config_file import names_of
from envs.base.errors import InputError
from envs.tasks import TASKS
from scripts import train as train_script
from tests.support.fake_flight import small_config


def leaves(data: dict, before: str = "") -> list[str]:
    """The dotted keys of a config in which nothing but blocks of the models is nested."""
    found = []
    for key, value in data.items():
        block = isinstance(value, dict) and key in ("pupil", "network", "algorithm", "training", "tune")
        found += leaves(value, f"{before}{key}.") if block else [before + key]
    return found


def test_help_has_every_key_with_all_about_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    lines = [line.strip() for line in help_text().splitlines()]
    data = TrainingConfig(task="takeoff").model_dump() | {"tune": dict.fromkeys(TuneConfig.model_fields)}
    for key in leaves(data):
        assert any(line.startswith(f"{key}  ") for line in lines), key
    gamma = lines.index("algorithm.gamma  number, 0 to 1; default 0.99")
    assert lines[gamma + 1] == "discount: what a reward one control step later counts now [-]"
    assert "algorithm.first_action  4 x number, -1 to 1; default [0.0, 0.0, 0.0, 0.0]" in lines
    assert "network.activation  one of tanh, relu, elu; default tanh" in lines
    assert "algorithm.target_kl  number, above 0 or null; default null" in lines
    assert "field_elevation_m  number, -500 to 6000; default 0.0" in lines
    for task in TASKS:
        assert f"task={task}, reward scales and options of the task" in lines
    assert "task_options.start_along_m  number, 0 to 50; default 5.0" in lines


def test_help_is_what_the_models_say_now() -> None:
    written = json.loads((SCHEMAS / "training.json").read_text(encoding="utf-8"))
    made = schema("training")
    assert keys(written) == keys(made)
    assert task_keys(written) == task_keys(made)
    assert [row.name for row in keys(made) if not row.meaning] == []


def test_help_fits_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    long = [line for line in help_text().splitlines() if line.startswith(" ") and len(line) > 60]
    assert long == []


def test_help_goes_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        train_script.main(["--help"])
    assert ended.value.code == 0
    assert "training.steps  whole number, 1 to 10000000000; default 700000" in capsys.readouterr().out


@pytest.mark.parametrize("name", names_of("training"))
def test_the_shown_config_is_the_config(name: str, tmp_path: Path) -> None:
    config = load_config(name, ["training.seed=5", "runway=asphalt"])
    path = tmp_path / "shown.yaml"
    path.write_text(annotated_yaml(config), encoding="utf-8")
    again = load_config(str(path))
    assert again.complete_yaml() == config.complete_yaml()
    assert again.tune == config.tune
    lines = path.read_text(encoding="utf-8").splitlines()
    # above every key but the name of a block stands what it means
    bare = [
        line
        for before, line in itertools.pairwise(lines)
        if not line.lstrip().startswith("#")
        and not before.lstrip().startswith("#")
        and not line.endswith(":")
        and not line.startswith("    ")
    ]
    assert [line for line in bare if name != "circuit"] == []


def test_show_config_prints_what_would_be_trained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert train_script.main(["takeoff", "--show-config", "--seed", "3", "reward.bank=-2"]) == 0
    shown = capsys.readouterr().out
    data = yaml.safe_load(shown)
    assert (data["training"]["seed"], data["reward"]["bank"]) == (3, -2.0)
    above = "Square of the bank, relative to 10 deg (cost per second) [1/s]; number; default -0.5"
    assert f"  # {above}\n  bank: -2.0" in shown
    (tmp_path / "config.yaml").write_text(small_config("training.seed=8").complete_yaml(), encoding="utf-8")
    assert train_script.main(["--resume", str(tmp_path), "--show-config"]) == 0
    assert yaml.safe_load(capsys.readouterr().out)["training"]["seed"] == 8


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--show-config"], "which task"),
        (["takeoff", "--show-config", "training.stepps=1"], "did you mean 'steps'"),
        (["--resume", "nowhere", "--show-config"], "no such file"),
        (["--resume", "nowhere", "--show-config", "runway=grass"], "takes no other settings"),
    ],
)
def test_show_config_refuses(words: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=said):
        train_script.main(words)


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("steps=5", "unknown key 'steps', did you mean 'pupil.steps' or 'training.steps'?"),
        ("algorithm.hidden=[8]", "did you mean 'network.hidden'?"),
        ("gamma=0.9", "did you mean 'algorithm.gamma'?"),
        ("task_options.start_along=1", "did you mean 'start_along_m'?"),
        ("effects.swrl=false", "did you mean 'swirl'?"),
        ("effects.swirl=perhaps", "effects.swirl: input should be a valid boolean"),
        ("reward.bank=much", "reward.bank: input should be a valid number"),
        ("runway=", "runway: input should be a valid string"),
    ],
)
def test_a_key_in_the_wrong_place_is_sent_to_the_right_one(override: str, said: str) -> None:
    with pytest.raises(InputError) as error:
        load_config("takeoff", [override])
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_a_key_given_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "twice.yaml"
    path.write_text("task: takeoff\ntraining:\n  steps: 5\n  seed: 1\n  steps: 6\n")
    with pytest.raises(InputError, match=r"twice.yaml: line 5 is not valid YAML \(key 'steps' twice\)"):
        load_config(str(path))


@pytest.mark.parametrize(
    ("version", "said"),
    [
        (2, "config.yaml: version 2 is of a newer Maiden Flight, this one reads up to 1: update it"),
        (0, "version must be a whole number, now 1 (got 0)"),
        ("one", "version must be a whole number, now 1 (got 'one')"),
        (True, "version must be a whole number"),
    ],
)
def test_a_config_of_no_version_known_is_refused(version: object, said: str, tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(yaml.safe_dump({"version": version, "task": "takeoff", "not_yet_known": 1}))
    with pytest.raises(InputError) as error:
        read_config(path)
    assert said in str(error.value)
    path.write_text(yaml.safe_dump({"version": version, "legs": ["take-off"]}))
    with pytest.raises(InputError, match="version"):
        load_mission(str(path))


def test_an_older_config_is_migrated_or_told_what_to_change(monkeypatch: pytest.MonkeyPatch) -> None:
    class New(TrainingConfig):
        pass

    def rename(data: dict) -> dict:
        return {("task" if key == "lesson" else key): value for key, value in data.items()}

    old = {"version": 1, "lesson": "takeoff"}
    monkeypatch.setattr(config_versions, "current_version", lambda model: 3)
    steps = {1: rename, 2: lambda data: {**data, "runway": "asphalt"}}
    monkeypatch.setitem(config_versions.MIGRATIONS, "New", steps)
    assert config_versions.migrated(New, old, "f") == {"version": 3, "task": "takeoff", "runway": "asphalt"}
    assert old == {"version": 1, "lesson": "takeoff"}
    monkeypatch.setitem(config_versions.MIGRATIONS, "New", {1: rename, 2: "say which runway: runway: grass"})
    with pytest.raises(InputError, match="f: version 2 is no longer read, now 3: say which runway: runway: grass"):
        config_versions.migrated(New, old, "f")
    monkeypatch.setitem(config_versions.MIGRATIONS, "New", {})
    with pytest.raises(InputError, match="version 1 is no longer read, now 3: compare it with a shipped file"):
        config_versions.migrated(New, old, "f")


def test_the_task_s_options_are_part_of_a_complete_config() -> None:
    data = yaml.safe_load(load_config("takeoff", ["task_options.start_across=0.1"]).complete_yaml())
    assert data["task_options"] == {**TASKS["takeoff"].default_options, "start_across": 0.1}
