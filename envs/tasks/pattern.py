"""Pattern: from the end of a take-off (or a go-around) round the circuit to the gate on base leg."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from envs.aircraft.aircraft import Aircraft
from envs.base.errors import InputError
from envs.base.quantities import Quantities
from envs.base.runway import Runway
from envs.tasks.parts.pattern_shape import PatternShape, Side
from envs.tasks.parts.task import Leg, Start, Task

FARTHEST_SPANS, HIGHEST = 350.0, 2.5  # of the aim point; of the circuit's height: beyond it is lost
GATE_WIDTH_SPANS = 20.0  # across: where the landing's base starts end
GATE_HEIGHT_SHARE = 0.3  # of the gate's height
GATE_SLOWEST, GATE_FASTEST = 1.1, 1.6  # stall speeds
GATE_BANK, GATE_COURSE = math.radians(25), math.radians(25)
MOST_BANK = math.radians(35)
SLOWEST, FASTEST = 1.25, 1.45  # stall speeds: no cost between
LAP_LIMIT_S, MOST_LAPS = 120.0, 20
CHANNELS = ("aileron_cmd", "elevator_cmd", "rudder_cmd", "throttle_cmd")


class PatternTask(Task):
    """`ModelAircraft/Pattern-v0`: the legs of a circuit between take-off and landing, as `PatternShape` lays them.

    Starts, in trim or climbing at full throttle and carried by the wind: after a take-off; a share
    `go_around_share` at 1 to 10 m before or over the runway, as a landing is given up, sinking or climbing, banked up
    to 25 deg, up to 35 deg off the runway's heading, at any throttle; a share `anywhere_share` near any leg, at
    up to 10 b and a quarter of the height off it. `circuit_side`: +1 left-hand, -1 right-hand, 0 drawn; `laps`:
    how many times round.

    The leg that the observation refers to is the next one as soon as a turn of 25 deg of bank would end on it:
    one radius before the corner, more with the wind behind. The flight ends at the gate on base leg, 1.45 radii
    before the centreline: `arrived` (the success) within 20 b across, 30 % of its height, 1.1 to 1.6 Vs, 25 deg
    of bank and of course; else `wide`, `high`, `low`, `slow`, `fast`, `banked`, `turned`. It fails at once when
    anything but a wheel touches (`strike`), a wheel does (`sank`), or more than 350 b from the aim point or over
    2.5 circuit heights (`lost`). The clock (120 s a lap) truncates (`timeout`).

    Reward terms (per control step, unscaled). Potentials: `progress`, way flown along the legs, in 50 b; `line`
    and `glide`, logarithm of the distance from the leg, in 2 b across and b of height; none when the leg changes.
    Costs per second: `off_line`, `off_glide`, squared errors relative to 10 b and 3 b; `speed`, outside 1.25 to
    1.45 Vs, in 0.1 Vs; `bank`, beyond 35 deg, in 10 deg; `slip`, felt sideways, relative to 1 m/s2; `pitch_rate`,
    its square; `time`. Cost per step: `smoothness`, squared change of command. Once: `success`; `quality`, of a
    success, 1 for no error; `failure`, larger the more time is left, half at the gate.
    """

    name = "pattern"
    time_limit_s = LAP_LIMIT_S
    default_reward: ClassVar = {
        "progress": 1.0,
        "line": 0.5,
        "glide": 0.5,
        "off_line": -0.1,
        "off_glide": -0.1,
        "speed": -0.3,
        "bank": -0.3,
        "slip": -0.2,
        "smoothness": -0.02,
        "pitch_rate": -0.05,
        "time": -0.05,
        "success": 4.0,
        "quality": 2.0,
        "failure": -3.0,
    }
    default_options: ClassVar = {"go_around_share": 0.2, "anywhere_share": 0.2, "circuit_side": 0, "laps": 1}
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
        laps = self.options["laps"]
        if laps != round(laps) or not 1 <= laps <= MOST_LAPS:
            raise InputError(f"task option laps: must be 1 to {MOST_LAPS}, whole (got {laps})")
        self.laps = round(laps)
        self.time_limit_s = LAP_LIMIT_S * self.laps

    def start(self, rng: np.random.Generator) -> Start:
        """After a take-off, low over the runway, or near a leg."""
        options, kind = self.options, rng.uniform()
        shape = self.shape(rng)
        near = 0
        if kind < options["anywhere_share"]:
            sides = shape.sides(0.0)
            near = int(rng.integers(len(sides)))
            start = self._near(rng, shape, sides[near])
        elif kind < options["anywhere_share"] + options["go_around_share"]:
            start = self._giving_up(rng, shape.aim_x_m + rng.uniform(-40, 30) * shape.span_m)
        else:
            start = self._climbing(rng, rng.uniform(20, 110) * shape.span_m)
        self.begin(shape, start.x_m if near == 0 else 0.0, near, self.laps)
        return start

    def shape(self, rng: np.random.Generator) -> PatternShape:
        """The circuit of this flight: its side drawn, or as the option says."""
        side, drawn = float(self.options["circuit_side"]), float(rng.choice((-1.0, 1.0)))
        return PatternShape.of(self.aircraft, self.runway, math.copysign(1.0, side) if side else drawn)

    def begin(self, shape: PatternShape, x_m: float, near: int = 0, laps: int = 1) -> None:
        """Fly `shape` from its leg number `near` on, `laps` times; the climb-out begins at `x_m`."""
        self.flown_shape = shape
        self._sides = shape.sides(x_m, laps)
        self._now: Quantities | None = None
        self._potentials: dict[str, float] = {}
        self._squares, self._steps, self._most_bank, self._slowest = [0.0, 0.0], 0, 0.0, math.inf
        self._begun_s: float | None = None
        self.at_gate, self._gate_errors = False, 0.0
        self._marks: list[dict[str, Any]] = []
        self._ask(near)

    def _giving_up(self, rng: np.random.Generator, x: float) -> Start:
        """As an approach ends that is given up: sinking or already climbing, banked, across, throttle anywhere."""
        height, speed = rng.uniform(1.0, 10.0), rng.uniform(1.05, 1.4) * self.aircraft.stall_speed_mps
        sink = speed * rng.uniform(-0.15, 0.25) * min(1.0, height / 4)
        return Start(
            x_m=x,
            y_m=rng.uniform(-4, 4) * self.aircraft.span_m,
            height_m=height,
            speed_mps=speed,
            heading=math.radians(rng.uniform(-35, 35)),
            roll=math.radians(rng.uniform(-25, 25)),
            climb_mps=-sink,
            throttle=rng.uniform(0.0, 1.0),
            through_air=True,
        )

    def _climbing(self, rng: np.random.Generator, x: float) -> Start:
        height, speed = rng.uniform(15.0, 22.0), rng.uniform(1.3, 2.0) * self.aircraft.stall_speed_mps
        return Start(
            x_m=x,
            y_m=rng.uniform(-2, 2) * self.aircraft.span_m,
            height_m=height,
            speed_mps=speed,
            heading=math.radians(rng.uniform(-12, 12)),
            roll=math.radians(rng.uniform(-10, 10)),
            climb_mps=speed * math.sin(math.radians(rng.uniform(-2, 20))),
            throttle=rng.uniform(0.7, 1.0),
            through_air=True,
        )

    def _near(self, rng: np.random.Generator, shape: PatternShape, side: Side) -> Start:
        leg, speed = side.leg, rng.uniform(1.2, 1.6) * self.aircraft.stall_speed_mps
        along = side.start_m + rng.uniform(0.0, 0.7) * (side.end_m - side.start_m)
        across = rng.uniform(-10, 10) * shape.span_m
        cosine, sine = math.cos(leg.course), -math.sin(leg.course)
        height = max(5.0, (leg.height_m + leg.slope * along) * rng.uniform(0.75, 1.25))
        return Start(
            x_m=leg.x_m + along * cosine + across * sine,
            y_m=leg.y_m + along * sine - across * cosine,
            height_m=height,
            speed_mps=speed,
            heading=leg.course + math.radians(rng.uniform(-30, 30)),
            roll=math.radians(rng.uniform(-25, 25)),
            climb_mps=rng.uniform(-0.1, 0.1) * speed,
            through_air=True,
        )

    def leg(self) -> Leg:
        """The straight flown now, or the next one within a turn."""
        return self._sides[self._number].leg

    @property
    def side_name(self) -> str:
        """upwind, crosswind, downwind, descent or base."""
        return self._sides[self._number].name

    def _ask(self, number: int) -> None:
        self._number, self.new_leg = number, True
        side = self._sides[number]
        leg = side.leg
        self._cosine, self._sine = math.cos(leg.course), -math.sin(leg.course)
        self._origin, self._end = (leg.x_m, leg.y_m), side.end_m
        self._way_after = sum(after.end_m - after.start_m for after in self._sides[number + 1 :])
        self._potentials = {}

    def _place(self, now: Quantities) -> tuple[float, float, float, float]:
        """(along, across (right +), speed along, height above) relative to the leg."""
        dx, dy = now.x - self._origin[0], now.y - self._origin[1]
        along, across = dx * self._cosine + dy * self._sine, dx * self._sine - dy * self._cosine
        leg = self.leg()
        return along, across, now.vx * self._cosine + now.vy * self._sine, now.height - leg.height_m - leg.slope * along

    def step(self, before: Quantities, now: Quantities, terms: dict[str, float]) -> str:
        """Judge one control step."""
        if self._begun_s is None:
            self._begun_s = before.time
            self._marks.append(self._sides[self._number].mark(before.time))
        if not self._potentials:
            self._potentials = self._measure(*self._place(before))
        place = self._place(now)
        potentials = self._measure(*place)
        for name, value in potentials.items():
            terms[name] = value - self._potentials[name]
        self._potentials, self._now = potentials, now
        outcome = self._judge(now, *place)
        self._costs(before, now, place[1], place[3], terms)
        terms["success"] = terms["quality"] = terms["failure"] = 0.0
        if outcome == "arrived":
            terms["success"], terms["quality"] = 1.0, 1.0 - min(1.0, 0.25 * self._gate_errors)
        elif outcome:
            left = 1.0 - (now.time - self._begun_s) / self.time_limit_s
            terms["failure"] = 0.5 if self.at_gate else 1.0 + max(0.0, left)
        elif self._number < len(self._sides) - 1:
            self._turn(now.time, place[0], place[2])
        return outcome

    def _measure(self, along: float, across: float, along_speed: float, above: float) -> dict[str, float]:
        span = self.flown_shape.span_m
        return {
            "progress": -(self._end - along + self._way_after) / (50 * span),
            "line": -0.5 * math.log1p((0.5 * across / span) ** 2),
            "glide": -0.5 * math.log1p((above / span) ** 2),
        }

    def _turn(self, time: float, along: float, along_speed: float) -> None:
        """Ask for the next leg when its corner is reached."""
        side, after = self._sides[self._number : self._number + 2]
        if self.flown_shape.corner_reached(side, after, along, along_speed):
            self._ask(self._number + 1)
            self._marks.append(self._sides[self._number].mark(time))

    def _judge(self, now: Quantities, along: float, across: float, along_speed: float, above: float) -> str:
        shape = self.flown_shape
        if now.strike:
            return "strike"
        if now.wheels_on_ground > 0:
            return "sank"
        if (
            math.hypot(now.x - shape.aim_x_m, now.y) > FARTHEST_SPANS * shape.span_m
            or now.height > HIGHEST * shape.height_m
        ):
            return "lost"
        if self._number < len(self._sides) - 1 or along < 0.0:
            return ""
        self.at_gate = True
        speed = now.airspeed / self.aircraft.stall_speed_mps
        course = math.atan2(-now.vy, now.vx) - self.leg().course
        course = math.atan2(math.sin(course), math.cos(course))
        errors = (
            across / (GATE_WIDTH_SPANS * shape.span_m),
            above / (GATE_HEIGHT_SHARE * shape.gate_height_m),
            (2 * speed - GATE_SLOWEST - GATE_FASTEST) / (GATE_FASTEST - GATE_SLOWEST),
            now.roll / GATE_BANK,
            course / GATE_COURSE,
        )
        self._gate_errors = sum(min(3.0, error * error) for error in errors)
        words = (("wide", "wide"), ("low", "high"), ("slow", "fast"), ("banked", "banked"), ("turned", "turned"))
        faults = (pair[int(error > 0)] for pair, error in zip(words, errors, strict=True) if abs(error) > 1)
        return next(faults, "arrived")

    def _costs(self, before: Quantities, now: Quantities, across: float, above: float, terms: dict[str, float]) -> None:
        span, dt = self.flown_shape.span_m, self.step_s
        speed = now.airspeed / self.aircraft.stall_speed_mps
        terms["off_line"] = dt * min(4.0, (0.1 * across / span) ** 2)
        terms["off_glide"] = dt * min(4.0, (above / (3 * span)) ** 2)
        terms["speed"] = dt * min(4.0, (10 * max(SLOWEST - speed, speed - FASTEST, 0.0)) ** 2)
        terms["bank"] = dt * min(4.0, (max(0.0, abs(now.roll) - MOST_BANK) / math.radians(10)) ** 2)
        terms["slip"] = dt * min(4.0, now.accel_y**2)
        terms["smoothness"] = sum((getattr(now, c) - getattr(before, c)) ** 2 for c in CHANNELS)
        terms["pitch_rate"] = dt * now.q * now.q
        terms["time"] = dt
        self._squares[0] += min(across * across, (20 * span) ** 2)  # the way into a leg would drown the way along it
        self._squares[1] += min(above * above, (5 * span) ** 2)
        self._steps += 1
        self._most_bank = max(self._most_bank, abs(now.roll))
        self._slowest = min(self._slowest, now.airspeed)

    def is_success(self, outcome: str) -> bool:
        """Only a flight handed over within the gate counts."""
        return outcome == "arrived"

    def marks(self) -> dict[str, Any]:
        """The straights flown."""
        return {"legs": self._marks}

    def metrics(self) -> dict[str, float]:
        """Root mean square distance from the legs (cut at 20 b across, 5 b of height), bank, speed, time."""
        count = max(self._steps, 1)
        figures = {
            "cross_track_m": math.sqrt(self._squares[0] / count),
            "height_error_m": math.sqrt(self._squares[1] / count),
            "bank_deg": math.degrees(self._most_bank),
            "time_s": self._now.time - (self._begun_s or 0.0) if self._now else 0.0,
        }
        if self._slowest < math.inf:
            figures["slowest_vs"] = self._slowest / self.aircraft.stall_speed_mps
        if self.at_gate:
            figures["gate_errors"] = self._gate_errors
        return figures
