"""Lines: their climb, their heading, and where the roll lies on them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from envs.base.frames import Array
from envs.figures.judge.notes import Notes, line_word, mean_over, roll_word, wrapped
from envs.figures.judge.parts import Flown, Part
from envs.figures.judge.rules import (
    NEW_PEAK_DEG,
    VISIBLE_CENTRING_B,
    VISIBLE_DEG,
    ZERO_DEG,
    angle_points,
    centring_points,
    growth,
)
from envs.figures.judge.track import Seen

LOOKED_S = 0.3
"""A line's direction is seen over this time (ours)."""
STEEP_DEG = 60.0
"""Steeper lines have no heading: they lean to a side (ours)."""
SHORTEST_B = 2.0
"""Lines that are asked for this long and hardly flown are missing (ours)."""
STALLED_SHARE = 0.5
"""Of the usual speed: slower beside a stall turn it drifts, stalled, for which 5B.7.4 takes nothing (ours)."""
MISSING_SHARE, MISSING_POINTS = 0.2, 3.0
"""A line shorter than this share of what its figure's size asks for is missing; annex 5B takes 3 points."""


@dataclass
class Plane:
    """How the figure's plane is flown: heading error that is marked already, deg, + left."""

    heading_deg: float = 0.0


def judge_line(flown: Flown, part: Part, plane: Plane, notes: Notes, scale: float) -> None:
    """Note a line's faults; `scale` is the figure's size over that asked for."""
    seen = flown.seen
    word = line_word(flown, part)
    length = flown.span_way(part.begin, part.end)
    first, last = _inner(flown, part)
    between = flown.begin < part.begin and part.end < flown.end
    if between and part.asked_m >= SHORTEST_B * flown.span_m and length < MISSING_SHARE * scale * part.asked_m:
        notes.downgrade(part.middle, MISSING_POINTS, f"{word}: missing, {length:.1f} m flown", length, part.asked_m)
        return
    if last - first < 2:
        return
    here = slice(first, last)
    climb = np.degrees(mean_over(wrapped(seen.theta[here] - part.asked_rad), LOOKED_S))
    steep = abs(np.sin(part.asked_rad)) > np.sin(np.radians(STEEP_DEG))
    side = np.degrees(mean_over(seen.out[here] if steep else _heading(seen, here), LOOKED_S))
    if abs(np.median(climb)) >= ZERO_DEG:
        notes.zero(first + (last - first) // 2, f"{word}: flown {abs(np.median(climb)):.0f} deg out of its direction")
        return
    for at, grown in growth(climb, VISIBLE_DEG, NEW_PEAK_DEG):
        off = _climb_words(part, float(climb[at]))
        notes.downgrade(first + at, angle_points(grown), f"{word}: {off}", abs(climb[at]), VISIBLE_DEG)
    for at, grown in growth(side, VISIBLE_DEG, NEW_PEAK_DEG, 0.0 if steep else plane.heading_deg):
        lean = "leans" if steep else "heading"
        reason = f"{word}: {lean} {abs(side[at]):.0f} deg {'left' if side[at] > 0 else 'right'} of the figure's plane"
        notes.downgrade(first + at, angle_points(grown), reason, abs(side[at]), VISIBLE_DEG)
    if not steep:
        plane.heading_deg = float(side[-1])


def judge_centring(flown: Flown, part: Part, notes: Notes) -> None:
    """Note where the roll of a line lies off its middle, of lines whose both ends are seen: not the figure's ends."""
    rolls = [roll for roll in flown.rolls if roll.element in part.elements]
    if not rolls or part.elements[0] == 0 or part.elements[-1] == len(flown.bounds) - 2:
        return
    asked = flown.asked
    starts = (asked.ends_m(part.elements[0])[0], asked.ends_m(rolls[0].element)[0])
    ends = (asked.ends_m(rolls[-1].element)[1], asked.ends_m(part.elements[-1])[1])
    before_m, after_m = starts[1] - starts[0], ends[1] - ends[0]
    before, after = flown.span_way(part.begin, rolls[0].begin), flown.span_way(rolls[-1].end, part.end)
    word = f"{line_word(flown, part)}: {roll_word(rolls[0])} off its middle"
    if min(before_m, after_m) >= 0.5 * flown.span_m:
        if abs(before - after * before_m / after_m) < VISIBLE_CENTRING_B * flown.span_m:
            return
        points = centring_points(before / before_m, after / after_m)
        reason = f"{word}, {max(before, 0):.1f} m before and {max(after, 0):.1f} m after it"
        longer, shorter = max(before / before_m, after / after_m), min(before / before_m, after / after_m)
        notes.downgrade(rolls[0].begin, points, reason, longer / max(shorter, 0.01), 1.1, rolls[0].element)


def _inner(flown: Flown, part: Part) -> tuple[int, int]:
    """The samples of a line by which it is judged: without its joints."""
    seen = flown.seen
    joint = min(0.25 * flown.span_way(part.begin, part.end), flown.span_m)
    first = int(np.searchsorted(seen.way, seen.way[part.begin] + joint))
    last = int(np.searchsorted(seen.way, seen.way[part.end] - joint))
    turns = [turn for turn in flown.parts if turn.kind == "stall_turn"]
    flies = np.flatnonzero(seen.speed[first:last] > STALLED_SHARE * np.quantile(seen.speed, 0.6))
    if len(flies) and any(turn.begin == part.end for turn in turns):
        last = first + int(flies[-1]) + 1
    if len(flies) and any(turn.end == part.begin for turn in turns):
        first += int(flies[0])
    return first, last


def _heading(seen: Seen, here: slice) -> Array:
    """Heading error (rad), + left of the figure's plane, of a track that may lead along it either way."""
    ahead = seen.direction[here] @ seen.ahead
    side = seen.direction[here] @ seen.left
    return np.arctan(side / np.where(np.abs(ahead) < 1e-6, 1e-6, ahead))


def _climb_words(part: Part, off_deg: float) -> str:
    """How a line's direction is off, as in `8 deg too steep` or `climbs 5 deg`."""
    rise = np.sin(part.asked_rad)
    nose_up = off_deg * np.cos(part.asked_rad) > 0
    if abs(rise) < 0.1:
        return f"{'climbs' if nose_up else 'sinks'} {abs(off_deg):.0f} deg"
    if abs(rise) > 0.99:
        return f"{abs(off_deg):.0f} deg off the vertical"
    steeper = nose_up == (rise > 0)
    return f"{abs(off_deg):.0f} deg too {'steep' if steeper else 'flat'}"
