"""The two records that the kernels work on: PARAMETERS (one aircraft, constant) and STATE (one flight).

Both are numpy structured arrays of length 1: one argument carries everything into a kernel (a call costs
0.3 us instead of one unboxing per array), names stay readable inside, and copying the STATE is a snapshot.
Sizes are fixed upper bounds, so that one compiled kernel serves every aircraft. Units SI and rad, vectors
in body axes from the centre of gravity unless a name says otherwise.

Letters in the kernels: `P`, `S`, `Z` are the arrays of length 1 (parameters, state, sensors) that Python hands over;
`p`, `s`, `z` are their only row, with which kernels call each other: `p, s = P[0], S[0]`.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterable
from typing import Any

import numpy as np

from envs.aircraft.derivatives import TABLE_POINTS
from envs.aircraft.equipment import ENGINE_POINTS
from envs.base.errors import unknown_name
from envs.physics.kernels.section import GROUND_LEVELS

MAX_STRIPS, MAX_HINGES, MAX_MOTORS, MAX_WHEELS, MAX_BODIES, MAX_HULL = 64, 12, 4, 6, 8, 48
TABLE = 33  # points of a propeller table
TABLE_J_MAX = 1.6  # beyond it a propeller is treated as at this advance ratio
MAX_DELAY = 128  # control steps that a command is kept for: 0.12 s at 1000 of them a second, 4 s at 30
MAX_GUSTS = 48  # 1-cosine gusts a flight can meet: a circuit of 180 s in the storm draws 36 on average

# What can be switched off in one config line, and is on by default. tests/envs/physics/test_effects.py holds each
# against theory.
EFFECTS = (
    "slipstream",
    "swirl",
    "torque_reaction",
    "gyroscopic",
    "p_factor",
    "ground_effect",
    "battery_sag",
    "servo_dynamics",
    "tyre_side_force",
    "rotational_gusts",
    "induced_flow",
    "stall",
    "static_friction",
    "motor_limits",
    "wind_profile",
)

EFFECT = namedtuple("EFFECT", EFFECTS)(*range(len(EFFECTS)))
"""Where each effect's switch stands (1 on, 0 off): `p.effect[EFFECT.stall]`. numba takes it as a constant."""

COMMANDS = ("aileron", "elevator", "rudder", "flap", "throttle")
COMMAND = namedtuple("COMMAND", COMMANDS)(*range(len(COMMANDS)))
"""Where each channel stands in a command; the first four also in what belongs to hinges."""

GUSTS = ("x", "y", "z", "turn_x", "turn_y", "turn_z")
GUST = namedtuple("GUST", GUSTS)(*range(len(GUSTS)))
"""Where each component of a gust stands: world velocity (m/s), then the air's own rotation about body axes (rad/s)."""

GUST_FILTERS = ("along", "across_first", "across", "upward_first", "upward", "turn_x", "last_upward", "last_across")
GUST_FILTER = namedtuple("GUST_FILTER", GUST_FILTERS)(*range(len(GUST_FILTERS)))
"""Where each state of the turbulence filters stands, and so its unit normal.

`across` and `upward` have two stages; the last two are the gusts of the step before (m/s), which need no normal.
"""
GUST_NORMALS = len(GUST_FILTERS)  # normal deviates the turbulence takes a control step

