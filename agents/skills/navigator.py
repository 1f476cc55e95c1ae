"""Where to fly after a landing is given up, for a task that shows only the final approach: legs round to base leg."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from envs.aircraft.aircraft import Aircraft
from envs.base.quantities import AT, QUANTITIES
from envs.base.runway import Runway
from envs.observation import LIMIT, READINGS, fill, observation_table
from envs.tasks.landing import AIM_SHARE
from envs.tasks.parts.landing_rules import landing_rules
from envs.tasks.parts.landing_starts import GLIDE
from envs.tasks.parts.pattern_shape import PatternShape, Straight
from envs.tasks.parts.task import Leg

CLIMB_AWAY_M = landing_rules().judge.climb_away_m  # from there on the judge counts a go-around
TIGHT = 0.6  # radius of the corners in radii of a circuit's: the clock runs, and the landing sees 100 b across only
READ = (
    "along_track_far",
    "cross_track_far",
    "along_speed",
    "cross_speed",
    "airspeed",
    "height",
    "roll",
    "course_sine",
    "course_cosine",
)
LEG_QUANTITIES = frozenset(QUANTITIES[AT.cross_track :])
CLIPPED_MPS = LIMIT * READINGS["cross_speed"].scale - 0.1
WIND_SHARE = 0.05  # of each new reading of the crosswind


@dataclass(frozen=True)
class Round:
    """One way round: its straights and the one flown now."""

    shape: PatternShape
    straights: tuple[Straight, ...]
    number: int = 0


@dataclass(frozen=True)
class SensedState:
    """Of one flight, from its sensors, SI: x along the runway, y left of it, velocity over ground, heading, ..."""

    x: float
    y: float
    vx: float
    vy: float
    heading: float
    height: float
    roll: float


class Navigator:
    """Turns observations with the rows `seen` of the landing into such with the rows `shown` of the circuit.

    Holds no memory of a flight.
    """

    def __init__(self, aircraft: Aircraft, seen: Sequence[str], shown: Sequence[str]) -> None:
        self._aircraft = aircraft
        self._span, self._stall = aircraft.span_m, aircraft.stall_speed_mps
        runway = Runway.of(self._span)
        self._shapes = {side: _tight(PatternShape.of(aircraft, runway, side)) for side in (1.0, -1.0)}
        self._aim_x = AIM_SHARE * runway.length_m
        self._read = [list(seen).index(name) for name in READ]
        unit = {"": 1.0, "stall_speed": self._stall, "span": self._span}
        self._scale = np.array([READINGS[name].scale * unit[READINGS[name].per] for name in READ])
        self._offset = np.array([READINGS[name].offset * unit[READINGS[name].per] for name in READ])
        self._table = observation_table(tuple(shown), self._stall, self._span)
        # Rows taken over as they are, (from, to): on the approach, and on a round, where those of the leg differ.
        taken = [(list(seen).index(name), number) for number, name in enumerate(shown) if name in seen]
        same = [(old, new) for old, new in taken if READINGS[shown[new]].quantity not in LEG_QUANTITIES]
        self._taken = {False: np.array(taken).T, True: np.array(same).T}

    def showing(self, seen: Sequence[str], shown: Sequence[str]) -> Navigator:
        """The same for observations with other rows."""
        return Navigator(self._aircraft, seen, shown)

    def sensed_states(
        self, batch: NDArray[np.float32], wind: NDArray[np.float64]
    ) -> tuple[list[SensedState], NDArray[np.float64]]:
        """Where n flights are, and their crosswind (n,) m/s to the right, smoothed from `wind`."""
        along, across, along_speed, across_speed, airspeed, height, roll, sine, cosine = (
            batch[:, self._read] * self._scale + self._offset
        ).T.astype(np.float64)
        heading = np.arctan2(sine, cosine)
        through_air = airspeed * np.sin(heading)
        clipped = np.abs(across_speed) > CLIPPED_MPS  # where the observation ends, the wind of before tells more
        wind = np.where(clipped, wind, wind + WIND_SHARE * (across_speed - through_air - wind))
        across_speed = np.where(clipped, through_air + wind, across_speed)
        columns = (along + self._aim_x, -across, along_speed, -across_speed, heading, height, roll)
        return [SensedState(*row) for row in np.column_stack(columns).tolist()], wind

    def follow(self, flown: Round | None, going_around: bool, state: SensedState) -> Round | None:
        """The round to fly now; None on an approach, and until the judge has seen that a landing is given up."""
        if flown is None:
            if not going_around or state.height < CLIMB_AWAY_M:
                return None
            shape = self._shapes[math.copysign(1.0, state.y)]
            upwind, *others = shape.straights(state.x)
            straight_on = replace(upwind, leg=upwind.leg._replace(y_m=state.y))
            return Round(shape, (straight_on, *others))
        straight = flown.straights[flown.number]
        along, along_speed = _along(straight.leg, state)
        if flown.number == len(flown.straights) - 1:
            return None if along >= 0.0 else flown
        if flown.shape.corner_reached(straight, flown.straights[flown.number + 1], along, along_speed):
            return replace(flown, number=flown.number + 1)
        return flown

    def show(
        self,
        batch: NDArray[np.float32],
        states: Sequence[SensedState],
        rounds: Sequence[Round | None],
        phases: tuple[float, float],
    ) -> NDArray[np.float32]:
        """The circuit's observations (n, k) of n flights; `phases`: those on a round and on the approach."""
        shown = np.zeros((len(batch), len(self._table)), np.float32)
        values = np.zeros(len(QUANTITIES))
        final = Leg(self._aim_x, 0.0, 0.0, 0.0, -GLIDE)
        for index, (state, flown) in enumerate(zip(states, rounds, strict=True)):
            leg = flown.straights[flown.number].leg if flown else final
            values[AT.roll] = state.roll
            values[AT.cross_track :] = (*_relative(leg, state), phases[0] if flown else phases[1])
            fill(self._table, values, shown[index])
            old, new = self._taken[flown is not None]
            shown[index, new] = batch[index, old]
        return shown


def _tight(shape: PatternShape) -> PatternShape:
    return replace(shape, radius_m=TIGHT * shape.radius_m)


def _along(leg: Leg, state: SensedState) -> tuple[float, float]:
    """(m, m/s) along a leg."""
    cosine, sine = math.cos(leg.course), -math.sin(leg.course)
    return ((state.x - leg.x_m) * cosine + (state.y - leg.y_m) * sine, state.vx * cosine + state.vy * sine)


def _relative(leg: Leg, state: SensedState) -> tuple[float, float, float, float, float, float]:
    """The quantities from `cross_track` on, but for the phase.

    They are those of envs.observation._follow, which is compiled and writes into the quantities of a flying aircraft.
    """
    along, along_speed = _along(leg, state)
    cosine, sine = math.cos(leg.course), -math.sin(leg.course)
    error = state.heading - leg.course
    return (
        (state.x - leg.x_m) * sine - (state.y - leg.y_m) * cosine,
        state.vx * sine - state.vy * cosine,
        along,
        along_speed,
        math.atan2(math.sin(error), math.cos(error)),
        state.height - (leg.height_m + leg.slope * along),
    )
