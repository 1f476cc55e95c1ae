"""What scripts/adapt.py does: test flights of an aircraft that is not as drawn, and a pilot that adjusts itself."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console

from agents.adaptation.adapted_bundle import write_adapted
from agents.adaptation.airfield import MOST_CRASHES_IN_A_ROW, Airfield, TestFlight, gives_up
from agents.adaptation.learner import PROVEN, Learner
from agents.adaptation.pictures.before_after import draw_adaptation
from agents.adaptation.pictures.rivals import Rivals, picture_file, success_words
from agents.adaptation.practice import Practice
from agents.adaptation.progress import working
from agents.adaptation.sensor_log import load_readings, save_readings
from agents.adaptation.words import beliefs, sticks_words
from agents.command_line import command, different, warn_of, within, writable_file
from agents.config.blocks import FIRST_TEST_SEED
from agents.config.programme import TrainingConfig
from agents.environments.flights import flight_env_function
from agents.evaluation.flight_test import Flight, FlightTest
from agents.evaluation.flying_bar import flying_bar
from agents.pilots.loading import load_pilot
from agents.pilots.pilot_config import pilot_config
from agents.runs.run_folder import RunFolder, read_json, write_json
from envs.base.console import plain_console
from envs.base.errors import InputError
from envs.base.files import write_atomically
from envs.discrepancies import parse_discrepancy
from envs.flight_env import FlightEnv

FIRST_TEST_FLIGHT = 900
"""Seed of the first test flight: below FIRST_TEST_SEED, so that none is a flight that the result is counted on."""
MOST_TEST_FLIGHTS = 100
MOST_BELIEFS = 5  # lines after a flight, the surest first; what the pilot does about them is told besides
ADAPTATION, READINGS = "adaptation.json", "readings"
PRACTISED = "practised"
"""Folder of the bundle that practice has made, kept also where it is not what flies."""


def adapt(
    pilot_name: str,
    discrepancies: Sequence[str],
    *,
    flights: int = 5,
    seed: int = FIRST_TEST_FLIGHT,
    run: str | None = None,
    resume: str | None = None,
    json_file: str | None = None,
    aircraft: str | None = None,
    weather: str | None = None,
    task: str | None = None,
    settings: Sequence[str] = (),
    evaluation_flights: int = 100,
    processes: int = 0,
    against: Sequence[str] = (),
    picture: str | None = None,
    console: Console | None = None,
) -> int:
    """Fly `flights` test flights of the pilot's task, learning from each; the exit code 0.

    The aircraft has `discrepancies`, which the learner is never told. A run that was stopped goes on with `resume`.
    `against`: other pilots, counted with the same fault and flights, which learn nothing; `picture`: a .png file that
    shows them and the learner after some of its test flights side by side.
    Raises InputError, one line, before anything flies.
    """
    console = console or plain_console()
    within("--flights", flights, 1, MOST_TEST_FLIGHTS)
    within("--evaluation-flights", evaluation_flights, 0, 10_000)
    json_path, picture_path = writable_file(json_file), picture_file(picture, evaluation_flights)
    if resume:
        asked = read_json(Path(resume) / ADAPTATION)
        pilot_name, discrepancies, seed, before = _asked_before(asked, resume)
        against = against or before
        folder = RunFolder(Path(resume))
        from agents.config.programme import read_config

        config = read_config(folder.config)
    else:
        if not discrepancies:
            raise InputError("--discrepancy: name at least one, as in --discrepancy bent_rigging=0.8")
        for word in discrepancies:
            parse_discrepancy(word)  # one by one: a list of them may be no YAML
        listed = f"discrepancies=[{', '.join(discrepancies)}]"
        config = pilot_config(pilot_name, [*settings, listed], task=task, aircraft=aircraft, weather=weather)
        folder = None
    env_function = flight_env_function(config)
    env = env_function()
    assert isinstance(env.unwrapped, FlightEnv)
    pilot = load_pilot(pilot_name, env)
    others = {name: load_pilot(name, env) for name in different([pilot_name, *against], "pilot")[1:]}
    warn_of(config.aircraft)
    if folder is None:
        folder = RunFolder.create(Path(run) if run else None, f"adapt-{Path(pilot_name).name}")
        write_atomically(folder.config, config.complete_yaml())
    case = _Case(pilot_name, config, env.unwrapped, pilot, folder, seed, processes, console)
    case.rivals = Rivals(others, folder, env_function, case.counted(1)[0][0] if picture_path else None)
    with FlightTest(env_function, processes or None) as test:
        case.run(flights, lambda flown: test.fly(flown, *case.counted(evaluation_flights)), evaluation_flights)
    env.close()
    if picture_path:
        case.rivals.draw(picture_path, config, Path(pilot_name).name, case.rates)
        console.print(f"picture: {picture_path}", highlight=False, soft_wrap=True, markup=False)
    if json_path:
        write_json(json_path, case.told())
    return 0


def _asked_before(asked: Mapping[str, Any], resume: str) -> tuple[str, list[str], int, list[str]]:
    try:
        others = list(dict(asked.get("against", {})))
        return str(asked["pilot"]), [str(one) for one in asked["discrepancies"]], int(asked["seed"]), others
    except (KeyError, TypeError, ValueError):
        raise InputError(f"{resume}/{ADAPTATION}: is not that of an adaptation; start a new one") from None


class _Case:
    """One aircraft and pilot while they are worked on."""

    def __init__(
        self,
        pilot_name: str,
        config: TrainingConfig,
        env: FlightEnv,
        pilot: Any,
        folder: RunFolder,
        seed: int,
        processes: int,
        console: Console,
    ) -> None:
        self.pilot_name, self.config, self.folder, self.seed, self.console = pilot_name, config, folder, seed, console
        self.names = env.observation_names
        hz = config.control_hz, config.physics_hz
        self.learner = Learner(pilot, env.drawing, self.names, env.air_density, hz)
        self.drawing = env.drawing
        self.rivals = Rivals({}, folder, flight_env_function(config), None)
        self.practice = Practice(
            config, processes or os.cpu_count() or 1, told=lambda words: self.console_print(f"    {words}")
        )
        self.flown: list[TestFlight] = []
        self.borne: list[bool] = []  # after each, whether the pilot bears what is believed as it is
        self.rates: dict[int, tuple[int, int]] = {}  # after so many flights: successes, flights counted
        self.seconds = {"fly": 0.0, "identify": 0.0, "learn": 0.0}
        self.console_print = lambda words: console.print(words, highlight=False, soft_wrap=True, markup=False)

    def counted(self, flights: int) -> tuple[range]:
        """The seeds that success is counted on: never those of test flights."""
        first = max(FIRST_TEST_SEED, self.seed + MOST_TEST_FLIGHTS if self.seed >= FIRST_TEST_SEED else 0)
        return (range(first, first + flights),)

    def run(self, flights: int, fly_many: Callable[[Any], list[Flight]], evaluation_flights: int) -> None:
        """All of it: test flights and learning, counted before and after each of some, bundle, picture."""
        words = ", ".join(self.config.discrepancy_words)
        self.console_print(f"{self.pilot_name} flies {self.drawing.title} with {words}, and is told nothing of it")
        (self.folder.path / READINGS).mkdir(exist_ok=True)
        self.folder.flights.mkdir(exist_ok=True)
        self._go_on()
        self.rivals.count(fly_many, evaluation_flights, self.console)
        self._count(0, fly_many, evaluation_flights)
        with Airfield(flight_env_function(self.config), self.folder.flights, self.pilot_name) as field:
            for number in range(len(self.flown) + 1, flights + 1):
                if gives_up(self.flown):
                    self.console_print(f"{MOST_CRASHES_IN_A_ROW} crashes in a row: no more test flights are made")
                    break
                self._test_flight(number, flights, field)
                self._count(number, fly_many, evaluation_flights if number in (1, 2, 3, 5, 10, 20, flights) else 0)
                self._write(finished=False)
        bundle = self.folder.bundle
        picture = draw_adaptation(
            self.folder.path / "adaptation.png",
            flight_env_function(self.config),
            (self.learner.first_pilot, self.learner.pilot),
            self.counted(1)[0][0],
            self.rates,
            self._beliefs(),
            (Path(self.pilot_name).name, ", ".join(self.config.discrepancy_words)),
        )
        self._write(finished=True)
        self.console_print(f"picture: {picture}")
        self.console_print(f"adapted pilot: {bundle}")
        self.console_print("count it on more flights with:")
        fault = f"discrepancies=[{','.join(self.config.discrepancy_words)}]"
        self.console_print(f"  {command('evaluate', bundle, fault)}")

    def _go_on(self) -> None:
        """Take up the flights of a run that was stopped."""
        file = self.folder.path / ADAPTATION
        if not file.is_file():
            return
        before = read_json(file)
        flown = before.get("test_flights", [])
        for told, borne in zip(flown, before.get("borne", [False] * len(flown)), strict=True):
            flight = TestFlight(**told)
            readings = self.folder.path / READINGS / f"flight_{flight.seed:06d}.npz"
            self.flown.append(flight)
            self.learner.learn(load_readings(readings), flight.result)
            self.learner.bears = bool(borne)
            self.borne.append(bool(borne))
        self.rates = {int(number): (int(n), int(of)) for number, (n, of) in before.get("counted", {}).items()}
        self.seconds |= before.get("seconds", {})
        self.practice.steps = int(before.get("practice_steps", 0))
        if self.practice.steps:
            self.learner.base = load_pilot(str(self.folder.path / PRACTISED)).pilot
        if self.flown:
            self.console_print(f"goes on after {len(self.flown)} test flights")

    def _test_flight(self, number: int, flights: int, field: Airfield) -> None:
        seed = self.seed + number - 1
        started = time.perf_counter()
        with working(self.console, f"test flight {number} of {flights}") as told:
            relearn = None if self.learner.logs else self.learner.pilot_in_flight
            flight, log = field.fly(self.learner.pilot, seed, told, relearn)
        flown = time.perf_counter()
        save_readings(log, self.folder.path / READINGS / f"flight_{seed:06d}.npz")
        with working(self.console, f"learning from {number} flight{'s' if number > 1 else ''}"):
            self.learner.learn(log, flight.result)
        self.seconds["fly"] += flown - started
        self.seconds["identify"] += time.perf_counter() - flown
        self._settle(number, flight.is_success)
        self.flown.append(flight)
        ending = flight.phrase or flight.outcome
        self.console_print(f"test flight {number}: {ending}{' (a crash)' if flight.crashed else ''}")
        proven = f"has flown well {PROVEN} times in a row: left as it is until a flight fails"
        for line in [proven] if self.learner.is_proven else self._beliefs():
            self.console_print(f"    {line}")

    def _settle(self, number: int, is_success: bool) -> None:
        """See whether the pilot flies what it believes; else practise."""
        started, steps = time.perf_counter(), self.practice.steps
        with working(self.console, f"flying the simulator after {number} flight{'s' if number > 1 else ''}"):
            self.practice.settle(self.learner, number == 1, is_success)
        self.borne.append(self.learner.bears)
        self.seconds["learn"] += time.perf_counter() - started
        if self.practice.steps > steps:
            self.console_print(f"    practised {self.practice.steps - steps:,} steps in the simulator")

    def _beliefs(self) -> list[str]:
        lines = beliefs(self.learner.estimate, self.drawing)[:MOST_BELIEFS]
        acts = sticks_words(self.learner.flown[1], self.drawing)
        if lines and self.learner.bears and not self.learner.allows:
            return [*lines, "the pilot bears it as it is, in the simulator"]
        return [*lines, *(f"so the pilot {act}" for act in acts)] or ["flies as drawn, as far as can be told"]

    def _count(self, number: int, fly_many: Callable[[Any], list[Flight]], flights: int) -> None:
        pilot = self.learner.pilot if number else self.learner.first_pilot  # a run that goes on has learned already
        if flights:
            self.rivals.show(number, pilot)
        if not flights or number in self.rates:
            return
        with flying_bar(self.console, flights, f"counting after {number} test flights"):
            counted = fly_many(pilot)
        successes = sum(flight.is_success for flight in counted)
        self.rates[number] = successes, len(counted)
        after = "before any test flight" if number == 0 else f"after {number} test flight{'s' if number > 1 else ''}"
        self.console_print(f"{after}: {success_words(successes, len(counted))}")

    def told(self) -> dict[str, Any]:
        """The content of adaptation.json."""
        return {
            "pilot": self.pilot_name,
            "task": self.config.task,
            "aircraft": self.config.aircraft,
            "weather": self.config.weather,
            "discrepancies": self.config.discrepancy_words,
            "seed": self.seed,
            "test_flights": [asdict(flight) for flight in self.flown],
            "crashes": sum(flight.crashed for flight in self.flown),
            "borne": self.borne,
            "estimate": self.learner.estimate.told(),
            "beliefs": self._beliefs(),
            "compensation": self.learner.flown[1].as_dict(),
            "against": {name: list(rate) for name, rate in self.rivals.rates.items()},
            "counted": {str(number): list(rate) for number, rate in self.rates.items()},
            "seconds": {name: round(seconds, 2) for name, seconds in self.seconds.items()},
            "simulated_steps": self.learner.simulated_steps,
            "practice_steps": self.practice.steps,
        }

    def _write(self, finished: bool) -> None:
        told = self.told()
        pilot, compensation = self.learner.flown
        write_adapted(self.folder.bundle, self.pilot_name, pilot, self.config, self.names, compensation, told)
        if self.practice.steps:
            base, allowed = self.learner.base, self.learner.compensation
            write_adapted(self.folder.path / PRACTISED, self.pilot_name, base, self.config, self.names, allowed, told)
        write_json(self.folder.path / ADAPTATION, {**told, "finished": finished})
