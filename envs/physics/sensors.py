"""What the flight controller knows: sensors with noise, bias, lag and delay, and a small estimator (numba kernel).

Inertial unit, pitot, satellite position (RTK or plain), magnetometer, downward lidar, barometer and wheel
switches; attitude, velocity and position come from an inertial solution corrected by the satellite fixes, as on
a small flight controller, never from the truth. World and body axes as everywhere; SI, rad.

Airspeed is the indicated one, as pitot tubes have it: the speed that gives the measured pressure at sea level, so a
pilot stalls at the same reading in any air. The barometer is set to zero on the field and counts heights as in the
standard atmosphere, so it shows too little in warm, thin air.
"""

from __future__ import annotations

import math
from collections import namedtuple
from dataclasses import astuple, dataclass, fields

import numpy as np
from numba import njit

from envs.aircraft.as_built import SensorsBuilt
from envs.base.errors import InputError, unknown_name
from envs.base.frames import Array, pilot_angles, quaternion_from_pilot_angles, quaternion_product
from envs.base.quantities import AT
from envs.base.units import SEA_LEVEL_DENSITY
from envs.physics.kernels.dynamics import lowest_wheel, rotation_over, rotation_rows
from envs.physics.kernels.records import F, I, Record

Three = tuple[float, float, float]
Nine = tuple[float, float, float, float, float, float, float, float, float]
HISTORY = 128  # control steps of the past kept for delayed fixes: 0.12 s at 1000 of them a second
SENSOR_NORMALS = 21  # unit normals taken a control step, and at the start of a flight
START_NORMAL = namedtuple(
    "START_NORMAL", ("gyro", "accel", "magnet", "pitot", "wander", "attitude", "place", "height")
)(gyro=0, accel=3, magnet=6, pitot=7, wander=8, attitude=11, place=14, height=17)
"""Where each error's unit normals begin at the start: three of a vector (gyro, accel, wander, attitude, place)."""
STEP_NORMAL = namedtuple(
    "STEP_NORMAL",
    ("gyro", "accel", "place", "velocity", "magnet", "lidar", "baro", "pitot", "telemetry", "wander", "baro_drift"),
)(gyro=0, accel=3, place=6, velocity=9, magnet=12, lidar=13, baro=14, pitot=15, telemetry=16, wander=17, baro_drift=20)
"""Where each error's unit normals begin in a control step: three of a vector (gyro, accel, place, velocity, wander)."""

# Gains of the small estimator below. No source: chosen by us so that, on the shipped sensors' noise, the estimate
# follows without swinging (tests/envs/physics/test_sensor_errors.py holds the errors that come of it).
PLACE_TRUST_RTK = 0.4  # share of a position fix's difference that is believed, receiver with corrections
PLACE_TRUST_PLAIN = 0.05  # the same, plain receiver: its wander must not move the estimate about
SPEED_TRUST = 0.3  # share of a velocity fix's difference that is believed
SPEED_BY_PLACE = 0.2  # 1/s, velocity correction per believed position difference
TILT_TRUST = 0.06  # 1/s: over g it is the tilt corrected per velocity difference, rad per m/s
LIDAR_TRUST = 0.25  # share of the lidar's difference believed a control step
FIX_HEIGHT_TRUST = 0.1  # the same of the satellite height, where the lidar does not reach
WANDER_S = 30.0  # a plain receiver's error changes over about half a minute; estimated
SLOW_TURN = math.radians(60)  # rad/s: below it the shipped pilots' estimate, as they learned it; it is 1 deg off a step
STEEP = math.radians(70)  # of pitch: above it the heading turns fast, and over the top of a loop by half a circle
TELEMETRY_NOISE = 0.01  # share, of the speed controller's telemetry; estimated
FULL_ROTOR_SPEED = 900.0  # rad/s at which vibration is in full; estimated: 8,600 rpm, a 12 inch propeller on full power


