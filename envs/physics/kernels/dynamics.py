"""All forces on the aircraft in one substep, free flight, and what a control step leaves to be read (numba kernels)."""

from __future__ import annotations

import math

from numba import njit

from envs.base.frames import pilot_angles, quaternion_product
from envs.base.quantities import AT
from envs.physics.kernels.air import advance_turbulence, wind_at
from envs.physics.kernels.coefficients import profile_drag_force, whole_aircraft_wrench
from envs.physics.kernels.landing_gear import gear_wrench
from envs.physics.kernels.propulsion import propulsion_wrench
from envs.physics.kernels.records import COMMAND, GUST, LIFT, Record
from envs.physics.kernels.servos import channel_deflection, delayed_command, move_servos
from envs.physics.kernels.surfaces import added_wrench, body_wrench, residual_wrench, surface_wrench

Three = tuple[float, float, float]
Four = tuple[float, float, float, float]
TOUCH_MARGIN = 0.005  # m: closer than this (and what two substeps bring) a corner's contacts are Bullet's to judge
NEAR = 0.2  # m: higher than this above its reach nothing can touch within a substep


@njit
def body_quaternion(p: Record, principal: Four) -> Four:
    """Body-to-world quaternion from Bullet's, which turns with the principal axes of inertia."""
    q = p.principal_quaternion
    return quaternion_product(principal, (-q[0], -q[1], -q[2], q[3]))


@njit
def rotation_rows(q: Four) -> tuple[float, float, float, float, float, float, float, float, float]:
    """Rotation matrix (body to world, nine numbers by rows) of a quaternion (x, y, z, w)."""
    x, y, z, w = q
    return (
        1 - 2 * (y * y + z * z),
        2 * (x * y - w * z),
        2 * (x * z + w * y),
        2 * (x * y + w * z),
        1 - 2 * (x * x + z * z),
        2 * (y * z - w * x),
        2 * (x * z - w * y),
        2 * (y * z + w * x),
        1 - 2 * (x * x + y * y),
    )


@njit(cache=True)
def fly_free(
    P: Record,
    S: Record,
    aileron: float,
    elevator: float,
    rudder: float,
    throttle: float,
    flap: float,
    brake: float,
    normals: Record,
) -> int:
    """Fly one control step (pilot's signs, throttle 0..1) for as long as nothing but wheels can touch.

    Takes the command, lets the gusts move on, and integrates the pose in the state as Bullet integrates a free
    body: velocities first, then place and attitude (test_physics_flight holds both side by side). Returns the
    substeps flown; the rest is Bullet's, for a corner came so close to the ground that contacts must be judged.
    """
    p, s = P[0], S[0]
    s.command[COMMAND.aileron], s.command[COMMAND.elevator], s.command[COMMAND.rudder] = aileron, elevator, rudder
    s.command[COMMAND.flap], s.command[COMMAND.throttle] = flap, throttle
    s.brake = brake
    s.substep = 0
    for k in range(3):
        s.specific_force_sum[k] = 0.0
        s.rates_sum[k] = 0.0
    if s.turbulence > 0.0 or s.gust_events > 0:
        heading = pilot_angles(*body_quaternion(p, four(s.principal)))[2]
        advance_turbulence(p, s, s.position[2], s.airspeed, heading, p.time_step * p.substeps, normals)
    for step in range(p.substeps):
        parts = p.gear_parts if s.position[2] < p.reach else 1
        for part in range(parts):
            position, principal, velocity, omega = (
                three(s.position),
                four(s.principal),
                three(s.velocity),
                three(s.omega),
            )
            R = rotation_rows(body_quaternion(p, principal))
            if part == 0 and may_touch(p, R, position, velocity, omega):
                return step
            move_free(p, s, R, substep_loads(p, s, R, position, velocity, omega, part, parts), p.time_step / parts)
    return p.substeps


@njit
def move_free(p: Record, s: Record, R: Record, loads: tuple[Three, Three, Three], dt: float) -> None:
    """Move the pose on by dt (s) under the loads of `substep_loads`: velocities first, then place and attitude."""
    force, moment, rates = loads
    turn = turned_rates(p, rates, moment, dt)
    for k in range(3):
        s.velocity[k] += dt * force[k] / p.mass
        s.omega[k] = R[3 * k] * turn[0] + R[3 * k + 1] * turn[1] + R[3 * k + 2] * turn[2]
    s.velocity[2] -= dt * p.gravity
    for k in range(3):
        s.position[k] += dt * s.velocity[k]
    x, y, z, w = quaternion_product(rotation_over(three(s.omega), dt), four(s.principal))
    size = 1.0 / math.sqrt(x * x + y * y + z * z + w * w)
    s.principal[0], s.principal[1], s.principal[2], s.principal[3] = x * size, y * size, z * size, w * size


