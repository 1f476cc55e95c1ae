"""The training loop: what it leaves behind, and that a stopped run goes on as if it had never stopped."""

from __future__ import annotations

import csv
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from rich.console import Console

from agents.commands.train import resume_training, start_training, what_next
from agents.config.programme import TrainingConfig, read_config
from agents.evaluation.flight_test import FlightTest
from agents.pilots.learned import load_learned
from agents.runs.run_folder import BESIDE, RunFolder, read_json
from agents.training.callbacks import FlightStatistics
from agents.training.checkpoint import Best, newest_step, saved_policies
from agents.training.first_weights import take_weights
from agents.training.progress import ProgressCsv
from agents.training.train import make_model, make_training_env, train
from envs.base.errors import InputError
from tests.support.fake_flight import FakeFlight, fake_env_function, small_config

ROOT = Path(__file__).resolve().parents[3]
QUIET = Console(file=open(os.devnull, "w"))  # noqa: SIM115
TIMES = ("time/fps", "time/time_elapsed", "time/iterations")


def test_exploring_starts_from_the_first_action_of_the_programme() -> None:
    config = small_config("algorithm.first_action=[0, 0.2, 0, -0.7]")
    model = make_model(config, make_training_env(fake_env_function(), config))
    observations = np.random.default_rng(0).normal(size=(200, 6)).astype(np.float32)
    means = model.predict(observations, deterministic=True)[0].mean(axis=0)
    assert means == pytest.approx([0, 0.2, 0, -0.7], abs=0.05)


def run_to_end(path: Path, config: TrainingConfig) -> RunFolder:
    run = RunFolder.create(path, "test")
    train(config, run, console=QUIET, make_env=fake_env_function)
    return run


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return run_to_end(tmp_path_factory.mktemp("finished") / "run", small_config())


def test_training_starts_from_a_pilot_with_all_its_weights_and_explores_as_a_new_one(
    finished: RunFolder, tmp_path: Path
) -> None:
    config = small_config(f"training.start_from={finished.path}", "algorithm.log_std_init=-0.7")
    run = run_to_end(tmp_path / "run", config)
    first = torch.load(saved_policies(run.checkpoints)[0], weights_only=True)
    pilot = load_learned(finished.bundle).policy.state_dict()
    assert torch.equal(first.pop("log_std"), torch.full((4,), -0.7))
    del pilot["log_std"]
    assert first.keys() == pilot.keys()
    for name, tensor in pilot.items():
        assert torch.equal(first[name], tensor), name
    assert read_config(run.bundle / "config.yaml").training.start_from == str(finished.path)


def test_a_training_that_was_stopped_no_longer_needs_the_pilot_it_started_from(
    finished: RunFolder, tmp_path: Path
) -> None:
    first = tmp_path / "first"
    shutil.copytree(finished.path, first)
    config = small_config(f"training.start_from={first}")
    run = RunFolder.create(tmp_path / "run", "test")
    with pytest.raises(KeyboardInterrupt):
        train(config, run, console=QUIET, make_env=fake_env_function, on_validation=_stop_at(1024))
    shutil.rmtree(first)
    train(config, run, resume=True, console=QUIET, make_env=fake_env_function)
    assert read_json(run.bundle / "card.json")["steps"] == 2048


def _stop_at(step: int) -> Callable[[int, float, float], None]:
    def stop(steps: int, success: float, reward: float) -> None:
        if steps >= step:
            raise KeyboardInterrupt

    return stop


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("network.hidden=[5]", "network.hidden"),
        ("network.activation=relu", "network.activation"),
        ("algorithm.mirrored=1", "was trained without it"),
    ],
)
def test_a_pilot_of_another_network_is_no_start(finished: RunFolder, tmp_path: Path, override: str, said: str) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(small_config(f"training.start_from={finished.path}", override).complete_yaml())
    with pytest.raises(InputError, match=said):
        start_training(str(config), [], str(tmp_path / "run"), make_env=fake_env_function)
    assert not (tmp_path / "run").exists()


