"""The study told to people: a table on the terminal, and a page in Markdown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

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
from agents.adaptation.study.goals import goals, goals_table
from agents.adaptation.study.kept import QUALITY
from agents.adaptation.study.terminal import fault_words, percent, points
from agents.config.blocks import FIRST_TEST_SEED
from agents.pilots.bundle import AUTOPILOT
from envs.flights.metric_text import metric_label

PAGE_RUN = "runs/adapt-study"
EARLIER = "ADAPTATION.md"
"""The page of the first study, whose cells were not kept: a page beside it names it, and may hold its counts again."""
EARLIER_CELLS = "not known (of the first study, their counts alone)"


def study_page(cells: Sequence[Cell], page: Path, kept: Path | None = None) -> str:
    """The study as a page in Markdown: the goals, the sums of each pilot and task, then every fault.

    page: where it goes; kept: the file that holds its cells, too.
    """
    is_beside = page.name != EARLIER and page.with_name(EARLIER).is_file()
    told = f"python scripts/adapt_study.py{f' --keep {kept}' if kept else f' --run {PAGE_RUN}'} --markdown {page}"
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
        "those of one core for all of a fault, its counted flights included, where they were measured.",
        *(["", f"The first study, with how well its flights were flown: [{EARLIER}]({EARLIER})."] if is_beside else []),
        "",
        *goals_table(goals(cells)),
        *_sums_table(rows),
        "",
        *(f"- {line}" for line in (*_kept_out_lines(rows), *_worst_lines(rows), _versions_line(cells))),
        "",
        f"Written by the last line{', without flying' if kept else ''}; the others fly it again"
        + (", each with that `--keep` to put its cells in place of these:" if kept else ":"),
        "",
        "```bash",
        *_commands(cells),
        told,
        "```",
    ]
    for place in dict.fromkeys(Place.of(cell) for cell in cells):
        there = [cell for cell in cells if Place.of(cell) == place]
        of_place = [row for row in rows if Place(row.task, row.aircraft, row.weather) == place]
        lines += ["", f"## {place.task}, {place.aircraft}, {place.weather}", "", *_faults_table(there, cells)]
        lines += _more_flights(there)
        lines += _quality_table(of_place)
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
            "" if last is None or last.lost is None else points(last.lost),
            f"{row.crashes_a_fault:.2f}",
            f"{row.seconds_a_fault:.0f}" if row.seconds_a_fault else "",
            f"{100 * sound[0]:.0f} % → {100 * sound[-1]:.0f} %" if sound else "",
        ]
        yield f"| {' | '.join(values)} |"


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
        + " | ".join(percent(cell.successes.get(str(n)), cell) for n in numbers)
        + f" | {percent(cell.knowing, cell)} | {cell.crashes} |"
        for cell in more
    ]
    heads = [*(f"after {n}" for n in numbers), KNOWING, "crashes"]
    head = f"| pilot | fault | {' | '.join(heads)} |"
    return ["", "After more test flights:", "", head, f"|---|---|{'--:|' * len(heads)}", *rows]


def _versions_line(cells: Sequence[Cell]) -> str:
    """Which versions of the project flew the cells: a learner that has changed since may do better or worse."""
    found = Counter(cell.commit[:7] for cell in cells)
    told = [f"`{commit}` {count}" if commit else f"{EARLIER_CELLS} {count}" for commit, count in found.most_common()]
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
        if asked.discrepancy != SOUND or not any(_is_beside(cell, other) for other in cells):
            faults = found.setdefault(f"{words} --flights {asked.flights} --run {PAGE_RUN}", {})
            faults |= {asked.discrepancy: None} if asked.discrepancy != SOUND else {}
    return [f"python scripts/adapt_study.py {words} --discrepancies {' '.join(f)}" for words, f in found.items()]


def _is_beside(sound: Cell, other: Cell) -> bool:
    """Whether the flights without a fault come with those of another cell: they are flown with any fault."""
    same = Place.of(sound) == Place.of(other) and sound.asked.pilot == other.asked.pilot
    return same and other.asked.discrepancy != SOUND


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
    yield ""
    yield "Of the flights that succeed, mean over the faults that have the figure:"
    yield ""
    yield f"| pilot | | {' | '.join(heads)} |"
    yield f"|---|---|{'--:|' * len(keys)}"
    for row in rows:
        for name in (name for name in names if any(name in own for own in row.quality.values())):
            values = [row.quality.get(key, {}).get(name) for key in keys]
            texts = ["" if value is None else _quality_text(name, value) for value in values]
            yield f"| `{row.pilot}` | {metric_label(name)[0]} | {' | '.join(texts)} |"


def _quality_text(name: str, value: float) -> str:
    return f"{100 * value:.0f} %" if name == "gold" else f"{value:.2f} {metric_label(name)[1]}"
