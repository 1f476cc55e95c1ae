"""Rudder out of trim: the linkage holds it where 0.35 of the stick would at severity 1; + yaws right.

On a real field: unequal pull-pull cables. It flies with the ball out, rolls by its dihedral, and leaves the runway's
line on the roll unless it is held; a wheel that steers with the rudder is out with it.
"""

from __future__ import annotations

from envs.aircraft.aircraft import Aircraft
from envs.discrepancies._parts import rigged

RANGE = (-1.0, 1.0)


def change(aircraft: Aircraft, severity: float) -> Aircraft:
    """The halves of a V-tail stand as that much rudder moves them: against each other."""
    return rigged(aircraft, {"rudder": 0.35 * severity})
