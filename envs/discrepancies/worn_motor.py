"""A worn motor: 30 % less thrust at standstill at severity 1.

On a real field: a motor that was hot once, worn bearings, a connector with a bad joint; of an engine, a tired cylinder.
The take-off run grows and the climb falls, most of all where much power is asked for; gliding it flies as drawn.
"""

from __future__ import annotations

import math

import numpy as np

from envs.aircraft.aircraft import Aircraft
from envs.aircraft.equipment import Battery, Engine, Motor, Propeller
from envs.base.units import SEA_LEVEL_DENSITY
from envs.discrepancies._parts import motors_of

RANGE = (0.0, 1.0)


def change(aircraft: Aircraft, severity: float) -> Aircraft:
    """More resistance in every motor, or less power of every engine: as much as lets its propeller turn so much slower.

    Thrust goes with the square of the speed: 0.7 of it is 0.84 of the speed, by torque and current in balance at full
    throttle in the air of sea level, full pack.
    """
    slower = math.sqrt(1.0 - 0.3 * severity)
    units = []
    for unit in motors_of(aircraft):
        if unit.motor and unit.battery:
            changed = {"motor": _with_more_resistance(unit.motor, unit.battery, unit.propeller, slower)}
        else:
            assert unit.engine
            changed = {"engine": _with_less_power(unit.engine, unit.propeller, slower)}
        units.append(unit.model_copy(update=changed))
    return aircraft.model_copy(update={"propulsion": tuple(units)})


def _with_more_resistance(motor: Motor, pack: Battery, propeller: Propeller, slower: float) -> Motor:
    """Volts: U = Kt omega + R I, torque Kt (I - I0) = air omega^2, current no more than its controller lets through."""
    Kt = 60.0 / (2.0 * math.pi * motor.kv_rpm_per_V)
    air = propeller.CP[0] * SEA_LEVEL_DENSITY * propeller.diameter_m**5 / (2.0 * math.pi) ** 3
    R = motor.resistance_ohm + pack.resistance_ohm
    left = pack.voltage_V - R * motor.no_load_A
    omega = 2.0 * left / (Kt + math.sqrt(Kt**2 + 4.0 * R * air / Kt * left))
    most = math.sqrt(Kt * max(0.0, motor.max_current_A - motor.no_load_A) / air)
    omega = slower * min(omega, most)
    current = air * omega**2 / Kt + motor.no_load_A
    needed = (pack.voltage_V - Kt * omega) / current - pack.resistance_ohm
    return motor.model_copy(update={"resistance_ohm": max(motor.resistance_ohm, needed)})


def _with_less_power(engine: Engine, propeller: Propeller, slower: float) -> Engine:
    """Power at the slower speed: what the propeller takes there, P = CP rho n^3 D^5."""
    taken = propeller.CP[0] * SEA_LEVEL_DENSITY * propeller.diameter_m**5 / 60.0**3  # over rpm cubed
    low, high = 0.0, 10.0 * max(engine.rpm)
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if _power_W(engine, middle) > taken * middle**3 else (low, middle)
    rpm = slower * high
    share = taken * rpm**3 / _power_W(engine, rpm)
    return engine.model_copy(update={"power_W": tuple(share * power for power in engine.power_W)})


def _power_W(engine: Engine, rpm: float) -> float:
    """Shaft power at full throttle; below its curve the torque is that at the first speed."""
    return float(np.interp(rpm, engine.rpm, engine.power_W)) * min(1.0, rpm / engine.rpm[0])
