"""The commands as a user types them: quick help, one-line refusals, and results where they are asked for."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from agents.commands.evaluate import evaluate
from agents.pilots.pilot_config import pilot_config
from agents.runs.run_folder import RunFolder
from agents.training.train import train
from envs.base.errors import InputError
from scripts import train as train_script
from tests.support.fake_flight import fake_env_function, small_config

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = (
    "train",
    "evaluate",
    "benchmark",
    "performance",
    "study",
    "validate",
    "judge",
    "hangar",
    "figures",
    "replay",
    "film",
    "compare",
    "tune",
    "report",
    "schema",
    "fly",
    "play",
    "ship",
    "draft",
)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    folder = RunFolder.create(tmp_path_factory.mktemp("cli") / "run", "test")
    train(small_config("training.steps=512"), folder, make_env=fake_env_function)
    return folder


def typed(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, *words], cwd=cwd, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


# Every file on its own, for each finds the project by itself; the two other ways are the same code for all of them.
@pytest.mark.parametrize(
    ("command", "way"),
    [
        *((command, "file") for command in COMMANDS),
        *((command, way) for command in ("train", "hangar") for way in ("module", "one command")),
    ],
)
def test_help_comes_from_anywhere_without_loading_torch(command: str, way: str, tmp_path: Path) -> None:
    words = {
        "file": [str(ROOT / "scripts" / f"{command}.py")],
        "module": ["-m", f"scripts.{command}"],
        "one command": ["-m", "scripts", command],
    }[way]
    done = typed("-X", "importtime", *words, "--help", cwd=tmp_path)
    assert done.returncode == 0
    assert "usage:" in done.stdout
    loaded = {line.split("|")[-1].strip() for line in done.stderr.splitlines()}
    assert not loaded & {"torch", "pybullet", "numba", "pandas", "matplotlib", "stable_baselines3"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["train"], "which task"),
        (["train", "takeof"], "did you mean 'takeoff'"),
        (["train", "takeoff", "--seed", "x"], "'x' is not a whole number"),
        (["train", "takeoff", "--steps", "0"], "training.steps"),
        (["train", "takeoff", "--sed", "1"], "unrecognized arguments"),
        (["train", "takeoff", "training.step=1"], "did you mean 'steps'"),
        (["train", "takeoff", "--aircraft", "ultra_stik"], "did you mean 'ultra_stick'"),
        (["train", "takeoff", "--weather", "storn"], "did you mean 'storm'"),
        (["train", "takeoff", "discrepancies=[no_such]"], "no_such"),
        (["train", "--resume", "nowhere"], "no such run folder"),
        (["train", "--resume", "nowhere", "--steps", "5"], "takes no other settings"),
        (["evaluate"], "required: pilot"),
        (["evaluate", "autopilto"], "did you mean 'autopilot'"),
        (["evaluate", "no/where"], "no such bundle"),
        (["evaluate", "autopilot", "--flights", "0"], "--flights 0"),
        (["evaluate", "autopilot", "--task", "takeof"], "did you mean 'takeoff'"),
        (["evaluate", "autopilot", "--json", "no/where.json"], "its folder does not exist"),
        (["evaluate", "autopilot", "--json", "/proc/x.json"], "/proc/x.json: cannot be written"),
        (["evaluate", "autopilot", "--json", "/dev/null"], "/dev/null: is no plain file"),
        (["evaluate", "autopilot", "--log-flights", "/proc"], "/proc: cannot be written"),
        (["compare", "autopilot", "--json", "/proc/x.json"], "/proc/x.json: cannot be written"),
        (["compare", "autopilot", "--picture", "/proc/x.png"], "/proc/x.png: cannot be written"),
        (["film", "nowhere", "--video", "/proc/x.mp4"], "/proc/x.mp4: cannot be written"),
        (["tune"], "required: task"),
        (["tune", "takeof"], "did you mean 'takeoff'"),
        (["tune", "takeoff", "--trials", "0"], "--trials 0: must be 1 to"),
        (["tune", "takeoff", "--workers", "0"], "--workers 0: must be 1 to"),
        (["tune", "takeoff", "tune=null"], "has no tune block"),
        (["tune", "takeoff", "--address", "127.0.0.1:1"], "is for --engine ray"),
        (["tune", "takeoff", "--storage", "postgresql://127.0.0.1:1/x"], "nothing answers at 127.0.0.1:1"),
        (["tune", "takeoff", "--run", "/dev/null/study"], "/dev/null/study: cannot be made"),
    ],
)
def test_a_wrong_input_is_one_line_and_exit_code_2(
    words: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from envs.base.errors import run_command

    monkeypatch.chdir(tmp_path)
    script = importlib.import_module(f"scripts.{words[0]}")
    with pytest.raises(SystemExit) as exit_code:
        run_command(lambda: script.main(words[1:]))
    assert exit_code.value.code == 2
    printed = capsys.readouterr()
    assert said in printed.err
    assert printed.err.startswith("error: ")
    assert printed.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_the_same_refusal_from_a_real_terminal(tmp_path: Path) -> None:
    done = typed(str(ROOT / "scripts" / "train.py"), "takeoff", "algorithm.gama=1", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr == "error: command line: unknown key 'algorithm.gama', did you mean 'gamma'?\n"


def test_settings_may_stand_anywhere_on_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    from agents.commands import train as training_command

    seen = []
    monkeypatch.setattr(training_command, "start_training", lambda *given: seen.append(given) or 0)
    train_script.main(["takeoff", "a.b=1", "--seed", "3", "c=2", "--steps", "1e6", "--run", "here"])
    assert seen == [("takeoff", ["training.seed=3", "training.steps=1000000", "a.b=1", "c=2"], "here")]


def test_evaluate_writes_what_it_prints(run: RunFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "result.json"
    code = evaluate(str(run.path), flights=20, json_file=str(target), processes=1, make_env=fake_env_function)
    assert code == 0
    result = json.loads(target.read_text(encoding="utf-8"))
    of_training = json.loads(run.evaluation.read_text(encoding="utf-8"))
    assert result == of_training  # the same pilot on the same seeds flies the same flights
    printed = capsys.readouterr().out
    assert f"{result['successes']} of 20 flights succeed" in printed
    assert "height_m" in printed


def test_evaluation_flies_what_the_pilot_was_trained_for_unless_told(run: RunFolder) -> None:
    assert pilot_config(str(run.path)).weather == "breeze"
    changed = pilot_config(str(run.path), weather="calm", aircraft=None)
    assert (changed.weather, changed.aircraft, changed.task) == ("calm", "ultra_stick", "takeoff")
    with pytest.raises(InputError, match="did you mean 'takeoff'"):
        pilot_config("autopilot", task="takeof")


def test_validation_seeds_are_pointed_out(run: RunFolder, capsys: pytest.CaptureFixture[str]) -> None:
    evaluate(str(run.path), flights=2, seed=0, processes=1, make_env=fake_env_function)
    assert "seeds below 1000" in capsys.readouterr().out
