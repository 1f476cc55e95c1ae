"""One table: what a pilot can see, its scale, where it is read.

A new reading is one row in ROWS. `sensors` observations read the flight controller's estimate (sensors.py),
`state` observations the truth; both have the same layout, QUANTITIES
(envs/base/quantities.py).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from envs.base.errors import unknown_name
from envs.base.quantities import AT, QUANTITIES
from envs.physics.kernels.dynamics import measure_into
from envs.physics.kernels.records import Record
from envs.physics.sensors import sense

LINEAR, SINE, COSINE, EQUAL = 0, 1, 2, 3
LIMIT = 5.0  # observations are clipped to +- this


class Row(NamedTuple):
    """One reading: (quantity - offset) / scale, its sine or cosine, or whether it is 0; `per`: with the aircraft."""

    quantity: str
    scale: float
    per: str = ""  # "": SI, "stall_speed": times Vs, "span": times b
    kind: int = LINEAR
    offset: float = 0.0
    sensed: bool = True  # whether sensors give it; False: only in observation="state"


ROWS: dict[str, Row] = {
    "airspeed": Row("airspeed", 1.0, "stall_speed", offset=1.0),  # offset in stall speeds
    "airspeed_fine": Row("airspeed", 0.2, "stall_speed", offset=1.2),
    "height": Row("height", 10.0, offset=10.0),
    "height_near_ground": Row("height", 0.5, offset=0.5),
    "climb_rate": Row("vz", 3.0),
    "climb_rate_fine": Row("vz", 0.5, offset=-0.5),
    "cross_track": Row("cross_track", 1.0, "span"),
    "cross_track_far": Row("cross_track", 20.0, "span"),
    "cross_speed": Row("cross_speed", 2.0),
    "along_track": Row("along_track", 50.0),
    "along_track_near": Row("along_track", 5.0, "span"),
    "along_track_far": Row("along_track", 50.0, "span"),
    "along_speed": Row("along_speed", 1.0, "stall_speed", offset=1.0),
    "course_sine": Row("course_error", 0.3, kind=SINE),
    "course_cosine": Row("course_error", 1.0, kind=COSINE),
    "height_error": Row("height_error", 3.0),
    "height_error_near": Row("height_error", 0.5),
    "roll": Row("roll", 0.3),
    "roll_sine": Row("roll", 1.0, kind=SINE),
    "roll_cosine": Row("roll", 1.0, kind=COSINE),
    "pitch": Row("pitch", 0.3),
    "roll_rate": Row("p", 2.0),
    "pitch_rate": Row("q", 1.0),
    "yaw_rate": Row("r", 1.0),
    "load_factor": Row("load_factor", 1.0, offset=1.0),
    "accel_forward": Row("accel_x", 5.0),
    "accel_right": Row("accel_y", 3.0),
    "wheels_on_ground": Row("wheels_on_ground", 3.0),
    "rotor_speed": Row("rotor_speed", 500.0, offset=500.0),
    "aileron_command": Row("aileron_cmd", 1.0),
    "elevator_command": Row("elevator_cmd", 1.0),
    "rudder_command": Row("rudder_cmd", 1.0),
    "throttle_command": Row("throttle_cmd", 0.5, offset=0.5),
    "takeoff_phase": Row("phase", 1.0, kind=EQUAL, offset=0.0),
    "pattern_phase": Row("phase", 1.0, kind=EQUAL, offset=1.0),
    "landing_phase": Row("phase", 1.0, kind=EQUAL, offset=2.0),
    "alpha": Row("alpha", 0.2, sensed=False),
    "beta": Row("beta", 0.2, sensed=False),
    "wind_along": Row("wind_x", 1.0, "stall_speed", sensed=False),
    "wind_across": Row("wind_y", 1.0, "stall_speed", sensed=False),
    "wind_up": Row("wind_z", 2.0, sensed=False),
}

TABLE = np.dtype([("index", np.int64), ("kind", np.int64), ("offset", np.float64), ("factor", np.float64)])


def observation_rows(wanted: tuple[str, ...], mode: str) -> tuple[str, ...]:
    """The rows of a task in a mode: `sensors` leaves out what no sensor gives. Raises InputError."""
    if mode not in ("sensors", "state"):
        raise unknown_name("observation", mode, ("sensors", "state"))
    for name in wanted:
        if name not in ROWS:
            raise unknown_name("observation row", name, ROWS)
    return tuple(n for n in wanted if ROWS[n].sensed or mode == "state")


def observation_table(names: tuple[str, ...], stall_speed: float, span: float) -> np.ndarray:
    """The rows as a record array for `observe`: factor = 1 / scale in SI, offset in SI."""
    unit = {"": 1.0, "stall_speed": stall_speed, "span": span}
    table = np.zeros(len(names), TABLE)
    for entry, name in zip(table, names, strict=True):
        row = ROWS[name]
        entry["index"], entry["kind"] = QUANTITIES.index(row.quantity), row.kind
        entry["offset"], entry["factor"] = row.offset * unit[row.per], 1.0 / (row.scale * unit[row.per])
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
    _follow(sensed, leg)
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
