"""The nose camera's picture as an inset over a film's: its pixels, the neuron's sum against its threshold, 0 or 1."""

from __future__ import annotations

import math
from pathlib import Path

import matplotlib
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from envs.rendering.eye.looking import Glance
from envs.rendering.film.hud import ACCENT, DARK, DIM, FINE, LIGHT, lay_over

SEEN = (70, 200, 110, 255)
SIDE, PAD, EDGE, ABOVE, BELOW = 104, 8, 2, 18, 38  # of a film of 960 x 540: the picture, and the plate around it
FOOT = 86  # likewise: the sticks stand below
ANSWER, LONGEST_SUM = "runway in sight: {}", "sum -88.88 > -88.88"


class EyeInset:
    """Draws glances onto pictures of `width` x `height` pixels, at the right above the sticks."""

    def __init__(self, width: int, height: int) -> None:
        self._width, self._height = width, height
        self._scale = min(width / 960, height / 540)
        fonts = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
        self._small, self._large = (
            ImageFont.truetype(str(fonts / name), max(6, round(size * self._scale) * FINE))
            for name, size in (("DejaVuSans.ttf", 10), ("DejaVuSans-Bold.ttf", 11))
        )

    def _px(self, length: float) -> int:
        return max(1, round(length * self._scale))

    def place(self, pixels: int) -> tuple[int, int, int, int]:
        """Left, top, right and bottom in the film of the camera's picture of `pixels` x `pixels`, each whole."""
        side = pixels * max(1, self._px(SIDE) // pixels)
        left = self._width - self._px(12) - (self._plate_width(side) + side) // 2
        bottom = self._height - self._px(FOOT) - self._px(BELOW)
        return left, bottom - side, left + side, bottom

    def _plate_width(self, side: int) -> int:
        """So that picture and words have room."""
        words = max(self._large.getlength(ANSWER.format(0)), self._small.getlength(LONGEST_SUM)) / FINE
        return 2 * self._px(PAD) + max(side + 2 * self._px(EDGE), math.ceil(words))

    def draw(self, frame: NDArray[np.uint8], glance: Glance) -> None:
        """Draw onto a frame (height, width, 3) in place."""
        n, answer = len(glance.picture), glance.answer
        left, top, right, bottom = self.place(n)
        edge, above, below = self._px(EDGE), self._px(ABOVE), self._px(BELOW)
        wide, tall = self._plate_width(right - left), bottom - top + above + below
        plate = Image.new("RGBA", (wide * FINE, tall * FINE))
        pen = ImageDraw.Draw(plate)
        pen.rounded_rectangle([0, 0, plate.width - 1, plate.height - 1], self._px(7) * FINE, fill=DARK)
        x, line = plate.width / 2, self._px(15) * FINE
        first = (tall - below + edge) * FINE + line / 2
        pen.text((x, (above - edge) * FINE / 2), f"EYE  {n} × {n}", font=self._small, fill=DIM, anchor="mm")
        pen.text((x, first), ANSWER.format(answer), font=self._large, fill=SEEN if answer else LIGHT, anchor="mm")
        words = f"sum {glance.sum:.2f} {'>' if answer else '≤'} {glance.threshold:.2f}"
        pen.text((x, first + line), words, font=self._small, fill=ACCENT if answer else DIM, anchor="mm")
        lay_over(frame, plate.reduce(FINE), self._width - self._px(12) - wide, top - above)
        frame[top - edge : bottom + edge, left - edge : right + edge] = SEEN[:3] if answer else DIM[:3]
        grey, times = glance.shown, (right - left) // n
        frame[top:bottom, left:right] = grey.repeat(times, axis=0).repeat(times, axis=1)[..., None]
