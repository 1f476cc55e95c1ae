"""Published answers of an aircraft as a YAML file lists them: what was found, where, by whom, and how near is near.

One file of `configs/validation` is one aircraft (or none: the atmosphere). Angles in degrees, the rest SI; elevator
and the other controls in published signs (elevator trailing edge down +, rudder trailing edge left +).
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field, PositiveFloat, field_validator, model_validator

from envs.aircraft.aircraft import Aircraft
from envs.aircraft.equipment import Degrees, NonNegative, Vector
from envs.base.config_file import Strict
from envs.base.units import GRAVITY


class Tolerance(Strict):
    """How far ours may be from the published value: `absolute` in its unit, or `relative` to it; and why so far."""

    absolute: PositiveFloat | None = None
    relative: PositiveFloat | None = None
    reason: Annotated[str, Field(min_length=1)]

    @model_validator(mode="after")
    def _is_one_of_two(self) -> Tolerance:
        if (self.absolute is None) == (self.relative is None):
            raise ValueError("a tolerance is either absolute or relative")
        return self

    def band(self, published: float) -> float:
        """Half width of the tolerance in the value's unit."""
        return self.absolute if self.absolute is not None else (self.relative or 0.0) * abs(published)


class Conditions(Strict):
    """Where a value holds. Each quantity needs some of these and takes no others."""

    speed_mps: PositiveFloat | None = None
    alpha_deg: Degrees | None = None
    rotor_rpm: PositiveFloat | None = None
    shaft_power_W: PositiveFloat | None = None
    rolling_friction: NonNegative | None = None
    rotation_mps: PositiveFloat | None = None  # where the pilot raises the nose
    height_m: float | None = None
    wind_mps: PositiveFloat | None = None  # mean at 20 ft, the W20 of the standards
    # What the source's model has not, so that a difference can be told from an error:
    constant_shaft_power: bool = False  # the propulsion holds its power instead of nearly its speed
    without: tuple[
        Literal["slipstream", "swirl", "torque_reaction", "p_factor", "induced_flow", "ground_effect"], ...
    ] = ()
    derivatives: tuple[tuple[str, float], ...] = ()  # in place of the file's own: {Cl.p: -0.45}

    @field_validator("derivatives", mode="before")
    @classmethod
    def _pairs(cls, value: object) -> object:
        return tuple(value.items()) if isinstance(value, dict) else value

    @field_validator("derivatives")
    @classmethod
    def _are_derivatives(cls, value: tuple[tuple[str, float], ...]) -> tuple[tuple[str, float], ...]:
        for name, _ in value:
            if not re.fullmatch(r"(CL|CY|Cl|Cm|Cn)\.[a-z]+", name):
                raise ValueError(f"{name!r} is no derivative; write it as Cl.p or Cm.elevator")
        return value

    def __hash__(self) -> int:
        return hash((type(self), *(getattr(self, name) for name in type(self).model_fields)))

    def given(self) -> set[str]:
        """Names of the conditions that were set."""
        return {name for name in type(self).model_fields if getattr(self, name) not in (None, False, ())}


class Answer(Strict):
    """One published value: `quantity` is a name of validation_quantities.QUANTITIES and fixes the `unit`."""

    quantity: str
    at: Conditions = Conditions()
    published: float
    unit: str
    tolerance: Tolerance
    source: Annotated[str, Field(min_length=1)]
    miss: Annotated[str, Field(min_length=1)] | None = None  # only for a known miss: its cause, in a sentence


class Air(Strict):
    """The air and gravity the answers were found in."""

    density_kgpm3: Annotated[float, Field(gt=0.1, lt=5)] = 1.225
    gravity_mps2: Annotated[float, Field(gt=0.1, lt=30)] = GRAVITY


class Reference(Strict):
    """What coefficients are made dimensionless with; moments about the centre of gravity unless a point is given."""

    area_m2: PositiveFloat
    span_m: PositiveFloat
    chord_m: PositiveFloat
    moment_reference_m: Vector | None = None  # drawing axes of the aircraft's file


class AnswerFile(Strict):
    """A whole file. Without `aircraft` it may only ask for what belongs to none; `sources` spells out the marks."""

    name: str = ""
    title: str
    aircraft: str | None = None  # a name in configs/aircraft, or a path from this file's folder
    air: Air = Air()
    reference: Reference | None = None  # None: that of the aircraft's own derivatives
    sources: dict[str, str]
    answers: Annotated[tuple[Answer, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _names_its_sources(self) -> AnswerFile:
        for number, answer in enumerate(self.answers, 1):
            if answer.source not in self.sources:
                raise ValueError(
                    f"answer {number} ({answer.quantity}): source {answer.source!r} is not among the "
                    f"file's sources: {', '.join(self.sources)}"
                )
        return self


def reference_of(file: AnswerFile, aircraft: Aircraft) -> Reference | None:
    """The file's reference, else the one of the aircraft's published derivatives, else None."""
    own = aircraft.derivatives
    if file.reference is None and own is not None:
        return Reference(
            area_m2=own.area_m2, span_m=own.span_m, chord_m=own.chord_m, moment_reference_m=own.moment_reference_m
        )
    return file.reference
