"""What scripts/study.py does, after the command line is read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from agents.command_line import different, within
from agents.config.programme import TrainingConfig, load_config, read_config
from agents.environments.flights import EnvMaker, flight_env_function
from agents.evaluation.study import print_study, read_run, study_table
from agents.runs.run_folder import RunFolder, write_json
from envs.base.console import plain_console
from envs.base.errors import InputError

MOST_SEEDS = 1000


def run_study(
    task: str,
    aircraft: Sequence[str],
    seeds: int,
    folder: str | None,
    overrides: Sequence[str],
    json_file: Path | None = None,
    picture_file: Path | None = None,
    make_env: EnvMaker = flight_env_function,
    console: Console | None = None,
) -> int:
    """Train `task` on every aircraft with seeds 0 to `seeds` - 1, one after the other, and print the table; 0.

    `picture_file` is a picture (.png) of the learning curves, each aircraft's seeds as a band.
    Each run is a folder FOLDER/AIRCRAFT-seedN. A finished run is only read, a stopped one goes on. Raises InputError,
    one line, before anything is trained.
    """
    console = console or plain_console()
    if picture_file and picture_file.suffix != ".png":
        raise InputError(f"{picture_file}: a picture's name must end in .png")
    within("--seeds", seeds, 1, MOST_SEEDS)
    first = load_config(task, overrides)
    home = Path(folder or f"runs/study-{first.task}")
    names = aircraft or [first.aircraft]
    different([Path(name).stem for name in names], "--aircraft")  # each names the folders of its runs
    wanted = [
        (
            home / f"{Path(name).stem}-seed{seed}",
            load_config(task, [*overrides, f"aircraft={json.dumps(name)}", f"training.seed={seed}"]),
        )
        for name in names
        for seed in range(seeds)
    ]
    for path, config in wanted:
        _refuse_another_programme(path, config)
    for _, config in wanted[::seeds]:
        make_env(config)().close()  # what cannot fly is refused before the first training
    learned = []
    for number, (path, config) in enumerate(wanted, 1):
        run = RunFolder(path)
        if not run.evaluation.is_file():
            console.print(
                f"run {number} of {len(wanted)}: {config.task} with {config.aircraft}, seed "
                f"{config.training.seed}, in {path}",
                highlight=False,
                soft_wrap=True,
            )
            from agents.training.learning import learn

            resume = run.config.is_file()
            run = RunFolder.to_resume(path) if resume else RunFolder.create(path, path.name)
            learn(config, run, resume=resume, console=console, make_env=make_env)
        learned.append(read_run(run))
    rows = study_table(learned)
    print_study(rows, console)
    if json_file:
        write_json(
            json_file, {"task": first.task, "weather": first.weather, "steps": first.training.steps, "aircraft": rows}
        )
    if picture_file:
        from agents.evaluation.curves import draw_curves, read_curves

        weather = Path(first.weather).stem
        draw_curves([read_curves(str(path)) for path, _ in wanted], f"Learning {first.task} in {weather}", picture_file)
        console.print(f"written to {picture_file}", highlight=False, soft_wrap=True, markup=False)
    return 0


def _refuse_another_programme(path: Path, config: TrainingConfig) -> None:
    """Raise InputError if `path` holds a run of another programme: one table must not mix two."""
    run = RunFolder(path)
    if run.config.is_file() and read_config(run.config).complete_yaml() != config.complete_yaml():
        raise InputError(f"{path}: holds a run with other settings; name another folder with --run")
