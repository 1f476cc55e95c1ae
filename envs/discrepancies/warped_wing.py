"""One half of the wing warped: 2 deg nose up at its tip at severity 1; + the left half, which rolls right, - the right.

On a real field: covering shrunk askew in the sun, foam stored under load. The twist grows evenly from the root. It
rolls away from the warped half, more strongly the faster it flies, and that tip stalls first.
"""

from __future__ import annotations

from envs.aircraft.aircraft import Aircraft
from envs.discrepancies._parts import as_built, side_of, wing_of

RANGE = (-1.0, 1.0)


def change(aircraft: Aircraft, severity: float) -> Aircraft:
    """Twist of the main wing's half."""
    wing = wing_of(aircraft).name
    return as_built(aircraft, aircraft.built.with_half(wing, side_of(-severity), twist_deg=2.0 * abs(severity)))
