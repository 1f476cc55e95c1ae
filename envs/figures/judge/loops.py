"""Loops and part-loops: one radius, in one vertical plane."""

from __future__ import annotations

import numpy as np

from envs.base.frames import Array
from envs.figures.judge.lines import Plane
from envs.figures.judge.notes import Notes, arc_word, mean_over, wrapped
from envs.figures.judge.parts import ARC_MARGIN_DEG, Flown, Part
from envs.figures.judge.rules import (
    NEW_PEAK_DEG,
    VISIBLE_BETWEEN_RATIO,
    VISIBLE_DEG,
    VISIBLE_RADIUS_RATIO,
    ZERO_DEG,
    angle_points,
    growth,
    radius_between_points,
    radius_points,
)

WINDOW_DEG, LOOK_EACH_DEG = 30.0, 5.0
"""A radius is seen over a twelfth of a loop (ours), and looked at this often."""
SMALLEST_B = 0.05
"""Radius, in wing spans, of a turn on the spot."""
WANDER_S = 0.3
VERTICAL = 0.95
"""Sine of the climb from which a line is vertical: a roll on it is a change of heading."""


def judge_arc(flown: Flown, part: Part, plane: Plane, notes: Notes) -> None:
    """Note a loop's or part-loop's faults."""
    word = arc_word(flown, part)
    turned, asked = np.degrees(part.turned_rad), np.degrees(part.asked_rad)
    if abs(turned - asked) >= ZERO_DEG:
        wrong = f"turned {abs(turned):.0f} deg" + (" the other way" if turned * asked < 0 else "")
        notes.zero(part.middle, f"{word}: {wrong} where {abs(asked):.0f} are asked for: another figure")
        return
    if part.normal is not None:
        _judge_radius(flown, part, word, notes)
        _judge_plane(flown, part, part.normal, word, plane, notes)


def _judge_radius(flown: Flown, part: Part, word: str, notes: Notes) -> None:
    radius, index = radii(flown, part)
    if len(radius) < 2:
        return
    wider = radius / radius[0]
    error = np.where(wider >= 1.0, wider - 1.0, 1.0 - 1.0 / wider)
    for at, grown in growth(error, VISIBLE_RADIUS_RATIO, VISIBLE_RADIUS_RATIO):
        before = abs(error[at]) - grown
        start = radius[0] * (1.0 + before if error[at] > 0 else 1.0 / (1.0 + before))
        way = "grows" if error[at] > 0 else "shrinks"
        reason = f"{word}: radius {way} from {start:.1f} to {radius[at]:.1f} m"
        notes.downgrade(int(index[at]), radius_points(grown), reason, grown, VISIBLE_RADIUS_RATIO)


def radii(flown: Flown, part: Part) -> tuple[Array, Array]:
    """Radius (m) as seen all along an arc, each over a piece of it, and the sample in the middle of the piece."""
    seen = flown.seen
    here = slice(part.begin, part.end + 1)
    done = np.degrees(np.sign(part.asked_rad) * (seen.theta[here] - seen.theta[part.begin]))
    done = np.maximum.accumulate(done) + 1e-6 * np.arange(len(done))
    whole = abs(np.degrees(part.turned_rad))
    window = min(WINDOW_DEG, 0.4 * whole)
    margin = min(1.5 * ARC_MARGIN_DEG, 0.1 * whole)
    low, high = max(margin, done[0]), min(whole - margin, done[-1])
    if high - low < window:
        return np.empty(0), np.empty(0)
    from_deg = np.linspace(low, high - window, max(2, int((high - low - window) / LOOK_EACH_DEG) + 1))
    way = seen.way[here]
    length = np.interp(from_deg + window, done, way) - np.interp(from_deg, done, way)
    index = part.begin + np.searchsorted(done, from_deg + 0.5 * window)
    return np.maximum(length / np.radians(window), SMALLEST_B * flown.span_m), np.minimum(index, part.end)


def _judge_plane(flown: Flown, part: Part, normal: Array, word: str, plane: Plane, notes: Notes) -> None:
    """Note how far the loop's plane leans, how far its heading is off, and how the track leaves that plane."""
    seen = flown.seen
    directions = seen.direction[part.begin : part.end + 1]
    heading = float(np.degrees(np.arctan2(-(normal @ seen.ahead), normal @ seen.left)))
    lean = float(np.degrees(np.arcsin(np.clip(normal[2], -1.0, 1.0))))
    for _, grown in growth(np.array([lean]), VISIBLE_DEG, NEW_PEAK_DEG):
        notes.downgrade(
            part.middle, angle_points(grown), f"{word}: its plane leans {abs(lean):.0f} deg", abs(lean), VISIBLE_DEG
        )
    carried = max(plane.heading_deg, _rolled_off(flown, part), key=lambda off: off * np.sign(heading))
    for _, grown in growth(np.array([heading]), VISIBLE_DEG, NEW_PEAK_DEG, carried):
        side = "left" if heading > 0 else "right"
        reason = f"{word}: its plane is turned {abs(heading):.0f} deg to the {side}"
        notes.downgrade(part.middle, angle_points(grown), reason, abs(heading), VISIBLE_DEG)
    if abs(heading) > VISIBLE_DEG:
        plane.heading_deg = heading
    wander = np.degrees(mean_over(np.arcsin(np.clip(directions @ normal, -1.0, 1.0)), WANDER_S))
    for at, grown in growth(wander, VISIBLE_DEG, NEW_PEAK_DEG):
        reason = f"{word}: the track leaves its plane by {abs(wander[at]):.0f} deg"
        notes.downgrade(part.begin + at, angle_points(grown), reason, abs(wander[at]), VISIBLE_DEG)


def _rolled_off(flown: Flown, part: Part) -> float:
    """Heading (deg, + left) into which wings lead that lie off on the vertical line before: they are marked there."""
    seen, i = flown.seen, flown.parts.index(part)
    before = flown.parts[i - 1]
    if i == 0 or before.kind != "line" or abs(np.sin(before.asked_rad)) < VERTICAL or before.end - before.begin < 5:
        return 0.0
    asked = flown.asked.phi[flown.asked.index(flown.asked.ends_m(part.elements[0])[0])]
    off = np.degrees(wrapped(seen.phi[(before.begin + 3 * before.end) // 4 : before.end] - asked))
    return float(np.median(off) * np.sign(np.sin(before.asked_rad)))


def judge_radii(flown: Flown, notes: Notes) -> None:
    """Note where a loop's radius is not that of the first, each against what was asked for it."""
    arcs = [part for part in flown.parts if part.normal is not None]
    if not arcs:
        return
    first = arcs[0].mean_radius_m / arcs[0].radius_m
    for part in arcs[1:]:
        share = part.mean_radius_m / part.radius_m / first
        ratio = max(share, 1.0 / share) - 1.0
        if ratio >= VISIBLE_BETWEEN_RATIO:
            reason = (
                f"{arc_word(flown, part)}: radius {part.mean_radius_m:.1f} m where the first sets "
                f"{first * part.radius_m:.1f} m"
            )
            notes.downgrade(part.middle, radius_between_points(ratio), reason, ratio, VISIBLE_BETWEEN_RATIO)


def figure_scale(flown: Flown) -> float:
    """Size flown over size asked for, by the loops; 1 where there is none."""
    shares = [part.mean_radius_m / part.radius_m for part in flown.parts if part.kind == "arc" and part.mean_radius_m]
    return float(np.clip(np.median(shares), 0.5, 2.0)) if shares else 1.0
