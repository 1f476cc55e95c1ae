"""What scripts/ship.py does: a finished run becomes a bundle that comes with the project, with where it comes from.

Besides the bundle: `learning_curve.csv` of each skill that was learned, teachers/NAME.csv of each teacher, the command
that trains it again in card.json, and the flight card of the first test flight.
"""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from rich.console import Console

from agents.config.blocks import FIRST_TEST_SEED
from agents.config.programme import STUNTS, TrainingConfig, read_config
from agents.environments.flights import flight_env_function, flight_name
from agents.evaluation.flight_test import FlightTest, summary
from agents.evaluation.table import print_evaluation
from agents.pilots.bundle import CARD, CONFIG, PRETRAINED, commit, find_bundle, read_card
from agents.pilots.loading import load_pilot
from agents.pilots.named_skills import keep_named, name_copies, pack
from agents.pilots.pilot_config import pilot_config
from agents.report.words import retrain_command
from agents.runs.evaluation_file import evaluation_from, read_evaluation
from agents.runs.learning_curve import SHIPPED_CURVE, LearningCurve, read_curve
from agents.runs.run_folder import RunFolder, write_folder, write_json
from agents.training.train_pupil import TEACHERS, learners, pupil_config
from envs.base.config_file import CONFIGS
from envs.base.console import plain_console
from envs.base.errors import InputError
from envs.discrepancies._drawn import DrawnDiscrepancies
from envs.flights.flight_log import FlightLog
from envs.rendering.card.card import draw_card

COMMAND = "train_again"
FEWEST_FLIGHTS = 1000
LONGEST_COMMAND = 500
"""Characters of a command that a person would type; where so much differs from the programmes, the config is named."""


def ship(
    run_name: str,
    home: Path = PRETRAINED,
    fewest: int = FEWEST_FLIGHTS,
    console: Console | None = None,
    whole: bool = False,
) -> int:
    """Write the bundle of a finished run to `home`/TASK-AIRCRAFT, in the place of an older one; 0.

    One that was trained over drawn discrepancies goes to robust_TASK-AIRCRAFT, one of several figures to
    stunts-AIRCRAFT.

    A skill whose policy another bundle in `home` has already is named instead of copied, unless `whole`. What other
    bundles name of the older one, and the new one does not have, is copied into them before.

    Raises InputError, one line, before anything is written: for a run that is not finished, or was tested on fewer
    than `fewest` flights.
    """
    run = RunFolder(Path(run_name))
    if not run.evaluation.is_file():
        raise InputError(f"{run_name}: not a finished run (no evaluation.json)")
    flown = read_evaluation(run.evaluation).flights
    if flown < fewest:
        raise InputError(f"{run_name}: tested on {flown} flights; train with training.test_flights={fewest} or more")
    bundle = find_bundle(run_name)
    evaluation_from(read_card(bundle).get("evaluation"), f"{bundle}/{CARD}: evaluation")
    config = read_config(run.config)
    skills = {skill: RunFolder(run.path / "skills" / skill) for skill in config.skills}
    to = home / shipped_name(config)
    with write_folder(to) as beside:
        shutil.copytree(bundle, beside, dirs_exist_ok=True)
        _tell(beside, to, run, config)
        for skill, skill_run in skills.items():
            if skill_run.config.is_file():
                _tell(beside / skill, to / skill, skill_run, read_config(skill_run.config))
        flight = FlightLog.load(run.flights / flight_name(FIRST_TEST_SEED))
        draw_card(replace(flight, header={**flight.header, "pilot": to.name}), beside / "flight.png")
        if not whole:
            name_copies(beside, to, home)
        for other in keep_named(to, beside, home):
            (console or plain_console()).print(f"{other}: has its own copy now of what it named of {to.name}")
    (console or plain_console()).print(f"shipped  {to}", highlight=False, soft_wrap=True)
    return 0


def shipped_name(config: TrainingConfig) -> str:
    """The name of a shipped pilot by what it was trained for."""
    robust = "robust_" if isinstance(config.discrepancies, DrawnDiscrepancies) else ""
    task = STUNTS if len(config.figure) > 1 else config.flown_name
    return f"{robust}{task}-{Path(config.aircraft).stem}"


