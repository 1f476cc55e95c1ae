"""Stall turns and spins: what the nose does where the track says little."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from envs.base.frames import Array
from envs.figures.elements import Spin
from envs.figures.judge.notes import Notes, mean_over
from envs.figures.judge.parts import Asked, Flown, Part
from envs.figures.judge.rules import (
    PIVOT_B,
    STALL_DEG,
    VISIBLE_DEG,
    VISIBLE_PIVOT_B,
    WING_OVER_B,
    ZERO_DEG,
    angle_points,
    pivot_points,
    pivot_width_m,
)
from envs.figures.judge.track import STEP_S, Seen

VISIBLE_SWING_DEG = 5.0
"""The nose may leave the wings' plane by this in a stall turn before it is seen (ours)."""
FREE_ROTATION_DEG = 90.0
"""Rotation of a spin that may be flown unstalled: half while the wing lets go, half in the recovery (ours)."""
STILL_SHARE = 0.25
"""Of the mean rate of a roll or a spin: slower than this it has not begun, or is over (ours)."""
STUTTER_S = 0.3
"""A spin may pause this long in its rotation (ours)."""
EARLY_STALL_S = 2.0
"""A wing may stall this long before the nose has dropped (ours)."""
STOPPED_S = 0.3
"""After its rotation has stopped a spin is looked at for this long, for where it points (ours)."""
DRIFT_LOOKED_S, DRIFT_MEAN_S = 1.0, 0.3
"""So long before and after a swing its drift is looked for, and a speed is looked at (ours)."""
STALLED_SHARE = 0.5
"""Of the rest: less than this stalled is a spiral dive (ours; annex 5B gives a spiral dive no points)."""


def stopped(asked: Asked, parts: list[Part], seen: Seen) -> tuple[Part, ...]:
    """Spins cut where the wing stalls, and where the rotation stops: slower than a share of its mean."""
    for i, spin in enumerate(parts[:-1]):
        if spin.kind != "spin":
            continue
        low, after = max(0, spin.begin - round(EARLY_STALL_S / STEP_S)), parts[i + 1]
        if i:
            low = max(low, parts[i - 1].middle)
        stalled = np.flatnonzero(np.abs(seen.alpha[low : spin.end]) >= np.radians(STALL_DEG))
        begin = low + int(stalled[0]) if len(stalled) else spin.begin
        turned = turned_about_vertical(seen, begin, len(seen) - 1)
        if len(turned) < 5:
            continue
        usual = max(after.end - begin, round(EARLY_STALL_S / STEP_S))
        element = asked.path.figure.elements[spin.elements[0]]
        end = begin + end_of_rotation(turned - turned[0], usual, element.part)
        end = min(end, len(seen) - 1)  # a flight may end while it still turns
        parts[i], parts[i + 1] = replace(spin, begin=begin, end=end), replace(after, begin=min(end, after.end))
        if i:
            parts[i - 1] = replace(parts[i - 1], end=begin)
    return tuple(parts)


def swung(parts: list[Part], seen: Seen) -> list[Part]:
    """Stall turns cut where the nose leaves the vertical, and where it points straight down."""
    for i, turn in enumerate(parts):
        if turn.kind != "stall_turn":
            continue
        low = parts[i - 1].middle if i else 0
        high = parts[i + 1].middle if i + 1 < len(parts) else len(seen) - 1
        rise = seen.nose[low : high + 1, 2]
        level = np.flatnonzero((rise[:-1] > 0.0) & (rise[1:] <= 0.0))
        if not len(level):
            continue
        over = int(level[np.argmin(np.abs(level + low - turn.middle))])
        steep = np.sin(np.radians(75.0))
        up, down = np.flatnonzero(rise[: over + 1] > steep), np.flatnonzero(rise[over:] < -steep)
        begin = low + (int(up[-1]) if len(up) else 0)
        end = low + over + (int(down[0]) if len(down) else len(rise) - over - 1)
        parts[i] = replace(turn, begin=begin, end=end, turned_rad=float(low + over))
        if i:
            parts[i - 1] = replace(parts[i - 1], end=begin)
        if i + 1 < len(parts):
            parts[i + 1] = replace(parts[i + 1], begin=end)
    return parts


