"""A picture of the aircraft over its field, drawn in software: `Scene(aircraft, runway).frame(pose, ...)`."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from envs.aircraft.aircraft import Aircraft
from envs.base.runway import Runway
from envs.field.sky import CLEAR_M, SUN
from envs.rendering.scene.airframe_mesh import AirframeMesh, Disc
from envs.rendering.scene.camera import Camera, ChaseCamera, TowerCamera
from envs.rendering.scene.landscape import Landscape, shaded
from envs.rendering.scene.pose import Ghost, Pose, deflections_of_row, pose_of_row, wind_of_row
from envs.rendering.scene.rasteriser import Tile, draw_lines
from envs.rendering.scene.scenery import Prop, markers, pilot, windsock
from envs.rendering.scene.solids import Points, Z, normals
from envs.rendering.scene.trees import Trees

TRACE_COLOUR = (1.0, 0.55, 0.10)
GHOST_TINT, GHOST_OPACITY = np.array([0.72, 0.90, 1.0], np.float32), 0.62
Trail = Callable[[NDArray[np.float32], Camera, str], None]  # draws into a picture of a camera and a view
CHASE_TRACE_S = 6.0  # the tower sees all of the trace, the chase view only the last seconds


class Scene:
    """Draws one aircraft over one runway; `view` is `chase` or `tower`.

    `threads` share the painting; `visibility_m`: how far one sees, as of Weather.
    """

    def __init__(
        self,
        aircraft: Aircraft,
        runway: Runway,
        width: int = 960,
        height: int = 540,
        view: str = "chase",
        threads: int = 1,
        visibility_m: float = CLEAR_M,
    ) -> None:
        self.width, self.height, self.view = width, height, view
        self._aircraft, self.mesh = aircraft, AirframeMesh(aircraft)
        self._landscape = Landscape(runway, threads, visibility_m)
        self._trees = Trees(runway, visibility_m=visibility_m)
        self._chase = ChaseCamera(self.mesh.reach, width, height)
        self._tower = TowerCamera(self.mesh.reach, runway.length_m, runway.width_m, width, height)
        self._markers = markers(runway)
        self._pilot = pilot(self._tower.position * [1.0, 1.0, 0.0])
        self._sock_place = np.array([0.30 * runway.length_m, 0.5 * runway.width_m + 5.0, 0.0])
        self._image = np.zeros((height, width, 3), np.float32)
        self._trace: list[tuple[float, float, float, float]] = []  # time s, x, y, z m

    def become(self, aircraft: Aircraft) -> None:
        """Draw another aircraft from now on, as the same one is with a fault that has struck; cameras stay."""
        if aircraft is not self._aircraft:
            self._aircraft, self.mesh = aircraft, AirframeMesh(aircraft)

    def reset(self) -> None:
        """Forget the flight before: no trace, the chase camera starts anew."""
        self._chase.reset()
        self._trace.clear()

    def camera(self, pose: Pose) -> Camera:
        """The camera of this view for a pose; the chase camera remembers the last one."""
        if self.view == "tower":
            return self._tower.follow(pose.position_world)
        return self._chase.follow(pose.time_s, pose.position_world, pose.velocity_world, pose.rotation()[:, 0])

    def frame(
        self,
        pose: Pose,
        deflections_deg: Mapping[str, float] | None = None,
        *,
        throttle: float = 0.0,
        wind_world: Points | None = None,
        trace: Points | None = None,
        camera: Camera | None = None,
        ghost: Ghost | None = None,
        trail: Trail | None = None,
    ) -> NDArray[np.uint8]:
        """The picture (height, width, 3) of a pose.

        `deflections_deg` per channel in degrees, pilot's signs; `throttle` 0..1 blurs the propeller; `wind_world`
        (m/s) turns the windsock; `trace` is the path so far, (n, 4): time s, x, y, z m; `ghost` another
        flight beside this one. `trail` draws what is to be seen of the way instead of the trace.
        """
        image = self._image
        camera = camera or self.camera(pose)
        rotation = pose.rotation()
        points = self.mesh.points(deflections_deg or {}) @ rotation.T + pose.position_world
        depth = float((pose.position_world - camera.position) @ camera.forward)
        self._landscape.paint(image, camera)
        self._draw_shadow(image, camera, points)
        self._trees.draw(image, camera, math.inf, depth)
        self._draw_props(image, camera, wind_world if wind_world is not None else np.zeros(3), depth, True)
        if trail is not None:
            trail(image, camera, self.view)
        elif trace is not None and len(trace) > 1:
            self._draw_trace(image, camera, trace, pose.time_s)
        behind = ghost is not None and float((ghost.pose.position_world - camera.position) @ camera.forward) >= depth
        if ghost is not None and behind:
            self._draw_ghost(image, camera, ghost, pose)
        self._draw_aircraft(image, camera, points, pose, rotation, throttle)
        if ghost is not None and not behind:
            self._draw_ghost(image, camera, ghost, pose)
        self._draw_props(image, camera, wind_world if wind_world is not None else np.zeros(3), depth, False)
        self._trees.draw(image, camera, depth, 0.0)
        return (np.clip(image, 0.0, 1.0) * 255.0 + 0.5).astype(np.uint8)

    def frame_of_row(self, row: Mapping[str, float]) -> NDArray[np.uint8]:
        """The picture of a flight log's row (column name -> value), for a flight shown row by row as it happens.

        The rows before are the trace; a row earlier than the last one starts another flight.
        """
        pose = pose_of_row(row)
        if self._trace and pose.time_s < self._trace[-1][0]:
            self.reset()
        self._trace.append((pose.time_s, *pose.position_world))
        return self.frame(
            pose,
            deflections_of_row(row),
            throttle=row["throttle"],
            wind_world=wind_of_row(row),
            trace=np.array(self._trace),
        )

    def _draw_shadow(self, image: NDArray[np.float32], camera: Camera, points: Points) -> None:
        ground = shadow_of(points, SUN)
        height = max(0.0, float(points[:, Z].min()))
        tile = Tile(image, camera, ground, 2)
        tile.draw(ground, self.mesh.triangles, np.zeros((len(self.mesh.triangles), 3), np.float32), cull=False)
        tile.finish(0.52 / (1.0 + 0.035 * height))  # high up, the sun's width washes it out

    def _draw_aircraft(
        self, image: NDArray[np.float32], camera: Camera, points: Points, pose: Pose, rotation: Points, throttle: float
    ) -> None:
        discs = [disc_fan(disc, pose.time_s, throttle, rotation, pose.position_world) for disc in self.mesh.discs]
        everything = np.concatenate([points, *(corners for corners, *_ in discs)])
        tile = Tile(image, camera, everything, 3)
        tile.draw(points, self.mesh.triangles, shaded(self.mesh.colours, normals(points, self.mesh.triangles)))
        for corners, triangles, colours, alpha in discs:
            tile.draw(corners, triangles, colours, alpha=alpha, cull=False)
        tile.finish()

    def _draw_ghost(self, image: NDArray[np.float32], camera: Camera, ghost: Ghost, pose: Pose) -> None:
        """Pale and see-through; it fades where the two are in one place, as at the start of a flight."""
        apart = float(np.linalg.norm(ghost.pose.position_world - pose.position_world)) / self.mesh.reach
        opacity = GHOST_OPACITY * min(1.0, max(0.0, apart - 0.3))
        if opacity <= 0.0:
            return
        rotation = ghost.pose.rotation()
        points = self.mesh.points(ghost.deflections_deg) @ rotation.T + ghost.pose.position_world
        tile = Tile(image, camera, points, 2)
        colours = 0.35 * shaded(self.mesh.colours, normals(points, self.mesh.triangles)) + 0.65 * GHOST_TINT
        tile.draw(points, self.mesh.triangles, colours.astype(np.float32))
        tile.finish(opacity)

    def _draw_props(
        self, image: NDArray[np.float32], camera: Camera, wind_world: Points, depth: float, behind: bool
    ) -> None:
        props: list[Prop] = [*self._markers, windsock(self._sock_place, wind_world)]
        if self.view != "tower":
            props.append(self._pilot)
        for prop in props:
            away = float((prop.points[0] - camera.position) @ camera.forward)
            if (away > depth) != behind or away < 0.5:
                continue
            tile = Tile(image, camera, prop.points, 3)
            if not tile.is_empty:
                tile.draw(prop.points, prop.triangles, prop.lit)
                tile.finish()

    def _draw_trace(self, image: NDArray[np.float32], camera: Camera, trace: Points, now: float) -> None:
        (time, *_), path = trace.T, trace[:, 1:]
        if self.view != "tower":
            recent = time > now - CHASE_TRACE_S
            time, path = time[recent], path[recent]
        if len(path) < 2:
            return
        # a post to the ground every half second shows height and, by their spacing, speed
        marks = np.flatnonzero(np.diff(np.floor(time * 2.0)) > 0) + 1
        posts = [np.array([point, point * [1, 1, 0]]) for point in path[marks] if point[Z] > 0.6]
        if posts:
            draw_lines(image, camera, posts, 0.012, 0.8, (1.0, 1.0, 1.0), 0.40)
        draw_lines(image, camera, [path], 0.02, 1.6, TRACE_COLOUR, 0.85)


def shadow_of(points: Points, sun: Points) -> Points:
    """Where the shadows of points (n, 3) lie on the ground (m); `sun` (3,) is the direction to the sun."""
    ground = points - np.outer(points[:, Z] / sun[Z], sun)
    ground[:, Z] = 0.0
    return ground


def disc_fan(
    disc: Disc, time: float, throttle: float, rotation: Points, position: Points
) -> tuple[Points, NDArray[np.int64], NDArray[np.float32], float]:
    """A propeller as a blurred disc, or as two blades at rest: corners in the world (m), triangles, colours and alpha.

    `time` (s) turns the blur, `throttle` 0..1 thickens it; `rotation` (3, 3) and `position` (3,) are the aircraft's.
    """
    first = np.cross(disc.axis, [0.0, 0.0, 1.0])
    first /= max(float(np.linalg.norm(first)), 1e-9)
    second = np.cross(disc.axis, first)
    if throttle > 0.02:
        angle = np.linspace(0.0, 2 * math.pi, 41)
        rim = disc.radius * (np.outer(np.cos(angle), first) + np.outer(np.sin(angle), second))
        corners = np.concatenate([np.zeros((1, 3)), rim])
        triangles = np.array([(0, i, i + 1) for i in range(1, 41)])
        # a faint pair of blades turns slowly inside the blur, as a camera sees it
        streak = np.abs(np.cos(0.5 * (angle[:-1] + angle[1:]) - 9.0 * time)) ** 12
        colours = (0.55 - 0.4 * streak)[:, None] * np.ones(3)
        alpha = 0.20 + 0.12 * min(1.0, throttle)
    else:
        blade = np.array([[0.0, 0.0], [0.35, 0.09], [0.95, 0.05], [1.0, 0.0], [0.95, -0.03], [0.35, -0.05]])
        along, across = (np.concatenate([blade, -blade]) * disc.radius).T
        corners = np.outer(along, first) + np.outer(across, second)
        triangles = np.array([(k, k + i, k + i + 1) for k in (0, 6) for i in range(1, 5)])
        colours, alpha = np.full((8, 3), 0.13), 1.0
    corners = (corners + disc.center) @ rotation.T + position
    return corners, triangles, colours.astype(np.float32), alpha
