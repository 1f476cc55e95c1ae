"""A bundle: one folder, copyable, enough to fly. policy.zip (stable-baselines3), config.yaml and card.json.

A pilot of several skills has a bundle of each inside instead of a policy, or names another bundle that lies beside it
(agents/pilots/named_skills.py). Only the format is here; agents/pilots/loading.py makes pilots of bundles.
"""

from __future__ import annotations

import collections
import functools
import importlib.metadata
import platform
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from stable_baselines3 import PPO

from agents.command_line import command
from agents.config.programme import TrainingConfig, read_config
from agents.environments.memory import Memory
from agents.pilots.card import Card
from agents.runs.run_folder import RunFolder, read_json, write_bytes, write_folder, write_json
from envs.aircraft.aircraft import load_aircraft
from envs.base.config_file import validate
from envs.base.errors import InputError, unknown_name
from envs.discrepancies._drawn import DrawnDiscrepancies

PRETRAINED = Path(__file__).resolve().parents[1] / "pretrained"
FORMAT = 1
POLICY, CARD, CONFIG = "policy.zip", "card.json", "config.yaml"
AUTOPILOT = "autopilot"
"""The name of the hand-tuned pilot, wherever a bundle may be named."""


def write_bundle(
    folder: Path,
    model: PPO,
    config: TrainingConfig,
    evaluation: Mapping[str, Any],
    observation_names: tuple[str, ...] | None = None,
    best_step: int | None = None,
    truth_names: tuple[str, ...] = (),
    memory: Memory | None = None,
) -> None:
    """Write the model's policy, without its optimiser's memory, as a bundle at `folder`; whole or not at all.

    `truth_names`: readings that its critic alone was shown, after those that the pilot sees; `memory`: what the pilot
    was given besides those of now.
    """
    assert model.observation_space.shape
    size = memory.seen if memory else model.observation_space.shape[0] - len(truth_names)
    card = {
        **card_head(config, size, observation_names),
        **({"truth_names": list(truth_names)} if truth_names else {}),
        **({"history_s": list(config.network.history_s)} if config.network.history_s else {}),
        **({"integrals_s": dict(config.network.integrals_s)} if config.network.integrals_s else {}),
        "seed": config.training.seed,
        "steps": model.num_timesteps,
        "policy_from_step": model.num_timesteps if best_step is None else best_step,
        "evaluation": dict(evaluation),
    }
    with write_folder(folder) as beside:
        optimizer = model.policy.optimizer
        moments, optimizer.state = optimizer.state, collections.defaultdict(dict)
        left_out = ["_last_obs", "_last_episode_starts", "ep_info_buffer", "ep_success_buffer"]
        write_bytes(beside / POLICY, functools.partial(model.save, exclude=left_out))
        optimizer.state = moments
        config = with_own_files(with_named_draws(config), beside)
        (beside / CONFIG).write_text(config.complete_yaml(), encoding="utf-8")
        write_json(beside / CARD, card)


def card_head(config: TrainingConfig, observation_size: int, names: Sequence[str] | None) -> dict[str, Any]:
    """What every card begins with: the flights it is for, what is seen and moved, and what made it.

    `names`: of the observation's rows, where they are known.
    """
    return {
        "format": FORMAT,
        "task": config.task,
        "aircraft": config.aircraft,
        "weather": config.weather,
        "discrepancies": config.discrepancy_words,
        "observation": config.observation,
        "observation_size": observation_size,
        "action_size": 4,
        "observation_names": list(names) if names else None,
        "commit": commit(),
        "versions": versions(),
    }


def with_named_draws(config: TrainingConfig) -> TrainingConfig:
    """The config, with the discrepancies that are drawn named one by one: what a bundle was trained over stays so."""
    drawn = config.discrepancies
    if not isinstance(drawn, DrawnDiscrepancies):
        return config
    return config.model_copy(update={"discrepancies": drawn.pinned(load_aircraft(config.aircraft))})


def with_own_files(config: TrainingConfig, folder: Path) -> TrainingConfig:
    """The config, with the files of an aircraft or weather given as a path copied into the bundle `folder`.

    A bundle must be enough to fly.
    """
    copied = {}
    for kind in ("aircraft", "weather"):
        path = Path(getattr(config, kind))
        if path.is_absolute():
            copied[kind] = f"{kind}/{path.name}"
            (folder / kind).mkdir()
            shutil.copyfile(path, folder / copied[kind])
    return config.model_copy(update=copied)


def find_bundle(name: str) -> Path:
    """The bundle folder a user means: a bundle, a run folder, or the name of a shipped one.

    Raises InputError, one line.
    """
    path = Path(name)
    if (path / CARD).is_file():
        return path
    if RunFolder(path).bundle.is_dir():
        return RunFolder(path).bundle
    if RunFolder(path).config.is_file():
        raise InputError(f"{name}: this run has no bundle yet; finish it with: {command('train', '--resume', name)}")
    if path.is_dir():
        raise InputError(f"{name}: neither a bundle (no card.json) nor a run folder (no config.yaml)")
    if (PRETRAINED / name / CARD).is_file() and "/" not in name:
        return PRETRAINED / name
    if "/" in name:
        raise InputError(f"{name}: no such bundle or run folder")
    raise unknown_name("pilot", name, [AUTOPILOT, *shipped_names()])


def bundle_config(folder: Path) -> TrainingConfig:
    """The config of a bundle, with the files it brings along found in it. Raises InputError."""
    config = read_config(folder / CONFIG)
    return config.with_absolute_paths(folder)


def bundle_name(folder: Path) -> str:
    """What a pilot is called: its bundle's folder, or the run's for the bundle in a run folder."""
    return folder.parent.name if folder.name == "bundle" else folder.name


def read_card(folder: Path) -> dict[str, Any]:
    """The card of a bundle, checked as far as loading needs it. Raises InputError, one line."""
    card = read_json(folder / CARD)
    if card.get("format") != FORMAT:
        raise InputError(f"{folder}/{CARD}: bundle format {card.get('format')!r}, this version reads {FORMAT}")
    validate(Card, card, f"{folder}/{CARD}")
    return {**card, "observation_names": card.get("observation_names")}  # all else as it stands, in its order


def shipped_names() -> list[str]:
    """The bundles that come with the project, sorted."""
    return sorted(card.parent.name for card in PRETRAINED.glob("*/card.json"))


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
