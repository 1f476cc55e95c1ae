"""Ailerons out of trim: the linkage holds them where 0.35 of the stick would at severity 1; + rolls right.

On a real field: clevises screwed on by eye, a servo arm one spline off. It rolls off hands-free, and straight flight
needs the stick, or so much trim, held against it; at full stick that way the ailerons go beyond their travel.
"""

from __future__ import annotations

from envs.aircraft.aircraft import Aircraft
from envs.discrepancies._parts import rigged

RANGE = (-1.0, 1.0)


def change(aircraft: Aircraft, severity: float) -> Aircraft:
    """Elevons stand as that much aileron moves them."""
    return rigged(aircraft, {"aileron": 0.35 * severity})
