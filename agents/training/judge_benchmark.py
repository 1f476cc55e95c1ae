"""How long the judge of aerobatic figures looks at a flight."""

from __future__ import annotations

import time

import numpy as np
from scipy.spatial.transform import Rotation

from envs.figures.figure import find_figure
from envs.figures.judge import FlownTrack, judge
from envs.figures.path import centred, figure_path

FLIGHT_S, RATE_HZ, SPAN_M = 30.0, 30.0, 1.5


def judging_ms(name: str = "cuban_eight", bursts: int = 15) -> dict[str, float]:
    """Milliseconds for marking a flight of FLIGHT_S that flies a figure as asked, the best of some bursts."""
    path = centred(figure_path(find_figure(name), SPAN_M), 50.0 * SPAN_M)
    time_s = np.arange(0.0, FLIGHT_S, 1.0 / RATE_HZ)
    speed = 1.1 * path.length_m / FLIGHT_S  # so that some of the lines in and out is flown as well
    rows = path.sample(speed * time_s - 0.05 * path.length_m)
    tangent, canopy = rows[:, 3:6], rows[:, 6:9]
    attitude = Rotation.from_matrix(np.stack([tangent, np.cross(canopy, tangent), canopy], axis=2)).as_quat()
    track = FlownTrack(time_s, rows[:, 0:3], speed * tangent, attitude, np.zeros(len(time_s)), np.zeros(len(time_s)))
    sheet, seconds = judge(track, path), list[float]()  # the first compiles
    for _ in range(bursts):
        started = time.perf_counter()
        sheet = judge(track, path)
        seconds.append(time.perf_counter() - started)
    return {"flight_s": FLIGHT_S, "score": sheet.score, "judge_ms": 1e3 * min(seconds)}
