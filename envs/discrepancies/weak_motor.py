"""A tired battery: open-circuit voltage - 10 % and twice the resistance at severity 1."""

from __future__ import annotations

from envs.aircraft.aircraft import Aircraft


def change(aircraft: Aircraft, severity: float) -> Aircraft:
    """Weaken every battery."""
    units = []
    for unit in aircraft.propulsion:
        battery = unit.battery.model_copy(
            update={
                "voltage_V": unit.battery.voltage_V * (1.0 - 0.1 * severity),
                "resistance_ohm": unit.battery.resistance_ohm * (1.0 + severity),
            }
        )
        units.append(unit.model_copy(update={"battery": battery}))
    return aircraft.model_copy(update={"propulsion": tuple(units)})
