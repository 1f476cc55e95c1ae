"""A weak rudder: it turns the flow 70 % less at severity 1.

On a real field: a torn hinge, a soft cable, a surface that flexes. It swings on the take-off run and will not point
into a crosswind; wheels steer as ever.
"""

from __future__ import annotations

from envs.aircraft.aircraft import Aircraft
from envs.discrepancies._parts import controls_of, with_controls

RANGE = (0.0, 1.0)


def change(aircraft: Aircraft, severity: float) -> Aircraft:
    """Effect of every control that the rudder channel moves."""
    return with_controls(aircraft, controls_of(aircraft, "rudder"), effect=1.0 - 0.7 * severity)
