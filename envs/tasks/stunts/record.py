"""What is kept of the flight of a display: its track, when each figure began and ended, and the judge's marks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from envs.base.quantities import Quantities
from envs.base.runway import Runway
from envs.figures.display import Display
from envs.figures.judge import Box, FlownTrack, judge
from envs.figures.judge.track import FEWEST
from envs.figures.placing import Placing

MOTION = ("time", "x", "y", "z", "vx", "vy", "vz", "qx", "qy", "qz", "qw")
TRACK = (*MOTION, "alpha", "strike", "wind_x", "wind_y", "wind_z")

ROUNDING_M = 1e-6  # the end of a way, reckoned in spans or in metres, is the same


class DisplayRecord:
    """Of one flight along a display placed at `placing`.

    `begun_s`, `ended_s`: when each figure began and ended (s), as far as the flight came.
    """

    def __init__(self, display: Display, placing: Placing, span_m: float, runway: Runway) -> None:
        self.display, self.placing, self.span_m, self.runway = display, placing, span_m, runway
        self.begun_s: list[float] = []
        self.ended_s: list[float] = []
        self._begin_m = [part.entry.way * span_m for part in display.parts]
        self._end_m = [part.end_b * span_m - ROUNDING_M for part in display.parts]
        self._carried_m: list[tuple[float, float]] = []
        self._rows: list[tuple[float, ...]] = []
        self._scores: list[float] | None = None

    def add(self, before: Quantities, now: Quantities, along_m: float, carried_m: tuple[float, float]) -> None:
        """Take in a control step, at whose end the flight has come so far along the way (m).

        `carried_m`: by how much spins before have carried the way along x and y; figures begun then are flown there.
        """
        if not self._rows:  # as in a log, whose first row is that before the first step
            self._rows.append(tuple(getattr(before, name) for name in TRACK))
        self._rows.append(tuple(getattr(now, name) for name in TRACK))
        while len(self.begun_s) < len(self._begin_m) and along_m >= self._begin_m[len(self.begun_s)]:
            self.begun_s.append(now.time)
            self._carried_m.append(carried_m)
        while len(self.ended_s) < len(self._end_m) and along_m >= self._end_m[len(self.ended_s)]:
            self.ended_s.append(now.time)

    def marks(self) -> list[dict[str, Any]]:
        """Of a log's header, `marks.figures`: a lone figure, or those of a display that were begun and their time."""
        if self.display.is_lone:
            (part,) = self.display.parts
            return [self.placing.mark(part.name, part.figure)]
        found = []
        for number, part in enumerate(self.display.parts[: len(self.begun_s)]):
            track = self._track(number)
            if len(track) < FEWEST:
                break
            mark = self._placing(number).mark(Path(part.name).stem, part.figure)
            found.append({**mark, "from_s": float(track[0, 0]), "to_s": float(track[-1, 0])})
        return found

    def scores(self) -> list[float]:
        """The judge's mark of each figure: 0 of one not flown to its end."""
        if self._scores is None:
            flown = len(self.ended_s)
            self._scores = [self._score(n) if n < flown else 0.0 for n in range(len(self.display.parts))]
        return self._scores

    def metrics(self) -> dict[str, float]:
        """`f3a_score`, the mean mark; of a display that of each figure as well, by its number and name."""
        scores = self.scores()
        found = {"f3a_score": sum(scores) / len(scores)}
        if not self.display.is_lone:
            for number, (part, score) in enumerate(zip(self.display.parts, scores, strict=True), 1):
                found[f"f3a_{number}_{Path(part.name).stem}"] = score
        return found

    def _placing(self, number: int) -> Placing:
        """Where a figure that was begun is flown."""
        placing = self.display.parts[number].placing(self.placing, self.span_m)
        x, y = self._carried_m[number]
        return placing._replace(x_m=placing.x_m + x, y_m=placing.y_m + y)

    def _track(self, number: int) -> np.ndarray:
        """(n, len(TRACK)) What was flown of a figure, all of the flight for a lone one."""
        rows = np.array(self._rows)
        if self.display.is_lone:
            return rows
        until = self.ended_s[number] if number < len(self.ended_s) else np.inf
        return rows[(rows[:, 0] >= self.begun_s[number]) & (rows[:, 0] <= until)]

    def _score(self, number: int) -> float:
        rows = self._track(number)
        if len(rows) < FEWEST:
            return 0.0
        time_s, alpha, strike = rows[:, [0, 11, 12]].T
        track = FlownTrack(time_s, rows[:, 1:4], rows[:, 4:7], rows[:, 7:11], alpha, strike, rows[:, 13:])
        part = self.display.parts[number]
        path = self._placing(number).path(part.figure, self.span_m)
        return judge(track, path, Box.over(0.5 * self.runway.length_m, self.span_m)).score
