"""What a pilot is shown of a figure: the path asked for, from where the aircraft is, in the aircraft's own axes.

Vectors and no angles, so that nothing jumps where a nose points straight up or a canopy down. The same numbers for
every figure. One kernel reads them from the truth, or from what the flight controller believes.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from envs.base.frames import Array
from envs.base.quantities import AT, PATH_AT
from envs.figures.elements import Arc, Spin, StallTurn, StraightLine
from envs.figures.kernels import at_stations, nearest_station
from envs.figures.path import FigurePath
from envs.physics.kernels.dynamics import rotation_rows
from envs.physics.kernels.records import Record

AHEAD_B = (2.0, 5.0, 10.0, 18.0)
"""How far ahead the path is shown, in spans: a tenth of a second to a second and a half at twice the stall speed."""
PIVOT_NEAR_B = 4.0  # so far before and after a stall turn's top it is told of, and hardly flies: there it may turn over
PIVOT_VS = 0.5  # asked for where the nose swings: slower than 0.25 Vs it falls out of its plane, measured of the models
FALLING = 0.8  # share of the height's energy that the speed takes, behind a stall turn, motor idling; estimated
TRADED = 0.4  # share of the climb's energy that the speed pays, the motor the rest; of reckoning.py's speeds, estimated
SLOWEST_VS, SLOWEST_STEEP_VS = 1.3, 0.4  # asked for at least: where wings carry, and on vertical lines
STEEP, VERTICAL = math.sin(math.radians(60)), math.sin(math.radians(85))
SPIN_VS = 1.6  # at the end of a spin: between the 1.4 and 2.1 measured of the models shipped (reckoning.SPIN_VS)
SPIN_NEAR_B = 3.0  # so far before a spin it is told of
FALLS = 0.7  # sine of the dive from which on a spin takes the rest of the path with it
BACK_B, ROOM_B = 2.0, 0.25  # how far back the estimate may find itself; what a search may find ahead at least, spans
REACH = 3.0  # times the way flown, ahead: inside a loop the way asked for is longer
STATIONS = np.array([0.0, *AHEAD_B])

MEASURED = ("along", "gained", "off", "track", "canopy", "faster", "pivot", "spin", "nose_out")
"""What `measured` holds of the truth: arc length and what the last step gained of it, distance from the path (m),
cosines of the angles between track and tangent and between canopies, speed over that asked for (m/s), which element
it is in, and how far the nose is out of the plane of the wings asked for (sine)."""


class Guide:
    """A placed path with what else a pilot must know of it, and how far along it truth and estimate are.

    `path` in world axes; `table` (n, 13): its own columns, speed wanted m/s, stall turn and spin (-1 left, +1 right);
    `along` (2,) arc lengths (m) of truth and estimate; `carried` (2, 2) how far (x, y; m) spins and stall turns have
    taken the path with them, likewise; `measured` (9,) MEASURED of the truth.
    """

    def __init__(self, path: FigurePath, stall_mps: float, wanted_mps: Array | None = None) -> None:
        """`wanted_mps`: (n,) airspeed asked for along the path, where it is not that of one figure."""
        self.path, self.step_m, self.span_m = path, path.step_m, path.span_m
        speed = wanted_speed(path, stall_mps) if wanted_mps is None else wanted_mps
        more = np.stack([speed, *_marks(path)], axis=1)
        self.table = np.ascontiguousarray(np.hstack([path.sample(path.s_m), more]))
        self.along, self.carried, self.measured = np.zeros(2), np.zeros((2, 2)), np.zeros(len(MEASURED))

    def begin(self, along_m: float) -> None:
        """Before a flight that starts at an arc length, negative before the entry."""
        self.along[:] = along_m
        self.carried[:] = 0.0
        self.measured[:] = 0.0
        self.measured[0] = along_m

    def wanted_mps(self, along_m: float) -> float:
        """Airspeed asked for at an arc length (m)."""
        return float(self.table[min(max(int(along_m / self.step_m), 0), len(self.table) - 1), 10])


def wanted_speed(path: FigurePath, stall_mps: float) -> Array:
    """(n,) m/s along a path: the entry speed, less what a climb takes, more what a descent gives, or a line's own."""
    entry = path.figure.entry.speed_vs * stall_mps
    risen = path.position[:, 2] - path.position[0, 2]
    square = entry**2 - 2 * 9.81 * TRADED * risen
    steep = np.abs(path.tangent[:, 2]) > STEEP
    least = np.where(steep, SLOWEST_STEEP_VS, min(SLOWEST_VS, path.figure.entry.speed_vs)) * stall_mps
    speed = np.sqrt(np.maximum(square, least**2))
    for number, element in enumerate(path.figure.elements):
        part, here = element.part, path.element == number
        if isinstance(part, StraightLine) and part.speed_vs is not None:
            speed[here] = part.speed_vs * stall_mps
        elif isinstance(part, StallTurn):
            speed = _slowed(path, speed, here, PIVOT_VS * stall_mps)
        elif isinstance(part, Spin):
            speed = _stalled(path, speed, here, number, stall_mps)
    return speed


