"""A three-view drawing of an aircraft from its config: from above, from the front, from the left, one scale."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.patches import Circle, Ellipse
from numpy.typing import NDArray

from envs.aircraft.aircraft import Aircraft
from envs.rendering.page import FAINT, INK, polygons
from envs.rendering.scene.airframe_mesh import AirframeMesh

FREE = 0.37  # of the width, for words
TO_THE_EYE = 2  # axis on paper
# Body axes (x forward, y left, z up) -> (right on paper, up on paper, towards the eye).
ABOVE = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
FRONT = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])
LEFT = np.array([[-1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0]])
LIGHT = np.array([-0.35, 0.45, 0.82])  # on paper: from the upper left, in front of it


def draw_three_view(axes: Axes, aircraft: Aircraft) -> None:
    """From above with the nose up; below it from the front; beside that from the left, with span and length in m.

    The upper right corner, right of the view from above, stays free over at least FREE of the width.
    """
    mesh = AirframeMesh(aircraft)
    points = mesh.points({})
    low, high = points.min(axis=0), points.max(axis=0)
    length, span, height = high - low
    gap = 0.12 * max(length, span)
    middle = 0.5 * (low + high)
    # where the middle of the aircraft's box comes to lie on paper
    below = -0.5 * (length + height) - gap
    views = ((ABOVE, (0.0, 0.0)), (FRONT, (0.0, below)), (LEFT, (0.5 * (span + length) + gap, below)))
    for view, place in views:
        draw_solid(axes, mesh, (points - middle) @ view.T, view, np.array(place), middle)
    torn = any(half.lost_span for half in aircraft.built.halves)
    across = span if torn else aircraft.span_m
    _measure(axes, (-0.5 * span, 0.5 * span), 0.5 * length + 0.4 * gap, f"{across:.2f} m")
    left = 0.5 * span + gap
    _measure(axes, (left, left + length), below - 0.5 * height - 0.45 * gap, f"{length:.2f} m")
    axes.set_aspect("equal", anchor="W")
    right = max(left + length, 0.5 * span + FREE / (1.0 - FREE) * span) + 0.02
    axes.set_xlim(-0.5 * span - 0.02, right)
    axes.set_ylim(below - 0.5 * height - 0.9 * gap, 0.5 * length + 0.9 * gap)
    axes.axis("off")


def draw_solid(
    axes: Axes,
    mesh: AirframeMesh,
    points: NDArray[np.float64],
    view: NDArray[np.float64],
    place: NDArray[np.float64],
    middle: NDArray[np.float64],
) -> None:
    """Draw an aircraft whose corners (n, 3) are given on paper (m right, up, towards the eye), at a place (2,) of it.

    `view` (3, 3): body axes to paper; `middle` (3,): the point in body axes that lies at the place.
    """
    corners = points[mesh.triangles]
    first, second, third = np.moveaxis(corners, 1, 0)
    normals = np.cross(second - first, third - first)
    size = np.linalg.norm(normals, axis=1)
    seen = (normals[:, TO_THE_EYE] > 0) & (size > 1e-12)
    nearness = corners[seen].mean(axis=1)[:, TO_THE_EYE]
    order = np.flatnonzero(seen)[np.argsort(nearness)]  # painter's algorithm: far ones first
    shade = 0.55 + 0.45 * np.clip(normals[order] @ LIGHT / size[order], 0.0, 1.0)
    colours = np.clip(mesh.colours[order] * shade[:, None], 0.0, 1.0)
    axes.add_collection(
        PolyCollection(
            polygons(corners[order][:, :, :2] + place), facecolor=colours, edgecolor=colours, linewidth=0.3, zorder=3
        )
    )
    for disc in mesh.discs:
        right, up, _ = view @ (disc.center - middle)
        axis_right, axis_up, axis_nearer = view @ disc.axis
        flat = abs(float(axis_nearer))
        style = {"facecolor": INK, "alpha": 0.13, "zorder": 4}
        place_right, place_up = place
        at = (float(right + place_right), float(up + place_up))
        if flat > 0.7:
            axes.add_patch(Circle(at, disc.radius, **style))
        else:
            angle = float(np.degrees(np.arctan2(axis_up, axis_right))) + 90.0
            axes.add_patch(Ellipse(at, 2 * disc.radius, max(2 * disc.radius * flat, 0.012), angle=angle, **style))


def _measure(axes: Axes, ends: tuple[float, float], height: float, text: str) -> None:
    left, right = ends
    axes.annotate(
        "",
        xy=(left, height),
        xytext=(right, height),
        arrowprops={"arrowstyle": "<->", "color": FAINT, "linewidth": 0.9, "shrinkA": 0, "shrinkB": 0},
    )
    axes.text(
        0.5 * (left + right),
        height,
        text,
        ha="center",
        va="center",
        fontsize=9.5,
        color=FAINT,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
    )
