"""One half of the wing lifts less, its sections 25 % less at severity 1; + the right half (rolls right), - the left.

On a real field: torn or wrinkled covering, a dented leading edge, mud. It rolls towards that half, more strongly the
more lift it carries, so most of all in turns and in the flare. The half loses somewhat less than its sections do, for
it bends the flow less, too.
"""

from __future__ import annotations

from envs.aircraft.aircraft import Aircraft
from envs.discrepancies._parts import as_built, side_of, wing_of

RANGE = (-1.0, 1.0)


def change(aircraft: Aircraft, severity: float) -> Aircraft:
    """Lift of the main wing's half over that drawn."""
    wing = wing_of(aircraft).name
    return as_built(aircraft, aircraft.built.with_half(wing, side_of(severity), lift=1.0 - 0.25 * abs(severity)))
