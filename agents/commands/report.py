"""What scripts/report.py does, after the command line is read."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from agents.command_line import writable_file
from agents.config.blocks import FIRST_TEST_SEED
from agents.environments.flights import flight_env_function
from agents.pilots.bundle import bundle_config, find_bundle
from agents.pilots.loading import load_pilot
from agents.report.flights import fly_shown
from agents.report.page import read_finished_run, render_report
from envs.base.errors import InputError
from envs.base.files import write_atomically
from envs.flight_env import FlightEnv

MOST_FLIGHTS = 1000


def report_run(run_name: str, output: str | None = None, flights: int = 100, console: Console | None = None) -> int:
    """Write the report of a run to `output`, by default RUN/report.html; the exit status 0.

    `flights` flights on test seeds are flown again for its pictures. Raises InputError, one line, before anything is
    written.
    """
    console = console or Console()
    if not 1 <= flights <= MOST_FLIGHTS:
        raise InputError(f"--flights {flights}: must be 1 to {MOST_FLIGHTS}")
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
        with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
            flying = bar.add_task("flying", total=flights)
            shown = fly_shown(
                env_function, pilot, seeds, name, config.training.processes or None, lambda _: bar.advance(flying)
            )
        env.reset(seed=FIRST_TEST_SEED)  # a task may know its rules only once a flight has started
        assert isinstance(env.unwrapped, FlightEnv)
        page = render_report(run, shown, env.unwrapped.task)
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
