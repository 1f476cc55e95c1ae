"""The only place that knows sign and axis conventions.

World: x along the runway in the take-off direction, y left, z up. Body: x forward, y left, z up, origin at
the centre of gravity. Pilot: aileron + rolls right, elevator + pitches up, rudder + yaws right; roll + is
right wing down, pitch + nose up, heading 0 along the runway and + clockwise from above.
Aerospace (exports, published derivatives): body x forward, y right, z down; world north, east, down.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numba import njit
from numpy.typing import NDArray

Channel = Literal["aileron", "elevator", "rudder", "flap"]
CHANNELS: tuple[Channel, ...] = ("aileron", "elevator", "rudder", "flap")

Array = NDArray[np.float64]

# Turning a vector between body (x fwd, y left, z up) and aerospace (x fwd, y right, z down) axes is its own
# inverse: y and z change sign. Body x, y, z rates are therefore roll right, pitch DOWN, yaw LEFT.
AEROSPACE = np.diag([1.0, -1.0, -1.0])


def inertia_body(Ixx: float, Iyy: float, Izz: float, Ixz: float) -> Array:
    """Inertia matrix (3, 3) in body axes from aerospace values; Ixz = sum of x z dm, off-diagonal -Ixz."""
    aerospace = np.array([[Ixx, 0.0, -Ixz], [0.0, Iyy, 0.0], [-Ixz, 0.0, Izz]])
    return AEROSPACE @ aerospace @ AEROSPACE


@njit
def pilot_angles(qx: float, qy: float, qz: float, qw: float) -> tuple[float, float, float]:
    """(roll, pitch, heading) in rad, pilot's signs, from the body-to-world quaternion."""
    sine = 2.0 * (qx * qz - qw * qy)
    # x axis of the body in the world is (c, s, sine): its rise is the pitch angle.
    pitch = math.asin(min(1.0, max(-1.0, sine)))
    heading = -math.atan2(2.0 * (qx * qy + qw * qz), 1.0 - 2.0 * (qy * qy + qz * qz))
    roll = math.atan2(2.0 * (qy * qz + qw * qx), 1.0 - 2.0 * (qx * qx + qy * qy))
    return roll, pitch, heading


def quaternion_from_pilot_angles(roll: float, pitch: float, heading: float) -> tuple[float, float, float, float]:
    """Body-to-world quaternion (x, y, z, w) of pilot's roll, pitch, heading (rad), turned in the order
    heading, pitch, roll."""
    cr, sr = math.cos(roll / 2), math.sin(roll / 2)
    cp, sp = math.cos(-pitch / 2), math.sin(-pitch / 2)
    cy, sy = math.cos(-heading / 2), math.sin(-heading / 2)
    return (sr * cp * cy - cr * sp * sy, cr * sp * cy + sr * cp * sy,
            cr * cp * sy - sr * sp * cy, cr * cp * cy + sr * sp * sy)



def quaternion_from_matrix(matrix: Array) -> tuple[float, float, float, float]:
    """Quaternion (x, y, z, w) of a rotation matrix (3, 3)."""
    from scipy.spatial.transform import Rotation

    x, y, z, w = Rotation.from_matrix(matrix).as_quat()
    return float(x), float(y), float(z), float(w)
