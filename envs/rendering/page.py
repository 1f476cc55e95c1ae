"""What all drawn pages share: their colours, the look of a panel, page size, title bar, and writing the file."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple, cast

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Tick
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from numpy.typing import NDArray

from envs.base.files import replacing

INK, FAINT = "#22303c", "#8a99a6"
BLUE, ORANGE, GREEN, RED, PURPLE = "#1f77b4", "#e07b12", "#2f9e44", "#d6336c", "#6741d9"
GRID, WARNING = "#e3e8ec", "#f6e3e3"  # WARNING: the ground where an aircraft is stalled or unstable
GRASS, TARMAC = "#cfe3b4", "#c3c8cd"  # of runways seen from above
WIDTH_INCHES, HEIGHT_INCHES, DPI = 16.0, 10.0, 100


class PageBox(NamedTuple):
    """The place of a panel on a page, in shares of the page's width and height from its lower left corner."""

    left: float
    bottom: float
    width: float
    height: float

    @property
    def width_inches(self) -> float:
        """Width on paper."""
        return self.width * WIDTH_INCHES

    @property
    def top(self) -> float:
        """Its upper edge."""
        return self.bottom + self.height

    @property
    def height_inches(self) -> float:
        """Height on paper."""
        return self.height * HEIGHT_INCHES


ON_WHITE = {"facecolor": "white", "edgecolor": "none", "pad": 0.8, "alpha": 0.85}  # behind words that cross a line


def new_page() -> Figure:
    """An empty white page of WIDTH_INCHES x HEIGHT_INCHES, drawn without a screen."""
    figure = Figure(figsize=(WIDTH_INCHES, HEIGHT_INCHES), facecolor="white")
    FigureCanvasAgg(figure)
    return figure


def polygons(corners: NDArray[np.float64]) -> Any:
    """Polygons of k corners each, (n, k, 2), for a PolyCollection: ten times as quick with one array as with n.

    Its type stubs know only of the latter.
    """
    return corners


def literal(figure: Figure) -> Figure:
    """The figure, its words drawn as they stand: to matplotlib a `$` in a title begins a formula, and may end in one.

    Numbers at the axes keep their formulas (10 to the power of 3): they are matplotlib's own.
    """
    ticks = {id(label) for tick in figure.findobj(Tick) for label in (tick.label1, tick.label2)}
    for text in figure.findobj(Text):
        if id(text) not in ticks:
            text.set_parse_math(False)
    return figure


def save_page(figure: Figure, path: Path) -> None:
    """Write a figure as its name's ending says, whole or not at all. Raises InputError where it cannot be written."""
    with replacing(path) as beside:
        literal(figure).savefig(beside, dpi=DPI)


def title_bar(figure: Figure, title: str, remark: str, remark_size: float, colour: str = "#22558a") -> None:
    """A bar across the top of the page with a title at its left and a remark (font size in points) at its right."""
    figure.add_artist(Rectangle((0, 0.93), 1, 0.07, transform=figure.transFigure, color=colour, zorder=-1))
    words = figure.text(
        0.98, 0.965, remark, fontsize=remark_size, color="white", va="center", ha="right", parse_math=False
    )
    taken = words.get_window_extent().width / figure.bbox.width
    fit_width(figure.text(0.02, 0.965, title, fontsize=25, weight="bold", color="white", va="center"), 0.94 - taken)


def fit_width(text: Text, share: float, least_size: float = 9.0) -> None:
    """Make a text no wider than a share of its page: smaller down to `least_size` points, then cut short with "…"."""
    figure = text.get_figure(root=True)
    assert figure is not None
    text.set_parse_math(False)
    most = share * figure.bbox.width
    renderer = cast(FigureCanvasAgg, figure.canvas).get_renderer()
    wide = text.get_window_extent(renderer).width
    if wide > most:
        text.set_fontsize(max(least_size, float(text.get_fontsize()) * most / wide))
    words = text.get_text()
    while len(words) > 1 and text.get_window_extent(renderer).width > 1.01 * most:
        words = words[:-1]
        text.set_text(words.rstrip() + "…")


def panel_look(axes: Axes) -> None:
    """Give a panel its grid, the colour and size of its numbers, and no lines at its top and right."""
    axes.grid(True, color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(colors=INK, labelsize=9)
    for spine in ("top", "right"):
        axes.spines[spine].set_visible(False)


def panel_title(axes: Axes, title: str, pad: float | None = None) -> None:
    """Set the bold title at the upper left of a panel, `pad` points above it."""
    axes.set_title(title, loc="left", fontsize=11, color=INK, weight="bold", pad=pad)
