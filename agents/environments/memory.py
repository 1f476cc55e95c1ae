"""A pilot's memory: readings of some moments before, and integrals of some, put behind the readings of now.

A policy that sees one moment alone cannot tell a bent rudder from a gust. What it remembers is made from the plain
observations, step by step, and by the pilot itself: it travels in the `state` of `predict`, so that environments show
what they always showed and anything that flies a pilot flies one with a memory. Training keeps one memory for all
aircraft side by side (agents/environments/remembering_env.py). Imported by pilots: without torch.

Not a recurrent network: with sb3-contrib 2.9.2's RecurrentPPO (one LSTM of 128 for policy and value each, else the
programme robust_landing) an update takes 1467 us of a core a step, with history_s [0.1, 0.3] and integrals_s {all: 3}
98 us, without memory 82 us. A memory of readings adds 6 % to a training's time (`remembering_to_shared` of
scripts/benchmark.py), and what it holds can be looked at.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.config.blocks import ALL
from agents.config.programme import TrainingConfig
from agents.pilot import Pilot
from envs.base.errors import InputError, unknown_name

Readings = NDArray[np.float32]


@dataclass(frozen=True)
class Remembered:
    """What is remembered of n flights: `past` (n, steps, k), the newest readings first, and `integrals` (n, m)."""

    past: Readings
    integrals: Readings

    def of(self, flight: int) -> Remembered:
        """Of one flight alone."""
        return Remembered(self.past[flight : flight + 1], self.integrals[flight : flight + 1])


@dataclass(frozen=True)
class Memory:
    """How a pilot remembers: `seen` readings are shown, those of `ages` control steps ago kept, `columns` integrated.

    An integral I of a reading x forgets with its time constant T (a "leaky integrator"): dI/dt = (x - I) / T, with x
    cut to +-1, so that a far error winds nothing up, and I within +-1. `gains`: 1 - exp(-step / T) of each. A flight
    starts as if it had always been as it is at its first reading.
    """

    seen: int
    ages: tuple[int, ...] = ()
    columns: tuple[int, ...] = ()
    gains: tuple[float, ...] = ()

    @property
    def size(self) -> int:
        """Readings that the policy is given: those of now, the older ones and the integrals."""
        return self.seen * (1 + len(self.ages)) + len(self.columns)

    def look(self, readings: Any, before: Remembered | None = None, starts: Any = None) -> tuple[Readings, Remembered]:
        """What the policy is given (n, size) for `readings` (n, seen), and what is remembered from now on.

        `before`: what was until now (None: all flights start), left as it is; `starts` (n,): flights that start with
        these readings. Raises InputError for readings of another number of flights or of another size.
        """
        now = np.asarray(readings, np.float32)
        if now.ndim != 2 or now.shape[1] != self.seen:
            raise InputError(f"a pilot's memory: {now.shape[-1]} readings where it was made for {self.seen}")
        if before is not None and len(before.past) != len(now):
            raise InputError(f"a pilot's memory of {len(before.past)} flights cannot go on with {len(now)}")
        kept = np.empty((len(now), max(self.ages, default=0) + 1, self.seen), np.float32)
        inputs: Readings = np.clip(now[:, self.columns], -1.0, 1.0)
        kept[:, 0] = now
        if before is None:
            kept[:, 1:] = now[:, None]
            integrals: Readings = inputs
        else:
            kept[:, 1:] = before.past[:, :-1]
            gains = np.asarray(self.gains, np.float32)
            integrals = (before.integrals + gains * (inputs - before.integrals)).astype(np.float32, copy=False)
            first = np.flatnonzero(np.atleast_1d(starts)) if starts is not None else ()
            for flight in first:
                kept[flight], integrals[flight] = now[flight], inputs[flight]
        older = kept[:, self.ages].reshape(len(now), -1)
        return np.concatenate([now, older, integrals], axis=1), Remembered(kept, integrals)


def memory_of(config: TrainingConfig, names: Sequence[str] | None, seen: int) -> Memory | None:
    """The memory of a config's pilot, who is shown `seen` readings with these `names`; None: it has none.

    Raises InputError, one line, where a reading to integrate is not shown.
    """
    network = config.network
    if not network.history_s and not network.integrals_s:
        return None
    times_s = network.integrals_of(names or ())
    for name in times_s:
        if name not in (names or ()):
            raise unknown_name("reading in network.integrals_s", name, (*(names or ()), ALL))
    places = tuple(list(names or ()).index(name) for name in times_s)
    gains = tuple(1.0 - math.exp(-1.0 / (time_s * config.control_hz)) for time_s in times_s.values())
    return Memory(seen, config.history_steps, places, gains)


@dataclass(frozen=True)
class RememberingPilot:
    """A pilot of longer observations, flown on plain ones: its memory is the state of `predict`."""

    pilot: Pilot
    memory: Memory

    def predict(
        self,
        observation: Any,
        state: Remembered | None = None,
        episode_start: Any = None,
        deterministic: bool = True,
    ) -> tuple[np.ndarray, Remembered]:
        """Actions (n, 4) or (4,) for observations (n, k) or (k,), and the memory for the next call.

        Without a `state` all flights start: whoever flies on gives back the state of the last call.
        """
        inputs, state = self.memory.look(np.atleast_2d(observation), state, episode_start)
        actions, _ = self.pilot.predict(inputs, None, None, deterministic)
        return (actions if np.ndim(observation) == 2 else actions[0]), state


def with_memory(pilot: Any, memory: Memory | None) -> Any:
    """The pilot of a policy that was trained with `memory`; the policy itself if there is none."""
    return RememberingPilot(pilot, memory) if memory else pilot
