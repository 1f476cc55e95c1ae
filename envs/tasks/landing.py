"""Landing: from final or base leg to a standstill on the runway."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from envs.aircraft.aircraft import Aircraft
from envs.base.breach import Breach, Limit, strike
from envs.base.errors import InputError
from envs.base.quantities import Quantities
from envs.base.runway import Runway
from envs.tasks.parts.commands import CommandActivity
from envs.tasks.parts.landing_reward import LandingReward
from envs.tasks.parts.landing_starts import AIM_SHARE, GLIDE, LandingStarts
from envs.tasks.parts.options import Option, share
from envs.tasks.parts.task import Leg, Start, Task
from envs.tasks.parts.touchdown import (
    LONG_SPANS,
    SHORT_SPANS,
    SILVER,
    GroundJudge,
    breach_of,
    first_violation,
    is_gold,
    structural_sink,
)

# Limits, by envs/tasks/YARDSTICKS.md; those of the touchdown are in parts/touchdown.py.
FARTHEST_SPANS, HIGHEST_SPANS = 160.0, 40.0  # from the aim point, above the ground: beyond, it is lost
LEAVE_MPS = 1.0  # slower than this on the ground it may roll off the runway
SPEEDS_VS = (1.0, 2.5)  # between which a flight may start: slower it does not fly
TOUCHDOWN_S = 1.0  # a flight that ends with the touchdown goes on so long: for bounces and strikes
ROLLING_FROM_VS = 1.125  # speed of the touchdown that a flight which starts rolling is taken to have had
FAILURE_ON_WHEELS, FAILURE_AT_TOUCHDOWN = 0.5, 0.1  # shares of the cost of a failure, for its mildness


class LandingTask(Task):
    """`ModelAircraft/Landing-v0`: from final or base leg to a standstill on the runway.

    ## Description
    The aircraft flies down to the aim point, on the centreline 20 % of the runway in, flares, touches down and rolls
    to a standstill. The final approach comes down to the aim point at 5 deg and is the leg that the observation refers
    to. Vs is the stall speed, b the span. Success (silver) and gold are explained in envs/tasks/YARDSTICKS.md; their
    numbers stand in configs/rules/landing.yaml.

    ## Action
    Aileron, elevator, rudder, throttle, each in -1..1, as `envs.flight_env.FlightEnv` describes them.

    ## Observation
    x is the quantity read; readings marked `state` are left out with `observation="sensors"`.

    {observation}

    ## Reward
    The sum of scale x term over these terms, at each control step:

    {reward}

    ## Starting state
    In trim, at `start_speed_low` to `start_speed_high` Vs through the air, carried by the wind, and within
    `start_heading_deg` of its course, either

    * on final, 20 to 100 b before the aim point, height within 25 % and 1 b of the glide path, 2 b + 10 % of the
      distance off the centreline at most; or
    * on base leg (a share `base_share`), flying towards the final at 90 deg to it from either side, so far out that a
      turn of 25 deg of bank leads onto it 20 to 60 b before the aim point, at the height of the way left.

    Learning programmes may ask for easier flights: a share `easy_share` starts on the last 60 b, most of it in the
    last second or two, or (a share `roll_share` of these) rolling after a faultless touchdown, or (a share
    `touch_share` of the others) about to touch: in the box, at most 5 % of a span high, at 1.02 to 1.28 Vs, sinking
    0.1 to 0.8 m/s, with up to 3 deg of bank, carried by the wind.

    ## Episode end
    A touchdown is the first contact of a wheel (or skid), or of whatever strikes the ground first. When it was on the
    ground and all wheels rise before the next contact, by more than a skip, that is a bounce. An aircraft that was low
    or touched, and then climbs away, goes around: the touchdown is forgotten, the next one counts, and the metric
    `go_arounds` counts one more. The flight is judged at standstill; it ends (`terminated`) there or before with the
    first of these outcomes:

    {outcomes}

    The clock (130 s: time to go around twice) truncates: `timeout`. The metric `gold` tells a landing within the
    stricter limits. A share `touchdown_share` of the flights ends one second after the touchdown and is judged there
    as at standstill.

    ## Arguments
    `task_options` of `gymnasium.make`:

    {options}

    ## Version history
    v0: first version.
    """

    rewards = LandingReward
    start_options = (
        share("base_share", 0.3, "share of the flights that start on base leg; the others start on final"),
        Option("start_speed_low", 1.15, "Vs", "lowest airspeed at the start", *SPEEDS_VS),
        Option("start_speed_high", 1.5, "Vs", "highest airspeed at the start", *SPEEDS_VS),
        Option("start_heading_deg", 10.0, "deg", "largest angle between the nose and the course at the start", 0, 60),
        share("easy_share", 0.0, "share of the flights that start on the last 60 b before the touchdown instead"),
        share("roll_share", 0.3, "share of these easy flights that start rolling, after a faultless touchdown"),
        share("touch_share", 0.0, "share of the other easy flights that start about to touch down"),
        Option("roll_heading_deg", 5.0, "deg", "largest angle to the runway of a flight that starts so", 0, 30),
        share("touchdown_share", 0.0, "share of the flights that end, and are judged, 1 s after the touchdown"),
    )
    outcomes: ClassVar = {
        "landed": "it stopped on the runway after a touchdown within silver",
        "strike": "something other than a wheel touched the ground",
        "broken": "it hit the ground with more sink than its gear must bear (14 CFR 23.473)",
        "short": f"it touched down more than {-SHORT_SPANS:g} b before the aim point, or before the runway",
        "long": f"it touched down more than {LONG_SPANS:g} b beyond the aim point, or beyond the runway",
        "wide": f"it touched down more than {SILVER.across_spans:g} b beside the centreline, or beside the runway",
        "hard": f"it landed hard, with more than {SILVER.sink_mps:g} m/s of sink",
        "banked": f"it touched down with more than {SILVER.bank_deg:g} deg of bank",
        "crabbed": f"it touched down with its nose more than {SILVER.heading_deg:g} deg off the runway",
        "slow": f"it touched down slower than {SILVER.slowest_vs:g} Vs",
        "fast": f"it touched down faster than {SILVER.fastest_vs:g} Vs",
        "bounced": f"it bounced more than {SILVER.bounces} time, or higher than {SILVER.bounce_height_m:g} m",
        "veered": "it rolled off the side of the runway at 1 m/s or more, or before its start",
        "overrun": "it rolled off the far end of the runway at 1 m/s or more",
        "lost": "it flew more than 160 b from the aim point, or 40 b high",
    }
    phrases: ClassVar = {
        "landed": "landed",
        "strike": "hit the ground",
        "broken": "hit the ground too hard for its gear",
        "short": "touched down short of the box",
        "long": "touched down beyond the box",
        "wide": "touched down too far {side}",
        "hard": "touched down too hard",
        "banked": "touched down banked {side}",
        "crabbed": "touched down crabbed, nose {side}",
        "slow": "touched down too slow",
        "fast": "touched down too fast",
        "bounced": "bounced too much",
        "veered": "rolled off the runway {side}",
        "overrun": "rolled off the runway's far end",
        "lost": "flew out of bounds",
    }
    former_words: ClassVar = {"left": "veered"}
    successes = ("landed",)
    time_limit_s = 130.0
    observations = (
        "airspeed",
        "airspeed_fine",
        "height",
        "height_near_ground",
        "climb_rate",
        "climb_rate_fine",
        "cross_track",
        "cross_track_far",
        "cross_speed",
        "along_track_near",
        "along_track_far",
        "along_speed",
        "course_sine",
        "course_cosine",
        "height_error",
        "height_error_near",
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
        "runway_in_sight",
        "alpha",
        "beta",
        "wind_along",
        "wind_across",
        "wind_up",
    )

    def __init__(self, aircraft: Aircraft, runway: Runway, options: dict[str, Any], step_s: float) -> None:
        super().__init__(aircraft, runway, options, step_s)
        self._sink_limit = structural_sink(aircraft)
        self._aim_x = AIM_SHARE * runway.length_m
        self._starts = LandingStarts(aircraft, self._aim_x, self.options)
        self._reward = LandingReward(aircraft, self._aim_x, step_s, self.successes[0])

    @classmethod
    def checked_options(cls, given: Mapping[str, Any]) -> dict[str, float]:
        """As of every task; the lowest start speed is also held against the highest."""
        checked = super().checked_options(given)
        low, high = ({**cls.default_options, **checked}[f"start_speed_{end}"] for end in ("low", "high"))
        if low > high:
            raise InputError(
                f"task option start_speed_low: must be at most start_speed_high (got {low:g} and {high:g})"
            )
        return checked

    def start(self, rng: np.random.Generator) -> Start:
        """In trim on final or base leg, or (`easy_share`) shortly before the touchdown."""
        self.begin()
        self._until_touchdown = self.options["touchdown_share"] > 0 and rng.uniform() < self.options["touchdown_share"]
        easy = rng.uniform() < self.options["easy_share"]
        rolling = easy and self.aircraft.launch.kind == "runway" and rng.uniform() < self.options["roll_share"]
        if not easy:
            return self._starts.full(rng)
        if not rolling:
            touching = self.options["touch_share"] > 0 and rng.uniform() < self.options["touch_share"]
            return self._starts.touching(rng) if touching else self._starts.late(rng)
        start = self._starts.rolling(rng)
        self._ground.roll(start.y_m, ROLLING_FROM_VS * self.aircraft.stall_speed_mps)
        return start

    def begin(self) -> None:
        """Forget the flight before: judge one that begins here."""
        self._ground = GroundJudge(self._aim_x, self.aircraft.span_m, self.step_s)
        self._reward.forget()
        self._activity = CommandActivity()
        self._now: Quantities | None = None
        self._worst_across, self._stopped_x = 0.0, math.nan
        self._until_touchdown, self._landed_s = False, 0.0

    @property
    def go_arounds(self) -> int:
        """Landings given up so far."""
        return self._ground.go_arounds

    @property
    def _at_the_end(self) -> bool:
        """The landing is over, on the wheels."""
        return self._ground.standing or self._landed_s >= TOUCHDOWN_S

    def leg(self) -> Leg:
        """The final approach: along the runway, down to the aim point at 5 deg."""
        return Leg(self._aim_x, 0.0, 0.0, 0.0, -GLIDE)

    def step(self, before: Quantities, now: Quantities, terms: dict[str, float]) -> str:
        """Judge one control step."""
        ground, reward = self._ground, self._reward
        if not reward.looked:
            reward.look(before, ground.touchdown)
        self._now = now
        ground.step(before, now)
        outcome = self._judge(now)
        self._record(before, now)
        reward.look(now, ground.touchdown)
        if outcome and self._at_the_end:
            reward.failure_share = FAILURE_AT_TOUCHDOWN if self._until_touchdown else FAILURE_ON_WHEELS
        reward.pay(before, now, outcome, terms)
        return outcome

    def _judge(self, now: Quantities) -> str:
        """The outcome of this moment, "" while the flight goes on."""
        if now.strike:
            return "strike"
        ground, span = self._ground, self.aircraft.span_m
        if now.wheels_on_ground > 0 and ground.touchdown:
            outcome = self._judge_contact(now)
            if outcome:
                return outcome
            if ground.standing:
                self._stopped_x = now.x
        if self._until_touchdown:
            self._landed_s = self._landed_s + self.step_s if ground.touchdown else 0.0
        if self._at_the_end and ground.touchdown:
            return first_violation(ground.touchdown, span, self.aircraft.stall_speed_mps) or "landed"
        if math.hypot(now.x - self._aim_x, now.y) > FARTHEST_SPANS * span or now.height > HIGHEST_SPANS * span:
            return "lost"
        return ""

    def _judge_contact(self, now: Quantities) -> str:
        """Wheels are on the ground: whether too hard, or off the runway."""
        ground, runway = self._ground, self.runway
        if ground.new_contact and ground.sink_mps > self._sink_limit:
            return "broken"
        before, beyond, beside = now.x < 0, now.x > runway.length_m, abs(now.y) > 0.5 * runway.width_m
        if not (before or beyond or beside):
            return ""
        if ground.new_contact and ground.touchdown and ground.touchdown.ground_x_m == now.x:
            return "short" if before else "long" if beyond else "wide"
        if math.hypot(now.vx, now.vy) >= LEAVE_MPS:
            return "overrun" if beyond else "veered"
        return ""

    def _record(self, before: Quantities, now: Quantities) -> None:
        """Keep what the metrics need of this step."""
        self._activity.add(before, now)
        if now.wheels_on_ground > 0:
            self._worst_across = max(self._worst_across, abs(now.y))

    def marks(self) -> dict[str, Any]:
        """Aim point, glide path and touchdown box (silver), for pictures of the flight."""
        span = self.aircraft.span_m
        return {
            "aim_x_m": self._aim_x,
            "glide_slope": GLIDE,
            "box_from_x_m": self._aim_x + SHORT_SPANS * span,
            "box_to_x_m": self._aim_x + LONG_SPANS * span,
            "box_half_width_m": span,
        }

    def limits(self) -> dict[str, Limit]:
        """Of the touchdown, by silver, and of the roll-out."""
        span = self.aircraft.span_m
        ends = {
            "touchdown_x_m": Limit(SHORT_SPANS * span, LONG_SPANS * span),
            "touchdown_y_m": Limit(-SILVER.across_spans * span, SILVER.across_spans * span),
            "sink_mps": Limit(most=SILVER.sink_mps),
            "bank_deg": Limit(most=SILVER.bank_deg),
            "heading_deg": Limit(most=SILVER.heading_deg),
            "touchdown_speed_vs": Limit(SILVER.slowest_vs, SILVER.fastest_vs),
            "bounces": Limit(most=SILVER.bounces),
            "bounce_height_m": Limit(most=SILVER.bounce_height_m),
            "centreline_m": Limit(most=0.5 * self.runway.width_m),
        }
        return ends if self._ground.touchdown else {}

    def breach(self, outcome: str) -> Breach | None:
        """Of the touchdown, or of the moment at which the flight ended."""
        now, ground, runway, span = self._now, self._ground, self.runway, self.aircraft.span_m
        if now is None:
            return None
        match outcome:
            case "strike":
                return strike(now)
            case "broken":
                return Breach.over("sink at a contact", now.time, ground.sink_mps, self._sink_limit, "m/s")
            case "veered" if now.x < 0:
                return Breach.over("distance before the runway's start", now.time, -now.x, 0.0, "m")
            case "veered":
                return Breach.aside("distance from the centreline", now.time, now.y, 0.5 * runway.width_m, "m")
            case "overrun":
                return Breach.over("way along the runway", now.time, now.x, runway.length_m, "m")
            case "lost" if now.height > HIGHEST_SPANS * span:
                most = HIGHEST_SPANS
                return Breach.over("height", now.time, now.height, most * span, "m", f"{most:g} b")
            case "lost":
                far, most = math.hypot(now.x - self._aim_x, now.y), FARTHEST_SPANS
                return Breach.over("distance from the aim point", now.time, far, most * span, "m", f"{most:g} b")
            case _:
                pass
        touchdown = ground.touchdown
        return breach_of(outcome, touchdown, span, self.aircraft.stall_speed_mps) if touchdown else None

    def metrics(self) -> dict[str, float]:
        """Figures of this landing; those of the touchdown (the last attempt's) and of the stop only if there was one.

        `*_activity`: mean absolute change of a command a second (CommandActivity).
        """
        figures = self._touchdown_metrics()
        figures |= {"go_arounds": float(self._ground.go_arounds), "time_s": self._now.time if self._now else 0.0}
        figures |= self._activity.metrics(self.step_s)
        figures["gold"] = float(self._in_gold())
        return figures

    def _in_gold(self) -> bool:
        touchdown, span, stall = self._ground.touchdown, self.aircraft.span_m, self.aircraft.stall_speed_mps
        if touchdown is None or not self._at_the_end or first_violation(touchdown, span, stall):
            return False
        return is_gold(touchdown, span, stall)

    def _touchdown_metrics(self) -> dict[str, float]:
        touchdown = self._ground.touchdown
        if touchdown is None:
            return {}
        figures: dict[str, float] = {
            "gold": 0.0,  # keeps its place: the first of a landing's figures
            "touchdown_x_m": touchdown.x_m,
            "touchdown_y_m": touchdown.y_m,
            "sink_mps": touchdown.sink_mps,
            "bank_deg": abs(math.degrees(touchdown.bank)),
            "heading_deg": abs(math.degrees(touchdown.heading)),
            "touchdown_speed_vs": touchdown.airspeed_mps / self.aircraft.stall_speed_mps,
            "bounces": touchdown.bounces,
            "bounce_height_m": touchdown.bounce_height_m,
            "centreline_m": self._worst_across,
        }
        if not math.isnan(self._stopped_x):
            figures["stopping_distance_m"] = self._stopped_x - touchdown.ground_x_m
        return figures
