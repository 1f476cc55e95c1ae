"""Which strip's lift bends the flow at which other strip: a one-row vortex lattice, solved once per aircraft.

Each strip carries a horseshoe vortex: bound along its quarter chord, trailing legs straight back along
body -x. Flow tangency is asked for at the three-quarter chord (Weissinger; Katz & Plotkin, Low-Speed
Aerodynamics, 2nd ed., ch. 12). Taking away what an endless wing would feel leaves the induced angle, so
that finite span, downwash on the tail, end plates, roll damping and aileron adverse yaw come out by
themselves, and the full-envelope section law can be used with the angle that the section really meets.
"""

from __future__ import annotations

import numpy as np

from envs.frames import Array


def segment_velocity(point: Array, start: Array, end: Array, core_m: float) -> Array:
    """Velocity (m/s) at `point` induced by a straight vortex of unit strength from `start` to `end`.

    Biot-Savart with a core that keeps it finite (Katz & Plotkin eq. 10.115); positions in m, any one frame.
    """
    to_start, to_end, along = point - start, point - end, end - start
    cross = np.cross(to_start, to_end)
    length_start, length_end = np.linalg.norm(to_start), np.linalg.norm(to_end)
    if length_start < 1e-9 or length_end < 1e-9:
        return np.zeros(3)
    denominator = cross @ cross + (core_m**2) * (along @ along)
    if denominator < 1e-16:
        return np.zeros(3)
    return cross / (4 * np.pi * denominator) * (along @ (to_start / length_start - to_end / length_end))


def horseshoe_velocity(point: Array, left: Array, right: Array, core_m: float) -> Array:
    """Velocity at `point` of a unit horseshoe vortex whose bound part runs from `left` to `right`."""
    far = np.array([-200.0, 0.0, 0.0])  # "infinity": far beyond any model's length, m
    return (segment_velocity(point, left + far, left, core_m) + segment_velocity(point, left, right, 0.0)
            + segment_velocity(point, right, right + far, core_m))


def induced_angle_matrix(
    edge_start: Array, edge_end: Array, control: Array, normal: Array, chord: Array, slope: Array, surface: Array
) -> Array:
    """Matrix D (n, n): induced angle (rad) at each strip = D @ geometric angle of all strips (rad).

    Arguments, body axes: quarter-chord ends and three-quarter-chord control points (n, 3) m, unit normals (n, 3),
    chord square to the span line (n,) m, section lift slope (n,) 1/rad, surface index (n,). The bound vortex runs
    start -> end such that positive circulation lifts along the normal.
    """
    count = len(chord)
    influence = np.empty((count, count))
    for i in range(count):
        for j in range(count):
            # A trailing leg that passes close to another surface would act as a needle: give it a core.
            core = 0.0 if surface[i] == surface[j] else 0.5 * float(np.linalg.norm(edge_end[j] - edge_start[j]))
            influence[i, j] = -horseshoe_velocity(control[i], edge_start[j], edge_end[j], core) @ normal[i]
    endless_wing = np.diag(1.0 / (np.pi * chord))
    induced = influence - endless_wing
    # Section law: circulation = V c slope / 2 (angle - induced @ circulation / V).
    return induced @ np.linalg.inv(np.diag(2.0 / (chord * slope)) + induced)
