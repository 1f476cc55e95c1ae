"""A weak elevator: it turns the flow 70 % less at severity 1.

On a real field: a gap along the hinge, a soft pushrod that bends under load. Trim and flare take three times the stick,
and at low speed there is not enough of it left.
"""

from __future__ import annotations

from envs.aircraft.aircraft import Aircraft
from envs.discrepancies._parts import controls_of, with_controls

RANGE = (0.0, 1.0)


def change(aircraft: Aircraft, severity: float) -> Aircraft:
    """Effect of every control that the elevator channel moves."""
    return with_controls(aircraft, controls_of(aircraft, "elevator"), effect=1.0 - 0.7 * severity)
