"""The card of a flight of figures: the way asked for and flown, how far off it was, and what the judge takes off."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from envs.base.errors import InputError
from envs.base.frames import Array
from envs.flights.deviations import Deviations, deviations
from envs.flights.flight_log import FlightLog
from envs.flights.judging import Judged, judge_flight
from envs.flights.legs import legs_of
from envs.rendering.card.panels import controls, style
from envs.rendering.card.score_sheet import RED_INK, score_sheet
from envs.rendering.figures.ribbon import (
    CANOPY_COLOURS,
    View,
    canopy_colours,
    draw_ribbon,
    draw_shadow,
    judge_view,
)
from envs.rendering.labels import Clearance, Label
from envs.rendering.page import BLUE, FAINT, INK, ORANGE, PURPLE, PageBox, panel_title

SPACE_BOX, LINE_BOX = PageBox(0.015, 0.385, 0.355, 0.49), PageBox(0.42, 0.40, 0.285, 0.475)
PANELS_LEFT, PANELS_STEP, PANEL_WIDTH, PANEL_LOW, PANEL_HIGH = 0.042, 0.176, 0.127, 0.065, 0.215
RIBBON = 0.055  # its width, of the figure's size
FROM_THE_LINE = judge_view(0.0, 0.0)


class FlownFigure(NamedTuple):
    """A figure of the flight, its marks, its errors, and the number of its first downgrade on the card."""

    judged: Judged
    errors: Deviations
    first: int


def figures_of(log: FlightLog) -> list[FlownFigure]:
    """The figures that a flight was to fly; none of a circuit, and none that cannot be judged."""
    if legs_of(log.header):
        return []  # of a whole mission the circuit's card shows more
    try:
        marked = judge_flight(log)
    except (InputError, KeyError, TypeError, ValueError):  # a broken mark does not stop the card
        return []
    stall_mps, found, first = log.stall_speed_mps(), [], 1
    for judged in marked:
        found.append(FlownFigure(judged, deviations(judged, stall_mps), first))
        first += len(judged.sheet.downgrades)
    return found


def compose_figures(page: Figure, log: FlightLog, figures: list[FlownFigure]) -> None:
    """Fill a page below its title."""
    _in_space(page.add_axes(SPACE_BOX), figures)
    _from_the_line(page.add_axes(LINE_BOX), figures)
    _colours(page)
    for index, panel in enumerate((_distance, _canopy, _speed, _sticks)):
        axes = page.add_axes((PANELS_LEFT + PANELS_STEP * index, PANEL_LOW, PANEL_WIDTH, PANEL_HIGH))
        panel(axes, log, figures)
        _seconds(axes, log, figures)
    score_sheet(page, [(figure.judged, figure.first) for figure in figures])


def _numbered(figures: list[FlownFigure], view: View) -> list[Label]:
    """A number for each downgrade at its place on the way flown, in the picture of a camera."""
    labels = []
    for judged, errors, first in figures:
        for number, downgrade in enumerate(judged.sheet.downgrades, first):
            row = int(np.argmin(np.abs(errors.time_s - downgrade.time_s)))
            x, y = view.flat(errors.position[row])
            labels.append(Label(str(number), (float(x), float(y)), RED_INK))
    return labels


def equal_scales(axes: Axes, box: PageBox, points: Array, room: float) -> None:
    """Equal scales, all points (n, 2) inside and a share of room round them."""
    low, high = points.min(axis=0), points.max(axis=0)
    inches = np.array([box.width_inches, box.height_inches])
    half = (0.5 + room) * inches * float(((high - low + 1e-6) / inches).max())
    middle = 0.5 * (low + high)
    axes.set_xlim(middle[0] - half[0], middle[0] + half[0])
    axes.set_ylim(middle[1] - half[1], middle[1] + half[1])


def _write_numbers(axes: Axes, figures: list[FlownFigure], view: View) -> None:
    clearance = Clearance(axes)
    for judged, errors, _ in figures:
        for way in (judged.path.position, errors.position):
            clearance.curve(*view.flat(way).T)
    labels = _numbered(figures, view)
    if labels:
        axes.plot(*np.array([label.point for label in labels]).T, "o", markersize=4.2, color=RED_INK, zorder=6)
    grouped: dict[tuple[float, float], Label] = {}
    reach = 0.02 * float(np.ptp(axes.get_xlim()))
    for label in labels:  # those of one moment in one line: 3, 4
        near = next((at for at in grouped if np.hypot(at[0] - label.point[0], at[1] - label.point[1]) < reach), None)
        if near is None:
            grouped[label.point] = label
        else:
            grouped[near] = grouped[near]._replace(text=f"{grouped[near].text}, {label.text}")
    clearance.place(list(grouped.values()), 9.0, together=False)


def _in_space(axes: Axes, figures: list[FlownFigure]) -> None:
    """Ribbon of the way flown and the way asked for as a line, from the judge's side and above."""
    view = judge_view()
    everything = np.concatenate([way for f in figures for way in (f.judged.path.position, f.errors.position)])
    size = float(np.ptp(everything, axis=0).max())
    corners = draw_shadow(axes, everything, float(everything[:, 2].min()) - 0.10 * size, view)
    for judged, errors, _ in figures:
        asked = view.flat(judged.path.position)
        draw_ribbon(axes, errors.position, errors.direction, errors.canopy, width=RIBBON * size, view=view)
        axes.plot(*asked.T, color=INK, linewidth=1.1, zorder=4)
        axes.plot(*asked[0], marker="o", markersize=5.0, color=INK, zorder=5)
    equal_scales(axes, SPACE_BOX, view.flat(np.concatenate([everything, corners])), 0.05)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.axis("off")
    _write_numbers(axes, figures, view)
    panel_title(axes, "Asked for (line) and flown (ribbon)")


