"""Sizes taken off the drawing, for surfaces in halves, in one piece and published ones."""

from __future__ import annotations

import pytest

from envs.aircraft.aircraft import load_aircraft
from envs.aircraft.outline import mean_chord_m
from envs.discrepancies import apply_discrepancies
from tests.support.layouts import layout


def test_the_chord_of_reference_is_the_published_one_or_wing_area_over_span() -> None:
    published = load_aircraft("ultra_stick")
    assert published.derivatives
    assert mean_chord_m(published) == published.derivatives.chord_m
    drawing = layout("conventional")
    wing = drawing.surfaces[0]
    root, tip = wing.sections[0], wing.sections[-1].model_copy(update={"chord_m": 0.1})
    x, y, z = tip.leading_edge_m
    # Half of the span of the root's chord, half tapering to the tip's: area over span is not the ribs' mean.
    middle = root.model_copy(update={"leading_edge_m": (x, y / 2, z)})
    halves = wing.model_copy(update={"sections": (root, middle, tip), "controls": ()})
    right = tip.model_copy(update={"leading_edge_m": (x, -y, z)})
    middle_right = root.model_copy(update={"leading_edge_m": (x, -y / 2, z)})
    one_piece = halves.model_copy(update={"mirrored": False, "sections": (tip, middle, root, middle_right, right)})
    expected = 0.5 * root.chord_m + 0.5 * 0.5 * (root.chord_m + 0.1)
    tail = drawing.surfaces[1]
    narrow = tail.model_copy(update={"mirrored": False})
    in_halves = drawing.model_copy(update={"surfaces": (tail, halves)})
    in_one = drawing.model_copy(update={"surfaces": (narrow, one_piece)})
    for craft in (in_halves, in_one):
        assert mean_chord_m(craft) == pytest.approx(expected, rel=1e-12)
        moved = apply_discrepancies(craft, ["tail_heavy"])  # whether its wing has halves or not
        back = drawing.mass.center_of_gravity_m[0] - moved.mass.center_of_gravity_m[0]
        assert back == pytest.approx(0.19 * expected, rel=1e-12)
