"""One aircraft = one YAML file: geometry, mass, propulsion, gear, servos; typed, frozen and validated.

Axes of every position in the file: body axes (x forward, y left, z up) from any datum the drawing uses;
`mass.center_of_gravity_m` says where the centre of gravity is in those axes. A `mirrored` part is given
as its left half (y >= 0) and exists on both sides. Mass properties and `derivatives` keep the axes they
are published in (aerospace: x forward, y right, z down), so that a line can be checked against its source.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, PositiveFloat, model_validator

from envs.aircraft.as_built import AsBuilt
from envs.aircraft.coefficient_model import CoefficientModel, missing_for_flight
from envs.aircraft.derivatives import ON_COEFFICIENTS_ONLY, Derivatives
from envs.aircraft.equipment import Coordinate, Degrees, Fraction, NonNegative, Propulsion, Servos, Vector, Wheel
from envs.aircraft.nose_camera import NoseCamera
from envs.base.config_file import Line, Name, Strict, named_file, read_yaml, validate
from envs.base.frames import Channel, inertia_body

MOST_UPRIGHT_M = 1e-3  # out of the middle: a fin


class Mass(Strict):
    """Mass (kg), centre of gravity (m, drawing axes) and inertia (kg m2, aerospace axes, Ixz = sum of x z dm)."""

    mass_kg: PositiveFloat = Field(le=1000, description="ready to fly")
    center_of_gravity_m: Vector = Field(default=(0.0, 0.0, 0.0), description="x, y, z in the axes of the drawing")
    Ixx: PositiveFloat = Field(le=1e5, description="about the roll axis [kg m2]")
    Iyy: PositiveFloat = Field(le=1e5, description="about the pitch axis [kg m2]")
    Izz: PositiveFloat = Field(le=1e5, description="about the yaw axis [kg m2]")
    Ixz: float = Field(default=0.0, description="sum of x z dm, x forward, z down [kg m2]")

    @model_validator(mode="after")
    def _is_a_rigid_body(self) -> Mass:
        principal = np.sort(np.linalg.eigvalsh(inertia_body(self.Ixx, self.Iyy, self.Izz, self.Ixz)))
        if principal[0] <= 0 or principal[0] + principal[1] < principal[2]:
            values = ", ".join(f"{p:.5f}" for p in principal)
            raise ValueError(
                f"inertia (Ixx, Iyy, Izz, Ixz) is not that of a rigid body: of the principal moments "
                f"({values} kg m2) two must sum to at least the third"
            )
        return self


class Airfoil(Strict):
    """Section law of a surface, from attached flow through stall to a flat plate (PHYSICS.md 2.3)."""

    lift_slope_per_rad: float = Field(default=6.28319, gt=1, lt=8, description="of the section, attached flow")
    zero_lift_deg: float = Field(default=0.0, ge=-15, le=15, description="angle of attack without lift")
    moment: float = Field(default=0.0, ge=-0.5, le=0.5, description="cm about the quarter chord, + nose up [-]")
    drag_min: NonNegative = Field(default=0.012, description="cd = drag_min + drag_k cl^2 [-]")
    drag_k: NonNegative = Field(default=0.01, description="cd = drag_min + drag_k cl^2 [-]")
    stall_deg: float = Field(default=12.0, gt=2, le=60, description="angle of the section, without induced angle")
    stall_negative_deg: float | None = Field(default=None, ge=-60, lt=-2, description="null: -stall_deg")
    stall_width_deg: float = Field(default=8.0, gt=0, le=40, description="from attached to fully separated")
    drag_90: PositiveFloat = Field(default=1.98, description="cd broadside [-]")


class WingSection(Strict):
    """One rib: leading edge (m), chord (m), incidence (deg, nose up +)."""

    leading_edge_m: Vector = Field(description="x, y, z in the axes of the drawing")
    chord_m: PositiveFloat = Field(le=20, description="from leading to trailing edge")
    incidence_deg: float = Field(default=0.0, ge=-30, le=30, description="+ nose up")


class ControlSurface(Strict):
    """A hinged part of a surface.

    `mix` weighs the pilot's channels: aileron + rolls right, elevator + pitches up, rudder + yaws right,
    flap + lowers the trailing edge; the loader finds from the geometry which way the part must turn.
    """

    name: str = Field(description="unique in the aircraft")
    span: tuple[Fraction, Fraction] = Field(default=(0.0, 1.0), description="from, to: root 0, tip 1 [(half) span]")
    chord_fraction: float = Field(gt=0, le=1, description="how deep it is [chord]")
    travel_deg: float = Field(gt=0, le=90, description="to each side at full stick")
    travel_down_deg: float | None = Field(default=None, gt=0, le=90, description="where it differs; null: travel_deg")
    mix: dict[Channel, Annotated[float, Field(ge=-1, le=1)]] = Field(description="share of each channel's stick [-]")
    effectiveness: float = Field(default=0.8, gt=0, le=1.5, description="of thin-aerofoil theory (gaps, viscosity) [-]")

    @model_validator(mode="after")
    def _spans_something(self) -> ControlSurface:
        if not self.span[0] < self.span[1]:
            raise ValueError(
                f"control {self.name!r} is on no surface: span must run from a smaller to a larger "
                f"fraction (got {self.span[0]} to {self.span[1]})"
            )
        if not any(self.mix.values()):
            raise ValueError(f"control {self.name!r}: mix names no channel that moves it")
        return self


class Surface(Strict):
    """A wing, tail or fin: ribs from root to tip, cut into `strips` (per half when mirrored)."""

    name: str = Field(description="wing, tail, fin, ...")
    mirrored: bool = Field(description="true: given as its left half, exists on both sides")
    strips: int = Field(ge=1, le=16, description="pieces across the (half) span, each with a flow of its own [strips]")
    sections: tuple[WingSection, ...] = Field(min_length=2, description="ribs from root to tip")
    airfoil: Airfoil = Airfoil()
    controls: tuple[ControlSurface, ...] = Field(default=(), description="its hinged parts")

    @model_validator(mode="after")
    def _has_a_span(self) -> Surface:
        ribs = np.array([s.leading_edge_m for s in self.sections])
        if np.any(np.linalg.norm(np.diff(ribs[:, 1:], axis=0), axis=1) < 1e-3):
            raise ValueError(f"surface {self.name!r}: two of its sections are at the same place across the span")
        if self.mirrored and np.any(ribs[:, 1] < -1e-9):
            raise ValueError(f"surface {self.name!r} is mirrored: give its left half (y >= 0)")
        return self


class BodyStation(Strict):
    """One cross-section of a fuselage: place of its centre (m), width and height (m)."""

    x_m: Coordinate = Field(description="its centre, + forward")
    z_m: Coordinate = Field(description="its centre, + up")
    width_m: NonNegative = Field(le=20, description="across")
    height_m: NonNegative = Field(le=20, description="from bottom to top")


class Body(Strict):
    """A fuselage, pod or boom: drag along and across it."""

    name: str = Field(description="fuselage, pod, boom, ...")
    y_m: Coordinate = Field(default=0.0, description="of its axis, + left")
    stations: tuple[BodyStation, ...] = Field(min_length=2, description="cross-sections, nose to tail")
    drag_coefficient: NonNegative = Field(default=0.15, description="along x, on the largest cross-section [-]")
    cross_drag_coefficient: NonNegative = Field(default=0.8, description="across, on the side or top area [-]")
    mirrored: bool = Field(default=False, description="true: the left one of two")
    belly: bool = Field(default=False, description="made to slide on: it may touch the ground (skids carry it)")


class Launch(Strict):
    """How it starts: standing on the runway, thrown by hand, or by bungee.

    Thrown: let go at `height_m` (lowest wheel or skid) with `speed_mps` over the ground along the body, nose up
    by `pitch_deg`, motor running.
    """

    kind: Literal["runway", "hand", "bungee"] = Field(default="runway", description="runway: from its wheels")
    speed_mps: NonNegative = Field(default=0.0, description="over the ground, along the body")
    pitch_deg: Degrees = Field(default=0.0, description="+ nose up")
    height_m: NonNegative = Field(default=0.0, description="of the lowest wheel or skid")


class OutlineControl(Strict):
    """Where a control of the `coefficient_model` is on an outline: fractions of (half) span and chord."""

    name: str = Field(description="one of coefficient_model.controls")
    span: tuple[Fraction, Fraction] = Field(default=(0.0, 1.0), description="from, to: root 0, tip 1 [(half) span]")
    chord_fraction: float = Field(gt=0, le=1, description="how deep it is [chord]")


class OutlineSurface(Strict):
    """A wing, tail or fin of a coefficient aircraft: drawn and able to strike, without forces of its own."""

    name: str = Field(description="wing, tail, fin, ...")
    mirrored: bool = Field(description="true: given as its left half, exists on both sides")
    sections: tuple[WingSection, ...] = Field(min_length=2, description="ribs from root to tip")
    controls: tuple[OutlineControl, ...] = Field(default=(), description="where its hinged parts are")


class Aircraft(Strict):
    """A whole aircraft. `name` is the file's name; `stall_speed_mps` is the Vs of envs/tasks/YARDSTICKS.md.

    Its aerodynamics are given in one of two ways. As a drawing: `surfaces` (and `bodies`), cut into strips that each
    feel their own flow, corrected by `derivatives` if some are published. Or, where only whole-aircraft coefficients
    are published, as a coefficient aircraft: no `surfaces`, but `derivatives` and a `coefficient_model` (stall and
    controls). Such a file needs no drawing: `outline` and `bodies` then only say what is drawn and can strike; without
    an outline one is made up from span, area and chord (outline.py). All other keys are the same, and both kinds go
    through the same trim, tasks and pictures.
    """

    name: Name = Field(default="", description="the file's name unless given")
    title: Line = Field(description="as people call it")
    stall_speed_mps: PositiveFloat = Field(
        ge=0.5, le=100, description="Vs of YARDSTICKS.md: level, power off, through the air"
    )
    mass: Mass
    surfaces: tuple[Surface, ...] = Field(default=(), description="wings, tails and fins, cut into strips")
    bodies: tuple[Body, ...] = Field(default=(), description="fuselages, pods and booms")
    propulsion: tuple[Propulsion, ...] = Field(default=(), description="motors with propeller and battery")
    camera: NoseCamera | None = Field(default=None, description="a small grey camera that looks ahead; null: none")
    servos: Servos
    wheels: tuple[Wheel, ...] = Field(default=(), description="wheels and skids")
    launch: Launch = Launch()
    derivatives: Derivatives | None = Field(default=None, description="published whole-aircraft coefficients")
    coefficient_model: CoefficientModel | None = Field(default=None, description="flies on the derivatives alone")
    outline: tuple[OutlineSurface, ...] = Field(default=(), description="what is drawn of a coefficient aircraft")
    built: AsBuilt = Field(default=AsBuilt(), description="where it was not built as drawn: linkages, damage, sensors")

    @model_validator(mode="after")
    def _parts_fit_together(self) -> Aircraft:
        model = self.coefficient_model
        names = [c.name for s in self.surfaces for c in s.controls]
        names += [c.name for c in model.controls] if model else []
        doubled = sorted({n for n in names if names.count(n) > 1})
        if doubled:
            raise ValueError(f"control {doubled[0]!r} is defined twice")
        if self.launch.kind == "runway" and not self.wheels:
            raise ValueError("launch.kind is runway but the aircraft has no wheels: use hand or bungee")
        self._check_aerodynamics()
        self._check_places()
        self._check_built()
        return self

    def _check_built(self) -> None:
        """That what was built otherwise is there, and has the sides it is said of."""
        if self.built == _AS_DRAWN:
            return
        model = self.coefficient_model
        controls = {c.name: s.mirrored for s in self.surfaces for c in s.controls}
        controls |= {c.name: c.mirrored for c in model.controls} if model else {}
        surfaces = {s.name: s.mirrored for s in (*self.surfaces, *self.outline)}
        if model and not self.outline:
            surfaces = {"wing": True}
        wheels = {w.name: w.mirrored for w in self.wheels}
        for key, kind, entries, parts in (
            ("controls", "control", self.built.controls, controls),
            ("halves", "surface", self.built.halves, surfaces),
            ("wheels", "wheel", self.built.wheels, wheels),
        ):
            for entry in entries:
                name = getattr(entry, kind)
                if name not in parts:
                    known = ", ".join(parts) or "it has none"
                    raise ValueError(f"built.{key}: {kind} {name!r} is not on this aircraft ({known})")
                if entry.side != "both" and not parts[name]:
                    raise ValueError(f"built.{key}: {kind} {name!r} is not mirrored, it has no {entry.side} side")

    def as_drawn(self) -> Aircraft:
        """A copy with nothing in `built`."""
        return self.model_copy(update={"built": _AS_DRAWN})

    def _check_places(self) -> None:
        """That something lies flat enough to carry it, and its centre of gravity within its length."""
        ribs = [rib for surface in (*self.surfaces, *self.outline) for rib in surface.sections]
        if self.surfaces and all(abs(rib.leading_edge_m[1]) < MOST_UPRIGHT_M for rib in ribs):
            raise ValueError("surfaces: none reaches across, all of them stand upright: nothing carries its weight")
        if not ribs or self.coefficient_model:
            return
        places = [x for rib in ribs for x in (rib.leading_edge_m[0], rib.leading_edge_m[0] - rib.chord_m)]
        places += [station.x_m for body in self.bodies for station in body.stations]
        places += [unit.position_m[0] for unit in self.propulsion]
        at = self.mass.center_of_gravity_m[0]
        if not min(places) <= at <= max(places):
            raise ValueError(
                f"mass.center_of_gravity_m: x {at:g} m is {'behind' if at < min(places) else 'ahead of'} the whole "
                f"aircraft, which reaches from {min(places):g} to {max(places):g} m (axes of the drawing)"
            )

    def _check_aerodynamics(self) -> None:
        model, reference = self.coefficient_model, self.derivatives
        if model is None:
            if not self.surfaces:
                raise ValueError("surfaces: give at least one, or derivatives with a coefficient_model")
            if self.outline:
                raise ValueError("outline: only for a coefficient aircraft; surfaces are drawn as they are")
            for name, only in ON_COEFFICIENTS_ONLY.items() if reference else ():
                extra = sorted(only & set(getattr(reference, name)))
                if extra:
                    raise ValueError(
                        f"derivatives.{name}.{extra[0]}: only for a coefficient aircraft; here the strips carry it"
                    )
            if reference and reference.tables:
                raise ValueError(
                    f"derivatives.tables ({next(iter(reference.tables))}): only for a coefficient aircraft; here the "
                    "strips' own curves are corrected by numbers"
                )
            return
        if self.surfaces:
            raise ValueError("coefficient_model: not together with surfaces (what is only drawn goes into outline)")
        if reference is None:
            raise ValueError("coefficient_model: needs derivatives to fly on")
        fault = missing_for_flight(reference, model)
        if fault:
            raise ValueError(fault)
        for drawn in (c for s in self.outline for c in s.controls):
            if drawn.name not in [c.name for c in model.controls]:
                raise ValueError(f"outline: control {drawn.name!r} is not one of coefficient_model.controls")

    @property
    def span_m(self) -> float:
        """Span from tip to tip, m (the b of envs/tasks/YARDSTICKS.md): as published for a coefficient aircraft."""
        if self.coefficient_model and self.derivatives:
            return self.derivatives.span_m
        ribs = [abs(s.leading_edge_m[1]) for w in self.surfaces for s in w.sections]
        return 2 * max(max(ribs), 1e-3)


_AS_DRAWN = AsBuilt()


def load_aircraft(name: str) -> Aircraft:
    """The aircraft of a name in configs/aircraft or of a path to a YAML file. Raises InputError."""
    path = named_file("aircraft", name)
    return aircraft_from_dict(read_yaml(path), str(path), path.stem)


def aircraft_from_dict(data: dict[str, Any], source: str, name: str) -> Aircraft:
    """A validated aircraft from a mapping (a YAML file, or the copy inside a flight log)."""
    return validate(Aircraft, {**data, "name": data.get("name") or Path(name).stem}, source)
