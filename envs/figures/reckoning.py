"""An aircraft along a figure by energy: its speed, and the lift, load and rolling that each part asks for.

Reckoned for a pilot who holds the entry speed with the throttle as far as it reaches. Along the path
d(v^2)/2 = ((thrust - drag) / m - g dz/ds) ds, lift from the curvature and the weight: v^2 / r towards the centre, less
gravity across the track. Free, still air.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from envs.base.errors import InputError
from envs.base.frames import Array
from envs.figures.capability import Capability
from envs.figures.elements import Arc, Spin, StallTurn, StraightLine
from envs.figures.figure import Figure
from envs.figures.path import FigurePath, figure_path
from envs.figures.walk import STOP_SHARE

STEP_B = 0.5  # of the reckoning
STOPPED_VS = 0.15  # slower than this is no flight
SWING_VS = 0.4  # speed after the swing of a stall turn (estimated)
SPIN_VS = 2.0  # at the end of three turns: ultra_stick 2.1, sport 2.3, mcfoamy 1.4 (tests/envs/figures/test_needs.py)


@dataclass(frozen=True)
class Reckoning:
    """What a figure takes, along its path (n,) points.

    Attributes:
        path: in the figure's frame, for this aircraft's span.
        speed_mps: (n,) through the air.
        lift_share: (n,) of the lift that its elevator reaches there under full throttle.
        load_factor: (n,) lift over weight, g.
        roll_share: (elements,) of its fastest roll.
    """

    path: FigurePath
    speed_mps: Array
    lift_share: Array
    load_factor: Array
    roll_share: Array

    @property
    def slowest_mps(self) -> float:
        """Least speed outside of stall turns and hovers."""
        kept = np.array([isinstance(e.part, Arc) or _free_line(e.part) for e in self.path.figure.elements])
        return float(self.speed_mps[kept[self.path.element]].min(initial=self.speed_mps[0]))


def _free_line(part: object) -> bool:
    return isinstance(part, StraightLine) and part.speed_vs is None


def reckon(figure: Figure, craft: Capability) -> Reckoning:
    """How fast an aircraft is along a figure and what that asks of it. Raises InputError where it stops short."""
    path = figure_path(figure, craft.span_m, STEP_B)
    gravity = craft.weight_N / craft.mass_kg
    upward = path.tangent[:, 2]
    # What the wings must give, per unit of mass: towards the centre of the curve, and against gravity across the track.
    level = np.array([0.0, 0.0, 1.0]) - upward[:, None] * path.tangent
    inward = np.gradient(path.tangent, path.step_m, axis=0)
    curved = _flown_curves(path)
    speed, lift_share, load = (np.empty(len(path.s_m)) for _ in range(3))
    square = (figure.entry.speed_vs * craft.stall_mps) ** 2
    for k in range(len(path.s_m)):
        part = figure.elements[path.element[k]].part
        first = k > 0 and path.element[k] != path.element[k - 1]
        square = _entered(part, first, square, craft)
        if square < (STOPPED_VS * craft.stall_mps) ** 2 and not isinstance(part, StallTurn):
            raise _stops(path, k, speed[:k], craft)
        speed[k] = math.sqrt(square)
        across = (square * inward[k] if curved[k] else 0.0) + gravity * level[k]
        lift = float(across @ path.canopy[k]) if _lifts(part) else 0.0
        load[k] = lift / gravity
        lift_share[k] = _share(lift, float(inward[k] @ path.canopy[k]) if curved[k] else 0.0, speed[k], craft)
        square += 2.0 * path.step_m * _along(part, lift, speed[k], float(upward[k]), gravity, figure, craft)
    return Reckoning(path, speed, lift_share, load, _roll_shares(figure, craft))


def _flown_curves(path: FigurePath) -> Array:
    """(n,) Whether the wings bend the way there: in arcs. Into a spin and round a stall turn it falls by itself."""
    return np.array([isinstance(e.part, Arc) for e in path.figure.elements])[path.element]


def _lifts(part: object) -> bool:
    return not isinstance(part, StallTurn | Spin)


def _entered(part: object, first: bool, square: float, craft: Capability) -> float:
    """Square of the speed at a point, where an element that has a speed of its own begins."""
    if isinstance(part, StallTurn):
        return (SWING_VS * craft.stall_mps) ** 2
    if isinstance(part, Spin):
        return (SPIN_VS * craft.stall_mps) ** 2
    if first and isinstance(part, StraightLine) and part.speed_vs is not None:
        return (part.speed_vs * craft.stall_mps) ** 2
    return square


def _along(
    part: object, lift: float, speed: float, upward: float, gravity: float, figure: Figure, craft: Capability
) -> float:
    """Acceleration (m/s2) along the way, throttled to the entry speed or the line's own."""
    if not _lifts(part):
        return 0.0
    pressure = 0.5 * craft.density * max(speed, 0.1) ** 2
    drag = pressure * craft.glide.drag_at(craft.mass_kg * lift / pressure)
    own = part.speed_vs if isinstance(part, StraightLine) else None
    wanted = (own or figure.entry.speed_vs) * craft.stall_mps
    full, idle = (float(np.interp(speed, craft.speeds, thrusts)) for thrusts in (craft.full, craft.idle))
    holds = drag + craft.mass_kg * (gravity * upward + (wanted - speed) * 4.0)
    return (min(full, max(idle, holds)) - drag) / craft.mass_kg - gravity * upward


def _share(lift: float, curvature: float, speed: float, craft: Capability) -> float:
    """Part of the lift within reach that is asked for (m/s2 of lift, 1/m, m/s)."""
    if abs(craft.mass_kg * lift) < 0.02 * craft.weight_N:
        return 0.0
    polar = craft.in_curve(curvature, speed)
    most = polar.most if lift > 0 else polar.least
    wanted = craft.mass_kg * lift / (0.5 * craft.density * speed**2)
    return wanted / most if wanted * most > 0 else math.inf


def _roll_shares(figure: Figure, craft: Capability) -> Array:
    """(elements,) p b / 2V asked for over what the ailerons hold, the roll spread as the path has it."""
    shares = []
    for stretch in figure.stretches:
        part = stretch.element.part
        if not isinstance(part, StraightLine | Arc) or part.roll_deg == 0:
            shares.append(0.0)
            continue
        length = (stretch.end.way - stretch.start.way) * part.points / (part.points + STOP_SHARE * (part.points - 1))
        helix = math.radians(abs(part.roll_deg)) / length / 2
        shares.append(helix / craft.helix if craft.helix else math.inf)
    return np.array(shares)


def _stops(path: FigurePath, k: int, speed: Array, craft: Capability) -> InputError:
    """That the speed is used up at the k-th point."""
    height, where = float(path.position[k, 2]), at_element(path.figure, path.element[k])
    entry, gravity = float(speed[0]), craft.weight_N / craft.mass_kg
    return InputError(
        f"{where}: it stops {height:.1f} m above the entry: {entry:.1f} m/s are worth "
        f"{entry**2 / 2 / gravity:.1f} m, and its thrust of {craft.thrust_to_weight:.2f} weights carries it no farther"
    )


def at_element(figure: Figure, number: int) -> str:
    """An element as messages name it."""
    return f"elements.{number} ({figure.elements[number].words()})"
