"""A sequence of figures, flown one after the other along the runway: `configs/sequences/NAME.yaml`.

Centre figures keep the direction and are flown before the judge; turn-arounds reverse it, near the ends of the box.
Between two figures lies level flight.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import Field

from envs.base.config_file import Line, Strict, is_path, named_file, names_of, read_yaml, validate
from envs.base.errors import InputError
from envs.figures.figure import BOX_TOP_B, BOX_WIDTH_B, LEAST_HEIGHT_B, Figure, find_figure
from envs.figures.placing import Placing

KIND = "sequences"
TURN_B = 60.0
"""How far from the middle a turn-around reaches at least (b): within the box with room for the wind (ours)."""
MOST_FIGURES = 30


class SequenceFile(Strict):
    """A file of configs/sequences. Errors are InputError, one line, naming file and key."""

    version: Literal[1] = Field(description="version of this file's format [-]")
    title: Line = Field(description="one line about the sequence")
    height_b: float = Field(ge=LEAST_HEIGHT_B, le=BOX_TOP_B, description="of the first figure's entry [b]")
    figures: tuple[Line, ...] = Field(
        min_length=1,
        max_length=MOST_FIGURES,
        description="names in configs/figures, or paths seen from this file, as they are flown",
    )


class Flown(NamedTuple):
    """A figure of a sequence: its name, what it is, x and height of its entry (b, x from the runway's middle), way."""

    name: str
    figure: Figure
    x_b: float
    height_b: float
    ahead: int  # +1 along the runway, -1 back

    @property
    def ends_b(self) -> tuple[float, float]:
        """(x, height) of its end, b."""
        end = self.figure.stretches[-1].end
        return self.x_b + self.ahead * end.x, self.height_b + end.z

    def placing(self, span_m: float, middle_x_m: float) -> Placing:
        """Where it is flown by an aircraft of a wing span (m), the runway's middle at x (m)."""
        course = 0.0 if self.ahead > 0 else math.pi
        return Placing(middle_x_m + self.x_b * span_m, 0.0, self.height_b * span_m, course)


def sequence_names() -> list[str]:
    """The sequences of configs/sequences, sorted."""
    return names_of(KIND)


def find_sequence(name: str) -> tuple[str, tuple[Flown, ...]]:
    """(title, figures in place) of a name in configs/sequences or of a path. Raises InputError, one line."""
    path = named_file(KIND, name)
    file = validate(SequenceFile, read_yaml(path), str(path))
    figures = [(each, find_figure(_beside(each, path))) for each in file.figures]
    return file.title, tuple(in_place(figures, file.height_b, str(path)))


def _beside(name: str, file: Path) -> str:
    """A path in a sequence file is relative to it."""
    return str(file.parent / name) if is_path(name) and not Path(name).is_absolute() else name


def in_place(figures: list[tuple[str, Figure]], height: float, source: str) -> list[Flown]:
    """Each figure where the one before it, and a level line, lead to; the first at a height (b).

    Raises InputError, which begins with `source`, for what does not fit.
    """
    found: list[Flown] = []
    ahead, x, inverted = 1, -math.inf, figures[0][1].entry.inverted
    for number, (name, figure) in enumerate(figures):
        where = f"{source}: figures.{number}: {name}"
        if figure.entry.inverted != inverted:
            ways = ("upright", "inverted")
            raise InputError(f"{where} is entered {ways[not inverted]}, but {found[-1].name} ends {ways[inverted]}")
        entry = _entry(figure, ahead, figures[number + 1][1] if number + 1 < len(figures) else None)
        if ahead * (entry - x) < 0:
            entry = x  # the figure before it ends beyond: it begins at once
        flown = Flown(name, figure, entry, height, ahead)
        _check_room(flown, where)
        found.append(flown)
        (x, height), inverted = flown.ends_b, figure.ends_inverted
        if figure.reverses:
            ahead = -ahead
    return found


def _entry(figure: Figure, ahead: int, after: Figure | None) -> float:
    """Place along the runway (x, b) at which a figure is best begun.

    A centre figure before the judge; a turn-around towards the box's end, and so far out that what comes after it can
    be flown before the judge.
    """
    (rear, front), _ = figure.extent_b
    if not figure.reverses:
        return -ahead * 0.5 * (rear + front)
    out = TURN_B - front
    if after is not None and not after.reverses:
        (rear, after_front), _ = after.extent_b
        out = max(out, 0.5 * (rear + after_front) - figure.stretches[-1].end.x)
    return ahead * min(out, 0.5 * BOX_WIDTH_B - front)


def _check_room(flown: Flown, where: str) -> None:
    (rear, front), (low, high) = flown.figure.extent_b
    reach = max(abs(flown.x_b + flown.ahead * end) for end in (rear, front))
    if reach > 0.5 * BOX_WIDTH_B:
        raise InputError(
            f"{where} reaches {reach:.1f} b from the runway's middle, the box {0.5 * BOX_WIDTH_B:g}: put a shorter "
            "figure before it"
        )
    if flown.height_b + low < LEAST_HEIGHT_B:
        raise InputError(
            f"{where} comes down to {flown.height_b + low:.4g} b above the ground ({LEAST_HEIGHT_B:g} at least): it "
            f"begins at {flown.height_b:.4g} b"
        )
    if flown.height_b + high > BOX_TOP_B:
        raise InputError(
            f"{where} rises to {flown.height_b + high:.4g} b, out of the box ({BOX_TOP_B:.4g}): it begins at "
            f"{flown.height_b:.4g} b"
        )
