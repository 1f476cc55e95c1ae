"""The numba kernels that fly: two records (records.py) and the functions on them.

They are compiled once and cached on disk. numba re-uses a cached kernel when only a file that it calls into has
changed, so the cache gets one folder per state of the source. The folder is chosen here, so only where a kernel is
wanted: importing the rest of the project touches no disk.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from pathlib import Path

import numba.core.config

_HERE = Path(__file__).resolve().parent
_ENVS = _HERE.parents[1]


def _kernel_cache() -> str:
    source = b"".join(
        p.read_bytes() for p in [*sorted((_ENVS / "physics").rglob("*.py")), *sorted((_ENVS / "base").rglob("*.py"))]
    )
    name = "kernels-" + hashlib.sha256(source).hexdigest()[:12]
    for folder in (_HERE / "__pycache__", Path(tempfile.gettempdir()) / f"maiden-flight-{os.getuid()}"):
        try:
            (folder / name).mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder / name, os.W_OK):
            by_age = sorted(folder.glob("kernels-*"), key=lambda path: path.stat().st_mtime)
            for stale in by_age[:-8]:
                shutil.rmtree(stale, ignore_errors=True)
            return str(folder / name)
    return ""


if not os.environ.get("NUMBA_CACHE_DIR"):
    numba.core.config.CACHE_DIR = _kernel_cache()  # pyright: ignore[reportAttributeAccessIssue]
