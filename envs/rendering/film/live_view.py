"""Pictures of a flight while it is flown: instruments, notes, panels of words, another flight as a ghost."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from envs.flights.ending import Ending
from envs.rendering.eye.looking import FlightEye
from envs.rendering.film.eye_inset import EyeInset
from envs.rendering.film.flight_view import FlightView
from envs.rendering.film.hud import ACCENT, DARK, DIM, FINE, LIGHT, Hud, Readings, lay_over
from envs.rendering.scene.pose import PLACE

PICTURES = ((960, 540), (800, 450), (640, 360), (480, 270), (384, 216))
"""Sizes in which the world may be painted, before it is scaled to the window."""
BUDGET = 0.75  # of the time between two pictures: the rest is for flying, and for other programs
THREADS = 2
GHOST_NAME_M = 2.0  # nearer than this the two are taken to be in one place


@dataclass(frozen=True)
class Panel:
    """Words in the middle of the picture: a heading, and rows of cells set in columns; a row of one cell is a line."""

    heading: str
    rows: tuple[tuple[str, ...], ...] = ()


class LiveView:
    """Draws the moments of a flight on a canvas of `width` x `height` pixels, `fps` times a second if it can.

    `header` and `columns` are those of the flight's log. The world is painted in the largest size of PICTURES for which
    this machine has the time (`choose_size`); instruments and words are drawn at the canvas's own size. `eye`: that of
    this flight, to show what its camera sees.
    """

    def __init__(
        self,
        header: dict[str, Any],
        columns: Sequence[str],
        fps: float,
        width: int = 960,
        height: int = 540,
        eye: FlightEye | None = None,
    ) -> None:
        self.size, self._fps = (width, height), fps
        self._header, self._columns = header, tuple(columns)
        self._kept, self._eye, self._eye_inset = _Kept(), eye, EyeInset(width, height)
        self._view_name = "chase"
        self._view = self._new_view(PICTURES[-1])
        words = [header.get("aircraft_config", {}).get("title"), header.get("task"), header.get("weather")]
        self._hud = Hud(width, height, "  ·  ".join(str(word) for word in words if word))
        self._words = _Words(width, height)

    def _new_view(self, picture: tuple[int, int]) -> FlightView:
        view = FlightView(
            self._header, self._columns, self._view_name, *picture, overlay=self._kept, threads=THREADS, eye=self._eye
        )
        self.picture = picture
        return view

    def choose_size(self, row: Sequence[float]) -> None:
        """Measure how long a picture takes here, in the smallest and a middle size, and take the largest that fits."""
        cost: dict[int, float] = {}
        for picture in (PICTURES[-1], PICTURES[2]):
            self._view = self._new_view(picture)
            for _ in range(2):
                self.frame(row)  # compiles, and fills caches
            took = []
            for _ in range(5):
                begun = time.perf_counter()
                self.frame(row)
                took.append(time.perf_counter() - begun)
            cost[picture[0] * picture[1]] = sorted(took)[2]
        (few, cheap), (many, dear) = sorted(cost.items())
        a_pixel = max(0.0, dear - cheap) / (many - few)
        fitting = (p for p in PICTURES if cheap + a_pixel * (p[0] * p[1] - few) <= BUDGET / self._fps)
        self._view = self._new_view(next(fitting, PICTURES[-1]))

    def look(self, view: str) -> None:
        """Go on in another view, chase or tower."""
        self._view_name = view
        self._view.look(view)

    def reset(self, header: dict[str, Any]) -> None:
        """Another flight begins, with the header of its log."""
        self._header = header
        self._view.reset(header)

    def frame(
        self,
        row: Sequence[float] | NDArray[np.float64],
        *,
        ghost: Mapping[str, float] | None = None,
        ghost_name: str = "",
        notes: Sequence[str] = (),
        panel: Panel | None = None,
        ending: Ending | None = None,
    ) -> NDArray[np.uint8]:
        """The picture (height, width, 3) of a row of the log.

        `ghost`: the same moment of another flight, which the notes call `ghost_name`; `notes`: short lines at the left;
        `panel`: words over the middle; `ending`: the banner.
        """
        painted = self._view.frame(row, ghost=ghost)
        if self.picture == self.size:
            picture = painted
        else:
            picture = np.array(Image.fromarray(painted).resize(self.size, Image.Resampling.BILINEAR))
        assert self._kept.readings is not None
        self._hud.draw(picture, self._kept.readings, ending)
        if self._kept.readings.glance is not None:
            self._eye_inset.draw(picture, self._kept.readings.glance)
        if ghost is not None and ghost_name:
            now = dict(zip(self._columns, map(float, row), strict=True))
            notes = [*notes, f"{ghost_name}: {where_from(now, ghost)}"]
        self._words.notes(picture, tuple(notes), self._hud.below_captions(self._kept.readings))
        if panel is not None:
            self._words.panel(picture, panel)
        return picture


def where_from(now: Mapping[str, float], other: Mapping[str, float]) -> str:
    """Where another aircraft is, seen along the nose of this one, both as rows of a log: '12 m ahead, 3 m higher'."""
    east, left, up = (other[name] - now[name] for name in PLACE)
    heading = math.radians(now["heading_deg"])
    ahead = east * math.cos(heading) - left * math.sin(heading)
    right = -east * math.sin(heading) - left * math.cos(heading)
    said = [
        f"{abs(value):.0f} m {plus if value > 0 else minus}"
        for value, plus, minus in ((ahead, "ahead", "behind"), (right, "right", "left"), (up, "higher", "lower"))
        if abs(value) >= GHOST_NAME_M
    ]
    return ", ".join(said) or "beside you"


class _Kept:
    """Keeps the readings of a picture: the instruments are drawn later, at the canvas's size."""

    readings: Readings | None = None

    def draw(self, frame: NDArray[np.uint8], readings: Readings, ending: Ending | None = None) -> None:
        self.readings = readings


