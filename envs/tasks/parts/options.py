"""The options of a task: how its flights start, and how many of them which way. One row an option."""

from __future__ import annotations

from typing import NamedTuple


class Option(NamedTuple):
    """One option: its key under `task_options`, default, unit ("-": none) and meaning."""

    name: str
    default: float
    unit: str
    meaning: str
