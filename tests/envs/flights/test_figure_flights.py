"""Several flights of one figure: one frame for all, their marks, and one clear line where they do not fit together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from envs.base.errors import InputError
from envs.figures.figure import find_figure
from envs.figures.placing import Placing
from envs.flights.figure_flights import flights_of_one_figure
from envs.flights.flight_log import FlightLog
from tests.envs.rendering.card.test_card_figure import PLACE, flown_log
from tests.support.flight_samples import takeoff_log


def turned(log: FlightLog, course_rad: float) -> FlightLog:
    """The same flight about the vertical through the origin, on another course and somewhere else."""
    half = 0.5 * course_rad
    cosine, sine = np.cos(course_rad), np.sin(course_rad)
    data = log.data.copy()

    def block(*names: str) -> list[int]:
        return [log.columns.index(name) for name in names]

    for x, y in (block("x_m", "y_m"), block("vx_mps", "vy_mps")):
        along, left = log.data[:, x], log.data[:, y]
        data[:, x], data[:, y] = cosine * along + sine * left, cosine * left - sine * along
    qx, qy, qz, qw = (log.column(name) for name in ("qx", "qy", "qz", "qw"))
    a, b = np.cos(half), -np.sin(half)  # q of the turn times q
    turns = (a * qx - b * qy, a * qy + b * qx, a * qz + b * qw, a * qw - b * qz)
    for name, values in zip(("qx", "qy", "qz", "qw"), turns, strict=True):
        data[:, log.columns.index(name)] = values
    x, y = PLACE.x_m, PLACE.y_m
    place = Placing(cosine * x + sine * y, cosine * y - sine * x, PLACE.height_m, course_rad)
    name = log.header["marks"]["figures"][0]["name"]
    return FlightLog(
        log.columns, data, {**log.header, "marks": {"figures": [place.mark(name, find_figure(name))]}}, "turned"
    )


def test_flights_of_all_courses_lie_on_each_other_and_get_the_same_mark() -> None:
    log = flown_log("half_cuban_eight", off_m=4.0, runway=None)  # whose box lies along the runway
    overlaid = flights_of_one_figure([log, turned(log, np.pi), turned(log, 0.7)])
    first, *others = overlaid.flights
    assert overlaid.marks[0] > 5.0
    for other in others:
        assert other.sheet.score == pytest.approx(first.sheet.score, abs=0.05)
        count = min(len(other.position), len(first.position))
        assert other.position[:count] == pytest.approx(first.position[:count], abs=0.3)
    # and on the path asked for, but for the 4 m that they end above it
    off = np.abs(first.position[0] - overlaid.path.position[0])
    assert off.max() < 0.5


def test_distances_are_told_along_the_path_as_far_as_a_flight_came() -> None:
    whole, part = flown_log("loop", off_m=8.0), flown_log("loop", share=0.5, outcome="lost", is_success=False)
    overlaid = flights_of_one_figure([whole, part])
    along = np.linspace(0.0, overlaid.path.length_m, 50)
    distances = overlaid.distances(along)
    assert distances.shape == (2, 50)
    assert np.isfinite(distances[0]).sum() > 45
    assert not np.isfinite(distances[1, -10:]).any()
    assert np.nanmax(distances[0]) == pytest.approx(overlaid.flights[0].sheet.path_error_m, abs=0.3)
    assert overlaid.without_points == 1
    assert "2 flights of loop (Inside loop): mark" in overlaid.summary
    assert "1 without points" in overlaid.summary


def test_points_lost_by_elements_are_those_of_the_sheets() -> None:
    overlaid = flights_of_one_figure([flown_log("loop", off_m=off) for off in (3.0, 6.0)])
    lost = overlaid.lost_by_element()
    assert len(lost) == len(find_figure("loop").elements)
    assert lost.sum() == pytest.approx(np.mean([flight.sheet.lost for flight in overlaid.flights]))
    assert lost.sum() > 0.1


@pytest.mark.parametrize(
    ("second", "said"),
    [
        (lambda: takeoff_log(), "no figure was asked for"),
        (lambda: takeoff_log(marks={"figures": []}), "no figure was asked for"),
        (lambda: flown_log("immelmann"), "flies the figure 'immelmann', .* 'loop'"),
        (lambda: two_figures(), "holds 2 figures"),
        (lambda: flown_log("loop", span_m=2.0), "wing span of 2 m"),
        (lambda: flown_log("loop", marks={"figures": [{**MARK, "figure": {"version": 1}}]}), "figure"),
    ],
)
def test_flights_that_do_not_fit_together_are_refused_in_one_line(second: Any, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        flights_of_one_figure([flown_log("loop"), second()])
    assert "\n" not in str(caught.value)


MARK = PLACE.mark("loop", find_figure("loop"))


def two_figures() -> FlightLog:
    return flown_log("loop", marks={"figures": [MARK, MARK]})
