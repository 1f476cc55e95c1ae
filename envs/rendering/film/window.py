"""Shows a recorded flight in Bullet's own window, in real time; nothing is flown again."""

from __future__ import annotations

import os
import socket
import sys
import time
from typing import Any

import numpy as np

from envs.base.errors import InputError
from envs.base.runway import Runway
from envs.flights.flight_log import FlightLog
from envs.rendering.film.video import FPS, resampled
from envs.rendering.scene.airframe_mesh import AirframeMesh
from envs.rendering.scene.pose import deflections_of_row, pose_of_row
from envs.rendering.scene.solids import Points

WindowPart = tuple[Points, Any, tuple[float, float, float, float]]  # points (n, 3), triangles (m, 3), colour
PartPose = tuple[Points, Points]  # position (3,), quaternion (x, y, z, w) in the world
HIDDEN: PartPose = (np.array([0.0, 0.0, -1000.0]), np.array([0.0, 0.0, 0.0, 1.0]))  # below the ground


def play(log: FlightLog, window: Any = None, pace: float = 1.0) -> None:
    """Show the flight until it ends or the window is closed. Raises InputError without a display.

    `pace` 1 is real time, 0 as fast as it goes. `window` replaces a new BulletWindow and needs its methods.
    """
    meshes, parts = [(at_s, AirframeMesh(aircraft)) for at_s, aircraft in log.stages()], _runway_parts(log.runway())
    fixed = len(parts)
    all_parts = [(stage, part) for stage, (_, mesh) in enumerate(meshes) for part in mesh.parts]
    pieces = [(index, piece) for index, (_, part) in enumerate(all_parts) for piece in _by_colour(part.points, part)]
    if window is None:
        _need_display()
        from envs.rendering.film.bullet_window import BulletWindow

        window = BulletWindow([*parts, *(piece for _, piece in pieces)])
    resting: PartPose = (np.zeros(3), np.array([0.0, 0.0, 0.0, 1.0]))
    started = time.monotonic()
    try:
        for number, values in enumerate(resampled(log)):
            row = dict(zip(log.columns, map(float, values), strict=True))
            pose = pose_of_row(row)
            rotation, deflections = pose.rotation(), deflections_of_row(row)
            poses: list[PartPose] = []
            now = max(number for number, (at_s, _) in enumerate(meshes) if at_s <= pose.time_s + 1e-6 or not at_s)
            for stage, part in all_parts:
                if stage != now:  # as it was before a fault struck, or will be after it
                    poses.append(HIDDEN)
                    continue
                turn = part.rotation(deflections)
                about = part.turning.point if part.turning else np.zeros(3)
                place = pose.position_world + rotation @ (about - turn @ about)
                poses.append((place, _quaternion(rotation @ turn)))
            if not window.show([resting] * fixed + [poses[index] for index, _ in pieces], pose.position_world):
                return
            time.sleep(max(0.0, pace * number / FPS - (time.monotonic() - started)))
    finally:
        window.close()


def _by_colour(points: Points, part: Any) -> list[WindowPart]:
    """A part cut into pieces of one colour each, as Bullet wants them."""
    pieces = []
    for colour in np.unique(part.colours, axis=0):
        chosen = part.triangles[(part.colours == colour).all(axis=1)]
        used, places = np.unique(chosen, return_inverse=True)
        pieces.append((points[used], places.reshape(chosen.shape), (*map(float, colour), 1.0)))
    return pieces


def _runway_parts(runway: Runway) -> list[WindowPart]:
    """Ground and runway as flat plates; the runway lies a little higher, so that it shows."""
    length, half = runway.length_m, 0.5 * runway.width_m
    face = (0.53, 0.62, 0.32, 1.0) if runway.surface == "grass" else (0.36, 0.37, 0.39, 1.0)

    def plate(x0: float, x1: float, y0: float, y1: float, z: float, colour: tuple[float, ...]) -> Any:
        corners = np.array([(x0, y0, z), (x1, y0, z), (x1, y1, z), (x0, y1, z)])
        return corners, np.array([(0, 1, 2), (0, 2, 3)]), colour

    parts = [
        plate(-300, length + 300, -300, 300, -0.02, (0.36, 0.50, 0.21, 1.0)),
        plate(0, length, -half, half, 0.0, face),
    ]
    dashes = np.arange(4.0, length - 4.0, 6.0)
    parts.extend(plate(x, x + 2.0, -0.06, 0.06, 0.01, (0.95, 0.95, 0.92, 1.0)) for x in dashes)
    return parts


def _quaternion(matrix: Points) -> Points:
    """Quaternion (x, y, z, w) of a rotation matrix, by the largest of its four squares."""
    trace = float(np.trace(matrix))
    squares = np.array([*(1 - trace + 2 * np.diag(matrix)), 1 + trace])
    largest = int(np.argmax(squares))
    if largest == 3:
        value = np.array(
            [matrix[2, 1] - matrix[1, 2], matrix[0, 2] - matrix[2, 0], matrix[1, 0] - matrix[0, 1], squares[3]]
        )
    else:
        i, j, k = largest, (largest + 1) % 3, (largest + 2) % 3
        value = np.empty(4)
        value[i], value[j], value[k] = squares[i], matrix[i, j] + matrix[j, i], matrix[i, k] + matrix[k, i]
        value[3] = matrix[k, j] - matrix[j, k]
    return value / np.linalg.norm(value)


def _need_display() -> None:
    """Raise InputError where no window can open: Bullet itself would end the whole program."""
    if sys.platform != "linux":
        return
    display = os.environ.get("DISPLAY", "")
    hint = "; --video FILE.mp4 works without a screen"
    if not display:
        raise InputError(f"--window needs a screen, and DISPLAY is not set{hint}")
    host, _, number = display.partition(":")
    if host in ("", "unix") and not _answers(number.partition(".")[0]):
        raise InputError(f"--window needs a screen, and none answers at DISPLAY {display!r}{hint}")


def _answers(number: str) -> bool:
    for name in (f"/tmp/.X11-unix/X{number}", f"\0/tmp/.X11-unix/X{number}"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            try:
                line.connect(name)
            except OSError:
                continue
            return True
    return False
