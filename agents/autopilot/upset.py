"""Upset recovery: back to level flight from any attitude, at the circuit's height, as a safety pilot flies it.

Unload and roll upright by the shorter way, then pull no harder than the speed allows; stalled, the stick forward and
the rudder against the turn (FAA Airplane Flying Handbook, ch. 5: upset prevention and recovery). Vectors in body axes:
no attitude is special. It reads no path, so it flies from whatever went wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from agents.autopilot.figure import FigureGains
from agents.autopilot.pilot import Array, Autopilot, AutopilotMemory
from envs.tasks.parts.pattern_shape import PATTERN_SPANS


@dataclass(frozen=True)
class UpsetGains(FigureGains):
    """The loops of the aerobatic pilot, and what they are to hold; chosen by hand. Units as there, angles rad."""

    upright: float = 0.3  # part of the lift that points up, below which it is rolled before it is pulled
    steep: float = 0.85  # sine of the nose's angle beyond which there is no bank to tell
    path_time: float = 2.0  # T, within which the path is bent to the climb wanted
    climb: float = 0.2  # rad, climb wanted far below the circuit's height
    sink: float = 0.15  # rad, far above it
    height: float = 0.02  # rad per b below it
    slip: float = 0.146  # per felt sideways acceleration, 1/T^2 per g
    load_max: float = 4.0  # weights, most that is pulled
    load_share: float = 0.7  # share of the lift there is that is pulled
    unloaded: float = 0.2  # weights, while it is rolled
    stalled: float = 0.3  # rad of angle of attack
    forward: float = 0.35  # elevator command of a stalled wing
    speed: float = 1.5  # Vs
    throttle_per_speed: float = 1.2  # per Vs
    throttle_per_height: float = 0.05  # per b below the circuit's height
    diving: float = 0.35  # sine of the nose's angle below the horizon beyond which the throttle is closed
    fast: float = 1.9  # Vs, at more than that


@dataclass
class UpsetMemory(AutopilotMemory):
    """The integrator of the pitch, angular acceleration at Vs, 1/T^2."""

    pitch: Array


class UpsetAutopilot(Autopilot):
    """Flies back to level flight."""

    needed: ClassVar = (
        "airspeed",
        "height",
        "roll_rate",
        "pitch_rate",
        "yaw_rate",
        "load_factor",
        "accel_right",
        *(f"{name}_{axis}" for name in ("up", "track") for axis in "xyz"),
    )
    gains_type: ClassVar = UpsetGains
    memory_type: ClassVar = UpsetMemory
    gains: UpsetGains

    def _fly(self, readings: Array, memory: UpsetMemory) -> tuple[Array, Array, Array, Array]:
        g = self.gains
        speed, height, p, q, r, load, felt = readings[:7]
        up, track = readings[7:].reshape(2, 3, -1)
        air = np.maximum(speed, 0.3)
        pressure = air**2
        below = PATTERN_SPANS - height  # b
        nose_down, nose_up = up[0] < -g.steep, up[0] > g.steep
        attack = np.arctan2(-track[2], np.maximum(track[0], 0.05))
        stalled = np.abs(attack) > g.stalled

        # Roll: wings level by the shorter way; straight up or down there is none.
        error = np.where(nose_down | nose_up, 0.0, np.arctan2(-up[1], up[2]))
        roll_wanted = g.roll * error
        roll = g.roll_rate * (roll_wanted - p) + g.roll_forward * roll_wanted

        # Pitch: the path bent to the climb that leads to the circuit's height, upright; else no lift.
        climbing = np.sum(track * up, axis=0) / np.maximum(np.sqrt(np.sum(track**2, axis=0)), 0.05)
        climb = np.arcsin(np.clip(climbing, -1, 1))
        wanted = np.clip(g.height * below, -g.sink, g.climb) - climb
        most = np.minimum(g.load_max, g.load_share * pressure)
        lift = np.clip(up[2] + self.froude * air * wanted / g.path_time, 0.0, np.maximum(most, 0.5))
        lift = np.where(up[2] > g.upright, lift, g.unloaded)
        lift = np.where(nose_down, most, np.where(nose_up, g.unloaded, lift))
        pitch_wanted = (lift - up[2]) / (self.froude * np.maximum(air, 0.5))
        limit = g.integral_max * self.facts.elevator * 2.25
        held = np.clip(memory.pitch + g.pitch_integral * (pitch_wanted - q) * self._step, -limit, limit)
        memory.pitch[:] = np.where(stalled | (up[2] < g.upright), 0.0, held)
        pitch = g.pitch_rate * (pitch_wanted - q) + g.pitch_forward * pitch_wanted + g.lift * (lift - load)
        pitch = (pitch + memory.pitch) / (self.facts.elevator * pressure)
        elevator = np.where(stalled, -g.forward * np.sign(attack), pitch)

        yaw = -g.yaw_rate * r + g.slip * felt
        rudder = yaw / (max(self.facts.rudder, 0.1) * pressure)
        throttle = 0.5 + g.throttle_per_speed * (g.speed - speed) + g.throttle_per_height * below
        throttle = np.where((up[0] < -g.diving) & (speed > g.fast), 0.0, np.clip(throttle, 0.0, 1.0))
        return roll / (self.facts.aileron * pressure), elevator, rudder, 2.0 * throttle - 1.0
