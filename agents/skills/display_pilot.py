"""A flight with figures: one pilot flies them, the skills of a circuit all else, and a safety pilot what went wrong.

The phase in the observation says when the figures are on (`figure_phase`). Whether a figure is given up is decided
here, from what the sensors say: too far off its path, or so low and steep that it must be pulled out now. From then on
the upset recovery flies until the aircraft is level, and then the skill that flies the circuit. What made a figure go
wrong may be wrong still: such a flight is landed by the pilot that learned to land with faults, where there is one.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from agents.skills.columns import columns_of
from agents.skills.skilled_pilot import LANDING, SequencedPilot, Skill, SkillsMemory, check_rows
from envs.aircraft.aircraft import Aircraft
from envs.base.errors import InputError
from envs.base.units import GRAVITY
from envs.observation import READINGS

CIRCUIT, FIGURE, RECOVERY, CAREFUL = range(4)
PHASE, SHOWN_INSTEAD = "figure_phase", "pattern_phase"
SEEN = (
    *(f"{name}_{axis}" for name in ("path_off", "track", "up") for axis in "xyz"),
    "height",
    "airspeed",
    "roll_rate",
    "pitch_rate",
    "yaw_rate",
)
Bools = NDArray[np.bool_]
Array = NDArray[np.float64]


@dataclass(frozen=True)
class GiveUp:
    """When a figure is given up, and when the flight is level again. Lengths m, speeds m/s.

    `off_m`: distance from the path, less than that at which the judge of the task calls it lost. `floor_m`: height
    that a pull-out of `pull_g` weights, no more than the speed carries, must leave where it is `low_off_m` off it.
    """

    off_m: float
    low_off_m: float
    floor_m: float
    stall_mps: float
    pull_g: float = 3.0
    pull_share: float = 0.6  # of the lift there is
    level_upright: float = float(np.cos(np.radians(35)))
    level_nose: float = float(np.sin(np.radians(25)))
    level_vs: float = 1.15
    level_rates: float = 1.2  # rad/s, all three together
    level_steps: int = 15  # control steps that it must be so

    @staticmethod
    def of(aircraft: Aircraft) -> GiveUp:
        """The limits for an aircraft."""
        span = aircraft.span_m
        return GiveUp(min(8.0 * span, 12.0), 2.0 * span, 2.5 * span, aircraft.stall_speed_mps)

    def asks(self, seen: Seen) -> Bools:
        """(n,) whether each figure is to be given up now."""
        square = np.sum(seen.track**2, axis=0)
        climb = np.sum(seen.track * seen.up, axis=0) / np.sqrt(np.maximum(square, 1.0))
        lift = np.clip(self.pull_share * (seen.airspeed / self.stall_mps) ** 2, 1.6, self.pull_g)
        # Radius of the pull-out, of which the dive takes 1 - cos of its angle.
        loss = square / (GRAVITY * (lift - 1.0)) * (1.0 - np.sqrt(np.maximum(0.0, 1.0 - climb**2)))
        low = (climb < 0.0) & (seen.height - loss < self.floor_m)
        off = np.sqrt(np.sum(seen.off**2, axis=0))
        return (off > self.off_m) | (low & (off > self.low_off_m))  # on its path a figure may be as low

    def is_level(self, seen: Seen) -> Bools:
        """(n,) whether each flies level enough for the circuit's pilot."""
        return (
            (seen.up[2] > self.level_upright)
            & (np.abs(seen.up[0]) < self.level_nose)
            & (seen.airspeed > self.level_vs * self.stall_mps)
            & (seen.turning < self.level_rates)
        )


@dataclass(frozen=True)
class Seen:
    """Of n flights, from the sensors: vectors (3, n) in body axes m and m/s; height m, airspeed m/s, rad/s (n,)."""

    off: Array
    track: Array
    up: Array
    height: Array
    airspeed: Array
    turning: Array


@dataclass
class DisplayMemory:
    """What is remembered of n flights, (n,) each, and the pilots' own memories."""

    flying: NDArray[np.int64]  # who flew last
    given_up: Bools
    careful: Bools  # whether a figure of this flight was ever given up
    level: NDArray[np.int64]  # control steps for which it was level
    circuit: SkillsMemory | None
    careful_circuit: SkillsMemory | None
    figure: Any
    recovery: Any

    @staticmethod
    def fresh(count: int) -> DisplayMemory:
        """Of flights that have not begun."""
        never = np.zeros(count, bool)
        return DisplayMemory(np.full(count, -1), never, never, np.zeros(count, np.int64), None, None, None, None)


