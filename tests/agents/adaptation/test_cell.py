"""A cell of the adaptation study: its file, and how well the flights that succeed were flown."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agents.adaptation.airfield import Airfield, TestFlight
from agents.adaptation.cell import Asked, Cell, fly_cell, success_means
from agents.adaptation.practice import Practice
from agents.adaptation.sensor_log import READ, SensorLog
from agents.evaluation.flight_test import Flight, FlightTest
from envs.base.errors import InputError

ASKED = Asked("landing-sport", "landing", "sport", "breeze", "heavy=1", (1, 3), 100)


def landing(success: bool, **metrics: float) -> Flight:
    return Flight(1000, success, "landed" if success else "hard", 300, 1.0, metrics)


def test_quality_is_the_mean_of_the_flights_that_succeeded_and_have_the_figure() -> None:
    flights = [landing(True, sink_mps=0.4, gold=1.0), landing(True, sink_mps=0.6, gold=0.0, late_m=math.nan)]
    flights.append(landing(False, sink_mps=5.0, gold=0.0))
    assert success_means(flights) == {"sink_mps": 0.5, "gold": 0.5}
    assert success_means(flights[2:]) == {}


def test_a_cell_is_read_as_it_was_written() -> None:
    cell = Cell(ASKED, {"0": 3, "1": 90}, 95, 1, ["hard"], {"0": {"hard": 97}}, {"1": {"sink_mps": 0.5}}, seconds=12.5)
    assert Cell.of(json.loads(json.dumps(cell.as_dict())), "here") == cell


def test_files_of_before_there_was_quality_are_read() -> None:
    told = Cell(ASKED, {"0": 3}).as_dict()
    del told["quality"]
    assert Cell.of(told, "here").quality == {}


def test_after_two_crashes_in_a_row_no_more_test_flights_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    endings = iter([True, False, True, True, False, False])  # whether each crashes

    def fly(self: Airfield, pilot: Any, seed: int, *_: Any, **__: Any) -> tuple[TestFlight, SensorLog]:
        return TestFlight(seed, False, "strike", next(endings)), SensorLog(seed, np.zeros((0, len(READ))), 0.01, 30)

    monkeypatch.setattr(Airfield, "fly", fly)
    monkeypatch.setattr(Practice, "settle", lambda *_: None)
    monkeypatch.setattr(FlightTest, "fly", lambda *_: [landing(True)])
    cell = fly_cell(Asked("takeoff-ultra_stick", "takeoff", "ultra_stick", "breeze", "heavy=1", (1, 6), 1))
    assert (cell.crashes, cell.test_flights) == (3, ["strike"] * 4)
    assert set(cell.successes) == {"0", "1", "6"}


@pytest.mark.parametrize("told", [{}, {"asked": 3}, {**Cell(ASKED).as_dict(), "successes": {"0": "many"}}])
def test_what_is_no_cell_is_refused_in_a_line(told: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cell\.json: no cell of a study: ") as refused:
        Cell.of(told, tmp_path / "cell.json")
    assert "\n" not in str(refused.value)
