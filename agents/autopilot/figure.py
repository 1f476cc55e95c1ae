"""Aerobatics by hand: along a figure's path, whatever the attitude. The rival of the learned pilot.

As an autopilot engineer would do it: the acceleration that keeps the aircraft on its path (the path's own curvature,
and what brings it back) turns the velocity; pitch and yaw rates follow from it, the canopy is rolled to where the
figure asks for it and leaned a little to the side that the path lies on, and the throttle keeps the sum of speed and
height. Only vectors in body axes, so that no attitude is special. Stall turns and spins are flown by feel: the rudder
is kicked when the aircraft all but stands, the stick is held back until enough turns are flown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from agents.autopilot.pilot import Array, Autopilot, AutopilotMemory

NEAR_B, MID_B = 2.0, 5.0  # how far ahead the readings of those names look (envs/figures/guide.py)


@dataclass(frozen=True)
class FigureGains:
    """Every number of it. Lengths in b, speeds in Vs, times in T = sqrt(b / g), accelerations in g, commands -1..1.

    What moves a control is the angular acceleration it gives at Vs, as in TakeoffGains: rate gains in 1/T. Found on the
    ultra_stick in a breeze, by hand and then by `tune_autopilot.py figure 'figure=[...]' --members 32 --flights 20
    --generations 16` over the figures of configs/training/stunts.yaml: 10,240 flights.
    """

    # Path: acceleration wanted
    off: float = 0.161  # per distance from the path, g per b
    drift: float = 1.31  # per speed across the path, g per b/T
    correction_max: float = 2.99  # g, most that both ask for
    # Canopy and roll
    roll: float = 1.68  # rate wanted per roll error, 1/T
    roll_ahead: float = 0.165  # T, the canopy asked for is that of so much later
    roll_rate: float = 8.23  # 1/T
    roll_forward: float = 1.01  # per rate wanted, 1/T: what the wing's roll damping takes
    roll_integral: float = 0.364  # 1/T^2
    lean_max: float = 0.0459  # rad, most that the canopy is leaned off what is asked for, to get back to the path
    lean_least: float = 0.351  # g, lift below which leaning does nothing
    # Pitch
    pitch_rate: float = 2.44  # 1/T
    pitch_forward: float = 2.51  # per rate wanted, 1/T
    lift: float = 2.25  # per lift that is missing, 1/T^2 per g
    pitch_integral: float = 5.94  # 1/T^2
    # Yaw
    yaw_rate: float = 2.69  # 1/T
    slip: float = 0.146  # per felt sideways acceleration, 1/T^2 per g
    # Throttle
    throttle: float = 0.492  # where speed and height are as wanted
    energy: float = 0.463  # per b of height, of speed and height together, that is missing
    # Stall turn and spin
    pivot_speed: float = 0.736  # Vs, slower than this the rudder is kicked
    pivot_throttle: float = 0.398  # propeller wash for the rudder
    pivot_down: float = 0.546  # nose that far below the horizon (sine): the turn is over
    spin_slow: float = 1.17  # Vs, slower than this the rudder is kicked
    integral_max: float = 0.7  # command, most that an integrator may ask for at 1.5 Vs


@dataclass
class FigureMemory(AutopilotMemory):
    """Integrators of roll and pitch, angular acceleration at Vs, 1/T^2."""

    roll: Array
    pitch: Array


def _dot(a: Array, b: Array) -> Array:
    return np.sum(a * b, axis=0)


def _cross(a: Array, b: Array) -> Array:
    return np.cross(a, b, axis=0)


def _unit(a: Array) -> Array:
    return a / np.maximum(np.sqrt(_dot(a, a)), 1e-6)


def _across(a: Array, way: Array) -> Array:
    """The part of vectors (3, n) at right angles to unit vectors (3, n)."""
    return a - _dot(a, way) * way


class FigureAutopilot(Autopilot):
    """The hand-written aerobatic pilot."""

    needed = (
        "airspeed",
        "too_fast",
        "roll_rate",
        "pitch_rate",
        "yaw_rate",
        "load_factor",
        "accel_right",
        "pivot",
        "spin",
        *(
            f"{name}_{axis}"
            for name in (
                *("up", "track", "path_off", "path_way", "path_canopy"),
                *("path_near", "canopy_near", "path_mid"),
            )
            for axis in "xyz"
        ),
    )
    gains_type: ClassVar[type] = FigureGains
    memory_type = FigureMemory

    def _fly(self, readings: Array, memory: FigureMemory) -> tuple[Array, Array, Array, Array]:
        g: FigureGains = self.gains
        speed, fast, p, q, r, load, felt, pivot, spin = readings[:9]
        up, track, off, way, canopy, near, near_canopy, mid = readings[9:].reshape(8, 3, -1)
        air = np.maximum(speed, 0.3)
        flow = self.froude * np.maximum(air, 0.5)  # b/T
        velocity = self.froude * track  # b/T
        ground = np.sqrt(_dot(velocity, velocity))

        # Acceleration that is wanted, g: round the path's bends, and back to it.
        bend = (_unit(mid - near) - _unit(near - off)) / (0.5 * MID_B)
        back = g.off * _across(off, way) - g.drift * _across(velocity, way)
        size = np.sqrt(_dot(back, back))
        back = back * np.minimum(1.0, g.correction_max / np.maximum(size, 1e-6))
        wanted = bend * ground**2 + back
        force = wanted + up  # what wings and fuselage have to give, in weights

        # Roll: the canopy asked for a moment later, leaned to the side where force is missing.
        share = np.clip(g.roll_ahead * ground / NEAR_B, 0.0, 1.5)
        later = _unit((1.0 - share) * canopy + share * near_canopy)
        right = _cross(way, later)
        lift, side = _dot(force, later), _dot(force, right)
        carries = np.abs(lift) > g.lean_least
        lean = np.where(carries, np.arctan2(side, np.abs(lift)) * np.sign(lift), 0.0)
        lean = np.clip(lean, -g.lean_max, g.lean_max)
        aim = np.cos(lean) * later + np.sin(lean) * right
        error = np.arctan2(-aim[1], aim[2])  # to the right of the canopy, about the nose
        turning = np.arctan2(_dot(_cross(canopy, near_canopy), way), _dot(canopy, near_canopy)) / NEAR_B * ground
        roll_wanted = turning + g.roll * error
        roll = self._integrate(memory.roll, g.roll_integral * (roll_wanted - p), g.integral_max, self.facts.aileron)
        roll = g.roll_rate * (roll_wanted - p) + g.roll_forward * roll_wanted + roll

        # Pitch and yaw: rates at which the velocity has to turn.
        pitch_wanted, yaw_wanted = wanted[2] / flow, -wanted[1] / flow
        held = self._integrate(memory.pitch, g.pitch_integral * (pitch_wanted - q), g.integral_max, self.facts.elevator)
        pitch = g.pitch_rate * (pitch_wanted - q) + g.pitch_forward * pitch_wanted + g.lift * (force[2] - load) + held
        yaw = g.yaw_rate * (yaw_wanted - r) + g.slip * felt * carries

        pressure = air**2
        aileron, elevator = roll / (self.facts.aileron * pressure), pitch / (self.facts.elevator * pressure)
        rudder = yaw / (max(self.facts.rudder, 0.1) * pressure)
        missing = _dot(off, up) - 0.5 * self.froude**2 * (speed**2 - (speed - fast) ** 2)
        throttle = np.clip(g.throttle + g.energy * missing, 0.0, 1.0)

        kicked = (pivot != 0.0) & (speed < g.pivot_speed) & (up[0] > -g.pivot_down)
        rudder = np.where(kicked, np.sign(pivot), rudder)
        throttle = np.where(kicked, g.pivot_throttle, throttle)
        spins = (spin != 0.0) & ((speed < g.spin_slow) | (np.abs(r) > 0.3))
        elevator, rudder = np.where(spins, 1.0, elevator), np.where(spins, np.sign(spin), rudder)
        aileron, throttle = np.where(spins, 0.0, aileron), np.where(spin != 0.0, 0.0, throttle)
        return aileron, elevator, rudder, 2.0 * throttle - 1.0

    def _integrate(self, value: Array, rate: Array, most: float, power: float) -> Array:
        """Move an integrator (changed in place) on by one control step."""
        limit = most * power * 2.25
        value[:] = np.clip(value + rate * self._step, -limit, limit)
        return value
