"""Words beside the points and lines they name, put where they cover no curve, no other words and nothing else drawn."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple, cast

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Annotation, Text
from matplotlib.transforms import Bbox
from numpy.typing import ArrayLike, NDArray

from envs.rendering.page import INK, ON_WHITE

Floats = NDArray[np.float64]

DIRECTIONS = (
    55,
    125,
    75,
    105,
    30,
    150,
    90,
    12,
    168,
    -35,
    215,
    -90,
)  # deg, + anticlockwise from the right: the first fits best
DISTANCES = (14.0, 26.0, 40.0, 58.0, 80.0, 106.0, 140.0, 180.0)  # of the words' nearest corner from the point, points
SHARES = (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.1, 0.9)  # of a line's length, for words along it
OUTSIDE, ON_WORDS, ON_CURVE, ON_SHAPE, ON_LEADER = 1e4, 300.0, 150.0, 25.0, 40.0  # what a place costs
NAME_GAP = 6.0  # px between a curve and its name
PER_POINT = 0.3  # of distance: what it costs to stand farther away
TOGETHER, CLEAR = 14.0, 18.0  # px: points this near have one label; around a point its own curve does not count
MOST_LINES = 6  # of a label for several points
GAP = 2.5  # px kept free around words
ROUNDS = 3  # in which labels look again for a better place, now that all others have one


class Label(NamedTuple):
    """Words for a point, which is given in the panel's data, and their colour."""

    text: str
    point: tuple[float, float]
    colour: str


class _Standing(NamedTuple):
    """A label being placed: its point (px), half its size (px), its possible centres (n, 2) px and what each costs."""

    note: Annotation
    point: Floats
    half: Floats
    centres: Floats
    costs: Floats


