"""A judge's score sheet as a table on a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from envs.flights.judging import Judged


def print_sheet(judged: Judged, console: Console) -> None:
    """Print a figure's mark, every downgrade in the order of time, and how far from the path it was flown."""
    sheet = judged.sheet
    console.print(f"{judged.title}: {sheet.score:.2f} of 10", style="bold", highlight=False)
    if sheet.zero:
        console.print(f"No points: {sheet.zero} (at {sheet.zero_time_s:.1f} s)", highlight=False, soft_wrap=True)
    if sheet.downgrades:
        console.print(_table(judged), highlight=False)
    elif not sheet.zero:
        console.print("No downgrade.", highlight=False)
    where = " (laid where it was flown: the log does not say where it was to be)" if judged.is_fitted else ""
    console.print(
        f"Flown from {sheet.start_s:.1f} to {sheet.end_s:.1f} s, {sheet.completed:.0%} of the figure; "
        f"{sheet.path_error_m:.1f} m from its path at most, {sheet.path_error_mean_m:.1f} m in the mean{where}",
        highlight=False,
        soft_wrap=True,
    )


def _table(judged: Judged) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("second", justify="right", no_wrap=True)
    table.add_column("element")
    table.add_column("downgrade", justify="right", no_wrap=True)
    table.add_column("reason")
    for fault in judged.sheet.downgrades:
        element = f"{fault.element + 1} {fault.element_name}"
        table.add_row(f"{fault.time_s:.1f}", element, f"{fault.points:.2f}", fault.reason)
    table.add_row("", "in all", f"{judged.sheet.lost:.2f}", "")
    return table
