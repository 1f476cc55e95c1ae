"""The neuron and the eyes it is compared with: labels by geometry, learning, thresholds by cost, the command."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from agents.eye.errors import Errors, cheapest_threshold, roc
from agents.eye.learning import learn
from agents.eye.poses import attitude, look
from agents.eye.sight import in_sight
from agents.eye.study import study
from envs.aircraft.aircraft import load_aircraft
from envs.base.runway import Runway
from envs.camera.eye_file import read_neuron
from envs.camera.neuron import Neuron
from envs.camera.nose_eye import NoseEye
from scripts.eye import main

AIRCRAFT = load_aircraft("ultra_stick")


def eye(visibility_m: float = 20_000.0) -> NoseEye:
    return NoseEye(AIRCRAFT, Runway.of(AIRCRAFT.span_m), visibility_m)


@pytest.mark.parametrize(
    ("away", "aside", "heading_deg", "visibility", "seen"),
    [
        (40.0, 0.0, 0.0, 20_000.0, True),
        (40.0, 0.0, 60.0, 20_000.0, False),  # looks past it
        (-150.0, 0.0, 0.0, 20_000.0, False),  # behind
        (600.0, 0.0, 0.0, 20_000.0, False),  # too small for a pixel
        (40.0, 15.0, 20.0, 20_000.0, True),  # from the side, turned towards it
        (60.0, 0.0, 0.0, 60.0, False),  # in fog
        (20.0, 0.0, 0.0, 60.0, True),  # near enough in fog
    ],
)
def test_in_sight_is_what_geometry_and_air_let_through(
    away: float, aside: float, heading_deg: float, visibility: float, seen: bool
) -> None:
    axes = attitude(0.0, 0.0, math.radians(heading_deg))
    assert in_sight(eye(visibility), np.array([-away, aside, 2.0 + 0.1 * abs(away)]), axes) is seen


def test_attitudes_are_a_pilots() -> None:
    assert attitude(0.0, 0.0, math.pi / 2)[:, 0] == pytest.approx([0.0, -1.0, 0.0], abs=1e-12)  # heading right
    assert attitude(0.0, math.pi / 2, 0.0)[:, 0] == pytest.approx([0.0, 0.0, 1.0], abs=1e-12)  # nose up
    assert attitude(math.pi / 2, 0.0, 0.0)[:, 1] == pytest.approx([0.0, 0.0, 1.0], abs=1e-12)  # right wing down


def test_a_neuron_multiplies_sums_and_compares() -> None:
    neuron = Neuron(np.array([[1.0, -2.0], [0.0, 0.5]]), 0.2)
    pictures = np.array([[[1.0, 0.5], [0.3, 0.5]], [[0.9, 0.1], [0.0, 0.0]]], np.float32)
    assert neuron.sums(pictures) == pytest.approx([0.25, 0.7])
    assert neuron.answers(pictures).tolist() == [True, True]
    assert neuron.with_threshold(0.3).answers(pictures).tolist() == [False, True]


def test_a_neuron_finds_the_pixel_that_tells() -> None:
    rng = np.random.default_rng(0)
    pictures = rng.uniform(size=(2000, 20, 20)).astype(np.float32)
    right = pictures[:, 7, 12] > 0.5
    neuron = learn(pictures, right)
    assert np.unravel_index(int(np.argmax(neuron.weights)), (20, 20)) == (7, 12)
    fresh = rng.uniform(size=(2000, 20, 20)).astype(np.float32)
    assert np.mean(neuron.answers(fresh) == (fresh[:, 7, 12] > 0.5)) > 0.9


def test_learning_goes_on_until_pixels_that_are_bright_together_are_told_apart() -> None:
    """A slope of light over each picture hides a pixel: weights that each move for themselves take ages to see it."""
    rng = np.random.default_rng(1)
    light = rng.standard_normal((3000, 1, 1)) * np.linspace(0.2, 1.0, 20)[:, None]
    pixel = rng.standard_normal(3000)
    pictures = (0.5 + 0.1 * light + 0.002 * rng.standard_normal((3000, 20, 20))).astype(np.float32)
    pictures[:, 7, 12] += (0.02 * pixel).astype(np.float32)
    assert np.mean(learn(pictures[:2000], pixel[:2000] > 0).answers(pictures[2000:]) == (pixel[2000:] > 0)) > 0.9


def test_the_cheapest_threshold_and_the_curve_of_all() -> None:
    sums, right = np.array([0.0, 1.0, 2.0, 3.0, 4.0]), np.array([False, True, False, True, True])
    assert cheapest_threshold(sums, right) == 2.5  # one miss costs less than the one false alarm below it
    assert cheapest_threshold(sums, np.zeros(5, bool)) > 4.0
    assert cheapest_threshold(sums, np.ones(5, bool)) < 0.0
    alarms, hits = roc(sums, right)
    assert alarms.tolist() == [0.0, 0.0, 0.0, 0.5, 0.5, 1.0]
    assert hits == pytest.approx([0.0, 1 / 3, 2 / 3, 2 / 3, 1.0, 1.0])
    errors = Errors.of(sums > 0.5, right)
    assert (errors.false_alarms, errors.misses, errors.accuracy[0], errors.cost) == (1, 0, 0.8, 1.0)


def test_pictures_come_from_their_seed_with_both_answers() -> None:
    first, again = (look(["sport"], 60, np.random.default_rng(3)) for _ in range(2))
    assert np.array_equal(first.pictures, again.pictures)
    assert 0.2 < look(["ultra_stick", "x8"], 400, np.random.default_rng(4)).right.mean() < 0.8


def test_every_eye_beats_guessing_on_aircraft_it_never_saw_and_layers_pay() -> None:
    result = study(["ultra_stick", "mcfoamy"], ["sport"], 6000, 0)
    neuron, hidden, _ = (trial.errors for trial in result.trials)
    guess = max(result.test.right.mean(), 1.0 - result.test.right.mean())
    for trial in result.trials:
        alarms, hits = roc(trial.eye.sums(result.test.pictures), result.test.right)
        assert np.trapezoid(hits, alarms) > 0.8, trial.name
        assert trial.errors.accuracy[0] > guess, trial.name
    assert hidden.cost < neuron.cost
    for trial in result.trials:
        assert 0 < trial.anywhere.pictures < 0.2 * trial.errors.pictures
        assert trial.anywhere.in_sight < 0.1 * trial.anywhere.pictures
    for one in result.first_ones:  # no eye sees the runway sooner than the air lets it through; in thicker fog later
        assert max(one.eyes_m) <= one.in_sight_m + 10.0
        assert min(one.eyes_m[:2]) > 0.0
    assert result.first_ones[0].eyes_m < result.first_ones[-1].eyes_m


def test_the_command_prints_draws_and_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture, figures = tmp_path / "eye.png", tmp_path / "eye.json"
    saved, weights = tmp_path / "neuron.yaml", tmp_path / "weights.png"
    given = ["--pictures", "900", "--aircraft", "ultra_stick", "--unseen", "sport"]
    given += ["--picture", str(picture), "--json", str(figures), "--save", str(saved), "--weights", str(weights)]
    assert main(given) == 0
    printed = capsys.readouterr().out
    for words in (
        "one neuron",
        "one hidden layer",
        "convolutional",
        "false alarms",
        "60 to 120 m",
        "geometry: in sight",
        "(off approach)",
    ):
        assert words in printed
    assert picture.stat().st_size > 20_000
    written = json.loads(figures.read_text())
    assert np.shape(written["neuron"]["weights"]) == (20, 20)
    assert next(one["weights"] for one in written["eyes"]) == 401
    neuron = read_neuron(saved)
    assert neuron.weights == pytest.approx(np.array(written["neuron"]["weights"]), abs=2e-5)
    with Image.open(weights) as image:
        red, _, blue = np.asarray(image.convert("RGB")).astype(int)[5::10, 5::10].transpose(2, 0, 1)
    assert np.corrcoef((red - blue).ravel(), neuron.weights.ravel())[0, 1] > 0.85  # orange for, violet against


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--pictures", "10"], "--pictures: must be 300 to 1,000,000 (got 10)"),
        (["--unseen", "ultra_stick"], "--unseen: ultra_stick is also learned from (--aircraft)"),
        (["--aircraft", "sprot"], "did you mean 'sport'"),
        (["--save", "eye.json"], "--save eye.json: a neuron's file must end in .yaml"),
        (["--weights", "eye.jpg"], "--weights eye.jpg: a picture of the weights must end in .png"),
        (["--picture", "eye.txt"], "eye.txt: a picture's name must end in"),
    ],
)
def test_bad_input_is_one_line(given: list[str], said: str) -> None:
    from envs.base.errors import InputError

    with pytest.raises(InputError) as refused:
        main(given)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)
