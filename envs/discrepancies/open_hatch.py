"""A hatch that hangs open: drag grows by 0.04 of the wing area at severity 1; + on the right side, - on the left.

On a real field: the canopy or battery hatch came loose and hangs in the stream beside the fuselage, or a piece of
covering trails behind. It brakes, pulls the nose to its side a quarter of the half span out, and is heard before it is
seen. A flat plate square to the stream has a drag coefficient of about 1.2 (Hoerner, Fluid-Dynamic Drag, 3-16): 0.04 of
the wing area are a plate of 10 by 10 cm on a model of 0.3 m2.
"""

from __future__ import annotations

from envs.aircraft.aircraft import Aircraft
from envs.discrepancies._parts import with_air

RANGE = (-1.0, 1.0)
DRAG, ARM = 0.04, 0.125
"""Drag coefficient, and how far to the side it pulls, in spans."""


def change(aircraft: Aircraft, severity: float) -> Aircraft:
    """Drag, and the yawing moment of a drag that is not in the middle."""
    return with_air(aircraft, CD=DRAG * abs(severity), Cn=DRAG * ARM * severity)
