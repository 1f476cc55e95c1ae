"""Circuit: take-off, once round the aerodrome, landing and stop, in one flight."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from envs.aircraft.aircraft import Aircraft
from envs.base.breach import Breach, Limit
from envs.base.quantities import Quantities
from envs.base.runway import Runway
from envs.tasks.landing import LandingTask
from envs.tasks.parts.options import Option, share
from envs.tasks.parts.pattern_shape import Straight
from envs.tasks.parts.reward_terms import Reward, potential
from envs.tasks.parts.task import Leg, Start, Task
from envs.tasks.parts.touchdown import flew_past
from envs.tasks.pattern import MOST_LAPS, PatternTask
from envs.tasks.takeoff import TakeoffTask

FIRST_LAP_S, MORE_LAP_S = 180.0, 90.0  # time for two go-arounds, and for each further lap
TAKEOFF, PATTERN, LANDING = 0, 1, 2
PARTS: tuple[type[Task], ...] = (TakeoffTask, PatternTask, LandingTask)  # in the order of a flight's phases


class CircuitReward(Reward):
    """The terms of a whole flight: of each phase, the reward of its own task at that task's own scales.

    The task fills `terms[phase]` at each step of a phase, and then calls `earn`.
    """

    parts: ClassVar[tuple[type[Task], ...]] = PARTS

    def __init__(self, step_s: float) -> None:
        super().__init__(step_s)
        self.terms = [dict.fromkeys(part.default_reward, 0.0) for part in self.parts]
        self._scales = [list(part.default_reward.items()) for part in self.parts]
        self.forget()

    def forget(self) -> None:
        """Before a new flight."""
        self._paid, self._earned = [0.0] * len(self.parts), [0.0] * len(self.parts)

    def earn(self, phase: int, given_up: bool) -> None:
        """Take in a step of `phase`: what its own task gives, less all that a round given up has earned."""
        terms, paid = self.terms[phase], 0.0
        for name, scale in self._scales[phase]:
            paid += scale * terms[name]
        self.earn_nothing()
        self._paid[phase] = paid
        self._earned[phase] += paid
        if given_up:
            for part in (PATTERN, LANDING):
                self._paid[part] -= max(0.0, self._earned[part])
                self._earned[part] = 0.0

    def earn_nothing(self) -> None:
        """Take in a step that no phase rewards."""
        self._paid = [0.0] * len(self.parts)

    @potential(1.0, "-")
    def takeoff(self) -> float:
        """Reward of the take-off, at the scales of its own task."""
        return self._paid[TAKEOFF]

    @potential(1.0, "-")
    def pattern(self) -> float:
        """Reward of the circuit, at the scales of its own task; paid back when the landing is given up."""
        return self._paid[PATTERN]

    @potential(1.0, "-")
    def landing(self) -> float:
        """Reward of the landing, at the scales of its own task; paid back when it is given up."""
        return self._paid[LANDING]


class CircuitTask(Task):
    """`ModelAircraft/Circuit-v0`: a take-off that counts and a landing that counts, in one flight.

    ## Description
    Three phases, each judged and rewarded by its own task: `TakeoffTask` until its climb is held, `PatternTask` round
    the legs to the gate on base leg, `LandingTask` from there to standstill. The gate only hands over: however it is
    passed, the landing begins. A landing is given up, and the pattern flown again from there, when an aircraft that was
    below 1.5 m or touched climbs above 3 m, or one passes the end of the touchdown box (12 b beyond the aim point)
    above 3 m; `go_arounds` counts both.

    ## Action
    Aileron, elevator, rudder, throttle, each in -1..1, as `envs.flight_env.FlightEnv` describes them.

    ## Observation
    The rows of the three tasks, and which phase it is. The leg is the phase's: centreline, straight of the circuit,
    final approach. x is the quantity read; readings marked `state` are left out with `observation="sensors"`.

    {observation}

    ## Reward
    The sum of scale x term over these terms, at each control step. With a landing given up, all that this round's
    pattern and landing had earned is paid back: going round again earns nothing.

    {reward}

    ## Starting state
    As the take-off starts; the flights of `air_share` as the pattern or the landing does.

    ## Episode end
    The flight ends (`terminated`) with the landing, or with the failure of a phase; the metric `phase`, 0 to 2, says
    of which, and a word means what it means in that phase's task:

    {outcomes}

    The clock (180 s, 90 s more for each further lap) truncates: `timeout`. The metrics are the landing's, and those of
    the other phases with `takeoff_` or `pattern_` before; `gold` is of take-off and landing both.

    ## Arguments
    `task_options` of `gymnasium.make`:

    {options}

    ## Version history
    v0: first version.
    """

    rewards = CircuitReward
    parts: ClassVar[tuple[type[Task], ...]] = PARTS
    start_options = (
        Option("circuit_side", 1, "-", "+1 flies left-hand, -1 right-hand, 0 draws it", -1, 1, whole=True),
        Option("laps", 1, "-", "how many times round", 1, MOST_LAPS, whole=True),
        share("air_share", 0.0, "share of the flights that start in a later phase, for learning programmes"),
    )
    # At the gate nothing fails, and a held climb is no end.
    outcomes: ClassVar = {
        **{word: said for word, said in TakeoffTask.outcomes.items() if word not in TakeoffTask.successes},
        **{word: PatternTask.outcomes[word] for word in ("strike", "sank", "lost")},
        **LandingTask.outcomes,
    }
    phrases: ClassVar = {**TakeoffTask.phrases, **PatternTask.phrases, **LandingTask.phrases}
    former_words = LandingTask.former_words
    successes = LandingTask.successes
    time_limit_s = FIRST_LAP_S
    observations: ClassVar = (
        *dict.fromkeys(row for part in PARTS for row in part.observations),
        "takeoff_phase",
        "pattern_phase",
        "landing_phase",
    )

    def __init__(self, aircraft: Aircraft, runway: Runway, options: dict[str, Any], step_s: float) -> None:
        super().__init__(aircraft, runway, options, step_s)
        own = {key: self.options[key] for key in ("circuit_side", "laps") if key in self.options}
        self._takeoff = TakeoffTask(aircraft, runway, {}, step_s)
        self._pattern = PatternTask(aircraft, runway, own, step_s)
        self._landing = LandingTask(aircraft, runway, {}, step_s)
        self._parts: tuple[Task, ...] = (self._takeoff, self._pattern, self._landing)
        rewards = self.rewards
        assert issubclass(rewards, CircuitReward)
        self._reward = rewards(step_s)
        self.time_limit_s = FIRST_LAP_S + MORE_LAP_S * (self._pattern.laps - 1)

    @classmethod
    def _part_of(cls, metrics: Mapping[str, Any]) -> type[Task]:
        """The task of the phase in which a flight ended, by its metrics; the landing where they do not say."""
        phase = metrics.get("phase", LANDING)
        return cls.parts[int(phase)] if phase in range(len(cls.parts)) else LandingTask

    @classmethod
    def sentence(cls, outcome: str, metrics: Mapping[str, Any]) -> str:
        """What an outcome means in the phase in which the flight ended."""
        return cls._part_of(metrics).sentence(outcome, metrics) or super().sentence(outcome, metrics)

    @classmethod
    def phrase(cls, outcome: str, metrics: Mapping[str, Any], side: str = "") -> str:
        """An outcome of that phase in a few plain words; one that several phases have is, without it, the landing's."""
        part = cls._part_of(metrics)
        known = outcome in part.outcomes
        return part.phrase(outcome, metrics, side) if known else super().phrase(outcome, metrics, side)

    def breach(self, outcome: str) -> Breach | None:
        """The rule of the phase in which the flight ended."""
        return self._parts[self._part].breach(outcome)

    def limits(self) -> dict[str, Limit]:
        """Those of the phases that were flown, named like their metrics."""
        found: dict[str, Limit] = {}
        for phase in sorted(self._flown, reverse=True):
            found |= {self._named(phase, key): limit for key, limit in self._parts[phase].limits().items()}
        return found

    def _named(self, phase: int, metric: str) -> str:
        """What this task calls a metric of one phase."""
        return metric if phase == LANDING else f"{self._parts[phase].name}_{metric}"

    def start(self, rng: np.random.Generator) -> Start:
        """At the threshold; or, if a learning programme asks, round the circuit or before the landing."""
        self._now: Quantities | None = None
        self._go_arounds, self._flown = 0, set()
        self._legs: list[dict[str, Any]] = []
        self._reward.forget()
        phase = TAKEOFF
        in_air = self.options.get("air_share", 0.0)
        if in_air and rng.uniform() < in_air:
            phase = int(rng.integers(PATTERN, LANDING + 1))
        self._shape = self._pattern.shape(rng)
        start = self._parts[phase].start(rng)
        if phase == PATTERN:
            self._shape = self._pattern.flown_shape
        self._enter(phase)
        return start

    def _enter(self, phase: int) -> None:
        self.phase, self._part, self.new_leg = float(phase), phase, True
        self._flown.add(phase)

    @property
    def phase_name(self) -> str:
        """takeoff, landing, or the side of the circuit: upwind, crosswind, downwind, descent, base."""
        return self._pattern.side_name if self._part == PATTERN else self._parts[self._part].name

    def leg(self) -> Leg:
        """The leg of the present phase."""
        return self._parts[self._part].leg()

    def step(self, before: Quantities, now: Quantities, terms: dict[str, float]) -> str:
        """Judge one control step by the present phase's task, and pass from phase to phase."""
        self._now = now
        phase, reward = self._part, self._reward
        outcome = self._parts[phase].step(before, now, reward.terms[phase])
        given_up = False
        if phase == TAKEOFF:
            if self._takeoff.is_success(outcome):
                self._taken_off(now)
                outcome = ""
        elif phase == PATTERN:
            self.new_leg, self._pattern.new_leg = self._pattern.new_leg, False
            if self._pattern.at_gate:
                self._legs += self._pattern.marks()["legs"]
                self._arrived(now)
                outcome = ""
        elif not outcome and self._given_up(now):
            self._go_arounds += 1
            given_up = True
            self._pattern.begin(self._shape, now.x)
            self._enter(PATTERN)
        reward.earn(phase, given_up)
        reward.pay(before, now, outcome, terms)
        return outcome

    def _taken_off(self, now: Quantities) -> None:
        """The take-off is done: on to the circuit."""
        self._pattern.begin(self._shape, now.x, laps=self._pattern.laps)
        self._enter(PATTERN)

    def _arrived(self, now: Quantities) -> None:
        """The legs are flown to their gate: on to the landing."""
        self._landing.begin()
        self._legs.append(self._final(now))
        self._enter(LANDING)

    def _given_up(self, now: Quantities) -> bool:
        return self._landing.go_arounds > 0 or flew_past(now, self._shape.aim_x_m, self._shape.span_m)

    def _final(self, now: Quantities) -> dict[str, Any]:
        leg = self._landing.leg()
        return Straight("final", leg, self._shape.base_x_m - leg.x_m, 0.0).mark(now.time)

    def marks(self) -> dict[str, Any]:
        """The straights flown, and what the landing aims at."""
        flown = [*self._legs, *(self._pattern.marks()["legs"] if self._part == PATTERN else [])]
        return {**self._landing.marks(), "legs": flown} if LANDING in self._flown else {"legs": flown}

    def metrics(self) -> dict[str, float]:
        """Figures of the whole flight, then of each phase that was flown, the last first."""
        of_parts = {phase: self._parts[phase].metrics() for phase in sorted(self._flown, reverse=True)}
        gold = all(of_parts.get(phase, {}).get("gold", 0.0) > 0 for phase in (TAKEOFF, LANDING))
        figures = {
            "time_s": self._now.time if self._now else 0.0,
            "go_arounds": float(self._go_arounds),
            "phase": self.phase,
            "gold": float(gold),
        }
        for phase, own in of_parts.items():
            named = {self._named(phase, key): value for key, value in own.items()}
            figures |= {key: value for key, value in named.items() if key not in figures}
        return figures
