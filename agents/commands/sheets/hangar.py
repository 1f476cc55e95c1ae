"""What scripts/hangar.py does, after the command line is read."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from agents.command_line import writable_file
from envs.aircraft.aircraft import load_aircraft
from envs.base.config_file import names_of
from envs.base.console import plain_console
from envs.rendering.names import check_ending
from envs.rendering.sheets.hangar_facts import hangar_facts, print_hangar


def show_hangar(names: Sequence[str], *, picture_file: str | None = None, console: Console | None = None) -> int:
    """Print the aircraft of configs/aircraft (or those named, or paths) and draw them; the exit code 0.

    Raises InputError, one line, before anything is written.
    """
    console = console or plain_console()
    if not console.is_terminal:
        console.width = 150  # into a file or pipe: lines as wide as the table
    picture_path = writable_file(picture_file)
    if picture_path:
        check_ending(picture_path)
    aircraft = [load_aircraft(name) for name in names or names_of("aircraft")]
    facts = [hangar_facts(item) for item in aircraft]
    print_hangar(facts, console)
    if picture_path:
        from envs.rendering.sheets.hangar_picture import draw_hangar

        draw_hangar(aircraft, facts, picture_path)
        console.print(f"written to {picture_path}", highlight=False, soft_wrap=True, markup=False)
    return 0


def show_discrepancies(name: str = "ultra_stick", *, picture_file: str, console: Console | None = None) -> int:
    """Draw an aircraft with each discrepancy and print what each is on it; the exit code 0.

    Raises InputError, one line, before anything is written.
    """
    console = console or plain_console()
    if not console.is_terminal:
        console.width = 150
    picture_path = writable_file(picture_file)
    assert picture_path is not None
    check_ending(picture_path)
    aircraft = load_aircraft(name)
    from envs.rendering.sheets.discrepancy_picture import draw_discrepancies

    cells = draw_discrepancies(aircraft, picture_path)
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    for heading in ("discrepancy", "severity", f"at the upper end, on {aircraft.name}"):
        table.add_column(heading)
    for cell in cells:
        words = ", ".join(cell.words) or f"not on this aircraft: {cell.reason}"
        table.add_row(cell.name, f"{cell.low:g} to {cell.high:g}", Text(words))
    console.print(table)
    console.print(f"written to {picture_path}", highlight=False, soft_wrap=True, markup=False)
    return 0
