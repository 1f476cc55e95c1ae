"""Airshow: take-off, figures in turn over the runway, landing and stop, in one flight."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from envs.aircraft.aircraft import Aircraft
from envs.base.breach import Breach, strike
from envs.base.errors import InputError
from envs.base.quantities import Quantities
from envs.base.runway import Runway
from envs.figures.display import Display, display_in_turn
from envs.figures.path import figure_path
from envs.tasks.circuit import FIRST_LAP_S, MORE_LAP_S, PARTS, PATTERN, CircuitReward, CircuitTask
from envs.tasks.figure import SLOWEST_MEAN_VS, FigureTask
from envs.tasks.parts.options import Option
from envs.tasks.parts.reward_terms import potential
from envs.tasks.parts.task import Leg, Start
from envs.tasks.pattern import FARTHEST_SPANS
from envs.tasks.stunts.legs import LEAD_B, legs_home, legs_to_figures

FIGURES, LEVELLING = len(PARTS), len(PARTS) + 1  # phases after those of the circuit; levelling is shown as the circuit
USUAL = ("loop", "half_cuban_eight", "aileron_roll")
LEVEL_BANK, LEVEL_PITCH = math.radians(45), math.radians(30)
LEVEL_S, LEVEL_VS, LEVEL_HEIGHTS = 1.0, 1.1, 2.2  # so long, this fast, and below so many circuit heights
LOST_B = 12.0  # off the path (15 m at most): nobody is still flying the figure
SHORTEST_LEG_S = 30.0  # spare time, to come from the figures onto the legs


class AirshowReward(CircuitReward):
    """The terms of a circuit, and what the figures earn."""

    parts = (*PARTS, FigureTask)

    @potential(1.0, "-")
    def figure(self) -> float:
        """Reward of the figures, at the scales of their own task."""
        return self._paid[FIGURES]


class AirshowTask(CircuitTask):
    """`ModelAircraft/Airshow-v0`: take-off, figures in turn, landing, in one flight.

    ## Description
    The take-off; a circuit at the figures' height that ends on the centreline; the figures one after the other along
    one continuous path, as a sequence of configs/sequences is flown (`envs.tasks.figure.FigureTask`), to and fro over
    the runway; then the legs that lead home and the landing, as in `CircuitTask`. Where the path of the figures is
    lost, the figure and those after it are given up, and the flight goes on: once it flies level again, round the
    circuit to its landing. `figures_given_up` counts them.

    ## Action
    Aileron, elevator, rudder, throttle, each in -1..1, as `envs.flight_env.FlightEnv` describes them.

    ## Observation
    The rows of the circuit and of a figure, and which phase it is; levelling off after the figures is shown as the
    circuit. x is the quantity read; readings marked `state` are left out with `observation="sensors"`.

    {observation}

    ## Reward
    The sum of scale x term over these terms, at each control step:

    {reward}

    ## Starting state
    As the take-off starts.

    ## Episode end
    The flight ends (`terminated`) with the landing, or with a failure; the metric `phase`, 0 to 3, says in which phase,
    and a word means what it means in that phase's task:

    {outcomes}

    The clock truncates: `timeout`. The metrics are the circuit's, the marks of the figures and their mean `f3a_score`
    (0 for one that was not flown to its end), `figures_flown` and `figures_given_up`.

    ## Arguments
    `figure` of `gymnasium.make`: what is flown, in turn: names in configs/figures or configs/sequences, or paths to
    such files. Default: loop, half_cuban_eight, aileron_roll. `task_options`:

    {options}

    ## Version history
    v0: first version.
    """

    rewards = AirshowReward
    parts = (*PARTS, FigureTask)
    start_options = (
        Option("circuit_side", 1, "-", "+1 flies left-hand circuits, -1 right-hand, 0 draws it", -1, 1, whole=True),
        Option("height_b", 25.0, "b", "height at which the first figure begins; a lone sequence has its own", 15, 100),
    )
    outcomes: ClassVar = CircuitTask.outcomes
    phrases: ClassVar = CircuitTask.phrases
    follows_path = True
    observations: ClassVar = (
        *dict.fromkeys((*CircuitTask.observations, *FigureTask.observations)),
        "figure_phase",
    )

    def __init__(self, aircraft: Aircraft, runway: Runway, options: dict[str, Any], step_s: float) -> None:
        super().__init__(aircraft, runway, options, step_s)
        # Its pilot gives up first, by what its sensors say.
        self._figures = FigureTask(aircraft, runway, {"lost_b": LOST_B}, step_s)
        self._show(USUAL, checked=False)

    def fly_figures(self, figures: Sequence[str]) -> None:
        """Figures and sequences, flown in turn. Raises InputError, one line, for what cannot be flown."""
        self._show(figures, checked=True)

    def _show(self, figures: Sequence[str], checked: bool) -> None:
        display = display_in_turn(figures, self.options["height_b"], LEAD_B, "airshow")
        first, last = display.flown[0], display.flown[-1]
        if first.figure.entry.inverted:
            raise InputError(f"airshow: figures.0: {first.name} is entered inverted, but the circuit is flown upright")
        if last.figure.ends_inverted:
            number = len(display.flown) - 1
            raise InputError(f"airshow: figures.{number}: {last.name} ends inverted, but the circuit is flown upright")
        if checked:
            self._figures.check(display)
        self.display: Display = display
        self._path = figure_path(display.figure, self.aircraft.span_m)
        slowest = SLOWEST_MEAN_VS * self.aircraft.stall_speed_mps
        self.time_limit_s = FIRST_LAP_S + MORE_LAP_S + SHORTEST_LEG_S + self._path.length_m / slowest

    def start(self, rng: np.random.Generator) -> Start:
        """At the threshold."""
        start = super().start(rng)
        self._figures.begin(self.display, 0.0, False, self._path)
        self._figures.enter(-1.0)
        self.guide = self._figures.guide
        self._shown = False
        self._given_up_for, self._given_up_s = "", 0.0
        self._level_s = 0.0
        self._home_leg = Leg(0.0, 0.0, 0.0, self._shape.height_m, 0.0)
        return start

    @property
    def phase_name(self) -> str:
        """Of the circuit's, and figures, levelling."""
        return {FIGURES: "figures", LEVELLING: "levelling"}.get(self._part) or super().phase_name

    def leg(self) -> Leg:
        """The leg of the present phase; levelling off, straight on at the circuit's height."""
        if self._part == FIGURES:
            return self._figures.leg()
        return self._home_leg if self._part == LEVELLING else super().leg()

    def step(self, before: Quantities, now: Quantities, terms: dict[str, float]) -> str:
        """Judge one control step by the present phase's task, and pass from phase to phase."""
        if self._part not in (FIGURES, LEVELLING):
            return super().step(before, now, terms)
        self._now, reward = now, self._reward
        if self._part == FIGURES:
            outcome = self._figures.step(before, now, reward.terms[FIGURES])
            reward.earn(FIGURES, False)
            if outcome and outcome not in ("strike", "sank"):
                if not self._figures.is_success(outcome):
                    self._given_up_for, self._given_up_s = outcome, now.time
                self._level_off(now)
                outcome = ""
        else:
            reward.earn_nothing()
            outcome = self._levelled(now)
        reward.pay(before, now, outcome, terms)
        return outcome

    def _taken_off(self, now: Quantities) -> None:
        """The take-off is done: round to the centreline, at the height of the figures."""
        placing, shape = self._figures.placing, self._shape
        high = replace(shape, height_m=max(shape.height_m, placing.height_m))
        self._pattern.fly(high, legs_to_figures(shape, now.x, placing.x_m, placing.height_m))
        self._enter(PATTERN)

    def _arrived(self, now: Quantities) -> None:
        """On to the figures; after them, on to the landing."""
        if self._shown:
            super()._arrived(now)
            return
        self._shown = True
        self._figures.enter(0.0)
        self._part, self.phase, self.new_leg = FIGURES, float(FIGURES), True

    def _level_off(self, now: Quantities) -> None:
        """The figures are over: the wings level, and the way home."""
        self._part, self.phase, self.new_leg, self._level_s = LEVELLING, float(PATTERN), True, 0.0
        self._home_leg = Leg(now.x, 0.0, 0.0 if now.vx >= 0.0 else math.pi, self._shape.height_m, 0.0)

    def _levelled(self, now: Quantities) -> str:
        """The outcome of a step of levelling off; "" while the flight goes on."""
        if now.strike:
            return "strike"
        if now.wheels_on_ground > 0:
            return "sank"
        if math.hypot(now.x - self._shape.aim_x_m, now.y) > FARTHEST_SPANS * self._shape.span_m:
            return "lost"
        level = (
            abs(now.roll) < LEVEL_BANK
            and abs(now.pitch) < LEVEL_PITCH
            and now.airspeed > LEVEL_VS * self.aircraft.stall_speed_mps
            and now.height < LEVEL_HEIGHTS * self._shape.height_m
        )
        self._level_s = self._level_s + self.step_s if level else 0.0
        if self._level_s > LEVEL_S or (level and not self._given_up_for):
            self._pattern.fly(self._shape, legs_home(self._shape, now.x, now.vx >= 0.0))
            self._enter(PATTERN)
        return ""

    def breach(self, outcome: str) -> Breach | None:
        """The rule of the phase in which the flight ended."""
        if self._part == FIGURES:
            return self._figures.breach(outcome)
        if self._part != LEVELLING or self._now is None:
            return super().breach(outcome)
        now, limit = self._now, FARTHEST_SPANS * self._shape.span_m
        if outcome == "strike":
            return strike(now)
        if outcome == "sank":
            return Breach("a wheel touched the ground", now.time)
        far = math.hypot(now.x - self._shape.aim_x_m, now.y)
        return Breach.over("distance from the aim point", now.time, far, limit, "m") if outcome == "lost" else None

    def marks(self) -> dict[str, Any]:
        """The circuit's, the figures flown, and which was given up, when and why."""
        found = {**super().marks(), "figures": self._figures.marks()["figures"] if self._shown else []}
        if self._given_up_for:
            number = self._figures.figures_flown
            found["given_up"] = {
                "figure": self.display.flown[number].name,
                "at_s": self._given_up_s,
                "why": self._figures.phrase(self._given_up_for, {}),
            }
        return found

    def metrics(self) -> dict[str, float]:
        """The circuit's, with the marks of the figures, how many were flown, and how many given up."""
        own, circuit = self._figures.metrics(), super().metrics()
        marks = {name: value for name, value in own.items() if name.startswith("f3a_")}
        flown, asked = self._figures.figures_flown, len(self.display.flown)
        figures = {
            "time_s": circuit["time_s"],
            "f3a_score": marks.pop("f3a_score"),
            "figures_flown": float(flown),
            "figures_given_up": float(asked - flown) if self._given_up_for else 0.0,
        }
        errors = {f"figure_{name}": own[name] for name in ("path_error_m", "mean_path_error_m", "canopy_error_deg")}
        return {**figures, **circuit, **marks, **errors}

    @classmethod
    def phrase(cls, outcome: str, metrics: Mapping[str, Any], side: str = "") -> str:
        """An outcome in a few plain words; of a landing that counts, that a figure was given up before."""
        said = super().phrase(outcome, metrics, side)
        given_up = cls.is_success(outcome) and metrics.get("figures_given_up")
        return f"figure given up, circuit flown, {said}" if given_up else said