@njit
def three(v: Record) -> Three:
    """The first three numbers of an array."""
    return v[0], v[1], v[2]


@njit
def four(v: Record) -> Four:
    """The first four numbers of an array."""
    return v[0], v[1], v[2], v[3]


@njit
def rotation_over(omega: Three, dt: float) -> Four:
    """Quaternion (x, y, z, w) of turning with the rates omega (rad/s, world) for dt (s)."""
    rate = math.sqrt(omega[0] * omega[0] + omega[1] * omega[1] + omega[2] * omega[2])
    half = 0.5 * dt * rate
    share = 0.5 * dt * (1.0 - half * half / 6.0) if half < 1e-4 else math.sin(half) / rate
    return share * omega[0], share * omega[1], share * omega[2], math.cos(half)


@njit
def may_touch(p: Record, R: Record, position: Three, velocity: Three, omega: Three) -> bool:
    """Whether a corner that is not a wheel can come to the ground within this substep."""
    if p.bullet_always != 0.0:
        return True
    if position[2] > p.reach + NEAR:
        return False
    sinking = max(0.0, -velocity[2]) + p.reach * math.sqrt(omega[0] * omega[0] + omega[1] * omega[1])
    return position[2] + lowest_corner(p, R) < TOUCH_MARGIN + 2.0 * p.time_step * sinking


@njit
def lowest_corner(p: Record, R: Record) -> float:
    """Height (m) of the lowest corner that is not a wheel, relative to the centre of gravity."""
    low = 1e9
    for k in range(p.hull):
        low = min(low, R[6] * p.hull_point[k, 0] + R[7] * p.hull_point[k, 1] + R[8] * p.hull_point[k, 2])
    return low


@njit(cache=True)
def substep_wrench(
    position: Three, principal: Four, velocity: Three, omega: Three, P: Record, S: Record, part: int
) -> tuple[Three, Three]:
    """(force N, torque N m) that Bullet is given for a part of a substep, world axes; moves what moves by itself on.

    position, velocity of the centre of gravity and omega: world; principal: Bullet's quaternion; part: from 0, of
    `gear_parts` in which Bullet takes every substep.
    """
    p, s = P[0], S[0]
    dt = p.time_step / p.gear_parts
    R = rotation_rows(body_quaternion(p, principal))
    force, (mx, my, mz), (wx, wy, wz) = substep_loads(p, s, R, position, velocity, omega, part, p.gear_parts)
    # Bullet takes the gyroscopic moment w x I w at the start of a step, which feeds energy into a tumbling body (3 % in
    # 2 s at 5 rad/s): it is given what makes its rates those of `turned_rates`.
    I = p.inertia  # noqa: E741
    lx, ly, lz = (
        I[0, 0] * wx + I[0, 1] * wy + I[0, 2] * wz,
        I[1, 0] * wx + I[1, 1] * wy + I[1, 2] * wz,
        I[2, 0] * wx + I[2, 1] * wy + I[2, 2] * wz,
    )
    gx, gy, gz = gyroscopic_moment(p, (wx, wy, wz), (mx, my, mz), dt)
    tx, ty, tz = mx + gx + wy * lz - wz * ly, my + gy + wz * lx - wx * lz, mz + gz + wx * ly - wy * lx
    return force, (
        R[0] * tx + R[1] * ty + R[2] * tz,
        R[3] * tx + R[4] * ty + R[5] * tz,
        R[6] * tx + R[7] * ty + R[8] * tz,
    )


