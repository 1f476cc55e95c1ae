"""The generic parameters by which test flights say how an aircraft differs from its drawing, whatever is wrong.

They are not the discrepancies of envs/discrepancies: a fault may be of a kind that nobody listed. Each is zero on the
drawing; its prior is a normal distribution around that, as wide as careful builders and club fields leave it. The
widths are ours, set to the sizes of envs/tasks/YARDSTICKS.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from envs.aircraft.aircraft import Aircraft, Mass
from envs.aircraft.as_built import AirBuilt, AsBuilt, ControlBuilt, SensorsBuilt
from envs.aircraft.directions import control_halves
from envs.aircraft.equipment import Propulsion
from envs.aircraft.outline import mean_chord_m
from envs.base.frames import Array


class Parameter(NamedTuple):
    """One of them: the standard deviation of its prior, finite-difference step, limits, unit and what it means.

    `bias`: by how much an estimate may be wrong however many flights there are: a pilot's sticks answer the gusts, so
    that some of them pass for the aircraft's own doing (Jategaonkar, ch. 9, on data from closed loops). About the mean
    found on a dozen flights of a sound aircraft, half in a breeze, half in gusty wind.
    """

    prior: float
    bias: float
    step: float
    low: float
    high: float
    unit: str
    meaning: str


PARAMETERS: dict[str, Parameter] = {
    "lift": Parameter(0.10, 0.03, 0.01, -0.6, 0.6, "-", "lift coefficient added"),
    "drag": Parameter(0.02, 0.003, 0.003, -0.05, 0.2, "-", "drag coefficient added"),
    "side": Parameter(0.02, 0.005, 0.003, -0.2, 0.2, "-", "side force coefficient added, right +"),
    "roll": Parameter(0.02, 0.001, 0.001, -0.15, 0.15, "-", "rolling moment coefficient added, right +"),
    "pitch": Parameter(0.06, 0.015, 0.003, -0.5, 0.5, "-", "pitching moment coefficient added, nose up +"),
    "yaw": Parameter(0.01, 0.0005, 0.0005, -0.08, 0.08, "-", "yawing moment coefficient added, right +"),
    "lift_slope": Parameter(0.6, 0.6, 0.05, -2.0, 1.5, "1/rad", "lift coefficient added per angle of attack"),
    "roll_slope": Parameter(0.10, 0.01, 0.01, -0.6, 0.6, "1/rad", "rolling moment added per angle of attack, right +"),
    "pitch_slope": Parameter(0.3, 0.2, 0.03, -1.5, 1.5, "1/rad", "pitching moment added per angle of attack"),
    "aileron_effect": Parameter(0.35, 0.04, 0.03, -2.2, 0.6, "-", "aileron's effect added, share of that drawn"),
    "elevator_effect": Parameter(0.35, 0.06, 0.03, -2.2, 0.6, "-", "elevator's effect added, share of that drawn"),
    "rudder_effect": Parameter(0.35, 0.08, 0.05, -2.2, 0.6, "-", "rudder's effect added, share of that drawn"),
    "elevator_offset": Parameter(0.2, 0.02, 0.02, -0.8, 0.8, "-", "elevator out of trim, share of its travel, up +"),
    "rudder_offset": Parameter(0.2, 0.01, 0.03, -0.8, 0.8, "-", "rudder out of trim, share of its travel, right +"),
    "propeller": Parameter(0.15, 0.06, 0.02, -0.6, 0.5, "-", "thrust at a rotor speed added, share of that drawn"),
    "motor": Parameter(0.15, 0.005, 0.02, -0.6, 0.4, "-", "voltage at the motor added, share of that drawn"),
    "mass": Parameter(0.12, 0.05, 0.02, -0.4, 0.8, "-", "mass added, share of that drawn"),
    "center_x": Parameter(0.10, 0.03, 0.01, -0.4, 0.4, "chord", "centre of gravity too far forward"),
    "center_y": Parameter(0.02, 0.002, 0.002, -0.1, 0.1, "span", "centre of gravity too far left"),
    "servo_speed": Parameter(0.3, 0.4, 0.04, -0.8, 0.0, "-", "servos' speed and bandwidth added, share of that drawn"),
    "play": Parameter(1.0, 0.3, 0.3, 0.0, 10.0, "deg", "slop of every linkage"),
    "delay": Parameter(0.06, 0.01, 0.0125, 0.0, 0.25, "s", "dead time of the controls added"),
    "fix_delay": Parameter(0.08, 0.025, 0.02, -0.1, 0.5, "s", "satellite fixes older than taken to be"),
    "roll_reading": Parameter(np.radians(2.0), 0.006, 0.005, -0.3, 0.3, "rad", "roll shown too far right"),
    "pitch_reading": Parameter(np.radians(2.0), 0.013, 0.005, -0.3, 0.3, "rad", "pitch shown too far up"),
    "heading_reading": Parameter(np.radians(6.0), 0.045, 0.01, -0.8, 0.8, "rad", "heading shown too far right"),
    "pressure_reading": Parameter(
        0.15, 0.03, 0.02, -1.0, 0.8, "-", "dynamic pressure shown added, share of the true one"
    ),
}
NAMES = tuple(PARAMETERS)
PRIOR = np.array([p.prior for p in PARAMETERS.values()])
BIAS = np.array([p.bias for p in PARAMETERS.values()])
STEP = np.array([p.step for p in PARAMETERS.values()])
LOW, HIGH = (np.array([getattr(p, end) for p in PARAMETERS.values()]) for end in ("low", "high"))


def named(values: Array) -> dict[str, float]:
    """{name: value} of a vector in the order of NAMES."""
    return dict(zip(NAMES, (float(v) for v in values), strict=True))


class Candidates:
    """Aircraft that differ from a drawing by the parameters."""

    def __init__(self, drawing: Aircraft) -> None:
        self.drawing = drawing
        self._halves = control_halves(drawing)

    def aircraft(self, values: Mapping[str, float]) -> Aircraft:
        """The drawing with parameters that differ from zero; missing ones are zero.

        What an aircraft has no part for (a rudder, a motor) changes nothing.
        """
        at = {**dict.fromkeys(NAMES, 0.0), **values}
        built = AsBuilt(controls=self._controls(at), sensors=_sensors(at), air=_air(at))
        return self.drawing.model_copy(
            update={"mass": _mass(self.drawing, at), "propulsion": _propulsion(self.drawing, at), "built": built}
        )

    def _controls(self, at: Mapping[str, float]) -> tuple[ControlBuilt, ...]:
        entries = []
        for half in self._halves:
            total = sum(abs(ask) for ask in half.asks.values()) or 1.0
            effect = sum(abs(ask) / total * at.get(f"{channel}_effect", 0.0) for channel, ask in half.asks.items())
            offset = sum(half.deflection_deg(channel, at.get(f"{channel}_offset", 0.0)) for channel in half.asks)
            entries.append(
                ControlBuilt.model_construct(
                    control=half.control,
                    side=half.side,
                    effect=1.0 + effect,
                    offset_deg=offset,
                    slow=max(0.05, 1.0 + at["servo_speed"]),
                    play_deg=max(0.0, at["play"]),
                    delay_s=max(0.0, at["delay"]),
                )
            )
        return tuple(entries)


def _mass(drawing: Aircraft, at: Mapping[str, float]) -> Mass:
    mass, share = drawing.mass, 1.0 + at["mass"]
    x, y, z = mass.center_of_gravity_m
    center = (x + at["center_x"] * mean_chord_m(drawing), y + at["center_y"] * drawing.span_m, z)
    heavier = {key: getattr(mass, key) * share for key in ("mass_kg", "Ixx", "Iyy", "Izz", "Ixz")}
    return mass.model_copy(update={**heavier, "center_of_gravity_m": center})


def _propulsion(drawing: Aircraft, at: Mapping[str, float]) -> tuple[Propulsion, ...]:
    if at["propeller"] == 0.0 and at["motor"] == 0.0:
        return drawing.propulsion
    units = []
    for unit in drawing.propulsion:
        changes: dict[str, object] = {}
        if at["propeller"]:
            thrust = tuple(c * (1.0 + at["propeller"]) for c in unit.propeller.CT)
            changes["propeller"] = unit.propeller.model_copy(update={"CT": thrust})
        if at["motor"] and unit.battery:
            voltage = unit.battery.voltage_V * (1.0 + at["motor"])
            changes["battery"] = unit.battery.model_copy(update={"voltage_V": voltage})
        units.append(unit.model_copy(update=changes))
    return tuple(units)


def _sensors(at: Mapping[str, float]) -> SensorsBuilt:
    return SensorsBuilt.model_construct(
        roll_deg=float(np.degrees(at["roll_reading"])),
        pitch_deg=float(np.degrees(at["pitch_reading"])),
        compass_deg=float(np.degrees(at["heading_reading"])),
        pitot=1.0 + at["pressure_reading"],
    )


def _air(at: Mapping[str, float]) -> AirBuilt:
    zero = {"CL": "lift", "CD": "drag", "CY": "side", "Cl": "roll", "Cm": "pitch", "Cn": "yaw"}
    slope = {"CL": "lift_slope", "Cl": "roll_slope", "Cm": "pitch_slope"}
    return AirBuilt.model_construct(
        zero={key: at[name] for key, name in zero.items() if at[name]},
        alpha={key: at[name] for key, name in slope.items() if at[name]},
    )
