"""What a pilot is asked for along a path: speeds before and in a spin, and a spin that takes the path with it."""

from __future__ import annotations

import numpy as np
import pytest

from envs.figures.figure import find_figure
from envs.figures.guide import SPIN_VS, Guide, carry
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
