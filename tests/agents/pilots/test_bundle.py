"""Bundles: what is written flies the same when read, anywhere, and what is broken is refused in one line."""

from __future__ import annotations

import io
import json
import pickle
import shutil
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from rich.console import Console
from stable_baselines3 import PPO
from stable_baselines3.common.vec_env import DummyVecEnv

from agents.config.programme import TrainingConfig, load_config
from agents.environments.flights import flight_env_function
from agents.pilots import bundle
from agents.pilots.bundle import write_bundle
from agents.pilots.loading import load_pilot
from agents.runs.run_folder import RunFolder, read_json
from agents.training.train import make_model, train
from envs.base.config_file import CONFIGS
from envs.base.errors import InputError
from tests.support.fake_flight import FakeFlight, fake_env_function, small_config


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    folder = RunFolder.create(tmp_path_factory.mktemp("bundle") / "run", "test")
    config = small_config("training.steps=512", "training.test_flights=4")
    train(config, folder, console=Console(file=io.StringIO()), make_env=fake_env_function)
    return folder


@pytest.fixture
def copied(run: RunFolder, tmp_path: Path) -> Path:
    """A bundle to break."""
    return Path(shutil.copytree(run.bundle, tmp_path / "copied"))


def observations(count: int = 50, size: int = 6) -> np.ndarray:
    return np.random.default_rng(1).normal(size=(count, size)).astype(np.float32)


def test_a_pilot_flies_in_one_thread(run: RunFolder) -> None:
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        load_pilot(str(run.path))
        assert torch.get_num_threads() == 1
    finally:
        torch.set_num_threads(before)


def test_a_bundle_flies_like_the_model_stable_baselines_opens(run: RunFolder) -> None:
    pilot, model = load_pilot(str(run.path)), PPO.load(run.bundle / "policy.zip", device="cpu")
    for batch in (observations(), observations()[0]):
        assert np.array_equal(pilot.predict(batch)[0], model.predict(batch, deterministic=True)[0])
    assert pilot.predict(observations()[0])[0].shape == (4,)
    assert np.ptp(pilot.predict(observations())[0]) > 0


def test_a_bundle_is_small_and_without_the_optimisers_memory(run: RunFolder) -> None:
    files = [path for path in run.bundle.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 1_000_000
    assert PPO.load(run.bundle / "policy.zip", device="cpu").policy.optimizer.state_dict()["state"] == {}


def test_a_bundle_can_be_trained_further(run: RunFolder) -> None:
    model = PPO.load(run.bundle / "policy.zip", env=DummyVecEnv([FakeFlight] * 4), device="cpu")  # type: ignore[list-item]
    model.learn(256)
    assert model.num_timesteps == 256


def test_run_folder_bundle_and_copy_are_the_same_pilot(run: RunFolder, copied: Path) -> None:
    expected = load_pilot(str(run.path)).predict(observations())[0]
    for name in (run.bundle, copied):
        assert np.array_equal(load_pilot(str(name)).predict(observations())[0], expected)


def test_a_shipped_bundle_is_found_by_its_name(copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "PRETRAINED", copied.parent)
    assert load_pilot("copied").name == "copied"
    with pytest.raises(InputError, match="did you mean 'copied'"):
        load_pilot("copyed")
    with pytest.raises(InputError, match="did you mean 'autopilot'"):
        load_pilot("autopilto")


def test_the_card_tells_what_flew_and_with_what(run: RunFolder) -> None:
    card = read_json(run.bundle / "card.json")
    assert card.keys() >= {"task", "aircraft", "versions", "seed", "steps", "commit", "evaluation"}
    assert card["versions"].keys() >= {"python", "torch", "stable-baselines3", "numpy", "gymnasium"}
    assert card["observation_names"] == list(FakeFlight.observation_names)


def test_an_aircraft_given_as_a_file_travels_in_the_bundle(tmp_path: Path) -> None:
    mine = tmp_path / "somewhere" / "mine.yaml"
    mine.parent.mkdir()
    shutil.copyfile(CONFIGS / "aircraft" / "ultra_stick.yaml", mine)
    config = TrainingConfig(task="takeoff", aircraft=str(mine))
    env = DummyVecEnv([flight_env_function(config)])  # type: ignore[list-item]
    write_bundle(tmp_path / "out", make_model(config, env), config, {})
    shutil.rmtree(mine.parent)
    moved = Path(shutil.move(tmp_path / "out", tmp_path / "moved"))
    pilot = load_pilot(str(moved))
    flown = flight_env_function(pilot.config)()
    pilot.check_fits(flown)
    assert flown.reset(seed=0)[0].shape == env.observation_space.shape


def refused(name: Path | str, env: Any = None) -> str:
    with pytest.raises(InputError) as error:
        load_pilot(str(name), env)
    assert "\n" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("policy.zip", None, "policy.zip is missing"),
        ("policy.zip", b"not a zip", "policy.zip: broken"),
        ("policy.zip", b"", "policy.zip: broken"),
        ("card.json", b"{", "card.json: cannot be read as JSON"),
        ("card.json", b"[]", "card.json: must hold"),
        ("card.json", b"{}", "bundle format None"),
        ("card.json", b'{"format": 1, "task": "takeoff"}', "keys 'observation_size', 'action_size' are missing"),
        ("config.yaml", None, "config.yaml: no such file"),
        ("config.yaml", b"task: nothing", "unknown task 'nothing'"),
        ("config.yaml", b"task: takeoff\nnetwork: {hidden: [8]}", "broken, or not of this config"),
    ],
)
def test_a_broken_bundle_says_what_is_wrong(copied: Path, file: str, content: bytes | None, said: str) -> None:
    (copied / file).unlink()
    if content is not None:
        (copied / file).write_bytes(content)
    assert said in refused(copied)


