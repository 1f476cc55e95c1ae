"""What scripts/compare.py does, after the command line is read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from agents.command_line import within
from agents.config.blocks import FIRST_TEST_SEED, MOST_FLIGHTS
from agents.environments.flights import EnvMaker, flight_env_function
from agents.evaluation.comparison import Compared, crosswinds_held, fly_pilot, print_comparison, widest_held
from agents.evaluation.flight_test import Flight
from agents.evaluation.flying_bar import flying_bar
from agents.pilots.bundle import AUTOPILOT, bundle_config, find_bundle
from agents.runs.run_folder import write_json
from envs.base.config_file import named_file
from envs.base.console import plain_console
from envs.base.errors import InputError

WEATHERS = ("calm", "breeze", "gusty", "storm")


def compare(
    pilots: Sequence[str],
    *,
    task: str | None = None,
    aircraft: str | None = None,
    weathers: Sequence[str] = WEATHERS,
    flights: int = 300,
    crosswind_flights: int = 100,
    seed: int = FIRST_TEST_SEED,
    json_file: Path | None = None,
    picture_file: Path | None = None,
    curves_file: Path | None = None,
    make_env: EnvMaker = flight_env_function,
    console: Console | None = None,
) -> int:
    """Fly every pilot through the same flights, print the table, write figures and picture; the exit code 0.

    The task and the aircraft are those of the first pilot that was trained for one, unless given. `curves_file` is a
    picture of how they learned; with it nothing flies unless figures or picture are wanted, too. Raises InputError,
    one line, before anything flies.
    """
    console = console or plain_console()
    if curves_file:
        draw_learning(pilots, curves_file, console)
        if not (json_file or picture_file):
            return 0
    within("--flights", flights, 1, MOST_FLIGHTS)
    within("--crosswind-flights", crosswind_flights, 0, MOST_FLIGHTS)
    if picture_file:
        _check_png(picture_file)
    trained = [bundle_config(find_bundle(name)) for name in pilots if name != AUTOPILOT]
    task = task or (trained[0].task if trained else "takeoff")
    aircraft = aircraft or (trained[0].aircraft if trained else "ultra_stick")
    for weather in weathers:
        named_file("weather", weather)
    compared = []
    for weather in weathers:
        for pilot in pilots:
            with flying_bar(console, flights, f"{Path(pilot).name} in {weather}") as on_landed:
                config, flown = fly_pilot(
                    pilot, task, aircraft, weather, range(seed, seed + flights), make_env, on_landed=on_landed
                )
            compared.append(Compared(pilot, weather, flown))
            _say(console, f"{pilot} in {config.weather}: {compared[-1].successes} of {flights}")
    crosswind: dict[str, list[tuple[float, float]]] = {}
    for pilot in pilots if crosswind_flights else ():
        crosswind[pilot] = _in_crosswinds(
            pilot, task, aircraft, range(seed, seed + crosswind_flights), make_env, console
        )
    print_comparison(compared, crosswind, console)
    if json_file:
        write_json(
            json_file,
            {
                "task": task,
                "aircraft": aircraft,
                "seed": seed,
                "results": [one.as_json() for one in compared],
                "crosswind": {p: {"held_vs": widest_held(r), "rates": r} for p, r in crosswind.items()},
            },
        )
    if picture_file:
        from agents.evaluation.comparison_picture import draw_comparison
        from envs.aircraft.aircraft import load_aircraft

        flown = load_aircraft(aircraft)
        title = f"{task.replace('takeoff', 'take-off').capitalize()} with the {flown.title}, {flights} flights each"
        draw_comparison(compared, crosswind, title, flown.span_m, picture_file)
        _say(console, f"written to {picture_file}")
    return 0


def _in_crosswinds(
    pilot: str, task: str, aircraft: str, seeds: Sequence[int], make_env: EnvMaker, console: Console
) -> list[tuple[float, float]]:
    """[(steady crosswind in stall speeds, success rate)] of a pilot, each told as soon as it is flown."""

    def fly(weather: str) -> list[Flight]:
        with flying_bar(console, len(seeds), f"{Path(pilot).name} in a steady crosswind") as on_landed:
            return fly_pilot(pilot, task, aircraft, weather, seeds, make_env, on_landed=on_landed)[1]

    rates: list[tuple[float, float]] = []
    for strength, rate in crosswinds_held(fly):
        rates.append((strength, rate))
        held = f"{round(rate * len(seeds))} of {len(seeds)}"
        _say(console, f"{pilot} in a steady crosswind of {strength:.1f} Vs: {held}")
    return rates


def _say(console: Console, text: str) -> None:
    console.print(text, highlight=False, soft_wrap=True)


def draw_learning(pilots: Sequence[str], path: Path, console: Console) -> None:
    """Draw how the pilots learned; the autopilot never did. Raises InputError."""
    from agents.evaluation.curves import draw_curves, read_curves

    _check_png(path)
    runs = [read_curves(name) for name in pilots if name != AUTOPILOT]
    if not runs:
        raise InputError("--curves: the autopilot has not learned; name runs or bundles")
    tasks = " and ".join(dict.fromkeys(run.config.task for run in runs))
    draw_curves(runs, f"How {tasks} was learned", path)
    _say(console, f"written to {path}")


def _check_png(path: Path) -> None:
    if path.suffix != ".png":
        raise InputError(f"{path}: a picture's name must end in .png")
