"""Heavier than drawn: mass and inertia + 15 % at severity 1.

On a real field: a bigger battery, a repair, a coat of paint. It stalls faster, by the square root of the mass, and
needs more throttle to stay level.
"""

from __future__ import annotations

from envs.aircraft.aircraft import Aircraft

RANGE = (0.0, 1.0)


def change(aircraft: Aircraft, severity: float) -> Aircraft:
    """Mass (kg) and inertia (kg m2) scaled alike, so that they stay those of a rigid body."""
    factor = 1.0 + 0.15 * severity
    mass = aircraft.mass
    heavier = mass.model_copy(update={k: getattr(mass, k) * factor for k in ("mass_kg", "Ixx", "Iyy", "Izz", "Ixz")})
    return aircraft.model_copy(update={"mass": heavier})
