"""A flight as MAVLink telemetry over UDP while it happens: a ground station shows the aircraft on its map.

`Telemetry("udp:HOST:PORT")` with `start()` after reset, `step()` after every step and `finish()` at the end, or
`streamed(env, "udp:127.0.0.1:14550")` around an environment. It paces the flight to real time. The
messages are those of an ArduPlane (ardupilotmega dialect, MAVLink 2), at frames.MODEL_FIELD: the simulation's truth.
"""

from __future__ import annotations

import importlib.util
import math
import re
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import gymnasium
import numpy as np

from envs.base.errors import InputError
from envs.base.frames import MODEL_FIELD
from envs.exports.ardupilot.view import AutopilotView, pwm, wheels_below_m
from envs.flights.flight_log import FlightLog

# Messages a second of flight; about what ArduPilot sends a ground station by default, attitude for a smooth horizon.
RATES_HZ = {
    "heartbeat": 1.0,
    "sys_status": 1.0,
    "home_position": 0.5,
    "gps_raw_int": 5.0,
    "global_position_int": 10.0,
    "attitude": 20.0,
    "vfr_hud": 10.0,
    "rc_channels": 5.0,
    "servo_output_raw": 5.0,
    "wind": 2.0,
}
SYSTEM, COMPONENT = 1, 1
PLANE_AUTO_MODE = 10  # ArduPlane's number for AUTO
UNKNOWN_CHANNEL = 65535
LATE_S = 1.0  # a computer further behind than this gives up catching up


