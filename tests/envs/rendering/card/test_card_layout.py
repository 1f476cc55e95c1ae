"""A card reads well with any flight: no words on each other, on the path or beyond the edge; no heap of outlines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from envs.base.config_file import CONFIGS, names_of, read_yaml
from envs.flights.flight_log import FlightLog
from envs.rendering.card.card import draw_card
from envs.rendering.card.views import fits_along
from tests.support.flight_samples import takeoff_log
from tests.support.pictures import drawn, text_faults
from tests.support.round_flight import round_log

__all__ = ["drawn"]

LONG_METRICS = {
    "gold": 0.0,
    "phase": 2.0,
    "touchdown_x_m": -1.71,
    "touchdown_y_m": -0.21,
    "sink_mps": 0.62,
    "touchdown_speed_vs": 1.03,
    "centreline_m": 123.4,
    "lift_off_x_m": 111.7,
    "pattern_height_error_m": 123.0,
    "takeoff_lift_off_speed_vs": 1.37,
    "go_arounds": 2.0,
    "time_s": 145.7,
    "aileron_activity": 1.1,
}


def _leg(name: str, from_s: float, corner: tuple[float, float], course: float, end: float) -> dict[str, Any]:
    x, y = corner
    place = {"x_m": x, "y_m": y, "course_deg": course, "start_m": 0.0, "end_m": end}
    return {"name": name, "from_s": from_s, "height_m": 25.0, "slope": 0.0, **place}


LEGS = [
    _leg("upwind", 9.0, (0.0, 0.0), 0.0, 110.0),
    _leg("crosswind", 13.0, (110.0, 0.0), -90.0, 112.0),
    _leg("downwind", 20.0, (110.0, 112.0), -180.0, 90.0),
    _leg("descent", 28.0, (20.0, 112.0), -180.0, 80.0),
    _leg("base", 34.0, (-60.0, 112.0), 90.0, 112.0),
    _leg("final", 40.0, (-60.0, 0.0), 0.0, 90.0),
]

FLIGHTS = {
    "take-off": lambda: takeoff_log(metrics=LONG_METRICS),
    "crash at once": lambda: takeoff_log(0.7, crashes=True),
    "beside the runway": lambda: _moved(takeoff_log(), 30.0),
    "one go-around": lambda: round_log(1, metrics=LONG_METRICS),
    "three go-arounds to the right": lambda: round_log(3, side=-1.0),
    "circuit": lambda: round_log(2, task="circuit", marks={"legs": LEGS}, metrics=LONG_METRICS),
    "long names": lambda: takeoff_log(
        pilot="a-pilot-of-several-skills/and-more-of-them-than-fit", outcome="lost_control"
    ),
}


def _moved(log: FlightLog, left_m: float) -> FlightLog:
    data = log.data.copy()
    data[:, log.columns.index("y_m")] += left_m * np.linspace(0.0, 1.0, len(log))
    return FlightLog(log.columns, data, log.header)


@pytest.mark.parametrize("flight", FLIGHTS)
def test_words_and_outlines_lie_apart_and_inside_the_card(flight: str, drawn: list[Figure], tmp_path: Path) -> None:
    draw_card(FLIGHTS[flight](), tmp_path / "card.png")
    assert text_faults(drawn[0]) == []
    seen = 0
    for axes in drawn[0].axes:
        outlines = [part for part in axes.collections if isinstance(part, PolyCollection)]
        boxes = [part.get_datalim(axes.transData).transformed(axes.transData) for part in outlines]
        frame = axes.get_window_extent()
        for number, box in enumerate(boxes):
            seen += 1
            assert frame.x0 - 1 < box.x0 < box.x1 < frame.x1 + 1
            assert frame.y0 - 1 < box.y0 < box.y1 < frame.y1 + 1
            for other in boxes[:number]:
                middles = np.array([[0.5 * (b.x0 + b.x1), 0.5 * (b.y0 + b.y1)] for b in (box, other)])
                assert np.linalg.norm(middles[0] - middles[1]) > 0.35 * max(box.width, other.width)
    assert seen >= 1


@pytest.mark.parametrize("aircraft", names_of("aircraft"))
def test_cards_of_every_aircraft_read_well(aircraft: str, drawn: list[Figure], tmp_path: Path) -> None:
    own = {"aircraft": aircraft, "aircraft_config": read_yaml(CONFIGS / "aircraft" / f"{aircraft}.yaml")}
    draw_card(takeoff_log(**own), tmp_path / "card.png")
    assert text_faults(drawn[0]) == []


def test_a_flight_that_leaves_the_runway_line_gets_the_wide_layout() -> None:
    assert fits_along(takeoff_log())
    assert not fits_along(round_log(1))
    assert not fits_along(_moved(takeoff_log(), 30.0))


def test_views_to_scale_are_to_scale_and_say_how_much_the_aircraft_is_enlarged(
    drawn: list[Figure], tmp_path: Path
) -> None:
    for log in (takeoff_log(), round_log(1)):
        draw_card(log, tmp_path / "card.png")
    for figure in drawn:
        (view,) = [axes for axes in figure.axes if "to scale" in axes.get_title(loc="left")]
        assert "times its size" in view.get_title(loc="left")
        (left, right), (low, high) = view.get_xlim(), view.get_ylim()
        frame = view.get_window_extent()
        assert frame.width / (right - left) == pytest.approx(frame.height / (high - low), rel=0.01)


def test_figures_name_sides_units_and_answers_and_the_time_once(drawn: list[Figure], tmp_path: Path) -> None:
    draw_card(round_log(1, metrics=LONG_METRICS), tmp_path / "card.png")
    words = [text.get_text() for text in drawn[0].texts]
    assert {"touchdown to the right", "0.21", "touchdown before aim", "up to gold standard", "no", "landing"} < {*words}
    assert words.count("flight time") == 1
    assert "time" not in words
