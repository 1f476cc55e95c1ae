"""Where the flights of the landing start."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from envs.aircraft.aircraft import Aircraft
from envs.base.units import GRAVITY
from envs.tasks.parts.task import Start
from envs.tasks.parts.touchdown import LONG_SPANS, SHORT_SPANS

AIM_SHARE = 0.2  # of the runway's length from its start to the aim point
GLIDE = math.tan(math.radians(5))
MIDDLE_SPANS = 0.5 * (SHORT_SPANS + LONG_SPANS)  # middle of the touchdown box, from the aim point
TURN_BANK = math.radians(25)  # of a comfortable turn from base leg onto final


def turn_radius(stall_speed: float) -> float:
    """Radius (m) of the comfortable turn at 1.35 Vs."""
    return (1.35 * stall_speed) ** 2 / (GRAVITY * math.tan(TURN_BANK))


@dataclass(frozen=True)
class LandingStarts:
    """Draws starts for an aircraft and an aim point (m along the runway); `options` as LandingTask names them."""

    aircraft: Aircraft
    aim_x_m: float
    options: dict[str, Any]

    def full(self, rng: np.random.Generator) -> Start:
        """On final or on base leg."""
        span, stall = self.aircraft.span_m, self.aircraft.stall_speed_mps
        if rng.uniform() >= self.options["base_share"]:
            distance = rng.uniform(20, 100) * span
            height = GLIDE * distance * rng.uniform(0.75, 1.25) + rng.uniform(-1, 1) * span
            return self._trimmed(rng, distance, rng.uniform(-1, 1) * (2 * span + 0.1 * distance), 0.0, height, GLIDE)
        radius = turn_radius(stall)
        final, side = rng.uniform(20, 60) * span, rng.choice((-1.0, 1.0))
        offset = radius * rng.uniform(1.1, 1.8)
        way = final + radius * (0.5 * math.pi - 1) + offset
        # From the left (y > 0) it flies to the right: heading +90 deg.
        return self._trimmed(
            rng, final + radius, side * offset, side * 0.5 * math.pi, GLIDE * way * rng.uniform(0.8, 1.2) + span, GLIDE
        )

    def late(self, rng: np.random.Generator) -> Start:
        """On the last 60 b before the middle of the touchdown box, most often in the last second or two."""
        span = self.aircraft.span_m
        left = 60 * span * rng.uniform() ** 3  # m to fly to the middle of the box
        flare = max(GLIDE * (left - MIDDLE_SPANS * span), 0.03 * left)
        start = self._trimmed(
            rng,
            left - MIDDLE_SPANS * span,
            rng.uniform(-1, 1) * (0.4 * span + 0.07 * left),
            0.0,
            0.05 + flare * rng.uniform(0.8, 1.2),
            min(GLIDE, flare / (left + span)),
        )
        near = max(0.0, 1.0 - left / (20 * span))  # slower, straighter and more level towards the touchdown
        return start._replace(
            speed_mps=start.speed_mps - near * 0.15 * self.aircraft.stall_speed_mps,
            roll=start.roll * (1 - 0.7 * near),
            heading=start.heading * (1 - 0.4 * near),
        )

    def touching(self, rng: np.random.Generator) -> Start:
        """About to touch down within silver, as landings in wind do: not quite straight, level and on the line."""
        span = self.aircraft.span_m
        return Start(
            x_m=self.aim_x_m + rng.uniform(SHORT_SPANS, LONG_SPANS) * span,
            y_m=rng.uniform(-0.8, 0.8) * span,
            height_m=rng.uniform(0.005, 0.05) * span,
            speed_mps=rng.uniform(1.02, 1.28) * self.aircraft.stall_speed_mps,
            heading=math.radians(rng.uniform(-1, 1) * self.options["roll_heading_deg"]),
            roll=math.radians(rng.uniform(-3, 3)),
            climb_mps=-rng.uniform(0.1, 0.8),
            throttle=rng.uniform(0.01, 0.2),
            through_air=True,
        )

    def rolling(self, rng: np.random.Generator) -> Start:
        """On the wheels at up to 1.1 Vs, after the touchdown."""
        span = self.aircraft.span_m
        return Start(
            x_m=self.aim_x_m + rng.uniform(0, 25) * span,
            y_m=rng.uniform(-0.5, 0.5) * span,
            speed_mps=rng.uniform(0.1, 1.1) * self.aircraft.stall_speed_mps,
            heading=math.radians(rng.uniform(-1, 1) * self.options["roll_heading_deg"]),
        )

    def _trimmed(
        self, rng: np.random.Generator, before_aim: float, y: float, heading: float, height: float, slope: float
    ) -> Start:
        low, high = self.options["start_speed_low"], self.options["start_speed_high"]
        speed = rng.uniform(low, high) * self.aircraft.stall_speed_mps
        return Start(
            x_m=self.aim_x_m - before_aim,
            y_m=y,
            height_m=max(0.05, height),
            speed_mps=speed,
            heading=heading + math.radians(rng.uniform(-1, 1) * self.options["start_heading_deg"]),
            roll=math.radians(rng.uniform(-5, 5)),
            climb_mps=-slope * speed,
            through_air=True,
        )
