"""Aerofoils and propellers by the names that modellers use, `naca_2412` and `10x6`, as values of an aircraft file."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np

from envs.base.errors import InputError, did_you_mean

NAMED_AIRFOILS = {"clark_y": (0.034, 0.42, 0.117), "flat_plate": (0.0, 0.5, 0.03)}
"""{name: (camber, place of the camber, thickness)}, shares of the chord; Clark Y by its ordinates (NACA TR 259)"""
LIFT_SLOPE = 6.0
"""Section lift slope per rad: 95 % of 2 pi, as of the shipped aircraft at Reynolds numbers near 200,000."""
INCH = 0.0254
SMALLEST_INCH, LARGEST_INCH = 3.0, 32.0
FLATTEST, STEEPEST = 0.3, 1.2
"""Pitch over diameter of propellers that the tables below are trusted for."""

# Two tables over J as a share of the advance ratio without thrust. Pitch 0.5 diameters: APC 12x6E, APC's published data
# (configs/aircraft/ultra_stick.yaml); 0.7 diameters: configs/aircraft/sport.yaml, the shape of measured propellers.
SHARES = (0.0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9, 1.0)
TABLES = {
    0.5: (
        0.744,
        (0, 0.1063, 0.2019, 0.3081, 0.4125, 0.51, 0.6162, 0.7162, 0.7437),
        (0.1088, 0.1033, 0.094, 0.0811, 0.0649, 0.0467, 0.0268, 0.0055, 0.0),
        (0.0569, 0.0499, 0.0448, 0.041, 0.0364, 0.0298, 0.0201, 0.0077, 0.0045),
    ),
    0.7: (
        0.84,
        (0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.84),
        (0.115, 0.110, 0.095, 0.074, 0.048, 0.019, 0.0),
        (0.055, 0.056, 0.0535, 0.0475, 0.0365, 0.0205, 0.009),
    ),
}
"""{pitch over diameter: (J without thrust, J, CT, CP)}."""


@dataclass(frozen=True)
class NamedAirfoil:
    """A section as an aircraft file has it; angles in degrees, moment about the quarter chord, + nose up."""

    name: str
    zero_lift_deg: float
    moment: float
    drag_min: float
    stall_deg: float


def named_airfoil(name: str) -> NamedAirfoil:
    """The section of a name: any NACA four-digit one, clark_y or flat_plate. Raises InputError.

    Zero lift and moment are those of thin-aerofoil theory for the four-digit camber line (Abbott & von Doenhoff 1959,
    ch. 4), stall and drag estimated from the thickness at Reynolds numbers near 200,000.
    """
    digits = re.fullmatch(r"naca_?(\d)(\d)(\d\d)", name.lower())
    if digits:
        camber, place, thickness = int(digits[1]) / 100, int(digits[2]) / 10, int(digits[3]) / 100
        if (camber > 0) != (place > 0) or not 0.02 <= thickness <= 0.24:
            raise InputError(f"airfoil {name!r}: no such NACA section; as in naca_0012, naca_2412, naca_4415")
    elif name.lower() in NAMED_AIRFOILS:
        camber, place, thickness = NAMED_AIRFOILS[name.lower()]
    else:
        known = [*NAMED_AIRFOILS, "naca_0012", "naca_2412"]
        raise InputError(
            f"airfoil {name!r}: unknown{did_you_mean(name, known) or ','} known: naca_NNNN, {', '.join(NAMED_AIRFOILS)}"
        )
    zero_lift, moment = _thin_airfoil(camber, place)
    return NamedAirfoil(
        name.lower(),
        zero_lift_deg=round(math.degrees(zero_lift), 2) + 0.0,
        moment=round(moment, 4) + 0.0,  # + 0.0: no -0.0
        # A thin or flat section separates early at such Reynolds numbers.
        drag_min=0.014 if thickness >= 0.1 else 0.016,
        stall_deg=round(5.5 + 24 * min(thickness, 0.14), 1),  # 8.9 at 14 %, as of the Ultra Stick's NACA 0014; flat 6.2
    )


def _thin_airfoil(camber: float, place: float) -> tuple[float, float]:
    """(zero-lift angle rad, cm about the quarter chord) of the NACA four-digit camber line."""
    theta = np.linspace(0.0, math.pi, 2001)
    x = 0.5 * (1 - np.cos(theta))
    front = x < place
    slope = 2 * camber * np.where(front, (place - x) / max(place, 1e-9) ** 2, (place - x) / (1 - place) ** 2)
    zero_lift = -np.trapezoid(slope * (np.cos(theta) - 1), theta) / math.pi
    first, second = (2 / math.pi * np.trapezoid(slope * np.cos(n * theta), theta) for n in (1, 2))
    return float(zero_lift), float(math.pi / 4 * (second - first))


@dataclass(frozen=True)
class NamedPropeller:
    """A propeller as an aircraft file has it: sizes in m, coefficients of thrust and power over advance ratio J."""

    name: str
    diameter_m: float
    pitch_m: float
    J: tuple[float, ...]
    CT: tuple[float, ...]
    CP: tuple[float, ...]


def named_propeller(name: str) -> NamedPropeller:
    """The propeller of a size as printed on it, inches of diameter x pitch: `10x6`, `12x6.5`. Raises InputError.

    Its coefficients are interpolated by pitch over diameter between the two tables above (estimated).
    """
    sizes = re.fullmatch(r"(\d+(?:\.\d+)?)x(\d+(?:\.\d+)?)", name.lower())
    if not sizes:
        raise InputError(f"propeller {name!r}: expected inches of diameter x pitch, as in 10x6 or 12x6.5")
    diameter, pitch = float(sizes[1]), float(sizes[2])
    if not SMALLEST_INCH <= diameter <= LARGEST_INCH or not FLATTEST <= pitch / diameter <= STEEPEST:
        raise InputError(
            f"propeller {name!r}: must have {SMALLEST_INCH:g} to {LARGEST_INCH:g} inch of diameter and a pitch of "
            f"{FLATTEST:g} to {STEEPEST:g} diameters; the diameter comes first"
        )
    low, high = TABLES[0.5], TABLES[0.7]
    share = (pitch / diameter - 0.5) / 0.2
    within = min(max(share, -0.5), 1.5)  # beyond these the shape stays, only the advance ratios go on

    def blend(column: int) -> tuple[float, ...]:
        ends = [np.interp(SHARES, np.divide(table[1], table[0]), table[column]) for table in (low, high)]
        return tuple(round(float(v), 4) for v in np.maximum(ends[0] + within * (ends[1] - ends[0]), 0.0))

    no_thrust = low[0] + share * (high[0] - low[0])
    J = tuple(round(no_thrust * part, 4) for part in SHARES)
    return NamedPropeller(name.lower(), diameter * INCH, pitch * INCH, J, blend(2), blend(3))
