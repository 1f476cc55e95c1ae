"""Flights in other viewers' formats, read back by parsers that are not ours, and the geometry behind them."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from envs.base.errors import InputError
from envs.base.frames import MODEL_FIELD, Site, geodetic, north_east_down
from envs.exports.acmi.tacview import write_acmi
from envs.exports.ardupilot.dataflash import write_dataflash
from envs.exports.ardupilot.view import AutopilotView
from envs.flights.flight_log import FlightLog
from envs.flights.overlay import indicated_airspeed, labels
from scripts.replay import main as replay
from tests.support.flight_samples import takeoff_log


def flown_log() -> FlightLog:
    """The sample take-off with the columns that a real flight has beyond the contract's."""
    log = takeoff_log()
    rows = len(log)
    more = {
        "accel_x_mps2": np.linspace(4.0, 0.5, rows),
        "accel_y_mps2": np.full(rows, 0.2),
        "rotor_radps": np.full(rows, 700.0),
        "thrust_N": np.linspace(9.0, 5.0, rows),
        "attached": np.ones(rows),
        "reward_progress": np.linspace(0.0, 1.0, rows),
        "reward_effort": np.full(rows, -0.1),
    }
    return FlightLog((*log.columns, *more), np.column_stack([log.data, *more.values()]), log.header)


def earth_centred(latitude_deg: float, longitude_deg: float, altitude: float) -> np.ndarray:
    """WGS 84 geodetic -> Earth-centred, Earth-fixed (m); textbook formula."""
    flattening, radius = 1 / 298.257223563, 6378137.0
    latitude, longitude = math.radians(latitude_deg), math.radians(longitude_deg)
    squared = flattening * (2 - flattening)
    normal = radius / math.sqrt(1 - squared * math.sin(latitude) ** 2)
    return np.array(
        [
            (normal + altitude) * math.cos(latitude) * math.cos(longitude),
            (normal + altitude) * math.cos(latitude) * math.sin(longitude),
            (normal * (1 - squared) + altitude) * math.sin(latitude),
        ]
    )


@pytest.mark.parametrize("site", [MODEL_FIELD, Site(47.4, 8.5, 430.0, 20.0), Site(64.0, -22.6, 50.0, 190.0)])
def test_distances_on_earth_are_those_of_the_world(site: Site) -> None:
    """The tangent plane against the ellipsoid: a path of up to 500 m keeps its lengths to 4 cm."""
    points = np.array([(0, 0, 0), (120, 0, 0), (300, 40, 25), (500, -60, 80), (-200, 150, 5)], float)
    on_earth = np.array([earth_centred(*place) for place in geodetic(points, site)])
    for i in range(len(points)):
        for j in range(i):
            assert np.linalg.norm(on_earth[i] - on_earth[j]) == pytest.approx(
                np.linalg.norm(points[i] - points[j]), abs=0.04
            )


def test_the_runway_points_along_its_course_and_left_is_left_of_it() -> None:
    east_field = Site(10.0, 20.0, 0.0, 90.0)  # taking off to the east, left is north
    assert north_east_down(np.array([1.0, 0.0, 0.0]), east_field) == pytest.approx([0, 1, 0])
    assert north_east_down(np.array([0.0, 1.0, 0.0]), east_field) == pytest.approx([1, 0, 0])
    assert north_east_down(np.array([0.0, 0.0, 1.0]), east_field) == pytest.approx([0, 0, -1])
    latitude, longitude, altitude = geodetic(np.array([100.0, 50.0, 7.0]), east_field)
    assert latitude > 10.0
    assert longitude > 20.0
    assert altitude == 7.0


