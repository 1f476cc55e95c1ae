"""A bundle: one folder, copyable, enough to fly. policy.zip (stable-baselines3), config.yaml and card.json.

A pilot of several skills has a bundle of each inside instead of a policy (agents/pilots/skill_bundle.py).

`PPO.load("policy.zip")` opens the policy like any other of stable-baselines3's. `load_pilot` reads only its
weights: no pickle is opened, so a bundle from elsewhere cannot run code.
"""

from __future__ import annotations

import collections
import functools
import importlib.metadata
import platform
import shutil
import subprocess
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import torch
from stable_baselines3 import PPO
from stable_baselines3.common.policies import ActorCriticPolicy

from agents.config.programme import TrainingConfig, read_config
from agents.policy import policy_class
from agents.runs.run_folder import RunFolder, read_json, write_folder, write_json
from envs.base.errors import InputError, unknown_name

PRETRAINED = Path(__file__).resolve().parents[1] / "pretrained"
FORMAT = 1
ACTIVATIONS = {"tanh": torch.nn.Tanh, "relu": torch.nn.ReLU, "elu": torch.nn.ELU}


def policy_keywords(config: TrainingConfig) -> dict[str, Any]:
    """The config's network as keywords of stable-baselines3's ActorCriticPolicy."""
    return {
        "net_arch": list(config.network.hidden),
        "activation_fn": ACTIVATIONS[config.network.activation],
        "log_std_init": config.algorithm.log_std_init,
    }


def write_bundle(
    folder: Path,
    model: PPO,
    config: TrainingConfig,
    evaluation: Mapping[str, Any],
    observation_names: tuple[str, ...] | None = None,
    best_step: int | None = None,
) -> None:
    """Write the model's policy, without its optimiser's memory, as a bundle at `folder`; whole or not at all."""
    assert model.observation_space.shape
    assert model.action_space.shape
    card = {
        "format": FORMAT,
        "task": config.task,
        "aircraft": config.aircraft,
        "weather": config.weather,
        "discrepancies": list(config.discrepancies),
        "observation": config.observation,
        "observation_size": model.observation_space.shape[0],
        "action_size": model.action_space.shape[0],
        "observation_names": list(observation_names) if observation_names else None,
        "seed": config.training.seed,
        "steps": model.num_timesteps,
        "policy_from_step": model.num_timesteps if best_step is None else best_step,
        "commit": commit(),
        "versions": versions(),
        "evaluation": dict(evaluation),
    }
    with write_folder(folder) as beside:
        optimizer = model.policy.optimizer
        memory, optimizer.state = optimizer.state, collections.defaultdict(dict)
        model.save(
            beside / "policy.zip",
            exclude=["_last_obs", "_last_episode_starts", "ep_info_buffer", "ep_success_buffer"],
        )
        optimizer.state = memory
        config = with_own_files(config, beside)
        (beside / "config.yaml").write_text(config.complete_yaml(), encoding="utf-8")
        write_json(beside / "card.json", card)


def with_own_files(config: TrainingConfig, folder: Path) -> TrainingConfig:
    """The config with an aircraft or weather given as a path copied into the bundle, which must be enough to
    fly.
    """
    copied = {}
    for kind in ("aircraft", "weather"):
        path = Path(getattr(config, kind))
        if path.is_absolute():
            copied[kind] = f"{kind}/{path.name}"
            (folder / kind).mkdir()
            shutil.copyfile(path, folder / copied[kind])
    return config.model_copy(update=copied)


@dataclass(frozen=True)
class LearnedPilot:
    """A policy from a bundle, flying without noise unless asked otherwise."""

    name: str
    config: TrainingConfig
    card: Mapping[str, Any]
    policy: ActorCriticPolicy

    def predict(
        self, observation: Any, state: Any = None, episode_start: Any = None, deterministic: bool = True
    ) -> tuple[np.ndarray, Any]:
        return self.policy.predict(observation, state, episode_start, deterministic)

    def check_fits(self, env: gymnasium.Env) -> None:
        """Raise InputError unless the env shows and takes what the policy was trained with."""
        for what, size, space in (
            ("observations", self.card["observation_size"], env.observation_space),
            ("actions", self.card["action_size"], env.action_space),
        ):
            if space.shape != (size,):
                raise InputError(
                    f"pilot {self.name}: trained on {size} {what}, this environment has "
                    f"{space.shape[0] if space.shape else 0}; fly the task it was trained for "
                    f"({self.config.task}, observation {self.config.observation})"
                )
        names, trained_names = (
            getattr(env.unwrapped, "observation_names", None),
            self.card["observation_names"],
        )
        if names and trained_names and list(names) != trained_names:
            old, new = next(pair for pair in zip(trained_names, names, strict=True) if pair[0] != pair[1])
            raise InputError(
                f"pilot {self.name}: trained with observation {old!r} where this environment "
                f"has {new!r}; it was trained on another version"
            )


