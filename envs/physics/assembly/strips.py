"""Cuts the surfaces of an aircraft into strips, each with its own section plane."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from envs.aircraft.aircraft import Aircraft, Airfoil, ControlSurface, Surface
from envs.aircraft.as_built import HalfBuilt
from envs.aircraft.halves import half_built, sides
from envs.base.errors import InputError
from envs.base.frames import CHANNELS, Array, cross_product


@dataclass(frozen=True)
class Hinge:
    """One moving control: its channel gains (per CHANNELS, trailing edge down +) and travel up and down (rad)."""

    name: str
    gains: tuple[float, ...]
    travel_up: float
    travel_down: float


@dataclass(frozen=True)
class Strip:
    """One strip of a surface; positions from the centre of gravity, body axes, m."""

    surface: int
    airfoil: Airfoil
    edge_start: Array  # quarter-chord ends, ordered so that circulation start -> end lifts along `normal`
    edge_end: Array
    control: Array  # three-quarter chord point, where the flow has to follow the surface
    chordwise: Array  # unit, forward along the chord, square to the span line
    normal: Array  # unit, the way positive lift points
    chord: float  # square to the span line, m
    area: float
    hinge: int  # index into the hinges, -1 without one
    flap_lift: float  # change of zero-lift angle per rad of deflection
    flap_moment: float  # change of section moment coefficient per rad
    flap_chord: float  # hinged share of the chord
    span_range: tuple[float, float]  # from, to as fractions of the half span
    flap_stall: float  # share of the lift change that also raises the maximum lift (PHYSICS.md 2.4)
    twist: float  # of the wing as built, rad, + nose up
    lift: float  # of the section as built, over that drawn

    @property
    def position(self) -> Array:
        """Middle of the quarter-chord line (3,), m."""
        return 0.5 * (self.edge_start + self.edge_end)


def cut_strips(aircraft: Aircraft) -> tuple[list[Strip], list[Hinge]]:
    """All strips and hinges of an aircraft. A mirrored surface gives its left half, then its right half."""
    strips: list[Strip] = []
    hinges: list[Hinge] = []
    center = np.array(aircraft.mass.center_of_gravity_m)
    for index, surface in enumerate(aircraft.surfaces):
        for side, name in zip((1.0, -1.0), sides(surface.mirrored), strict=False):
            built = half_built(aircraft.built.halves, surface.name, name)
            half = _cut_half(surface, index, side, center, built)
            for control in surface.controls:
                label = control.name + ({1.0: "_left", -1.0: "_right"}[side] if surface.mirrored else "")
                _attach(control, label, half, hinges, surface)
            left = 1.0 - built.lost_span + 1e-9
            strips.extend(Strip(**fields) for fields in half if fields["span_range"][1] <= left)
    return strips, hinges


def section_built(built: HalfBuilt, at: float) -> tuple[float, float]:
    """(twist rad, lift over that drawn) as built of a strip whose middle is at a fraction of the half span."""
    return math.radians(built.twist_deg) * at, built.lift


def _cut_half(surface: Surface, index: int, side: float, center: Array, built: HalfBuilt) -> list[dict[str, Any]]:
    flip = np.array([1.0, side, 1.0])
    edges = [np.array(s.leading_edge_m) * flip - center for s in surface.sections]
    chords = [s.chord_m for s in surface.sections]
    incidences = [math.radians(s.incidence_deg) for s in surface.sections]
    # Position along the span: length of the leading edge seen from ahead.
    stations = np.concatenate([[0.0], np.cumsum([np.linalg.norm((b - a)[1:]) for a, b in pairwise(edges)])])
    stations /= stations[-1]
    cuts = _cuts(surface, 1.0 - built.lost_span)
    half = []
    for low, high in pairwise(cuts):
        ends = [np.array([np.interp(t, stations, [e[k] for e in edges]) for k in range(3)]) for t in (low, high)]
        widths = [float(np.interp(t, stations, chords)) for t in (low, high)]
        middle = 0.5 * (low + high)
        twist, lift = section_built(built, middle)
        incidence = float(np.interp(middle, stations, incidences))
        across = (ends[1] - ends[0]) * np.array([0.0, 1.0, 1.0])
        across /= np.linalg.norm(across)
        # Chord plane: body x turned nose-up by the incidence about the span direction seen from ahead.
        up = cross_product(np.array([1.0, 0.0, 0.0]), across) * (side if surface.mirrored else 1.0)
        chord_line = math.cos(incidence) * np.array([1.0, 0.0, 0.0]) + math.sin(incidence) * up
        quarters = [end - 0.25 * width * chord_line for end, width in zip(ends, widths, strict=True)]
        span_line = quarters[1] - quarters[0]
        length = float(np.linalg.norm(span_line))
        span_line = span_line / length
        chordwise = chord_line - (chord_line @ span_line) * span_line
        sweep_cosine = float(np.linalg.norm(chordwise))
        chordwise = chordwise / sweep_cosine
        normal = cross_product(chordwise, span_line) * (side if surface.mirrored else 1.0)
        mean_chord = 0.5 * (widths[0] + widths[1])
        # Kutta-Joukowski: air from ahead past circulation along start -> end lifts along (start -> end) x chordwise.
        ordered = quarters if cross_product(span_line, chordwise) @ normal > 0 else quarters[::-1]
        half.append(
            {
                "surface": index,
                "airfoil": surface.airfoil,
                "edge_start": ordered[0],
                "edge_end": ordered[1],
                "control": 0.5 * (quarters[0] + quarters[1]) - 0.5 * mean_chord * chord_line,
                "chordwise": chordwise,
                "normal": normal,
                "chord": mean_chord * sweep_cosine,
                "area": mean_chord * sweep_cosine * length,
                "hinge": -1,
                "flap_lift": 0.0,
                "flap_moment": 0.0,
                "flap_stall": 1.0,
                "flap_chord": 0.0,
                "span_range": (float(low), float(high)),
                "twist": twist,
                "lift": lift,
            }
        )
    return half


def _cuts(surface: Surface, torn: float) -> Array:
    """Strip borders as fractions of the (half) span: every end of a control, and of what is left, is one."""
    marks = sorted({0.0, 1.0, round(torn, 6), *(round(end, 6) for c in surface.controls for end in c.span)})
    cuts = [0.0]
    for low, high in pairwise(marks):
        pieces = max(1, round(surface.strips * (high - low)))
        cuts.extend(np.linspace(low, high, pieces + 1)[1:])
    return np.array(cuts)


def _attach(
    control: ControlSurface, label: str, half: list[dict[str, Any]], hinges: list[Hinge], surface: Surface
) -> None:
    """Give the strips under a control their flap figures, and the control its channel directions."""
    moment = np.zeros(3)
    theta = math.acos(max(-1.0, min(1.0, 2 * control.chord_fraction - 1)))
    lift = 1 - (theta - math.sin(theta)) / math.pi  # thin-aerofoil flap effectiveness (PHYSICS.md 2.4)
    pitching = -0.5 * math.sin(theta) * (1 - math.cos(theta))
    touched = False
    for fields in half:
        low, high = fields["span_range"]
        covered = max(0.0, min(high, control.span[1]) - max(low, control.span[0])) / (high - low)
        if covered < 1e-6:
            continue
        if fields["hinge"] >= 0:
            raise InputError(
                f"surface {surface.name!r}: controls share a strip at span {low:.2f} to {high:.2f}; "
                f"use more strips or move {control.name!r}"
            )
        touched = True
        fields["hinge"] = len(hinges)
        fields["flap_lift"] = lift * covered * control.effectiveness
        fields["flap_moment"] = pitching * covered * control.effectiveness
        fields["flap_chord"] = control.chord_fraction
        fields["flap_stall"] = float(
            np.interp(control.chord_fraction, [0, 0.2, 0.4, 0.6, 0.8, 1], [1, 0.83, 0.65, 0.3, 0.15, 0])
        )
        middle = 0.5 * (fields["edge_start"] + fields["edge_end"])
        moment += cross_product(middle, fields["normal"]) * fields["area"] * covered
    if not touched:
        raise InputError(f"control {control.name!r} is on no strip of surface {surface.name!r}")
    hinges.append(
        Hinge(
            label,
            _directions(control, moment, half, surface),
            math.radians(control.travel_deg),
            math.radians(control.travel_down_deg or control.travel_deg),
        )
    )


def _directions(
    control: ControlSurface, moment: Array, half: list[dict[str, Any]], surface: Surface
) -> tuple[float, ...]:
    """Which way (trailing edge down + = lift along the normal) each channel must turn this control."""
    area = sum(f["area"] for f in half)
    effect = {"aileron": moment[0], "elevator": -moment[1], "rudder": -moment[2], "flap": half[0]["normal"][2]}
    gains = []
    for channel in CHANNELS:
        weight = control.mix.get(channel, 0.0)
        if weight and abs(effect[channel]) < 1e-3 * area:
            raise InputError(f"control {control.name!r} on surface {surface.name!r} has no lever arm for {channel}")
        gains.append(weight * float(np.sign(effect[channel])))
    return tuple(gains)
