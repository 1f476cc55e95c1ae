"""What a training survives: kill -9 at every stage, a full disk, a second process in its folder, another machine."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
import torch
from rich.console import Console

from agents.commands.train import resume_training, start_training
from agents.config.programme import TrainingConfig, read_config
from agents.evaluation.flight_test import FlightTest
from agents.runs.run_folder import BESIDE, RunFolder, read_json, write_folder
from agents.training.progress import ProgressCsv
from agents.training.tensorboard_log import TensorBoardScalars
from agents.training.train import train
from envs.base.errors import InputError
from tests.support.fake_flight import fake_env_function, small_config

ROOT = Path(__file__).resolve().parents[3]
QUIET = Console(file=io.StringIO())


def short_config() -> TrainingConfig:
    """4 updates, a checkpoint at each, a validation every 2."""
    return small_config(
        *("training.steps=1024", "training.checkpoint_every=256", "training.eval_every=512"),
        *("training.eval_flights=2", "training.test_flights=2"),
    )


STAGES = {
    "before its config": ("agents.training.train", "write_atomically", 1),
    "while environments are made": ("agents.training.train", "make_model", 1),
    "in its first checkpoint": ("agents.training.checkpoint", "write_json", 1),
    "between its first checkpoint and its first row": ("agents.training.callbacks", "save_policy", 1),
    "while it flies": ("agents.training.callbacks.FlightStatistics", "_on_rollout_end", 2),
    "in a row of its curve": ("agents.training.progress.csv.DictWriter", "writerow", 2),
    "in a validation": ("agents.evaluation.flight_test.FlightTest", "fly", 1),
    "in a later checkpoint": ("agents.training.checkpoint", "write_json", 3),
    "while it drops an old checkpoint": ("agents.training.checkpoint.shutil", "rmtree", 1),
    "in its last checkpoint": ("agents.training.checkpoint", "write_json", 5),
    "in its test flights": ("agents.evaluation.flight_test.FlightTest", "fly", 3),
    "in its bundle": ("agents.pilots.bundle", "write_json", 1),
    "before its evaluation is written": ("agents.training.train", "write_json", 1),
}
"""{stage: (module or class, function, the call of it in which the process is killed)}."""

KILLED = """
import io, json, os, pkgutil, signal, sys
from pathlib import Path
from rich.console import Console
import torch
from agents.config.programme import read_config
from agents.runs.run_folder import RunFolder
from agents.training.train import train
from tests.support.fake_flight import fake_env_function
import agents.training.tensorboard_log, agents.pilots.bundle

def kill_in(place, function, call):
    owner, calls = pkgutil.resolve_name(place), 0
    real = getattr(owner, function)
    def counted(*given, **named):
        nonlocal calls
        calls += not named.get("ignore_errors", False)  # of rmtree: an old checkpoint is there for sure
        if calls == call:
            if function == "rmtree":
                (given[0] / "model.zip").unlink()
            elif isinstance(given[0], Path) and not given[0].is_dir():
                given[0].with_name(f".{given[0].stem}.1.part{given[0].suffix}").write_text("half")
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*given, **named)
    setattr(owner, function, counted)

