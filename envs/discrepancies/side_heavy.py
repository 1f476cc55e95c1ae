"""Centre of gravity 4 % of the span out of the middle at severity 1; + to the right, which rolls it right.

On a real field: a heavier half wing, a battery strapped in off its axis. It needs aileron held all the time, more of it
the slower it flies, and drops the heavy wing at the stall and off the ground.
"""

from __future__ import annotations

from envs.aircraft.aircraft import Aircraft
from envs.discrepancies._parts import with_center_moved

RANGE = (-1.0, 1.0)


def change(aircraft: Aircraft, severity: float) -> Aircraft:
    """Mass and moments of inertia stay as drawn."""
    return with_center_moved(aircraft, left_m=-0.04 * severity * aircraft.span_m)
