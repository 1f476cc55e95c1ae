"""What runs the workers of a study: processes on this machine; `agents.tuning.ray_engine` uses a Ray cluster."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import FrameType
from typing import Protocol

from agents.tuning.worker import Plan, work

STOP_SECONDS = 10.0


class Engine(Protocol):
    """Starts workers and says which of them ended. The workers themselves write to the study's storage."""

    def start(self, plan: Plan, name: str) -> None:
        """Start one worker."""
        ...

    def ended(self) -> dict[str, str]:
        """{worker: why} of those that ended since the last call; '' for one that found nothing more to do."""
        ...

    def running(self) -> int:
        """How many workers have not ended."""
        ...

    def stop(self) -> list[str]:
        """End all workers, so that what they train is lost, and return their names."""
        ...

    def close(self) -> None:
        """Give back what the engine itself holds."""
        ...


class ProcessEngine:
    """Runs each worker in a process of its own; its output goes to workers/NAME.log in the study's folder."""

    def __init__(self) -> None:
        # Not forked: a copy of a process with torch's threads and open databases may hang.
        self._context = multiprocessing.get_context("spawn")
        self._processes: dict[str, BaseProcess] = {}

    def start(self, plan: Plan, name: str) -> None:
        """Start a process that trains trials of the plan."""
        process = self._context.Process(target=_work_in_process, args=(plan, name), name=name)
        process.start()
        self._processes[name] = process

    def ended(self) -> dict[str, str]:
        """{worker: why} of the processes that ended since the last call; why is '' after a clean end."""
        gone = {name: process for name, process in self._processes.items() if process.exitcode is not None}
        for name in gone:
            del self._processes[name]
        return {name: _why(process.exitcode or 0) for name, process in gone.items()}

    def running(self) -> int:
        """How many processes have not ended."""
        return len(self._processes)

    def stop(self) -> list[str]:
        """Terminate all processes, kill those that do not obey within STOP_SECONDS, and return their names."""
        for process in self._processes.values():
            process.terminate()
        for process in self._processes.values():
            process.join(STOP_SECONDS)
            if process.exitcode is None:
                process.kill()
                process.join()
        names = list(self._processes)
        self._processes.clear()
        return names

    def close(self) -> None:
        """Do nothing: this engine holds nothing beside its workers."""


def _why(code: int) -> str:
    if code == 0:
        return ""
    if code > 0:
        return f"it broke down (exit code {code})"
    often = ", often out of memory" if code == -signal.SIGKILL else ""
    return f"it was killed (signal {-code}{often})"


def _work_in_process(plan: Plan, name: str) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole process group; the parent decides
    signal.signal(signal.SIGTERM, _leave)
    log = plan.folder / "workers" / f"{name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    _write_output_to(log)
    work(plan, name)


def _leave(number: int, _: FrameType | None) -> None:
    """Ends the training by an exception, so that its environments are closed."""
    sys.exit(128 + number)


def _write_output_to(path: Path) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(file, stream)
    os.close(file)
