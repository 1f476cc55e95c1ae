"""The first flight on a machine: its kernels are compiled, in two processes at once, and a line says so."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numba import typeof

from envs.base.kernel_cache import HOME, kernel_folder
from envs.physics.kernels import dynamics
from envs.physics.kernels.coefficients import whole_aircraft_wrench
from envs.physics.kernels.propulsion import propulsion_wrench
from envs.physics.kernels.records import GUST_NORMALS, PARAMETERS, new_state
from envs.physics.kernels.surfaces import airframe_wrench

SECONDS = 15
"""What it takes on two idle cores, about."""
OTHERS = """
from envs.physics.compiling import compile_each, flying_parts
compile_each(flying_parts())
print("the parts are ready", flush=True)
from envs.physics.assembly import calibration
from envs.physics.world import World
World.advance = calibration.airframe_wrench = lambda *_: None
from envs.flight_env import FlightEnv
FlightEnv().reset(seed=0)
"""
"""What the other process does: it compiles the parts, says so, and begins a flight without what `flying_kernels` are
for, and so compiles the rest, which reads."""


def is_compiled() -> bool:
    """Whether the kernels that fly lie in the cache."""
    return HOME is not None and any(kernel_folder(HOME, Path(dynamics.__file__)).glob("dynamics.fly_free-*.nbi"))


def flying_kernels() -> dict[Any, tuple[Any, ...]]:
    """Each kernel that flies, and what it is called with (calibration.py, world.py); they call the same functions.

    The first calls none of `flying_parts`, so it need not wait for them.
    """
    P, S, sticks, part = np.zeros(1, PARAMETERS), new_state(), 6 * (0.0,), 0
    three, four = (0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0)
    return {
        airframe_wrench: (P, S, np.zeros(3), np.zeros(3), False, np.zeros(6)),
        dynamics.fly_free: (P, S, *sticks, np.zeros(GUST_NORMALS)),
        dynamics.substep_wrench: (three, four, three, three, P, S, part),
    }


def flying_parts() -> dict[Any, tuple[Any, ...]]:
    """What `fly_free` and `substep_wrench` call that takes longest to compile, likewise: found in the cache by both."""
    p, s, eight = np.zeros(1, PARAMETERS)[0], new_state()[0], 8 * (0.0,)
    return {kernel: (p, s, *eight) for kernel in (whole_aircraft_wrench, propulsion_wrench)}


def compile_each(kernels: dict[Any, tuple[Any, ...]]) -> None:
    """Compile kernels for arguments like those beside them."""
    for kernel, arguments in kernels.items():
        kernel.compile(tuple(typeof(argument) for argument in arguments))


def compile_kernels() -> None:
    """Compile what flies and reads, unless that has been done on this machine, and say so on the error output.

    Returns when all of it is in the cache. A worker process says nothing and compiles what it needs when it does.
    """
    if is_compiled() or multiprocessing.parent_process() is not None or os.environ.get(AT_WORK):
        return
    with _told("once for this machine" if HOME else "each time, for no folder for them can be written"):
        other = _start(OTHERS) if HOME is not None and (os.cpu_count() or 1) > 1 else None
        try:
            (without_parts, arguments), *others = flying_kernels().items()
            compile_each({without_parts: arguments})
            if other is not None and other.stdout is not None:
                other.stdout.readline()  # the parts lie in the cache, or will not come: the process has failed
            compile_each(dict(others))
            if other is not None:
                other.wait()  # should it have failed, what it did not compile is compiled when it is needed
        finally:
            if other is not None:
                other.kill()
                other.communicate()


AT_WORK = "MAIDEN_FLIGHT_COMPILES"
"""Set in the environment of the other process, which must not start one in its turn."""


def _start(program: str) -> subprocess.Popen[bytes]:
    """A Python process of this project; what it prints can be read."""
    root = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    quiet = subprocess.DEVNULL
    return subprocess.Popen(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": path, AT_WORK: "1"},
        stdin=quiet,
        stdout=subprocess.PIPE,
        stderr=quiet,
    )


@contextmanager
def _told(kept: str) -> Generator[None]:
    """A line on the error output while a block runs; on a terminal it counts the seconds."""
    line, out, done = (
        f"compiling the flight kernels ({kept}; about {SECONDS} s on two idle cores)",
        sys.stderr,
        threading.Event(),
    )
    if out is None:
        yield
        return
    begun = time.monotonic()
    out.write(line if out.isatty() else f"{line}\n")
    out.flush()

    def count() -> None:
        while not done.wait(1.0):
            out.write(f"\r{line}: {time.monotonic() - begun:.0f} s")
            out.flush()

    counting = threading.Thread(target=count, daemon=True)
    if out.isatty():
        counting.start()
    try:
        yield
    finally:
        done.set()
        if out.isatty():
            counting.join()
            out.write(f"\r{line}: took {time.monotonic() - begun:.0f} s\n")
            out.flush()
