"""Steady flight solved from the kernel that flies: trim, glide, stall, linear modes' starting point.

Angles rad, SI, body axes x forward, y left, z up as everywhere; the elevator of a trim is published the
aerospace way (trailing edge down +). Free air (no ground effect), still air.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq, least_squares

from envs.base.errors import InputError
from envs.base.frames import Array
from envs.physics.steady.airframe import FORCE, MOMENT, Airframe, body_velocity, up_axis

FIRST_ALPHAS = (0.08, 0.3, 0.6, 0.9)
"""Angles of attack (rad) that a search starts from: about the stall a slope that changes sign holds it back."""


@dataclass(frozen=True)
class Trim:
    """One steady flight. Angles rad, SI; deflections in published signs (elevator trailing edge down +)."""

    speed: float
    alpha: float
    beta: float  # + wind from the right
    roll: float  # + right wing down
    climb: float  # flight path angle, + up
    turn_rate: float  # + to the right
    elevator: float
    aileron: float  # rolling right +
    rudder: float  # trailing edge left +
    throttle: float
    thrust: float
    rotor_speed: tuple[float, ...]
    command: tuple[float, float, float]  # aileron, elevator, rudder, pilot's signs, may exceed 1 (see `in_reach`)
    residual: float  # largest acceleration left over, m/s2 or rad/s2

    @property
    def rpm(self) -> float:
        """Speed of the first rotor, turns a minute (0 without one)."""
        return self.rotor_speed[0] * 30 / math.pi if self.rotor_speed else 0.0

    @property
    def balanced(self) -> bool:
        """Whether this is a steady flight at all: the search for it ended in balance."""
        return self.residual < 1e-4

    @property
    def in_reach(self) -> bool:
        """Whether the balance was found and no control goes beyond its travel."""
        return self.balanced and max(map(abs, self.command)) <= 1.0 + 1e-9 and -1e-9 <= self.throttle <= 1.0 + 1e-9


def trim(
    airframe: Airframe,
    speed: float,
    climb: float = 0.0,
    bank: float = 0.0,
    throttle: float | None = None,
    guess: Trim | None = None,
) -> Trim:
    """Steady straight flight or coordinated turn at `bank` (rad, + right).

    Without a `throttle` it is found, with `climb` (rad) given; with one (or without a motor) the climb angle is
    found. An aircraft without rudder or ailerons slips. The search starts from `guess`, then from FIRST_ALPHAS until
    one leads to a flight within reach; a Trim that is not `balanced` says that none does.

    Raises:
        InputError: nothing answers the elevator.
    """
    if not airframe.has["elevator"]:
        raise InputError("no surface answers the elevator: this aircraft cannot be trimmed")
    search = _Search(airframe, speed, climb, bank, throttle)
    best: tuple[Trim, Array] | None = None
    for x0 in search.starts(guess):
        x = search.solved(x0)
        found = search.as_trim(x)
        if found.in_reach:
            return found
        if best is None or (found.balanced and not best[0].balanced):
            best = found, x
    assert best is not None
    return search.as_trim(best[1])  # once more: who asks for currents reads the state that a trim leaves behind


class _Search:
    """The search for one steady flight.

    Unknowns (6,): alpha, rudder or beta, elevator, aileron or beta, roll or turn rate, rotor speed or climb.
    """

    def __init__(self, airframe: Airframe, speed: float, climb: float, bank: float, throttle: float | None) -> None:
        self.airframe, self.speed, self.climb, self.bank, self.throttle = airframe, speed, climb, bank, throttle
        self.thrust_found = throttle is None and airframe.motors > 0
        self.turning = abs(bank) > 1e-9
        # The rotor's unknown is its speed over that of advance ratio 0.5.
        self.rotor_scale = 1.0
        if airframe.motors:
            self.rotor_scale = speed / (0.5 * float(airframe.p["propeller_diameter"][0])) * 2 * math.pi

    def starts(self, guess: Trim | None) -> Iterator[Array]:
        """Where to begin, one after the other."""
        if guess:
            rotor = guess.rotor_speed[0] / self.rotor_scale if self.thrust_found else 1.0
            yield self._start(guess.alpha, guess.command[1], rotor)
        for alpha in FIRST_ALPHAS:
            yield self._start(alpha, 0.0, 1.0)

    def _start(self, alpha: float, elevator: float, rotor: float) -> Array:
        turn = float(self.airframe.p["gravity"]) * math.tan(self.bank) / self.speed if self.turning else 0.0
        return np.array([alpha, 0.0, elevator, 0.0, turn, rotor if self.thrust_found else self.climb])

    def solved(self, x0: Array) -> Array:
        """The unknowns that leave the least acceleration, from a first guess on."""
        return least_squares(
            lambda x: self._fly(x)[0][:6],
            x0,
            x_scale=[0.1, 0.3, 0.3, 0.3, 0.1, 0.3],
            xtol=1e-12,
            ftol=1e-14,
            gtol=1e-12,
            max_nfev=60,
        ).x

    def as_trim(self, x: Array) -> Trim:
        """The flight of some unknowns; leaves the airframe's state as it is in that flight."""
        left, rotors = self._fly(x)
        alpha, beta, roll, gamma, turn, aileron, elevator, rudder, power = self._unpack(x)
        if self.thrust_found:
            power = self.airframe.throttle_for(body_velocity(self.speed, alpha, beta), float(rotors[0]))
        deflected = self.airframe.deflections()
        return Trim(
            speed=self.speed,
            alpha=alpha,
            beta=beta,
            roll=roll,
            climb=gamma,
            turn_rate=turn,
            elevator=deflected[1],
            aileron=deflected[0],
            rudder=deflected[2],
            throttle=power,
            thrust=float(self.airframe.state[0]["thrust"][: self.airframe.motors].sum()),
            rotor_speed=tuple(float(r) for r in rotors),
            command=(aileron, elevator, rudder),
            residual=float(np.abs(left[:6]).max()),
        )

    def _unpack(self, x: Array) -> tuple[float, float, float, float, float, float, float, float, float]:
        """(alpha, beta, roll, climb, turn rate, aileron, elevator, rudder, throttle or rotor) of the unknowns."""
        alpha, first, elevator, second, fifth, sixth = (float(v) for v in x)
        beta = 0.0
        rudder, aileron = first, second
        if not self.airframe.has["rudder"]:
            beta, rudder = first, 0.0
        elif not self.airframe.has["aileron"]:
            beta, aileron = second, 0.0
        roll, turn = (self.bank, fifth) if self.turning else (fifth, 0.0)
        gamma, power = (self.climb, sixth) if self.thrust_found else (sixth, self.throttle or 0.0)
        return alpha, beta, roll, gamma, turn, aileron, elevator, rudder, power

    def _fly(self, x: Array) -> tuple[Array, Array]:
        """(accelerations (6 + motors,) in turning body axes, rotor speeds rad/s) of the unknowns."""
        airframe = self.airframe
        alpha, beta, roll, gamma, turn, aileron, elevator, rudder, power = self._unpack(x)
        velocity = body_velocity(self.speed, alpha, beta)
        pitch = pitch_for_climb(velocity, roll, gamma, self.speed)
        up = up_axis(roll, pitch)
        airframe.command(aileron, elevator, rudder)
        # The rotor's speed is the smooth unknown: below idle a throttle changes nothing.
        if self.thrust_found:
            rotors = np.full(airframe.motors, self.rotor_scale * power)
            power = airframe.throttle_for(velocity, float(rotors[0]))
            if not airframe.motors_alike and 0.0 < power <= 1.0:
                rotors[1:] = airframe.rotors(velocity, power)[1:]
        else:
            rotors = airframe.rotors(velocity, power)
        # Turning right is a negative rate about the world's upward axis.
        return airframe.acceleration(velocity, -turn * up, up, power, rotors), rotors


