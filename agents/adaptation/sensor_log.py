"""What a test flight leaves to learn from: the readings of the sensors and the sticks, and nothing of the truth."""

from __future__ import annotations

import functools
import io
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.signal import lfilter
from scipy.spatial.transform import Rotation

from envs.base.errors import InputError
from envs.base.files import replacing
from envs.base.frames import Array
from envs.base.units import GRAVITY

READ = (
    *("time", "x", "y", "z", "vx", "vy", "vz", "roll", "pitch", "heading", "qx", "qy", "qz", "qw", "p", "q", "r"),
    *("airspeed", "load_factor", "aileron_cmd", "elevator_cmd", "rudder_cmd", "throttle_cmd"),
    *("height", "wheels_on_ground", "accel_x", "accel_y", "rotor_speed"),
)
"""Quantities that sensors and estimator give, or that the pilot did (envs/physics/sensors.py, `sense`)."""
FIX_LAG_S = 0.5
"""Time over which a flight controller's velocity follows its satellite fixes rather than its accelerometers; found by
comparing both with the truth on late fixes, which leaves a quarter of the error (0.3 of 0.36 and 0.65 m/s)."""


@dataclass(frozen=True)
class SensorLog:
    """One flight: `rows` (n, len(READ)), SI and rad, as the flight controller believed; the first before any step.

    `roughness_m`, `control_hz` and `surface` are of the field, the controller and the runway, known without flying.
    """

    seed: int
    rows: Array
    roughness_m: float
    control_hz: int
    surface: str = "grass"

    def column(self, name: str) -> Array:
        """One quantity of READ (n,)."""
        return self.rows[:, READ.index(name)]

    @functools.cached_property
    def _slow_acceleration(self) -> Array:
        """Acceleration (n, 3) m/s2, world, as its accelerometers felt it, smoothed as the estimator smooths fixes."""
        attitude = Rotation.from_quat(np.column_stack([self.column(name) for name in ("qx", "qy", "qz", "qw")]))
        felt = (self.column("accel_x"), -self.column("accel_y"), self.column("load_factor") * GRAVITY)
        world = attitude.apply(np.column_stack(felt)) - (0.0, 0.0, GRAVITY)
        share = 1.0 - np.exp(-1.0 / (self.control_hz * FIX_LAG_S))
        return np.asarray(lfilter([share], [1.0, share - 1.0], world, axis=0))

    def newer(self, by: float) -> SensorLog:
        """The same flight with positions and velocities `by` (s) newer: as fixes not so late would have shown them.

        Late fixes hold the estimated position back by their delay times the velocity, and the estimated velocity by
        their delay times what is slow of the acceleration.
        """
        rows = self.rows.copy()
        place, speed = (slice(READ.index(name), READ.index(name) + 3) for name in ("x", "vx"))
        rows[:, place] += by * self.rows[:, speed]
        rows[:, speed] += by * self._slow_acceleration
        return replace(self, rows=rows)

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
        buffer,
        rows=log.rows,
        seed=log.seed,
        roughness_m=log.roughness_m,
        control_hz=log.control_hz,
        surface=log.surface,
        names=READ,
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
            roughness, rate, surface = float(stored["roughness_m"]), int(stored["control_hz"]), str(stored["surface"])
            log = SensorLog(int(stored["seed"]), rows, roughness, rate, surface)
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile):
        raise InputError(f"{path}: cannot be read; it is broken or not ours") from None
    if rows.ndim != 2 or rows.shape[1] != len(READ) or not np.isfinite(rows).all():
        raise InputError(f"{path}: must hold rows of {len(READ)} finite readings")
    return log