LIFT_TERMS = ("zero", "alpha", "q", "elevator", "flap", "alphadot")
DRAG_TERMS = (
    *("zero", "lift", "lift_squared", "alpha", "alpha_squared"),
    *("alpha_size", "sideslip", "beta_size", "beta_squared", "q", "thrust", "aileron", "elevator", "rudder", "flap"),
    *("aileron_squared", "elevator_squared", "rudder_squared", "least"),
)
SIDE_TERMS = ("zero", "beta", "p", "r", "aileron", "rudder", "p_CL", "r_CL", "sideslip")
LIFT = namedtuple("LIFT", LIFT_TERMS)(*range(len(LIFT_TERMS)))
"""Terms of CL and Cm (the residual ones end before the flap)."""
DRAG = namedtuple("DRAG", DRAG_TERMS)(*range(len(DRAG_TERMS)))
"""Terms of a coefficient aircraft's CD; `least` is the lowest that the published polar reaches."""
SIDE = namedtuple("SIDE", SIDE_TERMS)(*range(len(SIDE_TERMS)))
"""Terms of CY, Cl and Cn (the residual ones end before p_CL); `sideslip` is a whole curve over beta."""
COEFFICIENTS = namedtuple("COEFFICIENTS", ("CL", "CD", "Cm", "CY", "Cl", "Cn"))(*range(6))
"""Which coefficient a table of a coefficient aircraft belongs to."""
MAX_TABLES = 16
RESIDUAL_DRAG_TERMS = ("zero", "alpha", "alpha_squared", "q", "thrust")
RESIDUAL_DRAG = namedtuple("RESIDUAL_DRAG", RESIDUAL_DRAG_TERMS)(*range(len(RESIDUAL_DRAG_TERMS)))
"""Terms of the residual CD."""

Record = Any  # one row of PARAMETERS or STATE as numba sees it

F, I = np.float64, np.int64  # noqa: E741  (columns of a table read best short)

