"""The `tune:` block of a training config: which keys are searched over what, and how trials are judged.

    tune:
      trials: 40
      space:
        algorithm.learning_rate: {low: 1.0e-4, high: 3.0e-3, log: true}
        algorithm.n_epochs: {low: 3, high: 20}
        network.activation: {choices: [tanh, relu]}
        network.hidden: {choices: [[64, 64], [128, 128]]}

A key is any of the config by its dotted name; what it takes (whole numbers, numbers, yes or no, words) is the config's
own business: every bound and every choice is held against the config's model when the file is read (tune_check.py).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from agents.config.blocks import MOST_FLIGHTS
from envs.base.config_file import Strict
from envs.base.errors import unknown_name

NOT_TUNED = (
    "version",
    "task",
    "tune",
    "training.seed",
    "training.eval_every",
    "training.eval_flights",
    "training.test_flights",
    "training.checkpoint_every",
    "training.vec_env",
    "training.processes",
    "training.torch_threads",
)
"""Keys that say what is judged, how it is judged, or on what machine: trials that differ in them do not compare."""


class Range(Strict):
    """Numbers from `low` to `high`, both included; whole ones where the key takes whole numbers."""

    low: float = Field(description="smallest value [key's]")
    high: float = Field(description="largest value [key's]")
    log: bool = Field(default=False, description="true: each factor of ten is as likely as the next")
    step: float | None = Field(default=None, gt=0, description="only low, low + step, ...; not with log [key's]")

    @model_validator(mode="after")
    def _fits(self) -> Range:
        if self.low >= self.high or self.high - self.low == math.inf:
            raise ValueError(f"low {self.low:g} must be below high {self.high:g}")
        if self.log and self.low <= 0:
            raise ValueError(f"log needs a low above 0, not {self.low:g}")
        if self.log and self.step is not None:
            raise ValueError("log and step exclude each other")
        return self


class Choices(Strict):
    """One of a list: words, numbers, true and false, or lists such as the layers of a network."""

    choices: tuple[Any, ...] = Field(min_length=2, description="at least two values")


def _searched(entry: Any) -> Any:
    """Pydantic's complaint about a union names both members; decided here, it names one."""
    if isinstance(entry, Range | Choices):
        return entry
    if not isinstance(entry, Mapping) or not {"low", "high", "choices"} & set(entry):
        raise ValueError("expected {low: ..., high: ...} or {choices: [...]}")
    model = Choices if "choices" in entry else Range
    for key in entry:
        if key not in model.model_fields:
            raise unknown_name("key", str(key), model.model_fields)
    return model.model_validate(entry)


def _flat(space: Any) -> Any:
    """{"a.b": entry} from {"a": {"b": entry}}, as overrides from the command line nest it; null takes a key out."""
    if not isinstance(space, Mapping):
        return space
    flat: dict[str, Any] = {}
    for key, entry in space.items():
        if isinstance(entry, Mapping) and not {"low", "high", "log", "step", "choices"} & set(entry):
            flat |= {f"{key}.{inner}": value for inner, value in _flat(entry).items()}
        else:
            flat[str(key)] = entry
    return flat


def _without_null(space: Any) -> Any:
    flat = _flat(space)
    return {key: entry for key, entry in flat.items() if entry is not None} if isinstance(flat, dict) else flat


class TuneConfig(Strict):
    """What scripts/tune.py searches, and how it judges a trial.

    A trial's value is its success rate on the validation flights, plus less than half a flight for the mean reward:
    equal rates are told apart by reward, and no reward outweighs a flight. If a key of `reward` is searched, rewards of
    two trials do not compare and the success rate stands alone.
    """

    space: Annotated[
        dict[str, Annotated[Range | Choices, BeforeValidator(_searched)]], BeforeValidator(_without_null)
    ] = Field(description="{dotted key: {low, high} or {choices}}: the keys that are searched, and over which values")
    trials: int = Field(
        default=40, ge=1, le=1_000_000, description="number of trials in all, pruned ones included [trials]"
    )
    seeds: int = Field(
        default=1, ge=1, le=100, description="trainings of a trial, on training.seed and the seeds after it [trainings]"
    )
    objective: Literal["best", "last", "mean"] = Field(
        default="best",
        description="which validation counts; best: that of the policy kept; last: the last; mean: the mean of all",
    )
    pruner: Literal["median", "hyperband", "none"] = Field(
        default="median",
        description="what ends a bad trial early; median: one worse than half of the others at the same "
        "validation; none: nothing",
    )
    pruner_startup: int = Field(
        default=5, ge=0, le=1_000_000, description="trials that must have ended before the median prunes any [trials]"
    )
    pruner_warmup: int = Field(
        default=1, ge=0, le=1_000_000, description="validations of a trial before the median may prune it [validations]"
    )
    test_flights: int = Field(
        default=20, ge=1, le=MOST_FLIGHTS, description="flights of a trial's own report, which choose nothing [flights]"
    )
    sampler_seed: int = Field(default=0, ge=0, lt=2**31, description="seed of the search itself (Optuna's TPE) [-]")

    @model_validator(mode="after")
    def _has_a_space(self) -> TuneConfig:
        if not self.space:
            raise ValueError("space must name at least one key")
        return self
