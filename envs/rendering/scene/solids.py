"""Closed triangle meshes from simple descriptions: lofted tubes, wheels, rods. Corners are metres, any axes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]  # (n, 3)
Triangles = NDArray[np.int64]  # (m, 3) rows of Points, anticlockwise seen from outside
Solid = tuple[Points, Triangles]
X, Y, Z = range(3)  # columns of Points


def loft(rings: list[Points]) -> Solid:
    """A skin over closed rings of equally many points, its two ends filled.

    Each ring runs anticlockwise seen from the end where the loft ends, so that the skin faces outwards.
    """
    count = len(rings[0])
    points = np.concatenate([*rings, rings[0].mean(axis=0, keepdims=True), rings[-1].mean(axis=0, keepdims=True)])
    around = np.arange(count)
    following = (around + 1) % count
    triangles: list[Triangles] = []
    for ring in range(len(rings) - 1):
        near, far = ring * count, (ring + 1) * count
        triangles.append(np.stack([near + around, near + following, far + following], axis=1))
        triangles.append(np.stack([near + around, far + following, far + around], axis=1))
    first_hub, last_hub, last = len(points) - 2, len(points) - 1, (len(rings) - 1) * count
    triangles.append(np.stack([np.full(count, first_hub), following, around], axis=1))
    triangles.append(np.stack([np.full(count, last_hub), last + around, last + following], axis=1))
    return points, _without_slivers(points, np.concatenate(triangles).astype(np.int64))


def rounded_ring(center: Points, width: float, height: float, count: int = 16, squareness: float = 3.0) -> Points:
    """A cross-section across x: a superellipse of given width (y) and height (z); squareness 2 is an ellipse.

    Anticlockwise seen from behind (from -x), so rings go from nose to tail.
    """
    angle = 2 * np.pi * (np.arange(count) + 0.5) / count
    cosine, sine = np.cos(angle), np.sin(angle)
    power = 2.0 / squareness
    y = -0.5 * width * np.sign(cosine) * np.abs(cosine) ** power  # y is left: seen from behind, right is -y
    z = 0.5 * height * np.sign(sine) * np.abs(sine) ** power
    return center + np.stack([np.zeros(count), y, z], axis=1)


def rod(start: Points, end: Points, radius: float, count: int = 6) -> Solid:
    """A round bar between two points (3,) with `count` sides; lengths in m."""
    along = end - start
    along = along / max(float(np.linalg.norm(along)), 1e-9)
    helper = np.array([1.0, 0.0, 0.0]) if abs(along[X]) < 0.9 else np.array([0.0, 1.0, 0.0])
    across = np.cross(along, helper)
    across /= np.linalg.norm(across)
    other = np.cross(along, across)
    angle = 2 * np.pi * np.arange(count) / count
    # anticlockwise seen from the far end, looking back along the bar
    circle = radius * (np.outer(np.cos(angle), across) + np.outer(np.sin(angle), other))
    return loft([start + circle, end + circle])


def wheel(center: Points, radius: float, width: float, count: int = 18) -> tuple[Solid, Solid]:
    """(tyre, hub) of a wheel that rolls along x: two drums around the y axis, the hub a little wider."""
    axle = np.array([0.0, 0.5, 0.0])

    def drum(outer: float, breadth: float) -> Solid:
        angle = 2 * np.pi * np.arange(count) / count
        circle = np.stack([-np.sin(angle), np.zeros(count), -np.cos(angle)], axis=1)  # seen from +y, anticlockwise
        stops = ((-1.0, 0.72), (-0.75, 0.93), (0.0, 1.0), (0.75, 0.93), (1.0, 0.72))
        return loft([center + stop * breadth * axle + outer * share * circle for stop, share in stops])

    return drum(radius, width), drum(0.52 * radius, 1.06 * width)


def mirrored(solid: Solid) -> Solid:
    """The mirror image of a solid on the other side of the aircraft (y -> -y)."""
    points, triangles = solid
    return points * np.array([1.0, -1.0, 1.0]), triangles[:, ::-1].copy()


def joined(solids: list[Solid]) -> Solid:
    """Several solids as one list of points and triangles."""
    offsets = np.cumsum([0] + [len(points) for points, _ in solids[:-1]])
    return (
        np.concatenate([points for points, _ in solids]),
        np.concatenate([triangles + offset for (_, triangles), offset in zip(solids, offsets, strict=True)]),
    )


def normals(points: Points, triangles: Triangles) -> Points:
    """Unit outward normals of triangles, (m, 3)."""
    a, b, c = (points[corner] for corner in triangles.T)
    (px, py, pz), (qx, qy, qz) = (b - a).T, (c - a).T
    # np.cross takes four times as long
    cross = np.stack([py * qz - pz * qy, pz * qx - px * qz, px * qy - py * qx], axis=1)
    return cross / np.maximum(np.linalg.norm(cross, axis=1, keepdims=True), 1e-12)


def _without_slivers(points: Points, triangles: Triangles) -> Triangles:
    a, b, c = (points[corner] for corner in triangles.T)
    return triangles[np.linalg.norm(np.cross(b - a, c - a), axis=1) > 1e-10]
