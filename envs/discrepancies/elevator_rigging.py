"""Elevator out of trim: the linkage holds it where 0.35 of the stick would at severity 1; + pitches up.

On a real field: a pushrod a few turns too long or short. Hands off it zooms or dives, and it trims at another speed
than the one that the pilot expects until the stick is held against it.
"""

from __future__ import annotations

from envs.aircraft.aircraft import Aircraft
from envs.discrepancies._parts import rigged

RANGE = (-1.0, 1.0)


def change(aircraft: Aircraft, severity: float) -> Aircraft:
    """Elevons and V-tails stand as that much elevator moves them: both halves alike."""
    return rigged(aircraft, {"elevator": 0.35 * severity})
