"""A tired battery: open-circuit voltage - 10 % and twice the resistance at severity 1; an engine has none.

On a real field: an old or cold pack. The motor turns slower at full throttle and the voltage sags more under load, so
the take-off run grows and the climb falls. Its former name, `weak_motor`, goes on working and flies the same.
"""

from __future__ import annotations

from envs.aircraft.aircraft import Aircraft
from envs.base.errors import InputError

RANGE = (0.0, 1.0)


def change(aircraft: Aircraft, severity: float) -> Aircraft:
    """Every battery with less voltage (V) and more resistance (ohm); motors and propellers as drawn."""
    if not any(unit.battery for unit in aircraft.propulsion):
        raise InputError(f"aircraft {aircraft.name!r} has no battery")
    units = []
    for unit in aircraft.propulsion:
        if unit.battery is None:
            units.append(unit)
            continue
        battery = unit.battery.model_copy(
            update={
                "voltage_V": unit.battery.voltage_V * (1.0 - 0.1 * severity),
                "resistance_ohm": unit.battery.resistance_ohm * (1.0 + severity),
            }
        )
        units.append(unit.model_copy(update={"battery": battery}))
    return aircraft.model_copy(update={"propulsion": tuple(units)})
