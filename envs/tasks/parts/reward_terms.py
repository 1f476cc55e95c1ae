"""The reward of a task as a table: a row a term, with its scale, unit, kind, meaning and function.

A task's terms are the rows of a subclass of `Reward`, in the order in which they are summed:

    class HopReward(Reward):
        @cost_per_second(-0.5, "1/s")
        def bank(self) -> float:
            "Square of the bank, relative to 10 deg."
            return self.step_s * (self.now.roll / math.radians(10)) ** 2

`HopReward.rows` is then the table; `train.py --help`, the JSON schemas and the task's docstring are made from it.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MethodType
from typing import Any, ClassVar

from envs.base.quantities import Quantities


class Kind(StrEnum):
    """How a term comes in over a flight."""

    POTENTIAL = "potential"  # what is gained is paid, what is lost again is paid back
    COST_PER_SECOND = "cost per second"  # the function's value holds the length of the step already
    COST_PER_STEP = "cost per step"
    ONCE = "once"


@dataclass(frozen=True)
class RewardTerm:
    """One term. `function` returns the unscaled term of a control step; the reward is the sum of scale x term.

    `unit` is the scale's: reward (which has no unit) per unit of the term, "-" for a term without unit.
    """

    name: str
    scale: float
    unit: str
    kind: Kind
    meaning: str
    function: Callable[[Any], float]


def _row(kind: Kind, scale: float, unit: str) -> Callable[[Callable[[Any], float]], RewardTerm]:
    def as_row(function: Callable[[Any], float]) -> RewardTerm:
        meaning = " ".join((inspect.getdoc(function) or "").split()).removesuffix(".")
        return RewardTerm(function.__name__, scale, unit, kind, meaning, function)

    return as_row


potential = functools.partial(_row, Kind.POTENTIAL)
"""Decorator `@potential(scale, unit)`: the function below is a row of its class; its docstring is the meaning."""
cost_per_second = functools.partial(_row, Kind.COST_PER_SECOND)
"""Likewise, of a term that holds the length of the step."""
cost_per_step = functools.partial(_row, Kind.COST_PER_STEP)
"""Likewise, of a term that is counted at every control step."""
once = functools.partial(_row, Kind.ONCE)
"""Likewise, of a term that is 0 but in the step that ends the flight."""


class Reward:
    """What the control steps of a task earn. A subclass adds the rows, and what they need to know of the task.

    `before`, `now`: the quantities at the start and the end of the step; `outcome`: the word that ends the flight
    with this step, "" while it goes on.
    """

    rows: ClassVar[tuple[RewardTerm, ...]] = ()

    def __init_subclass__(cls, **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        own = {name: row for name, row in vars(cls).items() if isinstance(row, RewardTerm)}
        cls.rows = (*cls.rows, *(replace(row, name=name) for name, row in own.items()))

    def __init__(self, step_s: float) -> None:
        """`step_s`: length of a control step, s."""
        self.step_s = step_s
        self.before: Quantities
        self.now: Quantities
        self.outcome = ""
        self._bind()

    def _bind(self) -> None:
        """Make the rows' functions methods of this object, once: asking for them by name would cost every step."""
        functions = [(row, MethodType(row.function, self)) for row in self.rows]
        self._each_step = [(row.name, function) for row, function in functions if row.kind is not Kind.ONCE]
        self._at_the_end = [(row.name, function) for row, function in functions if row.kind is Kind.ONCE]
        self._not_yet = {name: 0.0 for name, _ in self._at_the_end}

    def __getstate__(self) -> dict[str, Any]:
        """What a copy carries: all but the methods, which are of this object."""
        return {name: value for name, value in self.__dict__.items() if name not in ("_each_step", "_at_the_end")}

    def __setstate__(self, kept: dict[str, Any]) -> None:
        """Pay on as the copied one would."""
        self.__dict__.update(kept)
        self._bind()

    def pay(self, before: Quantities, now: Quantities, outcome: str, terms: dict[str, float]) -> None:
        """Write the unscaled terms of one control step into `terms`."""
        self.before, self.now, self.outcome = before, now, outcome
        for name, function in self._each_step:
            terms[name] = function()
        terms |= self._not_yet
        if outcome:
            for name, function in self._at_the_end:
                terms[name] = function()


def smoothness(reward: Reward) -> float:
    """Squared change of the four commands."""
    before, now = reward.before, reward.now
    return (
        (now.aileron_cmd - before.aileron_cmd) ** 2
        + (now.elevator_cmd - before.elevator_cmd) ** 2
        + (now.rudder_cmd - before.rudder_cmd) ** 2
        + (now.throttle_cmd - before.throttle_cmd) ** 2
    )


def pitch_rate(reward: Reward) -> float:
    """Square of the pitch rate."""
    return reward.step_s * reward.now.q * reward.now.q


def time(reward: Reward) -> float:
    """Time flown."""
    return reward.step_s
