"""The rules of landing, read from configs/rules/landing.yaml: what counts, what is a go-around, what is given up.

The one source of these numbers for the judge (touchdown.py), the learned pilots' rule, the autopilot and the search for
its gains. b: wing span, Vs: stall speed, T = sqrt(b / g).
"""

from __future__ import annotations

import math
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, model_validator

from envs.base.config_file import CONFIGS, Strict, is_path, read_yaml, validate
from envs.base.errors import unknown_name
from envs.camera.eye_file import PLACE

RULES_FILE = CONFIGS / "rules" / "landing.yaml"
BY_RULE, BY_VALUE, NEVER = "rule", "value", "never"
GO_AROUNDS = (BY_RULE, BY_VALUE, NEVER)
"""How pilots made of learned skills decide to go round, unless it is by a file: see `known_go_around`."""
Degrees = Annotated[float, Field(gt=0, le=90)]


class _Limits(Strict):
    """What silver and gold both limit, at the first contact of a touchdown."""

    across_spans: PositiveFloat = Field(description="off the centreline at most [b]")
    sink_mps: PositiveFloat = Field(description="sink at most [m/s]")
    bank_deg: Degrees = Field(description="bank at most, either side [deg]")
    heading_deg: Degrees = Field(description="heading against the runway at most, either side [deg]")
    slowest_vs: PositiveFloat = Field(description="airspeed at least [Vs]")
    fastest_vs: PositiveFloat = Field(description="airspeed at most [Vs]")
    bounces: NonNegativeInt = Field(description="bounces at most [-]")

    @cached_property
    def bank(self) -> float:
        """Bank at most (rad)."""
        return math.radians(self.bank_deg)

    @cached_property
    def heading(self) -> float:
        """Heading against the runway at most (rad)."""
        return math.radians(self.heading_deg)

    @cached_property
    def middle_speed_vs(self) -> float:
        """Middle of the airspeeds allowed (Vs)."""
        return 0.5 * (self.slowest_vs + self.fastest_vs)

    @model_validator(mode="after")
    def _speeds_in_order(self) -> Self:
        if self.slowest_vs >= self.fastest_vs:
            raise ValueError(f"slowest_vs {self.slowest_vs} is not below fastest_vs {self.fastest_vs}")
        return self


class Silver(_Limits):
    """A touchdown that counts."""

    short_spans: float = Field(description="earliest place, from the aim point along the runway [b]")
    long_spans: float = Field(description="latest place, likewise [b]")
    bounce_height_m: PositiveFloat = Field(description="height of a bounce at most, lowest wheel [m]")

    @cached_property
    def middle_spans(self) -> float:
        """Middle of the touchdown box, from the aim point (b)."""
        return 0.5 * (self.short_spans + self.long_spans)

    @cached_property
    def half_length_spans(self) -> float:
        """Half the length of the touchdown box (b)."""
        return 0.5 * (self.long_spans - self.short_spans)

    @cached_property
    def half_speed_vs(self) -> float:
        """Half the range of the airspeeds allowed (Vs), without the last bits that a difference of decimals leaves."""
        return round(0.5 * (self.fastest_vs - self.slowest_vs), 9)

    @model_validator(mode="after")
    def _box_in_order(self) -> Self:
        if self.short_spans >= self.long_spans:
            raise ValueError(f"short_spans {self.short_spans} is not before long_spans {self.long_spans}")
        return self


class Gold(_Limits):
    """A touchdown that is gold, within silver."""

    along_spans: PositiveFloat = Field(description="from the middle of the silver box at most [b]")


class Judge(Strict):
    """How the judge tells contacts, standstill and go-arounds, on the truth."""

    hop_m: PositiveFloat = Field(description="all wheels higher than this between two contacts: a bounce [m]")
    standstill_mps: PositiveFloat = Field(description="slower than this over ground it may be standing [m/s]")
    standstill_s: PositiveFloat = Field(description="slow for so long it stands [s]")
    low_pass_m: PositiveFloat = Field(description="lowest wheel below this: an attempt to land [m]")
    climb_away_m: PositiveFloat = Field(description="above this after an attempt, or past the box: a go-around [m]")

    @model_validator(mode="after")
    def _away_is_higher(self) -> Self:
        if self.climb_away_m <= self.low_pass_m:
            raise ValueError(f"climb_away_m {self.climb_away_m} is not above low_pass_m {self.low_pass_m}")
        return self


