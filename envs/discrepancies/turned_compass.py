"""The compass shows 15 deg too much heading at severity 1; + clockwise.

On a real field: mounted askew, or beside the motor's cables. Heading is wrong while the track over the ground is right:
it crabs as in a crosswind that is not there.
"""

from __future__ import annotations

from envs.aircraft.aircraft import Aircraft
from envs.discrepancies._parts import as_built

RANGE = (-1.0, 1.0)


def change(aircraft: Aircraft, severity: float) -> Aircraft:
    """Heading shown less the true one (deg)."""
    return as_built(aircraft, aircraft.built.with_sensors(compass_deg=15.0 * severity))
