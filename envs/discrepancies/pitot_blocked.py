"""The airspeed sensor is blocked: at severity 1 it shows no dynamic pressure at all.

On a real field: an insect or a drop of water in the tube; often from a moment of the flight on. Airspeed reads 0 and
must be taken from attitude, throttle and the speed over the ground.
"""

from __future__ import annotations

from envs.aircraft.aircraft import Aircraft
from envs.discrepancies._parts import as_built

RANGE = (0.0, 1.0)


def change(aircraft: Aircraft, severity: float) -> Aircraft:
    """Dynamic pressure shown over the true one."""
    return as_built(aircraft, aircraft.built.with_sensors(pitot=1.0 - severity))
