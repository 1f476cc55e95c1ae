"""The airspeed sensor shows 30 % too much dynamic pressure at severity 1, 30 % too little at -1.

On a real field: a leaking hose, a tube in the propeller's wash, a wrong calibration. Airspeed reads 14 % too high (16 %
too low): who flies by it comes in too slow and stalls, or too fast and floats.
"""

from __future__ import annotations

from envs.aircraft.aircraft import Aircraft
from envs.discrepancies._parts import as_built

RANGE = (-1.0, 1.0)


def change(aircraft: Aircraft, severity: float) -> Aircraft:
    """Dynamic pressure shown over the true one."""
    return as_built(aircraft, aircraft.built.with_sensors(pitot=1.0 + 0.3 * severity))
