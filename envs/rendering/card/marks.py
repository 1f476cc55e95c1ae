"""Marks on the views of a flight card: the wind, and the glide path and touchdown box that a landing should meet."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from envs.base.runway import Runway
from envs.flights.flight_log import FlightLog
from envs.rendering.page import ORANGE, PageBox

NAMES = ("aim_x_m", "glide_slope", "box_from_x_m", "box_to_x_m", "box_half_width_m")  # Task.marks


def approach_of(log: FlightLog) -> dict[str, float]:
    """The marks of an approach in the log's header (see Task.marks), {} if it has none or not all of them."""
    marks = log.header.get("marks") or {}
    if any(not isinstance(marks.get(name), int | float) for name in NAMES):
        return {}
    return {name: float(marks[name]) for name in NAMES}


def approach_marks(axes: Axes, log: FlightLog, view: str, depth: float = 0.0) -> None:
    """Draw glide path, aim point and touchdown box of a landing, if the log's header has them (see Task.marks).

    `view` is `side` or `top`; `depth` (m, negative) is the height of the lower edge of the side view's box.
    """
    marks = approach_of(log)
    if not marks:
        return
    aim, slope, start, end, half = (marks[name] for name in NAMES)
    low, _ = axes.get_xlim()
    if view == "side":
        axes.plot([low, aim], [slope * (aim - low), 0.0], color=ORANGE, linewidth=1.1, dashes=(6, 4), zorder=2)
        axes.add_patch(Rectangle((start, depth), end - start, -depth, facecolor=ORANGE, alpha=0.55, zorder=2))
        return
    axes.plot([low, aim], [0.0, 0.0], color=ORANGE, linewidth=0.9, dashes=(6, 4), zorder=2)
    axes.add_patch(Rectangle((start, -half), end - start, 2 * half, facecolor=ORANGE, alpha=0.45, zorder=2))


def wind_arrow(
    axes: Axes, log: FlightLog, box: PageBox, *, right: float, up: float, half_inches: float, gap: float
) -> None:
    """Draw the mean wind of a flight as an arrow above a view from above, with its speed (m/s) to the left of it.

    `box` is the place of the view on the page, `right` and `up` that of the arrow's middle and `gap` the distance of
    the words from it, in shares of the view. The arrow has the same length on paper in any direction.
    """
    wind = log.block("wind_x_mps", "wind_y_mps").mean(axis=0)
    speed = float(np.hypot(*wind))
    words = f"wind {speed:.1f} m/s"
    look: dict[str, Any] = {"ha": "right", "va": "center", "fontsize": 9.5, "color": ORANGE, "weight": "bold"}
    axes.text(right - gap, up, words, transform=axes.transAxes, **look)
    if speed <= 0.05:
        return
    along, left = wind / speed
    half_right, half_up = half_inches * along / box.width_inches, half_inches * left / box.height_inches
    axes.annotate(
        "",
        xy=(right + half_right, up + half_up),
        xytext=(right - half_right, up - half_up),
        xycoords="axes fraction",
        annotation_clip=False,
        arrowprops={"arrowstyle": "-|>", "color": ORANGE, "linewidth": 2.2},
    )


def times_words(times: float) -> str:
    """How much larger than to scale the aircraft is drawn, for the title of a view."""
    return f"aircraft {times:.0f} times its size" if times >= 1.75 else f"aircraft {times:.1f} times its size"


def runway_words(runway: Runway) -> str:
    """Length, width and surface of a runway."""
    return f"{runway.length_m:.0f} × {runway.width_m:.1f} m, {runway.surface}"


def marks_note(log: FlightLog) -> str:
    """The meaning of the marks, to be added to a title; "" if the header has none."""
    return "; dashed: glide path, orange: touchdown box" if approach_of(log) else ""
