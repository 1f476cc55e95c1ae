"""Circuit: take-off, once round the aerodrome, landing and stop, in one flight."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from envs.aircraft.aircraft import Aircraft
from envs.base.quantities import Quantities
from envs.base.runway import Runway
from envs.tasks.landing import LandingTask
from envs.tasks.parts.pattern_shape import Side
from envs.tasks.parts.task import Leg, Start, Task
from envs.tasks.parts.touchdown import flew_past
from envs.tasks.pattern import PatternTask
from envs.tasks.takeoff import TakeoffTask

FIRST_LAP_S, MORE_LAP_S = 180.0, 90.0  # time for two go-arounds, and for each further lap
TAKEOFF, PATTERN, LANDING = 0, 1, 2
PARTS: tuple[type[Task], ...] = (TakeoffTask, PatternTask, LandingTask)  # in the order of a flight's phases


class CircuitTask(Task):
    """`ModelAircraft/Circuit-v0`: success is a take-off that counts and a landing that counts, in one flight.

    Three phases, each judged and rewarded by its own task: `TakeoffTask` until its climb is held, `PatternTask`
    round the legs to the gate on base leg, `LandingTask` from there to standstill. The observation's leg is the
    phase's: centreline, straight of the circuit, final approach; the rows `takeoff_phase`, `pattern_phase` and
    `landing_phase` say which. Starts as the take-off does; `circuit_side` +1 flies left-hand, -1 right-hand, 0
    draws it; `laps`: how many times round. A share `air_share` of the flights (0 unless a learning programme asks)
    starts in a later phase instead, as the pattern or the landing does.

    The gate only hands over: however it is passed, the landing begins. A landing is given up, and the pattern
    flown again from there, when an aircraft that was below 1.5 m or touched climbs above 3 m, or one passes the
    end of the touchdown box (12 b beyond the aim point) above 3 m; `go_arounds` counts both.

    The outcome is `landed` (the success), or the word of the phase's failure; the clock (180 s, 90 s more for each
    further lap) truncates (`timeout`). Metrics: the landing's, and those of the other phases with `takeoff_` or
    `pattern_` before; `phase`, how far it came (0 to 2); `time_s`; `go_arounds`; `gold`, of take-off and landing both.

    Reward terms: `takeoff`, `pattern`, `landing`, what the phase's own task gives at its own scales. With a landing
    given up, all that this round's pattern and landing had earned is paid back: going round again earns nothing.
    """

    name = "circuit"
    time_limit_s = FIRST_LAP_S
    default_reward: ClassVar = {part.name: 1.0 for part in PARTS}
    default_options: ClassVar = {"circuit_side": 1, "laps": 1, "air_share": 0.0}
    observations: ClassVar = (
        *dict.fromkeys(row for part in PARTS for row in part.observations),
        "takeoff_phase",
        "pattern_phase",
        "landing_phase",
    )

    def __init__(self, aircraft: Aircraft, runway: Runway, options: dict[str, Any], step_s: float) -> None:
        super().__init__(aircraft, runway, options, step_s)
        own = {key: self.options[key] for key in ("circuit_side", "laps")}
        self._takeoff = TakeoffTask(aircraft, runway, {}, step_s)
        self._pattern = PatternTask(aircraft, runway, own, step_s)
        self._landing = LandingTask(aircraft, runway, {}, step_s)
        self._parts: tuple[Task, ...] = (self._takeoff, self._pattern, self._landing)
        self._scales = [list(part.default_reward.items()) for part in self._parts]
        self._terms = [dict.fromkeys(part.default_reward, 0.0) for part in self._parts]
        self.time_limit_s = FIRST_LAP_S + MORE_LAP_S * (self._pattern.laps - 1)

    def start(self, rng: np.random.Generator) -> Start:
        """At the threshold; or, if a learning programme asks, round the circuit or before the landing."""
        self._now: Quantities | None = None
        self._go_arounds, self._flown = 0, set()
        self._legs: list[dict[str, Any]] = []
        self._earned = dict.fromkeys(self.default_reward, 0.0)
        phase = TAKEOFF
        if self.options["air_share"] and rng.uniform() < self.options["air_share"]:
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
        phase = self._part
        part, part_terms = self._parts[phase], self._terms[phase]
        outcome = part.step(before, now, part_terms)
        for other in self._parts:
            terms[other.name] = 0.0
        terms[part.name] = sum(scale * part_terms[name] for name, scale in self._scales[phase])
        self._earned[part.name] += terms[part.name]
        if phase == TAKEOFF:
            if part.is_success(outcome):
                self._pattern.begin(self._shape, now.x, laps=self._pattern.laps)
                self._enter(PATTERN)
                return ""
        elif phase == PATTERN:
            self.new_leg, part.new_leg = part.new_leg, False
            if self._pattern.at_gate:
                self._landing.begin()
                self._legs += [*self._pattern.marks()["legs"], self._final(now)]
                self._enter(LANDING)
                return ""
        elif not outcome and self._given_up(now):
            self._go_arounds += 1
            for name in (self._pattern.name, self._landing.name):
                terms[name] -= max(0.0, self._earned[name])
                self._earned[name] = 0.0
            self._pattern.begin(self._shape, now.x)
            self._enter(PATTERN)
        return outcome

    def _given_up(self, now: Quantities) -> bool:
        return self._landing.go_arounds > 0 or flew_past(now, self._shape.aim_x_m, self._shape.span_m)

    def _final(self, now: Quantities) -> dict[str, Any]:
        leg = self._landing.leg()
        return Side("final", leg, self._shape.base_x_m - leg.x_m, 0.0).mark(now.time)

    def marks(self) -> dict[str, Any]:
        """The straights flown, and what the landing aims at."""
        flown = [*self._legs, *(self._pattern.marks()["legs"] if self._part == PATTERN else [])]
        return {**self._landing.marks(), "legs": flown} if LANDING in self._flown else {"legs": flown}

    def is_success(self, outcome: str) -> bool:
        """A silver landing, after a take-off by the rules: without that the flight had ended."""
        return outcome == "landed"

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
            prefix = "" if phase == LANDING else f"{self._parts[phase].name}_"
            figures |= {f"{prefix}{key}": value for key, value in own.items() if f"{prefix}{key}" not in figures}
        return figures
