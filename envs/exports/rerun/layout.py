"""How a Rerun viewer arranges a recording: the scene on the left, the curves on the right, one timeline below."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import rerun as rr
import rerun.blueprint as rrb

from envs.exports.rerun.eye import PLOTS, eye_view
from envs.exports.rerun.plots import GROUPS, REWARDS, curves
from envs.exports.rerun.scene import flight_path
from envs.exports.rerun.trail import TIMELINE
from envs.flights.flight_log import FlightLog
from envs.flights.overlay import clock
from envs.rendering.eye.looking import FlightEye

SKY = (150, 186, 222)
HIDDEN = rrb.EntityBehavior(visible=False)
LEGEND_SHARE = 0.35  # of the longest flight: how far the time axis goes on, to have room for the legend
REWARD_TITLE = "Reward terms, sum so far"
EYE_TITLE = "Intensity times weight, summed"
# The tabs of several flights, and which groups of quantities each shows.
SEVERAL = {
    "Speeds": ("speeds", "height"),
    "Attitude": ("attitude",),
    "Commands": ("commands",),
    "Airflow": ("airflow", "loads"),
    "Reward": (REWARDS,),
}


def layout(logs: Sequence[FlightLog], names: Sequence[str], eyes: Sequence[FlightEye | None]) -> rrb.Blueprint:
    """The chase view of one flight, the whole field, what its camera sees, the curves, and what the flights were.

    One flight has a plot for each group of quantities; of several each quantity has its own plot, in which the colour
    tells the flight. The time axis goes on beyond the end of the flights: there the legend stands.
    """
    number, runway = chased(logs), logs[0].runway()
    first = flight_path(names[number])
    chase = rrb.Spatial3DView(
        name=f"Chase: {names[number]}",
        origin="/",
        contents=["world/**", "flights/**"],
        background=SKY,
        line_grid=False,
        eye_controls=rrb.EyeControls3D(tracking_entity=f"/{first}/chase_camera"),
        overrides={f"{flight_path(name)}/{part}": HIDDEN for name in names for part in ("path", "smoke")},
    )
    places = np.concatenate([log.block("x_m", "y_m", "z_m") for log in logs])
    near, far = np.minimum(places.min(axis=0), 0.0), np.maximum(places.max(axis=0), [0.4 * runway.length_m, 0.0, 0.0])
    middle, size = 0.5 * (near + far), float(np.linalg.norm(far - near))
    field = rrb.Spatial3DView(
        name="Field",
        origin="/",
        contents=["world/**", "flights/**", "- flights/*/chase_camera"],
        background=SKY,
        line_grid=False,
        overrides={f"{flight_path(name)}/arrows/forces": HIDDEN for name in names},
        eye_controls=rrb.EyeControls3D(
            position=middle + size * np.array([-0.25, -0.6, 0.28]), look_target=middle, eye_up=(0, 0, 1)
        ),
    )
    seen = [eye_view(names[k], eye) for k in (number, *range(len(logs))) if (eye := eyes[k]) is not None][:1]
    tabs = tabs_of(logs)
    if seen:
        tabs["Eye"] = [(EYE_TITLE, f"{PLOTS}/sums"), ("Runway in sight", f"{PLOTS}/answer")]
    last = (1.0 + LEGEND_SHARE) * max(float(clock(log)[-1]) for log in logs)
    return rrb.Blueprint(
        rrb.Horizontal(
            rrb.Vertical(chase, _beside(field, seen), row_shares=[3, 2]),
            rrb.Tabs(
                *(
                    rrb.Vertical(*(_plot(title, origin, last) for title, origin in plots), name=name)
                    for name, plots in tabs.items()
                ),
                rrb.Vertical(
                    rrb.TextDocumentView(origin="summary", name="Flights"),
                    rrb.TextLogView(origin="events", name="Events"),
                    name="Outcome",
                ),
                active_tab=0,
            ),
            column_shares=[3, 2],
        ),
        rrb.BlueprintPanel(state="collapsed"),
        rrb.SelectionPanel(state="collapsed"),
        rrb.TimePanel(state="collapsed", timeline=TIMELINE, play_state="playing", loop_mode="all"),
        auto_views=False,
    )


def _beside(field: rrb.Spatial3DView, seen: Sequence[rrb.Spatial2DView]) -> rrb.Container | rrb.View:
    """The field, and beside it the camera's picture where there is one."""
    return rrb.Horizontal(field, *seen, column_shares=[2, 1]) if seen else field


def chased(logs: Sequence[FlightLog]) -> int:
    """Which flight the chase view follows: that of the most trained policy, where they say so, else the first."""
    trained = [log.header.get("trained_steps") for log in logs]
    return max(range(len(logs)), key=lambda k: steps if isinstance(steps := trained[k], int | float) else 0)


def tabs_of(logs: Sequence[FlightLog]) -> dict[str, list[tuple[str, str]]]:
    """{tab: [(title of a plot, the entity under which its curves lie), ...]}."""
    return _of_one(logs[0]) if len(logs) == 1 else _of_several(logs)


def _of_one(log: FlightLog) -> dict[str, list[tuple[str, str]]]:
    """{tab: [(title, entity of a plot), ...]} of a single flight: a plot a group; the many reward terms have a tab."""
    found = {
        tab: [(GROUPS[group][0], f"plots/{group}") for group in groups]
        for tab, groups in (("Curves", ("speeds", "height", "attitude", "commands")), ("Airflow", ("airflow", "loads")))
    }
    return found | ({"Reward": [(REWARD_TITLE, f"plots/{REWARDS}")]} if curves(log, REWARDS) else {})


def _of_several(logs: Sequence[FlightLog]) -> dict[str, list[tuple[str, str]]]:
    """{tab: [(title, entity of a plot), ...]} of flights laid over each other: a plot a quantity."""
    found: dict[str, list[tuple[str, str]]] = {}
    for tab, groups in SEVERAL.items():
        for group in groups:
            title = GROUPS[group][0] if group in GROUPS else REWARD_TITLE
            _, _, unit = title.partition(", ")
            for quantity in dict.fromkeys(name for log in logs for name in curves(log, group)):
                words = f"{quantity.capitalize()}, {unit}" if unit else quantity.capitalize()
                found.setdefault(tab, []).append((words, f"plots/{group}/{quantity.replace(' ', '_')}"))
    return found


def _plot(title: str, origin: str, last_s: float) -> rrb.TimeSeriesView:
    """A plot of all curves under an entity, from the start to `last_s` (s), its legend at the right."""
    ends = rr.TimeRange(
        start=rr.TimeRangeBoundary.absolute(seconds=0.0), end=rr.TimeRangeBoundary.absolute(seconds=last_s)
    )
    return rrb.TimeSeriesView(
        name=title,
        origin=origin,
        axis_x=rrb.TimeAxis(view_range=ends),
        plot_legend=rrb.PlotLegend(rrb.Corner2D.RightTop, visible=True),
    )
