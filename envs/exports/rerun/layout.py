"""How a Rerun viewer arranges a recording: the scene on the left, the curves on the right, one timeline below."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import rerun.blueprint as rrb

from envs.exports.rerun.plots import GROUPS, REWARDS, curves
from envs.exports.rerun.scene import TIMELINE, flight_path
from envs.flights.flight_log import FlightLog

SKY = (150, 186, 222)
HIDDEN = rrb.EntityBehavior(visible=False)


def layout(logs: Sequence[FlightLog], names: Sequence[str]) -> rrb.Blueprint:
    """The chase view of the first flight, the whole field, the curves, and what the flights were."""
    first, runway = flight_path(names[0]), logs[0].runway()
    chase = rrb.Spatial3DView(
        name=f"Chase: {names[0]}",
        origin="/",
        contents=["world/**", "flights/**"],
        background=SKY,
        line_grid=False,
        eye_controls=rrb.EyeControls3D(tracking_entity=f"/{first}/chase_camera"),
        overrides={f"{flight_path(name)}/path": HIDDEN for name in names},
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
    titles = {group: title for group, (title, _) in GROUPS.items()}
    if any(curves(log, REWARDS) for log in logs):
        titles[REWARDS] = "Reward terms, sum so far"

    def plot(group: str) -> rrb.TimeSeriesView:
        # the colour tells the flight; a line for each quantity of each flight would cover the curves
        legend = rrb.PlotLegend(rrb.Corner2D.LeftTop, visible=len(logs) == 1 or group == "height")
        return rrb.TimeSeriesView(name=titles[group], origin=f"plots/{group}", plot_legend=legend)

    shown = [group for group in ("speeds", "height", "attitude", "commands", REWARDS) if group in titles]
    others = [group for group in titles if group not in shown]
    return rrb.Blueprint(
        rrb.Horizontal(
            rrb.Vertical(chase, field, row_shares=[3, 2]),
            rrb.Tabs(
                rrb.Vertical(*(plot(group) for group in shown), name="Curves"),
                rrb.Vertical(*(plot(group) for group in others), name="Airflow and loads"),
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
