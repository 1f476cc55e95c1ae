"""The part of a landing on the ground: contact, bounces, go-arounds and standstill, judged on the truth.

Its numbers are those of configs/rules/landing.yaml.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from envs.aircraft.aircraft import Aircraft
from envs.base.breach import Breach
from envs.base.quantities import Quantities
from envs.tasks.parts.landing_rules import landing_rules

RULES = landing_rules()
SILVER, GOLD, JUDGE = RULES.silver, RULES.gold, RULES.judge
SHORT_SPANS, LONG_SPANS = SILVER.short_spans, SILVER.long_spans
"""Ends of the touchdown box along the runway, from the aim point (b)."""


@dataclass
class Touchdown:
    """First contact of an attempt and the bounces after it.

    x along the runway from the aim point, y off the centreline (left +); bank and heading (rad): to the right +.
    `time_s` and `bounced_s`: when it touched first, and after its highest bounce.
    """

    x_m: float
    y_m: float
    sink_mps: float
    bank: float
    heading: float
    airspeed_mps: float
    ground_x_m: float  # along the runway
    ground_speed_mps: float
    bounces: int = 0
    bounce_height_m: float = 0.0
    time_s: float = 0.0
    bounced_s: float = 0.0


def wing_area(aircraft: Aircraft) -> float:
    """Wing area (m2): as published, else of the widest surface, from its sections."""
    if aircraft.derivatives:
        return aircraft.derivatives.area_m2
    wing = max((s for s in aircraft.surfaces if s.mirrored), key=lambda s: s.sections[-1].leading_edge_m[1])
    return 2 * sum(
        (b.leading_edge_m[1] - a.leading_edge_m[1]) * (a.chord_m + b.chord_m) / 2
        for a, b in zip(wing.sections, wing.sections[1:], strict=False)
    )


def structural_sink(aircraft: Aircraft) -> float:
    """Sink (m/s) that a landing gear must bear: 4.4 (W/S)^(1/4) ft/s with W/S in lb/ft2 (14 CFR 23.473)."""
    pounds_per_square_foot = aircraft.mass.mass_kg / wing_area(aircraft) / 4.88243
    return 4.4 * pounds_per_square_foot**0.25 * 0.3048


class GroundJudge:
    """Follows one flight from the air to standstill; `step` a moment, then read the fields.

    `touchdown`: of the present attempt, None before contact; `go_arounds`: attempts given up; `standing`: it has
    stood still for 0.5 s; `new_contact`: this moment wheels met the ground; `sink_mps`: how fast then.
    """

    def __init__(self, aim_x_m: float, span_m: float, step_s: float) -> None:
        self._aim_x, self._span, self._step_s = aim_x_m, span_m, step_s
        self.touchdown: Touchdown | None = None
        self.go_arounds = 0
        self.new_contact = self.standing = False
        self.sink_mps = 0.0
        self._low = False
        self._hop = self._still_s = 0.0

    def roll(self, y_m: float, airspeed_mps: float) -> None:
        """The flight starts rolling, after a touchdown without fault in the middle of the box."""
        middle = SILVER.middle_spans * self._span
        self.touchdown = Touchdown(middle, y_m, 0.0, 0.0, 0.0, airspeed_mps, middle + self._aim_x, airspeed_mps)

    def step(self, before: Quantities, now: Quantities) -> None:
        """Take in one control step. What strikes the ground first is judged as a touchdown, too."""
        touching = now.wheels_on_ground > 0 or now.strike > 0
        self.new_contact = touching and before.wheels_on_ground == 0
        if touching:
            if self.new_contact:
                # Of the moment before: the contact itself already takes the sink away.
                self.sink_mps = -before.vz
                self._contact(now)
            speed = math.hypot(now.vx, now.vy)
            self._still_s = self._still_s + self._step_s if speed < JUDGE.standstill_mps else 0.0
            self.standing = self._still_s >= JUDGE.standstill_s
            return
        self._still_s, self._hop = 0.0, max(self._hop, now.height)
        self._low = self._low or now.height < JUDGE.low_pass_m
        if self._low and now.height > JUDGE.climb_away_m:
            self.go_arounds += 1
            self._low, self.touchdown = False, None

    def _contact(self, now: Quantities) -> None:
        touchdown = self.touchdown
        if touchdown is None:
            self.touchdown = Touchdown(
                now.x - self._aim_x,
                now.y,
                self.sink_mps,
                now.roll,
                now.heading,
                now.airspeed,
                now.x,
                max(1.0, math.hypot(now.vx, now.vy)),
                time_s=now.time,
            )
        elif self._hop > JUDGE.hop_m:
            touchdown.bounces += 1
            if self._hop > touchdown.bounce_height_m or touchdown.bounce_height_m <= SILVER.bounce_height_m:
                touchdown.bounced_s = now.time
            touchdown.bounce_height_m = max(touchdown.bounce_height_m, self._hop)
        self._hop, self._low = 0.0, True


def flew_past(now: Quantities, aim_x_m: float, span_m: float) -> bool:
    """Whether an aircraft is past the touchdown box and too high: it has gone around. Aim point: world x (m)."""
    return now.x > aim_x_m + SILVER.long_spans * span_m and now.height > JUDGE.climb_away_m


def first_violation(touchdown: Touchdown, span: float, stall: float) -> str:
    """The first thing that silver does not allow of a touchdown, one word; "" when it counts.

    Args: span of the aircraft (m), its stall speed (m/s).
    """
    checks = (
        ("short", touchdown.x_m < SHORT_SPANS * span),
        ("long", touchdown.x_m > LONG_SPANS * span),
        ("wide", abs(touchdown.y_m) > SILVER.across_spans * span),
        ("hard", touchdown.sink_mps > SILVER.sink_mps),
        ("banked", abs(touchdown.bank) > SILVER.bank),
        ("crabbed", abs(touchdown.heading) > SILVER.heading),
        ("slow", touchdown.airspeed_mps < SILVER.slowest_vs * stall),
        ("fast", touchdown.airspeed_mps > SILVER.fastest_vs * stall),
        ("bounced", touchdown.bounces > SILVER.bounces or touchdown.bounce_height_m > SILVER.bounce_height_m),
    )
    return next((word for word, wrong in checks if wrong), "")


def breach_of(word: str, touchdown: Touchdown, span: float, stall: float) -> Breach | None:
    """What silver does not allow of a touchdown, in numbers, by its word in `first_violation`; None of other words.

    Args: span of the aircraft (m), its stall speed (m/s).
    """
    at, silver, speed = touchdown.time_s, SILVER, touchdown.airspeed_mps
    match word:
        case "short":
            return Breach.over(
                "touchdown before the aim point", at, -touchdown.x_m, -SHORT_SPANS * span, "m", f"{-SHORT_SPANS:g} b"
            )
        case "long":
            return Breach.over(
                "touchdown beyond the aim point", at, touchdown.x_m, LONG_SPANS * span, "m", f"{LONG_SPANS:g} b"
            )
        case "wide":
            most = silver.across_spans
            return Breach.aside("touchdown off the centreline", at, touchdown.y_m, most * span, "m", f"{most:g} b")
        case "hard":
            return Breach.over("sink at touchdown", at, touchdown.sink_mps, silver.sink_mps, "m/s")
        case "banked":
            return Breach.aside("bank at touchdown", at, -math.degrees(touchdown.bank), silver.bank_deg, "deg")
        case "crabbed":
            nose = -math.degrees(touchdown.heading)
            return Breach.aside("nose off the runway at touchdown", at, nose, silver.heading_deg, "deg")
        case "slow":
            least = silver.slowest_vs
            return Breach.under("airspeed at touchdown", at, speed, least * stall, "m/s", f"{least:g} Vs")
        case "fast":
            most = silver.fastest_vs
            return Breach.over("airspeed at touchdown", at, speed, most * stall, "m/s", f"{most:g} Vs")
        case "bounced" if touchdown.bounce_height_m > silver.bounce_height_m:
            high = touchdown.bounce_height_m
            return Breach.over("height of a bounce", touchdown.bounced_s, high, silver.bounce_height_m, "m")
        case "bounced":
            return Breach.over("bounces", touchdown.bounced_s, touchdown.bounces, silver.bounces, "")
        case _:
            return None


def is_gold(touchdown: Touchdown, span: float, stall: float) -> bool:
    """Whether one touchdown is gold. Args: span of the aircraft (m), its stall speed (m/s)."""
    middle = SILVER.middle_spans * span
    return (
        abs(touchdown.x_m - middle) <= GOLD.along_spans * span
        and abs(touchdown.y_m) <= GOLD.across_spans * span
        and touchdown.sink_mps <= GOLD.sink_mps
        and abs(touchdown.bank) <= GOLD.bank
        and abs(touchdown.heading) <= GOLD.heading
        and GOLD.slowest_vs * stall <= touchdown.airspeed_mps <= GOLD.fastest_vs * stall
        and touchdown.bounces <= GOLD.bounces
    )


def touchdown_penalty(touchdown: Touchdown, span: float, stall: float) -> float:
    """How far a touchdown is from a perfect one: what shapes learning.

    Sum of its errors, each 1 where silver ends, squared up to there and linear beyond, so that a bad touchdown still
    tells in which direction to go; 2 more if it is not gold, 4 more if not silver; bent so that none exceeds 12.
    """
    parts = (
        (touchdown.x_m / span - SILVER.middle_spans) / SILVER.half_length_spans,
        touchdown.y_m / span / SILVER.across_spans,
        touchdown.sink_mps / SILVER.sink_mps,
        touchdown.bank / SILVER.bank,
        touchdown.heading / SILVER.heading,
        (touchdown.airspeed_mps / stall - SILVER.middle_speed_vs) / SILVER.half_speed_vs,
        touchdown.bounce_height_m / SILVER.bounce_height_m,
    )
    steps = 4.0 * bool(first_violation(touchdown, span, stall)) + 2.0 * (not is_gold(touchdown, span, stall))
    total = steps + sum(part * part if abs(part) < 1 else 2 * abs(part) - 1 for part in parts)
    return 12.0 * (1.0 - math.exp(-total / 12.0))
