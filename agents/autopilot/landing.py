"""The landing: onto the final approach, down the glide path, flare, touchdown, roll-out; go-around if need be.

In the air the loops are those of flight.py; near the ground the rudder lines the nose up with the runway and the wing
holds the track, in the flare pitch holds a sink that fades with height and waits for the speed of the touchdown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from agents.autopilot.airframe_facts import AirframeFacts
from agents.autopilot.flight import FlightAutopilot, FlightMemory, Readings
from agents.autopilot.gains import BELLY_LANDING, LandingGains
from agents.autopilot.guidance import in_leg, wrapped
from agents.autopilot.pilot import Array, Bools
from envs.tasks.parts.landing_rules import DecisionHeight, landing_rules

FINAL, CLIMB, DOWNWIND = 0, 1, 2  # phases: also from base leg; after a go-around straight ahead; back


@dataclass
class LandingMemory(FlightMemory):
    """Of n landings, arrays (n,)."""

    flaring: Array  # 1 from the flare on
    touched: Array  # 1 from the first contact on
    pitch_target: Array  # rad, on the ground
    side: Array  # of the circuit, right +1, left -1


class LandingAutopilot(FlightAutopilot):
    """Flies the landing."""

    needed: ClassVar = (
        "airspeed",
        "height",
        "climb_rate",
        "cross_track_far",
        "cross_speed",
        "along_track_far",
        "along_speed",
        "course_sine",
        "course_cosine",
        "roll",
        "pitch",
        "roll_rate",
        "pitch_rate",
        "yaw_rate",
        "load_factor",
        "accel_forward",
        "accel_right",
        "wheels_on_ground",
        "throttle_command",
    )
    optional: ClassVar = {"runway_in_sight": 1.0}
    task: ClassVar = "landing"
    gains_type: ClassVar = LandingGains
    memory_type: ClassVar = LandingMemory
    gains: LandingGains
    decision: DecisionHeight | None = landing_rules().decision.autopilot.by_sight
    """With an eye only; None: it lands blind, too."""

    @classmethod
    def for_env(cls, env: Any, gains: Any = None) -> Self:
        """As of every autopilot; it decides by the flight's lookout."""
        pilot = super().for_env(env, gains)
        pilot.decision = landing_rules().decision.autopilot.of(env.unwrapped.config.lookout)
        return pilot

    @classmethod
    def usual_gains(cls, facts: AirframeFacts) -> LandingGains:
        """Those of wheels, or of a belly."""
        return LandingGains() if facts.rolls else BELLY_LANDING

    def _fly(self, readings: Array, memory: LandingMemory) -> tuple[Array, Array, Array, Array]:
        g, m = self.gains, memory
        (
            airspeed,
            height,
            climb,
            cross,
            cross_speed,
            along,
            along_speed,
            sine,
            cosine,
            roll,
            pitch,
            p,
            q,
            r,
            load,
            forward,
            right,
            wheels,
            throttle_now,
            in_sight,
        ) = readings
        seen = Readings(
            airspeed,
            height,
            climb,
            cross,
            cross_speed,
            along,
            along_speed,
            np.arctan2(sine, cosine),
            roll,
            pitch,
            p,
            q,
            r,
            load,
            forward,
            right,
            wheels > 0,
            throttle_now,
        )
        seen, wing, tail = self._update_estimates(m, seen, np.zeros_like(height))
        self._change_phase(m, seen, in_sight)
        ground = (m.touched > 0) & (seen.contact | (height < 0.03))
        throttle, pitch_wanted = self._energy(m, seen)
        aileron, rudder = self._lateral(m, seen, ground, wing, tail)

        # Pitch: the wanted one in the air, sinking to that of the roll-out on the wheels, at last the tail down.
        v = np.maximum(0.3, m.speed)
        lowering = np.maximum(m.pitch_target - g.nose_rate * self._step, np.minimum(m.pitch_target, g.roll_out_pitch))
        m.pitch_target[:] = np.where(ground, lowering, np.where(m.touched > 0, pitch, pitch_wanted))
        error = np.where(ground, m.pitch_target, pitch_wanted) - pitch
        elevator = self._elevator(
            m, seen, error, tail * np.where(ground, g.ground_pitch, 1.0), ~ground | (v > g.tail_down_speed)
        )
        throttle = np.where(ground, 0.0, throttle)
        if self.facts.tail_wheel:
            slow = ground & (v < g.tail_down_speed)
            elevator = np.where(slow, g.tail_down / self.facts.elevator, elevator)
            burst = np.clip(g.burst * (np.abs(rudder) - g.burst_from), 0, g.burst_max)
            throttle = np.where(ground, burst, throttle)
        return aileron, elevator, rudder, 2 * np.clip(throttle, 0, 1) - 1

    def _lateral(
        self, m: LandingMemory, seen: Readings, ground: Bools, wing: Array, tail: Array
    ) -> tuple[Array, Array]:
        """Aileron and rudder. `wing`, `tail`: how the gains follow the dynamic pressure there."""
        g, step, final = self.gains, self._step, m.phase == FINAL
        v = np.maximum(0.3, m.speed)
        # Guidance onto the leg.
        leg = np.where(m.phase == DOWNWIND, np.pi, 0.0)
        leg_cross = np.where(m.phase == DOWNWIND, m.side * g.circuit_width - seen.cross, seen.cross)
        near = final & (np.abs(seen.cross) < 3)
        m.cross[:] = np.where(near, np.clip(m.cross + g.line_integral * seen.cross * step, -0.5, 0.5), 0.0)
        low = np.clip(1 - (seen.height - 1) / 6, 0, 1)
        period = g.line_period + low * (g.line_period_low - g.line_period)
        bank = self._bank_onto(m, seen, leg_cross + m.cross, *in_leg(seen.along_speed, seen.cross_speed, leg), period)

        # Near the ground the nose along the runway, the wing into the wind; without rudder only on the ground.
        drift = -np.arcsin(np.clip(m.wind_across / v, -0.5, 0.5))  # heading that keeps the track
        rising = (m.phase == CLIMB) & (seen.contact | (seen.height < 0.3))  # wheels off after a touchdown
        aligned = np.where(final, np.clip((g.align_height - seen.height) / g.align_blend, 0, 1), 0.0)
        aligned = np.where(ground, 1.0, np.where(rising, 1.0, aligned) if self.facts.rudder else 0.0)
        low = np.minimum(g.bank_max_low, g.tip_share * self.facts.tip_bank)
        most = np.minimum(self._steepest(m, seen), low + g.bank_per_height * np.maximum(0.0, seen.height - 0.2))
        bank = np.where(ground, 0.0, np.clip(bank + g.slip_bank * aligned * (drift - seen.heading), -most, most))
        aileron = self._aileron(m, seen, bank, wing, ~ground)
        if not self.facts.rudder:
            return aileron, np.zeros_like(aileron)

        # Rudder: coordinated turns; then aligned; on the ground steering, back to the centreline.
        power = self.facts.rudder
        reach = np.maximum(g.steering_speed, seen.along_speed)
        line = np.arctan(-seen.cross / (reach * self.froude * g.line_time))
        line = np.clip(line, -g.line_angle_max, g.line_angle_max)
        steered = np.clip(
            line + g.track * (line - seen.cross_speed / reach), -2 * g.line_angle_max, 2 * g.line_angle_max
        )
        error = np.clip(wrapped(np.where(ground, steered, g.crab_kept * drift) - seen.heading), -0.3, 0.3)
        straight = self._cascade(
            error,
            seen.r,
            np.where(ground, g.steer, g.heading),
            np.where(ground, g.steer_rate, g.yaw_rate) / power,
            np.where(ground, np.minimum(tail, g.steer_cap), tail),
            0.0,
            m.rudder,
            np.where(ground, g.steer_integral, g.heading_integral) / power,
            (aligned > 0) & (seen.along_speed > 0.2),
            g.integral_max,
        )
        coordinated = self._coordinated(m, seen, tail)
        return aileron, coordinated + aligned * (straight - coordinated)

    def _energy(self, m: LandingMemory, seen: Readings) -> tuple[Array, Array]:
        """Throttle (0..1) and pitch (rad) wanted in the air."""
        g, v, height = self.gains, np.maximum(0.3, m.speed), seen.height
        final = m.phase == FINAL
        over_ground = np.hypot(seen.along_speed, seen.cross_speed)
        to_go = self._way_left(m, seen)
        path = np.where(final, g.glide * np.maximum(0.0, to_go), g.circuit_height)
        slope = np.where(final & (to_go > 0), g.glide, 0.0)
        climb_wanted = g.height_gain / self.froude * (path - height) - slope * over_ground
        climb_wanted = np.clip(climb_wanted, -g.sink_max, g.climb_max)
        # Too fast to touch down, it is held off while there is room: with the wind behind it needs that to roll.
        place = seen.along + self._earlier(m)
        early = np.clip(g.touch_speed - v, -0.3, 0.1)
        early = np.where(early < 0, early * np.clip((g.hold_until - place) / 3, 0, 1), early)
        towards = (
            g.sink_when_late * np.clip(place - g.balk_along, 0, 8)  # the middle of the touchdown box
            - g.sink_when_early * np.clip(g.hold_before - place, 0, 5)
        )
        steep = np.maximum(g.least_slope, g.touch_slope + g.sink_per_speed * early + towards)
        flare = -over_ground * (np.maximum(0.0, height) / g.flare_length + steep)
        m.flaring[:] = np.where(final & (height < 3) & (flare > climb_wanted), 1.0, np.where(final, m.flaring, 0.0))
        flaring = m.flaring > 0
        climb_wanted = np.where(flaring, flare, climb_wanted)

        speed_wanted = g.approach_speed + g.speed_per_gust * m.gust + np.clip(g.speed_when_high * (height - 4), 0, 0.1)
        speed_wanted -= g.speed_per_headwind * np.minimum(0.0, m.wind_along)
        speed_wanted = np.minimum(speed_wanted, g.approach_speed_max)
        path_error, speed_error = self._energy_errors(m, seen, climb_wanted, self._safe_speed(seen, speed_wanted))
        throttle = self._throttle(m, seen, path_error + speed_error, climb_wanted, flaring)
        full = np.clip(1 - g.climb_throttle * (v - g.climb_fast), 0, 1)  # strong motors would run away with it
        throttle = np.where((m.phase == CLIMB) & (height < 3), np.maximum(full, throttle), throttle)
        slower = np.minimum(g.touch_speed + g.speed_per_height * height, speed_wanted) - seen.airspeed
        retarded = m.throttle * np.clip(height / g.retard_height, 0, 1) + g.touch_throttle * slower
        throttle = np.where(flaring, retarded, throttle)

        balance = np.where(flaring, path_error, self._balance(m, path_error, speed_error))
        wanted = self._pitch(
            m,
            seen,
            balance,
            climb_wanted,
            np.where(flaring, g.flare_pitch, g.pitch_energy),
            np.where(flaring, g.flare_integral, g.pitch_energy_integral),
            np.where(flaring, g.flare_pitch_max, g.pitch_max),
            m.touched > 0,
        )
        return np.clip(throttle, 0, 1), wanted - np.where(flaring, 0.0, self._unstall(m, seen))

    def _way_left(self, m: LandingMemory, seen: Readings) -> Array:
        """Way (b) to where the glide path meets the ground: a turn from base leg cuts the corner."""
        aim = self.gains.aim - self._earlier(m)
        return aim - seen.along + np.maximum(0.0, np.abs(seen.cross) - 13.5)

    def _earlier(self, m: LandingMemory) -> Array:
        """How much nearer (b) it aims: with wind behind it rolls farther, with speed against gusts it floats on."""
        g = self.gains
        return g.aim_per_tailwind * np.maximum(0.0, m.wind_along) + g.aim_per_gust * np.minimum(m.gust, 0.15)

    def _change_phase(self, m: LandingMemory, seen: Readings, in_sight: Array) -> None:
        """Touchdown, go-around, and the legs of the way back."""
        g, height, final = self.gains, seen.height, m.phase == FINAL
        meets = seen.contact & final & (m.touched == 0)
        m.touched[:] = np.where(meets, 1.0, m.touched)
        away = final & (self._astray(m, seen) | (meets & self._misplaced(seen))) & (m.age < g.time_for_circuit)
        away |= final & (m.touched == 0) & self._is_blind(seen, in_sight)
        downwind = np.where(m.wind_across > 0, 1.0, -1.0)  # from there it turns onto final against the wind
        m.side[:] = np.where(away, downwind, m.side)
        turning = (m.phase == CLIMB) & (height > g.climb_out) & (seen.along > g.turn_at)
        back = (m.phase == DOWNWIND) & (seen.along < -g.circuit_length)
        m.phase[:] = np.where(away, CLIMB, np.where(turning, DOWNWIND, np.where(back, FINAL, m.phase)))
        m.touched[:] = np.where(away, 0.0, m.touched)
        m.flaring[:] = np.where(away, 0.0, m.flaring)

    def _astray(self, m: LandingMemory, seen: Readings) -> Bools:
        """Approaches beyond mending, and bounces too high."""
        g, height = self.gains, seen.height
        path = g.glide * np.maximum(0.0, self._way_left(m, seen))
        off = (np.abs(height - path) > g.gate_height_error) | (np.abs(m.speed - g.approach_speed) > g.gate_speed_error)
        off &= m.flaring == 0
        room = g.gate_cross + np.maximum(0.0, -seen.along) / g.gate_way_per_cross
        off |= np.abs(seen.cross + seen.cross_speed * self.froude * g.gate_time) > room
        off &= (seen.along > -g.gate_distance) | (height < g.gate_height)
        off &= (height > g.gate_low) & (m.touched == 0)
        off |= (seen.along > g.long_at) & (height > g.long_height) & (m.touched == 0)
        return off | ((m.touched > 0) & (height > g.bounce_height))

    def _is_blind(self, seen: Readings, in_sight: Array) -> Bools:
        """At the decision height, on the approach, without the runway in sight."""
        rule = self.decision
        if rule is None:
            return np.zeros(len(in_sight), bool)
        deciding = (seen.height < rule.height_spans) & (seen.height > rule.decided_spans) & (seen.along < 0)
        return deciding & (in_sight < rule.least)

    def _misplaced(self, seen: Readings) -> Bools:
        """Touchdowns outside of what counts, with the runway ahead to fly off again: on wheels, a belly does not."""
        g = self.gains
        if not self.facts.rolls:
            return np.zeros(len(seen.along), bool)
        return (
            (np.abs(seen.airspeed - g.balk_speed) > g.balk_speed_error)
            | (np.abs(seen.cross) > g.balk_cross)
            | (np.abs(seen.along - g.balk_along) > g.balk_along_error)
        )