def pitch_for_climb(velocity: Array, roll: float, climb: float, speed: float) -> float:
    """Pitch (rad) at which a body-axes velocity climbs at an angle: velocity @ up_axis(roll, pitch) = V sin climb."""
    forward = float(velocity[0])
    across = float(velocity[1] * math.sin(roll) + velocity[2] * math.cos(roll))
    size = math.hypot(forward, across)
    return math.asin(max(-1.0, min(1.0, speed * math.sin(climb) / size))) - math.atan2(across, forward)


def balance_elevator(airframe: Airframe, alpha: float, speed: float = 10.0) -> tuple[float, float, float] | None:
    """(elevator command, CL m2, CD m2) without propeller in moment balance, at `alpha` (rad) and a speed (m/s).

    Coefficients times area: force over dynamic pressure. None where no elevator within its travel balances.
    """
    velocity = body_velocity(speed, alpha, 0.0)
    rest, none = np.zeros(3), np.zeros(airframe.motors)

    def moment(elevator: float) -> float:
        airframe.command(0.0, elevator, 0.0)
        _, pitching, _ = airframe.load(velocity, rest, 0.0, none)[MOMENT]
        return float(pitching)

    if moment(-1.0) * moment(1.0) > 0:
        return None
    elevator = float(brentq(moment, -1.0, 1.0, xtol=1e-9))  # pyright: ignore[reportArgumentType]
    airframe.command(0.0, elevator, 0.0)
    forward, _, upward = airframe.load(velocity, rest, 0.0, none)[FORCE]
    pressure = 0.5 * float(airframe.p["air_density"]) * speed**2
    sine, cosine = math.sin(alpha), math.cos(alpha)
    return elevator, (upward * cosine + forward * sine) / pressure, -(forward * cosine - upward * sine) / pressure