class TruthfulFlight(FakeFlight):
    """One whose truth is three numbers."""

    truth_names = ("a", "b", "c")

    def truth_readings(self) -> np.ndarray:
        return np.full(3, 7.0, np.float32)


@pytest.mark.parametrize(
    "more",
    [["network.critic=truth"], ["network.history_s=[0.1]", "network.integrals_s={all: 3}"]],
    ids=["truth", "memory"],
)
def test_a_pilot_that_shall_see_more_starts_by_looking_away_from_it(finished: RunFolder, more: list[str]) -> None:
    config = small_config(f"training.start_from={finished.path}", *more)
    env = make_training_env(TruthfulFlight, config)
    first = load_learned(finished.bundle)
    model = make_model(config, env)
    take_weights(model, first)
    seen = np.random.default_rng(0).normal(size=(50, 6)).astype(np.float32)
    sight = env.observation_space.shape
    assert sight is not None
    assert sight[0] > 6
    told = np.concatenate([seen, np.full((50, sight[0] - 6), 7.0, np.float32)], axis=1)
    np.testing.assert_allclose(model.predict(told, deterministic=True)[0], first.predict(seen)[0], atol=1e-6)
    values = [
        policy.predict_values(torch.as_tensor(o)).detach() for policy, o in ((model.policy, told), (first.policy, seen))
    ]
    torch.testing.assert_close(*values)


def test_a_pilot_that_remembers_is_no_start_for_one_that_does_not(finished: RunFolder, tmp_path: Path) -> None:
    run = run_to_end(tmp_path / "run", small_config("network.history_s=[0.1]"))
    config = tmp_path / "config.yaml"
    config.write_text(small_config(f"training.start_from={run.path}").complete_yaml())
    with pytest.raises(InputError, match=r"network\.history_s"):
        start_training(str(config), [], str(tmp_path / "other"), make_env=fake_env_function)


def rows_of(run: RunFolder) -> list[dict[str, str]]:
    with run.progress.open(newline="", encoding="utf-8") as file:
        return [{k: v for k, v in row.items() if k not in TIMES} for row in csv.DictReader(file)]


def weights_of(run: RunFolder, step: int) -> dict[str, Any]:
    import zipfile

    archive = zipfile.ZipFile(run.checkpoints / f"step_{step:09d}" / "model.zip")
    with archive.open("policy.pth") as policy, archive.open("policy.optimizer.pth") as optimizer:
        return {
            **torch.load(policy, weights_only=True),
            **{
                f"adam{k}.{name}": value
                for k, moments in torch.load(optimizer, weights_only=True)["state"].items()
                for name, value in moments.items()
            },
        }


def assert_same_run(one: RunFolder, other: RunFolder, last_step: int) -> None:
    """The same weights, optimiser, curve and result, bit for bit."""
    expected, found = weights_of(one, last_step), weights_of(other, last_step)
    assert expected.keys() == found.keys()
    for name, tensor in expected.items():
        assert torch.equal(tensor, found[name]), name
    assert rows_of(one) == rows_of(other)
    results = [{k: v for k, v in read_json(run.evaluation).items() if k != "pilot"} for run in (one, other)]
    assert results[0] == results[1]


def test_a_run_folder_is_complete(finished: RunFolder) -> None:
    assert {path.name for path in finished.path.iterdir()} >= {
        "config.yaml",
        "progress.csv",
        "checkpoints",
        "bundle",
        "evaluation.json",
    }
    assert {path.name for path in finished.bundle.iterdir()} == {"policy.zip", "config.yaml", "card.json"}
    assert sorted(path.name for path in finished.checkpoints.iterdir()) == [
        "policies",
        "step_000001024",
        "step_000001536",
        "step_000002048",
    ]
    # every checkpoint's and every validation's, from the untrained one on
    assert list(saved_policies(finished.checkpoints)) == [0, 512, 768, 1024, 1536, 2048]
    assert not list(finished.path.rglob(f"*{BESIDE}"))
    result = read_json(finished.evaluation)
    assert (result["flights"], result["seed"]) == (20, 1000)
    assert sum(result["outcomes"].values()) == 20
    card = read_json(finished.bundle / "card.json")
    assert card["steps"] == 2048
    assert card["evaluation"] == result


