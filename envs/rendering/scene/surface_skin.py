"""The skin of one wing, tail or fin: an aerofoil section swept from root to tip, cut where controls are hinged."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from envs.aircraft.aircraft import ControlSurface, Surface
from envs.aircraft.as_built import HalfBuilt
from envs.rendering.scene.solids import Points, Solid, joined, loft, normals

Colour = tuple[float, float, float]  # red, green, blue, 0..1

# Top and underside differ strongly and tips differ from the middle: how model pilots keep their orientation.
TOP, TOP_TIP = (0.98, 0.78, 0.08), (0.94, 0.93, 0.90)
UNDERSIDE, UNDERSIDE_TIP = (0.10, 0.22, 0.55), (0.92, 0.92, 0.90)
CONTROL_TOP, CONTROL_UNDERSIDE = (0.86, 0.17, 0.11), (0.86, 0.30, 0.12)
FUSELAGE, FUSELAGE_NOSE = (0.95, 0.94, 0.91), (0.84, 0.15, 0.11)
TIP_FROM = 0.78  # fraction of the half span where the tip's colour starts
TORN, STRIPE = (0.90, 0.74, 0.50), (0.24, 0.17, 0.30)  # bare wood where a tip is torn off; on a half that lost lift
STRIPES, TOOTH = 9, 0.022  # stripes on a half; depth of the teeth of a torn edge, of the half span

CHORD_STOPS = np.array([0.0, 0.012, 0.06, 0.16, 0.32, 0.55, 0.8, 1.0])  # fractions of the chord, dense at the nose
HINGE_GAP = 0.006  # of the chord, so that the cut shows


class SurfaceSkin:
    """The left half (or the whole) of a surface, body axes (m) from `origin`; thickness is a share of the chord.

    `built` is how that half was built: without its torn-off tip (the edge is ragged and bare), warped, and striped
    where it lost lift, the wider the more.
    """

    def __init__(self, surface: Surface, thickness: float, origin: Points, built: HalfBuilt) -> None:
        self.surface, self._end = surface, 1.0 - built.lost_span
        self._twist = math.radians(built.twist_deg)
        stripe = min(0.7, max(0.2, 2.0 * abs(1.0 - built.lift))) / STRIPES if built.lift != 1.0 else 0.0
        self._stripes = [((k + 0.5) / STRIPES - 0.5 * stripe, stripe) for k in range(STRIPES)] if stripe else []
        self._edges = np.array([rib.leading_edge_m for rib in surface.sections]) - origin
        self._chords = np.array([rib.chord_m for rib in surface.sections])
        self._incidences = np.radians([rib.incidence_deg for rib in surface.sections])
        steps = np.linalg.norm(np.diff(self._edges[:, 1:], axis=0), axis=1)
        self._marks = np.concatenate([[0.0], np.cumsum(steps)])
        self._length = float(self._marks[-1])
        self._marks /= self._marks[-1]
        self._controls = surface.controls
        self._thickness = thickness
        _, across_y, across_z = self._edges[-1] - self._edges[0]
        self.upright = abs(across_z) > abs(across_y)
        self.has_tip_colour = surface.mirrored and thickness > 0.1

    def fixed(self) -> tuple[Solid, Points] | None:
        """The solid of all that does not turn and the colours of its triangles, or None if everything turns."""
        ends = {0.0, self._end, *(end for control in self._controls for end in control.span)}
        if self.has_tip_colour:
            ends.add(TIP_FROM)
        pieces: list[tuple[Solid, Points]] = []
        for low, high in self._pieces(ends):
            middle = 0.5 * (low + high)
            control = next((c for c in self._controls if min(c.span) < middle < max(c.span)), None)
            until = 1.0 - control.chord_fraction if control else 1.0
            if until > 0.02:
                pieces.append(self._skin(low, high, 0.0, until, *self._colours(middle)))
        return _merged(pieces) if pieces else None

    def moving(self, control: ControlSurface) -> tuple[Solid, Points] | None:
        """The solid of the part behind a control's hinge line, and the colours of its triangles; None: torn off."""
        low, high = control.span
        if low >= self._end - 1e-6:
            return None
        start = 1.0 - control.chord_fraction
        front = start + (HINGE_GAP if start > 0 else 0.0)
        return _merged(
            [
                self._skin(*piece, front, 1.0, *self._striped(0.5 * sum(piece), CONTROL_TOP, CONTROL_UNDERSIDE))
                for piece in self._pieces({low, min(high, self._end)})
            ]
        )

    def _pieces(self, ends: set[float]) -> list[tuple[float, float]]:
        """The stretches of the span between ends, and between these and the edges of stripes, without what is torn."""
        last = min(max(ends), self._end)
        marks = {e for start, width in self._stripes for e in (start, start + width) if min(ends) < e < last}
        return [
            (low, high) for low, high in pairwise(sorted(ends | marks)) if high <= last + 1e-9 and high - low > 1e-6
        ]

    def _striped(self, mark: float, top: Colour, under: Colour) -> tuple[Colour, Colour]:
        """Both colours, or a stripe's."""
        inside = any(start < mark < start + width for start, width in self._stripes)
        return (STRIPE, STRIPE) if inside else (top, under)

    def hinge_line(self, control: ControlSurface) -> tuple[Points, Points]:
        """A point of the line that a control turns about (m), and the line's unit vector from root to tip.

        An all-moving surface turns about 25 % of its chord.
        """
        share = 1.0 - control.chord_fraction if control.chord_fraction < 0.98 else 0.25
        ends = []
        for mark in control.span:
            edge, chord, aft, _ = self._rib(mark)
            ends.append(edge + share * chord * aft)
        root, tip = ends
        along = tip - root
        return root, along / np.linalg.norm(along)

    def _colours(self, mark: float) -> tuple[Colour, Colour]:
        if self.upright:
            return self._striped(mark, TOP, TOP)
        tip = self.has_tip_colour and mark > TIP_FROM
        return self._striped(mark, *((TOP_TIP, UNDERSIDE_TIP) if tip else (TOP, UNDERSIDE)))

    def _rib(self, mark: float) -> tuple[Points, float, Points, Points]:
        """(leading edge, chord, unit vector aft along the chord, unit normal) at a fraction of the span."""
        edge = np.array([np.interp(mark, self._marks, self._edges[:, axis]) for axis in range(3)])
        chord = float(np.interp(mark, self._marks, self._chords))
        incidence = float(np.interp(mark, self._marks, self._incidences)) + self._twist * mark
        panel = min(int(np.searchsorted(self._marks, mark, side="right")) - 1, len(self._marks) - 2)
        across = (self._edges[panel + 1] - self._edges[panel]) * [0.0, 1.0, 1.0]
        up = np.cross([1.0, 0.0, 0.0], across / np.linalg.norm(across))
        aft = -math.cos(incidence) * np.array([1.0, 0.0, 0.0]) - math.sin(incidence) * up
        normal = math.cos(incidence) * up - math.sin(incidence) * np.array([1.0, 0.0, 0.0])
        return edge, chord, aft, normal

    def _skin(
        self, low: float, high: float, front: float, back: float, top: Colour, under: Colour
    ) -> tuple[Solid, Points]:
        between = self._marks[(self._marks > low + 1e-6) & (self._marks < high - 1e-6)]
        inner = np.array([stop for stop in CHORD_STOPS if front + 0.01 < stop < back - 0.01])
        stops = inner
        if front == 0.0:
            stops = np.concatenate([CHORD_STOPS[:2], stops[stops > CHORD_STOPS[1]]])
        else:
            stops = np.concatenate([[front], stops])
        stops = np.concatenate([stops, [back]])
        half = self._thickness * _half_thickness(stops)
        rings, torn = [], self._end < 1.0 and high >= self._end - 1e-9
        for mark in (low, *between, high):
            edge, chord, aft, normal = self._rib(float(mark))
            # a rounded tip: the last rib of a whole surface is half as thick
            scale = chord * (0.45 if mark == 1.0 else 1.0)
            line = edge + np.outer(stops * chord, aft)
            if torn and mark == high:
                line += np.outer(TOOTH * self._length * np.sin(29.0 * stops), np.cross(aft, normal))
            upper, lower = line + np.outer(half * scale, normal), line - np.outer(half * scale, normal)
            rings.append(np.concatenate([upper[::-1], lower]))
        solid = loft(rings)
        *_, aft, upwards = self._rib(0.5 * (low + high))
        facing = normals(*solid)
        colours = np.where((facing @ upwards > -0.05)[:, None], top, under)
        if torn:
            colours[facing @ np.cross(aft, upwards) > 0.6] = TORN
        return solid, colours


def _half_thickness(share: Points) -> Points:
    """Half thickness over chord of a NACA four-digit section of thickness 1, with a closed trailing edge."""
    x = np.clip(share, 0.0, 1.0)
    return 5 * (0.2969 * np.sqrt(x) - 0.1260 * x - 0.3516 * x**2 + 0.2843 * x**3 - 0.1036 * x**4) + 0.02 * x


def _merged(pieces: list[tuple[Solid, Points]]) -> tuple[Solid, Points]:
    return joined([solid for solid, _ in pieces]), np.concatenate([colours for _, colours in pieces])
