"""The names of everything that is measured in a flight, in the order of the kernels' arrays and of a flight log."""

from __future__ import annotations

import math
from collections import namedtuple

import numpy as np

# SI and rad, pilot's signs. Positions are of the centre of gravity.
QUANTITIES = (
    "time",
    "x",
    "y",
    "z",
    "vx",
    "vy",
    "vz",
    "roll",
    "pitch",
    "heading",
    "qx",
    "qy",
    "qz",
    "qw",
    "p",
    "q",
    "r",
    "airspeed",
    "alpha",
    "beta",
    "load_factor",
    "wind_x",
    "wind_y",
    "wind_z",
    "aileron_cmd",
    "elevator_cmd",
    "rudder_cmd",
    "throttle_cmd",
    "aileron",
    "elevator",
    "rudder",
    "throttle",
    "height",  # of the lowest wheel above ground
    "wheels_on_ground",
    "strike",
    "accel_x",
    "accel_y",  # felt acceleration forward and right, m/s2
    "rotor_speed",
    "thrust",
    "attached",
    "runway_in_sight",  # 0 to 1, as the camera in the nose has it
    # relative to the leg the task wants flown (right of it is +)
    "cross_track",
    "cross_speed",
    "along_track",
    "along_speed",
    "course_error",
    "height_error",
    "phase",  # which part of the flight the task is at
)
Quantities = namedtuple("Quantities", QUANTITIES)  # 48 floats: spelled out once, above
AT = Quantities(*range(len(QUANTITIES)))
"""Where each quantity stands in an array of them: `truth[AT.height]`, in Python and in the kernels."""

AHEAD = ("off", "near", "mid", "far", "farther")  # how far along the path: where one is, and four points ahead of it
PATH_QUANTITIES = (
    *(f"up_{axis}" for axis in "xyz"),  # the world's up
    *(f"track_{axis}" for axis in "xyz"),  # velocity over the ground, m/s
    *(f"way_{axis}" for axis in "xyz"),  # tangent of the path asked for, unit
    *(
        f"{name}_{axis}"
        for point in AHEAD  # from the aircraft to a point of the path, m; the canopy asked for there, unit
        for name in (point, "roof" if point == "off" else f"{point}_roof")
        for axis in "xyz"
    ),
    *(f"aim_{axis}" for axis in "yz"),  # velocity over the ground less that of the same size along the path, m/s
    "too_fast",  # airspeed over that asked for, m/s
    "pivot",  # -1: a stall turn to the left is near, +1: to the right
    "spin",  # likewise, of a spin
)
"""Where a figure is flown, behind QUANTITIES: its path from where the aircraft is, in body axes (x forward, y left)."""
PATH_AT = namedtuple("PATH_AT", PATH_QUANTITIES)(*range(len(QUANTITIES), len(QUANTITIES) + len(PATH_QUANTITIES)))
"""Where each of them stands."""

SIDEWAYS = frozenset(
    {
        *("y", "vy", "roll", "heading", "qx", "qz", "p", "r", "beta", "wind_y", "aileron_cmd", "rudder_cmd"),
        *("aileron", "rudder", "accel_y", "cross_track", "cross_speed", "course_error", "pivot", "spin"),
        *(name for name in PATH_QUANTITIES if name.endswith("_y")),
    }
)
"""What changes its sign in the mirror image of a flight, its left and right swapped; all else stays as it is."""

# World axes, body axes and the pilot's signs as in envs/base/frames.py; the unit ends each name. Positions are of
# the centre of gravity, p, q, r roll right, pitch up and yaw right, height_m is the lowest wheel's.
COLUMNS: tuple[str, ...] = (
    "time_s",
    "x_m",
    "y_m",
    "z_m",
    "vx_mps",
    "vy_mps",
    "vz_mps",
    "roll_deg",
    "pitch_deg",
    "heading_deg",
    "qx",
    "qy",
    "qz",
    "qw",
    "p_dps",
    "q_dps",
    "r_dps",
    "airspeed_mps",
    "alpha_deg",
    "beta_deg",
    "load_factor",
    "wind_x_mps",
    "wind_y_mps",
    "wind_z_mps",
    "aileron_cmd",
    "elevator_cmd",
    "rudder_cmd",
    "throttle_cmd",
    "aileron_deg",
    "elevator_deg",
    "rudder_deg",
    "throttle",
    "height_m",
    "wheels_on_ground",
    "strike",
)
"""Of every flight log, in this order; more may follow."""

LOG_NAMES = (*COLUMNS, "accel_x_mps2", "accel_y_mps2", "rotor_radps", "thrust_N", "attached")
"""The columns that FlightEnv writes: the first QUANTITIES, each with its unit."""
LOG_FACTORS = np.array([180 / math.pi if name.endswith(("_deg", "_dps")) else 1.0 for name in LOG_NAMES])
"""From a quantity in SI and rad to its column."""
