"""What the sensors of a candidate aircraft would have shown in a flight that was flown (numba kernel).

The flight is cut into short pieces. At the start of each the candidate is put where the flight controller believed the
aircraft to be, then flies on with the sticks of the log; servos go through the whole flight, for their past matters.
Short, because errors of the believed state and gusts must not add up; longer than one step, because noise of rates
over one step would drown what a control does (multiple shooting, Jategaonkar, Flight Vehicle System Identification,
2nd ed., ch. 5).

A flight that never left the ground is all there is to learn from after a failed take-off run. There the candidate rolls
on its own wheels: how it stands on them (height, roll, pitch) goes on from piece to piece, for a legs' spring turns a
centimetre or a degree of the believed state into as much force as any fault; how it goes and points over the ground is
put right at each piece, as in the air.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numba import njit

from agents.adaptation.sensor_log import READ, SensorLog
from envs.base.frames import Array, pilot_angles, quaternion_product
from envs.base.runway import SURFACES
from envs.base.units import GRAVITY
from envs.physics.density import SEA_LEVEL_DENSITY
from envs.physics.kernels.dynamics import fly_free, lowest_wheel, rotation_rows
from envs.physics.kernels.records import GUST, GUST_NORMALS, Record, new_state

OUTPUTS = ("accel_x", "accel_y", "accel_z", "p", "q", "r", "airspeed", "rotor_speed")
"""What is compared at each step: felt acceleration forward, right, up (m/s2), rates (rad/s), airspeed (m/s), rad/s."""
PIECE = 5
"""Control steps of a piece."""
LOWEST_M = 0.4
"""Height of the lowest wheel below which the ground, which the parameters know nothing of, has its say."""
SLOWEST_MPS = 4.0
"""Below it a pitot tube shows nothing, and the air is no measure of anything."""
ROLLING_MPS = 2.0
"""Speed over the ground below which a run tells nothing: the aircraft settles on its legs, its tail on the ground."""

_C = {name: index for index, name in enumerate(READ)}
_X, _Z, _VX, _Q, _P, _QR, _R = _C["x"], _C["z"], _C["vx"], _C["qx"], _C["p"], _C["q"], _C["r"]
_CMD, _THR, _H, _W, _RPM, _TAS = (
    _C["aileron_cmd"],
    _C["throttle_cmd"],
    _C["height"],
    _C["wheels_on_ground"],
    _C["rotor_speed"],
    _C["airspeed"],
)
Four = tuple[float, float, float, float]
Nine = tuple[float, float, float, float, float, float, float, float, float]
_NO_NORMALS = np.zeros(GUST_NORMALS)
STILL = np.zeros(12)


@njit(cache=True)
def _predict(
    P: Record,
    S: Record,
    rows: Record,
    wind: Record,
    gust: Record,
    roughness: float,
    mount: Record,
    pitot: float,
    on_wheels: bool,
    normals: Record,
    out: Record,
    valid: Record,
) -> None:
    p, s = P[0], S[0]
    s.wind_reference[0], s.wind_reference[1], s.wind_roughness = wind[0], wind[1], roughness
    for i in range(3):
        s.gust_now[GUST.turn_x + i] = s.gust_next[GUST.turn_x + i] = gust[6 + i]
    back = (-mount[0], -mount[1], -mount[2], mount[3])
    M = rotation_rows((mount[0], mount[1], mount[2], mount[3]))
    whole, rolling, fast = True, on_wheels and len(rows) > 0 and rows[0, _W] > 0.0, False
    for k in range(1, len(rows)):
        row, last = rows[k], rows[k - 1]
        if (k - 1) % PIECE == 0:
            high = fast = True
            for j in range(k - 1, min(k + PIECE, len(rows))):
                high = high and rows[j, _H] > LOWEST_M and rows[j, _W] == 0.0 and rows[j, _TAS] > SLOWEST_MPS
                fast = fast and math.hypot(rows[j, _VX], rows[j, _VX + 1]) > ROLLING_MPS
                rolling = rolling and rows[j, _W] > 0.0
            whole = high
        if (k - 1) % PIECE == 0 and rolling and k > 1:
            _roll_on(p, s, last, row)
        elif (k - 1) % PIECE == 0:
            for i in range(3):
                s.position[i], s.velocity[i] = last[_X + i], last[_VX + i]
            if not whole and not rolling:
                s.position[2] = 50.0  # servos move on, far from the ground
            R = _begin(p, s, last, row, back, M, gust)
            if rolling:  # it stands
                s.position[2] = -lowest_wheel(p, R, 0.0)
                s.omega[0] = s.omega[1] = s.omega[2] = 0.0
        # What a gust changes by in a piece is counted from its middle.
        done = ((k - 1) % PIECE) / PIECE - 0.5
        for i in range(3):
            s.gust_now[GUST.x + i] = gust[i] + done * gust[9 + i]
            s.gust_next[GUST.x + i] = gust[i] + (done + 1.0 / PIECE) * gust[9 + i]
        flown = fly_free(P, S, row[_CMD], row[_CMD + 1], row[_CMD + 2], row[_THR], 0.0, 0.0, normals)
        valid[k] = 1.0 if (whole or (rolling and fast)) and flown == p.substeps else 0.0
        n = max(1, flown)
        f = (s.specific_force_sum[0] / n, s.specific_force_sum[1] / n, s.specific_force_sum[2] / n)
        w = (s.rates_sum[0] / n, s.rates_sum[1] / n, s.rates_sum[2] / n)
        out[k, 0] = M[0] * f[0] + M[3] * f[1] + M[6] * f[2]
        out[k, 1] = -(M[1] * f[0] + M[4] * f[1] + M[7] * f[2])
        out[k, 2] = M[2] * f[0] + M[5] * f[1] + M[8] * f[2]
        out[k, 3] = M[0] * w[0] + M[3] * w[1] + M[6] * w[2]
        out[k, 4] = -(M[1] * w[0] + M[4] * w[1] + M[7] * w[2])
        out[k, 5] = -(M[2] * w[0] + M[5] * w[1] + M[8] * w[2])
        ahead = max(0.0, s.air_velocity[0])
        out[k, 6] = ahead * math.sqrt(max(0.0, pitot) * p.air_density / SEA_LEVEL_DENSITY)
        out[k, 7] = s.rotor_speed[0]


@njit
def _begin(p: Record, s: Record, last: Record, row: Record, back: Four, M: Nine, gust: Record) -> Nine:
    """Begin a piece with the attitude, rates and rotor speed that were believed; its rotation by rows."""
    c = p.principal_quaternion
    body = quaternion_product((last[_Q], last[_Q + 1], last[_Q + 2], last[_Q + 3]), back)
    turned = quaternion_product(body, (c[0], c[1], c[2], c[3]))
    s.principal[0], s.principal[1], s.principal[2], s.principal[3] = turned
    # Rates of a row are means over the step before it: at its end they are half way to the next.
    g = (
        0.5 * (last[_P] + row[_P]) + gust[3],
        -0.5 * (last[_QR] + row[_QR]) - gust[4],
        -0.5 * (last[_R] + row[_R]) - gust[5],
    )
    b = (
        M[0] * g[0] + M[1] * g[1] + M[2] * g[2],
        M[3] * g[0] + M[4] * g[1] + M[5] * g[2],
        M[6] * g[0] + M[7] * g[1] + M[8] * g[2],
    )
    R = rotation_rows(body)
    for i in range(3):
        s.omega[i] = R[3 * i] * b[0] + R[3 * i + 1] * b[1] + R[3 * i + 2] * b[2]
    s.rotor_speed[0] = last[_RPM]
    for m in range(1, p.motors):
        s.rotor_speed[m] = last[_RPM]
    return R


@njit
def _roll_on(p: Record, s: Record, last: Record, row: Record) -> None:
    """Begin a piece on the wheels: where it points and how it goes and turns over the ground, as was believed."""
    c = p.principal_quaternion
    x, y, z, w = s.principal[0], s.principal[1], s.principal[2], s.principal[3]
    own = quaternion_product((x, y, z, w), (-c[0], -c[1], -c[2], c[3]))
    heading = pilot_angles(own[0], own[1], own[2], own[3])[2]
    believed = pilot_angles(last[_Q], last[_Q + 1], last[_Q + 2], last[_Q + 3])[2]
    left = heading - believed
    turned = quaternion_product((0.0, 0.0, math.sin(0.5 * left), math.cos(0.5 * left)), (x, y, z, w))
    s.principal[0], s.principal[1], s.principal[2], s.principal[3] = turned
    cosine, sine, ox, oy = math.cos(left), math.sin(left), s.omega[0], s.omega[1]
    s.omega[0], s.omega[1] = cosine * ox - sine * oy, sine * ox + cosine * oy
    s.omega[2] = -0.5 * (last[_R] + row[_R])
    s.velocity[0], s.velocity[1] = last[_VX], last[_VX + 1]
    s.rotor_speed[0] = last[_RPM]
    for m in range(1, p.motors):
        s.rotor_speed[m] = last[_RPM]


def predicted(
    parameters: np.ndarray,
    log: SensorLog,
    wind: Array,
    mount: Array,
    pitot: float,
    gust: Array = STILL,
    on_wheels: bool = False,
) -> tuple[Array, Array]:
    """(outputs (n, len(OUTPUTS)), whether each row counts (n,)) of a candidate in a flight's log.

    Args:
        parameters: the candidate's record.
        log: n readings.
        wind: mean wind (2,) m/s at the reference height, world x and y.
        mount: attitude (x, y, z, w) of its inertial unit in the body.
        pitot: dynamic pressure shown over the true one.
        gust: of all pieces (12,): what blows besides the mean wind, m/s, world; rates at their start besides those
            believed, rad/s, pilot's signs; how the air turns, rad/s, body axes; and by how much the first three grow
            in a piece, m/s.
        on_wheels: whether the run from standstill counts, too, and not only what was flown.
    """
    out, valid, state = np.zeros((len(log.rows), len(OUTPUTS))), np.zeros(len(log.rows)), new_state()
    ground = SURFACES[log.surface]
    state["runway_rolling"], state["runway_grip"] = ground.rolling_friction, ground.grip
    if on_wheels:  # a candidate whose nose goes through the ground flies on: each must fly all rows that were flown
        parameters = parameters.copy()
        parameters["hull"] = 0
    at = log.rows, wind, gust, log.roughness_m, mount, pitot, on_wheels
    _predict(parameters, state, *at, _NO_NORMALS, out, valid)
    return out, valid


def flown(log: SensorLog) -> Array:
    """Which rows (n,) of a flight are of the air alone: high and fast enough."""
    airborne = (log.column("height") > LOWEST_M) & (log.column("wheels_on_ground") == 0.0)
    return airborne & (log.column("airspeed") > SLOWEST_MPS)


def with_what_counts(log: SensorLog) -> SensorLog:
    """A flight up to its last piece in the air: of what follows, a roll-out mostly, no row would count."""
    rows = np.flatnonzero(flown(log))
    return replace(log, rows=log.rows[: rows[-1] + 1 + PIECE]) if rows.size else log


def shown(log: SensorLog) -> Array:
    """The outputs (n, len(OUTPUTS)) that the sensors of a flight did show."""
    up = log.column("load_factor") * GRAVITY
    names = ("p", "q", "r", "airspeed", "rotor_speed")
    return np.column_stack([log.column("accel_x"), log.column("accel_y"), up, *(log.column(name) for name in names)])
