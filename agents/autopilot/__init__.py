"""The hand-tuned rival: classical autopilots behind stable-baselines3's `predict`, one for each task they can fly.

They read the same observation vector at the same rate as a learned pilot and move the same four channels: cascaded
loops as in a small flight controller, guidance -> angle -> rate -> control.
"""

from __future__ import annotations

from typing import Any

from agents.autopilot.landing import LandingAutopilot
from agents.autopilot.pattern import PatternAutopilot
from agents.autopilot.pilot import Autopilot
from agents.autopilot.takeoff import TakeoffAutopilot
from agents.config.programme import AUTOPILOT_TASKS, SKILLS, WHOLE_FLIGHT
from agents.pilot import Pilot
from agents.skills.skilled_pilot import SequencedPilot, Skill
from envs.base.errors import unknown_name

AUTOPILOTS: dict[str, type[Autopilot]] = {
    "takeoff": TakeoffAutopilot,
    "pattern": PatternAutopilot,
    "landing": LandingAutopilot,
}


def autopilot_for(env: Any, gains: Any = None) -> Pilot:
    """The autopilot of a FlightEnv's task, aircraft, observation and rate (wrapped or not). Raises InputError.

    A circuit is flown by those of take-off, pattern and landing one after the other, with the landing's go-around.
    """
    flight = env.unwrapped
    task = flight.task.name
    if task == WHOLE_FLIGHT:
        names = tuple(flight.observation_names)
        skills = tuple(Skill(AUTOPILOTS[skill].for_env(env), names) for skill in SKILLS)
        return SequencedPilot("autopilot", None, {}, names, skills, go_around=None)
    if task not in AUTOPILOTS:
        raise unknown_name("task of the autopilot", task, AUTOPILOT_TASKS)
    return AUTOPILOTS[task].for_env(env, gains)
