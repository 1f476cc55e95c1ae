"""How far a batch of flights is, on a terminal."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from agents.evaluation.flight_test import Flight


@contextlib.contextmanager
def flying_bar(console: Console, flights: int, what: str = "flying") -> Generator[Callable[[Flight], None]]:
    """A bar of `flights` flights under the words `what`, gone at its end; nothing where the console is no terminal.

    Yields what is to be called as each flight ends, as `FlightTest.fly` does.
    """
    # Without markup: `what` may hold a pilot's name. The last columns are the first that a narrow terminal cuts.
    columns = (TextColumn("{task.description}", markup=False), MofNCompleteColumn(), TimeRemainingColumn(), BarColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        flown = bar.add_task(what, total=flights)
        yield lambda _: bar.advance(flown)
