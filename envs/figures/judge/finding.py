"""Finds the parts of a figure in a flight: from about where the alignment has them to where the flight says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from envs.base.frames import Array
from envs.figures.elements import Arc, Spin, StallTurn, StraightLine
from envs.figures.judge.align import Alignment
from envs.figures.judge.parts import ARC_MARGIN_DEG, Asked, Flown, Part, Roll
from envs.figures.judge.swings import STILL_SHARE, stopped, swung
from envs.figures.judge.track import STEP_S, Seen
from envs.figures.path import FigurePath

SHORTEST_ARC_DEG = 60.0
"""Of shorter arcs neither the radius nor the plane can be seen (ours)."""
SMALLEST_M = 0.1
"""Way of an arc that is turned on the spot."""
SETTLED_S = 0.5
"""How long before and after it a roll is looked at for the attitude it began from and ended in (ours)."""
STILL_DEG = 0.7
"""So near to where they come to rest the wings are taken to lie still (ours)."""
ROLL_MARGIN = 0.03
"""Share of its angle from which a roll is looked at; its ends are where its rate there leads back to (ours)."""


def found(seen: Seen, path: FigurePath, alignment: Alignment) -> Flown:
    """Where each part and each roll of the figure was flown."""
    asked = Asked.of(path, seen)
    bounds = tuple(seen.at(second) for second in alignment.bounds_s)
    bounds = _entered_and_left(asked, seen, bounds, alignment.completed)
    parts = stopped(asked, swung(_refined(_parts(asked, bounds), seen), seen), seen)
    bounds = _moved(bounds, parts)
    rolls = tuple(_roll(asked, seen, bounds, number) for number in _rolled(path))
    return Flown(seen, asked, parts, rolls, bounds, alignment.completed, path.span_m)


def _entered_and_left(asked: Asked, seen: Seen, bounds: tuple[int, ...], completed: float) -> tuple[int, ...]:
    """The lines in and out as long as they are asked for: from next to them, for no one sees where they begin and end.

    An alignment alone would leave out a line flown the wrong way.
    """
    moved, elements = list(bounds), list(asked.path.figure.elements)
    first_m, (last_m, end_m) = asked.ends_m(0)[1], asked.ends_m(len(elements) - 1)
    if elements[0].kind == "line" and len(elements) > 1:
        moved[0] = int(np.searchsorted(seen.way, seen.way[bounds[1]] - first_m))
    if elements[-1].kind == "line" and len(elements) > 1 and completed == 1.0:
        moved[-1] = int(np.searchsorted(seen.way, seen.way[bounds[-2]] + end_m - last_m))
    return tuple(min(index, len(seen) - 1) for index in moved)


def _rolled(path: FigurePath) -> list[int]:
    """The elements with a roll."""
    parts = [element.part for element in path.figure.elements]
    return [i for i, part in enumerate(parts) if isinstance(part, StraightLine | Arc) and part.roll_deg]


def _parts(asked: Asked, bounds: tuple[int, ...]) -> list[Part]:
    """The parts where the alignment puts them; lines that continue each other are one."""
    parts: list[Part] = []
    for i, element in enumerate(asked.path.figure.elements):
        first_m, last_m = asked.ends_m(i)
        length, part = last_m - first_m, element.part
        if isinstance(part, StraightLine):
            if parts and parts[-1].kind == "line":
                line = parts[-1]
                parts[-1] = replace(
                    line, elements=(*line.elements, i), end=bounds[i + 1], asked_m=line.asked_m + length
                )
                continue
            theta = float(asked.theta[asked.index(0.5 * (first_m + last_m))])
            parts.append(Part("line", (i,), bounds[i], bounds[i + 1], length, theta))
        elif isinstance(part, Arc):
            here = asked.theta[asked.index(first_m) + 1 : asked.index(last_m)]
            turn = float(np.copysign(np.radians(part.turn_deg), here[-1] - here[0]))
            radius = length / abs(turn)
            parts.append(Part("arc", (i,), bounds[i], bounds[i + 1], length, turn, radius))
        else:
            assert isinstance(part, StallTurn | Spin)
            parts.append(Part(element.kind, (i,), bounds[i], bounds[i + 1], length, 0.0))
    return parts


def settled_theta(seen: Seen, part: Part) -> float:
    """Direction (rad) of the track in the middle of a line."""
    first, last = seen.way[part.begin], seen.way[part.end]
    inner = slice(
        int(np.searchsorted(seen.way, first + 0.25 * (last - first))),
        int(np.searchsorted(seen.way, first + 0.75 * (last - first))) + 1,
    )
    return float(np.median(seen.theta[inner])) if last > first else float(seen.theta[part.middle])


def _refined(parts: list[Part], seen: Seen) -> list[Part]:
    """Arcs cut where the track leaves the direction of the line before, and where it reaches that of the next."""
    parts = _joined(parts, seen)
    refined = list(parts)
    for i, arc in enumerate(parts):
        if arc.kind != "arc":
            continue
        before = (
            settled_theta(seen, refined[i - 1]) if i and parts[i - 1].kind == "line" else _theta_at(seen, arc.begin)
        )
        after = (
            settled_theta(seen, parts[i + 1])
            if i + 1 < len(parts) and parts[i + 1].kind == "line"
            else _theta_at(seen, arc.end, after=i + 1 == len(parts))
        )
        side, turn = np.sign(arc.asked_rad), after - before
        refined[i] = arc = replace(arc, turned_rad=float(turn))
        if side * turn <= 0.0:
            continue
        refined[i] = arc = _cut(arc, seen, *_room(refined, i, len(seen)), before)
        if i and parts[i - 1].kind == "line":
            refined[i - 1] = replace(refined[i - 1], end=max(refined[i - 1].begin, arc.begin))
        if i + 1 < len(parts) and parts[i + 1].kind == "line":
            refined[i + 1] = replace(refined[i + 1], begin=min(arc.end, parts[i + 1].end))
    return refined


def _joined(parts: list[Part], seen: Seen) -> list[Part]:
    """Arcs that turn the other way right after each other cut where the track turns back."""
    joined = list(parts)
    for i in range(len(parts) - 1):
        one, two = joined[i], joined[i + 1]
        if one.kind == two.kind == "arc" and one.asked_rad * two.asked_rad < 0.0 and two.middle > one.middle:
            farthest = int(np.argmax(np.sign(one.asked_rad) * seen.theta[one.middle : two.middle + 1]))
            joined[i], joined[i + 1] = (
                replace(one, end=one.middle + farthest),
                replace(two, begin=one.middle + farthest),
            )
    return joined


def _room(parts: list[Part], i: int, count: int) -> tuple[int, int]:
    """Between which samples an arc is looked for: from within the line before it into the line after it."""
    arc, further = parts[i], round(1.0 / STEP_S)
    low, high = max(0, arc.begin - further), min(count - 1, arc.end + further)
    if i:
        low = arc.begin if parts[i - 1].kind == "arc" else parts[i - 1].middle
    if i + 1 < len(parts):
        high = arc.end if parts[i + 1].kind == "arc" else parts[i + 1].middle
    return low, max(high, low)


def _theta_at(seen: Seen, index: int, after: bool = False) -> float:
    """Direction at a sample, or settled after the figure's last."""
    if not after:
        return float(seen.theta[index])
    return float(np.median(seen.theta[index : index + round(0.4 / STEP_S) + 1]))


