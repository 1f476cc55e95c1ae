"""What must be known to fly on published coefficients alone: the stall, what comes after it, and the controls."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field, model_validator
from scipy.optimize import brentq

from envs.aircraft.derivatives import Derivatives
from envs.aircraft.equipment import Fraction
from envs.base.config_file import Strict
from envs.base.frames import Channel


class CoefficientControl(Strict):
    """What a channel moves on a coefficient aircraft: travel and mixing; its power is in the derivatives.

    `mirrored`: a left and a right half, which ailerons turn against each other (elevons: mix aileron and elevator;
    halves of an upright V-tail: elevator and rudder). The travel is to each side, `travel_down_deg` (trailing edge
    down) where it differs. `in_wash`: the share of it that stands in the propeller's wash: there its power is that of
    the wash, so that it works at standstill; 0 where the source has no such effect or holds it already.
    """

    name: str = Field(description="unique in the aircraft")
    mirrored: bool = Field(default=False, description="true: a left and a right half")
    travel_deg: float = Field(gt=0, le=90, description="to each side at full stick")
    travel_down_deg: float | None = Field(default=None, gt=0, le=90, description="where it differs; null: travel_deg")
    mix: dict[Channel, Annotated[float, Field(ge=-1, le=1)]] = Field(description="share of each channel's stick [-]")
    in_wash: Fraction = Field(default=0.0, description="of it, what stands in the propeller's wash [-]")

    @model_validator(mode="after")
    def _moves_something(self) -> CoefficientControl:
        if not self.mix:
            raise ValueError(f"control {self.name!r}: mix names no channel")
        if "aileron" in self.mix and not self.mirrored:
            raise ValueError(f"control {self.name!r} mixes in the aileron: it must be mirrored")
        return self


class CoefficientModel(Strict):
    """Flies an aircraft without `surfaces` on its `derivatives`, at any attitude (kernels/coefficients.py has the law).

    The stall is where lift, drag and pitching moment go over into a flat plate's, by the sigmoid of Beard & McLain
    (Small Unmanned Aircraft, 2012, ch. 4): M is `sharpness_per_rad`, alpha_0 `stall_deg`; the highest lift is reached
    some 2 / M before it. Give what is published: `stall_deg`, or `CL_max` (and `CL_min`), or a table of CL.zero, whose
    peaks are the stall.
    """

    stall_deg: float | None = Field(default=None, gt=2, le=60, description="angle of attack half way to the plate")
    stall_negative_deg: float | None = Field(default=None, ge=-60, lt=-2, description="null: -stall_deg")
    CL_max: float | None = Field(default=None, gt=0.1, le=4, description="or the highest lift, elevator neutral [-]")
    CL_min: float | None = Field(default=None, ge=-4, lt=-0.1, description="lowest lift; null: by stall_deg [-]")
    sharpness_per_rad: float = Field(default=30.0, ge=5, le=200, description="M of the law: the larger, the sharper")
    plate_normal: float | None = Field(
        default=None, ge=0.5, le=3, description="CN broadside; null: a plate's of this aspect ratio [-]"
    )
    plate_moment: float | None = Field(
        default=None, ge=-1, le=0, description="Cm broadside, + nose up; null: estimated from Cm_q [-]"
    )
    controls: tuple[CoefficientControl, ...] = Field(default=(), description="what the channels move")

    @model_validator(mode="after")
    def _says_one_thing(self) -> CoefficientModel:
        if self.stall_deg is not None and self.CL_max is not None:
            raise ValueError("coefficient_model: give stall_deg or CL_max, not both: each says where the stall is")
        if self.stall_negative_deg is not None and self.CL_min is not None:
            raise ValueError("coefficient_model: give stall_negative_deg or CL_min, not both")
        return self


@dataclass(frozen=True)
class PlateLaw:
    """A separated wing at any angle: CN = normal * shape(sine), Cm = moment * shape(sine).

    The shape is that of the strips (PHYSICS.md 2.3), 1 broadside: s (1 / (0.56 + 0.44 |s|) - loss) / (1 - loss).
    """

    normal: float
    moment: float
    loss: float

    def lift(self, alpha: float) -> float:
        """CL at an angle of attack (rad)."""
        sine = math.sin(alpha)
        size = abs(sine)
        return self.normal * sine * (1 / (0.56 + 0.44 * size) - self.loss) / (1 - self.loss) * math.cos(alpha)


def plate_law(reference: Derivatives, model: CoefficientModel) -> PlateLaw:
    """The plate of a coefficient aircraft: as its file says, else that of Khan & Nahon (ICUAS 2015), CD 1.98 broadside.

    Moment unless given: the wing's force at a tenth of the chord behind the reference, and a tail whose volume follows
    from Cm_q, 0.04 of which it brings (ours: 0.04 = a tail's CN of 1.2 over twice its slope of 3.7 at 4 chords).
    """
    loss = 0.41 * (1 - math.exp(-17 / reference.aspect_ratio))
    normal = model.plate_normal if model.plate_normal is not None else 1.98 * (1 - loss)
    moment = model.plate_moment
    if moment is None:
        moment = max(-1.0, -0.1 * normal + 0.04 * reference.least("Cm", "q"))
    return PlateLaw(normal, moment, loss)


def stall_angles(reference: Derivatives, model: CoefficientModel) -> tuple[float, float]:
    """Stall angles of attack (positive, negative), rad: as given, or those that give CL_max and CL_min, or a table's.

    Raises ValueError where nothing says where it stalls, or no angle up to 40 deg gives that lift.
    """
    table = reference.tables.get("CL.zero")
    if table is not None:
        lift = np.array(table.value) + reference.CL.get("alpha", 0.0) * np.radians(table.angles_deg)
        lead = 2.0 / model.sharpness_per_rad
        high = math.radians(table.angles_deg[int(np.argmax(lift))]) + lead
        low = math.radians(table.angles_deg[int(np.argmin(lift))]) - lead
        high, low = min(high, 1.0), max(low, -1.0)
    elif model.CL_max is not None:
        high = _stall_of(reference, model, model.CL_max)
        low = -high
    elif model.stall_deg is not None:
        high, low = math.radians(model.stall_deg), -math.radians(model.stall_deg)
    else:
        raise ValueError(
            "coefficient_model: give stall_deg, CL_max or a table of CL.zero: nothing says where it stalls"
        )
    if model.stall_deg is not None:
        high = math.radians(model.stall_deg)
    if model.CL_min is not None:
        low = -_stall_of(reference, model, model.CL_min)
    elif model.stall_negative_deg is not None:
        low = math.radians(model.stall_negative_deg)
    return high, low


def _stall_of(reference: Derivatives, model: CoefficientModel, wanted: float) -> float:
    """Size (rad) of the stall angle with which the blended lift peaks at `wanted`, positive or negative."""
    plate, sign = plate_law(reference, model), math.copysign(1.0, wanted)
    alphas = np.radians(np.arange(0.0, 62.0, 0.1))
    separated = np.array([plate.lift(float(a)) for a in alphas])
    straight = sign * reference.CL["zero"] + reference.CL["alpha"] * alphas

    def peak(stall: float) -> float:
        share = 1 / (1 + np.exp(np.clip(model.sharpness_per_rad * (alphas - stall), -60, 60)))
        attached = np.clip((share - 0.01) / 0.98, 0, 1)  # kernels/coefficients.attached_share
        lift = attached * straight + (1 - attached) * separated
        turns = np.flatnonzero((lift[1:-1] >= lift[:-2]) & (lift[1:-1] >= lift[2:]))
        first = turns[0] + 1 if len(turns) else -1  # the stall's own peak, not the plate's at 45 deg
        return float(lift[first]) - abs(wanted)

    low, high = math.radians(3.0), math.radians(40.0)
    if peak(low) > 0 or peak(high) < 0:
        name, limits = ("CL_max", (low, high)) if sign > 0 else ("CL_min", (low, high))
        least, most = (sign * (peak(edge) + abs(wanted)) for edge in limits)
        raise ValueError(
            f"coefficient_model.{name} {wanted:g} is no lift that a stall between 3 and 40 deg could have with this "
            f"slope and sharpness: from {least:.2f} to {most:.2f}"
        )
    return float(brentq(peak, low, high, xtol=1e-6))  # pyright: ignore[reportArgumentType]


def missing_for_flight(reference: Derivatives, model: CoefficientModel) -> str:
    """What keeps published coefficients from being a whole aircraft, "" if nothing does."""
    for name, key in (("Cl", "p"), ("Cm", "q"), ("Cn", "r")):
        if reference.most(name, key) >= 0.0:
            return f"derivatives.{name}.{key} must be given and negative: without damping it would tumble"
    if reference.lift_slope <= 0.0:
        return "derivatives.CL.alpha must be greater than 0"
    if reference.most("CY", "beta") > 0.0:
        return "derivatives.CY.beta must not be positive: the air would pull it sideways"
    channels = {channel for control in model.controls for channel in control.mix}
    for channel, name, sign in (("aileron", "Cl", 1), ("elevator", "Cm", -1), ("rudder", "Cn", -1)):
        power = reference.least(name, channel) if sign > 0 else -reference.most(name, channel)
        if channel in channels and power <= 0.0:
            return (
                f"derivatives.{name}.{channel} must be {'positive' if sign > 0 else 'negative'}: aileron + rolls "
                "right, elevator + pitches down (a canard's: trailing edge up), rudder + yaws left"
            )
    try:
        stall_angles(reference, model)
    except ValueError as error:
        return str(error)
    return ""
