"""The tasks: one file each, NAME.py, which holds one Task; what they are made of is in parts/.

They are found by their files' names, and loaded when they are asked for: listing them loads nothing. Folders more
can be put on this package's `__path__`; `envs.register_tasks()` then gives their tasks their Gymnasium ids.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from envs.tasks.parts.task import Task


class _Tasks(Mapping[str, "type[Task]"]):
    """{name: task}, by name; a task's file is imported when its task is looked up."""

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.ispkg))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, name: object) -> bool:
        return name in list(self)

    def __getitem__(self, name: str) -> type[Task]:
        from envs.tasks.parts.task import Task

        if name not in self:
            raise KeyError(name)
        module = importlib.import_module(f"{__name__}.{name}")
        for _, item in inspect.getmembers(module, inspect.isclass):
            if issubclass(item, Task) and item.__module__ == module.__name__ and not inspect.isabstract(item):
                return item
        raise ImportError(f"{module.__file__} holds no task: a subclass of envs.tasks.parts.task.Task")


TASKS: Mapping[str, type[Task]] = _Tasks()
