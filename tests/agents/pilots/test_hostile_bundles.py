"""A bundle or run folder from a stranger: whatever its files hold, no command that takes one runs code of it."""

from __future__ import annotations

import base64
import contextlib
import io
import json
import pickle
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from rich.console import Console
from stable_baselines3 import PPO

from agents.commands.compare import compare
from agents.commands.evaluate import evaluate
from agents.commands.film import film
from agents.commands.fly import fly
from agents.commands.report import report_run
from agents.commands.ship import pack_whole, ship
from agents.commands.train import resume_training
from agents.config.programme import load_config
from agents.pilots.bundle import read_card
from agents.pilots.loading import load_pilot
from agents.pilots.named_skills import name_copies
from agents.pilots.skill_bundle import check_skills
from agents.runs.run_folder import RunFolder, read_json, write_json
from agents.training.train import train
from envs.base.errors import InputError

QUIET = Console(file=io.StringIO())


class Bomb:
    """Makes a file when unpickled."""

    def __init__(self, path: Path):
        self.path = str(path)

    def __reduce__(self) -> Any:
        return open, (self.path, "w")


@pytest.fixture(scope="module")
def config() -> Any:
    return load_config(
        "takeoff",
        [
            *("algorithm.n_envs=2", "algorithm.n_steps=32", "algorithm.batch_size=32", "algorithm.n_epochs=1"),
            *("network.hidden=[8]", "training.steps=512", "training.checkpoint_every=256", "training.eval_every=256"),
            *("training.eval_flights=1", "training.test_flights=1", "training.vec_env=dummy", "training.processes=1"),
        ],
    )


