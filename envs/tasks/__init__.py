"""The tasks: one file each, NAME.py, which holds one Task; what they are made of is in parts/.

The name of a shipped figure (configs/figures) or sequence of figures (configs/sequences) is a task's too: `loop` is the
task figure, which then flies that one.

They are found by their files' names, and loaded when they are asked for: listing them loads nothing. Folders more
can be put on this package's `__path__`; `envs.register_tasks()` then gives their tasks their Gymnasium ids.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from envs.tasks.parts.task import Task


FIGURE_TASK = "figure"
FIGURE_FOLDERS = tuple(Path(__file__).resolve().parents[2] / "configs" / kind for kind in ("figures", "sequences"))


def figure_names() -> list[str]:
    """The shipped figures and sequences of them, by their files' names: none is read."""
    return sorted(path.stem for folder in FIGURE_FOLDERS for path in folder.glob("*.yaml"))


def is_figure(name: object) -> bool:
    """Whether the name stands for a shipped figure or sequence, and for no task of its own."""
    return name in figure_names() and name not in list(TASKS)


class _Tasks(Mapping[str, "type[Task]"]):
    """{name: task}, by name; a task's file is imported when its task is looked up."""

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.ispkg))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, name: object) -> bool:
        return name in list(self) or is_figure(name)

    def __getitem__(self, name: str) -> type[Task]:
        from envs.tasks.parts.task import Task

        if name not in self:
            raise KeyError(name)
        module = importlib.import_module(f"{__name__}.{FIGURE_TASK if is_figure(name) else name}")
        for _, item in inspect.getmembers(module, inspect.isclass):
            if issubclass(item, Task) and item.__module__ == module.__name__ and not inspect.isabstract(item):
                return item
        raise ImportError(f"{module.__file__} holds no task: a subclass of envs.tasks.parts.task.Task")


TASKS: Mapping[str, type[Task]] = _Tasks()
"""{name: task}. Listed are the tasks alone; a figure's name finds the task figure."""


class _TaskNames(Collection[str]):
    """What may stand where a task is named: the tasks, and the shipped figures and sequences."""

    def __iter__(self) -> Iterator[str]:
        return iter([*TASKS, *(name for name in figure_names() if is_figure(name))])

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, name: object) -> bool:
        return name in TASKS


TASK_NAMES: Collection[str] = _TaskNames()
