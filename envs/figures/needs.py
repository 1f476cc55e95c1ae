"""Whether an aircraft can fly a figure, and if not, why, in numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from envs.aircraft.aircraft import Aircraft
from envs.base.errors import InputError
from envs.figures.capability import Capability
from envs.figures.elements import Spin, StallTurn, StraightLine
from envs.figures.figure import Figure
from envs.figures.reckoning import Reckoning, at_element, reckon
from envs.figures.walk import FITTING_DEG

MOST_LIFT, MOST_ROLL = 0.9, 0.85  # share of what there is that a figure may ask for: the rest corrects
MOST_LOAD = 12.0  # g, structural sense: aerobatic models are built for about this (ours)
LEAST_VS = 0.6  # slower in an arc, no wing bends the way
HOVER_SPARE = 1.1  # of thrust over weight, to hover under control
KNIFE_EDGE = math.sin(math.radians(45))  # how upright the wings of a knife-edge are at least
SLOW_VS = 1.4  # no knife-edge is flown slower
SHORT_B = 3.0  # such a line sideways is a stop in a roll, no knife-edge


class ImpossibleFigureError(InputError):
    """An aircraft cannot fly a figure: another aircraft could, so a list of figures may go on without it."""


def obstacles(figure: Figure, craft: Capability) -> list[str]:
    """Why an aircraft cannot fly a figure, in numbers; [] where it can."""
    found = list(_before_take_off(figure, craft))
    try:
        reckoned = reckon(figure, craft)
    except InputError as error:
        return [*found, str(error)]
    return [*found, *_on_the_way(figure, craft, reckoned)]


def check_possible(figure: Figure, aircraft: Aircraft | Capability) -> None:
    """Raise ImpossibleFigureError, one line with the first reason in numbers, where an aircraft cannot fly a figure."""
    craft = aircraft if isinstance(aircraft, Capability) else Capability.of(aircraft)
    found = obstacles(figure, craft)
    if found:
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        raise ImpossibleFigureError(f"aircraft {craft.name!r} cannot fly {figure.title!r}: {found[0]}{more}")


def _before_take_off(figure: Figure, craft: Capability) -> Iterator[str]:
    """What the aircraft lacks."""
    needed, has = figure.needs.thrust_to_weight, craft.thrust_to_weight
    if has < needed:
        yield f"needs.thrust_to_weight: it needs a thrust of {needed:g} weights, standing; it has " + (
            f"{has:.2f}" if has else "no motor"
        )
    wanted, fastest = figure.entry.speed_vs * craft.stall_mps, craft.fastest_mps
    if fastest is not None and wanted > fastest:
        yield f"entry.speed_vs: it is entered at {wanted:.1f} m/s, but level it flies {fastest:.1f} m/s at most"
    for number, element in enumerate(figure.elements):
        if isinstance(element.part, StallTurn | Spin) and not craft.has_rudder:
            yield f"{at_element(figure, number)}: it has no rudder"
        if isinstance(element.part, Spin) and not craft.glide_stalls:
            yield f"{at_element(figure, number)}: its elevator does not stall it"


def _on_the_way(figure: Figure, craft: Capability, reckoned: Reckoning) -> Iterator[str]:
    """What is asked for along the path and is not there."""
    path = reckoned.path
    worst = int(np.argmax(reckoned.lift_share))
    if reckoned.lift_share[worst] > MOST_LIFT:
        speed, share = reckoned.speed_mps[worst], reckoned.lift_share[worst]
        height, where = float(path.position[worst, 2]), at_element(figure, path.element[worst])
        if speed < LEAST_VS * craft.stall_mps:
            yield (
                f"{where}: it arrives with {speed:.1f} m/s, too slow for its wings (stall "
                f"{craft.stall_mps:g} m/s): {reckoned.speed_mps[0]:.1f} m/s and its thrust of "
                f"{craft.thrust_to_weight:.2f} weights do not last for {height:.0f} m of height"
            )
            return
        yield (
            f"{where}: at {speed:.1f} m/s it takes a lift of "
            f"{reckoned.load_factor[worst]:.1f} weights, {_of(share)} of what its elevator reaches there "
            f"({MOST_LIFT:.0%} at most)"
        )
    heaviest = int(np.argmax(np.abs(reckoned.load_factor)))
    if abs(reckoned.load_factor[heaviest]) > MOST_LOAD:
        yield (
            f"{at_element(figure, path.element[heaviest])}: at {reckoned.speed_mps[heaviest]:.1f} m/s it takes "
            f"{abs(reckoned.load_factor[heaviest]):.1f} g ({MOST_LOAD:g} at most)"
        )
    fastest = int(np.argmax(reckoned.roll_share))
    if reckoned.roll_share[fastest] > MOST_ROLL:
        share = reckoned.roll_share[fastest]
        yield f"{at_element(figure, fastest)}: rolls at {_of(share)} of its fastest roll ({MOST_ROLL:.0%} at most)"
    yield from _lines(figure, craft, reckoned)


def _of(share: float) -> str:
    return f"{share:.0%}" if share < 100 else "far more than all"


def _lines(figure: Figure, craft: Capability, reckoned: Reckoning) -> Iterator[str]:
    """Lines on knife-edge, and lines slower than wings carry."""
    path = reckoned.path
    for number, stretch in enumerate(figure.stretches):
        part = stretch.element.part
        if not isinstance(part, StraightLine):
            continue
        here, where = path.element == number, at_element(figure, number)
        if not here.any():
            continue
        speed, upward = float(reckoned.speed_mps[here].min()), math.sin(stretch.start.theta)
        sideways = abs(math.sin(stretch.start.phi)) * math.cos(math.asin(min(1.0, abs(upward))))
        if part.roll_deg == 0 and sideways > KNIFE_EDGE and part.length_b > SHORT_B:
            speeds = np.linspace(min(speed, SLOW_VS * craft.stall_mps), speed, 4)  # it may slow down for it
            shares = [craft.knife_edge_share(float(slower)) for slower in speeds]
            if max(shares) < sideways:
                yield (
                    f"{where}: on knife-edge rudder and thrust carry {max(shares):.0%} of its weight, "
                    f"at {speeds[int(np.argmax(shares))]:.1f} m/s, which is best for it"
                )
        if part.speed_vs is not None and part.climb_deg > 90 - FITTING_DEG:
            thrust = float(np.interp(speed, craft.speeds, craft.full)) / craft.weight_N
            if thrust < HOVER_SPARE:
                yield (
                    f"{where}: hanging on the propeller takes a thrust of {HOVER_SPARE:g} weights; it has {thrust:.2f}"
                )