def test_a_cut_off_policy_is_refused(copied: Path) -> None:
    policy = copied / "policy.zip"
    policy.write_bytes(policy.read_bytes()[: policy.stat().st_size // 2])
    assert "policy.zip: broken" in refused(copied)


def test_what_is_no_bundle_is_refused(tmp_path: Path, run: RunFolder) -> None:
    assert "no such bundle" in refused(tmp_path / "none")
    assert "neither a bundle" in refused(tmp_path)
    shutil.copyfile(run.config, tmp_path / "config.yaml")
    assert "--resume" in refused(tmp_path)


def test_a_pilot_of_another_environment_is_refused(run: RunFolder) -> None:
    assert "trained on 6 observations, this environment has 9" in refused(run.path, FakeFlight(size=9))

    class Renamed(FakeFlight):
        observation_names = ("error", "height", "noise_1", "noise_2", "speed", "time")  # type: ignore[assignment]

    assert "'noise_3' where this environment has 'speed'" in refused(run.path, Renamed())


class Bomb:
    """Makes a file when unpickled."""

    def __init__(self, path: str):
        self.path = path

    def __reduce__(self) -> Any:
        return open, (self.path, "w")


def test_loading_a_pilot_runs_no_code_from_the_bundle(copied: Path, tmp_path: Path) -> None:
    proof = tmp_path / "it_ran"
    pickle.loads(pickle.dumps(Bomb(str(proof)))).close()
    assert proof.exists()
    proof.unlink()
    archive = zipfile.ZipFile(copied / "policy.zip")
    parts = {name: archive.read(name) for name in archive.namelist()}
    for poisoned in ("data", "policy.pth"):
        with zipfile.ZipFile(copied / "policy.zip", "w") as changed:
            for name, content in parts.items():
                bomb = pickle.dumps(Bomb(str(proof)))
                changed.writestr(name, bomb if name == poisoned else content)
        if poisoned == "data":
            load_pilot(str(copied))
        else:
            assert "policy.zip: broken" in refused(copied)
        assert not proof.exists()


def test_versions_in_the_card_are_json(copied: Path) -> None:
    json.dumps(read_json(copied / "card.json"), allow_nan=False)


def test_a_bounded_policy_begins_at_its_first_action_stays_within_the_travel_and_flies_again_from_its_bundle(
    tmp_path: Path,
) -> None:
    config = load_config("landing", ["network.bounded=true", "network.hidden=[8]"])
    env = DummyVecEnv([flight_env_function(config)])
    model = make_model(config, env)
    batch = np.random.default_rng(0).uniform(-1, 1, (64, *(env.observation_space.shape or ()))).astype(np.float32)
    assert model.predict(batch, deterministic=True)[0].mean(axis=0) == pytest.approx([0, 0.2, 0, -0.7], abs=0.05)
    with torch.no_grad():
        model.policy.get_parameter("action_net.weight").mul_(1e4)
        means = model.policy.get_distribution(torch.as_tensor(batch)).distribution.mean  # type: ignore[attr-defined]
    assert means.abs().max() <= 1
    assert means.abs().max() > 0.9
    write_bundle(tmp_path / "bounded", model, config, {}, None)
    flown = load_pilot(str(tmp_path / "bounded")).predict(batch)[0]
    assert flown == pytest.approx(model.predict(batch, deterministic=True)[0])
    env.close()
