"""Files that are never half-written: write beside the place, then rename."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Generator
from pathlib import Path

from envs.base.errors import InputError

LEAST_BYTES = 1_000_000
"""With less room on the disk than this, it is what stopped a writer."""


def is_file(path: Path) -> bool:
    """Whether there is a plain file. Raises InputError for a path that the machine refuses, as one too long for it."""
    try:
        return path.is_file()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None


@contextlib.contextmanager
def replacing(path: Path) -> Generator[Path]:
    """A file name beside `path`, same ending, to write to; it takes `path`'s place if the block ends well.

    Makes the folder. An OSError in the block becomes an InputError that names `path`.
    """
    beside = path.with_name(f".{path.stem}.{os.getpid()}.part{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield beside
        os.replace(beside, path)
    except OSError as error:
        reason = error.strerror or (str(error).splitlines() or [type(error).__name__])[-1]
        raise InputError(f"{path}: cannot be written ({reason})") from None
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)


def write_fault(path: Path, words: str) -> OSError:
    """The error of a writer of others' that failed to write `path` without a reason: no space if so, else `words`."""
    if shutil.disk_usage(path.parent).free < LEAST_BYTES:
        return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    return OSError(words)


def write_atomically(path: Path, text: str) -> None:
    """Write a text file, safely on disk before it takes its place."""
    with replacing(path) as beside, beside.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
