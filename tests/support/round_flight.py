"""Rounds of the field drawn by formulas: an approach, a touch, and round again, for tests of pictures."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from envs.base.frames import quaternion_from_pilot_angles
from envs.base.quantities import COLUMNS
from envs.flights.flight_log import FlightLog
from tests.support.flight_samples import takeoff_log

HZ, SPEED_MPS = 30.0, 12.0
# x (m, along the runway), y (m, left) and height of the wheels (m) at the corners of a round
CORNERS = ((-60.0, 0.0, 9.0), (30.0, 0.5, 0.0), (38.0, 0.5, 0.0), (100.0, 0.0, 22.0), (115.0, 60.0, 25.0),
           (60.0, 115.0, 25.0), (-20.0, 110.0, 20.0), (-60.0, 60.0, 14.0))  # fmt: skip


def round_log(rounds: int = 1, side: float = 1.0, **header: Any) -> FlightLog:
    """Approach and touch the runway, go round again `rounds` times, then land; `side` is -1 for circuits to the right.

    A sawtooth in the commands and in the speed stands for rough air.
    """
    corners = np.array([*(CORNERS * rounds), *CORNERS[:2], (70.0, 0.0, 0.0)]) * [1.0, side, 1.0]
    way = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(corners, axis=0), axis=1))])
    time = np.arange(round(way[-1] / SPEED_MPS * HZ)) / HZ
    x, y, height = (np.interp(SPEED_MPS * time, way, corners[:, axis]) for axis in range(3))
    velocity = np.gradient(np.stack([x, y, height], axis=1), 1.0 / HZ, axis=0)
    rough = np.sin(40.0 * time) + np.sin(17.0 * time)
    angles = _angles(velocity)
    column = dict.fromkeys(COLUMNS, np.zeros_like(time))
    column |= {"time_s": time, "x_m": x, "y_m": y, "z_m": height + 0.22, "height_m": height}
    column |= dict(zip(("vx_mps", "vy_mps", "vz_mps"), velocity.T, strict=True))
    column |= dict(zip(("roll_deg", "pitch_deg", "heading_deg"), np.degrees(angles).T, strict=True))
    column |= dict(zip(("qx", "qy", "qz", "qw"), _quaternions(angles).T, strict=True))
    column |= {
        "airspeed_mps": np.linalg.norm(velocity, axis=1) + 2.0 + 0.6 * rough,
        "alpha_deg": 5.0 + 2.0 * rough,
        "load_factor": np.ones_like(time),
        "wind_x_mps": np.full_like(time, -4.0),
        "wind_y_mps": np.full_like(time, 2.0),
        "throttle": 0.5 + 0.2 * rough,
        "wheels_on_ground": np.where(height > 0.0, 0.0, 3.0),
        **{f"{name}_cmd": 0.3 * rough for name in ("aileron", "elevator", "rudder")},
    }
    marks = {"aim_x_m": 25.0, "glide_slope": 0.1, "box_from_x_m": 19.0, "box_to_x_m": 41.0, "box_half_width_m": 1.3}
    facts = {
        **takeoff_log().header,
        "task": "landing",
        "marks": marks,
        "outcome": "landed",
        "metrics": {"gold": 0.0, "touchdown_x_m": 5.0, "touchdown_y_m": -0.21, "sink_mps": 0.5, "time_s": time[-1]},
    }
    return FlightLog(COLUMNS, np.stack([column[name] for name in COLUMNS], axis=1), {**facts, **header})


def _angles(velocity: NDArray[np.float64]) -> NDArray[np.float64]:
    """Roll, pitch and heading (rad, pilot's signs) of an aircraft that flies where it points, banked in its turns."""
    east, left, up = velocity.T
    heading = np.unwrap(np.arctan2(-left, east))
    bank = np.clip(0.4 * np.gradient(heading) * HZ, -0.7, 0.7)
    return np.stack([bank, np.arctan2(up, np.hypot(east, left)), heading], axis=1)


def _quaternions(angles: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.array([quaternion_from_pilot_angles(*row) for row in angles])
