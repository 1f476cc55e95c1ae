"""A bent wheel leg: one main wheel toes in by 4 deg at severity 1; + the right wheel, which pulls left, - the left one.

On a real field: wire legs after a hard landing. On the roll it pulls to the other side, the more the more load is on
that wheel, and scrubs off speed; in the air nothing is to be seen of it.
"""

from __future__ import annotations

from envs.aircraft.aircraft import Aircraft
from envs.discrepancies._parts import as_built, main_wheel, side_of

RANGE = (-1.0, 1.0)


def change(aircraft: Aircraft, severity: float) -> Aircraft:
    """Toe (deg, + turned to the right): the right wheel to the left, the left one to the right."""
    built = aircraft.built.with_wheel(main_wheel(aircraft), side_of(severity), toe_deg=-4.0 * severity)
    return as_built(aircraft, built)
