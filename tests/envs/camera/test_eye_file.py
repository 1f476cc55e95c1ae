"""The learned neuron as a file: what is written is read, the shipped one sees the runway, broken ones are one line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml

from envs.aircraft.aircraft import load_aircraft
from envs.base.config_file import names_of
from envs.base.errors import InputError
from envs.base.frames import Array
from envs.base.runway import Runway
from envs.camera.eye_file import SHIPPED, HowGood, Learned, read_neuron, shipped_neuron, write_neuron
from envs.camera.neuron import Neuron
from envs.camera.nose_eye import NoseEye

ABOUT = (
    Learned(aircraft=("sport", 'a "b".yaml'), pictures=900, seed=3, commit="abc+"),
    HowGood(
        aircraft=("x8",), pictures=300, accuracy=(0.8, 0.7, 0.9), false_alarms=(0.1, 0.0, 0.2), misses=(0.3, 0.2, 0.4)
    ),
)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    neuron = Neuron(np.random.default_rng(0).normal(size=(6, 6)), -1.25)
    write_neuron(tmp_path / "eye.yaml", neuron, *ABOUT)
    again = read_neuron(tmp_path / "eye.yaml")
    assert again.weights == pytest.approx(neuron.weights, abs=1e-5)
    assert again.threshold == -1.25
    assert again.source == str(tmp_path / "eye.yaml")
    assert yaml.safe_load((tmp_path / "eye.yaml").read_text())["learned"]["aircraft"] == ["sport", 'a "b".yaml']


@pytest.mark.parametrize("aircraft", names_of("aircraft"))
def test_the_shipped_neuron_sees_the_runway_ahead_but_not_through_fog_and_none_in_the_woods(aircraft: str) -> None:
    drawing, neuron, rng = load_aircraft(aircraft), shipped_neuron(), np.random.default_rng(0)
    span, runway, woods = drawing.span_m, Runway.of(drawing.span_m), np.diag([-1.0, -1.0, 1.0])

    def ones(visibility_m: float, spans: tuple[float, float], axes: Array) -> float:
        """Share of 1 on a straight way in from so many spans."""
        eye = NoseEye(drawing, runway, visibility_m)
        places = [np.array([-x * span, 0.0, 0.09 * x * span + 1.0]) for x in np.linspace(*spans, 40)]
        return neuron.answers(np.array([eye.picture(at, axes, np.zeros(3), rng) for at in places])).mean()

    assert ones(20_000.0, (10.0, 30.0), np.eye(3)) > 0.9
    assert ones(60.0, (60.0, 120.0), np.eye(3)) < 0.05
    assert ones(100.0, (10.0, 120.0), woods) < 0.1


def test_the_shipped_file_says_how_it_was_learned_and_how_often_it_is_wrong() -> None:
    data = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
    assert not set(data["learned"]["aircraft"]) & set(data["tested"]["aircraft"])
    assert len(data["learned"]["commit"]) == 40, "a commit that holds the programme, nothing changed beside it"
    assert data["tested"]["accuracy"][1] > 0.75


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("weights", [[1.0] * 20] * 19, "weights: row 1 must hold 19, as there are rows (got 20)"),
        ("weights", [[1.0] * 20] * 19 + [[1.0] * 19], "weights: row 20 must hold 20, as there are rows (got 19)"),
        ("weights", [[1.0]], "weights: must be 4 to 64 rows (got 1)"),
        ("weights", [[float("nan")] * 20] * 20, "weights.0.0"),
        ("weights", "none", "weights"),
        ("threshold", "high", "threshold"),
        ("threshhold", 1.0, "unknown key 'threshhold', did you mean 'threshold'?"),
        ("version", 2, "version 2 is of a newer Maiden Flight"),
        ("tested", None, "tested"),
    ],
)
def test_a_broken_file_is_one_line_that_names_file_and_key(tmp_path: Path, key: str, value: object, said: str) -> None:
    path = tmp_path / "eye.yaml"
    write_neuron(path, Neuron(np.zeros((20, 20)), 0.0), *ABOUT)
    path.write_text(yaml.safe_dump({**yaml.safe_load(path.read_text()), key: value}))
    with pytest.raises(InputError) as refused:
        read_neuron(path)
    assert str(refused.value).startswith(f"{path}: ")
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_pictures_of_another_size_are_refused() -> None:
    neuron = Neuron(np.zeros((20, 20)), 0.0, "eye.yaml")
    with pytest.raises(InputError, match=r"^eye\.yaml: holds 20 x 20 weights, the picture has 24 x 24 pixels$"):
        neuron.answers(np.zeros((2, 24, 24), np.float32))
