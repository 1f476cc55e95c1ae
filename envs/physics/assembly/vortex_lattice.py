"""Which strip's lift bends the flow at which other strip: a one-row vortex lattice, solved once per aircraft.

Each strip carries a horseshoe vortex: bound along its quarter chord, trailing legs straight back along
body -x. Flow tangency is asked for at the three-quarter chord (Weissinger; Katz & Plotkin, Low-Speed
Aerodynamics, 2nd ed., ch. 12). Taking away what an endless wing would feel leaves the induced angle, so
that finite span, downwash on the tail, end plates, roll damping and aileron adverse yaw come out by
themselves, and the full-envelope section law can be used with the angle that the section really meets.
"""

from __future__ import annotations

import numpy as np

from envs.base.frames import Array

FAR = np.array([-200.0, 0.0, 0.0])  # "infinity": far beyond any model's length, m


def segment_velocity(points: Array, start: Array, end: Array, core_m: Array | float) -> Array:
    """Velocity (n, m, 3) m/s at points (n, 3) of straight vortices of unit strength from start to end (m, 3).

    Biot-Savart with a core (m, or (n, m)) that keeps it finite (Katz & Plotkin eq. 10.115); any one frame.
    """
    to_start, to_end = points[:, None] - start[None], points[:, None] - end[None]
    along = np.broadcast_to(end - start, to_start.shape)
    cross = np.cross(to_start, to_end)
    lengths = np.linalg.norm(to_start, axis=2), np.linalg.norm(to_end, axis=2)
    size = (cross**2).sum(axis=2) + np.asarray(core_m) ** 2 * (along**2).sum(axis=2)
    usable = (size > 1e-16) & (lengths[0] > 1e-9) & (lengths[1] > 1e-9)
    near, far = np.maximum(lengths[0], 1e-9), np.maximum(lengths[1], 1e-9)
    shape = (along * (to_start / near[..., None] - to_end / far[..., None])).sum(axis=2)
    return cross * np.where(usable, shape / (4 * np.pi * np.where(usable, size, 1.0)), 0.0)[..., None]


def legs_velocity(points: Array, start: Array, end: Array, core_m: Array | float) -> Array:
    """Velocity (n, m, 3) at points of the trailing legs of unit horseshoes whose bound parts run start to end."""
    return segment_velocity(points, start + FAR, start, core_m) + segment_velocity(points, end, end + FAR, core_m)


def induced_angles(
    edge_start: Array, edge_end: Array, control: Array, normal: Array, chord: Array, slope: Array, surface: Array
) -> tuple[Array, Array]:
    """(D (n, n), tilt (n,)): induced angle (rad) at each strip = D @ geometric angle of all strips (rad).

    Arguments, body axes: quarter-chord ends and three-quarter-chord control points (n, 3) m, unit normals (n, 3),
    chord square to the span line (n,) m, section lift slope (n,) 1/rad, surface index (n,). The bound vortex runs
    start -> end such that positive circulation lifts along the normal. `tilt`: how much of the induced angle
    also leans the lift back (about 0.8): at the three-quarter chord the flow is bent further than where the lift
    acts, and the drag would come out too large.
    """
    same = surface[:, None] == surface[None, :]
    # A trailing leg that passes close to another surface would act as a needle: give it a core, the same on all of
    # a surface, so that where two strips meet their legs cancel as they should.
    width = np.where(same, np.linalg.norm(edge_end - edge_start, axis=1)[None, :], 0.0).sum(axis=1) / same.sum(axis=1)
    core = np.where(same, 0.0, 0.5 * width[None, :])
    bound = segment_velocity(control, edge_start, edge_end, 0.0)
    influence = -((legs_velocity(control, edge_start, edge_end, core) + bound) * normal[:, None]).sum(axis=2)
    # Section law: circulation = V c slope / 2 (angle - induced @ circulation / V), less what an endless wing has.
    induced = influence - np.diag(1.0 / (np.pi * chord))
    solved = np.linalg.inv(np.diag(2.0 / (chord * slope)) + induced)
    # Each surface by itself, all its strips at one radian: where the legs bend the flow at the lift itself.
    at_lift = -(legs_velocity(0.5 * (edge_start + edge_end), edge_start, edge_end, core) * normal[:, None]).sum(axis=2)
    circulation = np.where(same, solved, 0.0).sum(axis=1)
    leaned, bent = np.where(same, at_lift, 0.0) @ circulation, np.where(same, induced, 0.0) @ circulation
    return induced @ solved, np.clip(leaned / np.where(np.abs(bent) > 1e-6, bent, 1e-6), 0.5, 1.0)
