"""Marks a flown figure as an F3A judge does: a flight, a figure and where it was to be flown; nothing else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from envs.base.frames import Array
from envs.figures.judge.align import Alignment, align
from envs.figures.judge.finding import found
from envs.figures.judge.lines import Plane, judge_centring, judge_line
from envs.figures.judge.loops import figure_scale, judge_arc, judge_radii
from envs.figures.judge.notes import Notes
from envs.figures.judge.parts import Flown
from envs.figures.judge.place import Box, judge_place
from envs.figures.judge.rolls import judge_rolls, judge_wings
from envs.figures.judge.sheet import ScoreSheet, marked
from envs.figures.judge.swings import judge_spin, judge_stall_turn, without_travel
from envs.figures.judge.track import FlownTrack, Seen, see
from envs.figures.path import FigurePath

BACK_B, AHEAD_B = 2.0, 6.0
"""How far round the last progress the nearest point of the path is looked for, in wing spans."""
OPPOSITE = "flown in the opposite direction"
ERROR_EACH = 4
"""Samples from one distance from the path to the next: 0.08 s, 2 m of flight at most."""
WHOLE_SHARE = 0.97
"""A figure flown less far than this is cut short; the last line may be left early (ours)."""
ELSE_SHARE, NOTHING_SHARE = 0.3, 0.1
"""A flight that goes on for this share of the figure's length without being it has flown something else, and one of
which less than this is recognised, too (ours)."""
OTHER_SIDE_SHARE = 0.5
"""A flight this much more like the mirrored figure is that (ours)."""
LAST_LINE_SHARE = 0.25
"""Of the last line, at least, must be flown where the flight ends on it (ours)."""


def judge(track: FlownTrack, path: FigurePath, box: Box | None = None) -> ScoreSheet:
    """Mark a flight against a figure.

    Args:
        track: the flight, in world axes; it may begin before the figure and go on after it.
        path: the figure's path, placed in the same axes.
        box: where it must be flown; None: round the middle of the path.

    Returns:
        The mark with every downgrade, in the order of time. The same flight gets the same marks.
    """
    ahead = path.tangent[0] * np.array([1.0, 1.0, 0.0])
    seen = see(track, ahead / np.linalg.norm(ahead))
    alignment = align(seen, path)
    flown = found(seen, path, alignment)
    notes = Notes(flown)
    completed = _completed(flown)
    if float(np.mean(seen.direction[flown.begin : flown.begin + 10] @ seen.ahead)) < 0.0:
        notes.zero(flown.begin, OPPOSITE)
    cut = completed < WHOLE_SHARE and not _on_last_line(flown, completed)
    if cut:
        _note_cut(flown, completed, notes)
        flown = replace(flown, parts=tuple(part for part in flown.parts if part.end < len(seen) - 3))
    _judge_parts(flown, notes)
    judge_rolls(flown, notes)
    judge_wings(flown, notes)
    judge_radii(flown, notes)
    position = without_travel(flown)
    judge_place(flown, box or Box.of(path), notes, position, has_exit=not cut)
    zero = notes.first_zero()
    if zero and zero[0] != OPPOSITE and _to_other_side(seen, path, alignment):
        zero = (
            "flown to the other side: rolled, swung or spun the wrong way round",
            zero[1],
        )
    downgrades = tuple(sorted(notes.downgrades, key=lambda d: (d.time_s, d.element, d.reason)))
    errors = path_errors(position, path, flown.begin, flown.end)
    return ScoreSheet(
        score=marked(list(downgrades), zero),
        zero=zero[0] if zero else None,
        zero_time_s=zero[1] if zero else None,
        downgrades=downgrades,
        path_error_m=float(errors.max()),
        path_error_mean_m=float(errors.mean()),
        completed=completed,
        start_s=float(seen.time_s[flown.begin]),
        end_s=float(seen.time_s[flown.end]),
    )


def _note_cut(flown: Flown, completed: float, notes: Notes) -> None:
    """Note why the rest of the figure was not flown: the flight ended, or flew something else."""
    last, path = len(flown.seen) - 1, flown.asked.path
    share = 100.0 * completed
    if completed < NOTHING_SHARE and flown.span_way(0, last) > 0.5 * path.length_m:
        notes.zero(last, "another figure: nothing of this one is recognised")
        return
    if flown.span_way(flown.begin, last) - completed * path.length_m < ELSE_SHARE * path.length_m:
        notes.zero(last, f"cut short: {share:.0f} % of the figure flown")
        return
    number = path.element_at(completed * path.length_m)
    name = path.figure.elements[number].words()
    notes.zero(flown.bounds[number], f"another figure: element {number + 1} ({name}) is not what was flown")


def _to_other_side(seen: Seen, path: FigurePath, alignment: Alignment) -> bool:
    """Whether the flight is the figure with its rolls, stall turns and spins to the other side."""
    over = np.eye(3) - 2.0 * np.outer(seen.left, seen.left)
    away = 2.0 * (path.position[0] @ seen.left) * seen.left
    mirrored = replace(
        path, position=path.position @ over + away, tangent=path.tangent @ over, canopy=path.canopy @ over
    )
    return align(seen, mirrored).unlike < OTHER_SIDE_SHARE * alignment.unlike


def _judge_parts(flown: Flown, notes: Notes) -> None:
    plane, scale = Plane(), figure_scale(flown)
    for part in flown.parts:
        if part.kind == "line":
            judge_line(flown, part, plane, notes, scale)
            judge_centring(flown, part, notes)
        elif part.kind == "arc":
            judge_arc(flown, part, plane, notes)
        elif part.kind == "stall_turn":
            judge_stall_turn(flown, part, notes)
        else:
            judge_spin(flown, part, notes)


def _completed(flown: Flown) -> float:
    """Share of the figure's length that was flown, 0 to 1: less than the alignment's where a flight ends on a line."""
    last = flown.parts[-1]
    if flown.completed < 1.0 or last.kind != "line" or flown.end < len(flown.seen) - 3:
        return flown.completed
    missing = max(0.0, last.asked_m - flown.span_way(last.begin, last.end))
    return 1.0 - min(missing, last.asked_m) / flown.asked.path.length_m


def _on_last_line(flown: Flown, completed: float) -> bool:
    """Whether what is missing lies in the last line, of which enough was flown."""
    last, length = flown.parts[-1], flown.asked.path.length_m
    missing = (1.0 - completed) * length
    return last.kind == "line" and missing <= (1.0 - LAST_LINE_SHARE) * last.asked_m


def path_errors(position: Array, path: FigurePath, begin: int, end: int) -> Array:
    """Distances (m) of a flight's positions (n, 3) from the path, progress only looked for near the last one.

    Where the flight is before the entry or beyond the exit, the lines there go on.
    """
    positions = position[begin : end + 1 : ERROR_EACH]
    back, ahead = BACK_B * path.span_m, AHEAD_B * path.span_m
    s = np.empty(len(positions))
    last = path.nearest(positions[0], 0.0, 0.0, 2.0 * ahead)
    for i, place in enumerate(positions):
        last = s[i] = path.nearest(place, last, back, ahead)
    points = path.sample(s)
    off = positions - points[:, 0:3]
    tangent = points[:, 3:6]
    beyond = (s <= 0.0) | (s >= path.length_m)
    off -= np.where(beyond, np.einsum("ij,ij->i", off, tangent), 0.0)[:, None] * tangent
    return np.linalg.norm(off, axis=1)
