"""What scripts/fly.py does, after the command line is read: one flight, its log, card, video and story."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from agents.command_line import writable_file
from agents.commands.evaluate import streamed_function
from agents.config.blocks import FIRST_TEST_SEED
from agents.environments.flights import flight_env_function, flight_name
from agents.evaluation.flight_test import FlightTest
from agents.missions.flyers import last_setting, mission_config, mission_pilot, names_mission
from agents.missions.mission import PlannedFlight, plan_mission
from agents.pilots.bundle import AUTOPILOT, shipped_names
from agents.pilots.pilot_config import pilot_config
from agents.runs.run_folder import RunFolder
from envs.base.config_file import names_of
from envs.base.errors import InputError, unknown_name
from envs.base.files import write_atomically
from envs.flights.story import timeline
from envs.rendering.names import check_pictures


def fly(
    mission: str,
    *,
    aircraft: str | None = None,
    weather: str | None = None,
    seed: int | None = None,
    pilot: str | None = None,
    run: str | None = None,
    card: str | None = None,
    video: str | None = None,
    draw_video: bool = True,
    telemetry: str | None = None,
    settings: Sequence[str] = (),
) -> int:
    """Fly a mission, or a pilot's own task, once and show it; the exit code 0, however the flight ends.

    `mission` names either, a mission first; the flight of a pilot on a seed is the one that an evaluation counts.
    `settings` are "key.sub=value" of the flight, as in effects.swirl=false. `telemetry`, an address like
    udp:127.0.0.1:14550, streams the flight there as MAVLink and takes as long as it does. Raises InputError, one line.
    """
    card_path, video_path = writable_file(card), writable_file(video)
    check_pictures(card_path, video_path)
    if is_mission(mission):
        aircraft, weather = last_setting(settings, "aircraft") or aircraft, last_setting(settings, "weather") or weather
        plan = plan_mission(mission, aircraft=aircraft, weather=weather, seed=seed, pilot=pilot)
        config = mission_config(plan, settings)
    else:
        if pilot:
            raise InputError(f"--pilot {pilot}: {mission} is a pilot already; --pilot goes with a mission")
        config = pilot_config(mission, settings, aircraft=aircraft, weather=weather)
        first = FIRST_TEST_SEED if seed is None else seed
        plan = PlannedFlight(Path(mission).name, config.flight_settings(), first, mission, {})
    env_function = flight_env_function(config)
    if telemetry:
        env_function = streamed_function(env_function, telemetry)
    flyer = mission_pilot(plan, config)
    folder = RunFolder.create(Path(run) if run else None, f"fly-{plan.name}")
    folder.flights.mkdir()
    write_atomically(folder.config, config.complete_yaml())
    if telemetry:
        print(f"streaming to {telemetry} in real time", flush=True)
    with FlightTest(env_function, processes=1, record_to=folder.flights, pilot_name=plan.pilot) as test:
        test.fly(flyer, [plan.seed])
    stem = folder.flights / flight_name(plan.seed)

    from envs.flights.flight_log import FlightLog
    from envs.rendering.card.card import draw_card
    from envs.rendering.eye.looking import usual_eye

    log = FlightLog.load(stem)
    eye = usual_eye(log)
    print(timeline(log))
    print(f"log: {log.source}")
    print(f"card: {draw_card(log, card_path or stem.with_suffix('.png'), eye)}")
    if draw_video:
        from envs.rendering.film.video import write_video

        print(f"video: {write_video(log, video_path or stem.with_suffix('.mp4'), eye=eye)}")
    return 0


def is_mission(name: str) -> bool:
    """Whether a name is that of a mission, or of a file; else it is a pilot's. Raises InputError if it is neither."""
    if names_mission(name):
        return True
    if name == AUTOPILOT or Path(name).exists() or "/" in name or name in shipped_names():
        return False
    raise unknown_name("mission or pilot", name, [*names_of("missions"), AUTOPILOT, *shipped_names()])
