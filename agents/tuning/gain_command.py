"""What scripts/tune_autopilot.py does: search gains on training flights, print them, and make a pilot of them."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from agents.autopilot import AUTOPILOTS
from agents.autopilot.airframe_facts import airframe_facts
from agents.autopilot.gains import FlightGains
from agents.autopilot.own_gains import keep_own_gains
from agents.autopilot.told_gains import told_of
from agents.command_line import check_writable, command, within
from agents.environments.flights import flight_env_function
from agents.pilots.autopilot_bundle import write_autopilot
from agents.pilots.bundle import AUTOPILOT
from agents.pilots.pilot_config import pilot_config
from agents.tuning.gain_objectives import OBJECTIVES
from agents.tuning.gain_search import Generation, gains_as_text, search_gains
from envs.aircraft.aircraft import load_aircraft
from envs.base.config_file import CONFIGS
from envs.base.errors import InputError, unknown_name


def tune_autopilot(
    task: str,
    settings: Sequence[str] = (),
    *,
    aircraft: str = "ultra_stick",
    weather: str | None = None,
    generations: int = 9,
    members: int = 32,
    flights: int = 12,
    seed: int = 0,
    only: Sequence[str] = (),
    own: bool = False,
    bundle: str | None = None,
    keep: bool = False,
) -> int:
    """Search, telling every generation's mean gains: a search that is stopped early has them in its last line; 0.

    `settings` are "key.sub=value" of the flights; `weather`: this one alone, else those of the task's objective.
    `bundle`: a new folder, which holds a pilot with the gains of the last generation that was flown. `keep`: at the end
    they become the aircraft's own, those that the autopilot flies it with. Raises InputError.
    """
    within("--generations", generations, 1, 10_000)
    within("--members", members, 2, 4096)
    within("--flights", flights, 1, 10_000)
    config = pilot_config(AUTOPILOT, settings, task=task, aircraft=aircraft, weather=weather)
    config = config.with_absolute_paths(Path.cwd())
    if task not in OBJECTIVES:
        raise unknown_name("task", task, OBJECTIVES)
    names = list(only)
    if own and issubclass(AUTOPILOTS[task].gains_type, FlightGains):
        shared = {field.name for field in fields(FlightGains)}
        names = [name for name in OBJECTIVES[task].ranges if name not in shared]
    folder = _new_folder(bundle)
    if keep:
        check_writable(CONFIGS, "--keep")
    env = flight_env_function(config)()
    rows = env.unwrapped.observation_names  # pyright: ignore[reportAttributeAccessIssue]
    env.close()
    drawing = load_aircraft(config.aircraft)
    shipped = AUTOPILOTS[task].shipped_gains(drawing)
    typed = ["tune_autopilot.py", task, *settings, "--aircraft", aircraft]
    typed += ["--weather", weather] if weather else []
    typed += ["--only", *only] if only else ["--own"] if own else []
    typed += ["--generations", str(generations), "--members", str(members), "--flights", str(flights)]
    again = f"python scripts/{shlex.join([*typed, '--seed', str(seed)])}"

    def tell(generation: Generation) -> None:
        moved = names or list(OBJECTIVES[task].ranges)
        print(generation, *(f"{name}={getattr(generation.gains, name):.3g}" for name in moved), flush=True)
        if folder:
            told = {"seed": seed, "steps": generation.steps, "generation": generation.number + 1, "train_again": again}
            write_autopilot(folder, config, rows, {task: told_of(generation.gains, shipped)}, told)

    found: Any = search_gains(
        config,
        generations,
        members,
        flights,
        seed,
        names=names,
        weights={weather: 1.0} if weather else None,
        on_generation=tell,
    )
    print(gains_as_text(found))
    if keep:
        usual = AUTOPILOTS[task].usual_gains(airframe_facts(drawing))
        print(f"kept: {keep_own_gains(drawing.name, task, told_of(found, usual), again)}")
    if folder:
        print(f"pilot: {folder}\nfly it with:\n  {command('evaluate', folder)}")
    return 0


def _new_folder(name: str | None) -> Path | None:
    """A path at which a bundle can be written, where nothing is yet. Raises InputError."""
    if name is None:
        return None
    path = Path(name)
    if path.exists():
        raise InputError(f"--bundle {name}: already exists; name a new folder")
    if not path.absolute().parent.is_dir():
        raise InputError(f"--bundle {name}: its folder does not exist")
    check_writable(path.absolute().parent, name)
    return path
