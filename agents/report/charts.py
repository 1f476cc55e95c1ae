"""Geometry of the report's pictures: data to points and SVG paths in pixels. The template draws and colours them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

Range = tuple[float, float]


@dataclass(frozen=True)
class Tick:
    """A grid line: its place (px) along its axis, and the number written at it."""

    at: float
    label: str


@dataclass(frozen=True)
class Mark:
    """One flight or validation as a dot: its centre (px), its style, and the words shown when pointed at."""

    x: float
    y: float
    style: str
    note: str


@dataclass(frozen=True)
class Line:
    """An SVG path with its style; `note` is shown when pointed at."""

    path: str
    style: str
    note: str = ""


@dataclass(frozen=True)
class Box:
    """A rectangle (px), as the runway."""

    x: float
    y: float
    width: float
    height: float
    style: str


@dataclass(frozen=True)
class Key:
    """An entry of the legend."""

    label: str
    style: str


@dataclass(frozen=True)
class Chart:
    """All that is drawn in one picture, behind first: boxes, areas, lines, marks."""

    title: str
    frame: Frame
    x_label: str = ""
    y_label: str = ""
    boxes: tuple[Box, ...] = ()
    areas: tuple[Line, ...] = ()
    lines: tuple[Line, ...] = ()
    marks: tuple[Mark, ...] = ()
    keys: tuple[Key, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Frame:
    """Turns data into pixels of a picture of `width` x `height`; y grows upwards in the data, downwards in pixels."""

    x_range: Range
    y_range: Range
    width: float
    height: float
    left: float = 46.0
    right: float = 12.0
    top: float = 10.0
    bottom: float = 26.0
    x_ticks: tuple[Tick, ...] = field(default=())
    y_ticks: tuple[Tick, ...] = field(default=())

    def x(self, value: float) -> float:
        """Pixel, from the left edge of the picture, of a value along x."""
        low, high = self.x_range
        return self.left + (value - low) / (high - low) * (self.width - self.left - self.right)

    def y(self, value: float) -> float:
        """Pixel, from the top edge of the picture, of a value along y."""
        low, high = self.y_range
        return self.height - self.bottom - (value - low) / (high - low) * (self.height - self.top - self.bottom)

    def with_ticks(self, x_count: int = 6, y_count: int = 4, percent: bool = False) -> Frame:
        """The frame with round numbers along both axes."""
        across = tuple(Tick(self.x(value), short(value)) for value in _round_numbers(self.x_range, x_count))
        up = tuple(
            Tick(self.y(value), f"{100 * value:.0f} %" if percent else short(value))
            for value in _round_numbers(self.y_range, y_count)
        )
        return replace(self, x_ticks=across, y_ticks=up)

    def path(self, xs: Iterable[float], ys: Iterable[float]) -> str:
        """The SVG path of a line through points given in data, broken where one is not finite."""
        parts, pen = [], "M"
        for x, y in zip(xs, ys, strict=True):
            if np.isfinite(x) and np.isfinite(y):
                parts.append(f"{pen}{self.x(x):.1f} {self.y(y):.1f}")
                pen = "L"
            else:
                pen = "M"
        return "".join(parts)

    def area(self, xs: Sequence[float], lows: Sequence[float], highs: Sequence[float]) -> str:
        """The closed SVG path of the band between two lines given in data; all values must be finite."""
        return self.path([*xs, *reversed(xs)], [*highs, *reversed(lows)]) + "Z"

    def box(self, left: float, right: float, low: float, high: float, style: str) -> Box:
        """A rectangle given in data, cut off at the frame."""
        left, right = (min(max(value, self.x_range[0]), self.x_range[1]) for value in (left, right))
        low, high = (min(max(value, self.y_range[0]), self.y_range[1]) for value in (low, high))
        return Box(self.x(left), self.y(high), self.x(right) - self.x(left), self.y(low) - self.y(high), style)


def span_of(*values: NDArray[np.float64] | Sequence[float], margin: float = 0.06, least: float = 1e-9) -> Range:
    """A range around all finite values with `margin` of it at either side, at least `least` wide."""
    every = np.concatenate([np.asarray(part, np.float64).ravel() for part in values])
    every = every[np.isfinite(every)]
    low, high = (float(every.min()), float(every.max())) if every.size else (0.0, 1.0)
    room = max(margin * (high - low), 0.5 * (least - (high - low)), 1e-9)
    return low - room, high + room


def short(value: float) -> str:
    """A number as it stands at a tick: 50k, 1.2M, 0.25."""
    size = abs(value)
    if size >= 1e6:
        return f"{value / 1e6:g}M"
    if size >= 1e4 or (size >= 1e3 and value % 1e3 == 0):
        return f"{value / 1e3:g}k"
    return f"{value:.4g}".replace("-", "−")


def _round_numbers(interval: Range, count: int) -> list[float]:
    low, high = interval
    ticks = MaxNLocator(count, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    room = 1e-6 * (high - low)
    return [float(tick) + 0.0 for tick in ticks if low - room <= tick <= high + room]
