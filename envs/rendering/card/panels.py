"""The panels of a flight card: the path from the side and from above, attitude, speeds and controls over time."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from envs.flights.events import Event, labels_below
from envs.flights.flight_log import FlightLog
from envs.rendering.card.marks import approach_marks, marks_note, wind_arrow
from envs.rendering.page import BLUE, FAINT, GREEN, INK, ORANGE, PURPLE, RED, PageBox, panel_look, panel_title
from envs.rendering.scene.airframe_mesh import AirframeMesh
from envs.rendering.scene.pose import rotation_matrix

GRASS, ASPHALT = "#cfe3b4", "#c3c8cd"
WIDE_TURN_DEG = 270.0
SIDE_BOX, TOP_BOX = PageBox(0.055, 0.615, 0.925, 0.27), PageBox(0.055, 0.405, 0.925, 0.155)
Floats = NDArray[np.float64]


def style(axes: Axes, label: str) -> None:
    """Give a panel of the card the look that all share, and the label of its y axis."""
    axes.set_ylabel(label, color=INK)
    panel_look(axes)


def _span_x(log: FlightLog) -> tuple[float, float]:
    x, runway = log.column("x_m"), log.runway()
    low, high = min(float(x.min()), 0.0), max(float(x.max()), min(runway.length_m, float(x.max()) + 40.0))
    margin = 0.03 * (high - low) + 1.0
    return low - margin, high + margin


def side_view(axes: Axes, log: FlightLog, events: list[Event], silhouettes: Silhouettes) -> None:
    """Height of the centre of gravity over distance (m); heights are stretched when the flight is long and flat."""
    runway, x, z = log.runway(), log.column("x_m"), log.column("z_m")
    low, high = _span_x(log)
    true_height = (high - low) * SIDE_BOX.height_inches / TOP_BOX.width_inches
    top = float(z.max())
    tall = max(1.12 * top, min(true_height, max(1.35 * top, 0.16 * true_height, 4.0)))
    stretch = true_height / tall
    ground = -0.075 * tall
    axes.set_xlim(low, high)
    axes.set_ylim(ground, tall)
    axes.axhspan(ground, 0, color="#e8dfcf")
    colour = GRASS if runway.surface == "grass" else "#6f767d"
    axes.add_patch(Rectangle((0, 0.45 * ground), runway.length_m, -0.45 * ground, color=colour, zorder=1))
    approach_marks(axes, log, "side", 0.45 * ground)
    axes.plot(x, z, color=BLUE, linewidth=1.6, zorder=3)
    silhouettes.draw(axes, "side", stretch)
    for number, event in enumerate(events):
        height, (aside, up) = z[event.row], event.offset
        below = labels_below(events, number, x, 0.15 * (high - low))
        axes.plot(x[event.row], height, "o", color=event.colour, markersize=7, zorder=6, markeredgecolor="white")
        axes.annotate(
            event.label(log),
            (x[event.row], height),
            xytext=(aside, up + 15.0 * below),
            textcoords="offset points",
            fontsize=9.5,
            color=event.colour,
            weight="bold",
            zorder=7,
            ha=event.align,
            arrowprops={"arrowstyle": "-", "color": event.colour, "linewidth": 0.8},
        )
    style(axes, "height of CG, m")
    note = "" if abs(stretch - 1) < 0.05 else f", heights × {stretch:.1f}"
    panel_title(axes, f"From the side{note} (aircraft enlarged){marks_note(log)}")
    axes.tick_params(labelbottom=False)


def top_view(axes: Axes, log: FlightLog, events: list[Event], silhouettes: Silhouettes) -> None:
    """The path from above, to scale unless the flight went far to the side, with runway, events and wind."""
    runway, x, y = log.runway(), log.column("x_m"), log.column("y_m")
    low, high = _span_x(log)
    true_half = 0.5 * (high - low) * TOP_BOX.height_inches / TOP_BOX.width_inches
    half = max(true_half, 1.15 * float(np.abs(y).max()) + 1.0)
    axes.set_ylim(-half, half)  # left is up, as seen flying to the right
    axes.set_facecolor("#f3f7ec")
    half_width = 0.5 * runway.width_m
    face, line = (GRASS, "#8fae63") if runway.surface == "grass" else (ASPHALT, "white")
    axes.add_patch(Rectangle((0, -half_width), runway.length_m, runway.width_m, facecolor=face, edgecolor="#8d9a7c"))
    axes.plot([0, runway.length_m], [0, 0], color=line, linewidth=1.2, dashes=(8, 6), zorder=1)
    approach_marks(axes, log, "top")
    axes.plot(x, y, color=BLUE, linewidth=1.6, zorder=3)
    silhouettes.draw(axes, "top", true_half / half)
    for event in events:
        axes.plot(x[event.row], y[event.row], "o", color=event.colour, markersize=7, zorder=6, markeredgecolor="white")
    wind_arrow(axes, log, TOP_BOX, right=0.975, up=1.13, half_inches=0.16058, gap=0.025)
    style(axes, "left of centreline, m")
    to_scale = ", to scale" if half == true_half else ""
    runway_words = f"runway {runway.length_m:.0f} × {runway.width_m:.1f} m {runway.surface}"
    panel_title(axes, f"From above{to_scale}; {runway_words}")
    axes.set_xlabel("along the runway, m", color=INK)


class Silhouettes:
    """The aircraft's outline in its attitude, at COUNT places evenly spread along the path."""

    COUNT = 9

    def __init__(self, log: FlightLog) -> None:
        self._mesh = AirframeMesh(log.aircraft())
        self._points = self._mesh.points({})
        self._positions = log.block("x_m", "y_m", "z_m")
        quaternions = log.block("qx", "qy", "qz", "qw")
        travelled = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(self._positions, axis=0), axis=1))])
        wanted = np.linspace(0.0, travelled[-1], self.COUNT) if travelled[-1] > 1.0 else [travelled[-1]]
        self._rows = np.unique(np.minimum(np.searchsorted(travelled, wanted), len(travelled) - 1))
        self._rotations = [rotation_matrix(quaternions[row]) for row in self._rows]

    def draw(self, axes: Axes, view: str, stretch: float) -> None:
        """Draw the outlines onto a `side` (x, z) or `top` (x, y) view.

        `stretch`: the view's vertical scale over its horizontal one.
        """
        low, high = axes.get_xlim()
        # as large as legible, not to scale; from above smaller and paler, so that path and runway stay visible
        vertical, share, opacity = (2, 0.030, 0.9) if view == "side" else (1, 0.021, 0.6)
        size = share * (high - low) / self._mesh.reach
        for row, rotation in zip(self._rows, self._rotations, strict=True):
            turned = self._points @ rotation.T * size
            flat = turned[:, [0, vertical]] / np.array([1.0, stretch]) + self._positions[row, [0, vertical]]
            if view == "side":  # enlarged, its wheels would hang below the ground it stands on
                _, heights = flat.T
                heights += max(0.0, -float(heights.min()))
            axes.add_collection(
                PolyCollection(
                    list(flat[self._mesh.triangles]),
                    facecolor=INK,
                    edgecolor=INK,
                    linewidth=0.2,
                    zorder=4,
                    alpha=opacity,
                )
            )


