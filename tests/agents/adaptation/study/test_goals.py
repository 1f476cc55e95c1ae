"""The goals of adaptation, held against made-up cells: each met, missed, and not told of."""

from __future__ import annotations

from dataclasses import replace

from agents.adaptation.cell import Cell
from agents.adaptation.study.figures import SOUND
from agents.adaptation.study.goals import goals, goals_table
from tests.support.study_cells import CELLS, cell

SHIPPED = "landing-sport"


def flown(fault: str, *successes: int, **more: object) -> Cell:
    return cell(fault, *successes, pilot=SHIPPED, **more)  # type: ignore[arg-type]


GOOD = [
    flown("bent=1", 0, 60, 95, adapting={"1": 20.0, "3": 90.0}, crashes=1),
    flown("heavy=1", 50, 100, 100, adapting={"1": 20.0, "3": 50.0}),
    flown("iced_wing=1", 0, 40, 80),
    flown("stuck=1", 0, 0, 0, knowing=49, crashes=3),  # flown by none: it counts nowhere
    flown(SOUND, 100, 100, 99),
]


def test_goals_that_are_met() -> None:
    found = goals(GOOD)
    assert [goal.is_met for goal in found] == [True] * 5
    assert found[0].measured == (
        "97.5 % in the mean; 2 of 2 faults reach it, least 95 %: `bent=1` landing sport breeze"
    )
    assert found[1].measured.startswith("80.0 % in the mean; 1 of 1 faults reach it")
    assert found[2].measured.startswith("0 of 3 faults cost more, most 1: `bent=1`")
    assert found[3].measured == "70 s of one core in the mean of 2 faults, at most 90: `bent=1` landing sport breeze"
    assert found[4].measured == "1 points at most, in 1 places: no fault landing sport breeze"


def test_goals_that_are_missed() -> None:
    worse = [
        *GOOD,
        flown("torn=1", 0, 10, 20, crashes=2, adapting={"3": 301.0}),
        flown("half_elevator=1", 0, 10, 20),
        replace(GOOD[-1], successes={"0": 100, "1": 98, "3": 100}),
    ]
    assert [goal.is_met for goal in goals(worse)] == [False] * 5
    assert "least 20 %: `torn=1`" in goals(worse)[0].measured


def test_what_comes_after_more_than_five_test_flights_is_too_late() -> None:
    late = flown("torn=1", 0, 50, 60)
    late = replace(late, successes={**late.successes, "5": 70, "20": 100})
    assert goals([late])[0].measured.startswith("70.0 % in the mean")


def test_the_rivals_crashes_stand_beside() -> None:
    rivals = [cell("bent=1", 0, 0, 0, pilot="autopilot", crashes=2), cell(SOUND, 9, 9, 9, pilot="autopilot")]
    assert goals([*GOOD, *rivals])[2].measured.endswith("0.33 in the mean (`autopilot` 2.00, 1 faults)")


def test_other_pilots_have_no_goals() -> None:
    assert [goal.is_met for goal in goals(CELLS)] == [None] * 5
    assert list(goals_table(goals(CELLS))) == []
    lines = list(goals_table(goals(GOOD)))
    assert sum(line.endswith("| yes |") for line in lines) == 5
