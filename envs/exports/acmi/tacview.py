"""Flights as Tacview ACMI 2.2 text (https://www.tacview.net/documentation/acmi/en/), at frames.MODEL_FIELD.

Every aircraft has T = longitude|latitude|altitude|roll|pitch|yaw|u|v|heading: degrees and metres above sea level, roll
+ right, pitch + up, yaw from true north, u and v metres east and north of the site; and numeric properties under
Tacview's names in its units (m/s, degrees, metres, ratios, g). A runway, its two thresholds, and the events of each
flight come along.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from envs.base.files import write_atomically
from envs.base.frames import MODEL_FIELD, geodetic, north_east_down, true_heading_deg
from envs.base.units import STANDARD_GRAVITY
from envs.exports.exporter import with_ending
from envs.flights.events import FAULT, events_of
from envs.flights.flight_log import FlightLog
from envs.flights.overlay import check_count, clock, indicated_airspeed, labels, optional
from envs.flights.story import verdict

RUNWAY, FIRST_THRESHOLD, LAST_THRESHOLD, FIRST_AIRCRAFT = "10", "11", "12", 0x100  # object ids are hexadecimal
TACVIEW_COLOURS = ("Orange", "Blue", "Yellow", "Violet", "Green", "Red", "Cyan")
EVENT_KINDS = {"lift-off": "TakenOff", "touchdown": "Landed", "strike": "Message", FAULT: "Message"}


def write_acmi(logs: Sequence[FlightLog], path: str | os.PathLike[str]) -> Path:
    """Write flights, all starting at time 0, into one file ending in .acmi (.txt.acmi is usual); the path.

    Raises InputError for another ending, more flights than there are colours, or a file that cannot be written.
    """
    path = with_ending(Path(path), ".acmi", "a Tacview file")
    check_count(logs, str(path))
    write_atomically(path, "\ufeff" + "".join(f"{line}\n" for line in _lines(logs)))
    return path


def _lines(logs: Sequence[FlightLog]) -> Iterator[str]:
    first = logs[0]
    yield from ("FileType=text/acmi/tacview", "FileVersion=2.2")
    # A fixed day: the same flight makes the same file, and the clock of the day means nothing in a simulation.
    yield f"0,ReferenceTime={datetime(2000, 1, 1, 12, tzinfo=UTC):%Y-%m-%dT%H:%M:%SZ}"
    yield f"0,ReferenceLongitude={MODEL_FIELD.longitude_deg}"
    yield f"0,ReferenceLatitude={MODEL_FIELD.latitude_deg}"
    yield "0,DataSource=Maiden Flight,DataRecorder=Maiden Flight"
    yield f"0,Title={_escaped(str(first.header.get('task', 'flight')))},Category=Model aircraft"
    yield from _field(first)
    frames: list[tuple[float, int, list[str]]] = []
    for index, (log, label) in enumerate(zip(logs, labels(logs), strict=True)):
        for time, lines in _flight(log, label, index):
            frames.append((time, index, lines))
    last = -1.0
    for time, _, lines in sorted(frames, key=lambda frame: frame[:2]):
        if time != last:
            yield f"#{time:g}"
            last = time
        yield from lines


def _field(log: FlightLog) -> Iterator[str]:
    """The runway and the points where it begins and ends, all on the ground."""
    runway = log.runway()
    middle = np.array([0.5 * runway.length_m, 0.0, 0.0])
    size = f"Length={runway.length_m:g},Width={runway.width_m:g},Height=0.1"
    yield (
        f"{RUNWAY},T={_place(middle)}|0|0|{MODEL_FIELD.course_deg:g},Type=Ground+Static+Aerodrome,"
        f"Name=Runway,FullName=Runway ({runway.surface}),{size}"
    )
    for number, name, x in ((FIRST_THRESHOLD, "Threshold", 0.0), (LAST_THRESHOLD, "Runway end", runway.length_m)):
        yield f"{number},T={_place(np.array([x, 0.0, 0.0]))},Type=Navaid+Static+Waypoint,Name={name}"


def _flight(log: FlightLog, label: str, index: int) -> Iterator[tuple[float, list[str]]]:
    number, time = f"{FIRST_AIRCRAFT + index:x}", clock(log)
    positions = log.block("x_m", "y_m", "z_m")
    places, local = geodetic(positions), north_east_down(positions)
    yaw = true_heading_deg(log.column("heading_deg"))
    roll, pitch = log.column("roll_deg"), log.column("pitch_deg")
    aircraft = log.aircraft()
    events = {event.row: event for event in events_of(log)}
    numbers, before = _numbers(log), dict[str, str]()
    for row in range(len(log)):
        latitude, longitude = places[row, 0] - MODEL_FIELD.latitude_deg, places[row, 1] - MODEL_FIELD.longitude_deg
        # 1e-8 degrees is 1 mm
        text = (
            f"{longitude:.8f}|{latitude:.8f}|{places[row, 2]:.3f}|{roll[row]:.2f}|{pitch[row]:.2f}|{yaw[row]:.2f}|"
            f"{local[row, 1]:.3f}|{local[row, 0]:.3f}|{yaw[row]:.2f}"
        )
        parts = [number, f"T={text}"]
        if row == 0:
            parts += [
                "Type=Air+FixedWing+Light",
                f"Name={_escaped(aircraft.title)}",
                f"CallSign={_escaped(label)}",
                f"Pilot={_escaped(label)}",
                f"Group=Flight {index + 1}",
                f"Color={TACVIEW_COLOURS[index]}",
                f"Width={aircraft.span_m:g}",
            ]
        for name, values in numbers.items():
            value = f"{values[row]:.4g}"
            if before.get(name) != value:
                before[name] = value
                parts.append(f"{name}={value}")
        lines = [",".join(parts)]
        if row in events:
            event = events[row]
            lines.append(f"0,Event={EVENT_KINDS[event.name]}|{number}|{_escaped(f'{label}: {event.label(log)}')}")
        if row == len(log) - 1 and log.header.get("outcome"):
            words = f"{label}: {verdict(log.header)}"
            lines.append(f"0,Event=Bookmark|{number}|{_escaped(words)}")
        yield round(float(time[row]), 4), lines


def _numbers(log: FlightLog) -> dict[str, NDArray[np.float64]]:
    numbers = {
        "IAS": indicated_airspeed(log),
        "TAS": log.column("airspeed_mps"),
        "AOA": log.column("alpha_deg"),
        "AOS": log.column("beta_deg"),
        "AGL": log.column("height_m"),
        "Throttle": log.column("throttle"),
        "RollControlInput": log.column("aileron_cmd"),
        "PitchControlInput": log.column("elevator_cmd"),
        "YawControlInput": log.column("rudder_cmd"),
        "VerticalGForce": log.column("load_factor"),
    }
    for name, column, factor in (
        ("LongitudinalGForce", "accel_x_mps2", 1 / STANDARD_GRAVITY),
        ("LateralGForce", "accel_y_mps2", 1 / STANDARD_GRAVITY),
        ("EngineRPM", "rotor_radps", 30 / np.pi),
    ):
        values = optional(log, column)
        if values is not None:
            numbers[name] = factor * values
    return numbers


def _place(position_world: NDArray[np.float64]) -> str:
    latitude, longitude, altitude = geodetic(position_world)
    return f"{longitude - MODEL_FIELD.longitude_deg:.8f}|{latitude - MODEL_FIELD.latitude_deg:.8f}|{altitude:.3f}"


def _escaped(text: str) -> str:
    """A comma ends a property and a line break a line, unless a backslash stands before; | parts an event."""
    return text.replace("\\", "/").replace("|", "/").replace(",", "\\,").replace("\n", "\\\n")
