"""A worn or chipped propeller: 25 % less thrust from the same power at severity 1.

On a real field: nicked and sanded blades, a wrong size. The motor turns as ever and sounds right; the take-off run
grows, the climb falls, level flight takes more throttle.
"""

from __future__ import annotations

from envs.aircraft.aircraft import Aircraft
from envs.discrepancies._parts import motors_of

RANGE = (0.0, 1.0)


def change(aircraft: Aircraft, severity: float) -> Aircraft:
    """The thrust coefficient of every propeller where it pulls; what it takes and where it brakes stay as drawn."""
    units = []
    for unit in motors_of(aircraft):
        worn = tuple(CT * (1.0 - 0.25 * severity) if CT > 0.0 else CT for CT in unit.propeller.CT)
        units.append(unit.model_copy(update={"propeller": unit.propeller.model_copy(update={"CT": worn})}))
    return aircraft.model_copy(update={"propulsion": tuple(units)})
