"""Tasks are found here: every module with a Task subclass adds its task to TASKS, by name."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

from envs.tasks.parts.task import Task


def _find() -> dict[str, type[Task]]:
    found: dict[str, type[Task]] = {}
    for module in pkgutil.iter_modules(__path__):
        for _, item in inspect.getmembers(importlib.import_module(f"{__name__}.{module.name}"), inspect.isclass):
            if issubclass(item, Task) and not inspect.isabstract(item):
                found[item.name] = item
    return dict(sorted(found.items()))


TASKS = _find()