class LearnedApproach(Strict):
    """When pilots made of learned skills give up an approach."""

    below_m: PositiveFloat = Field(description="height under which an approach is judged [m]")
    before_spans: PositiveFloat = Field(description="judged from this far before the aim point on [b]")
    across_spans: PositiveFloat = Field(description="off the centreline at most, at the aim point [b]")
    across_per_way: NonNegativeFloat = Field(description="more of it for each way left to the aim point [b/b]")
    slowest_vs: PositiveFloat = Field(description="airspeed at least, above flare_m [Vs]")
    flare_m: PositiveFloat = Field(description="height under which it may be slower [m]")
    longest_spans: PositiveFloat = Field(description="beyond the aim point it must be below landed_m [b]")
    landed_m: PositiveFloat = Field(description="height of an aircraft that is about to touch [m]")


class LearnedBalk(Strict):
    """When they give up a touchdown: so much short of the silver limits, for the errors of the sensors."""

    along_margin_spans: NonNegativeFloat = Field(description="within either end of the box [b]")
    across_margin_spans: NonNegativeFloat = Field(description="within silver's offset [b]")
    sink_margin_mps: NonNegativeFloat = Field(description="within silver's sink [m/s]")
    slow_margin_vs: NonNegativeFloat = Field(description="above silver's slowest airspeed [Vs]")
    fast_margin_vs: NonNegativeFloat = Field(description="below silver's fastest airspeed [Vs]")
    bank_rad: PositiveFloat = Field(description="bank at most [rad]")
    heading_sine: PositiveFloat = Field(description="sine of the heading against the runway at most [-]")
    deceleration_g: PositiveFloat = Field(description="of a roll-out, to tell whether it stops on the runway [g]")
    roll_margin_spans: NonNegativeFloat = Field(description="way of a roll-out beyond that of deceleration_g [b]")


class LearnedRule(Strict):
    """The rule of pilots made of learned skills, on what the sensors say."""

    most_go_arounds: NonNegativeInt = Field(description="after so many a touchdown has to do [-]")
    hand_over_m: PositiveFloat = Field(description="below it the take-off's pilot flies a landing given up [m]")
    approach: LearnedApproach
    balk: LearnedBalk


class AutopilotApproach(Strict):
    """When the autopilot gives up an approach."""

    before_spans: PositiveFloat = Field(description="judged from this far before the aim point on [b]")
    below_spans: PositiveFloat = Field(description="or when lower than this [b]")
    lands_below_spans: PositiveFloat = Field(description="lower than this it lands [b]")
    across_spans: PositiveFloat = Field(description="off the centreline at most, at the aim point [b]")
    way_per_across: PositiveFloat = Field(description="way left to the aim point that mends 1 b of it [b/b]")
    look_ahead_t: NonNegativeFloat = Field(description="the offset is that of so much later [T]")
    height_error_spans: PositiveFloat = Field(description="off the glide path at most [b]")
    speed_error_vs: PositiveFloat = Field(description="off the speed of the approach at most [Vs]")
    long_spans: PositiveFloat = Field(description="past the aim point it must be below long_height_spans [b]")
    long_height_spans: PositiveFloat = Field(description="height of an aircraft that is about to touch [b]")
    bounce_height_spans: PositiveFloat = Field(description="height of a bounce at most [b]")


class AutopilotBalk(Strict):
    """When the autopilot gives up a touchdown: that far from the middle of what silver allows."""

    speed_error_vs: PositiveFloat = Field(description="from the middle of silver's airspeeds at most [Vs]")
    across_spans: PositiveFloat = Field(description="off the centreline at most [b]")
    along_error_spans: PositiveFloat = Field(description="from the middle of the silver box at most [b]")


class AutopilotRule(Strict):
    """The autopilot's rule."""

    latest_t: PositiveFloat = Field(description="from the start of the flight; later it lands, whatever [T]")
    approach: AutopilotApproach
    balk: AutopilotBalk