def _from_the_line(axes: Axes, figures: list[FlownFigure]) -> None:
    """Both ways as the judge sees them, along the runway and height, to scale."""
    view = FROM_THE_LINE
    for judged, errors, _ in figures:
        flown = view.flat(errors.position)
        axes.plot(*view.flat(judged.path.position).T, color=INK, linewidth=1.1, zorder=2)
        pieces = np.stack([flown[:-1], flown[1:]], axis=1)
        colours = canopy_colours(errors.canopy)[:-1]
        axes.add_collection(LineCollection(list(pieces), colors=colours, linewidths=3.0, capstyle="round", zorder=3))
        axes.plot(*view.flat(judged.path.position[0]), marker="o", markersize=5.0, color=INK, zorder=5)
    points = [view.flat(way) for f in figures for way in (f.judged.path.position, f.errors.position)]
    equal_scales(axes, LINE_BOX, np.concatenate(points), 0.09)
    axes.set_xlabel("along the runway, m", color=INK, fontsize=9.5)
    style(axes, "height, m")
    _write_numbers(axes, figures, view)
    panel_title(axes, "From the judge's line, to scale; numbers: downgrades")


def _colours(page: Figure) -> None:
    """What the ribbon's colours mean, in a row below it."""
    y = 0.338
    page.text(0.018, y, "canopy", fontsize=9.0, color=FAINT, va="center")
    for number, (words, colour) in enumerate(CANOPY_COLOURS.items()):
        left = (0.062, 0.103, 0.153, 0.223, 0.302)[number]
        page.add_artist(
            Rectangle((left, y - 0.006), 0.011, 0.012, transform=page.transFigure, color=tuple(colour), linewidth=0)
        )
        page.text(left + 0.014, y, words, fontsize=9.0, color=INK, va="center")


def _seconds(axes: Axes, log: FlightLog, figures: list[FlownFigure]) -> None:
    """Time axis of the whole flight, the seconds of downgrades marked."""
    time = log.column("time_s")
    axes.set_xlim(float(time[0]), max(float(time[-1]), float(time[0]) + 0.1))
    axes.set_xlabel("time, s", color=INK, fontsize=9.5)
    for figure in figures:
        for downgrade in figure.judged.sheet.downgrades:
            axes.axvline(downgrade.time_s, color=RED_INK, linewidth=0.7, linestyle=(0, (3, 3)), alpha=0.45, zorder=1)


def _over_time(axes: Axes, figures: list[FlownFigure], name: str, colour: str, least: float) -> None:
    highest = least
    for figure in figures:
        values = getattr(figure.errors, name)
        axes.plot(figure.errors.time_s, values, color=colour, linewidth=1.6)
        highest = max(highest, 1.1 * float(values.max()))
    axes.set_ylim(0.0, highest)


def _distance(axes: Axes, _: FlightLog, figures: list[FlownFigure]) -> None:
    _over_time(axes, figures, "distance_m", BLUE, 1.0)
    style(axes, "distance from the path, m")


def _canopy(axes: Axes, _: FlightLog, figures: list[FlownFigure]) -> None:
    _over_time(axes, figures, "canopy_deg", PURPLE, 10.0)
    style(axes, "canopy off the one asked, °")


def _speed(axes: Axes, log: FlightLog, figures: list[FlownFigure]) -> None:
    flown = log.column("airspeed_mps")
    axes.plot(log.column("time_s"), flown, color=BLUE, linewidth=1.6, label="flown")
    highest = float(flown.max())
    for number, figure in enumerate(figures):
        wanted = figure.errors.wanted_mps
        axes.plot(figure.errors.time_s, wanted, color=ORANGE, linewidth=1.3, label="" if number else "wanted")
        highest = max(highest, float(wanted.max()))
    axes.set_ylim(0.0, 1.1 * highest)
    style(axes, "airspeed, m/s")
    _above(axes, 2)


def _sticks(axes: Axes, log: FlightLog, _: list[FlownFigure]) -> None:
    controls(axes, log)
    style(axes, "sticks, share of travel")
    _above(axes, 2)


def _above(axes: Axes, columns: int) -> None:
    look: dict[str, Any] = {
        "frameon": False,
        "fontsize": 8.5,
        "handlelength": 1.1,
        "columnspacing": 0.9,
        "borderpad": 0.1,
    }
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncol=columns, labelspacing=0.2, **look)
