"""Displays: figures joined to one continuous way, on which each of them lies as if it were flown alone."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import yaml
from numpy.testing import assert_allclose

from envs.base.errors import InputError
from envs.figures.display import Display, display_in_turn, find_display
from envs.figures.figure import find_figure
from envs.figures.guide import wanted_speed
from envs.figures.path import figure_path, placed
from envs.figures.sequence import find_sequence, sequence_names

SPAN, MIDDLE, STALL = 1.3, 65.0, 8.0


@pytest.mark.parametrize("course", [0.0, math.pi])
@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("name", sequence_names())
def test_a_sequence_is_one_continuous_way_with_each_figure_on_it_as_placed_alone(
    name: str, mirrored: bool, course: float
) -> None:
    display = find_display(name)
    whole = display.placing(MIDDLE, SPAN, course, mirrored)
    path = placed(figure_path(display.figure, SPAN), *whole)
    assert np.linalg.norm(np.diff(path.position, axis=0), axis=1).max() <= 1.001 * path.step_m
    bends = np.linalg.norm(np.diff(path.tangent, axis=0), axis=1)
    assert bends.max() < 0.06 + path.step_m / (0.25 * SPAN)  # no corner but the half circle of a stall turn
    assert [part.name for part in display.parts] == [each.name for each in find_sequence(name)[1]]
    for part in display.parts:
        alone = part.placing(whole, SPAN).path(part.figure, SPAN)
        here = path.sample(np.linspace(part.entry.way * SPAN, part.end_b * SPAN, len(alone.s_m)))
        assert_allclose(here[1:-1, 0:3], alone.position[1:-1], atol=0.02 * SPAN)
        # Chords of the way are not sampled at the same places: within half a step round the tightest circle.
        assert_allclose(here[1:-1, 3:6], alone.tangent[1:-1], atol=0.25)
        assert_allclose(here[1:-1, 6:9], alone.canopy[1:-1], atol=0.25)


def test_the_figures_lie_where_the_sequence_puts_them() -> None:
    title, flown = find_sequence("club")
    display = find_display("club")
    assert display.title == title
    whole = display.placing(MIDDLE, SPAN, 0.0, False)
    for each, part in zip(flown, display.parts, strict=True):
        asked, found = each.placing(SPAN, MIDDLE), part.placing(whole, SPAN)
        assert (found.x_m, found.height_m) == pytest.approx((asked.x_m, asked.height_m))
        assert math.cos(found.course_rad) == pytest.approx(math.cos(asked.course_rad))
        assert abs(found.y_m) <= 0.5 * SPAN + 1e-9  # by which a stall turn comes back beside its way up


def test_speed_is_each_figures_own_and_before_it_that_of_its_entry() -> None:
    display = find_display("club")
    path = figure_path(display.figure, SPAN)
    speed = display.wanted_mps(path, STALL)
    for one, other in zip(display.parts, display.parts[1:], strict=False):
        gap = (path.s_m > one.end_b * SPAN + 1e-6) & (path.s_m < other.entry.way * SPAN)
        assert_allclose(speed[gap], other.figure.entry.speed_vs * STALL)
    for part in display.parts:
        alone = figure_path(part.figure, SPAN)
        here = np.interp(part.entry.way * SPAN + alone.s_m, path.s_m, speed)
        assert np.mean(np.abs(here - wanted_speed(alone, STALL)) > 0.1) < 0.03


def test_a_lone_figure_is_a_display_that_changes_nothing() -> None:
    loop = find_figure("loop")
    display = find_display("loop")
    assert display == Display.of("loop", loop)
    assert display.is_lone
    assert display.figure is display.flown[0].figure
    path = figure_path(loop, SPAN)
    assert_allclose(display.wanted_mps(path, STALL), wanted_speed(path, STALL))
    for course in (0.0, math.pi):
        where = placed(path, *display.placing(MIDDLE, SPAN, course, False))
        middle = 0.5 * (where.position[:, 0].min() + where.position[:, 0].max())
        assert middle == pytest.approx(MIDDLE, abs=0.05)
        assert where.position[0, 2] == pytest.approx(loop.entry.height_b * SPAN)


def test_figures_in_turn_with_a_line_that_leads_to_them() -> None:
    display = display_in_turn(["loop", "half_cuban_eight", "aileron_roll"], 25.0, 40.0, "mission")
    (first, *_), way = display.parts, figure_path(display.figure, SPAN)
    assert first.entry.way == pytest.approx(40.0)
    assert first.entry.x == pytest.approx(40.0)
    assert display.placing(MIDDLE, SPAN, 0.0, False).x_m == pytest.approx(MIDDLE + (display.flown[0].x_b - 40.0) * SPAN)
    assert_allclose(way.position[way.s_m < first.entry.way * SPAN, 1:], 0.0, atol=1e-9)
    assert [math.cos(part.entry.theta) > 0 for part in display.parts] == [True, True, False]
    sequence = display_in_turn(["club"], 40.0, 10.0, "mission")  # keeps its own height
    assert sequence.flown == find_display("club").flown
    longer = display_in_turn(["loop", "half_cuban_eight", "club"], 30.0, 0.0, "mission")
    assert len(longer.flown) == 2 + len(sequence.flown)


def test_files_of_both_kinds_and_what_is_neither(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        yaml.safe_dump({"version": 1, "title": "Mine", "height_b": 30, "figures": ["loop", "immelmann"]}),
        encoding="utf-8",
    )
    assert [part.name for part in find_display(str(path)).parts] == ["loop", "immelmann"]
    path.write_text(yaml.safe_dump(find_figure("loop").model_dump(mode="json", exclude_none=True)), encoding="utf-8")
    assert find_display(str(path)).figure == find_figure("loop")
    for name, said in (("clbu", "did you mean 'club'"), ("lop", "did you mean 'loop'"), ("x/y.yaml", "no such figure")):
        with pytest.raises(InputError, match=said) as refused:
            find_display(name)
        assert "\n" not in str(refused.value)
    with pytest.raises(InputError, match=r"^mission: figures\.0: split_s comes down to 2 b"):
        display_in_turn(["split_s"], 30.0, 0.0, "mission")
