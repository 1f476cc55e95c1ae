"""Where a figure is flown: its entry in the world and its course, as a flight log keeps them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from envs.base.config_file import validate
from envs.figures.figure import Figure
from envs.figures.path import FigurePath, figure_path, placed


class Placing(NamedTuple):
    """The entry of a figure in the world (x along the runway, y left, height above the ground, m), and its course.

    `course_rad`: of the entry track, 0 along the runway, + clockwise seen from above. `mirrored`: all rolls, stall
    turns and spins to the other side.
    """

    x_m: float
    y_m: float
    height_m: float
    course_rad: float
    mirrored: bool = False

    def path(self, figure: Figure, span_m: float) -> FigurePath:
        """The path of a figure, as its file has it, for a wing span (m), placed here."""
        return placed(figure_path(figure, span_m), *self)

    def mark(self, name: str, figure: Figure) -> dict[str, Any]:
        """As a log's header keeps it under `marks.figures`: the figure as its file has it, and where it is flown."""
        return {
            "name": name,
            "figure": figure.model_dump(mode="json", exclude_none=True),
            "x_m": self.x_m,
            "y_m": self.y_m,
            "height_m": self.height_m,
            "course_deg": math.degrees(self.course_rad),
            "mirrored": self.mirrored,
        }

    @staticmethod
    def from_mark(mark: Mapping[str, Any], source: str) -> tuple[Figure, Placing]:
        """The figure and its place, of what `mark` made. Raises InputError, naming `source` and the key."""
        figure = validate(Figure, dict(mark["figure"]), f"{source}: marks.figures: figure")
        place = Placing(
            float(mark["x_m"]),
            float(mark["y_m"]),
            float(mark["height_m"]),
            math.radians(float(mark["course_deg"])),
            bool(mark["mirrored"]),
        )
        return figure, place
