"""The PARAMETERS of an aircraft as it was built, from those of its drawing: only what differs is worked out anew.

The drawing is what the published derivatives are of. What its strips lack of them (calibration.py) is what the built
aircraft has besides its own strips too, at the place where the drawing has its centre of gravity.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from envs.aircraft.aircraft import Aircraft
from envs.aircraft.as_built import AsBuilt, HalfBuilt, Side
from envs.aircraft.halves import half_built, sides
from envs.physics.assembly.motor_parameters import refill_motors
from envs.physics.assembly.parameters import (
    build_parameters,
    fill_added,
    fill_controls,
    fill_gear_parts,
    fill_induced,
    fill_mass,
    fill_reach,
    fill_sections,
    fill_servos,
    fill_wheels,
    lattice_of,
)
from envs.physics.assembly.strips import Strip, cut_strips, section_built
from envs.physics.assembly.vortex_lattice import Lattice
from envs.physics.kernels.records import copied

SHAPE = ("surfaces", "bodies", "outline", "coefficient_model", "derivatives")
"""Keys of an aircraft that its strips, its induced flow and its corners follow from, besides damage to its halves."""
RESIDUAL = ("area", "span", "chord", "CL", "CD", "Cm", "CY", "Cl", "Cn")
PLACES = ("strip_position", "strip_control", "body_position", "motor_position", "wheel_contact", "hull_point")
_COUNTS = {"strip": "strips", "body": "bodies", "motor": "motors", "wheel": "wheels", "hull": "hull"}


class Setting(NamedTuple):
    """What a record follows from besides the aircraft."""

    rates_hz: tuple[int, int]  # control, physics
    air_density: float  # kg/m3
    effects: tuple[tuple[str, bool], ...]  # sorted (name, on)

    @classmethod
    def of(cls, control_hz: int, physics_hz: int, air_density: float, effects: Mapping[str, bool] | None) -> Setting:
        """As the arguments of environments are."""
        return cls((control_hz, physics_hz), air_density, tuple(sorted((effects or {}).items())))

    def build(self, aircraft: Aircraft) -> np.ndarray:
        """The record of an aircraft that is no other one built otherwise, uncalibrated. Raises InputError."""
        return build_parameters(aircraft, *self.rates_hz, self.air_density, dict(self.effects))


def fit(drawn: np.ndarray, drawing: Aircraft, aircraft: Aircraft, setting: Setting) -> np.ndarray:
    """The record (length 1) of `aircraft`, given `drawn`, the calibrated one of `drawing`. Raises InputError."""
    record = _of_shape(drawn, drawing, aircraft, setting)
    p, built = record[0], aircraft.built
    shift = np.subtract(drawing.mass.center_of_gravity_m, aircraft.mass.center_of_gravity_m)
    if shift.any():
        for name in PLACES:
            p[name][: p[_COUNTS[name.partition("_")[0]]]] += shift
        p["residual_position"], p["wing_height"] = shift, p["wing_height"] + shift[2]
        p["whole_position"] += shift
    heavier = aircraft.mass != drawing.mass
    if heavier:
        fill_mass(p, aircraft)
    if aircraft.propulsion != drawing.propulsion:
        refill_motors(p, aircraft, drawing)
    wheels = aircraft.wheels != drawing.wheels
    if wheels or built.wheels:
        fill_wheels(p, aircraft)
    servos = aircraft.servos != drawing.servos
    if servos:
        fill_servos(p, aircraft, *setting.rates_hz)
    if servos or built.controls:
        fill_controls(p, aircraft, *setting.rates_hz)
    if built.air.zero or built.air.alpha:
        fill_added(p, aircraft)
    if heavier or wheels:
        fill_gear_parts(p, aircraft)
        fill_reach(p)
    return record


def _of_shape(drawn: np.ndarray, drawing: Aircraft, aircraft: Aircraft, setting: Setting) -> np.ndarray:
    """A record with the strips, flow and corners of `aircraft`, all else still the drawing's."""
    halves = aircraft.built.halves
    reshaped = any(getattr(aircraft, key) != getattr(drawing, key) for key in SHAPE)
    if reshaped or (halves and (drawing.coefficient_model or any(half.lost_span for half in halves))):
        shape = {key: getattr(aircraft, key) for key in SHAPE}
        shaped = drawing.model_copy(update={**shape, "built": AsBuilt(halves=halves)})
        record = copied(_shaped(shaped.model_dump_json(), setting))
        for name in RESIDUAL:
            record["residual_" + name] = drawn["residual_" + name]
        return record
    record = copied(drawn)
    if halves:
        _warp(record[0], drawing, halves)
    return record


def _warp(p: np.void, drawing: Aircraft, halves: tuple[HalfBuilt, ...]) -> None:
    """Wings of the drawing's outline whose sections are twisted or lift otherwise: no strip is cut anew."""
    strips, places, lattice = _strips_of(drawing.model_dump_json())
    built = {place: half_built(halves, *place) for place in set(places)}
    sections = [
        (strip.airfoil, *section_built(built[place], 0.5 * (strip.span_range[0] + strip.span_range[1])))
        for strip, place in zip(strips, places, strict=True)
    ]
    fill_sections(p, sections)
    if any(half.lift != 1.0 for half in built.values()):
        fill_induced(p, lattice.with_slope(p["strip_slope"][: len(strips)].copy()))


@lru_cache(maxsize=8)
def _strips_of(drawing_json: str) -> tuple[list[Strip], list[tuple[str, Side]], Lattice]:
    """The strips of a drawing, the (surface, side) of each, and their lattice."""
    drawing = Aircraft.model_validate_json(drawing_json)
    strips, _ = cut_strips(drawing)
    places: list[tuple[str, Side]] = []
    for index, surface in enumerate(drawing.surfaces):
        each = sum(strip.surface == index for strip in strips) // len(sides(surface.mirrored))
        for side in sides(surface.mirrored):
            place: tuple[str, Side] = (surface.name, side)
            places.extend([place] * each)
    return strips, places, lattice_of(build_parameters(drawing)[0], strips)


@lru_cache(maxsize=256)
def _shaped(aircraft_json: str, setting: Setting) -> np.ndarray:
    return setting.build(Aircraft.model_validate_json(aircraft_json))