@njit
def substep_loads(
    p: Record, s: Record, R: Record, position: Three, velocity: Three, omega: Three, part: int, parts: int
) -> tuple[Three, Three, Three]:
    """(force N world, moment N m body, rates rad/s body) of air, propeller and wheels; moves what moves by itself on.

    R: nine numbers, body to world, by rows; part: from 0, of how many `parts`. Air, propeller and servos take the whole
    substep with the first part, and push as they did then while wheels on stiff legs take the others.
    """
    wx = R[0] * omega[0] + R[3] * omega[1] + R[6] * omega[2]
    wy = R[1] * omega[0] + R[4] * omega[1] + R[7] * omega[2]
    wz = R[2] * omega[0] + R[5] * omega[1] + R[8] * omega[2]
    wind = wind_at(p, s, position[2])
    ex, ey, ez = velocity[0] - wind[0], velocity[1] - wind[1], velocity[2] - wind[2]
    vx = R[0] * ex + R[3] * ey + R[6] * ez
    vy = R[1] * ex + R[4] * ey + R[7] * ez
    vz = R[2] * ex + R[5] * ey + R[8] * ez
    if part == 0:
        delayed_command(p, s)
        move_servos(p, s)
        if p.whole_area > 0.0:
            s.alpha_rate = alpha_rate(p, s.force_body, (R[6], R[7], R[8]), (vx, vy, vz), (wx, wy, wz))
        fx, fy, fz, mx, my, mz = air_wrench(p, s, vx, vy, vz, wx, wy, wz, position[2] + R[8] * p.wing_height)
        s.air_force[0], s.air_force[1], s.air_force[2] = fx, fy, fz
        s.air_moment[0], s.air_moment[1], s.air_moment[2] = mx, my, mz
    else:
        fx, fy, fz = three(s.air_force)
        mx, my, mz = three(s.air_moment)
    gx, gy, gz = 0.0, 0.0, 0.0
    if position[2] < p.reach:
        gx, gy, gz, hx, hy, hz = gear_wrench(p, s, position[2], R, velocity, omega, p.time_step / parts)
        mx += R[0] * hx + R[3] * hy + R[6] * hz
        my += R[1] * hx + R[4] * hy + R[7] * hz
        mz += R[2] * hx + R[5] * hy + R[8] * hz
    force = (
        R[0] * fx + R[1] * fy + R[2] * fz + gx,
        R[3] * fx + R[4] * fy + R[5] * fz + gy,
        R[6] * fx + R[7] * fy + R[8] * fz + gz,
    )
    _record(p, s, R, force, wind, (vx, vy, vz), (wx, wy, wz), (mx, my, mz), 1.0 / parts)
    if part == parts - 1:
        s.substep += 1
        s.time += p.time_step
    return force, (mx, my, mz), (wx, wy, wz)


@njit
def alpha_rate(p: Record, force: Record, up: Three, air: Three, rates: Three) -> float:
    """Rate (rad/s) of the angle of attack, of the force (N) of the substep before: what alphadot terms go with.

    0 where the aircraft has none. up, air (velocity, m/s), rates: body axes; the air's own acceleration is left out.
    """
    if p.whole_CL[LIFT.alphadot] == 0.0 and p.whole_Cm[LIFT.alphadot] == 0.0:
        return 0.0
    (vx, vy, vz), (wx, wy, wz) = air, rates
    ax = force[0] / p.mass - p.gravity * up[0] - (wy * vz - wz * vy)
    az = force[2] / p.mass - p.gravity * up[2] - (wx * vy - wy * vx)
    return (vz * ax - vx * az) / max(vx * vx + vz * vz, 1.0)


@njit
def air_wrench(
    p: Record, s: Record, vx: float, vy: float, vz: float, wx: float, wy: float, wz: float, wing_height: float
) -> tuple[float, float, float, float, float, float]:
    """Force (N) and moment (N m) of air and propeller, body axes, at a velocity relative to the air (body axes)."""
    density = p.air_density
    t = s.substep / p.substeps
    gx, gy, gz = (
        s.gust_now[GUST.turn_x] + t * (s.gust_next[GUST.turn_x] - s.gust_now[GUST.turn_x]),
        s.gust_now[GUST.turn_y] + t * (s.gust_next[GUST.turn_y] - s.gust_now[GUST.turn_y]),
        s.gust_now[GUST.turn_z] + t * (s.gust_next[GUST.turn_z] - s.gust_now[GUST.turn_z]),
    )
    ax, ay, az, bx, by, bz = propulsion_wrench(
        p, s, max(0.0, min(1.0, s.delayed[COMMAND.throttle])), vx, vy, vz, wx, wy, wz, density
    )
    wx, wy, wz = wx - gx, wy - gy, wz - gz
    if p.whole_area > 0.0:
        fx, fy, fz, mx, my, mz, attached = whole_aircraft_wrench(p, s, vx, vy, vz, wx, wy, wz, density, wing_height)
        s.attached = attached
        if p.added != 0.0:
            dx, dy, dz, ex, ey, ez = added_wrench(p, vx, vy, vz, density)
            fx, fy, fz, mx, my, mz = fx + dx, fy + dy, fz + dz, mx + ex, my + ey, mz + ez
        return fx + ax, fy + ay, fz + az, mx + bx, my + by, mz + bz
    fx, fy, fz, mx, my, mz, attached = surface_wrench(p, s, vx, vy, vz, wx, wy, wz, density, wing_height)
    s.attached = attached
    dx, dy, dz, ex, ey, ez = body_wrench(p, vx, vy, vz, wx, wy, wz, density)
    rx, ry, rz, hx, hy, hz = residual_wrench(p, s, vx, vy, vz, wx, wy, wz, density, attached)
    if p.profile_exponent != 0.0:
        kx, ky, kz = profile_drag_force(p, vx, vy, vz, fx, fz, density, attached)
        rx, ry, rz = rx + kx, ry + ky, rz + kz
    if p.added != 0.0:
        kx, ky, kz, lx, ly, lz = added_wrench(p, vx, vy, vz, density)
        rx, ry, rz, hx, hy, hz = rx + kx, ry + ky, rz + kz, hx + lx, hy + ly, hz + lz
    return (
        fx + ax + dx + rx,
        fy + ay + dy + ry,
        fz + az + dz + rz,
        mx + bx + ex + hx,
        my + by + ey + hy,
        mz + bz + ez + hz,
    )


