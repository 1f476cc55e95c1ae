"""Landing: from final or base leg to a standstill on the runway."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from envs.base.quantities import Quantities
from envs.tasks.parts.landing_starts import GLIDE, MIDDLE_SPANS, LandingStarts, turn_radius
from envs.tasks.parts.task import Leg, Start, Task
from envs.tasks.parts.touchdown import (
    LONG_SPANS,
    SHORT_SPANS,
    GroundJudge,
    first_violation,
    is_gold,
    structural_sink,
    touchdown_penalty,
)

AIM_SHARE = 0.2  # of the runway's length from its start to the aim point
FARTHEST_SPANS, HIGHEST_SPANS = 160.0, 40.0  # beyond: out of bounds
LEAVE_MPS = 1.0  # slower than this on the ground it may roll off the runway
FIRST_LANDING_S = 75.0  # as long as a landing takes at most, one go-around included
TOUCHDOWN_S = 1.0  # a flight that ends with the touchdown goes on so long: for bounces and strikes
MOST_SLIP, ALIGN_SPANS = math.radians(10), 1.5  # sideslip costs, above the height where the nose is lined up
CHANNELS = ("aileron", "elevator", "rudder", "throttle")


def intercept(across: float, turn: float) -> float:
    """Course (rad, towards the centreline) wanted at a distance from it, both and the turn's radius in spans.

    A turn of that radius from 90 deg ends on the centreline; close to it the course is gentler.
    """
    return min(math.acos(max(0.0, 1.0 - across / turn)), across / 8)


class LandingTask(Task):
    """`ModelAircraft/Landing-v0`: success (silver) and gold as the yardsticks define them.

    The aim point lies on the centreline, 20 % of the runway in; the final approach comes down to it at 5 deg and
    is the leg that the observation refers to. b: span, Vs: stall speed. All starts are trimmed, with
    `start_speed_low` to `start_speed_high` Vs through the air, carried by the wind, and within
    `start_heading_deg` of their course:

    * on final, 20 to 100 b before the aim point, height within 25 % and 1 b of the glide path, 2 b + 10 % of the
      distance off the centreline at most;
    * on base leg (a share `base_share`), flying towards the final at 90 deg to it from either side, so far out
      that a turn of 25 deg of bank leads onto it 20 to 60 b before the aim point, at the height of the way left.

    `easy_share` of the flights (0 unless a learning programme asks) start on the last 60 b instead, most of them
    in the last second or two, or (a share `roll_share` of these) rolling after a faultless touchdown, within
    `roll_heading_deg` of the runway.

    A share `touchdown_share` (likewise 0) ends a second after the touchdown and is judged there as at standstill.

    A touchdown is the first contact of a wheel (or skid). When it was on the ground and all wheels rise by more
    than 2 cm before the next contact, that is a bounce. An aircraft that was below 1.5 m or touched, and then
    climbs above 3 m, goes around: the touchdown is forgotten, the next one counts; `go_arounds` counts them.

    The flight ends at once, as a failure, when anything but a wheel touches (`strike`), at a contact with more
    sink than the structural limit of 14 CFR 23.473 (`broken`), at a touchdown off the runway (`short`, `long`,
    `wide`), when it leaves the runway at 1 m/s or more (`left`; `overrun` at the far end), more than 160 b from
    the aim point or 40 b high (`lost`). It goes on to standstill, slower than 0.3 m/s for 0.5 s, and is `landed`
    (the success) if the touchdown was: x -5 b to +12 b from the aim point (else `short`, `long`), within b of the
    centreline (`wide`), sink <= 1 m/s (`hard`), bank <= 5 deg (`banked`), heading within 10 deg of the runway
    (`crabbed`), airspeed 1.0 to 1.3 Vs (`slow`, `fast`), at most one bounce, of 0.15 m at most (`bounced`).
    The clock (130 s: time to go around twice) truncates (`timeout`). Gold, per flight: x within 6.5 b of the middle
    of that box, 0.6 b of the centreline, sink <= 0.75 m/s, bank <= 3 deg, heading <= 5 deg, airspeed 1.05 to
    1.2 Vs, no bounce. Whatever strikes the ground first is measured as a touchdown, too.

    Reward terms (per control step, unscaled). Potentials, paid back when lost: `progress`, distance to the middle
    of the box in 50 b; `course`, the angle between the course over ground and one that leads onto the centreline;
    `line` and `glide`, logarithm of the distance from centreline and glide path, in b; these stay as they are from
    the touchdown on; `rollout`, share of the ground speed lost since, lost in a crash or off the runway; `touch`,
    minus the penalty of the touchdown (touchdown_penalty): forgotten with a go-around, never positive. Costs per
    second: `bank`, relative to 5 deg at the ground, 35 deg above 6 b; `heading`, relative to 10 deg below 1.5 b;
    `slip`, the sideslip relative to 10 deg above 1.5 b; `speed`, outside 1.28-1.42 Vs (1.13-1.25 Vs below 1 b), in
    0.1 Vs; `sink`, beyond 0.4 m/s + 0.6 / s x height; `centreline`, on the ground, in b; `pitch_rate`, its square;
    `time`. Cost per step: `smoothness`, squared change of command. Once, at the end: `success`; `quality`, of a
    success, 1 for no error at all; `failure`, larger the more time is left, half for one that came to its end on
    the wheels, a tenth for one that ends with the touchdown: it could still be given up.
    """

    name = "landing"
    time_limit_s = 130.0
    default_reward: ClassVar = {
        "progress": 3.0,
        "course": 2.0,
        "line": 1.0,
        "glide": 1.0,
        "rollout": 5.0,
        "touch": -0.5,
        "bank": -0.1,
        "heading": -0.1,
        "slip": 0.0,
        "speed": -0.5,
        "sink": -0.15,
        "centreline": -0.1,
        "smoothness": -0.01,
        "pitch_rate": -0.05,
        "time": -0.1,
        "success": 5.0,
        "quality": 2.0,
        "failure": -1.5,
    }
    default_options: ClassVar = {
        "base_share": 0.3,
        "start_speed_low": 1.15,
        "start_speed_high": 1.5,
        "start_heading_deg": 10.0,
        "easy_share": 0.0,
        "roll_share": 0.3,
        "roll_heading_deg": 5.0,
        "touchdown_share": 0.0,
    }
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
        "alpha",
        "beta",
        "wind_along",
        "wind_across",
        "wind_up",
    )

    def start(self, rng: np.random.Generator) -> Start:
        """In trim on final or base leg, or (`easy_share`) shortly before the touchdown."""
        self.begin()
        self._until_touchdown = self.options["touchdown_share"] > 0 and rng.uniform() < self.options["touchdown_share"]
        easy = rng.uniform() < self.options["easy_share"]
        rolling = easy and self.aircraft.launch.kind == "runway" and rng.uniform() < self.options["roll_share"]
        if not rolling:
            return self._starts.late(rng) if easy else self._starts.full(rng)
        start = self._starts.rolling(rng)
        self._ground.roll(start.y_m, 1.125 * self.aircraft.stall_speed_mps)
        return start

    def begin(self) -> None:
        """Forget the flight before: judge one that begins here."""
        self._turn_spans = turn_radius(self.aircraft.stall_speed_mps) / self.aircraft.span_m
        self._sink_limit = structural_sink(self.aircraft)
        self._aim_x = AIM_SHARE * self.runway.length_m
        self._starts = LandingStarts(self.aircraft, self._aim_x, self.options)
        self._ground = GroundJudge(self._aim_x, self.aircraft.span_m, self.step_s)
        self._now: Quantities | None = None
        self._potentials: dict[str, float] = {}
        self._worst_across, self._stopped_x = 0.0, math.nan
        self._until_touchdown, self._landed_s = False, 0.0
        self._activity, self._activity_squared, self._steps = [0.0] * 4, 0.0, 0

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
        if not self._potentials:
            self._potentials = self._measure(before)
        self._now = now
        self._ground.step(before, now)
        outcome = self._judge(now)
        self._note(before, now)
        potentials = self._measure(now)
        for name, value in potentials.items():
            terms[name] = value - self._potentials[name]
        if outcome in ("strike", "broken", "left", "overrun"):
            terms["rollout"] = -self._potentials["rollout"]  # a ground loop stops, too: that must not be worth anything
        self._potentials = potentials
        self._costs(before, now, terms)
        terms["success"] = terms["quality"] = terms["failure"] = 0.0
        if outcome == "landed" and self._ground.touchdown:
            terms["success"] = 1.0
            terms["quality"] = 1.0 - min(1.0, potentials["touch"] / 6)
        elif outcome:
            left = max(0.0, 1.0 - now.time / FIRST_LANDING_S)
            mild = 0.1 if self._until_touchdown else 0.5
            terms["failure"] = (mild if self._at_the_end else 1.0) * (1.0 + left)
        return outcome

    def _judge(self, now: Quantities) -> str:
        """The outcome of this moment, "" while the flight goes on."""
        ground, runway, span = self._ground, self.runway, self.aircraft.span_m
        if now.strike:
            return "strike"
        beside, beyond = abs(now.y) > 0.5 * runway.width_m, now.x > runway.length_m
        if now.wheels_on_ground > 0 and ground.touchdown:
            if ground.new_contact and ground.sink_mps > self._sink_limit:
                return "broken"
            if now.x < 0 or beside or beyond:
                if ground.new_contact and ground.touchdown.ground_x_m == now.x:
                    return "short" if now.x < 0 else "long" if beyond else "wide"
                if math.hypot(now.vx, now.vy) >= LEAVE_MPS:
                    return "overrun" if beyond else "left"
            if ground.standing:
                self._stopped_x = now.x
        if self._until_touchdown:
            self._landed_s = self._landed_s + self.step_s if ground.touchdown else 0.0
        if self._at_the_end and ground.touchdown:
            return first_violation(ground.touchdown, span, self.aircraft.stall_speed_mps) or "landed"
        if math.hypot(now.x - self._aim_x, now.y) > FARTHEST_SPANS * span or now.height > HIGHEST_SPANS * span:
            return "lost"
        return ""

    def _measure(self, now: Quantities) -> dict[str, float]:
        """The potentials of this moment, unscaled."""
        span, touchdown = self.aircraft.span_m, self._ground.touchdown
        if touchdown:
            kept = self._potentials or dict.fromkeys(("progress", "course", "line", "glide"), 0.0)
            return {
                **kept,
                "rollout": 1.0 - math.hypot(now.vx, now.vy) / touchdown.ground_speed_mps,
                "touch": touchdown_penalty(touchdown, span, self.aircraft.stall_speed_mps),
            }
        along, across = (now.x - self._aim_x) / span, now.y / span
        off_glide = now.height / span - max(0.0, -GLIDE * along)
        course = math.atan2(-now.vy, now.vx)
        wanted = math.copysign(intercept(abs(across), self._turn_spans), across)
        return {
            "progress": -math.hypot(along - MIDDLE_SPANS, across) / 50,
            "course": -abs(math.remainder(course - wanted, 2 * math.pi)),
            "line": -0.5 * math.log1p(across * across),
            "glide": -0.5 * math.log1p(off_glide * off_glide),
            "rollout": 0.0,
            "touch": 0.0,
        }

    def _costs(self, before: Quantities, now: Quantities, terms: dict[str, float]) -> None:
        span, stall, dt = self.aircraft.span_m, self.aircraft.stall_speed_mps, self.step_s
        height, flying = now.height / span, now.wheels_on_ground == 0
        bank = math.radians(5 + 30 * max(0.0, min(1.0, height / 6)))
        terms["bank"] = dt * min(4.0, (now.roll / bank) ** 2)
        terms["heading"] = dt * min(4.0, (now.heading / math.radians(10)) ** 2) if height < ALIGN_SPANS else 0.0
        terms["slip"] = dt * min(4.0, (now.beta / MOST_SLIP) ** 2) if height > ALIGN_SPANS else 0.0
        slowest, fastest = (1.28, 1.42) if height > 1 else (1.13, 1.25)
        speed = now.airspeed / stall
        terms["speed"] = dt * min(4.0, (10 * max(slowest - speed, speed - fastest, 0.0)) ** 2) if flying else 0.0
        terms["sink"] = dt * min(4.0, max(0.0, -now.vz - 0.4 - 0.6 * now.height) ** 2) if flying else 0.0
        terms["centreline"] = 0.0 if flying else dt * min(4.0, (now.y / span) ** 2)
        terms["smoothness"] = sum((getattr(now, c + "_cmd") - getattr(before, c + "_cmd")) ** 2 for c in CHANNELS)
        terms["pitch_rate"] = dt * now.q * now.q
        terms["time"] = dt

    def _note(self, before: Quantities, now: Quantities) -> None:
        for channel, name in enumerate(CHANNELS):
            change = abs(getattr(now, name + "_cmd") - getattr(before, name + "_cmd"))
            self._activity[channel] += change
            self._activity_squared += change * change
        self._steps += 1
        if now.wheels_on_ground > 0:
            self._worst_across = max(self._worst_across, abs(now.y))

    def is_success(self, outcome: str) -> bool:
        """Silver: within the yardsticks, judged at standstill."""
        return outcome == "landed"

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

    def metrics(self) -> dict[str, float]:
        """Figures of this landing; those of the touchdown (the last attempt's) and of the stop only if there was one.

        `*_activity`: mean absolute change of a command a second (travel of the stick from middle to stop is 1;
        of the throttle from closed to open).
        """
        touchdown, span, stall = self._ground.touchdown, self.aircraft.span_m, self.aircraft.stall_speed_mps
        figures: dict[str, float] = {}
        if touchdown:
            figures = {
                "gold": 0.0,
                "touchdown_x_m": touchdown.x_m,
                "touchdown_y_m": touchdown.y_m,
                "sink_mps": touchdown.sink_mps,
                "bank_deg": math.degrees(touchdown.bank),
                "heading_deg": math.degrees(touchdown.heading),
                "touchdown_speed_vs": touchdown.airspeed_mps / stall,
                "bounces": touchdown.bounces,
                "bounce_height_m": touchdown.bounce_height_m,
                "centreline_m": self._worst_across,
            }
            if not math.isnan(self._stopped_x):
                figures["stopping_distance_m"] = self._stopped_x - touchdown.ground_x_m
        seconds = max(self._steps, 1) * self.step_s
        figures |= {"go_arounds": float(self._ground.go_arounds), "time_s": self._now.time if self._now else 0.0}
        figures |= {f"{name}_activity": total / seconds for name, total in zip(CHANNELS, self._activity, strict=True)}
        silver = bool(touchdown and self._at_the_end and not first_violation(touchdown, span, stall))
        figures["gold"] = float(bool(silver and touchdown and is_gold(touchdown, span, stall)))
        return figures