def _cut(arc: Part, seen: Seen, low: int, high: int, before: float) -> Part:
    """The arc with its ends and its mean radius, looked for between two samples."""
    turn = abs(arc.turned_rad)
    margin = min(np.radians(ARC_MARGIN_DEG), 0.1 * turn)
    done = np.sign(arc.asked_rad) * (seen.theta[low : high + 1] - before)
    over = np.flatnonzero(done >= turn - margin)
    last = int(over[0]) if len(over) else len(done) - 1
    under = np.flatnonzero(done[: last + 1] <= margin)
    first = int(under[-1]) if len(under) else 0
    way = seen.way[low : high + 1]
    radius = max(float(way[last] - way[first]), SMALLEST_M) / max(float(done[last] - done[first]), margin)
    begin, end = way[first] - radius * max(0.0, done[first]), way[last] + radius * max(0.0, turn - done[last])
    at_begin = int(np.clip(np.searchsorted(seen.way, begin), low, low + first))
    at_end = int(np.clip(np.searchsorted(seen.way, end), low + last, high))
    return replace(arc, begin=at_begin, end=at_end, mean_radius_m=radius, normal=_normal(seen, turn, at_begin, at_end))


def _normal(seen: Seen, turn: float, begin: int, end: int) -> Array | None:
    """Normal (3,) of the plane in which the track turns by `turn` (rad) between two samples, + to the left.

    Directions in one plane have no part along its normal: the last singular vector of them all.
    """
    if turn < np.radians(SHORTEST_ARC_DEG) or end - begin < 3:
        return None
    normal = np.linalg.svd(seen.direction[begin : end + 1], full_matrices=False)[2][2]
    return normal * np.copysign(1.0, normal @ seen.left)


def _moved(bounds: tuple[int, ...], parts: tuple[Part, ...]) -> tuple[int, ...]:
    """The elements' ends, moved to where the parts were found to end."""
    moved = list(bounds)
    for part in parts:
        moved[part.elements[0]] = part.begin
    moved[-1] = parts[-1].end
    return tuple(int(index) for index in np.maximum.accumulate(moved))


