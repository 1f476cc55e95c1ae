"""The book's numbers, and which errors are faults."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from envs.figures.judge import rules


@pytest.mark.parametrize(("degrees", "points"), [(15, 1), (-30, 2), (5, 1 / 3), (0, 0)])
def test_fifteen_degrees_are_a_point(degrees: float, points: float) -> None:
    assert rules.angle_points(degrees) == pytest.approx(points)


@pytest.mark.parametrize(("ratio", "points"), [(0.2, 0.0627), (1.0, 0.5), (2.0, 1.223), (10.0, 2.0)])
def test_radius_within_a_loop(ratio: float, points: float) -> None:
    assert rules.radius_points(ratio) == pytest.approx(points, abs=1e-3)


@pytest.mark.parametrize(("ratio", "points"), [(0.1, 0.3715), (0.5, 0.7423), (1.0, 1.0)])
def test_radius_between_loops(ratio: float, points: float) -> None:
    assert rules.radius_between_points(ratio) == pytest.approx(points, abs=1e-3)


@pytest.mark.parametrize(("ratio", "points"), [(1.0, 0.15), (4.0, 0.6), (20.0, 1.0)])
def test_roll_rate(ratio: float, points: float) -> None:
    assert rules.roll_rate_points(ratio) == pytest.approx(points)


@pytest.mark.parametrize(
    ("before", "after", "points"), [(1, 1, 0), (1.1, 1, 0), (1.3, 1, 0.5), (1, 1.5, 1), (2, 1, 2), (1, 0, 3), (0, 0, 3)]
)
def test_roll_off_the_middle(before: float, after: float, points: float) -> None:
    assert rules.centring_points(before, after) == pytest.approx(points)


@pytest.mark.parametrize(("spans", "points"), [(3, 0.5), (-3, 0.5), (6, 1.0)])
def test_height_of_the_exit(spans: float, points: float) -> None:
    assert rules.exit_points(spans) == pytest.approx(points)


@pytest.mark.parametrize(("spans", "points"), [(0.3, 0), (0.5, 0), (1.0, 1), (1.5, 2)])
def test_pivot(spans: float, points: float) -> None:
    assert rules.pivot_points(spans) == pytest.approx(points)


def test_no_mark_below_zero() -> None:
    assert rules.total([4.0, 7.0]) == 0.0
    assert rules.total([1.5, 0.25]) == 8.25


@pytest.mark.parametrize(
    ("error", "faults"),
    [
        ([0, 5, 10, 10], [10]),
        ([10, 10, 10], [10]),  # off from the first
        ([0, 10, 2, 0], [10]),  # flying back is free
        ([0, 10, 4, 9, 0], [10, 5]),  # each peak is new
        ([0, 10, 8.5, 11], [11]),  # hardly fallen back: the same peak
        ([0, 8, -6, 0], [8, 6]),  # to the other side
        ([0, 1.5, -1.5, 1.5], []),  # not seen
    ],
)
def test_only_growth_counts(error: list[float], faults: list[float]) -> None:
    assert [grown for _, grown in rules.growth(np.array(error), 2.0, 3.0)] == pytest.approx(faults)


def test_what_is_marked_already_is_not_marked_again() -> None:
    assert rules.growth(np.array([12.0, 12.0]), 2.0, 3.0, carried=12.0) == []
    assert rules.growth(np.array([12.0, 18.0]), 2.0, 3.0, carried=12.0) == [(1, 6.0)]
    assert rules.growth(np.array([-5.0, -5.0]), 2.0, 3.0, carried=12.0) == [(0, 5.0)]


def test_a_fault_is_told_at_the_second_at_which_it_has_grown() -> None:
    error = np.concatenate([np.linspace(0, 10, 101), np.full(400, 10.0)])
    ((at, _),) = rules.growth(error, 2.0, 3.0)
    assert at == pytest.approx(95, abs=1)


@given(st.lists(st.floats(-60, 60), min_size=1, max_size=60), st.floats(1.0, 3.0))
def test_larger_errors_never_cost_less(error: list[float], factor: float) -> None:
    one = sum(grown for _, grown in rules.growth(np.array(error), 2.0, 3.0))
    more = sum(grown for _, grown in rules.growth(factor * np.array(error), 2.0, 3.0))
    assert more >= one - 1e-9