def _slowed(path: FigurePath, speed: Array, pivot: NDArray[np.bool_], slow_mps: float) -> Array:
    """(n,) m/s: slower and slower up the vertical line before a stall turn, gathered again on that behind it."""
    slowed = speed.copy()
    first, last = np.flatnonzero(pivot)[[0, -1]]
    foot = first
    while foot > 0 and path.tangent[foot - 1, 2] > VERTICAL:
        foot -= 1
    slowed[foot:first] = np.sqrt(np.linspace(speed[foot] ** 2, slow_mps**2, first - foot))
    slowed[pivot] = slow_mps
    fallen = np.maximum(0.0, path.position[last, 2] - path.position[last + 1 :, 2])
    gathered = np.sqrt(slow_mps**2 + 2 * 9.81 * FALLING * fallen)
    slowed[last + 1 :] = np.minimum(speed[last + 1 :], gathered)
    return slowed


def _stalled(path: FigurePath, speed: Array, spin: NDArray[np.bool_], number: int, stall_mps: float) -> Array:
    """(n,) m/s: evenly in its square down to the stall on the line before a spin, and up again in it."""
    slowed, before = speed.copy(), path.element == number - 1
    if before.any() and isinstance(path.figure.elements[number - 1].part, StraightLine):
        slowed[before] = np.sqrt(np.linspace(speed[before][0] ** 2, stall_mps**2, int(before.sum())))
    slowed[spin] = np.sqrt(np.linspace(stall_mps**2, (SPIN_VS * stall_mps) ** 2, int(spin.sum())))
    return slowed


def _marks(path: FigurePath) -> tuple[Array, Array]:
    """(n,) each: -1 left, +1 right where a stall turn is near, and within a spin; else 0."""
    pivot, spin = np.zeros(len(path.s_m)), np.zeros(len(path.s_m))
    ends = [*path.starts_m[1:], path.length_m]
    for element, start, end in zip(path.figure.elements, path.starts_m, ends, strict=True):
        part = element.part
        if isinstance(part, Arc | StraightLine):
            continue
        before, behind = (PIVOT_NEAR_B, PIVOT_NEAR_B) if isinstance(part, StallTurn) else (SPIN_NEAR_B, 0.0)
        here = (path.s_m >= start - before * path.span_m) & (path.s_m < end + behind * path.span_m)
        (pivot if isinstance(part, StallTurn) else spin)[here] = 1.0 if part.to == "right" else -1.0
    return pivot, spin


@njit
def station(table: Array, step: float, span: float, position: Array, from_s: float, back: float, moved: float) -> float:
    """Arc length (m) of where an aircraft is, that was at `from_s` and has moved `moved` m since; on beyond both ends.

    The search reaches little farther than it can have come, so that branches that meet or cross are kept apart.
    """
    end = step * (len(table) - 1)
    found = nearest_station(table, step, position, from_s - back, from_s + REACH * moved + ROOM_B * span)
    for row, edge in ((0, 0.0), (len(table) - 1, end)):
        if abs(found - edge) < 1e-9:
            beyond = 0.0
            for k in range(3):
                beyond += (position[k] - table[row, k]) * table[row, 3 + k]
            if (row == 0 and beyond < 0.0) or (row > 0 and beyond > 0.0):
                found = edge + beyond
    return max(found, from_s - back)


@njit
def turned_over(table: Array, step: float, s: float, climb: float) -> float:
    """Arc length (m) of an aircraft found at `s`: beyond the top of a stall turn where it falls short of it.

    The lines up and down lie on one another, and how high it turns over is free: who falls (`climb` below 0 m/s) near
    the top is on its way down, as high as it was on its way up. The way between is no way flown.
    """
    row = min(max(int(s / step), 0), len(table) - 1)
    if climb >= 0.0 or table[row, 11] == 0.0 or table[row, 5] <= 0.0:
        return s
    top = row
    while top < len(table) - 1 and table[top, 5] > 0.0:
        top += 1
    return step * (2.0 * top - 1.0) - s  # the top lies between the last row that climbs and the first that does not


