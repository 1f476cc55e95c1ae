"""What the control steps of a landing earn."""

from __future__ import annotations

import math
from typing import NamedTuple

from envs.aircraft.aircraft import Aircraft
from envs.base.quantities import Quantities
from envs.tasks.parts import reward_terms
from envs.tasks.parts.landing_starts import GLIDE, MIDDLE_SPANS, turn_radius
from envs.tasks.parts.reward_terms import Reward, cost_per_second, cost_per_step, once, potential
from envs.tasks.parts.touchdown import Touchdown, touchdown_penalty

PROGRESS_SPANS = 50.0  # this much nearer to the middle of the box earns 1
GENTLE_SPANS = 8.0  # on the last spans to the centreline, a course of 1 rad for so many off it
GROUND_BANK_DEG, MORE_BANK_DEG, FREE_BANK_SPANS = 5.0, 30.0, 6.0  # bank of cost 1: at the ground, more of it up there
ALIGN_SPANS = 1.5  # below this height the nose is lined up with the runway; above it, sideslip costs
HEADING_SCALE, SLIP_SCALE = math.radians(10), math.radians(10)  # an error of this size costs 1 a second
APPROACH_VS, TOUCHDOWN_VS, SLOW_DOWN_SPANS = (1.28, 1.42), (1.13, 1.25), 1.0  # airspeed wanted, above and below a span
FREE_SINK_MPS, FREE_SINK_PER_S = 0.4, 0.6  # sink free of cost: at the ground, and per metre of height
MOST_COST = 4.0  # a second, of each squared error
FIRST_LANDING_S = 75.0  # as long as a landing takes at most, one go-around included
WORST_PENALTY = 6.0  # of a touchdown: one as bad as this has no quality
UNDONE = ("strike", "broken", "veered", "overrun")  # the roll-out is lost: a ground loop stops, too


def intercept(across: float, turn: float) -> float:
    """Course (rad, towards the centreline) wanted at a distance from it, both and the turn's radius in spans.

    A turn of that radius from 90 deg ends on the centreline; close to it the course is gentler.
    """
    return min(math.acos(max(0.0, 1.0 - across / turn)), across / GENTLE_SPANS)


class Potentials(NamedTuple):
    """How far a landing has come, at one moment; unscaled. `touch`: penalty of the touchdown."""

    progress: float
    course: float
    line: float
    glide: float
    rollout: float
    touch: float


