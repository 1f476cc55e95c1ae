"""A policy that becomes no numbers: one line with the step and the cure, status 2, and nothing of it kept."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import torch
from rich.console import Console
from stable_baselines3 import PPO

from agents.commands.train import start_training
from agents.runs.run_folder import RunFolder
from agents.training.checkpoint import saved_policies
from agents.training.divergence import DivergedError
from agents.training.train import train
from envs.base.errors import run_command
from tests.support.fake_flight import fake_env_function, small_config

QUIET = Console(file=io.StringIO())
WILD = (
    *("algorithm.learning_rate=1", "algorithm.max_grad_norm=1000000", "algorithm.schedule=constant"),
    *("network.activation=relu", "network.bounded=false", "network.hidden=[64, 64]", "algorithm.n_epochs=20"),
    *("training.steps=20480", "training.eval_every=2048", "training.eval_flights=2"),
)
"""Steps as long as the config allows."""


def kept_weights(run: RunFolder) -> list[torch.Tensor]:
    files = [*saved_policies(run.checkpoints).values(), *run.checkpoints.glob("step_*/best.pth")]
    return [tensor for file in files for tensor in torch.load(file, weights_only=True).values()]


def test_a_training_that_goes_wild_ends_in_one_line_and_keeps_the_last_good_checkpoint(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config, run = tmp_path / "wild.yaml", RunFolder(tmp_path / "run")
    config.write_text(small_config(*WILD).complete_yaml(), encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        run_command(lambda: start_training(str(config), [], str(run.path), fake_env_function))
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert said.startswith(f"error: {run.path}: the policy became not-a-number in the update at step ")
    assert "a lower algorithm.learning_rate (it is 1)" in said
    assert "a lower algorithm.max_grad_norm (it is 1e+06, usual is 0.5)" in said
    kept = kept_weights(run)
    assert kept
    assert all(torch.isfinite(tensor).all() for tensor in kept)
    newest = sorted(run.checkpoints.glob("step_*"))[-1]
    assert f"keeps its checkpoint of step {int(newest.name.removeprefix('step_')):,}" in said
    assert not run.bundle.exists()
    assert not run.evaluation.exists()
    assert not list(run.path.rglob("*.part*"))


@pytest.mark.parametrize("update", [2, 8])
@pytest.mark.parametrize("part", ["value_net.weight", "action_net.bias", "log_std"])
def test_no_checkpoint_is_written_of_weights_that_are_no_numbers(
    part: str, update: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where only the value function breaks down, which draws no actions, and in the last update (8) of all."""
    real, run = PPO.train, RunFolder.create(tmp_path / "run", "test")

    def then_broken(model: PPO) -> None:
        real(model)
        if model.num_timesteps == update * 256:
            model.policy.get_parameter(part).data.fill_(float("inf"))

    monkeypatch.setattr(PPO, "train", then_broken)
    kept = {2: 0, 8: 1536}[update]  # a checkpoint every 512 steps, but none of the update that broke down
    with pytest.raises(DivergedError, match=f"at step {update * 256:,}; train anew .* of step {kept:,}$"):
        train(small_config(), run, console=QUIET, make_env=fake_env_function)
    assert all(torch.isfinite(tensor).all() for tensor in kept_weights(run))
