"""One aircraft in the air of its published answers, solved with the kernel that flies. SI, rad."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from envs.aircraft.aircraft import Aircraft, aircraft_from_dict
from envs.base.errors import InputError
from envs.base.frames import AEROSPACE
from envs.performance.flights import GlidePoint, TakeOff, glide_polar, take_off_roll
from envs.physics.assembly.calibration import deflect
from envs.physics.steady.airframe import FORCE, MOMENT, Airframe, body_velocity
from envs.physics.steady.modes import Mode, linear_modes
from envs.physics.steady.trim import Trim, trim
from envs.validation.answers import Conditions, Reference

COEFFICIENTS = ("CL", "CD", "CY", "Cl", "Cm", "Cn")
# Central differences: rad, or rad of p b / 2V, q c / 2V, r b / 2V
STEPS = {
    "alpha": 0.02,
    "beta": 0.05,
    "p": 0.02,
    "q": 0.002,
    "r": 0.02,
    "elevator": 0.02,
    "aileron": 0.02,
    "rudder": 0.02,
}
POWER_RESERVE = 1.25  # of the power that a source of constant power needs, so that a trim finds it within throttle 1


class Subject:
    """One aircraft in one air: solves what quantities ask for, each thing once."""

    def __init__(self, aircraft: Aircraft, density: float, gravity: float, reference: Reference | None) -> None:
        self.aircraft, self.density, self.gravity = aircraft, density, gravity
        self._reference = reference
        self.craft = lru_cache(self._craft)
        self.level = lru_cache(self._level)
        self.modes = lru_cache(self._modes)
        self.polar = lru_cache(self._polar)
        self.take_off = lru_cache(self._take_off)

    @property
    def reference(self) -> Reference:
        """Area, span and chord of the coefficients. Raises InputError when nobody gives them."""
        if self._reference is None:
            raise InputError("coefficients need a reference: give area_m2, span_m and chord_m under 'reference'")
        return self._reference

    def _craft(self, at: Conditions = Conditions(), propeller: bool = True) -> Airframe:  # noqa: B008  (frozen)
        aircraft = with_derivatives(self.aircraft, at.derivatives)
        if at.constant_shaft_power:
            here = Conditions(speed_mps=at.speed_mps)
            level, state = self.level(here), self.craft(here).state[0]
            aircraft = with_shaft_power(
                aircraft, float(state["torque"][0]) * level.rotor_speed[0], level.rotor_speed[0]
            )
        return Airframe(aircraft, self.density, self.gravity, propeller, dict.fromkeys(at.without, False))

    def _level(self, at: Conditions) -> Trim:
        assert at.speed_mps
        found = trim(self.craft(at), at.speed_mps)
        if not found.in_reach:
            raise NotFoundError(f"no steady level flight at {at.speed_mps:g} m/s")
        return found

    def _modes(self, at: Conditions) -> dict[str, Mode]:
        return {mode.name: mode for mode in linear_modes(self.craft(at), self.level(at))}

    def _polar(self) -> list[GlidePoint]:
        points = glide_polar(self.craft(propeller=False))
        if not points:
            raise NotFoundError("its elevator balances it at no angle of attack with lift")
        return points

    def _take_off(self, at: Conditions) -> TakeOff:
        assert at.rolling_friction is not None
        aircraft, throttle = self.aircraft, 1.0
        if not (aircraft.wheels and aircraft.propulsion and aircraft.launch.kind == "runway"):
            raise NotFoundError("it does not start from a runway")
        if at.shaft_power_W:
            unit = aircraft.propulsion[0].propeller
            # static balance of power: P = CP rho n^3 D^5
            turns = (at.shaft_power_W / (unit.CP[0] * self.density * unit.diameter_m**5)) ** (1 / 3)
            aircraft, throttle = with_shaft_power(aircraft, at.shaft_power_W, 2 * math.pi * turns), 1 / POWER_RESERVE
        rotate_at = at.rotation_mps / aircraft.stall_speed_mps if at.rotation_mps else 0.95
        effects: dict[str, bool] = {name: False for name in at.without}
        run = take_off_roll(aircraft, at.rolling_friction, self.density, throttle, rotate_at, effects=effects)
        if run is None:
            raise NotFoundError("it has not left the ground after 20 s")
        return run

    def coefficients(self, at: Conditions, **state: float) -> dict[str, float]:
        """CL, CD, CY, Cl, Cm, Cn of the whole aircraft without propeller; `state`: names of STEPS, default 0."""
        craft, speed = self.craft(Conditions(without=at.without), propeller=False), at.speed_mps or 15.0
        reference, now = self.reference, {**dict.fromkeys(STEPS, 0.0), **state}
        deflect(craft.parameters, craft.state, now["aileron"], now["elevator"], now["rudder"])
        rates = AEROSPACE @ np.array(
            [
                now["p"] * 2 * speed / reference.span_m,
                now["q"] * 2 * speed / reference.chord_m,
                now["r"] * 2 * speed / reference.span_m,
            ]
        )
        load = craft.load(body_velocity(speed, now["alpha"], now["beta"]), rates, 0.0, np.zeros(0))
        force, moment = AEROSPACE @ load[FORCE], AEROSPACE @ load[MOMENT]
        center = np.array(self.aircraft.mass.center_of_gravity_m)
        point = center if reference.moment_reference_m is None else np.array(reference.moment_reference_m)
        moment = moment + np.cross(AEROSPACE @ (center - point), force)
        sine, cosine = math.sin(now["alpha"]), math.cos(now["alpha"])
        values = (
            force[0] * sine - force[2] * cosine,
            -(force[0] * cosine + force[2] * sine),
            force[1],
            moment[0] / reference.span_m,
            moment[1] / reference.chord_m,
            moment[2] / reference.span_m,
        )
        pressure = 0.5 * self.density * speed**2 * reference.area_m2
        return {name: float(value / pressure) for name, value in zip(COEFFICIENTS, values, strict=True)}

    def derivative(self, at: Conditions, coefficient: str, variable: str) -> float:
        """Slope of a coefficient at an angle of attack, by default that of level flight; controls neutral."""
        alpha = self.level(at).alpha if at.alpha_deg is None else math.radians(at.alpha_deg)
        step, base = STEPS[variable], {"alpha": alpha}
        high, low = ({**base, variable: base.get(variable, 0.0) + sign * step} for sign in (1, -1))
        above, below = (self.coefficients(at, **state)[coefficient] for state in (high, low))
        return (above - below) / (2 * step)

    def standing(self, rotor_speed: float) -> tuple[float, float, float]:
        """(force forward N, thrust N, rolling moment over shaft torque) standing still with a rotor speed (rad/s)."""
        craft, rest = self.powered(), np.zeros(3)
        craft.command(0.0, 0.0, 0.0)
        load = craft.load(rest, rest, craft.throttle_for(rest, rotor_speed), np.full(craft.motors, rotor_speed))
        thrust = float(craft.state[0]["thrust"][: craft.motors].sum())
        (forward, *_), (rolling, *_) = load[FORCE], load[MOMENT]
        return float(forward), thrust, float(rolling) / max(float(craft.state[0]["torque"][0]), 1e-9)

    def powered(self) -> Airframe:
        """The aircraft with its propellers. Raises NotFoundError for a glider."""
        craft = self.craft()
        if not craft.motors:
            raise NotFoundError("it has no motor")
        return craft

    def full_throttle(self) -> float:
        """Rotor speed (rad/s) at full throttle, standing still."""
        craft = self.powered()
        return float(craft.rotors(np.zeros(3), 1.0)[0])


class NotFoundError(Exception):
    """The aircraft does not do what the answer is about: counts as a miss, with this as what ours is."""


def with_derivatives(aircraft: Aircraft, derivatives: tuple[tuple[str, float], ...]) -> Aircraft:
    """The aircraft with some of its derivatives changed, `Cl.p` for that of Cl with p. Raises InputError."""
    if not derivatives:
        return aircraft
    data = aircraft.model_dump(mode="json", exclude_none=True)
    if "derivatives" not in data:
        raise InputError(f"aircraft {aircraft.name!r} has no derivatives to change")
    for name, value in derivatives:
        coefficient, variable = name.split(".")
        data["derivatives"].setdefault(coefficient, {})[variable] = value
    return aircraft_from_dict(data, aircraft.name, aircraft.name)


def with_shaft_power(aircraft: Aircraft, watts: float, rotor_speed: float) -> Aircraft:
    """The aircraft with engines of constant shaft power (W) down to a third of a rotor speed (rad/s).

    Their power at full throttle is POWER_RESERVE times that.
    """
    data = aircraft.model_dump(mode="json", exclude_none=True)
    for unit in data["propulsion"]:
        for key in ("motor", "battery"):
            unit.pop(key, None)
        unit["engine"] = {"rpm": [rotor_speed * 10 / math.pi], "power_W": [watts * POWER_RESERVE]}
    return aircraft_from_dict(data, aircraft.name, aircraft.name)
