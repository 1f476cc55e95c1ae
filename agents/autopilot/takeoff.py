"""The take-off: guidance on the ground, rotation, climb.

Gains are scheduled with the dynamic pressure at the control and divided by the control's power, a feed-forward holds
the propeller's swing, integrators stop while their control is at its limit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from agents.autopilot.airframe_facts import REFERENCE
from agents.autopilot.pilot import Array, Autopilot, AutopilotMemory

WEAK_RUDDER = 0.65  # rad/T^2 at Vs: that of the weakest on which full throttle was held straight
ROLL, RUN, ROTATE = 0, 1, 2  # phases: tail on the ground; tail up, wheels on the ground; rotation and climb


@dataclass(frozen=True)
class TakeoffGains:
    """Every number of the autopilot. Angles rad, commands -1..1, speeds in Vs, times in T, rates in rad per T.

    What moves a control is the angular acceleration it gives at Vs, divided by the control power of the aircraft: rate
    gains in 1/T (rad/T^2 per rad/T), integrators in 1/T^3, feed-forwards in rad/T^2. The values to three figures come
    from scripts/tune_autopilot.py on the ultra_stick, the round ones are choices.
    """

    # Throttle
    throttle_slew: float = 0.252  # 1/T, how fast the throttle opens
    throttle_full: float = 1.0  # throttle of the take-off run, 0..1
    throttle_climb: float = 1.0  # throttle of the climb, 0..1
    fast_speed: float = 1.73  # Vs, faster than this in the climb the throttle comes back
    throttle_per_speed: float = 1.0  # throttle taken back per Vs above fast_speed
    # Schedule: the air's dynamic pressure at the tail, in that of Vs, is (V / Vs)^2 + wash_tail * throttle^2
    wash_tail: float = 3.2  # share of the propeller wash that rudder and elevator feel, at that of the reference
    schedule_cap: float = 1.83  # gains rise no further than this factor when slow
    # Yaw: rudder and tail wheel
    rolling_speed: float = 0.2  # Vs, ground speed above which the heading integrator works: a parked one winds up
    steering_speed: float = 0.61  # Vs, guidance takes the ground speed to be at least this
    line_time: float = 3.26  # T, the run bends back to the centreline within this time of rolling
    line_angle_max: float = 0.09  # rad, steepest course wanted towards the centreline
    track: float = 0.807  # heading wanted per error of the course over ground: it slips and drifts
    crab_max: float = 0.0953  # rad, most heading wanted off the runway's
    heading: float = 1.86  # rate wanted per heading error, 1/T
    yaw_rate: float = 2.9  # 1/T
    heading_integral: float = 0.502  # 1/T^3
    swing_feedforward: float = 0.0419  # rad/T^2, against torque, P-factor and slipstream at full throttle
    # Roll: ailerons
    bank: float = 1.57  # rate wanted per bank error, 1/T
    roll_rate: float = 6.04  # 1/T
    bank_integral: float = 0.15  # 1/T^3
    torque_feedforward: float = 0.0  # rad/T^2, against the torque at full throttle (mostly cancelled by the swirl)
    bank_per_heading: float = 0.268  # bank wanted per heading error, when flying
    bank_max_low: float = 0.05  # rad, most bank wanted below low_height
    bank_max: float = 0.35  # rad, most bank wanted above
    low_height: float = 8.0  # spans, below it wings stay level and the rudder holds the heading
    # Pitch: elevator
    tail_down: float = 1.9  # rad/T^2, loads the tail wheel while it steers; more bends light ones up to the fin
    nose_down: float = 0.4  # rad/T^2, the same on a nose wheel
    tail_up_speed: float = 0.388  # Vs, speed through the air or over the ground at which the tail is lifted
    tail_up_pitch: float = 0.0383  # rad, pitch of the run on the main wheels
    rotation_speed: float = 1.25  # Vs, airspeed at which the nose is raised
    rotation_rate: float = 0.281  # rad/T, how fast the wanted pitch rises
    climb_pitch: float = 0.241  # rad, most pitch wanted
    least_pitch: float = 0.05  # rad, least pitch wanted after rotation
    climb_speed: float = 1.3  # Vs, at this airspeed half of climb_pitch is wanted: speed has priority
    pitch_per_speed: float = 1.0  # rad of wanted pitch per Vs of airspeed
    pitch: float = 1.19  # rate wanted per pitch error, 1/T
    pitch_rate: float = 9.7  # 1/T
    pitch_integral: float = 2.06  # 1/T^3
    # Limits
    integral_max: float = 0.5  # command, most that an integrator may ask for
    speed_filter: float = 0.35  # T, smoothing of the airspeed


@dataclass
class TakeoffMemory(AutopilotMemory):
    """Of n take-offs, arrays (n,)."""

    speed: Array  # smoothed airspeed, Vs
    pitch_target: Array  # rad
    rudder: Array  # integrators, command
    aileron: Array
    elevator: Array


class TakeoffAutopilot(Autopilot):
    """Flies the take-off."""

    needed: ClassVar = (
        "airspeed",
        "height",
        "cross_track",
        "cross_speed",
        "along_speed",
        "course_sine",
        "roll",
        "pitch",
        "roll_rate",
        "pitch_rate",
        "yaw_rate",
        "throttle_command",
    )
    task: ClassVar = "takeoff"
    gains_type: ClassVar = TakeoffGains
    memory_type: ClassVar = TakeoffMemory
    gains: TakeoffGains

    def _fly(self, readings: Array, memory: TakeoffMemory) -> tuple[Array, Array, Array, Array]:
        g, m, facts = self.gains, memory, self.facts
        rudder_power = facts.rudder or np.inf  # without a rudder nothing is asked of it
        (airspeed, height, cross, cross_speed, along_speed, course_sine, roll, pitch, p, q, r, throttle) = readings
        heading = np.arcsin(np.clip(course_sine, -1, 1))
        m.speed += (airspeed - m.speed) * np.minimum(1.0, self._step / g.speed_filter)
        # A weaker rudder holds the propeller's swing with less throttle only, and with the tail down for longer.
        holds = min(1.0, facts.rudder / WEAK_RUDDER) ** 0.5 if facts.rolls and facts.rudder else 1.0
        tail_up = g.tail_up_speed / holds
        m.phase = np.where((m.phase == ROLL) & (np.maximum(m.speed, along_speed) > tail_up), RUN, m.phase)
        m.phase = np.where((m.phase == RUN) & (m.speed > g.rotation_speed), ROTATE, m.phase)
        flying = m.phase == ROTATE
        pressure = m.speed**2
        tail = np.minimum(g.schedule_cap, 1 / np.maximum(0.01, pressure + g.wash_tail * self._wash * throttle**2))
        # The cap is one on commands: stronger ailerons may be used more of, in slower air.
        cap = g.schedule_cap * max(1.0, facts.aileron / REFERENCE.aileron)
        wing = np.minimum(cap, 1 / np.maximum(0.01, pressure))

        too_fast = np.maximum(0.0, m.speed - g.fast_speed)
        # More thrust than the reference's is more torque, too: what rolls has no use for it.
        share = min(1.0, REFERENCE.thrust / facts.thrust) ** 0.5 if facts.rolls else 1.0
        share *= holds
        full = np.where(flying, g.throttle_climb - g.throttle_per_speed * too_fast, g.throttle_full * share)
        throttle_wanted = np.minimum(full, throttle + g.throttle_slew * share * self._step)

        # Yaw: towards the centreline on the ground, against drift in the air.
        ahead = np.maximum(g.steering_speed, along_speed) * self.froude * g.line_time  # spans
        line = np.clip(np.arctan(-cross / ahead), -g.line_angle_max, g.line_angle_max)
        course_wanted = np.where(flying, 0.0, line)
        course = cross_speed / np.maximum(g.steering_speed, along_speed)
        heading_wanted = course_wanted + g.track * (course_wanted - course)
        heading_error = np.clip(heading_wanted, -g.crab_max, g.crab_max) - heading
        swing = g.swing_feedforward / rudder_power * throttle**2 * tail
        rudder = self._cascade(
            heading_error,
            r,
            g.heading,
            g.yaw_rate / rudder_power,
            tail,
            swing,
            m.rudder,
            g.heading_integral / rudder_power,
            along_speed > g.rolling_speed,
            g.integral_max,
        )

        # Roll: wings level near the ground, banked into the heading above.
        most = np.where(height > g.low_height, g.bank_max, g.bank_max_low)
        bank_wanted = np.where(flying, np.clip(g.bank_per_heading * heading_error, -most, most), 0.0)
        torque = g.torque_feedforward / facts.aileron * throttle**2 * wing
        aileron = self._cascade(
            bank_wanted - roll,
            p,
            g.bank,
            g.roll_rate / facts.aileron,
            wing,
            torque,
            m.aileron,
            g.bank_integral / facts.aileron,
            flying | (m.phase == RUN),
            g.integral_max,
        )

        # Pitch: tail down, tail up, rotation and climb with speed before height.
        slow = g.climb_pitch / 2 + g.pitch_per_speed * (m.speed - g.climb_speed)
        climb = np.clip(slow, g.least_pitch, g.climb_pitch)
        goal = np.where(flying, climb, g.tail_up_pitch)
        rate = g.rotation_rate * self._step
        # The wheel that steers is loaded; a tail is lifted, on a nose wheel it sits as it should.
        resting = (m.phase == ROLL) | (~flying & (not facts.tail_wheel))
        m.pitch_target = np.where(resting, pitch, m.pitch_target + np.clip(goal - m.pitch_target, -rate, rate))
        elevator = self._cascade(
            m.pitch_target - pitch,
            q,
            g.pitch,
            g.pitch_rate / facts.elevator,
            tail,
            0.0,
            m.elevator,
            g.pitch_integral / facts.elevator,
            ~resting,
            g.integral_max,
        )
        load = g.tail_down if facts.tail_wheel else -g.nose_down
        elevator = np.where(resting, load / facts.elevator * tail, elevator)
        return aileron, elevator, rudder, 2 * throttle_wanted - 1
