"""All figures on one page as in a catalogue: symbol, path in space, how it is entered, who can fly it."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as Page
from matplotlib.patches import Rectangle

from envs.figures.path import figure_path
from envs.rendering.figures.facts import FigureFacts, Verdict
from envs.rendering.figures.ribbon import CANOPY_COLOURS, draw_figure_in_space
from envs.rendering.figures.symbol import INVERTED, SIDEWAYS, STYLES, UPRIGHT, Roll, draw_roll, draw_spin, draw_symbol
from envs.rendering.page import FAINT, GREEN, GRID, INK, RED, fit_width, save_page

COLUMNS, CELL_W, CELL_H, HEAD = 4, 4.0, 2.85, 0.75  # in inches
LEGEND_CELLS = 2
Box = tuple[float, float, float, float]


def draw_figures(facts: Sequence[FigureFacts], path: Path) -> None:
    """Draw a cell for every figure into a .png, .pdf, .svg or .jpg file.

    Raises InputError where it cannot be written.
    """
    columns = min(COLUMNS, len(facts) + LEGEND_CELLS)
    rows = math.ceil((len(facts) + LEGEND_CELLS) / columns)
    if len(facts) % columns and len(facts) % columns + LEGEND_CELLS > columns:
        rows = math.ceil(len(facts) / columns) + 1  # the legend's cells stand side by side
    wide, tall = columns * CELL_W, rows * CELL_H + HEAD
    page = Page(figsize=(wide, tall), facecolor="white")
    FigureCanvasAgg(page)
    page.add_artist(Rectangle((0, 1 - 0.8 * HEAD / tall), 1, 1, transform=page.transFigure, color="#22558a", zorder=-1))
    y = 1 - 0.4 * HEAD / tall
    title = page.text(0.06 / columns, y, "Figures", fontsize=20, weight="bold", color="white", va="center")
    fit_width(title, 0.4)
    crafts = ", ".join(verdict.aircraft for verdict in facts[0].verdicts)
    remark = f"lengths in wing spans b, speeds in stall speeds Vs; who can: {crafts}"
    fit_width(page.text(1 - 0.06 / columns, y, remark, fontsize=11, color="white", va="center", ha="right"), 0.6, 7.0)
    cells = [(k // columns, k % columns) for k in range(rows * columns)]
    for fact, (row, column) in zip(facts, cells, strict=False):
        _draw_cell(page, fact, (column / columns, 1 - (HEAD + row * CELL_H) / tall, 1 / columns, CELL_H / tall))
    row, column = rows - 1, columns - LEGEND_CELLS
    top = 1 - (HEAD + row * CELL_H) / tall
    _draw_legend(page, (column / columns, top, LEGEND_CELLS / columns, CELL_H / tall))
    save_page(page, path)


def _frame(page: Page, box: Box, colour: str = "white") -> None:
    left, top, wide, high = box
    margin = 0.06 / page.get_figwidth()
    page.add_artist(
        Rectangle(
            (left + margin, top - 0.975 * high),
            wide - 2 * margin,
            0.95 * high,
            transform=page.transFigure,
            facecolor=colour,
            edgecolor=GRID,
            linewidth=1.2,
            zorder=-1,
        )
    )


def _draw_cell(page: Page, fact: FigureFacts, box: Box) -> None:
    left, top, wide, high = box
    _frame(page, box)

    def text(right: float, down: float, words: str, share: float, size: float, **look: Any) -> None:
        drawn = page.text(left + right * wide, top - down * high, words, fontsize=size, va="center", **look)
        fit_width(drawn, share * wide, 5.5)

    text(0.05, 0.095, fact.figure.title, 0.9, 13, weight="bold", color=INK)
    needs = "" if fact.needs == "-" else f" · {fact.needs}"
    text(0.05, 0.165, f"{fact.name} · entered at {fact.entry}{needs}", 0.9, 8, color=FAINT)
    draw_symbol(page.add_axes((left + 0.03 * wide, top - 0.79 * high, 0.40 * wide, 0.58 * high)), fact.figure)
    path = figure_path(fact.figure, 1.0)
    axes = page.add_axes((left + 0.42 * wide, top - 0.80 * high, 0.56 * wide, 0.61 * high))
    draw_figure_in_space(axes, path.position, path.tangent, path.canopy)
    _write_verdicts(page, fact.verdicts, box)


def _write_verdicts(page: Page, verdicts: Sequence[Verdict], box: Box) -> None:
    """Who can fly it: of one aircraft how, or why not; of several only which."""
    left, top, wide, high = box
    if len(verdicts) == 1:
        (verdict,) = verdicts
        if verdict.reasons:
            words, colour = f"{verdict.aircraft} cannot: {verdict.reasons[0]}", RED
        else:
            words, colour = f"{verdict.aircraft}: up to {verdict.words}", GREEN
        lines = textwrap.wrap(words, 66, max_lines=2, placeholder=" …")
        page.text(
            left + 0.05 * wide,
            top - 0.885 * high,
            "\n".join(lines),
            fontsize=7.6,
            color=colour,
            va="center",
            linespacing=1.2,
        )
        return
    share = 0.9 / len(verdicts)
    for number, verdict in enumerate(verdicts):
        mark, colour = ("✗", RED) if verdict.reasons else ("✓", GREEN)
        place = left + (0.05 + number * share) * wide
        words = page.text(
            place, top - 0.9 * high, f"{mark} {verdict.aircraft}", fontsize=8.2, color=colour, va="center"
        )
        fit_width(words, 0.97 * share * wide, 5.5)


def _draw_legend(page: Page, box: Box) -> None:
    """How to read symbols and ribbons, in the cells that are left."""
    left, top, wide, high = box
    _frame(page, box, "#f6f8f9")
    page.text(left + 0.03 * wide, top - 0.095 * high, "How to read", fontsize=13, weight="bold", color=INK, va="center")
    axes = page.add_axes((left + 0.02 * wide, top - 0.93 * high, 0.47 * wide, 0.77 * high))
    _symbol_legend(axes)
    axes = page.add_axes((left + 0.51 * wide, top - 0.93 * high, 0.46 * wide, 0.77 * high))
    _ribbon_legend(axes)


def _symbol_legend(axes: Axes) -> None:
    axes.set_xlim(0, 10)
    axes.set_ylim(0, 7)
    axes.set_aspect("equal", anchor="W")
    axes.axis("off")
    rows = ((UPRIGHT, "upright, or pulled"), (INVERTED, "inverted, or pushed"), (SIDEWAYS, "on knife-edge"))
    for number, (flown, words) in enumerate(rows):
        style, colour = STYLES[flown]
        y = 6.5 - 0.95 * number
        axes.plot([0.3, 2.1], [y, y], linestyle=style, color=colour, linewidth=1.9)
        axes.text(2.6, y, words, fontsize=8.5, color=INK, va="center")
    for number, (angle, words) in enumerate(((360.0, "roll; 2, 4: points"), (180.0, "half a roll"))):
        y = 3.6 - 1.05 * number
        axes.plot([0.3, 2.1], [y, y], color=INK, linewidth=1.9)
        draw_roll(axes, Roll(np.array([1.2, y]), np.array([0.0, 1.0]), angle, 1), 3.0, 1.9)
        axes.text(2.6, y, words, fontsize=8.5, color=INK, va="center")
    draw_spin(axes, np.array([0.9, 1.5]), 3, 5.5)
    axes.text(2.6, 1.5, "spin, with its turns", fontsize=8.5, color=INK, va="center")
    axes.plot(0.5, 0.6, marker="o", markersize=6, color=INK)
    axes.plot([1.9, 1.9], [0.35, 0.85], color=INK, linewidth=2.3)
    axes.text(2.6, 0.6, "begins, ends", fontsize=8.5, color=INK, va="center")


def _ribbon_legend(axes: Axes) -> None:
    axes.set_xlim(0, 10)
    axes.set_ylim(0, 7)
    axes.axis("off")
    axes.text(0.2, 6.5, "The ribbon is the path of the wings, its colour", fontsize=8.5, color=INK, va="center")
    axes.text(0.2, 5.85, "says where the canopy points:", fontsize=8.5, color=INK, va="center")
    for number, (words, colour) in enumerate(CANOPY_COLOURS.items()):
        y = 4.95 - 0.82 * number
        axes.add_patch(Rectangle((0.3, y - 0.26), 1.5, 0.52, color=tuple(colour), linewidth=0))
        axes.text(2.3, y, words, fontsize=8.5, color=INK, va="center")
    axes.text(
        0.2, 0.75, "paler where its belly is seen; on the ground its shadow", fontsize=8.5, color=FAINT, va="center"
    )