@dataclass(frozen=True)
class SensorSuite:
    """One standard deviation of each error; `_bias` is drawn once a flight, `_noise` at each reading.

    Sources: [MAV] mavsim_public, sensor_parameters.py (Beard & McLain, Small Unmanned Aircraft); [BF] bolderflight's
    simulation of the MPU-9250; [APM] ArduPilot's SITL.cpp; [PX4] PX4-Autopilot's drivers and simulated sensors;
    otherwise the sensor's data sheet or "estimated".
    """

    gyro_noise: float = math.radians(0.13)  # rad/s; [MAV]
    gyro_bias: float = math.radians(0.05)  # rad/s; calibrated at rest, it drifts so far in a minute [APM DRIFT_SPEED]
    accel_noise: float = 0.0785  # m/s2; [BF]
    accel_bias: float = 0.05  # m/s2; estimated: a quarter of the 0.196 at switch-on [PX4] is left by a calibration
    vibration: float = 0.15  # m/s2 at full rotor speed, after averaging over a control step (Dorobantu 2013: 0.5 raw)
    magnet_noise: float = math.radians(1.0)  # rad; estimated: [MAV] has 0.03 deg, motor currents disturb more
    magnet_bias: float = math.radians(1.0)  # rad; [MAV]
    pitot_noise: float = 2.0  # Pa; [MAV], [APM ARSPD_RND]
    pitot_bias: float = 3.0  # Pa; estimated share of the MS4525DO's 17 Pa band after zeroing
    pitot_lag: float = 0.05  # s; the 3 Hz filter of the SDP3x's driver [PX4]
    pitot_cutoff: float = 10.0  # Pa; below it (4 m/s) the reading is zero, bias and noise would rule; estimated
    baro_noise: float = 0.5  # m; 10 Pa [MAV] averaged over a control step
    baro_drift: float = 0.02  # m per square root of second: 0.13 m/K (BME280 data sheet, 1.5 Pa/K), 1.2 K in a minute
    baro_weight: float = 0.01  # 1/s, share of the height correction: by the variances of barometer and RTK height
    lidar_noise: float = 0.05  # m; estimated: small laser altimeters promise 0.025 to 0.1
    lidar_range: float = 20.0  # m; estimated for grass in sunlight; 0 = none fitted
    fix_noise: float = 0.02  # m, across; twice the 0.01 of [MAV] and of u-blox for the ZED-F9P: the antenna shakes
    fix_noise_up: float = 0.03  # m; [MAV]
    fix_wander: float = 0.0  # m, slowly changing error of a plain receiver
    fix_velocity_noise: float = 0.05  # m/s; [MAV], [BF], ZED-F9P data sheet
    fix_period: float = 0.1  # s; 10 Hz, usual rate of RTK receivers on flight controllers
    fix_delay: float = 0.1  # s; usual lag of u-blox receivers
    eye_period: float = 0.0  # s, between two pictures of the nose camera that are read; 0: none is
    start_attitude: float = math.radians(0.4)  # rad, error of the alignment at rest: accel_bias / g = 0.3 deg, and gear


SUITES = {
    "precise": SensorSuite(),
    "hobby": SensorSuite(
        fix_noise=0.3, fix_noise_up=0.6, fix_wander=1.5, fix_period=0.2, lidar_range=0.0, baro_weight=0.3
    ),
    # A plain receiver and a small laser altimeter; pictures 10 times a second tell how far the runway lies aside.
    "camera": SensorSuite(fix_noise=0.3, fix_noise_up=0.6, fix_wander=1.5, fix_period=0.2, eye_period=0.1),
    "laser": SensorSuite(fix_noise=0.3, fix_noise_up=0.6, fix_wander=1.5, fix_period=0.2),  # likewise, blind
}
_NAMES = tuple(f.name for f in fields(SensorSuite))

