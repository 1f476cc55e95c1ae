"""The sentences of a report: the verdict, and the command that trains the run again."""

from __future__ import annotations

import contextlib
import json
import shlex
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import yaml

from agents.config.programme import TrainingConfig, load_config
from agents.runs.learning_curve import LearningCurve
from envs.base.config_file import names_of
from envs.base.errors import InputError

FLAGS = {"aircraft": "--aircraft", "weather": "--weather", "training.seed": "--seed", "training.steps": "--steps"}


def verdict(
    evaluation: Mapping[str, Any],
    curve: LearningCurve,
    kept_step: int | None,
    counts_as_success: Callable[[str], bool],
) -> str:
    """Success, failures and whether more training might help, in one to three sentences."""
    flights, successes = evaluation["flights"], evaluation["successes"]
    if successes == flights:
        low = f"{100 * evaluation['success_low']:.1f} %"
        return f"Every one of {flights} test flights succeeded; with 95 % confidence at least {low} of all such would."
    failures = [(word, count) for word, count in evaluation["outcomes"].items() if not counts_as_success(word)]
    phrases = evaluation.get("phrases", {})
    words = [f"{phrases.get(word, word.replace('_', ' '))} ({count})" for word, count in failures[:3]]
    words += [f"other ({sum(count for _, count in failures[3:])})"] if failures[3:] else []
    said = (
        f"{successes} of {flights} test flights succeeded."
        if successes
        else f"None of {flights} test flights succeeded: it has not learned the task."
    )
    said += f" Failures: {', '.join(words)}." if words else ""
    if kept_step is not None and len(curve.validated) > 1 and kept_step >= curve.validated[-1]:
        said += " Its best policy is the last one validated: more steps might teach it more."
    return said


def retrain_command(config: TrainingConfig, config_path: str) -> str:
    """The command line that trains this run again.

    It names the shipped training config that needs the fewest changed keys, and these; or else the run's own
    config.yaml, `config_path`.
    """
    shortest: list[str] = []
    for programme in sorted({config.task, *names_of("training")}):
        with contextlib.suppress(InputError):
            words = _as_changes(config, programme)
            if words and (not shortest or len(words) < len(shortest)):
                shortest = words
    return "python scripts/train.py " + " ".join(shlex.quote(word) for word in shortest or [config_path])


def _as_changes(config: TrainingConfig, programme: str) -> list[str]:
    """The words that make the config of a shipped programme, [] if no words do. Raises InputError."""
    words = [programme]
    shipped = load_config(programme)
    if shipped.task != config.task:
        return []
    wanted, given = (yaml.safe_load(one.complete_yaml()) for one in (config, shipped))
    changes = dict(_differences(wanted, given))
    overrides = [f"{key}={json.dumps(value)}" for key, value in changes.items()]
    if yaml.safe_load(load_config(programme, overrides).complete_yaml()) != wanted:
        return []  # a key of the shipped programme is not in this config
    for key, value in changes.items():
        text = value if isinstance(value, str) and key in FLAGS else json.dumps(value)
        words += [FLAGS[key], text] if key in FLAGS else [f"{key}={text}"]
    return words


def _differences(wanted: Mapping[str, Any], shipped: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """("key.sub", value) of every leaf of `wanted` that `shipped` has otherwise or not at all."""
    for key, value in wanted.items():
        before = shipped.get(key)
        if isinstance(value, Mapping) and value and isinstance(before, Mapping):
            yield from _differences(value, before, f"{above}{key}.")
        elif key not in shipped or value != before:
            yield f"{above}{key}", value
