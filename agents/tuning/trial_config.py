"""From a search space to Optuna's distributions, and from a trial's parameters to its learning programme."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)

from agents.config.programme import TrainingConfig
from agents.config.tune_block import Range, TuneConfig
from agents.config.tune_check import checked_value
from envs.base.config_file import validate


def tune_block(config: TrainingConfig) -> TuneConfig:
    """The config's `tune` block; scripts/tune.py has checked that there is one."""
    assert config.tune is not None
    return config.tune


def distributions(config: TrainingConfig) -> dict[str, BaseDistribution]:
    """{dotted key: Optuna's distribution}; whole numbers where the config takes whole numbers."""
    made: dict[str, BaseDistribution] = {}
    for key, searched in tune_block(config).space.items():
        if not isinstance(searched, Range):
            made[key] = CategoricalDistribution([_label(choice) for choice in searched.choices])
        elif isinstance(low := checked_value(type(config), config.task, key, searched.low), int):
            step = int(searched.step) if searched.step else 1
            high = checked_value(type(config), config.task, key, searched.high)
            made[key] = IntDistribution(low, high, searched.log, step)
        else:
            made[key] = FloatDistribution(searched.low, searched.high, searched.log, searched.step)
    return made


def _label(choice: Any) -> Any:
    """A choice as a storage can keep it: lists and mappings as JSON text."""
    return choice if choice is None or isinstance(choice, bool | int | float | str) else json.dumps(choice)


def values_of(config: TrainingConfig, params: Mapping[str, Any]) -> dict[str, Any]:
    """{dotted key: value for the config} from the parameters that Optuna keeps for a trial."""
    space, values = tune_block(config).space, {}
    for key, param in params.items():
        searched = space[key]
        by_label = {} if isinstance(searched, Range) else {_label(choice): choice for choice in searched.choices}
        values[key] = by_label.get(param, param)
    return values


def standing_params(config: TrainingConfig) -> dict[str, Any] | None:
    """The config's own values of the searched keys, as Optuna's parameters; None if one lies outside the space."""
    data = yaml.safe_load(config.complete_yaml())
    params = {}
    for key, distribution in distributions(config).items():
        value: Any = data
        for part in key.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        param = _label(value)
        try:
            inside = distribution._contains(distribution.to_internal_repr(param))
        except (ValueError, TypeError):
            inside = False
        if not inside:
            return None
        params[key] = param
    return params


def with_params(config: TrainingConfig, params: Mapping[str, Any], **training: Any) -> TrainingConfig:
    """The programme with a trial's parameters and `training` keys put in. Raises InputError when they do not fit."""
    data = config.model_dump(mode="json", exclude={"tune"})
    for key, value in {**values_of(config, params), **{f"training.{k}": v for k, v in training.items()}}.items():
        *blocks, last = key.split(".")
        block = data
        for part in blocks:
            block = block[part]
        block[last] = value
    return validate(TrainingConfig, data, "trial").with_absolute_paths(Path.cwd())


def shown(value: Any) -> str:
    """A parameter as it is printed, numbers with four digits."""
    return f"{value:.4g}" if isinstance(value, float) else str(value)
