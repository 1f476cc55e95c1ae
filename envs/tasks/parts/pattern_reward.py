"""What the control steps of a circuit earn."""

from __future__ import annotations

import math

from envs.aircraft.aircraft import Aircraft
from envs.tasks.parts import reward_terms
from envs.tasks.parts.pattern_shape import LegFrame
from envs.tasks.parts.reward_terms import Reward, cost_per_second, cost_per_step, once, potential

PROGRESS_SPANS = 50.0  # so much way along the legs earns 1
PER_LINE_SPANS = 0.5  # the logarithm of `line` counts the distance in 2 b
PER_OFF_LINE_SPANS, OFF_GLIDE_SPANS = 0.1, 3.0  # 10 b across or 3 b of height off a leg cost 1 a second
SLOWEST_VS, FASTEST_VS = 1.25, 1.45  # stall speeds: no cost between
MOST_BANK, BANK_SCALE = math.radians(35), math.radians(10)
MOST_COST = 4.0  # a second, of each squared error
QUALITY_SHARE = 0.25  # of the squared errors at the gate
FAILURE_AT_GATE = 0.5


class PatternReward(Reward):
    """The terms of a circuit.

    The task shows it each moment (`look`), and when the flight ends sets `gate_errors`, `at_gate`, and `time_left`, the
    share of the time limit.
    """

    def __init__(self, aircraft: Aircraft, step_s: float, success_word: str) -> None:
        super().__init__(step_s)
        self.span, self.stall, self.success_word = aircraft.span_m, aircraft.stall_speed_mps, success_word
        self.forget()

    def forget(self) -> None:
        """Before a new flight, or a new leg: potentials do not carry over."""
        self._on_way = self._on_line = self._on_glide = 0.0  # the potentials last taken
        self._way_gained = self._line_gained = self._glide_gained = 0.0
        self.looked = False
        self.gate_errors, self.at_gate, self.time_left = 0.0, False, 0.0

    def look(self, place: LegFrame, way_left_m: float) -> None:
        """Take the potentials of a moment, as the leg's frame has followed it, and what was gained since the last."""
        span = self.span
        self.place, self.looked = place, True
        way = -way_left_m / (PROGRESS_SPANS * span)
        line = -0.5 * math.log1p((PER_LINE_SPANS * place.across_m / span) ** 2)
        glide = -0.5 * math.log1p((place.above_m / span) ** 2)
        self._way_gained, self._on_way = way - self._on_way, way
        self._line_gained, self._on_line = line - self._on_line, line
        self._glide_gained, self._on_glide = glide - self._on_glide, glide

    @potential(1.0, "-")
    def progress(self) -> float:
        """Way flown along the legs, in 50 b; as all potentials, none when the leg changes."""
        return self._way_gained

    @potential(0.5, "-")
    def line(self) -> float:
        """Minus the logarithm of the distance from the leg across, in 2 b."""
        return self._line_gained

    @potential(0.5, "-")
    def glide(self) -> float:
        """Minus the logarithm of the distance from the leg's height, in b."""
        return self._glide_gained

    @cost_per_second(-0.1, "1/s")
    def off_line(self) -> float:
        """Square of the distance from the leg across, relative to 10 b, at most 4."""
        return self.step_s * min(MOST_COST, (PER_OFF_LINE_SPANS * self.place.across_m / self.span) ** 2)

    @cost_per_second(-0.1, "1/s")
    def off_glide(self) -> float:
        """Square of the distance from the leg's height, relative to 3 b, at most 4."""
        return self.step_s * min(MOST_COST, (self.place.above_m / (OFF_GLIDE_SPANS * self.span)) ** 2)

    @cost_per_second(-0.3, "1/s")
    def speed(self) -> float:
        """Square of the airspeed outside 1.25 to 1.45 Vs, in 0.1 Vs, at most 4."""
        speed = self.now.airspeed / self.stall
        return self.step_s * min(MOST_COST, (10 * max(SLOWEST_VS - speed, speed - FASTEST_VS, 0.0)) ** 2)

    @cost_per_second(-0.3, "1/s")
    def bank(self) -> float:
        """Square of the bank beyond 35 deg, in 10 deg, at most 4."""
        return self.step_s * min(MOST_COST, (max(0.0, abs(self.now.roll) - MOST_BANK) / BANK_SCALE) ** 2)

    @cost_per_second(-0.2, "s3/m2")
    def slip(self) -> float:
        """Square of the acceleration felt sideways, relative to 1 m/s2, at most 4."""
        return self.step_s * min(MOST_COST, self.now.accel_y**2)

    smoothness = cost_per_step(-0.02, "-")(reward_terms.smoothness)
    pitch_rate = cost_per_second(-0.05, "s/rad2")(reward_terms.pitch_rate)
    time = cost_per_second(-0.05, "1/s")(reward_terms.time)

    @once(4.0, "-")
    def success(self) -> float:
        """1 for a circuit handed over within the gate."""
        return 1.0 if self.outcome == self.success_word else 0.0

    @once(2.0, "-")
    def quality(self) -> float:
        """Of a success: 1 without any error at the gate, less a quarter of the sum of its squared errors."""
        succeeded = self.outcome == self.success_word
        return 1.0 - min(1.0, QUALITY_SHARE * self.gate_errors) if succeeded else 0.0

    @once(-3.0, "-")
    def failure(self) -> float:
        """1 at a failure before the gate, and up to 1 more for the share of the time that is left; half at the gate."""
        if not self.outcome or self.outcome == self.success_word:
            return 0.0
        return FAILURE_AT_GATE if self.at_gate else 1.0 + max(0.0, self.time_left)
