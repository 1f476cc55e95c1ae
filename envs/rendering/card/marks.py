"""The glide path and the touchdown box that a landing should have met, on a flight card."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from envs.flights.flight_log import FlightLog

COLOUR = "#e07b12"
NAMES = ("aim_x_m", "glide_slope", "box_from_x_m", "box_to_x_m", "box_half_width_m")  # Task.marks


def approach_marks(axes: Axes, log: FlightLog, view: str, depth: float = 0.0) -> None:
    """Draw glide path, aim point and touchdown box of a landing, if the log's header has them (see Task.marks).

    `view` is `side` or `top`; `depth` (m, negative) is the height of the lower edge of the side view's box.
    """
    marks = log.header.get("marks") or {}
    if any(not isinstance(marks.get(name), int | float) for name in NAMES):
        return
    aim, slope, start, end, half = (float(marks[name]) for name in NAMES)
    low = axes.get_xlim()[0]
    if view == "side":
        axes.plot([low, aim], [slope * (aim - low), 0.0], color=COLOUR, linewidth=1.1, dashes=(6, 4), zorder=2)
        axes.add_patch(Rectangle((start, depth), end - start, -depth, facecolor=COLOUR, alpha=0.55, zorder=2))
        return
    axes.plot([low, aim], [0.0, 0.0], color=COLOUR, linewidth=0.9, dashes=(6, 4), zorder=2)
    axes.add_patch(Rectangle((start, -half), end - start, 2 * half, facecolor=COLOUR, alpha=0.45, zorder=2))


def marks_note(log: FlightLog) -> str:
    """The meaning of the marks, to be added to a title; "" if the header has none."""
    marks = log.header.get("marks") or {}
    return "; dashed: glide path, orange: touchdown box" if all(name in marks for name in NAMES) else ""
