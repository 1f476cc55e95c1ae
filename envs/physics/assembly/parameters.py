"""An aircraft's drawing -> the PARAMETERS record its kernels fly with. Units SI and rad, body axes from the CG."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from envs.aircraft.aircraft import Aircraft, Airfoil, Wheel
from envs.aircraft.as_built import Side
from envs.aircraft.halves import control_built, half_built, hinges_of, kept_sections, sides, wheel_built, wheels_of
from envs.aircraft.outline import drawn_aircraft
from envs.base.errors import InputError
from envs.base.frames import CHANNELS, cross_product, inertia_body, quaternion_from_matrix
from envs.base.units import GRAVITY
from envs.physics.assembly.coefficient_parameters import fill_whole_aircraft, fill_whole_halves
from envs.physics.assembly.gear_parts import gear_parts
from envs.physics.assembly.motor_parameters import fill_motors
from envs.physics.assembly.strips import Hinge, Strip, cut_strips
from envs.physics.assembly.vortex_lattice import Lattice
from envs.physics.kernels.records import (
    COEFFICIENTS,
    EFFECTS,
    MAX_BODIES,
    MAX_DELAY,
    MAX_HINGES,
    MAX_HULL,
    MAX_MOTORS,
    MAX_STRIPS,
    MAX_WHEELS,
    PARAMETERS,
    check_effects,
)
from envs.physics.kernels.section import GROUND_LEVELS, GROUND_LOWEST, GROUND_STEP


def build_parameters(
    aircraft: Aircraft,
    control_hz: int = 30,
    physics_hz: int = 240,
    air_density: float = 1.225,
    effects: dict[str, bool] | None = None,
) -> np.ndarray:
    """The PARAMETERS record (length 1) of an aircraft; uncalibrated (see calibration.calibrate).

    `effects`: {name: False} switches one of records.EFFECTS off. Raises InputError.
    """
    check_effects(effects or {})
    _check_room(aircraft)
    if control_hz < 1 or physics_hz < 1 or physics_hz % control_hz:
        raise InputError(f"physics_hz {physics_hz} must be a multiple of control_hz {control_hz}, both at least 1")
    record = np.zeros(1, PARAMETERS)
    p = record[0]
    p["gravity"], p["time_step"], p["substeps"] = GRAVITY, 1.0 / physics_hz, physics_hz // control_hz
    p["air_density"], p["span"] = air_density, aircraft.span_m
    p["effect"] = [float((effects or {}).get(name, True)) for name in EFFECTS]
    fill_mass(p, aircraft)
    center = np.array(aircraft.mass.center_of_gravity_m)
    reference = aircraft.derivatives
    if reference:
        p["profile_exponent"], p["profile_speed"] = reference.CD.get("reynolds", 0.0), reference.speed_mps
        p["profile_area"] = reference.area_m2
        p["profile_drag"], p["profile_drag_lift"] = reference.profile_drag()
    if aircraft.coefficient_model:
        _fill_hinges(p, fill_whole_aircraft(p, aircraft))
    else:
        _fill_surfaces(p, aircraft)
        _fill_bodies(p, aircraft, center)
    hull = hull_points(aircraft)
    p["hull"], p["hull_point"][: len(hull)] = len(hull), hull
    fill_motors(p, aircraft)
    fill_wheels(p, aircraft)
    fill_servos(p, aircraft, control_hz, physics_hz)
    fill_controls(p, aircraft, control_hz, physics_hz)
    fill_added(p, aircraft)
    fill_gear_parts(p, aircraft)
    fill_reach(p)
    return record


def fill_mass(p: np.void, aircraft: Aircraft) -> None:
    """Mass and inertia."""
    inertia = inertia_body(aircraft.mass.Ixx, aircraft.mass.Iyy, aircraft.mass.Izz, aircraft.mass.Ixz)
    p["mass"], p["inertia"], p["inertia_inverse"] = aircraft.mass.mass_kg, inertia, np.linalg.inv(inertia)
    p["principal_quaternion"] = quaternion_from_matrix(principal_axes(aircraft)[1])


def fill_wheels(p: np.void, aircraft: Aircraft) -> None:
    """Wheels and skids."""
    center = np.array(aircraft.mass.center_of_gravity_m)
    wheels: list[tuple[Wheel, Side]] = [(w, side) for w in aircraft.wheels for side in sides(w.mirrored)]
    for index, (wheel, side) in enumerate(wheels):
        flip = (1, -1, 1) if side == "right" else (1, 1, 1)
        _fill_wheel(p, index, wheel, np.array(wheel.contact_m) * flip - center)
        built = wheel_built(aircraft, wheel.name, side)
        p["wheel_toe"][index], p["wheel_drag"][index] = np.radians(built.toe_deg), built.rolling
    p["wheels"] = len(wheels)


def fill_servos(p: np.void, aircraft: Aircraft, control_hz: int, physics_hz: int) -> None:
    """What all servos have in common. Raises InputError for a dead time longer than commands are kept."""
    servos = aircraft.servos
    p["servo_bandwidth"], p["servo_damping"] = servos.bandwidth_radps, servos.damping
    p["servo_rate"] = np.radians(servos.rate_limit_dps)
    p["servo_delay"] = _dead_time(aircraft, "servos.delay_s", servos.delay_s, control_hz, physics_hz)


def _dead_time(aircraft: Aircraft, key: str, delay_s: float, control_hz: int, physics_hz: int) -> int:
    """A dead time in substeps."""
    delay = round(delay_s * physics_hz)
    if delay > (MAX_DELAY - 1) * (physics_hz // control_hz):
        raise InputError(
            f"aircraft {aircraft.name!r}: {key} {delay_s:g} is longer than the {MAX_DELAY - 1} control "
            f"steps that are kept: control_hz must be at most {(MAX_DELAY - 1) / delay_s:.0f}"
        )
    return delay


def fill_controls(p: np.void, aircraft: Aircraft, control_hz: int, physics_hz: int) -> None:
    """Linkage and servo of each control, and of a coefficient aircraft its two half wings, as they were built."""
    for k, (control, side) in enumerate(hinges_of(aircraft)):
        built = control_built(aircraft, control, side)
        p["hinge_offset"][k], p["hinge_play"][k] = np.radians((built.offset_deg, built.play_deg))
        p["hinge_share"][k], p["hinge_effect"][k], p["hinge_slow"][k] = built.gain, built.effect, built.slow
        p["hinge_stuck"][k] = np.nan if built.stuck_deg is None else np.radians(built.stuck_deg)
        sound = (built.offset_deg, built.play_deg, built.gain, built.stuck_deg) == (0.0, 0.0, 1.0, None)
        p["hinge_sound"][k] = float(sound)
        total = aircraft.servos.delay_s + built.delay_s
        late = _dead_time(aircraft, f"dead time of {control}", total, control_hz, physics_hz)
        p["hinge_delay"][k] = late - p["servo_delay"] if built.delay_s else 0
    if aircraft.coefficient_model:
        fill_whole_halves(p, aircraft)


def fill_added(p: np.void, aircraft: Aircraft) -> None:
    """What the air does besides (`built.air`), and what its coefficients refer to."""
    air, reference = aircraft.built.air, aircraft.derivatives
    for index, name in enumerate(COEFFICIENTS._fields):
        p["added_zero"][index] = sum(value for key, value in air.zero.items() if key == name)
        p["added_alpha"][index] = sum(value for key, value in air.alpha.items() if key == name)
    p["added"] = float(bool(air.zero or air.alpha))
    if reference:
        p["added_area"], p["added_span"], p["added_chord"] = reference.area_m2, reference.span_m, reference.chord_m
    else:
        strips = p["strip_surface"][: p["strips"]]
        areas = p["strip_area"][: p["strips"]] * np.abs(p["strip_normal"][: p["strips"], 2])
        area = max(areas[strips == k].sum() for k in np.unique(strips))
        p["added_area"], p["added_span"], p["added_chord"] = area, aircraft.span_m, area / aircraft.span_m


def fill_gear_parts(p: np.void, aircraft: Aircraft) -> None:
    """How finely its legs must be integrated, which follows from mass and wheels."""
    p["gear_parts"] = gear_parts(p, aircraft.name, [wheel for wheel, _ in wheels_of(aircraft)])


def fill_reach(p: np.void) -> None:
    """How far it reaches from its centre of gravity, which follows from hull and wheels."""
    corners = p["hull_point"][: p["hull"]]
    p["reach"] = np.linalg.norm(np.vstack([corners, p["wheel_contact"]]), axis=1).max()


def principal_axes(aircraft: Aircraft) -> tuple[np.ndarray, np.ndarray]:
    """Principal moments (3,) kg m2 and their axes as columns of a rotation matrix (3, 3), body axes."""
    mass = aircraft.mass
    moments, axes = np.linalg.eigh(inertia_body(mass.Ixx, mass.Iyy, mass.Izz, mass.Ixz))
    order = np.argmax(np.abs(axes), axis=1)  # keep each principal axis near the body axis it belongs to
    moments, axes = moments[order], axes[:, order]
    axes = axes * np.sign(np.diag(axes))
    return moments, axes


def hull_points(aircraft: Aircraft) -> np.ndarray:
    """Corners (n, 3) m of the convex hull of all but wheels, bellies and folding propellers: only these can strike."""
    from scipy.spatial import ConvexHull

    center = np.array(aircraft.mass.center_of_gravity_m)
    aircraft = drawn_aircraft(aircraft)
    points: list[np.ndarray] = []
    for surface in aircraft.surfaces:
        spread = np.ptp([s.leading_edge_m for s in surface.sections], axis=0)
        across = np.array([0.0, -spread[2], spread[1]]) / math.hypot(spread[1], spread[2])  # square to span and chord
        for side in sides(surface.mirrored):
            flip = (1, -1, 1) if side == "right" else (1, 1, 1)
            for section in kept_sections(surface, half_built(aircraft.built.halves, surface.name, side).lost_span):
                leading = np.array(section.leading_edge_m)
                thick, middle = 0.05 * section.chord_m * across, leading - [0.3 * section.chord_m, 0, 0]
                corners = (leading, leading - [section.chord_m, 0, 0], middle + thick, middle - thick)
                points.extend(corner * flip for corner in corners)
    for body in (b for b in aircraft.bodies if not b.belly):
        for station in body.stations:
            for dy in (-0.5, 0.5):
                for dz in (-0.5, 0.5):
                    point = np.array(
                        [station.x_m, body.y_m + dy * station.width_m, station.z_m + dz * station.height_m]
                    )
                    points.extend(point * (1, side, 1) for side in ((1, -1) if body.mirrored else (1,)))
    for unit in (u for u in aircraft.propulsion if not u.propeller.folding):
        for angle in np.arange(8) * np.pi / 4:
            radius = unit.propeller.diameter_m / 2
            points.append(np.array(unit.position_m) + radius * np.array([0, np.cos(angle), np.sin(angle)]))
    cloud = np.array(points) - center
    cloud = cloud[ConvexHull(cloud).vertices]
    while len(cloud) > MAX_HULL:  # drop the point whose neighbour is nearest: it changes the hull least
        distance = np.linalg.norm(cloud[:, None] - cloud[None], axis=2) + np.eye(len(cloud)) * 1e9
        cloud = np.delete(cloud, np.unravel_index(np.argmin(distance), distance.shape)[0], axis=0)
    return cloud


def _check_room(aircraft: Aircraft) -> None:
    """Raise InputError for an aircraft with more parts than the records' fixed sizes hold."""

    def both(parts: Iterable[Any], many: Callable[[Any], int] = lambda _: 1) -> int:
        return sum((2 if part.mirrored else 1) * many(part) for part in parts)

    model = aircraft.coefficient_model
    for key, count, what, room in (
        ("surfaces", both(aircraft.surfaces, lambda s: s.strips), "strips", MAX_STRIPS),
        ("surfaces", both(aircraft.surfaces, lambda s: len(s.controls)), "controls", MAX_HINGES),
        ("coefficient_model.controls", both(model.controls) if model else 0, "controls", MAX_HINGES),
        ("bodies", both(aircraft.bodies), "bodies", MAX_BODIES),
        ("propulsion", len(aircraft.propulsion), "motors", MAX_MOTORS),
        ("wheels", both(aircraft.wheels), "wheels and skids", MAX_WHEELS),
    ):
        if count > room:
            raise InputError(
                f"aircraft {aircraft.name!r}: {key}: {count} {what} (mirrored ones counted twice), at most {room}"
            )


