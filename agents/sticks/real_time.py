"""Keeps a flight at the pace of a watch: how many control steps are due, and how much time was lost."""

from __future__ import annotations

import time
from collections.abc import Callable

MOST_BEHIND_S = 0.2  # further behind, time is let go: flown all at once, a stick would answer to what is long past


class RealTime:
    """A watch for control steps of `step_s` seconds; `counts` is off while nothing is flown (a pause).

    `now` and `sleep` stand in for those of `time` in tests.
    """

    def __init__(
        self, step_s: float, now: Callable[[], float] = time.perf_counter, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._step_s, self._now, self._sleep = step_s, now, sleep
        self.reset()

    def reset(self) -> None:
        """A new flight: nothing flown, nothing lost."""
        self.flown = self.pictures = 0
        self.lost_s = 0.0
        self.counts = True
        self.go_on()

    def go_on(self) -> None:
        """The flight goes on from now: a pause is no delay."""
        self._next = self._now()

    def due(self) -> int:
        """Control steps to fly now. What is further behind than MOST_BEHIND_S is counted as lost, not caught up."""
        behind = self._now() - self._next
        if behind > MOST_BEHIND_S:
            self.lost_s += self.counts * (behind - MOST_BEHIND_S)
            self._next += behind - MOST_BEHIND_S
            behind = MOST_BEHIND_S
        steps = max(0, int(behind / self._step_s + 1e-6) + 1) if behind >= -1e-9 else 0
        self._next += steps * self._step_s
        self.flown += self.counts * steps
        return steps

    def wait(self) -> None:
        """Sleep until the next step is due; call it once a picture."""
        self.pictures += self.counts
        left = self._next - self._now()
        if left > 0.0:
            self._sleep(left)

    @property
    def pace(self) -> float:
        """Time flown as a share of the watch's: 1 in real time, less on a machine that is too slow."""
        flown_s = self.flown * self._step_s
        return flown_s / (flown_s + self.lost_s) if flown_s else 1.0

    @property
    def pictures_per_s(self) -> float:
        """Pictures a second of the watch, over the flight."""
        watch_s = self.flown * self._step_s + self.lost_s
        return self.pictures / watch_s if watch_s else 0.0