def _roll(asked: Asked, seen: Seen, bounds: tuple[int, ...], element: int) -> Roll:
    """Where the roll of an element was flown."""
    part = asked.path.figure.elements[element].part
    assert isinstance(part, StraightLine | Arc)
    (begin, after_roll), (end, before_roll) = (_roll_joint(asked, seen, bounds, element + k) for k in (0, 1))
    look = round(SETTLED_S / STEP_S)
    rough = Roll(element, float(np.radians(part.roll_deg)), part.points, begin, end, 0.0, 0.0, begin, end)
    on, off = _still_rolling(seen, rough, bounds)
    begin, end = begin if after_roll else on, end if before_roll else off
    low = max(bounds[max(0, element - 1)] if element else begin - look, begin - look, 0)
    high = min(bounds[element + 2] if element + 2 < len(bounds) else end + look, end + look, len(seen) - 1)
    edge = max(2, look // 5)
    low, high = begin if after_roll else low, end if before_roll else high
    before = float(np.median(seen.phi[low : max(low + 1, begin - edge)]))
    after = float(np.median(seen.phi[min(high, end + edge) : high + 1]))
    turned = after - before
    rough = replace(rough, turned_rad=turned, before_rad=before)
    side = np.sign(rough.asked_rad)
    if side * turned < 0.2 * abs(rough.asked_rad):
        return rough
    done = side * (seen.phi[low : high + 1] - before) / abs(turned)
    last = int(np.argmax(done >= 1.0 - ROLL_MARGIN)) or len(done) - 1
    under = np.flatnonzero(done[: last + 1] <= ROLL_MARGIN)
    first = int(under[-1]) if len(under) else 0
    still = np.radians(STILL_DEG)
    left = np.flatnonzero(side * (seen.phi[low : low + first + 1] - before) <= still)
    there = np.flatnonzero(side * (seen.phi[low + last : high + 1] - after) >= -still)
    left_at = low + (int(left[-1]) if len(left) else first)
    settled_at = low + last + (int(there[0]) if len(there) else 0)
    slope = ROLL_MARGIN + 0.12 / part.points
    on, off = int(np.argmax(done >= slope)), int(np.argmax(done >= 1.0 - slope))
    lead = round((on - first) * max(0.0, float(done[first])) / max(float(done[on] - done[first]), 1e-6))
    tail = round((last - off) * max(0.0, 1.0 - float(done[last])) / max(float(done[last] - done[off]), 1e-6))
    begin, end = min(high, max(low, left_at, low + first - lead)), min(high, settled_at, low + last + tail)
    return replace(rough, begin=begin, end=end, left_at=left_at, settled_at=settled_at)


def _roll_joint(asked: Asked, seen: Seen, bounds: tuple[int, ...], element: int) -> tuple[int, bool]:
    """Sample at which an element begins, and whether a roll ends and another begins there.

    Where the second goes the other way, it begins where the wings turn back.
    """
    rolled = _rolled(asked.path)
    if element not in rolled or element - 1 not in rolled:
        return bounds[element], False
    one, two = (asked.path.figure.elements[k].part for k in (element - 1, element))
    assert isinstance(one, StraightLine | Arc)
    assert isinstance(two, StraightLine | Arc)
    if one.roll_deg * two.roll_deg > 0.0:
        return bounds[element], True
    first = (bounds[element - 1] + bounds[element]) // 2
    last = (bounds[element] + bounds[element + 1]) // 2
    return first + int(np.argmax(np.sign(one.roll_deg) * seen.phi[first : last + 1])), True


def _still_rolling(seen: Seen, roll: Roll, bounds: tuple[int, ...]) -> tuple[int, int]:
    """A roll's ends moved outwards for as long as the aircraft goes on rolling, into the elements beside it at most."""
    first, last = bounds[max(0, roll.element - 1)], bounds[min(len(bounds) - 1, roll.element + 2)]
    first = min(first, roll.begin - round(1.0 / STEP_S)) if roll.element == 0 else first
    last = max(last, roll.end + round(1.0 / STEP_S)) if roll.element + 2 >= len(bounds) else last
    first, last = max(first, 0), min(last, len(seen) - 1)
    if last - first < 5 or roll.end <= roll.begin:
        return roll.begin, roll.end
    rate = np.gradient(seen.phi[first : last + 1], STEP_S) * np.sign(roll.asked_rad)
    slow = STILL_SHARE * abs(roll.asked_rad) / ((roll.end - roll.begin) * STEP_S)
    begin, end = roll.begin, roll.end
    while begin > first and rate[begin - first] > slow:
        begin -= 1
    while end < last and rate[end - first] > slow:
        end += 1
    return begin, end
