"""The study's sums: what counts, what is won back, and what is lost where a fault cost little."""

from __future__ import annotations

import pytest

from agents.adaptation.study.figures import known_best, sums, won_back
from tests.support.study_cells import CELLS, cell


def test_a_fault_that_nobody_can_fly_is_not_counted() -> None:
    (row,) = sums(CELLS)
    assert (row.faults, row.flyable) == (4, 3)
    assert row.after[0].success == pytest.approx((0 + 0.5 + 0.98) / 3)
    assert row.crashes_a_fault == pytest.approx(2 / 3)
    assert row.seconds_a_fault == pytest.approx(30.0)
    assert row.sound == {0: 1.0, 1: 1.0, 3: 0.99}


def test_won_back_is_of_what_the_fault_costs() -> None:
    assert won_back(CELLS[0], 1.0, 3) == pytest.approx(0.9)
    assert won_back(CELLS[2], 0.98, 3) is None
    (row,) = sums(CELLS)
    assert row.after[3].won_back == pytest.approx((0.9 + 1.0) / 2)


def test_what_is_lost_where_a_fault_costs_little_is_told() -> None:
    (row,) = sums(CELLS)
    assert row.after[1].lost == pytest.approx(-0.42)
    assert row.after[3].lost == pytest.approx(-0.58)
    assert row.worst == ("late=1", 0.98, 0.4)
    (fine,) = sums([cell("late=1", 98, 98, 99)])
    assert fine.worst is None


def test_the_best_is_that_of_the_same_flights() -> None:
    """A take-off with a fault says nothing of a landing with it; another pilot's landing does."""
    own = cell("bent=1", 0, 10, 20, knowing=30)
    others = [own, cell("bent=1", 100, 100, 100, task="takeoff"), cell("bent=1", 0, 0, 0, knowing=80, pilot="q")]
    assert known_best(others, own) == 0.8
    assert [(row.task, row.pilot) for row in sums(others)] == [("landing", "p"), ("landing", "q"), ("takeoff", "p")]


def test_quality_is_a_mean_over_the_faults_that_have_it() -> None:
    quality = {"0": {}, "1": {"sink_mps": 0.4}}, {"0": {"sink_mps": 0.9}, "1": {"sink_mps": 0.6}}
    (row,) = sums([cell(f"{k}=1", 0, 90, quality=q) for k, q in enumerate(quality)])
    assert row.quality["0"] == {"sink_mps": 0.9}
    assert row.quality["1"]["sink_mps"] == pytest.approx(0.5)


def test_no_fault_can_be_flown() -> None:
    (row,) = sums(CELLS[3:5])
    assert (row.flyable, row.after, row.knowing) == (0, {}, 0.0)
