"""A performance sheet on one landscape page: key figures, three-view, trim, climb, glide, turns, modes."""

from __future__ import annotations

from pathlib import Path

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from envs.aircraft.aircraft import Aircraft
from envs.performance.sheet import PerformanceSheet
from envs.rendering.page import FAINT, INK, new_page, save_page, title_bar
from envs.rendering.sheets.performance_panels import (
    climb,
    glide_polar,
    glide_ratio,
    mode_colour,
    power,
    root_locus,
    trim_angles,
    turning_stall,
)
from envs.rendering.sheets.performance_table import mode_words
from envs.rendering.sheets.three_view import draw_three_view

UPPER, LOWER, TALL = 0.475, 0.075, 0.275  # bottoms of the two rows of panels and their height, of the page


def draw_performance(sheet: PerformanceSheet, aircraft: Aircraft, path: Path) -> None:
    """Draw the sheet of an aircraft into a .png, .pdf, .svg or .jpg file. Raises InputError if it cannot be written."""
    figure = new_page()
    air = f"performance · still air of {sheet.density_kgpm3:.3f} kg/m³, out of ground effect"
    title_bar(figure, sheet.title, air, 12)
    _tiles(figure, sheet)
    draw_three_view(figure.add_axes((0.02, UPPER - 0.035, 0.335, TALL + 0.075)), aircraft)
    _facts(figure, sheet)
    if sheet.level:
        trim_angles(figure.add_axes((0.415, UPPER, 0.155, TALL)), sheet)
        power(figure.add_axes((0.620, UPPER, 0.140, TALL)), sheet)
        climb(figure.add_axes((0.835, UPPER, 0.150, TALL)), sheet)
    else:
        trim_angles(figure.add_axes((0.415, UPPER, 0.255, TALL)), sheet)
        glide_ratio(figure.add_axes((0.730, UPPER, 0.255, TALL)), sheet)
    glide_polar(figure.add_axes((0.055, LOWER, 0.165, TALL)), sheet)
    turning_stall(figure.add_axes((0.270, LOWER, 0.140, TALL)), sheet)
    root_locus(figure.add_axes((0.460, LOWER, 0.150, TALL)), figure.add_axes((0.652, LOWER, 0.058, TALL)), sheet)
    _modes(figure, sheet)
    save_page(figure, path)


def _tiles(figure: Figure, sheet: PerformanceSheet) -> None:
    """The figures to remember, large."""
    stall, glide, least, at = sheet.stall[0], sheet.best_glide, sheet.least_sink, sheet.cruise
    how = "propeller off" if sheet.static_thrust_N is not None else "wings level"
    tiles = [
        ("stall", f"{stall.speed_mps:.1f}", "m/s", how),
        ("best glide", f"{glide.ratio:.1f}", ": 1", f"at {glide.speed_mps:.1f} m/s"),
        ("least sink", f"{least.sink_mps:.2f}", "m/s", f"at {least.speed_mps:.1f} m/s"),
    ]
    if sheet.best_climb:
        tiles.append(
            ("best climb", f"{sheet.best_climb.climb_rate_mps:.1f}", "m/s", f"at {sheet.best_climb.speed_mps:.1f} m/s")
        )
    if sheet.fastest:
        tiles.append(("top speed", f"{sheet.fastest.speed_mps:.1f}", "m/s", "level, full throttle"))
    how = f"throttle {100 * at.throttle:.0f} %" if sheet.level else f"sinks {-at.climb_rate_mps:.1f} m/s"
    if at.battery_min:
        how += f", {at.battery_min:.0f} min"
    tiles.append(("cruise", f"{at.speed_mps:.1f}", "m/s", how))
    tiles += [
        (f"take-off, {run.ground}", f"{run.roll_m:.1f}", "m", f"lifts off at {run.lift_off_mps:.1f} m/s")
        for run in sheet.take_off or ()
    ]
    tiles.append(
        (
            "static margin",
            f"{100 * sheet.static_margin_chords:.0f}",
            "%",
            f"of the {1000 * sheet.mean_chord_m:.0f} mm chord",
        )
    )
    width = 0.96 / len(tiles)
    for k, (label, value, unit, remark) in enumerate(tiles):
        left = 0.02 + width * k
        if k:
            figure.add_artist(
                Rectangle((left - 0.008, 0.828), 0.0006, 0.08, transform=figure.transFigure, color="#d5dce2")
            )
        figure.text(left, 0.899, label, fontsize=11, color=FAINT)
        text = figure.text(left, 0.855, value, fontsize=25, weight="bold", color=INK)
        box = text.get_window_extent().transformed(figure.transFigure.inverted())
        figure.text(box.x1 + 0.004, 0.855, unit, fontsize=13, color=INK)
        figure.text(left, 0.832, remark, fontsize=10, color=INK)


def _facts(figure: Figure, sheet: PerformanceSheet) -> None:
    """What the aircraft is, in the free corner of the three-view."""
    rows = [
        ("mass", f"{sheet.mass_kg:.3f} kg"),
        ("wing", f"{100 * sheet.wing_area_m2:.1f} dm²"),
        ("wing loading", f"{sheet.wing_loading_Npm2 / 0.980665:.0f} g/dm²"),
        ("largest CL", f"{sheet.lift_coefficient_max:.2f} at {sheet.stall_alpha_deg:.1f}°"),
    ]
    if sheet.static_thrust_N is not None:
        rows.append(("static thrust", f"{sheet.static_thrust_N:.1f} N"))
        rows.append(("thrust to weight", f"{sheet.thrust_to_weight:.2f}"))
    if sheet.launch != "runway":
        speed = f", {sheet.launch_speed_mps:.0f} m/s" if sheet.launch_speed_mps else ""
        rows.append(("start", sheet.launch + speed))
    for k, (label, value) in enumerate(rows):
        y = UPPER + TALL - 0.005 - 0.024 * k
        figure.text(0.241, y, label, fontsize=10, color=FAINT)
        figure.text(0.368, y, value, fontsize=10, color=INK, ha="right", weight="bold")


def _modes(figure: Figure, sheet: PerformanceSheet) -> None:
    """The table of modes at the lower right."""
    left, top = 0.735, LOWER + TALL
    columns = (
        (0.840, "freq.\nrad/s"),
        (0.879, "damping\nratio"),
        (0.914, "period\ns"),
        (0.948, "halves\nin s"),
        (0.985, "doubles\nin s"),
    )
    figure.text(left, top + 0.012, f"Modes at {sheet.cruise.speed_mps:.1f} m/s", fontsize=11, weight="bold", color=INK)
    for x, head in columns:
        figure.text(x, top - 0.032, head, fontsize=8.5, color=FAINT, ha="right", linespacing=1.1)
    step = min(0.030, (TALL - 0.09) / max(len(sheet.modes), 1))
    for k, mode in enumerate(sheet.modes):
        y = top - 0.068 - step * k
        colour = mode_colour(mode)
        figure.text(left, y, "●", fontsize=10, color=colour)
        figure.text(left + 0.013, y, mode.name, fontsize=10, color=INK)
        for (x, _), word in zip(columns, mode_words(mode), strict=True):
            figure.text(x, y, word, fontsize=10, color=INK, ha="right", weight="bold")
    figure.text(
        left,
        LOWER - 0.033,
        "Dots: pale at low speed, full at high speed; ring: cruise,\n"
        "which is the dashed line in the curves over speed.\nRed ground: unstable, or stalled.",
        fontsize=9,
        color=FAINT,
        linespacing=1.4,
    )
