"""Learning as a film: which policies fly, what is logged and shown of them, and what is refused."""

from __future__ import annotations

import io
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image
from rich.console import Console

from agents.commands.film import PICTURE_PACE, film, fly_scenario, nearest, spread, write_film, write_picture
from agents.config.programme import load_config
from agents.runs.run_folder import RunFolder
from agents.training.train import train
from envs.base.errors import InputError
from envs.flights.flight_log import FlightLog
from envs.rendering.film.moving_picture import HOLD_S
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
    assert text.startswith(f"flying seed 1003 with 3 policies of {run.path}\n"), "said before it flies"
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


def test_a_film_says_how_far_its_flights_are(run: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agents.commands.film.LONGEST_S", 0.1)
    out = io.StringIO()
    film(str(run.path), flights=2, console=Console(file=out, force_terminal=True, width=80, color_system=None))
    assert "flying 0/2" in out.getvalue()
    assert out.getvalue().index("flying 0/2") < out.getvalue().index("0 steps: ")


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


def _durations_s(path: Path) -> list[float]:
    """How long each picture of an animated file stays."""
    with Image.open(path) as picture:
        durations = []
        for index in range(getattr(picture, "n_frames", 1)):
            picture.seek(index)
            picture.load()
            durations.append(picture.info["duration"] / 1000)
    return durations


@pytest.mark.parametrize("ending", [".webp", ".gif"])
def test_a_moving_picture_shows_the_learning_fast_and_a_whole_flight_in_time_lapse(tmp_path: Path, ending: str) -> None:
    logs = [
        takeoff_log(seconds=0.9, crashes=True, label="0 steps", trained_steps=0),
        takeoff_log(seconds=1.2, label="500 steps", trained_steps=500),
    ]
    last = takeoff_log(seconds=24.0)
    path = write_picture(logs, tmp_path / f"picture{ending}", last=last)
    durations = _durations_s(path)
    flown = [log.column("time_s")[-1] for log in logs]
    expected = (
        sum(flown) / PICTURE_PACE + last.column("time_s")[-1] / 3 + 3 * HOLD_S
    )  # 24 s in 8 s: three times as fast
    assert sum(durations) == pytest.approx(expected, abs=0.35)
    assert sum(abs(seconds - HOLD_S) < 0.011 for seconds in durations) == 3, "each flight's last picture stays"
    with Image.open(path) as picture:
        assert picture.info["loop"] == 0, "it repeats for ever"
        width = picture.size[0]
        for flight, (lively, dull) in enumerate(((0, 1), (1, 0), (1, 0))):  # red for the crash, green for the others
            held = [index for index, seconds in enumerate(durations) if seconds > 1.0][flight]
            picture.seek(held)
            plate = np.asarray(picture.convert("RGB")).astype(int)[12:32, width - 100 : width - 14]
            assert (plate[..., lively] > plate[..., dull] + 40).mean() > 0.5


def test_a_picture_is_made_of_the_steps_asked_for(
    run: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    recorded = next(run.flights.glob("*.csv"))
    words = [str(run.path), "--steps", "0,200", "--picture", "a.webp", "--then", str(recorded)]
    assert film_script(words) == 0
    assert len([seconds for seconds in _durations_s(tmp_path / "a.webp") if seconds > 1.0]) == 3
    assert not list(tmp_path.glob("*.mp4"))


def test_policies_are_named_by_the_nearest_steps_kept() -> None:
    assert nearest([0, 128, 256], [250, 10, 0]) == [0, 256]


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
        ([str(run.path), "--picture", "x.png"], "must end in .webp or .gif"),
        ([str(run.path), "--steps", "0,few"], "whole number"),
        ([str(run.path), "--then", "x"], "give --picture"),
        ([str(run.path), "--then", "nothing_there", "--picture", "x.gif"], "nothing_there"),
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
