"""Where compiled kernels lie: in the user's folder of caches, one place for each state of the source.

numba re-uses a cached kernel even when a file that it calls into has changed, and loses all of them when the project is
installed again elsewhere. So each file of kernels gets a folder here that is named after its module and a digest of
every file it imports, itself or by others: a changed file never flies stale, and an equal one is not compiled again.
"""

from __future__ import annotations

import contextlib
import functools
import getpass
import hashlib
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import llvmlite.binding
import numba
import numba.core.caching
import numba.core.config
import numba.core.dispatcher

_ROOT = Path(__file__).resolve().parents[2]
NAME = "maiden-flight"
KEPT = 8  # states of a file of kernels whose compiled ones stay on disk

_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+((?:envs|agents)[\w.]*)[ \t]+import[ \t]+(\([^)]*\)|.*)|import[ \t]+((?:envs|agents)[\w.]*))",
    re.MULTILINE,
)


def imported(source: Path, root: Path = _ROOT) -> set[Path]:
    """The file, and all of the project's (below `root`) that it imports, themselves or by others."""
    found, new = set[Path](), [source]
    while new:
        path = new.pop()
        if path in found:
            continue
        found.add(path)
        for package, names, module in _IMPORT.findall(path.read_text(encoding="utf-8")):
            place = root.joinpath(*(package or module).split("."))
            for stem in (place, *(place / name for name in re.findall(r"\w+", names))):
                new += [file for file in (stem.with_suffix(".py"), stem / "__init__.py") if file.is_file()]
    return found


@functools.cache
def source_digest(source: Path, root: Path = _ROOT) -> str:
    """12 hex digits that change with any file of `imported`, with numba, and with the processor compiled for."""
    processor = f"{llvmlite.binding.get_host_cpu_name()} {llvmlite.binding.get_host_cpu_features().flatten()}"
    digest = hashlib.sha256(f"{numba.__version__} {processor}".encode())
    for path in sorted(imported(source, root)):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def kernel_folder(home: Path, source: Path, root: Path = _ROOT) -> Path:
    """The folder of the compiled kernels of a file; not made."""
    module = ".".join(source.relative_to(root).with_suffix("").parts)
    return home / f"{module}-{source_digest(source, root)}"


def tidy(folder: Path) -> None:
    """Take away all but the KEPT youngest states of the file of kernels that a folder belongs to."""
    kind = folder.name.rsplit("-", 1)[0]
    by_age = sorted(folder.parent.glob(f"{kind}-*"), key=lambda path: path.stat().st_mtime)
    for stale in by_age[:-KEPT]:
        shutil.rmtree(stale, ignore_errors=True)


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
    return path if os.access(path, os.W_OK) else None


def user_cache() -> Path:
    """The user's folder for what this project can make again; not made. Raises RuntimeError for one without a home."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / NAME
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / NAME
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / NAME


def _homes() -> Iterator[Path]:
    with contextlib.suppress(OSError, RuntimeError):  # a user without a home
        yield user_cache() / "kernels"
    with contextlib.suppress(OSError):  # a machine without any folder for temporary files
        user = str(os.getuid()) if hasattr(os, "getuid") else getpass.getuser()
        yield Path(tempfile.gettempdir()) / f"{NAME}-{user}"


def first_private(homes: Iterable[Path]) -> Path | None:
    """The first folder that can be had for this user alone; None if none can."""
    return next((home for home in map(private_folder, homes) if home), None)


HOME = Path(os.environ["NUMBA_CACHE_DIR"]) if os.environ.get("NUMBA_CACHE_DIR") else first_private(_homes())
"""Where compiled kernels lie on this machine; None where no folder for them can be written."""


@functools.cache
def keep_kernels_in(home: Path | None) -> None:
    """Tell numba where compiled kernels lie; with None they are compiled anew at every start, which takes a minute.

    Every room of kernels says so when it is imported, whichever comes first; said again it does nothing.
    """
    if home is None:  # where nothing can be written, numba would refuse to compile at all
        numba.core.dispatcher.Dispatcher.enable_caching = lambda _: None  # type: ignore[method-assign]
        return
    numba.core.config.CACHE_DIR = str(home)  # pyright: ignore[reportAttributeAccessIssue]
    caching: Any = numba.core.caching
    base = getattr(caching, "UserProvidedCacheLocator", None) or caching._UserProvidedCacheLocator

    class ByContent(base):
        """numba's locator of kernels in one folder, but for where in it: by module and digest, not by path."""

        def __init__(self, function: Any, file: str) -> None:
            super().__init__(function, file)
            source = Path(file).resolve()
            if source.is_relative_to(_ROOT) and source.relative_to(_ROOT).parts[0] in ("envs", "agents"):
                folder = kernel_folder(home, source)
                if not folder.exists():
                    folder.mkdir(parents=True, exist_ok=True)
                    tidy(folder)
                self._cache_path = str(folder)

    impl = getattr(caching, "CacheImpl", None) or caching._CacheImpl
    impl._locator_classes.insert(0, ByContent)
