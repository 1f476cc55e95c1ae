"""One cell of the adaptation study: one pilot, one fault; success before, on the way, and if everything were known."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from pydantic import TypeAdapter, ValidationError

from agents.adaptation.adapt import FIRST_TEST_FLIGHT
from agents.adaptation.airfield import Airfield, TestFlight, gives_up
from agents.adaptation.compensation import compensate
from agents.adaptation.learner import Learner
from agents.adaptation.practice import GOOD, Practice
from agents.config.blocks import FIRST_TEST_SEED
from agents.config.programme import TrainingConfig
from agents.environments.flights import flight_env_function
from agents.evaluation.flight_test import Flight, FlightTest
from agents.pilots.bundle import commit
from agents.pilots.compensated import CompensatedPilot, Compensation
from agents.pilots.loading import load_pilot
from agents.pilots.pilot_config import pilot_config
from envs.base.errors import InputError
from envs.discrepancies import apply_discrepancies
from envs.flight_env import FlightEnv


@dataclass(frozen=True)
class Asked:
    """What a cell is about; `after`: numbers of test flights after which success is counted."""

    pilot: str
    task: str
    aircraft: str
    weather: str
    discrepancy: str
    after: tuple[int, ...]
    flights: int


@dataclass(frozen=True)
class Cell:
    """What came of it.

    `successes`: {test flights: count of `flights`}; `knowing`: of the pilot told all of the fault, and practised on
    exactly that where it needs to.
    `quality`: {test flights: {metric: mean of the flights that succeeded}}, {} in files of before there was any.
    `seconds`: processor time of all of it; `adapting`: {test flights: that of flying and learning from so many, without
    the flights counted}, {} in files of before it was measured.
    `commit`: of the checkout that flew it, "" where it is not known.
    `refused`: why the aircraft cannot have it, "" if it can.
    """

    asked: Asked
    successes: dict[str, int] = field(default_factory=dict)
    knowing: int = 0
    crashes: int = 0
    test_flights: list[str] = field(default_factory=list)
    outcomes: dict[str, dict[str, int]] = field(default_factory=dict)
    quality: dict[str, dict[str, float]] = field(default_factory=dict)
    estimate: dict[str, dict[str, float | str]] = field(default_factory=dict)
    seconds: float = 0.0
    adapting: dict[str, float] = field(default_factory=dict)
    commit: str = ""
    refused: str = ""

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

    @classmethod
    def of(cls, told: dict[str, Any], source: object) -> Cell:
        """From what `as_dict` made, read from `source`. Raises InputError, one line."""
        try:
            return TypeAdapter(cls).validate_python(told)
        except ValidationError as error:
            fault = error.errors()[0]
            place = ".".join(map(str, fault["loc"]))
            raise InputError(f"{source}: no cell of a study: {place}: {fault['msg']}; without it it is flown") from None


def success_means(flights: Sequence[Flight]) -> dict[str, float]:
    """{metric: its mean over the flights that succeeded, of those that have it}."""
    found: dict[str, list[float]] = {}
    for flight in flights:
        for name, value in flight.metrics.items() if flight.is_success else ():
            if math.isfinite(value):
                found.setdefault(name, []).append(value)
    return {name: round(sum(values) / len(values), 5) for name, values in found.items()}


@dataclass(frozen=True)
class Known:
    """The aircraft as it is, for a pilot that is told all about it."""

    discrepancies: Sequence[str]

    @property
    def likeliest(self) -> Known:
        """Itself: there is nothing that is not known."""
        return self

    def make_env(self, config: TrainingConfig) -> FlightEnv:
        """An environment of the config's task in which it flies."""
        settings: dict[str, Any] = {**config.flight_settings(), "discrepancies": list(self.discrepancies)}
        return FlightEnv(**settings)


def fly_cell(asked: Asked) -> Cell:
    """Work out one cell, in this process alone. Raises InputError for a pilot or task that cannot be."""
    started = time.process_time()  # this process flies and learns alone: other work beside it does not count
    listed = f"discrepancies=[{asked.discrepancy}]"
    try:
        config = pilot_config(asked.pilot, [listed], task=asked.task, aircraft=asked.aircraft, weather=asked.weather)
        make_env = flight_env_function(config)
        env = make_env().unwrapped
    except InputError as error:
        return Cell(asked, refused=str(error))
    assert isinstance(env, FlightEnv)
    pilot = load_pilot(asked.pilot, env)
    cell = Cell(asked)
    with FlightTest(make_env, processes=1) as test, Airfield(make_env) as airfield:

        def count(key: str, counted_pilot: Any) -> int:
            flights = test.fly(counted_pilot, range(FIRST_TEST_SEED, FIRST_TEST_SEED + asked.flights))
            cell.outcomes[key] = dict(Counter(flight.outcome for flight in flights).most_common())
            cell.quality[key] = success_means(flights)
            return sum(flight.is_success for flight in flights)

        cell.successes["0"] = count("0", pilot)
        counted: dict[str, tuple[Any, Compensation, bool]] = {"0": (pilot, Compensation(), False)}
        learner = Learner(
            pilot, env.drawing, env.observation_names, env.air_density, (config.control_hz, config.physics_hz)
        )
        flown: list[TestFlight] = []
        practice, adapting = Practice(config), 0.0
        for number in range(1, max(asked.after, default=0) + 1):
            begun = time.process_time()
            if not gives_up(flown):  # else what is believed stays as it is
                relearn = None if learner.logs else learner.pilot_in_flight
                flight, log = airfield.fly(learner.pilot, FIRST_TEST_FLIGHT + number - 1, relearn=relearn)
                flown.append(flight)
                learner.learn(log, flight.result)
                practice.settle(learner, number == 1, flight.is_success)
            adapting += time.process_time() - begun
            if number in asked.after:
                key, who = str(number), (*learner.flown, learner.allows)
                before = next((k for k, other in counted.items() if other[0] is who[0] and other[1:] == who[1:]), None)
                if before is None:
                    counted[key] = who
                    cell.successes[key] = count(key, learner.pilot)
                else:  # the same pilot would fly the same flights
                    cell.successes[key] = cell.successes[before]
                    cell.outcomes[key], cell.quality[key] = cell.outcomes[before], cell.quality[before]
                cell.adapting[key] = round(adapting, 1)
        built = apply_discrepancies(env.drawing, config.discrepancy_words)
        allowed = compensate(env.drawing, built, env.air_density)
        knowing = count("knowing", CompensatedPilot(pilot, allowed, env.observation_names))
        if knowing < GOOD * asked.flights:
            # Practised on exactly what is wrong: as good as this pilot gets.
            best = Practice(config).better(pilot, Known(config.discrepancy_words), allowed, env.observation_names)
            knowing = max(knowing, count("practised", CompensatedPilot(best, allowed, env.observation_names)))
    env.close()
    return replace(
        cell,
        knowing=knowing,
        crashes=sum(flight.crashed for flight in flown),
        test_flights=[flight.outcome for flight in flown],
        estimate=learner.estimate.told(),
        seconds=round(time.process_time() - started, 1),
        commit=commit() or "",
    )