SENSORS = np.dtype(
    [
        *[(name, F) for name in _NAMES],
        ("step", F),
        ("fix_steps", I),
        ("delay_steps", I),
        ("known_delay_steps", I),  # what the filter takes the delay to be
        ("count", I),
        ("gyro_error", F, (3,)),
        ("accel_error", F, (3,)),
        ("magnet_error", F),
        ("pitot_error", F),
        ("baro_error", F),
        ("fix_error", F, (3,)),
        ("q", F, (4,)),
        ("velocity", F, (3,)),
        ("position", F, (3,)),
        ("height", F),
        ("picture_shift", F),  # m, what pictures say the position is too far left
        ("in_sight", F),  # 0 to 1, of the runway, likewise
        ("pressure", F),
        ("baro_scale", F),
        # how they were built in: the inertial unit's attitude in the body, what is added to the heading, share of the
        # dynamic pressure that is shown
        ("mount", F, (4,)),
        ("mounted", F),  # 1: not level with the body
        ("compass_offset", F),
        ("pitot_gain", F),
        ("past_truth", F, (HISTORY, 6)),
        ("past_estimate", F, (HISTORY, 6)),
    ],
    align=True,
)


def has_eye(suite: str) -> bool:
    """Whether pictures of the nose camera are read in a suite of SUITES."""
    return SUITES[suite].eye_period > 0.0


def new_sensors(suite: str, control_hz: int, baro_scale: float = 1.0, built: SensorsBuilt | None = None) -> np.ndarray:
    """A SENSORS record (length 1) of a named suite. Raises InputError for an unknown one, or a fix too late to keep.

    `baro_scale`: height shown per height gained, air density over that of the standard atmosphere at the field.
    `built`: how the sensors were built in; None: as drawn.
    """
    if suite not in SUITES:
        raise unknown_name("sensor suite", suite, SUITES)
    record = np.zeros(1, SENSORS)
    for name, value in zip(_NAMES, astuple(SUITES[suite]), strict=True):
        record[0][name] = value
    record[0]["step"], record[0]["baro_scale"] = 1.0 / control_hz, baro_scale
    record[0]["fix_steps"] = max(1, round(SUITES[suite].fix_period * control_hz))
    fit_sensors(record, built or SensorsBuilt())
    return record


def fit_sensors(record: np.ndarray, built: SensorsBuilt) -> None:
    """Build the sensors of a record in otherwise; they go on from what they have shown so far. Raises InputError."""
    z = record[0]
    z["mount"] = quaternion_from_pilot_angles(math.radians(built.roll_deg), math.radians(built.pitch_deg), 0.0)
    z["mounted"] = float(built.roll_deg != 0.0 or built.pitch_deg != 0.0)
    z["compass_offset"], z["pitot_gain"] = math.radians(built.compass_deg), built.pitot
    delay = float(z["fix_delay"]) + built.fix_delay_s
    z["delay_steps"] = round(delay / float(z["step"]))
    z["known_delay_steps"] = round(float(z["fix_delay"]) / float(z["step"]))
    if z["delay_steps"] > HISTORY - 1:
        raise InputError(
            f"satellite fixes {delay:g} s late are more than the {HISTORY - 1} control steps that are kept: "
            f"control_hz must be at most {(HISTORY - 1) / delay:.0f}"
        )


@njit(cache=True)
def start_sensors(Z: Record, truth: Array, normals: Array, air_density: float) -> None:
    """Switch on at the start of a flight: draw biases from SENSOR_NORMALS unit normals, align but for errors.

    Position and height start at one fix and one reading, attitude at an alignment at rest. air_density: kg/m3.
    """
    z, at = Z[0], START_NORMAL
    z.count = 0
    z.magnet_error, z.pitot_error = z.magnet_bias * normals[at.magnet], z.pitot_bias * normals[at.pitot]
    z.baro_error = z.picture_shift = z.in_sight = 0.0
    for k in range(3):
        z.gyro_error[k] = z.gyro_bias * normals[at.gyro + k]
        z.accel_error[k] = z.accel_bias * normals[at.accel + k]
        z.fix_error[k] = z.fix_wander * normals[at.wander + k]
        z.velocity[k] = truth[AT.vx + k]
        noise = z.fix_noise_up if k == 2 else z.fix_noise
        z.position[k] = truth[AT.x + k] + z.fix_error[k] + noise * normals[at.place + k]
    half = 0.5 * z.start_attitude
    dx, dy, dz = half * normals[at.attitude], half * normals[at.attitude + 1], half * normals[at.attitude + 2]
    attitude: Record = truth[AT.qx], truth[AT.qy], truth[AT.qz], truth[AT.qw]
    if z.mounted != 0.0:
        attitude = quaternion_product(attitude, (z.mount[0], z.mount[1], z.mount[2], z.mount[3]))
    _store(z.q, quaternion_product((dx, dy, dz, 1.0), attitude))
    z.height = truth[AT.height] + (z.lidar_noise if z.lidar_range > 0.0 else z.baro_noise) * normals[at.height]
    ahead = truth[AT.airspeed] * math.cos(truth[AT.alpha]) * math.cos(truth[AT.beta])
    z.pressure = z.pitot_gain * 0.5 * air_density * ahead * abs(ahead) + z.pitot_error
    for h in range(HISTORY):
        for k in range(3):
            z.past_truth[h, k], z.past_truth[h, 3 + k] = truth[AT.x + k], truth[AT.vx + k]
            z.past_estimate[h, k], z.past_estimate[h, 3 + k] = z.position[k], z.velocity[k]


