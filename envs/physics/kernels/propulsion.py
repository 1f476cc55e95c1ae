"""Battery and motor, or engine, and propeller: throttle -> thrust, torque, wash (numba kernel). Body axes, SI."""

from __future__ import annotations

import math

from numba import njit

from envs.physics.kernels.records import EFFECT, TABLE, TABLE_J_MAX, Record


@njit
def propeller_coefficients(p: Record, motor: int, advance_ratio: float) -> tuple[float, float]:
    """(CT, CP) at advance ratio J = V / (n D), linear in the table; held at its ends."""
    place = max(0.0, min(TABLE_J_MAX, advance_ratio)) * ((TABLE - 1) / TABLE_J_MAX)
    k = min(TABLE - 2, int(place))
    t = place - k
    CT, CP = p.propeller_CT[motor], p.propeller_CP[motor]
    return CT[k] + t * (CT[k + 1] - CT[k]), CP[k] + t * (CP[k + 1] - CP[k])


@njit
def propeller_loads(p: Record, motor: int, rotor_speed: float, inflow: float, density: float) -> tuple[float, float]:
    """(thrust N, torque N m) at rotor speed (rad/s) and axial inflow (m/s): T = CT rho n^2 D^4 (PHYSICS.md 4.1)."""
    diameter = p.propeller_diameter[motor]
    # A propeller slower than the table reaches, stopped ones too, drags with the air's speed and no longer its own.
    n = max(rotor_speed / (2.0 * math.pi), inflow / (TABLE_J_MAX * diameter))
    if n < 0.5:
        return 0.0, 0.0
    CT, CP = propeller_coefficients(p, motor, inflow / (n * diameter))
    scale = density * n * n * diameter**4
    return CT * scale, CP * scale * diameter / (2.0 * math.pi)


@njit
def motor_current(p: Record, s: Record, motor: int, throttle: float) -> float:
    """Current (A) at a throttle 0..1: DC machine behind a speed controller that does not brake (PHYSICS.md 4.2).

    The pack's voltage falls with its current and, in a straight line to 80 % when empty, with the charge taken: within
    3 % the resting voltage of ArduPilot's simulated pack (SIM_Battery.cpp) down to a fifth of the charge.
    """
    sag = p.effect[EFFECT.battery_sag]
    left = 1.0 - 0.2 * sag * min(1.0, s.charge_used[motor] / p.battery_capacity[motor])
    voltage = throttle * p.battery_voltage[motor] * left
    resistance = p.motor_resistance[motor] + sag * throttle * throttle * p.battery_resistance[motor]
    current = (voltage - p.motor_Kt[motor] * s.rotor_speed[motor]) / resistance
    return max(0.0, min(p.motor_max_current[motor], current))


@njit
def idle_torque(p: Record, motor: int, rotor_speed: float) -> float:
    """Friction (N m) of a turning motor: that of its no-load current, fading below 5 rad/s."""
    return p.motor_Kt[motor] * p.motor_no_load[motor] * min(1.0, 0.2 * rotor_speed)


@njit
def engine_power(p: Record, motor: int, speed: float) -> float:
    """Shaft power (W) of an engine at full throttle, at a speed (rad/s), linear in its curve and held at its ends."""
    speeds, powers = p.engine_speed[motor], p.engine_power[motor]
    last = p.engine_points[motor] - 1
    if speed <= speeds[0]:
        return powers[0]
    for k in range(1, last + 1):
        if speed < speeds[k]:
            return powers[k - 1] + (powers[k] - powers[k - 1]) * (speed - speeds[k - 1]) / (speeds[k] - speeds[k - 1])
    return powers[last]


@njit
def engine_torque(p: Record, motor: int, throttle: float, speed: float) -> float:
    """Torque (N m) of an engine; below its curve that at its first speed, for no power can be held down to a stop."""
    share = p.engine_idle[motor] + (1.0 - p.engine_idle[motor]) * throttle
    return share * engine_power(p, motor, speed) / max(speed, p.engine_speed[motor, 0])


