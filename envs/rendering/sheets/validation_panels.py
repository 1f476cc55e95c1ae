"""Two panels of the page on published answers: modes in the upper half plane, coefficients at any angle of attack."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from envs.rendering.labels import Clearance, Label
from envs.rendering.page import BLUE, FAINT, GREEN, INK, ORANGE, PURPLE, WARNING
from envs.rendering.sheets.performance_panels import frame
from envs.rendering.sheets.validation_table import conditions_text
from envs.validation.comparison import Line, Validation
from envs.validation.quantities import MODES

COLOURS = (BLUE, ORANGE, GREEN, PURPLE, "#0c8599", "#a61e4d", "#5c940d", "#495057")
SLOW_SHARE = 0.12  # of the fastest mode: slower ones are drawn larger
WIDEST_GAP_DEG = 45.0  # that a curve over angle of attack crosses


class Root(NamedTuple):
    """An eigenvalue (1/s), published and ours; `label` names aircraft and conditions, `colour` is the aircraft's."""

    label: str
    colour: str
    mode: str
    published: complex
    ours: complex


def modes_of(validations: Sequence[Validation]) -> list[Root]:
    """Eigenvalues from pairs of lines: real and imaginary part, or frequency and damping, at the same conditions."""
    found: list[Root] = []
    for validation, colour in zip(validations, aircraft_colours(validations), strict=True):
        lines = {
            (line.answer.quantity, line.answer.at, line.answer.source): line
            for line in validation.lines
            if line.ours is not None
        }
        for (quantity, at, source), first in lines.items():
            mode, _, part = quantity.rpartition("_")
            if mode.replace("_", " ") not in MODES or part not in ("real", "frequency") or at.without or at.derivatives:
                continue
            other = "imaginary" if part == "real" else "damping"
            second = lines.get((f"{mode}_{other}", at, source))
            if second is None and part == "frequency":
                continue
            values = [
                (first.answer.published, second.answer.published if second else 0.0),
                (first.ours or 0.0, (second.ours or 0.0) if second else 0.0),
            ]
            published, ours = (complex(a, b) if part == "real" else _root(a, b) for a, b in values)
            label = f"{validation.file.title}, {conditions_text(at)}"
            found.append(Root(label, colour, mode.replace("_", " "), published, ours))
    return found


def _root(frequency: float, damping: float) -> complex:
    return complex(-frequency * damping, frequency * np.sqrt(max(0.0, 1.0 - damping**2)))


def draw_modes(fast: Axes, slow: Axes, roots: Sequence[Root]) -> None:
    """Eigenvalues in the upper half plane, the slow ones in a panel of their own; a line joins published and ours.

    Both panels have their places when this is called; `slow` is taken away where no mode is slow.
    """
    frame(fast, "Modes", "real part, 1/s: decays faster to the left")
    fast.set_ylabel("imaginary part, rad/s: swings faster upwards", color=INK, fontsize=9.5)
    labels = list(dict.fromkeys((root.label, root.colour) for root in roots))
    marks = {label: "os^Dv"[k % 5] for k, (label, _) in enumerate(labels)}
    top = max(_highest(roots), 1.0)
    few = [root for root in roots if max(abs(root.published), abs(root.ours)) < SLOW_SHARE * top]
    _pairs(fast, [root for root in roots if root not in few] or roots, marks)
    fast.set_ylim(-0.06 * top, (1.22 + 0.10 * (len(labels) + 2)) * top)
    fast.xaxis.set_major_locator(MaxNLocator(5))
    _mark_unstable(fast, 0.05 * top)
    _name_modes(fast, [root for root in roots if root not in few] or roots, _legend(fast, labels, marks))
    if few:  # phugoid and spiral would be a point beside the others
        frame(slow, "slow ones", "1/s")
        slow.set_ylabel("rad/s", color=INK, fontsize=9.5, labelpad=1)
        _pairs(slow, few, marks)
        slow.margins(0.25, 0.28)
        slow.xaxis.set_major_locator(MaxNLocator(2))
        _mark_unstable(slow, 0.06)
        _name_modes(slow, few)
    else:
        slow.remove()


def _legend(fast: Axes, labels: Sequence[tuple[str, str]], marks: dict[str, str]) -> Legend:
    """What the marks and colours mean, above the modes."""
    handles = [
        Line2D([], [], marker=marks[label], color=colour, linestyle="", markersize=6, label=label)
        for label, colour in labels
    ]
    handles += [
        Line2D(
            [],
            [],
            marker="o",
            markerfacecolor="white",
            markeredgecolor=FAINT,
            linestyle="",
            markeredgewidth=1.6,
            markersize=8,
            label="outlined: published",
        ),
        Line2D([], [], marker="o", color=FAINT, linestyle="", markersize=5.5, label="filled: ours"),
    ]
    return fast.legend(handles=handles, loc="upper left", fontsize=8.5, frameon=False)


