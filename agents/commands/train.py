"""What scripts/train.py does, after the command line is read."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path

from agents.command_line import command, warn_of
from agents.config.programme import TrainingConfig, load_config, read_config, teacher_config
from agents.environments.flights import EnvMaker, flight_env_function
from agents.runs.run_folder import RunFolder
from envs.base.config_file import is_path, names_of
from envs.base.console import plain_console
from envs.base.errors import InputError
from envs.figures.needs import ImpossibleFigureError

PARTS = ("skills/*", "first", "teachers/*")
"""Where the parts of a run lie in its folder."""
GOOD_RATE = 0.5
"""Share of successful flights below which a pilot has more to learn before it is tested in more wind."""
FEWEST_FILMED = 2
"""A film needs the untrained policy and one more."""


def show_config(task: str | None, overrides: Sequence[str], run_folder: str | None = None) -> int:
    """Print all of a config, each key with what it means, as YAML that trains it; the exit code. Raises InputError."""
    from agents.schemas.reference import annotated_yaml

    if run_folder:
        if overrides:
            raise InputError("--resume goes on with the run as it is; it takes no other settings")
        config = read_config(RunFolder(Path(run_folder)).config)
    elif task is None:
        raise InputError(f"which task? As in: {command('train', 'takeoff', '--show-config')}")
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
        raise InputError(f"which task? As in: {command('train', 'takeoff')} (or --resume RUN to go on with one)")
    config = load_config(task, overrides)
    _check_start(config, make_env)  # what cannot fly is refused before there is a folder
    if config.skills:
        from agents.training.train_skills import given_skills, skill_config

        given = given_skills(config)
        for skill in config.skills:
            if skill not in given:
                _check_start(skill_config(config, skill), make_env)
    config = _with_able_teachers(config, make_env)
    if task not in names_of("training") and not is_path(task):
        print(
            f"{task} has no programme in configs/training: it is learned with all defaults, "
            f"{config.training.steps:,} steps; every key: {command('train', task, '--show-config')}"
        )
    warn_of(config.aircraft)
    run = RunFolder.create(Path(folder) if folder else None, f"{config.task}-{Path(config.aircraft).stem}")
    return _train(config, run, False, make_env)


def _check_start(config: TrainingConfig, make_env: EnvMaker) -> None:
    """Raise InputError where its environment cannot be made, or the pilot that it starts from does not fit."""
    with contextlib.closing(make_env(config)()) as env:
        if config.training.start_from:
            from agents.training.first_weights import first_pilot

            first_pilot(config, env)


def _with_able_teachers(config: TrainingConfig, make_env: EnvMaker) -> TrainingConfig:
    """The programme without the teachers all of whose figures are beyond the aircraft, each told in a line.

    Raises InputError where a teacher cannot be for another reason, and where none is left.
    """
    able = dict(config.teachers)
    for name in config.teachers:
        try:
            _check_start(teacher_config(config, name), make_env)
        except ImpossibleFigureError as error:
            del able[name]
            if not able:
                raise
            print(f"teachers.{name} is left out: {error}")
    for name, block in able.items():  # who comes after one left out starts from the first policy
        if block.get("after", name) not in able:
            able[name] = {key: value for key, value in block.items() if key != "after"}
    return config.model_copy(update={"teachers": able})


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
    console = plain_console()

    def say(text: str) -> None:
        console.print(text, highlight=False, soft_wrap=True, markup=False)

    say(
        f"{'resuming' if resume else 'training'} {config.task} with {config.aircraft} in {config.weather}, "
        f"seed {config.training.seed}, in {run.path}"
    )
    from agents.evaluation.table import print_evaluation
    from agents.training.learning import learn

    try:
        result = learn(config, run, resume=resume, console=console, make_env=make_env)
    except KeyboardInterrupt:
        for line in after_interrupt(run):
            say(line)
        return 130
    print_evaluation(result, console)
    say(f"run folder   {run.path}")
    say(f"pilot        {run.bundle}")
    for learner in _learners(run):
        if learner.progress.is_file():
            say(f"curve        {learner.progress}")
    for card in sorted(run.flights.glob("*.png")):
        say(f"flight card  {card}")
    say("next:")
    for line in what_next(config, run, result["success_rate"]):
        say(line)
    return 0


def after_interrupt(run: RunFolder) -> list[str]:
    """What is kept of a run that Ctrl-C stopped, and how to go on with it or look at it."""
    from agents.training.checkpoint import newest_step

    steps = {one.path: newest_step(one.checkpoints) for one in _learners(run)}
    saved = {path: step for path, step in steps.items() if step}
    if not saved:
        return [f"stopped before anything was learned; {run.path} can be removed"]
    kept = ", ".join(
        f"{step:,} steps" if path == run.path else f"{step:,} steps of {path.name}" for path, step in saved.items()
    )
    return [
        f"stopped and saved at {kept}; next:",
        *_aligned(
            [
                (command("train", "--resume", run.path), "goes on from there"),
                *_films([RunFolder(path) for path in saved]),
            ]
        ),
    ]


def _learners(run: RunFolder) -> list[RunFolder]:
    """The run, and the run folders of its parts: skills, or what its teachers start from and they themselves."""
    return [run, *(RunFolder(path) for part in PARTS for path in sorted(run.path.glob(part)))]


def what_next(config: TrainingConfig, run: RunFolder, success_rate: float) -> list[str]:
    """Commands to go on with after a training, each with what it shows, by how well the pilot flies.

    `success_rate` (0..1) is that of the test flights.
    """
    films = _films([RunFolder(run.path / "skills" / skill) for skill in config.skills] or [run])
    replay = (command("replay", run.path, "--video", "flight.mp4"), "one of its flights")
    report = (command("report", run.path), "a page: curves, how flights end, what failed")
    if success_rate < GOOD_RATE:
        steps = 2 * config.updates(config.training.steps) * config.algorithm.steps_per_update
        longer = (
            []
            if config.skills or config.teachers
            else [(command("train", run.config, "--steps", steps), "anew, twice as long")]
        )
        return _aligned([*films, report, *longer])
    return _aligned([replay, *films[:1], _harder(config.weather, run)])


def _films(runs: Sequence[RunFolder]) -> list[tuple[str, str]]:
    from agents.training.checkpoint import saved_policies

    shown = [run.path for run in runs if len(saved_policies(run.checkpoints)) >= FEWEST_FILMED]
    return [(command("film", path), "how it learned: one flight by every checkpoint") for path in shown]


def _harder(weather: str, run: RunFolder) -> tuple[str, str]:
    """A test in the next rougher weather that there is, in the roughest a comparison over all of them."""
    from envs.weather import load_weather

    own = load_weather(weather).turbulence
    rougher = {name: load_weather(name).turbulence for name in names_of("weather")}
    rougher = {name: turbulence for name, turbulence in rougher.items() if turbulence > own}
    if not rougher:
        return command("compare", run.path), "against the hand-tuned autopilot, in all weathers"
    return command(
        "evaluate", run.path, "--weather", min(rougher, key=rougher.__getitem__)
    ), "unseen flights, more wind"


def _aligned(advice: Sequence[tuple[str, str]]) -> list[str]:
    width = max(len(line) for line, _ in advice)
    return [f"  {line:{width}}  # {meaning}" for line, meaning in advice]
