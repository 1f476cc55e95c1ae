"""How far a flown figure is from the path asked for, second by second."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from envs.base.frames import Array
from envs.figures.guide import wanted_speed
from envs.figures.judge.judging import AHEAD_B, BACK_B
from envs.figures.judge.track import see
from envs.flights.judging import Judged


class Deviations(NamedTuple):
    """A flown figure as the judge sees it, n samples from its begin to its end, and its errors.

    `time_s` (n,) of the log; `along_m` (n,) progress along the path; `position` (n, 3) m, `direction` and `canopy`
    (n, 3) unit vectors, world axes; `distance_m` (n,) from the path; `canopy_deg` (n,) between the canopy and the one
    asked for there; `wanted_mps` (n,) airspeed asked for there.
    """

    time_s: Array
    position: Array
    direction: Array
    canopy: Array
    distance_m: Array
    canopy_deg: Array
    wanted_mps: Array
    along_m: Array


def deviations(judged: Judged, stall_mps: float) -> Deviations:
    """Errors of a figure flown by an aircraft of a stall speed (m/s).

    Progress along the path is looked for near the last one only, as the judge does. Before the entry and beyond the
    exit the lines there go on.
    """
    path, sheet = judged.path, judged.sheet
    ahead = path.tangent[0] * np.array([1.0, 1.0, 0.0])
    seen = see(judged.track, ahead / np.linalg.norm(ahead))
    rows = slice(seen.at(sheet.start_s), max(seen.at(sheet.end_s), seen.at(sheet.start_s) + 1) + 1)
    position, canopy = seen.position[rows], seen.canopy[rows]
    s, last = np.empty(len(position)), 0.0
    for row, point in enumerate(position):
        back, reach = (BACK_B, AHEAD_B) if row else (0.0, 2.0 * AHEAD_B)
        last = s[row] = path.nearest(point, last, back * path.span_m, reach * path.span_m)
    asked = path.sample(s)
    off, tangent = position - asked[:, 0:3], asked[:, 3:6]
    beyond = (s <= 0.0) | (s >= path.length_m)
    off -= np.where(beyond, np.einsum("ij,ij->i", off, tangent), 0.0)[:, None] * tangent
    cosine = np.einsum("ij,ij->i", canopy, asked[:, 6:9])
    return Deviations(
        seen.time_s[rows],
        position,
        seen.direction[rows],
        canopy,
        np.linalg.norm(off, axis=1),
        np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))),
        np.interp(s, path.s_m, wanted_speed(path, stall_mps)),
        s,
    )
