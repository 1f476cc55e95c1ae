"""What the control steps of a figure earn."""

from __future__ import annotations

import math

from envs.aircraft.aircraft import Aircraft
from envs.figures.guide import Guide
from envs.tasks.parts import reward_terms
from envs.tasks.parts.reward_terms import Reward, cost_per_second, cost_per_step, once, potential

WAY_B = 10.0  # so much of the way earns 1 of each of the first four terms
NEAR_B = 1.5  # distance from the path at which 61 % of `near` are earned
TRACK_SCALE, CANOPY_SCALE = math.radians(8), math.radians(10)  # angles at which 37 % of their terms are earned
SPEED_FREE_VS, SPEED_SCALE_VS = 0.2, 0.4  # off the speed asked for: without cost, and what costs 1 a second
MOST_COST = 4.0


class FigureReward(Reward):
    """The terms of a figure.

    Each metre of the way is paid once, more the better it is flown: what is not flown earns nothing, and nobody gains
    by dawdling. The task sets `way_left`, the share of the way left when the flight ends.
    """

    def __init__(self, aircraft: Aircraft, step_s: float, success_word: str) -> None:
        super().__init__(step_s)
        self.span, self.stall, self.success_word = aircraft.span_m, aircraft.stall_speed_mps, success_word
        self.way_left = 1.0

    def follow(self, guide: Guide) -> None:
        """Take the measures of this moment."""
        _, gained, self._off, track, canopy, self._faster, self._pivot, self._spin = guide.measured.tolist()
        self._gained = max(0.0, gained) / (WAY_B * self.span)
        self._track = math.sqrt(max(0.0, 2.0 * (1.0 - track))) / TRACK_SCALE  # 2 (1 - cos x) is x^2
        self._canopy = math.sqrt(max(0.0, 2.0 * (1.0 - canopy))) / CANOPY_SCALE

    @potential(0.3, "-")
    def way(self) -> float:
        """Way along the path asked for, in 10 b."""
        return self._gained

    @potential(0.7, "-")
    def near(self) -> float:
        """The same, where it is flown: all on the path, 61 % at 1.5 b from it."""
        off = self._off / (NEAR_B * self.span)
        return self._gained * math.exp(-0.5 * off * off)

    @potential(1.0, "-")
    def track(self) -> float:
        """The same: all along the path's direction, 37 % at 8 deg from it: each degree counts, as for the judge."""
        return self._gained * math.exp(-self._track)

    @potential(1.5, "-")
    def canopy(self) -> float:
        """The same: all with the canopy where it is asked for, 37 % at 10 deg from it."""
        return self._gained * math.exp(-self._canopy)

    @cost_per_second(-0.05, "1/s")
    def speed(self) -> float:
        """Square of the airspeed beyond 0.2 Vs off that asked for, in 0.4 Vs, at most 4; none near stall turns."""
        if self._pivot != 0.0 or self._spin != 0.0:
            return 0.0
        beyond = max(0.0, abs(self._faster) / self.stall - SPEED_FREE_VS)
        return self.step_s * min(MOST_COST, (beyond / SPEED_SCALE_VS) ** 2)

    smoothness = cost_per_step(-0.03, "-")(reward_terms.smoothness)

    @once(2.0, "-")
    def success(self) -> float:
        """1 for a figure flown to its end."""
        return 1.0 if self.outcome == self.success_word else 0.0

    @once(-2.0, "-")
    def failure(self) -> float:
        """Half, and half of the share of the way that is left, where it ends before."""
        return 0.5 + 0.5 * self.way_left if self.outcome and self.outcome != self.success_word else 0.0