@njit
def turned_rates(p: Record, rates: Three, moment: Three, dt: float) -> Three:
    """Rates (rad/s, body axes of now) after dt (s) under a moment (N m, body)."""
    gx, gy, gz = gyroscopic_moment(p, rates, moment, dt)
    J = p.inertia_inverse
    ax, ay, az = moment[0] + gx, moment[1] + gy, moment[2] + gz
    return (
        rates[0] + dt * (J[0, 0] * ax + J[0, 1] * ay + J[0, 2] * az),
        rates[1] + dt * (J[1, 0] * ax + J[1, 1] * ay + J[1, 2] * az),
        rates[2] + dt * (J[2, 0] * ax + J[2, 1] * ay + J[2, 2] * az),
    )


@njit
def gyroscopic_moment(p: Record, rates: Three, moment: Three, dt: float) -> Three:
    """-w x I w (N m, body) at the rates w of the middle of a step of dt (s): at its start it would feed energy in."""
    I, J, half = p.inertia, p.inertia_inverse, 0.5 * dt  # noqa: E741
    wx, wy, wz = rates
    lx, ly, lz = (
        I[0, 0] * wx + I[0, 1] * wy + I[0, 2] * wz,
        I[1, 0] * wx + I[1, 1] * wy + I[1, 2] * wz,
        I[2, 0] * wx + I[2, 1] * wy + I[2, 2] * wz,
    )
    ax, ay, az = (moment[0] - (wy * lz - wz * ly), moment[1] - (wz * lx - wx * lz), moment[2] - (wx * ly - wy * lx))
    ux = wx + half * (J[0, 0] * ax + J[0, 1] * ay + J[0, 2] * az)
    uy = wy + half * (J[1, 0] * ax + J[1, 1] * ay + J[1, 2] * az)
    uz = wz + half * (J[2, 0] * ax + J[2, 1] * ay + J[2, 2] * az)
    lx, ly, lz = (
        I[0, 0] * ux + I[0, 1] * uy + I[0, 2] * uz,
        I[1, 0] * ux + I[1, 1] * uy + I[1, 2] * uz,
        I[2, 0] * ux + I[2, 1] * uy + I[2, 2] * uz,
    )
    return uz * ly - uy * lz, ux * lz - uz * lx, uy * lx - ux * ly


@njit
def _record(
    p: Record, s: Record, R: Record, force: Three, wind: Three, air: Three, rates: Three, moment: Three, share: float
) -> None:
    """Keep what sensors and log read: air data, wind, and means of what an inertial unit feels.

    share: of a substep that this is.
    """
    _record_air(s, wind, air)
    s.moment_body[0], s.moment_body[1], s.moment_body[2] = moment
    for k in range(3):
        felt = (R[k] * force[0] + R[3 + k] * force[1] + R[6 + k] * force[2]) / p.mass
        s.force_body[k] = felt * p.mass
        s.specific_force_sum[k] += share * felt
        s.rates_sum[k] += share * rates[k]


@njit
def _record_air(s: Record, wind: Three, air: Three) -> None:
    """Keep the wind (world) and the velocity relative to the air (body) as airspeed and flow angles."""
    airspeed = math.sqrt(air[0] * air[0] + air[1] * air[1] + air[2] * air[2])
    s.airspeed = airspeed
    s.wind[0], s.wind[1], s.wind[2] = wind
    s.air_velocity[0], s.air_velocity[1], s.air_velocity[2] = air


