"""Discrepancies drawn anew for each flight, for training and tests over aircraft that differ."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from pydantic import Field, field_validator, model_validator

from envs.aircraft.aircraft import Aircraft
from envs.base.config_file import Strict
from envs.base.errors import InputError
from envs.discrepancies import Discrepancy, discrepancy_names, find_discrepancy, parse_discrepancy

ALL = "all"
STEPS = 32
"""Of a range of severities: what is drawn is one of its 33 values, evenly spread.

Finer than any flight could tell, and a damaged wing that was drawn before need not be worked out again.
"""


class DrawnDiscrepancies(Strict):
    """What is drawn for each flight, by the seed of the flight: which discrepancies, how many, how bad.

    An entry of `draw` is NAME (any severity of its RANGE), NAME=SEVERITY (that one) or NAME=LOW..HIGH; `all` stands for
    every discrepancy that there is and that the aircraft can have. `leave_out` takes names away again.
    """

    draw: tuple[str, ...] = Field(min_length=1, max_length=256, description="of these, each at most once a flight")
    leave_out: tuple[str, ...] = Field(default=(), description="never drawn, for tests with what was never seen")
    least: int = Field(default=0, ge=0, le=16, description="fewest of them in a flight [discrepancies]")
    most: int = Field(
        default=1,
        ge=1,
        le=16,
        description="most of them in a flight; each number is as likely [discrepancies]",
    )
    severity: float = Field(default=1.0, ge=0, le=1, description="share of a whole RANGE that is drawn from [-]")
    struck_share: float = Field(default=0.0, ge=0, le=1, description="share of them that strikes in flight [-]")
    struck_by_s: float = Field(default=20.0, gt=0, le=600, description="second by which these have struck")
    always: tuple[str, ...] = Field(default=(), description="besides, in every flight")

    @field_validator("draw", "leave_out")
    @classmethod
    def _are_known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for entry in names:
            if entry != ALL:
                _limits(entry)
        return names

    @field_validator("always")
    @classmethod
    def _can_be_had(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for entry in names:
            parse_discrepancy(entry)
        return names

    @model_validator(mode="after")
    def _leaves_something(self) -> DrawnDiscrepancies:
        if self.least > self.most:
            raise ValueError(f"discrepancies: least ({self.least}) must be at most most ({self.most})")
        if not self.limits():
            raise ValueError("discrepancies: leave_out leaves nothing to draw")
        return self

    def limits(self) -> dict[str, tuple[float, float]]:
        """{name: (lowest, highest severity)} of all that may be drawn."""
        found: dict[str, tuple[float, float]] = {}
        for entry in self.draw:
            for name in discrepancy_names() if entry == ALL else (entry,):
                key, low, high, whole = _limits(name)
                found[key] = (low * self.severity, high * self.severity) if whole else (low, high)
        for entry in self.leave_out:
            found.pop(_limits(entry)[0], None)
        return found

    def limits_on(self, drawing: Aircraft) -> dict[str, tuple[float, float]]:
        """The same for one aircraft: of `all`, what it cannot have is left out.

        Raises InputError for another one that it cannot have, and when nothing is left.
        """
        for text in self.always:
            parse_discrepancy(text).on(drawing)
        named = {_limits(entry)[0] for entry in self.draw if entry != ALL}
        found: dict[str, tuple[float, float]] = {}
        for name, (low, high) in self.limits().items():
            try:
                Discrepancy(name, max(low, high, key=abs)).on(drawing)
            except InputError:
                if name in named:
                    raise
                continue
            found[name] = (low, high)
        if not found:
            raise InputError(f"discrepancies: aircraft {drawing.name!r} can have none of those to be drawn")
        return found

    def pinned(self, drawing: Aircraft) -> DrawnDiscrepancies:
        """The same draws by name, without `all`: they stay what they are when files are added to the folder."""
        names = tuple(f"{name}={low!r}..{high!r}" for name, (low, high) in self.limits_on(drawing).items())
        return self.model_copy(update={"draw": names, "leave_out": (), "severity": 1.0})

    def words(self) -> list[str]:
        """What is drawn from, for cards and evaluations."""
        names = ", ".join(f"{name}={low:g}..{high:g}" for name, (low, high) in self.limits().items())
        return [*self.always, f"{self.least} to {self.most} drawn of {names}"]

    def drawn(
        self, rng: np.random.Generator, limits: Mapping[str, tuple[float, float]] | None = None
    ) -> list[Discrepancy]:
        """Those of one flight; `limits` where they are known already: finding them reads a folder."""
        limits = limits or self.limits()
        count = min(len(limits), int(rng.integers(self.least, self.most, endpoint=True)))
        picked = rng.choice(len(limits), count, replace=False)
        names = list(limits)
        found = [parse_discrepancy(text) for text in self.always]
        for index in picked:
            low, high = limits[names[index]]
            severity = low + (high - low) * int(rng.integers(0, STEPS, endpoint=True)) / STEPS
            struck = self.struck_share > 0.0 and rng.uniform() < self.struck_share
            found.append(
                Discrepancy(names[index], severity, float(rng.uniform(0, self.struck_by_s)) if struck else 0.0)
            )
        return found


def _limits(entry: str) -> tuple[str, float, float, bool]:
    """(name, lowest and highest severity, whether that is its whole RANGE) of an entry. Raises InputError."""
    name, given, sizes = entry.partition("=")
    if not given:
        low, high = find_discrepancy(name).RANGE
        return parse_discrepancy(f"{name}={high}").name, low, high, True
    first, dots, last = sizes.partition("..")
    ends = [parse_discrepancy(f"{name}={size}") for size in ((first, last) if dots else (first,))]
    if ends[0].severity > ends[-1].severity:
        raise InputError(f"discrepancy {entry}: the lower severity comes first")
    return ends[0].name, ends[0].severity, ends[-1].severity, False
