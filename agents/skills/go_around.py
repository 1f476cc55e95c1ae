"""When a landing is given up: on the approach, and at a touchdown that would not count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.skills.air_data import Air
from envs.aircraft.aircraft import Aircraft
from envs.base.runway import LENGTH_SPANS
from envs.base.units import GRAVITY
from envs.observation import READINGS
from envs.tasks.landing import AIM_SHARE
from envs.tasks.parts.landing_rules import DecisionHeight, landing_rules

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
EYE_ROW = "runway_in_sight"
RULES = landing_rules()
SILVER, APPROACH, BALK, DECISION = RULES.silver, RULES.learned.approach, RULES.learned.balk, RULES.decision.by_sight


class Approach(NamedTuple):
    """What the rule goes by, (n,) each: Vs, m, m/s, b off the centreline and past the aim point, rad, wheels, Vs.

    `in_sight`: 0 to 1, of the runway.
    """

    airspeed: NDArray[np.float64]
    height: NDArray[np.float64]
    climb: NDArray[np.float64]
    across: NDArray[np.float64]
    along: NDArray[np.float64]
    sine_of_heading: NDArray[np.float64]
    roll: NDArray[np.float64]
    wheels: NDArray[np.float64]
    ground_speed: NDArray[np.float64]
    in_sight: NDArray[np.float64]

    @staticmethod
    def read(batch: NDArray[np.float32], names: Sequence[str]) -> Approach:
        """From observations (n, k) with rows `names`; who has no eye is taken to see, for it flies without."""
        readings = batch.astype(np.float64)
        columns = [readings[:, names.index(row)] * READINGS[row].scale + READINGS[row].offset for row in RULE_ROWS]
        columns.append(readings[:, names.index(EYE_ROW)] if EYE_ROW in names else np.ones(len(batch)))
        return Approach(*columns)


@dataclass(frozen=True)
class GoAround:
    """The rule of configs/rules/landing.yaml, on what the sensors say. Vs: stall speed, b: span.

    An approach is given up near the ground, wheels off, far off the centreline, far too slow, or too long; and at the
    decision height without the runway in sight, where the aircraft has a camera to see it by. A touchdown
    is given up (balked) when the figures of its first contact are so near the limits of YARDSTICKS.md, or beyond, that
    it would hardly count: the same limits less the sensors' errors; and when it would not stop on the runway.
    """

    stall_roll_spans: float = 0.0  # way of a roll-out from Vs over the ground; 0: it stops anywhere
    span_m: float = 1.0

    below_m: float = APPROACH.below_m
    before_spans: float = APPROACH.before_spans
    most_across_spans: float = APPROACH.across_spans
    across_per_way: float = APPROACH.across_per_way
    slowest_vs: float = APPROACH.slowest_vs
    flare_m: float = APPROACH.flare_m
    longest_spans: float = APPROACH.longest_spans
    landed_m: float = APPROACH.landed_m
    decision_spans: float = DECISION.height_spans  # 0: it lands blind, too
    decided_spans: float = DECISION.decided_spans
    least_in_sight: float = DECISION.least

    most_balked: int = RULES.learned.most_go_arounds
    touch_across_spans: float = SILVER.across_spans - BALK.across_margin_spans
    touch_short_spans: float = SILVER.short_spans + BALK.along_margin_spans
    touch_long_spans: float = SILVER.long_spans - BALK.along_margin_spans
    touch_slowest_vs: float = SILVER.slowest_vs + BALK.slow_margin_vs
    touch_fastest_vs: float = SILVER.fastest_vs - BALK.fast_margin_vs
    touch_sink_mps: float = SILVER.sink_mps - BALK.sink_margin_mps
    touch_bank: float = BALK.bank_rad
    touch_heading: float = BALK.heading_sine
    roll_margin_spans: float = BALK.roll_margin_spans
    runway_spans: float = LENGTH_SPANS * (1 - AIM_SHARE)  # from the aim point to the end

    @staticmethod
    def of(aircraft: Aircraft) -> GoAround:
        """The rule for an aircraft: only its way to standstill and its size are its own."""
        stall_roll = aircraft.stall_speed_mps**2 / (2 * BALK.deceleration_g * GRAVITY * aircraft.span_m)
        return GoAround(stall_roll, aircraft.span_m)

    def looking_out(self, decision: DecisionHeight) -> GoAround:
        """The same rule with another decision height."""
        spans, decided = decision.height_spans, decision.decided_spans
        return replace(self, decision_spans=spans, decided_spans=decided, least_in_sight=decision.least)

    @property
    def rows(self) -> tuple[str, ...]:
        """Of an observation, those that it goes by."""
        return RULE_ROWS

    def follow(
        self, batch: NDArray[np.float32], names: Sequence[str], before: Air | None, starts: NDArray[np.bool_]
    ) -> Air | None:
        """What tells the airspeed of n flights, from their observations (n, k); None: the rule takes it as it reads.

        `before`: the same a control step ago; `starts`: (n,) which flights begin.
        """
        return None

    def gives_up(self, now: Approach, tried: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """(n,) whether each approach is beyond mending.

        `tried`: whether it has touched, or gone round as often as it may; only who decides by value (going_on.py) asks.
        """
        low = (now.height < self.below_m) & (now.wheels < 0.5) & (now.along > -self.before_spans)
        most_across = self.most_across_spans + self.across_per_way * np.maximum(0.0, -now.along)
        slow = (now.airspeed < self.slowest_vs) & (now.height > self.flare_m)
        astray = (np.abs(now.across) > most_across) | slow
        long = (now.along > self.longest_spans) & (now.height > self.landed_m)
        return (low & (astray | long)) | self.is_blind(now)

    def is_blind(self, now: Approach) -> NDArray[np.bool_]:
        """(n,) whether each is at the decision height, on its approach, and does not see the runway."""
        spans = now.height / self.span_m
        deciding = (spans < self.decision_spans) & (spans > self.decided_spans) & (now.along < 0.0)
        return deciding & (now.in_sight < self.least_in_sight)

    def balks(
        self,
        now: Approach,
        climb_before: NDArray[np.float64],
        then_lands: NDArray[np.bool_],
        heard: NDArray[np.float64] | None,
    ) -> NDArray[np.bool_]:
        """(n,) whether each touchdown, first contact now, would hardly count; `climb_before`: m/s, just before it.

        `then_lands`: the next attempt must land; `heard`: `follow`'s features; only who decides by value asks.
        """
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
