"""A pilot of several skills learns: each skill by its own programme, then all together fly the whole task.

A skill whose block says `bundle: NAME` is not learned but taken from there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console

from agents.config.blocks import FIRST_TEST_SEED
from agents.config.programme import TrainingConfig, load_config, merged, read_config, skills_of
from agents.environments.flights import EnvMaker, flight_env_function
from agents.evaluation.flight_test import FlightTest, summary
from agents.pilots.skill_bundle import check_skills, sequence, sequence_card, write_sequence
from agents.runs.run_folder import RunFolder, write_json
from agents.training.checkpoint import newest_step
from agents.training.train import begun, record_flights, train
from envs.base.config_file import validate
from envs.base.console import plain_console
from envs.base.files import write_atomically
from envs.flight_config import FieldConfig


def train_sequence(
    config: TrainingConfig,
    run: RunFolder,
    *,
    resume: bool = False,
    console: Console | None = None,
    make_env: EnvMaker = flight_env_function,
) -> dict[str, Any]:
    """Train the skills of `config` in run/skills/, but for those given, evaluate their sequence, fill the run folder.

    Returns the content of evaluation.json. A run that was stopped goes on, with `resume`, in the skill it was at.
    """
    console = console or plain_console()
    skills = skills_of(config.skills)
    given = given_skills(config)
    runs = {skill: RunFolder(run.path / "skills" / skill) for skill in skills if skill not in given}
    with begun(run, None if resume else config):
        for skill, skill_run in runs.items():
            begin_part(skill_run, skill_config(config, skill))
        for skill, skill_run in runs.items():
            learn_part(skill, skill_run, console, make_env)
        learned = {skill: str(skill_run.bundle) for skill, skill_run in runs.items()}
        return _report(config, run, given | learned, make_env)


def begin_part(run: RunFolder, config: TrainingConfig) -> None:
    """Write the programme of a part of a training into its own run folder, unless it is there from before."""
    if not run.config.is_file():
        write_atomically(run.config, config.complete_yaml())


def learn_part(name: str, run: RunFolder, console: Console, make_env: EnvMaker) -> None:
    """Learn what stands in a part's run folder, or go on with it; nothing where it is finished."""
    if run.evaluation.is_file():
        return
    before = newest_step(run.checkpoints)
    console.print(f"{'learning' if before is None else 'resuming'} {name}", highlight=False)
    run = RunFolder.to_resume(run.path)
    train(read_config(run.config), run, resume=True, console=console, make_env=make_env)


def given_skills(config: TrainingConfig) -> dict[str, str]:
    """{skill: bundle} of the skills that are not learned. Raises InputError unless each fits the config."""
    given = {skill: block["bundle"] for skill, block in config.skills.items() if "bundle" in block}
    check_skills(config, given)
    return given


def skill_config(config: TrainingConfig, skill: str) -> TrainingConfig:
    """The programme of one skill: its own file and what `config.skills` changes, with the aircraft and field of all."""
    own = load_config(skill).model_dump()
    own |= {key: getattr(config, key) for key in FieldConfig.model_fields}
    training = {"seed": config.training.seed, "processes": config.training.processes}
    if "steps" in config.training.model_fields_set:
        training["steps"] = config.training.steps
    return validate(
        TrainingConfig, merged(merged(own, config.skills[skill]), {"training": training}), f"skills.{skill}"
    )


def _report(config: TrainingConfig, run: RunFolder, skills: Mapping[str, str], make_env: EnvMaker) -> dict[str, Any]:
    """Evaluate the sequence on unseen seeds, write bundle, flights, cards and, last, evaluation.json."""
    card = sequence_card(config, skills)
    pilot = sequence(str(run.path), config, skills, card)
    env_function, seeds = make_env(config), range(FIRST_TEST_SEED, FIRST_TEST_SEED + config.training.test_flights)
    with FlightTest(env_function, config.training.processes) as test:
        flights = test.fly(pilot, seeds)
    result = summary(
        flights,
        task=config.task,
        aircraft=config.aircraft,
        weather=config.weather,
        pilot=str(run.path),
        discrepancies=config.discrepancy_words,
    )
    write_sequence(run.bundle, config, skills, card, result)
    first_failure = [flight.seed for flight in flights if not flight.is_success][:1]
    record_flights(run, pilot, env_function, list(dict.fromkeys([seeds[0], *first_failure])))
    write_json(run.evaluation, result)
    return result
