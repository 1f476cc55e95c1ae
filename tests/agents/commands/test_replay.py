"""Replays of flights: cards, videos, the window and the command; files come out whole."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from envs.base.errors import InputError
from envs.flights.events import events_of
from envs.flights.flight_log import FlightLog
from envs.flights.metric_text import metric_label, metric_text
from envs.rendering.card.card import draw_card
from envs.rendering.card.marks import approach_marks
from envs.rendering.film.side_by_side import write_side_by_side
from envs.rendering.film.video import resampled, write_video
from scripts.replay import main as replay
from tests.support.flight_samples import takeoff_log


def test_resampling_keeps_time_and_takes_the_short_way_round() -> None:
    log = takeoff_log(seconds=2.0, hz=50.0)
    data = log.data.copy()
    index = [log.columns.index(name) for name in ("qx", "qy", "qz", "qw")]
    data[1::2, index] *= -1.0  # the same attitudes
    rows = resampled(FlightLog(log.columns, data, log.header))
    assert len(rows) == 61
    wanted = resampled(log)
    dots = np.abs(np.sum(rows[:, index] * wanted[:, index], axis=1))
    assert dots.min() > 1 - 1e-9
    assert np.diff(rows[:, 0]) == pytest.approx(np.full(60, 1 / 30))


def test_a_video_has_its_frames_and_size_and_leaves_nothing_beside(tmp_path: Path) -> None:
    path = write_video(takeoff_log(seconds=1.0), tmp_path / "out" / "flight.mp4", "both", 201, 113)
    frames, seconds = imageio_ffmpeg.count_frames_and_secs(str(path))
    assert frames == 31 + 60
    assert seconds == pytest.approx(frames / 30, abs=0.05)
    assert next(imageio_ffmpeg.read_frames(str(path)))["size"] == (200, 112), "even sizes only"
    assert [item.name for item in path.parent.iterdir()] == ["flight.mp4"]


def test_two_flights_are_shown_side_by_side_on_one_clock(tmp_path: Path) -> None:
    short, long = takeoff_log(seconds=0.5, pilot="learned"), takeoff_log(seconds=1.0, pilot="by hand", crashes=True)
    path = write_side_by_side([short, long], tmp_path / "two.mp4", pane=(320, 240))
    reader = imageio_ffmpeg.read_frames(str(path))
    size = next(reader)["size"]
    assert size == (644, 240)
    frames = [np.frombuffer(frame, np.uint8).reshape(240, 644, 3).astype(int) for frame in reader]
    assert len(frames) == 31 + 60, "as long as the longer one"
    green, red = frames[20][18:34, 110:210], frames[-1][18:34, 434:534]
    assert (green[..., 1] > green[..., 0] + 40).mean() > 0.1, "the first has ended well while the second still flies"
    assert (red[..., 0] > red[..., 1] + 80).mean() > 0.1
    moved = np.abs(frames[20] - frames[29]).mean(axis=(0, 2))
    assert moved[330:].mean() > 10 * moved[:310].mean(), "the first waits, the second moves"


@pytest.mark.parametrize("crashes", [False, True])
def test_a_card_is_a_page_in_the_colour_of_the_outcome(tmp_path: Path, crashes: bool) -> None:
    log = takeoff_log(crashes=crashes)
    with Image.open(draw_card(log, tmp_path / "card.png")) as card:
        assert card.size == (1600, 1000)
        red, green, _ = np.asarray(card.convert("RGB"))[5, 800].astype(int)
    assert (red > green) == crashes
    assert [item.name for item in tmp_path.iterdir()] == ["card.png"]
    assert [event.name for event in events_of(log)] == ["lift-off", *(["strike"] if crashes else [])]


def test_a_landing_card_shows_glide_path_and_touchdown_box() -> None:
    marks = {
        "aim_x_m": 25.4,
        "glide_slope": 0.0875,
        "box_from_x_m": 19.05,
        "box_to_x_m": 40.64,
        "box_half_width_m": 1.27,
    }
    axes = Figure().add_axes((0, 0, 1, 1))
    axes.set_xlim(-80, 100)
    approach_marks(axes, takeoff_log(marks=marks), "side", -1.0)
    (path,) = axes.lines
    assert np.asarray(path.get_xdata()) == pytest.approx([-80, 25.4])
    assert np.asarray(path.get_ydata()) == pytest.approx([0.0875 * 105.4, 0.0])
    approach_marks(axes, takeoff_log(marks=marks), "top")
    for box in axes.patches:
        assert box.get_extents().get_points()[:, 0] == pytest.approx(
            axes.transData.transform([[19.05, 0], [40.64, 0]])[:, 0]
        )
    count = len(axes.patches)
    approach_marks(axes, takeoff_log(), "top")
    approach_marks(axes, takeoff_log(marks={**marks, "aim_x_m": "?"}), "top")
    assert len(axes.patches) == count == 2


def test_a_card_of_a_single_row_or_without_an_outcome_is_drawn(tmp_path: Path) -> None:
    log = takeoff_log(seconds=1.0)
    bare = {key: log.header[key] for key in ("aircraft_config", "runway")}
    draw_card(FlightLog(log.columns, log.data[:1], bare), tmp_path / "one.png")
    assert (tmp_path / "one.png").stat().st_size > 10_000


def test_metrics_read_like_words() -> None:
    assert metric_text("sink_mps", 0.4) == "sink at touchdown 0.40 m/s"
    assert metric_text("touchdown_y_m", -0.21) == "touchdown to the right 0.21 m"
    assert metric_text("touchdown_x_m", 1.5) == "touchdown beyond aim 1.50 m"
    assert metric_text("takeoff_gold", 1.0) == "take-off: up to gold standard yes"
    assert metric_text("phase", 2.0) == "came as far as landing"
    assert metric_label("touchdown_y_m") == ("touchdown to the left (+)", "m")
    assert metric_text("bank_max_deg", 12.34) == "bank max 12.3°"
    assert metric_text("bounces", 1.0) == "bounces 1"


def test_replay_without_options_prints_a_summary_and_draws_the_card(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    takeoff_log().save(tmp_path / "flights" / "best")
    assert replay([str(tmp_path)]) == 0
    text = capsys.readouterr().out
    assert "success" in text
    assert "lift-off" in text
    assert "liftoff speed" in text
    assert f"card: {tmp_path / 'flights' / 'best.png'}" in text
    assert (tmp_path / "flights" / "best.png").is_file()


def test_replay_never_touches_the_log(tmp_path: Path) -> None:
    path = takeoff_log(seconds=0.5).save(tmp_path / "flight")
    before = path.read_bytes(), path.with_suffix(".json").read_bytes()
    replay([str(path), "--card", str(tmp_path / "a.svg"), "--video", str(tmp_path / "a.mp4")])
    assert (path.read_bytes(), path.with_suffix(".json").read_bytes()) == before
    assert {item.suffix for item in tmp_path.iterdir()} == {".csv", ".json", ".svg", ".mp4"}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nowhere"], "no such file"),
        (["{flight}", "--card", "x.docx"], "must end in"),
        (["{flight}", "--video", "x.avi"], "must end in .mp4"),
        (["{flight}", "{flight}", "{flight}", "--video", "x.mp4"], "got 3"),
        (["{flight}", "--view", "tower"], "--video"),
        (["{flight}", "--view", "both", "--window"], "chase or tower"),
        (["{flight}", "--video", "x.mp4", "--view", "moon"], "invalid choice"),
        (["{flight}", "--wndow"], "--wndow"),
        (["{flight}", "--card", "{flight}/in/a/file.png"], "cannot be written"),
        ([], "required"),
    ],
)
def test_a_wrong_input_is_one_line(tmp_path: Path, words: list[str], message: str) -> None:
    flight = str(takeoff_log(seconds=0.5).save(tmp_path / "flight"))
    with pytest.raises(InputError, match=message) as error:
        replay([word.replace("{flight}", flight) for word in words])
    assert "\n" not in str(error.value)


def test_the_script_exits_2_with_one_line_from_any_folder(tmp_path: Path) -> None:
    script = Path(__file__).resolve().parents[3] / "scripts" / "replay.py"
    environment = {**os.environ, "PYTHONPATH": str(script.parent.parent)}
    done = subprocess.run(
        [sys.executable, str(script), "nowhere"], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("error: nowhere.json: no such file")
    assert done.stderr.count("\n") == 1


def test_the_failed_flights_of_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flights = tmp_path / "flights"
    flights.mkdir()
    for seed, crashes in ((1000, False), (1001, True), (1002, True), (1003, False)):
        word = "strike" if crashes else "climbing"
        takeoff_log(crashes=crashes, seed=seed, outcome=word).save(flights / f"flight_{seed:06d}")
    (flights / "evaluation.json").write_text("{}")  # no flight
    for folder in (tmp_path, flights):
        assert replay([str(folder), "--failed"]) == 0
        told = capsys.readouterr().out
        assert [line.split(":")[0] for line in told.splitlines() if "hit the ground" in line] == [
            str(flights / name) for name in ("flight_001001", "flight_001002")
        ]
        assert sorted(path.name for path in flights.glob("*.png")) == ["flight_001001.png", "flight_001002.png"]
    with pytest.raises(InputError, match=r"--card shows one flight \(got 2\)"):
        replay([str(flights), "--failed", "--card", str(tmp_path / "card.png")])
    with pytest.raises(InputError, match="no folder of flights"):
        replay([str(flights / "flight_001001"), "--failed"])
    for name in ("flight_001001", "flight_001002"):
        (flights / f"{name}.csv").unlink()
    assert replay([str(flights), "--failed"]) == 0
    assert "no flight in it failed" in capsys.readouterr().out
