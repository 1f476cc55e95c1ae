"""The study told on the terminal, and the words that its page has in common with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table

from agents.adaptation.cell import Cell
from agents.adaptation.study.figures import COSTLY, FLYABLE, KNOWING, SOUND, Sum, known_best, sums
from envs.base.console import print_table


def fault_words(cell: Cell) -> str:
    """What is wrong in a cell."""
    return cell.asked.discrepancy if cell.asked.discrepancy != SOUND else "none"


def percent(successes: int | None, cell: Cell) -> str:
    """A count of a cell's flights as a share of them; "" where it was not counted."""
    return "" if successes is None else f"{100 * successes / cell.asked.flights:.0f} %"


def points(change: float) -> str:
    """A change of a share in percentage points, with its sign."""
    return f"{100 * change:+.1f}".replace("-", "−")


def print_study(cells: Sequence[Cell], console: Console) -> None:
    """A row a cell, then the sums."""
    numbers = sorted({n for cell in cells for n in map(int, cell.successes)})
    table = Table(box=None, pad_edge=False)
    for head in ("pilot", "task", "fault", *(f"after {n}" for n in numbers), KNOWING, "crashes"):
        table.add_column(head, justify="left" if head in ("pilot", "task", "fault") else "right", no_wrap=True)
    for cell in cells:
        about = [cell.asked.pilot, cell.asked.task, fault_words(cell)]
        if cell.refused:
            table.add_row(*about, "cannot have it")
            continue
        shares = [percent(cell.successes.get(str(n)), cell) for n in numbers]
        none = cell.asked.discrepancy != SOUND and known_best(cells, cell) < FLYABLE
        about[-1] += " (flown by none)" if none else ""
        table.add_row(*about, *shares, percent(cell.knowing, cell), str(cell.crashes))
    print_table(table, console)
    for line in sum_lines(sums(cells)):
        console.print(line, highlight=False, soft_wrap=True, markup=False)


def sum_lines(rows: Sequence[Sum]) -> Iterator[str]:
    """A line a pilot and task: over all faults that can be flown."""
    for row in rows:
        parts = [
            f"after {n}: {100 * at.success:.1f} %"
            + (f" ({100 * at.won_back:.0f} % won back)" if at.won_back is not None and n else "")
            for n, at in row.after.items()
        ]
        if row.after and (change := row.after[max(row.after)].lost) is not None:
            parts.append(f"{points(change)} points where a fault cost less than {COSTLY:.0%}")
        if row.worst:
            parts[-1] += f" (worst: {row.worst[0]}, {100 * row.worst[1]:.0f} to {100 * row.worst[2]:.0f} %)"
        if row.sound:
            parts.append("without a fault " + ", ".join(f"{100 * row.sound[n]:.0f} %" for n in sorted(row.sound)))
        yield (
            f"{row.pilot}, {row.task}: {row.flyable} of {row.faults} faults can be flown; {'; '.join(parts)}; "
            f"{row.crashes_a_fault:.2f} crashes"
            f"{f' and {row.seconds_a_fault:.0f} s' if row.seconds_a_fault else ''} a fault"
        )
