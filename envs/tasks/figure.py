"""Figure: aerobatics, along a path in space with the roll asked for, from level flight to level flight."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from envs.aircraft.aircraft import Aircraft
from envs.base.breach import Breach, strike
from envs.base.quantities import Quantities
from envs.base.runway import Runway
from envs.figures.capability import Capability
from envs.figures.display import Display, find_display
from envs.figures.guide import Guide
from envs.figures.needs import check_possible, obstacles
from envs.figures.path import FigurePath, figure_path, placed
from envs.tasks.parts.commands import CommandActivity
from envs.tasks.parts.options import Option, share
from envs.tasks.parts.task import Leg, Start, Task
from envs.tasks.stunts.drawn import random_figure
from envs.tasks.stunts.record import DisplayRecord
from envs.tasks.stunts.reward import FigureReward
from envs.tasks.stunts.starts import before_entry, on_the_way

RANDOM = "random"
LOST_M = 15.0  # as ArduPilot's own test of its scripted aerobatics
STUCK_S, STUCK_SLOW_S, STUCK_B = 2.5, 6.0, 0.5  # no such way in that time; where it stands or falls, the longer
AWAY_COS, AWAY_S = -0.35, 0.8  # track against the path's direction for so long: wrong way
SLOWEST_MEAN_VS, SPARE_S = 0.6, 10.0  # of the time limit: the whole way at this speed, and some
LONGEST_B = 250.0  # of figures drawn by chance; 95 % are shorter
USUAL = ("loop",)


class FigureTask(Task):
    """`ModelAircraft/Figure-v0`: an aerobatic figure, `figure="loop"`, or a whole sequence, flown before the judge.

    ## Description
    The aircraft follows the path of a figure (envs/figures) with the roll asked for along it. The path is fixed to the
    ground, over the runway's centreline and centred on its middle, flown in either direction: the wind must be
    corrected. The figures of a sequence (`figure="club"`) follow each other along one continuous path, with level lines
    between them, and are marked one by one. Each shipped figure and sequence has an id of its own as well, as
    `ModelAircraft/Loop-v0`. Vs is the stall speed, b the span.

    ## Action
    Aileron, elevator, rudder, throttle, each in -1..1, as `envs.flight_env.FlightEnv` describes them.

    ## Observation
    x is the quantity read; readings marked `state` are left out with `observation="sensors"`. It is the same for every
    figure, and made of vectors in body axes, so that nothing jumps at any attitude.

    {observation}

    ## Reward
    The sum of scale x term over these terms, at each control step:

    {reward}

    ## Starting state
    In level trimmed flight 2 to 8 b before the entry, up to 0.7 b off it, or (a share `path_share`) anywhere on the
    way as asked for there, up to 1 b, 15 deg and a quarter of the speed off it.

    ## Episode end
    The flight ends (`terminated`) at the end of the path, or before with a failure:

    {outcomes}

    The clock truncates: `timeout`.

    ## Arguments
    `figure` of `gymnasium.make`: the name of a figure in configs/figures or of a sequence in configs/sequences, a path
    to a file of either kind, a list of them, of which each flight draws one that the aircraft can fly, or "random":
    elements drawn from the seed. `task_options`:

    {options}

    ## Version history
    v0: first version.
    """

    rewards = FigureReward
    start_options = (
        share("path_share", 0.0, "share of the flights that start anywhere on the way"),
        share("random_share", 0.0, "share of the flights that fly elements drawn by chance instead of the figure"),
        share("mirrored_share", 0.0, "share of the flights with all rolls and turns to the other side"),
        Option("course", 0, "-", "+1 along the runway, -1 against it, 0 drawn for each flight", -1, 1, whole=True),
        Option("judged", 1, "-", "1: a figure flown is marked; 0: not, which takes time in training", 0, 1, whole=True),
        Option("lost_b", 8.0, "b", "distance from the path at which it is lost; 15 m in any case", 0.5, 20),
    )
    outcomes: ClassVar = {
        "flown": "it came to the end of the figure",
        "strike": "something other than a wheel touched the ground",
        "sank": "a wheel touched the ground",
        "lost": "it was more than 8 b or 15 m from the path asked for",
        "stuck": "it came no farther along the path",
        "away": "it flew against the direction of the path",
    }
    phrases: ClassVar = {
        "flown": "flew the figure",
        "strike": "hit the ground",
        "sank": "sank to the ground",
        "lost": "lost the figure's path",
        "stuck": "came no farther in the figure",
        "away": "flew the wrong way",
    }
    successes = ("flown",)
    follows_path = True
    time_limit_s = 60.0
    observations = (
        "airspeed",
        *(f"{name}_{axis}" for name in ("up", "track") for axis in "xyz"),
        "roll_rate",
        "pitch_rate",
        "yaw_rate",
        "load_factor",
        "accel_forward",
        "accel_right",
        "rotor_speed",
        *(f"path_{name}_{axis}" for name in ("off", "way", "canopy") for axis in "xyz"),
        *(f"{kind}_{name}_{axis}" for name in ("near", "mid", "far", "farther") for kind in ("path", "canopy")
          for axis in "xyz"),
        *(f"path_{name}" for name in ("left", "above", "bank", "bank_near", "drift", "climb")),
        "too_fast",
        "pivot",
        "spin",
        "aileron_command",
        "elevator_command",
        "rudder_command",
        "throttle_command",
        "alpha",
        "beta",
        "wind_along",
        "wind_across",
        "wind_up",
    )  # fmt: skip

    def __init__(self, aircraft: Aircraft, runway: Runway, options: dict[str, Any], step_s: float) -> None:
        super().__init__(aircraft, runway, options, step_s)
        self._reward = FigureReward(aircraft, step_s, self.successes[0])
        self.fly_figures(USUAL)

    def fly_figures(self, figures: Sequence[str]) -> None:
        """What is flown from the next flight on: names or paths, of which each flight draws one; or RANDOM."""
        known = {name: find_display(name) for name in figures if name != RANDOM}
        if known and figures != USUAL:
            known = self._possible(known)
        figures = [name for name in figures if name == RANDOM or name in known]
        self.figures, span = tuple(figures), self.aircraft.span_m
        self._displays = known
        self._paths = {name: figure_path(display.figure, span) for name, display in known.items()}
        longest = max((path.length_m for path in self._paths.values()), default=LONGEST_B * span)
        longest = max(longest, LONGEST_B * span) if RANDOM in figures else longest
        self.time_limit_s = longest / (SLOWEST_MEAN_VS * self.aircraft.stall_speed_mps) + SPARE_S
        display = known.get(figures[0]) or Display.of(RANDOM, random_figure(np.random.default_rng(0)))
        self.begin(display, 0.0, False, self._paths.get(figures[0]))
        self.enter(0.0)

    def _possible(self, known: dict[str, Display]) -> dict[str, Display]:
        """Of several figures those that the aircraft can fly. Raises ImpossibleFigureError where that is none."""
        craft = _capability(self.aircraft.model_dump_json())
        able = {
            name: display
            for name, display in known.items()
            if not any(obstacles(each.figure, craft) for each in display.flown)
        }
        if not able:
            self.check(next(iter(known.values())))
        return able

    def check(self, display: Display) -> None:
        """Raise ImpossibleFigureError, one line with the reason in numbers, where the aircraft cannot fly it."""
        for each in display.flown:
            check_possible(each.figure, _capability(self.aircraft.model_dump_json()))

    @property
    def figures_flown(self) -> int:
        """How many of the display's figures were flown to their end."""
        return len(self._record.ended_s)

    def start(self, rng: np.random.Generator) -> Start:
        """Draw a figure, the way it is flown, and where on it the flight begins."""
        options, drawn = self.options, rng.uniform(size=4)
        name = self.figures[int(rng.integers(len(self.figures)))]
        if name == RANDOM or drawn[0] < options["random_share"]:
            display, path = Display.of(RANDOM, random_figure(rng)), None
        else:
            display, path = self._displays[name], self._paths[name]
        course = options["course"] or math.copysign(1.0, drawn[1] - 0.5)
        self.begin(display, 0.0 if course > 0 else math.pi, bool(drawn[2] < options["mirrored_share"]), path)
        begun = (on_the_way if drawn[3] < options["path_share"] else before_entry)(rng, self._guide, self.aircraft)
        self.enter(begun.along_m)
        return begun.start

    def begin(self, display: Display, course_rad: float, mirrored: bool, path: FigurePath | None = None) -> None:
        """Fly `display` (whose path, in its own frame, is `path`) over the runway; forget the flight before."""
        span, stall = self.aircraft.span_m, self.aircraft.stall_speed_mps
        path = path or figure_path(display.figure, span)
        self.placing = display.placing(0.5 * self.runway.length_m, span, course_rad, mirrored)
        self.display, self.figure_name = display, display.name
        self.guide = self._guide = Guide(placed(path, *self.placing), stall, display.wanted_mps(path, stall))
        self._record = DisplayRecord(display, self.placing, span, self.runway)
        self._lost_m = min(self.options["lost_b"] * span, LOST_M)
        self._now: Quantities | None = None
        self._worst = self._sum = self._canopy_sum = self._counted = 0.0
        self._idle_s = self._away_s = 0.0
        self._activity = CommandActivity()

    def enter(self, along_m: float) -> None:
        """The flight is at an arc length (m) of the way, negative before its begin."""
        self._guide.begin(along_m)
        self._first_m = self._last_gain_m = max(0.0, along_m)
        self._is_judged = self._first_m == 0.0 and bool(self.options["judged"])  # not what began on the way

    def leg(self) -> Leg:
        """The entry track."""
        x, y, height, course, _ = self.placing
        return Leg(x, y, course, height, 0.0)

    def step(self, before: Quantities, now: Quantities, terms: dict[str, float]) -> str:
        """Judge one control step."""
        guide, reward = self._guide, self._reward
        reward.follow(guide, now)
        self._now = now
        outcome = self._judge(now)
        self._take_down(before, now)
        if outcome:
            reward.way_left = 1.0 - self._completed
        reward.pay(before, now, outcome, terms)
        return outcome

    @property
    def _completed(self) -> float:
        """Share of the way that is flown, of what was left at the start."""
        way = self._guide.path.length_m - self._first_m
        return min(1.0, max(0.0, float(self._guide.along[0]) - self._first_m) / way)

    def _judge(self, now: Quantities) -> str:
        """The outcome of this moment, "" while the flight goes on."""
        guide = self._guide
        along, _, off, track, _, _, pivot, spin, _ = guide.measured.tolist()
        if now.strike:
            return "strike"
        if now.wheels_on_ground > 0:
            return "sank"
        if along >= guide.path.length_m:
            return "flown"
        if off > self._lost_m:
            return "lost"
        slow = pivot != 0.0 or spin != 0.0 or guide.wanted_mps(along) < self.aircraft.stall_speed_mps
        if along > self._last_gain_m + STUCK_B * guide.span_m or along < 0.0:
            self._last_gain_m, self._idle_s = max(along, self._last_gain_m), 0.0
        else:
            self._idle_s += self.step_s
        if self._idle_s > (STUCK_SLOW_S if slow else STUCK_S):
            return "stuck"
        self._away_s = self._away_s + self.step_s if track < AWAY_COS and not slow else 0.0
        return "away" if self._away_s > AWAY_S else ""

    def _take_down(self, before: Quantities, now: Quantities) -> None:
        """Keep what the metrics and the judge need of this step."""
        _, _, off, _, canopy, *_ = self._guide.measured.tolist()
        if self._guide.along[0] > 0.0:
            self._worst = max(self._worst, off)
            self._sum += off
            self._canopy_sum += math.acos(max(-1.0, min(1.0, canopy)))
            self._counted += 1
        if self._is_judged:
            x, y = self._guide.carried[0].tolist()
            self._record.add(before, now, float(self._guide.along[0]), (x, y))
        self._activity.add(before, now)

    def marks(self) -> dict[str, Any]:
        """The figures and where they are flown."""
        return {"figures": self._record.marks()}

    def breach(self, outcome: str) -> Breach | None:
        """Of the moment at which the flight ended."""
        now = self._now
        if now is None:
            return None
        match outcome:
            case "strike":
                return strike(now)
            case "sank":
                return Breach("a wheel touched the ground", now.time)
            case "lost":
                return Breach.over(
                    "distance from the path", now.time, float(self._guide.measured[2]), self._lost_m, "m"
                )
            case "stuck":
                return Breach("half a span of the way is to be flown in that time", now.time)
            case "away":
                return Breach("it may not fly back along the path", now.time)
            case _:
                return None

    def metrics(self) -> dict[str, float]:
        """Mark of the judge, distances from the path, canopy's error, share flown, time."""
        count = max(1.0, self._counted)
        figures = {
            "path_error_m": self._worst,
            "mean_path_error_m": self._sum / count,
            "canopy_error_deg": math.degrees(self._canopy_sum / count),
            "completed": self._completed,
            "time_s": self._now.time if self._now else 0.0,
            **self._activity.metrics(self.step_s),
        }
        if not self._is_judged:
            return figures
        return {**self._record.metrics(), **figures}


@functools.cache
def _capability(drawing: str) -> Capability:
    """What an aircraft can do; reckoning it takes a second, and many environments fly the same."""
    return Capability.of(Aircraft.model_validate_json(drawing))
