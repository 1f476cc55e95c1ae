"""The panels of the picture of a performance sheet, most of them curves over speed."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from envs.performance.sheet import GlideSpeed, ModeLine, PerformanceSheet
from envs.rendering.labels import Clearance, Label
from envs.rendering.page import BLUE, FAINT, GREEN, INK, ORANGE, PURPLE, RED, WARNING, panel_look, panel_title

MODE_COLOURS = {"short period": BLUE, "phugoid": ORANGE, "roll": GREEN, "dutch roll": RED, "spiral": PURPLE}


def frame(axes: Axes, title: str, x_label: str = "speed, m/s") -> None:
    """Give a panel the look that all share: title, label of the x axis, grid."""
    panel_title(axes, title)
    axes.set_xlabel(x_label, color=INK, fontsize=9.5)
    panel_look(axes)


def speed_axis(axes: Axes, sheet: PerformanceSheet) -> None:
    """Give a panel over speed (m/s) the ends that all share, and mark stall and cruise."""
    stall = sheet.stall[0].speed_mps
    axes.set_xlim(0.85 * stall, _top(sheet))
    axes.axvspan(0.85 * stall, stall, color=WARNING, zorder=0)
    axes.axvline(sheet.cruise.speed_mps, color=FAINT, linewidth=1.0, linestyle=(0, (4, 3)), zorder=1)


def _top(sheet: PerformanceSheet) -> float:
    if sheet.fastest:
        return 1.03 * sheet.fastest.speed_mps
    return 2.2 * sheet.stall[0].speed_mps


def _attached(sheet: PerformanceSheet) -> list[GlideSpeed]:
    """Glides up to the angle of the stall."""
    return [g for g in sheet.glide if g.alpha_deg <= sheet.stall_alpha_deg + 1e-9]


def trim_angles(axes: Axes, sheet: PerformanceSheet) -> None:
    """Angle of attack and elevator deflection (deg) that hold each speed."""
    points = sheet.level or _attached(sheet)
    speed = [p.speed_mps for p in points]
    alpha, elevator = [p.alpha_deg for p in points], [p.elevator_deg for p in points]
    axes.axhline(0.0, color=FAINT, linewidth=0.8)
    axes.plot(speed, alpha, color=BLUE, linewidth=2.0)
    axes.plot(speed, elevator, color=ORANGE, linewidth=2.0)
    speed_axis(axes, sheet)
    frame(axes, "Trim" if sheet.level else "Trim in the glide")
    axes.set_ylabel("deg", color=INK)
    clearance = Clearance(axes)
    for values in (alpha, elevator, [0.0] * len(speed)):
        clearance.curve(speed, values)
    clearance.name_curve("angle of attack", speed, alpha, BLUE)
    clearance.name_curve("elevator (+ down)", speed, elevator, ORANGE)


def power(axes: Axes, sheet: PerformanceSheet) -> None:
    """Throttle (%) that holds the height at each speed, and how long the battery lasts (min)."""
    level = sheet.level or ()
    speed, throttle = [p.speed_mps for p in level], [100 * p.throttle for p in level]
    minutes = [np.nan if p.battery_min is None else p.battery_min for p in level]
    axes.plot(speed, throttle, color=BLUE, linewidth=2.0)
    axes.set_ylim(0, 105)
    speed_axis(axes, sheet)
    frame(axes, "Level flight")
    axes.set_ylabel("throttle, %", color=BLUE)
    if not np.isfinite(minutes).any():
        return
    right = axes.twinx()
    right.plot(speed, minutes, color=GREEN, linewidth=2.0)
    right.set_ylim(0, 1.2 * max([m for m in minutes if np.isfinite(m)], default=1.0))
    right.set_ylabel("battery lasts, min", color=GREEN)
    right.tick_params(colors=INK, labelsize=9)
    right.spines["top"].set_visible(False)


def climb(axes: Axes, sheet: PerformanceSheet) -> None:
    """Rate of climb (m/s) over speed at full throttle, and of the glide."""
    glide = [g for g in _attached(sheet) if g.speed_mps <= _top(sheet)]
    sink = -np.array([g.sink_mps for g in glide])
    axes.axhline(0.0, color=FAINT, linewidth=0.8)
    speeds = [g.speed_mps for g in glide]
    axes.plot(speeds, sink, color=BLUE, linewidth=2.0)
    points = [*(sheet.full_throttle or ()), *([sheet.fastest] if sheet.fastest else [])]
    speed, rate = [p.speed_mps for p in points], [p.climb_rate_mps for p in points]
    axes.plot(speed, rate, color=RED, linewidth=2.0)
    if sheet.best_climb:
        best = sheet.best_climb
        axes.plot(best.speed_mps, best.climb_rate_mps, "o", color=RED, markersize=7, markeredgecolor="white")
        axes.set_ylim(max(float(sink.min()), -best.climb_rate_mps) - 0.5, 1.3 * best.climb_rate_mps)
    speed_axis(axes, sheet)
    frame(axes, "Climb")
    axes.set_ylabel("rate of climb, m/s", color=INK)
    clearance = Clearance(axes)
    clearance.curve(speeds, sink)
    clearance.curve(speed, rate)
    clearance.curve(axes.get_xlim(), (0.0, 0.0))
    if sheet.best_climb:
        best = sheet.best_climb
        words = f"{best.climb_rate_mps:.1f} at {best.speed_mps:.1f}"
        clearance.place([Label(words, (best.speed_mps, best.climb_rate_mps), RED)])
    if points:
        clearance.name_curve("full throttle", speed, rate, RED)
    clearance.name_curve("propeller off", speeds, sink, BLUE)


def glide_polar(axes: Axes, sheet: PerformanceSheet) -> None:
    """Sink (m/s) over speed; the tangent from the origin touches the curve at the best glide."""
    best, least = sheet.best_glide, sheet.least_sink
    deepest = 3.4 * least.sink_mps
    shown = [g for g in _attached(sheet) if g.sink_mps < 1.1 * deepest]
    fast = max(g.speed_mps for g in shown)
    axes.plot([0, fast], [0, fast / best.ratio], color=FAINT, linewidth=1.0, linestyle=(0, (5, 3)))
    axes.plot([g.speed_mps for g in shown], [g.sink_mps for g in shown], color=BLUE, linewidth=2.0)
    axes.set_xlim(0, 1.02 * fast)
    axes.set_ylim(deepest, 0)
    frame(axes, "Glide polar" + (", propeller off" if sheet.static_thrust_N is not None else ""))
    axes.set_ylabel("sink, m/s", color=INK)
    clearance = Clearance(axes)
    clearance.curve([g.speed_mps for g in shown], [g.sink_mps for g in shown])
    clearance.curve([0, fast], [0, fast / best.ratio])
    labels = []
    for point, text, colour in (
        (best, f"best {best.ratio:.1f} : 1\nat {best.speed_mps:.1f} m/s", GREEN),
        (least, f"least {least.sink_mps:.2f} m/s\nat {least.speed_mps:.1f} m/s", ORANGE),
    ):
        place = (point.speed_mps, point.sink_mps)
        axes.plot(*place, "o", color=colour, markersize=7, markeredgecolor="white", zorder=4)
        labels.append(Label(text, place, colour))
    clearance.place(labels, together=False)


def glide_ratio(axes: Axes, sheet: PerformanceSheet) -> None:
    """Lift over drag, which is the distance glided for each metre of height, over speed."""
    shown = _attached(sheet)
    axes.plot([g.speed_mps for g in shown], [g.ratio for g in shown], color=GREEN, linewidth=2.0)
    best = sheet.best_glide
    axes.plot(best.speed_mps, best.ratio, "o", color=GREEN, markersize=7, markeredgecolor="white")
    axes.set_ylim(0, 1.15 * best.ratio)
    speed_axis(axes, sheet)
    frame(axes, "Glide ratio")
    axes.set_ylabel("lift over drag", color=INK)


def turning_stall(axes: Axes, sheet: PerformanceSheet) -> None:
    """Stall speed (m/s) over bank (deg) in a level turn: that of level flight over the root of cos(bank)."""
    bank = np.linspace(0.0, 72.0, 73)
    speed = sheet.stall[0].speed_mps / np.sqrt(np.cos(np.radians(bank)))
    axes.fill_between(bank, 0, speed, color=WARNING)
    axes.plot(bank, speed, color=RED, linewidth=2.0)
    axes.set_xlim(-4, 75)
    axes.set_ylim(0, 1.2 * float(speed[-1]))
    axes.text(0.5, 0.16, "stalled", transform=axes.transAxes, color=RED, ha="center", fontsize=9.5)
    frame(axes, "Stall in a level turn", "bank, deg")
    axes.set_xticks([0, 15, 30, 45, 60, 75])
    axes.set_ylabel("speed, m/s", color=INK)
    clearance, labels = Clearance(axes), []
    clearance.curve(bank, speed)
    for turn in sheet.stall:
        place = (turn.bank_deg, turn.speed_mps)
        axes.plot(*place, "o", color=RED, markersize=5, markeredgecolor="white")
        labels.append(Label(f"{turn.speed_mps:.1f}\n{turn.load_factor:.1f} g", place, INK))
    clearance.place(labels, size=9, together=False)


def root_locus(fast: Axes, slow: Axes, sheet: PerformanceSheet) -> None:
    """Eigenvalues over speed, fast modes in one panel and slow ones in the other.

    Dots are pale at low speed and full at high speed; rings are the modes at cruise.
    """
    speeds = [speed for speed, _ in sheet.modes_over_speed]
    low, high = min(speeds, default=0.0), max(speeds, default=1.0)
    for axes, wanted in ((fast, ("short period", "roll", "dutch roll", "lateral")), (slow, ("phugoid", "spiral"))):
        shown: list[complex] = []
        for speed, modes in sheet.modes_over_speed:
            weight = 0.15 + 0.75 * (speed - low) / max(high - low, 1e-9)
            for mode in modes:
                if mode.name.startswith(wanted):
                    shown.append(complex(mode.real_per_s, mode.imaginary_radps))
                    axes.plot(
                        mode.real_per_s,
                        abs(mode.imaginary_radps),
                        "o",
                        markersize=4,
                        color=mode_colour(mode),
                        alpha=weight,
                        markeredgewidth=0,
                    )
        for mode in sheet.modes:
            if mode.name.startswith(wanted):
                shown.append(complex(mode.real_per_s, mode.imaginary_radps))
                axes.plot(
                    mode.real_per_s,
                    abs(mode.imaginary_radps),
                    "o",
                    markersize=9,
                    color=mode_colour(mode),
                    markerfacecolor="none",
                    markeredgewidth=1.8,
                    zorder=5,
                    clip_on=False,
                )
        # Far from cruise a slow mode can turn fast: the narrow panel stays with the slow.
        _roots_axes(axes, np.array([v for v in shown if axes is fast or abs(v) < 3.0]))
    frame(fast, "Modes over speed", "real part, 1/s")
    frame(slow, "slow ones", "1/s")
    fast.set_ylabel("imaginary part, rad/s", color=INK)
    slow.set_ylabel("rad/s", color=INK, labelpad=1)
    slow.xaxis.set_major_locator(MaxNLocator(2))


def mode_colour(mode: ModeLine) -> str:
    """The colour of a mode, chosen by the start of its name."""
    return next((colour for name, colour in MODE_COLOURS.items() if mode.name.startswith(name)), FAINT)


def _roots_axes(axes: Axes, shown: NDArray[np.complex128]) -> None:
    left, right = (float(shown.real.min()), float(shown.real.max())) if len(shown) else (-1.0, 0.0)
    right = max(right, 0.0)
    margin = 0.08 * (right - left) + 1e-3
    axes.set_xlim(left - margin, right + margin)
    top = float(np.abs(shown.imag).max()) if len(shown) else 1.0
    axes.set_ylim(-0.04 * top - 1e-3, 1.12 * top + 1e-3)
    axes.axvspan(0, right + margin, color=WARNING, zorder=0)  # here it grows by itself
    axes.axvline(0.0, color=FAINT, linewidth=1.0)
