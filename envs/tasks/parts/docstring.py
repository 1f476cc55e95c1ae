"""The tables in a task's docstring, made from the task's own rows: written once, read in both places."""

from __future__ import annotations

import inspect
from typing import Any

from envs.base.readings import READINGS

TaskClass = Any  # type[Task], whose module imports this one


def with_tables(task: TaskClass) -> str | None:
    """A task's docstring with its tables in the place of `{observation}`, `{reward}`, `{outcomes}`, `{options}`."""
    if "__doc__" not in vars(task) or not task.__doc__:
        return task.__doc__
    text = inspect.cleandoc(task.__doc__)
    for name, table in (
        ("{observation}", _observation),
        ("{reward}", _reward),
        ("{outcomes}", _outcomes),
        ("{options}", _options),
    ):
        text = text.replace(name, table(task)) if name in text else text
    return text


def _table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A table in Markdown."""
    return "\n".join(f"| {' | '.join(row)} |" for row in (heads, ("---",) * len(heads), *rows))


def _observation(task: TaskClass) -> str:
    rows = []
    for number, name in enumerate(task.observations):
        reading = READINGS[name]
        rows.append((str(number), f"`{name}`", reading.meaning, reading.formula, "" if reading.sensed else "`state`"))
    return _table(("#", "reading", "what", "value", "only in"), rows)


def _reward(task: TaskClass) -> str:
    rows = [(f"`{row.name}`", f"{row.scale:g}", row.unit, row.kind, row.meaning) for row in task.rewards.rows]
    return _table(("term", "scale", "unit", "kind", "meaning"), rows)


def _outcomes(task: TaskClass) -> str:
    rows = [
        (f"`{word}`", sentence, "yes" if task.is_success(word) else "no") for word, sentence in task.outcomes.items()
    ]
    return _table(("outcome", "what happened", "success"), rows)


def _options(task: TaskClass) -> str:
    rows = [(f"`{o.name}`", f"{o.default:g}", o.unit, o.range, o.meaning) for o in task.start_options]
    return _table(("option", "default", "unit", "values", "meaning"), rows)
