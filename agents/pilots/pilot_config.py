"""What a pilot is flown in, unless told otherwise: what it was trained in."""

from __future__ import annotations

from collections.abc import Sequence

from agents.config.programme import TrainingConfig, with_overrides
from agents.pilots.bundle import AUTOPILOT, bundle_config, find_bundle
from envs.base.config_file import validate
from envs.base.errors import InputError
from envs.flight_config import FlightConfig
from envs.tasks import TASKS


def pilot_config(pilot_name: str, settings: Sequence[str] = (), **changes: str | None) -> TrainingConfig:
    """What the pilot was trained with, with the changes that are not None and the settings. Raises InputError."""
    check_settings(settings)
    if pilot_name == AUTOPILOT:
        data = {"task": "takeoff"}
    else:
        data = bundle_config(find_bundle(pilot_name)).model_dump()
        task = changes.get("task")
        if task and not (task in TASKS and TASKS[task] is TASKS[data["task"]]):
            # another task has other terms, options and readings
            data["reward"], data["task_options"], data["skills"], data["training"]["task_options"] = {}, {}, {}, {}
            data["figure"] = ()
            data["training"]["first_reward"], data["network"]["integrals_s"] = {}, {}
    data = with_overrides({**data, **{k: v for k, v in changes.items() if v}}, settings)
    return validate(TrainingConfig, data, "command line")


def check_settings(settings: Sequence[str]) -> None:
    """Raise InputError for a "key.sub=value" that says how to learn, and not what to fly."""
    for setting in settings:
        key = setting.partition("=")[0].strip().partition(".")[0]
        if key in TrainingConfig.model_fields and key not in FlightConfig.model_fields:
            raise InputError(f"{setting!r}: says how to learn; to fly, set {', '.join(FlightConfig.model_fields)}")
