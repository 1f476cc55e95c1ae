"""Satellite fixes come later: by 200 ms more at severity 1.

On a real field: a cheap receiver, a slow serial line. Position and speed over the ground lag behind by some metres,
most in turns and in the flare.
"""

from __future__ import annotations

from envs.aircraft.aircraft import Aircraft
from envs.discrepancies._parts import as_built

RANGE = (0.0, 1.0)


def change(aircraft: Aircraft, severity: float) -> Aircraft:
    """Delay (s) besides that of the receiver."""
    return as_built(aircraft, aircraft.built.with_sensors(fix_delay_s=0.2 * severity))
