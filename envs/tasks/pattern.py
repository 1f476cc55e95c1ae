"""Pattern: from the end of a take-off (or a go-around) round the circuit to the gate on base leg."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from envs.aircraft.aircraft import Aircraft
from envs.base.breach import Breach, strike
from envs.base.quantities import Quantities
from envs.base.runway import Runway
from envs.tasks.parts.options import Option, share
from envs.tasks.parts.pattern_gate import gate_breach, gate_errors
from envs.tasks.parts.pattern_reward import PatternReward
from envs.tasks.parts.pattern_shape import LegFrame, PatternShape, Straight
from envs.tasks.parts.pattern_starts import PatternStarts
from envs.tasks.parts.task import Leg, Start, Task

FARTHEST_SPANS, HIGHEST = 350.0, 2.5  # of the aim point; of the circuit's height: beyond it is lost
LAP_LIMIT_S, MOST_LAPS = 120.0, 20
COUNTED_ACROSS_SPANS, COUNTED_ABOVE_SPANS = 20.0, 5.0  # metrics: the way into a leg would drown the way along it


class PatternTask(Task):
    """`ModelAircraft/Pattern-v0`: round the circuit, between take-off and landing.

    ## Description
    The aircraft flies the legs that `PatternShape` lays: upwind, crosswind, downwind, the descent, and base leg to the
    gate, 1.45 turn radii before the centreline, where a landing begins. Vs is the stall speed, b the span. What counts
    is defined in envs/tasks/YARDSTICKS.md.

    ## Action
    Aileron, elevator, rudder, throttle, each in -1..1, as `envs.flight_env.FlightEnv` describes them.

    ## Observation
    x is the quantity read; readings marked `state` are left out with `observation="sensors"`. The leg is the next one
    as soon as a turn of 25 deg of bank would end on it: one radius before the corner, more with the wind behind.

    {observation}

    ## Reward
    The sum of scale x term over these terms, at each control step:

    {reward}

    ## Starting state
    In the air, carried by the wind, either

    * after a take-off: climbing at 15 to 22 m, 20 to 110 b along the runway, at 0.7 throttle or more; or
    * (a share `go_around_share`) as a landing is given up, 1 to 10 m high before or over the runway: sinking or
      climbing, banked up to 25 deg, up to 35 deg off the runway's heading, at any throttle; or
    * (a share `anywhere_share`) in trim near any leg, at up to 10 b and a quarter of the height off it.

    ## Episode end
    The flight ends (`terminated`) at the gate, or before with a failure:

    {outcomes}

    The clock (120 s a lap) truncates: `timeout`.

    ## Arguments
    `task_options` of `gymnasium.make`:

    {options}

    ## Version history
    v0: first version.
    """

    rewards = PatternReward
    start_options = (
        share("go_around_share", 0.2, "share of the flights that start as a landing is given up"),
        share("anywhere_share", 0.2, "share of the flights that start near any leg"),
        Option("circuit_side", 0, "-", "+1 left-hand, -1 right-hand, 0 drawn for each flight", -1, 1, whole=True),
        Option("laps", 1, "-", "how many times round", 1, MOST_LAPS, whole=True),
    )
    outcomes: ClassVar = {
        "arrived": "it passed the gate within 20 b, 30 % of its height, 1.1 to 1.6 Vs, 25 deg of bank and of course",
        "strike": "something other than a wheel touched the ground",
        "sank": "a wheel touched the ground",
        "lost": "it flew more than 350 b from the aim point, or over 2.5 circuit heights",
        "wide": "it passed the gate on base leg more than 20 b to one side",
        "high": "it passed the gate on base leg more than 30 % too high",
        "low": "it passed the gate on base leg more than 30 % too low",
        "slow": "it passed the gate on base leg slower than 1.1 Vs",
        "fast": "it passed the gate on base leg faster than 1.6 Vs",
        "banked": "it passed the gate on base leg with more than 25 deg of bank",
        "turned": "it passed the gate on base leg more than 25 deg off its course",
    }
    phrases: ClassVar = {
        "arrived": "flew round and passed the gate",
        "strike": "hit the ground",
        "sank": "sank to the ground",
        "lost": "flew out of bounds",
        "wide": "passed the gate too far {side}",
        "high": "passed the gate too high",
        "low": "passed the gate too low",
        "slow": "passed the gate too slow",
        "fast": "passed the gate too fast",
        "banked": "passed the gate banked {side}",
        "turned": "passed the gate turned {side}",
    }
    successes = ("arrived",)
    time_limit_s = LAP_LIMIT_S
    observations = (
        "airspeed",
        "height",
        "climb_rate",
        "cross_track",
        "cross_track_far",
        "cross_speed",
        "along_speed",
        "course_sine",
        "course_cosine",
        "height_error",
        "roll_sine",
        "roll_cosine",
        "pitch",
        "roll_rate",
        "pitch_rate",
        "yaw_rate",
        "load_factor",
        "accel_forward",
        "accel_right",
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
        self.laps = int(self.options["laps"])
        self.time_limit_s = LAP_LIMIT_S * self.laps
        self._starts = PatternStarts(aircraft)
        self._reward = PatternReward(aircraft, step_s, self.successes[0])

    def start(self, rng: np.random.Generator) -> Start:
        """After a take-off, low over the runway, or near a leg."""
        options, kind = self.options, rng.uniform()
        shape = self.shape(rng)
        near = 0
        if kind < options["anywhere_share"]:
            straights = shape.straights(0.0)
            near = int(rng.integers(len(straights)))
            start = self._starts.near(rng, shape, straights[near])
        elif kind < options["anywhere_share"] + options["go_around_share"]:
            start = self._starts.giving_up(rng, shape.aim_x_m)
        else:
            start = self._starts.climbing(rng)
        self.begin(shape, start.x_m if near == 0 else 0.0, near, self.laps)
        return start

    def shape(self, rng: np.random.Generator) -> PatternShape:
        """The circuit of this flight: its side drawn, or as the option says."""
        side, drawn = float(self.options["circuit_side"]), float(rng.choice((-1.0, 1.0)))
        return PatternShape.of(self.aircraft, self.runway, math.copysign(1.0, side) if side else drawn)

    def begin(self, shape: PatternShape, x_m: float, near: int = 0, laps: int = 1) -> None:
        """Fly `shape` from its leg number `near` on, `laps` times; the climb-out begins at `x_m`."""
        self.fly(shape, shape.straights(x_m, laps), near)

    def fly(self, shape: PatternShape, straights: list[Straight], near: int = 0) -> None:
        """Fly these straights, from number `near` on; they turn, and end, as those of `shape`."""
        self.flown_shape, self._straights = shape, straights
        self._now: Quantities | None = None
        self._across_squares = self._above_squares = self._most_bank = 0.0
        self._most_across_square = (COUNTED_ACROSS_SPANS * shape.span_m) ** 2
        self._most_above_square = (COUNTED_ABOVE_SPANS * shape.span_m) ** 2
        self._steps, self._slowest = 0, math.inf
        self._begun_s: float | None = None
        self.at_gate, self._gate_errors = False, 0.0
        self._marks: list[dict[str, Any]] = []
        self._ask(near)

    def leg(self) -> Leg:
        """The straight flown now, or the next one within a turn."""
        return self._straights[self._number].leg

    @property
    def side_name(self) -> str:
        """upwind, crosswind, downwind, descent or base."""
        return self._straights[self._number].name

    def _ask(self, number: int) -> None:
        """Ask for a leg."""
        self._number, self.new_leg = number, True
        self._on_last_side = number == len(self._straights) - 1
        self._frame = LegFrame(self.leg())
        self._end_m = self._straights[number].end_m
        self._way_after_m = sum(after.end_m - after.start_m for after in self._straights[number + 1 :])
        self._reward.forget()

    def step(self, before: Quantities, now: Quantities, terms: dict[str, float]) -> str:
        """Judge one control step."""
        if self._begun_s is None:
            self._begun_s = before.time
            self._marks.append(self._straights[self._number].mark(before.time))
        reward, place = self._reward, self._frame
        if not reward.looked:
            place.follow(before)
            reward.look(place, self._way_left_m(place))
        place.follow(now)
        reward.look(place, self._way_left_m(place))
        self._now = now
        outcome = self._judge(now, place)
        self._record(now, place)
        if outcome:
            reward.gate_errors, reward.at_gate = self._gate_errors, self.at_gate
            reward.time_left = 1.0 - (now.time - self._begun_s) / self.time_limit_s
        reward.pay(before, now, outcome, terms)
        if not outcome and not self._on_last_side:
            self._turn(now.time, place)
        return outcome

    def _way_left_m(self, place: LegFrame) -> float:
        """Along the legs to the gate."""
        return self._end_m - place.along_m + self._way_after_m

    def _turn(self, time_s: float, place: LegFrame) -> None:
        """Ask for the next leg when its corner is reached."""
        straight, after = self._straights[self._number : self._number + 2]
        if self.flown_shape.corner_reached(straight, after, place.along_m, place.along_mps):
            self._ask(self._number + 1)
            self._marks.append(self._straights[self._number].mark(time_s))

    def _judge(self, now: Quantities, place: LegFrame) -> str:
        """The outcome of this moment, "" while the flight goes on."""
        shape = self.flown_shape
        if now.strike:
            return "strike"
        if now.wheels_on_ground > 0:
            return "sank"
        far = math.hypot(now.x - shape.aim_x_m, now.y) > FARTHEST_SPANS * shape.span_m
        if far or now.height > HIGHEST * shape.height_m:
            return "lost"
        if not self._on_last_side or place.along_m < 0.0:
            return ""
        self.at_gate = True
        errors = gate_errors(shape, now, place, self.aircraft.stall_speed_mps)
        self._gate_errors = errors.total
        return errors.first_violation or "arrived"

    def _record(self, now: Quantities, place: LegFrame) -> None:
        """Keep what the metrics need of this step."""
        self._across_squares += min(place.across_m * place.across_m, self._most_across_square)
        self._above_squares += min(place.above_m * place.above_m, self._most_above_square)
        self._steps += 1
        self._most_bank = max(self._most_bank, abs(now.roll))
        self._slowest = min(self._slowest, now.airspeed)

    def marks(self) -> dict[str, Any]:
        """The straights flown."""
        return {"legs": self._marks}

    def breach(self, outcome: str) -> Breach | None:
        """Of the moment at which the flight ended."""
        now, shape = self._now, self.flown_shape
        if now is None:
            return None
        match outcome:
            case "strike":
                return strike(now)
            case "sank":
                return Breach("a wheel touched the ground", now.time)
            case "lost" if now.height > HIGHEST * shape.height_m:
                return Breach.over("height", now.time, now.height, HIGHEST * shape.height_m, "m")
            case "lost":
                far, most = math.hypot(now.x - shape.aim_x_m, now.y), FARTHEST_SPANS
                limit = most * shape.span_m
                return Breach.over("distance from the aim point", now.time, far, limit, "m", f"{most:g} b")
            case _:
                pass
        return gate_breach(outcome, shape, now, self._frame, self.aircraft.stall_speed_mps) if self.at_gate else None

    def metrics(self) -> dict[str, float]:
        """Root mean square distance from the legs (cut at 20 b across, 5 b of height), bank, speed, time."""
        count = max(self._steps, 1)
        figures = {
            "cross_track_m": math.sqrt(self._across_squares / count),
            "height_error_m": math.sqrt(self._above_squares / count),
            "bank_deg": math.degrees(self._most_bank),
            "time_s": self._now.time - (self._begun_s or 0.0) if self._now else 0.0,
        }
        if self._slowest < math.inf:
            figures["slowest_vs"] = self._slowest / self.aircraft.stall_speed_mps
        if self.at_gate:
            figures["gate_errors"] = self._gate_errors
        return figures
