"""How the movable parts of an aircraft turn, also where a linkage is not as drawn or a wheel is bent."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from envs.aircraft.aircraft import Aircraft
from envs.aircraft.as_built import ControlBuilt
from envs.aircraft.halves import control_built, sides
from envs.base.frames import CHANNELS
from envs.physics.assembly.strips import Hinge
from envs.rendering.scene.solids import Points


@dataclass(frozen=True)
class Turning:
    """How a part turns: about the line through `point` (3,), m, along `axis` (3,), a unit vector, both in body axes.

    The angle, by the right-hand rule, is `rest` with the sticks centred (`centred`: what the channels' deflections are
    then, rad), and changes by gain x channel deflection; it is limited to `least` .. `most` (rad).
    """

    point: Points
    axis: Points
    gains: Mapping[str, float]
    least: float
    most: float
    rest: float = 0.0
    centred: Mapping[str, float] = field(default_factory=dict)

    def angle(self, deflections_deg: Mapping[str, float]) -> float:
        """Angle (rad) for channel deflections in degrees, pilot's signs; a channel that is missing is centred."""
        total = self.rest + sum(
            gain * (math.radians(deflections_deg[name]) - self.centred.get(name, 0.0))
            for name, gain in self.gains.items()
            if name in deflections_deg
        )
        return min(self.most, max(self.least, total))


class Swing(NamedTuple):
    """The part of a Turning that follows from linkages: see there. Angles: trailing edge to the underside +, rad."""

    gains: Mapping[str, float]
    least: float
    most: float
    rest: float
    centred: Mapping[str, float]


def swings(aircraft: Aircraft, hinges: Sequence[Hinge]) -> dict[str, Swing]:
    """{hinge's name: how it follows from what a log tells}; `aircraft` is a drawing of surfaces (drawn_aircraft).

    A log has the mean deflection of each channel's hinges. Where every linkage is as drawn, each hinge has just that.
    Else the mean is taken apart: all servos of a channel move alike, each moves its own surface by its own linkage,
    and one that is stuck stays (lag and play within a channel are not told apart).
    """
    built = _built_of(aircraft)
    signs = np.array([np.sign(hinge.gains) for hinge in hinges]).reshape(-1, len(CHANNELS))
    rests = np.array([_rest(built[hinge.name]) for hinge in hinges])
    gains, centred = signs, np.zeros(len(CHANNELS))
    if aircraft.built.controls:
        count = np.maximum(1, np.count_nonzero(signs, axis=0))
        shares = np.array([0.0 if _stuck(built[h.name]) else built[h.name].gain for h in hinges])
        moved = shares[:, None] * signs  # of each hinge, per servo stroke of each channel
        mean = (signs / count).T
        gains, centred = moved @ np.linalg.pinv(mean @ moved), mean @ rests
    found = {}
    for number, hinge in enumerate(hinges):
        own, rest = built[hinge.name], float(rests[number])
        up_down = (hinge.travel_up, hinge.travel_down) if own.gain >= 0 else (hinge.travel_down, hinge.travel_up)
        reach = (0.0, 0.0) if _stuck(own) else (abs(own.gain) * up_down[0], abs(own.gain) * up_down[1])
        found[hinge.name] = Swing(
            dict(zip(CHANNELS, gains[number].tolist(), strict=True)),
            rest - reach[0],
            rest + reach[1],
            rest,
            dict(zip(CHANNELS, centred.tolist(), strict=True)),
        )
    return found


def _built_of(aircraft: Aircraft) -> dict[str, ControlBuilt]:
    """{name of the hinge: how it was built}."""
    return {
        control.name + ("" if side == "both" else f"_{side}"): control_built(aircraft, control.name, side)
        for surface in aircraft.surfaces
        for side in sides(surface.mirrored)
        for control in surface.controls
    }


def _stuck(built: ControlBuilt) -> bool:
    return built.stuck_deg is not None


def _rest(built: ControlBuilt) -> float:
    """Angle with the sticks centred, trailing edge to the underside +, rad."""
    return math.radians(built.offset_deg if built.stuck_deg is None else built.stuck_deg)
