"""One aileron stuck 8 deg trailing edge up at severity 1: + the right one, which rolls right, - the left one.

On a real field: a stripped servo, a clevis off its horn. The other aileron must hold what this one does, and half of
the roll control is left to fly with. At small severities it is stuck nearly in the middle, not repaired.
"""

from __future__ import annotations

from envs.aircraft.aircraft import Aircraft
from envs.discrepancies._parts import one_stuck

RANGE = (-1.0, 1.0)


def change(aircraft: Aircraft, severity: float) -> Aircraft:
    """Of elevons one of them; no further than it travels."""
    return one_stuck(aircraft, "aileron", severity, 8.0)
