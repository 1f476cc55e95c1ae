"""What scripts/play.py does, after the command line is read: flights by hand, beside those of another pilot."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rich.table import Table

from agents.command_line import command
from agents.config.blocks import FIRST_TEST_SEED
from agents.environments.flights import EnvFunction, flight_env_function
from agents.missions.flyers import mission_config, mission_pilot
from agents.missions.mission import PlannedFlight, pilot_for, plan_mission
from agents.pilots.bundle import AUTOPILOT
from agents.runs.run_folder import RunFolder
from agents.sticks.controls import USUAL, load_controls
from agents.sticks.devices import Devices
from agents.sticks.human_pilot import HumanPilot
from agents.sticks.real_time import RealTime
from agents.sticks.rival import Rivals, check_one_air, fly_alone
from agents.sticks.session import Flown, Session
from agents.sticks.side_by_side import side_by_side
from agents.sticks.words import SLOW
from envs.base.config_file import named_file, names_of
from envs.base.console import plain_console
from envs.base.errors import unknown_name
from envs.base.files import is_file, write_atomically
from envs.flight_config import FlightConfig
from envs.flights.flight_log import FlightLog, find_flight
from envs.flights.story import timeline
from envs.rendering.card.card import draw_card
from envs.rendering.film.picture_window import PictureWindow
from envs.tasks import TASKS

NOBODY = "nobody"
WIDTH, HEIGHT = 960, 540


def play(
    what: str,
    *,
    aircraft: str | None = None,
    weather: str | None = None,
    seed: int | None = None,
    against: str | None = None,
    controls: str | None = None,
    device: str | None = None,
    view: str = "chase",
    run: str | None = None,
    clock: Callable[[float], RealTime] = RealTime,
) -> int:
    """Fly a task or a mission by hand until the window is closed; the exit code 0, however the flights end.

    `against`: a pilot, a flight log, or "nobody"; else the pilot that is shipped for it, or the autopilot. `device`:
    "keyboard", or a joystick's number or name. `clock` makes the watch of a control step's length. Raises InputError,
    one line, before a run folder is made.
    """
    sticks = load_controls(controls or USUAL)
    log = _log_of(against)
    if log is not None:
        aircraft, weather = aircraft or log.header.get("aircraft"), weather or log.header.get("weather")
        seed = log.header.get("seed") if seed is None else seed
    plan = _plan(what, aircraft, weather, seed, NOBODY if log else against)
    config = mission_config(plan)
    env_function = flight_env_function(config)
    env: Any = env_function()
    rivals, rival = Rivals(), None
    if log is not None:
        env.reset(seed=plan.seed)
        check_one_air(log, env.log_header(), plan.seed)
        rivals = Rivals(log=log)
    elif plan.pilot != AUTOPILOT or against != NOBODY:
        rival = mission_pilot(plan, config)
        rivals = Rivals(plan.pilot, lambda seed: _flown_by(env_function, rival, plan.pilot, seed))
    window = PictureWindow(f"{plan.name}: fly it yourself", WIDTH, HEIGHT)
    try:
        devices = Devices(sticks, device, controls or f"controls {USUAL}")
        human = HumanPilot(devices.sticks(), env.task.step_s, rival)
        folder = RunFolder.create(Path(run) if run else None, f"play-{plan.name}")
        folder.flights.mkdir()
        write_atomically(folder.config, config.complete_yaml())
        print(f"{human.sticks.device} flies; preparing the picture (half a minute, the first time here)", flush=True)
        watch = clock(env.task.step_s)
        session = Session(env, human, devices, window, watch, rivals, folder.flights, plan.seed, view)
        print("painted in {} x {} pixels: what this machine has the time for".format(*session.picture), flush=True)
        flown = session.run()
    finally:
        window.close()
        env.close()
    _tell(flown, rivals.name, folder)
    return 0


def _log_of(against: str | None) -> FlightLog | None:
    """The log that `against` names: a file; None where it names a pilot."""
    if against is None or not (against.endswith((".csv", ".json")) or is_file(Path(f"{against}.csv"))):
        return None
    return FlightLog.load(find_flight(against))


def _plan(what: str, aircraft: str | None, weather: str | None, seed: int | None, against: str | None) -> PlannedFlight:
    """What is flown, and who else flies it; the autopilot also stands for nobody. Raises InputError."""
    wanted = AUTOPILOT if against == NOBODY else against
    if what in names_of("missions") or what.endswith((".yaml", ".yml")):
        return plan_mission(what, aircraft=aircraft, weather=weather, seed=seed, pilot=wanted)
    if what not in TASKS:
        raise unknown_name("task or mission", what, [*TASKS, *names_of("missions")])
    usual = FlightConfig.model_fields
    settings: dict[str, Any] = {
        "task": what,
        "aircraft": aircraft or usual["aircraft"].default,
        "weather": weather or usual["weather"].default,
    }
    named_file("aircraft", settings["aircraft"])  # it must exist, before a pilot is looked for by its name
    pilot, skills = pilot_for(wanted, what, settings["aircraft"])
    return PlannedFlight(what, settings, FIRST_TEST_SEED if seed is None else seed, pilot, skills)


def _flown_by(env_function: EnvFunction, pilot: Any, name: str, seed: int) -> FlightLog:
    """Another pilot's flight with a seed, in an environment of its own."""
    env = env_function()
    try:
        return fly_alone(env, pilot, name, seed)
    finally:
        env.close()


def _tell(flown: Sequence[Flown], rival: str, folder: RunFolder) -> None:
    """Each flight as any other is told, its card, and its figures beside those of the other pilot."""
    if not flown:
        shutil.rmtree(folder.path, ignore_errors=True)
        print("nothing was flown")
    against = folder.path / "against"
    for one in flown:
        print(f"\n{timeline(one.log)}")
        heading, *rows = side_by_side(one.log, one.other, rival)
        table = Table(*heading, box=None, pad_edge=False)
        for row in rows:
            table.add_row(*row)
        plain_console().print(table)
        pace, pictures = one.log.header["real_time_pace"], one.log.header["pictures_per_s"]
        print(f"flown at {pace:.2f} times real time, {pictures:.0f} pictures a second")
        if pace < SLOW:
            print("this machine was too slow for real time: close other programs")
        print(f"log: {one.path}")
        print(f"card: {draw_card(one.log, one.path.with_suffix('.png'))}")
        if one.other is not None:
            against.mkdir(exist_ok=True)
            there = one.other.save(against / one.path.stem)
            print(f"both in one film: {command('replay', one.path, there, '--video', folder.path / 'both.mp4')}")
