"""What scripts/train.py does, after the command line is read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from agents.config.programme import TrainingConfig, load_config, read_config
from agents.environments.flights import EnvMaker, flight_env_function
from agents.runs.run_folder import RunFolder
from envs.base.errors import InputError


def show_config(task: str | None, overrides: Sequence[str], run_folder: str | None = None) -> int:
    """Print all of a config, each key with what it means, as YAML that trains it; the exit code. Raises InputError."""
    from agents.schemas.reference import annotated_yaml

    if run_folder:
        if overrides:
            raise InputError("--resume goes on with the run as it is; it takes no other settings")
        config = read_config(RunFolder(Path(run_folder)).config)
    elif task is None:
        raise InputError("which task? As in: train.py takeoff --show-config")
    else:
        config = load_config(task, overrides)
    print(annotated_yaml(config), end="")
    return 0


def start_training(
    task: str | None,
    overrides: Sequence[str],
    folder: str | None,
    make_env: EnvMaker = flight_env_function,
) -> int:
    """Train `task` in a new run folder; the exit code. Raises InputError."""
    if task is None:
        raise InputError("which task? As in: train.py takeoff (or --resume RUN to go on with one)")
    config = load_config(task, overrides)
    make_env(config)().close()  # what cannot fly is refused before there is a folder
    run = RunFolder.create(Path(folder) if folder else None, f"{config.task}-{Path(config.aircraft).stem}")
    return _train(config, run, False, make_env)


def resume_training(
    folder: str,
    task: str | None,
    overrides: Sequence[str],
    run_folder: str | None = None,
    make_env: EnvMaker = flight_env_function,
) -> int:
    """Go on with the run in `folder` as if it had never stopped; the exit code. Raises InputError."""
    if overrides or run_folder:
        raise InputError("--resume goes on with the run as it is; it takes no other settings")
    run = RunFolder.to_resume(Path(folder))
    config = read_config(run.config)
    if task is not None and task != config.task:
        raise InputError(f"{folder}: this run learns {config.task}, not {task}")
    return _train(config, run, True, make_env)


def _train(config: TrainingConfig, run: RunFolder, resume: bool, make_env: EnvMaker) -> int:
    console = Console()

    def say(text: str) -> None:
        console.print(text, highlight=False, soft_wrap=True, markup=False)

    say(
        f"{'resuming' if resume else 'training'} {config.task} with {config.aircraft} in {config.weather}, "
        f"seed {config.training.seed}, in {run.path}"
    )
    from agents.evaluation.table import print_evaluation
    from agents.training.train import train
    from agents.training.train_skills import train_sequence

    try:
        learn = train_sequence if config.skills else train
        result = learn(config, run, resume=resume, console=console, make_env=make_env)
    except KeyboardInterrupt:
        say(f"stopped; go on from the last checkpoint with: python scripts/train.py --resume {run.path}")
        return 130
    print_evaluation(result, console)
    say(f"run folder   {run.path}")
    say(f"pilot        {run.bundle}")
    for curve in [run.progress, *sorted(run.path.glob("skills/*/progress.csv"))]:
        if curve.is_file():
            say(f"curve        {curve}")
    for card in sorted(run.flights.glob("*.png")):
        say(f"flight card  {card}")
    say("next:")
    say(f"  python scripts/replay.py {run.path} --video flight.mp4")
    say(f"  python scripts/evaluate.py {run.path} --weather gusty")
    return 0
