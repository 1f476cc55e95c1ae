"""What every flight away from the ground shares: estimates, total-energy control, attitude loops, stall protection.

Lateral: guidance onto a leg (guidance.py) -> bank -> roll rate -> aileron, the rudder coordinates. Longitudinal: total
energy control (Lambregts, AIAA 83-2239): throttle for the sum of path and speed error, pitch for their difference.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from agents.autopilot.airframe_facts import REFERENCE
from agents.autopilot.guidance import bank_to_leg, in_leg, wrapped
from agents.autopilot.pilot import Array, Autopilot, AutopilotMemory, Bools

CLIPPED_SPEED = 9.9  # m/s across, where the observation ends
LEG_CHANGED = 0.5  # rad, a heading that jumps by more within a step is measured from another leg


@dataclass
class FlightMemory(AutopilotMemory):
    """Of n flights, arrays (n,)."""

    age: Array  # T since the start
    speed: Array  # airspeed from pitot and accelerometer, Vs
    acceleration: Array  # g, along the path
    mean_speed: Array  # Vs, for the gusts
    gust: Array  # Vs, mean size of what the airspeed varies
    lift: Array  # smoothed, in that of the stall
    heading: Array  # rad, of the step before, relative to its leg
    wind_along: Array  # Vs, with the leg +
    wind_across: Array  # Vs, from the leg's left +
    throttle: Array  # integrator, 0..1
    pitch: Array  # integrator, rad
    cross: Array  # integrator, b
    aileron: Array  # integrators, command
    elevator: Array
    rudder: Array


class Readings(NamedTuple):
    """What a flight goes by; arrays (n,) in Vs, b, T, g and rad, ground speeds relative to the leg."""

    airspeed: Array
    height: Array
    climb: Array
    cross: Array  # right of the leg +
    cross_speed: Array
    along: Array  # past the leg's origin +
    along_speed: Array
    heading: Array  # relative to the leg
    roll: Array
    pitch: Array
    p: Array
    q: Array
    r: Array
    load: Array  # load factor
    accel_forward: Array
    accel_right: Array
    contact: Bools
    throttle: Array  # command, 0..1


class FlightAutopilot(Autopilot):
    """The loops; a subclass decides what they are to hold. Its gains are FlightGains and more."""

    def _update_estimates(self, m: FlightMemory, seen: Readings, climb_wanted: Array) -> tuple[Readings, Array, Array]:
        """How every step begins: estimates, the start of the integrators, the clock.

        Returns the readings with the speed across mended, and the schedules (n,) of wing and tail. `climb_wanted`: Vs.
        """
        seen = seen._replace(cross_speed=self._estimate(m, seen))
        self._begin(m, seen, climb_wanted)
        m.age += self._step
        return seen, *self._schedules(m, seen)

    def _schedules(self, m: FlightMemory, seen: Readings) -> tuple[Array, Array]:
        """How the gains of wing and tail follow the dynamic pressure there."""
        g, squared = self.gains, np.maximum(0.3, m.speed) ** 2
        return (
            np.minimum(g.schedule_cap, 1 / squared),
            np.minimum(g.schedule_cap, 1 / (squared + g.wash_tail * self._wash * seen.throttle**2)),
        )

    def _estimate(self, m: FlightMemory, seen: Readings) -> Array:
        """Airspeed, acceleration, wind and gusts into the memory.

        Returns the speed across the leg (n,) Vs, mended where the observation is clipped.
        """
        g, step, starting = self.gains, self._step, m.age == 0
        airspeed = seen.airspeed
        acceleration = np.clip(seen.accel_forward - np.sin(seen.pitch), -0.5, 0.5)
        predicted = m.speed + step * acceleration / self.froude
        share = np.minimum(1.0, step / g.speed_filter)
        m.speed[:] = np.where(starting, airspeed, predicted + (airspeed - predicted) * share)
        share = np.minimum(1.0, step / g.acceleration_filter)
        m.acceleration += np.where(starting, 0.0, (acceleration - m.acceleration) * share)
        share = np.minimum(1.0, step / g.gust_filter)
        m.mean_speed[:] = np.where(starting, airspeed, m.mean_speed + (airspeed - m.mean_speed) * share)
        m.gust += (np.abs(airspeed - m.mean_speed) - m.gust) * share
        # On another leg the wind is the same, but measured from there.
        jump = wrapped(m.heading - seen.heading)
        turned = in_leg(m.wind_along, m.wind_across, jump)
        other = (np.abs(jump) > LEG_CHANGED) & ~starting
        m.wind_along[:], m.wind_across[:] = (
            np.where(other, new, old) for new, old in zip(turned, (m.wind_along, m.wind_across), strict=True)
        )
        m.heading[:] = seen.heading
        share = np.where(starting, 1.0, np.minimum(1.0, step / g.wind_filter))
        m.wind_along += (seen.along_speed - m.speed * np.cos(seen.heading) - m.wind_along) * share
        through_air = m.speed * np.sin(seen.heading)
        clipped = np.abs(seen.cross_speed) * self._speed_unit > CLIPPED_SPEED
        across = seen.cross_speed - through_air
        m.wind_across += np.where(clipped, 0.0, (across - m.wind_across) * share)
        return np.where(clipped, through_air + m.wind_across, seen.cross_speed)

    def _begin(self, m: FlightMemory, seen: Readings, climb_wanted: Array) -> None:
        """At the start of a flight the integrators take over what flies it now."""
        g, v, starting = self.gains, np.maximum(0.3, m.speed), m.age == 0
        forward = g.throttle_path * climb_wanted / v
        m.throttle[:] = np.where(starting, np.clip(seen.throttle - forward, 0, 1), m.throttle)
        m.pitch[:] = np.where(starting, seen.pitch - seen.climb / v - g.pitch_lift / v**2, m.pitch)

    def _bank_onto(
        self,
        m: FlightMemory,
        seen: Readings,
        cross: Array,
        along_speed: Array,
        cross_speed: Array,
        period: Array | float,
    ) -> Array:
        """Bank (rad) onto a leg from where the aircraft will be `turn_lead` later: a bank takes time to change.

        Args: offset right of the leg (b), ground speed along it and to its right (Vs), period (T) of the guidance.
        """
        g = self.gains
        speeds = in_leg(along_speed * self.froude, cross_speed * self.froude, -self._turning(m, seen) * g.turn_lead)
        cross = cross + cross_speed * self.froude * g.turn_lead
        return bank_to_leg(cross, *speeds, period, g.line_damping, g.turn_bank)

    def _safe_speed(self, seen: Readings, wanted: Array) -> Array:
        """Airspeed wanted (Vs), more in a bank: the stall speed grows with the root of the load factor."""
        return np.maximum(wanted, self.gains.slowest / np.sqrt(np.maximum(0.5, np.cos(seen.roll))))

    def _steepest(self, m: FlightMemory, seen: Readings) -> Array:
        """Bank (rad) whose load factor leaves the wing `bank_margin` of its lift, as ArduPilot limits it when slow."""
        g, slow = self.gains, np.minimum(m.speed, seen.airspeed)
        steepest = np.arccos(np.clip(g.bank_margin / np.maximum(0.3, slow) ** 2, 0, 1))
        return np.clip(steepest, g.bank_least, g.bank_max)

    def _energy_errors(
        self, m: FlightMemory, seen: Readings, climb_wanted: Array, speed_wanted: Array
    ) -> tuple[Array, Array]:
        """Path error (rad) and speed error (g): energy rates missing, per weight and speed."""
        g, v = self.gains, np.maximum(0.3, m.speed)
        wanted = np.clip(g.speed_gain * self.froude * (speed_wanted - v), -g.acceleration_max, g.acceleration_max)
        return (climb_wanted - seen.climb) / v, wanted - m.acceleration

    def _throttle(self, m: FlightMemory, seen: Readings, error: Array, climb_wanted: Array, frozen: Bools) -> Array:
        """Throttle (n,), not yet cut at 0 and 1, for an error of the total energy rate; full long before a stall."""
        g, v = self.gains, np.maximum(0.3, m.speed)
        throttle = m.throttle + g.throttle_energy * error + g.throttle_path * climb_wanted / v
        least = (g.slow_speed + 0.05) / np.sqrt(np.maximum(0.5, np.cos(seen.roll)))  # a bank stalls sooner
        throttle += g.slow_throttle * np.maximum(0.0, least - np.minimum(v, seen.airspeed))
        pushing = ((throttle >= 1) & (error > 0)) | ((throttle <= 0) & (error < 0))
        change = np.where(pushing | frozen, 0.0, g.throttle_integral * error * self._step)
        m.throttle[:] = np.clip(m.throttle + change, 0.0, 1.0)
        return throttle

    def _slowness(self, m: FlightMemory) -> Array:
        """0 at a safe speed, 1 where pitch has to serve the speed alone."""
        return np.clip((self.gains.slow_speed - m.speed) / 0.05, 0, 1)

    def _balance(self, m: FlightMemory, path_error: Array, speed_error: Array) -> Array:
        """Error (rad) of how the energy is shared between height and speed."""
        slow = self._slowness(m)
        return (1 - slow) * path_error - speed_error * (1 + slow)

    def _pitch(
        self,
        m: FlightMemory,
        seen: Readings,
        balance: Array,
        climb_wanted: Array,
        gain: Array | float,
        integral: Array | float,
        most: Array | float,
        frozen: Bools,
    ) -> Array:
        """Pitch (rad) wanted in the air: feed-forward of path, speed and bank, and the balance's correction."""
        g, v = self.gains, np.maximum(0.3, m.speed)
        pitch = m.pitch + gain * balance + climb_wanted / v
        pitch += g.pitch_lift / (np.maximum(0.8, v) ** 2 * np.maximum(0.5, np.cos(seen.roll)))
        pushing = ((pitch >= most) & (balance > 0)) | ((pitch <= g.pitch_min) & (balance < 0)) | frozen
        m.pitch[:] = np.clip(m.pitch + np.where(pushing, 0.0, integral * balance * self._step), -0.4, 0.4)
        return np.clip(pitch, g.pitch_min, most)

    def _unstall(self, m: FlightMemory, seen: Readings) -> Array:
        """Pitch (rad) to give away: the lift, load factor over speed squared, nears what the wing has at a stall."""
        g = self.gains
        lift = seen.load / np.maximum(0.3, np.minimum(m.speed, seen.airspeed)) ** 2
        # Smoothed: answering every gust with the nose would rock an aircraft that pitches quickly.
        m.lift += (np.clip(lift, 0, 2) - m.lift) * np.minimum(1.0, self._step / g.lift_filter)
        return np.clip(g.stall_pitch * (m.lift - g.stall_lift), 0.0, g.stall_pitch_max)

    def _aileron(self, m: FlightMemory, seen: Readings, bank: Array, wing: Array, active: Bools) -> Array:
        g, power = self.gains, self.facts.aileron
        error = np.clip(bank - seen.roll, -g.bank_rate_max / g.bank, g.bank_rate_max / g.bank)
        return self._cascade(
            error,
            seen.p,
            g.bank,
            g.roll_rate / power,
            wing,
            0.0,
            m.aileron,
            g.bank_integral / power,
            active,
            g.integral_max,
        )

    def _elevator(self, m: FlightMemory, seen: Readings, error: Array, schedule: Array, active: Bools) -> Array:
        g, power, v = self.gains, self.facts.elevator, np.maximum(0.3, m.speed)
        rate = seen.q - self._turning(m, seen) * np.sin(seen.roll)
        # Where the elevator takes lift away before the pitch brings more, a quick loop would rock.
        slower = 1 + g.heave_slowing * max(0.0, self.facts.heave - REFERENCE.heave)
        return self._cascade(
            error,
            rate,
            g.pitch,
            g.pitch_rate / slower / power,
            schedule,
            g.elevator_lift / v**2,
            m.elevator,
            g.pitch_integral / power,
            active,
            g.integral_max,
        )

    def _turning(self, m: FlightMemory, seen: Readings) -> Array:
        """Turn rate (rad/T) of a level turn at this bank."""
        return np.sin(seen.roll) / (np.maximum(0.3, m.speed) * self.froude)

    def _coordinated(self, m: FlightMemory, seen: Readings, tail: Array) -> Array:
        """Rudder of a turn without slip; 0 without a rudder."""
        g = self.gains
        if not self.facts.rudder:
            return np.zeros_like(tail)
        yaw = g.turn_damping * (self._turning(m, seen) * np.cos(seen.roll) - seen.r)
        return tail / self.facts.rudder * (yaw - g.slip_feedback * seen.accel_right)
