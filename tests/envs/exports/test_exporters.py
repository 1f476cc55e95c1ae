"""An exporter is one file in envs/exports: dropped there, it is an option of the replay command."""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

import pytest

import envs.exports
from envs.base.errors import InputError
from envs.base.frames import geodetic
from envs.exports import exporters
from envs.flights.flight_log import FlightLog
from scripts.replay import main as replay
from tests.support.flight_samples import takeoff_log

TRACK = '''
"""The path of a flight as a GPX 1.1 track, which maps and watches read."""

from envs.base.files import write_atomically
from envs.base.frames import geodetic
from envs.exports.exporter import Exporter


def write_track(logs, path):
    places = geodetic(logs[0].block("x_m", "y_m", "z_m"))
    points = "".join(f'<trkpt lat="{a:.9f}" lon="{b:.9f}"><ele>{c:.3f}</ele></trkpt>' for a, b, c in places)
    head = '<gpx version="1.1" creator="test" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>'
    write_atomically(path, f"{head}{points}</trkseg></trk></gpx>")


EXPORTER = Exporter("track", ".gpx", "a GPX track", "GPX", write_track, one_flight=True)
'''


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that belongs to envs.exports while a test lasts."""
    folder = tmp_path / "room"
    folder.mkdir()
    monkeypatch.setattr(envs.exports, "__path__", [*envs.exports.__path__, str(folder)])
    yield folder
    for file in folder.glob("*.py"):
        sys.modules.pop(f"envs.exports.{file.stem}", None)


def test_a_file_dropped_in_is_an_option_of_replay(
    room: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = takeoff_log(seconds=1.0)
    flight, out = str(log.save(tmp_path / "flight")), tmp_path / "flight.gpx"
    with pytest.raises(InputError, match="--track"):
        replay([flight, "--track", str(out)])
    (room / "gpx.py").write_text(TRACK, encoding="utf-8")
    with pytest.raises(SystemExit):
        replay(["--help"])
    assert "write a GPX track here (.gpx)" in " ".join(capsys.readouterr().out.split())
    assert replay([flight, "--track", str(out)]) == 0
    assert f"GPX: {out}" in capsys.readouterr().out
    assert not (tmp_path / "flight.png").exists(), "a file was asked for, so no card is drawn"
    points = list(ElementTree.parse(out).iter("{http://www.topografix.com/GPX/1/1}trkpt"))
    assert len(points) == len(log)
    latitude, longitude, _ = geodetic(FlightLog.load(tmp_path / "flight").block("x_m", "y_m", "z_m"))[-1]
    assert float(points[-1].attrib["lat"]) == pytest.approx(latitude, abs=1e-8)
    assert float(points[-1].attrib["lon"]) == pytest.approx(longitude, abs=1e-8)
    for words, said in (
        (["--track", "a.kml"], "a.kml: the name of a GPX track must end in .gpx"),
        ([flight, "--track", str(out)], r"--track shows one flight \(got 2\)"),
    ):
        with pytest.raises(InputError, match=said):
            replay([flight, *words])


def test_the_shipped_exporters_make_the_options_that_other_programs_call() -> None:
    known = exporters()
    assert {option: known[option].ending for option in ("acmi", "bin", "rerun")} == {
        "acmi": ".acmi",
        "bin": ".bin",
        "rerun": ".rrd",
    }
    assert [option for option, exporter in known.items() if exporter.show] == ["rerun"]


def test_two_exporters_of_one_option_are_refused(room: Path) -> None:
    (room / "other.py").write_text(TRACK.replace('"track"', '"acmi"'), encoding="utf-8")
    with pytest.raises(InputError, match="exporter other: another one makes the option --acmi already"):
        exporters()
