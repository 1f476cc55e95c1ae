"""Weather levels: what a flight's wind is drawn from."""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np
from pydantic import Field, model_validator

from envs.base.config_file import Strict, named_file, read_yaml, validate
from envs.field.sky import CLEAR_M
from envs.physics.kernels.records import MAX_GUSTS

Share = Annotated[float, Field(ge=0, le=3)]
GustLength = Annotated[float, Field(gt=0, le=60)]


class Weather(Strict):
    """One level; speeds as fractions of the aircraft's stall speed, at 20 ft (6.1 m) above the ground."""

    cross: Share = Field(default=0.0, description="crosswind at most, either side [Vs]")
    cross_least: Share = Field(default=0.0, description="crosswind at least, either side [Vs]")
    head: Share = Field(default=0.0, description="headwind at most [Vs]")
    tail: Share = Field(default=0.0, description="tailwind at most [Vs]")
    turbulence: Share = Field(default=0.0, description="wind at 20 ft that sets the Dryden turbulence, W20 [Vs]")
    gusts_per_minute: float = Field(default=0.0, ge=0, le=60, description="1-cosine gusts, in any direction [1/min]")
    gust_size: Share = Field(default=0.0, description="their peak at most [Vs]")
    gust_length_s: tuple[GustLength, GustLength] = Field(
        default=(0.5, 2.5), description="of a gust from still to still, shortest and longest"
    )
    visibility_m: float = Field(
        default=CLEAR_M,
        ge=5,
        le=100_000,
        description="meteorological optical range, at which a camera sees 5 % of the contrast; below 20 m it is the "
        "thickest class of fog that the Met Office knows (X) [m]",
    )
    roughness_m: float = Field(
        default=0.02, ge=1e-6, le=1, description="of the ground, for the log profile: grass 0.02"
    )

    @model_validator(mode="after")
    def _least_is_not_most(self) -> Weather:
        if self.cross_least > self.cross:
            raise ValueError(f"cross_least {self.cross_least} is more than cross {self.cross}")
        if self.gust_length_s[0] > self.gust_length_s[1]:
            shortest, longest = self.gust_length_s
            raise ValueError(f"gust_length_s: the shortest, {shortest:g}, is more than the longest, {longest:g}")
        return self


def load_weather(name: str) -> Weather:
    """The weather of a name in configs/weather or of a path to a YAML file. Raises InputError."""
    path = named_file("weather", name)
    return validate(Weather, read_yaml(path), str(path))


def draw_weather(
    weather: Weather, state: np.ndarray, stall_speed: float, duration_s: float, rng: np.random.Generator
) -> None:
    """Draw one flight's wind and gusts into the physics STATE; the turbulence filters start stationary."""
    s = state[0]
    along = rng.uniform(-weather.head, weather.tail) * stall_speed  # world x: a headwind blows towards -x
    drawn = rng.uniform(-weather.cross, weather.cross)
    if weather.cross_least > 0:
        drawn = math.copysign(weather.cross_least + (1 - weather.cross_least / weather.cross) * abs(drawn), drawn)
    across = drawn * stall_speed
    s["wind_reference"] = (along, across, 0.0)
    s["wind_roughness"] = weather.roughness_m
    s["turbulence"] = weather.turbulence * stall_speed
    n = rng.standard_normal(8)
    two_stage = math.sqrt(0.5) * n[0], 0.25 / math.sqrt(0.5) * n[0] + math.sqrt(0.125) * n[1]
    other = math.sqrt(0.5) * n[2], 0.25 / math.sqrt(0.5) * n[2] + math.sqrt(0.125) * n[3]
    s["gust_filter"] = (n[4], *two_stage, *other, n[5], 0.0, 0.0)
    if weather.gusts_per_minute == 0:
        return
    count = min(MAX_GUSTS, int(rng.poisson(weather.gusts_per_minute * duration_s / 60)))
    s["gust_events"] = count
    starts, lengths, peaks = s["gust_start"], s["gust_length"], s["gust_peak"]
    shortest, longest = weather.gust_length_s
    # One row a gust: heading, size, rise (it blows mostly along the ground), start, length.
    for k, (heading, size, rise, begin, length) in enumerate(rng.random((count, 5)).tolist()):
        heading, rise = 2 * math.pi * heading, rise - 0.5
        peak, level = weather.gust_size * size * stall_speed, math.sqrt(1 - rise**2)
        starts[k], lengths[k] = duration_s * begin, shortest + (longest - shortest) * length
        peaks[k] = peak * (math.cos(heading) * level), peak * (math.sin(heading) * level), peak * rise
