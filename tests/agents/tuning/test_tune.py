"""Tuning: the space is held against the config, trials are judged and counted right, killed workers lose nothing."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any

import pytest

optuna = pytest.importorskip("optuna")

from optuna.trial import TrialState  # noqa: E402
from rich.console import Console  # noqa: E402

from agents.commands.tune import study_folder, tune  # noqa: E402
from agents.config.programme import load_config, read_config  # noqa: E402
from agents.tuning.objective import Judgement, Validation  # noqa: E402
from agents.tuning.results import too_few  # noqa: E402
from agents.tuning.storage import open_storage  # noqa: E402
from agents.tuning.trial_config import distributions, standing_params, with_params  # noqa: E402
from agents.tuning.trials import Watch, claim, missing, of_worker, queue_again, tally  # noqa: E402
from agents.tuning.worker import Plan, work  # noqa: E402
from envs.base.errors import InputError  # noqa: E402
from tests.support.fake_flight import fake_env_function  # noqa: E402
from tests.support.tuning_tools import SMALL, programme, start, wait_for  # noqa: E402

SPACE = {"x": optuna.distributions.FloatDistribution(0.0, 1.0)}


class InThisProcess:
    """An engine whose workers work while they are started."""

    def __init__(self) -> None:
        self._ended: dict[str, str] = {}

    def start(self, plan: Plan, name: str) -> None:
        work(plan, name)
        self._ended[name] = ""

    def ended(self) -> dict[str, str]:
        ended, self._ended = self._ended, {}
        return ended

    def running(self) -> int:
        return 0

    def stop(self) -> list[str]:
        return []

    def close(self) -> None:
        pass


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder to tune in, without processes."""
    monkeypatch.setattr("agents.commands.tune.ProcessEngine", InThisProcess)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def tune_here(folder: Path, *overrides: str, **keywords: Any) -> str:
    """What `tune` prints."""
    with (folder / "printed.txt").open("w+", encoding="utf-8") as file:
        tune(
            programme(folder),
            [*SMALL, *overrides],
            workers=1,
            make_env=fake_env_function,
            console=Console(file=file, width=200),
            **keywords,
        )
        file.seek(0)
        return file.read()


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("tune.space.algorithm.gama={low: 0.9, high: 1}", "did you mean 'algorithm.gamma'"),
        ("tune.space.algorithm.gamma={low: 0.9, high: 3}", "less than or equal to 1"),
        ("tune.space.algorithm.gamma={low: 0.9, high: 0.8}", "low 0.9 must be below high 0.8"),
        ("tune.space.algorithm.gamma={low: 0, high: 0.8, log: true}", "log needs a low above 0"),
        ("tune.space.algorithm.gamma={low: 0.9, hihg: 1}", "did you mean 'high'"),
        ("tune.space.algorithm.gamma=0.9", "expected {low: ..., high: ...} or {choices: [...]}"),
        ("tune.space.algorithm.n_epochs={low: 1.5, high: 3}", "valid integer"),
        ("tune.space.algorithm.n_epochs={low: 1, high: 9, step: 0.5}", "takes whole numbers"),
        ("tune.space.network.activation={choices: [tanh, rel]}", "'tanh', 'relu' or 'elu'"),
        ("tune.space.effects.swirl={low: 0, high: 1}", "takes no range of numbers"),
        ("tune.space.effects.swrl={choices: [true, false]}", "did you mean 'swirl'"),
        ("tune.space.reward.centerline={low: 0, high: 1}", "did you mean 'centreline'"),
        ("tune.space.training.seed={low: 0, high: 9}", "cannot be tuned"),
        ("tune.trails=3", "did you mean 'trials'"),
    ],
)
def test_a_wrong_space_is_one_line(override: str, said: str) -> None:
    with pytest.raises(InputError, match=r"^command line: ") as error:
        load_config("takeoff", [override])
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_the_key_decides_what_is_drawn_and_a_trial_gets_it() -> None:
    config = load_config(
        "takeoff", ["tune.space.effects.swirl={choices: [true, false]}", "tune.space.reward.time={low: -1, high: 0}"]
    )
    space = distributions(config)
    drawn = {name: type(one).__name__ for name, one in space.items()}
    assert drawn["algorithm.n_epochs"] == "IntDistribution"
    assert drawn["algorithm.gamma"] == drawn["reward.time"] == "FloatDistribution"
    assert drawn["effects.swirl"] == drawn["network.hidden"] == "CategoricalDistribution"
    trial = with_params(
        config,
        {
            "algorithm.n_epochs": 7,
            "algorithm.learning_rate": 2e-4,
            "effects.swirl": False,
            "network.hidden": "[128, 128]",
            "reward.time": -0.5,
        },
        test_flights=4,
    )
    assert (trial.algorithm.n_epochs, trial.algorithm.learning_rate) == (7, 2e-4)
    assert trial.network.hidden == (128, 128)
    assert trial.effects == {"swirl": False}
    assert trial.reward["time"] == -0.5
    assert (trial.training.test_flights, trial.tune) == (4, None)
    with pytest.raises(InputError, match="does not divide"):
        with_params(config, {"algorithm.batch_size": 500})


