"""The study's cells added up: for each pilot and task over all faults that can be flown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from agents.adaptation.cell import Cell
from agents.evaluation.flight_test import success_interval

SOUND = ""
"""The fault of a cell whose aircraft has none."""
FLYABLE = 0.5
"""A fault is counted where some pilot, knowing or adapted, succeeds in at least this share of its flights."""
COSTLY = 0.1
"""Share of flights that a fault must cost a pilot for the part won back to be a number."""
KNOWING = "knowing"
KEPT_OUT = ("bent_fin", "half_elevator", "iced_wing", "open_hatch")
"""Discrepancies that were added when pilots and learner were finished, and flown in a study before anything else: kept
out of all training and design."""


class Place(NamedTuple):
    """What cells have in common that can be compared: the same flights, but for pilot and fault."""

    task: str
    aircraft: str
    weather: str

    @classmethod
    def of(cls, cell: Cell) -> Place:
        """Of a cell."""
        return cls(cell.asked.task, cell.asked.aircraft, cell.asked.weather)


@dataclass(frozen=True)
class After:
    """After some test flights, over all faults: shares 0..1.

    `won_back`: mean share of what a fault costs, over those that cost COSTLY or more; None if none does. `lost`: mean
    change of success over the others, which have little to win: below 0 where the test flights made it worse.
    """

    success: float
    low: float
    high: float
    won_back: float | None
    lost: float | None


@dataclass(frozen=True)
class Sum:
    """One pilot in one place. `after`: by number of test flights. `sound`: success without a fault, likewise.

    `worst`: (fault, success before, after the last test flight) of the one that lost most; None if none lost.
    `quality`: {test flights or KNOWING: {metric: mean over faults of the flights that succeeded}}.
    `seconds_a_fault`: over the cells in which they were measured, 0 where in none.
    `kept_out`: like `after`, over faults of KEPT_OUT alone; {} where none of them was flown.
    """

    pilot: str
    task: str
    aircraft: str
    weather: str
    faults: int
    flyable: int
    after: dict[int, After]
    knowing: float
    crashes_a_fault: float
    seconds_a_fault: float
    worst: tuple[str, float, float] | None = None
    sound: dict[int, float] = field(default_factory=dict)
    quality: dict[str, dict[str, float]] = field(default_factory=dict)
    kept_out: dict[int, After] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def share(cell: Cell, number: int) -> float:
    """Success after so many test flights, 0..1."""
    return cell.successes[str(number)] / cell.asked.flights


def counted(cells: Iterable[Cell]) -> list[int]:
    """The numbers of test flights that all these cells were counted after, 0 among them."""
    numbers = [set(map(int, cell.successes)) for cell in cells]
    return sorted(set.intersection(*numbers)) if numbers else []


def known_best(cells: Iterable[Cell], of: Cell) -> float:
    """The best that any pilot reaches in the place and with the fault of a cell, knowing it or after test flights."""
    shares = [0.0]
    for cell in cells:
        if cell.asked.discrepancy == of.asked.discrepancy and Place.of(cell) == Place.of(of) and not cell.refused:
            shares += [n / cell.asked.flights for n in (cell.knowing, *cell.successes.values())]
    return max(shares)


def won_back(cell: Cell, best: float, number: int) -> float | None:
    """Share of what the fault costs that is won back after so many test flights; None where it costs too little."""
    frozen, now = share(cell, 0), share(cell, number)
    return (now - frozen) / (best - frozen) if best - frozen >= COSTLY else None


def sums(cells: Sequence[Cell]) -> list[Sum]:
    """One for each pilot and place, places first, in the order of the cells."""
    keys = dict.fromkeys((Place.of(cell), cell.asked.pilot) for cell in cells)
    places = list(dict.fromkeys(place for place, _ in keys))
    return [_sum(cells, pilot, place) for place, pilot in sorted(keys, key=lambda key: places.index(key[0]))]


def _sum(cells: Sequence[Cell], pilot: str, place: Place) -> Sum:
    own = [c for c in cells if c.asked.pilot == pilot and Place.of(c) == place and not c.refused]
    faulty = [c for c in own if c.asked.discrepancy != SOUND]
    best = {c.asked.discrepancy: known_best(cells, c) for c in faulty}
    flown = [c for c in faulty if best[c.asked.discrepancy] >= FLYABLE]
    numbers = counted(flown)
    new = [c for c in flown if c.asked.discrepancy.partition("=")[0] in KEPT_OUT]
    cheap = _cheap(flown, best)
    worst = min(cheap, key=lambda c: share(c, numbers[-1]) - share(c, 0), default=None)
    sound = next((c for c in own if c.asked.discrepancy == SOUND), None)
    lost = worst is not None and share(worst, numbers[-1]) < share(worst, 0)
    return Sum(
        pilot,
        *place,
        faults=len(faulty),
        flyable=len(flown),
        after={n: _after(flown, best, n) for n in numbers},
        knowing=_mean([c.knowing / c.asked.flights for c in flown]) or 0.0,
        crashes_a_fault=_mean([c.crashes for c in flown]) or 0.0,
        seconds_a_fault=_mean([c.seconds for c in flown if c.seconds]) or 0.0,
        worst=(worst.asked.discrepancy, share(worst, 0), share(worst, numbers[-1])) if worst and lost else None,
        sound={int(n): count / sound.asked.flights for n, count in sound.successes.items()} if sound else {},
        quality={key: _quality(flown, key) for key in (*map(str, numbers), KNOWING)},
        kept_out={n: _after(new, best, n) for n in numbers} if new else {},
    )


def _cheap(flown: Sequence[Cell], best: dict[str, float]) -> list[Cell]:
    """Those whose fault costs too little for a part won back."""
    return [c for c in flown if best[c.asked.discrepancy] - share(c, 0) < COSTLY]


def _after(flown: Sequence[Cell], best: dict[str, float], number: int) -> After:
    successes, flights = sum(c.successes[str(number)] for c in flown), sum(c.asked.flights for c in flown)
    won = [part for c in flown if (part := won_back(c, best[c.asked.discrepancy], number)) is not None]
    low, high = success_interval(successes, flights)
    change = _mean([share(c, number) - share(c, 0) for c in _cheap(flown, best)])
    return After(successes / flights, low, high, _mean(won), change)


def _quality(flown: Sequence[Cell], key: str) -> dict[str, float]:
    """Mean over faults, of those that have a success with the metric."""
    names = dict.fromkeys(name for c in flown for name in c.quality.get(key, {}))
    return {name: _mean([q[name] for c in flown if name in (q := c.quality.get(key, {}))]) or 0.0 for name in names}


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
