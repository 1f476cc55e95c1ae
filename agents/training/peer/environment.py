"""The peer's own Python environment: made once in the user's folder of caches, and never mixed with this project's.

PyFlyt wants NumPy 1, this project NumPy 2. Bullet, Gymnasium, stable-baselines3 and PyTorch are of the same versions
on both sides, so that what differs is the environments.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from envs.base.kernel_cache import user_cache

PEER = "PyFlyt==0.29.0"
ITS_OWN = ("numpy<2", "numba", "scipy", "pettingzoo", "pyyaml")
"""What PyFlyt asks for beside Bullet and Gymnasium, which are taken as they are here."""
SHARED = ("gymnasium", "stable-baselines3", "torch")
BULLETS = ("pybullet", "pybullet-arm64")
NEWEST_PYTHON = (3, 12)  # the newest that NumPy 1 has builds for
KEPT = 2  # environments that stay on disk, of more than a gigabyte each
LIMIT_S = 3600  # for one command of the installation


class PeerError(Exception):
    """The peer cannot be measured; one line says why."""


def requirements() -> list[str]:
    """What is installed for the peer besides itself, as pip reads it. Raises PeerError where Bullet is not here."""
    same = [f"{name}=={importlib.metadata.version(name)}" for name in SHARED]
    for bullet in BULLETS:
        try:
            return [*ITS_OWN, *same, f"{bullet}=={importlib.metadata.version(bullet)}"]
        except importlib.metadata.PackageNotFoundError:
            continue
    raise PeerError("Bullet was not installed by pip, so its version is not known")


def peer_python(report: Callable[[str], object] = print, home: Path | None = None) -> Path:
    """The Python of the peer's environment, made first where there is none.

    `home` is the folder of such environments, None the user's; `report` is told before the minutes it takes. Raises
    PeerError where it cannot be made; nothing is left behind then.
    """
    if sys.version_info[:2] > NEWEST_PYTHON:
        raise PeerError(
            f"{PEER} needs NumPy 1, which has no build for Python {sys.version_info[0]}.{sys.version_info[1]}"
        )
    wanted = requirements()
    digest = hashlib.sha256("\n".join([PEER, *wanted, sys.version, sys.base_prefix]).encode()).hexdigest()[:12]
    try:
        home = home or user_cache() / "peers"
        folder = home / f"pyflyt-{digest}"
        if not _python_of(folder).exists():
            home.mkdir(parents=True, exist_ok=True)
            report(f"installing {PEER} apart from this project, in {folder} (1 to 2 GB, minutes) ...")
            _make(folder, wanted)
            _tidy(home, folder)
    except (OSError, RuntimeError) as error:  # a full disk, a user without a home
        raise PeerError(f"its environment cannot be made ({error})") from None
    return _python_of(folder)


def _python_of(folder: Path) -> Path:
    return folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def _make(folder: Path, wanted: Sequence[str]) -> None:
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".part-") as scratch:
        made = Path(scratch) / "peer"
        _run([sys.executable, "-m", "venv", str(made)])
        # Only builds: where Bullet or NumPy has none, compiling them would take an hour, or fail in many lines.
        install = [str(_python_of(made)), "-m", "pip", "install", "--only-binary=:all:", "--no-input", "--retries=1"]
        _run([*install, *_torch_index(), *wanted])
        _run([*install, "--no-deps", PEER])
        if not _python_of(folder).exists():  # another process may have been faster
            made.rename(folder)  # whole at once: an interrupted installation is never taken for one


def _torch_index() -> list[str]:
    """Where PyTorch's builds with a mark in their version, as 2.13.0+cpu, come from."""
    _, _, mark = importlib.metadata.version("torch").partition("+")
    return [f"--extra-index-url=https://download.pytorch.org/whl/{mark}"] if mark else []


def _run(command: Sequence[str]) -> None:
    """Run a command of the installation; raises PeerError with its complaint if it fails."""
    isolated = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", env=isolated, timeout=LIMIT_S, check=False
        )
    except subprocess.TimeoutExpired:
        raise PeerError(f"cannot be installed: not done after {LIMIT_S} s") from None
    if done.returncode:
        lines = [line.strip() for line in (done.stderr or done.stdout).splitlines() if line.strip()]
        said = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")] or lines
        last = said[-1] if said else f"pip ends with {done.returncode}"
        cause = " (no network, or none for this machine)" if "No matching distribution" in last else ""
        raise PeerError(f"cannot be installed: {last}{cause}")


def _tidy(home: Path, newest: Path) -> None:
    others = sorted((path for path in home.glob("pyflyt-*") if path != newest), key=lambda path: path.stat().st_mtime)
    for stale in others[: len(others) + 1 - KEPT]:
        shutil.rmtree(stale, ignore_errors=True)
