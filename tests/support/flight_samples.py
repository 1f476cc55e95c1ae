"""A take-off drawn by formulas, for tests that need a flight log but no flight."""

from __future__ import annotations

from typing import Any

import numpy as np

from envs.base.config_file import CONFIGS, read_yaml
from envs.base.frames import quaternion_from_pilot_angles
from envs.base.quantities import COLUMNS
from envs.flights.flight_log import FlightLog


def takeoff_log(seconds: float = 8.0, hz: float = 30.0, crashes: bool = False, **header: Any) -> FlightLog:
    """Roll, lift off at 11 m/s, climb at 2 m/s with a gentle weave; `crashes` ends it with a strike."""
    time = np.arange(round(seconds * hz) + 1) / hz
    column = dict.fromkeys(COLUMNS, np.zeros_like(time))
    speed = np.minimum(4.0 * time, 15.0)
    after = np.maximum(0.0, time - 11.0 / 4.0)
    climb = 2.0 * (1.0 - np.exp(-after))
    height = np.concatenate([[0.0], np.cumsum(climb)[:-1]]) / hz
    pitch = np.where(after > 0.0, 8.0, 3.0)
    roll, heading = 6.0 * np.sin(1.5 * after), -3.0 * np.sin(time)
    angles = np.radians(np.stack([roll, pitch, heading], axis=1))
    quaternions = np.array([quaternion_from_pilot_angles(*row) for row in angles])
    column |= {
        "time_s": time,
        "x_m": 3.0 + np.concatenate([[0.0], np.cumsum(speed)[:-1]]) / hz,
        "y_m": 0.4 * np.sin(time),
        "z_m": 0.22 + height,
        "vx_mps": speed,
        "vz_mps": climb,
        "roll_deg": roll,
        "pitch_deg": pitch,
        "heading_deg": heading,
        "airspeed_mps": speed + 1.0,
        "load_factor": np.ones_like(time),
        "wind_x_mps": np.full_like(time, -1.0),
        "wind_y_mps": np.full_like(time, 2.0),
        "aileron_cmd": 0.3 * np.sin(time),
        "aileron_deg": 7.5 * np.sin(time),
        "throttle": np.minimum(1.0, time),
        "throttle_cmd": np.minimum(1.0, time),
        "height_m": height,
        "wheels_on_ground": np.where(height > 0.0, 0.0, 3.0),
        "strike": np.where(time >= seconds, float(crashes), 0.0),
    }
    column |= dict(zip(("qx", "qy", "qz", "qw"), quaternions.T, strict=True))
    facts = {
        "aircraft": "ultra_stick",
        "aircraft_config": read_yaml(CONFIGS / "aircraft" / "ultra_stick.yaml"),
        "task": "takeoff",
        "weather": "breeze",
        "discrepancies": [],
        "seed": 1000,
        "pilot": "formula",
        "runway": {"length_m": 127.0, "width_m": 6.35, "surface": "grass"},
        "outcome": "crashed" if crashes else "success",
        "is_success": not crashes,
        "metrics": {"liftoff_speed_mps": 11.0, "touchdown_x_m": float("nan")},
    }
    return FlightLog(COLUMNS, np.stack([column[name] for name in COLUMNS], axis=1), {**facts, **header})