@dataclass(frozen=True)
class DisplayPilot:
    """Flies the airshow, whose observation has the rows of `circuit`, with a pilot for its figures.

    `recovery`: back to level flight, with the same rows. `robust_landing`: lands, in the place of the circuit's own
    landing, the flights of which a figure was given up. Holds no memory: it travels in `state`.
    """

    circuit: SequencedPilot
    figure: Skill
    recovery: Skill
    limits: GiveUp
    span_m: float
    robust_landing: Skill | None = None

    def __post_init__(self) -> None:
        for row in (*self.figure.rows, *self.recovery.rows, *SEEN, PHASE):
            if row not in self.names:
                raise InputError(f"pilot {self.name}: its figures need {row!r} in the observation")

    @property
    def name(self) -> str:
        """Of its bundle."""
        return self.circuit.name

    @property
    def config(self) -> Any:
        """Of its bundle."""
        return self.circuit.config

    @property
    def card(self) -> Mapping[str, Any]:
        """Of its bundle."""
        return self.circuit.card

    @property
    def names(self) -> tuple[str, ...]:
        """Of the observation's rows."""
        return self.circuit.names

    @property
    def skills(self) -> tuple[Skill, ...]:
        """All who fly."""
        robust = () if self.robust_landing is None else (self.robust_landing,)
        return (*self.circuit.skills, self.figure, self.recovery, *robust)

    @functools.cached_property
    def careful_circuit(self) -> SequencedPilot | None:
        """The circuit that ends with the robust landing; None without one."""
        if self.robust_landing is None:
            return None
        skills = tuple(
            self.robust_landing if number == LANDING else skill for number, skill in enumerate(self.circuit.skills)
        )
        return replace(self.circuit, skills=skills)

    def predict(
        self,
        observation: Any,
        state: DisplayMemory | None = None,
        episode_start: Any = None,
        deterministic: bool = True,
    ) -> tuple[NDArray[np.float32], DisplayMemory]:
        """Actions (n, 4) or (4,) for observations (n, k) or (k,); see SequencedPilot.predict."""
        batch = np.atleast_2d(np.asarray(observation, np.float32))
        count = len(batch)
        if state is None:
            state, starts = DisplayMemory.fresh(count), np.ones(count, bool)
        else:
            starts = np.zeros(count, bool) if episode_start is None else np.atleast_1d(episode_start).astype(bool)
        seen = self._seen(batch)
        figures = batch[:, self.names.index(PHASE)] > 0.5
        flying, given_up, level = self._who(seen, figures, state, starts)
        careful = given_up | (state.careful & ~starts)
        if self.careful_circuit is not None:
            flying = np.where((flying == CIRCUIT) & careful, CAREFUL, flying)
        begins = starts | (flying != state.flying)
        shown = batch.copy()
        shown[figures, self.names.index(SHOWN_INSTEAD)] = 1.0
        actions = np.zeros((count, 4), np.float32)
        memory = replace(state, flying=flying, given_up=given_up, careful=careful, level=level)
        if (flying == CIRCUIT).any():
            commands, memory.circuit = self.circuit.predict(shown, state.circuit, begins, deterministic)
            actions = np.where((flying == CIRCUIT)[:, None], commands, actions)
        if self.careful_circuit is not None and (flying == CAREFUL).any():
            commands, memory.careful_circuit = self.careful_circuit.predict(
                shown, state.careful_circuit, begins, deterministic
            )
            actions = np.where((flying == CAREFUL)[:, None], commands, actions)
        for number, skill in ((FIGURE, self.figure), (RECOVERY, self.recovery)):
            active = flying == number
            if not active.any():
                continue
            inputs = batch[:, columns_of(self.names, skill.rows)]
            before = state.figure if number == FIGURE else state.recovery
            commands, after = skill.pilot.predict(inputs, before, begins, deterministic)
            actions = np.where(active[:, None], commands, actions)
            if number == FIGURE:
                memory.figure = after
            else:
                memory.recovery = after
        actions = actions.astype(np.float32)
        return (actions if np.ndim(observation) == 2 else actions[0]), memory

    def _who(
        self, seen: Seen, figures: Bools, state: DisplayMemory, starts: Bools
    ) -> tuple[NDArray[np.int64], Bools, NDArray[np.int64]]:
        """Who flies each flight, whether its figures are given up, and for how long it was level, (n,) each."""
        last, before = np.where(starts, -1, state.flying), state.given_up & ~starts
        given_up = figures & (before | ((last == FIGURE) & self.limits.asks(seen)))
        is_level = self.limits.is_level(seen)
        level = np.where(is_level & ~starts, state.level + 1, 0)
        upset = (given_up & ~before) | ((last == FIGURE) & ~figures & ~is_level)
        recovering = upset | ((last == RECOVERY) & (level < self.limits.level_steps))
        flying = np.where(recovering, RECOVERY, np.where(figures & ~given_up, FIGURE, CIRCUIT))
        return flying, given_up, np.where(upset, 0, level)

    @functools.cached_property
    def _units(self) -> tuple[Array, Array]:
        """Scale and offset of SEEN, (k,) each."""
        unit = {"": 1.0, "stall_speed": self.limits.stall_mps, "span": self.span_m}
        rows = [READINGS[row] for row in SEEN]
        of_rows = [(row.scale * unit[row.per], row.offset * unit[row.per]) for row in rows]
        return np.array([scale for scale, _ in of_rows]), np.array([offset for _, offset in of_rows])

    def _seen(self, batch: NDArray[np.float32]) -> Seen:
        scale, offset = self._units
        values = (batch[:, columns_of(self.names, SEEN)].astype(np.float64) * scale + offset).T
        height, airspeed, p, q, r = values[9:]
        return Seen(values[0:3], values[3:6], values[6:9], height, airspeed, np.sqrt(p**2 + q**2 + r**2))

    def check_fits(self, env: gymnasium.Env) -> None:
        """Raise InputError unless the env shows the rows that the pilots were made for."""
        check_rows(self, env)
