"""Landings, and what their pilot read at each moment at which it could have gone round."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.config.programme import TrainingConfig
from agents.environments.flights import EnvFunction, flight_env_function
from agents.evaluation.flight_test import SIDE_BY_SIDE, Flight, FlightTest
from agents.pilots.loading import load_pilot
from agents.pilots.wrapping import WrappingPilot
from agents.skills.air_data import Air, listen
from agents.skills.go_around import APPROACH, Approach
from agents.skills.landing_pilot import LandingRounds
from envs.base.errors import InputError


class Moment(NamedTuple):
    """Of one flight: the fields of an Approach, and the climb rate a control step before (m/s)."""

    readings: NDArray[np.float64]  # (fields,)
    climb_before: float


@dataclass
class Landing:
    """One flight. `approach`: below APPROACH.below_m before the first contact, in turn; `contact`: then, if ever.

    `heard`: what told its airspeed at that contact (agents/skills/air_data.py).
    """

    flight: Flight
    approach: list[Moment] = field(default_factory=list)
    contact: Moment | None = None
    touched_and_went: int = 0
    heard: NDArray[np.float64] | None = None

    @property
    def went_round(self) -> bool:
        """Whether it gave up a landing, on the approach or at a touchdown."""
        return self.flight.metrics["go_arounds"] > 0


class Watched(WrappingPilot):
    """A pilot of skills, whose readings are noted; flies as FlightTest does, SIDE_BY_SIDE flights at once."""

    def __init__(self, pilot: LandingRounds) -> None:
        super().__init__(pilot)
        self._count = np.full(SIDE_BY_SIDE, -1)  # flights of each row so far
        self._climb, self._going = np.zeros(SIDE_BY_SIDE), np.zeros(SIDE_BY_SIDE, bool)
        self.approaches: dict[int, list[Moment]] = {}
        self.contacts: dict[int, Moment] = {}
        self.heard: dict[int, NDArray[np.float64]] = {}
        self._air: Air | None = None
        self.touched_and_went: dict[int, int] = {}

    def predict(
        self, observation: Any, state: Any = None, episode_start: Any = None, deterministic: bool = True
    ) -> tuple[NDArray[np.float32], Any]:
        """As of every pilot."""
        batch, starts = np.asarray(observation, np.float32), np.asarray(episode_start, bool)
        now, self._air = Approach.read(batch, self.names), listen(batch, self.names, self._air, starts)
        self._count += starts
        actions, memory = self.pilot.predict(observation, state, episode_start, deterministic)
        going, touched = memory.sequence.going_around, memory.sequence.touched
        low = (now.height < APPROACH.below_m) & (now.along > -APPROACH.before_spans)
        for row in np.flatnonzero(~starts & low):
            index = int(row) + SIDE_BY_SIDE * int(self._count[row])
            if going[row] and touched[row] and not self._going[row]:
                self.touched_and_went[index] = self.touched_and_went.get(index, 0) + 1
            if index in self.contacts:
                continue
            moment = Moment(np.array([column[row] for column in now]), float(self._climb[row]))
            if now.wheels[row] > 0.5:
                self.contacts[index], self.heard[index] = moment, self._air.heard[row]
            else:
                self.approaches.setdefault(index, []).append(moment)
        self._climb, self._going = now.climb, going
        return actions, memory


def landing_flyer(pilot_name: str, config: TrainingConfig) -> tuple[EnvFunction, LandingRounds]:
    """What builds the environment of `config`, and the pilot of skills who flies it. Raises InputError for another."""
    make_env = flight_env_function(config)
    env = make_env()
    pilot = load_pilot(pilot_name, env)
    env.close()
    if not isinstance(pilot, LandingRounds):
        raise InputError(f"{pilot_name}: has no skill that comes round again, as landing-ultra_stick has")
    return make_env, pilot


def fly_landings(
    make_env: EnvFunction,
    pilot: LandingRounds,
    seeds: Sequence[int],
    processes: int | None = None,
    on_landed: Callable[[Flight], None] | None = None,
) -> list[Landing]:
    """One landing a seed, in the order of `seeds`."""
    watched = Watched(pilot)
    with FlightTest(make_env, processes) as test:
        flights = test.fly(watched, seeds, on_landed)
    return [
        Landing(
            flight,
            watched.approaches.get(i, []),
            watched.contacts.get(i),
            watched.touched_and_went.get(i, 0),
            watched.heard.get(i),
        )
        for i, flight in enumerate(flights)
    ]
