"""Published answers and ours on one page: each difference over its tolerance, modes, coefficients at any angle."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from envs.rendering.page import (
    FAINT,
    INK,
    ORANGE,
    RED,
    new_page,
    panel_title,
    save_page,
    title_bar,
)
from envs.rendering.sheets.validation_panels import aircraft_colours, draw_modes, draw_sweep, modes_of, sweeps_of
from envs.rendering.sheets.validation_table import sections_of, summary
from envs.validation.comparison import Line, Validation

MET, OUTSIDE, EXPLAINED = "#d3f0d9", "#faf4ea", ORANGE
FARTHEST = 3.0  # in tolerances; what is farther off sits on the edge
LEAST_LINES, BETWEEN = 14, 5  # widths, in dots: of a narrow strip, and between two strips of a row
SHORT = {
    "coefficients at any angle of attack": "any angle of attack",
    "thrust and hover": "thrust, hover",
    "stall and glide": "stall, glide",
}


def draw_validation(validations: Sequence[Validation], path: Path) -> None:
    """Draw the page into a .png, .pdf, .svg or .jpg file. Raises InputError where it cannot be written."""
    figure = new_page()
    title_bar(figure, "Published and ours", summary(validations), 13)
    roots, sweeps = modes_of(validations), sweeps_of(validations)
    wide = 0.575 if roots or sweeps else 0.945
    _charts(figure, validations, wide)
    if roots:
        low, tall = (0.555, 0.315) if sweeps else (0.10, 0.77)
        draw_modes(figure.add_axes((0.675, low, 0.205, tall)), figure.add_axes((0.918, low, 0.067, tall)), roots)
    if sweeps:
        draw_sweep(figure.add_axes((0.675, 0.085, 0.305, 0.345 if roots else 0.77)), *sweeps[0])
    save_page(figure, path)


def _charts(figure: Figure, validations: Sequence[Validation], wide: float) -> None:
    """One strip of dots a file, a dot an answer, its height the difference in tolerances; short ones share a row."""
    low, high, gap = 0.075, 0.875, 0.065
    width = {v.file.name: max(LEAST_LINES, len(v.lines)) for v in validations}
    most, rows = max(width.values()), list[list[Validation]]()
    for validation in validations:
        room = (r for r in rows if sum(width[v.file.name] + BETWEEN for v in [*r, validation]) <= most + BETWEEN)
        row = next(room, None)
        if row is None:
            rows.append([validation])
        else:
            row.append(validation)
    tall = min(0.42, (high - low + gap) / len(rows) - gap)
    colours = dict(zip(width, aircraft_colours(validations), strict=True))
    for index, row in enumerate(rows):
        left = 0.0
        for v in row:
            axes = figure.add_axes(
                (0.04 + wide * left / most, high - tall - index * (tall + gap), wide * width[v.file.name] / most, tall)
            )
            _chart(axes, v, colours[v.file.name])
            met = v.count("met") + v.count("stale")
            panel_title(axes, f"{v.file.title}: {met} of {len(v.lines)} met", pad=16)
            left += width[v.file.name] + BETWEEN
    figure.text(
        0.04,
        0.022,
        "A dot is one published value; its height says how far ours is off, in tolerances. "
        "Green: met. Ring: missed, cause known. Cross: missed.",
        fontsize=10,
        color=FAINT,
    )


def _chart(axes: Axes, validation: Validation, colour: str) -> None:
    axes.axhspan(-FARTHEST - 0.6, FARTHEST + 0.6, color=OUTSIDE, zorder=0)
    axes.axhspan(-1, 1, color=MET, zorder=1)
    axes.axhline(0, color="#9ccfa6", linewidth=0.8, zorder=2)
    start, total, near = 0, len(validation.lines), (-99, 0)
    for section, lines in sections_of(validation):
        if start:
            axes.axvline(start - 0.5, color="white", linewidth=2.5, zorder=2)
        name = SHORT.get(section, section)
        if len(lines) > 0.68 * len(name) - 3.6 or len(lines) == total:  # room for it
            axes.annotate(
                name,
                (start - 0.4, 1.0),
                xycoords=("data", "axes fraction"),
                xytext=(0, 3),
                textcoords="offset points",
                fontsize=8,
                color=FAINT,
            )
        near = _dots(axes, lines, start, 0.85 * total, colour, near)
        start += len(lines)
    axes.set_xlim(-0.8, total - 0.2)
    axes.set_ylim(-FARTHEST - 0.6, FARTHEST + 0.6)
    axes.set_yticks([-3, -1, 1, 3], ["−3", "−1", "+1", "+3"])
    axes.set_xticks([])
    axes.tick_params(colors=FAINT, labelsize=8.5, length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _dots(
    axes: Axes, lines: Sequence[Line], start: int, late: float, colour: str, near: tuple[int, int]
) -> tuple[int, int]:
    """The dots of a section; misses are named, those from dot `late` on to their left.

    `near`: dot and side (1, -1) of the last miss that was named; returned with those of this section.
    """
    named = ""
    for k, line in enumerate(lines, start):
        off = 2 * FARTHEST if line.in_bands is None else line.in_bands
        y = float(np.clip(off, -FARTHEST, FARTHEST))
        outside = line.verdict in ("explained", "MISS")
        axes.plot([k, k], [0, y], color=colour, alpha=0.30, linewidth=1.2, zorder=3)
        if line.verdict == "MISS":
            axes.plot(k, y, "X", color=RED, markersize=9, zorder=5)
        elif outside:
            axes.plot(
                k,
                y,
                "o",
                markerfacecolor="white",
                markeredgecolor=EXPLAINED,
                markeredgewidth=2.2,
                markersize=7,
                zorder=5,
            )
        else:
            axes.plot(k, y, "o", color=colour, markersize=4.6, zorder=4)
        words = line.quantity.words.removesuffix(" (down +)").split(", ")[0].replace("of the largest lift", "at stall")
        if outside and words != named:
            beyond = f"{words}, {abs(off):.1f}×" if abs(off) > FARTHEST and line.ours is not None else words
            up = 1 if y > 0 else -1
            crowded = k - near[0] < 6 and up == near[1]  # then nearer the middle than the words before
            axes.annotate(
                beyond,
                (k, y),
                xytext=(-7 if k > late else 6, (-16 if crowded else 3) * up),
                textcoords="offset points",
                fontsize=8.5,
                color=INK,
                ha="right" if k > late else "left",
                va="bottom" if up > 0 and abs(y) < FARTHEST - 0.5 else "center",
                zorder=6,
            )
            named, near = words, (k, up)
    return near
