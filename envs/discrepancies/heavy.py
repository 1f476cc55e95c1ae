"""Heavier than drawn: mass and inertia + 30 % at severity 1; lighter at negative ones, - 15 % at -1.

On a real field: a bigger battery, repairs, coats of paint. It stalls faster, by the square root of the mass, takes off
and lands longer and needs more throttle to stay level. A lighter one floats on past the runway.
"""

from __future__ import annotations

from envs.aircraft.aircraft import Aircraft

RANGE = (-1.0, 1.0)


def change(aircraft: Aircraft, severity: float) -> Aircraft:
    """Mass (kg) and inertia (kg m2) scaled alike, so that they stay those of a rigid body."""
    factor = 1.0 + (0.30 if severity > 0.0 else 0.15) * severity
    mass = aircraft.mass
    heavier = mass.model_copy(update={k: getattr(mass, k) * factor for k in ("mass_kg", "Ixx", "Iyy", "Izz", "Ixz")})
    return aircraft.model_copy(update={"mass": heavier})
