"""The study told to people: a table on the terminal, and a page in Markdown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table

from agents.adaptation.adapt import FIRST_TEST_FLIGHT
from agents.adaptation.cell import Cell
from agents.adaptation.study.figures import (
    COSTLY,
    FLYABLE,
    KEPT_OUT,
    KNOWING,
    SOUND,
    Place,
    Sum,
    counted,
    known_best,
    sums,
)
from agents.config.blocks import FIRST_TEST_SEED
from agents.pilots.bundle import AUTOPILOT
from envs.base.console import print_table
from envs.flights.metric_text import metric_label

QUALITY = ("gold", "sink_mps", "centreline_m")
"""Metrics of a take-off or landing that say in a glance how well it was flown."""
PAGE_RUN = "runs/adapt-study"


def fault_words(cell: Cell) -> str:
    """What is wrong in a cell."""
    return cell.asked.discrepancy if cell.asked.discrepancy != SOUND else "none"


def study_page(cells: Sequence[Cell]) -> str:
    """The study as a page in Markdown: the sums of each pilot and task, then every fault."""
    rows = sums(cells)
    flights = sorted({cell.asked.flights for cell in cells})
    lines = [
        "# What test flights win back",
        "",
        "The aircraft has a fault that the pilot is not told; it makes test flights, learns from their logs alone, and "
        f"flies on. {' or '.join(map(str, flights))} flights are counted before any test flight, after some, and with "
        "the same pilot told all about the fault and, where it needs to, practised on exactly that. Test flights have "
        f"seeds from {FIRST_TEST_FLIGHT}, the flights counted from {FIRST_TEST_SEED} up. A fault counts where some "
        f"pilot reaches {FLYABLE:.0%}; won back is the "
        f"mean part of what a fault costs, over those that cost {COSTLY:.0%} or more of the flights; the change "
        "elsewhere is that of success in percentage points over the others, where there is little to win. Seconds are "
        "those of one core for all of a fault, its counted flights included.",
        "",
        *_sums_table(rows),
        "",
        *(f"- {line}" for line in (*_kept_out_lines(rows), *_worst_lines(rows), _versions_line(cells))),
        "",
        "Written by:",
        "",
        "```bash",
        *_commands(cells),
        f"python scripts/adapt_study.py --run {PAGE_RUN} --markdown agents/adaptation/ADAPTATION.md",
        "```",
    ]
    for place in dict.fromkeys(Place.of(cell) for cell in cells):
        there = [cell for cell in cells if Place.of(cell) == place]
        of_place = [row for row in rows if Place(row.task, row.aircraft, row.weather) == place]
        lines += ["", f"## {place.task}, {place.aircraft}, {place.weather}", "", *_faults_table(there, cells)]
        lines += _more_flights(there)
        lines += ["", *_quality_table(of_place)]
    return "\n".join(lines).rstrip() + "\n"


def _sums_table(rows: Sequence[Sum]) -> Iterator[str]:
    numbers = sorted({n for row in rows for n in row.after})
    heads = ["pilot", "task", "faults", *(f"after {n}" for n in numbers), "knowing"]
    heads += ["won back", "change elsewhere", "crashes a fault", "seconds a fault", "without a fault"]
    yield f"| {' | '.join(heads)} |"
    yield f"|---|---|{'--:|' * (len(heads) - 2)}"
    for row in rows:
        last = row.after[max(row.after)] if row.after else None
        sound = [row.sound[n] for n in sorted(row.sound)]
        values = [
            f"`{row.pilot}`",
            f"{row.task}, {row.aircraft}",
            f"{row.flyable} of {row.faults}",
            *(f"{100 * row.after[n].success:.1f} %" if n in row.after else "" for n in numbers),
            f"{100 * row.knowing:.1f} %",
            "" if last is None or last.won_back is None else f"{100 * last.won_back:.0f} %",
            "" if last is None or last.lost is None else _points(last.lost),
            f"{row.crashes_a_fault:.2f}",
            f"{row.seconds_a_fault:.0f}",
            f"{100 * sound[0]:.0f} % → {100 * sound[-1]:.0f} %" if sound else "",
        ]
        yield f"| {' | '.join(values)} |"


def _points(change: float) -> str:
    return f"{100 * change:+.1f}".replace("-", "−")


def _kept_out_lines(rows: Sequence[Sum]) -> Iterator[str]:
    """How it goes with faults of kinds that nothing was trained on or designed for."""
    names = ", ".join(f"`{name}`" for name in KEPT_OUT)
    for row in rows:
        if row.kept_out:
            way = ", ".join(f"{100 * at.success:.1f} % after {n}" for n, at in row.kept_out.items())
            won = row.kept_out[max(row.kept_out)].won_back
            back = "" if won is None else f", {100 * won:.0f} % won back"
            yield (
                f"`{row.pilot}`, {row.task}, {row.aircraft}, {row.weather}, over the kinds of faults kept out of all "
                f"training and design ({names}): {way}{back}."
            )


def _more_flights(there: Sequence[Cell]) -> list[str]:
    """A table of the cells that were counted after more test flights than all others of their place."""
    common = counted([cell for cell in there if not cell.refused])
    more = [cell for cell in there if len(cell.successes) > len(common)]
    if not more:
        return []
    numbers = sorted({int(n) for cell in more for n in cell.successes})
    rows = [
        f"| `{cell.asked.pilot}` | {fault_words(cell)} | "
        + " | ".join(_percent(cell.successes.get(str(n)), cell) for n in numbers)
        + f" | {_percent(cell.knowing, cell)} | {cell.crashes} |"
        for cell in more
    ]
    heads = [*(f"after {n}" for n in numbers), KNOWING, "crashes"]
    head = f"| pilot | fault | {' | '.join(heads)} |"
    return ["", "After more test flights:", "", head, f"|---|---|{'--:|' * len(heads)}", *rows]


def _versions_line(cells: Sequence[Cell]) -> str:
    """Which versions of the project flew the cells: a learner that has changed since may do better or worse."""
    found = Counter(cell.commit[:7] for cell in cells)
    told = [f"`{commit}` {count}" if commit else f"earlier ones {count}" for commit, count in found.most_common()]
    return f"Cells by the commit that flew them: {', '.join(told)}."


def _worst_lines(rows: Sequence[Sum]) -> Iterator[str]:
    for row in rows:
        if row.worst:
            fault, before, after = row.worst
            yield (
                f"`{row.pilot}`, {row.task}, loses most with `{fault}`, which costs it little before the test flights: "
                f"{100 * before:.0f} % → {100 * after:.0f} %."
            )


def _commands(cells: Sequence[Cell]) -> list[str]:
    """What flies these cells again; the same words once."""
    found: dict[str, dict[str, None]] = {}
    for cell in cells:
        asked = cell.asked
        own = f" --task {asked.task} --aircraft {asked.aircraft}" if asked.pilot == AUTOPILOT else ""
        words = f"{asked.pilot}{own} --weather {asked.weather} --after {' '.join(map(str, asked.after))}"
        faults = found.setdefault(f"{words} --flights {asked.flights} --run {PAGE_RUN}", {})
        if asked.discrepancy != SOUND:
            faults[asked.discrepancy] = None
    return [f"python scripts/adapt_study.py {words} --discrepancies {' '.join(f)}" for words, f in found.items()]


def _faults_table(there: Sequence[Cell], cells: Sequence[Cell]) -> Iterator[str]:
    """A row a fault, a column a pilot."""
    pilots = list(dict.fromkeys(cell.asked.pilot for cell in there))
    found = {(cell.asked.pilot, cell.asked.discrepancy): cell for cell in there}
    numbers = counted([cell for cell in there if not cell.refused])
    yield (
        f"Success in per cent after {', '.join(map(str, numbers))} test flights, in brackets knowing the fault; "
        "crashes among the test flights."
    )
    yield ""
    yield f"| fault | {' | '.join(f'`{pilot}`' for pilot in pilots)} |"
    yield f"|---|{'---|' * len(pilots)}"
    for fault in dict.fromkeys(cell.asked.discrepancy for cell in there):
        own = [found.get((pilot, fault)) for pilot in pilots]
        some = next(cell for cell in own if cell)
        none = fault != SOUND and not some.refused and known_best(cells, some) < FLYABLE
        texts = [_cell_text(cell, numbers) if cell else "" for cell in own]
        yield f"| {fault_words(some)}{' (flown by none)' if none else ''} | {' | '.join(texts)} |"


def _cell_text(cell: Cell, numbers: Sequence[int]) -> str:
    if cell.refused:
        return "cannot have it"
    flights = cell.asked.flights
    way = " → ".join(f"{100 * cell.successes[str(n)] / flights:.0f}" for n in numbers)
    crashes = f", {cell.crashes} crash{'es' if cell.crashes > 1 else ''}" if cell.crashes else ""
    return f"{way} ({100 * cell.knowing / flights:.0f}){crashes}"


def _quality_table(rows: Sequence[Sum]) -> Iterator[str]:
    """How well the flights that succeed are flown, against test flights."""
    keys = [key for key in dict.fromkeys(key for row in rows for key in row.quality)]
    names = [name for name in QUALITY if any(name in own for row in rows for own in row.quality.values())]
    if not names:
        return
    heads = [key if key == KNOWING else f"after {key}" for key in keys]
    yield "Of the flights that succeed, mean over the faults:"
    yield ""
    yield f"| pilot | | {' | '.join(heads)} |"
    yield f"|---|---|{'--:|' * len(keys)}"
    for row in rows:
        for name in names:
            values = [row.quality.get(key, {}).get(name) for key in keys]
            texts = ["" if value is None else _quality_text(name, value) for value in values]
            yield f"| `{row.pilot}` | {metric_label(name)[0]} | {' | '.join(texts)} |"


def _quality_text(name: str, value: float) -> str:
    return f"{100 * value:.0f} %" if name == "gold" else f"{value:.2f} {metric_label(name)[1]}"


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
        shares = [_percent(cell.successes.get(str(n)), cell) for n in numbers]
        none = cell.asked.discrepancy != SOUND and known_best(cells, cell) < FLYABLE
        about[-1] += " (flown by none)" if none else ""
        table.add_row(*about, *shares, _percent(cell.knowing, cell), str(cell.crashes))
    print_table(table, console)
    for line in sum_lines(sums(cells)):
        console.print(line, highlight=False, soft_wrap=True, markup=False)


def _percent(successes: int | None, cell: Cell) -> str:
    return "" if successes is None else f"{100 * successes / cell.asked.flights:.0f} %"


def sum_lines(rows: Sequence[Sum]) -> Iterator[str]:
    """A line a pilot and task: over all faults that can be flown."""
    for row in rows:
        parts = [
            f"after {n}: {100 * at.success:.1f} %"
            + (f" ({100 * at.won_back:.0f} % won back)" if at.won_back is not None and n else "")
            for n, at in row.after.items()
        ]
        if row.after and (change := row.after[max(row.after)].lost) is not None:
            parts.append(f"{_points(change)} points where a fault cost less than {COSTLY:.0%}")
        if row.worst:
            parts[-1] += f" (worst: {row.worst[0]}, {100 * row.worst[1]:.0f} to {100 * row.worst[2]:.0f} %)"
        if row.sound:
            parts.append("without a fault " + ", ".join(f"{100 * row.sound[n]:.0f} %" for n in sorted(row.sound)))
        yield (
            f"{row.pilot}, {row.task}: {row.flyable} of {row.faults} faults can be flown; {'; '.join(parts)}; "
            f"{row.crashes_a_fault:.2f} crashes and {row.seconds_a_fault:.0f} s a fault"
        )
