"""What a film shows of a figure: the path asked for as a line, the way flown as smoke, and a ribbon as wide as wings.

The ribbon's colours say where the canopy points, as on the flight's card (envs.rendering.figures.ribbon).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from envs.figures.judge.judging import AHEAD_B, BACK_B
from envs.flights.figures_asked import AskedFigure
from envs.rendering.figures.ribbon import canopy_colours, lit_faces
from envs.rendering.scene.camera import DEPTH, Camera
from envs.rendering.scene.pose import Pose
from envs.rendering.scene.rasteriser import Tile, draw_lines, draw_puffs
from envs.rendering.scene.solids import Points

LINE, CASING = (1.0, 1.0, 1.0), (0.05, 0.08, 0.12)  # of the path asked for: light on dark ground, dark on light sky
EARLY_S = 3.0  # so long before it is to be flown a later figure's path is shown
RIBBON_OPACITY = 0.88
RIBBON_WIDTH = {"tower": 1.8, "chase": 0.5}  # spans: far off wings are hardly seen, near by they would hide the rest
SMOKE_COLOUR, SMOKE_ALPHA = (0.97, 0.97, 0.98), 0.30
SMOKE_STEP, SMOKE_THIN, SMOKE_WIDE, SMOKE_S = 0.30, 0.30, 1.3, 3.0  # spans: of puffs apart, radius new and old; age
CHASE_S = 6.0  # the chase view shows the last seconds only
NEAR, CLEAR = 1.0, 2.5  # spans from the eye: nothing is drawn nearer, and from there on all of it
JITTER = np.random.default_rng(5).normal(size=(1024, 4)) * 0.16  # of smoke, in radii, and of its size


class FigureTrail:
    """The trail of one flight of figures: `fly` each row, `draw` it into a picture. `span_m` is the aircraft's."""

    def __init__(self, figures: Sequence[AskedFigure], span_m: float) -> None:
        self._figures, self._span = list(figures), span_m
        self.reset()

    def reset(self) -> None:
        """Forget the flight before."""
        self._time: list[float] = []
        self._position: list[Points] = []
        self._axes: list[Points] = []
        self._along: list[float | None] = [None] * len(self._figures)

    def fly(self, pose: Pose) -> str:
        """The aircraft flies on to a pose; what the element flown there asks for, "" where none is."""
        self._time.append(pose.time_s)
        self._position.append(pose.position_world)
        self._axes.append(pose.rotation())
        for number, figure in enumerate(self._figures):
            if figure.from_s <= pose.time_s <= figure.to_s:
                return self._element(number, pose.position_world)
        return ""

    def _element(self, number: int, position: Points) -> str:
        path, last = self._figures[number].path, self._along[number]
        back, ahead = (BACK_B, AHEAD_B) if last is not None else (0.0, 2.0 * AHEAD_B)
        along = path.nearest(position, last or 0.0, back * path.span_m, ahead * path.span_m)
        self._along[number] = along
        return path.figure.elements[path.element_at(along)].words() if 0.0 < along < path.length_m else ""

    def draw(self, image: NDArray[np.float32], camera: Camera, view: str) -> None:
        """Draw all that was flown so far into a picture of a view, chase or tower."""
        now = self._time[-1]
        time = np.array(self._time)
        shown = time >= now - CHASE_S if view == "chase" else np.ones(len(time), dtype=bool)
        position, axes = np.array(self._position)[shown], np.array(self._axes)[shown]
        if len(position) > 1:
            self._smoke(image, camera, time[shown], position)
            self._ribbon(image, camera, position, axes, RIBBON_WIDTH[view] * self._span)
        for figure in self._figures:
            if figure.from_s - EARLY_S <= now <= figure.to_s:
                path = [figure.path.position]
                draw_lines(image, camera, path, 0.03, 3.2, CASING, 0.45)
                draw_lines(image, camera, path, 0.012, 1.3, LINE, 0.95)

    def _smoke(self, image: NDArray[np.float32], camera: Camera, time: Points, position: Points) -> None:
        """Puffs along the way, wider and thinner with age."""
        way = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(position, axis=0), axis=1))])
        at = np.arange(0.0, way[-1], SMOKE_STEP * self._span)
        age = time[-1] - np.interp(at, way, time)
        share = np.sqrt(np.clip(age / SMOKE_S, 0.0, 1.0))
        chance = JITTER[np.arange(len(at)) % len(JITTER)]
        radius = self._span * (SMOKE_THIN + (SMOKE_WIDE - SMOKE_THIN) * share) * (1.0 + chance[:, 3])
        points = np.column_stack([np.interp(at, way, axis) for axis in position.T]) + radius[:, None] * chance[:, :3]
        alpha = SMOKE_ALPHA * (1.0 - 0.55 * share) * self._clear(camera, points)
        draw_puffs(image, camera, points, radius, alpha, SMOKE_COLOUR)

    def _ribbon(self, image: NDArray[np.float32], camera: Camera, position: Points, axes: Points, width: float) -> None:
        """Wings' way, near parts over far ones."""
        left, canopy = axes[:, :, 1], axes[:, :, 2]
        far = self._clear(camera, position) > 0.0
        edges = np.stack([position + 0.5 * width * left, position - 0.5 * width * left], axis=1)
        corners = edges.reshape(-1, 3)
        tile = Tile(image, camera, corners[np.repeat(far, 2)], 2)
        if tile.is_empty:
            return
        first = 2 * np.flatnonzero(far[:-1] & far[1:])[:, None]
        triangles = (first[:, None, :] + np.array([(0, 1, 2), (2, 1, 3)])).reshape(-1, 3)
        colours = lit_faces(canopy_colours(canopy), canopy, camera.position - 0.5 * (position[:-1] + position[1:]))
        tile.draw(corners, triangles, np.repeat(colours[first[:, 0] // 2], 2, axis=0).astype(np.float32), cull=False)
        tile.finish(RIBBON_OPACITY)

    def _clear(self, camera: Camera, points: Points) -> Points:
        """Share (n,) of what is drawn of points so far from the eye."""
        depth = camera.project(points)[:, DEPTH] / self._span
        return np.clip((depth - NEAR) / (CLEAR - NEAR), 0.0, 1.0)
