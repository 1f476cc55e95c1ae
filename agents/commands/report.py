"""What scripts/report.py does, after the command line is read."""

from __future__ import annotations

import math
import tempfile
from pathlib import Path

from rich.console import Console

from agents.command_line import within, writable_file
from agents.commands.film import caption, fly_scenario, spread
from agents.config.blocks import FIRST_TEST_SEED
from agents.environments.flights import flight_env_function
from agents.evaluation.flying_bar import flying_bar
from agents.pilots.bundle import bundle_config, find_bundle
from agents.pilots.loading import load_pilot
from agents.report.flights import fly_shown
from agents.report.page import read_finished_run, render_report
from agents.runs.run_folder import RunFolder
from agents.training.checkpoint import saved_policies
from envs.base.console import plain_console
from envs.base.errors import InputError
from envs.base.files import write_atomically
from envs.flight_env import FlightEnv
from envs.flights.overlay import clock
from envs.rendering.film.moving_picture import Scene, write_moving_picture

MOST_FLIGHTS = 1000
FILM_FLIGHTS, FILM_FLIGHT_S, FILM_SIZE = 4, 4.0, (432, 244)  # a page of a megabyte or two opens at once


def report_run(
    run_name: str, output: str | None = None, flights: int = 100, console: Console | None = None, film: bool = True
) -> int:
    """Write the report of a run to `output`, by default RUN/report.html; the exit status 0.

    `flights` flights on test seeds are flown again for its pictures; `film` adds how one scenario was flown at several
    moments of the training, where the run keeps its policies. Raises InputError, one line, before anything is
    written.
    """
    console = console or plain_console()
    within("--flights", flights, 1, MOST_FLIGHTS)
    run = read_finished_run(Path(run_name))
    target = writable_file(output) or run.folder.path / "report.html"
    if target.suffix.lower() not in (".html", ".htm"):
        raise InputError(f"{target}: a report's name must end in .html")
    bundle = find_bundle(run_name)
    config = bundle_config(bundle)
    env_function = flight_env_function(config)
    env = env_function()
    try:
        pilot = load_pilot(str(bundle), env)
        seeds = range(FIRST_TEST_SEED, FIRST_TEST_SEED + flights)
        name = run.folder.path.resolve().name
        with flying_bar(console, flights) as on_landed:
            shown = fly_shown(env_function, pilot, seeds, name, config.training.processes or None, on_landed)
        env.reset(seed=FIRST_TEST_SEED)  # a task may know its rules only once a flight has started
        assert isinstance(env.unwrapped, FlightEnv)
        page = render_report(run, shown, env.unwrapped.task, _film(run.folder, console) if film else None)
    finally:
        env.close()
    write_atomically(target, page)
    console.print(
        f"{run.evaluation.successes} of {run.evaluation.flights} test flights succeeded; {shown.successes} of "
        f"{flights} flown again for the pictures",
        highlight=False,
        soft_wrap=True,
    )
    console.print(
        f"report: {target} ({target.stat().st_size / 1e6:.1f} MB, open it in any browser)",
        highlight=False,
        soft_wrap=True,
        markup=False,
    )
    return 0


def _film(run: RunFolder, console: Console) -> bytes | None:
    """A moving picture (WebP) of one scenario flown by policies of the training, None where the run keeps none."""
    found = saved_policies(run.checkpoints)
    if len(found) < 2:
        return None
    chosen = {step: found[step] for step in spread(list(found), FILM_FLIGHTS)}
    with tempfile.TemporaryDirectory() as scratch:
        with flying_bar(console, len(chosen), "flying for the film") as on_landed:
            logs = list(fly_scenario(run, chosen, FIRST_TEST_SEED, Path(scratch), on_landed=on_landed))
        scenes = [Scene(log, caption(log), max(2, math.ceil(clock(log)[-1] / FILM_FLIGHT_S))) for log in logs]
        return write_moving_picture(scenes, Path(scratch) / "film.webp", size=FILM_SIZE).read_bytes()
