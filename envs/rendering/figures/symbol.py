"""A figure as a symbol in the manner of Aresti's catalogue, drawn from its own elements as seen from the judge.

Solid lines are flown upright or pulled, dashed ones inverted or pushed, dotted ones on knife-edge; a bent arrow across
the line is a roll (beginning on it, half of one), with the number of its points beside it; a triangle is a spin; a dot
begins, a bar ends the figure.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, Polygon

from envs.base.frames import Array
from envs.figures.elements import Arc, Spin, StallTurn, StraightLine
from envs.figures.figure import Figure
from envs.figures.path import figure_path
from envs.figures.walk import Stretch
from envs.rendering.page import INK, ON_WHITE, RED

UPRIGHT, INVERTED, SIDEWAYS = "upright", "inverted", "sideways"
STYLES = {UPRIGHT: ("-", INK), INVERTED: ((0, (3.2, 1.5)), RED), SIDEWAYS: ((0, (0.9, 1.3)), INK)}
"""{how it is flown: (line style, colour)}."""
APART = 0.055  # of the symbol's size: between lines that would lie on one another
ARROW = 0.125  # of its size: how far a roll's arrow reaches to a side
STEEP = math.sin(math.radians(75))  # such lines are neither upright nor inverted


class Stroke(NamedTuple):
    """A part of the symbol's line: points (n, 2) along the runway and up, b, and how it is flown."""

    points: Array
    flown: str


class Roll(NamedTuple):
    """A roll on it: where (2,), across the line (2,) unit, its angle (deg) and its points."""

    at: Array
    across: Array
    angle_deg: float
    points: int


class Symbol(NamedTuple):
    """What is drawn of a figure, b: strokes, rolls, [(place of a spin (2,), turns)], places of hovers (2,), size."""

    strokes: list[Stroke]
    rolls: list[Roll]
    spins: list[tuple[Array, float]]
    hovers: list[Array]
    size: float


def symbol(figure: Figure) -> Symbol:
    """The symbol of a figure."""
    path = figure_path(figure, 1.0)
    (rear, front), (low, high) = figure.extent_b
    size = max(front - rear, high - low)
    found = Symbol([], [], [], [], size)
    shift = np.zeros(2)
    for stretch in figure.stretches:
        inside = path.s_m[(path.element == stretch.number)]
        ends = (stretch.start.way, *inside, stretch.end.way - 1e-9)
        rows = path.sample(np.array(sorted(ends)))
        points, canopy = rows[:, [0, 2]], rows[:, 8]
        if isinstance(stretch.element.part, StallTurn):
            points, moved = _peak(points, size)
            found.strokes.append(Stroke(points + shift, UPRIGHT))
            shift = shift + moved
            continue
        points = points + shift
        if _lies_on_the_entry(figure, stretch):
            points, moved = _longer(points, size)
            shift = shift + moved
        _add(found, stretch, points, canopy)
    return found