def test_the_curve_names_every_outcome_reward_term_and_metric(finished: RunFolder) -> None:
    rows = rows_of(finished)
    assert [int(row["time/total_timesteps"]) for row in rows] == [256 * n for n in range(1, 9)] + [2048]
    last_flown = [row for row in rows if row["flights/count"]][-1]
    for column in (
        "flights/success_rate",
        "flights/return",
        "outcome/late",
        "reward/climb",
        "reward/effort",
        "metric/height_m",
    ):
        assert np.isfinite(float(last_flown[column])), column
    total = float(last_flown["reward/climb"]) + float(last_flown["reward/effort"])
    assert float(last_flown["flights/return"]) == pytest.approx(total, abs=1e-6)
    # validated every 3 updates and at the end; the row is that of the first rollout of the validated policy
    validated = [int(row["time/total_timesteps"]) for row in rows if row["validation/success_rate"]]
    assert validated == [1024, 1792, 2048]


def test_it_learns(tmp_path: Path) -> None:
    config = small_config(
        "training.steps=25600",
        "algorithm.learning_rate=1e-2",
        "training.eval_every=5120",
        "training.checkpoint_every=10240",
        "algorithm.n_epochs=6",
    )
    run = run_to_end(tmp_path / "run", config)
    rates = [float(row["flights/success_rate"]) for row in rows_of(run) if row["flights/success_rate"]]
    assert rates[0] < 0.3
    assert read_json(run.evaluation)["success_rate"] >= 0.9


def test_the_same_seed_trains_the_same_with_any_number_of_processes(finished: RunFolder, tmp_path: Path) -> None:
    shared = run_to_end(tmp_path / "shared", small_config("training.vec_env=shared", "training.processes=2"))
    assert_same_run(finished, shared, 2048)
    other = run_to_end(tmp_path / "other", small_config("training.seed=1"))
    assert any(
        not torch.equal(a, b)
        for a, b in zip(weights_of(finished, 2048).values(), weights_of(other, 2048).values(), strict=True)
    )