class Clearance:
    """What words on a panel must not cover: points of curves, boxes of shapes, and other words.

    Make it when the panel has its limits: all is measured in pixels, which follow from them.
    """

    def __init__(self, axes: Axes) -> None:
        self._axes = axes
        self._renderer = cast(FigureCanvasAgg, axes.figure.canvas).get_renderer()
        self._to_pixels = axes.figure.dpi / 72.0
        self._curves = np.empty((0, 2))
        self._shapes = np.empty((0, 4))
        self._words: list[Bbox] = []

    def curve(self, x: ArrayLike, y: ArrayLike) -> None:
        """Keep words off a curve through points given in data; those that are not finite are left out."""
        pixels = self._pixels(np.column_stack([np.asarray(x, float), np.asarray(y, float)]))
        pixels = pixels[np.isfinite(pixels).all(axis=1)]
        if len(pixels) > 1:  # a long straight piece has two points only: lay others between them, a few pixels apart
            way = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(pixels, axis=0), axis=1))])
            even = np.linspace(0.0, way[-1], max(2, min(6000, round(way[-1] / 4.0))))
            pixels = np.column_stack([np.interp(even, way, pixels[:, axis]) for axis in (0, 1)])
        self._curves = np.vstack([self._curves, pixels])

    def shapes(self, boxes: ArrayLike) -> None:
        """Keep words off shapes, each the box (left, lower, right, upper) around it, in data."""
        corners = self._pixels(np.asarray(boxes, float).reshape(-1, 2)).reshape(-1, 4)
        self._shapes = np.vstack([self._shapes, corners])

    def words(self, box: Bbox) -> None:
        """Keep words off others that stand already, whose box is in pixels."""
        self._words.append(box)

    def place(self, labels: Sequence[Label], size: float = 9.5, together: bool = True) -> None:
        """Write labels beside their points, each with a line to its point, where they cover least.

        `together`: points that nearly lie on each other share a label.
        What one must cover all the same shows through it faintly.
        """
        standing = [self._standing(label, size) for label in (self._grouped(labels) if together else labels)]
        chosen = [int(np.argmin(one.costs)) for one in standing]
        for _ in range(ROUNDS):
            for number, one in enumerate(standing):
                others = [(other, other.centres[chosen[k]]) for k, other in enumerate(standing) if k != number]
                costs = [
                    cost + sum(_meeting(one, centre, *other) for other in others)
                    for centre, cost in zip(one.centres, one.costs, strict=True)
                ]
                chosen[number] = int(np.argmin(costs))
        for one, place in zip(standing, chosen, strict=True):
            x, y = (one.centres[place] - one.point) / self._to_pixels
            one.note.set_position((float(x), float(y)))
            if one.costs[place] >= ON_CURVE:
                one.note.set_bbox(ON_WHITE)
            self._words.append(_box(one.centres[place], one.half))

    def along(
        self, text: str, start: tuple[float, float], end: tuple[float, float], colour: str, size: float = 9.0
    ) -> None:
        """Write `text` beside a straight line between two points given in data, along it where that covers least.

        What it must cover all the same shows through faintly.
        """
        ends = self._pixels(np.array([start, end]))
        way = ends[1] - ends[0]
        upright = abs(way[1]) > abs(way[0])
        turn = 90 if upright else 0
        words = self._axes.text(
            *start, text, fontsize=size, color=colour, ha="center", va="center", rotation=turn, zorder=5
        )
        half = self._half(words)
        aside = (half + 3.0) * ([1.0, 0.0] if upright else [0.0, 1.0])
        centres, costs = [], []
        for share in SHARES:
            for side in (1.0, -1.0):
                centres.append(ends[0] + share * way + side * aside)
                costs.append(self._cost(centres[-1], half) + 10.0 * abs(share - 0.5))
        self._settle(words, centres, costs, half)

    def _grouped(self, labels: Sequence[Label]) -> list[Label]:
        """Labels of points that nearly lie on each other as one, its lines below each other, in the colour of words."""
        groups: list[list[Label]] = []
        points: list[Floats] = []
        for label in labels:
            point = self._pixels(np.array([label.point]))[0]
            near = (k for k, other in enumerate(points) if np.linalg.norm(point - other) < TOGETHER)
            number = next(near, None)
            if number is None:
                groups.append([label])
                points.append(point)
            else:
                groups[number].append(label)
        return [_joined(group) for group in groups]

    def _over_curve(self, point: Floats, centre: Floats) -> float:
        """1 where a line (px) from a point of a curve to a label crosses a curve on its way, else 0."""
        way = centre - point
        length = float(np.linalg.norm(way))
        if length < 2 * CLEAR or not len(self._curves):
            return 0.0
        along = np.clip((self._curves - point) @ way / length**2, 0.0, 1.0)
        beside = np.linalg.norm(point + along[:, None] * way - self._curves, axis=1)
        return float(((beside < 2.0) & (along * length > CLEAR) & (along < 0.999)).any())

    def name_curve(self, text: str, x: ArrayLike, y: ArrayLike, colour: str, size: float = 9.5) -> None:
        """Write the name of a curve through points given in data close beside it, where it covers least.

        Points beyond the panel are left out; where none is inside nothing is written.
        """
        pixels = self._pixels(np.column_stack([np.asarray(x, float), np.asarray(y, float)]))
        frame = self._axes.get_window_extent(self._renderer)
        seen = pixels[((pixels >= frame.min) & (pixels <= frame.max)).all(axis=1)]
        if not len(seen):
            return
        words = self._axes.text(0, 0, text, fontsize=size, color=colour, weight="bold", ha="center", va="center")
        words.set_zorder(5)
        half = self._half(words)
        centres, costs = [], []
        for share in SHARES:
            point = seen[round(share * (len(seen) - 1))]
            for degrees in DIRECTIONS:
                way = np.array([math.cos(math.radians(degrees)), math.sin(math.radians(degrees))])
                centres.append(point + way * NAME_GAP + np.sign(np.round(way, 6)) * half)
                costs.append(self._cost(centres[-1], half) + 3.0 * abs(share - 0.5))
        self._settle(words, centres, costs, half)

    def _settle(self, words: Text, centres: Sequence[Floats], costs: Sequence[float], half: Floats) -> None:
        """Put words at the best of the places (px), on a ground of their own where they still cover a curve."""
        best = int(np.argmin(costs))
        if costs[best] >= ON_CURVE:
            words.set_bbox(ON_WHITE)
        x, y = self._axes.transData.inverted().transform(centres[best])
        words.set_position((float(x), float(y)))
        self._words.append(_box(centres[best], half))

    def _standing(self, label: Label, size: float) -> _Standing:
        note = self._axes.annotate(
            label.text,
            label.point,
            xytext=(0.0, 0.0),
            textcoords="offset points",
            fontsize=size,
            color=label.colour,
            weight="bold",
            ha="center",
            va="center",
            zorder=7,
            arrowprops={"arrowstyle": "-", "color": label.colour, "linewidth": 0.8, "shrinkB": 4.0},
        )
        half, point = self._half(note), self._pixels(np.array([label.point]))[0]
        centres, costs = [], []
        for distance in DISTANCES:
            for place, degrees in enumerate(DIRECTIONS):
                way = np.array([math.cos(math.radians(degrees)), math.sin(math.radians(degrees))])
                centre = point + way * distance * self._to_pixels + np.sign(np.round(way, 6)) * half
                centres.append(centre)
                leader = ON_LEADER * sum(_crosses(point, centre, box) for box in self._words)
                leader += ON_LEADER * self._over_curve(point, centre)
                costs.append(self._cost(centre, half) + leader + PER_POINT * distance + 0.6 * place)
        return _Standing(note, point, half, np.array(centres), np.array(costs))

    def _half(self, words: Text) -> Floats:
        """Half the width and height (px) of words, of an annotation without its line."""
        box = Text.get_window_extent(words, self._renderer)
        return 0.5 * np.array([box.width, box.height])

    def _pixels(self, data: Floats) -> Floats:
        return np.asarray(self._axes.transData.transform(data), float)

    def _cost(self, centre: Floats, half: Floats) -> float:
        """What words around `centre` (px) cover, and how far they stand out of the panel."""
        own, frame = _box(centre, half), self._axes.get_window_extent(self._renderer)
        out = sum(max(0.0, d) for d in (frame.x0 - own.x0, frame.y0 - own.y0, own.x1 - frame.x1, own.y1 - frame.y1))
        inside = int(((self._curves > own.min) & (self._curves < own.max)).all(axis=1).sum())
        shapes = ((self._shapes[:, :2] < own.max) & (self._shapes[:, 2:] > own.min)).all(axis=1).sum()
        cost = OUTSIDE * (out > 0) + 10.0 * out + ON_CURVE * (inside > 0) + 0.5 * inside + ON_SHAPE * float(shapes)
        return cost + ON_WORDS * sum(own.overlaps(box) for box in self._words)


