"""Slow servos: speed and bandwidth of all of them down to a third at severity 1.

On a real field: a weak receiver battery, cold grease, cheap servos. The surfaces lag behind the stick: fast corrections
come too late and overshoot.
"""

from __future__ import annotations

from envs.aircraft.aircraft import Aircraft
from envs.discrepancies._parts import all_controls, with_controls

RANGE = (0.0, 1.0)


def change(aircraft: Aircraft, severity: float) -> Aircraft:
    """Rate limit and bandwidth over those of the drawing."""
    return with_controls(aircraft, all_controls(aircraft), slow=1.0 - severity * 2.0 / 3.0)
