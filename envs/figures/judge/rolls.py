"""Rolls and the wings between them: rate, points, where a roll ends, and wings that lie off what was asked for."""

from __future__ import annotations

import numpy as np

from envs.base.frames import Array
from envs.figures.judge.notes import Notes, mean_over, roll_word, wrapped
from envs.figures.judge.parts import Flown, Roll
from envs.figures.judge.rules import (
    NEW_PEAK_DEG,
    VISIBLE_DEG,
    VISIBLE_ROLL_RATIO,
    ZERO_DEG,
    angle_points,
    growth,
    roll_rate_points,
)
from envs.figures.judge.track import STEP_S, roll_angle

WINDOW_DEG, ENDS_DEG = 30.0, 20.0
"""A roll's rate is seen over a twelfth of a turn (ours), and not at its ends, where it begins and stops."""
LOOKED_S = 0.2
JUST_ENDED_S = 0.5
"""An error within this time after a roll is that of its end (ours)."""
STOPPED_SHARE = 0.35
"""Of the mean rate: slower than this a point of a roll is seen to stop (ours)."""
HALTED_SHARE, HALTED_S = 0.12, 0.15
"""Slower than this share of the mean rate, for this long, a roll is seen to stop on its way (ours)."""
HALT_POINTS = 1.0
"""For a stop on the way (ours, as annex 5B has it for a loop that is seen to be flown in segments)."""
NO_STOP_POINTS = 1.0
"""For a point that is not shown (ours: annex 5B asks for points that can be seen)."""


