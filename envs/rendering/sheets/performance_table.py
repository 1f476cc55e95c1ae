"""Prints a performance sheet as tables on a terminal."""

from __future__ import annotations

import math

from rich.console import Console
from rich.table import Table
from rich.text import Text

from envs.base.console import print_table
from envs.performance.sheet import ModeLine, PerformanceSheet, SteadyPoint

MOST_ROWS = 14  # of the table over speed


def print_sheet(sheet: PerformanceSheet, console: Console) -> None:
    """Print the sheet: key figures, stall in turns, steady flight over speed, linear modes."""
    console.print(f"{sheet.title} ({sheet.aircraft})", style="bold", highlight=False, markup=False)
    battery = "; battery full" if sheet.level else ""
    console.print(
        f"air {sheet.density_kgpm3:.3f} kg/m3, still, away from the ground{battery}", style="dim", highlight=False
    )
    figures = Table(box=None, show_header=False, pad_edge=False)
    for label, value, remark in key_figures(sheet):
        figures.add_row(label, Text(value, style="bold"), remark)
    console.print(figures, highlight=False)
    print_table(_stalls(sheet), console)
    if sheet.level:
        print_table(_steady(sheet), console)
    print_table(_modes(sheet), console)


def key_figures(sheet: PerformanceSheet) -> list[tuple[str, str, str]]:
    """Label, value with unit and remark of each single figure of a sheet that the aircraft has."""
    stall, glide, least = sheet.stall[0], sheet.best_glide, sheet.least_sink
    off = "propeller off, " if sheet.static_thrust_N is not None else ""
    why = "lift ends" if sheet.stall_limit == "lift" else "elevator ends"
    rows = [
        (
            "weight",
            f"{sheet.mass_kg:.3f} kg",
            f"wing loading {sheet.wing_loading_Npm2 / 0.980665:.0f} g/dm2, "
            f"span {sheet.span_m:.2f} m, wing {sheet.wing_area_m2:.3f} m2",
        ),
        (
            "stall",
            f"{stall.speed_mps:.1f} m/s",
            f"{off}at {sheet.stall_alpha_deg:.1f} deg ({why}), CL {sheet.lift_coefficient_max:.2f}; "
            f"tasks count in Vs = {sheet.vs_mps:g} m/s, its file's",
        ),
        ("best glide", f"{glide.ratio:.1f} : 1", f"{off}at {glide.speed_mps:.1f} m/s"),
        ("least sink", f"{least.sink_mps:.2f} m/s", f"at {least.speed_mps:.1f} m/s"),
    ]
    if sheet.static_thrust_N is not None:
        rows.append(("static thrust", f"{sheet.static_thrust_N:.1f} N", f"{sheet.thrust_to_weight:.2f} of its weight"))
    if sheet.best_climb:
        climb = sheet.best_climb
        rows.append(
            (
                "best climb",
                f"{climb.climb_rate_mps:.1f} m/s",
                f"at {climb.speed_mps:.1f} m/s, {climb.climb_angle_deg:.0f} deg up",
            )
        )
    if sheet.level:
        slow = sheet.level[0]
        rows.append(("slowest level", f"{slow.speed_mps:.1f} m/s", f"alpha {slow.alpha_deg:.1f} deg, under power"))
    if sheet.fastest:
        rows.append(("fastest level", f"{sheet.fastest.speed_mps:.1f} m/s", _electric(sheet.fastest)))
    for run in sheet.take_off or ():
        rows.append(
            (
                f"take-off, {run.ground}",
                f"{run.roll_m:.1f} m",
                f"{run.time_s:.1f} s, lifts off at {run.lift_off_mps:.1f} m/s",
            )
        )
    for stop in sheet.roll_out or ():
        rows.append((f"roll-out, {stop.ground}", f"{stop.roll_m:.0f} m", "from the touchdown, still air, no brakes"))
    if sheet.launch != "runway":
        rows.append(("start", sheet.launch, f"at {sheet.launch_speed_mps:.1f} m/s" if sheet.launch_speed_mps else ""))
    at = sheet.cruise
    rows.append(("cruise", f"{at.speed_mps:.1f} m/s", _electric(at) or f"gliding, sinks {-at.climb_rate_mps:.2f} m/s"))
    rows.append(
        (
            "static margin",
            f"{100 * sheet.static_margin_chords:.1f} %",
            f"of the {1000 * sheet.mean_chord_m:.0f} mm chord, at cruise",
        )
    )
    return rows


