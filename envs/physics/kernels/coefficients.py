"""A coefficient aircraft at any attitude: published coefficients about the flow at one point (numba kernel).

Attached, they are taken as printed. At the stall they go over into a flat plate: Beard & McLain's sigmoid blend for
lift, drag and pitching moment (Small Unmanned Aircraft, 2012, ch. 4; PHYSICS.md 3), for both signs of the angle and
on through reversed flow. Beyond the published range, by our own rules, so that every force stays bounded:
- side force, weathercock and dihedral moment go with the sine of the sideslip, lift, drag and pitching with the flow
  in the plane of symmetry: both are the published ones at small sideslip;
- rate damping goes with the full speed, and with the turning's own at little speed, so it brakes at any attitude;
  what rates do across the axes (CL_q, Cl_r, Cn_p, CY_p, CY_r) is gone with the attached flow;
- controls lose power with the cosine of the angle of attack beyond the stall and act backwards in reversed flow.
Ground effect: less induced drag (Wieselsberger) and steeper lift; its change of trim by the tail is not modelled, nor
is a stall of one wing before the other: no spin. Propeller wash: on the part of a control that stands in it
(`in_wash`); wing and tail themselves do not feel it. The shaft's torque stays on the airframe but for what
`swirl_recovery` takes out of the wash. All vectors in body axes; angles rad; SI.
"""

from __future__ import annotations

import math

from numba import njit

from envs.physics.kernels.records import COMMAND, DRAG, EFFECT, LIFT, SIDE, Record
from envs.physics.kernels.section import ground_factor
from envs.physics.kernels.surfaces import thrust_coefficient

LEAST_SHARE = 0.25  # of the law's lowest drag, what thrust, pitch rate, speed and ground together leave at least


@njit
def _below(exponent: float) -> float:
    """Logistic step: 1 far below 0, 0 far above."""
    return 1.0 / (1.0 + math.exp(max(-60.0, min(60.0, exponent))))


@njit
def profile_drag_change(p: Record, speed: float, CL: float) -> float:
    """What the published CD has at a speed (m/s) beyond that at its own: profile drag falls with Reynolds number."""
    ratio = max(0.333, min(3.0, speed / p.profile_speed))  # the power law means nothing farther out
    return (p.profile_drag + p.profile_drag_lift * CL * CL) * (ratio**p.profile_exponent - 1.0)


@njit
def profile_drag_force(
    p: Record, vx: float, vy: float, vz: float, fx: float, fz: float, density: float, attached: float
) -> tuple[float, float, float]:
    """Force (N, body axes) of profile_drag_change on an aircraft of strips, in attached flow as its residual.

    v: velocity relative to the air; fx, fz: force of its surfaces, which has the lift in it.
    """
    fade = max(0.0, min(1.0, 2.0 * attached - 1.0))
    speed = math.sqrt(vx * vx + vy * vy + vz * vz)
    if speed < 0.5 or vx < 0.5:
        return 0.0, 0.0, 0.0
    pressed = 0.5 * density * speed * p.profile_area
    CL = max(-2.0, min(2.0, (fz * vx - fx * vz) / (pressed * speed * speed)))
    drag = pressed * fade * profile_drag_change(p, speed, CL)  # over speed, N s / m
    return -drag * vx, -drag * vy, -drag * vz


