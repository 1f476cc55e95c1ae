"""Stall turns and spins by hand: flown by feel, for no path leads through them.

Stall turn: coasting straight up, the rudder is kicked while there is still some speed, with just the propeller wash
that the rudder needs; aileron and elevator hold the canopy where it was against the roll that comes with the yaw;
with the nose below the horizon the rudder against it, with some wash. Spin: throttle closed, level until slow, then
elevator, rudder and aileron into the spin and held; against it when what is left to turn is what it takes to stop.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np

from agents.autopilot.pilot import Array, AutopilotMemory, Bools


class Phase(IntEnum):
    """What is flown at the moment."""

    PATH = 0  # along the path
    COAST = 1  # towards the top of a stall turn, nose straight up
    SWING = 2  # the nose goes over
    FALL = 3  # nose down, until it flies again
    SLOW = 4  # towards a spin
    SPIN = 5
    STOP = 6  # against the rotation


@dataclass
class FeelMemory(AutopilotMemory):
    """What is remembered of n flights; `phase` is a Phase."""

    side: Array  # of the stall turn or spin, -1 left, +1 right
    ahead: Array  # rad, by how much the path's heading is ahead of its own in a spin, unwrapped, + to the spin's side
    before: Array  # rad, the same as it was read last, between -pi and pi
    turned: Array  # T since the spin began


class Felt(NamedTuple):
    """Readings (n,), vectors (3, n) in body axes, in Vs, b, T and g."""

    air: Array  # airspeed, at least a little
    p: Array
    q: Array
    r: Array
    pivot: Array
    spin: Array
    up: Array
    track: Array  # velocity over the ground
    way: Array
    places: tuple[Array, ...]  # of the path at the stations ahead, the second and third SPACED_B apart
    canopies: tuple[Array, ...]  # asked for here and at the stations ahead


Sticks = tuple[Array, Array, Array, Array]


def begin_and_end(g: Any, m: FeelMemory, felt: Felt, step: float) -> None:
    """Move the phases on."""
    climb = dot(felt.track, felt.up)
    nose = felt.up[0]
    near = (m.phase <= Phase.COAST) & (felt.pivot != 0.0) & (nose > 0.7)
    _enter(m, Phase.COAST, near & (climb < g.coast_speed))
    _enter(m, Phase.SWING, near & (climb < g.pivot_speed), felt.pivot)
    _enter(m, Phase.FALL, (m.phase == Phase.SWING) & (nose < -g.pivot_down))
    _enter(m, Phase.PATH, (m.phase == Phase.FALL) & (nose < -0.9) & (climb < -g.pivot_done))

    level = np.abs(dot(felt.way, felt.up)) < 0.2
    _enter(m, Phase.SLOW, (m.phase == Phase.PATH) & (felt.spin != 0.0) & level, felt.spin)
    begins = (m.phase == Phase.SLOW) & (felt.air < g.spin_slow)
    m.turned[begins] = m.ahead[begins] = m.before[begins] = 0.0
    _enter(m, Phase.SPIN, begins)
    left = _left_to_turn(m, felt)
    rate = np.abs(_vertical_rate(felt))
    m.turned += np.where(m.phase == Phase.SPIN, step, 0.0)
    steep = dot(felt.way, felt.up) < -0.95
    _enter(m, Phase.STOP, (m.phase == Phase.SPIN) & steep & (left < g.spin_lead * rate))
    _enter(m, Phase.PATH, (m.phase == Phase.STOP) & (rate < g.spin_over))


def _enter(m: FeelMemory, phase: Phase, where: Bools, side: Array | None = None) -> None:
    m.phase[where] = phase
    if side is not None:
        m.side[where] = np.sign(side[where])


def sticks(g: Any, thrust: float, m: FeelMemory, felt: Felt, flown: Sticks) -> Sticks:
    """Aileron, elevator, rudder -1..1 and throttle 0..1: those of the path where it is followed, else by feel."""
    aileron, elevator, rudder, throttle = flown
    asked, up = felt.canopies[0], felt.up
    roll_off, pitch_off = -asked[1], -asked[0]  # of the canopy off what is asked for, about nose and wing
    off_down = np.arctan2(up[1], -up[0])  # of the nose from straight down, in the wings' plane, to the left +
    off_down = np.where(m.phase == Phase.SWING, m.side * np.abs(off_down), off_down)
    swing = np.minimum(g.fall * np.abs(off_down), np.sqrt(2.0 * g.swing_stop * np.abs(off_down))) * np.sign(off_down)
    swing = g.swing_rate * (swing - felt.r)
    steady = g.hold * roll_off - g.hold_damping * felt.p, g.hold * pitch_off - g.hold_damping * felt.q
    wash = np.minimum(1.0, np.sqrt(g.pivot_thrust / max(thrust, 0.1)))

    chosen: dict[Phase, tuple[Array | float, ...]] = {
        Phase.SWING: (*steady, swing, wash),
        Phase.COAST: (
            steady[0],
            g.coast * up[2] - g.coast_damping * felt.q,
            -g.coast * up[1] - g.coast_damping * felt.r,
            throttle,
        ),
        Phase.FALL: (
            steady[0],
            -g.hold * up[2] - g.hold_damping * felt.q,
            swing,
            g.fall_throttle * wash,
        ),
        Phase.SLOW: (
            aileron,
            g.spin_level * -dot(felt.track, up) + g.spin_trim - g.hold_damping * felt.q,
            rudder,
            0.0,
        ),
        Phase.SPIN: (g.spin_aileron * m.side, 1.0, m.side, 0.0),
        Phase.STOP: (-g.hold_damping * felt.p, g.spin_push, -m.side, 0.0),
    }
    out = [aileron, elevator, rudder, throttle]
    for phase, given in chosen.items():
        here = m.phase == phase
        out = [np.where(here, new, old) for new, old in zip(given, out, strict=True)]
    return out[0], out[1], out[2], out[3]


def unit(a: Array) -> Array:
    """Vectors (3, n) of length 1."""
    return a / np.maximum(np.sqrt(dot(a, a)), 1e-6)


def dot(a: Array, b: Array) -> Array:
    """Products (n,) of vectors (3, n)."""
    return np.sum(a * b, axis=0)


def _vertical_rate(felt: Felt) -> Array:
    """Rate (n,) rad/T about the vertical, + clockwise seen from above."""
    return -(felt.p * felt.up[0] - felt.q * felt.up[1] - felt.r * felt.up[2])


def _heading(vector: Array, up: Array) -> tuple[Array, Array]:
    """Two horizontal coordinates of body vectors (3, n), the second left of the first seen from above."""
    # An axis that is horizontal whatever the attitude of a spin: across the nose, and what stands on it and up.
    across = np.stack([np.zeros_like(up[0]), up[2], -up[1]])
    across = across / np.maximum(np.sqrt(dot(across, across)), 1e-6)
    along = np.cross(across, up, axis=0)
    return dot(vector, along), dot(vector, across)


def _turn(a: Array, b: Array, up: Array) -> Array:
    """Angle (n,) rad about the vertical from vector to vector, + clockwise seen from above."""
    (ax, ay), (bx, by) = _heading(a, up), _heading(b, up)
    return -np.arctan2(ax * by - ay * bx, ax * bx + ay * by)


def _left_to_turn(m: FeelMemory, felt: Felt) -> Array:
    """What is left of a spin (n,) rad: the path's turns still to come, and by how much it is ahead of the aircraft.

    Nose and canopy together point where the fall has turned, with the nose on the horizon as straight down.
    """
    n = felt.up.shape[1]
    own = np.stack([np.ones(n), np.zeros(n), np.ones(n)])
    raw = m.side * _turn(own, felt.way + felt.canopies[0], felt.up)
    change = (raw - m.before + np.pi) % (2 * np.pi) - np.pi
    spinning = m.phase == Phase.SPIN
    m.ahead += np.where(spinning, change, 0.0)
    m.before[:] = np.where(spinning, raw, 0.0)
    left = m.ahead.copy()
    for one, other in zip(felt.canopies[:-1], felt.canopies[1:], strict=True):
        left += (m.side * _turn(one, other, felt.up) + 0.3) % (2 * np.pi) - 0.3
    return left
