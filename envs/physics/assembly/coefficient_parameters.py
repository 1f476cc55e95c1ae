"""A coefficient aircraft's published table -> its part of the PARAMETERS record. Units SI and rad, body axes."""

from __future__ import annotations

import math

import numpy as np

from envs.aircraft.aircraft import Aircraft
from envs.aircraft.coefficient_model import CoefficientControl, plate_law, stall_angles
from envs.aircraft.derivatives import Derivatives
from envs.aircraft.directions import TURNS
from envs.aircraft.halves import half_built, sides
from envs.aircraft.outline import main_wing
from envs.base.errors import InputError
from envs.base.frames import CHANNELS
from envs.physics.assembly.strips import Hinge
from envs.physics.kernels.records import COEFFICIENTS, DRAG, DRAG_TERMS, LIFT_TERMS, MAX_TABLES, SIDE, SIDE_TERMS


def fill_whole_aircraft(p: np.void, aircraft: Aircraft) -> list[Hinge]:
    """Fill whole_* and hinge_wash; its hinges."""
    model, reference = aircraft.coefficient_model, aircraft.derivatives
    if model is None or reference is None:
        raise InputError(f"aircraft {aircraft.name!r} is no coefficient aircraft")
    p["whole_area"], p["whole_span"], p["whole_chord"] = reference.area_m2, reference.span_m, reference.chord_m
    p["whole_position"] = np.array(reference.moment_reference_m) - np.array(aircraft.mass.center_of_gravity_m)
    p["wing_height"] = p["whole_position"][2]
    p["whole_stall"], p["whole_stall_negative"] = stall_angles(reference, model)
    p["whole_sharpness"] = model.sharpness_per_rad
    plate = plate_law(reference, model)
    p["whole_plate_normal"], p["whole_plate_moment"], p["whole_plate_loss"] = plate.normal, plate.moment, plate.loss
    drag: dict[str, float] = {**reference.CD}
    terms = reference.drag_terms()
    # Drag by lift that the ground can take away (no more than is published), and the share of its angle that the wing
    # loses to its own induced flow: those of an elliptic wing.
    elliptic = 1 / (math.pi * reference.aspect_ratio)
    by_lift = min(elliptic, terms[DRAG.lift_squared]) if terms[DRAG.lift_squared] > 0 else elliptic
    p["whole_induced_drag"], p["whole_induced_share"] = by_lift, min(0.6, reference.lift_slope * elliptic)
    p["whole_CL"] = [reference.CL.get(k, 0.0) for k in LIFT_TERMS]
    p["whole_Cm"] = [reference.Cm.get(k, 0.0) for k in LIFT_TERMS]
    p["whole_CD"] = [
        *terms,
        *(drag.get(k, 0.0) for k in DRAG_TERMS[DRAG.alpha_size : DRAG.least]),
        reference.drag_least(),
    ]
    for name in ("CY", "Cl", "Cn"):
        p["whole_" + name] = [getattr(reference, name).get(k, 0.0) for k in SIDE_TERMS]
    # Two half wings at this station damp a roll as published: Cl_p = -CL_alpha station^2 / 2. Within what wings have.
    rolling = -reference.least("Cl", "p")
    p["whole_station"] = min(0.65, max(0.3, math.sqrt(2.0 * rolling / reference.lift_slope)))
    _fill_tables(p, reference, aircraft.name)
    # Without a published side force it would slide sideways for ever: at least the drag it has lengthwise.
    p["whole_CY"][SIDE.beta] = min(p["whole_CY"][SIDE.beta], -reference.drag_least())
    hinges = [(control, hinge) for control in model.controls for hinge in _hinges(control)]
    p["hinge_wash"][: len(hinges)] = [control.in_wash for control, _ in hinges]
    return [hinge for _, hinge in hinges]


def fill_whole_halves(p: np.void, aircraft: Aircraft) -> None:
    """What its two half wings lack as built: no strips carry it, so it acts as a force at one station of each.

    A finite wing evens out what differs between its halves, as its roll damping shows: a tip angle t of one half that
    grows evenly from the root rolls like half of a roll rate p b / 2 V = t, and a half whose sections lift less rolls
    it by 3 / 2 of the station squared (strip theory: 1 / 2, damping 1 / 3), of what is left of its angle of attack.
    """
    wing = main_wing(aircraft)
    squared, left = float(p["whole_station"]) ** 2, 1.0 - float(p["whole_induced_share"])
    p["whole_twist_arm"] = 2.0 * squared
    for index, side in enumerate(sides(mirrored=True)):
        built = half_built(aircraft.built.halves, wing.name if wing else "", side)
        # A torn tip is missed at its own middle.
        parts = (((1.0 - built.lift) * left, 1.5 * squared), (built.lost_span, 1.0 - 0.5 * built.lost_span))
        loss = sum(part for part, _ in parts)
        p["whole_half_lift"][index], p["whole_half_twist"][index] = 1.0 - loss, 0.5 * math.radians(built.twist_deg)
        p["whole_half_arm"][index] = sum(part * arm for part, arm in parts) / loss if loss else 0.0


def _fill_tables(p: np.void, reference: Derivatives, name: str) -> None:
    """Fill table_* and what of the coefficients are whole curves."""
    if len(reference.tables) > MAX_TABLES:
        raise InputError(f"aircraft {name!r}: derivatives.tables: {len(reference.tables)} tables, at most {MAX_TABLES}")
    p["tables"], p["whole_lift_table"] = len(reference.tables), -1
    terms = {**dict.fromkeys(("CL", "Cm"), LIFT_TERMS), "CD": DRAG_TERMS}
    for index, (key, table) in enumerate(reference.tables.items()):
        coefficient, term = key.split(".")
        kind, points = COEFFICIENTS._fields.index(coefficient), len(table.value)
        if (term == "zero" or coefficient == "CD") and table.beta_deg:
            term = "sideslip"
        if term == "zero" and coefficient in ("CL", "CD", "Cm"):
            p["whole_tabled"][kind] = 1.0
            p["whole_low"][kind], p["whole_high"][kind] = np.radians([table.angles_deg[0], table.angles_deg[-1]])
        if key == "CL.zero":
            p["whole_lift_table"] = index
        p["table_coefficient"][index], p["table_points"][index] = kind, points
        p["table_term"][index] = terms.get(coefficient, SIDE_TERMS).index(term)
        p["table_over_beta"][index] = float(bool(table.beta_deg))
        p["table_angle"][index][:points] = np.radians(table.angles_deg)
        p["table_value"][index][:points] = table.value


def _hinges(control: CoefficientControl) -> list[Hinge]:
    up = math.radians(control.travel_deg)
    down = math.radians(control.travel_down_deg or control.travel_deg)
    return [
        Hinge(
            control.name + ("" if side == "both" else f"_{side}"),
            tuple(control.mix.get(c, 0.0) * TURNS[side].get(c, 0.0) for c in CHANNELS),
            up,
            down,
        )
        for side in sides(control.mirrored)
    ]
