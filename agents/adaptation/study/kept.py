"""Cells kept with the project, in one small file: a study is told again without flying, and a later one adds to it.

A line a cell, JSON, by place, pilot and fault. Left out is what no page tells: the estimate, most metrics of quality.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from agents.adaptation.cell import Cell
from agents.adaptation.study.figures import Place
from envs.base.errors import InputError
from envs.base.files import write_atomically

QUALITY = ("gold", "sink_mps", "centreline_m")
"""Metrics of a take-off or landing that say in a glance how well it was flown."""


def in_order(cells: Sequence[Cell]) -> list[Cell]:
    """By task, aircraft, weather, pilot and fault. Of two cells of the same, the later one alone is in it."""
    last = {(*Place.of(cell), cell.asked.pilot, cell.asked.discrepancy): cell for cell in cells}
    return [last[key] for key in sorted(last)]


def read_kept(path: Path) -> list[Cell]:
    """All cells of a file. Raises InputError, one line, where it cannot be read or a line holds no cell."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; name pilots to fly cells for it, or a --run that holds some") from None
    except (OSError, ValueError):
        raise InputError(f"{path}: cannot be read as lines of JSON; it is broken or not ours") from None
    found = []
    for number, line in enumerate(lines, start=1):
        try:
            told = json.loads(line)
        except (ValueError, RecursionError):
            told = None
        if not isinstance(told, dict):
            raise InputError(f"{path}, line {number}: must be a cell of a study, one JSON object; take the line out")
        found.append(Cell.of(told, f"{path}, line {number}"))
    return found


def keep(path: Path, cells: Sequence[Cell]) -> None:
    """Write these cells and no others. Raises InputError, one line, where the file cannot be written."""
    write_atomically(path, "".join(f"{json.dumps(_short(cell), separators=(',', ':'))}\n" for cell in in_order(cells)))


def _short(cell: Cell) -> dict[str, Any]:
    told = cell.as_dict()
    quality = {key: {k: v for k, v in own.items() if k in QUALITY} for key, own in told["quality"].items()}
    return {key: value for key, value in {**told, "quality": quality, "estimate": {}}.items() if value}
