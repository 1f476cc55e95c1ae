"""One half of the elevator stays where it is: 4 degrees off at severity 1, up +, down -; the other half works on.

On a real field: a horn or the wire that joins the halves came loose. Pitch takes twice the stick and has a trim of its
own, and each pull rolls the aircraft a little. It is the right half, which flutters at its neutral for severities near
0. An elevator in one piece cannot have it.
"""

from __future__ import annotations

from envs.aircraft.aircraft import Aircraft
from envs.base.errors import InputError
from envs.discrepancies._parts import as_built, controls_of

RANGE = (-1.0, 1.0)
STUCK_DEG = 4.0


def change(aircraft: Aircraft, severity: float) -> Aircraft:
    """The right half of what the elevator channel moves, which must not be one piece."""
    halves = [half for half in controls_of(aircraft, "elevator") if half.side == "right"]
    if not halves:
        raise InputError(f"aircraft {aircraft.name!r} has no elevator in two halves")
    built = aircraft.built
    for half in halves:
        built = built.with_control(half.control, "right", stuck_deg=-STUCK_DEG * severity)
    return as_built(aircraft, built)
