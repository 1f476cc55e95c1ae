"""A flight as an ArduPilot sees one: north-east-down, aerospace body axes, radio channels in microseconds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from envs.aircraft.aircraft import Aircraft
from envs.base.frames import aerospace_felt, aerospace_rates, geodetic, north_east_down, true_heading_deg
from envs.base.units import SEA_LEVEL_DENSITY
from envs.flights.flight_log import FlightLog
from envs.flights.overlay import clock, indicated_airspeed

Array = NDArray[np.float64]

# ArduPilot's order of channels: 1 aileron, 2 elevator, 3 throttle, 4 rudder; its numbers of servo functions.
RC_PARAMETERS: dict[str, float] = {
    "SYSID_THISMAV": 1,
    "AHRS_EKF_TYPE": 3,
    "RCMAP_ROLL": 1,
    "RCMAP_PITCH": 2,
    "RCMAP_THROTTLE": 3,
    "RCMAP_YAW": 4,
    "SERVO1_FUNCTION": 4,
    "SERVO2_FUNCTION": 19,
    "SERVO3_FUNCTION": 70,
    "SERVO4_FUNCTION": 21,
    **{
        f"{kind}{channel}_{end}": value
        for kind in ("RC", "SERVO")
        for channel in (1, 2, 3, 4)
        for end, value in (("MIN", 1000), ("MAX", 2000), ("TRIM", 1000 if channel == 3 else 1500))
    },
}


class AutopilotView:
    """The columns of a flight converted, (rows,) or (rows, n): m, m/s, rad/s, degrees where the name says so.

    `place` is latitude, longitude (deg), altitude (m); `commands` and `outputs` are aileron, elevator, throttle,
    rudder from -1 to 1 in ArduPilot's order, + as the pilot's, throttle -1 idle; `felt` is what an accelerometer
    shows, None in a log without it.
    """

    def __init__(self, log: FlightLog, aircraft: Aircraft | None = None, below_m: float | None = None) -> None:
        """`aircraft` and `below_m` spare the work, and name the start, where the log is only a part of a flight."""
        self.time_s = clock(log)
        position = log.block("x_m", "y_m", "z_m")
        # heights are those of the lowest wheel at the start, as of a barometer set to 0 on the ground
        on_ground = position - [0.0, 0.0, wheels_below_m(log) if below_m is None else below_m]
        self.place, self.position_ned = geodetic(on_ground), north_east_down(on_ground)
        self.velocity_ned = north_east_down(log.block("vx_mps", "vy_mps", "vz_mps"))
        self.wind_ned = north_east_down(log.block("wind_x_mps", "wind_y_mps", "wind_z_mps"))
        self.roll_deg, self.pitch_deg = log.column("roll_deg"), log.column("pitch_deg")
        self.yaw_deg = true_heading_deg(log.column("heading_deg"))
        self.rates = aerospace_rates(*np.radians(log.block("p_dps", "q_dps", "r_dps")).T)
        self.airspeed = indicated_airspeed(log)
        self.alpha_deg, self.beta_deg = log.column("alpha_deg"), log.column("beta_deg")
        self.dynamic_pressure = 0.5 * SEA_LEVEL_DENSITY * self.airspeed**2
        self.ground_speed = np.hypot(self.velocity_ned[:, 0], self.velocity_ned[:, 1])
        self.ground_course_deg = np.degrees(np.arctan2(self.velocity_ned[:, 1], self.velocity_ned[:, 0])) % 360.0
        self.commands = np.column_stack(
            [
                log.column("aileron_cmd"),
                log.column("elevator_cmd"),
                2.0 * log.column("throttle_cmd") - 1.0,
                log.column("rudder_cmd"),
            ]
        )
        aircraft = aircraft or log.aircraft()
        self.outputs = np.column_stack(
            [
                log.column("aileron_deg") / full_travel_deg(aircraft, "aileron"),
                log.column("elevator_deg") / full_travel_deg(aircraft, "elevator"),
                2.0 * log.column("throttle") - 1.0,
                log.column("rudder_deg") / full_travel_deg(aircraft, "rudder"),
            ]
        )
        self.felt: Array | None = None
        if {"accel_x_mps2", "accel_y_mps2"} <= set(log.columns):
            self.felt = aerospace_felt(*log.block("accel_x_mps2", "accel_y_mps2", "load_factor").T)
        self.rate_hz = (len(log) - 1) / self.time_s[-1] if len(log) > 1 else 0.0


def wheels_below_m(log: FlightLog) -> float:
    """How far the lowest wheel is below the centre of gravity in the first row, m."""
    return float(log.column("z_m")[0] - log.column("height_m")[0])


def full_travel_deg(aircraft: Aircraft, channel: str) -> float:
    """The largest travel of a surface that a channel moves, deg; 45 where it moves none."""
    return max((c.travel_deg for s in aircraft.surfaces for c in s.controls if channel in c.mix), default=45.0)


def pwm(value: float) -> int:
    """-1..1 -> 1000..2000 microseconds."""
    return round(1500 + 500 * min(1.0, max(-1.0, float(value))))
