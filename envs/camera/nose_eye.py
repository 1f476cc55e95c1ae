"""The camera of one aircraft over one field: its picture of a moment of flight."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from envs.aircraft.aircraft import Aircraft
from envs.aircraft.nose_camera import NoseCamera
from envs.base.errors import InputError
from envs.base.frames import Array
from envs.base.runway import Runway
from envs.camera.picture import develop, picture_axes, take_picture
from envs.field.noise import noise_texture
from envs.field.sky import CLEAR_M, hill_outlines
from envs.field.trees import grove

EXPOSURE, EXPOSURE_SPREAD = 0.45, 0.12  # mean brightness that it exposes to; of its logarithm, from flight to flight
LIGHT = (0.7, 1.1)  # of the ground, under clouds and in the sun; estimated

Picture = NDArray[np.float32]


class Sky(NamedTuple):
    """What changes from flight to flight: how the camera sits, and the light.

    `turned` (3,): rad about body x, y, z (x forward, y left, z up); `exposure`, `light` as in picture.py.
    """

    turned: Array
    exposure: float
    light: float

    @staticmethod
    def fair() -> Sky:
        """Mounted right, in fair light."""
        return Sky(np.zeros(3), EXPOSURE, 1.0)

    @staticmethod
    def drawn(camera: NoseCamera, rng: np.random.Generator) -> Sky:
        """Of one flight."""
        turned = math.radians(camera.mounting_deg) * rng.standard_normal(3)
        exposure = EXPOSURE * math.exp(EXPOSURE_SPREAD * float(rng.standard_normal()))
        return Sky(turned, exposure, float(rng.uniform(*LIGHT)))


class NoseEye:
    """Takes pictures with the camera of an aircraft."""

    def __init__(self, aircraft: Aircraft, runway: Runway, visibility_m: float = CLEAR_M) -> None:
        """Raises InputError for an aircraft without a camera."""
        if aircraft.camera is None:
            raise InputError(f"aircraft {aircraft.title!r} has no camera: its file needs a block 'camera'")
        self.camera, self.runway, self.visibility_m = aircraft.camera, runway, visibility_m
        self.size, self.span_m = aircraft.camera.pixels, aircraft.span_m
        self.as_drawn = _tilt(math.radians(aircraft.camera.tilt_deg))  # body to lens, before anybody screws it on
        self._lens = np.array(aircraft.camera.position_m) - np.array(aircraft.mass.center_of_gravity_m)
        self.focal = 0.5 * self.size / math.tan(0.5 * math.radians(aircraft.camera.field_of_view_deg))
        self._blur = 1e-3 * aircraft.camera.exposure_ms * self.focal  # pixels that it moves at 1 rad/s
        self._texture, self._hills = noise_texture(), hill_outlines()
        self._no_clouds = np.empty((0, 0), np.float32)  # a pixel is wider than they are: their mean is the sky's
        trees = grove(runway)
        self._trees = np.ascontiguousarray(np.column_stack([trees.places[:, :2], trees.heights]))
        self._strip = float(runway.length_m), float(runway.width_m), runway.surface == "asphalt"
        self._scene, self._normals = np.empty((self.size, self.size)), np.empty((self.size, self.size))
        self._air, self._axes = np.empty((4, self.size)), np.empty((3, 3))
        self.begin(Sky.fair())

    def begin(self, sky: Sky) -> None:
        """Before a flight under `sky`."""
        self.sky = sky
        self._mount = _turn(sky.turned) @ self.as_drawn

    def axes(self, body_to_world: Array) -> Array:
        """(3, 3): forward, right and up of the picture in the world, as it is mounted."""
        return picture_axes(body_to_world, self._mount)

    def lens_at(self, position: Array, body_to_world: Array) -> Array:
        """Where the lens is (3,) m in the world, of a centre of gravity at `position`."""
        return position + body_to_world @ self._lens

    def scene(self, position: Array, body_to_world: Array) -> Array:
        """Brightnesses (n, n) before the lens, of a centre of gravity at `position` (3,) m; no noise, not exposed."""
        take_picture(
            self._scene,
            self._air,
            self._axes,
            position,
            body_to_world,
            self._lens,
            self._mount,
            self.focal,
            self._texture,
            self._no_clouds,
            self._hills,
            self._trees,
            *self._strip,
            self.visibility_m,
            self.sky.light,
        )
        return self._scene

    def picture(self, position: Array, body_to_world: Array, rates_body: Array, rng: np.random.Generator) -> Picture:
        """What the camera gives (n, n), 0 to 1, rows from the top.

        `position` (3,) m of the centre of gravity in the world; `body_to_world` (3, 3) of axes x forward, y left, z up;
        `rates_body` (3,) rad/s about them: turning blurs the picture.
        """
        scene = self.scene(position, body_to_world)
        out = np.empty((self.size, self.size), np.float32)
        rng.standard_normal(out=self._normals)
        _, down, right = (self._blur * rates_body).tolist()
        develop(scene, out, right, -down, self.sky.exposure, self.camera.noise, self._normals)
        return out


def _tilt(angle: float) -> Array:
    """Turns the lens up by an angle (rad)."""
    c, s = math.cos(angle), math.sin(angle)
    return np.array([[c, 0.0, -s], [0.0, 1.0, 0.0], [s, 0.0, c]])


def _turn(angles: Array) -> Array:
    """Small turns (3,) rad about x, y, z, as a rotation."""
    size = float(np.linalg.norm(angles))
    if size < 1e-12:
        return np.eye(3)
    x, y, z = angles / size
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    return np.eye(3) + math.sin(size) * cross + (1.0 - math.cos(size)) * (cross @ cross)
