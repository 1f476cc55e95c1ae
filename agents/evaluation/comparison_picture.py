"""The comparison as one picture: success by weather, touchdowns on the runway, distributions, crosswinds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from agents.evaluation.comparison import HELD, Compared, widest_held
from envs.base.files import replacing
from envs.base.runway import Runway
from envs.tasks.landing import AIM_SHARE
from envs.tasks.parts.landing_rules import landing_rules

SILVER = landing_rules().silver
COLOURS = ("#1f77b4", "#e07b00", "#2a9d4a", "#8e44ad")
GRASS, TARMAC = "#dfead3", "#c9cbcf"
# What is distributed, by what the task measures: metric, title, unit, limit of envs/tasks/YARDSTICKS.md (None: none).
LANDING_PANELS = (
    ("sink_mps", "Sink at touchdown", "m/s", SILVER.sink_mps),
    ("bank_deg", "Bank at touchdown", "deg", SILVER.bank_deg),
)
OTHER_PANELS = (
    (("centreline_m", "Farthest off the centreline", "m", None), ("bank_deg", "Most bank below 2 m", "deg", 10.0)),
    (
        ("cross_track_m", "Beside the legs, root mean square", "m", None),
        ("height_error_m", "Off their height, root mean square", "m", None),
    ),
)
Panel = tuple[str, str, str, float | None]


def draw_comparison(
    compared: Sequence[Compared],
    crosswind: dict[str, list[tuple[float, float]]],
    title: str,
    span_m: float,
    path: Path,
) -> None:
    """Write the picture (.png). `span_m` scales the runway, aim point at x = 0 as in the landing's metrics."""
    pilots = list(dict.fromkeys(one.pilot for one in compared))
    colour: dict[str, str] = dict(zip(pilots, COLOURS, strict=False))
    weathers = list(dict.fromkeys(one.weather for one in compared))
    landings = any(len(one.values("touchdown_x_m")) for one in compared)
    figure = Figure(figsize=(14, 9), dpi=110, layout="constrained")
    figure.suptitle(title, fontsize=17, fontweight="bold", x=0.01, ha="left")
    grid = figure.add_gridspec(3, 2 * len(weathers) if landings else 6, height_ratios=(1.2, 1.0, 1.0))
    wide = grid.ncols // 2
    _success(figure.add_subplot(grid[0, :wide] if crosswind else grid[0, :]), compared, colour, weathers)
    if crosswind:
        _crosswind(figure.add_subplot(grid[0, wide:]), crosswind, colour)
    if landings:
        for column, weather in enumerate(weathers):
            axes = figure.add_subplot(grid[1, 2 * column : 2 * column + 2])
            _touchdowns(axes, [one for one in compared if one.weather == weather], colour, span_m, column == 0)
    row = 2 if landings else slice(1, 3)
    for column, panel in enumerate(LANDING_PANELS if landings else _panels(compared)):
        axes = figure.add_subplot(grid[row, :wide] if column == 0 else grid[row, wide:])
        _distribution(axes, compared, panel, colour)
    with replacing(path) as beside:
        figure.savefig(beside)


def _panels(compared: Sequence[Compared]) -> tuple[Panel, ...]:
    """What to show of a task without touchdowns: the first pair of which something was measured."""
    return next(
        (pair for pair in OTHER_PANELS if any(len(one.values(pair[0][0])) for one in compared)), OTHER_PANELS[0]
    )


def _success(axes: Axes, compared: Sequence[Compared], colour: dict[str, str], weathers: list[str]) -> None:
    pilots = list(colour)
    for number, pilot in enumerate(pilots):
        for one in (c for c in compared if c.pilot == pilot):
            low, high = one.bounds
            x = weathers.index(one.weather) + 0.22 * (number - 0.5 * (len(pilots) - 1))
            rate = one.successes / len(one.flights)
            axes.bar(
                x,
                100 * rate,
                0.2,
                color=colour[pilot],
                alpha=0.85,
                label=one.label if one.weather == weathers[0] else None,
            )
            axes.plot([x, x], [100 * low, 100 * high], color="#222222", linewidth=2)
            axes.text(x, 100 * high + 1.5, f"{100 * rate:.3g}", ha="center", fontsize=9)
    axes.set(
        title="Success, % (bar: 95 % bounds)",
        ylim=(0, 130),
        xticks=range(len(weathers)),
        xticklabels=weathers,
        xlim=(-0.6, max(len(weathers), 3) - 0.4),
    )
    axes.set_yticks([0, 25, 50, 75, 100])
    axes.legend(loc="upper right", ncols=2, framealpha=0.9)
    _plain(axes)


def _crosswind(axes: Axes, crosswind: dict[str, list[tuple[float, float]]], colour: dict[str, str]) -> None:
    for pilot, rates in crosswind.items():
        held = widest_held(rates)
        axes.plot(
            [s for s, _ in rates],
            [100 * r for _, r in rates],
            "o-",
            color=colour.get(pilot, "#444444"),
            label=f"{Path(pilot).name}: held up to {held:.1f} Vs",
        )
    axes.axhline(100 * HELD, color="#888888", linestyle=":", linewidth=1)
    axes.set(title="Steady crosswind, % of flights that succeed", xlabel="crosswind, stall speeds", ylim=(0, 105))
    if crosswind:
        axes.legend(loc="lower left", framealpha=0.9)
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
    axes.set_title(f"Touchdowns, {compared[0].weather}", fontsize=11)
    if outside:
        axes.text(0.98, 0.03, f"{outside} beyond the frame", transform=axes.transAxes, ha="right", fontsize=8)
    if first:
        axes.set_ylabel("m left of the centreline")
        axes.text(-4.5 * span, 1.25 * span, "silver box", color="#2a7a2a", fontsize=8)


def _distribution(axes: Axes, compared: Sequence[Compared], panel: Panel, colour: dict[str, str]) -> None:
    """Cumulative share of flights: bold in the roughest weather, fainter in the others; dotted: the limit."""
    name, title, unit, limit = panel
    weathers = list(dict.fromkeys(one.weather for one in compared))
    longest = 1.1 * limit if limit else 0.0
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
    if limit:
        axes.axvline(limit, color="#888888", linestyle=":", linewidth=1)
    bolder = " (bolder: rougher weather)" if len(weathers) > 1 else ""
    axes.set(xlim=(0, longest or 1), ylim=(0, 101), xlabel=unit, ylabel="% of flights at or below")
    axes.set_title(f"{title}{bolder}", fontsize=11)
    _plain(axes)


def _plain(axes: Axes) -> None:
    axes.grid(alpha=0.3)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
