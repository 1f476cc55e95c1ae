"""The part of a landing on the ground: contact, bounces, go-arounds and standstill, judged on the truth."""

from __future__ import annotations

import math
from dataclasses import dataclass

from envs.aircraft.aircraft import Aircraft
from envs.base.quantities import Quantities

HOP_M = 0.02  # all wheels higher than this between two contacts: a bounce; less is a skip of the wheels
BOUNCE_M = 0.15  # highest bounce allowed
LOW_PASS_M = 1.5  # lowest wheel below this is an attempt to land ...
GO_AROUND_M = 3.0  # ... and climbing above this afterwards a go-around
STANDSTILL_MPS, STANDSTILL_S = 0.3, 0.5
MOST_SINK_MPS, MOST_BANK, MOST_HEADING = 1.0, math.radians(5), math.radians(10)
SHORT_SPANS, LONG_SPANS = -5.0, 12.0  # touchdown box along the runway, from the aim point
SLOWEST, FASTEST = 1.0, 1.3  # stall speeds at touchdown


@dataclass
class Touchdown:
    """First contact of an attempt and the bounces after it. x from the aim point, y off the centreline (left +)."""

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
        middle = 0.5 * (SHORT_SPANS + LONG_SPANS) * self._span
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
            self._still_s = self._still_s + self._step_s if speed < STANDSTILL_MPS else 0.0
            self.standing = self._still_s >= STANDSTILL_S
            return
        self._still_s, self._hop = 0.0, max(self._hop, now.height)
        self._low = self._low or now.height < LOW_PASS_M
        if self._low and now.height > GO_AROUND_M:
            self.go_arounds += 1
            self._low, self.touchdown = False, None

    def _contact(self, now: Quantities) -> None:
        touchdown = self.touchdown
        if touchdown is None:
            self.touchdown = Touchdown(
                now.x - self._aim_x,
                now.y,
                self.sink_mps,
                abs(now.roll),
                abs(now.heading),
                now.airspeed,
                now.x,
                max(1.0, math.hypot(now.vx, now.vy)),
            )
        elif self._hop > HOP_M:
            touchdown.bounces += 1
            touchdown.bounce_height_m = max(touchdown.bounce_height_m, self._hop)
        self._hop, self._low = 0.0, True


def first_violation(touchdown: Touchdown, span: float, stall: float) -> str:
    """The first thing that silver does not allow of a touchdown, one word; "" when it is within the yardsticks."""
    checks = (
        ("short", touchdown.x_m < SHORT_SPANS * span),
        ("long", touchdown.x_m > LONG_SPANS * span),
        ("wide", abs(touchdown.y_m) > span),
        ("hard", touchdown.sink_mps > MOST_SINK_MPS),
        ("banked", touchdown.bank > MOST_BANK),
        ("crabbed", touchdown.heading > MOST_HEADING),
        ("slow", touchdown.airspeed_mps < SLOWEST * stall),
        ("fast", touchdown.airspeed_mps > FASTEST * stall),
        ("bounced", touchdown.bounces > 1 or touchdown.bounce_height_m > BOUNCE_M),
    )
    return next((word for word, wrong in checks if wrong), "")


def is_gold(touchdown: Touchdown, span: float, stall: float) -> bool:
    """Whether one touchdown lies in the gold box: within 6.5 b of the middle of the silver box, 0.6 b across, ..."""
    middle = 0.5 * (SHORT_SPANS + LONG_SPANS) * span
    return (
        abs(touchdown.x_m - middle) <= 6.5 * span
        and abs(touchdown.y_m) <= 0.6 * span
        and touchdown.sink_mps <= 0.75
        and touchdown.bank <= math.radians(3)
        and touchdown.heading <= math.radians(5)
        and 1.05 * stall <= touchdown.airspeed_mps <= 1.2 * stall
        and touchdown.bounces == 0
    )


def touchdown_penalty(touchdown: Touchdown, span: float, stall: float) -> float:
    """How far a touchdown is from a perfect one: what shapes learning.

    Sum of its errors, each 1 where silver ends, squared up to there and linear beyond, so that a bad touchdown still
    tells in which direction to go; 2 more if it is not gold, 4 more if not silver; bent so that none exceeds 12.
    """
    middle, half = 0.5 * (SHORT_SPANS + LONG_SPANS), 0.5 * (LONG_SPANS - SHORT_SPANS)
    parts = (
        (touchdown.x_m / span - middle) / half,
        touchdown.y_m / span,
        touchdown.sink_mps / MOST_SINK_MPS,
        touchdown.bank / MOST_BANK,
        touchdown.heading / MOST_HEADING,
        (touchdown.airspeed_mps / stall - 1.15) / 0.15,
        touchdown.bounce_height_m / BOUNCE_M,
    )
    steps = 4.0 * bool(first_violation(touchdown, span, stall)) + 2.0 * (not is_gold(touchdown, span, stall))
    total = steps + sum(part * part if abs(part) < 1 else 2 * abs(part) - 1 for part in parts)
    return 12.0 * (1.0 - math.exp(-total / 12.0))
