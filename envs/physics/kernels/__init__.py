"""The numba kernels that fly: two records (records.py) and the functions on them.

They are compiled once and cached on disk. numba re-uses a cached kernel even when a file that it calls into has
changed, so the cache gets one folder per state of the source. The folder is chosen here, so only where a kernel is
wanted: importing the rest of the project touches no disk.
"""

from __future__ import annotations

import contextlib
import getpass
import hashlib
import multiprocessing
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import numba.core.config
import numba.core.dispatcher

_HERE = Path(__file__).resolve().parent
_ENVS = _HERE.parents[1]
SOURCES = (_ENVS / "physics", _ENVS / "base", _ENVS / "figures")
"""Folders that kernels come from or call into."""
KEPT = 8  # states of the source whose kernels stay on disk


def source_digest(folders: Iterable[Path]) -> str:
    """12 hex digits that change with any Python file in the folders or below."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def cache_folder(sources: Iterable[Path], homes: Iterable[Path]) -> Path | None:
    """The folder of compiled kernels for the present source, in the first home that can be written; None if none can.

    Makes it, and takes away all but the KEPT youngest of its kind.
    """
    name = f"kernels-{source_digest(sources)}"
    for home in homes:
        try:
            (home / name).mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(home / name, os.W_OK):
            by_age = sorted(home.glob("kernels-*"), key=lambda path: path.stat().st_mtime)
            for stale in by_age[:-KEPT]:
                shutil.rmtree(stale, ignore_errors=True)
            return home / name
    return None


def private_folder(path: Path) -> Path | None:
    """`path` as a folder that nobody but this user writes to, made if need be; None where it is another's.

    A cached kernel is code, and anyone may put a folder with a name like ours where temporary files lie.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if hasattr(os, "getuid"):
            if path.is_symlink() or path.stat().st_uid != os.getuid():
                return None
            path.chmod(0o700)
    except OSError:
        return None
    return path


def _homes() -> Iterator[Path]:
    yield _HERE / "__pycache__"
    with contextlib.suppress(OSError):  # a machine without any folder for temporary files
        user = str(os.getuid()) if hasattr(os, "getuid") else getpass.getuser()
        home = private_folder(Path(tempfile.gettempdir()) / f"maiden-flight-{user}")
        if home:
            yield home


def keep_kernels_in(folder: Path | None) -> None:
    """Tell numba where compiled kernels lie; with None they are compiled anew at every start, which takes a minute."""
    if folder is None:  # where nothing can be written, numba would refuse to compile at all
        numba.core.dispatcher.Dispatcher.enable_caching = lambda _: None  # type: ignore[method-assign]
    else:
        numba.core.config.CACHE_DIR = str(folder)  # pyright: ignore[reportAttributeAccessIssue]


def announce(folder: Path | None) -> None:
    """Say on the error output, once, that the kernels are about to be compiled: that takes longer than anything else.

    Nothing is said where compiled ones lie in the folder, nor by a worker process, whose parent has said it.
    """
    compiled = folder is not None and next(folder.rglob("*.nbi"), None) is not None
    if not compiled and multiprocessing.parent_process() is None and sys.stderr is not None:
        kept = "once for this machine" if folder else "each time, for no folder for them can be written"
        print(f"compiling the flight kernels ({kept}; about 20 s on an idle core)", file=sys.stderr, flush=True)


if not os.environ.get("NUMBA_CACHE_DIR"):
    _folder = cache_folder(SOURCES, _homes())
    keep_kernels_in(_folder)
    announce(_folder)
else:
    announce(Path(os.environ["NUMBA_CACHE_DIR"]))
