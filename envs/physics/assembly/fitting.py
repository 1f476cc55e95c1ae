"""The PARAMETERS of an aircraft as it was built, from those of its drawing: only what differs is worked out anew.

The drawing is what the published derivatives are of. What its strips lack of them (calibration.py) is what the built
aircraft has besides its own strips too, at the place where the drawing has its centre of gravity.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from envs.aircraft.aircraft import Aircraft
from envs.aircraft.as_built import AsBuilt
from envs.physics.assembly.motor_parameters import refill_motors
from envs.physics.assembly.parameters import (
    build_parameters,
    fill_added,
    fill_controls,
    fill_gear_parts,
    fill_mass,
    fill_reach,
    fill_servos,
    fill_wheels,
)

SHAPE = ("surfaces", "bodies", "outline", "coefficient_model", "derivatives")
"""Keys of an aircraft that its strips, its induced flow and its corners follow from, besides damage to its halves."""
RESIDUAL = ("area", "span", "chord", "CL", "CD", "Cm", "CY", "Cl", "Cn")
PLACES = ("strip_position", "strip_control", "body_position", "motor_position", "wheel_contact", "hull_point")
_COUNTS = {"strip": "strips", "body": "bodies", "motor": "motors", "wheel": "wheels", "hull": "hull"}


def fit(
    drawn: np.ndarray,
    drawing: Aircraft,
    aircraft: Aircraft,
    rates_hz: tuple[int, int],
    air_density: float,
    effects: tuple[tuple[str, bool], ...],
) -> np.ndarray:
    """The record (length 1) of `aircraft`, given `drawn`, the calibrated one of `drawing`. Raises InputError.

    rates_hz: control and physics; air_density: kg/m3; effects: sorted (name, on).
    """
    if any(getattr(aircraft, key) != getattr(drawing, key) for key in SHAPE) or aircraft.built.halves:
        shape = {key: getattr(aircraft, key) for key in SHAPE}
        shaped = drawing.model_copy(update={**shape, "built": AsBuilt(halves=aircraft.built.halves)})
        record = _shaped(shaped.model_dump_json(), rates_hz, air_density, effects).copy()
        for name in RESIDUAL:
            record["residual_" + name] = drawn["residual_" + name]
    else:
        record = drawn.copy()
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
        fill_servos(p, aircraft, *rates_hz)
    if servos or built.controls:
        fill_controls(p, aircraft, *rates_hz)
    if built.air.zero or built.air.alpha:
        fill_added(p, aircraft)
    if heavier or wheels:
        fill_gear_parts(p, aircraft)
        fill_reach(p)
    return record


@lru_cache(maxsize=256)
def _shaped(
    aircraft_json: str, rates_hz: tuple[int, int], air_density: float, effects: tuple[tuple[str, bool], ...]
) -> np.ndarray:
    return build_parameters(Aircraft.model_validate_json(aircraft_json), *rates_hz, air_density, dict(effects))