def end_of_rotation(turned: Array, count: int, part: object) -> int:
    """Sample at which a rotation (n,), rad, stops for more than a stutter, once half of the spin is done if it ever is.

    How fast is fast is seen in the first `count` samples.
    """
    rate = np.abs(mean_over(np.gradient(turned), 0.1))
    fast = np.flatnonzero(rate > STILL_SHARE * float(np.quantile(rate[:count], 0.75)))
    if not len(fast):
        return count
    assert isinstance(part, Spin)
    half = np.flatnonzero(np.abs(turned) >= np.pi * part.turns)
    pauses = fast[:-1][np.diff(fast) > round(STUTTER_S / STEP_S)]
    late = pauses[pauses > half[0]] if len(half) else pauses
    return int(late[0] if len(late) else fast[-1]) + 1


def turned_about_vertical(seen: Seen, begin: int, end: int) -> Array:
    """Unwrapped heading (n,), rad, + clockwise seen from above, that does not jump where the nose points straight down.

    A nose that falls takes the canopy's horizontal part forwards with it, so the sum of both keeps its direction.
    """
    nose, canopy = seen.nose[begin : end + 1], seen.canopy[begin : end + 1]
    way = nose + canopy * np.copysign(1.0, canopy[0, 2])
    return -np.unwrap(np.arctan2(way[:, 1], way[:, 0]))


def judge_stall_turn(flown: Flown, part: Part, notes: Notes) -> None:
    """Note whether the nose swings over in the plane of the wings, to the side asked for, and how wide the pivot is."""
    seen, span = flown.seen, flown.span_m
    over = int(part.turned_rad)
    if not over:
        notes.zero(part.middle, "stall turn: the nose never swings from straight up to straight down: another figure")
        return
    first_m, last_m = flown.asked.ends_m(part.elements[0])
    side = flown.asked.path.at(0.5 * (first_m + last_m)).tangent
    nose = seen.nose[over] * np.array([1.0, 1.0, 0.0])
    nose /= max(float(np.linalg.norm(nose)), 1e-9)
    off = float(np.degrees(np.arccos(np.clip(nose @ side, -1.0, 1.0))))
    if off >= ZERO_DEG - 15.0:
        to = "to the other side" if off > ZERO_DEG + 15.0 else "forwards or backwards, not over the rudder"
        notes.zero(over, f"stall turn: the nose falls {to}")
        return
    if off >= VISIBLE_SWING_DEG:
        reason = f"stall turn: the nose leaves the plane of the wings by {off:.0f} deg"
        notes.downgrade(over, angle_points(off), reason, off, VISIBLE_SWING_DEG)
    width = _width(seen, part) / span
    if width > WING_OVER_B:
        notes.zero(over, f"stall turn: pivots {width:.1f} spans wide, a wing-over")
    elif width > PIVOT_B + VISIBLE_PIVOT_B:
        reason = f"stall turn: pivots {width:.1f} spans wide"
        notes.downgrade(over, pivot_points(width), reason, width, PIVOT_B)


def _moved(seen: Seen, part: Part) -> Array:
    """How far (2,), m, it came over the ground in a swing, seen from above."""
    return (seen.position[part.end] - seen.position[part.begin])[:2]


def _width(seen: Seen, part: Part) -> float:
    """How wide (m) a swing is, seen from above, without its drift: annex 5B (5B.7.4) has that ignored.

    Before the swing drift is how fast it goes sideways where its nose points straightest up, where no flight along the
    nose leads aside. It may go on so, or more and more as the wind does by the swing's end: which of what lies between
    cannot be seen, and that which makes the swing narrowest is taken. Where nobody knows the wind, drift changes evenly
    to how fast it goes sideways where its nose points straightest down after the swing.
    """
    looked, count = round(DRIFT_LOOKED_S / STEP_S), round(DRIFT_MEAN_S / STEP_S)
    first = max(0, part.begin - looked)
    up = first + int(np.argmax(seen.nose[first : part.begin + 1, 2]))
    before = seen.velocity[max(0, up - count) : up + 1, :2].mean(axis=0)
    if seen.wind is None:
        last = min(len(seen) - 1, part.end + looked)
        down = part.end + int(np.argmin(seen.nose[part.end : last + 1, 2]))
        after = seen.velocity[down : down + count, :2].mean(axis=0)
        shares = (np.arange(part.begin, part.end)[:, None] - up) / max(1, down - up)
        drifted = ((1.0 - shares) * before + shares * after).sum(axis=0) * STEP_S
        return float(np.linalg.norm(_moved(seen, part) - drifted))
    taken_s = (part.end - part.begin) * STEP_S
    (x, y), wind = _moved(seen, part) - before * taken_s, seen.wind[part.begin : part.end + 1, :2].mean(axis=0)
    drift_x, drift_y = 0.5 * taken_s * (wind - before)
    return pivot_width_m((x, y), (drift_x, drift_y))


