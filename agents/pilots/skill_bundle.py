"""A bundle of several skills: card.json and config.yaml like any other, and a bundle of each learned skill inside.

A skill may also be flown by the autopilot; the card says so.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agents.autopilot import autopilot_for, with_figures
from agents.config.programme import AIRSHOW, FIGURE, ROBUST_LANDING, ROLL_OUT, TrainingConfig, skills_of
from agents.pilots.bundle import (
    AUTOPILOT,
    CARD,
    CONFIG,
    bundle_config,
    bundle_name,
    card_head,
    find_bundle,
    read_card,
    with_own_files,
)
from agents.pilots.learned import LearnedPilot, load_learned
from agents.pilots.named_skills import skill_folder
from agents.runs.run_folder import write_folder, write_json
from agents.skills.display_pilot import DisplayPilot
from agents.skills.going_on import go_around_of
from agents.skills.landing_pilot import LandingRounds
from agents.skills.navigator import Navigator
from agents.skills.skilled_pilot import SequencedPilot, Skill
from envs.aircraft.aircraft import load_aircraft
from envs.base.errors import InputError
from envs.flight_env import FlightEnv
from envs.observation import observation_rows
from envs.tasks.circuit import CircuitTask
from envs.tasks.landing import LandingTask
from envs.tasks.parts.pattern_shape import circuit_height


def sequence(
    name: str, config: TrainingConfig, skills: Mapping[str, str], card: Mapping[str, Any]
) -> SequencedPilot | LandingRounds | DisplayPilot:
    """The pilot that flies `config.task` with `skills`, {skill: bundle or "autopilot"}. Raises InputError."""
    names = card.get("observation_names")
    if not isinstance(names, list):
        raise InputError(f"pilot {name}: its card has no list 'observation_names'")
    _refuse_autopilot_of_the_roll_out(skills)
    parts = {skill: _skill(skill, skills[skill], config) for skill in skills_of(skills)}
    figure, robust_landing = parts.pop(FIGURE, None), parts.pop(ROBUST_LANDING, None)
    if (figure is None) == (config.task == AIRSHOW):
        raise InputError(f"pilot {name}: an {AIRSHOW} is flown with the skill {FIGURE!r}, and nothing else")
    aircraft = load_aircraft(config.aircraft)
    circuit = config.task != LandingTask.name
    rows = tuple(names) if circuit else observation_rows(CircuitTask.observations, config.observation)
    flown = SequencedPilot(
        name,
        config,
        card,
        rows,
        tuple(parts.values()),
        go_around_of(aircraft, config.aircraft, config.go_around),
        balks=aircraft.launch.kind == "runway",
        circuit_height_m=circuit_height(aircraft.span_m),
    )
    if figure is not None:
        env = FlightEnv(task=config.task, aircraft=config.aircraft, observation=config.observation)
        pilot = with_figures(flown, figure, env, robust_landing)
        env.close()
        return pilot
    if circuit:
        return flown
    return LandingRounds(name, config, card, tuple(names), flown, Navigator(aircraft, names, rows))


def _skill(task: str, bundle: str, config: TrainingConfig) -> Skill:
    """A skill by its bundle, or the autopilot's."""
    if bundle == AUTOPILOT:
        return _autopilot(task, config)
    learned = _learned(task, bundle)
    return Skill(learned, tuple(learned.card["observation_names"]))


def _autopilot(task: str, config: TrainingConfig) -> Skill:
    """The hand-tuned pilot of a task, which is tuned to an aircraft and reads all that the task shows."""
    env = FlightEnv(task=task, aircraft=config.aircraft, observation=config.observation)
    skill = Skill(autopilot_for(env), env.observation_names)
    env.close()
    return skill


def _learned(task: str, bundle: str) -> LearnedPilot:
    folder = find_bundle(bundle)
    card = read_card(folder)
    if "skills" in card:
        raise InputError(f"skill {task}: {bundle} is itself made of skills")
    pilot = load_learned(folder, card)
    if pilot.config.task != (LandingTask.name if task in (ROLL_OUT, ROBUST_LANDING) else task):
        raise InputError(f"skill {task}: {bundle} was trained for {pilot.config.task}")
    if not pilot.card["observation_names"]:
        raise InputError(f"skill {task}: {bundle} does not say which readings it was trained with")
    return pilot


def check_skills(config: TrainingConfig, skills: Mapping[str, str]) -> None:
    """Raise InputError unless each of {skill: bundle} is a pilot of that skill, made for the config's aircraft.

    The autopilot is one of any aircraft and skill, but the roll-out.
    """
    _refuse_autopilot_of_the_roll_out(skills)
    for skill, bundle in skills.items():
        if bundle == AUTOPILOT:
            continue
        own = bundle_config(find_bundle(bundle))
        _learned(skill, bundle)
        if (own.aircraft, own.observation) != (config.aircraft, config.observation):
            raise InputError(
                f"skills.{skill}.bundle: {bundle} flies {own.aircraft} with {own.observation}, not "
                f"{config.aircraft} with {config.observation}"
            )


def _refuse_autopilot_of_the_roll_out(skills: Mapping[str, str]) -> None:
    if skills.get(ROLL_OUT) == AUTOPILOT:
        raise InputError(f"skill {ROLL_OUT}: the autopilot rolls out by its landing; leave {ROLL_OUT} out")


def sequence_card(config: TrainingConfig, skills: Mapping[str, str]) -> dict[str, Any]:
    """The card of a sequence of bundles, but for its evaluation. Raises InputError."""
    env = FlightEnv(task=config.task, aircraft=config.aircraft, observation=config.observation)
    names = env.observation_names
    env.close()
    cards = [_learned(skill, skills[skill]).card for skill in skills_of(skills) if skills[skill] != AUTOPILOT]
    return {
        **card_head(config, len(names), names),
        "skills": {skill: AUTOPILOT if skills[skill] == AUTOPILOT else skill for skill in skills_of(skills)},
        "seed": config.training.seed,
        "steps": sum(card.get("steps", 0) for card in cards),
        "policy_from_step": sum(card.get("policy_from_step") or 0 for card in cards),
    }


def write_sequence(
    folder: Path,
    config: TrainingConfig,
    skills: Mapping[str, str],
    card: Mapping[str, Any],
    evaluation: Mapping[str, Any],
) -> None:
    """Write the sequence as a bundle at `folder`, with copies of its skills' bundles; whole or not at all."""
    sources = {skill: find_bundle(skills[skill]) for skill in skills_of(skills) if skills[skill] != AUTOPILOT}
    with write_folder(folder) as beside:
        for skill, source in sources.items():
            shutil.copytree(source, beside / skill, ignore=shutil.ignore_patterns("*.png"))
        (beside / CONFIG).write_text(with_own_files(config, beside).complete_yaml(), encoding="utf-8")
        write_json(beside / CARD, {**card, "evaluation": dict(evaluation)})


def load_sequence(
    folder: Path, card: Mapping[str, Any], go_around: str | None = None
) -> SequencedPilot | LandingRounds | DisplayPilot:
    """The pilot of a bundle of skills, with its card. Raises InputError, one line.

    `go_around`: how it gives up a landing, as in FlightConfig; None: as in the bundle's config.
    """
    told = card["skills"] if isinstance(card["skills"], dict) else {}
    skills = {
        skill: AUTOPILOT if told.get(skill) == AUTOPILOT else str(skill_folder(folder, skill, told.get(skill)))
        for skill in skills_of(told)
    }
    config = bundle_config(folder)
    if go_around is not None:
        config = config.model_copy(update={"go_around": go_around})
    return sequence(bundle_name(folder), config, skills, card)