PARAMETERS = np.dtype(
    [
        ("mass", F),
        ("inertia", F, (3, 3)),
        ("inertia_inverse", F, (3, 3)),
        ("principal_quaternion", F, (4,)),
        ("gravity", F),
        ("time_step", F),
        ("substeps", I),
        ("air_density", F),
        ("span", F),
        ("wing_height", F),
        ("bullet_always", F),  # 1: Bullet integrates everywhere, not only where something may touch
        ("reach", F),  # farthest any wheel or corner is from the centre of gravity, m
        ("effect", F, (len(EFFECTS),)),
        # strips
        ("strips", I),
        ("strip_position", F, (MAX_STRIPS, 3)),  # quarter chord
        ("strip_control", F, (MAX_STRIPS, 3)),  # three-quarter chord
        ("strip_chordwise", F, (MAX_STRIPS, 3)),
        ("strip_normal", F, (MAX_STRIPS, 3)),
        ("strip_area", F, (MAX_STRIPS,)),
        ("strip_chord", F, (MAX_STRIPS,)),
        ("strip_slope", F, (MAX_STRIPS,)),
        ("strip_zero_lift", F, (MAX_STRIPS,)),
        ("strip_moment", F, (MAX_STRIPS,)),
        ("strip_drag_min", F, (MAX_STRIPS,)),
        ("strip_drag_k", F, (MAX_STRIPS,)),
        ("strip_drag_90", F, (MAX_STRIPS,)),
        ("strip_stall", F, (MAX_STRIPS,)),
        ("strip_stall_negative", F, (MAX_STRIPS,)),
        ("strip_stall_width", F, (MAX_STRIPS,)),
        ("strip_surface", I, (MAX_STRIPS,)),
        ("strip_hinge", I, (MAX_STRIPS,)),
        ("strip_flap_lift", F, (MAX_STRIPS,)),
        ("strip_flap_moment", F, (MAX_STRIPS,)),
        ("strip_flap_stall", F, (MAX_STRIPS,)),
        ("strip_flap_chord", F, (MAX_STRIPS,)),
        ("strip_plate_loss", F, (MAX_STRIPS,)),
        ("strip_hinge_share", F, (MAX_STRIPS,)),
        ("strip_pitch_axis", F, (MAX_STRIPS, 3)),
        # Flow bent at each strip by what each meets unbent, over heights (section.ground_level, the last is free air):
        # [level, source, receiver], so that the inner loop vectorises; and, per rad that the section turns, how much
        # less the lift leans back and what share of its speed the flow loses.
        ("induced", F, (GROUND_LEVELS, MAX_STRIPS, MAX_STRIPS)),
        ("strip_lean", F, (GROUND_LEVELS, MAX_STRIPS)),
        ("strip_slow", F, (GROUND_LEVELS, MAX_STRIPS)),
        ("wash_distance", F, (MAX_MOTORS, MAX_STRIPS)),
        ("wash_radius", F, (MAX_MOTORS, MAX_STRIPS)),
        ("wash_half_width", F, (MAX_MOTORS, MAX_STRIPS)),
        ("wash_growth", F, (MAX_MOTORS, MAX_STRIPS)),
        ("wash_tangent", F, (MAX_MOTORS, MAX_STRIPS, 3)),
        # bodies
        ("bodies", I),
        ("body_position", F, (MAX_BODIES, 3)),
        ("body_drag_area", F, (MAX_BODIES, 3)),
        # what the published derivatives have beyond the strips (calibration.py)
        ("residual_area", F),
        ("residual_span", F),
        ("residual_chord", F),
        ("residual_CL", F, (4,)),
        ("residual_CD", F, (5,)),
        ("residual_Cm", F, (4,)),
        ("residual_CY", F, (6,)),
        ("residual_Cl", F, (6,)),
        ("residual_Cn", F, (6,)),
        ("residual_position", F, (3,)),  # where it acts: the drawing's centre of gravity
        # what the air does besides (CL, CD, Cm, CY, Cl, Cn; aerospace signs), at any angle and per rad of alpha
        ("added_zero", F, (6,)),
        ("added_alpha", F, (6,)),
        ("added", F),  # 1: there is some
        ("added_area", F),
        ("added_span", F),
        ("added_chord", F),
        # published profile drag goes with (V / profile_speed)^profile_exponent; it is constant + by lift CL squared
        ("profile_exponent", F),  # 0: it does not
        ("profile_speed", F),
        ("profile_drag", F),
        ("profile_drag_lift", F),
        ("profile_area", F),
        # a coefficient aircraft (coefficients.py): area 0 means one of strips
        ("whole_area", F),
        ("whole_span", F),
        ("whole_chord", F),
        ("whole_position", F, (3,)),  # moment reference
        ("whole_stall", F),
        ("whole_stall_negative", F),
        ("whole_sharpness", F),
        ("whole_plate_normal", F),
        ("whole_plate_moment", F),
        ("whole_induced_drag", F),  # drag by lift that the ground can take away, per CL squared
        ("whole_induced_share", F),  # share of its angle that the wing loses to its own induced flow
        ("whole_plate_loss", F),
        ("whole_station", F),  # where a half wing's flow is taken, half spans from the middle
        ("whole_tabled", F, (3,)),  # 1: CL, CD, Cm are whole curves from low to high
        ("whole_low", F, (3,)),
        ("whole_high", F, (3,)),
        ("whole_CL", F, (len(LIFT_TERMS),)),
        ("whole_CD", F, (len(DRAG_TERMS),)),
        ("whole_Cm", F, (len(LIFT_TERMS),)),
        ("whole_CY", F, (len(SIDE_TERMS),)),
        ("whole_Cl", F, (len(SIDE_TERMS),)),
        ("whole_Cn", F, (len(SIDE_TERMS),)),
        ("whole_half_lift", F, (2,)),  # left, right half: its lift over that drawn
        ("whole_half_twist", F, (2,)),  # its mean angle of attack besides, rad
        ("whole_half_arm", F, (2,)),  # where the lift that is lost acts, half spans from the middle
        ("whole_twist_arm", F),  # and the lift of that angle
        ("whole_lift_table", I),  # which table is CL.zero; -1: none
        ("tables", I),
        ("table_coefficient", I, (MAX_TABLES,)),  # COEFFICIENTS
        ("table_term", I, (MAX_TABLES,)),
        ("table_over_beta", F, (MAX_TABLES,)),
        ("table_points", I, (MAX_TABLES,)),
        ("table_angle", F, (MAX_TABLES, TABLE_POINTS)),
        ("table_value", F, (MAX_TABLES, TABLE_POINTS)),
        ("hinge_wash", F, (MAX_HINGES,)),
        # controls
        ("hinges", I),
        ("hinge_gain", F, (MAX_HINGES, 4)),
        ("hinge_up", F, (MAX_HINGES,)),
        ("hinge_down", F, (MAX_HINGES,)),
        ("channel_share", F, (4, MAX_HINGES)),
        ("servo_bandwidth", F),
        ("servo_damping", F),
        ("servo_rate", F),
        ("servo_delay", I),  # substeps
        # of each control as built: what its linkage and servo make of what they are told
        ("hinge_sound", F, (MAX_HINGES,)),  # 1: the surface stands as its servo does
        ("hinge_offset", F, (MAX_HINGES,)),  # rad, trailing edge down +
        ("hinge_share", F, (MAX_HINGES,)),  # of its travel
        ("hinge_effect", F, (MAX_HINGES,)),  # of the force of a deflection
        ("hinge_play", F, (MAX_HINGES,)),  # rad
        ("hinge_stuck", F, (MAX_HINGES,)),  # rad, trailing edge down +; nan: it moves
        ("hinge_slow", F, (MAX_HINGES,)),  # of the servo's speed and bandwidth
        ("hinge_delay", I, (MAX_HINGES,)),  # substeps besides servo_delay
        # propulsion
        ("motors", I),
        ("motor_position", F, (MAX_MOTORS, 3)),
        ("motor_axis", F, (MAX_MOTORS, 3)),
        ("motor_turn", F, (MAX_MOTORS,)),
        ("rotor_inertia", F, (MAX_MOTORS,)),
        ("propeller_diameter", F, (MAX_MOTORS,)),
        ("propeller_advance", F, (MAX_MOTORS,)),
        ("propeller_lift", F, (MAX_MOTORS,)),  # blade elements (parameters.py)
        ("propeller_CT", F, (MAX_MOTORS, TABLE)),
        ("propeller_CP", F, (MAX_MOTORS, TABLE)),
        ("motor_Kt", F, (MAX_MOTORS,)),
        ("motor_resistance", F, (MAX_MOTORS,)),
        ("motor_no_load", F, (MAX_MOTORS,)),
        ("motor_max_current", F, (MAX_MOTORS,)),
        ("swirl_recovery", F, (MAX_MOTORS,)),
        ("engine_points", I, (MAX_MOTORS,)),  # of its curve of power; 0: an electric motor
        ("engine_speed", F, (MAX_MOTORS, ENGINE_POINTS)),
        ("engine_power", F, (MAX_MOTORS, ENGINE_POINTS)),
        ("engine_idle", F, (MAX_MOTORS,)),
        ("engine_fastest", F, (MAX_MOTORS,)),  # rad/s that it can bring its propeller to, standing, and more
        ("battery_voltage", F, (MAX_MOTORS,)),
        ("battery_resistance", F, (MAX_MOTORS,)),
        ("battery_capacity", F, (MAX_MOTORS,)),
        # wheels
        ("wheels", I),
        ("gear_parts", I),  # that a substep near the ground is cut into: 1 unless a leg is stiff (gear_parts.py)
        ("wheel_contact", F, (MAX_WHEELS, 3)),
        ("wheel_stiffness", F, (MAX_WHEELS,)),
        ("wheel_damping", F, (MAX_WHEELS,)),
        ("wheel_travel", F, (MAX_WHEELS,)),
        ("wheel_friction", F, (MAX_WHEELS,)),
        ("wheel_sliding", F, (MAX_WHEELS,)),
        ("wheel_rolling", F, (MAX_WHEELS,)),
        ("wheel_brake", F, (MAX_WHEELS,)),
        ("wheel_relaxation", F, (MAX_WHEELS,)),
        ("wheel_side_stiffness", F, (MAX_WHEELS,)),
        ("wheel_steer_channel", I, (MAX_WHEELS,)),
        ("wheel_steer_travel", F, (MAX_WHEELS,)),
        ("wheel_toe", F, (MAX_WHEELS,)),  # rad, turned to the right +
        ("wheel_drag", F, (MAX_WHEELS,)),  # rolling friction over that drawn
        # corners of everything that is not a wheel
        ("hull", I),
        ("hull_point", F, (MAX_HULL, 3)),
    ],
    align=True,
)

