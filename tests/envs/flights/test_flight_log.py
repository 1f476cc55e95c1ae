"""Flight logs: what is written comes back, what is broken is refused with one line."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from envs.base.errors import InputError
from envs.base.quantities import COLUMNS
from envs.flights.flight_log import FlightLog, FlightRecorder, find_flight
from tests.support.flight_samples import takeoff_log


@pytest.mark.parametrize("ending", ["", ".csv", ".json"])
def test_a_flight_comes_back_as_it_was_written(tmp_path: Path, ending: str) -> None:
    log = takeoff_log()
    path = log.save(tmp_path / "runs" / f"flight.07{ending}")
    assert path == tmp_path / "runs" / "flight.07.csv"
    back = FlightLog.load(tmp_path / "runs" / f"flight.07{ending}")
    assert back.columns == COLUMNS
    np.testing.assert_allclose(back.data, log.data, rtol=1e-6, atol=1e-8)
    assert back.header["metrics"] == {"liftoff_speed_mps": 11.0, "touchdown_x_m": None}, "JSON knows no NaN"
    assert back.aircraft().span_m == pytest.approx(1.27)
    assert back.runway().length_m == 127.0


def test_the_csv_is_readable_and_spends_no_digits_on_noise(tmp_path: Path) -> None:
    text = takeoff_log().save(tmp_path / "flight").read_text()
    first, *lines = text.splitlines()
    assert first == ",".join(COLUMNS)
    assert max(len(cell) for line in lines for cell in line.split(",")) <= 13


def test_extra_columns_are_kept(tmp_path: Path) -> None:
    log = takeoff_log()
    more = FlightLog((*COLUMNS, "reward_climb"), np.c_[log.data, np.arange(len(log))], log.header)
    more.save(tmp_path / "flight")
    assert FlightLog.load(tmp_path / "flight").column("reward_climb")[-1] == len(log) - 1


def test_nothing_half_written_is_left_when_saving_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    takeoff_log(seconds=2.0).save(tmp_path / "flight")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def full_disk(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(InputError, match="No space left"):
        takeoff_log(seconds=3.0).save(tmp_path / "flight")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def _lines(path: Path, change: Callable[[list[str]], list[str]]) -> None:
    path.write_text("\n".join(change(path.read_text().splitlines())) + "\n")


def _cell(path: Path, line: int, name: str, value: str) -> None:
    def change(lines: list[str]) -> list[str]:
        cells = lines[line].split(",")
        cells[COLUMNS.index(name)] = value
        lines[line] = ",".join(cells)
        return lines

    _lines(path, change)


def _header(path: Path, **changes: Any) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


BREAKS: dict[str, tuple[Callable[[Path, Path], Any], str]] = {
    "no csv": (lambda csv, _: csv.unlink(), r"flight\.csv: no such file"),
    "no json": (lambda _, header: header.unlink(), r"flight\.json: no such file"),
    "empty csv": (lambda csv, _: csv.write_text(""), r"flight\.csv: is empty"),
    "only names": (lambda csv, _: _lines(csv, lambda lines: lines[:1]), "has no rows"),
    "cut in a line": (lambda csv, _: csv.write_bytes(csv.read_bytes()[:-9]), "cut short"),
    "cut between lines": (lambda csv, _: _lines(csv, lambda lines: lines[:-5]), "promises"),
    "json cut short": (lambda _, header: header.write_text(header.read_text()[:200]), "not valid JSON"),
    "json is a list": (lambda _, header: header.write_text("[]"), "must hold a mapping, not list"),
    "json with NaN": (lambda _, header: header.write_text('{"seed": NaN}'), "holds NaN"),
    "metrics no mapping": (
        lambda _, header: _header(header, metrics=[1]),
        "metrics: input should be a valid dictionary",
    ),
    "outcome a number": (lambda _, header: _header(header, outcome=3), "outcome: input should be a valid string"),
    "binary": (lambda csv, _: csv.write_bytes(b"\xff\xfe\x00"), "not a text file"),
    "misnamed column": (
        lambda csv, _: csv.write_text(csv.read_text().replace("pitch_deg", "pitch_degs", 1)),
        "column 'pitch_deg' is missing, did you mean 'pitch_degs'",
    ),
    "NaN": (lambda csv, _: _cell(csv, 4, "z_m", "nan"), r"line 5, column 'z_m' is nan"),
    "infinite": (lambda csv, _: _cell(csv, 4, "vx_mps", "inf"), r"line 5, column 'vx_mps' is inf"),
    "a word": (lambda csv, _: _cell(csv, 3, "roll_deg", "steep"), r"line 4, column 'roll_deg' is 'steep', not a"),
    "an empty cell": (lambda csv, _: _cell(csv, 3, "roll_deg", ""), r"line 4, column 'roll_deg' is ''"),
    "a short line": (lambda csv, _: _lines(csv, lambda lines: [*lines[:2], "1,2", *lines[3:]]), "line 3 has 2 values"),
    "time runs back": (lambda csv, _: _cell(csv, 5, "time_s", "0"), "'time_s' does not rise"),
    "no attitude": (lambda csv, _: _cell(csv, 5, "qw", "0"), "are no attitude"),
    "far away": (lambda csv, _: _cell(csv, 5, "x_m", "1e30"), "'x_m' reaches beyond"),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_log_is_refused_with_one_line(tmp_path: Path, name: str) -> None:
    change, message = BREAKS[name]
    csv = takeoff_log(seconds=2.0).save(tmp_path / "flight")
    change(csv, csv.with_suffix(".json"))
    with pytest.raises(InputError, match=message) as error:
        FlightLog.load(csv)
    assert "\n" not in str(error.value)


def test_a_header_that_cannot_be_drawn_names_its_key() -> None:
    cases: tuple[tuple[dict[str, Any], str], ...] = (
        ({"aircraft_config": None}, "aircraft_config"),
        ({"aircraft_config": {"title": "x"}}, "are missing"),
        ({"runway": 3}, "runway"),
        ({"runway": {"length_m": "long", "width_m": 5}}, "runway.length_m"),
        ({"runway": {"length_m": 100, "width_m": 5, "surface": "ice"}}, "runway.surface"),
    )
    for changes, message in cases:
        log = takeoff_log(seconds=1.0, **changes)
        read = log.aircraft if "aircraft_config" in changes else log.runway
        with pytest.raises(InputError, match=message):
            read()


def test_a_run_folder_means_its_newest_flight(tmp_path: Path) -> None:
    for age, name in enumerate(("old", "new", "older")):
        path = takeoff_log(seconds=1.0).save(tmp_path / "flights" / name)
        when = 1e9 - 10 * age if name != "new" else 2e9
        os.utime(path.with_suffix(".json"), (when, when))
    assert find_flight(tmp_path).name == "new.csv"
    assert find_flight(tmp_path / "flights").name == "new.csv"
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no flight in it"):
        find_flight(tmp_path / "empty")


def test_the_recorder_notes_a_row_after_reset_and_after_each_step() -> None:
    sample = takeoff_log(seconds=1.0)

    class Env:
        log_columns = COLUMNS
        now = 0

        def log_row(self) -> list[float]:
            return sample.data[self.now].tolist()

        def log_header(self) -> dict[str, Any]:
            return {"task": "takeoff"}

    env = Env()
    recorder = FlightRecorder(env, pilot="formula")
    for _ in range(2):  # the second flight forgets the first
        env.now = 0
        recorder.start()
        for env.now in range(1, 6):
            recorder.step()
    log = recorder.finish({"outcome": "success", "is_success": True, "metrics": {"a": 1.0}, "other": 3})
    np.testing.assert_array_equal(log.data, sample.data[:6])
    assert log.header == {
        "task": "takeoff",
        "pilot": "formula",
        "outcome": "success",
        "is_success": True,
        "metrics": {"a": 1.0},
    }
