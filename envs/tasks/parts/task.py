"""What a task is: where a flight starts, what it earns, when it ends and how it went.

A task reads named quantities (envs.base.quantities) and knows neither the physics nor the agent.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np

from envs.aircraft.aircraft import Aircraft
from envs.base.breach import Breach, Limit
from envs.base.errors import InputError, unknown_name
from envs.base.quantities import Quantities
from envs.base.runway import Runway
from envs.figures.guide import Guide
from envs.tasks.parts.docstring import with_tables
from envs.tasks.parts.options import Option
from envs.tasks.parts.reward_terms import Reward

TIMEOUT = "timeout"
TIMEOUT_SENTENCE, TIMEOUT_PHRASE = "its time ran out", "ran out of time"


class Start(NamedTuple):
    """Where a flight starts: on its gear at a place and heading, rolling at a speed, or (height_m given) in the air."""

    x_m: float
    y_m: float
    heading: float
    height_m: float | None = None  # of the lowest wheel; None: standing on the ground
    speed_mps: float = 0.0
    roll: float = 0.0
    pitch: float = 0.0
    climb_mps: float = 0.0
    throttle: float = 0.0
    # Speed and climb are those through the air (the wind carries the aircraft), pitch that of trim, and throttle too
    # unless it is given.
    through_air: bool = False
    turning: float = 0.0  # about the vertical, rad/s, + clockwise seen from above: an autorotation
    yawing: float = 0.0  # about its own upright axis, rad/s, + nose to the right: the swing of a stall turn


class Leg(NamedTuple):
    """A straight way to fly: origin (m), course (rad, + clockwise), height at the origin (m), slope."""

    x_m: float
    y_m: float
    course: float
    height_m: float
    slope: float


class Task(ABC):
    """One task: the one Task in its file, `envs/tasks/NAME.py`, whose name it bears.

    A subclass declares its tables: `rewards` (the terms), `start_options`, `outcomes` with the `successes` among
    them, `observations` (names in envs.base.readings.READINGS), and the time it allows. All else that is told of a
    task follows from these: default scales and options, help, schemas, stories of flights, and the tables of its
    docstring, which stand there in the place of the lines `{reward}`, `{options}`, `{outcomes}`, `{observation}`.
    """

    rewards: ClassVar[type[Reward]]
    start_options: ClassVar[tuple[Option, ...]] = ()
    outcomes: ClassVar[Mapping[str, str]]
    """{word: what happened, a clause}. Besides these a flight may end as `timeout`."""
    phrases: ClassVar[Mapping[str, str]] = {}
    """{word: what happened in plain words, without a subject}; {side} becomes "to the left", "right" or "one side"."""
    former_words: ClassVar[Mapping[str, str]] = {}
    """{word that older logs and bundles have: the word of today}."""
    successes: ClassVar[tuple[str, ...]]
    """The outcomes that count."""
    observations: ClassVar[tuple[str, ...]]
    time_limit_s: float
    phase: float = 0.0  # which part of a flight of several parts: shown to the pilot
    follows_path: ClassVar[bool] = False  # whether a figure is flown; then `guide` holds its path from a start on
    figure_name: str = ""  # of the figure that this flight flies
    guide: Guide | None = None  # shown to the pilot, and moved on with each control step
    new_leg: bool = False  # set by a task when `leg` or `phase` changed, cleared by the one who reads it

    name: ClassVar[str]
    default_reward: ClassVar[dict[str, float]]
    """{term: scale}, from `rewards`, in the order in which the terms are summed."""
    default_options: ClassVar[dict[str, float]]
    """{option: value}, from `start_options`."""

    def __init_subclass__(cls, **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        cls.name = cls.__module__.rpartition(".")[2]
        cls.default_reward = {row.name: row.scale for row in cls.rewards.rows}
        cls.default_options = {option.name: option.default for option in cls.start_options}
        cls.__doc__ = with_tables(cls)

    def __init__(self, aircraft: Aircraft, runway: Runway, options: dict[str, Any], step_s: float) -> None:
        """`options`: those that differ from `default_options`; `step_s`: length of a control step, s."""
        self.aircraft, self.runway, self.step_s = aircraft, runway, step_s
        self.options = {**self.default_options, **self.checked_options(options)}

    @classmethod
    def option(cls, name: str) -> Option:
        """The option of that name. Raises InputError with the nearest known name."""
        if name not in cls.default_options:
            raise unknown_name(f"option of {cls.name}", str(name), cls.default_options)
        return next(option for option in cls.start_options if option.name == name)

    @classmethod
    def checked_options(cls, given: Mapping[str, Any]) -> dict[str, float]:
        """The given options as the task takes them. Raises InputError for an unknown name or a value out of range."""
        return {name: cls.option(name).checked(value) for name, value in given.items()}

    @abstractmethod
    def start(self, rng: np.random.Generator) -> Start:
        """Draw where this flight starts and forget the flight before."""

    @abstractmethod
    def leg(self) -> Leg:
        """The way to fly; asked at the start of a flight and whenever `new_leg` is set."""

    @abstractmethod
    def step(self, before: Quantities, now: Quantities, terms: dict[str, float]) -> str:
        """Judge one control step on the truth: write the unscaled `terms`, return "" or the outcome's word."""

    @abstractmethod
    def metrics(self) -> dict[str, float]:
        """Figures of the flight, for the end of the episode."""

    def fly_figures(self, figures: Sequence[str]) -> None:
        """Fly these figures from the next flight on. Raises InputError in a task that flies none."""
        raise InputError(f"figure: the task {self.name} flies no figure (got {', '.join(figures)})")

    def marks(self) -> dict[str, Any]:
        """What a picture of the flight should show of the task (metres), kept in the log's header.

        `legs`, if any: [{name, from_s, x_m, y_m, course_deg, height_m, slope, start_m, end_m}] in the order flown.
        """
        return {}

    @classmethod
    def is_success(cls, outcome: str) -> bool:
        """Whether an outcome counts (envs/tasks/YARDSTICKS.md)."""
        return outcome in cls.successes

    def limits(self) -> Mapping[str, Limit]:
        """What figures of `metrics` must keep to for a success, by their names."""
        return {}

    def breach(self, outcome: str) -> Breach | None:
        """The rule that ended the flight with `outcome`, in numbers, asked at that moment; None where there is none."""
        return None

    def ending(self, outcome: str) -> dict[str, Any]:
        """How the flight ended, for its log: `phrase`, `rule` (a clause) and `breach`, None for one that counts."""
        broken, metrics = self.breach(outcome), self.metrics()
        rule = (
            f"it was not done after {self.time_limit_s:g} s" if outcome == TIMEOUT else self.sentence(outcome, metrics)
        )
        return {
            "phrase": self.phrase(outcome, metrics, broken.side if broken else ""),
            "rule": rule,
            "breach": broken.header() if broken else None,
        }

    @classmethod
    def word(cls, outcome: str) -> str:
        """An outcome's word of today, for one that an older log has."""
        return cls.former_words.get(outcome, outcome)

    @classmethod
    def sentence(cls, outcome: str, metrics: Mapping[str, Any]) -> str:
        """What an outcome means, a clause; "" of a word that this task does not know.

        `metrics`: those of the flight.
        """
        return TIMEOUT_SENTENCE if outcome == TIMEOUT else cls.outcomes.get(cls.word(outcome), "")

    @classmethod
    def phrase(cls, outcome: str, metrics: Mapping[str, Any], side: str = "") -> str:
        """An outcome in a few plain words; of one that has none its word.

        `metrics`: those of the flight; `side`: left, right or "".
        """
        said = TIMEOUT_PHRASE if outcome == TIMEOUT else cls.phrases.get(cls.word(outcome), outcome.replace("_", " "))
        return said.replace("{side}", f"to the {side}" if side else "to one side")
