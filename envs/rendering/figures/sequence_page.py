"""A sequence on a page: its symbols in the order flown, as on an Aresti form, and its whole path within the box."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure as Page
from matplotlib.patches import Rectangle

from envs.base.frames import Array
from envs.figures.figure import BOX_TOP_B, BOX_WIDTH_B
from envs.figures.path import FigurePath
from envs.figures.sequence import Flown
from envs.rendering.figures.ribbon import (
    CANOPY_COLOURS,
    View,
    canopy_colours,
    draw_ribbon,
    draw_shadow,
    judge_view,
)
from envs.rendering.figures.symbol import draw_symbol
from envs.rendering.labels import Clearance, Label
from envs.rendering.page import (
    FAINT,
    GRID,
    INK,
    PageBox,
    fit_width,
    new_page,
    panel_look,
    panel_title,
    save_page,
    title_bar,
)

SIDE_BOX, SPACE_BOX = PageBox(0.045, 0.075, 0.425, 0.35), PageBox(0.49, 0.05, 0.50, 0.385)
FORM_TOP, FORM_LOW = 0.915, 0.475
MOST_A_ROW, LEAST_ROWS_AT = 8, 6  # symbols; more than so many stand in two rows
BEHIND_B = 45.0  # spans by which the picture in space moves each pass away from the judge
RIBBON_B = 4.5


class Pass(NamedTuple):
    """A figure of the sequence in place: its number, and its path in wing spans, x from the middle of the box."""

    number: int
    flown: Flown
    path: FigurePath


def draw_sequence(title: str, flown: Sequence[Flown], remark: str, path: Path) -> None:
    """Draw a sequence into a .png, .pdf, .svg or .jpg file; `remark` stands at the right of the title.

    Raises InputError where it cannot be written.
    """
    page = new_page()
    title_bar(page, title, remark, 12.0)
    passes = [Pass(number, each, each.placing(1.0, 0.0).path(each.figure, 1.0)) for number, each in enumerate(flown, 1)]
    _form(page, passes)
    _side(page.add_axes(SIDE_BOX), passes)
    _space(page.add_axes(SPACE_BOX), passes)
    _colours(page)
    save_page(page, path)


def _form(page: Page, passes: list[Pass]) -> None:
    """The symbols in the order flown, each in the direction in which the judge sees it flown."""
    rows = 1 if len(passes) <= LEAST_ROWS_AT else math.ceil(len(passes) / MOST_A_ROW)
    columns = math.ceil(len(passes) / rows)
    wide, high = 0.98 / max(columns, 4), (FORM_TOP - FORM_LOW) / rows
    for index, (number, flown, _) in enumerate(passes):
        row, column = divmod(index, columns)
        left, low = 0.01 + column * wide, FORM_TOP - (row + 1) * high
        page.add_artist(
            Rectangle(
                (left + 0.003, low + 0.004),
                wide - 0.006,
                high - 0.008,
                transform=page.transFigure,
                facecolor="white",
                edgecolor=GRID,
                linewidth=1.2,
                zorder=-1,
            )
        )
        axes = page.add_axes((left + 0.12 * wide, low + 0.05 * high, 0.76 * wide, 0.72 * high))
        draw_symbol(axes, flown.figure)
        if flown.ahead < 0:
            axes.invert_xaxis()
        top = low + high - 0.024
        head = page.text(left + 0.010, top, str(number), fontsize=13, weight="bold", color=INK, va="center")
        after = head.get_window_extent().x1 / page.bbox.width + 0.006
        words = page.text(after, top, flown.figure.title, fontsize=10.5, color=INK, va="center")
        fit_width(words, left + wide - 0.030 - after, 7.0)
        way = "→" if flown.ahead > 0 else "←"
        page.text(left + wide - 0.010, top, way, fontsize=13, color=FAINT, ha="right", va="center")


def _numbers(axes: Axes, passes: list[Pass], ways: list[Array], others: list[Array]) -> None:
    """The number of each figure beside the middle of its way (n, 2), clear of all ways and of other lines (n, 2)."""
    clearance = Clearance(axes)
    for way in (*ways, *others):
        clearance.curve(*way.T)
    labels = []
    for each, way in zip(passes, ways, strict=True):
        x, y = way[len(way) // 2]
        labels.append(Label(str(each.number), (float(x), float(y)), INK))
    clearance.place(labels, 10.0, together=False)


def _between(passes: list[Pass]) -> list[Array]:
    """The level lines (2, 3) from each figure to the next, b."""
    return [
        np.stack([first.path.position[-1], second.path.position[0]]) for first, second in itertools.pairwise(passes)
    ]


def _side(axes: Axes, passes: list[Pass]) -> None:
    """All of it as the judge sees it, to scale, within the box."""
    view = judge_view(0.0, 0.0)
    ways = [view.flat(each.path.position) for each in passes]
    highest = max(float(way[:, 1].max()) for way in ways)
    for edge in (-0.5 * BOX_WIDTH_B, 0.5 * BOX_WIDTH_B):
        axes.axvline(edge, color=FAINT, linewidth=1.2, linestyle=(0, (5, 3)), zorder=1)
    axes.axhline(0.0, color=INK, linewidth=1.4, zorder=1)
    for line in _between(passes):
        axes.plot(*view.flat(line).T, color=FAINT, linewidth=1.0, zorder=2)
    for each, way in zip(passes, ways, strict=True):
        pieces = list(np.stack([way[:-1], way[1:]], axis=1))
        axes.add_collection(
            LineCollection(pieces, colors=canopy_colours(each.path.canopy)[:-1], linewidths=2.2, zorder=3)
        )
    reach = 0.5 * BOX_WIDTH_B + 6.0
    tall = 2.0 * reach * SIDE_BOX.height_inches / SIDE_BOX.width_inches
    if highest + 8.0 > tall:  # high above the field: equal scales by the height
        tall = highest + 8.0
        reach = 0.5 * tall * SIDE_BOX.width_inches / SIDE_BOX.height_inches
    axes.set_xlim(-reach, reach)
    axes.set_ylim(-3.0, tall - 3.0)
    panel_look(axes)
    axes.set_xlabel("along the runway, b", color=INK, fontsize=9.5)
    axes.set_ylabel("height, b", color=INK, fontsize=9.5)
    _numbers(axes, passes, ways, [view.flat(line) for line in _between(passes)])
    panel_title(axes, f"From the judge's line; dashed: box {BOX_WIDTH_B:.0f} b wide, {BOX_TOP_B:.0f} b high")


def _space(axes: Axes, passes: list[Pass]) -> None:
    """The ribbon of all of it, each pass moved away behind the one before."""
    view, behind = judge_view(), 0.0
    moved, joined = list[Array](), list[Array]()
    for number, (each, line) in enumerate(zip(passes, [*_between(passes), None], strict=True)):
        if number and each.flown.ahead != passes[number - 1].flown.ahead:
            behind += BEHIND_B
        aside = np.array([0.0, behind, 0.0])
        moved.append(each.path.position + aside)
        if line is not None:
            joined.append(line + aside)
    everything = np.concatenate(moved)
    corners = draw_shadow(axes, everything, 0.0, view)
    for line in joined:
        axes.plot(*view.flat(line).T, color=FAINT, linewidth=1.0, zorder=2)
    for each, position in sorted(zip(passes, moved, strict=True), key=lambda pair: -float(pair[1][0, 1])):
        draw_ribbon(axes, position, each.path.tangent, each.path.canopy, width=RIBBON_B, view=view)
    _fit(axes, view, np.concatenate([everything, corners]))
    axes.set_xticks([])
    axes.set_yticks([])
    axes.axis("off")
    shadow = everything * np.array([1.0, 1.0, 0.0])
    others = [view.flat(line) for line in (*joined, shadow)]
    _numbers(axes, passes, [view.flat(position) for position in moved], others)
    panel_title(axes, "In space, every pass set behind the one before")


def _fit(axes: Axes, view: View, points: Array) -> None:
    """Equal scales, and all points (n, 3) in the picture."""
    flat = view.flat(points)
    low, high = flat.min(axis=0), flat.max(axis=0)
    inches = np.array([SPACE_BOX.width_inches, SPACE_BOX.height_inches])
    half = 0.52 * inches * float(((high - low) / inches).max())
    middle = 0.5 * (low + high)
    axes.set_xlim(middle[0] - half[0], middle[0] + half[0])
    axes.set_ylim(middle[1] - half[1], middle[1] + half[1])


def _colours(page: Page) -> None:
    """What the colours mean, in a row at the foot of the page."""
    x, y = 0.50, 0.022
    page.text(x, y, "canopy", fontsize=9.0, color=FAINT, va="center")
    x += 0.05
    for words, colour in CANOPY_COLOURS.items():
        swatch = Rectangle((x, y - 0.006), 0.011, 0.012, transform=page.transFigure, color=tuple(colour), linewidth=0)
        page.add_artist(swatch)
        drawn = page.text(x + 0.014, y, words, fontsize=9.0, color=INK, va="center")
        x = drawn.get_window_extent().x1 / page.bbox.width + 0.016
