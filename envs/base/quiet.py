"""Keeping C code quiet while it is imported."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Generator


@contextlib.contextmanager
def quiet_output() -> Generator[None]:
    """Drop what C code prints on the error output: pybullet announces its build time past Python's sys.stderr."""
    try:
        kept = os.dup(2)
    except OSError:  # no such output to keep quiet
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(nowhere)
        os.close(kept)
