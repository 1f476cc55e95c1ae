"""Published whole-aircraft coefficients, as their papers print them.

On an aircraft of surfaces they correct the strips in attached flow (calibration.py). With a `coefficient_model`
(coefficient_model.py) they are the aircraft's whole aerodynamics (kernels/coefficients.py).
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Literal

import numpy as np
from pydantic import Field, PositiveFloat, model_validator

from envs.aircraft.equipment import Coefficient, Vector
from envs.base.config_file import Strict
from envs.base.errors import did_you_mean

DRAG_FORMS = (
    frozenset({"min", "k"}),
    frozenset({"parasite", "oswald"}),
)
SUM = frozenset({"CL", "CL_squared", "alpha", "alpha_squared", "alpha_size"})
"""What a drag law that begins with `zero` may be a sum of."""
TABLE_POINTS = 40

LiftTerm = Literal["zero", "alpha", "q", "elevator", "flap", "alphadot"]
SideTerm = Literal["zero", "beta", "p", "r", "aileron", "rudder", "p_CL", "r_CL"]
DragTerm = Literal[
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
    "alpha_size",
    "reynolds",
    "q",
    "thrust",
    "beta_size",
    "beta_squared",
    "elevator",
    "aileron",
    "rudder",
    "flap",
    "elevator_squared",
    "aileron_squared",
    "rudder_squared",
]
ON_COEFFICIENTS_ONLY: dict[str, frozenset[str]] = {
    "CL": frozenset({"flap", "alphadot"}),
    "Cm": frozenset({"flap", "alphadot"}),
    "CD": frozenset(
        {"alpha_size", "beta_size", "beta_squared", "flap"}
        | {name + end for name in ("elevator", "aileron", "rudder") for end in ("", "_squared")}
    ),
    **{name: frozenset({"p_CL", "r_CL"}) for name in ("CY", "Cl", "Cn")},
}
"""Terms that strips carry by themselves, so that only a coefficient aircraft takes them."""
TABLE_TERMS: dict[str, tuple[str, ...]] = {
    "CL": ("zero", "q", "elevator", "flap", "alphadot"),
    "CD": ("zero", "beta", "q", "elevator", "aileron", "rudder", "flap"),
    "Cm": ("zero", "q", "elevator", "flap", "alphadot"),
    **{name: ("zero", "beta", "p", "r", "aileron", "rudder") for name in ("CY", "Cl", "Cn")},
}
"""What may be given as a table."""


class CoefficientTable(Strict):
    """A coefficient over the angle of attack or the sideslip (+ wind from the right), linear between its points.

    Held beyond its ends. A table of CL.zero, CD.zero or Cm.zero over alpha is the whole curve, stall included: it
    counts in full in its range, and within 12 deg beyond goes over into the plate of `coefficient_model`.
    """

    alpha_deg: tuple[float, ...] | None = Field(default=None, description="angles of attack, rising [deg]")
    beta_deg: tuple[float, ...] | None = Field(default=None, description="or sideslips, rising [deg]")
    value: tuple[float, ...] = Field(min_length=2, max_length=TABLE_POINTS, description="at each angle [- or 1/rad]")

    @model_validator(mode="after")
    def _is_a_function(self) -> CoefficientTable:
        if (self.alpha_deg is None) == (self.beta_deg is None):
            raise ValueError("a table needs alpha_deg or beta_deg, one of them")
        angles = self.angles_deg
        if len(angles) != len(self.value):
            raise ValueError(f"a table's angles and value must be equally long (got {len(angles)}, {len(self.value)})")
        if any(b <= a for a, b in pairwise(angles)) or angles[0] < -180 or angles[-1] > 180:
            raise ValueError("a table's angles must rise, from -180 to 180 deg at most")
        return self

    @property
    def angles_deg(self) -> tuple[float, ...]:
        """Where its values are, deg."""
        return self.alpha_deg or self.beta_deg or ()

    def at(self, degrees: float) -> float:
        """Its value at an angle (deg)."""
        return float(np.interp(degrees, self.angles_deg, self.value))


class Derivatives(Strict):
    """Published whole-aircraft coefficients (aerospace axes, rates as p b / 2V, q c / 2V, r b / 2V).

    CL and CD along the wind's axes, CY, Cl, Cm, Cn in body axes about `moment_reference_m` (drawing axes). Per radian;
    controls: elevator + pitches down (on a tail, trailing edge down), aileron + rolls right, rudder + yaws left
    (trailing edge left), flap + trailing edge down; of two halves, half the sum or difference. A source in degrees:
    times 57.3; per stick unit: over the travel in rad. A missing entry is 0. alphadot c / 2V is
    taken by a coefficient aircraft; for strips add it to the entries `q`, for in quick motions alphadot is about q.

    CD in the source's form, one of (drag_terms turns them into one):
    - {min, CL_at_min, k}: min + k (CL - CL_at_min)^2
    - {parasite, oswald}: parasite + profile_k CL^2 + CL^2 / (pi oswald b^2 / S), profile_k 0 unless given
    - {zero, CL, CL_squared, alpha, alpha_squared, alpha_size}: zero + CL * CL + CL_squared * CL^2 + alpha * alpha
      + alpha_squared * alpha^2 + alpha_size * |alpha|, of which any may be missing
    - a table of CD.zero over alpha, alone or with the terms of the sum
    with CL of all that it depends on. `reynolds` is the exponent with which what is not induced (min, zero, or parasite
    and profile_k) goes with speed: times (V / speed_mps)^reynolds, V from a third of speed_mps to three times it (-0.5:
    laminar, -0.2: turbulent friction). Plus q times the pitch rate and thrust times CT, the propellers' coefficient
    (mean of the motors); plus, for a coefficient aircraft, elevator, aileron, rudder, flap times the size of each
    deflection (elevator_squared ...: times its square), beta_size and beta_squared times the sideslip's.

    Cl_r and Cn_p that grow with lift: r_CL and p_CL are what r and p gain per CL. `tables`: any term of a coefficient
    aircraft over alpha or beta, by name: {CL.zero: {alpha_deg: [...], value: [...]}}.

    On surfaces, the strips carry what they can of all these; the rest is added in attached flow only.
    """

    source: str = Field(description="where they are published")
    area_m2: PositiveFloat = Field(le=1000, description="reference area S")
    span_m: PositiveFloat = Field(le=200, description="reference span b")
    chord_m: PositiveFloat = Field(le=20, description="reference chord c")
    moment_reference_m: Vector = Field(description="x, y, z that moments are about, in the axes of the drawing")
    speed_mps: PositiveFloat = Field(
        description="where the strips are compared with these; the cruise of the performance sheet"
    )
    alpha_range_deg: tuple[float, float] = Field(default=(-4.0, 9.0), description="angles of attack they hold for")
    CL: dict[LiftTerm, Coefficient] = Field(description="lift [- or 1/rad]")
    CD: dict[DragTerm, Coefficient] = Field(
        description="drag, in one of three forms: {min, CL_at_min, k}, {parasite, oswald, profile_k}, {zero, CL, "
        "CL_squared, alpha, alpha_squared, alpha_size} [- or 1/rad]"
    )
    CY: dict[SideTerm, Coefficient] = Field(description="side force, + right [- or 1/rad]")
    Cl: dict[SideTerm, Coefficient] = Field(description="rolling moment, + right wing down [- or 1/rad]")
    Cm: dict[LiftTerm, Coefficient] = Field(description="pitching moment, + nose up [- or 1/rad]")
    Cn: dict[SideTerm, Coefficient] = Field(description="yawing moment, + nose right [- or 1/rad]")
    tables: dict[str, CoefficientTable] = Field(
        default={}, description="terms over an angle, by name: CL.zero, Cn.beta"
    )

    @model_validator(mode="after")
    def _is_complete(self) -> Derivatives:
        self._check_tables()
        for key in ("zero", "alpha") if "CL.zero" not in self.tables else ():
            if key not in self.CL:
                raise ValueError(f"key CL.{key} is missing")
        form: set[str] = {"min", "CL_at_min", "k", "parasite", "oswald", "profile_k", "zero", *SUM} & set(self.CD)
        if "CD.zero" in self.tables:
            form |= {"zero"}
        summed = "zero" in form and (form - {"zero"}) <= SUM and (len(form) > 1 or "CD.zero" in self.tables)
        if not summed and (
            frozenset(form - {"CL_at_min", "profile_k"}) not in DRAG_FORMS
            or ("CL_at_min" in form and "min" not in form)
            or ("profile_k" in form and "oswald" not in form)
        ):
            raise ValueError(
                "drag CD must be given in one form: {min, CL_at_min, k}, {parasite, oswald, profile_k}, {zero, and of "
                f"{', '.join(sorted(SUM))} what is published}} or a table of CD.zero (got {sorted(self.CD)})"
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

    def _check_tables(self) -> None:
        known = [f"{name}.{term}" for name, terms in TABLE_TERMS.items() for term in terms]
        for key, table in self.tables.items():
            if key not in known:
                raise ValueError(f"tables: no coefficient {key!r} that can be a table{did_you_mean(key, known)}")
            name, term = key.split(".")
            if term in getattr(self, name):
                raise ValueError(f"{key} is given as a number and as a table: only one of them counts")
            if bool(table.beta_deg) != (key == "CD.beta") and name in ("CL", "CD", "Cm"):
                raise ValueError(f"tables: {key} goes over {'beta_deg' if key == 'CD.beta' else 'alpha_deg'}")

    def least(self, name: str, term: str) -> float:
        """The lowest value of a term, a number or a table; 0 if missing."""
        table = self.tables.get(f"{name}.{term}")
        return min(table.value) if table else float(getattr(self, name).get(term, 0.0))

    def most(self, name: str, term: str) -> float:
        """The highest value of a term, a number or a table; 0 if missing."""
        table = self.tables.get(f"{name}.{term}")
        return max(table.value) if table else float(getattr(self, name).get(term, 0.0))

    @property
    def lift_slope(self) -> float:
        """CL per alpha (1/rad) in attached flow: as given, or of a table about its angle without lift."""
        table = self.tables.get("CL.zero")
        if table is None:
            return self.CL["alpha"]
        angles = np.linspace(max(-10.0, table.angles_deg[0]), min(10.0, table.angles_deg[-1]), 81)
        lift = np.array([table.at(a) for a in angles])
        middle = angles[np.argmin(np.abs(lift))]
        rise = table.at(middle + 2.0) - table.at(middle - 2.0)
        return rise / math.radians(4.0) + self.CL.get("alpha", 0.0)

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
        zero = self.least("CD", "zero")  # of a table, its lowest
        return (zero, *(drag.get(k, 0.0) for k in ("CL", "CL_squared", "alpha", "alpha_squared")))  # pyright: ignore

    def profile_drag(self) -> tuple[float, float]:
        """(constant, per CL squared): the part of the drag law that goes with Reynolds number."""
        return self.drag_terms()[0], self.CD.get("profile_k", 0.0)

    def drag_least(self) -> float:
        """What the drag law never goes below: its lowest value; of a straight line, half of its value at zero."""
        least, *rest = self.drag_terms()
        for slope, square in (rest[:2], rest[2:]):
            if square > 0:
                least -= slope**2 / (4 * square)
            elif slope != 0:
                return 0.5 * least
        return least
