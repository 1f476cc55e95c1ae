"""Take-off: from standstill on the runway to a steady climb through 15 m."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np

from envs.base.quantities import Quantities
from envs.tasks.parts.task import Leg, Start, Task

CLEAR_HEIGHT_M = 0.25  # lowest wheel above this: it flies; less is a skip of the wheels
CLIMB_TO_M = 15.0
BEYOND_RUNWAY_M = 100.0
STEEP = math.radians(20)  # a climb steeper than this costs: with T/W > 1 it would hang on the propeller
HOLD_S = 1.0  # how long the climb is held after 15 m, without a break
HOLD_CLIMB_MPS = 0.5  # what counts as climbing then
SPEED_PAID_TO = 1.25  # stall speeds: ground speed beyond this earns nothing more
LAUNCH_FREE_M = 5.0  # up to this height a launched aircraft may still be gathering speed
SINK_BACK_M = 1.0  # losing more than this before 15 m is sinking back


def _height_gained(height: float) -> float:
    """Potential of a height (m): 0 on the ground, 1 at 15 m, steepest at first, for the first metre is the hardest."""
    return math.sqrt(max(0.0, min(height, CLIMB_TO_M)) / CLIMB_TO_M)


class TakeoffTask(Task):
    """`ModelAircraft/Takeoff-v0`: success as the yardsticks define it.

    The aircraft stands near the runway's threshold: x in 0..`start_along_m`, y within `start_across` spans of
    the centreline, heading within `start_heading_deg`, wind of the weather level, motor stopped. One that is
    launched by hand or bungee is let go there instead, as its `launch` says, motor at full throttle.

    Ends at once, as a failure, when anything but a wheel touches (`strike`), it leaves the centreline by more
    than one span on the ground (`veered`), lifts off below 1.1 Vs (`early`), banks over 10 deg below 2 m
    (`banked`), touches again or loses 1 m (`sank`), is slower than 1.15 Vs above 2 m (`slow`), points more
    than 15 deg off the runway below 10 m (`turned`), has not reached 15 m by 100 m beyond the runway
    (`overrun`). It succeeds (`climbing`) once it has climbed at 0.5 m/s or more for 1 s on end after passing
    15 m. The clock (25 s) truncates (`timeout`).

    A launched aircraft flies from the first moment: there is no lift-off to be too early and no ground roll to
    veer from, any touch is `sank` or `strike`, and `slow` waits until it has once been faster than 1.15 Vs or is
    5 m high. Its metrics have no lift-off values and its `centreline_m` is 0; all else is judged alike.

    Reward terms (per control step, unscaled). Potentials: `speed`, ground speed gained towards 1.25 Vs;
    `height`, gain of the root of the height towards 15 m. Costs per second: `centreline`, `heading`, `bank`,
    squared errors relative to what is allowed; `slow`, shortfall below 1.25 Vs once flying; `steep`, square of
    the pitch beyond 20 deg; `pitch_rate`, its square; `time`. Cost per step: `smoothness`, squared change of
    command. Once: `success`; `failure`, larger the more time is left, so that an early end never pays.
    """

    name = "takeoff"
    time_limit_s = 25.0
    default_reward: ClassVar = {
        "speed": 4.0,
        "height": 6.0,
        "centreline": -0.5,
        "heading": -0.5,
        "bank": -0.5,
        "slow": -2.0,
        "steep": -1.0,
        "smoothness": -0.01,
        "pitch_rate": -0.05,
        "time": -0.5,
        "success": 5.0,
        "failure": -2.0,
    }
    default_options: ClassVar = {"start_along_m": 5.0, "start_across": 0.4, "start_heading_deg": 5.0}
    observations = (
        "airspeed",
        "height",
        "height_near_ground",
        "climb_rate",
        "cross_track",
        "cross_speed",
        "along_speed",
        "course_sine",
        "roll",
        "pitch",
        "roll_rate",
        "pitch_rate",
        "yaw_rate",
        "load_factor",
        "accel_forward",
        "accel_right",
        "wheels_on_ground",
        "rotor_speed",
        "aileron_command",
        "elevator_command",
        "rudder_command",
        "throttle_command",
        "alpha",
        "beta",
        "wind_along",
        "wind_across",
        "wind_up",
    )

    def start(self, rng: np.random.Generator) -> Start:
        """Near the threshold: standing, motor stopped, or launched."""
        span, options, launch = self.aircraft.span_m, self.options, self.aircraft.launch
        self._launched = self._flying = launch.kind != "runway"
        self._fast = not self._launched  # whether `slow` is judged
        self._reached = False
        self._held_s = self._highest = 0.0
        self._lift_off_speed = self._lift_off_x = math.nan
        self._worst_across = self._worst_bank = self._worst_heading = 0.0
        self._slowest = math.inf
        self._last_contact_speed = self._last_contact_x = 0.0
        self._now: Quantities | None = None
        start = Start(
            x_m=rng.uniform(0.0, options["start_along_m"]),
            y_m=rng.uniform(-1, 1) * options["start_across"] * span,
            heading=math.radians(rng.uniform(-1, 1) * options["start_heading_deg"]),
        )
        if not self._launched:
            return start
        pitch = math.radians(launch.pitch_deg)
        return start._replace(
            height_m=launch.height_m,
            speed_mps=launch.speed_mps,
            pitch=pitch,
            climb_mps=launch.speed_mps * math.sin(pitch),
            throttle=1.0,
        )

    def leg(self) -> Leg:
        """The runway's centreline, level at the height to climb to."""
        return Leg(0.0, 0.0, 0.0, CLIMB_TO_M, 0.0)

    def step(self, before: Quantities, now: Quantities, terms: dict[str, float]) -> str:
        """Judge one control step."""
        self._now = now
        outcome = self._judge(now)
        stall, span, dt = self.aircraft.stall_speed_mps, self.aircraft.span_m, self.step_s
        top = SPEED_PAID_TO * stall
        terms["speed"] = (min(now.vx, top) - min(before.vx, top)) / stall
        terms["height"] = _height_gained(now.height) - _height_gained(before.height)
        terms["centreline"] = dt * min(4.0, (now.y / span) ** 2)
        terms["heading"] = dt * (now.heading / math.radians(15)) ** 2
        terms["bank"] = dt * (now.roll / math.radians(10)) ** 2
        terms["slow"] = dt * max(0.0, 1.25 - now.airspeed / stall) if self._flying else 0.0
        terms["steep"] = dt * max(0.0, now.pitch - STEEP) ** 2 / STEEP**2
        terms["smoothness"] = (
            (now.aileron_cmd - before.aileron_cmd) ** 2
            + (now.elevator_cmd - before.elevator_cmd) ** 2
            + (now.rudder_cmd - before.rudder_cmd) ** 2
            + (now.throttle_cmd - before.throttle_cmd) ** 2
        )
        terms["pitch_rate"] = dt * now.q * now.q
        terms["time"] = dt
        terms["success"] = 1.0 if outcome == "climbing" else 0.0
        terms["failure"] = (
            1.0 + max(0.0, 1.0 - now.time / self.time_limit_s) if outcome and outcome != "climbing" else 0.0
        )
        return outcome

    def _judge(self, now: Quantities) -> str:
        """The outcome of this moment, "" while the flight goes on."""
        stall = self.aircraft.stall_speed_mps
        if now.strike:
            return "strike"
        across, bank, heading = abs(now.y), abs(now.roll), abs(now.heading)
        if now.wheels_on_ground > 0:
            if self._flying:
                return "sank"
            self._worst_across = max(self._worst_across, across)
            self._last_contact_speed, self._last_contact_x = now.airspeed, now.x
            if across > self.aircraft.span_m:
                return "veered"
        elif not self._flying and now.height > CLEAR_HEIGHT_M:
            self._flying = True
            self._lift_off_speed, self._lift_off_x = self._last_contact_speed, self._last_contact_x
            if self._lift_off_speed < 1.1 * stall:
                return "early"
        if now.height < 2.0:
            self._worst_bank = max(self._worst_bank, bank)
            if bank > math.radians(10):
                return "banked"
        elif not self._reached:
            self._fast = self._fast or now.airspeed >= 1.15 * stall or now.height > LAUNCH_FREE_M
            if self._fast:
                self._slowest = min(self._slowest, now.airspeed)
                if now.airspeed < 1.15 * stall:
                    return "slow"
        if now.height < 10.0:
            self._worst_heading = max(self._worst_heading, heading)
            if heading > math.radians(15):
                return "turned"
        if self._flying:
            self._highest = max(self._highest, now.height)
            if now.height < self._highest - SINK_BACK_M:
                return "sank"
        if self._reached:
            self._held_s = self._held_s + self.step_s if now.vz >= HOLD_CLIMB_MPS else 0.0
            if self._held_s >= HOLD_S:
                return "climbing"
        elif now.height >= CLIMB_TO_M:
            self._reached = True
        elif now.x > self.runway.length_m + BEYOND_RUNWAY_M:
            return "overrun"
        return ""

    def is_success(self, outcome: str) -> bool:
        """Only a held climb counts."""
        return outcome == "climbing"

    def metrics(self) -> dict[str, float]:
        """Figures of this take-off; lift-off values only if it lifted off."""
        stall, span = self.aircraft.stall_speed_mps, self.aircraft.span_m
        figures = {
            "centreline_m": self._worst_across,
            "bank_deg": math.degrees(self._worst_bank),
            "heading_deg": math.degrees(self._worst_heading),
            "time_s": self._now.time if self._now else 0.0,
            "gold": float(
                self._reached
                and self._worst_across <= 0.5 * span
                and self._worst_bank <= math.radians(5)
                and self._worst_heading <= math.radians(10)
            ),
        }
        if self._flying and not self._launched:
            figures.update(lift_off_x_m=self._lift_off_x, lift_off_speed_vs=self._lift_off_speed / stall)
        if self._slowest < math.inf:
            figures["slowest_vs"] = self._slowest / stall
        return figures