@njit
def sense(p: Record, s: Record, z: Record, truth: Record, normals: Record, out: Record) -> None:
    """One control step of sensors and estimator: fills `out` (layout of observation.QUANTITIES) from noisy readings.

    Quantities that no sensor gives (alpha, beta, wind, deflections, thrust) stay 0. Known exactly: the clock, the
    pilot's own commands, the wheel switches.
    """
    dt, at = z.step, STEP_NORMAL
    steps = max(1, s.substep)
    turning = s.rates_sum[0] / steps, s.rates_sum[1] / steps, s.rates_sum[2] / steps
    pushing = s.specific_force_sum[0] / steps, s.specific_force_sum[1] / steps, s.specific_force_sum[2] / steps
    if z.mounted != 0.0:
        turning, pushing = _as_mounted(z, turning), _as_mounted(z, pushing)
    rate = (
        turning[0] + z.gyro_error[0] + z.gyro_noise * normals[at.gyro],
        turning[1] + z.gyro_error[1] + z.gyro_noise * normals[at.gyro + 1],
        turning[2] + z.gyro_error[2] + z.gyro_noise * normals[at.gyro + 2],
    )
    shake = z.accel_noise + z.vibration * min(1.0, s.rotor_speed[0] / FULL_ROTOR_SPEED)
    felt = (
        pushing[0] + z.accel_error[0] + shake * normals[at.accel],
        pushing[1] + z.accel_error[1] + shake * normals[at.accel + 1],
        pushing[2] + z.accel_error[2] + shake * normals[at.accel + 2],
    )
    R = _turned_with(z, rate)
    for k in range(3):
        accel = R[3 * k] * felt[0] + R[3 * k + 1] * felt[1] + R[3 * k + 2] * felt[2]
        if k == 2:
            accel -= p.gravity
        z.position[k] += dt * z.velocity[k] + 0.5 * dt * dt * accel
        z.velocity[k] += dt * accel
    z.height += dt * z.velocity[2]
    _satellite_fix(p, z, truth, normals)
    # Compass: turns the heading only.
    error = _heading_behind(z.q, truth) + z.compass_offset + z.magnet_error + z.magnet_noise * normals[at.magnet]
    error = math.atan2(math.sin(error), math.cos(error))
    _turn_world(z.q, 0.0, 0.0, -0.5 * dt * error)
    _heights(p, z, truth, normals)
    ahead = (
        truth[AT.airspeed] * math.cos(truth[AT.alpha]) * math.cos(truth[AT.beta])
    )  # the tube feels the flow along the body
    pressure = (
        z.pitot_gain * 0.5 * p.air_density * ahead * abs(ahead) + z.pitot_error + z.pitot_noise * normals[at.pitot]
    )
    z.pressure += (pressure - z.pressure) * (1.0 - math.exp(-dt / z.pitot_lag))
    airspeed = 0.0
    if z.pressure > z.pitot_cutoff:
        airspeed = math.sqrt(2.0 * z.pressure / SEA_LEVEL_DENSITY)
    roll, pitch, heading = pilot_angles(z.q[0], z.q[1], z.q[2], z.q[3])
    out[AT.time] = truth[AT.time]
    for k in range(3):
        out[AT.x + k] = z.position[k]
        out[AT.vx + k] = z.velocity[k]
        out[AT.aileron_cmd + k] = truth[AT.aileron_cmd + k]
    out[AT.y] -= z.picture_shift
    out[AT.runway_in_sight] = z.in_sight
    out[AT.roll], out[AT.pitch], out[AT.heading] = roll, pitch, heading
    for k in range(4):
        out[AT.qx + k] = z.q[k]
    out[AT.p], out[AT.q], out[AT.r] = rate[0], -rate[1], -rate[2]
    out[AT.airspeed] = airspeed
    out[AT.load_factor] = felt[2] / p.gravity
    out[AT.throttle_cmd], out[AT.throttle] = truth[AT.throttle_cmd], truth[AT.throttle]
    out[AT.height] = z.height
    out[AT.wheels_on_ground] = truth[AT.wheels_on_ground]
    out[AT.accel_x], out[AT.accel_y] = felt[0], -felt[1]
    out[AT.rotor_speed] = truth[AT.rotor_speed] * (1.0 + TELEMETRY_NOISE * normals[at.telemetry])
    z.count += 1


