"""A small grey camera in the nose: what an aircraft file may hold of it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from envs.base.config_file import Strict

Metres = Annotated[float, Field(ge=-10, le=10)]
LEAST_PIXELS, MOST_PIXELS = 4, 64


class NoseCamera(Strict):
    """It looks along the nose, tilted, and gives a square picture of brightnesses."""

    pixels: int = Field(
        default=20, ge=LEAST_PIXELS, le=MOST_PIXELS, description="a side of the square picture [pixels]"
    )
    field_of_view_deg: float = Field(ge=5, le=120, description="from edge to edge [deg]")
    tilt_deg: float = Field(default=0.0, ge=-90, le=45, description="above the nose, negative: looks down [deg]")
    position_m: tuple[Metres, Metres, Metres] = Field(
        description="of the lens in the drawing's axes: x forward, y left, z up [m]"
    )
    exposure_ms: float = Field(default=2.0, ge=0, le=50, description="for which it gathers light; blurs turns [ms]")
    noise: float = Field(
        default=0.01, ge=0, le=0.5, description="standard deviation of a pixel, of the brightest it can show [-]"
    )
    mounting_deg: float = Field(
        default=1.0, ge=0, le=20, description="standard deviation of how it is screwed on, about each axis [deg]"
    )
