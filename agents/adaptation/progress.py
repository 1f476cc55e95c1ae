"""What is under way, on a terminal."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn


@contextlib.contextmanager
def working(console: Console, what: str) -> Generator[Callable[[float], None]]:
    """A live line `what`, gone at its end; nothing where the console is no terminal.

    Yields what may be called with the seconds of flight so far.
    """
    columns = (
        TextColumn("{task.description}", markup=False),
        TimeElapsedColumn(),
        TextColumn("{task.fields[flown]}", markup=False),
        BarColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=None, flown="")
        yield lambda seconds: bar.update(task, flown=f"{seconds:.0f} s flown")
