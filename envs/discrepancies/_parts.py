"""What the discrepancies share: which controls, which half of the wing, which wheel, and how to change them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from envs.aircraft.aircraft import Aircraft, Surface
from envs.aircraft.as_built import AsBuilt, Side
from envs.aircraft.directions import ControlHalf, control_halves
from envs.aircraft.equipment import Propulsion
from envs.aircraft.outline import main_wing
from envs.base.errors import InputError

CHANNELS = ("aileron", "elevator", "rudder")


def as_built(aircraft: Aircraft, built: AsBuilt) -> Aircraft:
    """The aircraft with another `built`."""
    return aircraft.model_copy(update={"built": built})


def controls_of(aircraft: Aircraft, channel: str) -> list[ControlHalf]:
    """Every control of every side that a channel moves: elevons for aileron and elevator. InputError: there is none."""
    found = [half for half in control_halves(aircraft) if half.asks.get(channel)]
    if not found:
        raise InputError(f"aircraft {aircraft.name!r} has no {channel}")
    return found


def rigged(aircraft: Aircraft, sticks: Mapping[str, float]) -> Aircraft:
    """Linkages so long that, stick centred, controls stand where {channel: share of its stick} would hold them."""
    halves, built = control_halves(aircraft), aircraft.built
    for channel in sticks:
        if not any(half.asks.get(channel) for half in halves):
            raise InputError(f"aircraft {aircraft.name!r} has no {channel}")
    for half in halves:
        offset = sum(half.deflection_deg(channel, stick) for channel, stick in sticks.items())
        if offset:
            built = built.with_control(half.control, half.side, offset_deg=offset)
    return as_built(aircraft, built)


def with_controls(aircraft: Aircraft, halves: Iterable[ControlHalf], **changes: float) -> Aircraft:
    """The same change to each of some controls."""
    built = aircraft.built
    for half in halves:
        built = built.with_control(half.control, half.side, **changes)
    return as_built(aircraft, built)


def all_controls(aircraft: Aircraft) -> list[ControlHalf]:
    """Every control of every side. InputError: there is none."""
    found = control_halves(aircraft)
    if not found:
        raise InputError(f"aircraft {aircraft.name!r} has no control surfaces")
    return found


def one_stuck(aircraft: Aircraft, channel: str, severity: float, angle_deg: float) -> Aircraft:
    """A control stuck where it turns the aircraft the way of the severity's sign, + right.

    Of one in halves the one that moves up to do so for the aileron (right +), and the one of that side for the rudder.
    """
    halves = controls_of(aircraft, channel)
    wanted: Side = "right" if severity > 0 else "left"
    picked = [half for half in halves if half.side in (wanted, "both")]
    built = aircraft.built
    for half in picked:
        way = float(np.sign(half.asks[channel] * severity))
        stop = half.down_deg if way > 0 else half.up_deg
        built = built.with_control(half.control, half.side, stuck_deg=way * min(stop, angle_deg * abs(severity)))
    return as_built(aircraft, built)


def wing_of(aircraft: Aircraft) -> Surface:
    """Its main wing. InputError: none has two halves."""
    wing = main_wing(aircraft)
    if wing is None:
        raise InputError(f"aircraft {aircraft.name!r} has no wing with a left and a right half")
    return wing


def side_of(severity: float) -> Side:
    """The half that a signed severity is of: + right."""
    return "right" if severity > 0 else "left"


def with_center_moved(aircraft: Aircraft, forward_m: float = 0.0, left_m: float = 0.0) -> Aircraft:
    """Its centre of gravity moved (m); mass and moments of inertia as drawn, for little of it is moved far."""
    x, y, z = aircraft.mass.center_of_gravity_m
    mass = aircraft.mass.model_copy(update={"center_of_gravity_m": (x + forward_m, y + left_m, z)})
    return aircraft.model_copy(update={"mass": mass})


def with_mass_times(aircraft: Aircraft, factor: float) -> Aircraft:
    """Mass (kg) and inertia (kg m2) scaled alike, so that they stay those of a rigid body."""
    mass = aircraft.mass
    heavier = {key: getattr(mass, key) * factor for key in ("mass_kg", "Ixx", "Iyy", "Izz", "Ixz")}
    return aircraft.model_copy(update={"mass": mass.model_copy(update=heavier)})


def with_air(aircraft: Aircraft, **coefficients: float) -> Aircraft:
    """Coefficients of the air added to what `AirBuilt.zero` has of them."""
    air = aircraft.built.air
    zero: dict[str, float] = {**air.zero}
    for key, value in coefficients.items():
        zero[key] = zero.get(key, 0.0) + value
    return as_built(aircraft, aircraft.built.model_copy(update={"air": air.model_copy(update={"zero": zero})}))


def fins_of(aircraft: Aircraft) -> list[Surface]:
    """Its upright surfaces that carry a rudder. InputError: there is none."""
    rudders = {half.control for half in control_halves(aircraft) if set(half.asks) == {"rudder"}}
    fins = [s for s in aircraft.surfaces if not s.mirrored and any(c.name in rudders for c in s.controls)]
    if not fins:
        raise InputError(f"aircraft {aircraft.name!r} has no fin with a rudder")
    return fins


def motors_of(aircraft: Aircraft) -> tuple[Propulsion, ...]:
    """Its motors. InputError: it has none."""
    if not aircraft.propulsion:
        raise InputError(f"aircraft {aircraft.name!r} has no motor")
    return aircraft.propulsion


def main_wheel(aircraft: Aircraft) -> str:
    """The name of its pair of main wheels: of all pairs the one that stands nearest below the centre of gravity."""
    pairs = [wheel for wheel in aircraft.wheels if wheel.mirrored and wheel.radius_m > 0.0]
    if not pairs:
        raise InputError(f"aircraft {aircraft.name!r} has no pair of main wheels")
    center = aircraft.mass.center_of_gravity_m[0]
    return min(pairs, key=lambda wheel: abs(wheel.contact_m[0] - center)).name
