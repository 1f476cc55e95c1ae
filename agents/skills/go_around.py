"""When a landing is given up: on the approach, and at a touchdown that would not count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from envs.aircraft.aircraft import Aircraft
from envs.observation import ROWS
from envs.tasks.landing import AIM_SHARE
from envs.tasks.parts.landing_starts import GRAVITY

RULE_ROWS = (
    "airspeed",
    "height",
    "climb_rate",
    "cross_track",
    "along_track_near",
    "course_sine",
    "roll",
    "wheels_on_ground",
    "along_speed",
)
ROLL_DECELERATION = 0.11  # g; on grass learned roll-outs stop within v^2 / 0.22 g + 10 b, in 2 m/s of tailwind too


class Approach(NamedTuple):
    """What the rule goes by, (n,) each: Vs, m, m/s, b off the centreline and past the aim point, rad, wheels, Vs."""

    airspeed: NDArray[np.float64]
    height: NDArray[np.float64]
    climb: NDArray[np.float64]
    across: NDArray[np.float64]
    along: NDArray[np.float64]
    sine_of_heading: NDArray[np.float64]
    roll: NDArray[np.float64]
    wheels: NDArray[np.float64]
    ground_speed: NDArray[np.float64]

    @staticmethod
    def read(batch: NDArray[np.float32], names: Sequence[str]) -> Approach:
        """From observations (n, k) with rows `names`."""
        readings = batch.astype(np.float64)
        return Approach(*(readings[:, names.index(row)] * ROWS[row].scale + ROWS[row].offset for row in RULE_ROWS))


@dataclass(frozen=True)
class GoAround:
    """The rule, on what the sensors say. Vs: stall speed, b: span.

    An approach is given up near the ground, wheels off, far off the centreline, far too slow, or too long. A touchdown
    is given up (balked) when the figures of its first contact are so near the limits of the yardsticks, or beyond, that
    it would hardly count: the same limits less the sensors' errors; and when it would not stop on the runway.
    """

    stall_roll_spans: float = 0.0  # way of a roll-out from Vs over the ground; 0: it stops anywhere

    below_m: float = 3.0  # height under which an approach is judged
    before_spans: float = 40.0  # from this far before the aim point on
    most_across_spans: float = 1.5  # there, and `across_per_way` of the way left more before it
    across_per_way: float = 0.08
    slowest_vs: float = 0.95
    flare_m: float = 0.6  # height under which it may be slower
    longest_spans: float = 11.0  # beyond the aim point and still above `landed_m`: the touchdown would be long
    landed_m: float = 0.3

    most_balked: int = 2  # after so many go-arounds a touchdown has to do: the flight's time is over
    touch_across_spans: float = 0.95
    touch_short_spans: float = -4.8
    touch_long_spans: float = 11.8
    touch_slowest_vs: float = 1.05  # twice the reading's error at the contact, 0.026 Vs in gusty wind
    touch_fastest_vs: float = 1.25
    touch_sink_mps: float = 0.95
    touch_bank: float = 0.08  # rad; 5 deg are 0.087
    touch_heading: float = 0.165  # rad; 10 deg are 0.175
    roll_margin_spans: float = 10.0
    runway_spans: float = 100 * (1 - AIM_SHARE)  # from the aim point to the end

    @staticmethod
    def of(aircraft: Aircraft) -> GoAround:
        """The rule for an aircraft: only its way to standstill is its own."""
        return GoAround(aircraft.stall_speed_mps**2 / (2 * ROLL_DECELERATION * GRAVITY * aircraft.span_m))

    def gives_up(self, now: Approach) -> NDArray[np.bool_]:
        """(n,) whether each approach is beyond mending."""
        low = (now.height < self.below_m) & (now.wheels < 0.5) & (now.along > -self.before_spans)
        most_across = self.most_across_spans + self.across_per_way * np.maximum(0.0, -now.along)
        slow = (now.airspeed < self.slowest_vs) & (now.height > self.flare_m)
        astray = (np.abs(now.across) > most_across) | slow
        long = (now.along > self.longest_spans) & (now.height > self.landed_m)
        return low & (astray | long)

    def balks(self, now: Approach, climb_before: NDArray[np.float64]) -> NDArray[np.bool_]:
        """(n,) whether each touchdown, first contact now, would hardly count; `climb_before`: m/s, just before it."""
        stop = now.along + self.stall_roll_spans * now.ground_speed**2 + self.roll_margin_spans
        return (
            (np.abs(now.across) > self.touch_across_spans)
            | (now.along < self.touch_short_spans)
            | (now.along > self.touch_long_spans)
            | (now.airspeed < self.touch_slowest_vs)
            | (now.airspeed > self.touch_fastest_vs)
            | (climb_before < -self.touch_sink_mps)
            | (np.abs(now.roll) > self.touch_bank)
            | (np.abs(now.sine_of_heading) > self.touch_heading)
            | (stop > self.runway_spans)
        )
