"""A pilot by the book, for tests of the landing: flies on the truth, with gains for the Ultra Stick in calm air."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from envs.base.quantities import Quantities
from envs.flight_env import FlightEnv


def limited(value: float, most: float) -> float:
    return max(-most, min(most, value))


class BookPilot:
    """Holds the extended centreline and the glide path at 1.28 Vs, closes the throttle and flares, keeps straight.

    `aim_m` moves its aim point along the runway, `line_m` its line to the left; `flare` False flies into the ground;
    `go_around_below` (m): the first time it is that low it climbs away, flies a circuit and lands.
    """

    def __init__(
        self,
        env: FlightEnv,
        aim_m: float = 0.0,
        line_m: float = 0.0,
        flare: bool = True,
        go_around_below: float = 0.0,
        speed_vs: float = 1.28,
    ) -> None:
        self._stall = env.aircraft.stall_speed_mps
        self._aim, self._line, self._flare, self._speed_vs = aim_m, line_m, flare, speed_vs
        self._go_around_below = go_around_below
        self._leg = "final"
        self._pitch = 0.0
        self._started = False

    def act(self, now: Quantities) -> np.ndarray:
        """Command (aileron, elevator, rudder, throttle), -1..1."""
        if not self._started:
            self._pitch, self._started = now.pitch, True
        along, cross = now.along_track - self._aim, now.cross_track + self._line
        course = math.atan2(-now.vy, now.vx)
        speed, height = self._speed_vs * self._stall, now.height
        if self._go_around_below and height < self._go_around_below:
            self._leg, self._go_around_below = "climb", 0.0
        climb, wanted = 0.0, 0.0
        flaring = self._leg == "final" and self._flare and height < 2.0
        if self._leg == "final":
            wanted = limited(-0.03 * cross, 0.6) if abs(cross) < 60 else -math.copysign(0.6, cross)
            path = max(0.0, -math.tan(math.radians(5)) * along)
            climb = -math.tan(math.radians(5)) * now.along_speed - 0.5 * (height - path)
            climb = limited(climb, 2.0)
            if flaring:
                climb = max(climb, -0.3 - 0.3 * height)
        elif self._leg == "climb":
            wanted, climb = 0.0, 2.0
            if height > 8:
                self._leg = "crosswind"
        else:
            climb = limited(0.5 * (11 - height), 1.5)
            wanted = {"crosswind": -math.pi / 2, "downwind": math.pi, "base": math.pi / 2}[self._leg]
            self._turn_to_next_leg(along, cross)
        if now.wheels_on_ground > 0 and self._leg == "final":
            rudder = limited(-2.5 * now.heading - 0.4 * now.r - 0.15 * cross, 1.0)
            return np.array([-2.0 * now.roll, 0.3, rudder, -1.0], np.float32).clip(-1, 1)
        low = self._leg == "final" and height < 1.0
        turn = math.atan2(math.sin(wanted - course), math.cos(wanted - course))
        bank = limited(1.6 * turn, math.radians(4 if low else 30))
        error = climb - now.vz
        stiff = 3.0 if flaring else 1.0
        self._pitch = limited(self._pitch + error / 30 * 0.12 * stiff, 0.3)
        pitch = limited(self._pitch + 0.05 * error * stiff, 0.32)
        aileron = 2.0 * (bank - now.roll) - 0.25 * now.p
        elevator = 2.5 * (pitch - now.pitch) - 0.25 * now.q + 0.3 + 0.6 * abs(now.roll) ** 2
        rudder = 0.8 * now.beta - 0.1 * now.r if not low else limited(-1.5 * now.heading - 0.2 * now.r, 0.6)
        throttle = 0.36 + 0.12 * (speed - now.airspeed) + 0.08 * climb
        if self._leg == "climb":
            throttle = 1.0
        if flaring:
            throttle = 0.2 * (height > 1.0)
        return np.array([aileron, elevator, rudder, 2 * limited(throttle, 1.0) - 1], np.float32).clip(-1, 1)

    def _turn_to_next_leg(self, along: float, cross: float) -> None:
        """Go on to the next leg where this one ends, by the place along and right of the runway (m)."""
        if self._leg == "crosswind" and cross < -45:
            self._leg = "downwind"
        elif self._leg == "downwind" and along < -60:
            self._leg = "base"
        elif self._leg == "base" and cross > -42:
            self._leg = "final"


def fly(env: FlightEnv, pilot: BookPilot) -> tuple[dict[str, Any], float]:
    """(last info, undiscounted reward) of the flight from here to its end."""
    total = 0.0
    while True:
        _, reward, terminated, truncated, info = env.step(pilot.act(env.quantities))
        total += reward
        if terminated or truncated:
            return info, total
