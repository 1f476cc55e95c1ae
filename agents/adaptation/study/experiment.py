"""What scripts/adapt_study.py does: how much of what a fault costs is won back after how many test flights."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from agents.adaptation.cell import Asked, Cell, fly_cell
from agents.adaptation.study.figures import SOUND, sums
from agents.adaptation.study.kept import in_order, keep, read_kept
from agents.adaptation.study.page import study_page
from agents.adaptation.study.terminal import print_study
from agents.command_line import within, writable_file, writable_folder
from agents.environments.flights import flight_env_function
from agents.pilots.loading import load_pilot
from agents.pilots.pilot_config import pilot_config
from agents.runs.run_folder import read_json, write_json
from envs.base.console import plain_console
from envs.base.errors import InputError
from envs.base.files import write_atomically
from envs.discrepancies import discrepancy_names, find_discrepancy, parse_discrepancy

AFTER = (1, 3, 5)
MOST_WITHOUT = 5
"""Test flights of the aircraft that has no fault: there is little more to learn from them."""
RUN, CELLS = "runs/adapt-study", "cells"


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
    kept: str | None = None,
    markdown: str | None = None,
    processes: int = 0,
    console: Console | None = None,
) -> int:
    """Fly every cell that `run` does not hold yet, print the table, write study.json; the exit code 0.

    Besides the faults each pilot flies the aircraft without any. Without pilots all cells that `run` holds are told and
    none is flown: studies of several pilots and tasks in one folder stand side by side. `kept`: a file to which the
    cells are added, those of a fault flown again in place of the former; then all in it are told, without pilots and
    `run` these alone. Raises InputError, one line, before anything flies.
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
    grid = [SOUND, *(list(discrepancies) or whole_grid(severities))]
    asked = []
    for pilot in pilots:
        config = pilot_config(pilot, task=task, aircraft=aircraft, weather=weather)
        env = flight_env_function(config)()
        load_pilot(pilot, env)
        env.close()
        numbers = tuple(sorted(set(after)))
        few = tuple(n for n in numbers if n <= MOST_WITHOUT) or numbers[:1]
        asked += [
            Asked(pilot, config.task, config.aircraft, config.weather, one, few if one == SOUND else numbers, flights)
            for one in grid
        ]
    page, store = writable_file(markdown), writable_file(kept)
    before = read_kept(store) if store and (store.exists() or not (pilots or run)) else []
    cells: list[Cell] = []
    if pilots or run or not store:
        folder = writable_folder(run or RUN) if pilots else Path(run or RUN)
        assert folder is not None
        cells = _fly_all(asked, folder, processes or os.cpu_count() or 1, console) if pilots else _held(folder)
        write_json(
            folder / "study.json",
            {"cells": [cell.as_dict() for cell in cells], "summary": [row.as_dict() for row in sums(cells)]},
        )
        console.print(f"written to {folder / 'study.json'}", highlight=False, soft_wrap=True, markup=False)
    if store:
        cells = in_order([*before, *cells])
        keep(store, cells)
    print_study(cells, console)
    if page:
        write_atomically(page, study_page(cells, page, store))
        console.print(f"page: {page}", highlight=False, soft_wrap=True, markup=False)
    return 0


def _held(folder: Path) -> list[Cell]:
    """All cells of a folder, by task, pilot and fault. Raises InputError, one line, where there are none."""
    files = sorted((folder / CELLS).glob("*.json"))
    if not files:
        raise InputError(f"{folder}: holds no cells of a study; name pilots to fly some")
    cells = [Cell.of(read_json(file), file) for file in files]
    return in_order(cells)


def _fly_all(asked: Sequence[Asked], folder: Path, processes: int, console: Console) -> list[Cell]:
    """All cells, those in the folder as they are; each is written as it is done."""
    found: dict[Asked, Cell] = {}
    for one in asked:
        file = _file(folder, one)
        if file.is_file():
            cell = Cell.of(read_json(file), file)
            if replace(cell.asked, after=one.after) == one and set(one.after) <= set(cell.asked.after):
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
    name = "-".join([asked.pilot, asked.task, asked.aircraft, asked.weather, asked.discrepancy or "sound"])
    return folder / CELLS / f"{name.replace('/', '_')}.json"