def _joined(group: Sequence[Label]) -> Label:
    first = group[0]
    lines = [line for label in group for line in label.text.split("\n")]
    kept = lines if len(lines) <= MOST_LINES else [*lines[: MOST_LINES - 1], "…"]
    colour = first.colour if all(label.colour == first.colour for label in group) else INK
    return Label("\n".join(kept), first.point, colour)


def _box(centre: Floats, half: Floats) -> Bbox:
    return Bbox([centre - half - GAP, centre + half + GAP])


def _meeting(one: _Standing, centre: Floats, other: _Standing, other_centre: Floats) -> float:
    """What it costs that two labels, or the line of one and the words of the other, meet."""
    own, box = _box(centre, one.half), _box(other_centre, other.half)
    lines = _crosses(one.point, centre, box) + _crosses(other.point, other_centre, own)
    return ON_WORDS * own.overlaps(box) + ON_LEADER * lines


def _crosses(start: Floats, end: Floats, box: Bbox) -> bool:
    """Whether a straight line (px) passes through a box."""
    if max(start[0], end[0]) < box.x0 or min(start[0], end[0]) > box.x1:
        return False
    points = start + np.linspace(0.0, 1.0, 24)[:, None] * (end - start)
    return bool(((points > box.min) & (points < box.max)).all(axis=1).any())