@njit(cache=True)
def start_air(P: Record, S: Record, zeros: Record) -> None:
    """Let the drawn air blow from the first moment: gusts at their filters' values, air data of the first reading."""
    p, s = P[0], S[0]
    position, velocity = s.position, s.velocity
    q = body_quaternion(p, four(s.principal))
    R = rotation_rows(q)
    heading = pilot_angles(q[0], q[1], q[2], q[3])[2]
    advance_turbulence(p, s, position[2], 0.0, heading, 0.0, zeros)
    s.gust_lead[0] = s.gust_lead[1] = 0.0  # else the first step would see the gusts' start as a gradient
    for _ in range(2):  # gust_now and gust_next
        advance_turbulence(p, s, position[2], 0.0, heading, 0.0, zeros)
    wind = wind_at(p, s, position[2])
    ex, ey, ez = velocity[0] - wind[0], velocity[1] - wind[1], velocity[2] - wind[2]
    _record_air(
        s,
        wind,
        (R[0] * ex + R[3] * ey + R[6] * ez, R[1] * ex + R[4] * ey + R[7] * ez, R[2] * ex + R[5] * ey + R[8] * ez),
    )


@njit
def lowest_wheel(p: Record, R: Record, height: float) -> float:
    """Height (m) above ground of the lowest wheel (of the lowest corner when there are none)."""
    low = 1e9
    for w in range(p.wheels):
        low = min(low, R[6] * p.wheel_contact[w, 0] + R[7] * p.wheel_contact[w, 1] + R[8] * p.wheel_contact[w, 2])
    if p.wheels == 0:
        low = lowest_corner(p, R)
    return height + low


@njit(cache=True)
def measure(P: Record, S: Record, out: Record) -> None:
    """`measure_into` as a call from Python; P, S are the record arrays."""
    measure_into(P[0], S[0], out)


@njit
def measure_into(p: Record, s: Record, out: Record) -> None:
    """Write the truth after a control step into `out` (len(QUANTITIES), order of envs.base.quantities.QUANTITIES)."""
    position, velocity, omega = s.position, s.velocity, s.omega
    q = body_quaternion(p, four(s.principal))
    R = rotation_rows(q)
    roll, pitch, heading = pilot_angles(q[0], q[1], q[2], q[3])
    out[AT.time] = s.time
    for k in range(3):
        out[AT.x + k] = position[k]
        out[AT.vx + k] = velocity[k]
    out[AT.roll], out[AT.pitch], out[AT.heading] = roll, pitch, heading
    for k in range(4):
        out[AT.qx + k] = q[k]
    out[AT.p] = R[0] * omega[0] + R[3] * omega[1] + R[6] * omega[2]
    out[AT.q] = -(R[1] * omega[0] + R[4] * omega[1] + R[7] * omega[2])
    out[AT.r] = -(R[2] * omega[0] + R[5] * omega[1] + R[8] * omega[2])
    air = s.air_velocity
    out[AT.airspeed], out[AT.alpha] = s.airspeed, math.atan2(-air[2], air[0])
    out[AT.beta] = math.asin(max(-1.0, min(1.0, -air[1] / max(s.airspeed, 1e-6))))
    steps = max(1, s.substep)
    felt = s.specific_force_sum
    out[AT.load_factor] = felt[2] / steps / p.gravity
    for k in range(3):
        out[AT.wind_x + k] = s.wind[k]
        out[AT.aileron_cmd + k] = s.command[k]
    out[AT.throttle_cmd] = s.command[COMMAND.throttle]
    for c in range(3):
        out[AT.aileron + c] = channel_deflection(p, s, c)
    out[AT.throttle] = s.delayed[COMMAND.throttle]
    out[AT.height] = lowest_wheel(p, R, position[2])
    on_ground = 0
    for w in range(p.wheels):
        if s.wheel_load[w] > 0.0:
            on_ground += 1
    out[AT.wheels_on_ground] = on_ground
    out[AT.strike] = s.strike
    out[AT.accel_x] = felt[0] / steps
    out[AT.accel_y] = -felt[1] / steps
    out[AT.rotor_speed] = s.rotor_speed[0]
    thrust = 0.0
    for m in range(p.motors):
        thrust += s.thrust[m]
    out[AT.thrust] = thrust
    out[AT.attached] = s.attached
