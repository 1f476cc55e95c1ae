"""What is known of an aircraft at once carried over to its sticks and readings, so that it flies like its drawing.

Trim: the sticks stand where the aircraft flies steadily when the pilot holds them where the drawing would. Effect: a
stick that moves the aircraft less is moved more. Readings: errors of the sensors are taken off. This is the model
inversion of adaptive control (e.g. Calise & Rysdyk, Nonlinear adaptive flight control using neural networks, IEEE
Control Systems 18, 1998), here of one steady approach.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from agents.adaptation.estimate import Estimate, towards_drawing
from agents.adaptation.parameters import HIGH, NAMES, PRIOR, STEP, Candidates, named
from agents.pilots.compensated import STICKS, Compensation
from envs.aircraft.aircraft import Aircraft
from envs.physics.steady.airframe import Airframe, body_velocity, up_axis
from envs.physics.steady.trim import Trim, pitch_for_climb, trim

APPROACH_VS = 1.3
DESCENT = -math.radians(5.0)
MOST_GAIN = 3.0
"""A stick is moved at most so many times as far, and at least so many times less: an estimate may be wrong. One that
does the opposite of what it should is moved the other way, if it does at least that part of what it does as drawn."""
MOST_OFFSET = 0.7
LEAST_PRESSURE = 0.05
SAME_GAIN = 0.1
"""A stick's effect that differs by less, in natural logarithm, is as good as drawn; beyond, by so much less. A pilot
bears a weak stick better than one that is too lively, and gusts make estimates of it unsure."""
SHIFT_BIAS = (0.002, 0.01, 0.002)
GAIN_BIAS = (0.02, 0.02, 0.03)
"""By how much the trim (share of the travel) and the effect (natural logarithm) of aileron, elevator and rudder may be
wrong however many flights there are: about the root mean square found on twenty sound aircraft after three flights."""
OFF = 0.01
"""A parameter is found to be off from this part of its prior's width on: sparse estimates leave the others at 0."""


@dataclass(frozen=True)
class _Stick:
    """One stick on an aircraft: where the drawing's trim stands, how far off its own is, and how much less it does.

    `way`: 1, or -1 where it does it the wrong way round.
    """

    drawn: float
    shift: float
    log_gain: float
    way: float = 1.0

    def surely(self, shift_wrong: float, gain_wrong: float) -> _Stick:
        """What to act on of it: drawn towards the drawing by as much as it may be wrong."""
        off, wrong = np.array([self.shift, self.log_gain]), np.array([shift_wrong, gain_wrong])
        shift, log_gain = towards_drawing(off, wrong).tolist()
        return replace(self, shift=shift, log_gain=log_gain)

    def told(self, name: str) -> dict[str, float]:
        """Its part of a Compensation."""
        log_gain = math.copysign(max(0.0, abs(self.log_gain) - SAME_GAIN), self.log_gain)
        gain = self.way * math.exp(log_gain)
        offset = self.shift + (1.0 - gain) * self.drawn
        return {f"{name}_gain": gain, f"{name}_offset": min(MOST_OFFSET, max(-MOST_OFFSET, offset))}


def compensate(drawing: Aircraft, built: Aircraft, air_density: float) -> Compensation:
    """The compensation for an aircraft that was built otherwise than its drawing; air_density: kg/m3.

    Where the aircraft has no steady approach within reach of its sticks, they stay as they are.
    """
    sticks, found = _sticks(drawing, built, air_density)
    for name, stick in sticks.items():
        found |= stick.told(name)
    return Compensation(**found)


def allow_for(drawing: Aircraft, estimate: Estimate, air_density: float) -> Compensation:
    """The compensation for what is believed of an aircraft; air_density: kg/m3.

    The sticks are set for the likeliest aircraft as a whole: flights tell well where they have to stand, and badly
    which of the parameters that move them it is (a flatter lift slope, a centre of gravity further forward, an
    elevator out of trim); each of these alone drawn towards the drawing, half of the trim would be lost. So the sticks
    are drawn towards the drawing's by as much as they may be wrong. Readings and power are by `Estimate.surely`.
    """
    candidates = Candidates(drawing)
    _, found = _sticks(drawing, candidates.aircraft(estimate.surely()), air_density)
    sticks, _ = _sticks(drawing, candidates.aircraft(named(estimate.mean)), air_density)
    unsure = _unsure(drawing, estimate, sticks, air_density)
    for axis, name in enumerate(STICKS):
        if name in sticks:
            shift, gain = unsure[name]
            shift, gain = math.hypot(shift, SHIFT_BIAS[axis]), math.hypot(gain, GAIN_BIAS[axis])
            found |= sticks[name].surely(shift, gain).told(name)
    return Compensation(**found)


