"""From a planned flight to the config that is flown and the pilot who flies it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from agents.config.programme import TrainingConfig, with_overrides
from agents.environments.flights import flight_env_function
from agents.missions.mission import PlannedFlight
from agents.pilot import Pilot
from agents.pilots.bundle import bundle_config, find_bundle
from agents.pilots.loading import load_pilot
from agents.pilots.pilot_config import check_settings
from envs.base.config_file import names_of, validate
from envs.base.errors import InputError
from envs.tasks import TASKS

SEEN_IN_TRAINING = ("observation", "sensor_suite", "runway")
"""Settings that a mission leaves to its pilot, unless it says them itself: what it learned to see and to roll on."""


def names_mission(name: str) -> bool:
    """Whether a name is that of a mission in configs/missions, or of a YAML file."""
    return name in names_of("missions") or Path(name).suffix in (".yaml", ".yml")


def last_setting(settings: Sequence[str], key: str) -> str | None:
    """The value of the last "key=value" among the settings, None without one: it says who flies a mission, too."""
    values = [value.strip() for name, _, value in (setting.partition("=") for setting in settings) if name == key]
    return values[-1] if values else None


def mission_config(plan: PlannedFlight, settings: Sequence[str] = ()) -> TrainingConfig:
    """What is flown, as a config that evaluates the same. Raises InputError."""
    check_settings(settings)
    if last_setting(settings, "task"):
        raise InputError(f"task={last_setting(settings, 'task')}: the legs of a mission say what its task is")
    seen: dict[str, Any] = {}
    if plan.pilot != "autopilot" and not plan.skills:
        own = bundle_config(find_bundle(plan.pilot))
        if TASKS[own.task] is not TASKS[plan.task]:
            raise InputError(f"pilot {plan.pilot}: was trained for {own.task}, the mission is a {plan.task}")
        seen = {key: getattr(own, key) for key in SEEN_IN_TRAINING}
    planned = validate(TrainingConfig, {**seen, **plan.settings}, "mission")
    own = [setting for setting in settings if setting.partition("=")[0] not in ("aircraft", "weather")]
    if not own:
        return planned
    return validate(TrainingConfig, with_overrides({**seen, **plan.settings}, own), "command line")


def mission_pilot(plan: PlannedFlight, config: TrainingConfig) -> Pilot:
    """Who flies, checked against what is flown. Raises InputError."""
    env = flight_env_function(config)()
    try:
        if not plan.skills:
            return load_pilot(plan.pilot, env)
        from agents.pilots.skill_bundle import sequence, sequence_card

        pilot = sequence(plan.pilot, config, plan.skills, sequence_card(config, plan.skills))
        pilot.check_fits(env)
        return pilot
    finally:
        env.close()
