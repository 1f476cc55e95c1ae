"""How a flight ended, in plain words: what happened, the rule that broke, by how much and when.

Logs say it themselves (`Task.ending`). Of an older log the task it was flown for knows what its word meant.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from envs.base.breach import Breach, Limit
from envs.flights.figures_asked import titles
from envs.flights.metric_text import metric_text
from envs.tasks import TASKS

NOT_RECORDED = "no outcome recorded"  # said of a log without one
MOST_FIGURES = 6
MARKS = {True: "  ✓", False: "  ✗", None: ""}  # the colour alone says little to one man in twelve
MARK = "f3a_score"
NO_POINTS = 0.05  # a judge's mark below this is written as 0.0


@dataclass(frozen=True)
class Ending:
    """How a flight ended.

    `outcome`: its word; `phrase`: the same in plain words, without a subject; `rule`: what the word means, a clause;
    `breach`: the rule that broke, in numbers, where the log knows it; `figures`: the first metrics, as words.
    `is_success` is None where nothing was judged. Of a figure flown to its end `title` is the figure's, `mark` the
    judge's (0 to 10) and `zero` why he gave no points, where that is known; else they are "", None and "".
    """

    outcome: str
    is_success: bool | None
    phrase: str
    rule: str = ""
    breach: Breach | None = None
    figures: tuple[str, ...] = ()
    title: str = ""
    mark: float | None = None
    zero: str = ""

    @property
    def is_good(self) -> bool | None:
        """Whether it went well: a success, and not one to which the judge gives no points; None: not judged."""
        return False if self.is_success and self.mark is not None and self.mark < NO_POINTS else self.is_success

    @property
    def headline(self) -> str:
        """'TOUCHED DOWN TOO HARD  ✗'; of a figure with its mark: 'INSIDE LOOP: MARK 8.4  ✓'."""
        words = self.phrase if self.mark is None else f"{self.title}: mark {self.mark:.1f}"
        return words.upper() + MARKS[self.is_good]

    @property
    def reason(self) -> str:
        """The rule that broke with its numbers, or as a clause where the log has none; "" where all went well."""
        if self.is_good:
            return ""
        if self.is_success:
            return f"no points: {self.zero}" if self.zero else "the judge gives no points"
        return self.breach.words if self.breach else self.rule

    @property
    def sentence(self) -> str:
        """'touched down too hard (sink at touchdown 1.04 m/s, at most 1.00 m/s: ...)', one line."""
        return f"{self.phrase} ({self.reason})" if self.reason else self.phrase


def ending_of(header: Mapping[str, Any]) -> Ending | None:
    """The ending that a log's header tells, or None if it has no outcome."""
    if not header.get("outcome"):
        return None
    outcome, metrics, told = str(header["outcome"]), header.get("metrics") or {}, header.get("ending")
    told = told if isinstance(told, Mapping) else {}
    task = TASKS.get(str(header.get("task")))
    breach = Breach.from_header(told.get("breach"))
    side = breach.side if breach else ""
    phrase = told.get("phrase")
    phrase = (
        phrase
        if isinstance(phrase, str) and phrase
        else (task.phrase(outcome, metrics, side) if task else outcome.replace("_", " "))
    )
    rule = told.get("rule")
    rule = rule if isinstance(rule, str) and rule else (task.sentence(outcome, metrics) if task else "")
    success = None if header.get("is_success") is None else bool(header["is_success"])
    limits = limits_of(header)
    title, mark = _marked(header) if success else ("", None)
    shown = [
        metric_text(name, value, limits.get(name))
        for name, value in metrics.items()
        if isinstance(value, int | float) and not isinstance(value, bool) and not (mark is not None and name == MARK)
    ]
    if mark is not None:
        phrase = f"{phrase}, mark {mark:.1f} of 10"
    return Ending(outcome, success, phrase, rule, breach, tuple(shown[:MOST_FIGURES]), title, mark)


def _marked(header: Mapping[str, Any]) -> tuple[str, float | None]:
    """(title of the figure, or how many, that a flight was to fly, its mark); ("", None) of any other flight."""
    marks, metrics = header.get("marks"), header.get("metrics")
    figures = marks.get("figures") if isinstance(marks, Mapping) else None
    mark = metrics.get(MARK) if isinstance(metrics, Mapping) else None
    title = titles(figures) if isinstance(figures, list) and header.get("task") == "figure" else ""
    return (title, float(mark)) if title and isinstance(mark, int | float) else ("", None)


def limits_of(header: Mapping[str, Any]) -> dict[str, Limit]:
    """{metric: limits} of a log's header; {} of an older one."""
    limits = header.get("limits")
    found: dict[str, Limit] = {}
    for name, ends in limits.items() if isinstance(limits, Mapping) else ():
        if isinstance(ends, list) and len(ends) == 2 and all(_number_or_none(end) for end in ends):
            found[str(name)] = Limit(*ends)
    return found


def _number_or_none(value: object) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))