@njit
def _turned_with(z: Record, rate: Three) -> Nine:
    """Turn the estimated attitude on by a control step of gyro readings (rad/s, body).

    Returns the rotation (body to world, nine numbers by rows) with which the mean specific force of the step is
    turned: that of its end where it turns slowly, of its middle where half a step's turn would push a wrong way.
    """
    dt = z.step
    if rate[0] * rate[0] + rate[1] * rate[1] + rate[2] * rate[2] < SLOW_TURN * SLOW_TURN:
        _turn_body(z.q, rate[0] * dt, rate[1] * dt, rate[2] * dt)
        return rotation_rows((z.q[0], z.q[1], z.q[2], z.q[3]))
    # Half of the step twice: each exact, and the middle is at hand.
    half = rotation_over(rate, 0.5 * dt)
    _store(z.q, quaternion_product((z.q[0], z.q[1], z.q[2], z.q[3]), half))
    middle = rotation_rows((z.q[0], z.q[1], z.q[2], z.q[3]))
    _store(z.q, quaternion_product((z.q[0], z.q[1], z.q[2], z.q[3]), half))
    return middle


@njit
def _heading_behind(q: Record, truth: Record) -> float:
    """By how much (rad, + clockwise from above) the estimated heading is behind the compass's.

    A compass feels the direction of the field in the body, and the estimated attitude says where that is in the
    world: a difference of headings, but also where the nose points straight up and has none.
    """
    heading = pilot_angles(q[0], q[1], q[2], q[3])[2]
    if abs(truth[AT.pitch]) < STEEP and abs(q[0] * q[2] - q[3] * q[1]) < 0.5 * math.sin(STEEP):
        return truth[AT.heading] - heading
    # Turn from the true to the estimated attitude, and of it the part about the vertical.
    _, _, z, w = quaternion_product(
        (q[0], q[1], q[2], q[3]), (-truth[AT.qx], -truth[AT.qy], -truth[AT.qz], truth[AT.qw])
    )
    return 2.0 * math.atan2(z, w)