def parsed_acmi(text: str) -> tuple[dict[str, list[tuple[float, dict[str, str]]]], list[tuple[float, str]]]:
    """A small reader of the published format: {object id: [(time, properties)]}, [(time, event)]."""
    lines = text.splitlines()
    assert lines[:2] == ["FileType=text/acmi/tacview", "FileVersion=2.2"]
    objects: dict[str, list[tuple[float, dict[str, str]]]] = {}
    events, time = [], 0.0
    for line in lines[2:]:
        if line.startswith("#"):
            assert float(line[1:]) >= time, "frames are in order"
            time = float(line[1:])
            continue
        fields = line.replace("\\,", "\0").split(",")
        pairs = [field.replace("\0", ",").split("=", 1) for field in fields[1:]]
        int(fields[0], 16)
        for name, value in pairs:
            if name == "Event":
                events.append((time, value))
        objects.setdefault(fields[0], []).append((time, {name: value for name, value in pairs if name != "Event"}))
    return objects, events


def test_a_tacview_file_tells_the_flight(tmp_path: Path) -> None:
    log, other = takeoff_log(label="learned, best"), takeoff_log(seconds=5.0, crashes=True, label="hand-tuned")
    path = write_acmi([log, other], tmp_path / "flight.txt.acmi")
    objects, events = parsed_acmi(path.read_text(encoding="utf-8-sig"))
    reference = {name: value for _, pairs in objects["0"] for name, value in pairs.items()}
    latitude0, longitude0 = float(reference["ReferenceLatitude"]), float(reference["ReferenceLongitude"])
    first, second = objects["100"], objects["101"]
    assert (len(first), len(second)) == (len(log), len(other))
    assert first[0][1]["Pilot"] == "learned, best"
    assert (first[0][1]["Type"], second[0][1]["Color"]) == ("Air+FixedWing+Light", "Blue")
    assert [time for time, _ in first] == pytest.approx(log.column("time_s"), abs=1e-4)
    places = np.array([[float(value) for value in row["T"].split("|")] for _, row in first])
    expected = geodetic(log.block("x_m", "y_m", "z_m"))
    assert places[:, 0] + longitude0 == pytest.approx(expected[:, 1], abs=2e-8)
    assert places[:, 1] + latitude0 == pytest.approx(expected[:, 0], abs=2e-8)
    assert places[:, 2] == pytest.approx(expected[:, 2], abs=1e-3)
    assert places[:, 3] == pytest.approx(log.column("roll_deg"), abs=0.006)
    assert np.cos(np.radians(places[:, 5] - 353.0 - log.column("heading_deg"))) == pytest.approx(1.0, abs=1e-6)
    # properties hold until they change
    speed, speeds = "", []
    for _, row in first:
        speed = row.get("IAS", speed)
        speeds.append(float(speed))
    assert speeds == pytest.approx(log.column("airspeed_mps"), rel=1e-3)
    runway = objects["10"][0][1]
    assert (runway["Type"], runway["Length"]) == ("Ground+Static+Aerodrome", "127")
    assert {value.split("|")[0] for _, value in events} == {"TakenOff", "Message", "Bookmark"}
    taken_off = next(time for time, value in events if value.startswith("TakenOff|100|"))
    assert taken_off == pytest.approx(log.column("time_s")[log.column("height_m") > 0.0][0], abs=0.05)
    assert any(value == "Bookmark|101|hand-tuned: crashed" for _, value in events)


def test_a_tacview_file_is_read_by_another_project(tmp_path: Path) -> None:
    pyacmi = pytest.importorskip("pyacmi", reason="the PyPI package pyacmi is not installed")
    log = takeoff_log(seconds=5.0)
    path = write_acmi([log], tmp_path / "flight.acmi")
    read = pyacmi.Acmi()
    read.load_acmi(filepath=str(path))
    aircraft = read.objects["100"]
    assert aircraft.name == log.aircraft().title
    assert aircraft.get_value("AGL") == pytest.approx(log.column("height_m")[-1], rel=1e-3)
    assert aircraft.get_value("Roll") == pytest.approx(log.column("roll_deg")[-1], abs=0.01)
    latitude, longitude, _ = geodetic(log.block("x_m", "y_m", "z_m"))[-1]
    # pyacmi may or may not add the reference point
    found = aircraft.get_value("Latitude"), aircraft.get_value("Longitude")
    bases = (0.0, 0.0) if abs(found[0]) > 1 else (MODEL_FIELD.latitude_deg, MODEL_FIELD.longitude_deg)
    assert (found[0] + bases[0], found[1] + bases[1]) == pytest.approx((latitude, longitude), abs=1e-7)


