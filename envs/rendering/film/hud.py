"""Instruments over a picture: numbers, sticks, wind, and the outcome at the end."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

import matplotlib
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from envs.flights.ending import Ending
from envs.rendering.eye.looking import Glance

FINE = 2  # shapes are drawn this much larger, then averaged
DARK, LIGHT, DIM = (14, 20, 28, 165), (245, 247, 249, 255), (176, 190, 202, 255)
ACCENT, GOOD, BAD = (255, 158, 40, 255), (38, 138, 72, 235), (190, 44, 36, 235)
WARN = (255, 176, 158, 255)
MOST_FAULTS = 4  # on a picture


@dataclass(frozen=True)
class Readings:
    """The values on the instruments: SI units, stick positions -1..1 (pilot's signs), throttle 0..1.

    `wind_right_mps` and `wind_up_mps` are the components of the wind to the right and to the top of the arrow's dial,
    whose top is the direction in which the camera looks. `leg` is the name of the leg being flown, if there are any.
    `faults`: what is wrong with the aircraft, a line each, and whether it has only just struck. `glance`: what its
    camera sees, drawn by EyeInset.
    """

    time_s: float
    airspeed_mps: float
    height_m: float
    climb_mps: float
    throttle: float
    aileron: float
    elevator: float
    rudder: float
    wind_right_mps: float
    wind_up_mps: float
    leg: str = ""
    faults: tuple[tuple[str, bool], ...] = ()
    glance: Glance | None = None


class BannerPlace(NamedTuple):
    """The columns of the picture over whose middle the banner at the end stands, and its upper row (None: the usual).

    The words about faults stand in them, or where they begin further right, to the left of them.
    """

    left: int
    right: int
    top: int | None = None


class Overlay(Protocol):
    """What FlightView lays over its pictures: the instruments, or something simpler."""

    def draw(self, frame: NDArray[np.uint8], readings: Readings, ending: Ending | None = None) -> None:
        """Draw onto a frame (height, width, 3) in place; `ending` only on a flight's last picture."""
        ...


class Hud:
    """Draws instruments onto pictures of `width` x `height` pixels.

    `banner`: where the words at the end stand, over the whole width without it. `key`: what the colours of a figure's
    ribbon mean, {where the canopy points: colour (3,), 0..1}.
    """

    def __init__(
        self,
        width: int,
        height: int,
        title: str,
        banner: BannerPlace | None = None,
        large_title: bool = False,
        key: Mapping[str, NDArray[np.float64]] | None = None,
    ) -> None:
        self._width, self._height, self._title = width, height, title
        self._banner_place = banner or BannerPlace(0, width)
        self._scale = min(width / 960, height / 540)
        self._strip_height = self._px(92)
        fonts = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
        self._fonts = {
            (size, bold): ImageFont.truetype(
                str(fonts / ("DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf")), max(6, self._px(size) * FINE)
            )
            for size, bold in ((10, False), (11, False), (13, False), (22, True), (26, True))
        }
        self._caption = self._captions(large_title)
        self._key = dict(key or {})

    def _px(self, length: float) -> int:
        return max(1, round(length * self._scale))

    def draw(self, frame: NDArray[np.uint8], readings: Readings, ending: Ending | None = None) -> None:
        """Draw the instruments, and the banner of an ending, onto a frame (height, width, 3) in place."""
        strip = Image.new("RGBA", (self._width * FINE, self._strip_height * FINE))
        pen = ImageDraw.Draw(strip)
        self._numbers(pen, readings)
        self._sticks(pen, readings)
        self._wind(pen, readings)
        self._colours(pen)
        lay_over(frame, strip.reduce(FINE), 0, self._height - self._strip_height)
        lay_over(frame, self._caption, 0, 0)
        if readings.leg:
            lay_over(frame, self._leg(readings.leg), 0, self._caption.height)
        top = self._caption.height + self._px(28) * bool(readings.leg)
        for place, (line, fresh) in enumerate(_most(readings.faults)):
            lay_over(frame, self._fault(line, fresh), 0, top + place * self._px(26))
        if ending is not None:
            place, banner = self._banner_place, self._banner(ending)
            top = self._px(46) if place.top is None else place.top
            lay_over(frame, banner, (place.left + place.right - banner.width) // 2, top)

    def _text(
        self,
        pen: ImageDraw.ImageDraw,
        x: float,
        y: float,
        text: str,
        size: int,
        bold: bool = False,
        fill: tuple[int, int, int, int] = LIGHT,
        anchor: str = "ls",
    ) -> None:
        scale = self._scale * FINE
        pen.text((x * scale, y * scale), text, font=self._fonts[size, bold], fill=fill, anchor=anchor)

    def _box(self, pen: ImageDraw.ImageDraw, left: float, top: float, right: float, bottom: float) -> None:
        scale = self._scale * FINE
        pen.rounded_rectangle([left * scale, top * scale, right * scale, bottom * scale], 7 * scale, fill=DARK)

    def _captions(self, large: bool) -> Image.Image:
        size, bottom = (22, 46) if large else (13, 36)
        image = Image.new("RGBA", (self._width * FINE, self._px(bottom + 1) * FINE))
        pen = ImageDraw.Draw(image)
        scale = self._scale * FINE
        length = pen.textlength(self._title, font=self._fonts[size, large]) / scale
        self._box(pen, 12, 10, 12 + length + 20, bottom)
        self._text(pen, 22, bottom - 8 - large * 2, self._title, size, large)
        return image.reduce(FINE)

    @functools.lru_cache(maxsize=16)  # noqa: B019 - a view lives as long as its pictures are drawn
    def _leg(self, name: str) -> Image.Image:
        """A plate for the name of a leg, to stand under the caption."""
        image = Image.new("RGBA", (self._px(240) * FINE, self._px(32) * FINE))
        pen = ImageDraw.Draw(image)
        length = pen.textlength(name, font=self._fonts[13, False]) / (self._scale * FINE)
        self._box(pen, 12, 4, 12 + length + 20, 30)
        self._text(pen, 22, 22, name, 13, fill=ACCENT)
        return image.reduce(FINE)

    def below_captions(self, readings: Readings) -> int:
        """Row of the picture below the caption, the leg and the faults."""
        lines = bool(readings.leg) + len(_most(readings.faults))
        return self._caption.height + lines * self._px(28)

    @functools.lru_cache(maxsize=16)  # noqa: B019 - a view lives as long as its pictures are drawn
    def _fault(self, line: str, fresh: bool) -> Image.Image:
        """A plate for what is wrong with the aircraft; bright while it is new."""
        wide = self._banner_place.right if self._banner_place.left == 0 else self._banner_place.left
        scale, most = self._scale * FINE, wide / self._scale - 44
        image = Image.new("RGBA", (wide * FINE, self._px(30) * FINE))
        pen = ImageDraw.Draw(image)

        def length(size: int) -> float:
            return pen.textlength(line, font=self._fonts[size, False]) / scale

        size = 13 if length(13) <= most else 11
        while length(size) > most and len(line) > 1:
            line = line.rstrip("…")[:-1] + "…"
        edges = [12 * scale, 4 * scale, (12 + length(size) + 20) * scale, 28 * scale]
        pen.rounded_rectangle(edges, 7 * scale, fill=BAD if fresh else DARK)
        self._text(pen, 22, 20.5, line, size, fill=LIGHT if fresh else WARN)
        return image.reduce(FINE)

    def _numbers(self, pen: ImageDraw.ImageDraw, now: Readings) -> None:
        self._box(pen, 12, 14, 476, 82)
        cells = (
            ("TIME", f"{now.time_s:.1f}", "s"),
            ("AIRSPEED", f"{now.airspeed_mps:.1f}", "m/s"),
            ("HEIGHT", f"{now.height_m + 0.0:.1f}", "m"),
            ("CLIMB", f"{now.climb_mps:+.1f}", "m/s"),
        )
        for index, (label, value, unit) in enumerate(cells):
            right = 88 + 104 * index
            self._text(pen, right, 35, label, 10, fill=DIM, anchor="rs")
            self._text(
                pen, right, 66, value.replace("-0.0", "0.0") if float(value) == 0 else value, 22, True, anchor="rs"
            )
            self._text(pen, right + 4, 66, unit, 11, fill=DIM)
        scale = self._scale * FINE
        left, top, bottom = 446, 24, 66  # throttle as a column
        pen.rectangle([left * scale, top * scale, (left + 14) * scale, bottom * scale], outline=DIM, width=round(scale))
        level = bottom - (bottom - top) * min(1.0, max(0.0, now.throttle))
        pen.rectangle([left * scale, level * scale, (left + 14) * scale, bottom * scale], fill=ACCENT)
        self._text(pen, left + 7, 78, "THR", 10, fill=DIM, anchor="ms")

    def _sticks(self, pen: ImageDraw.ImageDraw, now: Readings) -> None:
        """Mode 2: throttle and rudder left, elevator and aileron right; pulling the stick is down."""
        right = self._width / self._scale - 12
        self._box(pen, right - 232, 14, right, 82)
        scale = self._scale * FINE
        for center, across, upward, words in (
            (right - 122, now.rudder, 2 * now.throttle - 1, "THR  RUD"),
            (right - 50, now.aileron, -now.elevator, "ELE  AIL"),
        ):
            half, middle = 23, 42
            pen.rounded_rectangle(
                [(center - half) * scale, (middle - half) * scale, (center + half) * scale, (middle + half) * scale],
                5 * scale,
                outline=DIM,
                width=round(scale),
            )
            pen.line(
                [(center - half) * scale, middle * scale, (center + half) * scale, middle * scale],
                fill=(176, 190, 202, 90),
            )
            pen.line(
                [center * scale, (middle - half) * scale, center * scale, (middle + half) * scale],
                fill=(176, 190, 202, 90),
            )
            x = center + 19 * min(1.0, max(-1.0, across))
            y = middle - 19 * min(1.0, max(-1.0, upward))
            pen.ellipse([(x - 5) * scale, (y - 5) * scale, (x + 5) * scale, (y + 5) * scale], fill=ACCENT)
            self._text(pen, center, 78, words, 10, fill=DIM, anchor="ms")

    def _wind(self, pen: ImageDraw.ImageDraw, now: Readings) -> None:
        center_x, center_y, scale = self._width / self._scale - 206, 46, self._scale * FINE
        speed = math.hypot(now.wind_right_mps, now.wind_up_mps)
        pen.ellipse(
            [(center_x - 16) * scale, (center_y - 16) * scale, (center_x + 16) * scale, (center_y + 16) * scale],
            outline=DIM,
            width=round(scale),
        )
        if speed > 0.1:
            along = np.array([now.wind_right_mps, -now.wind_up_mps]) / speed
            across = np.array([-along[1], along[0]])
            center = np.array([center_x, center_y])
            shape = [
                center + 13 * along,
                center - 8 * along + 6.5 * across,
                center - 4 * along,
                center - 8 * along - 6.5 * across,
            ]
            pen.polygon([tuple(corner * scale) for corner in shape], fill=ACCENT)
        self._text(pen, center_x, 26, "WIND", 10, fill=DIM, anchor="ms")
        self._text(pen, center_x, 78, f"{speed:.1f} m/s", 11, fill=LIGHT, anchor="ms")

    def _colours(self, pen: ImageDraw.ImageDraw) -> None:
        """What the ribbon's colours mean, between numbers and sticks where there is room."""
        scale, left, right = self._scale * FINE, 484, self._width / self._scale - 252
        if not self._key or right - left < 210:
            return
        self._box(pen, left, 14, right, 82)
        self._text(pen, left + 10, 29, "CANOPY POINTS", 10, fill=DIM)
        for number, (words, colour) in enumerate(self._key.items()):
            x, y = left + 10 + 78 * (number // 3), 43 + 16 * (number % 3)
            red, green, blue = (round(255 * float(part)) for part in colour)
            pen.rectangle([x * scale, (y - 8) * scale, (x + 12) * scale, (y + 1) * scale], fill=(red, green, blue, 255))
            self._text(pen, x + 17, y + 1, words, 10)

    def _banner(self, ending: Ending) -> Image.Image:
        place = self._banner_place
        scale, most = self._scale * FINE, (place.right - place.left) / self._scale - 16
        a_line = 3 if most > 400 else 2
        ruler = ImageDraw.Draw(Image.new("RGBA", (4, 4)))

        def length(text: str, size: int, bold: bool = False) -> float:
            return ruler.textlength(text, font=self._fonts[size, bold]) / scale

        word, size = ending.headline, 26 if length(ending.headline, 26, True) + 32 <= most else 22
        lines = list[str]()
        for part in ending.reason.split():
            if lines and length(f"{lines[-1]} {part}", 13 if a_line > 2 else 11) + 16 <= most:
                lines[-1] += f" {part}"
            else:
                lines.append(part)
        rows = list[list[str]]()
        for figure in ending.figures:
            if rows and len(rows[-1]) < a_line and length(" · ".join([*rows[-1], figure]), 11) + 16 <= most:
                rows[-1].append(figure)
            else:
                rows.append([figure])
        lines += [" · ".join(row) for row in rows]
        wide = min(most, 48 + max([length(word, size, True)] + [length(line, 13) for line in lines]))
        small = [13 if length(line, 13) + 16 <= wide else 11 for line in lines]
        tall = 48 + 20 * len(lines) + (6 if lines else 0)
        # a multiple of FINE pixels, so that nothing is cut when it is averaged
        image = Image.new("RGBA", (math.ceil(wide * scale / FINE) * FINE, math.ceil(tall * scale / FINE) * FINE))
        pen = ImageDraw.Draw(image)
        pen.rounded_rectangle(
            [0, 0, image.width - 1, image.height - 1], 10 * scale, fill=GOOD if ending.is_good else BAD
        )
        self._text(pen, wide / 2, 35, word, size, True, anchor="ms")
        for index, line in enumerate(lines):
            self._text(pen, wide / 2, 59 + 20 * index, line, small[index], anchor="ms")
        return image.reduce(FINE)


def _most(faults: tuple[tuple[str, bool], ...]) -> tuple[tuple[str, bool], ...]:
    """As many as fit: the last ones, which may be new, and how many more there are."""
    if len(faults) <= MOST_FAULTS:
        return faults
    hidden = len(faults) - MOST_FAULTS + 1
    return ((f"and {hidden} more", False), *faults[hidden:])


def lay_over(frame: NDArray[np.uint8], overlay: Image.Image, left: int, top: int) -> None:
    """Blend an RGBA picture into a frame in place, cut at its edges."""
    left, top = max(0, left), max(0, top)
    patch = np.asarray(overlay)[: frame.shape[0] - top, : frame.shape[1] - left]
    if patch.size == 0:
        return
    under = frame[top : top + patch.shape[0], left : left + patch.shape[1]]
    below = Image.fromarray(under).convert("RGBA")
    under[:] = np.asarray(Image.alpha_composite(below, Image.fromarray(patch)))[..., :3]
