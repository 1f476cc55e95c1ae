"""What a test flight leaves to learn from: the readings of the sensors and the sticks, and nothing of the truth."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from envs.base.errors import InputError
from envs.base.files import replacing
from envs.base.frames import Array

READ = (
    *("time", "x", "y", "z", "vx", "vy", "vz", "roll", "pitch", "heading", "qx", "qy", "qz", "qw", "p", "q", "r"),
    *("airspeed", "load_factor", "aileron_cmd", "elevator_cmd", "rudder_cmd", "throttle_cmd"),
    *("height", "wheels_on_ground", "accel_x", "accel_y", "rotor_speed"),
)
"""Quantities that sensors and estimator give, or that the pilot did (envs/physics/sensors.py, `sense`)."""


@dataclass(frozen=True)
class SensorLog:
    """One flight: `rows` (n, len(READ)), SI and rad, as the flight controller believed; the first before any step.

    `roughness_m` and `control_hz` are of the field and the controller, known without flying.
    """

    seed: int
    rows: Array
    roughness_m: float
    control_hz: int

    def column(self, name: str) -> Array:
        """One quantity of READ (n,)."""
        return self.rows[:, READ.index(name)]

    def turned(self, by: float) -> SensorLog:
        """The same flight as a compass that shows `by` (rad) less to the right would have had it."""
        rows = self.rows.copy()
        rows[:, READ.index("heading")] -= by
        half = 0.5 * by  # to the left, about the world's upward axis
        x, y, z, w = (rows[:, READ.index(name)].copy() for name in ("qx", "qy", "qz", "qw"))
        cosine, sine = np.cos(half), np.sin(half)
        for name, value in (
            ("qx", cosine * x - sine * y),
            ("qy", cosine * y + sine * x),
            ("qz", cosine * z + sine * w),
            ("qw", cosine * w - sine * z),
        ):
            rows[:, READ.index(name)] = value
        return replace(self, rows=rows)


def save_readings(log: SensorLog, path: Path) -> None:
    """Write a log as a .npz file, whole or not at all."""
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer, rows=log.rows, seed=log.seed, roughness_m=log.roughness_m, control_hz=log.control_hz, names=READ
    )
    with replacing(path) as beside:
        beside.write_bytes(buffer.getvalue())


def load_readings(path: Path) -> SensorLog:
    """Read a log that `save_readings` wrote. Raises InputError, one line."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            if tuple(stored["names"]) != READ:
                raise InputError(f"{path}: holds other readings than this version learns from")
            rows = np.array(stored["rows"], np.float64)
            log = SensorLog(int(stored["seed"]), rows, float(stored["roughness_m"]), int(stored["control_hz"]))
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile):
        raise InputError(f"{path}: cannot be read; it is broken or not ours") from None
    if rows.ndim != 2 or rows.shape[1] != len(READ) or not np.isfinite(rows).all():
        raise InputError(f"{path}: must hold rows of {len(READ)} finite readings")
    return log
