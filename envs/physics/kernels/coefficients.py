"""A coefficient aircraft at any attitude: published coefficients about the flow at one point (numba kernel).

Attached, they are taken as printed, numbers or tables. At the stall they go over into a flat plate: Beard & McLain's
sigmoid blend for lift, drag and pitching moment (Small Unmanned Aircraft, 2012, ch. 4) into the plate of the strips
(PHYSICS.md 2.3, 3), for both signs of the angle and on through reversed flow; a table of the whole curve counts in all
of its range. Beyond the published range, by our own rules, so that every force stays bounded:
- side force, weathercock and dihedral moment go with the sine of the sideslip, lift, drag and pitching with the flow
  in the plane of symmetry: both are the published ones at small sideslip;
- rate damping goes with the full speed, and with the turning's own at little speed, so it brakes at any attitude;
  what rates do across the axes (CL_q, Cl_r, Cn_p, CY_p, CY_r) is gone with the attached flow;
- rolling near or past the stall, two half wings meet flows of their own (half_wing_moments): one wing drops;
- controls lose power with the cosine of the angle of attack beyond the stall and act backwards in reversed flow.
Ground effect: less induced drag (Wieselsberger) and steeper lift; its change of trim by the tail is not modelled.
Propeller wash: on the part of a control that stands in it (`in_wash`); wing and tail themselves do not feel it. The
shaft's torque stays on the airframe but for what `swirl_recovery` takes out of the wash. All vectors in body axes;
angles rad; SI.
"""

from __future__ import annotations

import math

from numba import njit

from envs.physics.kernels.records import COEFFICIENTS, COMMAND, DRAG, EFFECT, LIFT, SIDE, Record
from envs.physics.kernels.section import ground_factor
from envs.physics.kernels.surfaces import thrust_coefficient

LEAST_SHARE = 0.25  # of the law's lowest drag, what thrust, pitch rate, speed and ground together leave at least
EDGE = 0.01  # of the sigmoid, cut off: well below the stall the published coefficients hold to the last digit
EDGE_EXPONENT = math.log((1.0 - EDGE) / EDGE)
FADING = 0.2  # rad past the ends of a whole curve within which it goes over into the plate


@njit
def _below(exponent: float) -> float:
    """Logistic step: 1 far below 0, 0 far above."""
    return 1.0 / (1.0 + math.exp(max(-60.0, min(60.0, exponent))))


@njit
def attached_share(p: Record, alpha: float) -> float:
    """Share 0..1 of attached flow at an angle of attack."""
    if p.effect[EFFECT.stall] == 0.0 and abs(alpha) < 0.7:
        return 1.0
    share = _below(p.whole_sharpness * (alpha - p.whole_stall)) * _below(
        p.whole_sharpness * (p.whole_stall_negative - alpha)
    )
    return max(0.0, min(1.0, (share - EDGE) / (1.0 - 2.0 * EDGE)))


@njit
def published_share(p: Record, coefficient: int, alpha: float, attached: float) -> float:
    """Share 0..1 of a published CL, CD or Cm: the attached one, or of a whole curve all, out to its ends."""
    if p.whole_tabled[coefficient] == 0.0:
        return attached
    past = max(alpha - p.whole_high[coefficient], p.whole_low[coefficient] - alpha) / FADING
    if past <= 0.0:
        return 1.0
    return 0.0 if past >= 1.0 else 1.0 - past * past * (3.0 - 2.0 * past)


@njit
def plate(p: Record, sine: float) -> float:
    """A separated wing's CN over its CN broadside, at the sine of its angle."""
    return sine * (1.0 / (0.56 + 0.44 * abs(sine)) - p.whole_plate_loss) / (1.0 - p.whole_plate_loss)


@njit
def table_value(p: Record, table: int, angle: float) -> float:
    """A table at an angle, linear between its points and held beyond them."""
    angles, values = p.table_angle[table], p.table_value[table]
    if angle <= angles[0]:
        return values[0]
    for k in range(1, p.table_points[table]):
        if angle < angles[k]:
            return values[k - 1] + (values[k] - values[k - 1]) * (angle - angles[k - 1]) / (angles[k] - angles[k - 1])
    return values[p.table_points[table] - 1]


@njit
def fill_terms(p: Record, alpha: float, beta: float) -> None:
    """Set the terms that tables give to their values at a flow, in the parameters, a flight's own copy.

    From there numbers and tables are read alike, and an aircraft without tables pays nothing for them.
    """
    for table in range(p.tables):
        value = table_value(p, table, beta if p.table_over_beta[table] != 0.0 else alpha)
        coefficient, term = p.table_coefficient[table], p.table_term[table]
        if coefficient == COEFFICIENTS.CL:
            p.whole_CL[term] = value
        elif coefficient == COEFFICIENTS.CD:
            p.whole_CD[term] = value
        elif coefficient == COEFFICIENTS.Cm:
            p.whole_Cm[term] = value
        elif coefficient == COEFFICIENTS.CY:
            p.whole_CY[term] = value
        elif coefficient == COEFFICIENTS.Cl:
            p.whole_Cl[term] = value
        else:
            p.whole_Cn[term] = value


