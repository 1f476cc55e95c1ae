"""What the nose camera saw on the way to the runway, as a column of the flight card, and the neuron's sum on it."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from envs.flights.events import Event
from envs.flights.flight_log import FlightLog
from envs.rendering.eye.looking import BRIGHTEST, DARKEST, FlightEye, Glance
from envs.rendering.page import BLUE, FAINT, GREEN, HEIGHT_INCHES, INK, WIDTH_INCHES, PageBox, panel_look, panel_title

COLUMN_LEFT = 0.872
"""Share of the page's width: where the column begins, and what stands beside it must end."""
NARROW_TRACK_BOX, NARROW_PROFILE_BOX = PageBox(0.055, 0.40, 0.435, 0.475), PageBox(0.54, 0.40, 0.30, 0.475)
SUM_BOX = PageBox(0.892, 0.405, 0.092, 0.088)
SHOWN, ACROSS, SIDE_INCHES = 6, 2, 0.83
ALONG_DEG = 45.0
"""Off the runway: still on the way to it."""
A_CURVE = 400  # points at most


def narrowed(box: PageBox) -> PageBox:
    """A panel of the card's whole width with the column beside it."""
    return box._replace(width=COLUMN_LEFT - 0.032 - box.left)


def eye_column(figure: Figure, log: FlightLog, events: list[Event], eye: FlightEye, top: float) -> None:
    """Draw the column: SHOWN pictures, evenly in time, and the sum against its threshold; `top`: share of the page."""
    first, last = way_in(log, events)
    rows = np.linspace(first, last, SHOWN).round().astype(np.int64)
    time = log.column("time_s")
    side_x, side_y = SIDE_INCHES / WIDTH_INCHES, SIDE_INCHES / HEIGHT_INCHES
    for number, (row, glance) in enumerate(zip(rows, eye.look_at(log, rows), strict=True)):
        down, right = divmod(number, ACROSS)
        left, bottom = COLUMN_LEFT + right * (side_x + 0.0085), top - side_y - down * (side_y + 0.0335)
        axes = figure.add_axes((left, bottom, side_x, side_y))
        _picture(axes, glance)
        if not number:
            panel_title(axes, "Runway in sight?")
        words = f"{time[row]:.1f} s: {glance.answer}"
        axes.set_xlabel(words, size=9, color=GREEN if glance.answer else FAINT, weight="bold", labelpad=4)
    curve = np.unique(np.linspace(first, last, min(A_CURVE, last - first + 1)).round().astype(np.int64))
    _sum(figure.add_axes(SUM_BOX), time[curve], eye.look_at(log, curve))


def way_in(log: FlightLog, events: list[Event]) -> tuple[int, int]:
    """The rows between which it last flew towards the runway: from where it turned onto it to where it touched down.

    Of a flight without a touchdown to its end.
    """
    touched = [event.row for event in events if event.name in ("touchdown", "strike")]
    last = touched[-1] if touched else len(log) - 1
    off = np.abs((log.column("heading_deg")[:last] + 180.0) % 360.0 - 180.0) > ALONG_DEG
    turning = np.flatnonzero(off)
    first = int(turning[-1]) + 1 if len(turning) else 0
    return min(first, last), last


def _picture(axes: Axes, glance: Glance) -> None:
    axes.imshow(glance.picture, cmap="gray", vmin=DARKEST, vmax=BRIGHTEST, interpolation="nearest", aspect="auto")
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_color(GREEN if glance.answer else FAINT)
        spine.set_linewidth(2.2)


def _sum(axes: Axes, time: NDArray[np.float64], glances: list[Glance]) -> None:
    sums, threshold = np.array([glance.sum for glance in glances]), glances[0].threshold
    axes.plot(time, sums, color=BLUE, linewidth=1.0)
    axes.axhline(threshold, color=INK, linewidth=0.9, dashes=(4, 2))
    low, high = min(float(sums.min()), threshold), max(float(sums.max()), threshold)
    room = 0.06 * max(high - low, 1e-6)
    axes.set_ylim(low - room, high + room)
    axes.fill_between(time, low - room, high + room, where=(sums > threshold).tolist(), color=GREEN, alpha=0.16, lw=0)
    axes.set_xlim(float(time[0]), max(float(time[-1]), float(time[0]) + 0.1))
    axes.locator_params(nbins=3)
    panel_look(axes)
    axes.tick_params(labelsize=8)
    axes.set_xlabel("time, s", color=INK)
    axes.set_title("neuron's sum, threshold", loc="left", fontsize=8.5, color=INK, pad=3)