def test_a_dataflash_log_is_read_by_pymavlink(tmp_path: Path) -> None:
    DFReader = pytest.importorskip("pymavlink.DFReader", reason="pip install -e '.[mavlink]'")
    log = flown_log()
    path = write_dataflash(log, tmp_path / "flight.bin")
    reader = DFReader.DFReader_binary(str(path))
    messages: dict[str, list] = {}
    while (message := reader.recv_msg()) is not None:
        messages.setdefault(message.get_type(), []).append(message)
    assert reader.mav_type == 1, "a fixed wing"
    assert set(messages) >= {
        "FMT",
        "FMTU",
        "UNIT",
        "MULT",
        "PARM",
        "MSG",
        "MODE",
        "GPS",
        "ATT",
        "IMU",
        "BARO",
        "ARSP",
        "RCIN",
        "RCOU",
        "AETR",
        "POS",
        "XKF1",
        "XKF2",
        "AOA",
        "ORGN",
        "ARM",
    }
    assert len(messages["ATT"]) == len(messages["XKF1"]) == len(log)
    assert len(messages["GPS"]) == pytest.approx(5 * log.column("time_s")[-1], abs=2)
    assert [m.TimeUS * 1e-6 for m in messages["ATT"]] == pytest.approx(log.column("time_s"), abs=1e-6)
    assert [m.Roll for m in messages["ATT"]] == pytest.approx(log.column("roll_deg"), abs=0.006)
    assert [m.Pitch for m in messages["XKF1"]] == pytest.approx(log.column("pitch_deg"), abs=0.006)
    yaw = np.array([m.Yaw for m in messages["ATT"]])
    assert yaw == pytest.approx((log.column("heading_deg") + 353.0) % 360.0, abs=0.006)
    # speed over ground, seen along the runway
    course = math.radians(353.0)
    along = [m.VN * math.cos(course) + m.VE * math.sin(course) for m in messages["XKF1"]]
    assert along == pytest.approx(log.column("vx_mps"), abs=1e-4)
    assert [-m.VD for m in messages["XKF1"]] == pytest.approx(log.column("vz_mps"), abs=1e-5)
    assert messages["POS"][0].RelHomeAlt == pytest.approx(log.column("height_m")[0], abs=1e-5)
    assert messages["IMU"][0].AccZ == pytest.approx(-9.80665 * log.column("load_factor")[0], rel=1e-5)
    assert [m.GyrY for m in messages["IMU"]] == pytest.approx(np.radians(log.column("q_dps")), abs=1e-6)
    assert [m.C3 for m in messages["RCIN"]] == pytest.approx(1000 + 1000 * log.column("throttle_cmd"), abs=0.6)
    assert [m.C1 for m in messages["RCOU"]] == pytest.approx(1500 + 500 * log.column("aileron_deg") / 25.0, abs=0.6)
    last = messages["GPS"][-1]
    row = int(np.argmin(np.abs(log.column("time_s") - last.TimeUS * 1e-6)))
    latitude, longitude, _ = geodetic(log.block("x_m", "y_m", "z_m")[row])
    assert (last.Lat, last.Lng) == pytest.approx((latitude, longitude), abs=2e-7)
    texts = [m.Message for m in messages["MSG"]]
    assert texts[0].startswith("ArduPlane")
    assert any(text.startswith("lift-off") for text in texts)
    assert texts[-1] == "Flight ended: success"
    assert {m.Name: m.Value for m in messages["PARM"]}["SERVO2_FUNCTION"] == 19
    # units as ArduPilot's own tools show them
    formats = {fmt.name: fmt for fmt in reader.formats.values()}
    assert formats["ATT"].units[formats["ATT"].colhash["Roll"]] == "deg"
    assert formats["GPS"].units[formats["GPS"].colhash["Lat"]] == "deglatitude"