@pytest.fixture(scope="module")
def honest(config: Any, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A finished run of the real environment."""
    run = RunFolder.create(tmp_path_factory.mktemp("honest") / "run", "test")
    train(config, run, console=QUIET)
    return run


def repacked(path: Path, change: Callable[[str, bytes], bytes]) -> None:
    """Write a zip file again, each member changed."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, change(name, content))


def poison_data(folder: Path, proof: Path) -> None:
    """The attack on stable-baselines3's own `load`: a pickle in the JSON of each zip file; the policy still flies."""

    def change(name: str, content: bytes) -> bytes:
        if name != "data":
            return content
        data = json.loads(content)
        data["policy_class"][":serialized:"] = base64.b64encode(pickle.dumps(Bomb(proof))).decode()
        return json.dumps(data).encode()

    for path in folder.rglob("*.zip"):
        repacked(path, change)


def poison_weights(folder: Path, proof: Path) -> None:
    """A pickle in the place of every file of weights, in the zip files and beside them."""
    buffer = io.BytesIO()
    torch.save(Bomb(proof), buffer)
    for path in folder.rglob("*.zip"):
        repacked(path, lambda name, content: buffer.getvalue() if name.endswith(".pth") else content)
    for path in folder.rglob("*.pth"):
        path.write_bytes(buffer.getvalue())


def pickle_weights(folder: Path, proof: Path) -> None:
    """The same with plain pickles, which torch read in its first years."""
    for path in folder.rglob("*.zip"):
        repacked(path, lambda name, content: pickle.dumps(Bomb(proof)) if name.endswith(".pth") else content)
    for path in folder.rglob("*.pth"):
        path.write_bytes(pickle.dumps(Bomb(proof)))


COMMANDS: dict[str, Callable[[RunFolder], object]] = {
    "evaluate": lambda run: evaluate(str(run.path), flights=1, processes=1, console=QUIET),
    "evaluate a bundle": lambda run: evaluate(str(run.bundle), flights=1, processes=1, console=QUIET),
    "compare": lambda run: compare([str(run.path)], weathers=["calm"], flights=1, crosswind_flights=0, console=QUIET),
    "fly": lambda run: fly("first_takeoff", pilot=str(run.path), run=str(run.path / "flown"), draw_video=False),
    "report": lambda run: report_run(str(run.path), flights=1, console=QUIET),
    "film": lambda run: film(str(run.path), flights=2, picture=str(run.path / "film.gif"), console=QUIET),
    "ship": lambda run: ship(str(run.path), home=run.path / "home", fewest=1, console=QUIET),
    "ship --pack": lambda run: pack_whole(str(run.path), str(run.path / "packed"), console=QUIET),
    "train with a skill": lambda run: check_skills(load_config("circuit"), {"takeoff": str(run.path)}),
}
OPENS_NO_WEIGHTS = ("ship", "ship --pack")


@pytest.mark.parametrize("poison", [poison_data, poison_weights, pickle_weights])
def test_no_command_runs_code_of_a_strangers_run(
    honest: RunFolder, tmp_path: Path, poison: Callable[[Path, Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    proof = tmp_path / "it_ran"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        "agents.commands.film.write_picture", lambda _, picture, *rest: picture
    )  # slow, and loads nothing
    ended = {}
    for command, run_command in COMMANDS.items():
        run = RunFolder(Path(shutil.copytree(honest.path, tmp_path / command.replace(" ", "_"))))
        poison(run.path, proof)
        try:
            run_command(run)
            ended[command] = ""
        except InputError as error:
            ended[command] = str(error)
        assert not proof.exists(), f"{command} ran code"
    refused = {command for command, message in ended.items() if message}
    if poison is poison_data:  # no command looks at what is poisoned: all end well
        assert not refused, {c: ended[c] for c in refused}
    else:
        assert refused == set(COMMANDS) - set(OPENS_NO_WEIGHTS), ended
        assert all("broken" in ended[command] and "\n" not in ended[command] for command in refused)


@pytest.mark.parametrize("poison", [poison_data, poison_weights, pickle_weights])
def test_resuming_runs_no_code_of_a_strangers_run(
    honest: RunFolder, tmp_path: Path, poison: Callable[[Path, Path], None]
) -> None:
    proof = tmp_path / "it_ran"
    run = RunFolder(Path(shutil.copytree(honest.path, tmp_path / "run")))
    run.evaluation.unlink()
    poison(run.path, proof)
    if poison is poison_data:
        assert resume_training(str(run.path), None, []) == 0
    else:
        with pytest.raises(InputError, match="broken checkpoint"):
            resume_training(str(run.path), None, [])
    assert not proof.exists()


def test_the_attack_is_a_real_one(honest: RunFolder, tmp_path: Path) -> None:
    proof = tmp_path / "it_ran"
    for poison in (poison_weights, pickle_weights):
        copied = Path(shutil.copytree(honest.path, tmp_path / poison.__name__))
        poison(copied, proof)
        with contextlib.suppress(Exception):  # what it makes of an open file does not matter
            torch.load(copied / "checkpoints/policies/step_000000256.pth", weights_only=False)
        assert proof.exists()
        proof.unlink()
    copied = Path(shutil.copytree(honest.bundle, tmp_path / "bundle"))
    poison_data(copied, proof)
    with contextlib.suppress(Exception):
        PPO.load(copied / "policy.zip", device="cpu")
    assert proof.exists()


def test_a_small_file_that_unpacks_to_a_huge_one_is_refused_before_it_is_unpacked(
    honest: RunFolder, tmp_path: Path
) -> None:
    copied = Path(shutil.copytree(honest.bundle, tmp_path / "bundle"))
    zeros = bytes(30_000_000)
    with zipfile.ZipFile(copied / "policy.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("policy.pth", zeros)
    with pytest.raises(InputError, match=r"unpacks to 30.0 MB where the policy's weights need 1.0 at most"):
        load_pilot(str(copied))
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", zeros)
    with zipfile.ZipFile(copied / "policy.zip", "w") as archive:
        archive.writestr("policy.pth", inner.getvalue())
    with pytest.raises(InputError, match=r"unpacks to 30.0 MB"):
        load_pilot(str(copied))


@pytest.mark.parametrize("name", ["../outside", "/outside", "..", "a/b", ""])
def test_a_skill_is_no_way_out_of_its_bundle(honest: RunFolder, tmp_path: Path, name: str) -> None:
    """Skills are folders that shipping copies and removes: a path for a name could overwrite what is a user's."""
    home = tmp_path / "home"
    bundle = Path(shutil.copytree(honest.bundle, home / "bundle"))
    outside = Path(shutil.copytree(honest.bundle, home / "outside"))
    shutil.copytree(honest.bundle, home / "other")
    card = read_json(bundle / "card.json")
    write_json(bundle / "card.json", {**card, "skills": {name: name}})
    for use in (
        lambda: load_pilot(str(bundle)),
        lambda: read_card(bundle),
        lambda: pack_whole(str(bundle), str(tmp_path / "packed"), console=QUIET),
        lambda: name_copies(bundle, bundle, home),
    ):
        with pytest.raises(InputError, match=r"bundle/card.json: skills\."):
            use()
    assert (outside / "policy.zip").is_file()
    assert not (tmp_path / "packed").exists()
