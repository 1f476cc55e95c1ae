"""The figures that a flight was to fly: their paths in the world, as its log's header keeps them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from envs.base.errors import InputError
from envs.figures.path import FigurePath
from envs.figures.placing import Placing
from envs.flights.flight_log import FlightLog


class AskedFigure(NamedTuple):
    """A figure asked for: its name and title, its path in the world, and from when to when (s) it was to be flown.

    Where the log does not say when, it is the whole flight: -inf to inf.
    """

    name: str
    title: str
    path: FigurePath
    from_s: float = -math.inf
    to_s: float = math.inf


def asked_figures(log: FlightLog) -> list[AskedFigure]:
    """The figures asked for in the order of the log; none of a flight without figures, and none that is broken."""
    found = list[AskedFigure]()
    try:
        for mark in _marks(log.header):
            figure, place = Placing.from_mark(mark, log.source)
            span_m = float(log.header.get("span_m") or log.aircraft().span_m)
            from_s, to_s = mark.get("from_s"), mark.get("to_s")
            found.append(
                AskedFigure(
                    str(mark["name"]),
                    figure.title,
                    place.path(figure, span_m),
                    -math.inf if from_s is None else float(from_s),
                    math.inf if to_s is None else float(to_s),
                )
            )
    except (InputError, KeyError, TypeError, ValueError):  # a broken mark does not stop a picture
        return []
    return found


def flight_title(header: Mapping[str, Any]) -> str:
    """What a flight is called above its pictures: its task, of a task of figures the figure's title; "" of neither."""
    task, marks = str(header.get("task") or ""), _marks(header)
    return titles(marks) or task if task == "figure" else task


def titles(marks: Sequence[Any]) -> str:
    """The title of a figure, of several how many they are, of what a header keeps; "" of none or broken ones."""
    if len(marks) > 1:
        return f"{len(marks)} figures"
    try:
        return str(marks[0]["figure"]["title"])
    except (IndexError, KeyError, TypeError):
        return ""


def _marks(header: Mapping[str, Any]) -> list[Any]:
    """The marks of figures in a header; [] where it has none."""
    marks = header.get("marks")
    figures = marks.get("figures") if isinstance(marks, Mapping) else None
    return figures if isinstance(figures, list) else []