class DecisionHeight(Strict):
    """Where an approach goes on only if the lookout is sure enough."""

    height_spans: NonNegativeFloat = Field(description="decision height of the lowest wheel; 0: none [b]")
    decided_spans: NonNegativeFloat = Field(description="below it nothing is decided any more [b]")
    least: PositiveFloat = Field(lt=1, description="how sure the lookout must be, 0 to 1 [-]")

    @model_validator(mode="after")
    def _decided_lower(self) -> Self:
        if self.height_spans and self.decided_spans >= self.height_spans:
            raise ValueError(f"decided_spans {self.decided_spans} is not below height_spans {self.height_spans}")
        return self


class DecisionHeights(Strict):
    """By who looks out."""

    by_sight: DecisionHeight = Field(description="the lookout tells whether the runway's start is in sight")
    by_place: DecisionHeight = Field(description="the lookout tells how well pictures have told the place")

    def of(self, lookout: str) -> DecisionHeight:
        """With that `lookout` of a flight."""
        return self.by_place if lookout == PLACE else self.by_sight


class Decision(DecisionHeights):
    """When an approach goes on, of pilots that have an eye: of those made of learned skills, and of the autopilot."""

    autopilot: DecisionHeights = Field(description="of the autopilot, in place of the two beside it")


class LandingRules(Strict):
    """configs/rules/landing.yaml."""

    version: Literal[1] = Field(description="of the format of this file")
    silver: Silver
    gold: Gold
    judge: Judge
    decision: Decision
    learned: LearnedRule
    autopilot: AutopilotRule

    @model_validator(mode="after")
    def _decides_before_it_lands(self) -> Self:
        """Lower than `lands_below_spans` the autopilot lands, whatever comes: a decision there would be too late."""
        low, own = self.autopilot.approach.lands_below_spans, self.decision.autopilot
        for name, rule in (("by_sight", own.by_sight), ("by_place", own.by_place)):
            if rule.height_spans and rule.decided_spans < low:
                key = f"decision.autopilot.{name}.decided_spans"
                raise ValueError(f"{key} {rule.decided_spans} is below autopilot.approach.lands_below_spans {low}")
        return self

    @model_validator(mode="after")
    def _stricter_than_silver(self) -> Self:
        """Gold and both rules lie within silver: else a gold or unbalked touchdown would not count."""
        silver, gold, balk, autopilot = self.silver, self.gold, self.learned.balk, self.autopilot.balk
        within = {
            "gold.along_spans": gold.along_spans <= silver.half_length_spans,
            "gold.slowest_vs": gold.slowest_vs >= silver.slowest_vs,
            "learned.balk.bank_rad": balk.bank_rad <= silver.bank,
            "learned.balk.heading_sine": balk.heading_sine <= math.sin(silver.heading),
            "autopilot.balk.speed_error_vs": autopilot.speed_error_vs <= silver.half_speed_vs,
            "autopilot.balk.across_spans": autopilot.across_spans <= silver.across_spans,
            "autopilot.balk.along_error_spans": autopilot.along_error_spans <= silver.half_length_spans,
        }
        for key in ("across_spans", "sink_mps", "bank_deg", "heading_deg", "fastest_vs", "bounces"):
            within[f"gold.{key}"] = getattr(gold, key) <= getattr(silver, key)
        for key, is_within in within.items():
            if not is_within:
                raise ValueError(f"{key} allows more than silver does")
        return self


def known_go_around(choice: str) -> str:
    """`choice`, if it is one of GO_AROUNDS or the path of a file. Raises InputError, one line."""
    if choice not in GO_AROUNDS and not is_path(choice):
        raise unknown_name("go_around", choice, GO_AROUNDS)
    return choice


def read_landing_rules(path: Path = RULES_FILE) -> LandingRules:
    """The rules in a YAML file. Raises InputError, one line, naming the file and the key."""
    return validate(LandingRules, read_yaml(path), str(path))


@cache
def landing_rules() -> LandingRules:
    """The rules of this project, read once a process. Raises InputError."""
    return read_landing_rules()
