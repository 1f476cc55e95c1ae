"""MAVLink telemetry on loopback, read by pymavlink's own parser, and the pace of real time."""

from __future__ import annotations

import io
import math
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from agents.commands.evaluate import evaluate
from agents.commands.fly import fly
from envs.base.errors import InputError
from envs.base.frames import geodetic
from envs.exports.ardupilot.telemetry import RATES_HZ, Telemetry, parsed_address, streamed
from envs.flight_env import FlightEnv
from envs.flights.flight_log import FlightLog
from tests.envs.exports.test_exports import flown_log

mavlink: Any = pytest.importorskip("pymavlink.dialects.v20.ardupilotmega", reason="pip install -e '.[mavlink]'")


class Replayed:
    """A flight log that behaves like the part of an environment that telemetry reads."""

    def __init__(self, log: FlightLog) -> None:
        self.log, self.row, self.log_columns = log, 0, log.columns

    def log_row(self) -> list[float]:
        return self.log.data[self.row].tolist()

    def log_header(self) -> dict[str, Any]:
        return self.log.header


@pytest.fixture
def ground_station() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind(("127.0.0.1", 0))
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_000_000)
        line.setblocking(False)
        yield line


def address_of(line: socket.socket) -> str:
    return f"udp:127.0.0.1:{line.getsockname()[1]}"


def received(line: socket.socket, parser: Any) -> list[Any]:
    messages: list[Any] = []
    while True:
        try:
            messages += parser.parse_buffer(line.recv(4096)) or []
        except BlockingIOError:
            return messages


def test_a_ground_station_sees_the_flight(ground_station: socket.socket) -> None:
    log = flown_log()
    flight, parser = Replayed(log), mavlink.MAVLink(None)
    telemetry = Telemetry(address_of(ground_station), pace=0.0)
    telemetry.start(flight)
    messages = received(ground_station, parser)
    for flight.row in range(1, len(log)):
        telemetry.step()
        messages += received(ground_station, parser)
    telemetry.finish("success")
    messages += received(ground_station, parser)
    telemetry.close()
    kinds: dict[str, list[Any]] = {}
    for message in messages:
        assert (message.get_srcSystem(), message.get_srcComponent()) == (1, 1)
        kinds.setdefault(message.get_type(), []).append(message)
    assert "BAD_DATA" not in kinds
    assert set(kinds) == {"STATUSTEXT", *(name.upper() for name in RATES_HZ)}
    seconds = log.column("time_s")[-1]
    for name, rate in RATES_HZ.items():
        assert len(kinds[name.upper()]) == pytest.approx(rate * seconds, rel=0.3, abs=1.5), name
    sequence = np.array([message.get_seq() for message in messages])
    assert set(np.diff(sequence) % 256) == {1}, "nothing lost, nothing twice"
    beat = kinds["HEARTBEAT"][0]
    assert (beat.type, beat.autopilot) == (mavlink.MAV_TYPE_FIXED_WING, mavlink.MAV_AUTOPILOT_ARDUPILOTMEGA)
    assert beat.base_mode & mavlink.MAV_MODE_FLAG_SAFETY_ARMED
    for place in kinds["GLOBAL_POSITION_INT"]:
        row = round(place.time_boot_ms * 1e-3 * 30)
        latitude, longitude, _ = geodetic(log.block("x_m", "y_m", "z_m")[row])
        assert (place.lat, place.lon) == pytest.approx((1e7 * latitude, 1e7 * longitude), abs=1)
        assert place.relative_alt == pytest.approx(1e3 * log.column("height_m")[row], abs=1)
        assert -place.vz == pytest.approx(1e2 * log.column("vz_mps")[row], abs=1)
    for attitude in kinds["ATTITUDE"]:
        row = round(attitude.time_boot_ms * 1e-3 * 30)
        assert math.degrees(attitude.roll) == pytest.approx(log.column("roll_deg")[row], abs=1e-4)
        heading = math.degrees(attitude.yaw) - 353.0 - log.column("heading_deg")[row]
        assert math.remainder(heading, 360.0) == pytest.approx(0.0, abs=1e-3)
    hud = kinds["VFR_HUD"][-1]
    assert hud.throttle == 100
    assert hud.airspeed == pytest.approx(16.0, abs=0.1)
    # blowing to -x and +y at 1 and 2 m/s, so from ahead and the right: runway 353 + atan(2 / 1)
    assert kinds["WIND"][0].direction == pytest.approx((353.0 + math.degrees(math.atan2(2, 1))) % 360, abs=0.01)
    home = kinds["HOME_POSITION"][0]
    assert (home.latitude, home.longitude) == (-353632610, 1491652300)
    texts = [message.text for message in kinds["STATUSTEXT"]]
    assert texts == ["takeoff, seed 1000", "ended: success"]