class Interrupt:
    """Raises KeyboardInterrupt in the middle of a rollout, as Ctrl-C would."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, at_step: int):
        original = FlightStatistics._on_step

        def interrupted(callback: FlightStatistics) -> bool:
            if callback.num_timesteps == at_step:
                raise KeyboardInterrupt
            return original(callback)

        monkeypatch.setattr(FlightStatistics, "_on_step", interrupted)


def interrupted_run(path: Path, monkeypatch: pytest.MonkeyPatch, at_step: int) -> RunFolder:
    run = RunFolder.create(path, "test")
    with monkeypatch.context() as patch:
        Interrupt(patch, at_step)
        with pytest.raises(KeyboardInterrupt):
            train(small_config(), run, console=QUIET, make_env=fake_env_function)
    assert not run.evaluation.exists()
    return run


def test_an_interrupted_command_says_what_it_saved_and_how_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "config.yaml").write_text(small_config().complete_yaml(), encoding="utf-8")
    folder = str(tmp_path / "run")
    with monkeypatch.context() as patch:
        Interrupt(patch, 1000)
        assert start_training(str(tmp_path / "config.yaml"), [], folder, fake_env_function) == 130
    said = capfd.readouterr().out
    assert "stopped and saved at 768 steps" in said
    assert f"python scripts/train.py --resume {folder}" in said
    assert f"python scripts/film.py {folder}" in said
    assert "weather" not in said.partition("stopped")[2]
    with monkeypatch.context() as patch:
        Interrupt(patch, 100)
        assert start_training(str(tmp_path / "config.yaml"), [], f"{folder}2", fake_env_function) == 130
    assert "stopped before anything was learned" in capfd.readouterr().out


def test_what_comes_next_depends_on_how_well_it_flies(finished: RunFolder) -> None:
    config = read_config(finished.config)
    failed = "\n".join(what_next(config, finished, 0.0))
    for word in ("film.py", "report.py", f"train.py {finished.config} --steps 4096"):
        assert word in failed
    assert "--weather" not in failed
    assert f"evaluate.py {finished.path} --weather gusty" in "\n".join(what_next(config, finished, 0.9))
    stormy = config.model_copy(update={"weather": "storm"})
    assert f"compare.py {finished.path}" in "\n".join(what_next(stormy, finished, 0.9))


def taken_up_again(path: Path) -> RunFolder:
    # the generators are somewhere else when the run is taken up again
    torch.manual_seed(12345)
    np.random.seed(999)  # noqa: NPY002
    again = RunFolder.to_resume(path)
    train(read_config(again.config), again, resume=True, console=QUIET, make_env=fake_env_function)
    return again


@pytest.mark.parametrize("at_step", [100, 1100])
def test_interrupted_after_a_checkpoint_it_goes_on_to_the_same_end_bit_for_bit(
    finished: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_step: int
) -> None:
    run = interrupted_run(tmp_path / "run", monkeypatch, at_step)
    assert_same_run(finished, taken_up_again(run.path), 2048)


@pytest.mark.parametrize(("at_step", "saved"), [(1000, 768), (2040, 1792)])
def test_an_interrupt_keeps_every_whole_update(
    finished: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_step: int, saved: int
) -> None:
    run = interrupted_run(tmp_path / "run", monkeypatch, at_step)
    assert newest_step(run.checkpoints) == saved
    assert saved in saved_policies(run.checkpoints)  # and a film of the learning ends with it
    copied = tmp_path / "copy"
    shutil.copytree(run.path, copied)
    taken_up_again(run.path)
    # the updates before are those of the unbroken run, those after the same whenever it is taken up
    before = [int(row["time/total_timesteps"]) for row in rows_of(finished)].index(saved)
    own = [{k: v for k, v in row.items() if v} for row in rows_of(run)]
    assert own[: before + 1] == [{k: v for k, v in row.items() if v} for row in rows_of(finished)][: before + 1]
    assert own[-1]["time/total_timesteps"] == "2048"
    torch.manual_seed(1)
    assert_same_run(run, taken_up_again(copied), 2048)


def test_a_run_killed_while_it_reports_needs_only_to_report(finished: RunFolder, tmp_path: Path) -> None:
    path = tmp_path / "run"
    shutil.copytree(finished.path, path)
    (path / "evaluation.json").unlink()
    shutil.rmtree(path / "bundle")
    (path / f"bundle{BESIDE}").mkdir()
    run = RunFolder.to_resume(path)
    train(read_config(run.config), run, resume=True, console=QUIET, make_env=fake_env_function)
    assert_same_run(finished, run, 2048)
    assert not list(path.rglob(f"*{BESIDE}"))


KILLED = """
import sys, time
from agents.training.callbacks import FlightStatistics
from agents.commands.train import start_training
from tests.support import fake_flight

class Slow(fake_flight.FakeFlight):
    def step(self, action):
        time.sleep(0.0004)
        return super().step(action)

fake_flight.FakeFlight = Slow
if __name__ == "__main__":
    start_training({config!r}, [], {folder!r}, fake_flight.fake_env_function)
