"""What a person sees of a training: the bar on the terminal, and progress.csv."""

from __future__ import annotations

import csv
import io
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from stable_baselines3.common.logger import KVWriter

from envs.base.files import write_atomically

SECONDS_BETWEEN_LINES = 10.0


def plain_number(value: Any) -> Any:
    """A number of NumPy or torch as Python's own, floats to seven digits; anything else as it is."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return value
    return int(value) if number.is_integer() and abs(number) < 2**53 else float(f"{number:.7g}")


class ProgressCsv(KVWriter):
    """progress.csv: a row an update, a column a value, in the order they first appeared.

    A row is appended at once; a new column rewrites the file. Reading it while training is safe.
    """

    COLUMN_FIRST = "time/total_timesteps"

    def __init__(self, path: Path, keep_until_step: int | None = None):
        """`keep_until_step`: go on with the file that is there, without the rows after this step."""
        self._path = path
        self._rows: list[dict[str, str]] = []
        if keep_until_step is not None and path.is_file():
            text = path.read_text(encoding="utf-8")
            # A row that a full disk or a lost machine cut short ends without a line's end.
            whole = io.StringIO(text[: text.rfind("\n") + 1])
            self._rows = [
                row for row in csv.DictReader(whole) if float(row.get(self.COLUMN_FIRST) or "inf") <= keep_until_step
            ]
        self._columns = list(dict.fromkeys([self.COLUMN_FIRST, *(name for row in self._rows for name in row)]))
        self._rewrite()

    @property
    def columns(self) -> tuple[str, ...]:
        """The names in the file so far."""
        return tuple(self._columns)

    def write(
        self,
        key_values: dict[str, Any],
        key_excluded: dict[str, tuple[str, ...]],
        step: int = 0,
    ) -> None:
        """Add a row, with new columns if there are new keys."""
        # "rollout/" is stable-baselines3's own count over a window; ours is per update, under "flights/".
        row = {key: str(plain_number(value)) for key, value in key_values.items() if not key.startswith("rollout/")}
        row[self.COLUMN_FIRST] = str(step)
        self._rows.append(row)
        new = [key for key in row if key not in self._columns]
        if new:
            self._columns += new
            self._rewrite()
        else:
            with self._path.open("a", newline="", encoding="utf-8") as file:
                csv.DictWriter(file, self._columns, restval="", lineterminator="\n").writerow(row)

    def _rewrite(self) -> None:
        text = io.StringIO()
        writer = csv.DictWriter(text, self._columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(self._rows)
        write_atomically(self._path, text.getvalue())

    def close(self) -> None:
        """Nothing is held open."""


class ProgressDisplay:
    """A bar with the time left, the success rate and the mean reward; without a terminal, a line every 10 s."""

    def __init__(self, console: Console, total_steps: int, done_steps: int = 0):
        self._console = console
        self._total, self._first = total_steps, done_steps
        self._started = self._last_line = time.monotonic()
        self._status = ""
        self._bar: Progress | None = None
        if console.is_terminal:
            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("steps"),
                TimeElapsedColumn(),
                TextColumn("left"),
                TimeRemainingColumn(),
                TextColumn("{task.fields[status]}"),
                console=console,
                refresh_per_second=4,
            )
            self._task = self._bar.add_task("training", total=total_steps, completed=done_steps, status="")

    def __enter__(self) -> ProgressDisplay:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(self, *exception: object) -> None:
        if self._bar:
            self._bar.stop()

    def show(self, steps: int, status: str) -> None:
        """Note where the training is; cheap enough for every update."""
        if self._bar:
            self._bar.update(self._task, completed=min(steps, self._total), status=status)
            return
        now = time.monotonic()
        if now - self._last_line >= SECONDS_BETWEEN_LINES or steps >= self._total:
            self._last_line = now
            rate = (steps - self._first) / max(now - self._started, 1e-9)
            left = (self._total - steps) / rate if rate > 0 else 0.0
            self.say(f"{steps:,} of {self._total:,} steps, {rate:,.0f} a second, {left:.0f} s left, {status}")

    def say(self, text: str) -> None:
        """A line that stays, above the bar."""
        self._console.print(text, highlight=False, soft_wrap=True, markup=False)
