"""The learning curve for TensorBoard: the columns of progress.csv as scalars, each at the step it belongs to."""

from __future__ import annotations

import contextlib
import math
import threading
from collections.abc import Generator, Iterable
from pathlib import Path
from typing import Any

from stable_baselines3.common.logger import KVWriter
from torch.utils.tensorboard.writer import SummaryWriter

from agents.runs.learning_curve import ITERATION, validated_step
from envs.base.errors import InputError

OUTCOME = "outcome/"


def _quiet_threads() -> None:
    """Let TensorBoard's threads print no traceback: what they meet is raised by the next call that writes."""
    printed = threading.excepthook

    def hook(failed: threading.ExceptHookArgs) -> None:
        if not type(failed.thread).__module__.startswith("tensorboard."):
            printed(failed)

    threading.excepthook = hook


_quiet_threads()


class TensorBoardScalars(KVWriter):
    """What TensorBoard draws of a training.

    Success and return (flights/, validation/), outcome shares (outcome/), reward terms (reward/), flight metrics
    (metric/), and PPO's own (train/, time/).

    Unlike stable-baselines3's writer, an outcome in which no flight ended any more falls to 0 instead of staying at its
    last share, a validation stands at the step it was flown at, a resumed run continues its curves instead of drawing
    the steps after the checkpoint twice, and the moving averages of "rollout/" are left out.
    """

    def __init__(
        self, folder: Path, steps_per_update: int, keep_until_step: int | None = None, columns: Iterable[str] = ()
    ):
        """`keep_until_step`: hide what an earlier part of the run wrote after this step; `columns`: names it used."""
        purge_step = None if keep_until_step is None else keep_until_step + 1
        self._folder = folder
        with self._one_line():
            self._writer = SummaryWriter(str(folder), purge_step=purge_step)
        self._steps_per_update = steps_per_update
        self._outcomes = {name for name in columns if name.startswith(OUTCOME)}

    def write(self, key_values: dict[str, Any], key_excluded: dict[str, tuple[str, ...]], step: int = 0) -> None:
        """Draw the numbers of one update, at `step` or at the step at which a validation was flown."""
        validated = validated_step(step, ITERATION in key_values, self._steps_per_update)
        hidden = {name for name, writers in key_excluded.items() if writers and "tensorboard" in writers}
        values = {
            name: value for name, value in key_values.items() if name not in hidden and not name.startswith("rollout/")
        }
        self._outcomes |= {name for name in values if name.startswith(OUTCOME)}
        if "flights/count" in values:
            values = {**dict.fromkeys(sorted(self._outcomes), 0.0), **values}
        with self._one_line():
            for name, value in values.items():
                if not isinstance(value, str) and math.isfinite(number := float(value)):
                    self._writer.add_scalar(name, number, validated if name.startswith("validation/") else step)
            self._writer.flush()

    @contextlib.contextmanager
    def _one_line(self) -> Generator[None]:
        """Make an InputError of a file that cannot be written."""
        try:
            yield
        except OSError as error:
            raise InputError(f"{self._folder}: cannot be written ({error.strerror or type(error).__name__})") from None

    def close(self) -> None:
        """Close the file."""
        self._writer.close()
