"""The hand-tuned rival: classical autopilots behind stable-baselines3's `predict`, one for each task they can fly.

They read the same observation vector at the same rate as a learned pilot and move the same four channels: cascaded
loops as in a small flight controller, guidance -> angle -> rate -> control.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agents.autopilot.figure import FigureAutopilot
from agents.autopilot.landing import LandingAutopilot
from agents.autopilot.pattern import PatternAutopilot
from agents.autopilot.pilot import Autopilot
from agents.autopilot.takeoff import TakeoffAutopilot
from agents.autopilot.told_gains import gains_from
from agents.autopilot.upset import UpsetAutopilot
from agents.config.programme import AIRSHOW, FIGURE, SKILLS, WHOLE_FLIGHT
from agents.pilot import Pilot
from agents.skills.display_pilot import DisplayPilot, GiveUp
from agents.skills.skilled_pilot import SequencedPilot, Skill
from envs.base.errors import InputError, did_you_mean, shown, unknown_name

AUTOPILOTS: dict[str, type[Autopilot]] = {
    "takeoff": TakeoffAutopilot,
    "pattern": PatternAutopilot,
    "landing": LandingAutopilot,
    "figure": FigureAutopilot,
}


def autopilot_for(env: Any, gains: Any = None) -> Pilot:
    """The autopilot of a FlightEnv's task, aircraft, observation and rate (wrapped or not). Raises InputError.

    A circuit is flown by those of take-off, pattern and landing one after the other, with the landing's go-around, an
    airshow by that of the figures as well; `gains` are then {task: its gains}.
    """
    flight = env.unwrapped
    task = flight.task.name
    if task in (WHOLE_FLIGHT, AIRSHOW):
        names, of_skill = tuple(flight.observation_names), gains or {}
        skills = tuple(Skill(AUTOPILOTS[skill].for_env(env, of_skill.get(skill)), names) for skill in SKILLS)
        circuit = SequencedPilot("autopilot", None, {}, names, skills, go_around=None)
        if task == WHOLE_FLIGHT:
            return circuit
        return with_figures(circuit, Skill(AUTOPILOTS[FIGURE].for_env(env, of_skill.get(FIGURE)), names), env)
    if task not in AUTOPILOTS:
        raise unknown_name("task of the autopilot", task, (*AUTOPILOTS, WHOLE_FLIGHT, AIRSHOW))
    return AUTOPILOTS[task].for_env(env, gains)


def with_figures(circuit: SequencedPilot, figure: Skill, env: Any, robust_landing: Skill | None = None) -> DisplayPilot:
    """The pilot of the airshow that a FlightEnv is (wrapped or not): the skills of `circuit`, and one for figures.

    `robust_landing` lands after a figure was given up.
    """
    drawing = env.unwrapped.drawing
    recovery = Skill(UpsetAutopilot.for_env(env), tuple(env.unwrapped.observation_names))
    return DisplayPilot(circuit, figure, recovery, GiveUp.of(drawing), drawing.span_m, robust_landing)


def told_autopilot(env: Any, told: Mapping[str, Mapping[str, Any]], source: str) -> Pilot:
    """The autopilot of a FlightEnv's task with the gains that a file tells, {task: {gain: value}}; {}: those shipped.

    Raises InputError, one line that begins with `source`, for gains of another task or that cannot be.
    """
    flight = env.unwrapped
    task = flight.task.name
    for name in told:
        if name not in AUTOPILOTS:
            hint = did_you_mean(name, AUTOPILOTS) or f", known: {', '.join(AUTOPILOTS)}"
            raise InputError(f"{source}: gains: unknown task of the autopilot {shown(name)}{hint}")
    known = {
        name: gains_from(AUTOPILOTS[name].shipped_gains(flight.drawing), gains, f"{source}: gains.{name}")
        for name, gains in told.items()
    }
    parts = {WHOLE_FLIGHT: SKILLS, AIRSHOW: (*SKILLS, FIGURE)}.get(task, ())
    if told and not known.keys() & {task, *parts}:
        raise InputError(f"{source}: has gains of the autopilot for {', '.join(told)}, and none for {task}")
    return autopilot_for(env, known if parts else known.get(task))
