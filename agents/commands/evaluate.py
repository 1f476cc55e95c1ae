"""What scripts/evaluate.py does, after the command line is read."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import gymnasium
from rich.console import Console

from agents.command_line import command, warn_of, within, writable_file, writable_folder
from agents.config.blocks import FIRST_TEST_SEED, MOST_FLIGHTS, MOST_PROCESSES
from agents.config.programme import TrainingConfig
from agents.environments.flights import EnvFunction, EnvMaker, flight_env_function
from agents.evaluation.flight_test import FlightTest, summary
from agents.evaluation.flying_bar import flying_bar
from agents.evaluation.table import print_evaluation
from agents.missions.flyers import last_setting, mission_config, mission_pilot, names_mission
from agents.missions.mission import PlannedFlight, plan_mission
from agents.pilots.loading import load_pilot
from agents.pilots.pilot_config import pilot_config
from agents.runs.run_folder import write_json
from envs.base.console import plain_console
from envs.base.errors import InputError

USUAL_FLIGHTS, STREAMED_FLIGHTS = 300, 5


def evaluate(
    pilot_name: str,
    *,
    task: str | None = None,
    aircraft: str | None = None,
    weather: str | None = None,
    flights: int | None = None,
    seed: int = FIRST_TEST_SEED,
    json_file: str | None = None,
    log_folder: str | None = None,
    settings: Sequence[str] = (),
    processes: int = 0,
    telemetry: str | None = None,
    make_env: EnvMaker = flight_env_function,
    console: Console | None = None,
) -> int:
    """Fly `flights` flights with seeds `seed`, `seed` + 1, ... and print the result; the exit code 0.

    `pilot_name` may be that of a mission: its flight, by who flies it. Task, aircraft, weather and all else of the
    flights are what the pilot was trained with unless given; `settings` are "key.sub=value" of the training config, as
    in effects.swirl=false. `flights` is 300 unless given.
    `telemetry`, an address like udp:127.0.0.1:14550, streams them one after another in real time, then 5 unless
    given. Raises InputError, one line, before anything flies.
    """
    console = console or plain_console()
    if flights is None:
        flights = STREAMED_FLIGHTS if telemetry else USUAL_FLIGHTS
    within("--flights", flights, 1, MOST_FLIGHTS)
    within("--processes", processes, 0, MOST_PROCESSES)
    plan, config = _asked(pilot_name, settings, task, aircraft, weather)
    json_path = writable_file(json_file)
    env_function = make_env(config)
    if telemetry:
        env_function, processes = streamed_function(env_function, telemetry), 1
        console.print(f"streaming to {telemetry} in real time", highlight=False, soft_wrap=True)
    env = env_function()
    warn_of(config.aircraft)
    pilot = mission_pilot(plan, config) if plan else load_pilot(pilot_name, env)
    log_path = writable_folder(log_folder)
    if seed < FIRST_TEST_SEED:
        console.print(
            f"note: seeds below {FIRST_TEST_SEED} chose the policy; report results on seeds from there up",
            highlight=False,
            soft_wrap=True,
        )
    with (
        FlightTest(env_function, processes or None, log_path, pilot_name) as test,
        flying_bar(console, flights) as on_landed,
    ):
        seeds = range(seed, seed + flights)
        # in real time one flight after another: a batch would be many aircraft on one map
        batches = [[one] for one in seeds] if telemetry else [seeds]
        flown = [flight for batch in batches for flight in test.fly(pilot, batch, on_landed)]
    env.close()
    result = summary(
        flown,
        task=config.flown_name,
        aircraft=config.aircraft,
        weather=config.weather,
        pilot=pilot_name,
        discrepancies=config.discrepancy_words,
        settings=settings,
    )
    if json_path:
        write_json(json_path, result)  # before a reader of the output may have gone
    print_evaluation(result, console)
    if json_path:
        console.print(f"written to {json_path}", highlight=False, soft_wrap=True, markup=False)
    if log_path:
        console.print(f"{flights} flight logs in {log_path}", highlight=False, soft_wrap=True, markup=False)
    for words in _next(result, log_path, {"aircraft": aircraft, "weather": weather}, task, settings):
        console.print(f"  {words}", highlight=False, soft_wrap=True, markup=False)
    return 0


def _asked(
    name: str, settings: Sequence[str], task: str | None, aircraft: str | None, weather: str | None
) -> tuple[PlannedFlight | None, TrainingConfig]:
    """The mission of that name, None for a pilot's, and what is flown. Raises InputError."""
    if not names_mission(name):
        return None, pilot_config(name, settings, task=task, aircraft=aircraft, weather=weather)
    if task:
        raise InputError(f"--task {task}: the legs of a mission say what its task is")
    aircraft, weather = last_setting(settings, "aircraft") or aircraft, last_setting(settings, "weather") or weather
    plan = plan_mission(name, aircraft=aircraft, weather=weather)
    return plan, mission_config(plan, settings)


def _next(
    result: Mapping[str, Any],
    log_path: Path | None,
    changes: Mapping[str, str | None],
    task: str | None,
    settings: Sequence[str],
) -> list[str]:
    """What to type to look at flights that failed, [] if none did."""
    if not result["failed_seeds"]:
        return []
    flown = [word for name, value in changes.items() if value for word in (f"--{name}", value)]
    flown += [f"task={task}"] if task else []
    seed = next(iter(result["failed_seeds"].values()))[0]
    lines = [command("fly", result["pilot"], *flown, "--seed", seed, *settings)]
    lines += [command("replay", log_path, "--failed")] if log_path else []
    return ["look at a failure:", *lines]


def streamed_function(env_function: EnvFunction, address: str) -> EnvFunction:
    """Let the flights of `env_function` be streamed in real time to an address like udp:127.0.0.1:14550.

    Raises InputError, one line, before anything is made.
    """
    from envs.exports.ardupilot.telemetry import usable_address

    usable_address(address)
    return functools.partial(_streamed, env_function, address)


def _streamed(env_function: EnvFunction, address: str) -> gymnasium.Env:
    from envs.exports.ardupilot.telemetry import streamed

    return streamed(env_function(), address)
