"""The console that commands print to: what a user calls things is printed as it is."""

from __future__ import annotations

import copy
import dataclasses
from typing import Any

from rich.console import Console
from rich.table import Column, Table

GAP = 2
"""Characters between two columns of a table without a frame (two of padding, none at its edges)."""


class PlainConsole(Console):
    """A rich Console that leaves a reader who has gone to `envs.base.errors.run_command`, as `print` does."""

    def on_broken_pipe(self) -> None:
        """Raise BrokenPipeError; rich itself would end the process with status 1."""
        raise BrokenPipeError


def plain_console(**settings: Any) -> Console:
    """A rich Console to which `[red]` and `:smile:` in a name or a title are text, not a colour and a picture.

    Without this a title with `[/]` ends the command in a traceback. Text that shall have a style is a rich Text.
    """
    return PlainConsole(markup=False, emoji=False, **settings)


def print_table(table: Table, console: Console) -> None:
    """Print a table without a frame, on a narrow terminal as several below each other: no number is ever cut.

    Each has the first column and as many of the others as fit: numbers, which stand on the right, whole, and words
    folded between them.
    """
    columns = [_uncut(column, table, console) for column in table.columns]
    first, *others = columns
    parts: list[list[Column]] = [[first]]
    for column in others:
        if len(parts[-1]) > 1 and _width([*parts[-1], column]) > console.width:
            parts.append([first])
        parts[-1].append(column)
    for number, part in enumerate(parts):
        shown = copy.copy(table)
        spare, shown.columns = console.width - _width(part), []
        for index, column in enumerate(part):  # rich itself may take too much of one column and too little of another
            least = column.min_width or 0
            width = least + max(0, min(spare, (column.max_width or least) - least))
            spare -= width - least
            shown.columns.append(dataclasses.replace(column, _index=index, width=width, min_width=None, max_width=None))
        shown.title = table.title if number == 0 else None
        console.print(shown, highlight=False)


def _uncut(column: Column, table: Table, console: Console) -> Column:
    """The column, never narrower than its longest word, and where it holds numbers than its longest cell."""
    wide = console.options.update(width=10_000)
    cells = [*([column.header] if table.show_header else []), *column.cells]
    measured = [console.measure(cell, options=wide) for cell in cells]
    whole = column.no_wrap or column.justify == "right"  # as numbers stand
    least = max((one.maximum if whole else one.minimum for one in measured), default=0)
    most = max((one.maximum for one in measured), default=0)
    return dataclasses.replace(column, no_wrap=whole, min_width=least, max_width=most)


def _width(columns: list[Column]) -> int:
    return sum(column.min_width or 0 for column in columns) + GAP * (len(columns) - 1)