def find_bundle(name: str) -> Path:
    """The bundle folder a user means: a bundle, a run folder, or the name of a shipped one. Raises
    InputError.
    """
    path = Path(name)
    if (path / "card.json").is_file():
        return path
    if RunFolder(path).bundle.is_dir():
        return RunFolder(path).bundle
    if RunFolder(path).config.is_file():
        raise InputError(f"{name}: this run has no bundle yet; finish it with scripts/train.py --resume {name}")
    if path.is_dir():
        raise InputError(f"{name}: neither a bundle (no card.json) nor a run folder (no config.yaml)")
    if (PRETRAINED / name / "card.json").is_file() and "/" not in name:
        return PRETRAINED / name
    if "/" in name:
        raise InputError(f"{name}: no such bundle or run folder")
    raise unknown_name("pilot", name, ["autopilot", *shipped_names()])


def bundle_config(folder: Path) -> TrainingConfig:
    """The config of a bundle, with the files it brings along found in it. Raises InputError."""
    config = read_config(folder / "config.yaml")
    return config.with_absolute_paths(folder)


def shipped_names() -> list[str]:
    return sorted(card.parent.name for card in PRETRAINED.glob("*/card.json"))


def load_pilot(name: str, env: gymnasium.Env | None = None) -> Any:
    """The pilot `name`: a bundle, a run folder, a shipped bundle's name, or "autopilot" (which needs `env`).

    With `env` given, also checks that the pilot fits it. A learned pilot sets torch to one thread, in the whole
    process: networks this small fly faster so, and more threads take the cores from the flying. Raises InputError, one
    line.
    """
    if name == "autopilot":
        from agents.autopilot import autopilot_for

        if env is None:
            raise InputError("autopilot: it is tuned to an aircraft and task, so it needs an environment")
        return autopilot_for(env)
    pilot = _load_bundle(find_bundle(name))
    if env is not None:
        pilot.check_fits(env)
    return pilot


def _load_bundle(folder: Path) -> Any:
    card = read_json(folder / "card.json")
    if card.get("format") != FORMAT:
        raise InputError(f"{folder}/card.json: bundle format {card.get('format')!r}, this version reads {FORMAT}")
    for key, kind in (("task", str), ("observation_size", int), ("action_size", int)):
        if not isinstance(card.get(key), kind):
            raise InputError(f"{folder}/card.json: key {key!r} is missing or not of type {kind.__name__}")
    card.setdefault("observation_names", None)
    config = bundle_config(folder)
    name = folder.parent.name if folder.name == "bundle" else folder.name
    if "skills" in card:
        from agents.pilots.skill_bundle import load_sequence

        return load_sequence(folder, name, config, card)
    torch.set_num_threads(1)
    policy = new_policy(config, card["observation_size"], card["action_size"])
    try:
        with zipfile.ZipFile(folder / "policy.zip") as archive, archive.open("policy.pth") as file:
            weights = torch.load(file, map_location="cpu", weights_only=True)
        policy.load_state_dict(weights)
    except FileNotFoundError:
        raise InputError(f"{folder}: policy.zip is missing") from None
    except Exception as error:  # whatever a broken or foreign zip makes zipfile, pickle and torch raise
        reason = (str(error).splitlines() or [""])[0]
        raise InputError(f"{folder}/policy.zip: broken, or not of this config ({reason})") from None
    policy.set_training_mode(False)
    return LearnedPilot(name, config, card, policy)


def new_policy(config: TrainingConfig, observation_size: int, action_size: int) -> ActorCriticPolicy:
    """A policy of the config's shape, its weights still to be loaded."""
    return policy_class(config.network.bounded)(
        gymnasium.spaces.Box(-np.inf, np.inf, (observation_size,), np.float32),
        gymnasium.spaces.Box(-1.0, 1.0, (action_size,), np.float32),
        lambda _: 0.0,
        optimizer_class=_no_optimizer,  # type: ignore[arg-type]
        **policy_keywords(config),
    )


def _no_optimizer(*parameters: Any, **settings: Any) -> None:
    """A pilot that only flies needs none, and torch's first one takes a second to import its compiler."""


@functools.cache
def versions() -> dict[str, str]:
    """Of everything that can change a flight's last bit."""
    found = {"python": platform.python_version()}
    for package in (
        "maiden-flight",
        "stable-baselines3",
        "torch",
        "gymnasium",
        "numpy",
        "numba",
        "pybullet",
        "pybullet-arm64",
    ):
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def commit() -> str | None:
    """The checkout's commit, with "+" if files differ from it; None outside a checkout."""
    try:
        done = subprocess.run(
            ["git", "describe", "--always", "--abbrev=40", "--dirty=+", "--exclude=*"],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            timeout=10,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() or None if done.returncode == 0 else None
