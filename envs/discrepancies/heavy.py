"""Heavier than drawn: mass and inertia + 15 % at severity 1 (a bigger battery and a coat of paint)."""

from __future__ import annotations

from envs.aircraft.aircraft import Aircraft


def change(aircraft: Aircraft, severity: float) -> Aircraft:
    """Scale mass and inertia alike, so that they stay those of a rigid body."""
    factor = 1.0 + 0.15 * severity
    mass = aircraft.mass
    heavier = mass.model_copy(update={k: getattr(mass, k) * factor for k in ("mass_kg", "Ixx", "Iyy", "Izz", "Ixz")})
    return aircraft.model_copy(update={"mass": heavier})