class Telemetry:
    """Sends one flight after another; `pace` 1 is real time, 0 as fast as it goes.

    Raises InputError for an address that is not udp:HOST:PORT or a host that is not known.
    """

    def __init__(self, address: str, pace: float = 1.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._target = usable_address(address)
        from pymavlink.dialects.v20 import ardupilotmega

        self._mavlink: Any = ardupilotmega
        self._pace, self._clock = pace, clock
        self._packer: Any = ardupilotmega.MAVLink(None, SYSTEM, COMPONENT)
        family = socket.AF_INET6 if ":" in self._target[0] else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._boot_s = 0.0  # of all flights before: the time since start must not run backwards
        self._due = dict.fromkeys(RATES_HZ, 0.0)

    def start(self, env: Any) -> None:
        """Forget any flight before; `env` is a FlightEnv after reset."""
        self._env = env.unwrapped if hasattr(env, "unwrapped") else env
        self._columns, self._header = tuple(self._env.log_columns), self._env.log_header()
        first = FlightLog(self._columns, np.array([self._env.log_row()]), self._header)
        self._aircraft, self._below_m = first.aircraft(), wheels_below_m(first)
        self._started, self._time = self._clock(), 0.0
        self._due = dict.fromkeys(RATES_HZ, 0.0)
        self._say(f"{self._header.get('task', 'flight')}, seed {self._header.get('seed')}")
        self.step()

    def step(self) -> None:
        """Send what is due now, then wait until the flight's clock is the wall's."""
        row = self._env.log_row()
        self._time = float(row[0])
        due = [name for name, at in self._due.items() if self._time >= at - 1e-6]
        if due:
            log = FlightLog(self._columns, np.array([row]), self._header)
            view = AutopilotView(log, self._aircraft, self._below_m)
            for name in due:
                self._due[name] = max(self._due[name] + 1 / RATES_HZ[name], self._time)
                for message in getattr(self, f"_{name}")(view):
                    self._send(message)
        behind = self._clock() - self._started - self._pace * self._time
        if self._pace > 0 and behind < 0:
            time.sleep(-behind)
        elif self._pace > 0 and behind > LATE_S:
            self._started += behind

    def finish(self, words: str) -> None:
        """Tell how the flight ended."""
        self._say(f"ended: {words}")
        self._boot_s += self._time

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    def _send(self, message: Any) -> None:
        try:
            self._socket.sendto(message.pack(self._packer), self._target)
        except OSError:  # nobody listens yet, or the line is full: the next message comes soon
            return
        finally:
            self._packer.seq = (self._packer.seq + 1) % 256

    def _say(self, text: str) -> None:
        severity = self._mavlink.MAV_SEVERITY_INFO
        self._send(self._mavlink.MAVLink_statustext_message(severity, text.encode("ascii", "replace")[:50]))

    @property
    def _now_ms(self) -> int:
        return round(1e3 * (self._boot_s + self._time))

    def _heartbeat(self, _: AutopilotView) -> Iterator[Any]:
        m = self._mavlink
        mode = m.MAV_MODE_FLAG_CUSTOM_MODE_ENABLED | m.MAV_MODE_FLAG_SAFETY_ARMED | m.MAV_MODE_FLAG_AUTO_ENABLED
        yield m.MAVLink_heartbeat_message(
            m.MAV_TYPE_FIXED_WING, m.MAV_AUTOPILOT_ARDUPILOTMEGA, mode, PLANE_AUTO_MODE, m.MAV_STATE_ACTIVE, 3
        )

    def _sys_status(self, _: AutopilotView) -> Iterator[Any]:
        m = self._mavlink
        sensors = (
            m.MAV_SYS_STATUS_SENSOR_3D_GYRO
            | m.MAV_SYS_STATUS_SENSOR_3D_ACCEL
            | m.MAV_SYS_STATUS_SENSOR_ABSOLUTE_PRESSURE
            | m.MAV_SYS_STATUS_SENSOR_DIFFERENTIAL_PRESSURE
            | m.MAV_SYS_STATUS_SENSOR_GPS
            | m.MAV_SYS_STATUS_AHRS
        )
        # 65535 mV and -1: the battery's state is not known here
        yield m.MAVLink_sys_status_message(sensors, sensors, sensors, 0, 65535, -1, -1, 0, 0, 0, 0, 0, 0)

    def _home_position(self, _: AutopilotView) -> Iterator[Any]:
        latitude, longitude = round(1e7 * MODEL_FIELD.latitude_deg), round(1e7 * MODEL_FIELD.longitude_deg)
        course = math.radians(MODEL_FIELD.course_deg)
        turned = [math.cos(course / 2), 0.0, 0.0, math.sin(course / 2)]
        yield self._mavlink.MAVLink_home_position_message(
            latitude,
            longitude,
            round(1e3 * MODEL_FIELD.altitude_m),
            0,
            0,
            0,
            turned,
            0,
            0,
            0,
            time_usec=1000 * self._now_ms,
        )

    def _gps_raw_int(self, view: AutopilotView) -> Iterator[Any]:
        latitude, longitude, altitude = view.place[0]
        yield self._mavlink.MAVLink_gps_raw_int_message(
            1000 * self._now_ms,
            self._mavlink.GPS_FIX_TYPE_RTK_FIXED,
            round(1e7 * latitude),
            round(1e7 * longitude),
            round(1e3 * altitude),
            60,
            80,
            round(1e2 * view.ground_speed[0]),
            round(1e2 * view.ground_course_deg[0]) % 36000,
            18,
        )

    def _global_position_int(self, view: AutopilotView) -> Iterator[Any]:
        latitude, longitude, altitude = view.place[0]
        north, east, down = (round(1e2 * part) for part in view.velocity_ned[0])
        yield self._mavlink.MAVLink_global_position_int_message(
            self._now_ms,
            round(1e7 * latitude),
            round(1e7 * longitude),
            round(1e3 * altitude),
            round(-1e3 * view.position_ned[0, 2]),
            north,
            east,
            down,
            round(1e2 * view.yaw_deg[0]) % 36000,
        )

    def _attitude(self, view: AutopilotView) -> Iterator[Any]:
        yaw = math.remainder(math.radians(view.yaw_deg[0]), 2 * math.pi)
        yield self._mavlink.MAVLink_attitude_message(
            self._now_ms,
            math.radians(view.roll_deg[0]),
            math.radians(view.pitch_deg[0]),
            yaw,
            *map(float, view.rates[0]),
        )

    def _vfr_hud(self, view: AutopilotView) -> Iterator[Any]:
        yield self._mavlink.MAVLink_vfr_hud_message(
            float(view.airspeed[0]),
            float(view.ground_speed[0]),
            round(view.yaw_deg[0]) % 360,
            round(50 * (view.outputs[0, 2] + 1)),
            float(view.place[0, 2]),
            float(-view.velocity_ned[0, 2]),
        )

    def _rc_channels(self, view: AutopilotView) -> Iterator[Any]:
        channels = [*(pwm(value) for value in view.commands[0]), *[UNKNOWN_CHANNEL] * 14]
        yield self._mavlink.MAVLink_rc_channels_message(self._now_ms, 4, *channels, 255)

    def _servo_output_raw(self, view: AutopilotView) -> Iterator[Any]:
        outputs = [*(pwm(value) for value in view.outputs[0]), 0, 0, 0, 0]
        yield self._mavlink.MAVLink_servo_output_raw_message((1000 * self._now_ms) % 2**32, 0, *outputs)

    def _wind(self, view: AutopilotView) -> Iterator[Any]:
        north, east, down = (float(part) for part in view.wind_ned[0])
        from_deg = math.degrees(math.atan2(-east, -north)) % 360.0  # the direction it comes from
        yield self._mavlink.MAVLink_wind_message(from_deg, math.hypot(north, east), down)


class TelemetryFlights(gymnasium.Wrapper):
    """An environment whose flights are streamed as they are flown, in real time."""

    def __init__(self, env: gymnasium.Env, telemetry: Telemetry) -> None:
        super().__init__(env)
        self._telemetry = telemetry

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Start a flight and say on the stream what flies."""
        answer = self.env.reset(seed=seed, options=options)
        self._telemetry.start(self.env)
        return answer

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        """Fly one step, no faster than real time, and send it."""
        answer = self.env.step(action)
        self._telemetry.step()
        if answer[2] or answer[3]:
            info = answer[4]
            self._telemetry.finish(str(info.get("ending", {}).get("phrase", info.get("outcome", "end"))))
        return answer

    def close(self) -> None:
        """Close the stream and the environment."""
        self._telemetry.close()
        super().close()


def streamed(env: gymnasium.Env, address: str) -> gymnasium.Env:
    """`env` streaming to an address like udp:127.0.0.1:14550. Raises InputError."""
    return TelemetryFlights(env, Telemetry(address))


def usable_address(address: str) -> tuple[str, int]:
    """`parsed_address`; also raises InputError where the package that writes MAVLink is missing."""
    target = parsed_address(address)
    if importlib.util.find_spec("pymavlink") is None:
        raise InputError("--telemetry needs the package pymavlink: pip install -e '.[mavlink]'")
    return target


def parsed_address(address: str) -> tuple[str, int]:
    """(host's number, port) of udp:HOST:PORT. Raises InputError, one line."""
    found = re.fullmatch(r"(\w+):(\[[^\]]+\]|[^:\s]+):(\d+)", address)
    if not found or found[1] != "udp" or not 1 <= int(found[3]) <= 65535:
        raise InputError(f"--telemetry {address!r}: expected udp:HOST:PORT, as in udp:127.0.0.1:14550")
    host, port = found[2].strip("[]"), int(found[3])
    try:
        answers: Sequence[Any] = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)
    except (OSError, UnicodeError):
        raise InputError(f"--telemetry {address!r}: host {host!r} is not known") from None
    chosen = min(answers, key=lambda answer: answer[0] != socket.AF_INET)
    return str(chosen[4][0]), port
