"""Take-off: from standstill on the runway to a steady climb through 15 m."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from envs.aircraft.aircraft import Aircraft
from envs.base.breach import Breach, Limit, strike
from envs.base.quantities import Quantities
from envs.base.runway import Runway
from envs.tasks.parts.options import Option
from envs.tasks.parts.takeoff_reward import CLIMB_TO_M, TakeoffReward
from envs.tasks.parts.task import Leg, Start, Task

# What counts, by envs/tasks/YARDSTICKS.md: stall speeds, rad, m. GOLD: what a take-off in gold keeps to.
LIFT_OFF_VS, CLIMB_VS = 1.1, 1.15
MOST_BANK, GOLD_BANK, LOW_M = (
    math.radians(10),
    math.radians(5),
    2.0,
)  # the bank is judged below that height, the speed above
MOST_HEADING, GOLD_HEADING, HEADING_JUDGED_M = math.radians(15), math.radians(10), 10.0  # likewise
MOST_ACROSS_SPANS, GOLD_ACROSS_SPANS = 1.0, 0.5
BEYOND_RUNWAY_M = 100.0
CLEAR_HEIGHT_M = 0.25  # lowest wheel above this: it flies; less is a skip of the wheels
HOLD_S = 1.0  # how long the climb is held after 15 m, without a break
HOLD_CLIMB_MPS = 0.5  # what counts as climbing then
LAUNCH_FREE_M = 5.0  # up to this height a launched aircraft may still be gathering speed
SINK_BACK_M = 1.0  # losing more than this before 15 m is sinking back


class TakeoffTask(Task):
    """`ModelAircraft/Takeoff-v0`: from standstill on the runway, or from the launch, to a steady climb through 15 m.

    ## Description
    The aircraft accelerates along the runway, lifts off, and climbs straight on to 15 m; there it holds the climb for
    a second. Vs is its stall speed, b its span. What counts as a take-off is defined in envs/tasks/YARDSTICKS.md.

    ## Action
    Aileron, elevator, rudder, throttle, each in -1..1, as `envs.flight_env.FlightEnv` describes them.

    ## Observation
    x is the quantity read; readings marked `state` are left out with `observation="sensors"`. The leg is the runway's
    centreline, level at 15 m.

    {observation}

    ## Reward
    The sum of scale x term over these terms, at each control step:

    {reward}

    ## Starting state
    The aircraft stands near the runway's threshold, motor stopped: x in 0..`start_along_m`, y within `start_across`
    spans of the centreline, heading within `start_heading_deg` of the runway, all drawn evenly; wind of the weather
    level. One that is launched by hand or bungee is let go there instead, as its `launch` says, at full throttle.

    ## Episode end
    The flight ends (`terminated`) with the first of these outcomes:

    {outcomes}

    A launched aircraft flies from the first moment: `early` and `veered` do not apply, any touch is `sank` or
    `strike`, and `slow` waits until it has once been faster than 1.15 Vs or is 5 m high. Its metrics have no values
    of the lift-off and its `centreline_m` is 0.

    The clock (25 s) truncates: `timeout`. Gold, in the metrics, is a take-off within 0.5 b of the centreline, 5 deg of
    bank below 2 m, and 10 deg of heading below 10 m.

    ## Arguments
    `task_options` of `gymnasium.make`:

    {options}

    ## Version history
    v0: first version.
    """

    rewards = TakeoffReward
    start_options = (
        Option("start_along_m", 5.0, "m", "farthest start from the threshold, along the runway", 0, 50),
        Option("start_across", 0.4, "spans", "farthest start from the centreline, to either side", 0, 1),
        Option("start_heading_deg", 5.0, "deg", "largest angle of the nose to the runway at the start", 0, 15),
    )
    outcomes: ClassVar = {
        "climbing": "it has climbed at 0.5 m/s or more for 1 s on end, after passing 15 m",
        "strike": "something other than a wheel touched the ground",
        "veered": "it left the centreline by more than one span on the run",
        "early": "it lifted off slower than 1.1 Vs",
        "banked": "it banked over 10 deg below 2 m",
        "sank": "it touched again or lost 1 m of height after lifting off",
        "slow": "it flew slower than 1.15 Vs above 2 m",
        "turned": "it pointed more than 15 deg off the runway below 10 m",
        "overrun": "it had not reached 15 m by 100 m beyond the runway",
    }
    phrases: ClassVar = {
        "climbing": "took off and climbed away",
        "strike": "hit the ground",
        "veered": "strayed from the centreline {side}",
        "early": "lifted off too slow",
        "banked": "banked too far {side} near the ground",
        "sank": "sank back after lift-off",
        "slow": "flew too slow after lift-off",
        "turned": "turned away from the runway {side}",
        "overrun": "ran out of room before 15 m",
    }
    successes = ("climbing",)
    time_limit_s = 25.0
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

    def __init__(self, aircraft: Aircraft, runway: Runway, options: dict[str, Any], step_s: float) -> None:
        super().__init__(aircraft, runway, options, step_s)
        self._reward = TakeoffReward(aircraft, step_s, self.successes[0], self.time_limit_s)

    def start(self, rng: np.random.Generator) -> Start:
        """Near the threshold: standing, motor stopped, or launched."""
        span, options, launch = self.aircraft.span_m, self.options, self.aircraft.launch
        self._launched = self._flying = launch.kind != "runway"
        self._fast = not self._launched  # whether `slow` is judged
        self._reached = False
        self._held_s = self._highest = 0.0
        self._last_contact: Quantities | None = None
        self._lift_off: Quantities | None = None  # the last moment with a wheel on the ground, once it is clear
        self._worst_across = self._worst_bank = self._worst_heading = 0.0
        self._slowest = math.inf
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
        self._reward.flying = self._flying
        self._reward.pay(before, now, outcome, terms)
        return outcome

    def _judge(self, now: Quantities) -> str:
        """The outcome of this moment, "" while the flight goes on."""
        if now.strike:
            return "strike"
        return self._judge_run(now) or self._judge_attitude(now) or self._judge_climb(now)

    def _judge_run(self, now: Quantities) -> str:
        """On the wheels, and the moment it leaves them."""
        if now.wheels_on_ground > 0:
            if self._flying:
                return "sank"
            across = abs(now.y)
            self._worst_across = max(self._worst_across, across)
            self._last_contact = now
            if across > MOST_ACROSS_SPANS * self.aircraft.span_m:
                return "veered"
        elif not self._flying and now.height > CLEAR_HEIGHT_M:
            self._flying, self._lift_off = True, self._last_contact or now
            if self._lift_off.airspeed < LIFT_OFF_VS * self.aircraft.stall_speed_mps:
                return "early"
        return ""

    def _judge_attitude(self, now: Quantities) -> str:
        """Bank, speed and heading, each where it matters."""
        slowest = CLIMB_VS * self.aircraft.stall_speed_mps
        if now.height < LOW_M:
            self._worst_bank = max(self._worst_bank, abs(now.roll))
            if abs(now.roll) > MOST_BANK:
                return "banked"
        elif not self._reached:
            self._fast = self._fast or now.airspeed >= slowest or now.height > LAUNCH_FREE_M
            if self._fast:
                self._slowest = min(self._slowest, now.airspeed)
                if now.airspeed < slowest:
                    return "slow"
        if now.height < HEADING_JUDGED_M:
            self._worst_heading = max(self._worst_heading, abs(now.heading))
            if abs(now.heading) > MOST_HEADING:
                return "turned"
        return ""

    def _judge_climb(self, now: Quantities) -> str:
        """The way up to 15 m, and the climb held there."""
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

    def limits(self) -> dict[str, Limit]:
        """Of the run, the lift-off and the climb."""
        ends = {
            "centreline_m": Limit(most=MOST_ACROSS_SPANS * self.aircraft.span_m),
            "bank_deg": Limit(most=math.degrees(MOST_BANK)),
            "heading_deg": Limit(most=math.degrees(MOST_HEADING)),
            "lift_off_speed_vs": Limit(least=LIFT_OFF_VS),
            "slowest_vs": Limit(least=CLIMB_VS),
        }
        return {name: ends[name] for name in self.metrics() if name in ends}

    def breach(self, outcome: str) -> Breach | None:
        """Of the moment at which the flight ended; of a lift-off, when it lifted off."""
        now, stall, span = self._now, self.aircraft.stall_speed_mps, self.aircraft.span_m
        if now is None:
            return None
        at = now.time
        match outcome:
            case "strike":
                return strike(now)
            case "veered":
                return Breach.aside("distance from the centreline", at, now.y, MOST_ACROSS_SPANS * span, "m", "1 b")
            case "early" if self._lift_off:
                speed, at = self._lift_off.airspeed, self._lift_off.time
                return Breach.under("airspeed at lift-off", at, speed, LIFT_OFF_VS * stall, "m/s", f"{LIFT_OFF_VS} Vs")
            case "banked":
                return Breach.aside("bank", at, -math.degrees(now.roll), math.degrees(MOST_BANK), "deg")
            case "sank" if now.wheels_on_ground > 0:
                return Breach("a wheel touched the ground again", at)
            case "sank":
                return Breach.over("height lost after lift-off", at, self._highest - now.height, SINK_BACK_M, "m")
            case "slow":
                return Breach.under("airspeed", at, now.airspeed, CLIMB_VS * stall, "m/s", f"{CLIMB_VS} Vs")
            case "turned":
                return Breach.aside(
                    "nose off the runway", at, -math.degrees(now.heading), math.degrees(MOST_HEADING), "deg"
                )
            case "overrun":
                return Breach.under("height reached", at, now.height, CLIMB_TO_M, "m")
            case _:
                return None

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
                and self._worst_across <= GOLD_ACROSS_SPANS * span
                and self._worst_bank <= GOLD_BANK
                and self._worst_heading <= GOLD_HEADING
            ),
        }
        if self._lift_off:
            figures.update(lift_off_x_m=self._lift_off.x, lift_off_speed_vs=self._lift_off.airspeed / stall)
        if self._slowest < math.inf:
            figures["slowest_vs"] = self._slowest / stall
        return figures
