"""A fin that is bent: its tip is turned by 5 degrees at severity 1; + pushes the nose right, - left.

On a real field: it leaned against something in the car, or was glued on askew. It flies with rudder held, slips in
every turn to one side, and swings on the take-off run as the tail comes up.
"""

from __future__ import annotations

from envs.aircraft.aircraft import Aircraft
from envs.discrepancies._parts import as_built, fins_of

RANGE = (-1.0, 1.0)


def change(aircraft: Aircraft, severity: float) -> Aircraft:
    """Twist of every upright fin."""
    built = aircraft.built
    for fin in fins_of(aircraft):
        built = built.with_half(fin.name, "both", twist_deg=-5.0 * severity)
    return as_built(aircraft, built)