STATE = np.dtype(
    [
        # centre of gravity, principal axes of inertia (quaternion x, y, z, w), world axes; strike: 1 after a touch
        ("position", F, (3,)),
        ("principal", F, (4,)),
        ("velocity", F, (3,)),
        ("omega", F, (3,)),
        ("strike", F),
        ("time", F),
        ("substep", I),
        ("command", F, (5,)),
        ("command_queue", F, (MAX_DELAY, 5)),  # of the last control steps
        ("queue_head", I),
        ("delayed", F, (5,)),
        ("brake", F),
        ("deflection", F, (MAX_HINGES,)),
        ("servo", F, (MAX_HINGES,)),  # where each servo stands, as the deflection that it would be in a sound linkage
        ("deflection_rate", F, (MAX_HINGES,)),  # of the servo
        ("hinge_turned", F, (MAX_HINGES,)),  # deflection that counts for lift, rad (section.flap_effect)
        ("hinge_speed2", F, (MAX_HINGES,)),  # mean square of the flow's speed at each control
        ("rotor_speed", F, (MAX_MOTORS,)),
        ("charge_used", F, (MAX_MOTORS,)),
        ("thrust", F, (MAX_MOTORS,)),
        ("torque", F, (MAX_MOTORS,)),
        ("wash_axial", F, (MAX_MOTORS,)),
        ("wash_inflow", F, (MAX_MOTORS,)),
        ("tyre_side", F, (MAX_WHEELS,)),
        ("tyre_along", F, (MAX_WHEELS,)),
        ("wheel_load", F, (MAX_WHEELS,)),
        # air
        ("wind_reference", F, (3,)),
        ("wind_roughness", F),
        ("turbulence", F),
        ("gust_filter", F, (len(GUST_FILTERS),)),
        ("gust_now", F, (len(GUSTS),)),
        ("gust_next", F, (len(GUSTS),)),
        ("gust_lead", F, (2,)),  # of the upward and the sideways gust ahead of their means over the span, m/s
        ("gust_events", I),
        ("gust_start", F, (MAX_GUSTS,)),
        ("gust_length", F, (MAX_GUSTS,)),
        ("gust_peak", F, (MAX_GUSTS, 3)),
        ("wind", F, (3,)),
        # ground under it
        ("runway_rolling", F),
        ("runway_grip", F),
        # of the last substep, and means over a control step for the inertial sensors
        ("force_body", F, (3,)),
        ("moment_body", F, (3,)),
        ("air_force", F, (3,)),  # of air and propeller, body axes: held while the wheels take a substep in parts
        ("air_moment", F, (3,)),
        ("attached", F),
        ("airspeed", F),
        ("specific_force_sum", F, (3,)),
        ("rates_sum", F, (3,)),
        ("air_velocity", F, (3,)),
        ("alpha_rate", F),  # rad/s, for a coefficient aircraft with alphadot terms
        # scratch of the strips: speed along the chord and along the normal, upwash by own lift, induced velocity
        ("strip_along", F, (MAX_STRIPS,)),
        ("strip_across", F, (MAX_STRIPS,)),
        ("strip_source", F, (MAX_STRIPS,)),
        ("strip_induced", F, (MAX_STRIPS,)),
        ("surface_asked", F, (MAX_STRIPS,)),  # flow that a surface would turn in attached flow, and what it can
        ("surface_held", F, (MAX_STRIPS,)),
        ("strip_lift", F, (MAX_STRIPS,)),
    ],
    align=True,
)


def check_effects(effects: Iterable[str]) -> None:
    """Raise InputError, with the nearest known name, for a name that is not in EFFECTS."""
    for name in effects:
        if name not in EFFECTS:
            raise unknown_name("effect", name, EFFECTS)


def copied(record: np.ndarray) -> np.ndarray:
    """A copy, made of its bytes: NumPy's own goes field by field, which takes eight times as long."""
    return record.view(np.uint8).copy().view(record.dtype)


def new_state() -> np.ndarray:
    """A STATE record (length 1) of an aircraft at rest in still air."""
    return np.zeros(1, STATE)