def _fill_surfaces(p: np.void, aircraft: Aircraft) -> None:
    strips, hinges = cut_strips(aircraft)
    if len(strips) > MAX_STRIPS:  # also where few are asked for: every end of a control is a cut
        raise InputError(
            f"aircraft {aircraft.name!r}: surfaces: {len(strips)} strips (mirrored ones counted twice, cut where "
            f"controls end), at most {MAX_STRIPS}"
        )
    _fill_hinges(p, hinges)
    n = len(strips)
    p["strips"] = n
    aspect = [_aspect_ratio(strips, index) for index in range(len(aircraft.surfaces))]
    columns = {
        "position": [s.position for s in strips],
        "control": [s.control for s in strips],
        "chordwise": [s.chordwise for s in strips],
        "normal": [s.normal for s in strips],
        "area": [s.area for s in strips],
        "chord": [s.chord for s in strips],
        "moment": [s.airfoil.moment for s in strips],
        "drag_min": [s.airfoil.drag_min for s in strips],
        "drag_k": [s.airfoil.drag_k for s in strips],
        "drag_90": [s.airfoil.drag_90 for s in strips],
        "stall": np.radians([s.airfoil.stall_deg for s in strips]),
        "stall_negative": np.radians([s.airfoil.stall_negative_deg or -s.airfoil.stall_deg for s in strips]),
        "stall_width": np.radians([s.airfoil.stall_width_deg for s in strips]),
        "surface": [s.surface for s in strips],
        "hinge": [s.hinge for s in strips],
        "flap_lift": [s.flap_lift for s in strips],
        "flap_moment": [s.flap_moment for s in strips],
        "flap_stall": [s.flap_stall for s in strips],
        "flap_chord": [s.flap_chord for s in strips],
        "plate_loss": [0.41 * (1 - np.exp(-17 / aspect[s.surface])) for s in strips],  # PHYSICS.md 2.3
        # Square of the speed along x, from that along the section's own chord.
        "hinge_share": [
            s.area / s.chordwise[0] ** 2 / sum(t.area for t in strips if t.hinge == s.hinge) for s in strips
        ],
        # nose-up about the quarter chord: the leading edge moves along the normal
        "pitch_axis": [cross_product(s.chordwise, s.normal) for s in strips],
    }
    for name, values in columns.items():
        p["strip_" + name][:n] = values
    fill_sections(p, [(s.airfoil, s.twist, s.lift) for s in strips])
    # By area seen from above: on a flying wing, upright winglets reach farthest out.
    above = [sum(s.area * abs(s.normal[2]) for s in strips if s.surface == k) for k in range(len(aircraft.surfaces))]
    main = np.array([s.surface == np.argmax(above) for s in strips])
    p["wing_height"] = np.mean(p["strip_position"][:n, 2][main])
    fill_induced(p, lattice_of(p, strips))


