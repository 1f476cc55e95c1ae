"""Words beside points keep clear of the curve, of each other and of the panel's edge."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from envs.rendering.labels import Clearance, Label
from tests.support.pictures import text_faults


def _panel() -> tuple[Figure, Clearance]:
    figure = Figure((6, 4))
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.1, 0.1, 0.85, 0.85))
    x = np.linspace(0.0, 10.0, 200)
    axes.plot(x, np.sin(x), "k")
    axes.set_xlim(0.0, 10.0)
    axes.set_ylim(-2.0, 2.0)
    clearance = Clearance(axes)
    clearance.curve(x, np.sin(x))
    return figure, clearance


def test_labels_avoid_the_curve_each_other_and_the_edge() -> None:
    figure, clearance = _panel()
    clearance.place([Label(f"point {k}", (0.95 * k, float(np.sin(0.95 * k))), "black") for k in range(11)])
    assert text_faults(figure) == []
    (axes,) = figure.axes
    assert all(text.get_bbox_patch() is None for text in axes.texts)  # none had to stand on the curve


def test_points_on_one_spot_share_a_label() -> None:
    figure, clearance = _panel()
    clearance.place([Label(word, (5.0 + 0.02 * k, 0.0), colour) for k, (word, colour) in enumerate(
        [("touchdown", "orange"), ("lift-off", "green"), ("touchdown again", "orange")])])  # fmt: skip
    (axes,) = figure.axes
    assert [text.get_text() for text in axes.texts] == ["touchdown\nlift-off\ntouchdown again"]


def test_words_along_a_line_that_must_cross_a_curve_get_a_ground() -> None:
    figure, clearance = _panel()
    (axes,) = figure.axes
    clearance.along("free", (0.0, 1.5), (10.0, 1.5), "black")
    dense = np.linspace(0.0, 10.0, 4000)
    clearance.curve(dense, 2.0 * np.sin(40.0 * dense))
    clearance.along("covered", (0.0, 0.0), (10.0, 0.0), "black")
    free, covered = axes.texts
    assert free.get_bbox_patch() is None
    assert covered.get_bbox_patch() is not None


def test_faults_are_found() -> None:
    figure, _ = _panel()
    (axes,) = figure.axes
    assert text_faults(figure) == []
    for x, y, word in ((1.5, 1.0, "on the curve"), (9.5, -1.8, "beyond the edge of the page"), (3.0, -1.8, "under")):
        axes.text(x, y, word)
    axes.text(3.1, -1.8, "over")
    assert sorted(text_faults(figure)) == [
        "'beyond the edge of the page' leaves the page",
        "'on the curve' lies on a curve",
        "'over' lies on 'under'",
    ]


@pytest.mark.parametrize("points", [[], [(1.0, 1.0)], [(1.0, np.nan), (2.0, 2.0)]])
def test_a_curve_of_few_or_unknown_points_stops_nothing(points: list[tuple[float, float]]) -> None:
    figure, clearance = _panel()
    x, y = np.array(points).reshape(-1, 2).T
    clearance.curve(x, y)
    clearance.place([Label("here", (1.0, 1.0), "black")])
    (axes,) = figure.axes
    assert isinstance(axes.texts[0], Text)
