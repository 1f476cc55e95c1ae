"""What an aircraft can do: stall, glide, climb, level speed, take-off roll, static margin. SI, rad, free still air."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from envs.aircraft.aircraft import Aircraft
from envs.base.quantities import AT, QUANTITIES
from envs.base.units import GRAVITY, SEA_LEVEL_DENSITY
from envs.physics.standing import check_rest, settle
from envs.physics.steady.airframe import FORCE, MOMENT, Airframe, body_velocity
from envs.physics.steady.trim import Trim, balance_elevator, trim
from envs.physics.world import World

SETTLING_S = 3.0  # on the wheels, before a take-off run
TOUCHDOWN_VS = 1.12  # stall speeds, in which good landings touch down
STANDSTILL_MPS = 0.3  # counts as standing, as in the tasks
MOST_SPEEDS = 20.0  # stall speeds: what is still level beyond is no aircraft of this kind


@dataclass(frozen=True)
class GlidePoint:
    """Steady glide with the propeller off. `elevator` is the command (+ pitches up); areas in m2 are force over q."""

    alpha: float
    speed: float
    sink: float
    ratio: float  # lift over drag
    elevator: float
    lift_area: float


def glide_polar(airframe: Airframe, degrees: tuple[float, float, float] = (-2.0, 24.0, 0.25)) -> list[GlidePoint]:
    """Steady glides (propeller off) over angle of attack from, to, step (deg); as far as the elevator leads."""
    weight = float(airframe.p["mass"] * airframe.p["gravity"])
    density = float(airframe.p["air_density"])
    points = []
    for angle in np.arange(*degrees):
        alpha = math.radians(float(angle))
        balance = _balance_in_glide(airframe, alpha, weight)
        if balance is None and points:
            break  # whatever balances beyond is a deep stall, which no elevator leads to
        if balance is None or balance[1] <= 0:
            continue
        elevator, lift, drag = balance
        total = math.hypot(lift, drag)
        speed = math.sqrt(2 * weight / (density * total))
        points.append(GlidePoint(alpha, speed, speed * drag / total, lift / drag, elevator, lift))
    return points


def _balance_in_glide(airframe: Airframe, alpha: float, weight: float) -> tuple[float, float, float] | None:
    """balance_elevator, at the speed of the glide itself where coefficients go with speed."""
    speed, balance = 10.0, None
    for _ in range(6 if airframe.p["profile_exponent"] != 0.0 else 1):
        balance = balance_elevator(airframe, alpha, speed)
        if balance is None or balance[1] <= 0:
            break
        last, speed = speed, math.sqrt(2 * weight / (float(airframe.p["air_density"]) * math.hypot(*balance[1:])))
        if abs(speed - last) < 1e-3 * speed:
            break
    return balance


def stall_speed(airframe: Airframe, bank: float = 0.0) -> float:
    """Slowest speed (m/s) at which the trimmed aircraft without propeller still lifts its weight, at a bank (rad)."""
    most = max(point.lift_area for point in glide_polar(airframe))
    weight = float(airframe.p["mass"] * airframe.p["gravity"])
    return math.sqrt(2 * weight / (float(airframe.p["air_density"]) * most * math.cos(bank)))


def top_speed(airframe: Airframe, slow: float) -> Trim | None:
    """Fastest level flight from `slow` (m/s) on: where full throttle or a control's travel is used up.

    None where there is no level flight at `slow`, or none of the flights above it is the last.
    """
    found, fast = trim(airframe, slow), slow
    if not found.in_reach:
        return None
    while True:
        fast *= 1.25
        faster = trim(airframe, fast, guess=found)
        if not faster.in_reach:
            break
        if fast > MOST_SPEEDS * slow:
            return None
        found = faster

    def climb(speed: float) -> float:
        return trim(airframe, speed, throttle=1.0).climb

    full = [trim(airframe, speed, throttle=1.0) for speed in (found.speed, fast)]
    if all(at.balanced for at in full) and full[0].climb > 0 > full[1].climb:
        top = float(brentq(climb, found.speed, fast, xtol=1e-6))  # pyright: ignore[reportArgumentType]
        at = trim(airframe, top * (1 - 1e-7), guess=found)
        if at.in_reach:
            return at
    low, high = found.speed, fast  # a control ends it first
    while high - low > 1e-3 * low:
        middle = 0.5 * (low + high)
        at = trim(airframe, middle, guess=found)
        low, high, found = (middle, high, at) if at.in_reach else (low, middle, found)
    return trim(airframe, low, guess=found)


def best_climb(airframe: Airframe, speeds: np.ndarray) -> Trim:
    """Steady flight at full throttle with the largest rate of climb among the given speeds (m/s)."""
    climbs = [trim(airframe, float(speed), throttle=1.0) for speed in speeds]
    return max((c for c in climbs if c.in_reach), key=lambda c: c.speed * math.sin(c.climb))


def static_margin(airframe: Airframe, at: Trim, chord: float) -> float:
    """-dCm/dCL of the aircraft without propeller about a trim, stick fixed, in chords."""
    airframe.command(*at.command)
    loads = []
    for step in (-0.01, 0.01):
        velocity = body_velocity(at.speed, at.alpha + step, 0.0)
        loads.append(airframe.load(velocity, np.zeros(3), 0.0, np.zeros(airframe.motors)))
    below, above = loads
    _, pitching, _ = above[MOMENT] - below[MOMENT]
    *_, upward = above[FORCE] - below[FORCE]
    moment = -pitching  # nose up
    lift = upward * math.cos(at.alpha)
    return float(-moment / (lift * chord))


@dataclass(frozen=True)
class TakeOff:
    """A take-off run: where and how fast the last wheel left the ground, m, s, m/s."""

    roll_m: float
    time_s: float
    speed_mps: float
    widest_m: float  # farthest from the centreline


def take_off_roll(
    aircraft: Aircraft,
    rolling_friction: float = 0.02,
    air_density: float = 1.225,
    throttle: float = 1.0,
    rotate_at: float = 0.95,
    limit_s: float = 20.0,
    lowered: bool = True,
    effects: dict[str, bool] | None = None,
) -> TakeOff | None:
    """Fly a take-off: full throttle, rudder for the centreline, tail up, rotate at `rotate_at` stall speeds.

    None if the aircraft has not left the ground after `limit_s`. Raises InputError if it does not stand on its wheels.
    `effects`: {name: False} switches physics off.
    """
    hz = 120  # finer than in the tasks: a control step of 1/30 s is 0.3 m at lift-off
    world = World(aircraft, hz, air_density=air_density, effects=effects)
    try:
        check_rest(world, settle(world, rolling_friction, grip=1.0, seconds=SETTLING_S))
        start, truth = world.position[0], np.zeros(len(QUANTITIES))
        world.measure(truth)
        rest_pitch = truth[AT.pitch]
        widest, stall = 0.0, aircraft.stall_speed_mps * math.sqrt(SEA_LEVEL_DENSITY / air_density)
        for step in range(round(limit_s * hz)):
            world.measure(truth)
            roll, pitch, heading = truth[AT.roll], truth[AT.pitch], truth[AT.heading]
            roll_rate, pitch_rate, yaw_rate = truth[AT.p], truth[AT.q], truth[AT.r]
            speed = math.hypot(*world.velocity[:2])
            # Tail up to fly level along the ground, then the angle that lifts it off.
            wanted = min(rest_pitch, 0.05) if lowered and 4.0 < speed < rotate_at * stall else max(rest_pitch, 0.17)
            elevator = 0.0 if speed < 4.0 else 3.0 * (wanted - pitch) - 0.3 * pitch_rate
            rudder = -3.0 * heading - 0.5 * yaw_rate + 0.4 * world.position[1]
            aileron = -2.0 * roll - 0.2 * roll_rate
            aileron, elevator, rudder = (max(-1.0, min(1.0, c)) for c in (aileron, elevator, rudder))
            world.advance(aileron, elevator, rudder, throttle)
            widest = max(widest, abs(world.position[1]))
            if world.state[0]["wheel_load"].max() == 0 and step > hz // 2 and world.velocity[2] > 0.1:
                return TakeOff(world.position[0] - start, (step + 1) / hz, math.hypot(*world.velocity), widest)
        return None
    finally:
        world.close()


def roll_out(
    aircraft: Aircraft, rolling_friction: float, air_density: float = SEA_LEVEL_DENSITY, gravity: float = GRAVITY
) -> float:
    """Way (m) from a touchdown at TOUCHDOWN_VS to a standstill in still air, without brakes.

    The integral of v dv over the deceleration: wheels, the drag of the level airframe with the motor idle and its
    propeller windmilling; lift takes load off the wheels, all of which roll with `rolling_friction`.
    """
    touchdown = TOUCHDOWN_VS * aircraft.stall_speed_mps * math.sqrt(SEA_LEVEL_DENSITY / air_density)
    airframe = Airframe(aircraft, air_density, gravity)
    airframe.command(0.0, 0.0, 0.0)
    mass, speeds = float(airframe.p["mass"]), np.linspace(STANDSTILL_MPS, touchdown, 60)
    slowing = []
    for speed in speeds:
        velocity = body_velocity(speed, 0.0, 0.0)
        ahead, _, up = airframe.load(velocity, np.zeros(3), 0.0, airframe.rotors(velocity, 0.0))[FORCE]
        slowing.append((rolling_friction * max(0.0, mass * gravity - up) - ahead) / mass)
    way = speeds / np.maximum(slowing, 1e-6)
    return float(np.sum((way[1:] + way[:-1]) / 2 * np.diff(speeds)))
