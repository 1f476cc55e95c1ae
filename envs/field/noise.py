"""Smooth noise from a texture, for grass, fields, clouds and hills."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from envs.field.pixel_kernel import pixel_part

# pyright: reportMissingParameterType=false

TEXELS = 256  # side of the noise texture


def noise_texture(seed: int = 5) -> NDArray[np.float32]:
    """Smooth noise that repeats without a seam, (TEXELS, TEXELS), mean 0, about -1..1."""
    rng = np.random.default_rng(seed)
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(TEXELS), np.fft.fftfreq(TEXELS))) * TEXELS
    spectrum = np.fft.fft2(rng.standard_normal((TEXELS, TEXELS)))
    spectrum *= np.where(frequency > 2, 1.0 / np.maximum(frequency, 1.0) ** 0.85, 0.0) * (frequency < 90)
    texture = np.real(np.fft.ifft2(spectrum))
    return (texture / (2.2 * texture.std())).astype(np.float32)


@pixel_part
def noise_at(texture, x, y):
    """The texture at continuous texel coordinates, bilinear."""
    column, row = math.floor(x), math.floor(y)
    fx, fy = x - column, y - row
    j, i = int(column) & 255, int(row) & 255
    j1, i1 = (j + 1) & 255, (i + 1) & 255
    return (texture[i, j] * (1 - fx) + texture[i, j1] * fx) * (1 - fy) + (
        texture[i1, j] * (1 - fx) + texture[i1, j1] * fx
    ) * fy
