"""One worker: takes trials from the study and trains them until none is left. Runs in a process of its own."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import threading
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import optuna
from optuna.pruners import BasePruner, HyperbandPruner, MedianPruner, NopPruner
from optuna.trial import TrialState

from agents.config.programme import TrainingConfig
from agents.environments.flights import EnvMaker
from agents.environments.vec_env import WorkerDied
from agents.runs.run_folder import RunFolder
from agents.tuning.objective import Judgement, Validation
from agents.tuning.storage import open_storage
from agents.tuning.trial_config import distributions, tune_block, with_params
from agents.tuning.trials import BEAT, BEAT_SECONDS, REASON, claim
from envs.base.console import plain_console
from envs.base.errors import InputError


@dataclass(frozen=True)
class Plan:
    """What a worker needs to take part in a study; it can be pickled.

    `storage` and `study` name the study, `folder` holds the runs, `trials` is how many are wanted in all, `processes`
    how many processes fly at once in one trial.
    """

    storage: str
    study: str
    folder: Path
    config: TrainingConfig
    trials: int
    processes: int
    make_env: EnvMaker


def work(plan: Plan, name: str) -> None:
    """Train trials, as worker `name`, until all are taken or the command that started it is gone."""
    study = load_study(plan, name)
    space = distributions(plan.config)
    parent = multiprocessing.parent_process()
    while (parent is None or parent.is_alive()) and (trial := claim(study, plan.trials, space, name)) is not None:
        run_trial(plan, study, trial)


def load_study(plan: Plan, worker: str = "") -> optuna.Study:
    """The study with its sampler and pruner. The worker's name seeds the sampler, so that no two draw the same."""
    study = optuna.load_study(study_name=plan.study, storage=open_storage(plan.storage), pruner=pruner(plan.config))
    tune = tune_block(plan.config)
    number = int.from_bytes(worker.rpartition("-")[2].encode()[-4:] or b"\0", "big")
    study.sampler = optuna.samplers.TPESampler(
        multivariate=True,
        constant_liar=True,  # running trials count as bad ones: parallel workers spread out
        seed=(tune.sampler_seed * 1_000_003 + number * 10_007 + len(study.get_trials(deepcopy=False))) % 2**32,
    )
    return study


def pruner(config: TrainingConfig) -> BasePruner:
    """Optuna's pruner that the config names; its steps are the numbers of the validations: 1, 2, ..."""
    tune = tune_block(config)
    if tune.pruner == "median":
        # Optuna prunes from the step of this number on, ours start at 1.
        return MedianPruner(n_startup_trials=tune.pruner_startup, n_warmup_steps=tune.pruner_warmup + 1)
    if tune.pruner == "hyperband":
        validations = -(-config.updates(config.training.steps) // config.updates(config.training.eval_every))
        return HyperbandPruner(min_resource=1, max_resource=max(2, validations * tune.seeds))
    return NopPruner()


def trial_folder(plan: Plan, number: int) -> Path:
    """The run folder of Optuna's trial `number`, counted from 0; the folder's name counts from 1."""
    return plan.folder / f"trial-{number + 1:04d}"


def run_trial(plan: Plan, study: optuna.Study, trial: optuna.Trial) -> None:
    """Train the trial and tell the study: complete, pruned, or why it could not be trained.

    What ends here by another exception (a full disk, a killed process of the flights) ends the worker, and the trial is
    queued again.
    """
    from agents.training.divergence import DivergedError

    judgement = Judgement(plan.config)
    with contextlib.suppress(optuna.exceptions.UpdateFinishedTrialError):  # others gave it up and queued it again
        try:
            with beating(trial):
                train_trial(plan, trial, judgement)
        except optuna.TrialPruned:
            study.tell(trial, state=TrialState.PRUNED, skip_if_finished=True)
        except DivergedError as error:  # something that a training may do; Optuna learns to stay away from such values
            _give_up(study, trial, f"broke down: {str(error).partition(': ')[2][:200]}")
        except InputError as error:
            _give_up(study, trial, str(error).removeprefix("trial: "), impossible=True)
        except (WorkerDied, optuna.exceptions.OptunaError):
            raise
        except (ArithmeticError, ValueError, RuntimeError) as error:
            reason = (str(error).splitlines() or [""])[0]
            _give_up(study, trial, f"broke down: {type(error).__name__}: {reason[:200]}")
        else:
            study.tell(trial, judgement.value, skip_if_finished=True)


def _give_up(study: optuna.Study, trial: optuna.Trial, reason: str, impossible: bool = False) -> None:
    trial.set_user_attr(REASON, reason)
    trial.set_user_attr("impossible", impossible)
    study.tell(trial, state=TrialState.PRUNED, skip_if_finished=True)


def train_trial(plan: Plan, trial: optuna.Trial, judgement: Judgement) -> None:
    """Train the trial once for each seed, in a run folder each. Raises InputError if its values do not fit together."""
    from agents.training.train import train

    tune, block = tune_block(plan.config), plan.config.training
    home = trial_folder(plan, trial.number)
    for number in range(tune.seeds):
        config = with_params(
            plan.config,
            trial.params,
            seed=block.seed + number,
            test_flights=tune.test_flights,
            processes=block.processes or plan.processes,
        )
        plan.make_env(config)().close()  # what cannot fly is refused before there is a folder
        run = RunFolder.create(home if tune.seeds == 1 else home / f"seed-{config.training.seed}", home.name)
        validations: list[Validation] = []
        judgement.trainings.append(validations)

        def on_validation(steps: int, success: float, reward: float, noted: list[Validation] = validations) -> None:
            noted.append(Validation(steps, success, reward))
            report(trial, judgement)

        with (run.path / "training.log").open("w", encoding="utf-8") as log:
            console = plain_console(file=log, width=120)
            train(config, run, console=console, make_env=plan.make_env, on_validation=on_validation)


def report(trial: optuna.Trial, judgement: Judgement) -> None:
    """Report the trial's value so far. Raises TrialPruned, or UpdateFinishedTrialError if another program ended it."""
    number = sum(map(len, judgement.trainings))
    trial.set_user_attr("success", judgement.success)
    trial.set_user_attr("reward", judgement.reward)
    trial.report(judgement.value, number)
    if trial.should_prune():
        trial.set_user_attr(REASON, f"worse than the others at validation {number}")
        raise optuna.TrialPruned


@contextlib.contextmanager
def beating(trial: optuna.Trial) -> Generator[None]:
    """Count the trial's beat up in the storage for as long as the block runs."""
    over = threading.Event()

    def beat() -> None:
        count = 0
        while True:
            with contextlib.suppress(Exception):  # a storage away for a moment; away for long, the training ends by it
                trial.set_user_attr(BEAT, f"{os.getpid()}:{count}")
            count += 1
            if over.wait(BEAT_SECONDS):
                return

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(BEAT_SECONDS)
