"""The judge's sheet on a card: the mark, and every downgrade with its second, its points and its reason."""

from __future__ import annotations

import textwrap
from typing import Any, NamedTuple

from matplotlib.figure import Figure

from envs.flights.judging import Judged
from envs.rendering.page import FAINT, GREEN, INK, ORANGE, fit_width

RED_INK = "#c0392b"
LEFT, RIGHT, TOP, BOTTOM = 0.735, 0.985, 0.888, 0.03
SECOND, POINTS, REASON = 0.045, 0.075, 0.082  # from LEFT: right ends of second and points, left end of the reason
SIZES = (9.5, 9.0, 8.5, 8.0, 7.5, 7.0, 6.5)  # points, the largest that fits
PER_INCH = 1 / 72 / 10.0  # of the page's height, a point
GOOD_MARK = 7.0
LETTER = 0.53  # mean width of a letter, of its size


class _Row(NamedTuple):
    """A downgrade or a heading: number, second and points (empty of a heading), and the lines of words."""

    number: str
    second: str
    points: str
    lines: list[str]
    colour: str = INK


def score_sheet(page: Figure, judged: list[tuple[Judged, int]]) -> None:
    """Write the sheet at the right of a page, of each figure with the number of its first downgrade."""
    marks = [one.sheet.score for one, _ in judged]
    mean = sum(marks) / len(marks)
    title = judged[0][0].title if len(judged) == 1 else f"{len(judged)} figures"
    good = GREEN if mean >= GOOD_MARK else ORANGE if mean > 0.0 else RED_INK
    page.text(RIGHT, TOP - 0.010, f"{mean:.1f}", fontsize=30, weight="bold", color=good, ha="right", va="center")
    fit_width(page.text(LEFT, TOP, title, fontsize=15, weight="bold", color=INK, va="center"), 0.19)
    page.text(LEFT, TOP - 0.027, "the judge's mark, of 10", fontsize=9.5, color=FAINT, va="center")
    top = TOP - 0.062
    size, rows = _fitting(judged, top)
    line = 1.25 * size * PER_INCH
    y = top
    for row in rows:
        look: dict[str, Any] = {"fontsize": size, "va": "top"}
        page.text(LEFT, y, row.number, weight="bold", color=RED_INK, **look)
        page.text(LEFT + SECOND, y, row.second, ha="right", color=FAINT, **look)
        page.text(LEFT + POINTS, y, row.points, ha="right", weight="bold", color=row.colour, **look)
        indent = REASON if row.second else 0.0
        for number, words in enumerate(row.lines):
            page.text(LEFT + indent, y - number * line, words, color=row.colour, **look)
        y -= (len(row.lines) + 0.35) * line


def _fitting(judged: list[tuple[Judged, int]], top: float) -> tuple[float, list[_Row]]:
    """Rows and the largest size at which all have room; at the least size the last are counted only."""
    size, room = SIZES[0], 0.0
    for size in SIZES:
        rows = _rows(judged, size)
        room = (top - BOTTOM) / (1.25 * size * PER_INCH)
        if _lines(rows) <= room:
            return size, rows
    rows, kept = _rows(judged, size), list[_Row]()
    while rows and _lines([*kept, rows[0]]) <= room - 1.5:
        kept.append(rows.pop(0))
    more = sum(bool(row.second) for row in rows)
    return size, [*kept, _Row("", "", "", [f"and {more} more: scripts/judge.py tells them all"], FAINT)]


def _lines(rows: list[_Row]) -> float:
    return sum(len(row.lines) + 0.35 for row in rows)


def _wrapped(words: str, size: float, width: float) -> list[str]:
    return textwrap.wrap(words, max(10, int(width * 16.0 * 72.0 / (LETTER * size)))) or [""]


def _rows(judged: list[tuple[Judged, int]], size: float) -> list[_Row]:
    rows, whole = list[_Row](), RIGHT - LEFT
    for one, first in judged:
        sheet = one.sheet
        if len(judged) > 1:
            rows.append(_Row("", "", "", _wrapped(f"{one.title}: {sheet.score:.1f}", size, whole)))
        facts = (
            f"from the path {sheet.path_error_mean_m:.1f} m in the mean, {sheet.path_error_m:.1f} m at most; "
            f"{100 * sheet.completed:.0f} % of the figure flown"
        )
        rows.append(_Row("", "", "", _wrapped(facts, size, whole), FAINT))
        if sheet.zero:
            when = "" if sheet.zero_time_s is None else f" ({sheet.zero_time_s:.1f} s)"
            rows.append(_Row("", "", "", _wrapped(f"no points{when}: {sheet.zero}", size, whole), RED_INK))
        for number, fault in enumerate(sheet.downgrades, first):
            lines = _wrapped(f"{fault.element_name}: {fault.reason}", size, whole - REASON)
            rows.append(_Row(str(number), f"{fault.time_s:.1f} s", f"-{fault.points:.2f}", lines))
        if not sheet.downgrades and not sheet.zero:
            rows.append(_Row("", "", "", ["no downgrade"], GREEN))
    return rows
