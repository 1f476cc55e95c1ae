"""How a flight ended, from logs of today and of before."""

from __future__ import annotations

from typing import Any

import pytest

from envs.base.breach import Breach
from envs.flights.ending import ending_of, limits_of
from envs.flights.story import sentences, summary, timeline, verdict
from envs.tasks import TASKS
from tests.support.flight_samples import takeoff_log


@pytest.mark.parametrize(
    ("task", "outcome", "headline", "reason"),
    [
        ("landing", "left", "ROLLED OFF THE RUNWAY TO ONE SIDE  ✗", "it rolled off the side of the runway"),
        ("circuit", "left", "ROLLED OFF THE RUNWAY TO ONE SIDE  ✗", "it rolled off the side of the runway"),
        ("takeoff", "early", "LIFTED OFF TOO SLOW  ✗", "it lifted off slower than 1.1 Vs"),
        ("takeoff", "turned", "TURNED AWAY FROM THE RUNWAY TO ONE SIDE  ✗", "it pointed more than 15 deg off"),
        ("takeoff", "timeout", "RAN OUT OF TIME  ✗", "its time ran out"),
        ("a task of others", "went_wrong", "WENT WRONG  ✗", ""),
    ],
)
def test_a_log_with_nothing_but_a_word_is_told_in_plain_words(
    task: str, outcome: str, headline: str, reason: str
) -> None:
    header: dict[str, Any] = {"task": task, "outcome": outcome, "is_success": False}
    ending = ending_of(header)
    assert ending
    assert ending.headline == headline
    assert ending.reason.startswith(reason)
    log = takeoff_log(**header)
    said = headline.removesuffix("  ✗").lower()
    for story in (verdict(log.header), timeline(log), sentences(log), summary(log)):
        assert said in story.lower()


def test_the_rule_that_broke_is_said_with_numbers() -> None:
    breach = Breach.over("sink at touchdown", 34.2, 1.004, 1.0, "m/s")
    told = {"phrase": "touched down too hard", "rule": "more than 1 m/s of sink", "breach": breach.header()}
    log = takeoff_log(task="landing", outcome="hard", is_success=False, ending=told, metrics={"sink_mps": 1.004})
    ending = ending_of(log.header)
    assert ending
    assert ending.breach == breach
    words = "sink at touchdown 1.004 m/s, at most 1.000 m/s: over by 0.004 m/s, at 34.2 s"
    assert ending.reason == words
    assert verdict(log.header) == f"touched down too hard ({words})"


FIGURES = {"figures": [{"figure": {"title": "Inside loop"}}]}


@pytest.mark.parametrize(
    ("mark", "headline", "is_good", "said"),
    [
        (8.43, "INSIDE LOOP: MARK 8.4  ✓", True, "flew the figure, mark 8.4 of 10"),
        (0.0, "INSIDE LOOP: MARK 0.0  ✗", False, "flew the figure, mark 0.0 of 10 (the judge gives no points)"),
    ],
)
def test_a_figure_flown_to_its_end_is_told_by_its_mark(mark: float, headline: str, is_good: bool, said: str) -> None:
    header: dict[str, Any] = {"task": "figure", "outcome": "flown", "is_success": True, "marks": FIGURES}
    ending = ending_of({**header, "metrics": {"f3a_score": mark}})
    assert ending
    assert (ending.headline, ending.is_good, ending.is_success) == (headline, is_good, True)
    assert verdict({**header, "metrics": {"f3a_score": mark}}) == said


@pytest.mark.parametrize("marks", [None, 3, {}, {"figures": []}, {"figures": [3]}, {"figures": [{}]}])
def test_a_flight_that_names_no_figure_is_told_without_a_mark(marks: object) -> None:
    header = {"task": "figure", "outcome": "flown", "is_success": True, "metrics": {"f3a_score": 8.0}, "marks": marks}
    ending = ending_of(header)
    assert ending
    assert (ending.headline, ending.mark) == ("FLEW THE FIGURE  ✓", None)


@pytest.mark.parametrize("told", [None, 3, "x", [], {"phrase": 3}, {"breach": []}, {"breach": {"what": {}}}])
def test_an_ending_that_is_none_is_not_believed(told: object) -> None:
    ending = ending_of({"task": "landing", "outcome": "hard", "is_success": False, "ending": told})
    assert ending
    assert ending.headline == "TOUCHED DOWN TOO HARD  ✗"
    assert ending.reason == TASKS["landing"].outcomes["hard"]


def test_a_success_needs_no_reason_and_no_outcome_no_ending() -> None:
    ending = ending_of({"task": "landing", "outcome": "landed", "is_success": True})
    assert ending
    assert (ending.headline, ending.reason) == ("LANDED  ✓", "")
    assert ending_of({"task": "landing"}) is None
    assert verdict({"task": "landing"}) == "no outcome recorded"


def test_limits_of_a_header() -> None:
    limits = limits_of({"limits": {"sink_mps": [None, 1.0], "bank_deg": [5], "x": ["1", None], "y": [None, True]}})
    assert list(limits) == ["sink_mps"]
    assert limits["sink_mps"].text(0.4) == "≤ 1.00"
    assert limits_of({"limits": 3}) == limits_of({}) == {}
