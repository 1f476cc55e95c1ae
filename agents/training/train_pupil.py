"""A pilot with teachers learns: one policy, then its teachers from it, then a pupil from all of them.

One policy that shall find out many things by trial and error does the rare and hard ones badly: what it finds out there
is drowned in what it finds out elsewhere. A teacher practises a part of them alone. What all teachers can do then fits
into one policy, which only has to be told.
"""

from __future__ import annotations

import contextlib
from typing import Any

from rich.console import Console
from stable_baselines3.common.callbacks import CallbackList

from agents.config.programme import TrainingConfig, teacher_config
from agents.environments.flights import EnvMaker, flight_env_function
from agents.environments.vec_env import SharedMemoryVecEnv
from agents.evaluation.flight_test import FlightTest
from agents.pilots.learned import LearnedPilot
from agents.pilots.loading import load_pilot
from agents.runs.run_folder import RunFolder
from agents.training.callbacks import FlightStatistics, RunKeeper
from agents.training.first_weights import take_weights
from agents.training.progress import ProgressDisplay
from agents.training.pupil import Classroom
from agents.training.train import begun, make_logger, make_model, report
from agents.training.train_skills import begin_part, learn_part
from envs.base.console import plain_console

FIRST, TEACHERS = "first", "teachers"
"""Where a run keeps the policy that the teachers start from, and the teachers, each a run folder of its own."""


def train_pupil(
    config: TrainingConfig,
    run: RunFolder,
    *,
    resume: bool = False,
    console: Console | None = None,
    make_env: EnvMaker = flight_env_function,
) -> dict[str, Any]:
    """Train run/first, run/teachers/NAME from it or from one another, and the pupil from those; fill the run folder.

    Returns the content of evaluation.json. A run that was stopped goes on, with `resume`, in the part that it was at;
    the pupil, which learns in minutes, begins anew.
    """
    console = console or plain_console()
    parts = learners(run, config)
    with begun(run, None if resume else config):
        begin_part(parts[FIRST], first_config(config))
        for name, block in config.teachers.items():
            before = parts[block.get("after", FIRST)]
            begin_part(parts[name], teacher_config(config, name, str(before.path.resolve())))
        for name, part in parts.items():
            learn_part(name, part, console, make_env)
        console.print(f"learning from {', '.join(config.teaching)}", highlight=False)
        return _learn_from(config, run, console, make_env)


def learners(run: RunFolder, config: TrainingConfig) -> dict[str, RunFolder]:
    """{name: run folder} of what learns before the pupil: the first policy, then the teachers."""
    return {
        FIRST: RunFolder(run.path / FIRST),
        **{name: RunFolder(run.path / TEACHERS / name) for name in config.teachers},
    }


def first_config(config: TrainingConfig) -> TrainingConfig:
    """The programme of the policy that the teachers start from, which is not what will be flown: few test flights."""
    few = min(config.training.test_flights, config.training.eval_flights)
    training = config.training.model_copy(update={"test_flights": few})
    return config.model_copy(update={"teachers": {}, "training": training})


def pupil_config(config: TrainingConfig) -> TrainingConfig:
    """The programme as the pupil learns by it: its flights do not change, and its noise is that of the end."""
    block, settings = config.pupil, config.algorithm
    noise = settings.log_std_init if settings.log_std_last is None else settings.log_std_last
    training = {"steps": block.steps, "task_options": {}, "last_task_options": {}, "first_reward": {}}
    calm = {"first_wind": 1.0, "last_wind": 1.0, "start_from": ""}
    n_envs = block.n_envs * len(config.teaching)
    flown = {"n_envs": n_envs, "n_steps": block.n_steps, "batch_size": n_envs * block.n_steps}
    return config.model_copy(
        update={
            "training": config.training.model_copy(update=training | calm),
            "algorithm": settings.model_copy(update=flown | {"log_std_init": noise, "log_std_last": noise}),
        }
    )


def _learn_from(config: TrainingConfig, run: RunFolder, console: Console, make_env: EnvMaker) -> dict[str, Any]:
    own, env_function = pupil_config(config), make_env(config)
    folders = {name: part for name, part in learners(run, config).items() if name in config.teaching}
    programmes = [teacher_config(config, name) for name in folders]
    functions = [make_env(programme) for programme in programmes for _ in range(config.pupil.n_envs)]
    total_steps = own.updates(own.training.steps) * own.algorithm.steps_per_update
    with (
        contextlib.closing(SharedMemoryVecEnv(functions, own.training.processes or None)) as env,
        FlightTest(env_function, own.training.processes) as flight_test,
    ):
        model = make_model(own, env)
        model.set_logger(make_logger(run, own.algorithm.steps_per_update))
        teachers = _teachers(folders, make_env, config)
        take_weights(model, teachers[0])
        for index, programme in enumerate(programmes):
            options, reward, wind = programme.training_changes(programme.training.steps)
            rows = range(index * config.pupil.n_envs, (index + 1) * config.pupil.n_envs)
            if options or reward or wind != 1.0:
                env.env_method("set_training", options, reward, wind, indices=rows)
        with ProgressDisplay(console, total_steps) as display:
            statistics = FlightStatistics(display)
            keeper = RunKeeper(
                own,
                run.checkpoints,
                statistics,
                display,
                validate=lambda pilot: flight_test.fly(pilot, range(own.training.eval_flights)),
            )
            Classroom(model, env, teachers, config.pupil).learn(total_steps, CallbackList([keeper, statistics]))
        assert keeper.best is not None
        model.policy.load_state_dict(keeper.best.weights)
        taught = [teacher_config(config, name) for name in config.teachers]
        before = sum(_steps(one) for one in [first_config(config), *taught])
        model.num_timesteps += before
        return report(config, run, model, env_function, flight_test, before + keeper.best.steps)


def _teachers(folders: dict[str, RunFolder], make_env: EnvMaker, config: TrainingConfig) -> list[LearnedPilot]:
    with contextlib.closing(make_env(config)()) as env:
        pilots = [load_pilot(str(part.path), env) for part in folders.values()]
    learned = [pilot for pilot in pilots if isinstance(pilot, LearnedPilot)]
    assert len(learned) == len(folders)  # each teaches in its own rows
    return learned


def _steps(config: TrainingConfig) -> int:
    return config.updates(config.training.steps) * config.algorithm.steps_per_update