def without_travel(flown: Flown) -> Array:
    """Positions (n, 3), m, without how far spins came over the ground beyond what is asked for.

    Annex 5B (5B.7.4) has drift in the stalled condition ignored: the figure goes on where it comes out of the spin.
    """
    seen, path = flown.seen, flown.asked.path
    position = seen.position.copy()
    for part in flown.parts:
        if part.kind != "spin" or part.end <= part.begin:
            continue
        first, last = path.sample(np.array(flown.asked.ends_m(part.elements[0])))[:, 0:2]
        beyond = _moved(seen, part) - (last - first)
        shares = np.clip((np.arange(len(seen)) - part.begin) / (part.end - part.begin), 0.0, 1.0)
        position[:, :2] -= shares[:, None] * beyond
    return position


def spun_the_other_way(flown: Flown) -> int:
    """How many spins are flown to the other side."""
    count = 0
    for part in flown.parts:
        element = flown.asked.path.figure.elements[part.elements[0]].part
        if isinstance(element, Spin) and part.end > part.begin:
            heading = turned_about_vertical(flown.seen, part.begin, part.end)
            count += (heading[-1] - heading[0]) * (1.0 if element.to == "right" else -1.0) < 0.0
    return count


def judge_spin(flown: Flown, part: Part, notes: Notes) -> None:
    """Note whether it is a spin, how far it turns, and what of it was flown unstalled."""
    seen, number = flown.seen, part.elements[0]
    asked = flown.asked.path.figure.elements[number].part
    assert isinstance(asked, Spin)
    last = min(part.end + round(STOPPED_S / STEP_S), len(seen) - 1)
    here = slice(part.begin, last + 1)
    side = 1.0 if asked.to == "right" else -1.0
    heading = np.degrees(side * turned_about_vertical(seen, part.begin, last))
    heading -= heading[0]
    turned = float(np.median(heading[-max(2, round(0.5 * STOPPED_S / STEP_S)) :]))
    off = turned - 360.0 * asked.turns
    if abs(off) >= ZERO_DEG:
        wrong = f"turns {abs(turned) / 360:.1f} times" + (" the other way" if turned < -45 else "")
        notes.zero(part.middle, f"spin: {wrong} where {asked.turns:g} turns {asked.to} are asked for")
        return
    rotation = np.maximum(np.diff(heading), 0.0)
    stalled = np.abs(np.degrees(seen.alpha[here]))[1:] >= STALL_DEG
    whole, unstalled = float(rotation.sum()), float(rotation[~stalled].sum())
    free = min(FREE_ROTATION_DEG, 0.25 * whole)
    if whole - unstalled < STALLED_SHARE * (whole - free):
        share = 100.0 * (1.0 - unstalled / max(whole, 1e-9))
        notes.zero(part.middle, f"spin: only {share:.0f} % of the rotation is stalled: a spiral dive")
        return
    at = part.begin + int(np.argmax(~stalled & (rotation > 0.0))) if unstalled else part.begin
    if unstalled > free:
        reason = f"spin: {unstalled:.0f} deg of the rotation unstalled"
        notes.downgrade(at, angle_points(unstalled - free), reason, unstalled, free, number)
    if abs(off) >= VISIBLE_DEG:
        reason = f"spin: {'over' if off > 0 else 'under'}-rotates by {abs(off):.0f} deg"
        notes.downgrade(part.end, angle_points(off), reason, abs(off), VISIBLE_DEG, number)
