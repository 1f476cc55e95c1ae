"""A flight as MP4: 30 pictures a second in real time, drawn in software, encoded by the ffmpeg of imageio-ffmpeg."""

from __future__ import annotations

import contextlib
import functools
import math
import os
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Any, cast

import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from envs.base.console import plain_console
from envs.base.files import replacing, write_fault
from envs.flights.flight_log import FlightLog
from envs.flights.judging import judged_ending
from envs.rendering.eye.looking import FlightEye
from envs.rendering.film.flight_view import FlightView
from envs.rendering.names import check_video

FPS = 30
HOLD_S = 2.0  # the last picture stays this long, with the outcome
ROTATION = ("qx", "qy", "qz", "qw")
WRAPPED = ("roll_deg", "heading_deg")


def resampled(log: FlightLog, fps: float = FPS) -> NDArray[np.float64]:
    """Rows (pictures, columns) of the log at even times, `fps` a second, interpolated as `rows_at` does."""
    time = log.column("time_s")
    count = max(1, round((time[-1] - time[0]) * fps) + 1)
    return rows_at(log, np.minimum(time[0] + np.arange(count) / fps, time[-1]))


def rows_at(log: FlightLog, wanted: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rows (len(wanted), columns) of the log at the times `wanted` (s, ascending).

    Values between two rows of the log are interpolated linearly, attitudes along the shorter arc, and angles without
    their jumps at 180 deg.
    """
    time = log.column("time_s")
    data = log.data.copy()
    turn = [log.columns.index(name) for name in ROTATION]
    quaternions = data[:, turn]
    # q and -q are the same attitude: keep neighbours on the same side before mixing them
    flips = np.cumprod(np.where(np.sum(quaternions[1:] * quaternions[:-1], axis=1) < 0, -1.0, 1.0))
    quaternions[1:] *= flips[:, None]
    data[:, turn] = quaternions
    for name in WRAPPED:
        index = log.columns.index(name)
        data[:, index] = np.rad2deg(np.unwrap(np.deg2rad(data[:, index])))
    rows = np.stack([np.interp(wanted, time, data[:, index]) for index in range(data.shape[1])], axis=1)
    rows[:, turn] /= np.linalg.norm(rows[:, turn], axis=1, keepdims=True)
    for name in ("wheels_on_ground", "strike"):
        index = log.columns.index(name)
        rows[:, index] = data[np.searchsorted(time, wanted, side="right") - 1, index]
    return rows


def write_video(
    log: FlightLog,
    path: str | os.PathLike[str],
    view: str = "chase",
    width: int = 960,
    height: int = 540,
    eye: FlightEye | None = None,
) -> Path:
    """Write the flight as an MP4 and return its path; `view` is `chase`, `tower` or `both`, sizes are in pixels.

    `eye`: that of the flight, to show what its camera sees.
    Raises InputError unless the name ends in .mp4 and the file can be written.
    """
    width, height = width // 2 * 2, height // 2 * 2  # the codec halves the colour's resolution
    path = video_path(path)
    drawing = FlightView(log.header, log.columns, view, width, height, eye=eye)
    return write_pictures(flight_pictures(log, drawing), path, width, height)


def video_path(path: str | os.PathLike[str]) -> Path:
    """The path of a video to write. Raises InputError unless it ends in .mp4."""
    path = Path(path)
    check_video(path)
    return path


def flight_pictures(
    log: FlightLog, drawing: FlightView, hold_s: float = HOLD_S, longest_s: float = math.inf
) -> list[Callable[[], NDArray[np.uint8]]]:
    """A function for each picture of a flight, to be called in order.

    The last picture shows the outcome and is held for `hold_s` seconds; the flight is cut after `longest_s` seconds.
    """
    rows = resampled(log)[: max(1, round(min(longest_s, 1e6) * FPS))]
    ending = judged_ending(log)
    last: list[NDArray[np.uint8]] = []

    def draw(index: int) -> NDArray[np.uint8]:
        last[:] = [drawing.frame(rows[index], ending if index == len(rows) - 1 else None)]
        return last[0]

    pictures = [functools.partial(draw, index) for index in range(len(rows))]
    return [*pictures, *[lambda: last[0]] * (round(hold_s * FPS) if ending else 0)]


def write_pictures(pictures: Sequence[Callable[[], NDArray[np.uint8]]], path: Path, width: int, height: int) -> Path:
    """Write an MP4 from functions that draw its pictures (height, width, 3) and return its path.

    Width and height must be even. Raises InputError where the file cannot be written.
    """
    with replacing(path) as beside:
        beside.touch()  # a folder that cannot be written to is told before the work
        writer = cast(
            Any,
            imageio_ffmpeg.write_frames(
                str(beside),
                (width, height),
                fps=FPS,
                codec="libx264",
                quality=6,
                macro_block_size=2,
                output_params=["-preset", "veryfast", "-movflags", "+faststart"],
                ffmpeg_log_level="fatal",
            ),
        )
        with _encoding(beside, len(pictures)):
            writer.send(None)
            try:
                for draw in with_progress(pictures, f"video {path.name}"):
                    writer.send(np.ascontiguousarray(draw()))
            finally:
                writer.close()
    return path


@contextlib.contextmanager
def _encoding(path: Path, pictures: int) -> Generator[None]:
    """Raise an OSError unless a whole video comes of the block: ffmpeg fails without a word, on a full disk for one."""
    found = 0
    with contextlib.suppress(OSError, RuntimeError):
        yield
        found, _ = imageio_ffmpeg.count_frames_and_secs(str(path))
    if int(found or 0) < pictures:
        raise write_fault(path, "ffmpeg failed")


def with_progress(pictures: Sequence[Any], title: str) -> Any:
    """The items of a long work; on a terminal with a bar under `title`."""
    console = plain_console(stderr=True)
    if not console.is_terminal:
        yield from pictures
        return
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        yield from progress.track(pictures, total=len(pictures), description=title)
