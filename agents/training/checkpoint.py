"""Checkpoints: checkpoints/step_NNNNNNNNN/ with the model and its optimiser, the best policy so far, and the counts.

Of the older ones the policies stay, under checkpoints/policies/, a few kB each: a film of the learning.

They hold no random number generator and no environment. At every checkpoint the training restarts all of both
from (seed, update), whether it was stopped or not (`agents.training.callbacks.RunKeeper`), so a run that was killed
and an unbroken one go on alike, bit for bit. Ctrl-C leaves one more checkpoint, of the last whole update: from there
the run goes on the same whenever it is taken up, but its flights are not those that an unbroken run would have flown.
"""

from __future__ import annotations

import copy
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from stable_baselines3 import PPO

from agents.runs.run_folder import read_json, write_bytes, write_folder, write_json
from agents.training.progress import plain_number
from envs.base.errors import InputError
from envs.base.files import replacing

KEPT = 3
POLICIES = "policies"


@dataclass
class Best:
    """The best policy so far: by validation success rate, equal rates by mean return; or by the return alone."""

    success_rate: float
    mean_return: float
    steps: int
    weights: Mapping[str, torch.Tensor]

    def beaten_by(self, success_rate: float, mean_return: float, by: str = "success") -> bool:
        """Whether a validation with this success rate (0..1) and mean return is better, `by` success or reward."""
        if by == "reward":
            return mean_return > self.mean_return
        return (success_rate, mean_return) > (self.success_rate, self.mean_return)


def save_checkpoint(folder: Path, model: PPO, best: Best | None, elapsed_s: float) -> None:
    """Write a checkpoint under `folder`, whole or not at all, and drop all but the newest three."""
    path = folder / f"step_{model.num_timesteps:09d}"
    with write_folder(path) as beside:
        write_bytes(beside / "model.zip", model.save)
        if best:
            write_bytes(beside / "best.pth", lambda file: torch.save(dict(best.weights), file))
        noted = {k: v for k, v in asdict(best).items() if k != "weights"} if best else None
        write_json(
            beside / "state.json",
            {
                "steps": model.num_timesteps,
                "epochs": model._n_updates,
                "best": noted,
                "elapsed_s": elapsed_s,
                "unlogged": {name: plain_number(value) for name, value in model.logger.name_to_value.items()},
            },
        )
    for old in _checkpoints(folder)[:-KEPT]:
        shutil.rmtree(old)


@dataclass(frozen=True)
class Snapshot:
    """A training between two updates, in memory: what a checkpoint of it would hold."""

    parameters: Mapping[str, Any]
    steps: int
    epochs: int
    best: Best | None
    unlogged: Mapping[str, Any]


def take_snapshot(model: PPO, best: Best | None) -> Snapshot:
    """Copy weights, optimiser, counts and values not yet logged; takes a millisecond or so."""
    parameters = copy.deepcopy(model.get_parameters())
    return Snapshot(parameters, model.num_timesteps, model._n_updates, best, dict(model.logger.name_to_value))


def put_back(model: PPO, snapshot: Snapshot) -> None:
    """Make the model what it was at the snapshot, whatever was flown or half learned since."""
    model.set_parameters(dict(snapshot.parameters), device="cpu")
    model.num_timesteps, model._n_updates = snapshot.steps, snapshot.epochs
    model.logger.name_to_value.clear()
    model.logger.name_to_value.update(snapshot.unlogged)


def newest_step(folder: Path) -> int | None:
    """The training steps of the newest checkpoint under `folder`; None where there is none."""
    found = _checkpoints(folder)
    return int(found[-1].name.removeprefix("step_")) if found else None


def save_policy(folder: Path, model: PPO) -> None:
    """Write what the model flies with now to policies/step_NNNNNNNNN.pth under the checkpoints' `folder`, to stay."""
    with replacing(folder / POLICIES / f"step_{model.num_timesteps:09d}.pth") as beside:
        write_bytes(beside, lambda file: torch.save(copy_weights(model), file))


def saved_policies(folder: Path) -> dict[int, Path]:
    """{steps: weights file} of all that `save_policy` left under the checkpoints' `folder`, least trained first."""
    found = sorted((folder / POLICIES).glob("step_[0-9]*.pth"))
    return {int(path.stem.removeprefix("step_")): path for path in found if path.stem[5:].isdigit()}


@dataclass(frozen=True)
class Restored:
    """What a checkpoint knows beside the model: `unlogged` values wait for the next row of progress.csv."""

    best: Best | None = None
    elapsed_s: float = 0.0
    unlogged: Mapping[str, float] = field(default_factory=dict)


def restore_checkpoint(folder: Path, model: PPO) -> Restored:
    """Put the newest checkpoint into `model`; return the rest of it.

    Raises InputError when there is none or it does not fit the model.
    """
    found = _checkpoints(folder)
    if not found:
        raise InputError(f"{folder}: no checkpoint to resume from")
    state = read_json(found[-1] / "state.json")
    try:
        model.set_parameters(str(found[-1] / "model.zip"), device="cpu")
        model.num_timesteps, model._n_updates = int(state["steps"]), int(state["epochs"])
        best = None
        if state["best"]:
            best = Best(**state["best"], weights=torch.load(found[-1] / "best.pth", weights_only=True))
        return Restored(best, float(state["elapsed_s"]), dict(state["unlogged"]))
    except Exception as error:  # whatever a broken zip or foreign content makes zipfile, torch and SB3 raise
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise InputError(
            f"{found[-1]}: broken checkpoint ({reason}); remove it to resume from the one before"
        ) from None


def _checkpoints(folder: Path) -> list[Path]:
    return sorted(path.parent for path in folder.glob("step_*/state.json") if path.parent.suffix == "")


def copy_weights(model: PPO) -> dict[str, Any]:
    """{parameter: copy of its tensor} of the model's policy."""
    return {name: tensor.detach().clone() for name, tensor in model.policy.state_dict().items()}
