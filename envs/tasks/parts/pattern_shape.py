"""The shape of an aerodrome circuit: where its legs run, how high, and where a landing takes over."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from envs.aircraft.aircraft import Aircraft
from envs.base.quantities import Quantities
from envs.base.runway import Runway
from envs.tasks.parts.landing_starts import AIM_SHARE, GLIDE, turn_radius
from envs.tasks.parts.task import Leg

CRUISE_VS = 1.35  # airspeed of the circuit, stall speeds
FINAL_SPANS = 40.0  # the turn onto final ends here before the aim point: middle of the landing's base starts
GATE_RADII = 1.45  # base leg is handed over this far from the centreline, in turn radii: likewise
SETTLE_RADII = 2.2  # from the downwind leg to the gate: one for the turn, the rest to settle on base leg
PATTERN_SPANS, PATTERN_M = 20.0, 20.0  # circuit height: the larger; the take-off alone ends above 15 m
UPWIND_SHARE, UPWIND_RADII = 0.75, 2.0  # crosswind leg: this far along the runway, and this far ahead
LEAD_LEAST, LEAD_MOST = 0.4, 2.2  # radii before a corner at which the next leg is asked for


def circuit_height(span_m: float) -> float:
    """Height (m) of the circuit."""
    return max(PATTERN_SPANS * span_m, PATTERN_M)


class LegFrame:
    """Axes along and right of a leg, over the ground, and where the aircraft is in them.

    `follow` sets the aircraft's place: `along_m`, `across_m` (right +), `above_m`, and `along_mps`, its speed over
    ground along the leg. They are attributes, not a tuple returned, because every control step of a flight sets them.

    The observation has the same axes, compiled (envs.observation._follow). The height above the leg is rounded
    differently there, in the last bit, so neither can take the place of the other without changing flights.
    """

    def __init__(self, leg: Leg) -> None:
        self.leg = leg
        self.along_m = self.across_m = self.above_m = self.along_mps = 0.0
        # The course is + clockwise, world y is left.
        self._cosine, self._sine = math.cos(leg.course), -math.sin(leg.course)

    def follow(self, now: Quantities) -> None:
        """Take the aircraft's place at a moment."""
        leg, cosine, sine = self.leg, self._cosine, self._sine
        dx, dy = now.x - leg.x_m, now.y - leg.y_m
        self.along_m = along = dx * cosine + dy * sine
        self.across_m = dx * sine - dy * cosine
        self.along_mps = now.vx * cosine + now.vy * sine
        self.above_m = now.height - leg.height_m - leg.slope * along

    def point(self, along_m: float, across_m: float) -> tuple[float, float]:
        """World x and y (m) of a place along and right of the leg."""
        leg, cosine, sine = self.leg, self._cosine, self._sine
        return leg.x_m + along_m * cosine + across_m * sine, leg.y_m + along_m * sine - across_m * cosine


@dataclass(frozen=True)
class Straight:
    """One straight of the circuit: its name, its leg, and where along the leg it starts and ends (m)."""

    name: str
    leg: Leg
    start_m: float
    end_m: float

    def mark(self, from_s: float) -> dict[str, Any]:
        """The straight as a picture needs it (Task.marks), flown from a moment on."""
        leg = self.leg
        return {
            "name": self.name,
            "from_s": from_s,
            "x_m": leg.x_m,
            "y_m": leg.y_m,
            "course_deg": math.degrees(leg.course),
            "height_m": leg.height_m,
            "slope": leg.slope,
            "start_m": self.start_m,
            "end_m": self.end_m,
        }


