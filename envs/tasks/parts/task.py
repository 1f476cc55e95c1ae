"""What a task is: where a flight starts, what it earns, when it ends and how it went.

A task reads named quantities (observation.Quantities) and knows neither the physics nor the agent.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar, NamedTuple

import numpy as np

from envs.aircraft.aircraft import Aircraft
from envs.base.quantities import Quantities
from envs.base.runway import Runway


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


class Leg(NamedTuple):
    """A straight way to fly: origin (m), course (rad, + clockwise), height at the origin (m), slope."""

    x_m: float
    y_m: float
    course: float
    height_m: float
    slope: float


class Task(ABC):
    """One task. `terms` of a step are unscaled reward terms; the config's scales make the reward.

    A subclass names its reward terms with their default scales, its observation rows, its options with
    their defaults, and the time it allows.
    """

    name: ClassVar[str]
    default_reward: ClassVar[dict[str, float]]
    default_options: ClassVar[dict[str, float]]
    observations: ClassVar[tuple[str, ...]]
    time_limit_s: float
    phase: float = 0.0  # which part of a flight of several parts: shown to the pilot
    new_leg: bool = False  # set by a task when `leg` or `phase` changed, cleared by the one who reads it

    def __init__(self, aircraft: Aircraft, runway: Runway, options: dict[str, Any], step_s: float) -> None:
        self.aircraft, self.runway, self.step_s = aircraft, runway, step_s
        self.options = {**self.default_options, **options}

    @abstractmethod
    def start(self, rng: np.random.Generator) -> Start:
        """Draw where this flight starts and forget the flight before."""

    @abstractmethod
    def leg(self) -> Leg:
        """The way to fly; asked at the start of a flight and whenever `new_leg` is set."""

    @abstractmethod
    def step(self, before: Quantities, now: Quantities, terms: dict[str, float]) -> str:
        """Judge one control step on the truth: write the unscaled `terms`, return "" or the outcome word."""

    @abstractmethod
    def is_success(self, outcome: str) -> bool:
        """Whether an outcome counts (yardsticks)."""

    def marks(self) -> dict[str, Any]:
        """What a picture of the flight should show of the task (metres), kept in the log's header.

        `legs`, if any: [{name, from_s, x_m, y_m, course_deg, height_m, slope, start_m, end_m}] in the order flown.
        """
        return {}

    @abstractmethod
    def metrics(self) -> dict[str, float]:
        """Figures of the flight, for the end of the episode."""