@njit
def plain_polar(D: Record, CL: float, alpha: float) -> float:
    """CD by lift and angle of attack alone, never below the law's own lowest."""
    polar = (
        D[DRAG.zero]
        + (D[DRAG.lift] + D[DRAG.lift_squared] * CL) * CL
        + (D[DRAG.alpha] + D[DRAG.alpha_squared] * alpha) * alpha
        + D[DRAG.alpha_size] * abs(alpha)
    )
    return max(polar, D[DRAG.least])


@njit
def half_wing(p: Record, alpha: float) -> tuple[float, float, float]:
    """(CN, CX, attached share) of a half wing in a flow of its own: coefficients along -z and +x of the body."""
    L, D = p.whole_CL, p.whole_CD
    attached = attached_share(p, alpha)
    zero = table_value(p, p.whole_lift_table, alpha) if p.whole_lift_table >= 0 else L[LIFT.zero]
    sine, cosine = math.sin(alpha), math.cos(alpha)
    steady = zero + L[LIFT.alpha] * alpha
    share = published_share(p, COEFFICIENTS.CL, alpha, attached)
    broad = p.whole_plate_normal * plate(p, sine)
    lift = share * steady + (1.0 - share) * broad * cosine
    drag = attached * plain_polar(D, steady, alpha) + (1.0 - attached) * (D[DRAG.least] + broad * sine)
    return lift * cosine + drag * sine, lift * sine - drag * cosine, attached


@njit
def half_wing_moments(
    p: Record, alpha: float, speed: float, vx: float, upward: float, roll: float
) -> tuple[float, float, float]:
    """(rolling, yawing moment over q S b times speed squared, weight 0..1 of them) of two half wings in a roll.

    Each half's force acts at a station out on the wing (so that their attached damping is the published Cl_p) in the
    flow that the roll gives it there. Where both are attached the published derivatives hold: weight 0. So one wing
    stalls before the other, and past the stall a roll may feed itself. speed: in the plane of symmetry, vx forward and
    `upward` of the air through the wing, m/s; roll: rate times half span, m/s.
    """
    along = p.whole_station * roll
    margin = EDGE_EXPONENT / p.whole_sharpness  # up to there all is attached
    if (
        alpha * speed + abs(along) < (p.whole_stall - margin) * speed
        and alpha * speed - abs(along) > (p.whole_stall_negative + margin) * speed
    ):
        return 0.0, 0.0, 0.0
    right_flow, left_flow = upward + along, upward - along
    right_CN, right_CX, right = half_wing(p, math.atan2(right_flow, vx))
    left_CN, left_CX, left = half_wing(p, math.atan2(left_flow, vx))
    right_force, left_force = vx * vx + right_flow * right_flow, vx * vx + left_flow * left_flow
    lever = 0.25 * p.whole_station
    return (
        lever * (left_force * left_CN - right_force * right_CN),
        lever * (left_force * left_CX - right_force * right_CX),
        1.0 - right * left,
    )


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
def half_wing_change(p: Record, force: float, lift_coefficient: float) -> tuple[float, float]:
    """(lift N, rolling moment N m to the right) that half wings built otherwise than drawn add.

    force: that of coefficient 1 (N); lift_coefficient: of the whole wing in attached flow, controls centred.
    """
    lift = roll = 0.0
    for half in range(2):
        keeps, warp = p.whole_half_lift[half], p.whole_half_twist[half]
        if keeps != 1.0 or warp != 0.0:
            lost = 0.5 * force * (keeps - 1.0) * lift_coefficient
            warped = 0.5 * force * keeps * p.whole_CL[LIFT.alpha] * warp
            lift += lost + warped
            lever = 0.5 * p.whole_span if half == 0 else -0.5 * p.whole_span
            roll += lever * (p.whole_half_arm[half] * lost + p.whole_twist_arm * warped)
    return lift, roll


