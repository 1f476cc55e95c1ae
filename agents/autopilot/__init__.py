"""The hand-tuned rival: classical autopilots behind stable-baselines3's `predict`, one for each task they can fly.

They read the same observation vector at the same rate as a learned pilot and move the same four channels: cascaded
loops as in a small flight controller, guidance -> angle -> rate -> control.
"""

from __future__ import annotations

from typing import Any

from agents.autopilot.landing import LandingAutopilot
from agents.autopilot.pilot import Autopilot
from agents.autopilot.takeoff import TakeoffAutopilot
from envs.errors import unknown_name

AUTOPILOTS: dict[str, type[Autopilot]] = {"takeoff": TakeoffAutopilot, "landing": LandingAutopilot}


def autopilot_for(env: Any, gains: Any = None) -> Autopilot:
    """The autopilot of a FlightEnv's task, aircraft, observation and rate (wrapped or not). Raises InputError."""
    task = env.unwrapped.task.name
    if task not in AUTOPILOTS:
        raise unknown_name("task of the autopilot", task, AUTOPILOTS)
    return AUTOPILOTS[task].for_env(env, gains)
