"""The comparison as one picture: success by weather, touchdowns on the runway, distributions, crosswinds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from agents.evaluation.comparison import HELD, Compared, widest_held
from envs.base.files import replacing
from envs.base.runway import Runway
from envs.rendering.page import fit_width, literal
from envs.tasks.landing import AIM_SHARE
from envs.tasks.parts.landing_rules import landing_rules
from envs.tasks.takeoff import MOST_ACROSS_SPANS, MOST_BANK

SILVER = landing_rules().silver
COLOURS = ("#1f77b4", "#e07b00", "#2a9d4a", "#8e44ad")
GRASS, TARMAC = "#dfead3", "#c9cbcf"
TALL, TITLE, ROW = 9.0, 0.22, 0.27  # inches: the picture, half its title, a row of pilots
MOST_LETTERS, LETTERS_ACROSS = 60, 150  # of a pilot's name; of all names in one row


class Panel(NamedTuple):
    """A metric whose distribution is shown: its title, unit and limit (envs/tasks/YARDSTICKS.md; nan: none)."""

    metric: str
    title: str
    unit: str
    limit: float = math.nan
    in_spans: bool = False  # the limit is one, of the aircraft's span


LANDING_PANELS = (
    Panel("sink_mps", "Sink at touchdown", "m/s", SILVER.sink_mps),
    Panel("bank_deg", "Bank at touchdown", "deg", SILVER.bank_deg),
)
OTHER_PANELS = (
    (
        Panel("cross_track_m", "Beside the legs, root mean square", "m"),
        Panel("height_error_m", "Off their height, root mean square", "m"),
    ),
    (
        Panel("centreline_m", "Farthest off the centreline on the ground", "m", MOST_ACROSS_SPANS, in_spans=True),
        Panel("bank_deg", "Most bank below 2 m", "deg", math.degrees(MOST_BANK)),
    ),
)


def draw_comparison(
    compared: Sequence[Compared],
    crosswind: dict[str, list[tuple[float, float]]],
    title: str,
    span_m: float,
    path: Path,
) -> None:
    """Write the picture (.png): the title and the pilots in their colours, then the panels.

    `span_m` scales the runway, aim point at x = 0 as in the landing's metrics.
    """
    pilots = list(dict.fromkeys(one.pilot for one in compared))
    colour: dict[str, str] = {pilot: COLOURS[k % len(COLOURS)] for k, pilot in enumerate(pilots)}
    weathers = list(dict.fromkeys(one.weather for one in compared))
    landings = any(len(one.values("touchdown_x_m")) for one in compared)
    figure = Figure(figsize=(14, TALL), dpi=110)
    FigureCanvasAgg(figure)
    _heading(figure, title, colour)
    columns = len(weathers) if landings and len(weathers) > 1 else 2
    grid = figure.add_gridspec(3, 2 * columns, height_ratios=(1.2, 1.0, 1.0))
    left, right = slice(None, columns), slice(columns, None)
    _success(figure.add_subplot(grid[0, left] if crosswind else grid[0, :]), compared, colour, weathers)
    if crosswind:
        _crosswind(figure.add_subplot(grid[0, right]), crosswind, colour)
    if landings:
        wide = 2 * columns // len(weathers)
        for column, weather in enumerate(weathers):
            axes = figure.add_subplot(grid[1, wide * column : wide * (column + 1)])
            _touchdowns(axes, [one for one in compared if one.weather == weather], colour, span_m, column == 0)
    rows = slice(2, 3) if landings else slice(1, 3)
    panels = [panel for panel in LANDING_PANELS if landings] or _panels(compared, span_m)
    for number, panel in enumerate(panels):
        axes = figure.add_subplot(grid[rows, :] if len(panels) == 1 else grid[rows, right if number else left])
        _distribution(axes, compared, panel, colour)
    with replacing(path) as beside:
        literal(figure).savefig(beside)


def _heading(figure: Figure, title: str, colour: dict[str, str]) -> None:
    """The title, and below it the pilots in their colours, in as many rows as they need."""
    fit_width(figure.text(0.012, 1.0 - TITLE / TALL, title, fontsize=17, weight="bold", va="center"), 0.97)
    handles = [
        Patch(color=shade, label=name if len(name := Path(pilot).name) <= MOST_LETTERS else f"{name[:MOST_LETTERS]}…")
        for pilot, shade in colour.items()
    ]
    longest = max(len(str(handle.get_label())) for handle in handles)
    columns = max(1, min(len(handles), LETTERS_ACROSS // (longest + 6)))
    rows = math.ceil(len(handles) / columns)
    figure.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(0.004, 1.0 - 1.6 * TITLE / TALL),
        ncols=columns,
        frameon=False,
        fontsize=11.5,
    )
    figure.set_layout_engine("constrained", rect=(0, 0, 1, 1.0 - (2.0 * TITLE + ROW * rows) / TALL))


def _panels(compared: Sequence[Compared], span_m: float) -> list[Panel]:
    """What to show of a task without touchdowns: what was measured of the first pair of which anything was."""
    for pair in OTHER_PANELS:
        found = [panel for panel in pair if any(len(one.values(panel.metric)) for one in compared)]
        if found:
            return [panel._replace(limit=panel.limit * (span_m if panel.in_spans else 1)) for panel in found]
    return []


def _success(axes: Axes, compared: Sequence[Compared], colour: dict[str, str], weathers: list[str]) -> None:
    pilots = list(colour)
    wide = min(0.25, 0.8 / len(pilots))
    for number, pilot in enumerate(pilots):
        for one in (c for c in compared if c.pilot == pilot):
            low, high = one.bounds
            x = weathers.index(one.weather) + 1.1 * wide * (number - 0.5 * (len(pilots) - 1))
            rate = one.successes / len(one.flights)
            axes.bar(x, 100 * rate, wide, color=colour[pilot], alpha=0.85)
            axes.plot([x, x], [100 * low, 100 * high], color="#222222", linewidth=2)
            axes.text(x, 100 * high + 1.5, f"{100 * rate:.3g}", ha="center", fontsize=9)
    aside = 0.6 if len(weathers) > 1 else 1.0
    axes.set(
        title="Success, % of flights (line: 95 % bounds)",
        ylim=(0, 112),
        xticks=range(len(weathers)),
        xticklabels=[Path(weather).stem.replace("$", r"\$") for weather in weathers],
        xlim=(-aside, len(weathers) - 1 + aside),
    )
    axes.set_yticks([0, 25, 50, 75, 100])
    _plain(axes)


def _crosswind(axes: Axes, crosswind: dict[str, list[tuple[float, float]]], colour: dict[str, str]) -> None:
    for pilot, rates in crosswind.items():
        axes.plot(
            [s for s, _ in rates],
            [100 * r for _, r in rates],
            "o-",
            color=colour.get(pilot, "#444444"),
            label=f"held up to {widest_held(rates):.1f} Vs",
        )
    axes.axhline(100 * HELD, color="#888888", linestyle=":", linewidth=1)
    axes.set(
        title=f"Steady crosswind, % of flights that succeed (dotted: {HELD:.0%})",
        xlabel="crosswind, stall speeds (Vs)",
        ylim=(0, 105),
    )
    axes.legend(loc="best", framealpha=0.9)
    _plain(axes)


def _touchdowns(axes: Axes, compared: Sequence[Compared], colour: dict[str, str], span: float, first: bool) -> None:
    axes.set_facecolor(GRASS)
    runway = Runway.of(span)
    start = -AIM_SHARE * runway.length_m
    axes.add_patch(Rectangle((start, -0.5 * runway.width_m), runway.length_m, runway.width_m, color=TARMAC, zorder=0))
    axes.plot([start, start + runway.length_m], [0, 0], color="white", linewidth=1.5, dashes=(8, 6), zorder=1)
    axes.add_patch(
        Rectangle(
            (SILVER.short_spans * span, -SILVER.across_spans * span),
            2 * SILVER.half_length_spans * span,
            2 * SILVER.across_spans * span,
            fill=False,
            edgecolor="#2a7a2a",
            linewidth=1.5,
        )
    )
    outside = 0
    for one in compared:
        both = [f.metrics for f in one.flights if "touchdown_x_m" in f.metrics]
        outside += sum(not (-15 < m["touchdown_x_m"] / span < 30 and abs(m["touchdown_y_m"]) < 4 * span) for m in both)
        axes.scatter(
            [m["touchdown_x_m"] for m in both],
            [m["touchdown_y_m"] for m in both],
            s=9,
            alpha=0.55,
            color=colour[one.pilot],
            linewidths=0,
            zorder=2,
        )
    axes.set(xlim=(-15 * span, 30 * span), ylim=(-4 * span, 4 * span), xlabel="m from the aim point")
    axes.set_title(f"Touchdowns, {Path(compared[0].weather).stem}", fontsize=11)
    if outside:
        axes.text(0.98, 0.03, f"{outside} beyond the frame", transform=axes.transAxes, ha="right", fontsize=8)
    if first:
        axes.set_ylabel("m left of the centreline")
        axes.text(-4.5 * span, 1.25 * span, "silver box", color="#2a7a2a", fontsize=8)


def _distribution(axes: Axes, compared: Sequence[Compared], panel: Panel, colour: dict[str, str]) -> None:
    """Cumulative share of flights: bold in the roughest weather, fainter in the others; dotted: the limit."""
    name, title, unit, limit, _ = panel
    weathers = list(dict.fromkeys(one.weather for one in compared))
    limited = math.isfinite(limit)
    longest = 1.1 * limit if limited else 0.0
    for one in compared:
        values = np.sort(np.abs(one.values(name)))
        if not len(values):
            continue
        rank = weathers.index(one.weather)
        axes.step(
            values,
            100 * np.arange(1, len(values) + 1) / len(values),
            where="post",
            color=colour[one.pilot],
            alpha=0.35 + 0.65 * (rank + 1) / len(weathers),
            linewidth=1 + rank * 0.5,
        )
        longest = max(longest, float(np.quantile(values, 0.97)))
    notes = []
    if limited:
        axes.axvline(limit, color="#888888", linestyle=":", linewidth=1)
        notes.append(f"dotted: at most {limit:.3g} {unit}")
    if len(weathers) > 1:
        notes.append("bolder: rougher weather")
    note = f" ({', '.join(notes)})" if notes else ""
    axes.set(xlim=(0, longest or 1), ylim=(0, 101), xlabel=unit, ylabel="% of flights at or below")
    axes.set_title(f"{title}{note}", fontsize=11)
    _plain(axes)


def _plain(axes: Axes) -> None:
    axes.grid(alpha=0.3)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
