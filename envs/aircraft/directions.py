"""Which way each control of a drawing turns for each of the pilot's channels, and by how much of its travel.

Signs as everywhere for controls: trailing edge down +, of an upright fin left +. The strips find the same ways from
their own lever arms (envs/physics/assembly/strips.py); here it is asked for without cutting an aircraft into strips.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from envs.aircraft.aircraft import Aircraft, ControlSurface, Surface
from envs.aircraft.as_built import Side
from envs.aircraft.coefficient_model import CoefficientModel
from envs.aircraft.halves import sides

TURNS: dict[str, dict[str, float]] = {
    "both": {"elevator": -1.0, "rudder": -1.0, "flap": 1.0},
    "left": {"aileron": 1.0, "elevator": -1.0, "rudder": -1.0, "flap": 1.0},
    "right": {"aileron": -1.0, "elevator": -1.0, "rudder": 1.0, "flap": 1.0},
}
"""Of a coefficient aircraft, whose file has no lever arms: of a control in one piece, a left half, a right half.

Rudder on halves: those of an upright V-tail.
"""


@dataclass(frozen=True)
class ControlHalf:
    """One control of one side: what full stick of each channel asks of it [travel], and its travels (deg)."""

    control: str
    side: Side
    asks: dict[str, float]
    up_deg: float
    down_deg: float

    def deflection_deg(self, channel: str, stick: float) -> float:
        """Where it stands with that much of a channel's stick alone; trailing edge down +."""
        asked = self.asks.get(channel, 0.0) * stick
        return asked * (self.down_deg if asked > 0.0 else self.up_deg)


_Known = tuple[tuple[Surface, ...], CoefficientModel | None, list[ControlHalf]]
_known: dict[tuple[int, int, tuple[float, ...]], _Known] = {}
_MOST_KNOWN = 64


def control_halves(aircraft: Aircraft) -> list[ControlHalf]:
    """Every control of every side, in the order of the kernels' records.

    Kept for the same surfaces: many discrepancies ask for it, in every flight of a training.
    """
    parts, model = aircraft.surfaces, aircraft.coefficient_model
    key = id(parts), id(model), aircraft.mass.center_of_gravity_m
    known = _known.get(key)
    if known is None or known[0] is not parts or known[1] is not model:
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        known = _known[key] = (parts, model, _halves(aircraft))
    return list(known[2])


def _halves(aircraft: Aircraft) -> list[ControlHalf]:
    model = aircraft.coefficient_model
    if model:
        return [
            ControlHalf(
                c.name,
                side,
                {channel: weight * TURNS[side].get(channel, 0.0) for channel, weight in c.mix.items()},
                c.travel_deg,
                c.travel_down_deg or c.travel_deg,
            )
            for c in model.controls
            for side in sides(c.mirrored)
        ]
    center = np.array(aircraft.mass.center_of_gravity_m)
    return [
        ControlHalf(c.name, side, _asks(surface, side, c, center), c.travel_deg, c.travel_down_deg or c.travel_deg)
        for surface in aircraft.surfaces
        for side in sides(surface.mirrored)
        for c in surface.controls
    ]


def _asks(surface: Surface, side: Side, control: ControlSurface, center: np.ndarray) -> dict[str, float]:
    """{channel: share of the travel}: its sign from the moment of lift along the normal over the control's span."""
    mirror = -1.0 if side == "right" else 1.0
    edges = np.array([s.leading_edge_m for s in surface.sections]) * [1.0, mirror, 1.0] - center
    chords = np.array([s.chord_m for s in surface.sections])
    stations = np.concatenate([[0.0], np.cumsum([np.linalg.norm((b - a)[1:]) for a, b in pairwise(edges)])])
    at = np.linspace(*control.span, 21) * stations[-1]
    ends = [np.interp(at, stations, edges[:, k]) for k in range(3)]
    chord = np.interp(0.5 * (at[1:] + at[:-1]), stations, chords)
    x, y, z = (0.5 * (end[1:] + end[:-1]) for end in ends)
    x = x - 0.25 * chord
    # Normal of a piece: x cross its way along the span (0, b, c), so (0, -c, b), on both halves upwards.
    upward = mirror if surface.mirrored else 1.0
    along_y, along_z = (np.diff(end) * upward for end in ends[1:])
    effect = {
        "aileron": (chord * (y * along_y + z * along_z)).sum(),
        "elevator": (chord * x * along_y).sum(),
        "rudder": (chord * x * along_z).sum(),
        "flap": along_y.sum(),
    }
    return {channel: weight * float(np.sign(effect[channel])) for channel, weight in control.mix.items()}
