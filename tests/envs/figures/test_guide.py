"""What a pilot is asked for along a path: speeds around spins, and what a spin or stall turn takes with it."""

from __future__ import annotations

import numpy as np
import pytest

from envs.figures.figure import find_figure
from envs.figures.guide import SPIN_VS, Guide, carry, turned_over
from envs.figures.path import centred, figure_path

SPAN, STALL = 1.25, 10.0


@pytest.fixture(scope="module")
def spin() -> Guide:
    return Guide(centred(figure_path(find_figure("spin"), SPAN), 0.0), STALL)


def test_before_a_spin_it_slows_down_to_the_stall_and_gathers_speed_in_it(spin: Guide) -> None:
    _, begins, ends = spin.path.starts_m[:3]
    assert spin.wanted_mps(0.0) == pytest.approx(11.0)
    assert spin.wanted_mps(0.5 * begins) == pytest.approx(np.sqrt(0.5 * (11.0**2 + 10.0**2)), rel=1e-3)
    assert spin.wanted_mps(begins) == pytest.approx(STALL, rel=0.01)
    assert spin.wanted_mps(ends - 0.1) == pytest.approx(SPIN_VS * STALL, rel=0.01)


def test_where_it_falls_a_spin_takes_the_path_with_it_and_elsewhere_nothing_does(spin: Guide) -> None:
    carried = np.array([1.0, 2.0])
    _, begins, ends, *_ = spin.path.starts_m
    for along in (0.5 * begins, begins + 2.0 * SPAN, ends + 1.0):  # level, the first of the corner, the line behind
        carry(spin.table, spin.step_m, along, 50.0, 60.0, carried)
        assert carried.tolist() == [1.0, 2.0]
    falling = 0.5 * (begins + ends)
    x, y, _ = spin.path.at(falling).position
    carry(spin.table, spin.step_m, falling, x + 7.0, y - 4.0, carried)
    assert carried == pytest.approx([7.0, -4.0], abs=1e-3)


def test_another_flight_begins_with_the_path_where_it_is_asked_for(spin: Guide) -> None:
    spin.carried[:] = 5.0
    spin.begin(0.0)
    assert not spin.carried.any()


@pytest.fixture(scope="module")
def stall_turn() -> Guide:
    return Guide(centred(figure_path(find_figure("stall_turn"), SPAN), 0.0), STALL)


@pytest.mark.parametrize(
    ("below_b", "climb_mps", "turns"),
    [(1.0, -0.1, True), (3.9, -5.0, True), (1.0, 0.1, False), (6.0, -5.0, False)],
)
def test_who_falls_near_the_top_of_a_stall_turn_is_on_the_way_down(
    stall_turn: Guide, below_b: float, climb_mps: float, turns: bool
) -> None:
    table, step, path = stall_turn.table, stall_turn.step_m, stall_turn.path
    starts, ends = path.starts_m[3:5]
    before = starts - below_b * SPAN
    after = turned_over(table, step, before, climb_mps)
    assert after == pytest.approx(ends + below_b * SPAN if turns else before, abs=step)
    assert path.at(after).position[2] == pytest.approx(path.at(before).position[2], abs=step)
    assert turned_over(table, step, after, climb_mps) == after


def test_a_stall_turn_takes_the_path_with_it_until_it_flies_again(stall_turn: Guide) -> None:
    carried = np.array([1.0, 2.0])
    starts, ends = stall_turn.path.starts_m[3:5]
    for along in (starts - SPAN, ends + 4.5 * SPAN):
        carry(stall_turn.table, stall_turn.step_m, along, 50.0, 60.0, carried)
        assert carried.tolist() == [1.0, 2.0]
    x, y, _ = stall_turn.path.at(ends + SPAN).position
    carry(stall_turn.table, stall_turn.step_m, ends + SPAN, x + 3.0, y - 4.0, carried)
    assert carried == pytest.approx([3.0, -4.0], abs=1e-3)
