"""Which strip's lift bends the flow at which other strip: a one-row vortex lattice, solved once per aircraft.

Each strip carries a horseshoe vortex: bound along its quarter chord, trailing legs straight back along
body -x. Flow tangency is asked for at the three-quarter chord (Weissinger; Katz & Plotkin, Low-Speed
Aerodynamics, 2nd ed., ch. 12). Taking away what an endless wing would feel leaves the induced angle, so
that finite span, downwash on the tail, end plates, roll damping and aileron adverse yaw come out by
themselves, and the full-envelope section law can be used with the angle that the section really meets.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from envs.base.frames import Array, cross_product

FAR = np.array([-200.0, 0.0, 0.0])  # "infinity": far beyond any model's length, m
MIRROR = np.array([1.0, 1.0, -1.0])  # of a level ground


def segment_velocity(points: Array, start: Array, end: Array, core_m: Array | float) -> Array:
    """Velocity (n, m, 3) m/s at points (n, 3) of straight vortices of unit strength from start to end (m, 3).

    Biot-Savart with a core (m, or (n, m)) that keeps it finite (Katz & Plotkin eq. 10.115); any one frame.
    """
    to_start, to_end = points[:, None] - start[None], points[:, None] - end[None]
    along = np.broadcast_to(end - start, to_start.shape)
    cross = cross_product(to_start, to_end)
    lengths = np.linalg.norm(to_start, axis=2), np.linalg.norm(to_end, axis=2)
    size = (cross**2).sum(axis=2) + np.asarray(core_m) ** 2 * (along**2).sum(axis=2)
    usable = (size > 1e-16) & (lengths[0] > 1e-9) & (lengths[1] > 1e-9)
    near, far = np.maximum(lengths[0], 1e-9), np.maximum(lengths[1], 1e-9)
    shape = (along * (to_start / near[..., None] - to_end / far[..., None])).sum(axis=2)
    return cross * np.where(usable, shape / (4 * np.pi * np.where(usable, size, 1.0)), 0.0)[..., None]


def legs_velocity(points: Array, start: Array, end: Array, core_m: Array | float) -> Array:
    """Velocity (n, m, 3) at points of the trailing legs of unit horseshoes whose bound parts run start to end."""
    return segment_velocity(points, start + FAR, start, core_m) + segment_velocity(points, end, end + FAR, core_m)


class Solution(NamedTuple):
    """The lattice solved at one height: flow bent per circulation (n, n) 1/m, circulation per angle (n, n) m.

    And for each surface by itself, all its strips at one radian: circulation (n,) m, angle bent (n,) rad.
    """

    induced: Array
    solved: Array
    alone: Array
    bent: Array


@dataclass(frozen=True)
class Lattice:
    """Horseshoe vortices, one a strip, of a whole aircraft; body axes, m.

    Attributes:
        edge_start, edge_end: quarter-chord ends (n, 3); positive circulation start -> end lifts along the normal.
        control: three-quarter chord points (n, 3), where the flow has to follow the surface.
        normal: unit normals (n, 3).
        chord: square to the span line (n,).
        slope: section lift slope (n,), 1/rad.
        surface: index of the surface (n,).

    """

    edge_start: Array
    edge_end: Array
    control: Array
    normal: Array
    chord: Array
    slope: Array
    surface: Array

    @property
    def same(self) -> Array:
        """Whether two strips belong to one surface (n, n)."""
        return self.surface[:, None] == self.surface[None, :]

    def induced_angles(self, ground: float = np.inf) -> tuple[Array, Array, Array]:
        """(D (n, n), lean (n,), slow (n,)): induced angle (rad) at each strip = D @ geometric angle of all (rad).

        `ground`: how far (m) below the origin the ground lies under the level aircraft, whose mirror image then bends
        the flow too (Katz & Plotkin ch. 12.3). `lean`: how much less (rad per rad that the section turns) the lift
        leans back than the flow is bent at the three-quarter chord, which is further than where the lift acts. `slow`:
        share of its speed that the flow loses between wing and image, per rad that the section turns.
        """
        free = self._free
        induced, solved, alone, bent = free if np.isinf(ground) else self._solved(ground)
        # In free air the legs bend the flow at the lift itself; held between half and all of what they and the bound
        # vortices bend at the control point.
        share = self._at_lift / np.where(np.abs(free.bent) > 1e-6, free.bent, 1e-6)
        leaned = np.clip(share, 0.5, 1.0) * free.bent
        if np.isfinite(ground):
            # As the downwash far behind, which is what drags (Munk), changes with the mirror image.
            near = np.where(self.same, self._legs(ground, FAR[0]), 0.0) @ alone
            leaned = leaned * near / self._far_behind
        turned = 2.0 * alone / (self.chord * self.slope)
        slow = np.zeros_like(turned)
        if np.isfinite(ground):
            # Body x, against the flow; of all other vortices the mirror images of bound ones alone have any.
            image = segment_velocity(self._middle, *self._mirrored(ground), self._width())[:, :, 0]
            slow = np.where(self.same, -image, 0.0) @ alone / turned
        return induced @ solved, (bent - leaned) / turned, slow

    @property
    def _middle(self) -> Array:
        """Where the lift acts (n, 3): the middles of the quarter-chord lines."""
        return 0.5 * (self.edge_start + self.edge_end)

    @cached_property
    def _known_legs(self) -> dict[tuple[bool, float], Array]:
        return {}

    @cached_property
    def _bound(self) -> Array:
        """Flow (n, n, 3) of the bound vortices at the control points."""
        return segment_velocity(self.control, self.edge_start, self.edge_end, 0.0)

    @cached_property
    def _free(self) -> Solution:
        return self._solved(np.inf)

    @cached_property
    def _at_lift(self) -> Array:
        return np.where(self.same, self._legs(np.inf, 0.0), 0.0) @ self._free.alone

    @cached_property
    def _far_behind(self) -> Array:
        return np.where(self.same, self._legs(np.inf, FAR[0]), 0.0) @ self._free.alone

    def _solved(self, ground: float) -> Solution:
        # Section law: circulation = V c slope / 2 (angle - induced @ circulation / V), less what an endless wing has.
        induced = self._bends(ground) - np.diag(1.0 / (np.pi * self.chord))
        solved = np.asarray(np.linalg.inv(np.diag(2.0 / (self.chord * self.slope)) + induced), dtype=np.float64)
        alone = np.where(self.same, solved, 0.0).sum(axis=1)
        return Solution(induced, solved, alone, np.where(self.same, induced, 0.0) @ alone)

    def _bends(self, ground: float) -> Array:
        """What all vortices of unit circulation push against the normals at the control points, m/s (n, n)."""
        flow = self._bound + self._legs_flow(False, ground, 0.0)
        if np.isfinite(ground):
            flow = flow - segment_velocity(self.control, *self._mirrored(ground), self._width())
        return -(flow * self.normal[:, None]).sum(axis=2)

    def _legs(self, ground: float, ahead: float) -> Array:
        """The same at the lift, of the trailing legs alone, begun `ahead` (m, body x) of the strips."""
        flow = self._legs_flow(True, ground, ahead)
        return -(flow * self.normal[:, None]).sum(axis=2)

    def _legs_flow(self, at_lift: bool, ground: float, ahead: float) -> Array:
        flow = self._free_legs_flow(at_lift, ahead)
        if np.isfinite(ground):
            points, shift = self._middle if at_lift else self.control, np.array([ahead, 0.0, 0.0])
            # Mirrored in the ground and turning the other way: no flow goes through it.
            start, end = self._mirrored(ground)
            flow = flow - legs_velocity(points, start - shift, end - shift, self._width())
        return flow

    def _free_legs_flow(self, at_lift: bool, ahead: float) -> Array:
        """The same in free air, worked out once for all heights."""
        key = at_lift, ahead
        if key not in self._known_legs:
            points, shift = self._middle if at_lift else self.control, np.array([ahead, 0.0, 0.0])
            # A trailing leg that passes close to another surface would act as a needle: give it a core, the same on
            # all of a surface, so that where two strips meet their legs cancel as they should.
            core = np.where(self.same, 0.0, self._width())
            self._known_legs[key] = legs_velocity(points, self.edge_start - shift, self.edge_end - shift, core)
        return self._known_legs[key]

    def _mirrored(self, ground: float) -> tuple[Array, Array]:
        below = np.array([0.0, 0.0, -2.0 * ground])
        return self.edge_start * MIRROR + below, self.edge_end * MIRROR + below

    def _width(self) -> Array:
        """Half of the mean strip width of each source's surface (1, n), m."""
        width = np.linalg.norm(self.edge_end - self.edge_start, axis=1)
        return 0.5 * (np.where(self.same, width[:, None], 0.0).sum(axis=0) / self.same.sum(axis=0))[None, :]
