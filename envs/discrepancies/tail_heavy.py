"""Centre of gravity 19 % of the mean chord aft of where it is drawn at severity 1; -1: as far forward, nose-heavy.

On a real field: the battery slid back, or a tail repaired with much glue. Aft, it is nervous in pitch, balloons and may
be unstable: every gust must be answered. Forward, it needs up elevator all the time and will not flare. 19 % are the 5
cm on a 0.26 m chord that a battery on its tray can make.
"""

from __future__ import annotations

from envs.aircraft.aircraft import Aircraft
from envs.aircraft.outline import mean_chord_m
from envs.discrepancies._parts import with_center_moved

RANGE = (-1.0, 1.0)


def change(aircraft: Aircraft, severity: float) -> Aircraft:
    """Mass and moments of inertia stay as drawn."""
    return with_center_moved(aircraft, forward_m=-0.19 * severity * mean_chord_m(aircraft))
