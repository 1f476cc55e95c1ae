"""Observations: the readings that a task names, read from the flight controller's estimate or from the truth.

What can be read, and with which scale, is one table: READINGS (envs/base/readings.py). `sensors` observations read the
estimate (envs/physics/sensors.py), `state` observations the truth; both have the same layout, QUANTITIES
(envs/base/quantities.py).
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from envs.base.errors import unknown_name
from envs.base.frames import Array
from envs.base.quantities import AT, PATH_QUANTITIES, QUANTITIES
from envs.base.readings import COSINE, EQUAL, READINGS, SINE
from envs.figures.guide import BACK_B, carry, measure, show, station, turned_over
from envs.physics.kernels.dynamics import measure_into
from envs.physics.kernels.records import Record
from envs.physics.sensors import sense

ALL_QUANTITIES = (*QUANTITIES, *PATH_QUANTITIES)
LIMIT = 5.0  # observations are clipped to +- this

TABLE = np.dtype([("index", np.int64), ("kind", np.int64), ("offset", np.float64), ("factor", np.float64)])


def observation_rows(wanted: tuple[str, ...], mode: str, by_eye: bool = False) -> tuple[str, ...]:
    """The rows of a task in a mode: `sensors` leaves out what no sensor gives; `by_eye`: a camera gives its own, too.

    Raises InputError.
    """
    if mode not in ("sensors", "state"):
        raise unknown_name("observation", mode, ("sensors", "state"))
    for name in wanted:
        if name not in READINGS:
            raise unknown_name("observation row", name, READINGS)
    rows = (name for name in wanted if READINGS[name].sensed or mode == "state")
    return tuple(name for name in rows if by_eye or not READINGS[name].by_eye)


def observation_table(names: tuple[str, ...], stall_speed: float, span: float) -> np.ndarray:
    """The rows as a record array for `observe`: factor = 1 / scale in SI, offset in SI."""
    unit = {"": 1.0, "stall_speed": stall_speed, "span": span}
    table = np.zeros(len(names), TABLE)
    for entry, name in zip(table, names, strict=True):
        reading = READINGS[name]
        entry["index"], entry["kind"] = ALL_QUANTITIES.index(reading.quantity), reading.kind
        entry["offset"], entry["factor"] = reading.offset * unit[reading.per], 1.0 / (reading.scale * unit[reading.per])
    return table


@njit
def _follow(values: Record, leg: Record) -> None:
    """Place and speed relative to a leg (origin x, y, course, height at the origin, slope), right of it +; phase."""
    dx, dy = values[AT.x] - leg[0], values[AT.y] - leg[1]
    cosine, sine = math.cos(leg[2]), -math.sin(leg[2])  # course is + clockwise, world y is left
    values[AT.along_track] = dx * cosine + dy * sine
    values[AT.cross_track] = dx * sine - dy * cosine
    values[AT.along_speed] = values[AT.vx] * cosine + values[AT.vy] * sine
    values[AT.cross_speed] = values[AT.vx] * sine - values[AT.vy] * cosine
    error = values[AT.heading] - leg[2]
    values[AT.course_error] = math.atan2(math.sin(error), math.cos(error))
    values[AT.height_error] = values[AT.height] - (leg[3] + leg[4] * values[AT.along_track])
    values[AT.phase] = leg[5]


@njit(cache=True)
def observe(
    P: Record,
    S: Record,
    Z: Record,
    leg: Record,
    normals: Record,
    table: Record,
    from_sensors: bool,
    truth: Record,
    sensed: Record,
    out: Record,
) -> None:
    """After a control step: truth, what the sensors make of it, and the scaled observation (n,) float32."""
    measure_into(P[0], S[0], truth)
    _follow(truth, leg)
    sense(P[0], S[0], Z[0], truth, normals, sensed)
    truth[AT.runway_in_sight] = sensed[AT.runway_in_sight]  # what the eye says: of readings there is no other truth
    _follow(sensed, leg)
    fill(table, sensed if from_sensors else truth, out)


@njit(cache=True)
def observe_path(
    P: Record,
    S: Record,
    Z: Record,
    leg: Record,
    normals: Record,
    table: Record,
    from_sensors: bool,
    truth: Record,
    sensed: Record,
    out: Record,
    path: Array,
    step_m: float,
    along: Array,
    carried: Array,
    measured: Array,
) -> None:
    """`observe` in a task that flies a figure: also the path's quantities, which follow QUANTITIES in both arrays.

    path: the table of a Guide (envs/figures/guide.py), step_m: between its rows, along, carried, measured: the Guide's.
    """
    observe(P, S, Z, leg, normals, table[:0], from_sensors, truth, sensed, out)
    span, control_s = P[0].span, P[0].time_step * P[0].substeps
    rows, stations = np.empty((5, 10)), np.empty(5)
    for which in range(2):
        values = truth if which == 0 else sensed
        flown = control_s * math.sqrt(values[AT.vx] ** 2 + values[AT.vy] ** 2 + values[AT.vz] ** 2)
        back, before = which * BACK_B * span, along[which]
        x, y = values[AT.x], values[AT.y]
        values[AT.x], values[AT.y] = x - carried[which, 0], y - carried[which, 1]
        found = station(path, step_m, span, values[AT.x : AT.z + 1], before, back, flown)
        along[which] = turned_over(path, step_m, found, values[AT.vz])
        carry(path, step_m, along[which], x, y, carried[which])
        values[AT.x], values[AT.y] = x - carried[which, 0], y - carried[which, 1]
        show(values, path, step_m, span, along[which], rows, stations)
        values[AT.x], values[AT.y] = x, y
        if which == 0:
            measure(values, along[0], found - before, measured)
    fill(table, sensed if from_sensors else truth, out)


@njit(cache=True)
def fill(table: Record, values: Record, out: Record) -> None:
    """Scale `values` (QUANTITIES) into an observation (n,) float32, clipped to +-LIMIT."""
    for i in range(len(table)):
        value = values[table[i].index] - table[i].offset
        if table[i].kind == SINE:
            value = math.sin(value)
        elif table[i].kind == COSINE:
            value = math.cos(value)
        elif table[i].kind == EQUAL:
            value = 1.0 if abs(value) < 0.5 else 0.0
        out[i] = max(-LIMIT, min(LIMIT, value * table[i].factor))
