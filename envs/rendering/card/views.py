"""The upper half of the card of a flight along the runway: its path from the side and, to scale, from above."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from envs.flights.events import Event
from envs.flights.flight_log import FlightLog
from envs.rendering.card.marks import approach_marks, marks_note, runway_words, times_words, wind_arrow
from envs.rendering.card.panels import style
from envs.rendering.card.silhouettes import FROM_ABOVE, FROM_THE_SIDE, Silhouettes
from envs.rendering.labels import Clearance, Label
from envs.rendering.page import BLUE, GRASS, INK, TARMAC, PageBox, panel_title

SIDE_BOX, TOP_BOX = PageBox(0.055, 0.615, 0.925, 0.27), PageBox(0.055, 0.405, 0.925, 0.155)
WIDEST = 1.6  # times the length of the flight that a view may show, to have room for what lies beside the runway


def _up_per_along(top_box: PageBox) -> float:
    return top_box.height_inches / top_box.width_inches


def fits_along(log: FlightLog, top_box: PageBox = TOP_BOX) -> bool:
    """Whether the flight stays so near the runway's line that a long flat view shows it to scale."""
    low, high = _length(log)
    return _least_width(log, top_box) <= WIDEST * (high - low)


def _length(log: FlightLog) -> tuple[float, float]:
    """Ends (m, along the runway) of what must be seen: the flight, and some of the runway ahead of it."""
    x, runway = log.column("x_m"), log.runway()
    low, high = min(float(x.min()), 0.0), max(float(x.max()), min(runway.length_m, float(x.max()) + 40.0))
    margin = 0.03 * (high - low) + 1.0
    return low - margin, high + margin


def _least_width(log: FlightLog, top_box: PageBox) -> float:
    """Width (m) of a view from above, to scale, in which the flight and its outlines fit between its two edges."""
    return float(np.abs(log.column("y_m")).max()) / (0.5 * _up_per_along(top_box) - FROM_ABOVE.share)


def along_runway(
    side: Axes,
    top: Axes,
    log: FlightLog,
    events: list[Event],
    silhouettes: Silhouettes,
    boxes: tuple[PageBox, PageBox] = (SIDE_BOX, TOP_BOX),
) -> None:
    """Draw both views; they share their x axis. `boxes`: their places on the page."""
    side_box, top_box = boxes
    low, high = _length(log)
    high = max(high, low + _least_width(log, top_box))
    true_height = (high - low) * side_box.height_inches / side_box.width_inches
    highest = float(log.column("z_m").max())
    tall = max(1.12 * highest, min(true_height, max(1.35 * highest, 0.16 * true_height, 4.0)))
    stretch = true_height / tall
    tall = max(tall, highest + FROM_THE_SIDE.share * (high - low) / stretch)
    stretch = true_height / tall
    for axes in (side, top):
        axes.set_xlim(low, high)
    silhouettes.choose(high - low, (FROM_THE_SIDE, stretch), (FROM_ABOVE, 1.0))
    _side_view(side, log, events, silhouettes, tall, stretch)
    _top_view(top, log, events, silhouettes, top_box)


def _side_view(
    axes: Axes, log: FlightLog, events: list[Event], silhouettes: Silhouettes, tall: float, stretch: float
) -> None:
    """Height of the centre of gravity over distance (m); heights are stretched when the flight is long and flat."""
    runway, x, z = log.runway(), log.column("x_m"), log.column("z_m")
    low, high = axes.get_xlim()
    ground = -0.075 * tall
    axes.set_ylim(ground, tall)
    axes.axhspan(ground, 0, color="#e8dfcf")
    colour = GRASS if runway.surface == "grass" else "#6f767d"
    axes.add_patch(Rectangle((0, 0.45 * ground), runway.length_m, -0.45 * ground, color=colour, zorder=1))
    approach_marks(axes, log, "side", 0.45 * ground)
    axes.plot(x, z, color=BLUE, linewidth=1.6, zorder=3)
    style(axes, "height of CG, m")
    clearance = Clearance(axes)
    clearance.curve(x, z)
    clearance.curve([low, high], [0.0, 0.0])
    clearance.shapes(silhouettes.draw(axes, FROM_THE_SIDE, stretch))
    named: list[Label] = []
    for event in events:
        place = (float(x[event.row]), float(z[event.row]))
        axes.plot(*place, "o", color=event.colour, markersize=7, zorder=6, markeredgecolor="white")
        named.append(Label(event.label(log), place, event.colour))
    clearance.place(named)
    heights = "" if abs(stretch - 1) < 0.05 else f", heights × {stretch:.1f}"
    times = times_words(silhouettes.times_its_size(FROM_THE_SIDE, high - low))
    panel_title(axes, f"From the side{heights} ({times}){marks_note(log)}")
    axes.tick_params(labelbottom=False)


def _top_view(axes: Axes, log: FlightLog, events: list[Event], silhouettes: Silhouettes, box: PageBox) -> None:
    """The path from above, to scale, with runway, events and wind; `box`: its place on the page."""
    runway, x, y = log.runway(), log.column("x_m"), log.column("y_m")
    low, high = axes.get_xlim()
    half = 0.5 * (high - low) * _up_per_along(box)  # m to either side of the centreline
    axes.set_ylim(-half, half)  # left is up, as seen flying to the right
    axes.set_facecolor("#f3f7ec")
    half_width = 0.5 * runway.width_m
    face, line = (GRASS, "#8fae63") if runway.surface == "grass" else (TARMAC, "white")
    axes.add_patch(Rectangle((0, -half_width), runway.length_m, runway.width_m, facecolor=face, edgecolor="#8d9a7c"))
    axes.plot([0, runway.length_m], [0, 0], color=line, linewidth=1.2, dashes=(8, 6), zorder=1)
    approach_marks(axes, log, "top")
    axes.plot(x, y, color=BLUE, linewidth=1.6, zorder=3)
    silhouettes.draw(axes, FROM_ABOVE, 1.0)
    for event in events:
        axes.plot(x[event.row], y[event.row], "o", color=event.colour, markersize=7, zorder=6, markeredgecolor="white")
    wind_arrow(axes, log, box, right=0.975, up=1.13, half_inches=0.16058, gap=0.025)
    style(axes, "left of centreline, m")
    times = times_words(silhouettes.times_its_size(FROM_ABOVE, high - low))
    panel_title(axes, f"From above, to scale ({times})")
    axes.set_xlabel(f"along the runway ({runway_words(runway)}), m", color=INK)
