"""Several pilots with the same fault in one picture: their paths over the field, and how often they succeed.

The first tile shows the aircraft with its fault, each other one a pilot: the same flights, seen from the same place.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from PIL import Image

from envs.base.files import replacing
from envs.base.runway import Runway
from envs.flights.flight_log import FlightLog
from envs.rendering.page import BLUE, INK, RED, fit_width, literal
from envs.rendering.scene.camera import Camera, look_at
from envs.rendering.scene.pose import Pose, deflections_of_row, pose_of_row
from envs.rendering.scene.scene import Scene

COLUMNS, INCHES, DPI = 3, 18.0, 100
WIDTH, HEIGHT = 584, 384  # of a tile's scene, px
EYE, TARGET, VIEW = (-1.02, -0.5, 0.5), (0.24, 0.05, 0.0), math.radians(56)  # lengths of the runway; its start at 0
TILE, CAPTION, HEAD, GAP = 3.84, 0.47, 0.80, 0.12  # inches: heights of a scene, its caption and the title, and between
CLOSE = (-0.62, -0.75, 0.42)  # from where the aircraft is looked at, of its distance
LETTERS, MOST_LINES = 48, 5  # of what is wrong with the aircraft
BOX = {"boxstyle": "round,pad=0.35", "facecolor": "white", "edgecolor": "none", "alpha": 0.92}


@dataclass(frozen=True)
class Tile:
    """One pilot: its name, a remark, its flights that are shown, and (successes, flights counted)."""

    title: str
    remark: str
    logs: Sequence[FlightLog]
    rate: tuple[int, int]


class _Place(NamedTuple):
    """Of a tile on the page, shares of it."""

    left: float
    bottom: float
    width: float
    height: float
    caption: float


def draw_side_by_side(path: Path, title: str, words: Sequence[str], tiles: Sequence[Tile]) -> Path:
    """Draw the picture and return its path. Raises InputError where it cannot be written.

    Args:
        path: its name ends in .png.
        title: above all.
        words: what is wrong with the aircraft.
        tiles: at least one, with at least one flight each.
    """
    rows = math.ceil((1 + len(tiles)) / COLUMNS)
    high = HEAD + rows * (TILE + CAPTION + GAP)
    figure = Figure(figsize=(INCHES, high), facecolor="white")
    canvas = FigureCanvasAgg(figure)
    _head(figure, title, 1 - 0.42 / high, tiles)
    first = tiles[0].logs[0]
    _aircraft_tile(figure, _place(0, high), first, words)
    for number, tile in enumerate(tiles, start=1):
        _pilot_tile(figure, _place(number, high), tile)
    literal(figure)
    canvas.draw()
    image = _few_colours(np.asarray(canvas.buffer_rgba())[:, :, :3])
    with replacing(path) as beside:
        image.save(beside, format="PNG", optimize=True)
    return path


def _few_colours(pixels: np.ndarray) -> Image.Image:
    """A picture of 256 colours, which makes its file a third as large, and nobody sees it.

    pixels: (height, width, 3) uint8.
    """
    # Stripes of the lines' colours below, cut off again: where lines are few, theirs would be taken for grass.
    stripes = np.array([[int(colour[k : k + 2], 16) for k in (1, 3, 5)] for colour in (BLUE, RED)], np.uint8)
    below = np.broadcast_to(np.repeat(stripes, 24, axis=0)[:, None], (48, pixels.shape[1], 3))
    return Image.fromarray(np.concatenate([pixels, below])).quantize(256).crop((0, 0, pixels.shape[1], len(pixels)))


def _head(figure: Figure, title: str, middle: float, tiles: Sequence[Tile]) -> None:
    """The title, and at its right what lines and numbers are."""
    counted, shown = {tile.rate[1] for tile in tiles}, {len(tile.logs) for tile in tiles}
    right = 1 - GAP / INCHES
    of, drawn = ("/".join(map(str, sorted(numbers))) for numbers in (counted, shown))
    words = f"% of {of} flights that succeed; {drawn} of them drawn, × failed"
    taken = figure.text(right, middle, words, fontsize=16, color=INK, ha="right", va="center")
    share = taken.get_window_extent().width / figure.bbox.width
    left = figure.text(GAP / INCHES, middle, title, fontsize=26, weight="bold", color=INK, va="center")
    fit_width(left, right - GAP / INCHES - share - 0.02)


def _place(number: int, high: float) -> _Place:
    row, column = divmod(number, COLUMNS)
    width = (INCHES - (COLUMNS + 1) * GAP) / COLUMNS
    top = high - HEAD - row * (TILE + CAPTION + GAP)
    return _Place(
        (GAP + column * (width + GAP)) / INCHES,
        (top - CAPTION - TILE) / high,
        width / INCHES,
        TILE / high,
        (top - 0.5 * CAPTION) / high,
    )


def _axes(figure: Figure, place: _Place, image: Any) -> Axes:
    axes = figure.add_axes((place.left, place.bottom, place.width, place.height))
    axes.imshow(image, aspect="auto", interpolation="lanczos")
    axes.set(xlim=(0, image.shape[1]), ylim=(image.shape[0], 0))
    axes.set_axis_off()
    return axes


def _caption(figure: Figure, place: _Place, title: str, remark: str) -> None:
    words = figure.text(place.left, place.caption, title, fontsize=20, weight="bold", color=INK, va="center")
    taken = words.get_window_extent().width / figure.bbox.width + 0.008
    beside = figure.text(place.left + taken, place.caption, remark, fontsize=16, color=INK, va="center")
    fit_width(beside, place.width - taken)


def _aircraft_tile(figure: Figure, place: _Place, log: FlightLog, words: Sequence[str]) -> None:
    """The aircraft from near by, over the start of its flight."""
    aircraft = log.aircraft()
    scene = Scene(aircraft, log.runway(), 2 * WIDTH, 2 * HEIGHT)
    pose = Pose(0.0, np.array([0.0, 0.0, 12.0]), np.array([0.0, 0.0, 0.0, 1.0]))
    distance = 2.9 * scene.mesh.reach
    seen = pose.position_world - [0.0, 0.0, 0.3 * scene.mesh.reach]  # the words are below it
    eye = pose.position_world + distance * np.array(CLOSE)
    camera = look_at(eye, seen, math.radians(42), 2 * WIDTH, 2 * HEIGHT)
    row = dict(zip(log.columns, log.data[0], strict=True))
    axes = _axes(figure, place, scene.frame(pose, deflections_of_row(row), throttle=0.6, camera=camera))
    lines = [line for one in words for line in wrap(one, LETTERS)]
    if len(lines) > MOST_LINES:
        lines = [*lines[: MOST_LINES - 1], f"{lines[MOST_LINES - 1]} ..."]
    axes.text(0.04, 0.06, "\n".join(lines), transform=axes.transAxes, fontsize=15, color=INK, va="bottom", bbox=BOX)
    _caption(figure, place, aircraft.title, "no pilot is told")


def _pilot_tile(figure: Figure, place: _Place, tile: Tile) -> None:
    runway = tile.logs[0].runway()
    camera = _camera(runway)
    scene = Scene(tile.logs[0].aircraft(), runway, 2 * WIDTH, 2 * HEIGHT)
    last = tile.logs[0]
    row = dict(zip(last.columns, last.data[-1], strict=True))
    axes = _axes(figure, place, scene.frame(pose_of_row(row), deflections_of_row(row), camera=camera))
    _draw_runway(axes, camera, runway)
    for log in tile.logs:
        _draw_path(axes, camera, log)
    successes, flights = tile.rate
    axes.text(
        0.045,
        0.92,
        f"{100 * successes / flights:.0f} %",
        transform=axes.transAxes,
        fontsize=36,
        weight="bold",
        color=BLUE if successes >= 0.5 * flights else RED,
        va="top",
        bbox=BOX,
        zorder=9,
    )
    _caption(figure, place, tile.title, tile.remark)


def _camera(runway: Runway) -> Camera:
    eye, target = (np.array(point) * runway.length_m for point in (EYE, TARGET))
    return look_at(eye, target, VIEW, 2 * WIDTH, 2 * HEIGHT)


def _draw_runway(axes: Axes, camera: Camera, runway: Runway) -> None:
    """Its edges, which grass on grass hides."""
    x, y = runway.length_m, 0.5 * runway.width_m
    corners = camera.project(np.array([(0, y, 0), (x, y, 0), (x, -y, 0), (0, -y, 0), (0, y, 0)], np.float64))
    axes.plot(corners[:, 0], corners[:, 1], color="white", linewidth=1.6, alpha=0.9, solid_joinstyle="miter")


def _draw_path(axes: Axes, camera: Camera, log: FlightLog) -> None:
    """The way of one flight, and a disc where it ended well or a cross where it did not."""
    points = camera.project(log.block("x_m", "y_m", "z_m"))
    points[points[:, 2] < 1.0] = np.nan  # behind the eye
    well = bool(log.header["is_success"])
    colour = BLUE if well else RED
    outline = [withStroke(linewidth=4.4, foreground="white", alpha=0.9)]
    axes.plot(points[:, 0], points[:, 1], color=colour, linewidth=2.4, path_effects=outline, zorder=3 + well)
    axes.plot(
        *points[-1, :2],
        marker="o" if well else "X",
        markersize=13 if well else 15,
        color=colour,
        markeredgecolor="white",
        markeredgewidth=1.8,
        zorder=6,
    )
