"""Which strip's lift bends the flow at which other strip: a one-row vortex lattice, solved once per aircraft.

Each strip carries a horseshoe vortex: bound along its quarter chord, trailing legs straight back along
body -x. Flow tangency is asked for at the three-quarter chord (Weissinger; Katz & Plotkin, Low-Speed
Aerodynamics, 2nd ed., ch. 12). Taking away what an endless wing would feel leaves the induced angle, so
that finite span, downwash on the tail, end plates, roll damping and aileron adverse yaw come out by
themselves, and the full-envelope section law can be used with the angle that the section really meets.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
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
        flows: flows that were worked out, which all slopes share.

    """

    edge_start: Array
    edge_end: Array
    control: Array
    normal: Array
    chord: Array
    slope: Array
    surface: Array
    flows: dict[tuple[str, float, float], Array] = field(default_factory=dict)

    def with_slope(self, slope: Array) -> Lattice:
        """The same strips with other section lift slopes (n,), 1/rad: what is geometry is not worked out again."""
        return replace(self, slope=slope)

    def _once(self, name: str, ground: float, ahead: float, work: Callable[[], Array]) -> Array:
        key = name, ground, ahead
        if key not in self.flows:
            self.flows[key] = work()
        return self.flows[key]

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
            image = self._once("image", ground, 0.0, lambda: self._image(ground))
            slow = np.where(self.same, -image, 0.0) @ alone / turned
        return induced @ solved, (bent - leaned) / turned, slow

    @property
    def _middle(self) -> Array:
        """Where the lift acts (n, 3): the middles of the quarter-chord lines."""
        return 0.5 * (self.edge_start + self.edge_end)

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
        return self._once("bends", ground, 0.0, lambda: self._bends_anew(ground))

    def _bends_anew(self, ground: float) -> Array:
        flow = self._once("bound", np.inf, 0.0, lambda: segment_velocity(self.control, *self._edges, 0.0))
        flow = flow + self._legs_flow(False, ground, 0.0)
        if np.isfinite(ground):
            flow = flow - segment_velocity(self.control, *self._mirrored(ground), self._width())
        return -(flow * self.normal[:, None]).sum(axis=2)

    def _image(self, ground: float) -> Array:
        """Flow along body x where the lift acts, of the mirror images of bound vortices, m/s (n, n)."""
        return segment_velocity(self._middle, *self._mirrored(ground), self._width())[:, :, 0]

    def _legs(self, ground: float, ahead: float) -> Array:
        """What pushes at the lift, of the trailing legs alone, begun `ahead` (m, body x) of the strips."""

        def work() -> Array:
            return -(self._legs_flow(True, ground, ahead) * self.normal[:, None]).sum(axis=2)

        return self._once("legs", ground, ahead, work)

    def _legs_flow(self, at_lift: bool, ground: float, ahead: float) -> Array:
        points, shift = self._middle if at_lift else self.control, np.array([ahead, 0.0, 0.0])

        def free() -> Array:
            # A trailing leg that passes close to another surface would act as a needle: give it a core, the same on
            # all of a surface, so that where two strips meet their legs cancel as they should.
            core = np.where(self.same, 0.0, self._width())
            return legs_velocity(points, self.edge_start - shift, self.edge_end - shift, core)

        flow = self._once("legs at lift" if at_lift else "legs at control", np.inf, ahead, free)
        if np.isfinite(ground):
            # Mirrored in the ground and turning the other way: no flow goes through it.
            start, end = self._mirrored(ground)
            flow = flow - legs_velocity(points, start - shift, end - shift, self._width())
        return flow

    @property
    def _edges(self) -> tuple[Array, Array]:
        return self.edge_start, self.edge_end

    def _mirrored(self, ground: float) -> tuple[Array, Array]:
        below = np.array([0.0, 0.0, -2.0 * ground])
        return self.edge_start * MIRROR + below, self.edge_end * MIRROR + below

    def _width(self) -> Array:
        """Half of the mean strip width of each source's surface (1, n), m."""
        width = np.linalg.norm(self.edge_end - self.edge_start, axis=1)
        return 0.5 * (np.where(self.same, width[:, None], 0.0).sum(axis=0) / self.same.sum(axis=0))[None, :]