def test_flights_are_paced_to_real_time_and_time_goes_on(ground_station: socket.socket) -> None:
    parser = mavlink.MAVLink(None)
    env = streamed(FlightEnv(weather="calm"), address_of(ground_station))
    began = time.monotonic()
    for seed in (1, 2):
        env.reset(seed=seed)
        for _ in range(18):
            env.step(np.array([0.0, 0.0, 0.0, -1.0]))
    took = time.monotonic() - began
    env.close()
    assert took >= 2 * 18 / 30 - 0.02
    times = [m.time_boot_ms for m in received(ground_station, parser) if m.get_type() == "ATTITUDE"]
    assert len(times) > 20


def test_evaluate_streams_and_still_counts(ground_station: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    out = io.StringIO()
    answer = evaluate(
        "autopilot",
        flights=2,
        weather="calm",
        telemetry=address_of(ground_station),
        console=Console(file=out, width=120),
    )
    assert answer == 0
    assert "2 of 2 flights succeed" in out.getvalue()
    texts = [m.text for m in received(ground_station, mavlink.MAVLink(None)) if m.get_type() == "STATUSTEXT"]
    assert texts == [
        "takeoff, seed 1000",
        "ended: took off and climbed away",
        "takeoff, seed 1001",
        "ended: took off and climbed away",
    ]


def test_a_mission_streams_and_still_leaves_its_log(
    ground_station: socket.socket, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    folder = tmp_path / "run"
    answer = fly(
        "first_takeoff", pilot="autopilot", run=str(folder), draw_video=False, telemetry=address_of(ground_station)
    )
    assert answer == 0
    messages = received(ground_station, mavlink.MAVLink(None))
    assert [m.text for m in messages if m.get_type() == "STATUSTEXT"] == [
        "takeoff, seed 1000",
        "ended: took off and climbed away",
    ]
    log = FlightLog.load(folder / "flights" / "flight_001000")
    last = [m for m in messages if m.get_type() == "ATTITUDE"][-1]
    assert last.time_boot_ms * 1e-3 == pytest.approx(log.column("time_s")[-1], abs=0.1)


def test_a_mission_with_a_wrong_address_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="expected udp:HOST:PORT"):
        fly("first_takeoff", pilot="autopilot", run=str(tmp_path / "run"), telemetry="udp:14550")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1:14550",
        "tcp:127.0.0.1:14550",
        "udp:127.0.0.1",
        "udp:127.0.0.1:0",
        "udp:127.0.0.1:70000",
        "udp:no such host:14550",
        "udp::14550",
        "udp:nowhere.invalid:14550",
    ],
)
def test_a_wrong_address_is_one_line_before_anything_flies(address: str) -> None:
    with pytest.raises(InputError, match="--telemetry") as error:
        evaluate("autopilot", telemetry=address, console=Console(file=io.StringIO()))
    assert "\n" not in str(error.value)


def test_addresses_of_both_internets() -> None:
    assert parsed_address("udp:127.0.0.1:14550") == ("127.0.0.1", 14550)
    assert parsed_address("udp:[::1]:14550") == ("::1", 14550)


def test_without_the_package_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"pip install -e '\.\[mavlink\]'"):
        Telemetry("udp:127.0.0.1:14550")
