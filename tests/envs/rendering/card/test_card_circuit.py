"""The card of a flight round a circuit: legs in the log's header change its upper half."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from envs.flights.legs import leg_name, legs_of
from envs.rendering.card.card import draw_card
from envs.rendering.card.circuit import planned_height
from tests.support.flight_samples import takeoff_log

UPWIND: dict[str, Any] = {
    "name": "upwind",
    "from_s": 5.0,
    "x_m": 0.0,
    "y_m": 0.0,
    "course_deg": 0.0,
    "height_m": 8.0,
    "slope": 0.0,
    "start_m": 0.0,
    "end_m": 60.0,
}
DESCENT = {**UPWIND, "name": "descent", "from_s": 7.0, "x_m": 60.0, "course_deg": 180.0, "slope": 0.1}


def test_the_wanted_height_is_that_of_the_leg_flown() -> None:
    log = takeoff_log(marks={"legs": [UPWIND, DESCENT]})
    assert [leg["name"] for leg in legs_of(log.header)] == ["upwind", "descent"]
    assert [leg_name(legs_of(log.header), t) for t in (0.0, 5.0, 6.9, 9.0)] == [
        "take-off",
        "upwind",
        "upwind",
        "descent",
    ]
    assert leg_name([], 3.0) == ""
    wanted, time, x = planned_height(log, legs_of(log.header)), log.column("time_s"), log.column("x_m")
    assert np.isnan(wanted[time < 5.0]).all()
    assert (wanted[(time >= 5.0) & (time < 7.0)] == 8.0).all()
    late = time >= 7.0
    assert np.allclose(wanted[late], 8.0 + 0.1 * (60.0 - x[late]))


def test_legs_change_the_card_and_broken_ones_do_not_stop_it(tmp_path: Path) -> None:
    pictures = []
    broken = {"legs": [{key: value for key, value in UPWIND.items() if key != "slope"}]}
    for name, marks in (("legs", {"legs": [UPWIND, DESCENT]}), ("plain", {}), ("broken", broken)):
        draw_card(takeoff_log(marks=marks), tmp_path / f"{name}.png")
        pictures.append((tmp_path / f"{name}.png").read_bytes())
    assert pictures[0] != pictures[1]
    assert pictures[1] == pictures[2]
