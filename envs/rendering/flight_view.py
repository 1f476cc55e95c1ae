"""Rows of a flight log -> pictures with instruments, one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from envs.errors import unknown_name
from envs.flight_log import FlightLog, runway_from_header
from envs.rendering.hud import Ending, Hud, Readings
from envs.rendering.scene import Pose, Scene

View = Literal["chase", "tower", "both"]
VIEWS = ("chase", "tower", "both")
INSET = 0.36  # of the picture's width: the tower's view inside the chase view
CHANNELS_SHOWN = ("aileron", "elevator", "rudder", "flap")


class FlightView:
    """Draws a flight row by row; the rows so far are the trace.

    `header` and `columns` are those of a flight log; `view` is chase, tower or both (the tower's inset into the
    chase view).
    """

    def __init__(self, header: dict[str, Any], columns: Sequence[str], view: str = "chase", width: int = 960,
                 height: int = 540) -> None:
        if view not in VIEWS:
            raise unknown_name("view", view, VIEWS)
        log = FlightLog(tuple(columns), np.empty((0, len(columns))), header)
        aircraft, runway = log.aircraft(), runway_from_header(header)
        self._place = {name: index for index, name in enumerate(columns)}
        self._main = Scene(aircraft, runway, width, height, "tower" if view == "tower" else "chase")
        self._inset: Scene | None = None
        if view == "both":
            self._inset = Scene(aircraft, runway, round(INSET * width), round(INSET * height), "tower")
        words = [aircraft.title, header.get("task"), header.get("weather"), header.get("pilot")]
        self._hud = Hud(width, height, "  ·  ".join(str(word) for word in words if word),
                        round((0.97 - INSET) * width) if view == "both" else None)
        self.size = (width, height)
        self._trace: list[tuple[float, float, float, float]] = []

    def reset(self) -> None:
        """Start another flight: no trace, the camera behind the aircraft."""
        self._trace.clear()
        self._main.reset()

    def frame(self, row: Sequence[float] | NDArray[np.float64], ending: Ending | None = None) -> NDArray[np.uint8]:
        """The picture (height, width, 3) of the next row; with `ending` its banner is shown."""

        def value(name: str) -> float:
            return float(row[self._place[name]])

        time = value("time_s")
        if self._trace and time < self._trace[-1][0]:
            self.reset()
        position, velocity, wind = (np.array([value(name) for name in names]) for names in (
            ("x_m", "y_m", "z_m"), ("vx_mps", "vy_mps", "vz_mps"), ("wind_x_mps", "wind_y_mps", "wind_z_mps")))
        pose = Pose(time, position, np.array([value(name) for name in ("qx", "qy", "qz", "qw")]), velocity)
        if not self._trace or time > self._trace[-1][0]:
            self._trace.append((time, *position))
        deflections = {channel: value(f"{channel}_deg") for channel in CHANNELS_SHOWN if f"{channel}_deg" in self._place}
        trace, throttle = np.array(self._trace), value("throttle")
        camera = self._main.camera(pose)
        picture = self._main.frame(pose, deflections, throttle=throttle, wind_world=wind, trace=trace, camera=camera)
        if self._inset is not None:
            small = self._inset.frame(pose, deflections, throttle=throttle, wind_world=wind, trace=trace)
            edge, (tall, wide) = max(1, round(0.003 * self.size[0])), small.shape[:2]
            top, left = round(0.02 * self.size[1]), self.size[0] - wide - round(0.0125 * self.size[0])
            picture[top - edge : top + tall + edge, left - edge : left + wide + edge] = 245
            picture[top : top + tall, left : left + wide] = small
        ahead = camera.forward[:2] / max(float(np.linalg.norm(camera.forward[:2])), 1e-9)
        self._hud.draw(picture, Readings(
            time, value("airspeed_mps"), value("height_m"), velocity[2], throttle, value("aileron_cmd"),
            value("elevator_cmd"), value("rudder_cmd"), float(wind[:2] @ camera.right[:2]), float(wind[:2] @ ahead),
        ), ending)
        return picture
