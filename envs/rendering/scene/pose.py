"""Where an aircraft is and what it does in one moment, and how a row of a flight log says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from envs.base.frames import CHANNELS
from envs.rendering.scene.solids import Points

PLACE, VELOCITY, ATTITUDE = ("x_m", "y_m", "z_m"), ("vx_mps", "vy_mps", "vz_mps"), ("qx", "qy", "qz", "qw")


@dataclass(frozen=True)
class Pose:
    """Where an aircraft is at `time_s`.

    Position of its CG (3,), m, and velocity (3,), m/s, in the world; body-to-world quaternion (x, y, z, w).
    """

    time_s: float
    position_world: Points
    quaternion: Points
    velocity_world: Points = field(default_factory=lambda: np.zeros(3))

    def rotation(self) -> Points:
        """Body-to-world rotation matrix (3, 3)."""
        return rotation_matrix(self.quaternion)


@dataclass(frozen=True)
class Ghost:
    """Another flight of the same aircraft, to be seen through: its pose, deflections (degrees) and throttle 0..1."""

    pose: Pose
    deflections_deg: Mapping[str, float]
    throttle: float = 0.0


def rotation_matrix(quaternion: Points) -> Points:
    """Body-to-world rotation matrix (3, 3) of a quaternion (x, y, z, w) of any length."""
    x, y, z, w = np.asarray(quaternion, dtype=np.float64) / np.linalg.norm(quaternion)
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


def pose_of_row(row: Mapping[str, float]) -> Pose:
    """The pose in a row of a flight log (column name -> value)."""
    position, velocity = (np.array([row[name] for name in names]) for names in (PLACE, VELOCITY))
    return Pose(row["time_s"], position, np.array([row[name] for name in ATTITUDE]), velocity)


def ghost_of_row(row: Mapping[str, float]) -> Ghost:
    """The ghost in a row of another flight's log (column name -> value)."""
    return Ghost(pose_of_row(row), deflections_of_row(row), row["throttle"])


def deflections_of_row(row: Mapping[str, float]) -> dict[str, float]:
    """{channel: deflection in degrees, pilot's signs} of the channels that a row of a flight log has."""
    return {channel: row[f"{channel}_deg"] for channel in CHANNELS if f"{channel}_deg" in row}


def wind_of_row(row: Mapping[str, float]) -> Points:
    """The wind (3,) in the world, m/s, in a row of a flight log."""
    return np.array([row[name] for name in ("wind_x_mps", "wind_y_mps", "wind_z_mps")])
