"""Paths of figures: where they lead, which way the canopy points, how far along them one is."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from envs.figures.elements import Element
from envs.figures.figure import Figure, figure_names, find_figure
from envs.figures.path import STEP_B, FigurePath, centred, figure_path, placed
from envs.figures.walk import SPIN_CORNER_B, SPIN_SLOW, SPIN_TURN_B

SPAN = 1.5
AHEAD, BACK, LEFT, UP = np.array([[1.0, 0, 0], [-1, 0, 0], [0, 1, 0], [0, 0, 1]])


def figure(*elements: dict[str, Any], inverted: bool = False, height: float = 60.0) -> Figure:
    entry = {"speed_vs": 2.0, "height_b": height, "inverted": inverted}
    return Figure.model_validate({"version": 1, "title": "test", "entry": entry, "elements": elements})


def path(*elements: dict[str, Any], inverted: bool = False) -> FigurePath:
    return figure_path(figure(*elements, inverted=inverted), SPAN)


def line(length: float = 4.0, climb: float = 0.0, roll: float = 0.0, points: int = 1) -> dict[str, Any]:
    return {"line": {"length_b": length, "climb_deg": climb, "roll_deg": roll, "points": points}}


def arc(turn: float, radius: float = 8.0, roll: float = 0.0) -> dict[str, Any]:
    return {"arc": {"turn_deg": turn, "radius_b": radius, "roll_deg": roll}}


def ends(path: FigurePath, position: Any, tangent: Any, canopy: Any) -> None:
    """Holds the end of a path, lengths in spans."""
    assert_allclose(path.position[-1] / SPAN, position, atol=1e-9)
    assert_allclose(path.tangent[-1], tangent, atol=1e-9)
    assert_allclose(path.canopy[-1], canopy, atol=1e-9)


def test_a_loop_closes_and_has_its_radius() -> None:
    loop = path(arc(360, 10))
    ends(loop, (0, 0, 0), AHEAD, UP)
    centre = np.array([0.0, 0.0, 10 * SPAN])
    assert_allclose(np.linalg.norm(loop.position - centre, axis=1), 10 * SPAN, rtol=1e-12)
    assert_allclose(loop.canopy, (centre - loop.position) / (10 * SPAN), atol=1e-9)
    assert_allclose(loop.curvature_1pm, 1 / (10 * SPAN))
    assert loop.length_m == pytest.approx(2 * math.pi * 10 * SPAN, rel=1e-12)


def test_an_immelmann_ends_reversed_upright_and_higher_by_its_diameter() -> None:
    immelmann = path(line(5), arc(180, 8), line(6, roll=180), line(2))
    ends(immelmann, (5 - 6 - 2, 0, 16), BACK, UP)
    assert immelmann.figure.reverses
    assert not immelmann.figure.ends_inverted
    assert immelmann.figure.climb_b == pytest.approx(16)


def test_a_half_cuban_eight_comes_back_at_its_height() -> None:
    r, d = 8.0, 16.0  # the line down that brings it back to the height is two radii long
    half = path(arc(225, r), line(d / 2, -45, roll=180), line(d / 2, -45), arc(45, r))
    root = math.sqrt(0.5)
    ends(half, (-2 * r * root - d * root, 0, 0), BACK, UP)


def test_rolls_are_counted_and_to_the_right() -> None:
    rolls = path(line(6, roll=-720), line(2), line(3, roll=90), line(4), line(3, roll=-90))
    assert rolls.rolled_rad[-1] == pytest.approx(-4 * math.pi)
    right_roll = path(line(4, roll=360))
    quarter = right_roll.at(right_roll.length_m / 4)
    assert_allclose(quarter.canopy, -LEFT, atol=1e-2)  # the canopy points to the right hand
    knife = rolls.at(13 * SPAN)
    assert_allclose(knife.canopy, -LEFT, atol=1e-9)
    assert_allclose(knife.tangent, AHEAD, atol=1e-12)


def test_a_point_roll_stops_between_its_parts() -> None:
    roll = path(line(11, roll=360, points=4))  # parts of 2, stops of 1 span
    at = {s: roll.rolled_rad[np.argmin(np.abs(roll.s_m - s * SPAN))] for s in (1, 2, 2.5, 3, 5.5, 8.5, 11)}
    expected = {1: 45, 2: 90, 2.5: 90, 3: 90, 5.5: 180, 8.5: 270, 11: 360}
    assert {s: round(math.degrees(value)) for s, value in at.items()} == expected


def test_a_stall_turn_comes_down_half_a_span_beside_the_way_up() -> None:
    up, down = (arc(90, 8), line(10, 90)), (line(10, -90), arc(90, 8))
    to_left = path(*up, {"stall_turn": {"to": "left"}}, *down)
    # belly towards the way ahead, canopy back: its left is the left of the runway still
    ends(to_left, (0, 0.5, 0), BACK, UP)
    ends(path(*up, {"stall_turn": {"to": "right"}}, *down), (0, -0.5, 0), BACK, UP)
    here = to_left.element == 2
    assert_allclose(to_left.canopy[here], np.broadcast_to(BACK, (here.sum(), 3)), atol=1e-12)
    assert to_left.position[here, 2].max() / SPAN == pytest.approx(18.25, abs=0.01)
    middle = to_left.at(to_left.starts_m[2] + math.pi * 0.125 * SPAN)
    assert_allclose(middle.tangent, LEFT, atol=0.02)


def test_a_spin_turns_and_loses_its_height() -> None:
    spun = path(line(4), {"spin": {"turns": 3, "to": "right"}}, line(5, -90), arc(90, 6))
    ends(spun, (4 + SPIN_CORNER_B + 6, 0, -SPIN_CORNER_B - 2 * SPIN_TURN_B - 5 - 6), AHEAD, UP)
    assert spun.rolled_rad[-1] == pytest.approx(6 * math.pi)
    begin, end = spun.starts_m[1:3]
    assert_allclose(spun.at(begin + SPIN_CORNER_B * SPAN * math.pi / 2).tangent, -UP, atol=0.05)
    # A quarter turn to the right, clockwise seen from above: the canopy to the right hand of the runway.
    quarter = (1 / 12) ** (1 / SPIN_SLOW)
    assert_allclose(spun.at(begin + quarter * (end - begin)).canopy, -LEFT, atol=0.05)
    inverted = path({"spin": {"turns": 1, "to": "left"}}, line(2, -90), arc(-90, 6), inverted=True)
    ends(inverted, (SPIN_CORNER_B + 6, 0, -SPIN_CORNER_B - 2 - 6), AHEAD, -UP)


def test_a_turn_and_a_half_of_spin_leads_out_the_other_way() -> None:
    spun = path({"spin": {"turns": 1.5, "to": "left"}}, line(2, -90), arc(90, 6))
    ends(spun, (SPIN_CORNER_B - 6, 0, -SPIN_CORNER_B - 0.5 * SPIN_TURN_B - 2 - 6), BACK, UP)


def test_a_turn_leads_towards_the_canopy_wherever_that_is() -> None:
    ends(path(arc(180, 5)), (0, 0, 10), BACK, -UP)  # pulled from upright: up
    ends(path(arc(180, 5), inverted=True), (0, 0, -10), BACK, UP)  # pulled from inverted: down, a split S
    ends(path(arc(-180, 5)), (0, 0, -10), BACK, -UP)  # pushed from upright: down
    ends(path(arc(-360, 5), inverted=True), (0, 0, 0), AHEAD, -UP)  # pushed from inverted: an outside loop, up
    assert path(arc(-360, 5), inverted=True).position[:, 2].max() == pytest.approx(10 * SPAN, rel=1e-3)


def test_a_roll_along_an_arc_leaves_the_arc_where_it_was() -> None:
    rolling = path(arc(360, 10, roll=720))
    plain = path(arc(360, 10))
    assert_allclose(rolling.position, plain.position, atol=1e-9)
    ends(rolling, (0, 0, 0), AHEAD, UP)
    assert_allclose(rolling.at(rolling.length_m / 4).canopy, -plain.at(plain.length_m / 4).canopy, atol=1e-6)


@pytest.mark.parametrize("name", figure_names())
def test_every_shipped_path_is_whole(name: str) -> None:
    whole = figure_path(find_figure(name), SPAN)
    ones = np.ones(len(whole.s_m))
    assert_allclose(np.linalg.norm(whole.tangent, axis=1), ones, atol=1e-12)
    assert_allclose(np.linalg.norm(whole.canopy, axis=1), ones, atol=1e-12)
    assert_allclose(np.sum(whole.tangent * whole.canopy, axis=1), 0 * ones, atol=1e-12)
    steps = np.diff(whole.s_m)
    assert_allclose(steps, steps[0], rtol=1e-9)
    assert steps[0] <= STEP_B * SPAN * (1 + 1e-12)
    chords = np.linalg.norm(np.diff(whole.position, axis=0), axis=1)
    assert (chords <= steps * (1 + 1e-9)).all()
    assert (chords >= 0.99 * steps).all()  # of the tightest curve, a stall turn's
    # Each piece leads along its tangents, no corner anywhere, and the canopy turns no faster than a roll in a span.
    leads = np.diff(whole.position, axis=0) / steps[:, None]
    assert np.abs(leads - 0.5 * (whole.tangent[1:] + whole.tangent[:-1])).max() < 0.05
    assert np.linalg.norm(np.diff(whole.canopy, axis=0), axis=1).max() < 0.65
    assert whole.element[0] == 0
    assert whole.element[-1] == len(whole.figure.elements) - 1
    assert (np.diff(whole.element) >= 0).all()
    assert_allclose(whole.starts_m, [s.start.way * SPAN for s in whole.figure.stretches], atol=1e-9)


def test_extent_is_that_of_the_path() -> None:
    for name in figure_names():
        shape = find_figure(name)
        drawn = figure_path(shape, 1.0, 0.01).position
        (rear, front), (low, high) = shape.extent_b
        sideways = 0.5 if any(e.stall_turn for e in shape.elements) else 1e-3  # a stall turn's half circle rises b / 4
        assert_allclose((drawn[:, 0].min(), drawn[:, 0].max()), (rear, front), atol=1e-3)
        assert_allclose((drawn[:, 2].min(), drawn[:, 2].max()), (low, high), atol=sideways)


def test_placing_turns_moves_and_mirrors() -> None:
    plain = path(line(4), line(4, roll=90), line(2), line(4, roll=-90), arc(180, 5), line(4, roll=180))
    there = placed(plain, 10.0, 2.0, 30.0, math.pi)
    assert_allclose(there.position[0], (10, 2, 30))
    assert_allclose(there.tangent[0], BACK, atol=1e-12)
    assert_allclose(there.at(9 * SPAN).canopy, LEFT, atol=1e-9)  # rolled right, flying back
    assert_allclose(plain.at(9 * SPAN).canopy, -LEFT, atol=1e-9)
    clockwise = placed(plain, 0.0, 0.0, 0.0, math.pi / 2)
    assert_allclose(clockwise.tangent[0], -LEFT, atol=1e-12)
    other = placed(plain, 0.0, 0.0, 0.0, 0.0, mirrored=True)
    assert_allclose(other.position * (1, -1, 1), plain.position, atol=1e-9)
    assert_allclose(other.canopy * (1, -1, 1), plain.canopy, atol=1e-9)
    assert_allclose(other.rolled_rad, -plain.rolled_rad)
    # The mirrored figure's own path is the mirrored path.
    again = figure_path(other.figure, SPAN)
    assert_allclose(again.position, other.position, atol=1e-9)
    assert_allclose(again.canopy, other.canopy, atol=1e-9)


def test_a_mirrored_stall_turn_and_spin_go_to_the_other_side() -> None:
    to_left = path(arc(90, 8), line(9, 90), {"stall_turn": {"to": "left"}}, line(9, -90), arc(90, 8))
    other = placed(to_left, 0, 0, 0, 0, mirrored=True)
    assert_allclose(figure_path(other.figure, SPAN).position, other.position, atol=1e-9)
    assert other.position[-1, 1] == pytest.approx(-0.5 * SPAN)
    spun = path({"spin": {"turns": 1.25, "to": "left"}}, line(2, -90), line(2, -90, roll=-270), arc(90, 6))
    other = placed(spun, 0, 0, 0, 0, mirrored=True)
    assert_allclose(figure_path(other.figure, SPAN).canopy, other.canopy, atol=1e-9)


@pytest.mark.parametrize("course", [0.0, math.pi])
def test_a_figure_is_centred_on_the_runway(course: float) -> None:
    there = centred(figure_path(find_figure("immelmann"), SPAN), 75.0, course)
    assert 0.5 * (there.position[:, 0].min() + there.position[:, 0].max()) == pytest.approx(75.0, abs=0.01)
    assert there.position[0, 2] == pytest.approx(find_figure("immelmann").entry.height_b * SPAN)
    assert_allclose(there.position[:, 1], 0, atol=1e-9)


def test_nearest_follows_the_way_and_keeps_crossing_branches_apart() -> None:
    eight = figure_path(find_figure("cuban_eight"), SPAN)
    off = 0.3 * SPAN * np.cross(eight.tangent, eight.canopy)
    s, found = 0.0, []
    for place in eight.position + off:
        s = eight.nearest(place, s, back_m=1.0 * SPAN, ahead_m=6.0 * SPAN)
        found.append(s)
    assert np.abs(np.array(found) - eight.s_m).max() < 0.02 * SPAN
    # Two branches cross: both are found there, each from its own side.
    gaps = np.linalg.norm(eight.position[:, None, :] - eight.position[None, ::1, :], axis=2)
    gaps[np.abs(eight.s_m[:, None] - eight.s_m[None, :]) < 20 * SPAN] = np.inf
    first, second = np.unravel_index(np.argmin(gaps), gaps.shape)
    for k in (first, second):
        near = eight.nearest(eight.position[first], eight.s_m[k] - 2.0, 0.0, 4.0)
        assert near == pytest.approx(eight.s_m[k], abs=0.1 * SPAN)
    assert eight.nearest(np.array([0.0, 0.0, 0.0]), 50.0, back_m=0.0, ahead_m=5.0) >= 50.0  # no progress lost


def test_nearest_is_finer_than_the_samples_and_keeps_to_the_path() -> None:
    straight = path(line(10))
    assert straight.nearest(np.array([3.21, 0.4, -0.2]), 0.0) == pytest.approx(3.21, abs=1e-9)
    assert straight.nearest(np.array([99.0, 0.0, 0.0]), 0.0) == pytest.approx(15.0)
    assert straight.nearest(np.array([-9.0, 0.0, 0.0]), 3.0, back_m=99.0) == 0.0
    assert straight.nearest(np.array([9.0, 0.0, 0.0]), 99.0) == pytest.approx(15.0)


def test_between_samples_and_beyond_the_ends() -> None:
    loop = path(line(5), arc(360, 10), line(5))
    for s in (1.0, 20.0, 33.3, 60.0):
        point = loop.at(s)
        turned = np.clip((s / SPAN - 5) / 10, 0, 2 * math.pi)
        x = 5 + 10 * math.sin(turned) if s > 5 * SPAN else s / SPAN
        assert_allclose(point.position / SPAN, (x, 0, 10 - 10 * math.cos(turned)), atol=1e-3)
        assert np.linalg.norm(point.tangent) == pytest.approx(1)
        assert point.curvature_1pm == pytest.approx(1 / 15 if s > 5 * SPAN else 0)
    assert_allclose(loop.at(-3.0).position, (-3, 0, 0), atol=1e-9)
    after = loop.at(loop.length_m + 4.0)
    assert_allclose(after.position, (10 * SPAN + 4, 0, 0), atol=1e-9)
    assert_allclose(after.tangent, AHEAD, atol=1e-9)
    rows = loop.sample(np.array([-3.0, 20.0]))
    assert_allclose(rows[1, :3], loop.at(20.0).position)
    assert [loop.element_at(s) for s in (-1.0, 0.0, 7.6, 1e4)] == [0, 0, 1, 2]


def test_words_say_what_is_flown() -> None:
    def words(element: dict[str, Any]) -> str:
        return Element.model_validate(element).words()

    assert words(line(4, -45, roll=-180)) == "roll 180° left 45° down 4 b"
    assert words(line(4, 90)) == "line vertical up 4 b"
    assert words(line(11, roll=360, points=4)) == "roll 360° right in 4 points level 11 b"
    assert words(arc(-90, 6)) == "push 90° radius 6 b"
    assert words({"spin": {"turns": 3, "to": "left"}}) == "spin 3 turns left"
