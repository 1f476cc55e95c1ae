"""A flight as an ArduPilot DataFlash log (.bin), at frames.MODEL_FIELD.

Position, attitude, velocity and wind are the simulation's truth under the names of ArduPilot's estimator (XKF1, XKF2,
POS, ATT); no sensor error is in them. What a flight here does not have is 0: desired attitudes, gyro biases, magnetic
field. The clock starts at the flight's first row; the date of GPS is an arbitrary fixed one.
"""

from __future__ import annotations

import os
import textwrap
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from envs.base.files import replacing
from envs.base.frames import MODEL_FIELD
from envs.exports.ardupilot.dataflash_format import LAYOUTS, preamble
from envs.exports.ardupilot.view import RC_PARAMETERS, AutopilotView, pwm
from envs.exports.exporter import with_ending
from envs.flights.ending import ending_of
from envs.flights.events import events_of
from envs.flights.flight_log import FlightLog

PLANE_AUTO_MODE = 10  # ArduPlane's number for AUTO: nobody at the sticks
GPS_WEEK, GPS_WEEK_MS = 1042, 6 * 86_400_000 + 43_200_000  # 2000-01-01 12:00
GPS_HZ, SLOW_HZ = 5.0, 10.0  # of GPS, and of barometer and pitot
RTK_FIXED, SATELLITES, HDOP = 6, 18, 0.6
MOST_LETTERS = 64  # of a MSG


def write_dataflash(log: FlightLog, path: str | os.PathLike[str]) -> Path:
    """Write the flight to a file ending in .bin; the path. Raises InputError."""
    path = with_ending(Path(path), ".bin", "an ArduPilot DataFlash log")
    content = preamble() + b"".join(_messages(log))
    with replacing(path) as beside:
        beside.write_bytes(content)
    return path


def _messages(log: FlightLog) -> Iterator[bytes]:
    view = AutopilotView(log)
    aircraft, header = log.aircraft(), log.header
    # "ArduPlane" in the first message is how readers tell a plane from a copter
    yield _message("MSG", 0, "ArduPlane log, written by Maiden Flight")
    yield _message("MSG", 0, " ".join(str(header[key]) for key in ("task", "weather", "pilot") if header.get(key)))
    yield _message("MSG", 0, aircraft.title)
    for name, value in RC_PARAMETERS.items():
        yield _message("PARM", 0, name, value, value)
    yield _message("MODE", 0, PLANE_AUTO_MODE, PLANE_AUTO_MODE, 0)
    yield _message("ARM", 0, 1, 0, 0, 0)
    for kind in (0, 1):  # the estimator's origin, and home
        yield _message("ORGN", 0, kind, MODEL_FIELD.latitude_deg, MODEL_FIELD.longitude_deg, MODEL_FIELD.altitude_m)
    events = {event.row: event.label(log) for event in events_of(log)}
    gps_due = slow_due = 0.0
    for row in range(len(log)):
        time = float(view.time_s[row])
        now = round(1e6 * time)
        yield from _fast(view, row, now)
        if time >= slow_due - 1e-6:
            slow_due += 1 / SLOW_HZ
            yield from _air(view, row, now)
        if time >= gps_due - 1e-6:
            gps_due += 1 / GPS_HZ
            yield _message(
                "GPS",
                now,
                0,
                RTK_FIXED,
                GPS_WEEK_MS + round(1e3 * time),
                GPS_WEEK,
                SATELLITES,
                HDOP,
                *view.place[row],
                view.ground_speed[row],
                view.ground_course_deg[row],
                view.velocity_ned[row, 2],
                view.yaw_deg[row],
                1,
            )
        if row in events:
            yield _message("MSG", now, events[row])
    ending = ending_of(header)
    last = round(1e6 * float(view.time_s[-1]))
    yield _message("MSG", last, f"Flight ended: {ending.phrase if ending else 'end of the log'}")
    for line in textwrap.wrap(ending.reason, MOST_LETTERS) if ending else ():
        yield _message("MSG", last, line)


def _fast(view: AutopilotView, row: int, now: int) -> Iterator[bytes]:
    roll, pitch, yaw = view.roll_deg[row], view.pitch_deg[row], view.yaw_deg[row]
    north, east, down = view.position_ned[row]
    yield _message("ATT", now, 0, roll, 0, pitch, 0, yaw, 0, 0, 3)
    yield _message("POS", now, *view.place[row], -down, -down)
    yield _message(
        "XKF1",
        now,
        0,
        roll,
        pitch,
        yaw,
        *view.velocity_ned[row],
        view.velocity_ned[row, 2],
        north,
        east,
        down,
        0,
        0,
        0,
        MODEL_FIELD.altitude_m,
    )
    yield _message("XKF2", now, 0, 0, 0, 0, view.wind_ned[row, 0], view.wind_ned[row, 1], *[0] * 9)
    yield _message("AOA", now, view.alpha_deg[row], view.beta_deg[row])
    if view.felt is not None:
        yield _message("IMU", now, 0, *view.rates[row], *view.felt[row], 0, 0, 25, 1, 1, view.rate_hz, view.rate_hz)
    yield _message("RCIN", now, *(pwm(value) for value in view.commands[row]), *[0] * 10)
    yield _message("RCOU", now, *(pwm(value) for value in view.outputs[row]), *[0] * 10)
    aileron, elevator, throttle, rudder = view.outputs[row]
    yield _message(
        "AETR", now, 4500 * aileron, 4500 * elevator, 50 * (throttle + 1), 4500 * rudder, 0, 4500 * rudder, 1
    )


def _air(view: AutopilotView, row: int, now: int) -> Iterator[bytes]:
    height = -float(view.position_ned[row, 2])
    pressure, temperature = standard_air(MODEL_FIELD.altitude_m + height)
    ground_temperature = standard_air(MODEL_FIELD.altitude_m)[1]
    climb = -view.velocity_ned[row, 2]
    yield _message("BARO", now, 0, height, pressure, temperature, climb, now // 1000, 0, ground_temperature, 1)
    dynamic = view.dynamic_pressure[row]
    yield _message("ARSP", now, 0, view.airspeed[row], dynamic, temperature, dynamic, 0, 1, 1, 1, 0, 0)


def standard_air(altitude_m: float) -> tuple[float, float]:
    """(pressure Pa, temperature degC) of the International Standard Atmosphere below 11 km."""
    kelvin = 288.15 - 0.0065 * altitude_m
    return 101325.0 * (kelvin / 288.15) ** 5.25588, kelvin - 273.15


def _message(name: str, *values: float | str | np.floating) -> bytes:
    return LAYOUTS[name].encoded(*(value if isinstance(value, str) else float(value) for value in values))
