"""A wing that is not clean: at severity 1 its sections lift 15 % less, drag grows by 0.02, the aircraft by 5 % of mass.

On a real field: hoar frost, rain that stays in drops, insects, grass glued on by fuel. Both halves alike, so that it
flies straight, but it stalls earlier, sinks more steeply, and needs more power and more speed. Sizes are ours, after
wind tunnel tests of roughness on the leading edge at low Reynolds numbers, which take 10 to 20 % of the lift and up to
twice the drag (estimated).
"""

from __future__ import annotations

from envs.aircraft.aircraft import Aircraft
from envs.discrepancies._parts import as_built, wing_of, with_air, with_mass_times

RANGE = (0.0, 1.0)


def change(aircraft: Aircraft, severity: float) -> Aircraft:
    """Lift of both halves of the main wing, drag, mass."""
    built, wing = aircraft.built, wing_of(aircraft).name
    for side in ("left", "right"):
        built = built.with_half(wing, side, lift=1.0 - 0.15 * severity)
    return with_mass_times(with_air(as_built(aircraft, built), CD=0.02 * severity), 1.0 + 0.05 * severity)
