"""What the control steps of a take-off earn."""

from __future__ import annotations

import math

from envs.aircraft.aircraft import Aircraft
from envs.tasks.parts import reward_terms
from envs.tasks.parts.reward_terms import Reward, cost_per_second, cost_per_step, once, potential

CLIMB_TO_M = 15.0  # the height that a take-off has to reach
SPEED_WANTED_VS = 1.25  # stall speeds: ground speed beyond this earns nothing more, less airspeed in flight costs
STEEP = math.radians(20)  # a climb steeper than this costs: with T/W > 1 it would hang on the propeller
HEADING_SCALE, BANK_SCALE = math.radians(15), math.radians(10)  # an error of this size costs 1 a second
MOST_CENTRELINE_COST = 4.0  # a second: two spans off


def height_gained(height_m: float) -> float:
    """Potential of a height: 0 on the ground, 1 at 15 m, steepest at first, for the first metre is the hardest."""
    return math.sqrt(max(0.0, min(height_m, CLIMB_TO_M)) / CLIMB_TO_M)


class TakeoffReward(Reward):
    """The terms of a take-off. `flying`: whether it has lifted off; `success_word`, `time_limit_s`: of the task."""

    def __init__(self, aircraft: Aircraft, step_s: float, success_word: str, time_limit_s: float) -> None:
        super().__init__(step_s)
        self.span, self.stall = aircraft.span_m, aircraft.stall_speed_mps
        self.speed_wanted = SPEED_WANTED_VS * self.stall
        self.success_word, self.time_limit_s = success_word, time_limit_s
        self.flying = False

    @potential(4.0, "-")
    def speed(self) -> float:
        """Ground speed gained along the runway, in Vs, up to 1.25 Vs."""
        return (min(self.now.vx, self.speed_wanted) - min(self.before.vx, self.speed_wanted)) / self.stall

    @potential(6.0, "-")
    def height(self) -> float:
        """Gain of the root of the height, 1 at 15 m."""
        return height_gained(self.now.height) - height_gained(self.before.height)

    @cost_per_second(-0.5, "1/s")
    def centreline(self) -> float:
        """Square of the distance from the centreline, relative to one span, at most 4."""
        return self.step_s * min(MOST_CENTRELINE_COST, (self.now.y / self.span) ** 2)

    @cost_per_second(-0.5, "1/s")
    def heading(self) -> float:
        """Square of the angle to the runway, relative to 15 deg."""
        return self.step_s * (self.now.heading / HEADING_SCALE) ** 2

    @cost_per_second(-0.5, "1/s")
    def bank(self) -> float:
        """Square of the bank, relative to 10 deg."""
        return self.step_s * (self.now.roll / BANK_SCALE) ** 2

    @cost_per_second(-2.0, "1/s")
    def slow(self) -> float:
        """Airspeed missing to 1.25 Vs once it flies, in Vs."""
        return self.step_s * max(0.0, SPEED_WANTED_VS - self.now.airspeed / self.stall) if self.flying else 0.0

    @cost_per_second(-1.0, "1/s")
    def steep(self) -> float:
        """Square of the pitch beyond 20 deg, relative to 20 deg."""
        return self.step_s * max(0.0, self.now.pitch - STEEP) ** 2 / STEEP**2

    smoothness = cost_per_step(-0.01, "-")(reward_terms.smoothness)
    pitch_rate = cost_per_second(-0.05, "s/rad2")(reward_terms.pitch_rate)
    time = cost_per_second(-0.5, "1/s")(reward_terms.time)

    @once(5.0, "-")
    def success(self) -> float:
        """1 when the climb has been held."""
        return 1.0 if self.outcome == self.success_word else 0.0

    @once(-2.0, "-")
    def failure(self) -> float:
        """1 at a failure, and up to 1 more for the share of the time that is left: ending early never pays."""
        if not self.outcome or self.outcome == self.success_word:
            return 0.0
        return 1.0 + max(0.0, 1.0 - self.now.time / self.time_limit_s)
