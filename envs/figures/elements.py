"""What figures are made of: lines, arcs, stall turns, spins, each with bounds on every number.

Lengths and radii are in wing spans b, so that one file fits every size of model. Rolls are positive to the right, as
the pilot in it sees them. An arc's turn is positive towards the canopy as it is where the arc begins (stick pulled),
negative away from it (stick pushed).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from envs.base.config_file import Strict

Side = Literal["left", "right"]
KINDS = ("line", "arc", "stall_turn", "spin")
MOST_POINTS = 16


def _is_a_turn(value: float) -> float:
    if abs(value) < 1:
        raise ValueError(f"must be at least 1 deg to either side (got {value:g})")
    return value


class _Rolled(Strict):
    """What lines and arcs share: a roll all along them."""

    roll_deg: float = Field(
        default=0.0, ge=-3600, le=3600, description="roll spread evenly over the element, + to the right"
    )
    points: int = Field(
        default=1, ge=1, le=MOST_POINTS, description="equal parts of the roll, with a short stop between two [parts]"
    )

    @model_validator(mode="after")
    def _points_are_of_a_roll(self) -> _Rolled:
        if self.points > 1 and self.roll_deg == 0:
            raise ValueError(f"points: {self.points} parts of no roll: give roll_deg, or leave points out")
        return self


class StraightLine(_Rolled):
    """A straight line, rolled or not: level, climbing, falling, upright, inverted or on knife-edge."""

    length_b: float = Field(ge=0.25, le=150, description="of the line [b]")
    climb_deg: float = Field(
        default=0.0, ge=-90, le=90, description="above the horizon; must agree with the elements before it"
    )
    speed_vs: float | None = Field(
        default=None, gt=0, le=5, description="airspeed along it, as in a hover; null: as it comes [Vs]"
    )


class Arc(_Rolled):
    """Part of a circle in the figure's vertical plane, or all of it."""

    turn_deg: Annotated[float, AfterValidator(_is_a_turn)] = Field(
        ge=-1440, le=1440, description="change of the track's direction, + towards the canopy as it is at the start"
    )
    radius_b: float = Field(ge=1, le=60, description="of the circle [b]")


class StallTurn(Strict):
    """At the top of a vertical line: standing still, the rudder swings the nose from straight up to straight down."""

    to: Side = Field(description="side of the pilot to which the nose swings")


class Spin(Strict):
    """From level flight: stalled, the nose drops below the horizon, and the aircraft autorotates straight down."""

    turns: float = Field(ge=0.25, le=12, description="turns of autorotation [turns]")
    to: Side = Field(description="right: clockwise seen from above")


Part = StraightLine | Arc | StallTurn | Spin


class Element(Strict):
    """One element of a figure: exactly one of `line`, `arc`, `stall_turn`, `spin`."""

    line: StraightLine | None = Field(default=None, description="a straight line")
    arc: Arc | None = Field(default=None, description="part of a circle")
    stall_turn: StallTurn | None = Field(default=None, description="the nose swings over the rudder")
    spin: Spin | None = Field(default=None, description="autorotation")

    @model_validator(mode="after")
    def _is_one_thing(self) -> Element:
        given = [kind for kind in KINDS if getattr(self, kind) is not None]
        if len(given) != 1:
            raise ValueError(f"an element is one of {', '.join(KINDS)} (got {' and '.join(given) or 'none'})")
        return self

    @property
    def kind(self) -> str:
        """Which of KINDS it is."""
        return next(kind for kind in KINDS if getattr(self, kind) is not None)

    @property
    def part(self) -> Part:
        """What stands under its one key."""
        return getattr(self, self.kind)

    def mirrored(self) -> Element:
        """The same to the other side: rolls, stall turn and spin the other way round."""
        part = self.part
        if isinstance(part, StallTurn | Spin):
            changed = part.model_copy(update={"to": "left" if part.to == "right" else "right"})
        else:
            changed = part.model_copy(update={"roll_deg": -part.roll_deg + 0.0})
        return self.model_copy(update={self.kind: changed})

    def words(self) -> str:
        """The element as a caller says it: `pull 180° radius 12 b`."""
        part = self.part
        if isinstance(part, StraightLine):
            return _line_words(part)
        if isinstance(part, Arc):
            return _arc_words(part)
        if isinstance(part, StallTurn):
            return f"stall turn {part.to}"
        return f"spin {part.turns:g} turns {part.to}"


def _roll_words(part: _Rolled) -> str:
    if part.roll_deg == 0:
        return ""
    side = "right" if part.roll_deg > 0 else "left"
    points = f" in {part.points} points" if part.points > 1 else ""
    return f"roll {abs(part.roll_deg):g}° {side}{points}"


def _line_words(line: StraightLine) -> str:
    climb = line.climb_deg
    way = "level" if climb == 0 else "vertical" if abs(climb) == 90 else f"{abs(climb):g}°"
    way += "" if climb == 0 else " up" if climb > 0 else " down"
    roll, slow = _roll_words(line), "" if line.speed_vs is None else f" at {line.speed_vs:g} Vs"
    return f"{roll or 'line'} {way} {line.length_b:g} b{slow}"


def _arc_words(arc: Arc) -> str:
    pull = "pull" if arc.turn_deg > 0 else "push"
    roll = _roll_words(arc)
    return f"{pull} {abs(arc.turn_deg):g}° radius {arc.radius_b:g} b" + (f" with {roll}" if roll else "")
