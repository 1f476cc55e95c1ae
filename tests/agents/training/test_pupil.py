"""A pupil learns from several teachers: each of its own flights, together in one policy."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from rich.console import Console
from stable_baselines3.common.callbacks import BaseCallback, CallbackList
from stable_baselines3.common.vec_env import DummyVecEnv

from agents.commands.ship import write_curves
from agents.commands.train import after_interrupt, start_training
from agents.config.programme import TrainingConfig, read_config, teacher_config
from agents.pilots.learned import load_learned
from agents.runs.learning_curve import read_curve
from agents.runs.run_folder import RunFolder, read_json
from agents.training import train_pupil as room
from agents.training.checkpoint import saved_policies
from agents.training.pupil import Classroom, Lessons
from agents.training.train import make_logger, make_model
from agents.training.train_pupil import pupil_config, train_pupil
from envs.base.errors import InputError
from envs.figures.needs import ImpossibleFigureError
from tests.support.fake_flight import fake_env_function, small_config

QUIET = Console(file=open(os.devnull, "w"))  # noqa: SIM115
PUPIL = (
    "pupil={steps: 4096, n_envs: 4, n_steps: 64, batch_size: 64, n_epochs: 8, kept_steps: 2000, learning_rate: 0.005}"
)
TEACHERS = "teachers={up: {training: {steps: 1024}}, calm: {algorithm: {learning_rate: 0.0001}}}"


def taught(*overrides: str) -> TrainingConfig:
    return small_config(TEACHERS, PUPIL, *overrides)


class Constant:
    """A teacher that gives the same sticks whatever it sees."""

    def __init__(self, stick: float) -> None:
        self.stick = stick

    def predict(
        self, observation: Any, state: Any = None, episode_start: Any = None, deterministic: bool = True
    ) -> tuple[np.ndarray, Any]:
        return np.full((len(observation), 4), self.stick, np.float32), state


class Start(BaseCallback):
    """Begins the flights, as the training's own callback does."""

    def _on_training_start(self) -> None:
        self.model._last_obs = self.training_env.reset()  # type: ignore[assignment]

    def _on_step(self) -> bool:
        return True


def test_lessons_keep_the_newest() -> None:
    lessons = Lessons.empty(5, 2, 1)
    for value in range(4):
        lessons.add(np.full((2, 2), value, np.float32), np.full((2, 1), value, np.float32))
    readings, sticks = lessons.draw(200)
    assert sorted(set(sticks.flatten().tolist())) == [1.0, 2.0, 3.0]
    assert torch.equal(readings[:, :1], sticks)


def test_each_teacher_tells_what_to_do_in_its_own_flights_and_the_pupil_learns_it(tmp_path: Path) -> None:
    config = pupil_config(taught("network.hidden=[32]"))
    env = DummyVecEnv([fake_env_function()] * 8)
    model = make_model(config, env)
    model.set_logger(make_logger(RunFolder(tmp_path), 1))
    room_of_one = Classroom(model, env, [Constant(0.5), Constant(0.5)], config.pupil)
    room_of_one.learn(4096, CallbackList([Start()]))
    seen, _ = room_of_one._lessons.draw(50)
    assert model.predict(seen.numpy(), deterministic=True)[0] == pytest.approx(0.5, abs=0.1)
    two = Classroom(model, env, [Constant(-0.5), Constant(0.5)], config.pupil)
    model.num_timesteps = 0
    two.learn(8 * config.pupil.n_steps, CallbackList([Start()]))
    told = two._lessons.sticks[: two._lessons.count].reshape(-1, 8, 4)
    assert torch.equal(told[:, :4], torch.full_like(told[:, :4], -0.5))
    assert torch.equal(told[:, 4:], torch.full_like(told[:, 4:], 0.5))


def test_a_pilot_with_teachers_is_learned_in_three_parts_and_flies_like_them(tmp_path: Path) -> None:
    run = RunFolder.create(tmp_path / "run", "test")
    result = train_pupil(taught(), run, console=QUIET, make_env=fake_env_function)
    assert result["flights"] == 20
    parts = {path.parent.relative_to(run.path).as_posix() for path in run.path.rglob("evaluation.json")}
    assert parts == {".", "first", "teachers/up", "teachers/calm"}
    calm = read_config(run.path / "teachers" / "calm" / "config.yaml")
    assert (calm.algorithm.learning_rate, calm.training.steps) == (0.0001, 2048)
    assert calm.training.start_from == str((run.path / "first").resolve())
    assert read_json(run.bundle / "card.json")["steps"] == 2048 + 1024 + 2048 + 4096
    assert read_config(run.bundle / "config.yaml").teachers == taught().teachers
    curve = read_curve(run.progress, 512)
    assert curve.total_steps == 4096
    assert curve.flights > 0
    assert len(saved_policies(run.checkpoints)) > 2
    write_curves(tmp_path, run, taught())
    curves = [
        tmp_path / name for name in ("learning_curve.csv", *(f"teachers/{n}.csv" for n in ("first", "up", "calm")))
    ]
    last = [path.read_text().splitlines()[-1].split(",")[0] for path in curves]
    assert last == ["4096", "2048", "1024", "2048"]
    pupil = load_learned(run.bundle)
    seen = np.random.default_rng(0).normal(size=(200, 6)).astype(np.float32) * 0.5
    said = [load_learned(run.path / "teachers" / name / "bundle").predict(seen)[0] for name in ("up", "calm")]
    own, apart = pupil.predict(seen)[0], np.abs(said[0] - said[1]).mean()
    assert np.abs(own - 0.5 * (said[0] + said[1])).mean() < 0.1 + 0.5 * apart


