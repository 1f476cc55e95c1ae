"""The tip of one half wing torn off: its outer 20 % at severity 1; + the right half, which rolls right, - the left.

On a real field: a wing tip has met a tree or a fence. Area, drag, mass and inertia of the piece are gone with the piece
of aileron on it and whatever stands on the tip. It rolls towards the stump, turns away from it, stalls sooner.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from envs.aircraft.aircraft import Aircraft, Mass, Surface
from envs.aircraft.as_built import Side
from envs.aircraft.outline import drawn_aircraft
from envs.discrepancies._parts import as_built, side_of, wing_of

RANGE = (-1.0, 1.0)
LOST = 0.2
WING_SHARE = 0.25
"""Of the whole mass, what a wing weighs, spread evenly over its area; estimated: kits of 1 to 2 m span, 0.2 to 0.3."""
SLICES = 40


def change(aircraft: Aircraft, severity: float) -> Aircraft:
    """The piece's share of everything."""
    side, lost = side_of(severity), LOST * abs(severity)
    wing = wing_of(aircraft)
    end = wing.sections[-1].leading_edge_m[1] * (1.0 - lost)
    others = [s for s in drawn_aircraft(aircraft).surfaces if s.mirrored and s.name != wing.name]
    carried = [surface for surface in others if _stands_beyond(surface, end)]
    built = aircraft.built.with_half(wing.name, side, lost_span=lost)
    if aircraft.coefficient_model:  # without strips, what is left of a control acts as its span times its arm
        for control in wing.controls:
            first, last = control.span
            kept = min(last, max(first, 1.0 - lost))
            built = built.with_control(control.name, side, effect=(kept**2 - first**2) / (last**2 - first**2))
    else:
        for surface in carried:
            built = built.with_half(surface.name, side, lost_span=1.0)
    piece = np.vstack([_slices(wing, 1.0 - lost), *(_slices(s, 0.0) for s in carried)])
    whole = sum(_slices(s, 0.0)[:, 0].sum() for s in (wing, *carried))
    piece[:, 0] *= 0.5 * WING_SHARE * aircraft.mass.mass_kg / whole
    return as_built(aircraft.model_copy(update={"mass": _without(aircraft.mass, piece, side)}), built)


def _stands_beyond(surface: Surface, y: float) -> bool:
    """Whether a surface stands on a wing's tip, beyond y (m, to the left)."""
    return min(rib.leading_edge_m[1] for rib in surface.sections) > y - 1e-6


def _slices(surface: Surface, first: float) -> np.ndarray:
    """(n, 5): area, place of the middle (x, y, z of the drawing, left half) and chord of slices from a station on."""
    edges = np.array([rib.leading_edge_m for rib in surface.sections])
    chords = [rib.chord_m for rib in surface.sections]
    stations = np.concatenate([[0.0], np.cumsum([np.linalg.norm((b - a)[1:]) for a, b in pairwise(edges)])])
    width = (1.0 - first) * stations[-1] / SLICES
    at = first * stations[-1] + width * (np.arange(SLICES) + 0.5)
    chord = np.interp(at, stations, chords)
    places = np.array([np.interp(at, stations, edges[:, k]) for k in range(3)]).T
    places[:, 0] -= 0.5 * chord
    return np.column_stack([chord * width, places, chord])


def _without(mass: Mass, piece: np.ndarray, side: Side) -> Mass:
    """Mass properties without a piece: (n, 5) of mass (kg), place (m, drawing, left half), chord (m) of its slices.

    Parallel axes (Huygens & Steiner). The products of inertia that a lopsided aircraft has across its plane of
    symmetry are left out: some hundredths of its moments.
    """
    before = np.array(mass.center_of_gravity_m)
    part, chord = piece[:, 0], piece[:, 4]
    places = piece[:, 1:4] * [1.0, -1.0 if side == "right" else 1.0, 1.0] - before
    left = mass.mass_kg - part.sum()
    shift = -(part @ places) / left

    def moment(first: int, second: int) -> float:
        return float(
            part @ (places[:, first] ** 2 + places[:, second] ** 2) + left * (shift[first] ** 2 + shift[second] ** 2)
        )

    own = float(part @ chord**2) / 12.0  # of a flat slice, about the axes across its chord
    lost_xz = float(-(part @ (places[:, 0] * places[:, 2])) - left * shift[0] * shift[2])
    return mass.model_copy(
        update={
            "mass_kg": float(left),
            "center_of_gravity_m": tuple((before + shift).tolist()),
            "Ixx": mass.Ixx - moment(1, 2),
            "Iyy": mass.Iyy - moment(0, 2) - own,
            "Izz": mass.Izz - moment(0, 1) - own,
            "Ixz": mass.Ixz - lost_xz,
        }
    )