def pack_whole(bundle_name: str, to: str, console: Console | None = None) -> int:
    """Write a bundle to the new folder `to` with copies of the skills that it only names; 0. Raises InputError."""
    pack(find_bundle(bundle_name), Path(to))
    (console or plain_console()).print(f"packed  {to}", highlight=False, soft_wrap=True)
    return 0


def score(
    names: Sequence[str],
    home: Path = PRETRAINED,
    flights: int = FEWEST_FLIGHTS,
    processes: int = 0,
    console: Console | None = None,
) -> int:
    """Fly each shipped pilot (all without `names`) on test seeds; write its card's evaluation and flight.png; 0.

    The card keeps the commit that it was trained at; `evaluated_at` is the commit that it was flown at. Raises
    InputError, one line, before a flight of the pilot in question.
    """
    console = console or plain_console()
    bundles = [find_bundle(name) for name in names] or sorted(card.parent for card in home.glob(f"*/{CARD}"))
    for bundle in bundles:
        card, config = read_card(bundle), pilot_config(str(bundle))
        env_function = flight_env_function(config)
        env = env_function()
        pilot = load_pilot(str(bundle), env)
        env.close()
        seeds = range(FIRST_TEST_SEED, FIRST_TEST_SEED + flights)
        with TemporaryDirectory() as logs:
            with FlightTest(env_function, processes or None, Path(logs), bundle.name) as test:
                flown = test.fly(pilot, seeds[:1])
            first = FlightLog.load(Path(logs) / flight_name(FIRST_TEST_SEED))
            with FlightTest(env_function, processes or None, None, bundle.name) as test:
                flown = [*flown, *test.fly(pilot, seeds[1:])]
            result = summary(
                flown,
                task=config.task,
                aircraft=config.aircraft,
                weather=config.weather,
                pilot=bundle.name,
                discrepancies=config.discrepancy_words,
            )
            print_evaluation(result, console)
            draw_card(replace(first, header={**first.header, "pilot": bundle.name}), bundle / "flight.png")
        write_json(bundle / CARD, {**card, "evaluation": result, "evaluated_at": commit()})
    return 0


def _tell(bundle: Path, to: Path, run: RunFolder, config: TrainingConfig) -> None:
    """Add to a bundle, which will lie at `to`, how it was learned and how to learn it again."""
    card = read_card(bundle)
    evaluation = {**card["evaluation"], "pilot": shipped_name(config)}
    own = to / CONFIG
    path = str(own.relative_to(CONFIGS.parent) if own.is_relative_to(CONFIGS.parent) else own)
    again = retrain_command(config, path)
    if len(again) > LONGEST_COMMAND:
        again = f"python scripts/train.py {path}"
    write_json(bundle / "card.json", {**card, "evaluation": evaluation, COMMAND: again})
    write_curves(bundle, run, config)


def write_curves(bundle: Path, run: RunFolder, config: TrainingConfig) -> None:
    """Put the run's learning curve into its bundle, and those of what its pupil learned from into teachers/."""
    if not run.progress.is_file():
        return
    own = pupil_config(config) if config.teachers else config
    curves = {bundle / SHIPPED_CURVE: (run.progress, own.algorithm.steps_per_update)}
    if config.teachers:
        (bundle / TEACHERS).mkdir(exist_ok=True)
        for name, part in learners(run, config).items():
            steps = read_config(part.config).algorithm.steps_per_update
            curves[bundle / TEACHERS / f"{name}.csv"] = (part.progress, steps)
    for path, (progress, steps) in curves.items():
        path.write_text(curve_table(read_curve(progress, steps)), encoding="utf-8")


def curve_table(curve: LearningCurve) -> str:
    """The curve as CSV: what became of the training's flights, and of the validation's.

    Columns: steps; share of the training's flights since the row above that succeeded, their mean reward; the same of
    the validation flown at that step, if one was.
    """
    rows: dict[float, list[float]] = {}
    columns = (curve.columns["flights/success_rate"], curve.columns["flights/return"])
    for step, *values in zip(curve.steps, *columns, strict=True):
        rows[step] = [*values, np.nan, np.nan]
    for step, *values in zip(curve.validated, curve.success, curve.returns, strict=True):
        rows[step] = [*rows.get(step, [np.nan, np.nan])[:2], *values]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("steps", "training_success", "training_reward", "validation_success", "validation_reward"))
    for step, values in sorted(rows.items()):
        writer.writerow((int(step), *("" if np.isnan(value) else f"{value:.4g}" for value in values)))
    return text.getvalue()