@njit
def _satellite_fix(p: Record, z: Record, truth: Record, normals: Record) -> None:
    """Remember this step; when a fix arrives, correct position, velocity and tilt with it.

    The fix is `delay_steps` old and is compared with the estimate of the time that it is taken to be from: fixes
    that are later than the receiver usually is pull the estimate back. A wrong tilt makes the estimated velocity run
    away along g x tilt, so the velocity error also mends the tilt.
    """
    now, at = z.count % HISTORY, STEP_NORMAL
    for k in range(3):
        z.past_truth[now, k], z.past_truth[now, 3 + k] = truth[AT.x + k], truth[AT.vx + k]
        z.past_estimate[now, k], z.past_estimate[now, 3 + k] = z.position[k], z.velocity[k]
    if z.count % z.fix_steps != 0:
        return
    then, taken = (z.count - z.delay_steps) % HISTORY, (z.count - z.known_delay_steps) % HISTORY
    period = z.fix_steps * z.step
    wander = math.exp(-period / WANDER_S)
    trust = PLACE_TRUST_RTK if z.fix_wander == 0.0 else PLACE_TRUST_PLAIN
    dv = (0.0, 0.0, 0.0)
    for k in range(3):
        if z.fix_wander > 0.0:
            drawn = normals[at.wander + k]
            z.fix_error[k] = wander * z.fix_error[k] + z.fix_wander * math.sqrt(1.0 - wander * wander) * drawn
        noise = z.fix_noise_up if k == 2 else z.fix_noise
        place = z.past_truth[then, k] + z.fix_error[k] + noise * normals[at.place + k] - z.past_estimate[taken, k]
        shown = z.past_truth[then, 3 + k] + z.fix_velocity_noise * normals[at.velocity + k]
        speed = shown - z.past_estimate[taken, 3 + k]
        place_change, speed_change = trust * place, SPEED_TRUST * speed + SPEED_BY_PLACE * trust * place
        z.position[k] += place_change
        z.velocity[k] += speed_change
        # The stored past must know of the correction, or a delayed fix would correct the same error again.
        for ago in range(z.known_delay_steps + 1):
            z.past_estimate[(z.count - ago) % HISTORY, k] += place_change
            z.past_estimate[(z.count - ago) % HISTORY, 3 + k] += speed_change
        if k == 0:
            dv = (speed, dv[1], dv[2])
        elif k == 1:
            dv = (dv[0], speed, dv[2])
    tilt = TILT_TRUST / p.gravity
    _turn_world(z.q, -tilt * dv[1], tilt * dv[0], 0.0)


@njit
def _heights(p: Record, z: Record, truth: Record, normals: Record) -> None:
    """Height of the lowest wheel: lidar where it reaches, else the satellite height, and the barometer by weight."""
    dt, at = z.step, STEP_NORMAL
    if truth[AT.height] < z.lidar_range:
        z.height += LIDAR_TRUST * (truth[AT.height] + z.lidar_noise * normals[at.lidar] - z.height)
    else:
        # The estimated attitude tells how far the lowest wheel hangs below the receiver's fix.
        R = rotation_rows((z.q[0], z.q[1], z.q[2], z.q[3]))
        z.height += FIX_HEIGHT_TRUST * (lowest_wheel(p, R, z.position[2]) - z.height)
    if z.baro_weight > 0.0:
        z.baro_error += z.baro_drift * math.sqrt(dt) * normals[at.baro_drift]
        shown = z.baro_scale * truth[AT.height] + z.baro_error + z.baro_noise * normals[at.baro]
        z.height += z.baro_weight * dt * (shown - z.height)


@njit
def _as_mounted(z: Record, v: tuple[float, float, float]) -> tuple[float, float, float]:
    """A vector in body axes, in those of the inertial unit."""
    R = rotation_rows((z.mount[0], z.mount[1], z.mount[2], z.mount[3]))
    return (
        R[0] * v[0] + R[3] * v[1] + R[6] * v[2],
        R[1] * v[0] + R[4] * v[1] + R[7] * v[2],
        R[2] * v[0] + R[5] * v[1] + R[8] * v[2],
    )


@njit
def _turn_body(q: Record, ax: float, ay: float, az: float) -> None:
    """Turn q by a small rotation vector (rad) in body axes."""
    hx, hy, hz = 0.5 * ax, 0.5 * ay, 0.5 * az
    hw = 1.0 - 0.5 * (hx * hx + hy * hy + hz * hz)
    _store(q, quaternion_product((q[0], q[1], q[2], q[3]), (hx, hy, hz, hw)))


@njit
def _turn_world(q: Record, ax: float, ay: float, az: float) -> None:
    """Turn q by a small rotation vector (rad) in world axes."""
    _store(q, quaternion_product((0.5 * ax, 0.5 * ay, 0.5 * az, 1.0), (q[0], q[1], q[2], q[3])))


@njit
def _store(q: Record, turned: tuple[float, float, float, float]) -> None:
    """Write a quaternion (x, y, z, w) into q, at unit length."""
    x, y, z, w = turned
    size = 1.0 / math.sqrt(x * x + y * y + z * z + w * w)
    q[0], q[1], q[2], q[3] = x * size, y * size, z * size, w * size
