"""Where the flights round the circuit start."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from envs.aircraft.aircraft import Aircraft
from envs.tasks.parts.pattern_shape import LegFrame, PatternShape, Straight
from envs.tasks.parts.task import Start

CLIMB_OUT_SPANS = (20.0, 110.0)  # where a take-off ends, along the runway from its start
GIVE_UP_SPANS = (-40.0, 30.0)  # where a landing is given up, from the aim point
LEAST_HEIGHT_M = 5.0  # of a start near a leg


@dataclass(frozen=True)
class PatternStarts:
    """Draws starts for an aircraft: in trim or climbing at some throttle, carried by the wind."""

    aircraft: Aircraft

    def climbing(self, rng: np.random.Generator) -> Start:
        """As a take-off ends."""
        x = rng.uniform(*CLIMB_OUT_SPANS) * self.aircraft.span_m
        height, speed = rng.uniform(15.0, 22.0), rng.uniform(1.3, 2.0) * self.aircraft.stall_speed_mps
        return Start(
            x_m=x,
            y_m=rng.uniform(-2, 2) * self.aircraft.span_m,
            height_m=height,
            speed_mps=speed,
            heading=math.radians(rng.uniform(-12, 12)),
            roll=math.radians(rng.uniform(-10, 10)),
            climb_mps=speed * math.sin(math.radians(rng.uniform(-2, 20))),
            throttle=rng.uniform(0.7, 1.0),
            through_air=True,
        )

    def giving_up(self, rng: np.random.Generator, aim_x_m: float) -> Start:
        """As an approach ends that is given up: sinking or already climbing, banked, across, throttle anywhere."""
        x = aim_x_m + rng.uniform(*GIVE_UP_SPANS) * self.aircraft.span_m
        height, speed = rng.uniform(1.0, 10.0), rng.uniform(1.05, 1.4) * self.aircraft.stall_speed_mps
        sink = speed * rng.uniform(-0.15, 0.25) * min(1.0, height / 4)
        return Start(
            x_m=x,
            y_m=rng.uniform(-4, 4) * self.aircraft.span_m,
            height_m=height,
            speed_mps=speed,
            heading=math.radians(rng.uniform(-35, 35)),
            roll=math.radians(rng.uniform(-25, 25)),
            climb_mps=-sink,
            throttle=rng.uniform(0.0, 1.0),
            through_air=True,
        )

    def near(self, rng: np.random.Generator, shape: PatternShape, straight: Straight) -> Start:
        """On the first 70 % of a straight, up to 10 b and a quarter of the height off it."""
        leg, speed = straight.leg, rng.uniform(1.2, 1.6) * self.aircraft.stall_speed_mps
        along = straight.start_m + rng.uniform(0.0, 0.7) * (straight.end_m - straight.start_m)
        across = rng.uniform(-10, 10) * shape.span_m
        height = max(LEAST_HEIGHT_M, (leg.height_m + leg.slope * along) * rng.uniform(0.75, 1.25))
        x, y = LegFrame(leg).point(along, across)
        return Start(
            x_m=x,
            y_m=y,
            height_m=height,
            speed_mps=speed,
            heading=leg.course + math.radians(rng.uniform(-30, 30)),
            roll=math.radians(rng.uniform(-25, 25)),
            climb_mps=rng.uniform(-0.1, 0.1) * speed,
            through_air=True,
        )
