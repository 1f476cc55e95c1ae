"""Many flights of one figure on a page: their ways over the path asked for, their marks, and what cost them points."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from envs.base.frames import Array
from envs.flights.figure_flights import NO_POINTS, FigureFlights
from envs.flights.flight_log import FlightLog
from envs.rendering.card.figure_flight import equal_scales
from envs.rendering.card.panels import style
from envs.rendering.card.score_sheet import RED_INK
from envs.rendering.figures.ribbon import View, draw_shadow, judge_view
from envs.rendering.names import check_ending
from envs.rendering.page import BLUE, FAINT, INK, PageBox, fit_width, new_page, panel_title, save_page, title_bar

SPACE_BOX, LINE_BOX = PageBox(0.015, 0.37, 0.40, 0.51), PageBox(0.48, 0.40, 0.50, 0.475)
PANEL_LOW, PANEL_HIGH = 0.075, 0.215
STATIONS = 200  # along the path
MOST_ELEMENTS = 8
BINS = np.arange(0.0, 10.01, 0.5)
PERCENTILES = (5.0, 50.0, 95.0)


def draw_overlay(overlaid: FigureFlights, logs: Sequence[FlightLog], path: Path) -> Path:
    """Draw the page into a .png, .pdf, .svg or .jpg file and return its path; `logs` say who flew.

    Raises InputError for another ending, and where the file cannot be written.
    """
    check_ending(path, "overlay")
    page = new_page()
    title_bar(page, _headline(overlaid), _who(logs), 12.0)
    _in_space(page.add_axes(SPACE_BOX), overlaid)
    _from_the_line(page.add_axes(LINE_BOX), overlaid)
    _marks(page.add_axes((0.042, PANEL_LOW, 0.25, PANEL_HIGH)), overlaid)
    _distances(page.add_axes((0.355, PANEL_LOW, 0.25, PANEL_HIGH)), overlaid)
    _costs(page, page.add_axes((0.79, PANEL_LOW, 0.19, PANEL_HIGH)), overlaid)
    save_page(page, path)
    return path


def mark_colours(marks: Array) -> list[str]:
    """A colour for each mark, dark of low ones and bright of high ones; red of no points."""
    scale = colormaps["viridis"]
    return [RED_INK if mark < NO_POINTS else to_hex(scale(0.92 * float(mark) / 10.0)) for mark in marks]


def _headline(overlaid: FigureFlights) -> str:
    marks = overlaid.marks
    return f"{overlaid.title}: mark {marks.mean():.1f} ± {marks.std(ddof=1):.1f}"


def _who(logs: Sequence[FlightLog]) -> str:
    """How many flights, by whom, with what, in what; what differs between them is left out."""
    words = [f"{len(logs)} flights"]
    for told in (
        {str(log.header.get("pilot") or "") for log in logs},
        {log.aircraft().title for log in (logs if len(logs) <= 2 else (logs[0], logs[-1]))},
        {str(log.header.get("weather") or "") for log in logs},
    ):
        words += [word for word in told if word and len(told) == 1]
    return " · ".join(words)


def _worst_last(overlaid: FigureFlights) -> list[int]:
    """Flights in the order in which they are drawn: those without points on top."""
    return list(np.argsort(-overlaid.marks, kind="stable"))


def _ways(axes: Axes, overlaid: FigureFlights, view: View) -> None:
    """Every way in the colour of its mark, and the path asked for over them."""
    order, colours = _worst_last(overlaid), mark_colours(overlaid.marks)
    thin = float(np.clip(14.0 / np.sqrt(len(order)), 0.5, 1.6))
    ways = [view.flat(overlaid.flights[index].position) for index in order]
    look = {"linewidths": thin, "alpha": float(np.clip(6.0 / np.sqrt(len(order)), 0.25, 0.9)), "zorder": 3}
    axes.add_collection(LineCollection(ways, colors=[colours[index] for index in order], **look))
    asked = view.flat(overlaid.path.position)
    axes.plot(*asked.T, color="white", linewidth=3.0, alpha=0.75, zorder=4)
    axes.plot(*asked.T, color=INK, linewidth=1.3, zorder=5)
    axes.plot(*asked[0], marker="o", markersize=5.0, color=INK, zorder=6)


def _everything(overlaid: FigureFlights) -> Array:
    return np.concatenate([overlaid.path.position, *(flight.position for flight in overlaid.flights)])


def _in_space(axes: Axes, overlaid: FigureFlights) -> None:
    view, points = judge_view(), _everything(overlaid)
    asked = overlaid.path.position
    floor = float(points[:, 2].min()) - 0.10 * float(np.ptp(points, axis=0).max())
    corners = draw_shadow(axes, asked, floor, view)
    _ways(axes, overlaid, view)
    equal_scales(axes, SPACE_BOX, view.flat(np.concatenate([points, corners])), 0.05)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.axis("off")
    panel_title(axes, "Asked for (black) and flown, coloured by mark")


def _from_the_line(axes: Axes, overlaid: FigureFlights) -> None:
    view = judge_view(0.0, 0.0)
    _ways(axes, overlaid, view)
    equal_scales(axes, LINE_BOX, view.flat(_everything(overlaid)), 0.05)
    axes.set_xlabel("along the entry track, m", color=INK, fontsize=9.5)
    style(axes, "above the entry, m")
    panel_title(axes, "From the judge's line, to scale")


def _marks(axes: Axes, overlaid: FigureFlights) -> None:
    """How many flights got which mark, in the colours of the ways."""
    marks = overlaid.marks
    scored = marks[marks >= NO_POINTS]
    counts, _ = np.histogram(scored, BINS)
    middles = 0.5 * (BINS[:-1] + BINS[1:])
    axes.bar(middles, counts, width=0.46, color=mark_colours(middles), zorder=2)
    if overlaid.without_points:
        axes.bar(-0.5, overlaid.without_points, width=0.46, color=RED_INK, zorder=2)
    axes.axvline(float(marks.mean()), color=INK, linewidth=1.2, linestyle=(0, (4, 2)), zorder=3)
    axes.set_xlim(-1.0, 10.2)
    axes.set_xticks([-0.5, 2, 4, 6, 8, 10], ["none", "2", "4", "6", "8", "10"])
    axes.set_ylim(0.0, 1.15 * max(1, *counts, overlaid.without_points))
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel("the judge's mark", color=INK, fontsize=9.5)
    style(axes, "flights")
    panel_title(axes, f"{overlaid.without_points} of {len(marks)} without points; dashed: mean")


def _distances(axes: Axes, overlaid: FigureFlights) -> None:
    """How far off the path along it: of the middle flight, and of all but five in a hundred to each side."""
    along = np.linspace(0.0, overlaid.path.length_m, STATIONS)
    distances = overlaid.distances(along)
    reached = np.count_nonzero(np.isfinite(distances), axis=0) >= 2
    low, middle, high = np.nanpercentile(distances[:, reached], PERCENTILES, axis=0)
    axes.fill_between(along[reached], low, high, color=BLUE, alpha=0.22, linewidth=0)
    axes.plot(along[reached], middle, color=BLUE, linewidth=1.8)
    highest = max(1.0, 1.1 * float(high.max()))
    for start in overlaid.path.starts_m[1:]:
        axes.axvline(float(start), color=FAINT, linewidth=0.8, linestyle=(0, (2, 2)), zorder=1)
    axes.set_xlim(0.0, overlaid.path.length_m)
    axes.set_ylim(0.0, highest)
    axes.set_xlabel("along the path, m (dotted: elements)", color=INK, fontsize=9.5)
    style(axes, "from the path, m")
    panel_title(axes, "Distance: middle flight, 5 to 95 %")


def _costs(page: Figure, axes: Axes, overlaid: FigureFlights) -> None:
    """Points that each element costs in the mean, in the order flown, and why flights got none."""
    elements, lost = overlaid.path.figure.elements, overlaid.lost_by_element()
    shown = sorted(np.argsort(-lost, kind="stable")[:MOST_ELEMENTS])
    places = -np.arange(len(shown))
    axes.barh(places, lost[shown], height=0.62, color=BLUE, zorder=2)
    for place, index in zip(places, shown, strict=True):
        axes.text(float(lost[index]), float(place), f" {lost[index]:.2f}", fontsize=8.5, color=INK, va="center")
    axes.set_yticks(places, ["\n".join(textwrap.wrap(elements[index].words(), 26)) for index in shown])
    axes.tick_params(axis="y", labelsize=8.0)
    axes.set_xlim(0.0, 1.25 * max(0.1, float(lost.max())))
    axes.set_ylim(min(-0.6, -len(shown) + 0.4), 0.6)
    axes.set_xlabel("points lost, mean of a flight", color=INK, fontsize=9.5)
    style(axes, "")
    panel_title(axes, "What costs points")
    zeros = Counter(flight.sheet.zero.split(":")[0] for flight in overlaid.flights if flight.sheet.zero)
    if zeros:
        words = "no points: " + ", ".join(f"{reason} ({count})" for reason, count in zeros.most_common(3))
        fit_width(page.text(0.98, 0.012, words, fontsize=9.0, color=RED_INK, ha="right", va="bottom"), 0.6, 6.5)