def fill_sections(p: np.void, sections: list[tuple[Airfoil, float, float]]) -> None:
    """What lift each strip has as it was built: (airfoil, twist rad, lift over that drawn)."""
    n = len(sections)
    p["strip_slope"][:n] = [airfoil.lift_slope_per_rad * lift for airfoil, _, lift in sections]
    p["strip_zero_lift"][:n] = [math.radians(airfoil.zero_lift_deg) - twist for airfoil, twist, _ in sections]


def lattice_of(p: np.void, strips: list[Strip]) -> Lattice:
    """The vortex lattice of strips that are filled in."""
    n = len(strips)
    return Lattice(
        np.array([s.edge_start for s in strips]),
        np.array([s.edge_end for s in strips]),
        p["strip_control"][:n].copy(),
        p["strip_normal"][:n].copy(),
        p["strip_chord"][:n].copy(),
        p["strip_slope"][:n].copy(),
        np.array([s.surface for s in strips]),
    )


def fill_induced(p: np.void, lattice: Lattice) -> None:
    """How the strips' lift bends the flow at the others, at all heights."""
    n = p["strips"]
    for level in range(GROUND_LEVELS):
        wing_above = GROUND_LOWEST * GROUND_STEP**level * p["span"] if level < GROUND_LEVELS - 1 else np.inf
        induced, lean, slow = lattice.induced_angles(ground=wing_above - p["wing_height"])
        p["induced"][level, :n, :n], p["strip_lean"][level, :n], p["strip_slow"][level, :n] = induced.T, lean, slow


def _fill_hinges(p: np.void, hinges: list[Hinge]) -> None:
    p["hinges"] = len(hinges)
    for index, hinge in enumerate(hinges):
        p["hinge_gain"][index] = hinge.gains
        p["hinge_up"][index], p["hinge_down"][index] = hinge.travel_up, hinge.travel_down
    for row in range(len(CHANNELS)):
        # A channel's deflection in the log and in derivatives: mean over its hinges, pilot's sign.
        gains = p["hinge_gain"][: len(hinges), row]
        p["channel_share"][row, : len(hinges)] = np.sign(gains) / max(1, np.count_nonzero(gains))


def _aspect_ratio(strips: list[Strip], surface: int) -> float:
    """Span squared over area of one surface, both halves of a mirrored one together."""
    own = [s for s in strips if s.surface == surface]
    area = sum(s.area for s in own)
    return sum(s.area / s.chord for s in own) ** 2 / area if own else 1.0  # all of it is torn off: no strip asks


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
            p["body_position"][index] = middle * (1, flip, 1) - center
            p["body_drag_area"][index] = (
                body.drag_coefficient * front,
                body.cross_drag_coefficient * side_area,
                body.cross_drag_coefficient * top_area,
            )
            index += 1
    p["bodies"] = index


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