def mode_words(mode: ModeLine) -> tuple[str, str, str, str, str]:
    """A mode in words: frequency (rad/s), damping ratio, period (s), time to half and time to double (s).

    A word is empty where the mode has no such value.
    """
    swings = mode.period_s is not None
    return (
        number(mode.frequency_radps),
        f"{mode.damping:.2f}" if swings else "",
        number(mode.period_s),
        number(mode.time_to_half_s),
        number(mode.time_to_double_s),
    )


def number(value: float | None) -> str:
    """A number with about three digits; "" for None and for what is not finite."""
    if value is None or not math.isfinite(value):
        return ""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}" if abs(value) >= 1 else f"{value:.2f}"


def _electric(at: SteadyPoint) -> str:
    if at.current_A is None:
        return ""
    minutes = f", battery lasts {at.battery_min:.0f} min" if at.battery_min else ""
    return f"throttle {100 * at.throttle:.0f} %, {at.current_A:.1f} A, {at.power_W:.0f} W{minutes}"


def _stalls(sheet: PerformanceSheet) -> Table:
    table = _table("bank deg", *(f"{s.bank_deg:.0f}" for s in sheet.stall), title="stall speed in level turns")
    table.add_row("load factor", *(f"{s.load_factor:.2f}" for s in sheet.stall))
    table.add_row("stall m/s", *(f"{s.speed_mps:.1f}" for s in sheet.stall))
    if sheet.flap_stall_mps:
        down = (sheet.flap_stall_mps * math.sqrt(s.load_factor) for s in sheet.stall)
        table.add_row("flaps down m/s", *(f"{speed:.1f}" for speed in down))
    return table


def _steady(sheet: PerformanceSheet) -> Table:
    table = _table(
        "m/s",
        "alpha deg",
        "elev deg",
        "throttle",
        "thrust N",
        "rpm",
        "A",
        "W",
        "min",
        "climb m/s",
        title="level flight (elevator + down), and climb at full throttle",
    )
    level = sheet.level or ()
    climbs = {point.speed_mps: point.climb_rate_mps for point in sheet.full_throttle or ()}
    every = math.ceil(len(level) / MOST_ROWS)
    for p in level[::every]:
        rest = (
            "" if v is None else f"{v:.{digits}f}"
            for v, digits in (
                (p.thrust_N, 2),
                (p.rpm, 0),
                (p.current_A, 1),
                (p.power_W, 0),
                (p.battery_min, 0),
                (climbs.get(p.speed_mps), 1),
            )
        )
        table.add_row(f"{p.speed_mps:.1f}", f"{p.alpha_deg:.2f}", f"{p.elevator_deg:.2f}", f"{p.throttle:.3f}", *rest)
    return table


def _modes(sheet: PerformanceSheet) -> Table:
    table = _table(
        "mode",
        "real 1/s",
        "imag rad/s",
        "freq rad/s",
        "damping",
        "period s",
        "half s",
        "double s",
        title=f"linear modes at {sheet.cruise.speed_mps:.1f} m/s",
    )
    for mode in sheet.modes:
        imaginary = f"± {mode.imaginary_radps:.3f}" if mode.period_s else ""
        table.add_row(mode.name, f"{mode.real_per_s:.3f}", imaginary, *mode_words(mode))
    return table


def _table(first: str, *columns: str, title: str) -> Table:
    table = Table(box=None, pad_edge=False, title=title, title_justify="left", title_style="bold")
    table.add_column(first, no_wrap=True)
    for column in columns:
        table.add_column(column, justify="right")
    return table
