"""Where the flights of a figure start: level before its entry, or anywhere on the way, as it is asked for there."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from envs.aircraft.aircraft import Aircraft
from envs.base.frames import Array, pilot_angles, quaternion_from_matrix
from envs.figures.guide import Guide
from envs.figures.walk import SPIN_TURN_B
from envs.tasks.parts.task import Start

LEAD_B = (2.0, 8.0)  # before the entry
ENTRY_OFF_B, ENTRY_HEADING, ENTRY_BANK = 0.7, math.radians(4), math.radians(6)
ENTRY_SPEED = (0.92, 1.08)  # times the figure's entry speed
ON_WAY_OFF_B, ON_WAY_TURN = 1.0, math.radians(15)  # errors of starts on the way; of the attitude about each axis
ON_WAY_SPEED = (0.8, 1.25)
ON_WAY_MOST = 0.9  # of the way: what is left must show something
LEAST_SPEED_VS, LEAST_HEIGHT_M = 0.5, 3.0
SWING_SHARE = 0.5  # of such starts on a way with a stall turn or a spin: just before it or in it, for it is soon over
SWING_BEFORE_B = 6.0
SWUNG_SHARE = 0.5  # of those at a stall turn: in it, the nose on its way down; rad, s for half a turn, Vs at its begin
SWUNG, HALF_TURN_S, SWUNG_FROM_VS = (math.radians(10), math.radians(150)), (0.9, 1.5), (0.3, 0.7)
SPUN_ALPHA, STEEP_SPIN = (math.radians(10), math.radians(25)), math.sin(math.radians(45))
SPUN_RATE = (0.4, 1.1)  # of a start in a spin: times that of a spin as steep and fast as is asked for


class FigureStart(NamedTuple):
    """A start, and the arc length (m) of the path at which it is."""

    start: Start
    along_m: float


def before_entry(rng: np.random.Generator, guide: Guide, aircraft: Aircraft) -> FigureStart:
    """In trim, carried by the wind, a few spans before the entry and a little off it."""
    path, span = guide.path, guide.span_m
    lead = rng.uniform(*LEAD_B) * span
    across, above = rng.uniform(-ENTRY_OFF_B, ENTRY_OFF_B, 2) * span
    ahead, left = path.tangent[0], np.array([-path.tangent[0][1], path.tangent[0][0], 0.0])
    x, y, z = path.position[0] - lead * ahead + across * left + np.array([0.0, 0.0, above])
    inverted = path.canopy[0][2] < 0
    start = Start(
        x_m=float(x),
        y_m=float(y),
        height_m=max(LEAST_HEIGHT_M, float(z)),
        heading=-math.atan2(ahead[1], ahead[0]) + rng.uniform(-ENTRY_HEADING, ENTRY_HEADING),
        roll=rng.uniform(-ENTRY_BANK, ENTRY_BANK) + (math.pi if inverted else 0.0),
        speed_mps=path.figure.entry.speed_vs * aircraft.stall_speed_mps * rng.uniform(*ENTRY_SPEED),
        through_air=not inverted,
    )
    return FigureStart(start, -lead)


def on_the_way(rng: np.random.Generator, guide: Guide, aircraft: Aircraft) -> FigureStart:
    """Anywhere on the path, along it, the canopy as asked for, at about the speed asked for; all a little off."""
    path, span = guide.path, guide.span_m
    along = rng.uniform(0.0, ON_WAY_MOST) * path.length_m
    swings = _swings(guide)
    if swings and rng.uniform() < SWING_SHARE:
        kind, first, last = swings[int(rng.integers(len(swings)))]
        if kind == "stall_turn" and rng.uniform() < SWUNG_SHARE:
            return _in_a_stall_turn(rng, guide, aircraft, first)
        along = rng.uniform(max(0.0, first - SWING_BEFORE_B * span), last)
    row = path.sample(np.array([along]))[0]
    place = row[0:3] + rng.uniform(-ON_WAY_OFF_B, ON_WAY_OFF_B, 3) * span
    by = rng.uniform(-ON_WAY_TURN, ON_WAY_TURN, 3)
    side = float(guide.table[int(along / guide.step_m), 12])
    stalled = side != 0.0 and row[5] < -STEEP_SPIN
    if stalled:  # in a spin the nose is held up from the way it falls
        by[1] = -rng.uniform(*SPUN_ALPHA)
    speed = guide.wanted_mps(along) * rng.uniform(*ON_WAY_SPEED)
    speed = max(speed, LEAST_SPEED_VS * aircraft.stall_speed_mps)
    turning = 0.0
    if stalled:  # who has never been in a spin does not find out what it is worth
        turning = side * rng.uniform(*SPUN_RATE) * 2.0 * math.pi * speed / (SPIN_TURN_B * span)
    start = _start(place, _turned(row[3:6], row[6:9], by))._replace(
        speed_mps=float(speed), throttle=0.0 if stalled else rng.uniform(0.3, 1.0), turning=turning
    )
    climb = speed * (row[5] if stalled else math.sin(start.pitch))
    return FigureStart(start._replace(climb_mps=float(climb)), float(along))


def _in_a_stall_turn(rng: np.random.Generator, guide: Guide, aircraft: Aircraft, along: float) -> FigureStart:
    """The nose between straight up and straight down, swinging at about the rate of a good stall turn.

    Who has never come round narrowly does not find out what it is worth: starts that lead back from the end
    [Florensa et al., Reverse curriculum generation, CoRL 2017]. Rates and speeds about those of the narrowest turns
    of the models shipped, estimated by trial with full rudder and little throttle.
    """
    row = guide.path.sample(np.array([along]))[0]
    place = row[0:3] + rng.uniform(-ON_WAY_OFF_B, ON_WAY_OFF_B, 3) * guide.span_m
    side = float(guide.table[int(along / guide.step_m), 11])
    swung, rate = rng.uniform(*SWUNG), math.pi / rng.uniform(*HALF_TURN_S)
    across = side * np.cross([0.0, 0.0, 1.0], row[6:9])
    nose = np.array([0.0, 0.0, math.cos(swung)]) + math.sin(swung) * across
    turned = _turned(nose, row[6:9], rng.uniform(-ON_WAY_TURN, ON_WAY_TURN, 3))
    climb = float(rng.uniform(*SWUNG_FROM_VS) * aircraft.stall_speed_mps - 9.81 * swung / rate)
    start = _start(place, turned)._replace(
        speed_mps=abs(climb), climb_mps=climb, throttle=rng.uniform(0.0, 0.5), yawing=side * rate
    )
    return FigureStart(start, float(along))


def _start(place: Array, attitude: Array) -> Start:
    """In the air at a place (3,), m, and an attitude, body to world (3, 3), not moving yet."""
    roll, pitch, heading = pilot_angles(*quaternion_from_matrix(attitude))
    x, y, z = map(float, place)
    return Start(x, y, heading, max(LEAST_HEIGHT_M, z), roll=roll, pitch=pitch)


def _swings(guide: Guide) -> list[tuple[str, float, float]]:
    """The kinds of the way's stall turns and spins, and the arc lengths (m) between which they lie."""
    path = guide.path
    ends = [*path.starts_m[1:], path.length_m]
    parts = zip(path.figure.elements, path.starts_m, ends, strict=True)
    return [(element.kind, start, end) for element, start, end in parts if element.kind in ("stall_turn", "spin")]


def _turned(ahead: Array, canopy: Array, by: Array) -> Array:
    """Body to world (3, 3) of an attitude, turned a little (3,) rad about its own axes."""
    x, y, z = by
    small = np.array([[1.0, -z, y], [z, 1.0, -x], [-y, x, 1.0]])
    axes = np.stack([ahead, np.cross(canopy, ahead), canopy], axis=1) @ small
    first = axes[:, 0] / np.linalg.norm(axes[:, 0])
    third = axes[:, 2] - first * (first @ axes[:, 2])
    third /= np.linalg.norm(third)
    return np.stack([first, np.cross(third, first), third], axis=1)