def time_axis(axes: Axes, log: FlightLog, events: list[Event]) -> None:
    """Make x the time of the flight (s), with a dashed line in its colour at each event."""
    time = log.column("time_s")
    start, end = time[0], time[-1]
    axes.set_xlim(start, max(end, start + 0.1))
    axes.set_xlabel("time, s", color=INK)
    for event in events:
        axes.axvline(time[event.row], color=event.colour, linewidth=1.1, linestyle=(0, (4, 2)), zorder=1)


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
    time, stall = log.column("time_s"), log.aircraft().stall_speed_mps
    ground = np.hypot(log.column("vx_mps"), log.column("vy_mps"))
    axes.plot(time, log.column("airspeed_mps"), color=BLUE, linewidth=1.8, label="air")
    axes.plot(time, ground, color=FAINT, linewidth=1.3, label="ground")
    axes.plot(time, log.column("vz_mps"), color=ORANGE, linewidth=1.5, label="climb")
    low, high = (
        min(-2.0, float(log.column("vz_mps").min()) - 0.5),
        1.1 * max(float(ground.max()), 1.35 * stall, float(log.column("airspeed_mps").max())),
    )
    axes.set_ylim(low, high)
    for factor, text in ((1.0, "Vs"), (1.3, "1.3 Vs")):
        axes.axhline(factor * stall, color=PURPLE, linewidth=0.9, linestyle=":")
        axes.text(
            0.99,
            factor * stall,
            text,
            transform=axes.get_yaxis_transform(),
            ha="right",
            va="bottom",
            fontsize=8.5,
            color=PURPLE,
        )
    axes.axhline(0, color=INK, linewidth=0.7)
    style(axes, "speed, m/s")
    _legend(axes)


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