@njit
def carry(table: Array, step: float, s: float, x: float, y: float, carried: Array) -> None:
    """Let a spin or stall turn take the rest of the path with it: (x, y) m of the aircraft at s, `carried` (2,) so far.

    A stalled aircraft travels on and drifts with the wind, for which FAI Sporting Code F3A, 5B.7.4 takes nothing; the
    figure goes on where it comes out: of a stall turn when it has fallen PIVOT_NEAR_B.
    """
    row = min(max(int(s / step), 0), len(table) - 1)
    if (table[row, 11] != 0.0 or table[row, 12] != 0.0) and table[row, 5] < -FALLS:
        share = s / step - row if row < len(table) - 1 else 0.0
        after = min(row + 1, len(table) - 1)
        carried[0] = x - table[row, 0] - share * (table[after, 0] - table[row, 0])
        carried[1] = y - table[row, 1] - share * (table[after, 1] - table[row, 1])


@njit
def show(values: Record, table: Array, step: float, span: float, s: float, rows: Array, stations: Array) -> None:
    """Fill the path's quantities (PATH_AT) into `values`, whose position, attitude and velocity are there already.

    Args:
        values: quantities, those of the path behind the others.
        table: of a Guide.
        step: between its rows, m.
        span: wing span, m.
        s: arc length where the aircraft is, m.
        rows: (5, 10) to work in.
        stations: (5,) to work in.
    """
    for k in range(len(stations)):
        stations[k] = s + STATIONS[k] * span
    at_stations(table, step, stations, rows)
    R = rotation_rows((values[AT.qx], values[AT.qy], values[AT.qz], values[AT.qw]))
    into_body(R, 0.0, 0.0, 1.0, values, PATH_AT.up_x)
    into_body(R, values[AT.vx], values[AT.vy], values[AT.vz], values, PATH_AT.track_x)
    into_body(R, rows[0, 3], rows[0, 4], rows[0, 5], values, PATH_AT.way_x)
    for k in range(len(stations)):
        dx, dy, dz = rows[k, 0] - values[AT.x], rows[k, 1] - values[AT.y], rows[k, 2] - values[AT.z]
        into_body(R, dx, dy, dz, values, PATH_AT.off_x + 6 * k)
        into_body(R, rows[k, 6], rows[k, 7], rows[k, 8], values, PATH_AT.off_x + 6 * k + 3)
    speed = math.sqrt(values[AT.vx] ** 2 + values[AT.vy] ** 2 + values[AT.vz] ** 2)
    values[PATH_AT.aim_y] = values[PATH_AT.track_y] - speed * values[PATH_AT.way_y]
    values[PATH_AT.aim_z] = values[PATH_AT.track_z] - speed * values[PATH_AT.way_z]
    row = min(max(int(s / step), 0), len(table) - 1)
    values[PATH_AT.too_fast] = values[AT.airspeed] - table[row, 10]
    values[PATH_AT.pivot], values[PATH_AT.spin] = table[row, 11], table[row, 12]


@njit
def into_body(R: Record, x: float, y: float, z: float, out: Record, at: int) -> None:
    """A world vector in body axes (x forward, y left, z up), written from `at` on."""
    out[at] = R[0] * x + R[3] * y + R[6] * z
    out[at + 1] = R[1] * x + R[4] * y + R[7] * z
    out[at + 2] = R[2] * x + R[5] * y + R[8] * z


@njit
def measure(values: Record, s: float, gained: float, out: Array) -> None:
    """MEASURED of the truth, of quantities that `show` has filled."""
    at = PATH_AT
    out[0], out[1] = s, gained
    out[2] = math.sqrt(values[at.off_x] ** 2 + values[at.off_y] ** 2 + values[at.off_z] ** 2)
    speed = math.sqrt(values[at.track_x] ** 2 + values[at.track_y] ** 2 + values[at.track_z] ** 2)
    wx, wy, wz = values[at.way_x], values[at.way_y], values[at.way_z]
    out[3] = (
        (values[at.track_x] * wx + values[at.track_y] * wy + values[at.track_z] * wz) / speed if speed > 0.01 else 1.0
    )
    # The canopy, up out of the cockpit (body z), seen along the track: without what the nose is off it.
    cx, cy, cz = -wz * wx, -wz * wy, 1.0 - wz * wz
    size = math.sqrt(cx * cx + cy * cy + cz * cz)
    along = cx * values[at.roof_x] + cy * values[at.roof_y] + cz * values[at.roof_z]
    out[4] = along / size if size > 0.05 else 0.0
    out[5], out[6], out[7] = values[at.too_fast], values[at.pivot], values[at.spin]
    out[8] = values[at.roof_x]
