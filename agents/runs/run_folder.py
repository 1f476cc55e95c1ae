"""The folder of a run. What is written into it gets its name only when it is complete, so nothing is half-written."""

from __future__ import annotations

import contextlib
import io
import json
import math
import os
import shutil
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import Any

from envs.base.errors import InputError
from envs.base.files import write_atomically

try:
    import fcntl
except ImportError:
    fcntl = None

HALF_FILE = ".*.part*"
"""What `envs.base.files.replacing` calls a file still being written."""
BESIDE = ".writing"
"""Ends the name of a folder still being written. A killed process leaves it behind; resuming the run removes it."""


def write_json(path: Path, data: Mapping[str, Any]) -> None:
    """Write `data` as JSON, whole or not at all. Numbers that are not finite become null, as JSON knows no NaN.

    Raises InputError where the file cannot be written.
    """
    write_atomically(path, json.dumps(_finite(data), indent=2, allow_nan=False) + "\n")


def write_bytes(path: Path, save: Callable[[io.BytesIO], object]) -> None:
    """Write what `save` writes into a file in memory.

    Of a full disk torch's own writers say no more than that they failed, and not always that; here it is an OSError.
    """
    buffer = io.BytesIO()
    save(buffer)
    path.write_bytes(buffer.getbuffer())


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
    except (
        OSError,
        ValueError,
        RecursionError,
    ):  # no text, no JSON, or nested too deeply
        raise InputError(f"{path}: cannot be read as JSON; it is broken or not ours") from None
    if not isinstance(data, dict):
        raise InputError(f"{path}: must hold a JSON object")
    return data


@contextlib.contextmanager
def write_folder(path: Path) -> Generator[Path]:
    """A new folder to fill; it takes the place of `path` when the block ends without an exception.

    What was at `path` is removed only when the new one stands there. An OSError in the block becomes an InputError that
    names `path`.
    """
    beside, before = path.with_name(path.name + BESIDE), path.with_name(f"{path.name}.before{BESIDE}")
    try:
        for folder in (beside, before):
            shutil.rmtree(folder, ignore_errors=True)
        beside.mkdir(parents=True)
        yield beside
        if path.exists():
            path.rename(before)
        beside.rename(path)
        shutil.rmtree(before, ignore_errors=True)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror or type(error).__name__})") from None
    finally:
        shutil.rmtree(beside, ignore_errors=True)  # on a full disk what is half written is in the way


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
        if path.is_file() or (path.is_dir() and not all(found.match(HALF_FILE) for found in path.iterdir())):
            raise InputError(f"{path}: already exists; name a new folder, or continue with --resume {path}")
        try:
            path.mkdir(parents=True, exist_ok=path.is_dir())
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
        with run.alone():  # what another process is writing is not half-written
            run.clear()
        return run

    def clear(self) -> None:
        """Remove what a killed process left half-written."""
        for beside in [*self.path.rglob(f"*{BESIDE}"), *self.path.rglob(HALF_FILE)]:
            if beside.is_dir():
                shutil.rmtree(beside)
            else:
                beside.unlink(missing_ok=True)

    @contextlib.contextmanager
    def alone(self) -> Generator[None]:
        """Keep every other process from training in this folder; the system ends that when the process ends.

        Raises InputError if another has it. On systems without `flock` (Windows) nothing is kept.
        """
        if fcntl is None:
            yield
            return
        held = os.open(self.path, os.O_RDONLY)
        try:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise InputError(
                    f"{self.path}: another process is training in this folder; wait for it, or name another folder"
                ) from None
            except OSError:  # a file system that knows no locks
                pass
            yield
        finally:
            os.close(held)
