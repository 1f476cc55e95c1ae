"""Published whole-aircraft coefficients, as their papers print them, and what must be known to fly on them alone.

On an aircraft of surfaces they correct the strips in attached flow (calibration.py). With a `coefficient_model` they
are the aircraft's whole aerodynamics (whole_aircraft.py).
"""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field, PositiveFloat, model_validator

from envs.aircraft.equipment import Fraction, Vector
from envs.base.config_file import Strict
from envs.base.frames import Channel

DRAG_FORMS = (
    frozenset({"min", "k"}),
    frozenset({"parasite", "oswald"}),
    frozenset({"zero", "CL", "CL_squared"}),
    frozenset({"zero", "alpha"}),
)


class Derivatives(Strict):
    """Published whole-aircraft coefficients (aerospace axes, rates as p b / 2V, q c / 2V, r b / 2V).

    CL and CD along the wind's axes, CY, Cl, Cm, Cn in body axes about `moment_reference_m` (drawing axes). Per radian;
    controls: elevator + pitches down (on a tail, trailing edge down), aileron + rolls right, rudder + yaws left
    (trailing edge left), flap + trailing edge down; of two halves, half the sum or difference. A source in degrees:
    times 57.3; per stick unit: over the travel in rad. A missing entry is 0. CL_alphadot and Cm_alphadot are not
    taken: in quick motions alphadot is about q, so add them to the entries `q`.

    CD in the source's form, one of (drag_terms turns them into one):
    - {min, CL_at_min, k}: min + k (CL - CL_at_min)^2
    - {parasite, oswald}: parasite + profile_k CL^2 + CL^2 / (pi oswald b^2 / S), profile_k 0 unless given
    - {zero, CL, CL_squared}: zero + CL * CL + CL_squared * CL^2
    - {zero, alpha, alpha_squared}: zero + alpha * alpha + alpha_squared * alpha^2 (the last may be missing)
    with CL of all that it depends on. `reynolds` is the exponent with which what is not induced (min, zero, or parasite
    and profile_k) goes with speed: times (V / speed_mps)^reynolds, V from a third of speed_mps to three times it (-0.5:
    laminar, -0.2: turbulent friction). Plus q times the pitch rate and thrust times CT, the propellers' coefficient
    (mean of the motors); plus, for a coefficient aircraft, elevator, aileron, rudder, flap times the size of each
    deflection.

    On surfaces, the strips carry what they can of all these; the rest is added in attached flow only.
    """

    source: str = Field(description="where they are published")
    area_m2: PositiveFloat = Field(description="reference area S")
    span_m: PositiveFloat = Field(description="reference span b")
    chord_m: PositiveFloat = Field(description="reference chord c")
    moment_reference_m: Vector = Field(description="x, y, z that moments are about, in the axes of the drawing")
    speed_mps: PositiveFloat = Field(
        description="where the strips are compared with these; the cruise of the performance sheet"
    )
    alpha_range_deg: tuple[float, float] = Field(default=(-4.0, 9.0), description="angles of attack they hold for")
    CL: dict[Literal["zero", "alpha", "q", "elevator", "flap"], float] = Field(description="lift [- or 1/rad]")
    CD: dict[
        Literal[
            "min",
            "CL_at_min",
            "k",
            "parasite",
            "oswald",
            "profile_k",
            "zero",
            "CL",
            "CL_squared",
            "alpha",
            "alpha_squared",
            "reynolds",
            "q",
            "thrust",
            "elevator",
            "aileron",
            "rudder",
            "flap",
        ],
        float,
    ] = Field(
        description="drag, in one of four forms: {min, CL_at_min, k}, {parasite, oswald}, {zero, CL, CL_squared}, "
        "{zero, alpha, alpha_squared} [- or 1/rad]"
    )
    CY: dict[Literal["zero", "beta", "p", "r", "aileron", "rudder"], float] = Field(
        description="side force, + right [- or 1/rad]"
    )
    Cl: dict[Literal["zero", "beta", "p", "r", "aileron", "rudder"], float] = Field(
        description="rolling moment, + right wing down [- or 1/rad]"
    )
    Cm: dict[Literal["zero", "alpha", "q", "elevator", "flap"], float] = Field(
        description="pitching moment, + nose up [- or 1/rad]"
    )
    Cn: dict[Literal["zero", "beta", "p", "r", "aileron", "rudder"], float] = Field(
        description="yawing moment, + nose right [- or 1/rad]"
    )

    @model_validator(mode="after")
    def _is_complete(self) -> Derivatives:
        for key in ("zero", "alpha"):
            if key not in self.CL:
                raise ValueError(f"key CL.{key} is missing")
        form: set[str] = {
            "min",
            "CL_at_min",
            "k",
            "parasite",
            "oswald",
            "profile_k",
            "zero",
            "CL",
            "CL_squared",
            "alpha",
            "alpha_squared",
        } & set(self.CD)
        if (
            frozenset(form - {"CL_at_min", "profile_k", "alpha_squared"}) not in DRAG_FORMS
            or ("CL_at_min" in form and "min" not in form)
            or ("profile_k" in form and "oswald" not in form)
            or ("alpha_squared" in form and "alpha" not in form)
        ):
            raise ValueError(
                "drag CD must be given in one form: {min, CL_at_min, k}, {parasite, oswald}, "
                f"{{zero, CL, CL_squared}} or {{zero, alpha, alpha_squared}} (got {sorted(self.CD)})"
            )
        if self.CD.get("oswald", 1.0) <= 0:
            raise ValueError("drag CD.oswald must be greater than 0")
        if not -1.0 <= self.CD.get("reynolds", 0.0) <= 0.5:
            raise ValueError(
                f"drag CD.reynolds must be from -1 to 0.5 (got {self.CD['reynolds']:g}): the exponent of the "
                "speed that profile drag goes with, -0.5 for laminar friction"
            )
        if self.drag_least() <= 0:
            raise ValueError("drag CD must stay above 0: without drag it would fly for ever")
        return self

    @property
    def aspect_ratio(self) -> float:
        """Span squared over area."""
        return self.span_m**2 / self.area_m2

    def drag_terms(self) -> tuple[float, float, float, float, float]:
        """(zero, CL, CL squared, alpha, alpha squared): the published drag law of any form, without q and the rest."""
        drag = self.CD
        if "k" in drag:
            k, middle = drag["k"], drag.get("CL_at_min", 0.0)
            return drag["min"] + k * middle**2, -2 * k * middle, k, 0.0, 0.0
        if "oswald" in drag:
            induced = 1 / (math.pi * drag["oswald"] * self.aspect_ratio)
            return drag["parasite"], 0.0, drag.get("profile_k", 0.0) + induced, 0.0, 0.0
        if "CL_squared" in drag:
            return drag["zero"], drag["CL"], drag["CL_squared"], 0.0, 0.0
        return drag["zero"], 0.0, 0.0, drag["alpha"], drag.get("alpha_squared", 0.0)

    def profile_drag(self) -> tuple[float, float]:
        """(constant, per CL squared): the part of the drag law that goes with Reynolds number."""
        return self.drag_terms()[0], self.CD.get("profile_k", 0.0)

    def drag_least(self) -> float:
        """What the drag law never goes below: its lowest value; of a straight line, half of its value at zero."""
        zero, *rest = self.drag_terms()
        for slope, square in (rest[:2], rest[2:]):
            if square > 0:
                return zero - slope**2 / (4 * square)
        return 0.5 * zero


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
    """Flies an aircraft without `surfaces` on its `derivatives`, at any attitude (whole_aircraft.py has the law).

    Beyond the stall the lift, drag and pitching moment go over into those of a flat plate (Beard & McLain, Small
    Unmanned Aircraft, 2012, ch. 4). Their M is `sharpness_per_rad`, their alpha_0 `stall_deg`; the highest lift is
    reached some 2 / M before it.
    """

    stall_deg: float = Field(gt=2, le=60, description="angle of attack of the aircraft, half way to the plate")
    stall_negative_deg: float | None = Field(default=None, ge=-60, lt=-2, description="null: -stall_deg")
    sharpness_per_rad: float = Field(default=50.0, ge=5, le=200, description="M of the law: the larger, the sharper")
    plate_normal: float = Field(default=2.0, ge=0.5, le=3, description="CN = plate_normal sin^2 alpha [-]")
    plate_moment: float = Field(default=-0.22, ge=-1, le=0, description="Cm = plate_moment sin^2 alpha, + nose up [-]")
    controls: tuple[CoefficientControl, ...] = Field(default=(), description="what the channels move")

    @property
    def stall_angles_deg(self) -> tuple[float, float]:
        """Stall angles of attack (positive, negative), deg."""
        return self.stall_deg, self.stall_negative_deg if self.stall_negative_deg is not None else -self.stall_deg


def missing_for_flight(reference: Derivatives, model: CoefficientModel) -> str:
    """What keeps published coefficients from being a whole aircraft, "" if nothing does."""
    for name, key in (("Cl", "p"), ("Cm", "q"), ("Cn", "r")):
        if getattr(reference, name).get(key, 0.0) >= 0.0:
            return f"derivatives.{name}.{key} must be given and negative: without damping it would tumble"
    if reference.CL["alpha"] <= 0.0:
        return "derivatives.CL.alpha must be greater than 0"
    if reference.CY.get("beta", 0.0) > 0.0:
        return "derivatives.CY.beta must not be positive: the air would pull it sideways"
    channels = {channel for control in model.controls for channel in control.mix}
    for channel, name, sign in (("aileron", "Cl", 1), ("elevator", "Cm", -1), ("rudder", "Cn", -1)):
        if channel in channels and getattr(reference, name).get(channel, 0.0) * sign <= 0.0:
            return (
                f"derivatives.{name}.{channel} must be {'positive' if sign > 0 else 'negative'}: aileron + rolls "
                "right, elevator + pitches down (a canard's: trailing edge up), rudder + yaws left"
            )
    return ""