def test_the_first_trial_is_the_file_as_it_stands() -> None:
    config = load_config("takeoff")
    standing = standing_params(config)
    assert standing is not None
    assert with_params(config, standing).complete_yaml() == config.complete_yaml()
    assert standing_params(load_config("takeoff", ["algorithm.learning_rate=0.5"])) is None  # outside the space


def test_success_comes_first_and_reward_tells_equals_apart() -> None:
    config = load_config("takeoff", ["tune.objective=best"])
    flights = config.training.eval_flights

    def value(*validations: tuple[float, float], extra: str = "tune.seeds=1") -> float:
        judged = load_config("takeoff", ["tune.objective=best", extra])
        return Judgement(judged, [[Validation(k, s, r) for k, (s, r) in enumerate(validations)]]).value

    assert value((0.5, 1.0)) < value((0.5, 2.0)) < value((0.5, 1e6)) < value((0.5 + 1 / flights, -1e6))
    assert value((0.9, 1.0), (0.2, 5.0)) == value((0.9, 1.0))  # the best policy is kept
    of_reward = "tune.space.reward.time={low: -1, high: 0}"
    assert value((0.5, 1.0), extra=of_reward) == value((0.5, 2.0), extra=of_reward) == 0.5
    assert value((1.0, 1.0), (0.0, 1.0), extra="tune.objective=mean") == pytest.approx(value((0.5, 1.0)), abs=0.02)


def test_lost_trials_are_queued_again_and_the_number_of_trials_holds(tmp_path: Path) -> None:
    study = optuna.create_study(storage=open_storage(str(tmp_path / "study.journal")), direction="maximize")
    first, second = claim(study, 2, SPACE, "a"), claim(study, 2, SPACE, "b")
    assert first is not None
    assert second is not None
    assert claim(study, 2, SPACE, "c") is None
    assert [t.number for t in queue_again(study, of_worker(study.trials, "b"))] == [1]
    assert queue_again(study, [study.trials[1]]) == []  # somebody else was first
    assert missing(study.trials, 2) == 1
    again = claim(study, 2, SPACE, "c")
    assert again is not None
    assert (again.number, again.params) == (2, second.params)
    for trial in (first, again):
        study.tell(trial, 0.5)
    now = tally(study.trials)
    assert (now.finished, now.lost, now.waiting, missing(study.trials, 2)) == (2, 1, 0, 0)


def test_a_trial_that_kills_its_workers_is_not_tried_for_ever(tmp_path: Path) -> None:
    study = optuna.create_study(storage=open_storage(str(tmp_path / "study.journal")), direction="maximize")
    tried = 0
    while claim(study, 1, SPACE, "a") and tried < 10:
        tried += 1
        values = {trial.params["x"] for trial in study.trials}
        if len(values) > 1:
            break
        queue_again(study, of_worker(study.trials, "a"))
    assert tried == 5  # once, three times more, then another value


def test_a_worker_is_given_up_when_its_beat_stands_still(tmp_path: Path) -> None:
    study = optuna.create_study(storage=open_storage(str(tmp_path / "study.journal")), direction="maximize")
    alive, dead = claim(study, 2, SPACE, "a"), claim(study, 2, SPACE, "b")
    assert alive is not None
    assert dead is not None
    watch = Watch(grace_s=0.05)
    assert watch.silent(study.trials) == []
    time.sleep(0.1)
    alive.set_user_attr("beat", "1")
    assert [trial.number for trial in watch.silent(study.trials)] == [dead.number]


def test_a_study_ends_with_a_programme_to_train_and_goes_on_where_it_was(here: Path) -> None:
    printed = tune_here(here)
    home = here / "runs" / "tune-takeoff-1"
    assert "3 of 3 trials" in printed
    assert f"to watch it: optuna-dashboard {home / 'study.journal'} (pip install optuna-dashboard)" in printed
    assert "importance.png rests on 3 complete trials, too few to rely on" in printed
    study = optuna.load_study(study_name=home.name, storage=open_storage(str(home / "study.journal")))
    assert [trial.state for trial in study.trials] == [TrialState.COMPLETE] * 3
    best = read_config(home / "best.yaml")
    chosen = read_config(home / f"trial-{study.best_trial.number + 1:04d}" / "config.yaml")
    assert best.training.test_flights == 9
    assert chosen.training.test_flights == 4
    assert best.model_copy(update={"training": chosen.training}).complete_yaml() == chosen.complete_yaml()
    for name in ("importance.png", "history.png"):
        assert (home / name).read_bytes().startswith(b"\x89PNG")
    assert len(list(home.glob("trial-*/evaluation.json"))) == 3
    config = load_config(programme(here), SMALL)
    assert study_folder(config, 3, None, None).name == "tune-takeoff-2"  # finished: a new one
    assert study_folder(config, 4, None, None).name == "tune-takeoff-1"  # more trials of the same
    assert "4 of 4 trials" in tune_here(here, trials=4)
    with pytest.raises(InputError, match=r"searches another programme .*steps: 4096"):
        tune_here(here, "training.steps=4096", storage=str(home / "study.journal"), study_name=home.name)


