"""The two records that the kernels work on: PARAMETERS (one aircraft, constant) and STATE (one flight).

Both are numpy structured arrays of length 1: one argument carries everything into a kernel (a call costs
0.3 us instead of one unboxing per array), names stay readable inside, and copying the STATE is a snapshot.
Sizes are fixed upper bounds, so that one compiled kernel serves every aircraft. Units SI and rad, vectors
in body axes from the centre of gravity unless a name says otherwise.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from envs.errors import InputError
from envs.frames import CHANNELS, inertia_body, quaternion_from_matrix
from envs.physics.aircraft import Aircraft, Propulsion, Wheel
from envs.physics.strips import Strip, cut_strips
from envs.physics.vortex_lattice import induced_angles

MAX_STRIPS, MAX_HINGES, MAX_MOTORS, MAX_WHEELS, MAX_BODIES, MAX_HULL = 64, 12, 4, 6, 8, 48
TABLE = 33  # points of a propeller table
TABLE_J_MAX = 1.6  # beyond it a propeller is treated as at this advance ratio
MAX_DELAY = 32  # substeps of servo dead time
MAX_GUSTS = 8  # 1-cosine gusts a flight can meet
GUST_NORMALS = 8  # normal deviates the turbulence takes a control step

# What can be switched off in one config line, and that it is on by default.
EFFECTS = ("slipstream", "swirl", "torque_reaction", "gyroscopic", "p_factor", "ground_effect", "battery_sag",
           "servo_dynamics", "tyre_side_force", "rotational_gusts", "induced_flow", "stall")

Record = Any  # one row of PARAMETERS or STATE as numba sees it

F, I = np.float64, np.int64  # noqa: E741  (columns of a table read best short)

PARAMETERS = np.dtype([
    ("mass", F), ("inertia", F, (3, 3)), ("inertia_inverse", F, (3, 3)), ("principal_quaternion", F, (4,)),
    ("gravity", F), ("time_step", F), ("substeps", I), ("air_density", F), ("span", F), ("wing_height", F),
    ("wing_induced", F),  # share of its angle that the widest surface loses to its own induced flow
    ("effect", F, (len(EFFECTS),)),
    # strips
    ("strips", I), ("strip_position", F, (MAX_STRIPS, 3)), ("strip_chordwise", F, (MAX_STRIPS, 3)),
    ("strip_normal", F, (MAX_STRIPS, 3)), ("strip_area", F, (MAX_STRIPS,)), ("strip_chord", F, (MAX_STRIPS,)),
    ("strip_slope", F, (MAX_STRIPS,)), ("strip_zero_lift", F, (MAX_STRIPS,)), ("strip_moment", F, (MAX_STRIPS,)),
    ("strip_drag_min", F, (MAX_STRIPS,)), ("strip_drag_k", F, (MAX_STRIPS,)), ("strip_drag_90", F, (MAX_STRIPS,)),
    ("strip_stall", F, (MAX_STRIPS,)), ("strip_stall_negative", F, (MAX_STRIPS,)),
    ("strip_stall_width", F, (MAX_STRIPS,)), ("strip_hinge", I, (MAX_STRIPS,)),
    ("strip_flap_lift", F, (MAX_STRIPS,)), ("strip_flap_moment", F, (MAX_STRIPS,)),
    ("strip_flap_stall", F, (MAX_STRIPS,)), ("strip_flap_chord", F, (MAX_STRIPS,)),
    ("strip_plate_loss", F, (MAX_STRIPS,)), ("strip_hinge_share", F, (MAX_STRIPS,)),
    ("strip_main", F, (MAX_STRIPS,)),  # 1 on the widest surface
    ("strip_tilt", F, (MAX_STRIPS,)),  # share of the induced angle that leans the lift back
    ("strip_pitch_axis", F, (MAX_STRIPS, 3)),
    ("induced", F, (MAX_STRIPS, MAX_STRIPS)),  # transposed: [source, receiver], so that the inner loop vectorises
    ("wash_distance", F, (MAX_MOTORS, MAX_STRIPS)), ("wash_radius", F, (MAX_MOTORS, MAX_STRIPS)),
    ("wash_half_width", F, (MAX_MOTORS, MAX_STRIPS)), ("wash_growth", F, (MAX_MOTORS, MAX_STRIPS)),
    ("wash_tangent", F, (MAX_MOTORS, MAX_STRIPS, 3)),
    # bodies
    ("bodies", I), ("body_position", F, (MAX_BODIES, 3)), ("body_drag_area", F, (MAX_BODIES, 3)),
    # what the published derivatives have beyond the strips (calibration.py)
    ("residual_area", F), ("residual_span", F), ("residual_chord", F),
    ("residual_CL", F, (4,)), ("residual_CD", F, (3,)), ("residual_Cm", F, (4,)),
    ("residual_CY", F, (6,)), ("residual_Cl", F, (6,)), ("residual_Cn", F, (6,)),
    # controls
    ("hinges", I), ("hinge_gain", F, (MAX_HINGES, 4)), ("hinge_up", F, (MAX_HINGES,)),
    ("hinge_down", F, (MAX_HINGES,)), ("channel_share", F, (3, MAX_HINGES)),
    ("servo_bandwidth", F), ("servo_damping", F), ("servo_rate", F), ("servo_delay", I),
    # propulsion
    ("motors", I), ("motor_position", F, (MAX_MOTORS, 3)), ("motor_axis", F, (MAX_MOTORS, 3)),
    ("motor_turn", F, (MAX_MOTORS,)), ("rotor_inertia", F, (MAX_MOTORS,)), ("propeller_diameter", F, (MAX_MOTORS,)),
    ("propeller_CT", F, (MAX_MOTORS, TABLE)), ("propeller_CP", F, (MAX_MOTORS, TABLE)),
    ("motor_Kt", F, (MAX_MOTORS,)), ("motor_resistance", F, (MAX_MOTORS,)), ("motor_no_load", F, (MAX_MOTORS,)),
    ("motor_max_current", F, (MAX_MOTORS,)), ("swirl_recovery", F, (MAX_MOTORS,)),
    ("battery_voltage", F, (MAX_MOTORS,)), ("battery_resistance", F, (MAX_MOTORS,)),
    ("battery_capacity", F, (MAX_MOTORS,)),
    # wheels
    ("wheels", I), ("wheel_contact", F, (MAX_WHEELS, 3)), ("wheel_stiffness", F, (MAX_WHEELS,)),
    ("wheel_damping", F, (MAX_WHEELS,)),
    ("wheel_travel", F, (MAX_WHEELS,)), ("wheel_friction", F, (MAX_WHEELS,)), ("wheel_sliding", F, (MAX_WHEELS,)),
    ("wheel_rolling", F, (MAX_WHEELS,)), ("wheel_brake", F, (MAX_WHEELS,)), ("wheel_relaxation", F, (MAX_WHEELS,)),
    ("wheel_side_stiffness", F, (MAX_WHEELS,)), ("wheel_steer_channel", I, (MAX_WHEELS,)),
    ("wheel_steer_travel", F, (MAX_WHEELS,)),
    # corners of everything that is not a wheel
    ("hull", I), ("hull_point", F, (MAX_HULL, 3)),
], align=True)

STATE = np.dtype([
    ("time", F), ("substep", I), ("command", F, (5,)), ("command_queue", F, (MAX_DELAY, 5)), ("queue_head", I),
    ("delayed", F, (5,)), ("brake", F),
    ("deflection", F, (MAX_HINGES,)), ("deflection_rate", F, (MAX_HINGES,)),
    ("hinge_turned", F, (MAX_HINGES,)),  # deflection that counts for lift, rad (aerodynamics.flap_effect)
    ("hinge_speed2", F, (MAX_HINGES,)),  # mean square of the flow's speed at each control
    ("rotor_speed", F, (MAX_MOTORS,)), ("charge_used", F, (MAX_MOTORS,)), ("thrust", F, (MAX_MOTORS,)),
    ("torque", F, (MAX_MOTORS,)), ("wash_axial", F, (MAX_MOTORS,)), ("wash_inflow", F, (MAX_MOTORS,)),
    ("tyre_side", F, (MAX_WHEELS,)), ("tyre_along", F, (MAX_WHEELS,)), ("wheel_load", F, (MAX_WHEELS,)),
    # air
    ("wind_reference", F, (3,)), ("wind_roughness", F), ("turbulence", F), ("gust_filter", F, (8,)),
    ("gust_now", F, (6,)), ("gust_next", F, (6,)), ("gust_lowpass", F, (2,)),
    ("gust_events", I), ("gust_start", F, (MAX_GUSTS,)), ("gust_length", F, (MAX_GUSTS,)),
    ("gust_peak", F, (MAX_GUSTS, 3)), ("wind", F, (3,)),
    # ground under it
    ("runway_rolling", F), ("runway_grip", F),
    # of the last substep, and means over a control step for the inertial sensors
    ("force_body", F, (3,)), ("moment_body", F, (3,)), ("attached", F), ("clearance", F), ("airspeed", F),
    ("alpha", F), ("beta", F), ("specific_force_sum", F, (3,)), ("rates_sum", F, (3,)), ("air_velocity", F, (3,)),
    # scratch of the strips: speed along the chord and along the normal, upwash by own lift, induced velocity
    ("strip_along", F, (MAX_STRIPS,)), ("strip_across", F, (MAX_STRIPS,)), ("strip_source", F, (MAX_STRIPS,)),
    ("strip_induced", F, (MAX_STRIPS,)), ("strip_lift", F, (MAX_STRIPS,)),
], align=True)


def build_parameters(aircraft: Aircraft, control_hz: int = 30, physics_hz: int = 240,
                     air_density: float = 1.225, effects: dict[str, bool] | None = None) -> np.ndarray:
    """The PARAMETERS record (length 1) of an aircraft; uncalibrated (see calibration.calibrate)."""
    if physics_hz % control_hz:
        raise InputError(f"physics_hz {physics_hz} must be a multiple of control_hz {control_hz}")
    record = np.zeros(1, PARAMETERS)
    p = record[0]
    inertia = inertia_body(aircraft.mass.Ixx, aircraft.mass.Iyy, aircraft.mass.Izz, aircraft.mass.Ixz)
    p["mass"], p["inertia"], p["inertia_inverse"] = aircraft.mass.mass_kg, inertia, np.linalg.inv(inertia)
    p["principal_quaternion"] = quaternion_from_matrix(principal_axes(aircraft)[1])
    p["gravity"], p["time_step"], p["substeps"] = 9.81, 1.0 / physics_hz, physics_hz // control_hz
    p["air_density"], p["span"] = air_density, aircraft.span_m
    p["effect"] = [float((effects or {}).get(name, True)) for name in EFFECTS]
    center = np.array(aircraft.mass.center_of_gravity_m)
    _fill_surfaces(p, aircraft)
    _fill_bodies(p, aircraft, center)
    for index, unit in enumerate(aircraft.propulsion):
        _check_room("motors", index, MAX_MOTORS)
        _fill_motor(p, index, unit, center)
    p["motors"] = len(aircraft.propulsion)
    wheels = [(w, np.array(w.contact_m) * (1, side, 1) - center) for w in aircraft.wheels
              for side in ((1, -1) if w.mirrored else (1,))]
    _check_room("wheels", len(wheels) - 1, MAX_WHEELS)
    for index, (wheel, contact) in enumerate(wheels):
        _fill_wheel(p, index, wheel, contact)
    p["wheels"] = len(wheels)
    servos = aircraft.servos
    p["servo_bandwidth"], p["servo_damping"] = servos.bandwidth_radps, servos.damping
    p["servo_rate"] = np.radians(servos.rate_limit_dps)
    p["servo_delay"] = min(MAX_DELAY - 1, round(servos.delay_s * physics_hz))
    hull = hull_points(aircraft)
    p["hull"], p["hull_point"][: len(hull)] = len(hull), hull
    return record


def new_state() -> np.ndarray:
    """A STATE record (length 1) of an aircraft at rest in still air."""
    return np.zeros(1, STATE)


def principal_axes(aircraft: Aircraft) -> tuple[np.ndarray, np.ndarray]:
    """Principal moments (3,) kg m2 and their axes as columns of a rotation matrix (3, 3), body axes."""
    mass = aircraft.mass
    moments, axes = np.linalg.eigh(inertia_body(mass.Ixx, mass.Iyy, mass.Izz, mass.Ixz))
    order = np.argmax(np.abs(axes), axis=1)  # keep each principal axis near the body axis it belongs to
    moments, axes = moments[order], axes[:, order]
    axes = axes * np.sign(np.diag(axes))
    return moments, axes


def hull_points(aircraft: Aircraft) -> np.ndarray:
    """Corners (n, 3) m of the convex hull of everything but wheels: on flat ground only these can strike."""
    from scipy.spatial import ConvexHull

    center = np.array(aircraft.mass.center_of_gravity_m)
    points: list[np.ndarray] = []
    for surface in aircraft.surfaces:
        spread = np.ptp([s.leading_edge_m for s in surface.sections], axis=0)
        across = np.array([0.0, -spread[2], spread[1]]) / math.hypot(spread[1], spread[2])  # square to span and chord
        for section in surface.sections:
            leading = np.array(section.leading_edge_m)
            thick, middle = 0.05 * section.chord_m * across, leading - [0.3 * section.chord_m, 0, 0]
            for point in (leading, leading - [section.chord_m, 0, 0], middle + thick, middle - thick):
                points.extend(point * (1, side, 1) for side in ((1, -1) if surface.mirrored else (1,)))
    for body in aircraft.bodies:
        for station in body.stations:
            for dy in (-0.5, 0.5):
                for dz in (-0.5, 0.5):
                    point = np.array([station.x_m, body.y_m + dy * station.width_m,
                                      station.z_m + dz * station.height_m])
                    points.extend(point * (1, side, 1) for side in ((1, -1) if body.mirrored else (1,)))
    for unit in aircraft.propulsion:
        for angle in np.arange(8) * np.pi / 4:
            radius = unit.propeller.diameter_m / 2
            points.append(np.array(unit.position_m) + radius * np.array([0, np.cos(angle), np.sin(angle)]))
    cloud = np.array(points) - center
    cloud = cloud[ConvexHull(cloud).vertices]
    while len(cloud) > MAX_HULL:  # drop the point whose neighbour is nearest: it changes the hull least
        distance = np.linalg.norm(cloud[:, None] - cloud[None], axis=2) + np.eye(len(cloud)) * 1e9
        cloud = np.delete(cloud, np.unravel_index(np.argmin(distance), distance.shape)[0], axis=0)
    return cloud


def _check_room(what: str, index: int, room: int) -> None:
    if index >= room:
        raise InputError(f"aircraft has too many {what}: at most {room}")


def _fill_surfaces(p: np.void, aircraft: Aircraft) -> None:
    strips, hinges = cut_strips(aircraft)
    _check_room("strips", len(strips) - 1, MAX_STRIPS)
    _check_room("controls", len(hinges) - 1, MAX_HINGES)
    n = len(strips)
    p["strips"], p["hinges"] = n, len(hinges)
    aspect = [_aspect_ratio(strips, index) for index in range(len(aircraft.surfaces))]
    columns = {
        "position": [s.position for s in strips], "chordwise": [s.chordwise for s in strips],
        "normal": [s.normal for s in strips], "area": [s.area for s in strips], "chord": [s.chord for s in strips],
        "slope": [s.airfoil.lift_slope_per_rad for s in strips],
        "zero_lift": np.radians([s.airfoil.zero_lift_deg for s in strips]),
        "moment": [s.airfoil.moment for s in strips], "drag_min": [s.airfoil.drag_min for s in strips],
        "drag_k": [s.airfoil.drag_k for s in strips], "drag_90": [s.airfoil.drag_90 for s in strips],
        "stall": np.radians([s.airfoil.stall_deg for s in strips]),
        "stall_negative": np.radians([s.airfoil.stall_negative_deg or -s.airfoil.stall_deg for s in strips]),
        "stall_width": np.radians([s.airfoil.stall_width_deg for s in strips]),
        "hinge": [s.hinge for s in strips], "flap_lift": [s.flap_lift for s in strips],
        "flap_moment": [s.flap_moment for s in strips], "flap_stall": [s.flap_stall for s in strips],
        "flap_chord": [s.flap_chord for s in strips],
        "plate_loss": [0.41 * (1 - np.exp(-17 / aspect[s.surface])) for s in strips],  # physics.md 2.2a
        # Square of the speed along x, from that along the section's own chord.
        "hinge_share": [s.area / s.chordwise[0] ** 2 / sum(t.area for t in strips if t.hinge == s.hinge)
                        for s in strips],
        # nose-up about the quarter chord: the leading edge moves along the normal
        "pitch_axis": [np.cross(s.chordwise, s.normal) for s in strips],
    }
    for name, values in columns.items():
        p["strip_" + name][:n] = values
    induced, p["strip_tilt"][:n] = induced_angles(
        np.array([s.edge_start for s in strips]), np.array([s.edge_end for s in strips]),
        np.array([s.control for s in strips]), p["strip_normal"][:n], p["strip_chord"][:n], p["strip_slope"][:n],
        np.array([s.surface for s in strips]))
    p["induced"][:n, :n] = induced.T
    widest = np.argmax([abs(s.position[1]) for s in strips])
    main = np.array([s.surface == strips[widest].surface for s in strips])
    p["strip_main"][:n] = main
    p["wing_height"] = np.mean(p["strip_position"][:n, 2][main])
    p["wing_induced"] = np.average(induced[np.ix_(main, main)].sum(axis=1), weights=p["strip_area"][:n][main])
    for index, hinge in enumerate(hinges):
        p["hinge_gain"][index] = hinge.gains
        p["hinge_up"][index], p["hinge_down"][index] = hinge.travel_up, hinge.travel_down
    for row in range(3):
        # A channel's deflection in the log and in derivatives: mean over its hinges, pilot's sign.
        gains = p["hinge_gain"][: len(hinges), row]
        p["channel_share"][row, : len(hinges)] = np.sign(gains) / max(1, np.count_nonzero(gains))
    p["span"] = aircraft.span_m


def _aspect_ratio(strips: list[Strip], surface: int) -> float:
    """Span squared over area of one surface, both halves of a mirrored one together."""
    own = [s for s in strips if s.surface == surface]
    area = sum(s.area for s in own)
    return sum(s.area / s.chord for s in own) ** 2 / area


def _fill_bodies(p: np.void, aircraft: Aircraft, center: np.ndarray) -> None:
    index = 0
    for body in aircraft.bodies:
        x = np.array([s.x_m for s in body.stations])
        order = np.argsort(x)
        side = np.array([s.height_m for s in body.stations])[order]
        top = np.array([s.width_m for s in body.stations])[order]
        z = np.array([s.z_m for s in body.stations])[order]
        x = x[order]
        side_area, top_area = np.trapezoid(side, x), np.trapezoid(top, x)
        middle = np.array([np.trapezoid(side * x, x) / side_area, body.y_m, np.trapezoid(side * z, x) / side_area])
        front = max(s.width_m * s.height_m for s in body.stations)
        for flip in (1, -1) if body.mirrored else (1,):
            _check_room("bodies", index, MAX_BODIES)
            p["body_position"][index] = middle * (1, flip, 1) - center
            p["body_drag_area"][index] = (body.drag_coefficient * front, body.cross_drag_coefficient * side_area,
                                          body.cross_drag_coefficient * top_area)
            index += 1
    p["bodies"] = index


def _fill_motor(p: np.void, index: int, unit: Propulsion, center: np.ndarray) -> None:
    right, down = np.radians(unit.right_thrust_deg), np.radians(unit.down_thrust_deg)
    axis = np.array([np.cos(right) * np.cos(down), -np.sin(right) * np.cos(down), -np.sin(down)])
    position = np.array(unit.position_m) - center
    turn = 1.0 if unit.turns == "clockwise" else -1.0
    p["motor_position"][index], p["motor_axis"][index], p["motor_turn"][index] = position, axis, turn
    p["rotor_inertia"][index], p["propeller_diameter"][index] = unit.rotor_inertia_kgm2, unit.propeller.diameter_m
    p["swirl_recovery"][index] = unit.swirl_recovery
    grid = np.linspace(0.0, TABLE_J_MAX, TABLE)
    J, CT, CP = (np.array(t) for t in (unit.propeller.J, unit.propeller.CT, unit.propeller.CP))
    p["propeller_CT"][index] = _extended(grid, J, CT)
    # A windmilling propeller takes some power out of the air, far below Betz's limit (0.23 J^3); floor estimated.
    p["propeller_CP"][index] = np.maximum(_extended(grid, J, CP), -0.05)
    p["motor_Kt"][index] = 60.0 / (2 * np.pi * unit.motor.kv_rpm_per_V)
    p["motor_resistance"][index], p["motor_no_load"][index] = unit.motor.resistance_ohm, unit.motor.no_load_A
    p["motor_max_current"][index] = unit.motor.max_current_A
    p["battery_voltage"][index], p["battery_resistance"][index] = unit.battery.voltage_V, unit.battery.resistance_ohm
    p["battery_capacity"][index] = unit.battery.capacity_Ah * 3600.0
    for strip in range(p["strips"]):
        offset = p["strip_position"][strip] - position
        behind = -float(offset @ axis)
        across = offset + behind * axis
        radius = float(np.linalg.norm(across))
        span_line = np.cross(p["strip_normal"][strip], p["strip_chordwise"][strip])
        toward = across / radius if radius > 1e-6 else span_line
        width = p["strip_area"][strip] / p["strip_chord"][strip]
        half = 0.5 * width * max(0.2, abs(float(span_line @ toward)))
        disc = unit.propeller.diameter_m / 2
        # The wash only narrows (at most 5 % wider when windmilling): strips farther out are never asked.
        p["wash_distance"][index, strip] = behind if radius - half < 1.05 * disc else 0.0
        p["wash_growth"][index, strip] = 1.0 + behind / math.hypot(disc, behind)
        p["wash_radius"][index, strip] = radius
        p["wash_half_width"][index, strip] = half
        p["wash_tangent"][index, strip] = turn * np.cross(axis, toward) if radius > 1e-6 else np.zeros(3)


def _extended(grid: np.ndarray, J: np.ndarray, values: np.ndarray) -> np.ndarray:
    """A table on `grid`, carried on beyond its last point with its last slope."""
    slope = (values[-1] - values[-2]) / (J[-1] - J[-2])
    return np.where(grid <= J[-1], np.interp(grid, J, values), values[-1] + slope * (grid - J[-1]))


def _fill_wheel(p: np.void, index: int, wheel: Wheel, contact: np.ndarray) -> None:
    p["wheel_contact"][index] = contact
    p["wheel_stiffness"][index], p["wheel_damping"][index] = wheel.stiffness_N_per_m, wheel.damping_Ns_per_m
    p["wheel_travel"][index] = wheel.travel_m
    p["wheel_friction"][index], p["wheel_sliding"][index] = wheel.friction, wheel.sliding_friction
    rolling = wheel.rolling_friction
    if rolling is None:
        rolling = wheel.sliding_friction if wheel.radius_m == 0 else -1.0  # -1: as the runway says
    p["wheel_rolling"][index], p["wheel_brake"][index] = rolling, wheel.brake_friction
    p["wheel_relaxation"][index], p["wheel_side_stiffness"][index] = wheel.relaxation_m, wheel.side_stiffness_N_per_m
    p["wheel_steer_channel"][index] = CHANNELS.index(wheel.steering.channel) if wheel.steering else -1
    p["wheel_steer_travel"][index] = np.radians(wheel.steering.travel_deg) if wheel.steering else 0.0