@njit(cache=True)
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
    attached = attached_share(p, alpha)
    separated = 1.0 - attached
    if p.tables > 0:
        fill_terms(p, alpha, math.asin(max(-1.0, min(1.0, slip))))
    L, M, D, Y, R, N = p.whole_CL, p.whole_Cm, p.whole_CD, p.whole_CY, p.whole_Cl, p.whole_Cn
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
        turned, extra = p.hinge_effect[h] * s.deflection[h], p.hinge_wash[h] * washed
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

    bent = L[LIFT.elevator] * (elevator - blown) + L[LIFT.flap] * flap  # times speed squared
    if cosine < 0.0:
        bent = -bent  # in reversed flow the axes of lift have turned over already
    steady = L[LIFT.zero] + L[LIFT.alpha] * alpha
    normal = plate(p, sine)
    broad = p.whole_plate_normal * normal
    heaving = 0.0  # the change of the angle of attack, m/s at the chord's end
    if L[LIFT.alphadot] != 0.0 or M[LIFT.alphadot] != 0.0:
        heaving = max(-0.1 * speed, min(0.1 * speed, 0.5 * chord * s.alpha_rate))
    share = published_share(p, COEFFICIENTS.CL, alpha, attached)
    shallow = 1.0
    if p.effect[EFFECT.ground_effect] != 0.0 and wing_height < 0.757 * p.span:
        shallow = ground_factor(wing_height, p.span)
        # At the same angle of attack, a wing that loses less of it to induced flow lifts more.
        steady /= 1.0 - p.whole_induced_share * (1.0 - shallow)
    lift = (
        plane * (share * steady + (1.0 - share) * broad * cosine)
        + k * bent
        + carried * (L[LIFT.q] * pitch + L[LIFT.alphadot] * heaving)
    )
    CL = steady
    if speed > 0.1:
        CL += max(-1.0, min(1.0, bent / speed2 + L[LIFT.q] * pitch / speed))
    polar = (
        plain_polar(D, CL, alpha)
        + D[DRAG.sideslip]
        + (D[DRAG.beta_size] + D[DRAG.beta_squared] * abs(slip)) * abs(slip)
    )
    polar += D[DRAG.q] * max(-0.1, min(0.1, pitch / max(speed, 0.1)))
    polar += (
        (D[DRAG.aileron] + D[DRAG.aileron_squared] * abs(aileron_size)) * abs(aileron_size)
        + (D[DRAG.elevator] + D[DRAG.elevator_squared] * abs(elevator_size)) * abs(elevator_size)
        + (D[DRAG.rudder] + D[DRAG.rudder_squared] * abs(rudder_size)) * abs(rudder_size)
        + D[DRAG.flap] * abs(flap_size)
    )
    if p.profile_exponent != 0.0:
        polar += profile_drag_change(p, speed, CL)
    if D[DRAG.thrust] != 0.0:
        polar += D[DRAG.thrust] * thrust_coefficient(p, s)
    polar -= (1.0 - shallow) * p.whole_induced_drag * CL * CL
    share = published_share(p, COEFFICIENTS.CD, alpha, attached)
    polar = share * max(polar, LEAST_SHARE * D[DRAG.least]) + (1.0 - share) * (D[DRAG.least] + broad * sine)
    drag = k * math.sqrt(plane2) * polar  # over speed, N s / m; in the plane of symmetry: CY is all there is across
    CL = attached * max(-2.0, min(2.0, steady))
    side = (
        whole * (attached * Y[SIDE.zero] + Y[SIDE.beta] * slip + Y[SIDE.sideslip])
        + carried * ((Y[SIDE.p] + Y[SIDE.p_CL] * CL) * roll + (Y[SIDE.r] + Y[SIDE.r_CL] * CL) * yaw)
        + k * (Y[SIDE.aileron] * aileron + Y[SIDE.rudder] * rudder)
    )
    fx = lift * sine - drag * vx
    fy = -side
    fz = lift * cosine - drag * vz + k * L[LIFT.elevator] * blown

    share = published_share(p, COEFFICIENTS.Cm, alpha, attached)
    nose_up = chord * (
        plane * (share * (M[LIFT.zero] + M[LIFT.alpha] * alpha) + (1.0 - share) * p.whole_plate_moment * normal)
        + damped * M[LIFT.q] * pitch
        + carried * M[LIFT.alphadot] * heaving
        + k * (M[LIFT.elevator] * elevator + M[LIFT.flap] * flap)
    )
    leaning = attached + separated * abs(cosine)
    forward = math.sqrt(plane2)
    half_roll, half_yaw, dropped = half_wing_moments(p, alpha, forward, vx, -vz, roll)
    dropped *= plane2 / max(speed2, 1e-9)  # of a flow along the span wings of their own say nothing
    # The faster wing of a yaw lifts more, stalled too: with two half wings, station^2 CN r b / 2V.
    station2 = p.whole_station * p.whole_station
    roll_right = span * (
        whole * (attached * R[SIDE.zero] + leaning * (R[SIDE.beta] * slip + R[SIDE.sideslip]))
        + (1.0 - dropped) * damped * (R[SIDE.p] + R[SIDE.p_CL] * CL) * roll
        + dropped * k * half_roll
        + carried * (R[SIDE.r] + R[SIDE.r_CL] * CL) * yaw
        + separated * k * forward * station2 * broad * max(-0.3 * forward, min(0.3 * forward, yaw))
        + k * (R[SIDE.aileron] * aileron + R[SIDE.rudder] * rudder)
    )
    yaw_right = span * (
        whole * (attached * N[SIDE.zero] + N[SIDE.beta] * slip + N[SIDE.sideslip])
        + (1.0 - dropped) * carried * (N[SIDE.p] + N[SIDE.p_CL] * CL) * roll
        + dropped * k * half_yaw
        + damped * (N[SIDE.r] + N[SIDE.r_CL] * CL) * yaw
        + k * (N[SIDE.aileron] * aileron + N[SIDE.rudder] * rudder)
    )
    changed, rolled = half_wing_change(p, plane * attached, steady)
    fx, fz, roll_right = fx + changed * sine, fz + changed * cosine, roll_right + rolled
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
