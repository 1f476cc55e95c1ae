"""The legs of the circuit between take-off and final: guidance along each leg, total energy along its path."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from agents.autopilot.flight import LEG_CHANGED, FlightAutopilot, FlightMemory, Readings
from agents.autopilot.gains import FlightGains
from agents.autopilot.guidance import wrapped
from agents.autopilot.pilot import Array


@dataclass(frozen=True)
class PatternGains(FlightGains):
    """The landing's loops at the speeds and banks of a circuit; chosen by hand on validation flights."""

    turn_bank: float = 0.4363  # rad, the turn of 25 deg that the circuit's corners are laid for
    line_integral: float = 0.0  # the legs are long, the gate is wide
    bank_max: float = 0.52
    slowest: float = 1.25
    cruise_speed: float = 1.35  # Vs
    speed_per_gust: float = 0.363  # airspeed added per size of gusts
    cruise_speed_max: float = 1.45  # Vs
    low_height: float = 3.0  # b, below it the bank is held to bank_low: a take-off or a go-around has just ended
    bank_low: float = 0.15  # rad
    path_filter: float = 4.0  # T, smoothing of how steep the path is


@dataclass
class PatternMemory(FlightMemory):
    """Of n flights, arrays (n,)."""

    error: Array  # height above the path of the step before, b
    path: Array  # Vs, how fast the path climbs under way


class PatternAutopilot(FlightAutopilot):
    """Flies the legs it is asked for, one after the other."""

    needed: ClassVar = (
        "airspeed",
        "height",
        "climb_rate",
        "cross_track_far",
        "cross_speed",
        "along_speed",
        "course_sine",
        "course_cosine",
        "height_error",
        "roll_sine",
        "roll_cosine",
        "pitch",
        "roll_rate",
        "pitch_rate",
        "yaw_rate",
        "load_factor",
        "accel_forward",
        "accel_right",
        "throttle_command",
    )
    task: ClassVar = "pattern"
    gains_type: ClassVar = PatternGains
    memory_type: ClassVar = PatternMemory
    gains: PatternGains

    def _fly(self, readings: Array, memory: PatternMemory) -> tuple[Array, Array, Array, Array]:
        g, m = self.gains, memory
        (
            airspeed,
            height,
            climb,
            cross,
            cross_speed,
            along_speed,
            sine,
            cosine,
            above,
            roll_sine,
            roll_cosine,
            pitch,
            p,
            q,
            r,
            load,
            forward,
            right,
            throttle_now,
        ) = readings
        seen = Readings(
            airspeed,
            height,
            climb,
            cross,
            cross_speed,
            np.zeros_like(cross),
            along_speed,
            np.arctan2(sine, cosine),
            np.arctan2(roll_sine, roll_cosine),
            pitch,
            p,
            q,
            r,
            load,
            forward,
            right,
            np.zeros(len(cross), bool),
            throttle_now,
        )
        path = self._path(m, seen, above)
        climb_wanted = np.clip(path - g.height_gain / self.froude * above, -g.sink_max, g.climb_max)
        seen, wing, tail = self._update_estimates(m, seen, climb_wanted)

        bank = self._bank_onto(m, seen, cross, seen.along_speed, seen.cross_speed, g.line_period)
        most = self._steepest(m, seen)
        most = np.where(height < g.low_height, np.minimum(most, g.bank_low), most)
        always = np.ones(len(cross), bool)
        aileron = self._aileron(m, seen, np.clip(bank, -most, most), wing, always)

        speed_wanted = np.minimum(g.cruise_speed + g.speed_per_gust * m.gust, g.cruise_speed_max)
        path_error, speed_error = self._energy_errors(m, seen, climb_wanted, self._safe_speed(seen, speed_wanted))
        throttle = self._throttle(m, seen, path_error + speed_error, climb_wanted, ~always)
        balance = self._balance(m, path_error, speed_error)
        wanted = self._pitch(
            m, seen, balance, climb_wanted, g.pitch_energy, g.pitch_energy_integral, g.pitch_max, ~always
        )
        elevator = self._elevator(m, seen, wanted - self._unstall(m, seen) - pitch, tail, always)
        return aileron, elevator, self._coordinated(m, seen, tail), 2 * np.clip(throttle, 0, 1) - 1

    def _path(self, m: PatternMemory, seen: Readings, above: Array) -> Array:
        """How fast (Vs) the path climbs or sinks under way (n,): the climb, less what the height above it grows."""
        jumped = (m.age == 0) | (np.abs(wrapped(m.heading - seen.heading)) > LEG_CHANGED)
        path = seen.climb - (above - m.error) / (self._step * self.froude)
        jumped |= np.abs(above - m.error) > 0.5
        share = np.minimum(1.0, self._step / self.gains.path_filter)
        m.path += np.where(jumped, 0.0, (np.clip(path, -1, 1) - m.path) * share)
        m.error[:] = above
        return np.clip(m.path, -0.2, 0.1)
