"""A landing with go-arounds: a sequence of skills flies a task that shows only the final approach.

The task's readings are turned into those of a circuit (navigator.py): on the approach the same, after a landing
is given up those of the legs that lead back to it. The sequence (skilled_pilot.py) flies these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from agents.skills.navigator import Navigator, Round
from agents.skills.skilled_pilot import LANDING, PATTERN, SequencedPilot, SkillsMemory, check_rows


@dataclass
class RoundMemory:
    """What is remembered of n flights: the rounds they are on, their crosswind (n,) m/s, the sequence's memory."""

    rounds: tuple[Round | None, ...]
    wind: NDArray[np.float64]
    sequence: SkillsMemory


@dataclass(frozen=True)
class LandingRounds:
    """Flies the landing, with observation rows `names`, by a sequence made for the circuit's."""

    name: str
    config: Any
    card: Mapping[str, Any]
    names: tuple[str, ...]
    sequence: SequencedPilot
    navigator: Navigator

    def predict(
        self, observation: Any, state: RoundMemory | None = None, episode_start: Any = None, deterministic: bool = True
    ) -> tuple[NDArray[np.float32], RoundMemory]:
        """Actions (n, 4) or (4,) for observations (n, k) or (k,); see SequencedPilot.predict."""
        batch = np.atleast_2d(np.asarray(observation, np.float32))
        starts = np.ones(len(batch), bool)
        if state is not None:
            starts = np.zeros_like(starts) if episode_start is None else np.atleast_1d(episode_start).astype(bool)
        rounds: list[Round | None] = [None] * len(batch)
        sensed, wind = self.navigator.sensed_states(
            batch, np.zeros(len(batch)) if state is None else state.wind * ~starts
        )
        if state is not None:
            going = state.sequence.going_around
            rounds = [
                None if starts[k] else self.navigator.follow(state.rounds[k], bool(going[k]), now)
                for k, now in enumerate(sensed)
            ]
        shown = self.navigator.show(batch, sensed, rounds, (PATTERN, LANDING))
        actions, memory = self.sequence.predict(shown, state.sequence if state else None, starts, deterministic)
        return (actions if np.ndim(observation) == 2 else actions[0]), RoundMemory(tuple(rounds), wind, memory)

    def check_fits(self, env: gymnasium.Env) -> None:
        """Raise InputError unless the env shows the rows that the sequence was made for."""
        check_rows(self, env)
