"""A display: figures flown one after the other, to and fro, as one continuous way with level lines between them.

One pilot follows that way from its begin to its end without handing over; each figure is still judged alone, on its own
part of it. A lone figure is a display of one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np

from envs.base.config_file import is_path, named_file, read_yaml
from envs.base.errors import InputError, unknown_name
from envs.base.frames import Array
from envs.figures.elements import Element, StraightLine
from envs.figures.figure import Figure, figure_names, find_figure
from envs.figures.guide import wanted_speed
from envs.figures.path import FigurePath, figure_path
from envs.figures.placing import Placing
from envs.figures.sequence import Flown, find_sequence, in_place, sequence_names
from envs.figures.walk import Place

FITS_B = 1e-6  # a shorter line between two figures is none


class Part(NamedTuple):
    """One figure of a display: its name, what it is, and where on the display's way it lies.

    `entry`: where it begins, b and rad in the display's frame (walk.py). It begins `entry.way` along the way and ends
    at `end_b` (b).
    """

    name: str
    figure: Figure
    entry: Place
    end_b: float

    def placing(self, whole: Placing, span_m: float) -> Placing:
        """Where this figure is flown in a display that is placed at `whole`."""
        cosine, sine, hand = math.cos(whole.course_rad), math.sin(whole.course_rad), -1.0 if whole.mirrored else 1.0
        x, y = self.entry.x * span_m, hand * self.entry.y * span_m
        back = math.cos(self.entry.theta) < 0.0
        return Placing(
            whole.x_m + cosine * x + sine * y,
            whole.y_m - sine * x + cosine * y,
            whole.height_m + self.entry.z * span_m,
            math.remainder(whole.course_rad + (math.pi if back else 0.0), 2.0 * math.pi),
            whole.mirrored,
        )


@dataclass(frozen=True)
class Display:
    """What is flown, figure by figure, with the level line of `lead_b` spans that leads to the first.

    `name`: that of its file, or those of its files.
    """

    name: str
    title: str
    flown: tuple[Flown, ...]
    lead_b: float = 0.0

    @staticmethod
    def of(name: str, figure: Figure) -> Display:
        """A lone figure, before the judge, at its file's height."""
        (rear, front), _ = figure.extent_b
        return Display(name, figure.title, (Flown(name, figure, -0.5 * (rear + front), figure.entry.height_b, 1),))

    @property
    def start_b(self) -> tuple[float, float]:
        """(x from the middle of the flight line, height) at which its way begins, b."""
        return self.flown[0].x_b - self.lead_b, self.flown[0].height_b

    @property
    def is_lone(self) -> bool:
        """Whether it is one figure and nothing else."""
        return len(self.flown) == 1 and not self.lead_b

    @cached_property
    def figure(self) -> Figure:
        """All of it as if it were one figure: its elements joined by level lines."""
        return self._joined[0]

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """Its figures, each with its place on the way."""
        stretches = self.figure.stretches
        return tuple(
            Part(each.name, each.figure, stretches[first].start, stretches[last - 1].end.way)
            for each, (first, last) in zip(self.flown, self._joined[1], strict=True)
        )

    @cached_property
    def _joined(self) -> tuple[Figure, list[tuple[int, int]]]:
        """The joined figure, and of each of its figures the first element and that after its last."""
        first = self.flown[0].figure
        if self.is_lone:
            return first, [(0, len(first.elements))]
        elements: list[Element] = []
        places: list[tuple[int, int]] = []
        x, ahead = self.start_b[0], 1
        for each in self.flown:
            way = ahead * (each.x_b - x)
            if way > FITS_B:
                # Not checked: it may be shorter than a line that is worth writing down.
                line = StraightLine.model_construct(length_b=way, climb_deg=0.0, speed_vs=None, roll_deg=0.0, points=1)
                elements.append(Element.model_construct(line=line, arc=None, stall_turn=None, spin=None))
            places.append((len(elements), len(elements) + len(each.figure.elements)))
            elements += each.figure.elements
            x, ahead = each.ends_b[0], -each.ahead if each.figure.reverses else each.ahead
        entry = first.entry.model_copy(update={"height_b": self.flown[0].height_b})
        # Likewise: longer, and of more elements, than a figure may be.
        whole = Figure.model_construct(
            version=1, title=self.title, entry=entry, needs=first.needs, elements=tuple(elements)
        )
        return whole, places

    def placing(self, middle_x_m: float, span_m: float, course_rad: float, mirrored: bool) -> Placing:
        """Where its way begins, flown over the middle of a runway at x (m), course 0 or pi."""
        x, height = self.start_b
        return Placing(middle_x_m + math.cos(course_rad) * x * span_m, 0.0, height * span_m, course_rad, mirrored)

    def wanted_mps(self, path: FigurePath, stall_mps: float) -> Array:
        """(n,) airspeed asked for along its path: of each figure its own, on the line before it its entry speed."""
        if self.is_lone:
            return wanted_speed(path, stall_mps)
        span, speed, before = path.span_m, np.empty(len(path.s_m)), -1.0
        for part in self.parts:
            own = figure_path(part.figure, span)
            here = (path.s_m > before) & (path.s_m <= part.end_b * span + 1e-9)
            since = path.s_m[here] - part.entry.way * span
            speed[here] = np.interp(since, own.s_m, wanted_speed(own, stall_mps))
            before = part.end_b * span + 1e-9
        return speed


def find_display(name: str) -> Display:
    """The display of a name in configs/figures or configs/sequences, or of a path to a file of either kind.

    Raises InputError, one line.
    """
    if not is_path(name):
        if name not in (*figure_names(), *sequence_names()):
            raise unknown_name("figure", name, (*figure_names(), *sequence_names()))
        is_sequence = name not in figure_names()
    else:
        is_sequence = "figures" in read_yaml(named_file("figures", name))
    if not is_sequence:
        return Display.of(name, find_figure(name))
    return Display(name, *find_sequence(name))


def display_in_turn(names: Sequence[str], height_b: float, lead_b: float, source: str) -> Display:
    """Figures and sequences in turn, the first entered at a height (b), led to by a line of `lead_b`.

    A lone sequence keeps its own height. Raises InputError that begins with `source`, one line, for what does not fit.
    """
    found = [(name, find_display(name)) for name in names]
    if len(found) == 1 and len(found[0][1].flown) > 1:
        return replace(found[0][1], lead_b=lead_b)
    figures = [(each.name, each.figure) for _, display in found for each in display.flown]
    if not figures:
        raise InputError(f"{source}: names no figure")
    flown = tuple(in_place(figures, height_b, source))
    names_in_turn = ", ".join(Path(name).stem for name in names)
    return Display(names_in_turn, names_in_turn, flown, lead_b)
