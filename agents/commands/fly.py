"""What scripts/fly.py does, after the command line is read: one flight, its log, card, video and story."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from agents.command_line import writable_file
from agents.commands.evaluate import streamed_function
from agents.config.blocks import FIRST_TEST_SEED
from agents.config.programme import TrainingConfig, with_overrides
from agents.environments.flights import flight_env_function, flight_name
from agents.evaluation.flight_test import FlightTest
from agents.missions.mission import PlannedFlight, plan_mission
from agents.pilot import Pilot
from agents.pilots.bundle import AUTOPILOT, bundle_config, find_bundle, shipped_names
from agents.pilots.loading import load_pilot
from agents.pilots.pilot_config import check_settings, pilot_config
from agents.runs.run_folder import RunFolder
from envs.base.config_file import names_of, validate
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
        aircraft, weather = _last(settings, "aircraft") or aircraft, _last(settings, "weather") or weather
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

    log = FlightLog.load(stem)
    print(timeline(log))
    print(f"log: {log.source}")
    print(f"card: {draw_card(log, card_path or stem.with_suffix('.png'))}")
    if draw_video:
        from envs.rendering.film.video import write_video

        print(f"video: {write_video(log, video_path or stem.with_suffix('.mp4'))}")
    return 0


SEEN_IN_TRAINING = ("observation", "sensor_suite", "runway")
"""Settings that a mission leaves to its pilot, unless it says them itself: what it learned to see and to roll on."""


def is_mission(name: str) -> bool:
    """Whether a name is that of a mission, or of a file; else it is a pilot's. Raises InputError if it is neither."""
    if name in names_of("missions") or Path(name).suffix in (".yaml", ".yml"):
        return True
    if name == AUTOPILOT or Path(name).exists() or "/" in name or name in shipped_names():
        return False
    raise unknown_name("mission or pilot", name, [*names_of("missions"), AUTOPILOT, *shipped_names()])


def _last(settings: Sequence[str], key: str) -> str | None:
    """The value of the last "key=value" among the settings, None without one: it says who flies a mission, too."""
    values = [value.strip() for name, _, value in (setting.partition("=") for setting in settings) if name == key]
    return values[-1] if values else None


def mission_config(plan: PlannedFlight, settings: Sequence[str] = ()) -> TrainingConfig:
    """What is flown, as a config that evaluates the same. Raises InputError."""
    check_settings(settings)
    if _last(settings, "task"):
        raise InputError(f"task={_last(settings, 'task')}: the legs of a mission say what its task is")
    seen: dict[str, Any] = {}
    if plan.pilot != "autopilot" and not plan.skills:
        own = bundle_config(find_bundle(plan.pilot))
        if own.task != plan.task:
            raise InputError(f"pilot {plan.pilot}: was trained for {own.task}, the mission is a {plan.task}")
        seen = {key: getattr(own, key) for key in SEEN_IN_TRAINING}
    planned = validate(TrainingConfig, {**seen, **plan.settings}, "mission")
    own = [setting for setting in settings if setting.partition("=")[0] not in ("aircraft", "weather")]
    if not own:
        return planned
    return validate(TrainingConfig, with_overrides({**seen, **plan.settings}, own), "command line")


def mission_pilot(plan: PlannedFlight, config: TrainingConfig) -> Pilot:
    """Who flies, checked against what is flown. Raises InputError."""
    env = flight_env_function(config)()
    try:
        if not plan.skills:
            return load_pilot(plan.pilot, env)
        from agents.pilots.skill_bundle import sequence, sequence_card

        pilot = sequence(plan.pilot, config, plan.skills, sequence_card(config, plan.skills))
        pilot.check_fits(env)
        return pilot
    finally:
        env.close()
