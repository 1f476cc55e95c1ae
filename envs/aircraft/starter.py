"""A first drawing of an aircraft from span, mass and motor: a trainer with a nose wheel, every line to be made better.

Its proportions are those of the CRRCsim Sport (configs/aircraft/sport.yaml), scaled with the span; what depends on the
mass and the motor is computed here, and each line of the file says how.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from envs.aircraft.parts import INCH, NamedAirfoil, NamedPropeller, named_airfoil, named_propeller
from envs.base.errors import InputError

GRAVITY, DENSITY = 9.81, 1.225
CELL_V, CELL_OHM = 3.9, 0.007  # of a lithium cell half full, as of the shipped aircraft; the resistance of 2.5 Ah
PITCHES = {
    5: (3,),
    6: (4,),
    7: (5,),
    8: (6,),
    9: (6,),
    10: (5, 7),
    11: (5.5, 7),
    12: (6, 8),
    13: (6.5, 8),
    14: (7, 10),
    15: (8,),
    16: (8,),
    17: (8,),
    18: (8, 10),
    20: (8, 10),
    22: (10,),
    24: (10,),
    26: (10,),
    28: (12,),
}
"""{diameter: pitches}, inches: usual sizes, to choose from when none is asked for."""
STOCK = [f"{diameter}x{pitch}" for diameter, pitches in PITCHES.items() for pitch in pitches]
WANTED_THRUST, LEAST_THRUST = 0.9, 0.35
"""Static thrust over weight: of a lively trainer, and what a take-off from grass needs at the least."""
# Radii of gyration. Medians of ultra_stick, sport, mcfoamy and angel, whose inertias are published: of the roll axis in
# spans (0.104 to 0.175), of the pitch axis in lengths (0.207 to 0.255). A flat body's yaw inertia is nearly the sum.
ROLL_GYRATION, PITCH_GYRATION, YAW_SHARE = 0.137, 0.219, 0.97
LENGTH = 0.78  # of the drawing below, in spans
ASPECT = 5.8  # span over chord
MOTOR_LOSS, PACK_LOSS = 0.085, 0.03
"""Share of the power that motor with controller and the pack lose at full load: the Sport's (estimated there)."""
CUBIC_LOADINGS = (2.0, 25.0)
"""kg/m3, mass over wing area to the power of 1.5: from indoor models to scale jets."""


@dataclass(frozen=True)
class Drive:
    """Motor, propeller and battery, and what they do at full throttle standing still. SI; kv in rpm/V."""

    kv: float
    cells: int
    propeller: NamedPropeller
    resistance: float
    current: float
    rpm: float
    thrust: float

    @property
    def capacity(self) -> float:
        """Ah: eight minutes at half of the full current, at least 0.3."""
        return max(0.3, round(0.5 * self.current * 8 / 60, 1))

    @property
    def pack_ohm(self) -> float:
        """Resistance of the pack, ohm: a bigger pack has less."""
        return self.cells * CELL_OHM * 2.5 / self.capacity


@dataclass(frozen=True)
class Starter:
    """What the drawing is made of. SI; `center_x` is the centre of gravity's place along the drawing."""

    title: str
    span: float
    mass: float
    airfoil: NamedAirfoil
    drive: Drive
    center_x: float = 0.0
    stall_speed: float = 0.0

    @property
    def area(self) -> float:
        """Wing area, m2."""
        return self.span**2 / ASPECT

    def changed(self, **values: float) -> Starter:
        """The same with another `center_x` or `stall_speed`."""
        return replace(self, **values)


def starter(
    title: str,
    span: float,
    mass: float,
    kv: float,
    *,
    cells: int | None = None,
    propeller: str | None = None,
    airfoil: str = "naca_2412",
) -> Starter:
    """An aircraft of a span (m), mass (kg) and motor (rpm/V); battery and propeller are chosen unless given.

    Raises InputError for what would not fly.
    """
    for name, value, low, high, unit in (
        ("--span", span, 0.4, 6.0, "m"),
        ("--mass", mass, 0.05, 60.0, "kg"),
        ("--motor", kv, 50.0, 8000.0, "rpm a volt"),
        ("--cells", cells or 1, 1, 14, "cells"),
    ):
        if not low <= value <= high:
            raise InputError(f"{name} {value:g}: must be {low:g} to {high:g} {unit}")
    loading = mass / (span**2 / ASPECT) ** 1.5
    low, high = CUBIC_LOADINGS
    if not low <= loading <= high:
        right = " to ".join(f"{limit * (span**2 / ASPECT) ** 1.5:.2g}" for limit in CUBIC_LOADINGS)
        raise InputError(f"--mass {mass:g}: a span of {span:g} m carries {right} kg")
    cells = cells or next(n for limit, n in ((0.8, 2), (2.5, 3), (4.0, 4), (1e9, 6)) if mass < limit)
    sizes = [propeller] if propeller else [s for s in STOCK if float(s.partition("x")[0]) * INCH <= 0.26 * span]
    drives = [_drive(kv, cells, named_propeller(size)) for size in sizes or STOCK[:1]]
    best = min(drives, key=lambda drive: abs(drive.thrust / (mass * GRAVITY) - WANTED_THRUST))
    ratio = best.thrust / (mass * GRAVITY)
    if ratio < LEAST_THRUST:
        raise InputError(
            f"--motor {kv:g}: on {cells} cells with a {best.propeller.name} propeller it pulls {best.thrust:.1f} N, "
            f"{ratio:.2f} of the weight; {LEAST_THRUST} is needed: more --cells, or a larger --propeller"
        )
    return Starter(title, span, mass, named_airfoil(airfoil), best)


def _drive(kv: float, cells: int, propeller: NamedPropeller) -> Drive:
    """Full throttle standing still."""
    volts, torque_per_amp = cells * CELL_V, 60 / (2 * math.pi * kv)
    n = kv / 60 * volts * (1 - MOTOR_LOSS - PACK_LOSS)
    torque = propeller.CP[0] * DENSITY * n * n * propeller.diameter_m**5 / (2 * math.pi)
    current = torque / torque_per_amp * 1.04  # 4 %: without load it takes some
    thrust = propeller.CT[0] * DENSITY * n * n * propeller.diameter_m**4
    return Drive(kv, cells, propeller, MOTOR_LOSS * volts / current, current, 60 * n, thrust)