"""


def test_a_run_killed_with_9_goes_on_to_the_same_end(
    finished: RunFolder, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "run"
    (tmp_path / "config.yaml").write_text(small_config().complete_yaml(), encoding="utf-8")
    script = tmp_path / "killed.py"
    script.write_text(KILLED.format(config=str(tmp_path / "config.yaml"), folder=str(folder)), encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    deadline = time.monotonic() + 60
    while not (folder / "checkpoints/step_000000512").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not (folder / "evaluation.json").exists()
    assert resume_training(str(folder), "takeoff", [], make_env=fake_env_function) == 0
    assert_same_run(finished, RunFolder(folder), 2048)
    with pytest.raises(InputError, match="finished"):
        resume_training(str(folder), None, [])
    assert "next:" in capfd.readouterr().out


def test_what_cannot_be_resumed_says_why_in_one_line(finished: RunFolder, tmp_path: Path) -> None:
    def refused(folder: Path, task: str | None = None, overrides: tuple[str, ...] = ()) -> str:
        with pytest.raises(InputError) as error:
            resume_training(str(folder), task, overrides, make_env=fake_env_function)
        assert "\n" not in str(error.value)
        return str(error.value)

    assert "no such run folder" in refused(tmp_path / "none")
    (tmp_path / "empty").mkdir()
    assert "not a run folder" in refused(tmp_path / "empty")
    assert "finished" in refused(finished.path)
    assert "no other settings" in refused(finished.path, None, ("training.steps=5",))
    stopped = tmp_path / "stopped"
    shutil.copytree(finished.path, stopped)
    (stopped / "evaluation.json").unlink()
    assert "learns takeoff, not landing" in refused(stopped, "landing")
    model = stopped / "checkpoints/step_000002048/model.zip"
    model.write_bytes(model.read_bytes()[:1000])
    assert "broken checkpoint" in refused(stopped)
    shutil.rmtree(stopped / "checkpoints")
    assert "no checkpoint" in refused(stopped)
    config = stopped / "config.yaml"
    config.write_text(config.read_text().replace("version: 1", "version: 9"), encoding="utf-8")
    assert "version" in refused(stopped)


def test_a_run_never_writes_over_another(finished: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="already exists"):
        start_training("takeoff", [], str(finished.path), make_env=fake_env_function)
    monkeypatch.chdir(tmp_path)
    assert RunFolder.create(None, "takeoff").path == Path("runs/takeoff-1")
    assert RunFolder.create(None, "takeoff").path == Path("runs/takeoff-2")


def test_the_best_policy_is_by_success_then_by_return() -> None:
    best = Best(0.5, 1.0, 100, {})
    assert best.beaten_by(0.6, 0.0)
    assert best.beaten_by(0.5, 1.1)
    assert not best.beaten_by(0.5, 1.0)
    assert not best.beaten_by(0.4, 9.0)
    assert best.beaten_by(0.4, 9.0, "reward")
    assert not best.beaten_by(0.9, 1.0, "reward")


def test_the_bundle_holds_the_best_policy_not_the_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from agents.evaluation.flight_test import Flight
    from agents.pilots.loading import load_pilot

    answers = iter([1.0, 0.0, 0.0])
    real_fly = FlightTest.fly

    def scripted(test: FlightTest, pilot: Any, seeds: Any, *rest: Any) -> list[Flight]:
        if len(seeds) != 8:
            return real_fly(test, pilot, seeds, *rest)
        rate = next(answers)
        return [Flight(seed, bool(rate), "x", 1, rate) for seed in seeds]

    monkeypatch.setattr(FlightTest, "fly", scripted)
    run = run_to_end(tmp_path / "run", small_config("training.checkpoint_every=768"))
    assert read_json(run.bundle / "card.json")["policy_from_step"] == 768
    found = load_pilot(str(run.bundle)).policy.state_dict()
    at_768 = {k: v for k, v in weights_of(run, 768).items() if not k.startswith("adam")}
    assert all(torch.equal(found[name], tensor) for name, tensor in at_768.items())


def test_progress_csv_grows_columns_and_forgets_what_came_after_a_checkpoint(tmp_path: Path) -> None:
    path = tmp_path / "progress.csv"
    writer = ProgressCsv(path)
    writer.write({"a": 1.0}, {}, 10)
    writer.write({"a": 2.0, "b,c": "x"}, {}, 20)
    writer.write({"b,c": 3.0, "rollout/ignored": 1.0}, {}, 30)
    resumed = ProgressCsv(path, keep_until_step=20)
    resumed.write({"a": 5.0}, {}, 30)
    with path.open(newline="", encoding="utf-8") as file:
        assert list(csv.reader(file)) == [
            ["time/total_timesteps", "a", "b,c"],
            ["10", "1", ""],
            ["20", "2", "x"],
            ["30", "5", ""],
        ]
