"""Figures drawn: symbols by Aresti's rules, ribbons whose colour is the canopy's direction, and the page of all."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure as Page
from numpy.testing import assert_allclose
from PIL import Image
from rich.console import Console

from agents.commands.sheets.figures import show_figures
from envs.base.errors import InputError
from envs.figures.figure import figure_names, find_figure
from envs.figures.path import figure_path
from envs.rendering.figures.ribbon import canopy_colours, draw_ribbon, judge_view
from envs.rendering.figures.symbol import INVERTED, SIDEWAYS, UPRIGHT, symbol
from envs.rendering.page import BLUE, GREEN, ORANGE


def flown(name: str) -> list[str]:
    """How the parts of a symbol's line are drawn, one after the other, repeats left out."""
    styles = [stroke.flown for stroke in symbol(find_figure(name)).strokes]
    return [style for k, style in enumerate(styles) if k == 0 or style != styles[k - 1]]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("loop", [UPRIGHT]),
        ("immelmann", [UPRIGHT, INVERTED, UPRIGHT]),
        ("split_s", [UPRIGHT, INVERTED, UPRIGHT]),
        ("outside_loop", [UPRIGHT, INVERTED, UPRIGHT]),
        ("cuban_eight", [UPRIGHT, INVERTED, UPRIGHT, INVERTED, UPRIGHT]),
        ("inverted_flight", [UPRIGHT, INVERTED, UPRIGHT]),
        ("knife_edge", [UPRIGHT, SIDEWAYS, UPRIGHT]),
        ("stall_turn", [UPRIGHT]),
        ("hover", [UPRIGHT, INVERTED, UPRIGHT]),  # pushed to level
    ],
)
def test_a_symbol_is_dashed_where_it_is_inverted_or_pushed(name: str, expected: list[str]) -> None:
    assert flown(name) == expected


@pytest.mark.parametrize("name", figure_names())
def test_a_symbol_has_its_rolls_and_hangs_together(name: str) -> None:
    figure = find_figure(name)
    drawn = symbol(figure)
    rolls = [e.part for e in figure.elements if getattr(e.part, "roll_deg", 0)]
    assert [(roll.angle_deg, roll.points) for roll in drawn.rolls] == [(r.roll_deg, r.points) for r in rolls]  # pyright: ignore[reportAttributeAccessIssue]
    assert len(drawn.spins) == sum(e.spin is not None for e in figure.elements)
    for one, other in zip(drawn.strokes[:-1], drawn.strokes[1:], strict=True):
        assert np.linalg.norm(one.points[-1] - other.points[0]) < 0.03 * drawn.size


def test_lines_on_one_another_are_drawn_apart() -> None:
    drawn = symbol(find_figure("stall_turn"))
    up, down = (np.array([s.points for s in drawn.strokes][k]) for k in (2, 4))
    assert down[:, 0].min() - up[:, 0].max() > 0.02 * drawn.size
    assert drawn.strokes[-1].points[-1, 1] < drawn.strokes[0].points[0, 1] - 0.02 * drawn.size


def test_colours_say_where_the_canopy_points() -> None:
    up, down, judge = canopy_colours(np.array([[0.0, 0, 1], [0, 0, -1], [0, -1, 0]]))
    assert_allclose(up, to_rgb(BLUE))
    assert_allclose(down, to_rgb(ORANGE))
    assert_allclose(judge, to_rgb(GREEN))
    half = np.sqrt(0.5)
    assert_allclose(canopy_colours(np.array([[0.0, -half, half]]))[0], 0.5 * np.array(to_rgb(BLUE)) + 0.5 * judge)


def test_the_judge_sees_x_to_the_right_and_up_upwards() -> None:
    view = judge_view()
    right, _, up = np.eye(3)
    assert view.flat(right)[0] > 0.8
    assert view.flat(up)[1] > 0.9
    assert view.eye @ np.array([0, -1, 0]) > 0.8  # it stands on the right of the runway
    assert_allclose(
        np.array([view.right, view.up, view.eye]) @ np.array([view.right, view.up, view.eye]).T, np.eye(3), atol=1e-12
    )


def drawn_colours(name: str) -> np.ndarray:
    """Mean colour of the pixels that a ribbon fills, from right beside it."""
    path = figure_path(find_figure(name), 1.0)
    page = Page(figsize=(3, 2), dpi=100)
    canvas = FigureCanvasAgg(page)
    axes = page.add_axes((0, 0, 1, 1))
    draw_ribbon(axes, path.position, path.tangent, path.canopy, width=4.0)
    axes.set_xlim(-5, 75)
    axes.set_ylim(-15, 15)
    axes.axis("off")
    canvas.draw()
    pixels = np.asarray(canvas.buffer_rgba())[..., :3].reshape(-1, 3).astype(float)
    return pixels[pixels.min(axis=1) < 230].mean(axis=0)


def test_knife_edge_towards_the_judge_is_green() -> None:
    red, green, blue = drawn_colours("knife_edge")
    assert green > red + 20
    assert green > blue + 20


def test_the_page_holds_a_cell_a_figure_and_says_who_can(tmp_path: Path) -> None:
    console = Console(file=io.StringIO(), width=160)
    path = tmp_path / "figures.png"
    assert show_figures((), aircraft=("sport", "mcfoamy"), picture_file=str(path), console=console) == 0
    with Image.open(path) as picture:
        width, height = picture.size
    rows = -(-(len(figure_names()) + 2) // 4)
    assert (width, height) == (1600, round(100 * (0.75 + 2.85 * rows)))
    said = console.file.getvalue()  # pyright: ignore[reportAttributeAccessIssue]
    for name in figure_names():
        assert name in said
    assert "sport cannot fly hover: needs.thrust_to_weight" in said
    assert "pull 360° radius 12 b" in said


def test_one_figure_of_my_own_is_drawn(tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text(
        "version: 1\ntitle: 'Avalanche $5 [red]'\nentry: {speed_vs: 2, height_b: 30}\n"
        "elements: [line: {length_b: 5}, arc: {turn_deg: -45, radius_b: 10}, line: {length_b: 4, climb_deg: -45},"
        " arc: {turn_deg: 45, radius_b: 10, roll_deg: 360}]\n",
        encoding="utf-8",
    )
    console = Console(file=io.StringIO(), width=120)
    show_figures((str(mine),), picture_file=str(tmp_path / "x.svg"), console=console)
    assert "Avalanche $5 [red]" in console.file.getvalue()  # pyright: ignore[reportAttributeAccessIssue]
    assert "Avalanche" in (tmp_path / "x.svg").read_text(encoding="utf-8") or (tmp_path / "x.svg").stat().st_size > 1e4


def test_a_wrong_picture_name_is_refused_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"must end in \.png"):
        show_figures(("loop",), picture_file=str(tmp_path / "x.gif"))
    assert list(tmp_path.iterdir()) == []