def judge_rolls(flown: Flown, notes: Notes) -> None:
    """Note the faults of each roll: its size, its rate, its points."""
    for roll in flown.rolls:
        asked, turned = np.degrees(roll.asked_rad), np.degrees(roll.turned_rad)
        if abs(turned - asked) >= ZERO_DEG:
            side = "right" if asked > 0 else "left"
            wrong = (
                "rolled the other way" if turned * asked < 0 and abs(turned) > 45 else f"rolled {abs(turned):.0f} deg"
            )
            reason = f"{roll_word(roll)}: {wrong} where {abs(asked):.0f} deg {side} are asked for"
            notes.zero((roll.begin + roll.end) // 2, reason)
            continue
        if roll.points > 1:
            _judge_points(flown, roll, notes)
        else:
            _judge_rate(flown, roll, notes)


def _done(flown: Flown, roll: Roll) -> Array:
    """Roll done (n,), deg, rising, over the samples of a roll."""
    phi = flown.seen.phi[roll.begin : roll.end + 1] - roll.before_rad
    done = np.maximum.accumulate(np.degrees(np.sign(roll.asked_rad) * phi))
    return np.asarray(done + 1e-6 * np.arange(len(done)), np.float64)


def _rates(done: Array, low: float, high: float, window: float) -> tuple[Array, Array]:
    """Roll rates (deg/s) between two angles (deg), each over a window, and the angles of their middles."""
    from_deg = np.linspace(low, high - window, max(2, int((high - low - window) / 5.0) + 1))
    samples = np.arange(len(done)) * STEP_S
    seconds = np.interp(from_deg + window, done, samples) - np.interp(from_deg, done, samples)
    return window / np.maximum(seconds, 1e-3), from_deg + 0.5 * window


def _judge_rate(flown: Flown, roll: Roll, notes: Notes) -> None:
    done, whole = _done(flown, roll), abs(np.degrees(roll.turned_rad))
    window, margin = min(WINDOW_DEG, 0.3 * whole), min(ENDS_DEG, 0.1 * whole)
    if len(done) < 5 or whole < 45.0:
        return
    rate, middle = _rates(done, margin, whole - margin, window)
    ratio = float(rate.max() / rate.min()) - 1.0
    if ratio >= VISIBLE_ROLL_RATIO:
        at = roll.begin + int(np.searchsorted(done, middle[int(np.argmin(rate))]))
        reason = f"{roll_word(roll)}: rate between {rate.min():.0f} and {rate.max():.0f} deg/s"
        notes.downgrade(at, roll_rate_points(ratio), reason, ratio, VISIBLE_ROLL_RATIO, roll.element)
    for first in _halts(done, margin, whole - margin):
        reason = f"{roll_word(roll)}: stops at {done[first]:.0f} deg on its way"
        notes.downgrade(roll.begin + first, HALT_POINTS, reason, float(done[first]), 0.0, roll.element)


def _halts(done: Array, low: float, high: float) -> list[int]:
    """First samples of the stops of a roll between two angles (deg), of which `done` (n,) is done."""
    inner = np.flatnonzero((done > low) & (done < high))
    if len(inner) < 3:
        return []
    speed = np.gradient(mean_over(done, 0.06), STEP_S)[inner]
    slow = np.concatenate([[False], speed < HALTED_SHARE * np.mean(speed), [False]])
    edges = np.flatnonzero(slow[1:] != slow[:-1]).reshape(-1, 2)
    return [int(inner[first]) for first, last in edges if (last - first) * STEP_S >= HALTED_S]


def _judge_points(flown: Flown, roll: Roll, notes: Notes) -> None:
    done, whole = _done(flown, roll), abs(np.degrees(roll.turned_rad))
    size = abs(np.degrees(roll.asked_rad)) / roll.points
    if len(done) < 5:
        return
    speed = np.gradient(mean_over(done, 0.06), STEP_S)
    parts = [_rates(done, (k + 0.25) * size, (k + 0.75) * size, 0.4 * size)[0].mean() for k in range(roll.points)]
    ratio = float(max(parts) / min(parts)) - 1.0
    if ratio >= VISIBLE_ROLL_RATIO:
        reason = f"{roll_word(roll)}: parts rolled at {min(parts):.0f} to {max(parts):.0f} deg/s"
        notes.downgrade(roll.end, roll_rate_points(ratio), reason, ratio, VISIBLE_ROLL_RATIO, roll.element)
    shown = 0
    for k in range(1, roll.points):
        near = np.flatnonzero(np.abs(done - k * size) <= 0.4 * size)
        still = near[speed[near] < STOPPED_SHARE * np.mean(parts)] if len(near) else near
        if not len(still):
            at = roll.begin + int(np.searchsorted(done, min(k * size, whole)))
            notes.downgrade(
                min(at, roll.end), NO_STOP_POINTS, f"{roll_word(roll)}: point {k} not shown", 0.0, 1.0, roll.element
            )
            continue
        shown += 1
        off = float(np.median(done[still])) - k * size
        if abs(off) >= VISIBLE_DEG:
            side = "early" if off < 0 else "late"
            reason = f"{roll_word(roll)}: point {k} stops {abs(off):.0f} deg {side}"
            at = roll.begin + int(still[len(still) // 2])
            notes.downgrade(at, angle_points(off), reason, abs(off), VISIBLE_DEG, roll.element)
    if not shown:
        notes.zero(roll.end, f"{roll_word(roll)}: rolled through, no point shown: another figure")


def judge_wings(flown: Flown, notes: Notes) -> None:
    """Note where the wings lie off what is asked for between the rolls; a roll's end is the start of what follows."""
    carried, phi = 0.0, _wings(flown)
    spun = {part.end for part in flown.parts if part.kind == "spin"}
    for first, last, asked_m, roll in _intervals(flown):
        if last - first < 5:
            continue
        asked = flown.asked.phi[flown.asked.index(asked_m)]
        error = np.degrees(mean_over(wrapped(phi[first:last] - asked), LOOKED_S))
        if abs(np.median(error)) >= ZERO_DEG:
            if not any("roll" in reason for reason, _ in notes.zeros):
                notes.zero((first + last) // 2, f"wings {abs(np.median(error)):.0f} deg out of the attitude asked for")
            continue
        if roll is None:
            carried = float(error[0]) if first in spun else 0.0  # that of a spin is marked with the spin
        for at, grown in growth(error, VISIBLE_DEG, NEW_PEAK_DEG, carried):
            _note_wings(notes, roll if at * STEP_S < JUST_ENDED_S else None, first + at, float(error[at]), grown)
            roll = None  # what comes after is no longer how it ended
        carried = float(error[-1])


def _wings(flown: Flown) -> Array:
    """Roll (n,), rad: about the figure's plane, in loops about the plane in which the loop is flown.

    So that a loop that leans is marked for its plane, and for its wings only where they do not lie across that plane.
    """
    seen = flown.seen
    left = np.tile(seen.left, (len(seen), 1))
    for part in flown.parts:
        if part.normal is not None:
            left[part.begin : part.end] = part.normal
    return roll_angle(seen.direction, seen.canopy, left)


def _note_wings(notes: Notes, roll: Roll | None, index: int, off_deg: float, grown: float) -> None:
    """Note wings that lie off at a sample, as the end of a roll where there is one."""
    if roll is not None:
        early = off_deg * roll.asked_rad < 0
        reason = f"{roll_word(roll)} ends {abs(off_deg):.0f} deg {'short' if early else 'too far'}"
    else:
        reason = f"wings {abs(off_deg):.0f} deg off, {'right' if off_deg > 0 else 'left'} wing low"
    element = roll.element if roll is not None else None
    notes.downgrade(index, angle_points(grown), reason, abs(off_deg), VISIBLE_DEG, element)


def _intervals(flown: Flown) -> list[tuple[int, int, float, Roll | None]]:
    """The pieces of the figure without a roll, pivot or spin.

    Of each the first sample, the last, where on the path it begins (m), and the roll that ends before it.
    """
    stops: list[tuple[int, int, int, Roll | None]] = [(r.left_at, r.settled_at, r.element, r) for r in flown.rolls]
    swings = [part for part in flown.parts if part.kind in ("stall_turn", "spin")]
    stops += [(part.begin, part.end, part.elements[0], None) for part in swings]
    pieces: list[tuple[int, int, float, Roll | None]] = []
    first, asked_m, before = flown.begin, 0.0, None
    for begin, end, element, roll in sorted(stops, key=lambda stop: stop[2]):
        pieces.append((first, begin, asked_m, before))
        first, before = max(first, end), roll
        asked_m = flown.asked.ends_m(element)[1] + flown.asked.path.step_m
    pieces.append((first, flown.end, asked_m, before))
    return pieces
