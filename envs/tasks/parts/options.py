"""The options of a task: how its flights start, and how many of them which way. One row an option."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from envs.base.errors import InputError, shown


class Option(NamedTuple):
    """One option: its key under `task_options`, default, unit ("-": none) and meaning, and which values it takes."""

    name: str
    default: float
    unit: str
    meaning: str
    low: float = -math.inf
    high: float = math.inf
    whole: bool = False

    @property
    def range(self) -> str:
        """The values it takes, in words: "0 to 1", "1 to 20, whole", "any number"."""
        words = [f"{self.low:g} to {self.high:g}"] if self.low > -math.inf and self.high < math.inf else []
        words += [f"{self.low:g} or more"] if self.low > -math.inf and self.high == math.inf else []
        words += [f"at most {self.high:g}"] if self.low == -math.inf and self.high < math.inf else []
        words += ["whole"] if self.whole else []
        return ", ".join(words) or "any number"

    def checked(self, value: Any) -> float:
        """`value` as the task takes it: a number in the range, an int where it is whole. Raises InputError."""
        try:
            number = math.nan if isinstance(value, bool) else float(value)
        except (TypeError, ValueError, OverflowError):
            number = math.nan
        if not self.low <= number <= self.high or math.isinf(number) or (self.whole and not number.is_integer()):
            raise InputError(f"task option {self.name}: must be {self.range} [{self.unit}] (got {shown(value)})")
        return int(number) if self.whole else number


def share(name: str, default: float, meaning: str) -> Option:
    """An option that is a share, 0 to 1."""
    return Option(name, default, "-", meaning, 0, 1)
