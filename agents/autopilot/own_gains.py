"""Gains of the autopilot that were searched on one aircraft: `configs/autopilot/AIRCRAFT.yaml`, named as its file is.

`scripts/tune_autopilot.py TASK --aircraft AIRCRAFT --keep` writes them; an aircraft without such a file is flown with
the usual gains, scaled by what its drawing says (airframe_facts.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import Field

from envs.base.config_file import CONFIGS, Strict, read_yaml, validate
from envs.base.files import write_atomically

FOLDER = CONFIGS / "autopilot"
HEAD = """\
# yaml-language-server: $schema=../schemas/autopilot.json
# Gains of the hand-tuned autopilot on this aircraft where they differ from the usual ones (agents/autopilot/gains.py
# tells what each is), and the command that found them. Written by `scripts/tune_autopilot.py --keep`.
"""


class TaskGains(Strict):
    """Of one task."""

    found_by: str = Field(description="the command that found them [-]")
    gains: dict[str, float] = Field(description="gain: its value; those left out are the usual ones [their own]")


class OwnGains(Strict):
    """Of one aircraft: its tasks."""

    version: Literal[1] = Field(description="version of this file's format [-]")
    takeoff: TaskGains | None = Field(default=None, description="of the take-off")
    landing: TaskGains | None = Field(default=None, description="of the landing")
    figure: TaskGains | None = Field(default=None, description="of the figures")


def own_gains_file(aircraft: str) -> Path:
    """Where the gains of an aircraft of that name are, if it has any."""
    return FOLDER / f"{aircraft}.yaml"


@cache
def own_gains(aircraft: str, task: str) -> tuple[Mapping[str, float], str]:
    """{gain: value} of an aircraft's own, {} if there are none; and where they stand. Raises InputError."""
    path = own_gains_file(aircraft)
    if not aircraft or not path.is_file():
        return {}, ""
    found = getattr(validate(OwnGains, read_yaml(path), str(path)), task, None)
    return (found.gains if found else {}), f"{path}: {task}.gains"


def keep_own_gains(aircraft: str, task: str, gains: Mapping[str, float], found_by: str) -> Path:
    """Write the gains of one task, beside those of others that are there already; the file. Raises InputError."""
    path = own_gains_file(aircraft)
    before = validate(OwnGains, read_yaml(path), str(path)) if path.is_file() else OwnGains(version=1)
    now = before.model_copy(update={task: TaskGains(found_by=found_by, gains=dict(gains))})
    text = yaml.safe_dump(now.model_dump(exclude_none=True), sort_keys=False, width=120)
    FOLDER.mkdir(exist_ok=True)
    write_atomically(path, HEAD + text)
    own_gains.cache_clear()
    return path
