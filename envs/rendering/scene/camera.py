"""Where a flight is seen from. World axes (m): x along the runway, y left, z up; images have y down, in pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

NEAREST_M = 0.15  # nothing closer is drawn
ASIDE_RAD = math.radians(30)  # of the judge, seen from a figure
DEPTH = 2  # column of Camera.project's rows: pixel x, pixel y, depth


@dataclass(frozen=True)
class Camera:
    """A pinhole camera held level: `forward` a unit vector in the world, `view_angle` across the image (rad)."""

    position: Array
    forward: Array
    view_angle: float
    width: int
    height: int

    @cached_property
    def focal(self) -> float:
        """Focal length in pixels."""
        return 0.5 * self.width / math.tan(0.5 * self.view_angle)

    @cached_property
    def right(self) -> Array:
        """Unit vector to the right of the image; always level."""
        forward_x, forward_y, _ = self.forward
        across = np.array([forward_y, -forward_x, 0.0])
        length = float(np.linalg.norm(across))
        return across / length if length > 1e-9 else np.array([0.0, -1.0, 0.0])

    @cached_property
    def up(self) -> Array:
        """Unit vector to the top of the image."""
        return np.cross(self.right, self.forward)

    def project(self, points_world: Array) -> Array:
        """Points (n, 3) -> (n, 3): pixel x, pixel y, depth along the line of sight (m).

        Points nearer than NEAREST_M or behind the camera have a depth below NEAREST_M and no meaningful pixel.
        """
        offset = np.asarray(points_world, dtype=np.float64) - self.position
        depth = offset @ self.forward
        scale = self.focal / np.maximum(depth, NEAREST_M)
        return np.stack(
            [0.5 * self.width + scale * (offset @ self.right), 0.5 * self.height - scale * (offset @ self.up), depth],
            axis=1,
        )


def look_at(position: Array, target: Array, view_angle: float, width: int, height: int) -> Camera:
    """A camera at `position` looking at `target`, both (3,) in the world, m; `view_angle` in rad, sizes in pixels.

    It never looks straight up or down, so that "level" keeps a meaning.
    """
    forward = target - position
    forward = forward / max(float(np.linalg.norm(forward)), 1e-9)
    *level, rise = forward
    if abs(rise) > 0.995:
        flat = np.array(level) / max(float(np.linalg.norm(level)), 1e-9)
        forward = np.array([*(flat * math.sqrt(1 - 0.995**2)), math.copysign(0.995, rise)])
        forward /= np.linalg.norm(forward)
    return Camera(position, forward, view_angle, width, height)


class Room(NamedTuple):
    """Margins that a picture needs for something else, in shares of its width and height."""

    left: float = 0.03
    right: float = 0.03
    top: float = 0.10
    bottom: float = 0.20


class ChaseCamera:
    """Flies behind and above the aircraft and turns after its track with a lag of TURN_TIME_S."""

    TURN_TIME_S = 0.45  # lag behind a turn of the track
    # Of the distance: how far the eye is above the aircraft, and the point it looks at ahead of it and above it. So the
    # aircraft flies in the middle of the picture, its tail clear of the instruments below even in a steep climb.
    ABOVE, LOOK_AHEAD, LOOK_ABOVE = 0.18, 0.12, -0.03

    def __init__(self, reach: float, width: int, height: int) -> None:
        self._reach, self._width, self._height = reach, width, height
        self._heading: Array | None = None
        self._time = 0.0

    def reset(self) -> None:
        """Forget where it was: the next frame starts right behind the aircraft."""
        self._heading = None

    def follow(self, time: float, position_world: Array, velocity_world: Array, nose_world: Array) -> Camera:
        """The camera at `time` (s) for an aircraft at a position (m) with a velocity (m/s), both (3,) in the world.

        `nose_world`: the unit vector (3,) along the aircraft's nose, used where the aircraft has no track.
        """
        track = velocity_world[:2]
        # standing or climbing straight up there is no track: look where the nose points
        wanted = track if float(np.linalg.norm(track)) > 2.0 else nose_world[:2]
        length = float(np.linalg.norm(wanted))
        if self._heading is None:
            self._heading = wanted / length if length > 1e-6 else np.array([1.0, 0.0])
        elif length > 0.2:
            share = 1.0 - math.exp(-max(0.0, time - self._time) / self.TURN_TIME_S)
            self._heading = _turned_towards(self._heading, wanted / length, share)
        self._time = time
        distance = 4.6 * self._reach
        behind = np.array([*(-self._heading * distance), self.ABOVE * distance])
        eye = position_world + behind
        eye[2] = max(eye[2], 0.5)
        ahead = np.array([*(self._heading * self.LOOK_AHEAD * distance), self.LOOK_ABOVE * distance])
        return look_at(eye, position_world + ahead, math.radians(52), self._width, self._height)


class TowerCamera:
    """A person standing beside the runway who follows the aircraft and zooms."""

    EYE_HEIGHT_M = 1.75
    WIDEST, NARROWEST = math.radians(46), math.radians(4.5)
    FILLS, FILLS_AT_M = 0.13, 17.0  # share of the image's width the half span fills at this distance
    ZOOM = 0.75  # exponent of the distance: 1 would keep the size and lose the surroundings

    def __init__(self, reach: float, runway_length: float, runway_width: float, width: int, height: int) -> None:
        self._reach, self._width, self._height = reach, width, height
        self.position = np.array([0.32 * runway_length, -0.5 * runway_width - 14.0, self.EYE_HEIGHT_M])

    def follow(self, position_world: Array) -> Camera:
        """The camera for an aircraft at a position (3,) in the world, m."""
        distance = max(float(np.linalg.norm(position_world - self.position)), 1.0)
        fills = self.FILLS * max(1.0, 960 / self._width) ** 0.6  # a small picture looks closer
        half = math.atan(self._reach / (fills * self.FILLS_AT_M) * (self.FILLS_AT_M / distance) ** self.ZOOM)
        angle = min(self.WIDEST, max(self.NARROWEST, 2 * half))
        # aim below the aircraft: the ground stays in the picture as long as it can
        below = np.array([0.0, 0.0, 0.11 * distance * math.tan(0.5 * angle)])
        return look_at(self.position, position_world - below, angle, self._width, self._height)


def whole_figure_camera(points_world: Array, distance_m: float, width: int, height: int, room: Room) -> Camera:
    """A person as far (m) to the right of the runway as the judge, aside of him, who sees all points (n, 3) at once.

    From the judge's own place a loop's ribbon would be seen edge on. The view is as narrow as leaves the points in the
    picture's `room` for them.
    """
    middle_x = 0.5 * float(points_world[:, 0].min() + points_world[:, 0].max())
    aside = distance_m * math.tan(ASIDE_RAD)
    eye = np.array([middle_x - aside, -distance_m, TowerCamera.EYE_HEIGHT_M])
    left, right = room.left * width, (1.0 - room.right) * width
    top, bottom = room.top * height, (1.0 - room.bottom) * height
    camera = look_at(eye, points_world.mean(axis=0), math.radians(50), width, height)
    for _ in range(8):  # where it looks and how narrow: each changes the other a little
        screen_x, screen_y, _ = camera.project(points_world).T
        low_x, high_x, low_y, high_y = screen_x.min(), screen_x.max(), screen_y.min(), screen_y.max()
        grow = min((right - left) / max(high_x - low_x, 1.0), (bottom - top) / max(high_y - low_y, 1.0))
        focal = camera.focal * grow
        across = 0.5 * (low_x + high_x) - 0.5 * width - (0.5 * (left + right) - 0.5 * width) / grow
        below = 0.5 * (low_y + high_y) - 0.5 * height - (0.5 * (top + bottom) - 0.5 * height) / grow
        target = eye + camera.forward + (across * camera.right - below * camera.up) / camera.focal
        camera = look_at(eye, target, 2.0 * math.atan(0.5 * width / focal), width, height)
    return camera


def _turned_towards(now: Array, wanted: Array, share: float) -> Array:
    """A unit vector (2,) turned by a share of the angle to another."""
    (x, y), (wanted_x, wanted_y) = now, wanted
    angle = math.atan2(x * wanted_y - y * wanted_x, float(now @ wanted)) * share
    cosine, sine = math.cos(angle), math.sin(angle)
    return np.array([cosine * x - sine * y, sine * x + cosine * y])
