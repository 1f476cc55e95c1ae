"""Cells of a study of test flights, made up: what counts, what is flown by none, what is refused."""

from __future__ import annotations

from agents.adaptation.cell import Asked, Cell
from agents.adaptation.study.figures import SOUND


def cell(
    fault: str, *successes: int, knowing: int = 100, pilot: str = "p", task: str = "landing", **more: object
) -> Cell:
    after = (1, 3)[: len(successes) - 1] if successes else (1, 3)
    asked = Asked(pilot, task, "sport", "breeze", fault, after, 100)
    counts = {str(n): count for n, count in zip((0, *after), successes, strict=False)}
    return Cell(asked, counts, knowing, **more)  # type: ignore[arg-type]


CELLS = [
    cell("bent=1", 0, 60, 90, crashes=2, seconds=40.0),
    cell("heavy=1", 50, 100, 100, crashes=0, seconds=20.0),
    cell("late=1", 98, 56, 40, knowing=98, seconds=30.0),
    cell("stuck=1", 0, 0, 0, knowing=49, crashes=3),  # flown by none
    cell("odd=1", refused="no rudder"),
    cell(SOUND, 100, 100, 99),
]
