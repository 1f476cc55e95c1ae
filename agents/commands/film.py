"""What scripts/film.py does: one scenario flown by the policies a run left behind, least trained first."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from stable_baselines3.common.policies import ActorCriticPolicy

from agents.command_line import within, writable_file
from agents.config.blocks import FIRST_TEST_SEED
from agents.config.programme import read_config
from agents.environments.flights import EnvMaker, flight_env_function, flight_name
from agents.environments.memory import memory_of, with_memory
from agents.environments.truth import truth_names
from agents.evaluation.flight_test import Flight, FlightTest
from agents.evaluation.flying_bar import flying_bar
from agents.pilots.learned import new_policy
from agents.pilots.weights import load_weights
from agents.runs.run_folder import RunFolder
from agents.training.checkpoint import saved_policies
from envs.base.console import plain_console
from envs.base.errors import InputError
from envs.exports.exporter import with_ending
from envs.flights.flight_log import FlightLog, find_flight
from envs.flights.story import verdict

MOST_FLIGHTS = 24
HOLD_S, LONGEST_S = 1.2, 15.0  # seconds a flight's last picture stays, and after which a flight is cut
PICTURE_PACE = 2  # the moving picture shows the learning at twice its speed,
PICTURE_FLIGHT_S = 8.0  # and a whole flight after it in about this many seconds


def film(
    run_name: str,
    *,
    scenario: int = FIRST_TEST_SEED,
    flights: int = 7,
    steps: Sequence[int] = (),
    video: str | None = None,
    picture: str | None = None,
    then: str | None = None,
    rerun: str | None = None,
    view: str | None = None,
    make_env: EnvMaker = flight_env_function,
    console: Console | None = None,
) -> int:
    """Fly seed `scenario` with up to `flights` policies spread over the training and film them; the exit code 0.

    Each flight is logged; the video shows them one after another, `rerun` all at once as ghosts of each other.

    `steps` names the policies instead: of each number of training steps the nearest policy kept. `picture` is an
    animated WebP or GIF instead of the video, which the recorded flight `then` may end.
    The logs go to RUN/film/, and the video too unless it is named. Raises InputError, one line.
    """
    from envs.rendering.film.moving_picture import moving_picture_path
    from envs.rendering.film.video import video_path

    console = console or plain_console()
    for file in (video, picture, rerun):
        writable_file(file)
    run = RunFolder(Path(run_name))
    if not run.config.is_file():
        raise InputError(f"{run_name}: not a run folder (no config.yaml)")
    within("--flights", flights, 2, MOST_FLIGHTS)
    found = saved_policies(run.checkpoints)
    if len(found) < 2:
        raise InputError(
            f"{run_name}: keeps no policies of its checkpoints ({run.checkpoints / 'policies'} has "
            f"{len(found)}); train it again to film it"
        )
    folder = run.path / "film"
    target = video_path(video or folder / f"film_{scenario:06d}.mp4")
    if picture:
        moving_picture_path(picture)
    if rerun:
        with_ending(Path(rerun), ".rrd", "a Rerun recording")
    last = FlightLog.load(find_flight(then)) if then else None
    chosen_steps = nearest(list(found), steps) if steps else spread(list(found), flights)
    console.print(
        f"flying seed {scenario} with {len(chosen_steps)} policies of {run_name}", highlight=False, soft_wrap=True
    )
    logs: list[FlightLog] = []
    with flying_bar(console, len(chosen_steps)) as on_landed:
        chosen_policies = {step: found[step] for step in chosen_steps}
        for log in fly_scenario(run, chosen_policies, scenario, folder, make_env, on_landed):
            logs.append(log)
            steps_flown = f"{log.header['trained_steps']:>12,} steps"
            console.print(f"{steps_flown}: {verdict(log.header)}", highlight=False, soft_wrap=True)
    if rerun:
        from envs.exports.rerun.recording import write_rerun
        from envs.flights.overlay import MOST_FLIGHTS as ghosts

        chosen = [logs[index] for index in spread(range(len(logs)), ghosts)]
        console.print(f"Rerun: {write_rerun(chosen, rerun)}", highlight=False, soft_wrap=True, markup=False)
    if picture:
        console.print(
            f"picture: {write_picture(logs, picture, view, last)}", highlight=False, soft_wrap=True, markup=False
        )
    if video or not picture:
        console.print(f"video: {write_film(logs, target, view)}", highlight=False, soft_wrap=True, markup=False)
    return 0


def nearest(kept: Sequence[int], wanted: Sequence[int]) -> list[int]:
    """Of each wanted number of training steps the nearest one kept, in rising order, each once."""
    return sorted({min(kept, key=lambda step: abs(step - number)) for number in wanted})


def spread(items: Sequence[int], count: int) -> list[int]:
    """At most `count` of the items, evenly spread, the first and the last among them."""
    places = np.unique(np.linspace(0, len(items) - 1, min(count, len(items))).round().astype(int))
    return [items[int(place)] for place in places]


def fly_scenario(
    run: RunFolder,
    policies: dict[int, Path],
    seed: int,
    folder: Path,
    make_env: EnvMaker = flight_env_function,
    on_landed: Callable[[Flight], None] | None = None,
) -> Iterator[FlightLog]:
    """One flight of the seed a policy {steps: weights}, logged as folder/seed_NNNNNN_step_NNNNNNNNN. Raises InputError.

    Each is flown when it is asked for, and judged like every evaluation's (`agents.evaluation.flight_test`);
    `on_landed` is told of it.
    """
    config = read_config(run.config).with_absolute_paths(run.path)
    env_function = make_env(config)
    env = env_function()
    observations, actions = env.observation_space.shape, env.action_space.shape
    truth_size = len(truth_names(config, env))
    names = getattr(env.unwrapped, "observation_names", None)
    env.close()
    assert observations
    assert actions
    memory = memory_of(config, names, observations[0])
    size = memory.size if memory else observations[0]
    pilots = {
        step: with_memory(_policy(path, new_policy(config, size, actions[0], truth_size)), memory)
        for step, path in policies.items()
    }
    with (
        tempfile.TemporaryDirectory() as scratch,
        FlightTest(env_function, processes=1, record_to=Path(scratch), pilot_name=str(run.path)) as test,
    ):
        for step, pilot in pilots.items():
            test.fly(pilot, [seed], on_landed)
            log = FlightLog.load(Path(scratch) / flight_name(seed))
            header = {**log.header, "label": f"{step:,} steps", "trained_steps": step}
            labelled = FlightLog(log.columns, log.data, header)
            yield FlightLog.load(labelled.save(folder / f"seed_{seed:06d}_step_{step:09d}"))


def _policy(path: Path, policy: ActorCriticPolicy) -> Any:
    try:
        load_weights(policy, path)
    except Exception as error:  # whatever a broken or foreign file makes zipfile, pickle and torch raise
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise InputError(f"{path}: broken, or not of this run's config ({reason})") from None
    policy.set_training_mode(False)
    return policy


def write_film(
    logs: Sequence[FlightLog], path: str | os.PathLike[str], view: str | None = None, size: tuple[int, int] = (960, 540)
) -> Path:
    """An MP4 of the flights one after another, each under its label and with its outcome. Raises InputError."""
    from envs.rendering.film.flight_view import FlightView, usual_view
    from envs.rendering.film.video import flight_pictures, video_path, write_pictures

    path = video_path(path)
    width, height = size
    pictures = []
    for log in logs:
        drawing = FlightView(log.header, log.columns, view or usual_view(log), width, height, label=caption(log))
        pictures += flight_pictures(log, drawing, HOLD_S, LONGEST_S)
    return write_pictures(pictures, path, width, height)


def write_picture(
    logs: Sequence[FlightLog], path: str | os.PathLike[str], view: str | None = None, last: FlightLog | None = None
) -> Path:
    """An animated WebP or GIF of the flights one after another, and of a whole flight after them in time lapse.

    Raises InputError.
    """
    from envs.rendering.film.flight_view import usual_view
    from envs.rendering.film.moving_picture import Scene, write_moving_picture

    scenes = [Scene(log, caption(log), PICTURE_PACE) for log in logs]
    if last is not None:
        time = last.column("time_s")
        pace = max(PICTURE_PACE, round((time[-1] - time[0]) / PICTURE_FLIGHT_S))
        scenes.append(Scene(last, f"then a whole {last.header['task']}", pace))
    return write_moving_picture(scenes, path, view or usual_view(logs[0], is_small=True))


def caption(log: FlightLog) -> str:
    """The words over a flight: how long its pilot had trained."""
    return f"after {log.header['label']}" if log.header.get("trained_steps") else "untrained"
