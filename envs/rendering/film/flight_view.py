"""Turns the rows of a flight log, one after the other, into pictures with instruments."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from envs.base.errors import unknown_name
from envs.base.runway import Runway
from envs.flights.ending import Ending
from envs.flights.faults import faults_of
from envs.flights.flight_log import FlightLog
from envs.flights.legs import leg_name, legs_of
from envs.rendering.film.hud import Hud, Overlay, Readings
from envs.rendering.scene.pose import deflections_of_row, ghost_of_row, pose_of_row, wind_of_row
from envs.rendering.scene.scene import Scene

VIEWS = ("chase", "tower", "both")
INSET = 0.36  # of the picture's width: the tower's view inside the chase view


class FlightView:
    """Draws a flight row by row, with the path so far as a trace.

    `header` and `columns` are those of a flight log; `view` is chase, tower or both (a small tower view inside the
    chase view). `label` replaces the small caption of aircraft, task, weather and pilot by a large one. `overlay` draws
    words and numbers instead of the instruments; `threads` share the painting. Raises InputError for an unknown view or
    a broken header.
    """

    def __init__(
        self,
        header: dict[str, Any],
        columns: Sequence[str],
        view: str = "chase",
        width: int = 960,
        height: int = 540,
        label: str = "",
        overlay: Overlay | None = None,
        threads: int = 1,
    ) -> None:
        if view not in VIEWS:
            raise unknown_name("view", view, VIEWS)
        log = FlightLog(tuple(columns), np.empty((0, len(columns))), header)
        self._tell(log)
        (_, aircraft), *_ = self._stages
        runway = Runway.from_header(header)
        self._columns, self._legs = tuple(columns), legs_of(header)
        self._new_scene = functools.partial(Scene, aircraft, runway, width, height, threads=threads)
        self._main = self._new_scene(view="tower" if view == "tower" else "chase")
        self._scenes = {self._main.view: self._main}
        self._inset: Scene | None = None
        if view == "both":
            self._inset = Scene(aircraft, runway, round(INSET * width), round(INSET * height), "tower")
        words = [aircraft.title, header.get("task"), header.get("weather"), header.get("pilot")]
        self._overlay = overlay or Hud(
            width,
            height,
            label or "  ·  ".join(str(word) for word in words if word),
            round((0.97 - INSET) * width) if view == "both" else None,
            large_title=bool(label),
        )
        self.size = (width, height)
        self._trace: list[tuple[float, float, float, float]] = []

    def _tell(self, log: FlightLog) -> None:
        self._stages, self._faults = log.stages(), faults_of(log.header)

    def reset(self, header: dict[str, Any] | None = None) -> None:
        """Start another flight: no trace, the camera behind the aircraft; `header`: of a flight with other faults."""
        if header is not None:
            self._tell(FlightLog(self._columns, np.empty((0, len(self._columns))), header))
        self._trace.clear()
        self._main.reset()

    def look(self, view: str) -> None:
        """Go on in another view, chase or tower; the trace stays."""
        if view not in self._scenes:
            self._scenes[view] = self._new_scene(view=view)
        self._main = self._scenes[view]
        self._main.reset()

    def frame(
        self,
        row: Sequence[float] | NDArray[np.float64],
        ending: Ending | None = None,
        ghost: Mapping[str, float] | None = None,
    ) -> NDArray[np.uint8]:
        """The picture (height, width, 3) of the next row of the log; `ending` shows its banner over it.

        `ghost`: the same moment of another flight of this aircraft (column name -> value), drawn see-through. A row
        earlier than the last one starts another flight; the last one again (a flight that waits) adds no trace.
        """
        now = dict(zip(self._columns, map(float, row), strict=True))
        pose = pose_of_row(now)
        if self._trace and pose.time_s < self._trace[-1][0]:
            self.reset()
        if not self._trace or pose.time_s > self._trace[-1][0]:
            self._trace.append((pose.time_s, *pose.position_world))
        self._become(pose.time_s)
        deflections, wind, throttle = deflections_of_row(now), wind_of_row(now), now["throttle"]
        trace = np.array(self._trace)
        camera = self._main.camera(pose)
        other = ghost_of_row(ghost) if ghost else None
        picture = self._main.frame(
            pose, deflections, throttle=throttle, wind_world=wind, trace=trace, camera=camera, ghost=other
        )
        if self._inset is not None:
            small = self._inset.frame(pose, deflections, throttle=throttle, wind_world=wind, trace=trace)
            edge, (tall, wide) = max(1, round(0.003 * self.size[0])), small.shape[:2]
            top, left = round(0.02 * self.size[1]), self.size[0] - wide - round(0.0125 * self.size[0])
            picture[top - edge : top + tall + edge, left - edge : left + wide + edge] = 245
            picture[top : top + tall, left : left + wide] = small
        ahead = camera.forward[:2] / max(float(np.linalg.norm(camera.forward[:2])), 1e-9)
        readings = Readings(
            time_s=pose.time_s,
            airspeed_mps=now["airspeed_mps"],
            height_m=now["height_m"],
            climb_mps=now["vz_mps"],
            throttle=throttle,
            aileron=now["aileron_cmd"],
            elevator=now["elevator_cmd"],
            rudder=now["rudder_cmd"],
            wind_right_mps=float(wind[:2] @ camera.right[:2]),
            wind_up_mps=float(wind[:2] @ ahead),
            leg=leg_name(self._legs, pose.time_s),
            faults=tuple((f.line, f.is_fresh(pose.time_s)) for f in self._faults if f.at_s <= pose.time_s),
        )
        self._overlay.draw(picture, readings, ending)
        return picture

    def _become(self, time_s: float) -> None:
        """Draw the aircraft as it is at that second of the flight."""
        aircraft = [aircraft for at_s, aircraft in self._stages if at_s <= time_s + 1e-6 or not at_s][-1]
        for scene in (self._main, self._inset):
            if scene is not None:
                scene.become(aircraft)
