"""Bullet's own window as a screen for meshes that others move; beside the physics the only file to import pybullet."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

import numpy as np

from envs.base.quiet import quiet_output

with quiet_output():
    import pybullet as bullet


class BulletWindow:
    """Bullet's own window, which shows meshes that others move; nothing is simulated in it.

    `parts`: (vertices (n, 3) in m, triangles (m, 3), (red, green, blue, alpha) 0..1). `hidden` opens no window (for
    tests).
    """

    def __init__(self, parts: Sequence[tuple[np.ndarray, np.ndarray, Sequence[float]]], hidden: bool = False) -> None:
        self._hidden, self._placed = hidden, False
        self._client = bullet.connect(bullet.DIRECT if hidden else bullet.GUI)
        client = self._client
        if not hidden:
            bullet.configureDebugVisualizer(bullet.COV_ENABLE_GUI, 0, physicsClientId=client)
            bullet.configureDebugVisualizer(bullet.COV_ENABLE_RENDERING, 0, physicsClientId=client)
        self._bodies = []
        for vertices, triangles, colour in parts:
            shape = bullet.createVisualShape(
                bullet.GEOM_MESH,
                vertices=vertices.tolist(),
                indices=triangles.ravel().tolist(),
                rgbaColor=list(colour),
                physicsClientId=client,
            )
            self._bodies.append(bullet.createMultiBody(0, -1, shape, physicsClientId=client))
        if not hidden:
            bullet.configureDebugVisualizer(bullet.COV_ENABLE_RENDERING, 1, physicsClientId=client)

    def show(self, poses: Sequence[tuple[np.ndarray, np.ndarray]], target_world: np.ndarray) -> bool:
        """Move the parts and look at a point in the world (3,), m; False once the window is closed.

        `poses`: position (3,) in m and body-to-world quaternion (x, y, z, w) of each part. The mouse turns and zooms
        the view around the target.
        """
        client = self._client
        if not bullet.isConnected(client):
            return False
        for body, (position, quaternion) in zip(self._bodies, poses, strict=True):
            bullet.resetBasePositionAndOrientation(body, position.tolist(), quaternion.tolist(), client)
        if not self._hidden:
            # Before the angles: window size, view and projection matrix, axes. After the distance: target.
            *_, yaw, pitch, distance, _ = bullet.getDebugVisualizerCamera(client)
            if not self._placed:
                yaw, pitch, distance = -60.0, -18.0, 5.0
            self._placed = True
            bullet.resetDebugVisualizerCamera(distance, yaw, pitch, target_world.tolist(), client)
        return True

    def close(self) -> None:
        """Close the window. Safe to call twice."""
        if self._client >= 0:
            with contextlib.suppress(bullet.error):
                bullet.disconnect(physicsClientId=self._client)
            self._client = -1
