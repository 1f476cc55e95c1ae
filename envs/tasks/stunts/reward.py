"""What the control steps of a figure earn."""

from __future__ import annotations

import math

from envs.aircraft.aircraft import Aircraft
from envs.base.quantities import Quantities
from envs.figures.guide import Guide
from envs.figures.judge.rules import pivot_width_m
from envs.tasks.parts import reward_terms
from envs.tasks.parts.reward_terms import Reward, cost_per_second, cost_per_step, once, potential

WAY_B = 10.0  # so much of the way earns 1 of each of the terms that follow it
NEAR_B = 1.5  # distance from the path at which 61 % of `near` are earned
TRACK_SCALE, CANOPY_SCALE = math.radians(12), math.radians(20)  # likewise, of angles
FINE_SCALE = math.radians(6)  # angle at which 37 % of the fine terms are earned, whose every degree costs
SPEED_FREE_VS, SPEED_SCALE_VS = 0.2, 0.4  # off the speed asked for: without cost, and what costs 1 a second
MOST_COST = 4.0
SPUN_SCALE = math.radians(60)  # of the canopy in a spin, which turns by itself
STALL, STALL_SOFT = math.radians(10), math.radians(3)  # alpha beyond which a spin is one, as the judge has it
SWING_FROM = math.radians(15)  # off straight up: from there on the nose swings; so far past straight down is free
WELL_SWUNG = 0.85  # of the half turn, so weighted, is a stall turn for which all that follows is paid
# Ways to the side, less the drift, that leave 61 % of half a swing each: the judge has 1/2 b free and gives nothing
# beyond 2 b, and who is far wider must still find out which way is better.
NARROW_B = (0.5, 1.5)
# Climbing faster the nose must not swing: it goes on upwards tail first, falls off aside, and the nose comes back.
SWING_VS, SWING_SOFT_VS = 0.5, 0.12  # free, and beyond it what leaves 61 % of a swing
SWING_OUT = math.radians(15)  # likewise, nose out of its plane
SWING_CANOPY = math.radians(25)  # likewise, canopy off its side: who rolls first pulls over by the elevator


