"""All linkages out of trim at once, each by 0.2 of its stick at severity 1; + rolls right, pitches up, yaws right.

On a real field: assembled in a hurry, or after a hard landing. No single trim is alarming; together they turn it onto
its back while the pilot looks for the one that is wrong.
"""

from __future__ import annotations

from envs.aircraft.aircraft import Aircraft
from envs.aircraft.directions import control_halves
from envs.discrepancies._parts import CHANNELS, all_controls, rigged

RANGE = (-1.0, 1.0)


def change(aircraft: Aircraft, severity: float) -> Aircraft:
    """Ailerons, elevator and rudder: those of them that it has."""
    all_controls(aircraft)
    moved = {channel for half in control_halves(aircraft) for channel, ask in half.asks.items() if ask}
    return rigged(aircraft, {channel: 0.2 * severity for channel in CHANNELS if channel in moved})