def _highest(roots: Sequence[Root]) -> float:
    return max(value.imag for root in roots for value in (root.published, root.ours))


def _mark_unstable(axes: Axes, least: float) -> None:
    """Colour the half plane of growing modes, of which at least `least` (1/s) is shown."""
    _, right = axes.get_xlim()
    right = max(least, right)
    axes.set_xlim(None, right)
    axes.axvspan(0, right, color=WARNING, zorder=0)


def _pairs(axes: Axes, roots: Sequence[Root], marks: dict[str, str]) -> None:
    for label, colour, _, published, ours in roots:
        axes.plot([published.real, ours.real], [published.imag, ours.imag], color=colour, linewidth=1.3, alpha=0.6)
        axes.plot(
            published.real,
            published.imag,
            marks[label],
            markerfacecolor="white",
            markeredgecolor=colour,
            markeredgewidth=1.6,
            markersize=8.5,
        )
        axes.plot(ours.real, ours.imag, marks[label], color=colour, markersize=5.5)


def _name_modes(axes: Axes, roots: Sequence[Root], legend: Legend | None = None) -> None:
    """The name of each mode once, beside its highest point, off all points."""
    clearance = Clearance(axes)
    if legend is not None:
        clearance.words(legend.get_window_extent())
    places: dict[str, complex] = {}
    for _, _, mode, published, ours in roots:
        clearance.curve([published.real, ours.real], [published.imag, ours.imag])
        places[mode] = max(places.get(mode, published), published, ours, key=lambda value: value.imag)
    labels = [Label(mode, (point.real, point.imag), INK) for mode, point in places.items()]
    clearance.place(labels, size=9, together=False)


def sweeps_of(validations: Sequence[Validation]) -> list[tuple[str, dict[str, list[Line]]]]:
    """Files with coefficients at four angles or more: (title, coefficient -> lines by angle)."""
    found = []
    for validation in validations:
        curves: dict[str, list[Line]] = {}
        for line in validation.lines:
            if line.answer.quantity in ("CL", "CD", "Cm") and not line.answer.at.without and line.ours is not None:
                curves.setdefault(line.answer.quantity, []).append(line)
        curves = {name: sorted(lines, key=_angle) for name, lines in curves.items() if len(lines) >= 4}
        if curves:
            found.append((validation.file.title, curves))
    return found


def _angle(line: Line) -> float:
    return line.answer.at.alpha_deg or 0.0


def draw_sweep(axes: Axes, title: str, curves: dict[str, list[Line]]) -> None:
    """Coefficients over the whole circle: published values with their tolerance, ours as dots on a line."""
    frame(axes, f"{title}, propeller off: all round", "angle of attack, deg")
    for (name, lines), colour in zip(curves.items(), (BLUE, ORANGE, GREEN), strict=False):
        angles = [_angle(line) for line in lines]
        published = [line.answer.published for line in lines]
        bands = [line.answer.tolerance.band(line.answer.published) for line in lines]
        axes.errorbar(
            angles,
            published,
            bands,
            fmt="o",
            markersize=8.5,
            markerfacecolor="white",
            color=colour,
            markeredgewidth=1.6,
            elinewidth=5,
            alpha=0.40,
            zorder=2,
        )
        gaps = np.flatnonzero(np.diff(angles) > WIDEST_GAP_DEG) + 1
        for piece in np.split(np.arange(len(lines)), gaps):
            axes.plot(
                [angles[k] for k in piece],
                [lines[k].ours or 0.0 for k in piece],
                "o-",
                color=colour,
                markersize=4.5,
                linewidth=1.4,
                zorder=3,
            )
        axes.annotate(
            name,
            (angles[-1], lines[-1].ours or 0.0),
            xytext=(8, 0),
            textcoords="offset points",
            fontsize=11,
            weight="bold",
            color=colour,
            va="center",
        )
    axes.axhline(0, color=FAINT, linewidth=0.8)
    axes.set_xticks(range(-180, 181, 45))
    axes.set_xlim(-180, 188)


def aircraft_colours(validations: Sequence[Validation]) -> list[str]:
    """A colour for each file of answers, in order; after eight they begin again."""
    return [COLOURS[k % len(COLOURS)] for k in range(len(validations))]
