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

from agents.autopilot.by_feel import FeelMemory, Felt, begin_and_end, dot, sticks, unit
from agents.autopilot.pilot import Array, Autopilot

NEAR_B, MID_B = 2.0, 5.0  # how far ahead the readings of those names look (envs/figures/guide.py)


@dataclass(frozen=True)
class FigureGains:
    """Every number of it. Lengths in b, speeds in Vs, times in T = sqrt(b / g), accelerations in g, commands -1..1.

    What moves a control is the angular acceleration it gives at Vs, as in TakeoffGains: rate gains in 1/T. Found on the
    ultra_stick in a breeze, by hand and then by `tune_autopilot.py figure 'figure=[...]' --members 32 --flights 20
    --generations 16` over the figures of configs/training/stunts.yaml: 10,240 flights. Those of side force, stall turn
    and spin by hand, afterwards.
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
    side: float = 1.5  # per side force that is missing, 1/T^2 per g
    side_forward: float = 2.0  # per side force wanted, 1/T^2 per g: what the fin takes to hold the sideslip
    side_least: float = 0.1  # g^2, of both squared: below it neither is asked for
    side_level: float = 2.0  # per sine of the line's climb: none on lines steeper than 30 deg
    # Throttle
    throttle: float = 0.492  # where speed and height are as wanted
    energy: float = 0.463  # per b of height, of speed and height together, that is missing
    # Stall turn
    coast_speed: float = 0.8  # Vs upwards, slower than this the nose is held straight up, not the way
    coast: float = 2.5  # elevator and rudder per rad that the nose is off straight up
    coast_damping: float = 2.0  # per rad/T
    pivot_speed: float = 0.5  # Vs upwards, slower than this the rudder is kicked
    pivot_thrust: float = 0.45  # weights of thrust: propeller wash for the rudder, and too little to fly round
    pivot_down: float = 0.2  # nose that far below the horizon (sine): rudder against it
    pivot_done: float = 0.9  # Vs downwards: it flies again
    hold: float = 6.0  # command per rad that the canopy is off
    hold_damping: float = 2.5  # command per rad/T
    fall: float = 3.0  # yaw rate wanted per rad that the nose is off straight down, 1/T
    swing_stop: float = 0.7  # rad/T^2, what the rudder takes off the yaw rate, to end straight down
    swing_rate: float = 3.0  # rudder per rad/T of yaw rate that is missing
    fall_throttle: float = 0.8  # of that of the kick: wash to stop the swing
    # Spin
    spin_slow: float = 1.4  # Vs, slower than this all controls are put into the spin
    spin_level: float = 3.0  # elevator per Vs of sinking, before
    spin_trim: float = 0.2
    spin_aileron: float = 1.0  # into the spin
    spin_lead: float = 0.4  # T: it takes so long to stop
    spin_push: float = -0.3  # elevator, to stop
    spin_over: float = 1.0  # rad/T, slower it has stopped
    integral_max: float = 0.7  # command, most that an integrator may ask for at 1.5 Vs


@dataclass
class FigureMemory(FeelMemory):
    """Integrators of roll and pitch, angular acceleration at Vs, 1/T^2; the throttle flown last, 0..1."""

    roll: Array
    pitch: Array
    throttle: Array


def _cross(a: Array, b: Array) -> Array:
    return np.cross(a, b, axis=0)


def _across(a: Array, way: Array) -> Array:
    """The part of vectors (3, n) at right angles to unit vectors (3, n)."""
    return a - dot(a, way) * way


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
                *("path_near", "canopy_near", "path_mid", "canopy_mid", "path_far", "canopy_far", "canopy_farther"),
            )
            for axis in "xyz"
        ),
    )
    task: ClassVar = "figure"
    gains_type: ClassVar[type] = FigureGains
    memory_type = FigureMemory

    def _fly(self, readings: Array, memory: FigureMemory) -> tuple[Array, Array, Array, Array]:
        g: FigureGains = self.gains
        speed, fast, p, q, r, load, felt, pivot, spin = readings[:9]
        up, track, off, way, canopy, near, near_canopy, mid, mid_canopy, far, *ahead = readings[9:].reshape(12, 3, -1)
        canopies = (canopy, near_canopy, mid_canopy, *ahead)
        air = np.maximum(speed, 0.3)
        felt_all = Felt(air, p, q, r, pivot, spin, up, track, way, (near, mid, far), canopies)
        begin_and_end(g, memory, felt_all, self._step)
        flow = self.froude * np.maximum(air, 0.5)  # b/T
        velocity = self.froude * track  # b/T
        ground = np.sqrt(dot(velocity, velocity))

        # Acceleration that is wanted, g: round the path's bends, and back to it. Where a stall turn is near, straight.
        bend = (unit(mid - near) - unit(near - off)) / (0.5 * MID_B)
        bend, way = np.where(pivot != 0.0, 0.0, bend), np.where(pivot != 0.0, np.sign(up[0]) * up, way)
        back = g.off * _across(off, way) - g.drift * _across(velocity, way)
        size = np.sqrt(dot(back, back))
        back = back * np.minimum(1.0, g.correction_max / np.maximum(size, 1e-6))
        wanted = bend * ground**2 + back
        force = wanted + up  # what wings and fuselage have to give, in weights

        # Roll: the canopy asked for a moment later, leaned to the side where force is missing.
        share = np.clip(g.roll_ahead * ground / NEAR_B, 0.0, 1.5)
        later = unit((1.0 - share) * canopy + share * near_canopy)
        right = _cross(way, later)
        lift, side = dot(force, later), dot(force, right)
        carries = np.abs(lift) > g.lean_least
        lean = np.where(carries, np.arctan2(side, np.abs(lift)) * np.sign(lift), 0.0)
        lean = np.clip(lean, -g.lean_max, g.lean_max)
        aim = np.cos(lean) * later + np.sin(lean) * right
        error = np.arctan2(-aim[1], aim[2])  # to the right of the canopy, about the nose
        turning = np.arctan2(dot(_cross(canopy, near_canopy), way), dot(canopy, near_canopy)) / NEAR_B * ground
        roll_wanted = turning + g.roll * error
        roll = self._integrate(memory.roll, g.roll_integral * (roll_wanted - p), g.integral_max, self.facts.aileron)
        roll = g.roll_rate * (roll_wanted - p) + g.roll_forward * roll_wanted + roll

        # Pitch and yaw: rates at which the velocity has to turn.
        pitch_wanted, yaw_wanted = wanted[2] / flow, -wanted[1] / flow
        held = self._integrate(memory.pitch, g.pitch_integral * (pitch_wanted - q), g.integral_max, self.facts.elevator)
        pitch = g.pitch_rate * (pitch_wanted - q) + g.pitch_forward * pitch_wanted + g.lift * (force[2] - load) + held
        # Where the wings do not carry, as on knife-edge, the fuselage does, at a sideslip that the rudder holds. On
        # level lines alone: in half rolls on 45 deg lines it cost a Cuban eight two points and more.
        level = np.clip(1.0 - g.side_level * np.abs(dot(way, up)), 0.0, 1.0)
        sideways = level * side**2 / (side**2 + lift**2 + g.side_least)
        aside = sideways * (-force[1] - felt)  # force to the right that is missing
        yaw = g.yaw_rate * (yaw_wanted - r) + g.side * aside - g.side_forward * sideways * force[1]

        wing = np.maximum(air, 0.5) ** 2
        tail = wing + self.facts.wash * memory.throttle**2
        aileron, elevator = roll / (self.facts.aileron * wing), pitch / (self.facts.elevator * tail)
        rudder = yaw / (max(self.facts.rudder, 0.1) * tail)
        missing = dot(off, up) - 0.5 * self.froude**2 * (speed**2 - (speed - fast) ** 2)
        throttle = np.clip(g.throttle + g.energy * missing, 0.0, 1.0)
        flown = sticks(g, self.facts.thrust, memory, felt_all, (aileron, elevator, rudder, throttle))
        memory.throttle[:] = flown[3]
        return flown[0], flown[1], flown[2], 2.0 * flown[3] - 1.0

    def _integrate(self, value: Array, rate: Array, most: float, power: float) -> Array:
        """Move an integrator (changed in place) on by one control step."""
        limit = most * power * 2.25
        value[:] = np.clip(value + rate * self._step, -limit, limit)
        return value
