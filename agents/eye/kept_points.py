"""The file of a study of landings in fog: written as it goes on, read to go on with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from agents.eye.landings import FogPoint
from agents.runs.run_folder import read_json, write_json
from envs.base.errors import InputError


def write_points(file: Path, weather: str, seed: int, points: Sequence[FogPoint]) -> None:
    """Of flights in `weather` but for the visibility, from `seed` on. Raises InputError where it cannot be written."""
    write_json(file, {"weather": weather, "seed": seed, "points": [point.as_dict() for point in points]})


def read_points(file: Path, weather: str, seed: int) -> list[FogPoint]:
    """What `write_points` wrote. Raises InputError, one line, for another weather or seed, or a broken file."""
    data = read_json(file)
    for name, asked in (("weather", weather), ("seed", seed)):
        if data.get(name) != asked:
            raise InputError(f"{file}: {name} must be {asked}, as asked for, to go on with it (got {data.get(name)})")
    points = data.get("points")
    if not isinstance(points, list):
        raise InputError(f"{file}: points must be a list")
    return [_point(figures, f"{file}: points.{number}") for number, figures in enumerate(points)]


def _point(figures: Any, where: str) -> FogPoint:
    names = [field.name for field in fields(FogPoint)]
    if not isinstance(figures, dict) or not all(name in figures for name in names):
        raise InputError(f"{where}: must hold {', '.join(names)}")
    words, counts = ("pilot", "lookout"), ("flights", "tried", "landed", "crashed")
    for name in names:
        value = figures[name]
        kind, right = (str, "a word") if name in words else (int, "a count") if name in counts else (float, "a number")
        if not isinstance(value, kind) or isinstance(value, bool):
            raise InputError(f"{where}.{name}: must be {right} (got {value})")
    point = FogPoint(**{name: figures[name] for name in names})
    if not (0 <= point.crashed <= point.failed and 0 <= point.landed <= point.tried <= point.flights):
        raise InputError(f"{where}: flights, tried, landed and crashed do not add up")
    return point