@njit
def whole_aircraft_wrench(
    p: Record,
    s: Record,
    vx: float,
    vy: float,
    vz: float,
    wx: float,
    wy: float,
    wz: float,
    density: float,
    wing_height: float,
) -> tuple[float, float, float, float, float, float, float]:
    """Force (N), moment about the centre of gravity (N m) and attached share 0..1 of a coefficient aircraft.

    v: velocity of the centre of gravity relative to the air; w: rates relative to the air's own rotation;
    wing_height: above ground, m. Reads deflections, propeller wash and torque from the state.
    """
    area, span, chord = p.whole_area, p.whole_span, p.whole_chord
    plane2 = vx * vx + vz * vz
    speed2 = plane2 + vy * vy
    speed = math.sqrt(speed2)
    alpha = math.atan2(-vz, vx) if plane2 > 0.0 else 0.0
    sine, cosine = math.sin(alpha), math.cos(alpha)
    slip = -vy / max(speed, 1e-9)  # sine of the sideslip, + wind from the right
    attached = _below(p.whole_sharpness * (alpha - p.whole_stall)) * _below(
        p.whole_sharpness * (p.whole_stall_negative - alpha)
    )
    if p.effect[EFFECT.stall] == 0.0 and abs(alpha) < 0.7:
        attached = 1.0
    separated = 1.0 - attached
    roll_rate, pitch_rate, yaw_rate = wx, -wy, -wz  # pilot's signs
    # Rates in m/s at the tip or the chord's end; with little speed the turning brakes itself.
    roll, pitch, yaw = 0.5 * span * roll_rate, 0.5 * chord * pitch_rate, 0.5 * span * yaw_rate
    own = 0.5 * span
    braking = math.sqrt(speed2 + 0.25 * own * own * (wx * wx + wy * wy + wz * wz))
    k = 0.5 * density * area  # times a speed squared: a force
    whole, plane, damped, carried = k * speed2, k * plane2, k * braking, k * speed * attached

    grip = speed2 * (attached + separated * cosine)
    washed = 0.0
    for m in range(p.motors):
        ahead, wash = s.wash_inflow[m], 2.0 * s.wash_axial[m]  # the wash has its full speed when it reaches a tail
        washed += max(0.0, (ahead + wash) * (ahead + wash) - ahead * ahead) / p.motors
    elevator, flap, aileron, rudder = 0.0, 0.0, 0.0, 0.0  # rad times speed squared, published signs
    elevator_size, flap_size, aileron_size, rudder_size = 0.0, 0.0, 0.0, 0.0
    blown = 0.0  # elevator's part in the wash
    for h in range(p.hinges):
        turned, extra = s.deflection[h], p.hinge_wash[h] * washed
        reached = turned * (grip + extra)
        aileron += p.channel_share[COMMAND.aileron, h] * reached
        elevator -= p.channel_share[COMMAND.elevator, h] * reached
        blown -= p.channel_share[COMMAND.elevator, h] * turned * extra
        rudder -= p.channel_share[COMMAND.rudder, h] * reached
        flap += p.channel_share[COMMAND.flap, h] * reached
        aileron_size += p.channel_share[COMMAND.aileron, h] * turned
        elevator_size += p.channel_share[COMMAND.elevator, h] * turned
        rudder_size += p.channel_share[COMMAND.rudder, h] * turned
        flap_size += p.channel_share[COMMAND.flap, h] * turned

    L, M, D = p.whole_CL, p.whole_Cm, p.whole_CD
    bent = L[LIFT.elevator] * (elevator - blown) + L[LIFT.flap] * flap  # times speed squared
    if cosine < 0.0:
        bent = -bent  # in reversed flow the axes of lift have turned over already
    steady = L[LIFT.zero] + L[LIFT.alpha] * alpha
    sharp = sine * abs(sine)
    shallow = 1.0
    if p.effect[EFFECT.ground_effect] != 0.0 and wing_height < 0.757 * p.span:
        shallow = ground_factor(wing_height, p.span)
        # At the same angle of attack, a wing that loses less of it to induced flow lifts more.
        steady /= 1.0 - p.whole_induced_share * (1.0 - shallow)
    lift = (
        plane * (attached * steady + separated * p.whole_plate_normal * sharp * cosine)
        + k * bent
        + carried * L[LIFT.q] * pitch
    )
    CL = steady
    if speed > 0.1:
        CL += max(-1.0, min(1.0, bent / speed2 + L[LIFT.q] * pitch / speed))
    polar = (
        D[DRAG.zero]
        + (D[DRAG.lift] + D[DRAG.lift_squared] * CL) * CL
        + (D[DRAG.alpha] + D[DRAG.alpha_squared] * alpha) * alpha
    )
    polar = max(polar, D[DRAG.least])  # of a straight line, which has no lowest value of its own
    polar += D[DRAG.q] * max(-0.1, min(0.1, pitch / max(speed, 0.1)))
    polar += (
        D[DRAG.aileron] * abs(aileron_size)
        + D[DRAG.elevator] * abs(elevator_size)
        + D[DRAG.rudder] * abs(rudder_size)
        + D[DRAG.flap] * abs(flap_size)
    )
    if p.profile_exponent != 0.0:
        polar += profile_drag_change(p, speed, CL)
    if D[DRAG.thrust] != 0.0:
        polar += D[DRAG.thrust] * thrust_coefficient(p, s)
    polar -= (1.0 - shallow) * p.whole_induced_drag * CL * CL
    polar = attached * max(polar, LEAST_SHARE * D[DRAG.least]) + separated * (
        D[DRAG.least] + p.whole_plate_normal * abs(sharp * sine)
    )
    drag = k * math.sqrt(plane2) * polar  # over speed, N s / m; in the plane of symmetry: CY is all there is across
    Y, R, N = p.whole_CY, p.whole_Cl, p.whole_Cn
    side = (
        whole * (attached * Y[SIDE.zero] + Y[SIDE.beta] * slip)
        + carried * (Y[SIDE.p] * roll + Y[SIDE.r] * yaw)
        + k * (Y[SIDE.aileron] * aileron + Y[SIDE.rudder] * rudder)
    )
    fx = lift * sine - drag * vx
    fy = -side
    fz = lift * cosine - drag * vz + k * L[LIFT.elevator] * blown

    nose_up = chord * (
        plane * (attached * (M[LIFT.zero] + M[LIFT.alpha] * alpha) + separated * p.whole_plate_moment * sharp)
        + damped * M[LIFT.q] * pitch
        + k * (M[LIFT.elevator] * elevator + M[LIFT.flap] * flap)
    )
    leaning = attached + separated * abs(cosine)
    roll_right = span * (
        whole * (attached * R[SIDE.zero] + leaning * R[SIDE.beta] * slip)
        + damped * R[SIDE.p] * roll
        + carried * R[SIDE.r] * yaw
        + k * (R[SIDE.aileron] * aileron + R[SIDE.rudder] * rudder)
    )
    yaw_right = span * (
        whole * (attached * N[SIDE.zero] + N[SIDE.beta] * slip)
        + carried * N[SIDE.p] * roll
        + damped * N[SIDE.r] * yaw
        + k * (N[SIDE.aileron] * aileron + N[SIDE.rudder] * rudder)
    )
    rx, ry, rz = p.whole_position[0], p.whole_position[1], p.whole_position[2]
    mx = roll_right + ry * fz - rz * fy
    my = -nose_up + rz * fx - rx * fz
    mz = -yaw_right + rx * fy - ry * fx
    if p.effect[EFFECT.swirl] != 0.0:
        for m in range(p.motors):
            taken = p.motor_turn[m] * p.swirl_recovery[m] * s.torque[m] * p.effect[EFFECT.torque_reaction]
            mx += taken * p.motor_axis[m, 0]
            my += taken * p.motor_axis[m, 1]
            mz += taken * p.motor_axis[m, 2]
    return fx, fy, fz, mx, my, mz, attached


@njit(cache=True)
def whole_aircraft_load(P: Record, S: Record, velocity: Record, rates: Record, out: Record) -> None:
    """Force (3) N and moment (3) N m in still free air without propeller, into `out`; velocity, rates (3,): body axes.

    For Python callers: the flight goes through dynamics.air_wrench.
    """
    p, s = P[0], S[0]
    for m in range(p.motors):
        s.wash_axial[m] = s.torque[m] = 0.0
    total = whole_aircraft_wrench(
        p, s, velocity[0], velocity[1], velocity[2], rates[0], rates[1], rates[2], p.air_density, 1e3
    )
    for k in range(6):
        out[k] = total[k]
