"""Heavier than drawn: mass and inertia + 30 % at severity 1; lighter at negative ones, - 15 % at -1.

On a real field: a bigger battery, repairs, coats of paint. It stalls faster, by the square root of the mass, takes off
and lands longer and needs more throttle to stay level. A lighter one floats on past the runway.
"""

from __future__ import annotations

from envs.aircraft.aircraft import Aircraft
from envs.discrepancies._parts import with_mass_times

RANGE = (-1.0, 1.0)


def change(aircraft: Aircraft, severity: float) -> Aircraft:
    """Mass and inertia."""
    return with_mass_times(aircraft, 1.0 + (0.30 if severity > 0.0 else 0.15) * severity)
