"""Two flights next to each other in one video, on one clock."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from envs.base.errors import InputError
from envs.flights.flight_log import FlightLog
from envs.flights.overlay import labels
from envs.rendering.eye.looking import FlightEye
from envs.rendering.film.flight_view import FlightView
from envs.rendering.film.video import flight_pictures, video_path, write_pictures

PANE = (800, 600)
GAP = 4  # pixels between the panes


def write_side_by_side(
    logs: Sequence[FlightLog],
    path: str | os.PathLike[str],
    view: str = "chase",
    pane: tuple[int, int] = PANE,
    eyes: Sequence[FlightEye | None] = (None, None),
) -> Path:
    """Write two flights as an MP4, each in a pane of `pane` pixels, both from time 0; the shorter one waits at its end.

    `eyes`: of the flights, to show what their cameras see. Returns the path. Raises InputError unless there are two
    flights and the file can be written as .mp4.
    """
    path = video_path(path)
    if len(logs) != 2:
        raise InputError(f"{path}: a video shows one flight or two side by side (got {len(logs)})")
    width, height = pane[0] // 2 * 2, pane[1] // 2 * 2
    sides = [
        flight_pictures(log, FlightView(log.header, log.columns, view, width, height, label=name, eye=eye))
        for log, name, eye in zip(logs, labels(logs), eyes, strict=True)
    ]
    count = max(len(side) for side in sides)
    shown: list[NDArray[np.uint8]] = [np.zeros((height, width, 3), np.uint8)] * 2
    gap = np.full((height, GAP, 3), 20, np.uint8)

    def draw(index: int) -> NDArray[np.uint8]:
        for place, side in enumerate(sides):
            if index < len(side):
                shown[place] = side[index]()
        return np.concatenate([shown[0], gap, shown[1]], axis=1)

    return write_pictures([lambda index=index: draw(index) for index in range(count)], path, 2 * width + GAP, height)
