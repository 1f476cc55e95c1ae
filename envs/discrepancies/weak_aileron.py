"""Weak ailerons: they turn the flow 70 % less at severity 1.

On a real field: gaps along the hinge, flexing surfaces, half of the linkage slipping. It answers the stick slowly and
rolls at a third of its rate: crosswind and gusts are no longer held.
"""

from __future__ import annotations

from envs.aircraft.aircraft import Aircraft
from envs.discrepancies._parts import controls_of, with_controls

RANGE = (0.0, 1.0)


def change(aircraft: Aircraft, severity: float) -> Aircraft:
    """Effect of every control that the aileron channel moves."""
    return with_controls(aircraft, controls_of(aircraft, "aileron"), effect=1.0 - 0.7 * severity)
