"""The folder of a run. What is written into it gets its name only when it is complete, so nothing is half-written."""

from __future__ import annotations

import contextlib
import json
import math
import shutil
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any

from envs.base.errors import InputError
from envs.base.files import write_atomically

BESIDE = ".writing"
"""Ends the name of a folder still being written. A killed process leaves it behind; resuming the run removes it."""


def write_json(path: Path, data: Mapping[str, Any]) -> None:
    """Write `data` as JSON, whole or not at all. Numbers that are not finite become null, as JSON knows no NaN.

    Raises InputError where the file cannot be written.
    """
    write_atomically(path, json.dumps(_finite(data), indent=2, allow_nan=False) + "\n")


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _finite(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def read_json(path: Path) -> dict[str, Any]:
    """The mapping in a JSON file. Raises InputError, one line, if it is missing, broken or no mapping."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except (OSError, UnicodeDecodeError, json.JSONDecodeError):
        raise InputError(f"{path}: cannot be read as JSON; it is broken or not ours") from None
    if not isinstance(data, dict):
        raise InputError(f"{path}: must hold a JSON object")
    return data


@contextlib.contextmanager
def write_folder(path: Path) -> Generator[Path]:
    """A new folder to fill; it takes the place of `path` when the block ends without an exception."""
    beside = path.with_name(path.name + BESIDE)
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    yield beside
    shutil.rmtree(path, ignore_errors=True)
    beside.rename(path)


class RunFolder:
    """The paths of one run: config.yaml, progress.csv, checkpoints/, bundle/, flights/, evaluation.json."""

    def __init__(self, path: Path):
        self.path = path
        self.config = path / "config.yaml"
        self.progress = path / "progress.csv"
        self.checkpoints = path / "checkpoints"
        self.bundle = path / "bundle"
        self.flights = path / "flights"
        self.evaluation = path / "evaluation.json"

    @classmethod
    def create(cls, path: Path | None, name: str) -> RunFolder:
        """Make the folder of a new run at `path`, or at the first free runs/NAME-NUMBER.

        Raises InputError if `path` is taken or cannot be made.
        """
        if path is None:
            for number in range(1, 100_000):
                path = Path("runs") / f"{name}-{number}"
                with contextlib.suppress(FileExistsError):
                    path.mkdir(parents=True)
                    return cls(path)
        assert path is not None
        if path.is_file() or (path.is_dir() and any(path.iterdir())):
            raise InputError(f"{path}: already exists; name a new folder, or continue with --resume {path}")
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"{path}: cannot be made ({error.strerror})") from None
        return cls(path)

    @classmethod
    def to_resume(cls, path: Path) -> RunFolder:
        """The unfinished run at `path`, cleared of half-written files. Raises InputError, one line."""
        run = cls(path)
        if not path.is_dir():
            raise InputError(f"{path}: no such run folder")
        if not run.config.is_file():
            raise InputError(f"{path}: not a run folder (no config.yaml)")
        if run.evaluation.is_file():
            raise InputError(f"{path}: this run is finished; start a new one, with its config.yaml if you like")
        for beside in [*path.glob(f"*{BESIDE}"), *run.checkpoints.glob(f"*{BESIDE}")]:
            shutil.rmtree(beside)
        return run