class _Words:
    """Notes and panels as pictures, drawn anew only when their words change."""

    def __init__(self, width: int, height: int) -> None:
        self._size = (width, height)
        self._scale = min(width / 960, height / 540) * FINE
        fonts = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
        self._plain, self._bold, self._head = (
            ImageFont.truetype(str(fonts / name), round(size * self._scale))
            for name, size in (("DejaVuSans.ttf", 13), ("DejaVuSans-Bold.ttf", 13), ("DejaVuSans-Bold.ttf", 20))
        )
        self._drawn: dict[str, tuple[Any, Image.Image]] = {}

    def notes(self, frame: NDArray[np.uint8], lines: tuple[str, ...], below: int) -> None:
        """Short lines under what the instruments say at the upper left, which ends at that row of the picture."""
        if lines:
            image = self._cached("notes", lines, lambda: self._box("", tuple((line,) for line in lines)))
            lay_over(frame, image, round(12 * self._scale / FINE), below + round(9 * self._scale / FINE))

    def panel(self, frame: NDArray[np.uint8], panel: Panel) -> None:
        """A heading and a table, a little above the middle."""
        image = self._cached("panel", panel, lambda: self._box(panel.heading, panel.rows))
        (width, height), (wide, high) = self._size, image.size
        lay_over(frame, image, (width - wide) // 2, max(0, round(0.46 * height) - high // 2))

    def _cached(self, kind: str, words: Any, draw: Any) -> Image.Image:
        known = self._drawn.get(kind)
        if known is None or known[0] != words:
            self._drawn[kind] = known = (words, draw())
        return known[1]

    def _box(self, heading: str, rows: tuple[tuple[str, ...], ...]) -> Image.Image:
        """First cells on the left, in bold where more follow; the others to their right, in columns."""
        scale, line, pad = self._scale, 21, 12
        columns = max((len(row) for row in rows), default=1)
        wide = [0.0] * columns
        for row in rows:
            for index, cell in enumerate(row if len(row) > 1 else ()):
                wide[index] = max(wide[index], self._plain.getlength(cell) / scale + 22)
        single = [self._plain.getlength(row[0]) / scale for row in rows if len(row) == 1]
        width = max([sum(wide), self._head.getlength(heading) / scale, *single]) + 2 * pad
        top = pad + (30 if heading else 0)
        height = top + line * len(rows) + pad - 4
        pixels = [math.ceil(length * scale / FINE) * FINE for length in (width, height)]
        image = Image.new("RGBA", (pixels[0], pixels[1]))
        pen = ImageDraw.Draw(image)
        dark = (*DARK[:3], 205) if heading else DARK
        pen.rounded_rectangle([0, 0, image.width - 1, image.height - 1], 8 * scale, fill=dark)
        if heading:
            pen.text((pad * scale, (pad + 16) * scale), heading, font=self._head, fill=LIGHT, anchor="ls")
        for number, row in enumerate(rows):
            left, base = float(pad), top + line * number + 13
            for index, cell in enumerate(row):
                table = len(row) > 1
                fill = DIM if table and index == 0 else ACCENT if table and number == 0 else LIGHT
                font = self._bold if table and number == 0 else self._plain
                pen.text((left * scale, base * scale), cell, font=font, fill=fill, anchor="ls")
                left += wide[index]
        return image.reduce(FINE)
