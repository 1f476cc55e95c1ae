"""How finely wheels on stiff legs must be computed: into how many parts a substep near the ground is cut.

Springs and dampers are integrated explicitly (velocities first, then place). One mass m on a spring k and a damper c
is then stable while c dt / m + k dt^2 / (2 m) < 2 (the eigenvalues of that step, Jury's criterion), and comes to rest
without ringing of the step's own making below 1. On an aircraft all legs share mass and inertia, so c / m and k / m
are the largest eigenvalues of M^-1 D and M^-1 K over the six motions of the body.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from envs.base.errors import InputError
from envs.base.frames import Array
from envs.physics.kernels.landing_gear import BOTTOMED_STIFFER, TYRE_DAMPING

SMOOTH = 1.25  # most of c dt / m + k dt^2 / (2 m) in a part: a leg may give back a quarter of a hard landing
MOST_PARTS = 16  # of a substep: legs that need more ring faster than anything else in this world (600 Hz at 240 1/s)
NEVER_BOTTOMS_M = 1.0  # travel of a wheel that has none given
UP, ACROSS = [2], [0, 1]  # body axes


def gear_parts(p: np.void, name: str, wheels: Sequence[str]) -> int:
    """Parts of a substep of `p["time_step"]` (s) that the wheels in a PARAMETERS record need; 1 for soft legs.

    Args:
        p: the record's row, with mass, inertia and wheels filled in.
        name: of the aircraft, for errors.
        wheels: the name of each wheel in the record.

    Raises:
        InputError: legs so stiff for the mass that MOST_PARTS are not enough.
    """
    n, dt = int(p["wheels"]), float(p["time_step"])
    if n == 0:
        return 1
    damping, stiffness, side = (p[f"wheel_{key}"][:n] for key in ("damping", "stiffness", "side_stiffness"))
    # A leg at the end of its travel is stiffer.
    spring = np.where(p["wheel_travel"][:n] < NEVER_BOTTOMS_M, 1.0 + BOTTOMED_STIFFER, 1.0) * stiffness
    tyre, arms = np.full(n, TYRE_DAMPING), _arms(p["wheel_contact"][:n])
    damper_rate = _fastest(p, _matrix(arms, damping, UP) + _matrix(arms, tyre, ACROSS))
    spring_rate = 0.5 * _fastest(p, _matrix(arms, spring, UP) + _matrix(arms, side, ACROSS))
    for parts in range(1, MOST_PARTS + 1):
        part = dt / parts
        if damper_rate * part + spring_rate * part**2 <= SMOOTH:
            return parts
    part = dt / MOST_PARTS
    needs = {
        ("damping_Ns_per_m", "N s/m"): (damping, _fastest(p, _matrix(arms, damping, UP)) * part),
        ("stiffness_N_per_m", "N/m"): (stiffness, 0.5 * _fastest(p, _matrix(arms, spring, UP)) * part**2),
        ("side_stiffness_N_per_m", "N/m"): (side, 0.5 * _fastest(p, _matrix(arms, side, ACROSS)) * part**2),
    }
    (key, unit), (values, need) = max(needs.items(), key=lambda item: item[1][1])
    stiffest = int(np.argmax(values))
    value = float(values[stiffest])
    raise InputError(
        f"aircraft {name!r}: wheel {wheels[stiffest]!r}: {key} {value:g} is too stiff for {float(p['mass']):g} kg to "
        f"be computed: at most about {value * 0.5 * SMOOTH / need:.2g} {unit}"
    )


def _arms(contact: Array) -> Array:
    """(3, n, 6): how a push along each body axis at each contact moves and turns the body."""
    arms = np.zeros((3, len(contact), 6))
    x, y, z = contact.T
    for axis in range(3):
        arms[axis, :, axis] = 1.0
    # cross products of each contact with each axis
    arms[0, :, 4], arms[0, :, 5] = z, -y
    arms[1, :, 3], arms[1, :, 5] = -z, x
    arms[2, :, 3], arms[2, :, 4] = y, -x
    return arms


def _matrix(arms: Array, values: Array, axes: Sequence[int]) -> Array:
    """(6, 6): what so much of a spring or damper at each contact, along body axes, makes of motions and rotations."""
    total = np.zeros((6, 6))
    for axis in axes:
        total += arms[axis].T @ (values[:, None] * arms[axis])
    return total


def _fastest(p: np.void, matrix: Array) -> float:
    """Largest eigenvalue of M^-1 times such a matrix: per s of dampers, per s^2 of springs."""
    inverse = np.zeros((6, 6))
    inverse[:3, :3], inverse[3:, 3:] = np.eye(3) / p["mass"], p["inertia_inverse"]
    return float(np.abs(np.linalg.eigvals(inverse @ matrix)).max())