def test_a_teacher_goes_on_from_the_one_it_comes_after_which_teaches_no_more(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = taught("teachers.calm.after=up")
    assert config.teaching == ("calm",)
    assert pupil_config(config).algorithm.n_envs == config.pupil.n_envs
    run = RunFolder.create(tmp_path / "run", "test")
    train_pupil(config, run, make_env=fake_env_function)
    up, calm = (read_config(run.path / "teachers" / name / "config.yaml") for name in ("up", "calm"))
    assert up.training.start_from == str((run.path / "first").resolve())
    assert calm.training.start_from == str((run.path / "teachers" / "up").resolve())
    assert "learning from calm\n" in capsys.readouterr().out
    assert read_json(run.bundle / "card.json")["steps"] == 2048 + 1024 + 2048 + 4096


def test_who_comes_after_a_teacher_that_is_left_out_starts_from_the_first_policy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def some_cannot(config: TrainingConfig) -> Any:
        if config.training.steps == 1024:  # the teacher `up`
            raise ImpossibleFigureError("aircraft 'fake' cannot fly 'Spin': its elevator does not stall it")
        return fake_env_function(config)

    learned = list[TrainingConfig]()
    monkeypatch.setattr("agents.commands.train._train", lambda config, *_: learned.append(config) or 0)
    file = tmp_path / "taught.yaml"
    file.write_text(taught("teachers.calm.after=up").complete_yaml(), encoding="utf-8")
    assert start_training(str(file), [], str(tmp_path / "run"), make_env=some_cannot) == 0
    assert list(learned[0].teachers) == ["calm"]
    assert "after" not in learned[0].teachers["calm"]


def test_a_stopped_run_goes_on_in_the_part_it_was_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, stopped = (RunFolder.create(tmp_path / name, "test") for name in ("whole", "stopped"))
    train_pupil(taught(), whole, console=QUIET, make_env=fake_env_function)

    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(room, "_learn_from", interrupt)
        with pytest.raises(KeyboardInterrupt):
            train_pupil(taught(), stopped, console=QUIET, make_env=fake_env_function)
    assert "steps of calm" in after_interrupt(stopped)[0]
    before = (stopped.path / "first" / "evaluation.json").stat().st_mtime_ns
    train_pupil(read_config(stopped.config), stopped, resume=True, console=QUIET, make_env=fake_env_function)
    assert (stopped.path / "first" / "evaluation.json").stat().st_mtime_ns == before
    pilots = [load_learned(run.bundle).policy.state_dict() for run in (whole, stopped)]
    for name, tensor in pilots[0].items():
        assert torch.equal(tensor, pilots[1][name]), name


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        (["teachers={spin: {aircraft: sport}}"], "key of teachers.spin"),
        (["teachers={spin: {rewrad: {climb: 1}}}"], "did you mean 'reward'"),
        (["teachers={spin: {training: {stepz: 5}}}"], "did you mean 'steps'"),
        (["teachers={../spin: {}}"], "small letters"),
        (["teachers={spin: {}, again: {after: spun}}"], "did you mean 'spin'"),
        (["teachers={again: {after: spin}, spin: {}}"], "unknown teacher above teachers.again that it comes after"),
        ([TEACHERS, "network.history_s=[0.5]"], "a memory"),
        ([TEACHERS, "network.critic=truth"], "critic of the truth"),
    ],
)
def test_teachers_that_cannot_be_are_refused_in_one_line(overrides: list[str], said: str) -> None:
    with pytest.raises(InputError, match=said) as refused:
        small_config(*overrides)
    assert "\n" not in str(refused.value)


def test_the_command_learns_with_teachers_and_names_every_curve(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "taught.yaml"
    file.write_text(taught().complete_yaml(), encoding="utf-8")
    assert start_training(str(file), [], str(tmp_path / "run"), make_env=fake_env_function) == 0
    told = capsys.readouterr().out
    for part in ("", "first/", "teachers/up/", "teachers/calm/"):
        assert f"run/{part}progress.csv" in told
    assert "learning from up, calm" in told
    assert teacher_config(taught(), "up").training.steps == 1024


def test_a_teacher_of_figures_beyond_the_aircraft_is_left_out_and_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def some_cannot(config: TrainingConfig) -> Any:
        if config.algorithm.learning_rate == 0.0001:  # the teacher `calm`
            raise ImpossibleFigureError("aircraft 'fake' cannot fly 'Spin': its elevator does not stall it")
        return fake_env_function(config)

    file, run = tmp_path / "taught.yaml", tmp_path / "run"
    file.write_text(taught().complete_yaml(), encoding="utf-8")
    assert start_training(str(file), [], str(run), make_env=some_cannot) == 0
    told = capsys.readouterr().out
    assert "teachers.calm is left out: aircraft 'fake' cannot fly 'Spin': its elevator does not stall it" in told
    assert list(read_config(RunFolder(run).config).teachers) == ["up"]
    with pytest.raises(ImpossibleFigureError):
        start_training(str(file), ["algorithm.learning_rate=0.0001"], str(tmp_path / "none"), make_env=some_cannot)
    assert not (tmp_path / "none").exists()


def test_the_angel_learns_stunts_without_the_teacher_of_the_spin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("agents.commands.train._train", lambda config, *_: len(config.teachers))
    assert start_training("stunts", ["aircraft=angel"], str(tmp_path / "run")) == 5
    assert "teachers.spin is left out: aircraft 'angel' cannot fly" in capsys.readouterr().out
