"""Slop in all linkages: 3 deg of play in every control at severity 1.

On a real field: worn clevises and servo gears. Around neutral nothing answers, then more than was meant: it hunts about
every attitude, and an eager autopilot makes that an oscillation.
"""

from __future__ import annotations

from envs.aircraft.aircraft import Aircraft
from envs.discrepancies._parts import all_controls, with_controls

RANGE = (0.0, 1.0)


def change(aircraft: Aircraft, severity: float) -> Aircraft:
    """Play (deg) of every control surface."""
    return with_controls(aircraft, all_controls(aircraft), play_deg=3.0 * severity)