class FigureReward(Reward):
    """The terms of a figure.

    Each metre of the way is paid once, more the better it is flown: what is not flown earns nothing, and nobody gains
    by dawdling. What follows a spin or a stall turn is paid by the share of it that was flown, as the judge gives
    nothing for a figure whose spin is none: diving through it and flying on well must not be worth more than trying.
    The task sets `way_left`, the share of the way left when the flight ends.
    """

    def __init__(self, aircraft: Aircraft, step_s: float, success_word: str) -> None:
        super().__init__(step_s)
        self.span, self.stall, self.success_word = aircraft.span_m, aircraft.stall_speed_mps, success_word
        self.way_left = 1.0
        self._flown: Guide | None = None  # another one in each flight
        self._nose = 0.0  # rad from straight up to the side asked for, in the plane of the wings
        self._most_swung: float | None = None  # in this stall turn; None: in none
        self._most_over = 0.0  # rad past straight down
        self._swung_in_all = 0.0  # half turns, weighted as they are paid
        self._aside = (0.0, 0.0)  # m, way over the ground since the nose left straight up, beyond what it hung with
        self._aside_s = 0.0
        self._hung = (0.0, 0.0)  # m/s over the ground where the nose pointed straightest up
        self._straightest = 0.0  # rad off it there
        self._unspun: float | None = None  # rad left of this spin's rotation; None: in none
        self._asked = 0.0  # rad of this spin's rotation that this flight can fly
        self._worth = 1.0  # share of the spins and stall turns before that was flown

    def follow(self, guide: Guide, now: Quantities) -> None:
        """Take the measures of this moment."""
        _, gained, self._off, track, canopy, self._faster, self._pivot, self._spin, out = guide.measured.tolist()
        self._stalled = _stalled(now.alpha) if self._spin != 0.0 else 1.0
        if guide is not self._flown:
            self._flown, self._most_swung, self._unspun, self._worth = guide, None, None, 1.0
        self._track = math.sqrt(max(0.0, 2.0 * (1.0 - track)))  # nearly the angle, where it counts
        self._canopy = math.sqrt(max(0.0, 2.0 * (1.0 - canopy)))
        self._swing(now, out)
        self._rotate(guide, now)
        self._gained = self._worth * max(0.0, gained) / (WAY_B * self.span)
        # A spin is one by its stalled rotation; where its nose points while it falls is not looked at.
        self._autorotation = self._gained * _bell(self._canopy / SPUN_SCALE) * self._stalled

    def _swing(self, now: Quantities, out: float) -> None:
        """How far the nose came round in this step, at the top of a stall turn."""
        self._swung = 0.0
        if self._pivot == 0.0:
            if self._most_swung is not None:
                self._worth *= min(1.0, self._swung_in_all / WELL_SWUNG)
            self._most_swung = None
            return
        # From straight up towards the side asked for: its wing goes down. The other side is another figure, also where
        # the nose comes down on it and then goes on through straight down: the angle is followed over its jump there.
        swung = math.atan2(self._pivot * math.sin(now.roll) * math.cos(now.pitch), math.sin(now.pitch))
        if self._most_swung is None:  # a flight may begin within the turn
            self._nose = swung
            self._most_swung = max(SWING_FROM, swung)
            self._swung_in_all = self._most_swung / math.pi if self._most_swung > SWING_FROM else 0.0
            self._aside, self._aside_s, self._straightest, self._most_over = (0.0, 0.0), 0.0, math.inf, 0.0
        self._nose += math.remainder(swung - self._nose, 2.0 * math.pi)
        if abs(self._nose) < self._straightest:
            self._straightest, self._hung = abs(self._nose), (now.vx, now.vy)
        if max(self._nose, self._most_swung) > SWING_FROM:
            x, y = self._aside
            x, y = x + (now.vx - self._hung[0]) * self.step_s, y + (now.vy - self._hung[1]) * self.step_s
            self._aside, self._aside_s = (x, y), self._aside_s + self.step_s
        nose = min(self._nose, math.pi)  # no more than straight down is asked for
        if nose > self._most_swung:
            aside = self._width(now) / self.span
            narrow = sum(_bell(aside / scale) for scale in NARROW_B) / len(NARROW_B)
            slow = _bell(max(0.0, now.vz / self.stall - SWING_VS) / SWING_SOFT_VS)
            straight = math.asin(max(-1.0, min(1.0, out))) / SWING_OUT
            gained, self._most_swung = nose - self._most_swung, nose
            flat = self._canopy / SWING_CANOPY
            self._swung = gained / math.pi * slow * narrow * _bell(straight) * _bell(flat)
            self._swung_in_all += self._swung
        over = self._nose - math.pi - SWING_FROM
        if over > self._most_over:
            self._swung -= (over - self._most_over) / math.pi
            self._most_over = over

    def _width(self, now: Quantities) -> float:
        """How wide (m) the swing is so far, as the judge has it: without as much drift as there may be in it."""
        half_s, (hung_x, hung_y) = 0.5 * self._aside_s, self._hung
        return pivot_width_m(self._aside, (half_s * (now.wind_x - hung_x), half_s * (now.wind_y - hung_y)))

    def _rotate(self, guide: Guide, now: Quantities) -> None:
        """How far it turned about the vertical in this step of a spin, stalled and to the side asked for, in turns."""
        self._rotated = 0.0
        if self._spin == 0.0:
            if self._unspun is not None and self._asked > 0.0:
                self._worth *= 1.0 - self._unspun / self._asked
            self._unspun = None
            return
        if self._unspun is None:
            self._unspun = self._asked = _rotation(guide)
        level = math.cos(now.pitch)
        clockwise = level * (now.r * math.cos(now.roll) + now.q * math.sin(now.roll)) - now.p * math.sin(now.pitch)
        turned = min(self._unspun, max(0.0, self._spin * clockwise * self.step_s) * self._stalled)
        self._unspun -= turned
        self._rotated = turned / (2.0 * math.pi)

    @potential(0.3, "-")
    def way(self) -> float:
        """Way along the path asked for, in 10 b."""
        return self._gained

    @potential(0.7, "-")
    def near(self) -> float:
        """The same, where it is flown: all on the path, 61 % at 1.5 b from it; in a spin where it is stalled."""
        off = self._off / (NEAR_B * self.span)
        return self._gained * _bell(off) * self._stalled

    @potential(0.5, "-")
    def track(self) -> float:
        """The same: all along the path's direction, 61 % at 12 deg from it; in a spin as `canopy`."""
        return self._gained * _bell(self._track / TRACK_SCALE) if self._spin == 0.0 else self._autorotation

    @potential(1.0, "-")
    def canopy(self) -> float:
        """The same: all with the canopy where it is asked for, 61 % at 20 deg from it; in a spin 60, and stalled."""
        return self._gained * _bell(self._canopy / CANOPY_SCALE) if self._spin == 0.0 else self._autorotation

    @potential(1.5, "-")
    def fine_track(self) -> float:
        """Like `track`, but the first degrees cost most: 15 % each, as with the judge; in a spin as `canopy`."""
        return self._gained * math.exp(-self._track / FINE_SCALE) if self._spin == 0.0 else self._autorotation

    @potential(1.0, "-")
    def fine_canopy(self) -> float:
        """Like `canopy`, likewise; in a spin as `canopy`."""
        return self._gained * math.exp(-self._canopy / FINE_SCALE) if self._spin == 0.0 else self._autorotation

    @potential(3.0, "-")
    def swing(self) -> float:
        """In a stall turn: the way of the nose from straight up to straight down: on the spot, flat, on its side.

        What it swings past there, beyond 15 deg, is taken off.
        """
        return self._swung

    @potential(2.0, "turns")
    def spun(self) -> float:
        """In a spin: turns about the vertical, stalled, to its side, no more than are asked for."""
        return self._rotated

    @cost_per_second(-0.05, "1/s")
    def speed(self) -> float:
        """Square of the airspeed beyond 0.2 Vs off that asked for, in 0.4 Vs, at most 4; stalled, none if too slow."""
        swings = self._pivot != 0.0 or self._spin != 0.0
        off = max(0.0, self._faster) if swings else abs(self._faster)
        beyond = max(0.0, off / self.stall - SPEED_FREE_VS)
        return self.step_s * min(MOST_COST, (beyond / SPEED_SCALE_VS) ** 2)

    smoothness = cost_per_step(-0.03, "-")(reward_terms.smoothness)

    @once(2.0, "-")
    def success(self) -> float:
        """1 for a figure flown to its end; less where a spin or stall turn in it was not."""
        return self._worth if self.outcome == self.success_word else 0.0

    @once(-2.0, "-")
    def failure(self) -> float:
        """Half, and half of the share of the way that is left, where it ends before."""
        return 0.5 + 0.5 * self.way_left if self.outcome and self.outcome != self.success_word else 0.0


def _rotation(guide: Guide) -> float:
    """What the spin ahead, or what is left of the one that a flight begins in, asks for: rad about the vertical."""
    along, path = float(guide.along[0]), guide.path
    ends = [*path.starts_m[1:], path.length_m]
    for element, start, end in zip(path.figure.elements, path.starts_m, ends, strict=True):
        if element.spin and along < end:
            return 2.0 * math.pi * element.spin.turns * min(1.0, (end - along) / (end - start))
    return 0.0


def _bell(errors: float) -> float:
    """1 at no error, 61 % at one: flat where it is small, so that trying something out costs little."""
    return math.exp(-0.5 * errors * errors)


def _stalled(alpha: float) -> float:
    """0 where the flow is attached, 1 beyond the stall, half between: a slope to learn by."""
    return 1.0 / (1.0 + math.exp(-(abs(alpha) - STALL) / STALL_SOFT))
