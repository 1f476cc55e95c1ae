"""The rudder stuck at 8 deg at severity 1; + turns the nose right. Of a V-tail or twin fins one half: + the right one.

On a real field: a servo that died, a cable off its horn. The aircraft skids and is held straight with bank; a wheel
that steers with the rudder is stuck with it. At small severities it is stuck nearly in the middle, not repaired.
"""

from __future__ import annotations

from envs.aircraft.aircraft import Aircraft
from envs.discrepancies._parts import one_stuck

RANGE = (-1.0, 1.0)


def change(aircraft: Aircraft, severity: float) -> Aircraft:
    """No further than it travels."""
    return one_stuck(aircraft, "rudder", severity, 8.0)
