"""Surfaces at any angle of attack -> force and moment (numba kernels).

Every strip sees its own flow in its own section plane: flight velocity, body rates, wind, propeller wash.
The induced angle of the whole aircraft's lift is taken off (vortex_lattice.py; near the ground with its mirror image),
then one section law holds from attached flow through stall to a flat plate, strip by strip, so that one wing can drop.
All vectors in body axes; angles rad; SI.
"""

from __future__ import annotations

import math

from numba import njit

from envs.physics.kernels.records import COEFFICIENTS, COMMAND, EFFECT, LIFT, RESIDUAL_DRAG, SIDE, Record
from envs.physics.kernels.section import GROUND_LEVELS, flap_effect, ground_level, section

FREE_AIR = 1e6  # m: a height at which the ground is not felt


@njit
def surface_wrench(  # noqa: C901  (one loop over the strips, kept whole: it is most of what a flight costs)
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
    """Force (N), moment about the centre of gravity (N m) and attached share of all strips.

    v: velocity of the centre of gravity relative to the air; w: rates relative to the air's own rotation;
    wing_height: of the main wing above the ground, m. Reads deflections and propeller wash from the state.
    """
    n = p.strips
    position, control = p.strip_position, p.strip_control
    chord_axis, normal_axis = p.strip_chordwise, p.strip_normal
    along, across, source, induced = s.strip_along, s.strip_across, s.strip_source, s.strip_induced
    hinge, deflection, turned = p.strip_hinge, s.deflection, s.hinge_turned
    stall, stall_negative, zero_lift = p.strip_stall, p.strip_stall_negative, p.strip_zero_lift
    flap_lift = p.strip_flap_lift
    for k in range(p.hinges):
        turned[k] = p.hinge_effect[k] * flap_effect(deflection[k])
        s.hinge_speed2[k] = 0.0
    for i in range(n):
        # A turning section meets the flow of its three-quarter chord point (thin aerofoil theory, PHYSICS.md 2.1).
        rx, ry, rz = control[i, 0], control[i, 1], control[i, 2]
        ux = vx + wy * rz - wz * ry
        uy = vy + wz * rx - wx * rz
        uz = vz + wx * ry - wy * rx
        for m in range(p.motors):
            if s.wash_axial[m] != 0.0 and p.wash_distance[m, i] > 0.0:
                share, axial, swirl = wash_at(p, s, m, i)
                if share > 0.0:
                    ux += share * (axial * p.motor_axis[m, 0] - swirl * p.wash_tangent[m, i, 0])
                    uy += share * (axial * p.motor_axis[m, 1] - swirl * p.wash_tangent[m, i, 1])
                    uz += share * (axial * p.motor_axis[m, 2] - swirl * p.wash_tangent[m, i, 2])
        a = ux * chord_axis[i, 0] + uy * chord_axis[i, 1] + uz * chord_axis[i, 2]
        c = ux * normal_axis[i, 0] + uy * normal_axis[i, 1] + uz * normal_axis[i, 2]
        along[i], across[i] = a, c
        bent = -zero_lift[i]
        if hinge[i] >= 0:
            bent += flap_lift[i] * turned[hinge[i]]
        source[i] = max(0.0, a) * bent - c
    level, share = GROUND_LEVELS - 1, 0.0  # free air
    if p.effect[EFFECT.ground_effect] != 0.0:
        level, share = ground_level(wing_height / p.span)
    if p.effect[EFFECT.induced_flow] != 0.0:
        induce(p, s, level, share)
    else:
        for i in range(n):
            induced[i] = 0.0
    fx = fy = fz = mx = my = mz = 0.0
    attached_area = total_area = 0.0
    for i in range(n):
        a, c = along[i], across[i]
        area = p.strip_area[i]
        total_area += area
        speed = math.sqrt(a * a + c * c)
        if speed < 1e-4:
            attached_area += area
            continue
        # What the lift of all strips pushes down here bends the flow, by half a radian at most.
        bend = max(-0.5 * speed, min(0.5 * speed, induced[i]))
        c += bend
        speed2 = a * a + c * c
        speed = math.sqrt(speed2)
        flap = bent = 0.0
        if hinge[i] >= 0:
            flap, bent = deflection[hinge[i]], turned[hinge[i]]
            if a > 0.0:
                s.hinge_speed2[hinge[i]] += a * a * p.strip_hinge_share[i]
        normal, chordwise, pitching, attached = section(
            -c / speed,
            a / speed,
            math.atan2(-c, a),
            bent,
            flap,
            p.strip_slope[i],
            zero_lift[i],
            p.strip_moment[i],
            p.strip_drag_min[i],
            p.strip_drag_k[i],
            p.strip_drag_90[i],
            p.strip_plate_loss[i],
            stall[i],
            stall_negative[i],
            p.strip_stall_width[i],
            flap_lift[i],
            p.strip_flap_moment[i],
            p.strip_flap_stall[i],
            p.strip_flap_chord[i],
            p.effect[EFFECT.stall],
        )
        # Where the lift acts, the flow is bent less than at the three-quarter chord that sets the angle.
        if bend != 0.0:
            lean, turn = p.strip_lean[level, i], attached * normal / p.strip_slope[i]
            if share > 0.0:
                lean += share * (p.strip_lean[level + 1, i] - lean)
                slow = p.strip_slow[level, i]
                slow += share * (p.strip_slow[level + 1, i] - slow)
                speed2 *= (1.0 - max(-0.2, min(0.2, slow * turn))) ** 2
            chordwise += lean * turn * normal
        q = 0.5 * density * speed2 * area
        lift, push = q * normal, q * chordwise
        s.strip_lift[i] = lift
        px = push * chord_axis[i, 0] + lift * normal_axis[i, 0]
        py = push * chord_axis[i, 1] + lift * normal_axis[i, 1]
        pz = push * chord_axis[i, 2] + lift * normal_axis[i, 2]
        # Turning curves the flow as camber would: -pi / 8 of the chord turned per chord flown (PHYSICS.md 2.1).
        axis, chord = p.strip_pitch_axis, p.strip_chord[i]
        turning = (wx * axis[i, 0] + wy * axis[i, 1] + wz * axis[i, 2]) * chord / max(speed, 1.0)
        twist = q * chord * (pitching - attached * p.strip_slope[i] / 16.0 * turning)
        rx, ry, rz = position[i, 0], position[i, 1], position[i, 2]
        fx += px
        fy += py
        fz += pz
        mx += ry * pz - rz * py + twist * p.strip_pitch_axis[i, 0]
        my += rz * px - rx * pz + twist * p.strip_pitch_axis[i, 1]
        mz += rx * py - ry * px + twist * p.strip_pitch_axis[i, 2]
        attached_area += attached * area
    return fx, fy, fz, mx, my, mz, attached_area / max(total_area, 1e-9)


@njit
def induce(p: Record, s: Record, level: int, share: float) -> None:
    """Fill s.strip_induced (m/s, against the normal) from s.strip_source, the flow that each section meets unbent.

    Linear in attached flow, solved once per aircraft (vortex_lattice.py). A section that has stalled turns no more
    flow than at its stall: where sections have, the circulation of their whole surface is scaled down to what they
    can turn, in the shape that it has in attached flow. So the induced flow stops growing with the angle of attack,
    while a stalled wing that rolls or yaws stays a finite wing. level, share: of the height (section.ground_level).
    """
    n = p.strips
    bend_flow(p, s, level, share)
    if p.effect[EFFECT.stall] == 0.0:
        return
    source, induced, surface = s.strip_source, s.strip_induced, p.strip_surface
    asked, held = s.surface_asked, s.surface_held
    for i in range(n):
        asked[surface[i]] = held[surface[i]] = 1e-9
    stalled = False
    for i in range(n):
        low, high = turning_limits(p, s, i)
        turned = source[i] - induced[i]
        stalled = stalled or turned < low or turned > high
        asked[surface[i]] += p.strip_area[i] * abs(turned)
        held[surface[i]] += p.strip_area[i] * abs(max(low, min(high, turned)))
    if not stalled:
        return
    for i in range(n):
        source[i] *= min(1.0, held[surface[i]] / asked[surface[i]])
    bend_flow(p, s, level, share)


@njit
def bend_flow(p: Record, s: Record, level: int, share: float) -> None:
    """Fill s.strip_induced from s.strip_source at a height over the ground (section.ground_level)."""
    n, source, induced = p.strips, s.strip_source, s.strip_induced
    for i in range(n):
        induced[i] = 0.0
    for j in range(n):
        near, row = (1.0 - share) * source[j], p.induced[level, j]
        for i in range(n):
            induced[i] += near * row[i]
    if share > 0.0:
        for j in range(n):
            far, row = share * source[j], p.induced[level + 1, j]
            for i in range(n):
                induced[i] += far * row[i]


@njit
def turning_limits(p: Record, s: Record, i: int) -> tuple[float, float]:
    """The flow (m/s, down and up) that strip i turns at its two stalls, with its flap as it stands.

    Fading to nothing broadside to the flow, as in Khan & Nahon 2015.
    """
    ahead, shift = max(0.0, s.strip_along[i]), -p.strip_zero_lift[i]
    fade = ahead / math.sqrt(ahead * ahead + s.strip_across[i] * s.strip_across[i] + 1e-9)
    if p.strip_hinge[i] >= 0:
        shift += p.strip_flap_stall[i] * p.strip_flap_lift[i] * s.hinge_turned[p.strip_hinge[i]]
    return ahead * fade * (p.strip_stall_negative[i] + shift), ahead * fade * (p.strip_stall[i] + shift)


@njit
def wash_at(p: Record, s: Record, motor: int, strip: int) -> tuple[float, float, float]:
    """(share of the strip in the wash 0..1, axial speed m/s, swirl speed m/s) behind a propeller.

    Momentum theory: the wash doubles and narrows downstream (PHYSICS.md 4.4); swirl carries the torque as a
    solid body turning with it.
    """
    radius = 0.5 * p.propeller_diameter[motor]
    at_disc, inflow = s.wash_axial[motor], s.wash_inflow[motor]
    axial = at_disc * p.wash_growth[motor, strip]
    narrowed = radius * math.sqrt(max(0.2, (inflow + at_disc + 0.1) / (inflow + axial + 0.1)))
    half = p.wash_half_width[motor, strip]
    offset = p.wash_radius[motor, strip]
    share = max(0.0, min(1.0, (narrowed - offset + half) / (2.0 * half)))
    swirl = 0.0
    if p.effect[EFFECT.swirl] != 0.0 and share > 0.0:
        flow = max(2.0, inflow + axial)
        rate = 2.0 * s.torque[motor] / (p.air_density * math.pi * narrowed**4 * flow)
        swirl = max(-0.5 * flow, min(0.5 * flow, rate * min(offset, narrowed) * (1.0 - p.swirl_recovery[motor])))
    return share, axial, swirl


@njit
def body_wrench(
    p: Record, vx: float, vy: float, vz: float, wx: float, wy: float, wz: float, density: float
) -> tuple[float, float, float, float, float, float]:
    """Force (N) and moment (N m) of fuselages: drag along and cross-flow drag across, at their side's centre."""
    fx = fy = fz = mx = my = mz = 0.0
    for i in range(p.bodies):
        rx, ry, rz = p.body_position[i, 0], p.body_position[i, 1], p.body_position[i, 2]
        ux = vx + wy * rz - wz * ry
        uy = vy + wz * rx - wx * rz
        uz = vz + wx * ry - wy * rx
        # Cross-flow principle (Allen & Perkins, NACA TR 1048): the flow across acts as if there were none along.
        along, across = -0.5 * density * abs(ux), -0.5 * density * math.sqrt(uy * uy + uz * uz)
        px, py, pz = (
            along * p.body_drag_area[i, 0] * ux,
            across * p.body_drag_area[i, 1] * uy,
            across * p.body_drag_area[i, 2] * uz,
        )
        fx += px
        fy += py
        fz += pz
        mx += ry * pz - rz * py
        my += rz * px - rx * pz
        mz += rx * py - ry * px
    return fx, fy, fz, mx, my, mz


@njit
def thrust_coefficient(p: Record, s: Record) -> float:
    """CT = T / (rho n^2 D^4) of the last substep, mean of the motors; 0 for those that hardly turn."""
    total = 0.0
    for m in range(p.motors):
        turns = s.rotor_speed[m] / (2.0 * math.pi)
        if turns > 5.0:
            total += s.thrust[m] / (p.air_density * turns * turns * p.propeller_diameter[m] ** 4)
    return total / max(1, p.motors)


@njit
def residual_wrench(
    p: Record,
    s: Record,
    vx: float,
    vy: float,
    vz: float,
    wx: float,
    wy: float,
    wz: float,
    density: float,
    attached: float,
) -> tuple[float, float, float, float, float, float]:
    """What the published derivatives have beyond the strips, in attached forward flow only.

    Derivatives in aerospace axes (residual_* of the parameters: zero, alpha|beta, rates, controls; CD: zero,
    alpha, alpha squared, pitch rate, CT).
    """
    if p.residual_area == 0.0 or vx < 0.5:
        return 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    fade = max(0.0, min(1.0, 2.0 * attached - 1.0))  # gone when half of the lifting area is separated
    alpha = max(-0.5, min(0.5, math.atan2(-vz, vx)))
    beta = max(-0.5, min(0.5, math.atan2(-vy, vx)))  # + wind from the right
    span_rate, chord_rate = 0.5 * p.residual_span / vx, 0.5 * p.residual_chord / vx
    roll = max(-0.4, min(0.4, wx * span_rate))
    pitch = max(-0.1, min(0.1, -wy * chord_rate))
    yaw = max(-0.4, min(0.4, -wz * span_rate))
    q = 0.5 * density * vx * vx * p.residual_area * fade
    # Controls work with the flow that they are in (propeller wash): weigh deflections with its dynamic pressure.
    aileron = elevator = rudder = 0.0
    for k in range(p.hinges):
        turned = s.hinge_turned[k] * s.hinge_speed2[k] / (vx * vx)
        aileron += p.channel_share[COMMAND.aileron, k] * turned
        elevator -= p.channel_share[COMMAND.elevator, k] * turned  # published: trailing edge down +
        rudder -= p.channel_share[COMMAND.rudder, k] * turned  # published: trailing edge left +
    L, M, D = p.residual_CL, p.residual_Cm, p.residual_CD
    lift = q * (L[LIFT.zero] + L[LIFT.alpha] * alpha + L[LIFT.q] * pitch + L[LIFT.elevator] * elevator)
    drag = q * (D[RESIDUAL_DRAG.zero] + D[RESIDUAL_DRAG.alpha] * alpha + D[RESIDUAL_DRAG.alpha_squared] * alpha * alpha)
    if D[RESIDUAL_DRAG.q] != 0.0 or D[RESIDUAL_DRAG.thrust] != 0.0:
        drag += q * (D[RESIDUAL_DRAG.q] * pitch + D[RESIDUAL_DRAG.thrust] * thrust_coefficient(p, s))
    nose_up = (
        q * p.residual_chord * (M[LIFT.zero] + M[LIFT.alpha] * alpha + M[LIFT.q] * pitch + M[LIFT.elevator] * elevator)
    )
    Y, R, N = p.residual_CY, p.residual_Cl, p.residual_Cn
    right = q * (
        Y[SIDE.zero]
        + Y[SIDE.beta] * beta
        + Y[SIDE.p] * roll
        + Y[SIDE.r] * yaw
        + Y[SIDE.aileron] * aileron
        + Y[SIDE.rudder] * rudder
    )
    roll_right = (
        q
        * p.residual_span
        * (
            R[SIDE.zero]
            + R[SIDE.beta] * beta
            + R[SIDE.p] * roll
            + R[SIDE.r] * yaw
            + R[SIDE.aileron] * aileron
            + R[SIDE.rudder] * rudder
        )
    )
    yaw_right = (
        q
        * p.residual_span
        * (
            N[SIDE.zero]
            + N[SIDE.beta] * beta
            + N[SIDE.p] * roll
            + N[SIDE.r] * yaw
            + N[SIDE.aileron] * aileron
            + N[SIDE.rudder] * rudder
        )
    )
    sine, cosine = math.sin(alpha), math.cos(alpha)
    return carried(
        p, (lift * sine - drag * cosine, -right, lift * cosine + drag * sine), (roll_right, -nose_up, -yaw_right)
    )


@njit
def carried(
    p: Record, force: tuple[float, float, float], moment: tuple[float, float, float]
) -> tuple[float, float, float, float, float, float]:
    """Force (N) and moment (N m) that act at the drawing's centre of gravity, about the one the aircraft has."""
    (fx, fy, fz), r = force, p.residual_position
    return (
        fx,
        fy,
        fz,
        moment[0] + r[1] * fz - r[2] * fy,
        moment[1] + r[2] * fx - r[0] * fz,
        moment[2] + r[0] * fy - r[1] * fx,
    )


@njit
def added_wrench(
    p: Record, vx: float, vy: float, vz: float, density: float
) -> tuple[float, float, float, float, float, float]:
    """Force (N) and moment (N m) of what the air does besides, as built: coefficients of the dynamic pressure."""
    plane = math.sqrt(vx * vx + vz * vz)
    alpha = max(-0.5, min(0.5, math.atan2(-vz, vx))) if plane > 0.5 else 0.0
    q = 0.5 * density * (plane * plane + vy * vy) * p.added_area
    zero, slope = p.added_zero, p.added_alpha
    lift, drag = (
        q * (zero[COEFFICIENTS.CL] + slope[COEFFICIENTS.CL] * alpha),
        q * (zero[COEFFICIENTS.CD] + slope[COEFFICIENTS.CD] * alpha),
    )
    side, roll = (
        q * (zero[COEFFICIENTS.CY] + slope[COEFFICIENTS.CY] * alpha),
        q * p.added_span * (zero[COEFFICIENTS.Cl] + slope[COEFFICIENTS.Cl] * alpha),
    )
    pitch, yaw = (
        q * p.added_chord * (zero[COEFFICIENTS.Cm] + slope[COEFFICIENTS.Cm] * alpha),
        q * p.added_span * (zero[COEFFICIENTS.Cn] + slope[COEFFICIENTS.Cn] * alpha),
    )
    sine, cosine = math.sin(alpha), math.cos(alpha)
    return carried(p, (lift * sine - drag * cosine, -side, lift * cosine + drag * sine), (roll, -pitch, -yaw))


@njit(cache=True)
def airframe_wrench(P: Record, S: Record, velocity: Record, rates: Record, with_residual: bool, out: Record) -> None:
    """Force (3) N and moment (3) N m of surfaces and bodies in still free air without propeller, into `out`.

    For Python callers: the flight goes through dynamics.air_wrench. velocity, rates (3,): body axes.
    """
    p, s = P[0], S[0]
    vx, vy, vz, wx, wy, wz = velocity[0], velocity[1], velocity[2], rates[0], rates[1], rates[2]
    density = p.air_density
    for m in range(p.motors):
        s.wash_axial[m] = 0.0
    fx, fy, fz, mx, my, mz, attached = surface_wrench(p, s, vx, vy, vz, wx, wy, wz, density, FREE_AIR)
    ax, ay, az, bx, by, bz = body_wrench(p, vx, vy, vz, wx, wy, wz, density)
    rx, ry, rz, hx, hy, hz = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    if with_residual:
        rx, ry, rz, hx, hy, hz = residual_wrench(p, s, vx, vy, vz, wx, wy, wz, density, attached)
    out[0], out[1], out[2] = fx + ax + rx, fy + ay + ry, fz + az + rz
    out[3], out[4], out[5] = mx + bx + hx, my + by + hy, mz + bz + hz