torch.set_num_threads(1)
torch.optim.Adam([torch.zeros(1, requires_grad=True)])  # the first imports torch's compiler: once for all children
config = read_config(Path(sys.argv[1]) / "config.yaml")
for number, stage in enumerate(json.loads(sys.argv[2])):
    child = os.fork()
    if child == 0:
        kill_in(*stage)
        train(config, RunFolder.create(Path(sys.argv[1]) / str(number), "x"), console=Console(file=io.StringIO()),
              make_env=fake_env_function)
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    run = RunFolder.create(tmp_path_factory.mktemp("finished") / "run", "test")
    train(short_config(), run, console=QUIET, make_env=fake_env_function)
    return run


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the run 0, 1, ... killed at each of STAGES."""
    if not hasattr(os, "fork"):
        pytest.skip("no fork")
    folder = tmp_path_factory.mktemp("killed")
    (folder / "config.yaml").write_text(short_config().complete_yaml(), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(folder), json.dumps(list(STAGES.values()))],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    assert done.stdout.split() == ["-9"] * len(STAGES), done.stderr
    return folder


def content(run: RunFolder) -> tuple[Any, ...]:
    """Curve, evaluation and last weights of a run: what must not depend on whether it was stopped."""
    with run.progress.open(newline="", encoding="utf-8") as file:
        rows = [{k: v for k, v in row.items() if not k.startswith("time/f")} for row in csv.DictReader(file)]
    for row in rows:
        for name in ("time/time_elapsed", "time/iterations"):
            row.pop(name)
    with zipfile.ZipFile(run.checkpoints / "step_000001024/model.zip") as archive, archive.open("policy.pth") as file:
        weights = {name: tensor.tolist() for name, tensor in torch.load(file, weights_only=True).items()}
    return rows, {k: v for k, v in read_json(run.evaluation).items() if k != "pilot"}, weights


@pytest.mark.parametrize("stage", STAGES)
def test_a_run_killed_at_any_stage_goes_on_to_the_same_end(
    finished: RunFolder, killed: Path, stage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run = RunFolder(killed / str(list(STAGES).index(stage)))
    assert not run.evaluation.exists()
    if stage == "before its config":  # nothing is there to go on with, and nothing in the way
        with pytest.raises(InputError, match=r"not a run folder"):
            resume_training(str(run.path), None, [], make_env=fake_env_function)
        assert start_training(str(killed / "config.yaml"), [], str(run.path), fake_env_function) == 0
    else:
        assert resume_training(str(run.path), None, [], make_env=fake_env_function) == 0
    assert content(run) == content(finished)
    assert not list(run.path.rglob(f"*{BESIDE}"))
    assert not list(run.path.rglob(".*.part*"))
    capsys.readouterr()


def test_a_run_goes_on_the_same_in_another_place_with_another_number_of_processes(
    finished: RunFolder, tmp_path: Path
) -> None:
    moved = RunFolder(Path(shutil.copytree(finished.path, tmp_path / "elsewhere" / "renamed")))
    moved.evaluation.unlink()
    for newer in sorted(moved.checkpoints.glob("step_*"))[1:]:
        shutil.rmtree(newer)
    text = moved.config.read_text(encoding="utf-8")
    changed = text.replace("vec_env: dummy", "vec_env: shared").replace("processes: 1", "processes: 2")
    assert changed != text
    moved.config.write_text(changed, encoding="utf-8")
    train(read_config(moved.config), moved, resume=True, console=QUIET, make_env=fake_env_function)
    assert content(moved) == content(finished)


def test_two_processes_never_train_in_one_folder(finished: RunFolder, tmp_path: Path) -> None:
    pytest.importorskip("fcntl")
    run = RunFolder(Path(shutil.copytree(finished.path, tmp_path / "run")))
    run.evaluation.unlink()
    with run.alone():
        with pytest.raises(InputError, match="another process is training in this folder"):
            resume_training(str(run.path), None, [], make_env=fake_env_function)
        with pytest.raises(InputError, match="another process is training in this folder"):
            train(short_config(), run, console=QUIET, make_env=fake_env_function)
    with pytest.raises(InputError, match="already exists"):  # it began and ended while this one got ready
        train(short_config(), run, console=QUIET, make_env=fake_env_function)
    assert resume_training(str(run.path), None, [], make_env=fake_env_function) == 0


def full(*_: Any, **__: Any) -> Any:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("where", ["pathlib.Path.write_bytes", "os.replace", "os.fsync"])
def test_a_full_disk_ends_a_training_in_one_line_and_it_goes_on_when_there_is_room(
    finished: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    run = RunFolder.create(tmp_path / "run", "x")
    real_fly = FlightTest.fly

    def fills_the_disk(*given: Any) -> Any:
        monkeypatch.setattr(where, full)
        return real_fly(*given)

    monkeypatch.setattr(FlightTest, "fly", fills_the_disk)
    with pytest.raises(InputError, match=r"cannot be written \(No space left on device\)") as error:
        train(short_config(), run, console=QUIET, make_env=fake_env_function)
    assert "\n" not in str(error.value)
    monkeypatch.undo()
    assert not list(run.path.rglob(f"*{BESIDE}"))  # nothing half-written takes room
    again = RunFolder.to_resume(run.path)
    train(read_config(again.config), again, resume=True, console=QUIET, make_env=fake_env_function)
    assert content(run) == content(finished)


def test_a_curve_whose_last_row_was_cut_short_is_read_up_to_there(tmp_path: Path) -> None:
    path = tmp_path / "progress.csv"
    path.write_text("time/total_timesteps,a\n10,1\n20,2\n1", encoding="utf-8")
    ProgressCsv(path, keep_until_step=20)
    assert path.read_text(encoding="utf-8") == "time/total_timesteps,a\n10,1\n20,2\n"


def test_a_folder_is_replaced_only_by_a_whole_one(tmp_path: Path) -> None:
    target = tmp_path / "bundle"
    for text in ("first", "second"):
        with write_folder(target) as beside:
            (beside / "file").write_text(text)
        assert (target / "file").read_text() == text

    def half_way(error: BaseException) -> None:
        with write_folder(target) as beside:
            (beside / "file").write_text("half")
            raise error

    with pytest.raises(InputError, match="bundle: cannot be written"):
        half_way(OSError(errno.ENOSPC, "No space left on device"))
    with pytest.raises(KeyboardInterrupt):
        half_way(KeyboardInterrupt())
    assert (target / "file").read_text() == "second"
    assert list(tmp_path.iterdir()) == [target]


def test_a_full_disk_under_tensorboard_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("tensorboard")
    import tensorboard.compat.tensorflow_stub.io.gfile as gfile

    patch = pytest.MonkeyPatch()
    patch.setattr(gfile.io, "open", full)
    try:
        with pytest.raises(InputError, match=r"cannot be written \(No space left on device\)"):
            TensorBoardScalars(tmp_path / "tensorboard", 256)
    finally:
        patch.undo()
    assert capsys.readouterr().err == ""
