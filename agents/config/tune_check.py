"""Whether a search space fits the config whose keys it names: every key exists, every bound and choice is taken.

The config's model is handed in, so that the model of the whole programme can check its own `tune` block with it.
"""

from __future__ import annotations

import copy
from typing import Any

from pydantic import BaseModel, create_model

from agents.config.tune_block import NOT_TUNED, Range, TuneConfig
from envs.base.config_file import Strict, validate
from envs.base.errors import InputError, unknown_name
from envs.tasks import TASKS

NAMES_BY_TASK = ("reward", "effects", "task_options")
"""Keys of the config that hold {name: value} instead of a block of the model."""


def check_space(model: type[BaseModel], task: str, tune: TuneConfig) -> None:
    """Raise InputError, one line, unless `model` has every key of the space and takes its bounds or choices."""
    for key, searched in tune.space.items():
        if key in NOT_TUNED:
            raise InputError(f"tune.space: {key} cannot be tuned, trials that differ in it do not compare")
        if isinstance(searched, Range):
            low, high = (checked_value(model, task, key, bound) for bound in (searched.low, searched.high))
            for bound in (low, high):
                if isinstance(bound, bool) or not isinstance(bound, int | float):
                    raise InputError(f"tune.space: {key} takes no range of numbers; give choices: [...]")
            if isinstance(low, int) and searched.step is not None and not searched.step.is_integer():
                raise InputError(f"tune.space: {key} takes whole numbers, step {searched.step:g} is none")
        else:
            for choice in searched.choices:
                checked_value(model, task, key, choice)


def checked_value(model: type[BaseModel], task: str, key: str, value: Any) -> Any:
    """`value` as the config holds it under the dotted `key`, checked alone; other keys are each trial's question.

    `model` is the config's, `task` its task. Raises InputError, one line.
    """
    top, *blocks, last = model, *key.split(".")
    for block in blocks:
        if block in NAMES_BY_TASK and model is top and len(blocks) == 1:
            if block == "task_options":
                return TASKS[task].option(last).checked(value)
            known = TASKS[task].default_reward
            if block == "reward" and last not in known:
                raise unknown_name(f"reward term of {task}", last, known)
            data = {"task": task, block: {last: value}}
            return getattr(validate(top, data, f"tune.space {key}"), block)[last]
        inner = model.model_fields[block].annotation if block in model.model_fields else None
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            raise unknown_name("key in tune.space", key, _all_keys(top))
        model = inner
    if last not in model.model_fields:
        raise unknown_name("key in tune.space", key, _all_keys(top))
    field = model.model_fields[last]
    alone = create_model("Alone", __base__=Strict, **{last: (field.annotation, copy.copy(field))})  # type: ignore[call-overload]
    return getattr(validate(alone, {last: value}, f"tune.space {key}"), last)


def _all_keys(model: type[BaseModel], before: str = "") -> list[str]:
    keys = []
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            keys += _all_keys(inner, f"{before}{name}.")
        elif f"{before}{name}" not in NOT_TUNED:
            keys.append(f"{before}{name}")
    return keys
