"""The aircraft's outline along its path, in its attitude: enlarged so that it can be seen, and never on another one."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from numpy.typing import NDArray

from envs.flights.flight_log import FlightLog
from envs.rendering.page import INK, polygons
from envs.rendering.scene.airframe_mesh import AirframeMesh
from envs.rendering.scene.pose import rotation_matrix

Floats = NDArray[np.float64]


class View(NamedTuple):
    """A view of the path: which world axis is up on paper, and how large and how dark the outlines are in it.

    `share`: the aircraft's reach (m from its CG) as drawn, of the width that the view shows.
    """

    up: int
    share: float
    opacity: float


# From above smaller and paler, so that path and runway stay visible.
FROM_THE_SIDE, FROM_ABOVE = View(2, 0.030, 0.9), View(1, 0.021, 0.6)
APART = 1.8  # reaches as drawn, between the middles of two outlines


class Silhouettes:
    """Outlines at up to MOST places evenly spread along the path; its start and its end come first."""

    MOST = 9

    def __init__(self, log: FlightLog) -> None:
        self._stages = [(at_s, AirframeMesh(aircraft)) for at_s, aircraft in log.stages()]
        self._time = log.column("time_s")
        self._positions = log.block("x_m", "y_m", "z_m")
        self._quaternions = log.block("qx", "qy", "qz", "qw")
        self._rows: list[int] = []

    def times_its_size(self, view: View, width_m: float) -> float:
        """How much larger than to scale it is drawn in a view that shows `width_m` (m) from left to right."""
        (_, mesh), *_ = self._stages
        return view.share * width_m / mesh.reach

    def choose(self, width_m: float, *views: tuple[View, float]) -> None:
        """Choose places where no outline lies on another in any of the views.

        Each view shows `width_m` (m) from left to right; beside it stands its vertical scale over its horizontal one.
        """
        travelled = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(self._positions, axis=0), axis=1))])
        wanted = np.linspace(0.0, travelled[-1], self.MOST)
        rows = np.minimum(np.searchsorted(travelled, wanted), len(travelled) - 1).tolist()
        self._rows = []
        for row in [rows[-1], *rows[:-1]]:  # how it ended is what matters most
            if all(self._apart(row, other, width_m, *view) for other in self._rows for view in views):
                self._rows.append(row)

    def _apart(self, row: int, other: int, width_m: float, view: View, stretch: float) -> bool:
        step = (self._positions[row] - self._positions[other])[[0, view.up]] * [1.0, stretch]
        return bool(np.linalg.norm(step) > APART * view.share * width_m)

    def draw(self, axes: Axes, view: View, stretch: float) -> Floats:
        """Draw the outlines, of what `choose` chose; the boxes around them (n, 4): left, lower, right, upper, in data.

        `stretch`: the view's vertical scale over its horizontal one.
        """
        low, high = axes.get_xlim()
        times = self.times_its_size(view, high - low)
        boxes = []
        for row in self._rows:
            mesh = [mesh for at_s, mesh in self._stages if at_s <= self._time[row] + 1e-6 or not at_s][-1]
            turned = mesh.points({}) @ rotation_matrix(self._quaternions[row]).T * times
            flat = turned[:, [0, view.up]] / np.array([1.0, stretch]) + self._positions[row, [0, view.up]]
            if view is FROM_THE_SIDE:  # enlarged, its wheels would hang below the ground it stands on
                _, heights = flat.T
                heights += max(0.0, -float(heights.min()))
            axes.add_collection(
                PolyCollection(
                    polygons(flat[mesh.triangles]),
                    facecolor=INK,
                    edgecolor=INK,
                    linewidth=0.2,
                    zorder=4,
                    alpha=view.opacity,
                )
            )
            boxes.append((*flat.min(axis=0), *flat.max(axis=0)))
        return np.array(boxes)
