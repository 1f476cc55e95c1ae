"""A pilot made of skills: take-off, circuit and landing, each flown by its own pilot, picked by what is observed.

A real flight controller works the same way: the flight plan says which leg is on, the mode for that leg flies it.
The sequencer reads the phase from the observation (`takeoff_phase`, ...: a row for each of SKILLS), hands each skill
the rows it was trained with, by name, and decides one thing itself: to go around when an approach has gone wrong.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from agents.config import SKILLS
from agents.evaluation import Pilot
from envs.errors import InputError
from envs.observation import LIMIT, ROWS

PATTERN, LANDING = SKILLS.index("pattern"), SKILLS.index("landing")
RULE_ROWS = ("airspeed", "height", "cross_track", "along_track_near", "wheels_on_ground")


@dataclass(frozen=True)
class GoAround:
    """When an approach is given up: near the ground, wheels off, and one of these. Vs: stall speed, b: span."""

    below_m: float = 3.0  # height under which an approach is judged
    before_spans: float = 15.0  # from this far before the aim point on
    most_across_spans: float = 1.5  # off the centreline
    slowest_vs: float = 0.9  # through the air
    longest_spans: float = 11.0  # beyond the aim point and still above `landed_m`: the touchdown would be long
    landed_m: float = 0.3


@dataclass(frozen=True)
class Skill:
    """One pilot of a sequence and the names of the observation rows it was made for, in order."""

    pilot: Pilot
    rows: tuple[str, ...]


@dataclass
class Memory:
    """What a sequence remembers of n flights: who flew last, (n,); whether it goes around, (n,); skills' memories."""

    skill: NDArray[np.int64]
    going_around: NDArray[np.bool_]
    states: list[Any]


@dataclass(frozen=True)
class SequencedPilot:
    """Flies a task whose observation has the rows `names` with the skills of SKILLS.

    `config` and `card` are those of its bundle. Holds no memory: it travels in `state`.
    """

    name: str
    config: Any
    card: Mapping[str, Any]
    names: tuple[str, ...]
    skills: tuple[Skill, ...]
    go_around: GoAround | None = GoAround()  # None: the landing's own pilot decides

    def __post_init__(self) -> None:
        for skill, part in zip(SKILLS, self.skills, strict=True):
            for row in part.rows:
                if row not in self.names:
                    raise InputError(f"pilot {self.name}: its {skill} needs {row!r} in the observation")
        for row in (*RULE_ROWS, *(f"{skill}_phase" for skill in SKILLS)):
            if row not in self.names:
                raise InputError(f"pilot {self.name}: needs {row!r} in the observation, as in the task circuit")

    def predict(
        self, observation: Any, state: Memory | None = None, episode_start: Any = None, deterministic: bool = True
    ) -> tuple[NDArray[np.float32], Memory]:
        """Actions (n, 4) or (4,) for observations (n, k) or (k,), and the memory for the next call.

        `state` is the memory of the last call (None: all flights start), `episode_start` (n,) marks flights that
        start with this observation. The given state is not changed.
        """
        batch = np.atleast_2d(np.asarray(observation, np.float32))
        count = len(batch)
        if state is None:
            starts, states = np.ones(count, bool), [None] * len(self.skills)
            last, going = np.full(count, -1), np.zeros(count, bool)
        else:
            starts = np.zeros(count, bool) if episode_start is None else np.atleast_1d(episode_start).astype(bool)
            states, last, going = list(state.states), state.skill, state.going_around & ~starts
        phase = np.argmax(batch[:, self._columns(tuple(f"{skill}_phase" for skill in SKILLS))], axis=1)
        going = (phase == LANDING) & (going | self._gives_up(batch))
        flying = np.where(going, PATTERN, phase)
        actions = np.zeros((count, 4), np.float32)
        for number, skill in enumerate(self.skills):
            active = flying == number
            if not active.any():
                continue
            # All flights, also those that another skill flies: a matrix product may differ with its shape.
            inputs = batch[:, self._columns(skill.rows)]
            if number == PATTERN and "height_error" in skill.rows:
                inputs[going, skill.rows.index("height_error")] = -LIMIT  # as far below the circuit's height: climb
            begins = starts | (active & (last != number))
            commands, states[number] = skill.pilot.predict(inputs, states[number], begins, deterministic)
            actions[active] = commands[active]
        memory = Memory(flying, going, states)
        return (actions if np.ndim(observation) == 2 else actions[0]), memory

    def _gives_up(self, batch: NDArray[np.float32]) -> NDArray[np.bool_]:
        """(n,) whether each approach is beyond mending, from sensed quantities."""
        rule = self.go_around
        if rule is None:
            return np.zeros(len(batch), bool)
        airspeed, height, across, along, wheels = (
            batch[:, self.names.index(name)] * ROWS[name].scale + ROWS[name].offset for name in RULE_ROWS
        )  # in Vs, m, b, b, count
        low = (height < rule.below_m) & (wheels < 0.5) & (along > -rule.before_spans)
        astray = (np.abs(across) > rule.most_across_spans) | (airspeed < rule.slowest_vs)
        long = (along > rule.longest_spans) & (height > rule.landed_m)
        return low & (astray | long)

    def _columns(self, rows: Sequence[str]) -> list[int]:
        return [self.names.index(row) for row in rows]

    def check_fits(self, env: gymnasium.Env) -> None:
        """Raise InputError unless the env shows the rows that the sequence was made for."""
        shown = tuple(getattr(env.unwrapped, "observation_names", ()))
        if shown != self.names:
            raise InputError(f"pilot {self.name}: flies {self.config.task}, observation {self.config.observation}; "
                             "this environment shows other readings")
