"""The two files of a flight: their names, and reading them with one-line errors that name file, line and column."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from envs.base.config_file import validate
from envs.base.errors import InputError, did_you_mean
from envs.flights.log_header import Header

FARTHEST_M = 1e5  # a position beyond this, in m from the origin, can only come from a broken file
MOST = 1e9  # likewise of any other number, in any unit
LONGEST_GAP_S = 2.0  # between two rows: a log has a row per control step, and a step takes a second at most
LONGEST_S = 86_400.0  # a day


def log_files(path: str | os.PathLike[str]) -> tuple[Path, Path]:
    """Paths of the csv and the json of a flight named with or without one of these endings."""
    path = Path(path)
    stem = path.name[: -len(path.suffix)] if path.suffix in (".csv", ".json") else path.name
    return path.parent / f"{stem}.csv", path.parent / f"{stem}.json"


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputError(f"{path}: no such file (a flight is NAME.csv with NAME.json beside it)") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: is not a text file") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or type(error).__name__})") from None


def read_header(path: Path) -> dict[str, Any]:
    """The header of a flight, from its JSON file. Raises InputError, one line, naming the file and the key."""

    def reject(word: str) -> float:
        raise InputError(f"{path}: holds {word}, which is no number")

    try:
        header = json.loads(_read_text(path), parse_constant=reject)
    except json.JSONDecodeError as error:
        raise InputError(f"{path}: line {error.lineno} is not valid JSON ({error.msg.lower()}): cut short?") from None
    except InputError:
        raise
    except (RecursionError, ValueError):
        raise InputError(f"{path}: is nested too deeply, or holds too long a number, to be a flight's header") from None
    if not isinstance(header, dict):
        raise InputError(f"{path}: must hold a mapping, not {type(header).__name__}")
    validate(Header, header, str(path))
    return header


def read_table(path: Path, required: Sequence[str]) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """Read a flight's csv: its column names, and its values (rows, columns), in the unit that each name ends in.

    Raises InputError, one line, for whatever would break a replay: a column of `required` that is missing, a cell that
    is no finite number, time that does not rise, quaternions that are not of length 1, positions beyond FARTHEST_M.
    """
    text = _read_text(path)
    if not text.endswith("\n"):
        raise InputError(f"{path}: ends in the middle of a line: cut short?" if text else f"{path}: is empty")
    first, *lines = text.splitlines()
    columns = tuple(first.split(","))
    missing = [name for name in required if name not in columns]
    if missing:
        more = f" (and {len(missing) - 1} more)" if len(missing) > 1 else ""
        raise InputError(f"{path}: column {missing[0]!r} is missing{did_you_mean(missing[0], columns)}{more}")
    if not lines:
        raise InputError(f"{path}: has no rows")
    data = _values(lines, columns, path)
    _check_flight(columns, data, path)
    return columns, data


def _values(lines: Sequence[str], columns: Sequence[str], path: Path) -> NDArray[np.float64]:
    """The cells (rows, columns) as numbers. Raises InputError, naming line and column."""
    data = np.empty((len(lines), len(columns)))
    for row, line in enumerate(lines):
        cells = line.split(",")
        if len(cells) != len(columns):
            raise InputError(f"{path}: line {row + 2} has {len(cells)} values where the header names {len(columns)}")
        try:
            data[row] = cells
        except ValueError:
            data[row] = [
                _number(cell, f"{path}: line {row + 2}, column {columns[i]!r}") for i, cell in enumerate(cells)
            ]
    return data


def _check_flight(columns: Sequence[str], data: NDArray[np.float64], path: Path) -> None:
    """Raise InputError for values (rows, columns) that no flight has."""
    bad = np.argwhere(~np.isfinite(data))
    if len(bad):
        row, column = bad[0]
        raise InputError(f"{path}: line {row + 2}, column {columns[column]!r} is {data[row, column]}, not a number")
    time_s = data[:, columns.index("time_s")]
    if np.any(np.diff(time_s) <= 0):
        raise InputError(f"{path}: column 'time_s' does not rise from row to row")
    if np.any(np.diff(time_s) > LONGEST_GAP_S) or not 0 <= time_s[0] <= time_s[-1] <= LONGEST_S:
        raise InputError(
            f"{path}: column 'time_s' must go from 0 or later to {LONGEST_S:.0f} at most, in steps of at most "
            f"{LONGEST_GAP_S:g} s"
        )
    with np.errstate(over="ignore"):
        lengths = np.linalg.norm(data[:, [columns.index(name) for name in ("qx", "qy", "qz", "qw")]], axis=1)
    if np.any(np.abs(lengths - 1.0) > 0.01):
        row = int(np.argmax(np.abs(lengths - 1.0) > 0.01))
        raise InputError(f"{path}: line {row + 2}: qx, qy, qz, qw are no attitude (length {lengths[row]:.3g}, not 1)")
    for name in ("x_m", "y_m", "z_m"):
        if np.any(np.abs(data[:, columns.index(name)]) > FARTHEST_M):
            raise InputError(f"{path}: column {name!r} reaches beyond {FARTHEST_M:.0f} m: not a model's flight")
    beyond = np.argwhere(np.abs(data) > MOST)
    if len(beyond):
        row, column = beyond[0]
        raise InputError(
            f"{path}: line {row + 2}, column {columns[column]!r} is {data[row, column]:g}: not a model's flight"
        )


def _number(cell: str, where: str) -> float:
    try:
        return float(cell)
    except ValueError:
        raise InputError(f"{where} is {cell!r:.40}, not a number") from None


def plain(value: Any) -> Any:
    """A copy JSON can hold: numpy numbers and arrays as Python's, tuples as lists, non-finite numbers as null."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return str(value) if isinstance(value, Path) else value