def _unsure(
    drawing: Aircraft, estimate: Estimate, sticks: dict[str, _Stick], air_density: float
) -> dict[str, tuple[float, float]]:
    """{stick: (standard deviation of its shift, of its log_gain)}: what the flights leave open, to first order.

    Of the parameters that are found to be off: what no flight tells of is no reason to doubt what one has told.
    """
    if not sticks:
        return {}
    candidates, changes = Candidates(drawing), {name: np.zeros((2, len(NAMES))) for name in sticks}
    for k in np.flatnonzero(np.abs(estimate.mean) > OFF * PRIOR):
        step = STEP[k]
        step = step if estimate.mean[k] + step <= HIGH[k] else -step
        values = estimate.mean.copy()
        values[k] += step
        moved, _ = _sticks(drawing, candidates.aircraft(named(values)), air_density)
        for name, stick in moved.items():
            at = sticks[name]
            changes[name][:, k] = (stick.shift - at.shift) / step, (stick.log_gain - at.log_gain) / step
    spread = {name: np.sqrt(np.diag(change @ estimate.covariance @ change.T)) for name, change in changes.items()}
    return {name: (float(shift), float(gain)) for name, (shift, gain) in spread.items()}


def _sticks(drawing: Aircraft, built: Aircraft, air_density: float) -> tuple[dict[str, _Stick], dict[str, float]]:
    """(the sticks that the aircraft has, {} where it has no steady approach; what else a Compensation holds)."""
    speed = APPROACH_VS * drawing.stall_speed_mps
    drawn = Airframe(drawing, air_density)
    known = Airframe(built, air_density, drawing=drawing)
    at_drawn, at_built = trim(drawn, speed, climb=DESCENT), trim(known, speed, climb=DESCENT)
    found: dict[str, float] = {
        "roll_rad": math.radians(built.built.sensors.roll_deg),
        "pitch_rad": math.radians(built.built.sensors.pitch_deg),
        "heading_rad": math.radians(built.built.sensors.compass_deg),
        "pressure": max(LEAST_PRESSURE, built.built.sensors.pitot),
    }
    sticks: dict[str, _Stick] = {}
    if at_drawn.balanced and at_built.balanced:
        for axis, stick in enumerate(STICKS):
            if not drawn.has[stick]:
                continue
            share = _power(known, at_built, axis) / _power(drawn, at_drawn, axis)
            way = -1.0 if share < -1.0 / MOST_GAIN else 1.0  # one that does next to nothing is not turned round
            gain = 1.0 / min(MOST_GAIN, max(1.0 / MOST_GAIN, way * share))
            at = at_drawn.command[axis]
            sticks[stick] = _Stick(at, at_built.command[axis] - at, math.log(gain), way)
        if at_drawn.throttle > 0.05:
            found["throttle_gain"] = min(2.0, max(0.7, at_built.throttle / at_drawn.throttle))
    return sticks, found


def _power(airframe: Airframe, at: Trim, axis: int) -> float:
    """Angular acceleration (rad/s2) about the stick's own axis for full stick, at a trim; pilot's signs."""
    velocity = body_velocity(at.speed, at.alpha, at.beta)
    up = up_axis(at.roll, pitch_for_climb(velocity, at.roll, at.climb, at.speed))
    rotors, step, found = np.array(at.rotor_speed), 0.05, []
    for sign in (1.0, -1.0):
        command = list(at.command)
        command[axis] += sign * step
        airframe.command(*command)
        found.append(airframe.acceleration(velocity, np.zeros(3), up, at.throttle, rotors)[3 + axis])
    change = (found[0] - found[1]) / (2.0 * step)
    return float(change if axis == 0 else -change)  # body axes: + is nose down, nose left
