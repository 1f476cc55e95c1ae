"""What scripts/tune.py does, after the command line is read."""

from __future__ import annotations

import contextlib
import os
import shlex
from collections.abc import Sequence
from pathlib import Path

import optuna
import yaml
from rich.console import Console

from agents.command_line import command, within
from agents.config.programme import TrainingConfig, load_config
from agents.environments.flights import EnvMaker, flight_env_function
from agents.tuning.engines import Engine, ProcessEngine
from agents.tuning.live_table import StudyDisplay, best_text
from agents.tuning.results import too_few, write_results
from agents.tuning.storage import open_storage, reachable, storage_stays, without_password
from agents.tuning.supervisor import Supervisor
from agents.tuning.trial_config import standing_params, tune_block
from agents.tuning.trials import GRACE_SECONDS, Watch, missing, tally
from agents.tuning.worker import Plan, load_study
from envs.base.console import plain_console
from envs.base.errors import InputError
from envs.base.files import write_atomically

MOST_TRIALS, MOST_WORKERS = 1_000_000, 1024
PROGRAMME = "programme"
JOURNAL = "study.journal"
OF_THE_MACHINE = ("processes", "torch_threads", "vec_env")


def tune(
    task: str,
    overrides: Sequence[str],
    *,
    trials: int | None = None,
    workers: int | None = None,
    storage: str | None = None,
    study_name: str | None = None,
    folder: str | None = None,
    engine: str = "processes",
    address: str | None = None,
    make_env: EnvMaker = flight_env_function,
    console: Console | None = None,
    grace_s: float = GRACE_SECONDS,
) -> int:
    """Search the space that the task's training config names, or go on with a search that was stopped; the exit status.

    The study lives in its storage: the same command on another machine with the same `storage` joins it. Raises
    InputError, one line, for settings that do not fit and for addresses where nothing answers.
    """
    console = console or plain_console()
    config = load_config(task, overrides)
    if config.tune is None:
        raise InputError(f"{task}: the training config has no tune block; add one, as in configs/training/takeoff.yaml")
    if config.teachers:
        raise InputError(f"{task}: a programme with teachers is not searched; search it with teachers={{}}")
    wanted = trials if trials is not None else config.tune.trials
    cores = os.cpu_count() or 1
    workers = workers if workers is not None else cores
    within("--trials", wanted, 1, MOST_TRIALS)
    within("--workers", workers, 1, MOST_WORKERS)
    home = Path(folder) if folder else study_folder(config, wanted, storage, study_name)
    if address is not None:
        check_address(engine, address)
    if storage is None and address is not None and not _is_this_machine(address):
        raise InputError(
            "--address: workers on other machines need a --storage that they reach, a database or a file "
            "on a shared disk"
        )
    make_env(config)().close()  # what cannot fly is found out before anything is written
    if storage is not None:
        open_storage(storage)  # and so is a wrong address, which may make a file, before there is a folder
    with contextlib.closing(make_engine(engine, address, workers)) as running:
        make_folder(home)
        plan = Plan(
            storage=storage or str((home / JOURNAL).absolute()),
            study=study_name or home.name,
            folder=home.absolute(),
            config=config,
            trials=wanted,
            processes=max(1, cores // workers),
            make_env=make_env,
        )
        with storage_stays(plan.storage):
            study = open_study(plan)
            return _run(plan, study, running, workers, home, console, grace_s)


def _run(
    plan: Plan, study: optuna.Study, engine: Engine, workers: int, home: Path, console: Console, grace_s: float
) -> int:
    def say(text: str) -> None:
        console.print(text, highlight=False, soft_wrap=True, markup=False)

    config, keys = plan.config, tune_block(plan.config).space
    before = tally(study.get_trials(deepcopy=False))
    say(
        f"{'going on with' if before.finished else 'tuning'} {config.task} with {config.aircraft} in {config.weather}: "
        f"{len(keys)} keys, {plan.trials} trials, {before.finished} of them done, {workers} workers"
    )
    say(f"study {plan.study} in {without_password(plan.storage)}")
    say(f"to watch it: optuna-dashboard {shlex.quote(without_password(plan.storage))} (pip install optuna-dashboard)")
    try:
        with StudyDisplay(console, config, plan.trials) as display:
            Supervisor(plan, study, engine, workers, display, Watch(grace_s)).run()
    except KeyboardInterrupt:
        say("stopped; the trials under way are queued again, the same command goes on with the study")
        return 130
    files = write_results(study, config, home)
    best = tally(study.get_trials(deepcopy=False)).best
    if best is None:
        raise InputError(f"{home}: no trial was trained to its end, so there is no best")
    say(f"best: {best_text(best, config)}")
    for path in files:
        say(str(path))
    found = tally(study.get_trials(deepcopy=False))
    doubt = too_few(found.complete, keys)
    if doubt:
        say(f"importance.png rests on {found.complete} complete trials, {doubt}")
    say("next:")
    say(f"  {command('train', files[0])}")
    return 0


def make_engine(name: str, address: str | None, workers: int) -> Engine:
    """The engine called `name`. Raises InputError for an address where no cluster answers."""
    if name == "ray":
        from agents.tuning.ray_engine import RayEngine

        return RayEngine(address, workers)
    return ProcessEngine()


def check_address(engine: str, address: str) -> None:
    """Raise InputError, one line, unless something listens at a cluster's "HOST:PORT" or "ray://HOST:PORT"."""
    if engine != "ray":
        raise InputError("--address is for --engine ray")
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise InputError(f"--address {address!r}: expected HOST:PORT, as in 192.168.1.10:6379")
    reachable((host, int(port)), f"--address {address}")


def _is_this_machine(address: str) -> bool:
    return address.removeprefix("ray://").rpartition(":")[0] in ("127.0.0.1", "localhost")


def study_folder(config: TrainingConfig, wanted: int, storage: str | None, study_name: str | None) -> Path:
    """The folder of a study's runs: runs/STUDY if the storage or the study is named.

    Otherwise the newest runs/tune-TASK-N that searches the same space and is not finished, or the next free number.
    """
    if storage is not None or study_name is not None:
        return Path("runs") / (study_name or f"tune-{config.task}")
    numbers = [
        int(path.name.rpartition("-")[2])
        for path in Path("runs").glob(f"tune-{config.task}-*")
        if path.name.rpartition("-")[2].isdigit()
    ]
    newest = Path("runs") / f"tune-{config.task}-{max(numbers, default=0)}"
    if (newest / JOURNAL).is_file():
        with contextlib.suppress(KeyError, InputError):
            study = optuna.load_study(study_name=newest.name, storage=open_storage(str(newest / JOURNAL)))
            trials = study.get_trials(deepcopy=False)
            unfinished = missing(trials, wanted) or tally(trials).running
            if unfinished and study.user_attrs.get(PROGRAMME) == programme(config):
                return newest
    return Path("runs") / f"tune-{config.task}-{max(numbers, default=0) + 1}"


def make_folder(home: Path) -> None:
    """Make the study's folder. Raises InputError where it cannot be made."""
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{home}: cannot be made ({error.strerror})") from None


def programme(config: TrainingConfig) -> str:
    """What all trials of a study share, as YAML: the config without the number of trials and the machine's settings."""
    data = config.model_dump(mode="json")
    for key in OF_THE_MACHINE:
        data["training"].pop(key)
    for key in ("trials", "sampler_seed"):
        data["tune"].pop(key)
    return yaml.safe_dump(data, sort_keys=True)


def open_study(plan: Plan) -> optuna.Study:
    """The plan's study, opened or made; the first trial of a new one has the values of the training config itself.

    Raises InputError if the storage holds a study by that name that searches something else.
    """
    try:
        study = optuna.create_study(study_name=plan.study, storage=open_storage(plan.storage), direction="maximize")
    except optuna.exceptions.DuplicatedStudyError:
        study = load_study(plan)
        _refuse_another_programme(study, plan)
        return study
    study.set_user_attr(PROGRAMME, programme(plan.config))
    write_atomically(
        plan.folder / "programme.yaml",
        yaml.safe_dump(plan.config.model_dump(mode="json"), sort_keys=False, allow_unicode=True),
    )
    standing = standing_params(plan.config)
    if standing is not None:
        study.enqueue_trial(standing)
    return load_study(plan)


def _refuse_another_programme(study: optuna.Study, plan: Plan) -> None:
    theirs, ours = study.user_attrs.get(PROGRAMME), programme(plan.config)
    if theirs is None or theirs == ours:
        return
    differing = [line.strip() for line in ours.splitlines() if line not in theirs.splitlines()]
    here = ", ".join(differing[:3]) or "keys left out"
    raise InputError(
        f"study {plan.study} in {without_password(plan.storage)} searches another programme (here: {here})"
        "; another --study NAME keeps them apart"
    )
