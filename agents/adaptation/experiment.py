"""What scripts/adapt_study.py does: how much of what a fault costs is won back after how many test flights."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from agents.adaptation.adapt import FIRST_TEST_FLIGHT
from agents.adaptation.cell import Asked, Cell, fly_cell
from agents.command_line import within, writable_file, writable_folder
from agents.config.blocks import FIRST_TEST_SEED
from agents.environments.flights import flight_env_function
from agents.evaluation.flight_test import success_interval
from agents.pilots.loading import load_pilot
from agents.pilots.pilot_config import pilot_config
from agents.runs.run_folder import read_json, write_json
from envs.base.console import plain_console, print_table
from envs.base.errors import InputError
from envs.base.files import write_atomically
from envs.discrepancies import discrepancy_names, find_discrepancy, parse_discrepancy

AFTER = (1, 3, 5)
FLYABLE = 0.5
"""A fault is counted where some pilot, knowing or adapted, lands at least this share of its flights."""
COSTLY = 0.1
"""Share of flights that a fault must cost a pilot for the part won back to be a number."""
CELLS = "cells"


def whole_grid(severities: Sequence[float]) -> list[str]:
    """Every discrepancy at these shares of both ends of its RANGE, as NAME=SEVERITY."""
    found = []
    for name in discrepancy_names():
        ends = [end for end in find_discrepancy(name).RANGE if end != 0.0]
        found += [f"{name}={share * end:g}" for end in sorted(ends) for share in severities]
    return found


def study(
    pilots: Sequence[str],
    *,
    discrepancies: Sequence[str] = (),
    severities: Sequence[float] = (1.0,),
    after: Sequence[int] = AFTER,
    flights: int = 100,
    task: str | None = None,
    aircraft: str | None = None,
    weather: str | None = None,
    run: str | None = None,
    markdown: str | None = None,
    processes: int = 0,
    console: Console | None = None,
) -> int:
    """Fly every cell that `run` does not hold yet, print the table, write study.json; the exit code 0.

    Raises InputError, one line, before anything flies.
    """
    console = console or plain_console()
    within("--flights", flights, 1, 100_000)
    for number in after:
        within("--after", number, 1, 100)
    for share in severities:
        if not 0.0 < share <= 1.0:
            raise InputError(f"--severities {share:g}: shares of a RANGE, above 0, at most 1")
    for text in discrepancies:
        parse_discrepancy(text)
    grid = list(discrepancies) or whole_grid(severities)
    asked = []
    for pilot in pilots:
        config = pilot_config(pilot, task=task, aircraft=aircraft, weather=weather)
        env = flight_env_function(config)()
        load_pilot(pilot, env)
        env.close()
        asked += [
            Asked(pilot, config.task, config.aircraft, config.weather, one, tuple(sorted(set(after))), flights)
            for one in grid
        ]
    page = writable_file(markdown)
    folder = writable_folder(run or "runs/adapt-study")
    assert folder is not None
    cells = _fly_all(asked, folder, processes or os.cpu_count() or 1, console)
    print_study(cells, console)
    write_json(folder / "study.json", {"cells": [cell.as_dict() for cell in cells], "summary": summary(cells)})
    console.print(f"written to {folder / 'study.json'}", highlight=False, soft_wrap=True, markup=False)
    if page:
        write_atomically(page, study_page(cells))
        console.print(f"page: {page}", highlight=False, soft_wrap=True, markup=False)
    return 0


def _fly_all(asked: Sequence[Asked], folder: Path, processes: int, console: Console) -> list[Cell]:
    """All cells, those in the folder as they are; each is written as it is done."""
    found: dict[Asked, Cell] = {}
    for one in asked:
        file = _file(folder, one)
        if file.is_file():
            cell = Cell.of(read_json(file), file)
            if cell.asked == one:
                found[one] = cell
    missing = [one for one in asked if one not in found]
    columns = (TextColumn("{task.description}", markup=False), MofNCompleteColumn(), TimeRemainingColumn(), BarColumn())
    context = multiprocessing.get_context("spawn")
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("cells", total=len(asked), completed=len(found))
        if not missing:
            return [found[one] for one in asked]
        pool = ProcessPoolExecutor(min(processes, len(missing)), mp_context=context)
        try:
            waiting = {pool.submit(fly_cell, one): one for one in missing}
            for done in as_completed(waiting):
                one, cell = waiting[done], done.result()
                write_json(_file(folder, one), cell.as_dict())
                found[one] = cell
                bar.advance(task)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
    return [found[one] for one in asked]


def _file(folder: Path, asked: Asked) -> Path:
    name = "-".join([Path(asked.pilot).name, asked.task, asked.aircraft, asked.weather, asked.discrepancy])
    return folder / CELLS / f"{name.replace('/', '_')}.json"


def known_best(cells: Iterable[Cell], discrepancy: str) -> float:
    """The best that any pilot reaches with a fault, knowing it or after test flights: share of flights."""
    shares = [0.0]
    for cell in cells:
        if cell.asked.discrepancy == discrepancy and not cell.refused:
            shares += [n / cell.asked.flights for n in (cell.knowing, *cell.successes.values())]
    return max(shares)


def won_back(cell: Cell, best: float, number: int) -> float | None:
    """Share of what the fault costs that is won back after so many test flights; None where it costs too little."""
    frozen, now = (cell.successes[str(n)] / cell.asked.flights for n in (0, number))
    return (now - frozen) / (best - frozen) if best - frozen >= COSTLY else None


def summary(cells: Sequence[Cell]) -> dict[str, dict[str, object]]:
    """{pilot: figures over all faults that can be flown}."""
    told: dict[str, dict[str, object]] = {}
    for pilot in dict.fromkeys(cell.asked.pilot for cell in cells):
        own = [c for c in cells if c.asked.pilot == pilot and not c.refused]
        flown = [c for c in own if known_best(cells, c.asked.discrepancy) >= FLYABLE]
        after: dict[str, object] = {}
        for number in sorted({n for c in flown for n in (0, *c.asked.after)}):
            successes, flights = sum(c.successes[str(number)] for c in flown), sum(c.asked.flights for c in flown)
            parts = [won_back(c, known_best(cells, c.asked.discrepancy), number) for c in flown]
            won = [part for part in parts if part is not None]
            low, high = success_interval(successes, flights) if flights else (0.0, 1.0)
            after[str(number)] = {
                "success": successes / flights if flights else 0.0,
                "low": low,
                "high": high,
                "won_back": sum(won) / len(won) if won else None,
            }
        told[pilot] = {
            "faults": len(own),
            "flyable": len(flown),
            "after": after,
            "crashes_a_fault": sum(c.crashes for c in flown) / max(1, len(flown)),
            "seconds_a_fault": sum(c.seconds for c in flown) / max(1, len(flown)),
        }
    return told


def study_page(cells: Sequence[Cell]) -> str:
    """The study as a page in Markdown."""
    asked = cells[0].asked
    numbers = sorted({n for cell in cells for n in (0, *cell.asked.after)})
    pilots = list(dict.fromkeys(cell.asked.pilot for cell in cells))
    lines = [
        "# What test flights win back",
        "",
        f"Each row is one fault of the aircraft, which the pilot is not told: success of {asked.flights} flights in "
        f"{asked.weather} before any test flight, after some, and of the same pilot told all about the fault. Test "
        f"flights have seeds from {FIRST_TEST_FLIGHT}, the flights counted from {FIRST_TEST_SEED} up. A fault counts "
        f"where some pilot reaches {FLYABLE:.0%}; won back is the part of what the fault costs, where it costs "
        f"{COSTLY:.0%} or more. Written by:",
        "",
        "```bash",
        f"python scripts/adapt_study.py {' '.join(pilots)} --weather {asked.weather} --after "
        f"{' '.join(map(str, asked.after))} --flights {asked.flights} --discrepancies "
        f"{' '.join(dict.fromkeys(cell.asked.discrepancy for cell in cells))}",
        "```",
        "",
        f"| pilot | fault | {' | '.join(f'after {n}' for n in numbers)} | knowing | crashes on the way |",
        f"|---|---|{'--:|' * (len(numbers) + 2)}",
    ]
    for cell in cells:
        if cell.refused:
            lines.append(
                f"| {cell.asked.pilot} | {cell.asked.discrepancy} |{' |' * (len(numbers) + 1)} cannot have it |"
            )
            continue
        shares = [_percent(cell.successes.get(str(n)), cell) for n in numbers]
        note = "" if known_best(cells, cell.asked.discrepancy) >= FLYABLE else " (flown by none)"
        row = [
            cell.asked.pilot,
            cell.asked.discrepancy + note,
            *shares,
            _percent(cell.knowing, cell),
            str(cell.crashes),
        ]
        lines.append(f"| {' | '.join(row)} |")
    lines += ["", *(f"- {line}" for line in sums(cells))]
    return "\n".join(lines) + "\n"


def _percent(successes: int | None, cell: Cell) -> str:
    return "" if successes is None else f"{100 * successes / cell.asked.flights:.0f} %"


def print_study(cells: Sequence[Cell], console: Console) -> None:
    """A row a cell, then the sums."""
    numbers = sorted({n for cell in cells for n in (0, *cell.asked.after)})
    table = Table(box=None, pad_edge=False)
    for head in ("pilot", "fault", *(f"after {n}" for n in numbers), "knowing", "crashes"):
        table.add_column(head, justify="left" if head in ("pilot", "fault") else "right", no_wrap=True)
    for cell in cells:
        if cell.refused:
            table.add_row(cell.asked.pilot, cell.asked.discrepancy, "cannot have it")
            continue
        shares = [_percent(cell.successes.get(str(n)), cell) for n in numbers]
        note = "" if known_best(cells, cell.asked.discrepancy) >= FLYABLE else " (flown by none)"
        knowing = _percent(cell.knowing, cell)
        table.add_row(cell.asked.pilot, cell.asked.discrepancy + note, *shares, knowing, str(cell.crashes))
    print_table(table, console)
    for line in sums(cells):
        console.print(line, highlight=False, soft_wrap=True, markup=False)


def sums(cells: Sequence[Cell]) -> list[str]:
    """A line a pilot: over all faults that can be flown."""
    lines = []
    for pilot, told in summary(cells).items():
        after = told["after"]
        assert isinstance(after, dict)
        parts = [
            f"after {n}: {100 * row['success']:.1f} %"
            + (f" ({100 * row['won_back']:.0f} % won back)" if row["won_back"] is not None and n != "0" else "")
            for n, row in after.items()
        ]
        lines.append(
            f"{pilot}: {told['flyable']} of {told['faults']} faults can be flown; {'; '.join(parts)}; "
            f"{told['crashes_a_fault']:.2f} crashes and {told['seconds_a_fault']:.0f} s a fault"
        )
    return lines
