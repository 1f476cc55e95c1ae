"""What was set as goals of adaptation before any of it was flown, and how far the cells of a study meet them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from agents.adaptation.cell import Cell
from agents.adaptation.study.figures import FLYABLE, KEPT_OUT, SOUND, Place, counted, known_best, share, won_back
from agents.pilots.bundle import AUTOPILOT

WITHIN = 5
"""Test flights."""
SEEN, NEVER_SEEN = 0.90, 0.75
"""Part of what a fault costs that is to be won back WITHIN so many, of kinds of faults seen in design or not."""
MOST_CRASHES = 1
"""Among the test flights of one fault."""
MOST_SECONDS = 300.0
"""Of flying and learning from WITHIN test flights, on two cores; held to where the processor time of all cores together
is less."""
NOMINAL = 0.01
"""Share of flights without a fault that the test flights may cost."""


@dataclass(frozen=True)
class Goal:
    """One of them: what it asks, what is measured, and whether that is enough; None: no cell tells."""

    asked: str
    measured: str
    is_met: bool | None


def is_shipped(cell: Cell) -> bool:
    """Whether a cell is of the shipped pilot of its task and aircraft, which the goals are set for."""
    return cell.asked.pilot == f"{cell.asked.task}-{cell.asked.aircraft}" and not cell.refused


def latest(cell: Cell) -> int:
    """The greatest number of test flights, WITHIN at most, that a cell was counted after."""
    return max(number for number in counted([cell]) if number <= WITHIN)


def goals(cells: Sequence[Cell]) -> list[Goal]:
    """All goals, over the shipped pilots' faults that can be flown, of every place alike."""
    own = [cell for cell in cells if is_shipped(cell)]
    best = {id(cell): known_best(cells, cell) for cell in own}
    flown = [cell for cell in own if cell.asked.discrepancy != SOUND and best[id(cell)] >= FLYABLE]
    parts = [(part, c) for c in flown if (part := won_back(c, best[id(c)], latest(c))) is not None]
    new = [(part, c) for part, c in parts if _kind(c) in KEPT_OUT]
    seen = [(part, c) for part, c in parts if _kind(c) not in KEPT_OUT]
    rivals = [c for c in cells if c.asked.pilot == AUTOPILOT and c.asked.discrepancy != SOUND and not c.refused]
    return [
        _won(f"kinds of faults seen in design: {SEEN:.0%} won back within {WITHIN} test flights", seen, SEEN),
        _won(f"kinds never seen: {NEVER_SEEN:.0%} won back within {WITHIN}", new, NEVER_SEEN),
        _crashes(flown, rivals),
        _seconds(flown),
        _nominal([cell for cell in own if cell.asked.discrepancy == SOUND]),
    ]


def _kind(cell: Cell) -> str:
    return cell.asked.discrepancy.partition("=")[0]


def _where(cell: Cell) -> str:
    return " ".join([f"`{cell.asked.discrepancy}`" if cell.asked.discrepancy else "no fault", *Place.of(cell)])


def _won(asked: str, parts: Sequence[tuple[float, Cell]], enough: float) -> Goal:
    if not parts:
        return Goal(asked, "", None)
    mean = sum(part for part, _ in parts) / len(parts)
    least, cell = min(parts, key=lambda one: one[0])
    reach = sum(part >= enough for part, _ in parts)
    told = f"{100 * mean:.1f} % in the mean; {reach} of {len(parts)} faults reach it"
    return Goal(asked, f"{told}, least {100 * least:.0f} %: {_where(cell)}", mean >= enough)


def _crashes(flown: Sequence[Cell], rivals: Sequence[Cell]) -> Goal:
    asked = f"at most {MOST_CRASHES} crash among the test flights of a fault"
    if not flown:
        return Goal(asked, "", None)
    worst = _largest(flown, lambda cell: cell.crashes)
    many = sum(cell.crashes > MOST_CRASHES for cell in flown)
    mean = sum(cell.crashes for cell in flown) / len(flown)
    told = f"{many} of {len(flown)} faults cost more, most {worst.crashes}: {_where(worst)}; {mean:.2f} in the mean"
    if rivals:
        told += f" (`{AUTOPILOT}` {sum(cell.crashes for cell in rivals) / len(rivals):.2f}, {len(rivals)} faults)"
    return Goal(asked, told, not many)


def _seconds(flown: Sequence[Cell]) -> Goal:
    asked = f"adapted to a fault within {MOST_SECONDS / 60:.0f} minutes on two cores, {WITHIN} test flights"
    spent = [cell for cell in flown if str(latest(cell)) in cell.adapting]
    if not spent:
        return Goal(asked, "", None)
    worst = _largest(spent, lambda cell: cell.adapting[str(latest(cell))])
    seconds = worst.adapting[str(latest(worst))]
    mean = sum(cell.adapting[str(latest(cell))] for cell in spent) / len(spent)
    told = f"{mean:.0f} s of one core in the mean of {len(spent)} faults, at most {seconds:.0f}: {_where(worst)}"
    return Goal(asked, told, seconds <= MOST_SECONDS)


def _nominal(sound: Sequence[Cell]) -> Goal:
    asked = f"without a fault the test flights cost at most {100 * NOMINAL:.0f} point"
    if not sound:
        return Goal(asked, "", None)

    def lost(cell: Cell) -> float:
        return max(share(cell, 0) - share(cell, number) for number in counted([cell]))

    worst = _largest(sound, lost)
    most = f"{100 * lost(worst):.0f} points at most, in {len(sound)} places: {_where(worst)}"
    return Goal(asked, most, lost(worst) <= NOMINAL + 1e-9)


def _largest(cells: Sequence[Cell], size: Callable[[Cell], float]) -> Cell:
    return max(cells, key=size)


def goals_table(found: Sequence[Goal]) -> Iterator[str]:
    """In Markdown; nothing where no cell tells of any."""
    if all(goal.is_met is None for goal in found):
        return
    yield "The goals that were set before any of it was flown, over the shipped pilots of each task and aircraft:"
    yield ""
    yield "| goal | measured | met |"
    yield "|---|---|---|"
    for goal in found:
        yield f"| {goal.asked} | {goal.measured} | {'' if goal.is_met is None else 'yes' if goal.is_met else 'no'} |"
    yield ""
