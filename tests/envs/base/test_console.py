"""Tables on narrow terminals: no number is cut, no word is lost."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.table import Table

from agents.commands.performance import report_performance
from agents.commands.sheets.hangar import show_hangar
from agents.evaluation.study import Learned, print_study, study_table
from envs.base.console import plain_console, print_table


def printed(width: int, show: Any) -> str:
    out = io.StringIO()
    show(plain_console(file=out, width=width, force_terminal=True, color_system=None))
    return out.getvalue()


def study(console: Any) -> None:
    seeds = [Learned("runs/x", "ultra_stick", seed, 1_234_567, 12_345, 299, 300) for seed in range(3)]
    print_study(study_table(seeds), console)


SHOWN = {
    "hangar": lambda console: show_hangar([], console=console),
    "performance": lambda console: report_performance("ultra_stick", console=console),
    "study": study,
}


@pytest.mark.parametrize("command", SHOWN)
@pytest.mark.parametrize("width", [40, 60])
def test_a_narrow_terminal_shows_every_figure_whole(command: str, width: int) -> None:
    wide, narrow = printed(200, SHOWN[command]), printed(width, SHOWN[command])
    assert "…" not in wide + narrow
    tables = [line for line in narrow.splitlines() if not line.startswith("steps, flights: ")]  # a note, soft-wrapped
    assert max(map(len, tables)) <= width
    figures = {word for word in wide.split() if word[-1].isdigit()}
    assert len(figures) >= 5
    assert figures <= set(narrow.split())


def test_a_table_that_fits_is_one_and_one_that_does_not_repeats_its_first_column() -> None:
    table = Table(box=None, pad_edge=False, title="speeds", title_justify="left")
    table.add_column("name", no_wrap=True)
    for head in ("first", "second", "third"):
        table.add_column(head, justify="right")
    table.add_row("[red] one", "1.25", "2.50", "10.75")
    table.add_row("two", "1.00", "", "3.00")
    assert printed(40, lambda console: print_table(table, console)).splitlines()[1].split() == [
        *("name", "first", "second", "third")
    ]
    lines = printed(25, lambda console: print_table(table, console)).splitlines()
    assert [line.split() for line in lines] == [
        ["speeds"],
        ["name", "first", "second"],
        ["[red]", "one", "1.25", "2.50"],
        ["two", "1.00"],
        ["name", "third"],
        ["[red]", "one", "10.75"],
        ["two", "3.00"],
    ]
