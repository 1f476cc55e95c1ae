"""The upper half of the card of a flight round a circuit: its ground track, and its height along the way flown."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from envs.flights.events import Event, labels_below
from envs.flights.flight_log import FlightLog
from envs.rendering.card.marks import approach_marks, wind_arrow
from envs.rendering.card.panels import ASPHALT, GRASS, Silhouettes, style
from envs.rendering.page import BLUE, FAINT, INK, PageBox, panel_title

TRACK_BOX, PROFILE_BOX = PageBox(0.055, 0.40, 0.50, 0.475), PageBox(0.61, 0.40, 0.37, 0.475)
PLAN = "#b07bd6"
Floats = NDArray[np.float64]
KEYS = ("from_s", "x_m", "y_m", "course_deg", "height_m", "slope", "start_m", "end_m")


def legs_of(log: FlightLog) -> list[dict[str, Any]]:
    """The legs in the log's header (see Task.marks), [] if the header has none or an incomplete one."""
    legs = (log.header.get("marks") or {}).get("legs") or []
    whole = isinstance(legs, list) and all(
        isinstance(leg, dict)
        and isinstance(leg.get("name"), str)
        and all(isinstance(leg.get(key), int | float) for key in KEYS)
        for leg in legs
    )
    return legs if whole else []


def _ends(leg: dict[str, Any]) -> tuple[Floats, Floats]:
    """Start and end of a leg on the ground, (2,) m each."""
    course = np.deg2rad(leg["course_deg"])  # + clockwise, world y is left
    origin, along = np.array([leg["x_m"], leg["y_m"]]), np.array([np.cos(course), -np.sin(course)])
    return origin + leg["start_m"] * along, origin + leg["end_m"] * along


def planned_height(log: FlightLog, legs: list[dict[str, Any]]) -> Floats:
    """Height that the leg flown at each row asks for, (rows,), m; NaN before the first leg."""
    time, x, y = log.column("time_s"), log.column("x_m"), log.column("y_m")
    height = np.full(len(log), np.nan)
    for leg in legs:
        course = np.deg2rad(leg["course_deg"])
        along = (x - leg["x_m"]) * np.cos(course) - (y - leg["y_m"]) * np.sin(course)
        since = time >= leg["from_s"]
        height[since] = (leg["height_m"] + leg["slope"] * along)[since]
    return np.where(height < 0, np.nan, height)


def ground_track(
    axes: Axes, log: FlightLog, legs: list[dict[str, Any]], events: list[Event], silhouettes: Silhouettes
) -> None:
    """The path from above, to scale, with runway, legs, aircraft, events and wind."""
    runway, x, y = log.runway(), log.column("x_m"), log.column("y_m")
    corners = np.array([end for leg in legs for end in _ends(leg)])
    points = np.vstack([corners, np.stack([x, y], axis=1), [[0.0, 0.0], [runway.length_m, 0.0]]])
    low, high = points.min(axis=0), points.max(axis=0)
    middle, size = 0.5 * (low + high), 1.22 * (high - low) + 10.0
    inches = np.array([TRACK_BOX.width_inches, TRACK_BOX.height_inches])
    half = 0.5 * inches * float((size / inches).max())
    (left, lower), (right, upper) = middle - half, middle + half
    axes.set_xlim(left, right)
    axes.set_ylim(lower, upper)  # left is up, as seen flying to the right
    axes.set_facecolor("#f3f7ec")
    colour = GRASS if runway.surface == "grass" else ASPHALT
    axes.add_patch(
        Rectangle((0, -0.5 * runway.width_m), runway.length_m, runway.width_m, facecolor=colour, edgecolor="#8d9a7c")
    )
    _draw_legs(axes, legs)
    approach_marks(axes, log, "top")
    axes.plot(x, y, color=BLUE, linewidth=1.6, zorder=3)
    silhouettes.draw(axes, "top", 1.0)
    for event in events:
        axes.plot(x[event.row], y[event.row], "o", color=event.colour, markersize=7, zorder=6, markeredgecolor="white")
    wind_arrow(axes, log, TRACK_BOX, right=0.95, up=1.045, half_inches=0.2, gap=0.04)
    style(axes, "left of centreline, m")
    axes.set_xlabel("along the runway, m", color=INK)
    runway_words = f"runway {runway.length_m:.0f} × {runway.width_m:.1f} m {runway.surface}"
    panel_title(axes, f"From above, to scale; {runway_words}")


