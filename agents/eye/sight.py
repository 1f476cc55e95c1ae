"""Whether the runway is in sight, by geometry: labels that nobody has to set by hand."""

from __future__ import annotations

import math

import numpy as np

from envs.base.frames import Array
from envs.base.runway import Runway
from envs.camera.nose_eye import NoseEye
from envs.field.sky import CONTRAST_LEFT

CONTRAST = {"grass": 0.27, "asphalt": 0.13}
"""Of the runway, unpainted, against the mown field: (lighter - darker) / lighter of their colours in envs/field."""
SEEN_CONTRAST = 0.05
"""Contrast that an eye sees: that of the meteorological optical range [WMO-No. 8]."""
LOOKED_AT = 0.35
"""Share of the runway, from its threshold on, whose picture counts."""


def in_sight(eye: NoseEye, position: Array, body_to_world: Array) -> bool:
    """Whether the runway's threshold lies inside the picture and stands out in it.

    It stands out where the contrast of the first third of the runway, thinned by the air (Koschmieder) and by the share
    of a pixel that it fills, is one that an eye sees.

    Args:
        eye: the camera, as it is mounted in this flight.
        position: (3,) of the centre of gravity, m, in the world.
        body_to_world: (3, 3), axes x forward, y left, z up.
    """
    runway, half = eye.runway, 0.5 * eye.runway.width_m
    lens, axes = eye.lens_at(position, body_to_world), eye.axes(body_to_world)
    far_x = LOOKED_AT * runway.length_m
    corners = np.array([(0.0, -half, 0.0), (0.0, half, 0.0), (far_x, half, 0.0), (far_x, -half, 0.0)]) - lens
    depth = corners @ axes[0]
    if depth.min() < 0.5:
        return False
    pixels = eye.focal * np.stack([corners @ axes[1], corners @ axes[2]], axis=1) / depth[:, None]
    threshold = pixels[:2].mean(axis=0)
    if np.abs(threshold).max() > 0.5 * eye.size:
        return False
    distance = float(np.linalg.norm(corners[:2].mean(axis=0)))
    left = math.exp(-CONTRAST_LEFT * distance / eye.visibility_m)
    return _contrast(runway) * left * _filled(pixels) >= SEEN_CONTRAST


def _contrast(runway: Runway) -> float:
    return CONTRAST.get(runway.surface, min(CONTRAST.values()))


def _filled(pixels: Array) -> float:
    """Share of a pixel that a piece of ground fills where it fills most of one: (4, 2) corners in pixels."""
    x, y = pixels.T
    area = 0.5 * abs(float(x @ np.roll(y, 1) - y @ np.roll(x, 1)))
    return min(1.0, area)
