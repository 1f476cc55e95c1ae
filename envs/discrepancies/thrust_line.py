"""Thrust line out of true: every propeller's axis 4 deg to the right and 4 deg down at severity 1; -1: left and up.

On a real field: a motor mount bent on a rough landing, spacers left out. Trim changes with every touch of the throttle:
it yaws and pitches under power as it never did, and is in trim again with the motor off.
"""

from __future__ import annotations

from envs.aircraft.aircraft import Aircraft
from envs.discrepancies._parts import motors_of

RANGE = (-1.0, 1.0)


def change(aircraft: Aircraft, severity: float) -> Aircraft:
    """Besides the angles that are drawn."""
    units = [
        unit.model_copy(
            update={
                "right_thrust_deg": unit.right_thrust_deg + 4.0 * severity,
                "down_thrust_deg": unit.down_thrust_deg + 4.0 * severity,
            }
        )
        for unit in motors_of(aircraft)
    ]
    return aircraft.model_copy(update={"propulsion": tuple(units)})
