"""The only place that knows sign and axis conventions.

World: x along the runway in the take-off direction, y left, z up. Body: x forward, y left, z up, origin at
the centre of gravity. Pilot: aileron + rolls right, elevator + pitches up, rudder + yaws right; roll + is
right wing down, pitch + nose up, heading 0 along the runway and + clockwise from above.
Aerospace (exports, published derivatives): body x forward, y right, z down; world north, east, down.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numba import njit
from numpy.typing import NDArray

from envs.base.units import STANDARD_GRAVITY

Channel = Literal["aileron", "elevator", "rudder", "flap"]
CHANNELS: tuple[Channel, ...] = ("aileron", "elevator", "rudder", "flap")

Array = NDArray[np.float64]

# Turning a vector between body (x fwd, y left, z up) and aerospace (x fwd, y right, z down) axes is its own
# inverse: y and z change sign. Body x, y, z rates are therefore roll right, pitch DOWN, yaw LEFT.
AEROSPACE = np.diag([1.0, -1.0, -1.0])


def cross_product(first: Array, second: Array) -> Array:
    """Cross products of vectors (..., 3) of one shape: bit for bit np.cross's, in a tenth of the time for one pair."""
    out = np.empty(first.shape)
    for i, j, k in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
        out[..., i] = first[..., j] * second[..., k] - first[..., k] * second[..., j]
    return out


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


@njit
def quaternion_product(
    first: tuple[float, float, float, float], second: tuple[float, float, float, float]
) -> tuple[float, float, float, float]:
    """Hamilton product of two quaternions (x, y, z, w): turn by `second`, then by `first`."""
    ax, ay, az, aw = first
    bx, by, bz, bw = second
    return (
        aw * bx + ax * bw + ay * bz - az * by,
        aw * by - ax * bz + ay * bw + az * bx,
        aw * bz + ax * by - ay * bx + az * bw,
        aw * bw - ax * bx - ay * by - az * bz,
    )


def quaternion_from_pilot_angles(roll: float, pitch: float, heading: float) -> tuple[float, float, float, float]:
    """Body-to-world quaternion (x, y, z, w) of pilot's angles (rad), turned in the order heading, pitch, roll."""
    cr, sr = math.cos(roll / 2), math.sin(roll / 2)
    cp, sp = math.cos(-pitch / 2), math.sin(-pitch / 2)
    cy, sy = math.cos(-heading / 2), math.sin(-heading / 2)
    return (
        sr * cp * cy - cr * sp * sy,
        cr * sp * cy + sr * cp * sy,
        cr * cp * sy - sr * sp * cy,
        cr * cp * cy + sr * sp * sy,
    )


def quaternion_from_matrix(matrix: Array) -> tuple[float, float, float, float]:
    """Quaternion (x, y, z, w) of a rotation matrix (3, 3): Shepperd 1978, by the largest of its four parts.

    As scipy's Rotation.from_matrix, bit for bit, without what that does besides: it is called for many flights.
    """
    m = matrix.tolist()
    squares = [m[0][0], m[1][1], m[2][2], m[0][0] + m[1][1] + m[2][2]]
    largest = squares.index(max(squares))
    parts = [0.0, 0.0, 0.0, 0.0]
    for i, j, k in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
        if largest == 3:
            parts[i] = m[k][j] - m[j][k]
        elif largest == i:
            parts[i], parts[3] = 1 - squares[3] + 2 * m[i][i], m[k][j] - m[j][k]
            parts[j], parts[k] = m[j][i] + m[i][j], m[k][i] + m[i][k]
    if largest == 3:
        parts[3] = 1 + squares[3]
    length = math.sqrt(parts[0] ** 2 + parts[1] ** 2 + parts[2] ** 2 + parts[3] ** 2)
    return parts[0] / length, parts[1] / length, parts[2] / length, parts[3] / length


@dataclass(frozen=True)
class Site:
    """Where on Earth the world's origin lies, and which way the runway points.

    WGS 84 latitude and longitude (deg), height above sea level (m), true course of the world's x (deg).
    """

    latitude_deg: float
    longitude_deg: float
    altitude_m: float
    course_deg: float


# The worlds of the flights are nowhere; exports need a somewhere. This is the model airfield at which ArduPilot's
# simulator starts by default (Canberra Model Aircraft Club), so that a ground station's map shows a runway below.
MODEL_FIELD = Site(-35.363261, 149.165230, 584.0, 353.0)
SEMI_MAJOR_M, ECCENTRICITY_SQUARED = 6378137.0, 6.69437999014e-3  # WGS 84


def north_east_down(vectors_world: Array, site: Site = MODEL_FIELD) -> Array:
    """World vectors (..., 3) along north, east and down, the unit kept."""
    course = math.radians(site.course_deg)
    x, y, z = np.moveaxis(np.asarray(vectors_world, np.float64), -1, 0)
    cosine, sine = math.cos(course), math.sin(course)
    return np.stack([x * cosine + y * sine, x * sine - y * cosine, -z], axis=-1)


def geodetic(positions_world: Array, site: Site = MODEL_FIELD) -> Array:
    """World positions (..., 3), m -> (..., 3): latitude and longitude (deg), height above sea level (m).

    On the plane that touches the WGS 84 ellipsoid at the site, by its two radii of curvature there: 2 cm off at 500 m.
    """
    north, east, down = np.moveaxis(north_east_down(positions_world, site), -1, 0)
    latitude = math.radians(site.latitude_deg)
    root = math.sqrt(1.0 - ECCENTRICITY_SQUARED * math.sin(latitude) ** 2)
    along_meridian = SEMI_MAJOR_M * (1.0 - ECCENTRICITY_SQUARED) / root**3 + site.altitude_m
    across = (SEMI_MAJOR_M / root + site.altitude_m) * math.cos(latitude)
    return np.stack(
        [
            site.latitude_deg + np.degrees(north / along_meridian),
            site.longitude_deg + np.degrees(east / across),
            site.altitude_m - down,
        ],
        axis=-1,
    )


def true_heading_deg(heading_deg: Array, site: Site = MODEL_FIELD) -> Array:
    """Heading against the runway (deg, + clockwise) -> heading against true north, 0 to 360 deg."""
    return np.mod(np.asarray(heading_deg, np.float64) + site.course_deg, 360.0)


def aerospace_rates(p: Array, q: Array, r: Array) -> Array:
    """Roll right, pitch up, yaw right -> rates about body x forward, y right, z down, (..., 3): the same numbers."""
    return np.stack([p, q, r], axis=-1)


def aerospace_felt(forward: Array, right: Array, load_factor: Array, g: float = STANDARD_GRAVITY) -> Array:
    """Accelerometer readings (..., 3), m/s2, along body x forward, y right, z down: -g on z at rest.

    From the felt acceleration forward and right (m/s2) and the load factor (in g, + up).
    """
    return np.stack([forward, right, -g * np.asarray(load_factor)], axis=-1)
