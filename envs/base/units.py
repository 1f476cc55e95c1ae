"""Gravity, and how the ending of a name says its unit."""

from __future__ import annotations

GRAVITY = 9.81
"""Acceleration of free fall (m/s2) in the world that is flown in, the value of the sources of the shipped aircraft."""

SEA_LEVEL_DENSITY = 1.225
"""Air density (kg/m3) of the standard atmosphere at sea level: what airspeed indicators are marked for."""

STANDARD_GRAVITY = 9.80665
"""What 1 g is in m/s2 by definition (CGPM 1901): only to convert between g and m/s2 in logs and exports.

Two numbers, because they are two things: the pull at a field differs from place to place, a unit does not.
"""

UNITS = {
    "N_per_m": "N/m",
    "Ns_per_m": "N s/m",
    "rpm_per_V": "rpm/V",
    "per_rad": "1/rad",
    "kgm2": "kg m2",
    "mps": "m/s",
    "deg": "deg",
    "dps": "deg/s",
    "radps": "rad/s",
    "kg": "kg",
    "m2": "m2",
    "m": "m",
    "s": "s",
    "ohm": "ohm",
    "V": "V",
    "A": "A",
    "Ah": "Ah",
    "C": "degC",
}
"""{how a key of a config ends: its unit}, longer endings first; other keys say theirs in their description."""


def unit_by_ending(key: str) -> str:
    """The unit that the ending of a key names, "" for none: `span_m` is in m, `rate_limit_dps` in deg/s."""
    return next((unit for ending, unit in UNITS.items() if key.endswith(f"_{ending}")), "")
