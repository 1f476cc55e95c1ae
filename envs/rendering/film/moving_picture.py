"""Flights one after another as a moving picture for a page: an animated WebP or GIF that a browser plays by itself."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from envs.base.errors import InputError
from envs.base.files import replacing
from envs.flights.ending import Ending
from envs.flights.flight_log import FlightLog
from envs.flights.judging import judged_ending
from envs.rendering.film.flight_view import FlightView
from envs.rendering.film.hud import ACCENT, BAD, DARK, FINE, GOOD, LIGHT, Readings, lay_over
from envs.rendering.film.video import rows_at, with_progress

SIZE = (560, 316)  # pixels: about the width of a README's column on a small screen
PICTURES_PER_S = 12.5  # WebP and GIF count whole centiseconds: 8 of them a picture
HOLD_S = 1.1  # a flight's last picture stays this long, with its outcome
QUALITY = 62  # of WebP's lossy pictures, 0 to 100
SUFFIXES = (".webp", ".gif")


@dataclass(frozen=True)
class Scene:
    """A flight of the picture: the words over it, and how many seconds of flight pass in a second (1: real time)."""

    log: FlightLog
    caption: str
    pace: float


def moving_picture_path(path: str | os.PathLike[str]) -> Path:
    """The path of a moving picture to write. Raises InputError unless it ends in .webp or .gif."""
    path = Path(path)
    if path.suffix.lower() not in SUFFIXES:
        raise InputError(f"{path}: a moving picture's name must end in {' or '.join(SUFFIXES)}")
    return path


def write_moving_picture(
    scenes: Sequence[Scene], path: str | os.PathLike[str], view: str = "chase", size: tuple[int, int] = SIZE
) -> Path:
    """Write the flights one after another, repeated for ever, seen as `chase`, `tower` or `both`.

    Returns the path. Raises InputError: another ending than .webp or .gif, or a file that cannot be written.
    """
    path = moving_picture_path(path)
    pictures: list[Image.Image] = []
    durations_ms: list[int] = []
    with replacing(path) as beside:
        beside.touch()  # a folder that cannot be written to is told before the work
        for scene in with_progress(scenes, f"picture {path.name}"):
            drawn = [Image.fromarray(frame) for frame in frames(scene, view, size)]
            pictures += drawn
            durations_ms += [round(1000 / PICTURES_PER_S)] * (len(drawn) - 1) + [round(1000 * HOLD_S)]
        pictures[0].save(
            beside,
            save_all=True,
            append_images=pictures[1:],
            duration=durations_ms,
            loop=0,
            quality=QUALITY,
            method=4,  # of 6: a slower search gains little
        )
    return path


def frames(scene: Scene, view: str, size: tuple[int, int]) -> Iterator[NDArray[np.uint8]]:
    """The pictures (height, width, 3) of one flight, the last one with its outcome."""
    width, height = size
    time = scene.log.column("time_s")
    step_s = scene.pace / PICTURES_PER_S
    count = max(2, math.ceil((time[-1] - time[0]) / step_s) + 1)
    rows = rows_at(scene.log, np.minimum(time[0] + np.arange(count) * step_s, time[-1]))
    words = Captions(width, height, scene.caption, scene.pace)
    drawing = FlightView(scene.log.header, scene.log.columns, view, width, height, overlay=words)
    ending = judged_ending(scene.log)
    for index, row in enumerate(rows):
        yield drawing.frame(row, ending if index == len(rows) - 1 else None)


class Captions:
    """Large words for a small picture: the caption, three numbers, and at the end how it ended."""

    def __init__(self, width: int, height: int, caption: str, pace: float) -> None:
        self._width, self._height = width, height
        self._unit = height / 316 * FINE
        fonts = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
        self._bold = ImageFont.truetype(str(fonts / "DejaVuSans-Bold.ttf"), round(18 * self._unit))
        self._plain = ImageFont.truetype(str(fonts / "DejaVuSans.ttf"), round(14 * self._unit))
        self._caption = self._plate(caption, self._bold, DARK)
        self._pace = "" if pace == 1 else f"{pace:g}× speed"

    def draw(self, frame: NDArray[np.uint8], readings: Readings, ending: Ending | None = None) -> None:
        """Draw onto a frame (height, width, 3) in place."""
        margin = round(8 * self._unit / FINE)
        lay_over(frame, self._caption, margin, margin)
        if ending is not None:
            most = self._width * FINE - 2 * round(16 * self._unit)
            share = min(1.0, most / self._bold.getlength(ending.headline))  # a long one in smaller letters
            font = self._bold.font_variant(size=int(self._bold.size * share))
            plate = self._plate(ending.headline, font, GOOD if ending.is_good else BAD)
            beside = self._caption.width + plate.width + 3 * margin <= self._width
            top = margin if beside else 2 * margin + self._caption.height
            lay_over(frame, plate, self._width - plate.width - margin, top)
        height = max(0.0, readings.height_m)
        numbers = self._plate(
            f"{readings.time_s:4.1f} s    {readings.airspeed_mps:4.1f} m/s    {height:4.1f} m up", self._plain, DARK
        )
        lay_over(frame, numbers, margin, self._height - numbers.height - margin)
        if self._pace:
            pace = self._plate(self._pace, self._plain, DARK, ACCENT)
            lay_over(frame, pace, self._width - pace.width - margin, self._height - pace.height - margin)

    def _plate(
        self,
        text: str,
        font: ImageFont.FreeTypeFont,
        colour: tuple[int, int, int, int],
        ink: tuple[int, int, int, int] = LIGHT,
    ) -> Image.Image:
        """Words on a plate with round corners, no wider than the picture."""
        inset = round(8 * self._unit)
        wide = min(round(font.getlength(text)) + 2 * inset, self._width * FINE - 2 * inset)
        tall = round(font.size * 1.6)
        # a multiple of FINE pixels, so that nothing is cut when it is averaged
        image = Image.new("RGBA", (math.ceil(wide / FINE) * FINE, math.ceil(tall / FINE) * FINE))
        pen = ImageDraw.Draw(image)
        pen.rounded_rectangle([0, 0, image.width - 1, image.height - 1], 5 * self._unit, fill=colour)
        pen.text((inset, image.height / 2), text, font=font, fill=ink, anchor="lm")
        return image.reduce(FINE)