@njit(cache=True)
def propulsion_wrench(
    p: Record,
    s: Record,
    throttle: float,
    vx: float,
    vy: float,
    vz: float,
    wx: float,
    wy: float,
    wz: float,
    density: float,
) -> tuple[float, float, float, float, float, float]:
    """Force (N) and moment (N m) of all motors; moves rotor speeds and charge on by one time step, sets the wash.

    v: velocity of the centre of gravity relative to the air; w: body rates.
    """
    fx = fy = fz = mx = my = mz = 0.0
    dt = p.time_step
    for m in range(p.motors):
        ax, ay, az = p.motor_axis[m, 0], p.motor_axis[m, 1], p.motor_axis[m, 2]
        rx, ry, rz = p.motor_position[m, 0], p.motor_position[m, 1], p.motor_position[m, 2]
        ux = vx + wy * rz - wz * ry
        uy = vy + wz * rx - wx * rz
        uz = vz + wx * ry - wy * rx
        inflow = ux * ax + uy * ay + uz * az
        speed = s.rotor_speed[m]
        thrust, torque = propeller_loads(p, m, speed, inflow, density)
        # Semi-implicit: the torque's own fall with speed is taken at the new speed, so that a light rotor is stable.
        if p.engine_points[m] > 0:
            current, shaft = 0.0, engine_torque(p, m, throttle, speed)
            slope = (shaft + 2.0 * abs(torque)) / max(speed, 20.0)
        else:
            current = motor_current(p, s, m, throttle)
            shaft = p.motor_Kt[m] * current - idle_torque(p, m, speed)
            slope = p.motor_Kt[m] ** 2 / p.motor_resistance[m] + 2.0 * abs(torque) / max(speed, 20.0)
        change = dt * (shaft - torque) / (p.rotor_inertia[m] + dt * slope)
        s.rotor_speed[m] = max(0.0, speed + change)
        s.charge_used[m] += current * throttle * dt
        s.thrust[m], s.torque[m] = thrust, torque
        radius = 0.5 * p.propeller_diameter[m]
        area = math.pi * radius * radius
        ahead = max(0.0, inflow)
        # Axial momentum theory at the disc (PHYSICS.md 4.3); a windmilling propeller slows the air instead.
        wash = 0.5 * (-ahead + math.sqrt(max(0.0, ahead * ahead + 2.0 * thrust / (density * area))))
        s.wash_inflow[m] = ahead
        s.wash_axial[m] = wash * p.effect[EFFECT.slipstream]
        fx += thrust * ax
        fy += thrust * ay
        fz += thrust * az
        mx += (ry * az - rz * ay) * thrust
        my += (rz * ax - rx * az) * thrust
        mz += (rx * ay - ry * ax) * thrust
        turn = p.motor_turn[m]
        # The airframe holds the motor: it feels the shaft's torque the other way round.
        reaction = -turn * (torque + p.rotor_inertia[m] * change / dt) * p.effect[EFFECT.torque_reaction]
        # Gyroscopic moment of the rotor: -w x (J Omega axis) (PHYSICS.md 4.6).
        spin = turn * p.rotor_inertia[m] * speed * p.effect[EFFECT.gyroscopic]
        mx += reaction * ax - spin * (wy * az - wz * ay)
        my += reaction * ay - spin * (wz * ax - wx * az)
        mz += reaction * az - spin * (wx * ay - wy * ax)
        # P-factor: the down-going blade meets more air. Blade elements of constant pitch P, lift per length
        # ~ (Omega r + V_t cos)(P (Omega r + V_t cos) / r - U), have a thrust ~ (P Omega - U) Omega and, from the first
        # harmonic in the in-plane flow V_t, the moment ~ (2 P Omega - U) V_t / 2 about it.
        if p.effect[EFFECT.p_factor] != 0.0:
            tx, ty, tz = ux - inflow * ax, uy - inflow * ay, uz - inflow * az
            across, tip = math.sqrt(tx * tx + ty * ty + tz * tz), speed * radius
            pace = max(0.0, 2.0 * p.propeller_advance[m] * speed - ahead - wash)
            strength = 0.5 * density * p.propeller_lift[m] * pace * min(1.0, 0.5 * tip / max(across, 1e-6)) * turn
            mx -= strength * tx
            my -= strength * ty
            mz -= strength * tz
    return fx, fy, fz, mx, my, mz
