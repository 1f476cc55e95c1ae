"""What scripts/evaluate.py does, after the command line is read."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from agents.bundle import bundle_config, find_bundle, load_pilot
from agents.command_line import writable_file
from agents.config import FIRST_TEST_SEED, TrainingConfig
from agents.environments import EnvMaker, flight_env_function
from agents.evaluation import FlightTest, summary
from agents.evaluation_table import print_evaluation
from agents.run_folder import write_json
from envs.config_file import validate
from envs.errors import InputError

MOST_FLIGHTS = 1_000_000


def evaluate(
    pilot_name: str,
    *,
    task: str | None = None,
    aircraft: str | None = None,
    weather: str | None = None,
    flights: int = 300,
    seed: int = FIRST_TEST_SEED,
    json_file: str | None = None,
    log_folder: str | None = None,
    processes: int = 0,
    make_env: EnvMaker = flight_env_function,
    console: Console | None = None,
) -> int:
    """Fly `flights` flights with seeds `seed`, `seed` + 1, ... and print the result; the exit code 0.

    Task, aircraft and weather default to what the pilot was trained with. Raises InputError, one line, before
    anything flies.
    """
    console = console or Console()
    if not 1 <= flights <= MOST_FLIGHTS:
        raise InputError(f"--flights {flights}: must be 1 to {MOST_FLIGHTS}")
    config = pilot_config(pilot_name, task=task, aircraft=aircraft, weather=weather)
    json_path, log_path = writable_file(json_file), _writable_folder(log_folder)
    env_function = make_env(config)
    env = env_function()
    pilot = load_pilot(pilot_name, env)
    if seed < FIRST_TEST_SEED:
        console.print(
            f"note: seeds below {FIRST_TEST_SEED} chose the policy; report results on seeds from there up",
            highlight=False, soft_wrap=True,
        )  # fmt: skip
    with (
        FlightTest(env_function, processes or None, log_path, pilot_name) as test,
        Progress(console=console, transient=True, disable=not console.is_terminal) as bar,
    ):
        flying = bar.add_task("flying", total=flights)
        flown = test.fly(pilot, range(seed, seed + flights), lambda _: bar.advance(flying))
    env.close()
    result = summary(
        flown, task=config.task, aircraft=config.aircraft, weather=config.weather, pilot=pilot_name,
        discrepancies=config.discrepancies,
    )  # fmt: skip
    print_evaluation(result, console)
    if json_path:
        write_json(json_path, result)
        console.print(f"written to {json_path}", highlight=False, soft_wrap=True, markup=False)
    if log_path:
        console.print(f"{flights} flight logs in {log_path}", highlight=False, soft_wrap=True, markup=False)
    return 0


def pilot_config(pilot_name: str, **changes: str | None) -> TrainingConfig:
    """What the pilot was trained with, with the changes that are not None. Raises InputError."""
    if pilot_name == "autopilot":
        data = {"task": "takeoff"}
    else:
        data = bundle_config(find_bundle(pilot_name)).model_dump()
        if changes.get("task") not in (None, data["task"]):
            data["reward"], data["task_options"] = {}, {}  # another task has other terms
    return validate(TrainingConfig, {**data, **{k: v for k, v in changes.items() if v}}, "command line")


def _writable_folder(name: str | None) -> Path | None:
    if name is None:
        return None
    path = Path(name)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{name}: cannot be made a folder ({error.strerror})") from None
    return path
