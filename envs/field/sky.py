"""Sky, clouds, hills and the edge of the wood, in a direction."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from envs.field.noise import noise_at
from envs.field.pixel_kernel import pixel_part

# pyright: reportMissingParameterType=false

SUN = np.array([-0.42, -0.62, 0.66]) / np.linalg.norm([-0.42, -0.62, 0.66])  # behind the tower's shoulder
HAZE = np.array([0.77, 0.84, 0.90])
CLEAR_M = 20_000.0  # visibility of a clear day; what is seen farther than that is drawn without fog
CONTRAST_LEFT = math.log(20.0)
"""At the visibility, as the meteorological optical range, 5 % of the contrast is left [WMO-No. 8, CIE 17]."""
FOG = 0.78  # brightness of fog, as of the horizon's haze
SKY_M, FOG_DEEP_M = 3000.0, 150.0  # so far away is the sky at the horizon, and so deep a fog lies overhead; estimated
HILL_STEPS = 2048  # azimuth steps of the hills' outline
FAR_HILLS, NEAR_HILLS, WOOD = 0, 1, 2


def hill_outlines(seed: int = 3) -> NDArray[np.float32]:
    """Tangent of the elevation over azimuth, (3, HILL_STEPS), of FAR_HILLS, NEAR_HILLS and the edge of the WOOD."""
    rng = np.random.default_rng(seed)
    azimuth = np.linspace(0.0, 2 * math.pi, HILL_STEPS, endpoint=False)
    outlines = []
    for base, swing, waves in (
        (0.046, 0.026, range(2, 18)),
        (0.022, 0.013, range(3, 30)),
        (0.0085, 0.0055, range(20, 420, 3)),
    ):
        curve = sum(np.cos(n * azimuth + rng.uniform(0, 2 * math.pi)) * rng.normal() / n**0.75 for n in waves)
        outlines.append(np.maximum(base + swing * curve / np.std(curve), 0.0))
    return np.array(outlines, np.float32)


@pixel_part
def sky_colour(dx, dy, dz, pixel, hills, texture, sun, haze, eye_x, eye_y):
    """Red, green, blue in a direction (dx, dy, dz) at or above the horizon, of a pixel of `pixel` rad.

    `hills`: of hill_outlines; `texture`: of envs.field.noise, or empty: no clouds, and hills of one colour each;
    `eye_x`, `eye_y` m: clouds pass overhead.
    """
    textured = texture.shape[0] > 0
    level = math.sqrt(dx * dx + dy * dy) + 1e-9
    slope = dz / level
    length = math.sqrt(level * level + dz * dz)
    rise = dz / length
    # blue above, pale at the horizon, warmer towards the sun
    pale = math.exp(-4.2 * max(rise, 0.0))
    facing = max(0.0, (dx * sun[0] + dy * sun[1] + dz * sun[2]) / length)
    glow = 0.16 * facing**6 + 0.5 * facing**80
    red = 0.25 + pale * (haze[0] + 0.04 - 0.25) + glow
    green = 0.50 + pale * (haze[1] + 0.03 - 0.50) + 0.93 * glow
    blue = 0.83 + pale * (haze[2] + 0.03 - 0.83) + 0.7 * glow
    if slope > 0.03 and textured:
        # fair-weather clouds on a layer 900 m up
        cloud_x, cloud_y = (eye_x + 900.0 * dx / dz) * 0.008, (eye_y + 900.0 * dy / dz) * 0.012
        billow = noise_at(texture, cloud_x, cloud_y) + 0.4 * noise_at(texture, 4.1 * cloud_x, 4.1 * cloud_y)
        cover = min(1.0, max(0.0, (billow - 0.22) / 0.85)) * min(1.0, (slope - 0.03) / 0.10)
        cover = 0.85 * cover * cover * (3.0 - 2.0 * cover)
        red, green, blue = (
            red + cover * (0.985 - red),
            green + cover * (0.985 - green),
            blue + cover * (0.99 - blue),
        )
    if slope < 0.16:
        place = (math.atan2(dy, dx) / (2.0 * math.pi) + 1.0) * HILL_STEPS
        whole = int(place)
        part, one, two = place - whole, whole % HILL_STEPS, (whole + 1) % HILL_STEPS
        for layer in range(3):
            top = hills[layer, one] * (1.0 - part) + hills[layer, two] * part
            cover = min(1.0, max(0.0, (top - slope) / pixel + 0.5))
            if cover > 0.0:
                mottle = noise_at(texture, place * (0.5 + 0.6 * layer), slope * 900.0) if textured else 0.0
                foot = max(0.0, 1.0 - slope / max(top, 1e-4))  # mist gathers at the foot
                if layer == FAR_HILLS:
                    to_red, to_green, to_blue = 0.53 + 0.13 * foot, 0.635 + 0.11 * foot, 0.735 + 0.08 * foot
                elif layer == NEAR_HILLS:
                    to_red, to_green, to_blue = 0.45 + 0.04 * mottle, 0.555 + 0.04 * mottle, 0.50 + 0.03 * mottle
                else:
                    to_red, to_green, to_blue = 0.28 + 0.05 * mottle, 0.385 + 0.05 * mottle, 0.285 + 0.03 * mottle
                red, green, blue = (
                    red + cover * (to_red - red),
                    green + cover * (to_green - green),
                    blue + cover * (to_blue - blue),
                )
    return red, green, blue
