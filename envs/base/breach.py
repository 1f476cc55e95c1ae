"""A rule that a flight broke, in numbers and in words; and figures beside their limits with digits enough to tell them.

Tasks say them, logs keep them, and card, video, table and report repeat them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from envs.base.quantities import Quantities

MOST_DECIMALS = 6


class Limit(NamedTuple):
    """What a figure must keep to, None where there is no limit; in the unit of the figure."""

    least: float | None = None
    most: float | None = None

    def beside(self, value: float) -> float | None:
        """The limit nearest to `value`, None without any."""
        known = [limit for limit in self if limit is not None]
        return min(known, key=lambda limit: abs(limit - value)) if known else None

    def allows(self, value: float) -> bool:
        """Whether `value` keeps to it."""
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)

    def text(self, value: float) -> str:
        """'≤ 1.00', '≥ 1.10', '1.00 to 1.30' or '± 1.27', with the decimals that `value` has beside it.

        Of two ends, where `value` is beyond one, that one alone.
        """
        decimals = decimals_to_tell(value, self)
        least, most = (None if limit is None else _number(limit, decimals) for limit in self)
        if least is not None and most is not None and self.allows(value):
            return f"± {most}" if self.least == -(self.most or 0.0) else f"{least} to {most}"
        below = most is None or (self.least is not None and value < self.least)
        return ("" if least is None else f"≥ {least}") if below else f"≤ {most}"


@dataclass(frozen=True)
class Breach:
    """The rule that ended a flight: what was measured, what is allowed, and when.

    `what` is a noun phrase; `value` and `limit` are sizes in `unit`, None where the rule knows no number (no wheel may
    touch again). `at_least`: whether the limit is a least value. `time_s`: of the moment that broke it, since the start
    of the flight. `side`: left, right or "". `as_ruled`: the limit as the rule has it, in stall speeds or spans, such
    as "1.1 Vs".
    """

    what: str
    time_s: float
    value: float | None = None
    limit: float | None = None
    unit: str = ""
    at_least: bool = False
    side: str = ""
    as_ruled: str = ""

    @classmethod
    def over(cls, what: str, time_s: float, value: float, most: float, unit: str, as_ruled: str = "") -> Breach:
        """More than allowed."""
        return cls(what, time_s, value, most, unit, as_ruled=as_ruled)

    @classmethod
    def under(cls, what: str, time_s: float, value: float, least: float, unit: str, as_ruled: str = "") -> Breach:
        """Less than asked for."""
        return cls(what, time_s, value, least, unit, at_least=True, as_ruled=as_ruled)

    @classmethod
    def aside(cls, what: str, time_s: float, left: float, most: float, unit: str, as_ruled: str = "") -> Breach:
        """More than allowed to one side; `left` is + to the left."""
        return cls(what, time_s, abs(left), most, unit, side=_side(left), as_ruled=as_ruled)

    @property
    def excess(self) -> float:
        """By how much the limit was passed, in `unit`; 0 where the rule knows no number."""
        if self.value is None or self.limit is None:
            return 0.0
        return self.limit - self.value if self.at_least else self.value - self.limit

    @property
    def words(self) -> str:
        """'sink at touchdown 1.04 m/s, at most 1.00 m/s: over by 0.04 m/s, at 34.2 s'."""
        side, when = f" to the {self.side}" if self.side else "", f"at {self.time_s:.1f} s"
        if self.value is None or self.limit is None:
            return f"{self.what}{side}, {when}"
        decimals = decimals_to_tell(self.value, Limit(most=self.limit))
        if abs(_sum_error(self.value, self.limit, decimals)) > 0.5 * 10**-decimals:
            decimals += 1  # 3.23 over 3.17 by 0.05 would look like an error
        value, limit, excess = (_number(number, decimals) for number in (self.value, self.limit, self.excess))
        unit = "°" if self.unit == "deg" else f" {self.unit}" if self.unit else ""
        ruled = f" ({self.as_ruled})" if self.as_ruled else ""
        least, passed = ("at least", "under") if self.at_least else ("at most", "over")
        return f"{self.what} {value}{unit}{side}, {least} {limit}{unit}{ruled}: {passed} by {excess}{unit}, {when}"

    def header(self) -> dict[str, Any]:
        """As a mapping for a log's header, with `words` for readers of the file."""
        return {**asdict(self), "words": self.words}

    @classmethod
    def from_header(cls, data: object) -> Breach | None:
        """The breach in a log's header, None if there is none or it is not as `header` writes it."""
        if not isinstance(data, Mapping):
            return None
        words = {key: data.get(key, "") for key in ("what", "unit", "side", "as_ruled")}
        numbers = {key: data.get(key) for key in ("value", "limit")}
        time_s = data.get("time_s")
        if not all(isinstance(word, str) for word in words.values()) or not words["what"] or not _finite(time_s):
            return None
        if not all(number is None or _finite(number) for number in numbers.values()):
            return None
        return cls(time_s=float(time_s), at_least=bool(data.get("at_least")), **words, **numbers)  # pyright: ignore[reportArgumentType]


def strike(now: Quantities) -> Breach:
    """Something other than a wheel touches the ground, with speed and attitude at that moment."""
    bank, pitch = math.degrees(now.roll), math.degrees(now.pitch)
    attitude = f"{abs(bank):.0f}° of bank{f' to the {_side(-bank)}' if abs(bank) >= 0.5 else ''}"
    attitude += f", nose {abs(pitch):.0f}° {'up' if pitch >= 0 else 'down'}"
    return Breach(
        f"something other than a wheel touched the ground at {now.airspeed:.1f} m/s, with {attitude}", now.time
    )


def decimals_to_tell(value: float, limit: Limit | None = None) -> int:
    """Decimals with which to write a number: about three digits, none of a small count, more beside a close limit.

    More, that is, where number and limit would look alike, or their difference like something else.
    """
    size, nearest = abs(value), limit.beside(value) if limit else None
    counts = size < 10 and float(value).is_integer() and (nearest is None or float(nearest).is_integer())
    decimals = 0 if counts or size >= 100 else 1 if size >= 10 else 2
    if nearest is None or value == nearest:
        return decimals
    while decimals < MOST_DECIMALS and not _told(value, nearest, decimals):
        decimals += 1
    return decimals


def _told(value: float, limit: float, decimals: int) -> bool:
    """Whether so many decimals show that they differ, and by how much within 30 %."""
    excess = abs(value - limit)
    return round(value, decimals) != round(limit, decimals) and abs(round(excess, decimals) - excess) < 0.3 * excess


def _side(left: float) -> str:
    return "left" if left > 0 else "right"


def _sum_error(value: float, limit: float, decimals: int) -> float:
    """By how much the difference of the rounded numbers is not the rounded difference."""
    return round(value, decimals) - round(limit, decimals) - round(value - limit, decimals)


def _number(value: float, decimals: int) -> str:
    """Rounded, and zero without a sign."""
    return f"{round(value, decimals) + 0.0:.{decimals}f}"


def _finite(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
