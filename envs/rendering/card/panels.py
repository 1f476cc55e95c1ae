"""The panels of a flight card over time: attitude, speeds and controls."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from envs.flights.events import Event
from envs.flights.flight_log import FlightLog
from envs.rendering.labels import Clearance
from envs.rendering.page import BLUE, FAINT, GREEN, INK, ORANGE, PURPLE, RED, panel_look

WIDE_TURN_DEG = 270.0
Floats = NDArray[np.float64]


def style(axes: Axes, label: str) -> None:
    """Give a panel of the card the look that all share, and the label of its y axis."""
    axes.set_ylabel(label, color=INK)
    panel_look(axes)


def time_axis(axes: Axes, log: FlightLog, events: list[Event]) -> None:
    """Make x the time of the flight (s), with a dashed line in its colour at each event."""
    time = log.column("time_s")
    _end_of_time(axes, log)
    axes.set_xlabel("time, s", color=INK)
    for event in events:
        axes.axvline(time[event.row], color=event.colour, linewidth=1.1, linestyle=(0, (4, 2)), zorder=1)


def _end_of_time(axes: Axes, log: FlightLog) -> None:
    time = log.column("time_s")
    start, end = float(time[0]), float(time[-1])
    axes.set_xlim(start, max(end, start + 0.1))


def _legend(axes: Axes) -> None:
    axes.legend(
        loc="lower center",
        bbox_to_anchor=(0.5, 1.0),
        ncol=4,
        frameon=False,
        fontsize=9.5,
        handlelength=1.3,
        columnspacing=1.1,
        borderpad=0.1,
    )


def attitude(axes: Axes, log: FlightLog) -> None:
    """Bank, pitch, heading and angle of attack (deg) over time."""
    time = log.column("time_s")
    # without air speed the angle of attack means nothing and swings wildly
    alpha = np.where(log.column("airspeed_mps") > 3.0, log.column("alpha_deg"), np.nan)
    shown = [("roll_deg", RED, "bank"), ("pitch_deg", BLUE, "pitch"), ("heading_deg", GREEN, "heading")]
    if np.ptp(_unwrapped(log.column("heading_deg"))) > WIDE_TURN_DEG:
        shown.pop()  # round a circuit it would flatten the others; the view from above shows it
    for name, colour, label in shown:
        axes.plot(time, _unwrapped(log.column(name)), color=colour, linewidth=1.5, label=label)
    axes.plot(time, alpha, color=FAINT, linewidth=1.0, label="α")
    values = np.concatenate([_unwrapped(log.column(n)) for n, *_ in shown])
    axes.set_ylim(min(-12.0, 1.1 * float(values.min())), max(22.0, 1.1 * float(values.max())))
    axes.axhline(0, color=INK, linewidth=0.7)
    style(axes, "attitude, °")
    _legend(axes)


def _unwrapped(degrees: Floats) -> Floats:
    return np.rad2deg(np.unwrap(np.deg2rad(degrees)))


def speeds(axes: Axes, log: FlightLog) -> None:
    """Airspeed, ground speed and climb rate (m/s) over time, with the stall speed Vs and 1.3 Vs."""
    time, stall = log.column("time_s"), log.stall_speed_mps()
    ground = np.hypot(log.column("vx_mps"), log.column("vy_mps"))
    axes.plot(time, log.column("airspeed_mps"), color=BLUE, linewidth=1.8, label="air")
    axes.plot(time, ground, color=FAINT, linewidth=1.3, label="ground")
    axes.plot(time, log.column("vz_mps"), color=ORANGE, linewidth=1.5, label="climb")
    low, high = (
        min(-2.0, float(log.column("vz_mps").min()) - 0.5),
        1.1 * max(float(ground.max()), 1.35 * stall, float(log.column("airspeed_mps").max())),
    )
    axes.set_ylim(low, high)
    axes.axhline(0, color=INK, linewidth=0.7)
    style(axes, "speed, m/s")
    _legend(axes)
    _end_of_time(axes, log)
    clearance = Clearance(axes)
    for values in (log.column("airspeed_mps"), ground, log.column("vz_mps")):
        clearance.curve(time, values)
    start, end = axes.get_xlim()
    for factor, text in ((1.0, "Vs"), (1.3, "1.3 Vs")):
        axes.axhline(factor * stall, color=PURPLE, linewidth=0.9, linestyle=":")
        clearance.along(text, (start, factor * stall), (end, factor * stall), PURPLE, 8.5)


def controls(axes: Axes, log: FlightLog) -> None:
    """Commands of aileron, elevator and rudder (-1..1, pilot's signs) and the throttle (0..1) over time."""
    time = log.column("time_s")
    for name, colour in (("aileron", RED), ("elevator", BLUE), ("rudder", GREEN)):
        axes.plot(time, log.column(f"{name}_cmd"), color=colour, linewidth=1.2, label=name)
    axes.plot(time, log.column("throttle"), color=ORANGE, linewidth=1.8, label="throttle 0..1")
    axes.axhline(0, color=INK, linewidth=0.7)
    axes.set_ylim(-1.08, 1.08)
    style(axes, "controls, share of travel")
    _legend(axes)
