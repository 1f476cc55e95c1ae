"""The judge before a flight log: which figure it should be, where, and what it is worth."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from envs.base.errors import InputError
from envs.base.runway import Runway
from envs.figures.figure import Figure, find_figure
from envs.figures.judge import Box, FlownTrack, ScoreSheet, fitted, judge
from envs.figures.judge.track import FEWEST
from envs.figures.path import FigurePath
from envs.figures.placing import Placing
from envs.flights.ending import Ending, ending_of
from envs.flights.flight_log import FlightLog
from envs.flights.log_files import log_files, read_header, read_table

ATTITUDE = ("qx", "qy", "qz", "qw")
NEEDED = ("time_s", "x_m", "y_m", "z_m", "vx_mps", "vy_mps", "vz_mps", *ATTITUDE)
"""Columns without which there is nothing to judge. Used where they are: alpha_deg, strike, wheels_on_ground, WIND."""
WIND = ("wind_x_mps", "wind_y_mps", "wind_z_mps")


@dataclass(frozen=True)
class Judged:
    """A figure of a log and its marks, from the piece of the flight `track` that was to be it.

    `is_fitted`: the log does not say where it was to be flown.
    """

    name: str
    title: str
    path: FigurePath
    track: FlownTrack
    sheet: ScoreSheet
    is_fitted: bool

    def as_dict(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return {"figure": self.name, "title": self.title, "is_fitted": self.is_fitted, **self.sheet.as_dict()}


def judge_log(path: Path, figure: str | None = None, span_m: float | None = None) -> list[Judged]:
    """Judge a flight log: every figure that its header asks for, or one by name or file.

    Args:
        path: the flight, csv or json or without ending. Of other people's flights the csv alone will do.
        figure: a figure's name or file; None: those of the header.
        span_m: wing span; None: that of the header.

    Raises:
        InputError: one line, where the log is broken or the figure or the span is not to be found in it.
    """
    csv_path, json_path = log_files(path)
    header = read_header(json_path) if json_path.is_file() or not csv_path.is_file() else {}
    columns, data = read_table(csv_path, NEEDED)
    track = _track(columns, data, csv_path)
    span = span_m or header.get("span_m")
    if not span:
        raise InputError(
            f"{json_path}: key 'span_m' is missing, the wing span by which figures are scaled: give --span"
        )
    asked = (header.get("marks") or {}).get("figures") or []
    if figure is None and not asked:
        raise InputError(f"{json_path}: no figure under 'marks.figures' of the header: name it with --figure")
    if figure is not None:
        chosen = find_figure(figure)
        placed = [mark for mark in asked if Placing.from_mark(mark, str(json_path))[0] == chosen]
        if not placed:
            return [_fitted(track, header, figure, chosen, float(span))]
        asked = placed
    return [_marked(track, header, mark, float(span), str(json_path)) for mark in asked]


def judge_flight(log: FlightLog) -> list[Judged]:
    """Judge every figure that a flight's header asks for; none where it asks for none.

    Raises InputError where a figure cannot be judged: a broken one, or too few rows of flight.
    """
    header, source = log.header, log.source
    asked = (header.get("marks") or {}).get("figures") or []
    if not asked:
        return []
    track = _track(log.columns, log.data, Path(source))
    span_m = float(header.get("span_m") or log.aircraft().span_m)
    return [_marked(track, header, mark, span_m, source) for mark in asked]


def judged_ending(log: FlightLog) -> Ending | None:
    """How a flight ended, as `ending_of` tells it; of a figure with no points also why the judge gave none."""
    ending = ending_of(log.header)
    if ending is None or ending.mark is None or ending.is_good:
        return ending
    try:
        zeros = [judged.sheet.zero for judged in judge_flight(log) if judged.sheet.zero]
    except (InputError, KeyError, TypeError, ValueError):  # a broken mark: the reason is not known
        return ending
    return replace(ending, zero=zeros[0] if zeros else "")


def _marked(
    track: FlownTrack, header: Mapping[str, Any], mark: Mapping[str, Any], span_m: float, source: str
) -> Judged:
    """A figure that the header places."""
    figure, place = Placing.from_mark(mark, source)
    path = place.path(figure, span_m)
    piece = _between(track, mark.get("from_s"), mark.get("to_s"), source)
    return Judged(str(mark["name"]), figure.title, path, piece, judge(piece, path, _box(header, path, True)), False)


def _fitted(track: FlownTrack, header: Mapping[str, Any], name: str, figure: Figure, span_m: float) -> Judged:
    """A figure of which nobody says where it was to be flown."""
    path = fitted(track, figure, span_m)
    return Judged(name, figure.title, path, track, judge(track, path, _box(header, path, False)), True)


def _box(header: Mapping[str, Any], path: FigurePath, is_asked: bool) -> Box:
    """Over the runway's middle where the header has a runway, else round the figure."""
    if header.get("runway") is None:
        return Box.of(path, is_asked)
    return replace(Box.over(0.5 * Runway.from_header(header).length_m, path.span_m), is_asked=is_asked)


def _track(columns: tuple[str, ...], data: NDArray[np.float64], path: Path) -> FlownTrack:
    """What the judge reads of a table. Raises InputError for one too short."""
    if len(data) < FEWEST:
        raise InputError(f"{path}: holds {len(data)} rows, too few to judge (at least {FEWEST})")

    def column(name: str) -> NDArray[np.float64]:
        return data[:, columns.index(name)] if name in columns else np.zeros(len(data))

    time_s, x, y, z, vx, vy, vz = (column(name) for name in NEEDED[:7])
    return FlownTrack(
        time_s=time_s,
        position=np.stack([x, y, z], axis=1),
        velocity=np.stack([vx, vy, vz], axis=1),
        attitude=np.stack([column(name) for name in ATTITUDE], axis=1),
        alpha=np.radians(column("alpha_deg")),
        strike=np.maximum(column("strike"), column("wheels_on_ground")),
        wind=np.stack([column(name) for name in WIND], axis=1) if set(WIND) <= set(columns) else None,
    )


def _between(track: FlownTrack, from_s: float | None, to_s: float | None, source: str) -> FlownTrack:
    """The flight between two seconds, all of it for None. Raises InputError where the log has too little of it."""
    low, high = -math.inf if from_s is None else from_s, math.inf if to_s is None else to_s
    here = (track.time_s >= low) & (track.time_s <= high)
    if np.count_nonzero(here) < FEWEST:
        raise InputError(f"{source}: marks.figures: no flight between from_s {low:g} and to_s {high:g} in the log")
    return track.part(here)
