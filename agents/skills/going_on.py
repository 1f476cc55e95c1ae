"""To go on with a landing or to go round, by what each is worth: learned from landings that nobody gave up.

A flight is worth 1 if it lands and counts (silver), 0 if it does not, and CRASH if it ends in a crash. What going on is
worth is told from the readings by two logistic regressions, one for the approach and one for the first contact:

    worth = failed + (1 - failed) * sigmoid(bias + weights . features)

with `failed` the mean worth of an attempt that failed. At the contact the sigmoid is the probability that the attempt
ends silver. On the approach it is fitted to what is left when the contact decides next, as an option to stop is priced
(Longstaff and Schwartz 2001, Review of Financial Studies 14, 113): going on from there keeps the choice.
Going round is worth `last`, an attempt that must then land, or `fresh`, one that may be given up for that; less
`price`, that of the time it takes. Both depend on the wind (`rounds`): an approach with a tail wind fails more often,
and so does the next. The airspeed at the contact is corrected by what else tells how fast the aircraft flies
(air_data.py); where that seems far off, the aircraft is not the one that was learned from, and the rule decides.
An approach is asked at each moment, and the lowest of many guesses is too low: it is given up only where going on is
worth less by `doubt`, the one that would have served best in the flights learned from.
The numbers are those of configs/rules/going_on.yaml, written by `python scripts/go_around.py --save FILE`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

import numpy as np
import yaml
from numpy.typing import NDArray
from pydantic import Field, model_validator

from agents.skills.air_data import AIR_ROWS, MOST_ERROR_VS, Air, AirData, Floats, WeightedSum, headwind, listen
from agents.skills.go_around import RULE_ROWS, Approach, GoAround
from envs.aircraft.aircraft import Aircraft
from envs.base.config_file import CONFIGS, Line, Strict, read_yaml, validate
from envs.base.errors import InputError
from envs.base.files import write_atomically
from envs.tasks.parts.landing_rules import BY_RULE, BY_VALUE, NEVER, landing_rules

SHIPPED = CONFIGS / "rules" / "going_on.yaml"
HEAD = """\
# What going on with a landing is worth against going round (agents/skills/going_on.py): go_around=value flies by it.
# Written by `python scripts/go_around.py --save FILE`.
"""
CRASH = -1.0  # chosen: losing the model outweighs missing a landing by as much as that outweighs nothing
CRASHES = ("strike", "broken")
SILVER = landing_rules().silver
LATEST_S, LEAST_SINK_MPS = 8.0, 0.2  # bounds of the time to the touchdown; chosen
CONTACT_FEATURES, APPROACH_FEATURES, WIND_FEATURES = 9, 13, 2
NEAR = 0.7  # of a limit; from there the sensors' errors begin to count. Chosen on training flights left out of the fit
FARTHEST = 4.0  # a feature counts up to so many standard deviations from its mean: farther out nothing was learned


def silver_shares(now: Approach, climb: Floats, stall_roll_spans: float, runway_spans: float) -> Floats:
    """(n, 7) of a first contact: each reading as a share of what silver allows, 0 in the middle and +-1 at the limits.

    `climb`: m/s, just before it. Of sink and of the way to standstill 1 is the limit, 0 none.
    """
    stop = now.along + stall_roll_spans * now.ground_speed**2
    shares = (
        now.across / SILVER.across_spans,
        (now.along - SILVER.middle_spans) / SILVER.half_length_spans,
        (now.airspeed - SILVER.middle_speed_vs) / SILVER.half_speed_vs,
        -climb / SILVER.sink_mps,
        now.roll / SILVER.bank,
        now.sine_of_heading / np.sin(SILVER.heading),
        stop / runway_spans,
    )
    return np.clip(np.stack(shares, axis=1), -2.0, 2.0)


@dataclass(frozen=True)
class Sizes:
    """What of the aircraft the features need: stall speed m/s, span m, way to standstill from Vs and runway left, b."""

    stall_mps: float
    span_m: float
    stall_roll_spans: float
    runway_spans: float

    @staticmethod
    def of(aircraft: Aircraft) -> Sizes:
        """Those of an aircraft."""
        rule = GoAround.of(aircraft)
        return Sizes(aircraft.stall_speed_mps, aircraft.span_m, rule.stall_roll_spans, rule.runway_spans)

    def at_contact(self, now: Approach, climb: Floats) -> Floats:
        """(n, 9) features of first contacts: the shares of silver, and how near the limits they are."""
        shares = silver_shares(now, climb, self.stall_roll_spans, self.runway_spans)
        return np.concatenate([shares, nearness(shares)], axis=1)

    def on_approach(self, now: Approach) -> Floats:
        """(n, 13) features of approaches: height, seconds left, those of a touchdown at this rate."""
        left_s = np.minimum(now.height / np.maximum(-now.climb, LEAST_SINK_MPS), LATEST_S)
        there = now._replace(along=now.along + now.ground_speed * self.stall_mps / self.span_m * left_s)
        features, height = self.at_contact(there, now.climb), now.height[:, None]
        return np.concatenate([height, left_s[:, None], features, features[:, -2:] * height], axis=1)


def nearness(shares: Floats) -> Floats:
    """(n, 2) of (n, k) shares of silver: the largest, and the sum of what each has beyond NEAR, either side."""
    size = np.abs(shares)
    return np.stack([size.max(axis=1), np.maximum(0.0, size - NEAR).sum(axis=1)], axis=1)


class Worth(WeightedSum):
    """What going on is worth, from one kind of features."""

    def share(self, features: Floats) -> Floats:
        """(n,) the sigmoid, 0 to 1, for (n, k) features."""
        return 1.0 / (1.0 + np.exp(-self.total(features, FARTHEST)))


def wind_features(heard: Floats) -> Floats:
    """(n, 2) of what was heard (air_data.py): headwind and tail wind, Vs, the latter 0 in a headwind."""
    ahead = headwind(heard)
    return np.stack([ahead, np.maximum(0.0, -ahead)], axis=1)


class LearnedFrom(Strict):
    """Which flights told."""

    pilot: Line
    aircraft: Line
    weather: tuple[Line, ...] = Field(min_length=1)
    flights: int = Field(ge=1, description="in which nobody went round, of each weather [-]")
    seed: int = Field(ge=0, description="of these training flights [-]")
    commit: Line | None = Field(default=None, description="of the programme; + if files differed from it")


class Rounds(Strict):
    """What going round is worth, from the wind."""

    fresh: Worth = Field(description="an attempt that may be given up for the last one")
    last: Worth = Field(description="an attempt that must land")


class GoingOn(Strict):
    """configs/rules/going_on.yaml, or another fitted likewise."""

    version: Literal[1]
    learned: LearnedFrom
    failed: float = Field(ge=-1, le=0, description="mean worth of an attempt that failed [-]")
    fresh: float = Field(ge=-1, le=1, description="worth of an attempt that may be given up, in the mean [-]")
    last: Annotated[float, Field(ge=-1, le=1)] | None = Field(
        default=None,
        description="the same of one that must land [-]; null: as fresh",
    )
    price: float = Field(ge=0, le=2, description="of going round: the time it takes [-]")
    doubt: float = Field(
        ge=0, le=2, description="how much less going on must be worth on the approach, which waits [-]"
    )
    contact: Worth
    approach: Worth
    rounds: Rounds | None = Field(default=None, description="fresh and last by the wind; null: the means in any")
    air_data: AirData | None = Field(
        default=None, description="corrects the airspeed at the contact; null: as it reads"
    )

    @model_validator(mode="after")
    def _has_a_weight_a_feature(self) -> Self:
        counts = [("contact", self.contact, CONTACT_FEATURES), ("approach", self.approach, APPROACH_FEATURES)]
        if self.rounds:
            counts += [(f"rounds.{key}", getattr(self.rounds, key), WIND_FEATURES) for key in ("fresh", "last")]
        for key, worth, count in counts:
            if len(worth.weights) != count:
                raise ValueError(f"{key}.weights: must hold {count} (got {len(worth.weights)})")
        return self

    @property
    def round(self) -> float:
        """What going round is worth in the mean, with another choice to come."""
        return self.fresh - self.price

    @property
    def last_round(self) -> float:
        """What it is worth with none."""
        return (self.fresh if self.last is None else self.last) - self.price

    def round_in(self, heard: Floats | None, must_land: NDArray[np.bool_]) -> Floats:
        """(n,) what going round is worth in the wind that was heard; `must_land`: whether it is for the last time."""
        if heard is None or self.rounds is None:
            return np.where(must_land, self.last_round, self.round)
        wind = wind_features(heard)
        fresh, last = (self.of(worth, wind) - self.price for worth in (self.rounds.fresh, self.rounds.last))
        return np.where(must_land, last, fresh)

    def of(self, worth: Worth, features: Floats) -> Floats:
        """(n,) what going on is worth by one of both."""
        return self.failed + (1.0 - self.failed) * worth.share(features)


def read_going_on(path: Path = SHIPPED) -> GoingOn:
    """What a file says. Raises InputError, one line, naming the file and the key."""
    return validate(GoingOn, read_yaml(path), str(path))


@cache
def shipped_going_on() -> GoingOn:
    """That of this project, read once a process. Raises InputError."""
    return read_going_on()


def write_going_on(path: Path, going_on: GoingOn) -> None:
    """Write the file, whole or not at all. Raises InputError where it cannot be written."""
    write_atomically(path, HEAD + yaml.safe_dump(going_on.model_dump(mode="json"), sort_keys=False, width=120))


@dataclass(frozen=True)
class GoAroundByValue(GoAround):
    """Goes round where that is worth more than going on; blind at the decision height, as by the rule."""

    going_on: GoingOn = field(kw_only=True)
    sizes: Sizes = field(kw_only=True)

    def gives_up(self, now: Approach, tried: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """(n,) of each approach; one that has touched, or gone round often enough, goes on."""
        low = (now.height < self.below_m) & (now.wheels < 0.5) & (now.along > -self.before_spans)
        worth = self.going_on.of(self.going_on.approach, self.sizes.on_approach(now))
        return (low & ~tried & (worth < self.going_on.round - self.going_on.doubt)) | self.is_blind(now)

    @property
    def rows(self) -> tuple[str, ...]:
        """Of an observation, those that it goes by."""
        return (*RULE_ROWS, *AIR_ROWS) if self._listens else RULE_ROWS

    @property
    def _listens(self) -> bool:
        return self.going_on.air_data is not None or self.going_on.rounds is not None

    def follow(
        self, batch: NDArray[np.float32], names: Sequence[str], before: Air | None, starts: NDArray[np.bool_]
    ) -> Air | None:
        """What tells the airspeed and the wind of n flights, if either was learned."""
        return listen(batch, names, before, starts) if self._listens else None

    def balks(
        self, now: Approach, climb_before: Floats, then_lands: NDArray[np.bool_], heard: Floats | None
    ) -> NDArray[np.bool_]:
        """(n,) of each first contact."""
        going_on, error = self.going_on, np.zeros_like(now.airspeed)
        if heard is not None and going_on.air_data:
            error = going_on.air_data.total(heard)
        known = now._replace(airspeed=now.airspeed - error)
        worth = going_on.of(going_on.contact, self.sizes.at_contact(known, climb_before))
        less = worth < going_on.round_in(heard, then_lands)
        # With so large an error something else is off: what was learned on a sound aircraft does not hold.
        return np.where(np.abs(error) > MOST_ERROR_VS, super().balks(now, climb_before, then_lands, heard), less)


def go_around_of(aircraft: Aircraft, name: str, choice: str = BY_RULE) -> GoAround | None:
    """How a pilot of the aircraft, `name` in flights, decides: by the rule, by value, or (None) it never goes round.

    `choice`: BY_RULE, BY_VALUE, NEVER or the path of a file fitted to other flights. Raises InputError.
    """
    if choice in (BY_RULE, NEVER):
        return GoAround.of(aircraft) if choice == BY_RULE else None
    path = SHIPPED if choice == BY_VALUE else Path(choice)
    going_on = shipped_going_on() if choice == BY_VALUE else read_going_on(path)
    if going_on.learned.aircraft != name:
        raise InputError(
            f"go_around {choice}: {path} was learned from flights of {going_on.learned.aircraft}, not {name}; "
            "scripts/go_around.py PILOT --save FILE learns it, then go_around=FILE"
        )
    return by_value(aircraft, going_on)


def by_value(aircraft: Aircraft, going_on: GoingOn) -> GoAroundByValue:
    """Who decides by `going_on`; heights, distances and how often are the rule's."""
    return GoAroundByValue(**vars(GoAround.of(aircraft)), going_on=going_on, sizes=Sizes.of(aircraft))
