"""The inertial unit is mounted pitched: turned 4 deg at severity 1; + its nose up.

On a real field: stuck in by eye, on foam that has given way. The pitch shown is 4 deg too high: who holds the usual
attitude flies lower and faster.
"""

from __future__ import annotations

from envs.aircraft.aircraft import Aircraft
from envs.discrepancies._parts import as_built

RANGE = (-1.0, 1.0)


def change(aircraft: Aircraft, severity: float) -> Aircraft:
    """Its attitude in the body (deg)."""
    return as_built(aircraft, aircraft.built.with_sensors(pitch_deg=4.0 * severity))