def _add(found: Symbol, stretch: Stretch, points: Array, canopy: Array) -> None:
    part = stretch.element.part
    first, last = _flown(stretch, canopy[0], at_end=False), _flown(stretch, canopy[-1], at_end=True)
    half = len(points) // 2 + 1
    if first == last:
        found.strokes.append(Stroke(points, first))
    else:
        found.strokes.extend([Stroke(points[:half], first), Stroke(points[half - 1 :], last)])
    middle = points[len(points) // 2]
    if isinstance(part, StraightLine | Arc) and part.roll_deg:
        along = points[min(half, len(points) - 1)] - points[half - 2]
        across = np.array([-along[1], along[0]]) / np.linalg.norm(along)
        found.rolls.append(Roll(middle, across if across[1] > -1e-9 else -across, part.roll_deg, part.points))
    if isinstance(part, Spin):
        found.spins.append((points[int(np.argmax(points[:, 0] > points[-1, 0] - 1e-3))], part.turns))
    if isinstance(part, StraightLine) and part.speed_vs is not None:
        found.hovers.append(middle)


def _flown(stretch: Stretch, canopy_up: float, at_end: bool) -> str:
    """How an element is flown at one of its ends, as Aresti draws it."""
    part = stretch.element.part
    if isinstance(part, Arc):
        return UPRIGHT if part.turn_deg > 0 else INVERTED
    place = stretch.end if at_end else stretch.start
    if abs(math.sin(place.theta)) > STEEP:
        return UPRIGHT
    if abs(math.sin(place.phi)) > STEEP:
        return SIDEWAYS
    return UPRIGHT if canopy_up > 0 else INVERTED


def _peak(points: Array, size: float) -> tuple[Array, Array]:
    """(points of a stall turn's tip, how far the way down is moved aside): seen from the judge it would be no wider."""
    wide = APART * size
    turn = np.linspace(0.0, math.pi, 25)
    top = points[0] + 0.5 * wide * np.column_stack([1 - np.cos(turn), np.sin(turn)])
    return top, np.array([wide, 0.0])


def _lies_on_the_entry(figure: Figure, stretch: Stretch) -> bool:
    """Whether a vertical line down leads to a way out that lies on the way in."""
    end = figure.stretches[-1].end
    down = abs(math.sin(stretch.start.theta) + 1) < 1e-6 and isinstance(stretch.element.part, StraightLine)
    last_down = down and all(
        abs(math.sin(later.start.theta) + 1) > 1e-6 or not isinstance(later.element.part, StraightLine)
        for later in figure.stretches[stretch.number + 1 :]
    )
    return last_down and abs(end.z) < 1.0 and math.cos(end.theta) < 0


def _longer(points: Array, size: float) -> tuple[Array, Array]:
    """(a line down drawn longer, how far all after it is moved)."""
    moved = np.array([0.0, -APART * size])
    return points + np.linspace(0.0, 1.0, len(points))[:, None] * moved, moved


def draw_symbol(axes: Axes, figure: Figure, line_width: float = 1.9) -> None:
    """Draw the symbol into a panel, which gets equal scales and no frame."""
    drawn = symbol(figure)
    size = drawn.size
    for stroke in drawn.strokes:
        style, colour = STYLES[stroke.flown]
        axes.plot(*stroke.points.T, linestyle=style, color=colour, linewidth=line_width, snap=False, zorder=2)
    for roll in drawn.rolls:
        draw_roll(axes, roll, size, line_width)
    for place, turns in drawn.spins:
        draw_spin(axes, place, turns, size)
    for place in drawn.hovers:
        axes.plot(*place, marker="o", markersize=9, markerfacecolor="white", markeredgecolor=INK, zorder=4)
        axes.text(place[0] + 0.07 * size, place[1], "hover", fontsize=7.5, color=INK, va="center", zorder=5)
    first, last = drawn.strokes[0].points, drawn.strokes[-1].points
    axes.plot(*first[0], marker="o", markersize=6.0, color=INK, zorder=4)
    along = (last[-1] - last[-2]) / np.linalg.norm(last[-1] - last[-2])
    bar = 0.04 * size * np.array([-along[1], along[0]])
    axes.plot(*np.array([last[-1] - bar, last[-1] + bar]).T, color=INK, linewidth=1.2 * line_width, zorder=4)
    every = np.concatenate([stroke.points for stroke in drawn.strokes])
    low, high = every.min(axis=0), every.max(axis=0)
    middle, reach = 0.5 * (low + high), 0.5 * float((high - low).max()) * 1.2
    axes.set_xlim(middle[0] - reach, middle[0] + reach)
    axes.set_ylim(middle[1] - reach, middle[1] + reach)
    axes.set_aspect("equal")
    axes.axis("off")


def draw_roll(axes: Axes, roll: Roll, size: float, line_width: float) -> None:
    """A bent arrow across the line; from the line on where it is no more than half a roll."""
    whole = abs(roll.angle_deg) > 180
    reach = (1.0 if whole else 1.3) * ARROW * size * roll.across
    along = np.array([roll.across[1], -roll.across[0]]) * 0.3 * ARROW * size
    start, tip = roll.at - (reach if whole else 0.0) - along, roll.at + reach - along
    arrow = FancyArrowPatch(
        tuple(start),
        tuple(tip),
        connectionstyle=f"arc3,rad={0.6 if whole else 0.5}",
        arrowstyle="-|>,head_length=5.2,head_width=2.4",
        linewidth=0.8 * line_width,
        color=INK,
        shrinkA=0,
        shrinkB=0,
        zorder=3,
    )
    axes.add_patch(arrow)
    words = ""
    if roll.points > 1:
        words = f"{roll.points}"
    elif abs(roll.angle_deg) == 90:
        words = "¼"
    elif abs(roll.angle_deg) > 360:
        words = f"{abs(roll.angle_deg) / 360:g} ×"
    if words:
        place = roll.at + reach + 0.07 * size * roll.across
        axes.text(place[0], place[1], words, fontsize=8.5, color=INK, ha="center", va="center", zorder=5)


def draw_spin(axes: Axes, place: Array, turns: float, size: float) -> None:
    """A triangle at the head of the line down, its turns beside it."""
    a = 0.055 * size
    corners = np.array([[0.0, 0.9 * a], [0.0, -0.9 * a], [1.5 * a, -0.9 * a]]) + place
    axes.add_patch(Polygon(corners, closed=True, facecolor="white", edgecolor=INK, linewidth=1.6, zorder=3))
    axes.text(place[0] + 2.1 * a, place[1] - 0.1 * a, f"{turns:g}", fontsize=9, color=INK, va="center", bbox=ON_WHITE)
