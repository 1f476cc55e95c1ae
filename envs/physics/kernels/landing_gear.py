"""Wheels and skids: spring and damper, rolling and side friction, steering, brakes (numba kernel).

Computed here and applied with the air's forces, so that Bullet carries one body (three hinged wheels would
double the cost of a step and are limited to 100 rad/s). World axes in, world force and moment out.
"""

from __future__ import annotations

import math

from numba import njit

from envs.physics.kernels.records import EFFECT, Record

BOTTOMED_STIFFER = 20.0  # times the spring, once its travel is used up; estimated: a stop, yet stable at 240 Hz
SLIDING_MPS = 1.0  # speed at which half of the way from friction at rest to sliding friction is gone; estimated
TYRE_DAMPING = 4.0  # N s/m, of the tyre's own bending; estimated: enough that a parked model does not swing on it
CREEP = 1.0  # m/s: without static friction, the speed over the ground below which slip no longer counts in full
ROLLING_CREEP = 0.05  # as CREEP along the way, share of it: rolling resistance counts in full much sooner; estimated


@njit
def gear_wrench(
    p: Record,
    s: Record,
    height: float,
    rotation: Record,
    velocity: tuple[float, float, float],
    omega: tuple[float, float, float],
    dt: float,
) -> tuple[float, float, float, float, float, float]:
    """Force (N) and moment (N m) of the ground, world axes, on all wheels; moves the tyres on by dt (s).

    height: of the centre of gravity (m); rotation: nine numbers, body to world, by rows; velocity, omega: of
    the body, world. Stable while dt is short for the legs: stiff ones take a substep in parts (gear_parts.py).

    Side force: a tyre bends with the side way it is carried and recovers over a relaxation length of rolling, so it
    holds a parked aircraft and gives cornering stiffness at speed (Pacejka, Tire and Vehicle Dynamics, ch. 7). Along:
    the same spring, limited by rolling resistance and brake. Without static friction a tyre has no such memory: its
    force follows from the slip of this moment, so a parked aircraft creeps.
    """
    sticks = p.effect[EFFECT.static_friction]
    fx = fy = fz = mx = my = mz = 0.0
    for w in range(p.wheels):
        bx, by, bz = p.wheel_contact[w, 0], p.wheel_contact[w, 1], p.wheel_contact[w, 2]
        rx = rotation[0] * bx + rotation[1] * by + rotation[2] * bz
        ry = rotation[3] * bx + rotation[4] * by + rotation[5] * bz
        rz = rotation[6] * bx + rotation[7] * by + rotation[8] * bz
        depth = -(height + rz)
        if depth <= 0.0:
            s.tyre_side[w] = s.tyre_along[w] = s.wheel_load[w] = 0.0
            continue
        vx = velocity[0] + omega[1] * rz - omega[2] * ry
        vy = velocity[1] + omega[2] * rx - omega[0] * rz
        vz = velocity[2] + omega[0] * ry - omega[1] * rx
        # The damper may take the spring's force away on rebound, never pull.
        bottomed = max(0.0, depth - p.wheel_travel[w])
        load = max(0.0, p.wheel_stiffness[w] * (depth + BOTTOMED_STIFFER * bottomed) - p.wheel_damping[w] * vz)
        s.wheel_load[w] = load
        steer = p.wheel_toe[w]
        if p.wheel_steer_channel[w] >= 0:
            steer += steering_angle(p, s, w)
        # Rolling direction on the ground: body x turned by the steering angle (right +).
        cosine, sine = math.cos(steer), -math.sin(steer)
        dx = rotation[0] * cosine + rotation[1] * sine
        dy = rotation[3] * cosine + rotation[4] * sine
        size = math.sqrt(dx * dx + dy * dy)
        if size < 1e-6:
            continue
        dx, dy = dx / size, dy / size
        along, across = vx * dx + vy * dy, -vx * dy + vy * dx
        grip = s.runway_grip
        more = sticks * (p.wheel_friction[w] - p.wheel_sliding[w])
        limit = grip * load * (p.wheel_sliding[w] + more / (1.0 + abs(across) / SLIDING_MPS))
        stiffness = p.wheel_side_stiffness[w]
        most = limit * p.effect[EFFECT.tyre_side_force] / stiffness
        bending = 0.0  # rate of `side` while the tyre does not slide, m/s
        if sticks != 0.0:
            side = (s.tyre_side[w] + dt * across) / (1.0 + dt * abs(along) / p.wheel_relaxation[w])
            bending = (side - s.tyre_side[w]) / dt if abs(side) < most else 0.0
        else:
            side = p.wheel_relaxation[w] * across / max(CREEP, abs(along))
        side = max(-most, min(most, side))
        s.tyre_side[w] = side
        side_force = -stiffness * side - TYRE_DAMPING * bending
        side_force = max(-limit, min(limit, side_force)) * p.effect[EFFECT.tyre_side_force]
        rolling = p.wheel_rolling[w] if p.wheel_rolling[w] >= 0.0 else s.runway_rolling
        hold = min(limit, load * (p.wheel_drag[w] * rolling + s.brake * p.wheel_brake[w] * grip))
        give = hold / stiffness
        stretch = s.tyre_along[w] + dt * along if sticks != 0.0 else give * along / (ROLLING_CREEP * CREEP + abs(along))
        stretch = max(-give, min(give, stretch))
        s.tyre_along[w] = stretch
        along_force = -stiffness * stretch - (TYRE_DAMPING * along if abs(stretch) < give else 0.0)
        along_force = max(-hold, min(hold, along_force))
        total = math.sqrt(side_force * side_force + along_force * along_force)
        if total > limit:
            side_force *= limit / total
            along_force *= limit / total
        px, py = along_force * dx - side_force * dy, along_force * dy + side_force * dx
        fx += px
        fy += py
        fz += load
        mx += ry * load - rz * py
        my += rz * px - rx * load
        mz += rx * py - ry * px
    return fx, fy, fz, mx, my, mz


@njit
def steering_angle(p: Record, s: Record, wheel: int) -> float:
    """Steering angle (rad, + turns the aircraft right): follows its channel's servo where it has one.

    A wheel behind the centre of gravity turns the other way to give the same turn.
    """
    channel = p.wheel_steer_channel[wheel]
    share = s.delayed[channel]
    if channel < 3:
        travel = 0.0
        moved = 0.0
        for k in range(p.hinges):
            moved += p.channel_share[channel, k] * s.deflection[k]
            travel += abs(p.channel_share[channel, k]) * p.hinge_up[k]
        if travel > 0.0:
            share = moved / travel
    ahead = 1.0 if p.wheel_contact[wheel, 0] > 0.0 else -1.0
    return ahead * share * p.wheel_steer_travel[wheel]
