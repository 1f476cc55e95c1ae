"""Learning as a film: which policies fly, what is logged and shown of them, and what is refused."""

from __future__ import annotations

import io
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from rich.console import Console

from agents.commands.film import film, fly_scenario, spread, write_film
from agents.config.programme import load_config
from agents.runs.run_folder import RunFolder
from agents.training.train import train
from envs.base.errors import InputError
from envs.flights.flight_log import FlightLog
from scripts.film import main as film_script
from tests.support.flight_samples import takeoff_log


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A training of a few seconds with real flights; it learns nothing yet."""
    folder = RunFolder.create(tmp_path_factory.mktemp("film") / "run", "test")
    config = load_config(
        "takeoff",
        [
            "algorithm.n_envs=2",
            "algorithm.n_steps=64",
            "algorithm.batch_size=64",
            "algorithm.n_epochs=2",
            "network.hidden=[8]",
            "training.steps=256",
            "training.eval_every=256",
            "training.checkpoint_every=128",
            "algorithm.schedule=constant",
            "training.eval_flights=1",
            "training.test_flights=1",
            "training.vec_env=dummy",
            "training.processes=1",
        ],
    )
    train(config, folder, console=Console(file=io.StringIO()))
    return folder


def test_a_film_flies_one_scenario_with_every_policy(
    run: RunFolder, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agents.commands.film.LONGEST_S", 0.5)
    assert film_script([str(run.path), "--scenario", "1003"]) == 0
    text = capsys.readouterr().out
    assert [line.split()[0] for line in text.splitlines() if " steps: " in line] == ["0", "128", "256"]
    logs = [FlightLog.load(run.path / "film" / f"seed_001003_step_{step:09d}") for step in (0, 128, 256)]
    for name in ("x_m", "y_m", "heading_deg", "wind_x_mps"):
        assert len({log.column(name)[0] for log in logs}) == 1, "the same start in the same air"
    assert len({log.data.tobytes() for log in logs}) == 3, "but not the same pilot"
    assert [log.header["label"] for log in logs] == ["0 steps", "128 steps", "256 steps"]
    assert {log.header["seed"] for log in logs} == {1003}
    seconds = imageio_ffmpeg.count_frames_and_secs(str(run.path / "film" / "film_001003.mp4"))[1]
    assert seconds == pytest.approx(sum(min(0.5, log.column("time_s")[-1]) + 1.2 for log in logs), abs=0.3)


def test_a_flight_of_the_film_is_the_evaluations_flight(run: RunFolder, tmp_path: Path) -> None:
    from agents.runs.run_folder import read_json
    from agents.training.checkpoint import saved_policies

    policies = saved_policies(run.checkpoints)
    best = read_json(run.bundle / "card.json")["policy_from_step"]
    [log] = fly_scenario(run, {best: policies[best]}, 1000, tmp_path)
    recorded = FlightLog.load(run.flights / "flight_001000")
    assert np.array_equal(log.data, recorded.data)


def test_a_film_names_the_training_and_shows_every_ending(tmp_path: Path) -> None:
    logs = [
        takeoff_log(seconds=0.4, crashes=True, label="0 steps", trained_steps=0),
        takeoff_log(seconds=0.6, label="500 steps", trained_steps=500),
    ]
    reader = imageio_ffmpeg.read_frames(str(write_film(logs, tmp_path / "film.mp4", size=(480, 270))))
    next(reader)
    frames = [np.frombuffer(frame, np.uint8).reshape(270, 480, 3).astype(int) for frame in reader]
    assert len(frames) == 13 + 36 + 19 + 36
    red, green = frames[30][26:40, 200:280], frames[-1][26:40, 200:280]
    assert (red[..., 0] > red[..., 1] + 80).mean() > 0.1
    assert (green[..., 1] > green[..., 0] + 40).mean() > 0.1


def test_policies_are_spread_over_the_training() -> None:
    assert spread(list(range(0, 100, 10)), 4) == [0, 30, 60, 90]
    assert spread([0, 5], 7) == [0, 5]


def test_what_cannot_be_filmed_is_one_line(run: RunFolder, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text((run.path / "config.yaml").read_text())
    for words, message in (
        (["nowhere"], "not a run folder"),
        ([str(tmp_path)], "keeps no policies"),
        ([str(run.path), "--flights", "1"], "must be 2"),
        ([str(run.path), "--video", "x.avi"], "must end in .mp4"),
    ):
        with pytest.raises(InputError, match=message) as error:
            film_script(words)
        assert "\n" not in str(error.value)
    broken = tmp_path / "checkpoints" / "policies"
    broken.mkdir(parents=True)
    for step in (0, 1):
        (broken / f"step_{step:09d}.pth").write_bytes(b"no weights")
    with pytest.raises(InputError, match="broken, or not of this run"):
        film(str(tmp_path), console=Console(file=io.StringIO()))