def test_importance_is_doubted_until_there_are_enough_trials_for_its_keys() -> None:
    assert too_few(49, range(2)) == "too few to rely on: a rough hint; 50 or more would tell"
    assert too_few(50, range(2)) == too_few(80, range(8)) == ""
    assert "80 or more" in too_few(79, range(8))


def test_what_does_not_fit_is_impossible_and_what_lags_behind_is_pruned(here: Path) -> None:
    printed = tune_here(
        here,
        "tune.space.network.hidden=null",
        "tune.space.network.activation=null",
        "tune.pruner_startup=1",
        "tune.space.algorithm.n_epochs=null",
        "tune.space.algorithm.batch_size={choices: [48, 64]}",
        "tune.space.algorithm.learning_rate={choices: [0.01, 1.0e-6]}",
        "tune.seeds=2",
        "algorithm.learning_rate=0.01",
        "tune.sampler_seed=1",
        trials=6,
        storage="sqlite:///study.db",
    )
    trials = optuna.load_study(study_name="tune-takeoff", storage=open_storage("sqlite:///study.db")).trials
    impossible = [trial for trial in trials if trial.params["algorithm.batch_size"] == 48]
    assert impossible
    assert all("48 does not divide" in trial.user_attrs["reason"] for trial in impossible)
    assert tally(trials).finished == 6 == len(trials) - len(impossible)
    pruned = [trial for trial in trials if trial.state == TrialState.PRUNED and trial not in impossible]
    assert {trial.params["algorithm.learning_rate"] for trial in pruned} == {1e-6}
    assert all(len(trial.intermediate_values) >= 2 for trial in pruned)  # the first validation is too soon
    assert "impossible" in printed
    assert (here / "runs" / "tune-takeoff" / "trial-0001" / "seed-1" / "evaluation.json").is_file()


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("postgresql://user:secret@127.0.0.1:1/x", "nothing answers at 127.0.0.1:1"),
        ("redis://127.0.0.1:1", "nothing answers at 127.0.0.1:1"),
        ("foo://bar", "not an address of a storage"),
        ("no/where/study.journal", "the folder no/where does not exist"),
        ("sqlite:///no/where/study.db", "the folder no/where does not exist"),
        ("study.db", "is named sqlite:///study.db"),
        (".", "is a folder"),
    ],
)
def test_a_wrong_storage_is_one_line_at_once(here: Path, address: str, said: str) -> None:
    began = time.monotonic()
    with pytest.raises(InputError) as error:
        tune_here(here, storage=address)
    assert said in str(error.value)
    assert "secret" not in str(error.value)
    assert "\n" not in str(error.value)
    assert time.monotonic() - began < 8
    assert not (here / "runs").exists()


def test_a_file_that_is_no_study_is_one_line(here: Path) -> None:
    (here / "broken.journal").write_text("not ours\nat all\n")
    (here / "broken.db").write_text("not ours\n" * 100)
    for address in ("broken.journal", "sqlite:///broken.db"):
        with pytest.raises(InputError, match=r"storage .*broken.* cannot be used") as error:
            tune_here(here, storage=address)
        assert "\n" not in str(error.value)


def test_a_killed_worker_and_ctrl_c_cost_nothing_but_time(tmp_path: Path) -> None:
    def trials() -> list[Any]:
        path = tmp_path / "study" / "study.journal"
        try:
            return optuna.load_study(study_name="study", storage=open_storage(str(path))).trials
        except (KeyError, InputError):
            return []

    def trained(number: int) -> Any:
        found = [trial for trial in trials() if trial.state == TrialState.RUNNING and trial.intermediate_values]
        return found[0] if len(trials()) > number and found else None

    command = start(tmp_path, workers=1, steps=100_000, trials=2)
    victim = wait_for(lambda: trained(0))
    os.kill(int(victim.user_attrs["beat"].partition(":")[0]), signal.SIGKILL)
    retried = wait_for(lambda: trained(1))
    assert retried.params == victim.params
    os.killpg(command.pid, signal.SIGINT)
    assert command.wait(180) == 130
    output = (tmp_path / "output.txt").read_text()
    assert "it was killed (signal 9" in output
    assert "the same command goes on" in output
    assert "Traceback" not in output
    assert [trial.state for trial in trials()] == [TrialState.FAIL, TrialState.FAIL, TrialState.WAITING]
    assert trials()[2].params == victim.params


def test_a_database_without_its_driver_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "MySQLdb", None)  # as if it were not installed
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        line.listen()
        address = f"mysql://user:secret@127.0.0.1:{line.getsockname()[1]}/study"
        with pytest.raises(InputError, match=r"needs the package mysqlclient: pip install mysqlclient$") as error:
            open_storage(address)
    assert "secret" not in str(error.value)


def test_a_start_range_can_be_searched_from_its_default() -> None:
    config = load_config("takeoff", ["tune.space.task_options.start_across={low: 0.1, high: 0.5}"])
    standing = standing_params(config)
    assert standing is not None
    assert standing["task_options.start_across"] == 0.4
