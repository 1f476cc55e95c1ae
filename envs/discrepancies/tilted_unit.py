"""The inertial unit is mounted tilted: turned 4 deg in roll at severity 1; + its right side down.

On a real field: stuck in by eye. Wings level, it shows a bank: an autopilot that levels what is shown flies a turn.
"""

from __future__ import annotations

from envs.aircraft.aircraft import Aircraft
from envs.discrepancies._parts import as_built

RANGE = (-1.0, 1.0)


def change(aircraft: Aircraft, severity: float) -> Aircraft:
    """Its attitude in the body (deg)."""
    return as_built(aircraft, aircraft.built.with_sensors(roll_deg=4.0 * severity))
