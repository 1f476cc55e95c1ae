"""Commands arrive late: 100 ms more dead time, of all controls and the throttle, at severity 1.

On a real field: a slow radio link or a busy flight computer. Whoever closes a tight loop through it oscillates, and
gains that were right before are too high.
"""

from __future__ import annotations

from envs.aircraft.aircraft import Aircraft

RANGE = (0.0, 1.0)


def change(aircraft: Aircraft, severity: float) -> Aircraft:
    """Dead time (s) from command to motion."""
    servos = aircraft.servos
    late = servos.model_copy(update={"delay_s": servos.delay_s + 0.1 * severity})
    return aircraft.model_copy(update={"servos": late})