@dataclass(frozen=True)
class PatternShape:
    """A circuit of one aircraft over one runway; lengths in m, world axes. `side`: +1 left-hand, -1 right-hand."""

    span_m: float
    radius_m: float  # of a turn at 1.35 Vs and 25 deg of bank, in still air
    cruise_mps: float
    height_m: float
    aim_x_m: float
    runway_m: float
    side: float

    @staticmethod
    def of(aircraft: Aircraft, runway: Runway, side: float) -> PatternShape:
        """The circuit of an aircraft, scaled by its turn radius and span."""
        cruise = CRUISE_VS * aircraft.stall_speed_mps
        radius = turn_radius(aircraft.stall_speed_mps)
        return PatternShape(
            aircraft.span_m,
            radius,
            cruise,
            circuit_height(aircraft.span_m),
            AIM_SHARE * runway.length_m,
            runway.length_m,
            side,
        )

    @property
    def gate_y_m(self) -> float:
        """Distance of the gate from the centreline."""
        return GATE_RADII * self.radius_m

    @property
    def downwind_y_m(self) -> float:
        """Distance of the downwind leg from the centreline."""
        return self.gate_y_m + SETTLE_RADII * self.radius_m

    @property
    def base_x_m(self) -> float:
        """Where base leg crosses the extended centreline."""
        return self.aim_x_m - FINAL_SPANS * self.span_m - self.radius_m

    @property
    def way_m(self) -> float:
        """From the gate to the aim point, along the turn onto final."""
        return FINAL_SPANS * self.span_m + self.radius_m * (0.5 * math.pi - 1) + self.gate_y_m

    @property
    def gate_height_m(self) -> float:
        """Height at the gate: the glide path along the way left, and a span above, as the landing's base starts."""
        return GLIDE * self.way_m + self.span_m

    def crosswind_x_m(self, x_m: float) -> float:
        """Where the crosswind leg of an aircraft climbing out at `x_m` runs."""
        return max(UPWIND_SHARE * self.runway_m, x_m + UPWIND_RADII * self.radius_m)

    def corner_reached(self, straight: Straight, after: Straight, along_m: float, along_mps: float) -> bool:
        """Whether to turn onto the straight `after`, at a place along `straight` with that speed over ground.

        A turn takes a radius, more with the wind behind, which goes on carrying the aircraft while it turns.
        """
        drift = 0.5 * math.pi * (along_mps / self.cruise_mps - 1.0)
        same_way = after.leg.course == straight.leg.course
        lead = 0.0 if same_way else self.radius_m * max(LEAD_LEAST, min(LEAD_MOST, 1.0 + drift))
        return along_m > straight.end_m - lead

    def straights(self, x_m: float, laps: int = 1) -> list[Straight]:
        """The straights from climb-out at `x_m` to the gate; all but the last of `laps` go round at circuit height."""
        across, width, height = 0.5 * math.pi * self.side, self.downwind_y_m, self.height_m
        straights: list[Straight] = []
        for lap in range(laps):
            corner = self.crosswind_x_m(x_m) if lap == 0 else self.crosswind_x_m(0.0)
            length = corner - self.base_x_m
            straights.append(Straight("upwind", Leg(0.0, 0.0, 0.0, height, 0.0), min(x_m, corner), corner))
            straights.append(Straight("crosswind", Leg(corner, 0.0, -across, height, 0.0), 0.0, width))
            downwind = Leg(corner, self.side * width, math.pi, height, 0.0)
            if lap < laps - 1:
                base = Leg(self.base_x_m, self.side * width, across, height, 0.0)
                straights += [Straight("downwind", downwind, 0.0, length), Straight("base", base, 0.0, width)]
                continue
            # Down the glide path along the way left, which the turn onto base leg shortens.
            way = width - self.gate_y_m - (2 - 0.5 * math.pi) * self.radius_m
            corner_height = self.gate_height_m + GLIDE * way
            level = max(0.0, length - (height - corner_height) / GLIDE)
            descent = Leg(self.base_x_m, self.side * width, math.pi, corner_height, -GLIDE)
            base = Leg(self.base_x_m, self.side * self.gate_y_m, across, self.gate_height_m, -GLIDE)
            straights += [
                Straight("downwind", downwind, 0.0, level),
                Straight("descent", descent, level - length, 0.0),
                Straight("base", base, -SETTLE_RADII * self.radius_m, 0.0),
            ]
        return straights
