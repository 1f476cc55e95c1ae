"""The upper half of the card of a flight that leaves the runway's line, as round a circuit or after a go-around.

Its ground track, to scale, and its height along the way flown.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from envs.flights.events import Event
from envs.flights.flight_log import FlightLog
from envs.rendering.card.marks import approach_marks, approach_of, runway_words, times_words, wind_arrow
from envs.rendering.card.panels import style
from envs.rendering.card.silhouettes import FROM_ABOVE, Silhouettes
from envs.rendering.labels import Clearance, Label
from envs.rendering.page import BLUE, FAINT, GRASS, INK, TARMAC, PageBox, panel_title

TRACK_BOX, PROFILE_BOX = PageBox(0.055, 0.40, 0.50, 0.475), PageBox(0.61, 0.40, 0.37, 0.475)
PLAN = "#b07bd6"
NAMED_SHARE = 0.028  # of the way flown: the width of a leg's name, which stands upright
Floats = NDArray[np.float64]
ALONG_DEG = 45.0  # off the runway: still on the glide path


def _ends(leg: dict[str, Any]) -> tuple[Floats, Floats]:
    """Start and end of a leg on the ground, (2,) m each."""
    course = np.deg2rad(leg["course_deg"])  # + clockwise, world y is left
    origin, along = np.array([leg["x_m"], leg["y_m"]]), np.array([np.cos(course), -np.sin(course)])
    return origin + leg["start_m"] * along, origin + leg["end_m"] * along


def planned_height(log: FlightLog, legs: list[dict[str, Any]]) -> Floats:
    """Height that the leg flown at each row asks for, (rows,), m; NaN before the first leg.

    Of a flight without legs it is that of the glide path, wherever it flies towards the aim point.
    """
    time, x, y = log.column("time_s"), log.column("x_m"), log.column("y_m")
    height = np.full(len(log), np.nan)
    if not legs:
        return _glide_path(log)
    for leg in legs:
        course = np.deg2rad(leg["course_deg"])
        along = (x - leg["x_m"]) * np.cos(course) - (y - leg["y_m"]) * np.sin(course)
        since = time >= leg["from_s"]
        height[since] = (leg["height_m"] + leg["slope"] * along)[since]
    return np.where(height < 0, np.nan, height)


def _glide_path(log: FlightLog) -> Floats:
    """Height of the glide path over each row before the aim point that flies along the runway, (rows,), m; else NaN."""
    marks = approach_of(log)
    if not marks:
        return np.full(len(log), np.nan)
    heading = (log.column("heading_deg") + 180.0) % 360.0 - 180.0
    before = marks["aim_x_m"] - log.column("x_m")
    return np.where((np.abs(heading) < ALONG_DEG) & (before > 0), marks["glide_slope"] * before, np.nan)


def ground_track(
    axes: Axes,
    log: FlightLog,
    legs: list[dict[str, Any]],
    events: list[Event],
    silhouettes: Silhouettes,
    box: PageBox = TRACK_BOX,
) -> None:
    """The path from above, to scale, with runway, legs, aircraft, events and wind; `box`: its place on the page."""
    runway, x, y = log.runway(), log.column("x_m"), log.column("y_m")
    corners = np.array([end for leg in legs for end in _ends(leg)]).reshape(-1, 2)
    points = np.vstack([corners, np.stack([x, y], axis=1), [[0.0, 0.0], [runway.length_m, 0.0]]])
    low, high = points.min(axis=0), points.max(axis=0)
    middle, size = 0.5 * (low + high), 1.22 * (high - low) + 10.0
    inches = np.array([box.width_inches, box.height_inches])
    half = 0.5 * inches * float((size / inches).max())
    (left, lower), (right, upper) = middle - half, middle + half
    axes.set_xlim(left, right)
    axes.set_ylim(lower, upper)  # left is up, as seen flying to the right
    axes.set_facecolor("#f3f7ec")
    colour = GRASS if runway.surface == "grass" else TARMAC
    axes.add_patch(
        Rectangle((0, -0.5 * runway.width_m), runway.length_m, runway.width_m, facecolor=colour, edgecolor="#8d9a7c")
    )
    approach_marks(axes, log, "top")
    axes.plot(x, y, color=BLUE, linewidth=1.6, zorder=3)
    silhouettes.choose(right - left, (FROM_ABOVE, 1.0))
    clearance = Clearance(axes)
    clearance.curve(x, y)
    clearance.shapes(silhouettes.draw(axes, FROM_ABOVE, 1.0))
    clearance.shapes([(0.0, -0.5 * runway.width_m, runway.length_m, 0.5 * runway.width_m)])
    _draw_legs(axes, legs, clearance)
    for event in events:
        axes.plot(x[event.row], y[event.row], "o", color=event.colour, markersize=7, zorder=6, markeredgecolor="white")
    wind_arrow(axes, log, box, right=0.95, up=1.045, half_inches=0.2, gap=0.04)
    style(axes, "left of centreline, m")
    axes.set_xlabel(f"along the runway ({runway_words(runway)}), m", color=INK)
    panel_title(axes, f"From above, to scale ({times_words(silhouettes.times_its_size(FROM_ABOVE, right - left))})")


def _draw_legs(axes: Axes, legs: list[dict[str, Any]], clearance: Clearance) -> None:
    """Each leg once, dashed, its name beside it."""
    drawn: set[str] = set()
    for leg in legs:
        start, end = _ends(leg)
        axes.plot(*np.stack([start, end], axis=1), color=PLAN, linewidth=1.1, dashes=(5, 4), zorder=2)
        if leg["name"] not in drawn and np.hypot(*(end - start)) >= 1.0:
            drawn.add(leg["name"])
            clearance.along(leg["name"], _pair(start), _pair(end), PLAN)


def _pair(point: Floats) -> tuple[float, float]:
    x, y = point
    return float(x), float(y)


def profile(axes: Axes, log: FlightLog, legs: list[dict[str, Any]], events: list[Event]) -> None:
    """Height of the lowest wheel over the way flown (m), with the height wanted and the names of the legs."""
    height = log.column("height_m")
    steps = np.hypot(np.diff(log.column("x_m")), np.diff(log.column("y_m")))
    way = np.concatenate([[0.0], np.cumsum(steps)])
    planned = planned_height(log, legs)
    top = 1.45 * max(float(height.max()), float(np.nanmax(planned, initial=1.0)))
    axes.set_xlim(0.0, max(way[-1] * 1.02, 1.0))
    axes.set_ylim(-0.03 * top, top)
    axes.axhspan(-0.03 * top, 0, color="#e8dfcf")
    axes.plot(way, planned, color=PLAN, linewidth=1.1, dashes=(5, 4), zorder=2)
    axes.plot(way, height, color=BLUE, linewidth=1.6, zorder=3)
    style(axes, "height of the wheels, m")
    clearance = Clearance(axes)
    for heights in (height, planned, np.zeros_like(way)):
        clearance.curve(way, heights)
    _name_legs(axes, log, legs, way, clearance)
    named: list[Label] = []
    for event in events:
        place = (float(way[event.row]), float(height[event.row]))
        axes.plot(*place, "o", color=event.colour, markersize=7, zorder=6, markeredgecolor="white")
        named.append(Label(event.label(log).replace(", ", "\n"), place, event.colour))
    clearance.place(named)
    wanted = f" (dashed: {'wanted' if legs else 'glide path'})" if np.isfinite(planned).any() else ""
    axes.set_xlabel("way flown over the ground, m", color=INK)
    panel_title(axes, f"Height along the way{wanted}")


def _name_legs(axes: Axes, log: FlightLog, legs: list[dict[str, Any]], way: Floats, clearance: Clearance) -> None:
    """The name of each leg at the top, where it was flown for long enough to hold it."""
    time, (_, top) = log.column("time_s"), axes.get_ylim()
    begins = [0, *(int(min(np.searchsorted(time, leg["from_s"]), len(way) - 1)) for leg in legs)]
    for name, row, last in zip(["take-off", *(leg["name"] for leg in legs)], begins, [*begins[1:], -1], strict=True):
        if not legs or way[last] - way[row] < NAMED_SHARE * way[-1]:
            continue
        axes.axvline(way[row], color="#d5dbe0", linewidth=0.9, zorder=1)
        middle = 0.5 * (way[row] + way[last])
        words = axes.text(middle, 0.985 * top, name, fontsize=8.5, color=FAINT, ha="center", va="top", rotation=90)
        clearance.words(words.get_window_extent())
