"""Several flights of one figure, brought to the figure's own frame and marked, to be laid over each other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from envs.base.errors import InputError
from envs.base.frames import Array
from envs.figures.figure import Figure
from envs.figures.judge import ScoreSheet
from envs.figures.path import FigurePath, figure_path
from envs.figures.placing import Placing
from envs.flights.deviations import deviations
from envs.flights.flight_log import FlightLog
from envs.flights.judging import judge_flight

NO_POINTS = 1e-9
SAME_SPAN_M = 1e-6


@dataclass(frozen=True)
class FigureFlight:
    """A flight of the figure as the judge sees it, n samples.

    `position` (n, 3) m in the figure's frame (x along the entry track, y left of it, z up, origin at the entry; of a
    mirrored figure y the other way); `along_m` and `distance_m` (n,) its progress along the path and how far off it is.
    """

    source: str
    sheet: ScoreSheet
    position: Array
    along_m: Array
    distance_m: Array


@dataclass(frozen=True)
class FigureFlights:
    """Flights of the figure `name`; `path` is what was asked for, in its own frame."""

    name: str
    title: str
    path: FigurePath
    flights: tuple[FigureFlight, ...]

    @property
    def marks(self) -> Array:
        """(flights,) 0 to 10."""
        return np.array([flight.sheet.score for flight in self.flights])

    @property
    def without_points(self) -> int:
        """How many got no points at all."""
        return int(np.count_nonzero(self.marks < NO_POINTS))

    def lost_by_element(self) -> Array:
        """(elements,) points that an element costs a flight in the mean."""
        lost = np.zeros(len(self.path.figure.elements))
        for flight in self.flights:
            for downgrade in flight.sheet.downgrades:
                lost[downgrade.element] += downgrade.points
        return lost / len(self.flights)

    def distances(self, along_m: Array) -> Array:
        """(flights, len(along_m)): how far off (m) at stations of the path; NaN where a flight did not come."""
        rows = []
        for flight in self.flights:
            reached, first = np.unique(np.maximum.accumulate(flight.along_m), return_index=True)
            rows.append(np.interp(along_m, reached, flight.distance_m[first], left=np.nan, right=np.nan))
        return np.array(rows)

    @property
    def summary(self) -> str:
        """One line: how many flights, and their marks."""
        marks = self.marks
        spread = f" ± {marks.std(ddof=1):.2f}" if len(marks) > 1 else ""
        return (
            f"{len(marks)} flights of {self.name} ({self.title}): mark {marks.mean():.2f}{spread} "
            f"({marks.min():.2f} to {marks.max():.2f}), {self.without_points} without points"
        )


def flights_of_one_figure(logs: Sequence[FlightLog]) -> FigureFlights:
    """Mark the flights and bring them to one frame.

    Raises InputError, one line, for a flight that asks for no figure, for several, or for another than the first, for
    another wing span, and where a figure cannot be judged.
    """
    (name, figure, span), first = _asked(logs[0]), logs[0].source
    found: list[FigureFlight] = []
    for log in logs:
        other_name, other, other_span = _asked(log)
        if other != figure:
            raise InputError(
                f"{log.source}: flies the figure {other_name!r}, {first} {name!r}: lay flights of one figure over "
                "each other"
            )
        if abs(other_span - span) > SAME_SPAN_M:
            raise InputError(
                f"{log.source}: flown with a wing span of {other_span:g} m, {first} with {span:g} m: lay flights of "
                "one size over each other"
            )
        (judged,) = judge_flight(log)
        errors = deviations(judged, log.stall_speed_mps())
        _, place = Placing.from_mark(log.header["marks"]["figures"][0], log.source)
        position = _in_figures_frame(errors.position, place)
        found.append(FigureFlight(log.source, judged.sheet, position, errors.along_m, errors.distance_m))
    return FigureFlights(name, figure.title, figure_path(figure, span), tuple(found))


def _asked(log: FlightLog) -> tuple[str, Figure, float]:
    """(name, figure, wing span in m) of the one figure that a flight was to fly. Raises InputError."""
    marks = log.header.get("marks")
    figures = marks.get("figures") if isinstance(marks, dict) else None
    if not figures:
        raise InputError(f"{log.source}: no figure was asked for in this flight (marks.figures of its header)")
    if len(figures) > 1:
        raise InputError(f"{log.source}: holds {len(figures)} figures: lay flights of one figure over each other")
    figure, _ = Placing.from_mark(figures[0], log.source)
    return str(figures[0]["name"]), figure, float(log.header.get("span_m") or log.aircraft().span_m)


def _in_figures_frame(position: Array, place: Placing) -> Array:
    """Points (n, 3) of the world in the frame of a figure that is placed there."""
    cosine, sine, hand = math.cos(place.course_rad), math.sin(place.course_rad), -1.0 if place.mirrored else 1.0
    turn = np.array([[cosine, hand * sine, 0.0], [-sine, hand * cosine, 0.0], [0.0, 0.0, 1.0]])
    return (position - np.array([place.x_m, place.y_m, place.height_m])) @ turn
