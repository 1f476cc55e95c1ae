"""Landings in fog as a picture: by visibility and by who looks out at the decision height."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from agents.eye.landings import FogPoint
from envs.rendering.page import BLUE, FAINT, GREEN, RED, new_page, panel_look, panel_title, title_bar

STYLES = ("-", "--", ":", "-.")
"""Of the lookouts, in their order: the same in every panel."""


def draw_fog(points: Sequence[FogPoint]) -> Figure:
    """A panel a pilot."""
    page, pilots = new_page(), list(dict.fromkeys(point.pilot for point in points))
    flights = sorted({point.flights for point in points})
    counted = " to ".join(str(count) for count in (flights[0], *flights[1:][-1:]))
    title_bar(page, "Fog: what the decision height is worth", f"{counted} landings a point, by the nose camera", 12)
    styles = dict(zip(dict.fromkeys(point.lookout for point in points), cycle(STYLES)))
    wide = 0.88 / len(pilots)
    for number, name in enumerate(pilots):
        axes = page.add_axes((0.07 + number * wide, 0.22, wide - 0.05, 0.64))
        _pilot(axes, [point for point in points if point.pilot == name], styles)
        panel_title(axes, name)
    return page


def _pilot(axes: Axes, points: Sequence[FogPoint], styles: Mapping[str, str]) -> None:
    flown = {point.lookout for point in points}
    lookouts = [lookout for lookout in styles if lookout in flown]
    for lookout in lookouts:
        own = sorted((point for point in points if point.lookout == lookout), key=lambda point: point.visibility_m)
        far = [point.visibility_m for point in own]
        for what, colour in (("tried", BLUE), ("landed", GREEN), ("failed", RED)):
            share = [100.0 * getattr(point, what) / point.flights for point in own]
            label = f"{what}: {Path(lookout).stem}"
            axes.plot(far, share, styles[lookout], color=colour, marker="o", ms=4, label=label)
    axes.set_xscale("log")
    ticks = sorted({point.visibility_m for point in points})
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks], minor=False)
    axes.minorticks_off()
    axes.set_xlabel("visibility, m", color=FAINT)
    axes.set_ylabel("share of the flights, %", color=FAINT)
    axes.set_ylim(-3, 103)
    axes.legend(frameon=False, fontsize=9, ncols=len(lookouts), loc="upper center", bbox_to_anchor=(0.5, -0.1))
    panel_look(axes)
