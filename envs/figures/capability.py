"""What an aircraft can do in a figure: thrust over speed, lift and drag in a curve, rolling, knife-edge. SI, rad.

All from the kernel that flies (envs/physics/steady), in free, still air.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from scipy.optimize import brentq

from envs.aircraft.aircraft import Aircraft
from envs.base.frames import Array
from envs.base.units import GRAVITY, SEA_LEVEL_DENSITY
from envs.performance.flights import stall_speed, top_speed
from envs.physics.steady.airframe import FORCE, MOMENT, Airframe, body_velocity

ALPHAS = np.radians(np.arange(-26.0, 26.1, 1.0))
FINE_ALPHAS = np.radians(np.arange(-24.0, 24.1, 0.25))  # without propeller: where the stall is
MOST_VS = 8.0  # of the table of thrust, stall speeds
SIDESLIPS = np.radians(np.arange(3.0, 46.0, 1.0))
MOST_HELIX = 0.6  # p b / 2V, no aileron rolls faster
POLAR_VS = 2.0  # stall speeds, at which drag and rolling are reckoned
SPEED_STEP_VS, LEAST_VS = 0.25, 0.5  # of the speeds at which lift under full throttle is reckoned


@dataclass(frozen=True)
class Polar:
    """Flight in moment balance on a curve: alpha (n,) rad, lift (n,) towards the canopy and drag (n,), m2.

    Areas are forces over dynamic pressure, thrust included where there is any. The elevator leads no farther than this.
    """

    alpha: Array
    lift: Array
    drag: Array

    @property
    def most(self) -> float:
        """Largest lift towards the canopy (m2)."""
        return float(self.lift.max()) if len(self.lift) else 0.0

    @property
    def least(self) -> float:
        """Largest lift away from the canopy, negative (m2)."""
        return float(self.lift.min()) if len(self.lift) else 0.0

    def drag_at(self, lift: float) -> float:
        """Drag area (m2) at a lift area (m2) below the stall; at its limit beyond."""
        low, high = int(np.argmin(self.lift)), int(np.argmax(self.lift)) + 1
        return float(np.interp(lift, self.lift[low:high], self.drag[low:high]))


@dataclass(frozen=True)
class Capability:
    """An aircraft as a figure asks for it.

    Attributes:
        name: of the aircraft.
        span_m: wing span b.
        mass_kg: ready to fly.
        stall_mps: Vs of its file, in which figures count.
        thrust_to_weight: standing at full throttle; 0 without a motor.
        fastest_mps: fastest level flight; None where none was found.
        helix: largest p b / 2V that full aileron holds (rad); 0 without ailerons.
        has_rudder: whether something answers it.
        speeds: (k,) m/s, of the thrusts.
        full: (k,) N along the nose, full throttle less no propeller at all.
        idle: (k,) N, throttle closed.
    """

    name: str
    span_m: float
    mass_kg: float
    stall_mps: float
    thrust_to_weight: float
    fastest_mps: float | None
    helix: float
    has_rudder: bool
    speeds: Array
    full: Array
    idle: Array
    craft: Airframe = field(repr=False)
    glider: Airframe = field(repr=False)
    _polars: dict[tuple[float, int], Polar] = field(default_factory=dict, repr=False)

    @staticmethod
    def of(aircraft: Aircraft, density: float = SEA_LEVEL_DENSITY, gravity: float = GRAVITY) -> Capability:
        """What an aircraft can do in air of a density (kg/m3)."""
        craft, glider = Airframe(aircraft, density, gravity), Airframe(aircraft, density, gravity, propeller=False)
        speeds = np.linspace(0.0, MOST_VS * aircraft.stall_speed_mps, 33)
        full, idle = (_thrusts(craft, glider, speeds, throttle) for throttle in (1.0, 0.0))
        weight = aircraft.mass.mass_kg * gravity
        return Capability(
            aircraft.name,
            aircraft.span_m,
            aircraft.mass.mass_kg,
            aircraft.stall_speed_mps,
            float(full[0]) / weight,
            _fastest(craft, glider) if craft.motors else None,
            _helix(glider, aircraft.span_m, POLAR_VS * aircraft.stall_speed_mps),
            glider.has["rudder"],
            speeds,
            full,
            idle,
            craft,
            glider,
        )

    @property
    def weight_N(self) -> float:
        """Mass times gravity."""
        return self.mass_kg * float(self.craft.p["gravity"])

    @property
    def density(self) -> float:
        """Of the air, kg/m3."""
        return float(self.craft.p["air_density"])

    @property
    def glide_stalls(self) -> bool:
        """Whether its elevator leads past the angle of most lift, propeller off."""
        return bool(len(self.glide.lift)) and int(np.argmax(self.glide.lift)) < len(self.glide.lift) - 1

    @cached_property
    def glide(self) -> Polar:
        """Its polar in straight flight without propeller."""
        return _polar(self.glider, 0.0, POLAR_VS * self.stall_mps, None, FINE_ALPHAS)

    def in_curve(self, curvature_1pm: float, speed: float) -> Polar:
        """Its polar at full throttle on a curve (1/m, + towards the canopy) at a speed (m/s).

        On a curve the tail meets the air from the side it moves to, which takes elevator; the propeller's wash gives
        some back. Reckoned in steps of speed, and kept.
        """
        step = SPEED_STEP_VS * self.stall_mps
        key = round(curvature_1pm, 4), max(round(LEAST_VS / SPEED_STEP_VS), round(speed / step))
        if key not in self._polars:
            self._polars[key] = _polar(self.craft, key[0], key[1] * step, 1.0, ALPHAS)
        return self._polars[key]

    def knife_edge_share(self, speed: float) -> float:
        """Largest part of its weight that side force and thrust carry with the wings upright, at a speed (m/s)."""
        if not self.has_rudder:
            return 0.0
        most = 0.0
        for beta in SIDESLIPS:
            force = _side_force(self.craft, speed, beta)
            if force is None:
                break  # the rudder leads no farther
            most = max(most, force)
        return most / self.weight_N


def _thrusts(craft: Airframe, glider: Airframe, speeds: Array, throttle: float) -> Array:
    """Thrust (N) along the nose at each speed (m/s): with propeller less without."""
    if not craft.motors:
        return np.zeros(len(speeds))
    for airframe in (craft, glider):
        airframe.command(0.0, 0.0, 0.0)
    thrusts = []
    for speed in speeds:
        velocity = body_velocity(max(float(speed), 0.01), 0.0, 0.0)
        with_it = craft.load(velocity, np.zeros(3), throttle, craft.rotors(velocity, throttle))[FORCE]
        without = glider.load(velocity, np.zeros(3), 0.0, np.zeros(0))[FORCE]
        thrusts.append(float(with_it[0] - without[0]))
    return np.array(thrusts)


def _fastest(craft: Airframe, glider: Airframe) -> float | None:
    """Speed (m/s) of the fastest level flight; None where full throttle does not hold the height."""
    stall = stall_speed(glider)
    for slow in (1.3, 1.15, 1.5):
        fastest = top_speed(craft, slow * stall)
        if fastest:
            return fastest.speed
    return None


def _helix(glider: Airframe, span: float, speed: float) -> float:
    """Helix angle p b / 2V (rad) at which the damping in roll equals full aileron, angle of attack 0."""
    if not glider.has["aileron"]:
        return 0.0
    glider.command(1.0, 0.0, 0.0)
    velocity = body_velocity(speed, 0.0, 0.0)

    def rolling(helix: float) -> float:
        rates = np.array([helix * 2 * speed / span, 0.0, 0.0])
        return float(glider.load(velocity, rates, 0.0, np.zeros(0))[MOMENT][0])

    if rolling(MOST_HELIX) > 0:
        return MOST_HELIX
    return float(brentq(rolling, 0.0, MOST_HELIX, xtol=1e-4))  # pyright: ignore[reportArgumentType]


def _polar(craft: Airframe, curvature: float, speed: float, throttle: float | None, angles: Array) -> Polar:
    """Balanced flight around alpha 0, outwards until no elevator balances it; throttle None: without propeller."""
    found: dict[float, tuple[float, float]] = {}
    for alphas in (angles[angles >= 0], angles[angles < 0][::-1]):
        begun = False
        for alpha in alphas:
            balance = _balance(craft, float(alpha), speed, curvature, throttle)
            if balance is None and begun:
                break
            if balance is not None:
                begun = True
                found[float(alpha)] = balance
    alpha = sorted(found)
    lift, drag = np.array([found[a] for a in alpha]).reshape(-1, 2).T
    return Polar(np.array(alpha), lift, drag)


def _balance(
    craft: Airframe, alpha: float, speed: float, curvature: float, throttle: float | None
) -> tuple[float, float] | None:
    """(lift, drag) areas, m2, with the elevator that balances; None where none does."""
    velocity, rates = body_velocity(speed, alpha, 0.0), np.array([0.0, -speed * curvature, 0.0])
    powered = throttle is not None and craft.motors > 0
    rotors = craft.rotors(velocity, throttle or 0.0) if powered else np.zeros(craft.motors)

    def pitching(elevator: float) -> float:
        craft.command(0.0, elevator, 0.0)
        return float(craft.load(velocity, rates, throttle or 0.0, rotors)[MOMENT][1])

    low, high = pitching(-1.0), pitching(1.0)
    if low * high > 0:
        return None
    craft.command(0.0, float(brentq(pitching, -1.0, 1.0, xtol=1e-3)), 0.0)  # pyright: ignore[reportArgumentType]
    forward, _, upward = craft.load(velocity, rates, throttle or 0.0, rotors)[FORCE]
    pressure = 0.5 * float(craft.p["air_density"]) * speed**2
    sine, cosine = math.sin(alpha), math.cos(alpha)
    return (upward * cosine + forward * sine) / pressure, (upward * sine - forward * cosine) / pressure


def _side_force(craft: Airframe, speed: float, beta: float) -> float | None:
    """Force (N) across the way, at full throttle and a sideslip (rad) that the rudder holds; None where it cannot."""
    velocity = body_velocity(speed, 0.0, beta)  # wind from the right: the nose points left of the way
    rotors, rest = craft.rotors(velocity, 1.0) if craft.motors else np.zeros(0), np.zeros(3)

    def yawing(rudder: float) -> float:
        craft.command(0.0, 0.0, rudder)
        return float(craft.load(velocity, rest, 1.0, rotors)[MOMENT][2])

    if yawing(-1.0) * yawing(1.0) > 0:
        return None
    craft.command(0.0, 0.0, float(brentq(yawing, -1.0, 1.0, xtol=1e-3)))  # pyright: ignore[reportArgumentType]
    forward, left, _ = craft.load(velocity, rest, 1.0, rotors)[FORCE]
    return float(forward * math.sin(beta) + left * math.cos(beta))