def test_numbers_too_large_for_a_field_are_cut_not_wrapped() -> None:
    from envs.exports.ardupilot.dataflash_format import LAYOUTS

    layout = LAYOUTS["ATT"]
    fields = layout.struct.unpack(layout.encoded(1, 0, 1e4, 0, -1e4, 0, 359.994, 0, 0, 3)[3:])
    assert (fields[2], fields[4], fields[6]) == (32767, -32768, 35999)


def test_the_layouts_agree_with_themselves() -> None:
    from envs.exports.ardupilot.dataflash_format import LAYOUTS, MULTIPLIERS, UNITS

    assert len({layout.number for layout in LAYOUTS.values()}) == len(LAYOUTS)
    for layout in LAYOUTS.values():
        assert len(layout.format) == len(layout.fields.split(",")) == len(layout.units) == len(layout.multipliers)
        assert set(layout.units) <= {*UNITS, "b"}, layout.name
        assert set(layout.multipliers) <= set(MULTIPLIERS), layout.name
        assert len(layout.fields) <= 64


def test_in_thin_air_the_pitot_tube_shows_less_than_the_true_airspeed() -> None:
    thin = takeoff_log(air_density_kgpm3=0.98)
    pressure = 0.5 * 0.98 * thin.column("airspeed_mps") ** 2
    assert AutopilotView(thin).dynamic_pressure == pytest.approx(pressure)
    assert indicated_airspeed(thin) == pytest.approx(np.sqrt(2 * pressure / 1.225))
    assert indicated_airspeed(takeoff_log()) == pytest.approx(thin.column("airspeed_mps"))


def test_flights_are_called_by_what_tells_them_apart() -> None:
    assert labels([takeoff_log(pilot="a"), takeoff_log(pilot="b")]) == ["a", "b"]
    assert labels([takeoff_log(discrepancies=["heavy"]), takeoff_log()]) == ["formula heavy", "formula"]
    assert labels([takeoff_log(seed=1), takeoff_log(seed=2)]) == ["formula 1", "formula 2"]
    assert labels([takeoff_log(), takeoff_log()]) == ["formula (1)", "formula (2)"]


def test_replay_writes_a_tacview_file_of_several_flights(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, two = (str(takeoff_log(seconds=1.0, seed=seed).save(tmp_path / f"flight_{seed}")) for seed in (1, 2))
    assert replay([one, two, "--acmi", str(tmp_path / "both.acmi")]) == 0
    assert f"Tacview: {tmp_path / 'both.acmi'}" in capsys.readouterr().out
    assert (tmp_path / "both.acmi").read_text(encoding="utf-8-sig").count("Type=Air+FixedWing") == 2


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["{flight}", "--acmi", "x.txt"], "must end in .acmi"),
        (["{flight}", "{flight}", "--card", "x.png"], "one flight"),
        (["{flight}", "--bin", "x.log"], "must end in .bin"),
        (["{flight}", "{flight}", "--bin", "x.bin"], "one flight"),
        (["{flight}"] * 8 + ["--acmi", "x.acmi"], "at most 7"),
        (["{flight}", "nowhere"], "no such file"),
    ],
)
def test_a_wrong_export_is_one_line(tmp_path: Path, words: list[str], message: str) -> None:
    flight = str(takeoff_log(seconds=0.5).save(tmp_path / "flight"))
    with pytest.raises(InputError, match=message) as error:
        replay([word.replace("{flight}", flight) for word in words])
    assert "\n" not in str(error.value)
