"""A flight on one page: path from the side and from above, attitude, speeds, controls, outcome and metrics."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from envs.flights.ending import NOT_RECORDED, limits_of
from envs.flights.events import events_of
from envs.flights.faults import fault_words
from envs.flights.figures_asked import flight_title
from envs.flights.flight_log import FlightLog
from envs.flights.judging import judged_ending
from envs.flights.legs import legs_of
from envs.flights.log_header import sensors_told
from envs.flights.metric_text import MetricRow, metric_rows
from envs.flights.overlay import clock
from envs.rendering.card.circuit import PROFILE_BOX, TRACK_BOX, ground_track, profile
from envs.rendering.card.eye import NARROW_PROFILE_BOX, NARROW_TRACK_BOX, eye_column, narrowed
from envs.rendering.card.figure_flight import compose_figures, figures_of
from envs.rendering.card.panels import attitude, controls, speeds, time_axis
from envs.rendering.card.silhouettes import Silhouettes
from envs.rendering.card.views import SIDE_BOX, TOP_BOX, along_runway, fits_along
from envs.rendering.eye.looking import FlightEye
from envs.rendering.names import check_ending
from envs.rendering.page import FAINT, INK, fit_width, new_page, save_page

GOOD, BAD, FAULTY = "#21874a", "#c0392b", "#ffc46b"


def draw_card(log: FlightLog, path: str | os.PathLike[str], eye: FlightEye | None = None) -> Path:
    """Draw the card of a flight into a .png, .pdf, .svg or .jpg file and return its path.

    `eye`: that of the flight, to show what its camera saw on the way to the runway; cards of figures have no room.
    Raises InputError for another ending, for a broken header, and where the file cannot be written.
    """
    path = Path(path)
    check_ending(path, "card")
    save_page(_compose(log, eye), path)
    return path


def _compose(log: FlightLog, eye: FlightEye | None) -> Figure:
    figure = new_page()
    _title(figure, log)
    if flown := figures_of(log):
        compose_figures(figure, log, flown)
        return figure
    events = events_of(log)
    silhouettes = Silhouettes(log)
    legs = legs_of(log.header)
    boxes = SIDE_BOX, TOP_BOX
    if eye is not None:
        boxes = narrowed(SIDE_BOX), narrowed(TOP_BOX)
    if legs or not fits_along(log, boxes[1]):
        top = TRACK_BOX.top
        track, heights = (TRACK_BOX, PROFILE_BOX) if eye is None else (NARROW_TRACK_BOX, NARROW_PROFILE_BOX)
        ground_track(figure.add_axes(track), log, legs, events, silhouettes, track)
        profile(figure.add_axes(heights), log, legs, events)
    else:
        top = SIDE_BOX.top
        side = figure.add_axes(boxes[0])
        along_runway(side, figure.add_axes(boxes[1], sharex=side), log, events, silhouettes, boxes)
    if eye is not None:
        eye_column(figure, log, events, eye, top)
    panels = (attitude, speeds, controls)
    for index, panel in enumerate(panels):
        axes = figure.add_axes((0.055 + 0.228 * index, 0.065, 0.18, 0.26))
        panel(axes, log)
        time_axis(axes, log, events)
    _facts(figure, log)
    return figure


def _title(figure: Figure, log: FlightLog) -> None:
    """What happened and the rule that broke at the left; what flew, where, and who flew it at the right."""
    header, ending = log.header, judged_ending(log)
    colour = FAINT if ending is None else GOOD if ending.is_good else BAD
    faults = fault_words(header)
    low = 0.9465 if faults else 0.925  # what is wrong with the aircraft has a strip of its own

    def up(share: float) -> float:
        return low + share * (1.0 - low)

    figure.add_artist(Rectangle((0, low), 1, 1.0 - low, transform=figure.transFigure, color=colour, zorder=-1))
    if faults:
        figure.add_artist(Rectangle((0, 0.925), 1, low - 0.925, transform=figure.transFigure, color=FAULTY, zorder=-1))
        middle = 0.5 * (0.925 + low) - 0.0005
        fit_width(figure.text(0.02, middle, faults, fontsize=11, weight="bold", color=INK, va="center"), 0.96)
    look: dict[str, Any] = {"color": "white", "va": "center"}
    headline = ending.headline if ending else NOT_RECORDED.upper()
    reason = ending.reason if ending else ""
    size = 18 if faults else 22
    first = figure.text(0.02, up(0.627 if reason else 0.5), headline, fontsize=size, weight="bold", **look)
    second = figure.text(0.02, up(0.2), reason, fontsize=12.5, **look)
    task = flight_title(header) or "flight"
    third = figure.text(0.98, up(0.653), f"{task} · {log.aircraft().title}", fontsize=15, ha="right", **look)
    right = [str(word) for word in (header.get("weather"), sensors_told(header)) if word]
    right += [f"{key} {_short(header[key])}" for key in ("pilot", "seed") if header.get(key) is not None]
    fourth = figure.text(0.98, up(0.213), " · ".join(right), fontsize=12, ha="right", **look)
    for left, beside in ((first, third), (second, fourth)):
        while left.get_window_extent().x1 > beside.get_window_extent().x0 - 20 and float(left.get_fontsize()) > 8:
            left.set_fontsize(float(left.get_fontsize()) - 0.5)


def _short(value: object) -> str:
    """A long name, as that of a pilot of several skills, would run into the title."""
    text = str(value)
    return text if len(text) <= 34 else f"{text[:20]}…{text[-13:]}"


def _facts(figure: Figure, log: FlightLog) -> None:
    """The column of numbers at the lower right, each beside what it must keep to."""
    left, right, top = 0.735, 0.985, 0.335
    figure.text(left, top, "Figures", fontsize=11, weight="bold", color=INK)
    metrics = log.header.get("metrics") or {}
    # how busy the commands were matters least, and the flight's time stands below
    chosen = sorted((name for name in metrics if name != "time_s"), key=lambda name: str(name).endswith("_activity"))[
        :11
    ]
    rows = metric_rows({name: metrics[name] for name in chosen}, limits_of(log.header))
    rows = [*(rows or [MetricRow("none recorded", "", "")]), MetricRow("flight time", f"{clock(log)[-1]:.1f}", "s")]
    if any(row.limit for row in rows):
        figure.text(right, top, "limit", fontsize=9.5, color=FAINT, ha="right")
    step = min(0.026, 0.29 / len(rows))
    for index, row in enumerate(rows):
        y = top - 0.028 - step * index
        ink = INK if row.is_kept else BAD
        figure.text(left, y, row.label, fontsize=10, color=ink)
        figure.text(right - 0.078, y, row.value, fontsize=10, color=ink, ha="right", weight="bold")
        figure.text(right - 0.075, y, row.unit, fontsize=10, color=FAINT)
        figure.text(right, y, row.limit, fontsize=9.5, color=FAINT if row.is_kept else BAD, ha="right")
