"""What flies, by name: a learned pilot, one of several skills, or the autopilot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gymnasium

from agents.autopilot import autopilot_for, told_autopilot
from agents.pilots.bundle import AUTOPILOT, CARD, find_bundle, read_card
from agents.pilots.compensated import CompensatedPilot, Compensation
from agents.pilots.learned import load_learned
from agents.pilots.seeing import with_eye
from agents.pilots.skill_bundle import load_sequence
from envs.base.errors import InputError
from envs.tasks.parts.landing_rules import BY_RULE


def load_pilot(name: str, env: gymnasium.Env | None = None) -> Any:
    """The pilot `name`: a bundle, a run folder, a shipped bundle's name, or "autopilot" (which needs `env`).

    With `env` given, also checks that the pilot fits it. A learned pilot sets torch to one thread, in the whole process
    (load_learned). Raises InputError, one line.
    """
    if name == AUTOPILOT:
        if env is None:
            raise InputError("autopilot: it is tuned to an aircraft and task, so it needs an environment")
        _check_never_asked(name, _go_around(env))
        return autopilot_for(env)
    pilot = _load_bundle(find_bundle(name), env)
    if env is not None:
        pilot = with_eye(pilot, env)
    if env is not None and hasattr(pilot, "check_fits"):
        pilot.check_fits(env)
    return pilot


def _load_bundle(folder: Path, env: gymnasium.Env | None) -> Any:
    card, go_around = read_card(folder), _go_around(env)
    if "skills" not in card:
        _check_never_asked(folder.name, go_around)
    if card.get("pilot") == AUTOPILOT:
        if env is None:
            raise InputError(f"{folder}: the autopilot is tuned to an aircraft and task, so it needs an environment")
        pilot: Any = told_autopilot(env, card.get("gains", {}), f"{folder}/{CARD}")
    else:
        pilot = load_sequence(folder, card, go_around) if "skills" in card else load_learned(folder, card)
    if not card.get("compensation"):
        return pilot
    if not card["observation_names"]:
        raise InputError(f"{folder}: its card has a compensation, but does not say which readings it is for")
    return CompensatedPilot(pilot, Compensation.of(card["compensation"]), card["observation_names"])


def _go_around(env: gymnasium.Env | None) -> str | None:
    """How landings are given up in the flights of `env`; None where it does not say."""
    return getattr(getattr(env.unwrapped, "config", None), "go_around", None) if env is not None else None


def _check_never_asked(name: str, go_around: str | None) -> None:
    """Raise InputError if a pilot that is not made of learned skills is told how to give up a landing."""
    if go_around not in (None, BY_RULE):
        raise InputError(f"go_around {go_around}: {name} is not made of learned skills, and decides by itself")