def _draw_legs(axes: Axes, legs: list[dict[str, Any]]) -> None:
    """Each leg once, dashed, its name beside it on the outside."""
    drawn: set[str] = set()
    centre = np.mean([end for leg in legs for end in _ends(leg)], axis=0)
    for leg in legs:
        start, end = _ends(leg)
        axes.plot(*np.stack([start, end], axis=1), color=PLAN, linewidth=1.1, dashes=(5, 4), zorder=2)
        if leg["name"] in drawn or np.hypot(*(end - start)) < 1.0:
            continue
        drawn.add(leg["name"])
        middle, (along, across) = 0.5 * (start + end), np.abs(end - start)
        upright = across > along
        outside = np.sign(middle - centre) * (np.array([9.0, 0.0]) if upright else np.array([0.0, 9.0]))
        axes.annotate(
            leg["name"],
            tuple(middle.tolist()),
            xytext=tuple(outside.tolist()),
            textcoords="offset points",
            color=PLAN,
            fontsize=9,
            ha="center",
            va="center",
            rotation=90 if upright else 0,
        )


def profile(axes: Axes, log: FlightLog, legs: list[dict[str, Any]], events: list[Event]) -> None:
    """Height of the lowest wheel over the way flown (m), with the height wanted and the names of the legs."""
    time, height = log.column("time_s"), log.column("height_m")
    steps = np.hypot(np.diff(log.column("x_m")), np.diff(log.column("y_m")))
    way = np.concatenate([[0.0], np.cumsum(steps)])
    planned = planned_height(log, legs)
    top = 1.45 * max(float(height.max()), float(np.nanmax(planned, initial=1.0)))
    axes.set_xlim(0.0, max(way[-1] * 1.02, 1.0))
    axes.set_ylim(-0.03 * top, top)
    axes.axhspan(-0.03 * top, 0, color="#e8dfcf")
    axes.plot(way, planned, color=PLAN, linewidth=1.1, dashes=(5, 4), zorder=2)
    axes.plot(way, height, color=BLUE, linewidth=1.6, zorder=3)
    begins = [0, *(int(min(np.searchsorted(time, leg["from_s"]), len(way) - 1)) for leg in legs)]
    for name, row, last in zip(["take-off", *(leg["name"] for leg in legs)], begins, [*begins[1:], -1], strict=True):
        axes.axvline(way[row], color="#d5dbe0", linewidth=0.9, zorder=1)
        if way[last] > way[row]:
            axes.text(
                0.5 * (way[row] + way[last]),
                0.985 * top,
                name,
                fontsize=8.5,
                color=FAINT,
                ha="center",
                va="top",
                rotation=90,
            )
    for number, event in enumerate(events):
        axes.plot(
            way[event.row], height[event.row], "o", color=event.colour, markersize=7, zorder=6, markeredgecolor="white"
        )
        right = way[event.row] > 0.6 * way[-1]
        aside, up = (-6.0, 40.0) if right else (16.0, 12.0)
        below = labels_below(events, number, way, 0.1 * way[-1])
        axes.annotate(
            event.label(log).replace(", ", "\n"),
            (way[event.row], height[event.row]),
            xytext=(aside, up + 30.0 * below),
            textcoords="offset points",
            fontsize=9.5,
            color=event.colour,
            weight="bold",
            zorder=7,
            ha="right" if right else "left",
            arrowprops={"arrowstyle": "-", "color": event.colour, "linewidth": 0.8},
        )
    style(axes, "height of the wheels, m")
    axes.set_xlabel("way flown over the ground, m", color=INK)
    panel_title(axes, "Height along the way (dashed: wanted)")
