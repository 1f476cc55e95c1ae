"""A path in space as a ribbon as wide as wings, seen from the judge's side, coloured by where the canopy points.

The camera is a parallel one. World or figure's axes: x along the runway, y left, z up; the judge stands on the right.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_rgb

from envs.base.frames import Array, cross_product
from envs.rendering.page import BLUE, FAINT, GREEN, INK, ORANGE, PURPLE, polygons

YAW, RISE = math.radians(27.0), math.radians(17.0)  # of the camera: round to the left of the judge, and above
GROUND = "#e9edf0"
UP, DOWN, NEAR, FAR, ALONG = (np.array(to_rgb(c)) for c in (BLUE, ORANGE, GREEN, PURPLE, "#aab4bd"))
CANOPY_COLOURS = {"up": UP, "down": DOWN, "to the judge": NEAR, "from the judge": FAR, "ahead or back": ALONG}
"""{where the canopy points: colour}; between them, shares by the squares of its direction's parts, which sum to 1."""
WIDTH = 0.08  # of the path's size
APART = 1.25  # widths, between the middles of ways beside each other
LIGHT = np.array([-0.35, -0.62, 0.70])
LIGHT /= np.linalg.norm(LIGHT)


class View(NamedTuple):
    """A parallel camera: unit vectors (3,) to the right and up in the picture, and towards the eye."""

    right: Array
    up: Array
    eye: Array

    def flat(self, points: Array) -> Array:
        """(..., 2) in the picture of points (..., 3)."""
        return np.stack([points @ self.right, points @ self.up], axis=-1)


def judge_view(yaw: float = YAW, rise: float = RISE) -> View:
    """From the judge's side of the runway, turned round the vertical and raised (rad)."""
    eye = np.array([-math.sin(yaw) * math.cos(rise), -math.cos(yaw) * math.cos(rise), math.sin(rise)])
    right = np.array([math.cos(yaw), -math.sin(yaw), 0.0])
    return View(right, np.cross(eye, right), eye)


def canopy_colours(canopy: Array) -> Array:
    """(n, 3) colours of canopies (n, 3), unit vectors."""
    x, y, z = canopy.T
    shares = {"up": np.maximum(z, 0), "down": np.maximum(-z, 0), "to the judge": np.maximum(-y, 0)}
    shares |= {"from the judge": np.maximum(y, 0), "ahead or back": x}
    return np.sum([share[:, None] ** 2 * CANOPY_COLOURS[name] for name, share in shares.items()], axis=0)


def lit_faces(colours: Array, canopy: Array, eye: Array) -> Array:
    """(n - 1, 3) colours of a ribbon's faces in the light: paler where its belly is seen, as a wing's lower side is.

    Args:
        colours: (n, 3) along the way.
        canopy: (n, 3) unit vectors out of the cockpit.
        eye: (3,) or (n - 1, 3) towards the eye, of any length.
    """
    face = canopy[:-1] + canopy[1:]
    face /= np.maximum(np.linalg.norm(face, axis=1, keepdims=True), 1e-9)
    lit = 0.70 + 0.30 * np.abs(face @ LIGHT)
    shaded = np.clip(0.5 * (colours[:-1] + colours[1:]) * lit[:, None], 0, 1)
    belly = np.sum(face * eye, axis=1) < 0
    shaded[belly] = 0.55 * shaded[belly] + 0.45
    return shaded


def draw_ribbon(
    axes: Axes,
    position: Array,
    tangent: Array,
    canopy: Array,
    *,
    width: float,
    view: View | None = None,
    colours: Array | None = None,
    alpha: float = 1.0,
) -> None:
    """Draw a ribbon, the near parts over the far ones.

    Args:
        axes: a panel with equal scales.
        position: (n, 3) m of the middle of the wings.
        tangent: (n, 3) unit vectors along the way.
        canopy: (n, 3) unit vectors out of the cockpit.
        width: of the ribbon, m.
        view: the camera; from the judge's side without one.
        colours: (n, 3) instead of those by the canopy.
        alpha: 1 hides what lies behind.
    """
    view = view or judge_view()
    right = cross_product(tangent, canopy)
    edges = np.stack([position - 0.5 * width * right, position + 0.5 * width * right], axis=1)
    quads = np.concatenate([edges[:-1], edges[1:, ::-1]], axis=1)
    middle = quads.mean(axis=1)
    painted = canopy_colours(canopy) if colours is None else colours
    shaded = lit_faces(painted, canopy, view.eye)
    order = np.argsort(middle @ view.eye)
    axes.add_collection(
        PolyCollection(
            polygons(view.flat(quads)[order]),
            facecolors=shaded[order],
            edgecolors=0.82 * shaded[order],
            linewidths=0.25,
            alpha=alpha,
            zorder=3,
        )
    )


def draw_shadow(axes: Axes, position: Array, floor: float, view: View | None = None) -> Array:
    """Draw the way's shadow on a level floor (m), and the floor; its corners (4, 3)."""
    view = view or judge_view()
    flat = position.copy()
    flat[:, 2] = floor
    low, high = flat.min(axis=0), flat.max(axis=0)
    margin = 0.06 * float((high - low).max()) + 1e-6
    deep = max(2.2 * margin, 0.5 * float(high[1] - low[1]) + 1.2 * margin)
    middle = 0.5 * (low[1] + high[1])
    corners = np.array(
        [
            (x, middle + side * deep, floor)
            for x, side in (
                (low[0] - margin, -1),
                (high[0] + margin, -1),
                (high[0] + margin, 1),
                (low[0] - margin, 1),
            )
        ]
    )
    axes.fill(*view.flat(corners).T, color=GROUND, zorder=0, linewidth=0)
    axes.plot(*view.flat(flat).T, color=FAINT, alpha=0.55, linewidth=1.4, solid_capstyle="round", zorder=1)
    return corners


def draw_figure_in_space(axes: Axes, position: Array, tangent: Array, canopy: Array) -> None:
    """A whole path: ribbon, shadow, a dot where it begins, an arrowhead where it ends. Axes get their limits.

    Ways beside each other, as up and down in a stall turn, are drawn so far apart that both can be seen.
    """
    view = judge_view()
    size = float(np.ptp(position, axis=0).max())
    width = WIDTH * size
    aside = float(np.ptp(position[:, 1]))
    if 1e-6 * size < aside < APART * width:
        position = position * np.array([1.0, APART * width / aside, 1.0])
    floor = float(position[:, 2].min()) - 0.10 * size
    corners = draw_shadow(axes, position, floor, view)
    draw_ribbon(axes, position, tangent, canopy, width=width, view=view)
    axes.plot(*view.flat(position[0]), marker="o", markersize=5.5, color=INK, zorder=5)
    side = cross_product(tangent[-1:], canopy[-1:])[0]
    tip = np.array(
        [
            position[-1] + 1.5 * width * tangent[-1],
            position[-1] - 0.95 * width * side,
            position[-1] + 0.95 * width * side,
        ]
    )
    axes.fill(*view.flat(tip).T, color=INK, zorder=5, linewidth=0)
    flat = view.flat(np.concatenate([position, tip, corners]))
    low, high = flat.min(axis=0), flat.max(axis=0)
    middle, reach = 0.5 * (low + high), 0.5 * (high - low) + 0.045 * size
    axes.set_xlim(middle[0] - reach[0], middle[0] + reach[0])
    axes.set_ylim(middle[1] - reach[1], middle[1] + reach[1])
    axes.set_aspect("equal")
    axes.axis("off")
