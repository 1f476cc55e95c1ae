"""How fast it really flies: what the aircraft's own answer tells of its pitot's error, learned from test flights.

A pitot tube is off by the same amount all flight long. How fast an aircraft flies shows elsewhere, too: in the pitch
and elevator at which its wing carries it, in thrust against drag, and in how fast its propeller turns (a synthetic air
data system: Lie and Gebre-Egziabher 2013, Journal of Aircraft 50, 1234). Here no model of the aircraft is written down:
the error is a weighted sum of such readings, averaged over the last seconds, fitted to touchdowns whose airspeed is
known.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from agents.skills.columns import columns_of
from envs.base.config_file import Strict
from envs.observation import READINGS

Floats = NDArray[np.float64]
AIR_ROWS = (
    "airspeed",
    "along_speed",
    "load_factor",
    "pitch",
    "climb_rate",
    "accel_forward",
    "elevator_command",
    "throttle_command",
    "rotor_speed",
)
SLOW_SHARE, FAST_SHARE = 1 / 75, 1 / 3
"""Of each new reading in the averages: they look back over 2.5 s and 0.1 s at the 30 readings a second of the shipped
pilots. Chosen on training flights left out of the fit: the first averages gusts out, the second the pitot's noise."""
SLOW, FAST, NOW = 11, 4, 2
HEARD = SLOW + FAST + NOW
SLOWEST_VS = 0.3  # below it an airspeed is taken for this: it is divided by
MOST_ERROR_VS = 0.055  # chosen: 2.5 standard deviations of the shipped pitot's error; what seems more is something else

Number = Annotated[float, Field(ge=-1e6, le=1e6)]
Spread = Annotated[float, Field(gt=0, le=1e6)]


class Air(NamedTuple):
    """What n flights have been like: steps (n,) so far; averages `slow` (n, 11), `fast` (n, 4), and `now` (n, 2)."""

    steps: Floats
    slow: Floats
    fast: Floats
    now: Floats

    @property
    def heard(self) -> Floats:
        """(n, HEARD) features."""
        return np.concatenate([self.slow, self.fast, self.now], axis=1)


def listen(batch: NDArray[np.float32], names: Sequence[str], before: Air | None, starts: NDArray[np.bool_]) -> Air:
    """Take in one observation (n, k) with rows `names`; flights of which `starts` is true begin with it."""
    readings = batch[:, columns_of(tuple(names), AIR_ROWS)].astype(np.float64)
    read = {name: readings[:, k] * READINGS[name].scale + READINGS[name].offset for k, name in enumerate(AIR_ROWS)}
    speed, elevator, rotor = np.maximum(read["airspeed"], SLOWEST_VS), read["elevator_command"], read["rotor_speed"]
    lift = 1.0 / speed**2  # of a load factor of 1: share of the lift coefficient at the stall
    slow = (speed, lift, read["load_factor"] * lift, read["pitch"], read["climb_rate"] / speed)
    slow = (*slow, read["accel_forward"], elevator, read["throttle_command"], rotor, rotor / speed, read["along_speed"])
    fast = (speed, read["along_speed"], elevator, rotor)
    now = np.stack([speed, read["along_speed"]], axis=1)
    if before is None:
        steps, were = np.zeros(len(batch)), (np.zeros((len(batch), SLOW)), np.zeros((len(batch), FAST)))
    else:
        steps, were = before.steps * ~starts, (before.slow, before.fast)
    steps = steps + 1.0
    averages = [
        old + np.maximum(1.0 / steps, share)[:, None] * (np.stack(new, axis=1) - old)
        for old, new, share in zip(were, (slow, fast), (SLOW_SHARE, FAST_SHARE), strict=True)
    ]
    return Air(steps, averages[0], averages[1], now)


class WeightedSum(Strict):
    """A sum of features, each measured in its spread about its mean."""

    bias: Number = Field(description="what is added to the weighted sum")
    weights: tuple[Number, ...] = Field(min_length=1, description="of each feature")
    mean: tuple[Number, ...] = Field(description="of each feature, in the flights learned from")
    spread: tuple[Spread, ...] = Field(description="of each feature, likewise: its standard deviation")

    @model_validator(mode="after")
    def _as_many(self) -> Self:
        for key in ("mean", "spread"):
            if len(getattr(self, key)) != len(self.weights):
                raise ValueError(f"{key}: must hold {len(self.weights)}, as weights do (got {len(getattr(self, key))})")
        return self

    def total(self, features: Floats, farthest: float = math.inf) -> Floats:
        """(n,) for (n, k) features, each counted up to `farthest` spreads from its mean."""
        own = (features - np.asarray(self.mean)) / np.asarray(self.spread)
        return self.bias + np.clip(own, -farthest, farthest) @ np.asarray(self.weights)


class AirData(WeightedSum):
    """The airspeed reading's error, Vs, from what was heard: too much +.

    Beyond MOST_ERROR_VS, either way, the aircraft is not the one that was learned from.
    """

    read_to: float = Field(
        ge=0, le=1, description="standard deviation of the reading at touchdowns not learned from [Vs]"
    )
    known_to: float = Field(ge=0, le=1, description="what is left of it [Vs]")

    @model_validator(mode="after")
    def _of_all_heard(self) -> Self:
        if len(self.weights) != HEARD:
            raise ValueError(f"weights: must hold {HEARD} (got {len(self.weights)})")
        return self


def headwind(heard: Floats) -> Floats:
    """(n,) of (n, HEARD) features: mean of the last seconds, Vs."""
    return heard[:, 0] - heard[:, SLOW - 1]
