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
from envs.flights.figures_asked import AskedFigure, asked_figures, flight_title
from envs.flights.flight_log import FlightLog
from envs.flights.legs import leg_name, legs_of
from envs.flights.log_header import sensors_told
from envs.rendering.eye.looking import FlightEye, visibility_of
from envs.rendering.figures.ribbon import CANOPY_COLOURS
from envs.rendering.film.eye_inset import EyeInset
from envs.rendering.film.hud import BannerPlace, Hud, Overlay, Readings
from envs.rendering.film.trail import FigureTrail
from envs.rendering.scene.camera import Camera, Room, whole_figure_camera
from envs.rendering.scene.pose import Pose, deflections_of_row, ghost_of_row, pose_of_row, wind_of_row
from envs.rendering.scene.scene import Scene

VIEWS = ("chase", "tower", "both")
INSET = 0.36  # of the picture's width: the small view inside the large one
LINE_B = 75.0  # spans from the runway: where a judge sits (F3A: 150 m of a model of 2 m)
HUD_ROOM, PLAIN_ROOM = Room(right=INSET + 0.03), Room(top=0.13, bottom=0.13)
"""Of a figure's picture: beside small view and banner; between a few words above and below."""
ASIDE_B = 4.0  # spans round the path that a figure's picture shows


def usual_view(log: FlightLog, is_small: bool = False) -> str:
    """The view that shows most of a flight: of figures both, or where the picture is small the tower; else chase."""
    if legs_of(log.header) or not asked_figures(log):
        return "chase"
    return "tower" if is_small else "both"


class FlightView:
    """Draws a flight row by row, with the path so far as a trace; of figures as smoke and ribbon.

    `header` and `columns` are those of a flight log; `view` is chase, tower or both (a small tower view inside the
    chase view). Of a flight of figures the tower is far enough off to see the whole figure, and both is that with a
    small chase view inside. `label` replaces the small caption of aircraft, task, weather and pilot by a large one.
    `overlay` draws words and numbers instead of the instruments; `eye`, of such a flight, adds what its camera sees and
    the neuron says to that; `threads` share the painting. Raises InputError for an unknown view or a broken header.
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
        eye: FlightEye | None = None,
    ) -> None:
        if view not in VIEWS:
            raise unknown_name("view", view, VIEWS)
        log = FlightLog(tuple(columns), np.empty((0, len(columns))), header)
        self.size, self._room = (width, height), PLAIN_ROOM if overlay else HUD_ROOM
        self._tell(log)
        (_, aircraft), *_ = self._stages
        runway = Runway.from_header(header)
        self._columns = tuple(columns)
        air = visibility_of(header)
        self._eye, self._eye_inset = eye, EyeInset(width, height) if eye and overlay is None else None
        self._new_scene = functools.partial(Scene, aircraft, runway, width, height, threads=threads, visibility_m=air)
        large = "tower" if view == "both" and self._whole else "chase" if view == "both" else view
        self._main = self._new_scene(view=large)
        self._scenes = {self._main.view: self._main}
        self._inset: Scene | None = None
        if view == "both":
            small = "chase" if self._whole else "tower"
            self._inset = Scene(aircraft, runway, round(INSET * width), round(INSET * height), small, visibility_m=air)
        words = [aircraft.title, flight_title(header), header.get("weather"), sensors_told(header), header.get("pilot")]
        self._overlay = overlay or Hud(
            width,
            height,
            label or "  ·  ".join(str(word) for word in words if word),
            self._banner_place(view),
            large_title=bool(label),
            key=CANOPY_COLOURS if self._trail else {},
        )
        self._trace: list[tuple[float, float, float, float]] = []
        self._element = ""

    def _tell(self, log: FlightLog) -> None:
        self._stages, self._faults = log.stages(), faults_of(log.header)
        self._legs = legs_of(log.header)
        figures, (_, aircraft) = asked_figures(log), self._stages[0]
        self._trail = FigureTrail(figures, aircraft.span_m) if figures else None
        self._whole = None if self._legs or not figures else self._whole_figure(figures, aircraft.span_m)

    def _whole_figure(self, figures: Sequence[AskedFigure], span_m: float) -> Camera:
        margin = ASIDE_B * span_m * np.array([1.0, 0.0, 1.0])
        points = np.concatenate([figure.path.position + side * margin for figure in figures for side in (-1, 1)])
        return whole_figure_camera(points, LINE_B * span_m, *self.size, self._room)

    def _banner_place(self, view: str) -> BannerPlace:
        """Where the words at the end hide neither the small view nor a figure."""
        width, height = self.size
        if self._whole is not None and view != "chase":
            top = round((INSET + 0.05) * height) if view == "both" else None
            return BannerPlace(round((1.0 - HUD_ROOM.right) * width), width, top)
        return BannerPlace(0, round((0.97 - INSET) * width) if view == "both" else width)

    def _camera(self, scene: Scene, pose: Pose) -> Camera:
        return self._whole if self._whole is not None and scene.view == "tower" else scene.camera(pose)

    def reset(self, header: dict[str, Any] | None = None) -> None:
        """Start another flight: no trace, the camera behind the aircraft; `header`: of a flight with other faults."""
        if header is not None:
            self._tell(FlightLog(self._columns, np.empty((0, len(self._columns))), header))
        self._trace.clear()
        if self._trail is not None:
            self._trail.reset()
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
            self._element = self._trail.fly(pose) if self._trail else ""
        self._become(pose.time_s)
        deflections, wind, throttle = deflections_of_row(now), wind_of_row(now), now["throttle"]
        trace, trail = np.array(self._trace), self._trail.draw if self._trail else None
        camera = self._camera(self._main, pose)
        look: dict[str, Any] = {"throttle": throttle, "wind_world": wind, "trace": trace, "trail": trail}
        other = ghost_of_row(ghost) if ghost else None
        picture = self._main.frame(pose, deflections, camera=camera, ghost=other, **look)
        if self._inset is not None:
            small = self._inset.frame(pose, deflections, camera=self._camera(self._inset, pose), **look)
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
            leg=self._element or leg_name(self._legs, pose.time_s),
            faults=tuple((f.line, f.is_fresh(pose.time_s)) for f in self._faults if f.at_s <= pose.time_s),
            glance=self._eye.look(now) if self._eye else None,
        )
        self._overlay.draw(picture, readings, ending)
        if self._eye_inset and readings.glance:
            self._eye_inset.draw(picture, readings.glance)
        return picture

    def _become(self, time_s: float) -> None:
        """Draw the aircraft as it is at that second of the flight."""
        aircraft = [aircraft for at_s, aircraft in self._stages if at_s <= time_s + 1e-6 or not at_s][-1]
        for scene in (self._main, self._inset):
            if scene is not None:
                scene.become(aircraft)
