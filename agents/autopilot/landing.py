"""The landing: onto the final approach, down the glide path, flare, touchdown, roll-out; go-around if need be.

Lateral: guidance onto the leg (guidance.py) -> bank -> roll rate -> aileron; rudder coordinates the turn, near the
ground it lines the nose up with the runway. Longitudinal: total energy control (Lambregts 1983): throttle for the
sum of path and speed error, pitch for their difference; in the flare pitch holds a sink that fades with height.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from agents.autopilot.guidance import bank_to_leg, in_leg, wrapped
from agents.autopilot.landing_gains import LandingGains
from agents.autopilot.pilot import Array, Autopilot, Bools, Memory

FINAL, CLIMB, DOWNWIND = 0, 1, 2  # phases: also from base leg; after a go-around straight ahead; back
CLIPPED_SPEED = 9.9  # m/s across, where the observation ends


@dataclass
class LandingMemory(Memory):
    """Of n landings, arrays (n,)."""

    age: Array  # T since the start
    speed: Array  # airspeed from pitot and accelerometer, Vs
    acceleration: Array  # g, along the path
    mean_speed: Array  # Vs, for the gusts
    gust: Array  # Vs, mean size of what the airspeed varies
    wind_along: Array  # Vs, tailwind +
    wind_across: Array  # Vs, from the left +
    throttle: Array  # integrator, 0..1
    pitch: Array  # integrator, rad
    cross: Array  # integrator, b
    flaring: Array  # 1 from the flare on
    touched: Array  # 1 from the first contact on
    pitch_target: Array  # rad, on the ground
    side: Array  # of the circuit, right +1, left -1
    aileron: Array  # integrators, command
    elevator: Array
    rudder: Array


class Seen(NamedTuple):
    """What the landing goes by; arrays (n,) in Vs, b, T, g and rad, ground speeds relative to the final approach."""

    airspeed: Array
    height: Array
    climb: Array
    cross: Array  # right of the centreline +
    cross_speed: Array
    along: Array  # past the aim point +
    along_speed: Array
    heading: Array
    roll: Array
    pitch: Array
    p: Array
    q: Array
    r: Array
    accel_forward: Array
    accel_right: Array
    contact: Bools
    throttle: Array  # command, 0..1


class LandingAutopilot(Autopilot):
    """Flies the landing."""

    needed: ClassVar = ("airspeed", "height", "climb_rate", "cross_track_far", "cross_speed", "along_track_far",
                        "along_speed", "course_sine", "course_cosine", "roll", "pitch", "roll_rate", "pitch_rate",
                        "yaw_rate", "accel_forward", "accel_right", "wheels_on_ground", "throttle_command")
    gains_type: ClassVar = LandingGains
    memory_type: ClassVar = LandingMemory
    gains: LandingGains

    def _fly(self, readings: Array, memory: LandingMemory) -> tuple[Array, Array, Array, Array]:
        g, m = self.gains, memory
        (airspeed, height, climb, cross, cross_speed, along, along_speed, sine, cosine, roll, pitch, p, q, r, forward,
         right, wheels, throttle_now) = readings
        seen = Seen(airspeed, height, climb, cross, cross_speed, along, along_speed, np.arctan2(sine, cosine), roll,
                    pitch, p, q, r, forward, right, wheels > 0, throttle_now)
        seen = seen._replace(cross_speed=self._estimate(m, seen))
        v = np.maximum(0.3, m.speed)
        starting = m.age == 0  # in trim
        m.throttle[:] = np.where(starting, seen.throttle, m.throttle)
        m.pitch[:] = np.where(starting, pitch - seen.climb / v - g.pitch_lift / v**2, m.pitch)
        m.age += self._step
        self._change_phase(m, seen)
        ground = (m.touched > 0) & (seen.contact | (seen.height < 0.03))
        throttle, pitch_wanted = self._energy(m, seen)
        wing = np.minimum(g.schedule_cap, 1 / v**2)
        tail = np.minimum(g.schedule_cap, 1 / (v**2 + g.wash_tail * seen.throttle**2))
        turning = np.sin(roll) / (v * self.froude)  # rad/T, turn rate of a level turn at this bank
        aileron, rudder = self._lateral(m, seen, ground, wing, tail, turning)

        # Pitch: the wanted one in the air, sinking to that of the roll-out on the wheels, at last the tail down.
        lowering = np.maximum(m.pitch_target - g.nose_rate * self._step, np.minimum(m.pitch_target, g.roll_out_pitch))
        m.pitch_target[:] = np.where(ground, lowering, np.where(m.touched > 0, pitch, pitch_wanted))
        power = self.facts.elevator
        error = np.where(ground, m.pitch_target, pitch_wanted) - pitch
        schedule = tail * np.where(ground, g.ground_pitch, 1.0)
        elevator = self._cascade(error, q - turning * np.sin(roll), g.pitch, g.pitch_rate / power, schedule,
                                 g.elevator_lift / v**2, m.elevator, g.pitch_integral / power,
                                 ~ground | (v > g.tail_down_speed), g.integral_max)
        if self.facts.tail_wheel:
            slow = ground & (v < g.tail_down_speed)
            elevator = np.where(slow, g.tail_down, elevator)
            burst = np.clip(g.burst * (np.abs(seen.heading) - g.burst_from), 0, g.burst_max)
            throttle = np.where(ground, np.where(slow, burst, 0.0), throttle)
        else:
            throttle = np.where(ground, 0.0, throttle)
        return aileron, elevator, rudder, 2 * np.clip(throttle, 0, 1) - 1

    def _estimate(self, m: LandingMemory, seen: Seen) -> Array:
        """Airspeed, acceleration, wind and gusts into the memory; returns the speed across (n,) Vs, mended where the
        observation is clipped.
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
        share = np.where(starting, 1.0, np.minimum(1.0, step / g.wind_filter))
        m.wind_along += (seen.along_speed - m.speed * np.cos(seen.heading) - m.wind_along) * share
        through_air = m.speed * np.sin(seen.heading)
        clipped = np.abs(seen.cross_speed) * self._speed_unit > CLIPPED_SPEED
        across = seen.cross_speed - through_air
        m.wind_across += np.where(clipped, 0.0, (across - m.wind_across) * share)
        return np.where(clipped, through_air + m.wind_across, seen.cross_speed)

    def _lateral(self, m: LandingMemory, seen: Seen, ground: Bools, wing: Array, tail: Array,
                 turning: Array) -> tuple[Array, Array]:
        """Aileron and rudder. `wing`, `tail`: how the gains follow the dynamic pressure there."""
        g, step, final = self.gains, self._step, m.phase == FINAL
        v = np.maximum(0.3, m.speed)
        # Guidance onto the leg.
        leg = np.where(m.phase == DOWNWIND, np.pi, 0.0)
        leg_cross = np.where(m.phase == DOWNWIND, m.side * g.circuit_width - seen.cross, seen.cross)
        leg_speeds = in_leg(seen.along_speed * self.froude, seen.cross_speed * self.froude, leg)
        near = final & (np.abs(seen.cross) < 3)
        m.cross[:] = np.where(near, np.clip(m.cross + g.line_integral * seen.cross * step, -0.5, 0.5), 0.0)
        low = np.clip(1 - (seen.height - 1) / 6, 0, 1)
        period = g.line_period + low * (g.line_period_low - g.line_period)
        bank = bank_to_leg(leg_cross + m.cross, *leg_speeds, period, g.line_damping, g.turn_bank)

        # Near the ground the nose along the runway, the wing into the wind; without rudder only on the ground.
        drift = -np.arcsin(np.clip(m.wind_across / v, -0.5, 0.5))  # heading that keeps the track
        aligned = np.where(final, np.clip((g.align_height - seen.height) / g.align_blend, 0, 1), 0.0)
        aligned = np.where(ground, 1.0, aligned if self.facts.rudder else 0.0)
        most = np.minimum(g.bank_max, g.bank_max_low + g.bank_per_height * np.maximum(0.0, seen.height - 0.2))
        bank = np.where(ground, 0.0, np.clip(bank + g.slip_bank * aligned * (drift - seen.heading), -most, most))
        error = np.clip(bank - seen.roll, -g.bank_rate_max / g.bank, g.bank_rate_max / g.bank)
        power = self.facts.aileron
        aileron = self._cascade(error, seen.p, g.bank, g.roll_rate / power, wing, 0.0, m.aileron,
                                g.bank_integral / power, ~ground, g.integral_max)
        if not self.facts.rudder:
            return aileron, np.zeros_like(aileron)

        # Rudder: coordinated turns; then aligned; on the ground steering, back to the centreline.
        power = self.facts.rudder
        reach = np.maximum(g.steering_speed, seen.along_speed)
        line = np.arctan(-seen.cross / (reach * self.froude * g.line_time))
        line = np.clip(line, -g.line_angle_max, g.line_angle_max)
        steered = np.clip(line + g.track * (line - seen.cross_speed / reach), -2 * g.line_angle_max,
                          2 * g.line_angle_max)
        error = np.clip(wrapped(np.where(ground, steered, g.crab_kept * drift) - seen.heading), -0.3, 0.3)
        straight = self._cascade(
            error, seen.r, np.where(ground, g.steer, g.heading), np.where(ground, g.steer_rate, g.yaw_rate) / power,
            np.where(ground, np.minimum(tail, g.steer_cap), tail), 0.0, m.rudder,
            np.where(ground, g.steer_integral, g.heading_integral) / power,
            (aligned > 0) & (seen.along_speed > 0.2), g.integral_max)
        yaw = g.turn_damping * (turning * np.cos(seen.roll) - seen.r) - g.slip_feedback * seen.accel_right
        coordinated = tail / power * yaw
        return aileron, coordinated + aligned * (straight - coordinated)

    def _energy(self, m: LandingMemory, seen: Seen) -> tuple[Array, Array]:
        """Throttle (0..1) and pitch (rad) wanted in the air."""
        g, step, v = self.gains, self._step, np.maximum(0.3, m.speed)
        final, height, climb = m.phase == FINAL, seen.height, seen.climb
        over_ground = np.hypot(seen.along_speed, seen.cross_speed)
        to_go = self._way_left(m, seen)
        path = np.where(final, g.glide * np.maximum(0.0, to_go), g.circuit_height)
        slope = np.where(final & (to_go > 0), g.glide, 0.0)
        climb_wanted = g.height_gain / self.froude * (path - height) - slope * over_ground
        climb_wanted = np.clip(climb_wanted, -g.sink_max, g.climb_max)
        steep = np.maximum(0.0, g.touch_slope + g.sink_per_speed * np.clip(g.touch_speed - v, -0.2, 0.1))
        flare = -over_ground * (np.maximum(0.0, height) / g.flare_length + steep)
        m.flaring[:] = np.where(final & (height < 3) & (flare > climb_wanted), 1.0, np.where(final, m.flaring, 0.0))
        flaring = m.flaring > 0
        climb_wanted = np.where(flaring, flare, climb_wanted)

        speed_wanted = np.minimum(g.approach_speed + g.speed_per_gust * m.gust
                                  - g.speed_per_headwind * np.minimum(0.0, m.wind_along), g.approach_speed_max)
        acceleration = np.clip(g.speed_gain * self.froude * (speed_wanted - v), -g.acceleration_max, g.acceleration_max)
        path_error = (climb_wanted - climb) / v
        speed_error = acceleration - m.acceleration

        energy_error = path_error + speed_error
        throttle = m.throttle + g.throttle_energy * energy_error + g.throttle_path * climb_wanted / v
        throttle += g.slow_throttle * np.maximum(0.0, g.slow_speed - v)
        throttle = np.where((m.phase == CLIMB) & (height < 3), 1.0, throttle)
        pushing = ((throttle >= 1) & (energy_error > 0)) | ((throttle <= 0) & (energy_error < 0))
        change = np.where(pushing | flaring, 0.0, g.throttle_integral * energy_error * step)
        m.throttle[:] = np.clip(m.throttle + change, 0.0, 1.0)
        slower = np.minimum(g.touch_speed + g.speed_per_height * height, speed_wanted) - seen.airspeed
        retarded = m.throttle * np.clip(height / g.retard_height, 0, 1) + g.touch_throttle * slower
        throttle = np.where(flaring, retarded, throttle)

        slow = np.clip((g.slow_speed - v) / 0.05, 0, 1)
        balance = np.where(flaring, path_error, (1 - slow) * path_error - speed_error * (1 + slow))
        pitch = m.pitch + np.where(flaring, g.flare_pitch, g.pitch_energy) * balance + climb_wanted / v
        pitch += g.pitch_lift / (np.maximum(0.8, v) ** 2 * np.maximum(0.5, np.cos(seen.roll)))
        most = np.where(flaring, g.flare_pitch_max, g.pitch_max)
        pushing = ((pitch >= most) & (balance > 0)) | ((pitch <= g.pitch_min) & (balance < 0)) | (m.touched > 0)
        integral = np.where(flaring, g.flare_integral, g.pitch_energy_integral)
        m.pitch[:] = np.clip(m.pitch + np.where(pushing, 0.0, integral * balance * step), -0.4, 0.4)
        return np.clip(throttle, 0, 1), np.clip(pitch, g.pitch_min, most)

    def _way_left(self, m: LandingMemory, seen: Seen) -> Array:
        """Way (b) to where the glide path meets the ground: a turn from base leg cuts the corner."""
        aim = self.gains.aim - self.gains.aim_per_tailwind * np.maximum(0.0, m.wind_along)
        return aim - seen.along + np.maximum(0.0, np.abs(seen.cross) - 13.5)

    def _change_phase(self, m: LandingMemory, seen: Seen) -> None:
        """Touchdown, go-around, and the legs of the way back."""
        g, height, final = self.gains, seen.height, m.phase == FINAL
        m.touched[:] = np.where(seen.contact & final, 1.0, m.touched)
        path = g.glide * np.maximum(0.0, self._way_left(m, seen))
        off = (np.abs(height - path) > g.gate_height_error) | (np.abs(m.speed - g.approach_speed) > g.gate_speed_error)
        off &= m.flaring == 0
        # What is left of the way brings it back at the speed at which guidance comes in, about 1 b in 12.
        room = g.gate_cross + np.maximum(0.0, -seen.along) / 12
        off |= np.abs(seen.cross + seen.cross_speed * self.froude * g.gate_time) > room
        off &= (seen.along > -g.gate_distance) | (height < g.gate_height)
        off &= (height > g.gate_low) & (m.touched == 0)
        off |= (seen.along > g.long_at) & (height > g.long_height) & (m.touched == 0)
        off |= (m.touched > 0) & (height > g.bounce_height)
        away = final & off & (m.age < g.time_for_circuit)
        upwind = np.where(m.wind_across > 0, -1.0, 1.0)
        m.side[:] = np.where(away, upwind, m.side)
        turning = (m.phase == CLIMB) & (height > g.climb_out) & (seen.along > 0)
        back = (m.phase == DOWNWIND) & (seen.along < -g.circuit_length)
        m.phase[:] = np.where(away, CLIMB, np.where(turning, DOWNWIND, np.where(back, FINAL, m.phase)))
        m.touched[:] = np.where(away, 0.0, m.touched)
        m.flaring[:] = np.where(away, 0.0, m.flaring)
