"""The nose camera's pictures made again from a log: as in flight; in films, on cards and in the command."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from envs.base.errors import InputError
from envs.camera.eye_file import shipped_neuron
from envs.camera.neuron import Neuron
from envs.flight_env import FlightEnv
from envs.flights.events import events_of
from envs.flights.flight_log import FlightLog, FlightRecorder
from envs.flights.log_header import sensors_told
from envs.flights.story import summary
from envs.rendering.card.card import draw_card
from envs.rendering.card.eye import SHOWN, way_in
from envs.rendering.eye.looking import BRIGHTEST, DARKEST, FlightEye, Glance, eye_of, usual_eye
from envs.rendering.film.eye_inset import SEEN, EyeInset
from envs.rendering.film.flight_view import FlightView
from envs.rendering.film.live_view import LiveView
from scripts.replay import main as replay
from tests.support.flight_samples import takeoff_log
from tests.support.landing_pilot import BookPilot
from tests.support.pictures import drawn, text_faults
from tests.support.round_flight import round_log

__all__ = ["drawn"]
SIZE = (960, 540)


def with_camera(log: FlightLog, camera: dict[str, Any] | None) -> FlightLog:
    """The flight of an aircraft with changed keys of its camera, or without one."""
    config = dict(log.header["aircraft_config"])
    config["camera"] = None if camera is None else {**config["camera"], **camera}
    return FlightLog(log.columns, log.data, {**log.header, "aircraft_config": config}, "flight.csv")


@pytest.fixture(scope="module")
def flown() -> tuple[FlightLog, list[np.ndarray], Any]:
    """Two seconds of an approach in fog: the log, what the camera gave at each step, and the light of the flight."""
    env = FlightEnv(task="landing", weather="fog")
    env.reset(seed=12)
    pilot, recorder, pictures = BookPilot(env), FlightRecorder(env, "book"), [env.picture()]
    recorder.start()
    info: dict[str, Any] = {}
    for _ in range(60):
        *_, info = env.step(pilot.act(env.quantities))
        recorder.step()
        pictures.append(env.picture())
    sky, log = env._camera.eye.sky, recorder.finish(info)
    env.close()
    return log, pictures, sky


def test_a_log_gives_the_pictures_that_the_camera_gave_but_for_the_noise(flown: tuple[Any, Any, Any]) -> None:
    log, pictures, sky = flown
    eye = usual_eye(log)
    assert eye
    assert eye.sky.turned == pytest.approx(sky.turned)
    assert (eye.sky.exposure, eye.sky.light) == (sky.exposure, sky.light)
    glances = eye.look_at(log, range(len(log)))
    off = np.array([glance.picture - picture for glance, picture in zip(glances, pictures, strict=True)])
    assert np.abs(off.mean(axis=0)).max() < 0.01  # noise of 0.01 each, over 61 pictures
    assert off.std() < 0.017
    for wrong in ({"seed": 13}, {"visibility_m": 20_000.0}):
        other = FlightEye({**log.header, **wrong}, log.columns).look_at(log, range(len(log)))
        off = np.array([glance.picture - picture for glance, picture in zip(other, pictures, strict=True)])
        assert np.abs(off.mean(axis=0)).max() > 0.03, wrong
    for glance in glances:
        assert glance.sum == pytest.approx(float((shipped_neuron().weights * glance.picture).sum()), abs=1e-4)
        assert glance.answer == (glance.sum > shipped_neuron().threshold)


def test_a_moment_is_the_same_picture_whoever_looks_and_whenever(flown: tuple[Any, Any, Any]) -> None:
    log, *_ = flown
    forwards, backwards = (eye_of(log).look_at(log, rows) for rows in (range(9), range(8, -1, -1)))
    for one, other in zip(forwards, reversed(backwards), strict=True):
        assert np.array_equal(one.picture, other.picture)
    assert not np.array_equal(forwards[0].picture, forwards[1].picture)


def test_a_camera_moves_with_a_fault_that_moves_the_centre_of_gravity_in_flight(flown: tuple[Any, Any, Any]) -> None:
    log, *_ = flown
    later = {**log.header["aircraft_config"]}
    later["camera"] = {**later["camera"], "tilt_deg": -30.0}
    eye = FlightEye({**log.header, "stages": [{"at_s": 1.0, "aircraft_config": later}]}, log.columns)
    plain = eye_of(log)
    same, changed = (log.column("time_s").searchsorted(second) for second in (0.5, 1.5))
    assert np.array_equal(eye.look_at(log, [same])[0].picture, plain.look_at(log, [same])[0].picture)
    assert np.abs(eye.look_at(log, [changed])[0].picture - plain.look_at(log, [changed])[0].picture).mean() > 0.02


def test_which_flights_show_their_camera_unasked() -> None:
    log = round_log()
    assert usual_eye(log) is not None
    assert usual_eye(takeoff_log()) is None  # aims at no runway
    assert usual_eye(with_camera(log, None)) is None
    assert usual_eye(with_camera(log, {"pixels": 24})) is None  # the shipped neuron cannot read it


def test_asked_for_a_camera_that_is_not_there_or_does_not_fit_is_one_line() -> None:
    with pytest.raises(InputError, match=r"^flight\.csv: aircraft 'E-flite.*' has no camera: its file needs"):
        eye_of(with_camera(round_log(), None))
    with pytest.raises(InputError) as refused:
        eye_of(with_camera(round_log(), {"pixels": 24}))
    said = str(refused.value)
    assert "holds 20 x 20 weights, the camera of 'E-flite Ultra Stick 25e' has 24 x 24 pixels" in said
    assert "\n" not in said
    assert eye_of(with_camera(round_log(), {"pixels": 24}), Neuron(np.zeros((24, 24)), 0.0)).size == 24


@pytest.mark.parametrize(("width", "height"), [(960, 540), (800, 600), (480, 270), (202, 114)])
@pytest.mark.parametrize("answer", [0, 1])
def test_the_inset_shows_each_pixel_as_a_square_framed_by_the_answer(width: int, height: int, answer: int) -> None:
    picture = np.random.default_rng(0).uniform(size=(20, 20)).astype(np.float32)
    frame = np.full((height, width, 3), 120, np.uint8)
    inset = EyeInset(width, height)
    inset.draw(frame, Glance(picture, 0.4 + answer, 0.9))
    left, top, right, bottom = inset.place(20)
    times, rest = divmod(right - left, 20)
    assert (rest, bottom - top) == (0, right - left)
    shown = frame[top:bottom, left:right].reshape(20, times, 20, times, 3)
    assert (shown == shown[:, :1, :, :1, :1]).all()
    seen = shown[:, 0, :, 0, 0].astype(float)
    assert np.allclose(seen, 255 * np.clip((picture - DARKEST) / (BRIGHTEST - DARKEST), 0, 1), atol=0.51)
    assert (tuple(frame[top - 1, left]) == SEEN[:3]) == bool(answer)
    rows, columns = np.nonzero((frame != 120).any(axis=2))
    assert columns.max() < width
    assert rows.max() < height


@pytest.mark.parametrize("view", ["chase", "both"])
def test_in_a_film_it_hides_no_instrument_and_no_other_view(view: str) -> None:
    log = round_log()
    row = log.data[20]
    plain, eyed = (
        FlightView(log.header, log.columns, view, *SIZE, eye=eye).frame(row).astype(int) for eye in (None, eye_of(log))
    )
    rows, columns = np.nonzero((plain != eyed).any(axis=2))
    assert len(rows) > 10_000
    assert columns.min() > 0.8 * SIZE[0], "at the right edge, beside the aircraft"
    assert rows.max() < SIZE[1] - 92 + 14, "above the sticks"
    assert rows.min() > 0.42 * SIZE[1], "below the small view"


def test_a_window_draws_it_at_its_own_size() -> None:
    log, eye = round_log(), eye_of(round_log())
    live = LiveView(log.header, log.columns, 30.0, *SIZE, eye=eye)  # paints its world in 384 x 216
    frame = live.frame(log.data[20])
    left, top, right, bottom = EyeInset(*SIZE).place(20)
    grey = eye.look_at(log, [20])[0].shown
    assert np.array_equal(frame[top:bottom:5, left:right:5, 0], grey)


@pytest.mark.parametrize("make", [lambda: round_log(0), lambda: round_log(1), lambda: round_log(3, side=-1.0)])
def test_a_card_shows_the_last_way_in_and_its_words_lie_apart(make: Any, drawn: list[Figure], tmp_path: Path) -> None:
    log = make()
    draw_card(log, tmp_path / "plain.png")
    draw_card(log, tmp_path / "card.png", usual_eye(log))
    plain, card = drawn
    assert text_faults(card) == []
    shown = [axes for axes in card.axes if axes.images]
    assert not [axes for axes in plain.axes if axes.images]
    assert len(shown) == SHOWN
    boxes = [axes.get_position() for axes in card.axes]
    for number, box in enumerate(boxes):
        for other in boxes[:number]:
            assert (
                min(box.x1, other.x1) - max(box.x0, other.x0) < 1e-6
                or min(box.y1, other.y1) - max(box.y0, other.y0) < 1e-6
            )
    first, last = way_in(log, events_of(log))
    glances = eye_of(log).look_at(log, [first, last])
    assert np.array_equal(np.asarray(shown[0].images[0].get_array()), glances[0].picture)
    assert np.array_equal(np.asarray(shown[-1].images[0].get_array()), glances[1].picture)
    heading, height = log.column("heading_deg"), log.column("height_m")
    assert np.abs((heading[first:last] + 180.0) % 360.0 - 180.0).max() <= 45.0
    assert height[last] < 0.1 < height[first]


def test_the_command_shows_it_of_landings_or_when_asked(tmp_path: Path) -> None:
    landing, other = (str(log.save(tmp_path / name)) for name, log in (("l", round_log(0)), ("t", takeoff_log())))

    def card(*words: str) -> np.ndarray:
        assert replay([*words, "--card", str(tmp_path / "card.png")]) == 0
        with Image.open(tmp_path / "card.png") as page:
            return np.asarray(page.convert("RGB"))

    usual, without = card(landing), card(landing, "--no-eye")
    assert (usual != without).any(axis=2).mean() > 0.02
    assert np.array_equal(card(landing, "--eye"), usual)
    assert np.array_equal(card(other), card(other, "--no-eye"))
    assert not np.array_equal(card(other, "--eye"), card(other))
    never = tmp_path / "never.yaml"
    text = Path(shipped_neuron().source).read_text(encoding="utf-8")
    never.write_text(
        "\n".join("threshold: 900.0" if line.startswith("threshold") else line for line in text.split("\n"))
    )
    assert not np.array_equal(card(landing, "--eye", str(never)), usual)


def test_a_log_of_a_flight_by_the_camera_says_so_above_its_pictures(tmp_path: Path) -> None:
    env = FlightEnv(task="landing", sensor_suite="camera")
    header = env.log_header()
    env.close()
    assert (header["sensor_suite"], header["lookout"]) == ("camera", "net")
    assert sensors_told(header) == "sensors camera"
    assert sensors_told({**header, "sensor_suite": "precise"}) == sensors_told({}) == ""
    log = round_log(0)
    told = FlightLog(log.columns, log.data, {**log.header, "sensor_suite": "camera"}, str(tmp_path / "l.csv"))
    assert "sensors camera" in summary(told).splitlines()[0]
