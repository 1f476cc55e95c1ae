"""A flight on one page: path from the side and from above, attitude, speeds, controls, outcome and metrics."""

from __future__ import annotations

import os
from pathlib import Path

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from envs.flights.events import events_of
from envs.flights.flight_log import FlightLog
from envs.flights.metric_text import metric_rows
from envs.flights.overlay import clock
from envs.rendering.card.circuit import PROFILE_BOX, TRACK_BOX, ground_track, legs_of, profile
from envs.rendering.card.panels import attitude, controls, speeds, time_axis
from envs.rendering.card.silhouettes import Silhouettes
from envs.rendering.card.views import SIDE_BOX, TOP_BOX, along_runway, fits_along
from envs.rendering.page import FAINT, INK, check_ending, new_page, save_page

GOOD, BAD = "#21874a", "#c0392b"


def draw_card(log: FlightLog, path: str | os.PathLike[str]) -> Path:
    """Draw the card of a flight into a .png, .pdf, .svg or .jpg file and return its path.

    Raises InputError for another ending, for a broken header, and where the file cannot be written.
    """
    path = Path(path)
    check_ending(path, "card")
    save_page(_compose(log), path)
    return path


def _compose(log: FlightLog) -> Figure:
    figure = new_page()
    events = events_of(log)
    silhouettes = Silhouettes(log)
    _title(figure, log)
    legs = legs_of(log)
    if legs or not fits_along(log):
        ground_track(figure.add_axes(TRACK_BOX), log, legs, events, silhouettes)
        profile(figure.add_axes(PROFILE_BOX), log, legs, events)
    else:
        side = figure.add_axes(SIDE_BOX)
        along_runway(side, figure.add_axes(TOP_BOX, sharex=side), log, events, silhouettes)
    panels = (attitude, speeds, controls)
    for index, panel in enumerate(panels):
        axes = figure.add_axes((0.055 + 0.2525 * index, 0.065, 0.205, 0.26))
        panel(axes, log)
        time_axis(axes, log, events)
    _facts(figure, log)
    return figure


def _title(figure: Figure, log: FlightLog) -> None:
    header = log.header
    aircraft = log.aircraft()
    outcome = str(header.get("outcome", "no outcome recorded")).replace("_", " ")
    # the colour alone says little to one man in twelve
    mark = "" if header.get("is_success") is None else "  ✓" if header["is_success"] else "  ✗"
    colour = GOOD if header.get("is_success") else BAD if "outcome" in header else FAINT
    figure.add_artist(Rectangle((0, 0.925), 1, 0.075, transform=figure.transFigure, color=colour, zorder=-1))
    figure.text(0.02, 0.9625, outcome.upper() + mark, fontsize=27, weight="bold", color="white", va="center")
    words = [str(header.get("task") or "flight"), aircraft.title]
    figure.text(0.5, 0.9625, " · ".join(words), fontsize=17, color="white", va="center", ha="center")
    right = [str(header[key]) for key in ("weather",) if header.get(key)]
    right += [f"{key} {_short(header[key])}" for key in ("pilot", "seed") if header.get(key) is not None]
    figure.text(0.98, 0.9625, " · ".join(right), fontsize=12, color="white", va="center", ha="right")


def _short(value: object) -> str:
    """A long name, as that of a pilot of several skills, would run into the title."""
    text = str(value)
    return text if len(text) <= 34 else f"{text[:20]}…{text[-13:]}"


def _facts(figure: Figure, log: FlightLog) -> None:
    """The column of numbers at the lower right."""
    left, right, top = 0.805, 0.98, 0.335
    figure.text(left, top, "Figures", fontsize=11, weight="bold", color=INK)
    metrics = log.header.get("metrics") or {}
    # how busy the commands were matters least, and the flight's time stands below
    chosen = sorted((name for name in metrics if name != "time_s"), key=lambda name: str(name).endswith("_activity"))[
        :11
    ]
    rows = metric_rows({name: metrics[name] for name in chosen}) or [("none recorded", "", "")]
    rows.append(("flight time", f"{clock(log)[-1]:.1f}", "s"))
    step = min(0.026, 0.29 / len(rows))
    for index, (label, value, unit) in enumerate(rows):
        y = top - 0.028 - step * index
        figure.text(left, y, label, fontsize=10.5, color=INK)
        figure.text(right - 0.030, y, value, fontsize=10.5, color=INK, ha="right", weight="bold")
        figure.text(right - 0.026, y, unit, fontsize=10.5, color=FAINT)
