"""Motors or engines, propellers and their wash -> their part of the PARAMETERS record. Units SI and rad, body axes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from envs.aircraft.aircraft import Aircraft, Propulsion
from envs.base.frames import cross_product
from envs.physics.kernels.records import EFFECT, TABLE, TABLE_J_MAX


def fill_motors(p: np.void, aircraft: Aircraft) -> None:
    """Motors, propellers and their wash over the strips, which must be there already."""
    center = np.array(aircraft.mass.center_of_gravity_m)
    for index, unit in enumerate(aircraft.propulsion):
        _fill_motor(p, index, unit, center)
    if not p["effect"][EFFECT.motor_limits]:
        p["motor_max_current"] = np.inf
    p["motors"] = len(aircraft.propulsion)


def refill_motors(p: np.void, aircraft: Aircraft, drawing: Aircraft) -> None:
    """The same where only the units are others than those of `drawing`, which are filled in: each what changed of it.

    A weak battery or a worn propeller leaves the wash where it was.
    """
    if len(aircraft.propulsion) != len(drawing.propulsion):
        fill_motors(p, aircraft)
        return
    center = np.array(aircraft.mass.center_of_gravity_m)
    for index, (unit, drawn) in enumerate(zip(aircraft.propulsion, drawing.propulsion, strict=True)):
        if unit != drawn:
            _fill_motor(p, index, unit, center, with_wash=_wash_of(unit) != _wash_of(drawn))
    if not p["effect"][EFFECT.motor_limits]:
        p["motor_max_current"] = np.inf


def _wash_of(unit: Propulsion) -> tuple[Any, ...]:
    """What the place of a propeller's wash follows from."""
    return (unit.position_m, unit.right_thrust_deg, unit.down_thrust_deg, unit.turns, unit.propeller.diameter_m)


def _fill_motor(p: np.void, index: int, unit: Propulsion, center: np.ndarray, with_wash: bool = True) -> None:
    right, down = np.radians(unit.right_thrust_deg), np.radians(unit.down_thrust_deg)
    axis = np.array([np.cos(right) * np.cos(down), -np.sin(right) * np.cos(down), -np.sin(down)])
    position = np.array(unit.position_m) - center
    turn = 1.0 if unit.turns == "clockwise" else -1.0
    p["motor_position"][index], p["motor_axis"][index], p["motor_turn"][index] = position, axis, turn
    p["rotor_inertia"][index], p["propeller_diameter"][index] = unit.rotor_inertia_kgm2, unit.propeller.diameter_m
    p["swirl_recovery"][index] = unit.swirl_recovery
    grid = np.linspace(0.0, TABLE_J_MAX, TABLE)
    J, CT, CP = (np.array(t) for t in (unit.propeller.J, unit.propeller.CT, unit.propeller.CP))
    p["propeller_CT"][index] = _extended(grid, J, CT)
    p["propeller_advance"][index], p["propeller_lift"][index] = _blade_elements(
        grid, p["propeller_CT"][index], unit.propeller.diameter_m
    )
    # A windmilling propeller takes some power out of the air, far below Betz's limit (0.23 J^3); floor estimated.
    p["propeller_CP"][index] = np.maximum(_extended(grid, J, CP), -0.05)
    _fill_power(p, index, unit)
    if with_wash:
        _fill_wash(p, index, position, axis, turn, unit.propeller.diameter_m / 2)


def _fill_wash(p: np.void, index: int, position: np.ndarray, axis: np.ndarray, turn: float, disc: float) -> None:
    """Where each strip lies in a propeller's wash. All strips at once but for the products of two vectors.

    NumPy adds up those of many in another order than those of one, which would change the last bit.
    """
    n = p["strips"]
    offset, normal, chordwise = (p[f"strip_{name}"][:n] for name in ("position", "normal", "chordwise"))
    offset = offset - position
    behind = np.array([-float(row @ axis) for row in offset])
    across = offset + behind[:, None] * axis
    radius = np.array([float(np.linalg.norm(row)) for row in across])
    span_line = cross_product(normal, chordwise)
    far = radius > 1e-6
    toward = np.where(far[:, None], across / np.where(far, radius, 1.0)[:, None], span_line)
    lean = np.array([max(0.2, abs(float(a @ b))) for a, b in zip(span_line, toward, strict=True)])
    half = 0.5 * (p["strip_area"][:n] / p["strip_chord"][:n]) * lean
    # The wash only narrows (at most 5 % wider when windmilling): strips farther out are never asked.
    p["wash_distance"][index, :n] = np.where(radius - half < 1.05 * disc, behind, 0.0)
    p["wash_growth"][index, :n] = 1.0 + behind / np.array([math.hypot(disc, x) for x in behind])
    p["wash_radius"][index, :n], p["wash_half_width"][index, :n] = radius, half
    p["wash_tangent"][index, :n] = np.where(far[:, None], turn * np.cross(axis, toward), 0.0)


def _fill_power(p: np.void, index: int, unit: Propulsion) -> None:
    """What turns a propeller: its motor and pack, or its engine's curve."""
    if unit.motor and unit.battery:
        motor, pack = unit.motor, unit.battery
        p["motor_Kt"][index] = 60.0 / (2 * np.pi * motor.kv_rpm_per_V)
        p["motor_resistance"][index], p["motor_no_load"][index] = motor.resistance_ohm, motor.no_load_A
        p["motor_max_current"][index] = motor.max_current_A
        p["battery_voltage"][index], p["battery_resistance"][index] = pack.voltage_V, pack.resistance_ohm
        p["battery_capacity"][index] = pack.capacity_Ah * 3600.0
    elif unit.engine:
        points = len(unit.engine.rpm)
        p["engine_points"][index], p["engine_idle"][index] = points, unit.engine.idle
        p["engine_speed"][index][:points] = np.array(unit.engine.rpm) * np.pi / 30
        p["engine_power"][index][:points] = unit.engine.power_W
        # P = CP rho n^3 D^5 where the propeller takes least; twice that is never reached without a dive
        least = max(1e-3, float(np.max(unit.propeller.CP)) * 0.25)
        turns = (max(unit.engine.power_W) / (least * p["air_density"] * unit.propeller.diameter_m**5)) ** (1 / 3)
        p["engine_fastest"][index] = 2 * np.pi * max(2.0 * turns, max(unit.engine.rpm) / 60)


def _blade_elements(grid: np.ndarray, CT: np.ndarray, diameter: float) -> tuple[float, float]:
    """(advance per rad without thrust m, lift m3) of a propeller seen as blades of constant pitch (propulsion.py).

    Their thrust rho lift (advance Omega - U) Omega is the table's where it ends and at standstill, in the wash of
    momentum theory, w = n D sqrt(2 CT / pi).
    """
    end = max(1, int(np.argmax(CT <= 0)) if CT.min() <= 0 else len(CT) - 1)
    J_zero = float(np.interp(0.0, CT[[end, end - 1]], grid[[end, end - 1]]))
    static = max(0.0, float(CT[0]))
    lift = static * diameter**3 / (2 * np.pi * max(0.1, J_zero - np.sqrt(2 * static / np.pi)))
    return J_zero * diameter / (2 * np.pi), lift


def _extended(grid: np.ndarray, J: np.ndarray, values: np.ndarray) -> np.ndarray:
    """A table on `grid`, carried on beyond its last point with its last slope."""
    slope = (values[-1] - values[-2]) / (J[-1] - J[-2])
    return np.where(grid <= J[-1], np.interp(grid, J, values), values[-1] + slope * (grid - J[-1]))
