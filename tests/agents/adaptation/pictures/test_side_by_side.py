"""Pilots with the same fault in one picture: a tile each, what its flights became, and what may be asked for."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from rich.console import Console

from agents.adaptation.pictures import rivals, shown_flights
from agents.adaptation.pictures.rivals import Rivals, picture_file, some_of, success_words
from agents.adaptation.pictures.side_by_side import Tile, draw_side_by_side
from agents.environments.flights import flight_env_function
from agents.evaluation.flight_test import Flight
from agents.pilots.loading import load_pilot
from agents.pilots.pilot_config import pilot_config
from agents.runs.run_folder import RunFolder
from envs.base.errors import InputError
from envs.rendering.page import BLUE, RED
from tests.support.flight_samples import takeoff_log


def near(image: np.ndarray, colour: str) -> int:
    """How many pixels have about this colour."""
    wanted = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)])
    return int((np.abs(image.astype(int) - wanted).max(axis=2) < 24).sum())


def test_a_tile_for_each_pilot_in_the_colour_of_how_it_ended(tmp_path: Path) -> None:
    good, bad = takeoff_log(), takeoff_log(crashes=True)
    tiles = [Tile("Pilot", "well", [good], (99, 100)), Tile("Pilot", "badly", [bad, bad], (1, 100))]
    path = draw_side_by_side(tmp_path / "x.png", "Three $tiles", ["heavy=1: 20 % more mass"], tiles)
    image = np.asarray(Image.open(path).convert("RGB"))
    assert image.shape[1] == 1800
    assert path.stat().st_size < 900_000
    top = image[150 : image.shape[0] - 10]
    middle, right = top[:, 610:1190], top[:, 1206:1780]
    assert near(middle, BLUE) > 10 * near(middle, RED)
    assert near(right, RED) > 10 * near(right, BLUE)
    four = draw_side_by_side(tmp_path / "y.png", "Five", [], [*tiles, *tiles])
    assert Image.open(four).size[1] > 1.6 * image.shape[0]  # a row more


@pytest.mark.parametrize(
    ("numbers", "shown"),
    [([0, 1, 2, 3, 5], [0, 1, 3, 5]), ([0], [0]), ([0, 1], [0, 1]), ([0, 1, 2, 3], [0, 1, 2, 3])],
)
def test_which_numbers_of_test_flights_are_shown(numbers: list[int], shown: list[int]) -> None:
    assert some_of(numbers) == shown
    assert some_of([0, 1, 2, 3, 5, 10, 20])[::3] == [0, 20]


def test_what_cannot_be_drawn_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"must end in \.png"):
        picture_file("x.jpg", 100)
    with pytest.raises(InputError, match="--evaluation-flights must be 1 or more"):
        picture_file(str(tmp_path / "x.png"), 0)
    assert picture_file(None, 0) is None


def test_rivals_are_counted_and_shown_with_the_same_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rivals.ShownFlights, "__init__", _one_flight)
    config = pilot_config("autopilot", ["discrepancies=[heavy=0.5]"], task="takeoff", weather="breeze")
    make_env = flight_env_function(config)
    pilot = load_pilot("autopilot", make_env())
    out, folder = io.StringIO(), RunFolder(tmp_path)
    shown = Rivals({"autopilot": pilot}, folder, make_env, 1000)
    flights = [Flight(1000 + k, k < 3, "x", 9, 0.0) for k in range(4)]
    shown.count(lambda _: flights, 4, Console(file=out, width=200))
    assert shown.rates == {"autopilot": (3, 4)}
    assert f"autopilot, which learns nothing: {success_words(3, 4)}" in out.getvalue()
    shown.show(0, pilot)
    seen: dict[str, Any] = {}
    monkeypatch.setattr(
        rivals, "draw_side_by_side", lambda path, title, words, tiles: seen.update(words=words, tiles=tiles)
    )
    shown.draw(tmp_path / "x.png", config, "takeoff-ultra_stick", {0: (4, 4), 1: (4, 4)})
    first, second = seen["tiles"]
    assert (first.title, first.rate, second.title, second.remark) == (
        "Hand-tuned autopilot",
        (3, 4),
        "Learned pilot",
        "before any test flight",
    )
    (log,) = second.logs
    assert (log.header["seed"], log.header["discrepancies"]) == (1000, ["heavy=0.5"])
    np.testing.assert_array_equal(first.logs[0].data, log.data)
    assert "heavy=0.5: " in seen["words"][0]
    with pytest.raises(InputError, match="kept no flights to show"):
        Rivals({}, RunFolder(tmp_path / "other"), make_env, 1000).draw(tmp_path / "x.png", config, "p", {0: (4, 4)})


def _one_flight(self: Any, folder: Path, make_env: Any, first_seed: int) -> None:
    self._folder, self._make_env, self._seeds = folder, make_env, range(first_seed, first_seed + 1)
    assert shown_flights.SHOWN > 1
