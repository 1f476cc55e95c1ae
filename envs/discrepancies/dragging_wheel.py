"""A dragging wheel: rolling friction of one main wheel 6 times that drawn at severity 1; + the right one, - the left.

On a real field: grass wound round the axle, a wheel pant that rubs. On the roll it pulls to that side and the take-off
run grows; after landing it swings to that side as it slows down.
"""

from __future__ import annotations

from envs.aircraft.aircraft import Aircraft
from envs.discrepancies._parts import as_built, main_wheel, side_of

RANGE = (-1.0, 1.0)


def change(aircraft: Aircraft, severity: float) -> Aircraft:
    """Rolling friction over that drawn."""
    built = aircraft.built.with_wheel(main_wheel(aircraft), side_of(severity), rolling=1.0 + 5.0 * abs(severity))
    return as_built(aircraft, built)
