"""Steady flight solved from the kernel that flies: trim, glide, stall, linear modes' starting point.

Angles rad, SI, body axes x forward, y left, z up as everywhere; the elevator of a trim is published the
aerospace way (trailing edge down +). Free air (no ground effect), still air.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq, least_squares

from envs.base.errors import InputError
from envs.base.frames import Array
from envs.physics.steady.airframe import FORCE, MOMENT, Airframe, body_velocity, up_axis


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
    def in_reach(self) -> bool:
        """Whether the balance was found and no control goes beyond its travel."""
        return (
            self.residual < 1e-4 and max(map(abs, self.command)) <= 1.0 + 1e-9 and -1e-9 <= self.throttle <= 1.0 + 1e-9
        )


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
    found. An aircraft without rudder or ailerons slips.
    """
    if not airframe.has["elevator"]:
        raise InputError("no surface answers the elevator: this aircraft cannot be trimmed")
    powered = airframe.motors > 0
    unlike = not airframe.motors_alike
    thrust_found = throttle is None and powered
    turning = abs(bank) > 1e-9
    gravity = float(airframe.p["gravity"])
    # unknowns: alpha, rudder or beta, elevator, aileron or beta, roll or turn rate, and rotor or climb
    start = np.array([guess.alpha, 0.0, guess.command[1], 0.0] if guess else [0.08, 0.0, 0.0, 0.0])
    side = gravity * math.tan(bank) / speed if turning else 0.0
    rotor_scale = speed / (0.5 * float(airframe.p["propeller_diameter"][0])) * 2 * math.pi if powered else 1.0  # J 0.5
    last = climb
    if thrust_found:
        last = guess.rotor_speed[0] / rotor_scale if guess else 1.0
    x0 = np.concatenate([start, [0.0 if not turning else side, last]])

    def unpack(x: Array) -> tuple[float, float, float, float, float, float, float, float, float]:
        alpha, first, elevator, second, fifth, sixth = (float(v) for v in x)
        beta = 0.0
        rudder, aileron = first, second
        if not airframe.has["rudder"]:
            beta, rudder = first, 0.0
        elif not airframe.has["aileron"]:
            beta, aileron = second, 0.0
        roll, turn = (bank, fifth) if turning else (fifth, 0.0)
        gamma, power = (climb, sixth) if thrust_found else (sixth, throttle or 0.0)
        return alpha, beta, roll, gamma, turn, aileron, elevator, rudder, power

    def fly(x: Array) -> tuple[Array, Array]:
        alpha, beta, roll, gamma, turn, aileron, elevator, rudder, power = unpack(x)
        velocity = body_velocity(speed, alpha, beta)
        pitch = pitch_for_climb(velocity, roll, gamma, speed)
        up = up_axis(roll, pitch)
        airframe.command(aileron, elevator, rudder)
        # The rotor's speed is the smooth unknown: below idle a throttle changes nothing.
        if thrust_found:
            rotors = np.full(airframe.motors, rotor_scale * power)
            power = airframe.throttle_for(velocity, float(rotors[0]))
            if unlike and 0.0 < power <= 1.0:
                rotors[1:] = airframe.rotors(velocity, power)[1:]
        else:
            rotors = airframe.rotors(velocity, power)
        # Turning right is a negative rate about the world's upward axis.
        return airframe.acceleration(velocity, -turn * up, up, power, rotors), rotors

    solution = least_squares(
        lambda x: fly(x)[0][:6],
        x0,
        x_scale=[0.1, 0.3, 0.3, 0.3, 0.1, 0.3],
        xtol=1e-12,
        ftol=1e-14,
        gtol=1e-12,
        max_nfev=60,
    )
    left, rotors = fly(solution.x)
    alpha, beta, roll, gamma, turn, aileron, elevator, rudder, power = unpack(solution.x)
    if thrust_found:
        power = airframe.throttle_for(body_velocity(speed, alpha, beta), float(rotors[0]))
    deflected = airframe.deflections()
    return Trim(
        speed=speed,
        alpha=alpha,
        beta=beta,
        roll=roll,
        climb=gamma,
        turn_rate=turn,
        elevator=deflected[1],
        aileron=deflected[0],
        rudder=deflected[2],
        throttle=power,
        thrust=float(airframe.state[0]["thrust"][: airframe.motors].sum()),
        rotor_speed=tuple(float(r) for r in rotors),
        command=(aileron, elevator, rudder),
        residual=float(np.abs(left[:6]).max()),
    )


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
