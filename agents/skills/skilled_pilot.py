"""A pilot made of skills: take-off, circuit, landing, roll-out, each flown by its own pilot, picked by what is seen.

A real flight controller works the same way: the flight plan says which leg is on, the mode for that leg flies it.
The sequencer reads the phase from the observation (`takeoff_phase`, ...: a row for each of SKILLS), hands each skill
the rows it was trained with, by name, and decides one thing itself: to go around when an approach has gone wrong.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from agents.config.programme import ROLL_OUT, SKILLS
from agents.pilot import Pilot
from agents.skills.air_data import Air
from agents.skills.columns import columns_of
from agents.skills.go_around import RULE_ROWS, Approach, GoAround
from envs.base.errors import InputError
from envs.observation import LIMIT, READINGS
from envs.tasks.parts.landing_rules import landing_rules
from envs.tasks.parts.pattern_shape import PATTERN_M

TAKEOFF, PATTERN, LANDING, AFTER_TOUCHDOWN = range(len(SKILLS) + 1)
HAND_OVER_M = landing_rules().learned.hand_over_m
# What the circuit's pilot is shown while a landing is given up: it is on its line (and `height_error`: as far below the
# circuit's height as it is).
ON_THE_LINE = ("cross_track", "cross_track_far")


@dataclass(frozen=True)
class Skill:
    """One pilot of a sequence and the names of the observation rows it was made for, in order."""

    pilot: Pilot
    rows: tuple[str, ...]


@dataclass
class SkillsMemory:
    """What a sequence remembers of n flights, (n,) each, and the skills' own memories."""

    skill: NDArray[np.int64]  # who flew last
    going_around: NDArray[np.bool_]
    given_up: NDArray[np.int64]  # landings so far
    touched: NDArray[np.bool_]  # this landing has had its first contact
    climb: NDArray[np.float64]  # m/s, last seen
    states: list[Any]
    air: Air | None = None  # what tells its airspeed, where who decides to go around asks for it


@dataclass(frozen=True)
class SequencedPilot:
    """Flies a task, whose observation has the rows `names`, with the skills of SKILLS.

    If there is a fourth, it flies from the first contact of a landing to standstill.
    `config` and `card` are those of its bundle; `balks`: whether a bad touchdown is given up, for an aircraft that can
    take off from its wheels. Holds no memory: it travels in `state`.
    """

    name: str
    config: Any
    card: Mapping[str, Any]
    names: tuple[str, ...]
    skills: tuple[Skill, ...]
    go_around: GoAround | None = field(default_factory=GoAround)  # None: the landing's own pilot decides
    balks: bool = True
    circuit_height_m: float = PATTERN_M

    def __post_init__(self) -> None:
        for skill, part in zip((*SKILLS, ROLL_OUT)[: len(self.skills)], self.skills, strict=True):
            for row in part.rows:
                if row not in self.names:
                    raise InputError(f"pilot {self.name}: its {skill} needs {row!r} in the observation")
        asked = self.go_around.rows if self.go_around else RULE_ROWS
        for row in (*asked, *(f"{skill}_phase" for skill in SKILLS)):
            if row not in self.names:
                raise InputError(f"pilot {self.name}: needs {row!r} in the observation, as in the task circuit")

    def predict(
        self, observation: Any, state: SkillsMemory | None = None, episode_start: Any = None, deterministic: bool = True
    ) -> tuple[NDArray[np.float32], SkillsMemory]:
        """Actions (n, 4) or (4,) for observations (n, k) or (k,), and the memory for the next call.

        `state` is the memory of the last call (None: all flights start), `episode_start` (n,) marks flights that
        start with this observation. The given state is not changed.
        """
        batch = np.atleast_2d(np.asarray(observation, np.float32))
        count = len(batch)
        now = Approach.read(batch, self.names)
        if state is None:
            starts, states = np.ones(count, bool), [None] * len(self.skills)
            last, going, touched, climb = np.full(count, -1), np.zeros(count, bool), np.zeros(count, bool), now.climb
            given_up, air = np.zeros(count, np.int64), None
        else:
            starts = np.zeros(count, bool) if episode_start is None else np.atleast_1d(episode_start).astype(bool)
            states, last, going = list(state.states), state.skill, state.going_around & ~starts
            touched, climb, given_up = state.touched & ~starts, state.climb, state.given_up * ~starts
            air = state.air
        phase = np.argmax(batch[:, self._columns(tuple(f"{skill}_phase" for skill in SKILLS))], axis=1)
        contact = (phase == LANDING) & (now.wheels > 0.5)
        if self.go_around:
            # A flight that begins on its wheels (an exercise of the roll-out) has touched before.
            air = self.go_around.follow(batch, self.names, air, starts)
            most = self.go_around.most_balked
            bad = contact & ~touched & ~starts & self.balks
            if bad.any():
                bad &= self.go_around.balks(now, climb, given_up + 1 >= most, air.heard if air else None)
            often = given_up >= most
            before = going
            going = (phase == LANDING) & (going | self.go_around.gives_up(now, touched | often) | bad & ~often)
            given_up = given_up + (going & ~before)
        away = np.where(contact | (self.balks & (now.height < HAND_OVER_M)), TAKEOFF, PATTERN)
        touched = contact | (touched & (phase == LANDING))
        rolling = touched & (len(self.skills) > AFTER_TOUCHDOWN)
        flying = np.where(going, away, np.where(rolling, AFTER_TOUCHDOWN, phase))
        actions = np.zeros((count, 4), np.float32)
        for number, skill in enumerate(self.skills):
            active = flying == number
            if not active.any():
                continue
            # All flights, also those that another skill flies: a matrix product may differ with its shape.
            inputs = batch[:, self._columns(skill.rows)]
            if number == PATTERN:
                self._show_climb(inputs, skill.rows, going, now.height)
            begins = starts | (active & (last != number))
            commands, states[number] = skill.pilot.predict(inputs, states[number], begins, deterministic)
            actions[active] = commands[active]
        memory = SkillsMemory(flying, going, given_up, touched, now.climb, states, air)
        return (actions if np.ndim(observation) == 2 else actions[0]), memory

    def _show_climb(
        self, inputs: NDArray[np.float32], rows: Sequence[str], going: NDArray[np.bool_], height: NDArray[np.float64]
    ) -> None:
        """Write into the circuit's readings of flights that go around where the climb leads. height: m, (n,)."""
        for row in ON_THE_LINE:
            if row in rows:
                inputs[going, rows.index(row)] = 0.0
        if "height_error" in rows:
            below = (height[going] - self.circuit_height_m) / READINGS["height_error"].scale
            inputs[going, rows.index("height_error")] = np.clip(below, -LIMIT, LIMIT)

    def _columns(self, rows: Sequence[str]) -> list[int]:
        return columns_of(self.names, tuple(rows))

    def check_fits(self, env: gymnasium.Env) -> None:
        """Raise InputError unless the env shows the rows that the sequence was made for."""
        check_rows(self, env)


def check_rows(pilot: Any, env: gymnasium.Env) -> None:
    """Raise InputError unless the env shows the rows `pilot.names`, as often as what its skills remember needs."""
    shown = tuple(getattr(env.unwrapped, "observation_names", ()))
    if shown != pilot.names:
        raise InputError(
            f"pilot {pilot.name}: flies {pilot.config.task}, observation {pilot.config.observation}; "
            "this environment shows other readings"
        )
    for skill in getattr(pilot, "sequence", pilot).skills:
        if hasattr(skill.pilot, "check_rate"):
            skill.pilot.check_rate(env)