NOTHING = Potentials(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


class LandingReward(Reward):
    """The terms of a landing towards an aim point on the centreline, `aim_x_m` along the runway.

    `failure_share`: of the cost of a failure, for the way in which this flight ended; set by the task.
    """

    def __init__(self, aircraft: Aircraft, aim_x_m: float, step_s: float, success_word: str) -> None:
        super().__init__(step_s)
        self.span, self.stall = aircraft.span_m, aircraft.stall_speed_mps
        self.aim_x, self.success_word = aim_x_m, success_word
        self.turn_spans = turn_radius(self.stall) / self.span
        self.forget()

    def forget(self) -> None:
        """Before a new flight."""
        self.earlier = self.reached = NOTHING
        self.looked = False
        self.failure_share = 1.0

    def look(self, moment: Quantities, touchdown: Touchdown | None) -> None:
        """Take the potentials of this moment; those taken before are what its gain is counted from."""
        self.earlier, self.reached, self.looked = self.reached, self._potentials(moment, touchdown), True

    def _potentials(self, now: Quantities, touchdown: Touchdown | None) -> Potentials:
        if touchdown:
            # From the touchdown on, the approach stays what it was.
            progress, course, line, glide, _, _ = self.reached
            rollout = 1.0 - math.hypot(now.vx, now.vy) / touchdown.ground_speed_mps
            return Potentials(
                progress, course, line, glide, rollout, touchdown_penalty(touchdown, self.span, self.stall)
            )
        along, across = (now.x - self.aim_x) / self.span, now.y / self.span
        off_glide = now.height / self.span - max(0.0, -GLIDE * along)
        course = math.atan2(-now.vy, now.vx)
        wanted = math.copysign(intercept(abs(across), self.turn_spans), across)
        return Potentials(
            -math.hypot(along - MIDDLE_SPANS, across) / PROGRESS_SPANS,
            -abs(math.remainder(course - wanted, 2 * math.pi)),
            -0.5 * math.log1p(across * across),
            -0.5 * math.log1p(off_glide * off_glide),
            0.0,
            0.0,
        )

    @potential(3.0, "-")
    def progress(self) -> float:
        """Way gained to the middle of the touchdown box, in 50 b, until the touchdown."""
        return self.reached.progress - self.earlier.progress

    @potential(2.0, "1/rad")
    def course(self) -> float:
        """Minus the angle of the course over ground to one that leads onto the centreline, until the touchdown."""
        return self.reached.course - self.earlier.course

    @potential(1.0, "-")
    def line(self) -> float:
        """Minus the logarithm of the distance from the centreline, in b, until the touchdown."""
        return self.reached.line - self.earlier.line

    @potential(1.0, "-")
    def glide(self) -> float:
        """Minus the logarithm of the distance from the glide path, in b, until the touchdown."""
        return self.reached.glide - self.earlier.glide

    @potential(5.0, "-")
    def rollout(self) -> float:
        """Share of the ground speed lost since the touchdown; itself lost in a crash or off the runway."""
        lost = self.outcome in UNDONE
        return -self.earlier.rollout if lost else self.reached.rollout - self.earlier.rollout

    @potential(-0.5, "-")
    def touch(self) -> float:
        """Penalty of the touchdown, 0 for a perfect one to 12; forgotten with a go-around."""
        return self.reached.touch - self.earlier.touch

    @cost_per_second(-0.1, "1/s")
    def bank(self) -> float:
        """Square of the bank, relative to 5 deg at the ground and 35 deg above 6 b, at most 4."""
        share = max(0.0, min(1.0, self.now.height / self.span / FREE_BANK_SPANS))
        return self.step_s * min(
            MOST_COST, (self.now.roll / math.radians(GROUND_BANK_DEG + MORE_BANK_DEG * share)) ** 2
        )

    @cost_per_second(-0.1, "1/s")
    def heading(self) -> float:
        """Square of the angle to the runway below 1.5 b, relative to 10 deg, at most 4."""
        low = self.now.height / self.span < ALIGN_SPANS
        return self.step_s * min(MOST_COST, (self.now.heading / HEADING_SCALE) ** 2) if low else 0.0

    @cost_per_second(0.0, "1/s")
    def slip(self) -> float:
        """Square of the sideslip above 1.5 b, relative to 10 deg, at most 4."""
        high = self.now.height / self.span > ALIGN_SPANS
        return self.step_s * min(MOST_COST, (self.now.beta / SLIP_SCALE) ** 2) if high else 0.0

    @cost_per_second(-0.5, "1/s")
    def speed(self) -> float:
        """Square of the airspeed outside 1.28 to 1.42 Vs (1.13 to 1.25 Vs below 1 b), in 0.1 Vs, at most 4."""
        if self.now.wheels_on_ground:
            return 0.0
        slowest, fastest = APPROACH_VS if self.now.height / self.span > SLOW_DOWN_SPANS else TOUCHDOWN_VS
        speed = self.now.airspeed / self.stall
        return self.step_s * min(MOST_COST, (10 * max(slowest - speed, speed - fastest, 0.0)) ** 2)

    @cost_per_second(-0.15, "s/m2")
    def sink(self) -> float:
        """Square of the sink beyond 0.4 m/s + 0.6 / s x height, at most 4."""
        if self.now.wheels_on_ground:
            return 0.0
        sink = max(0.0, -self.now.vz - FREE_SINK_MPS - FREE_SINK_PER_S * self.now.height)
        return self.step_s * min(MOST_COST, sink**2)

    @cost_per_second(-0.1, "1/s")
    def centreline(self) -> float:
        """Square of the distance from the centreline on the ground, in b, at most 4."""
        return self.step_s * min(MOST_COST, (self.now.y / self.span) ** 2) if self.now.wheels_on_ground else 0.0

    smoothness = cost_per_step(-0.01, "-")(reward_terms.smoothness)
    pitch_rate = cost_per_second(-0.05, "s/rad2")(reward_terms.pitch_rate)
    time = cost_per_second(-0.1, "1/s")(reward_terms.time)

    @once(5.0, "-")
    def success(self) -> float:
        """1 for a landing within silver."""
        return 1.0 if self.outcome == self.success_word else 0.0

    @once(2.0, "-")
    def quality(self) -> float:
        """Of a success: 1 for a touchdown without any error, 0 for one of penalty 6 or more."""
        return 1.0 - min(1.0, self.reached.touch / WORST_PENALTY) if self.outcome == self.success_word else 0.0

    @once(-1.5, "-")
    def failure(self) -> float:
        """1 at a failure, and up to 1 more for the share of 75 s that is left.

        Half of it for one that came to its end on the wheels, a tenth for one that ends with the touchdown, as it could
        still be given up.
        """
        if not self.outcome or self.outcome == self.success_word:
            return 0.0
        return self.failure_share * (1.0 + max(0.0, 1.0 - self.now.time / FIRST_LANDING_S))
