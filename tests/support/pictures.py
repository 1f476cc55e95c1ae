"""Finds what a reader stumbles over in a drawn page: words over words, words beyond the edge, words struck through."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.transforms import Bbox

SLACK = 1.0  # px by which boxes may overlap: letters do not fill theirs
LEAST_POINTS = 3  # of a line that counts as a curve: grids, axes and leaders have two


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Figure]:
    """The figures that are saved while a test runs, in order; nobody reads their files: one black pixel each."""
    figures: list[Figure] = []
    save = Figure.savefig

    def keep(figure: Figure, path: Path, **keywords: object) -> None:
        figures.append(figure)
        save(Figure((1.0, 1.0)), path, **{**keywords, "dpi": 1})  # type: ignore[arg-type]

    monkeypatch.setattr(Figure, "savefig", keep)
    return figures


def text_faults(figure: Figure) -> list[str]:
    """Each pair of words that overlap, and each text that leaves the page or lies on a curve of its panel."""
    canvas = FigureCanvasAgg(figure)
    figure.draw_without_rendering()  # all words in their places, nothing painted
    renderer = canvas.get_renderer()
    page = figure.bbox
    boxes = [(text, _extent(text, renderer)) for text in _texts(figure)]
    faults = []
    for text, box in boxes:
        if box.x0 < page.x0 - SLACK or box.y0 < page.y0 - SLACK or box.x1 > page.x1 + SLACK or box.y1 > page.y1 + SLACK:
            faults.append(f"{_said(text)} leaves the page")
    for number, (text, box) in enumerate(boxes):
        faults += [f"{_said(text)} lies on {_said(other)}" for other, there in boxes[:number] if _overlap(box, there)]
    return faults + [fault for axes in figure.axes for fault in _struck_through(axes, renderer)]


def _texts(figure: Figure) -> Iterator[Text]:
    unseen = {id(label) for axes in figure.findobj(Axes) for label in _unseen_tick_labels(axes)}  # type: ignore[arg-type]
    for text in figure.findobj(Text):
        assert isinstance(text, Text)
        if (
            id(text) not in unseen
            and text.get_visible()
            and text.get_text().strip()
            and (text.axes is None or text.axes.get_visible())
        ):
            yield text


def _unseen_tick_labels(axes: Axes) -> Iterator[Text]:
    """Numbers of ticks beyond the ends of an axis, which matplotlib keeps but does not draw."""
    for axis in (axes.xaxis, axes.yaxis):
        low, high = sorted(axis.get_view_interval())
        room = 1e-9 * (high - low)
        for tick in axis.get_major_ticks():
            if not low - room <= tick.get_loc() <= high + room:
                yield from (tick.label1, tick.label2)


def _extent(text: Text, renderer: object) -> Bbox:
    """The box of the words alone; that of an annotation would include its arrow."""
    return Text.get_window_extent(text, renderer)  # type: ignore[arg-type]


def _overlap(one: Bbox, other: Bbox) -> bool:
    across = min(one.x1, other.x1) - max(one.x0, other.x0)
    up = min(one.y1, other.y1) - max(one.y0, other.y0)
    return across > SLACK and up > SLACK


def _struck_through(axes: Axes, renderer: object) -> list[str]:
    lines = [line for line in axes.lines if len(line.get_xydata()) >= LEAST_POINTS and line.get_linestyle() != "None"]
    faults = []
    for text in axes.texts:
        if not text.get_text().strip() or text.get_bbox_patch() is not None:
            continue  # words with a ground of their own may stand on a curve
        box = _extent(text, renderer).padded(-SLACK)
        faults += [f"{_said(text)} lies on a curve" for line in lines if _passes(line, box)]
    return faults


def _passes(line: Line2D, box: Bbox) -> bool:
    path = line.get_path().transformed(line.get_transform())
    if not np.isfinite(path.vertices).any():
        return False
    return bool(path.intersects_bbox(box, filled=False))


def _said(text: Text) -> str:
    return repr(text.get_text())
