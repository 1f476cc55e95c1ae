"""The pictures of a report: learning curves, flight paths, touchdowns and lift-offs on the runway."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.report.charts import Box, Chart, Frame, Key, Line, Mark, Range, short, span_of
from agents.report.flights import Airfield, Place, ShownFlight
from agents.runs.learning_curve import LearningCurve
from envs.flights.metric_text import metric_label, metric_text, metric_value


class Columns(NamedTuple):
    """Widths (px) of the pictures on a page: over all of it, half of it, and a quarter."""

    full: float
    half: float
    quarter: float

    def ticks(self, per_px: float = 96.0) -> int:
        """How many numbers fit under a picture of full width, one each `per_px`."""
        return max(3, round(self.full / per_px))


WIDE, NARROW = Columns(960.0, 468.0, 228.0), Columns(330.0, 330.0, 228.0)  # a desk's screen and a telephone's
KINDS = 7  # of failure told apart by colour; the rest are one
FLAT = 150.0  # px: a picture lower than this is stretched
MOST_PATHS = 150
ALONG, LEFT = "metres along the runway", "m left of the centreline"

Values = NDArray[np.float64]


def success_and_return(curve: LearningCurve, kept_step: int | None, columns: Columns = WIDE) -> list[Chart]:
    """Success and reward of a flight over training steps: of training flights, and of validation flights."""
    steps = (0.0, float(curve.total_steps))
    nothing = np.full(len(curve.steps), np.nan)
    charts = []
    for title, trained, validated, percent in (
        ("Success", curve.columns.get("flights/success_rate", nothing), curve.success, True),
        ("Reward of a flight", curve.columns.get("flights/return", nothing), curve.returns, False),
    ):
        high = (-0.02, 1.04) if percent else span_of(trained, validated)
        frame = Frame(steps, high, columns.half, 240.0).with_ticks(5 if columns.half > 400 else 4, 5, percent)
        lines = [
            Line(frame.path(curve.steps, trained), "training"),
            Line(frame.path(curve.validated, validated), "validation"),
        ]
        if kept_step is not None:
            lines.insert(0, Line(frame.path([kept_step] * 2, high), "kept", f"the policy kept: step {kept_step:,}"))
        marks = [
            Mark(
                frame.x(step),
                frame.y(value),
                "validation",
                f"validation at step {int(step):,}: {f'{value:.1%}' if percent else f'{value:.2f}'}",
            )
            for step, value in zip(curve.validated, validated, strict=True)
            if np.isfinite(value)
        ]
        keys = [Key("training", "training"), Key("validation", "validation")]
        keys += [Key("policy kept", "kept")] if kept_step is not None else []
        charts.append(
            Chart(title, frame, "environment steps", lines=tuple(lines), marks=tuple(marks), keys=tuple(keys))
        )
    return charts


def outcome_shares(
    curve: LearningCurve,
    counts_as_success: Callable[[str], bool],
    columns: Columns = WIDE,
    phrase_of: Callable[[str], str] = lambda word: word.replace("_", " "),
) -> Chart | None:
    """How training flights ended, as stacked shares; successes below, the commonest failure next.

    `phrase_of` says an outcome in plain words.
    """
    shares = {word: np.nan_to_num(values) for word, values in curve.group("outcome").items()}
    ended = np.isfinite(curve.columns.get("flights/success_rate", np.full(len(curve.steps), np.nan)))
    if not shares or ended.sum() < 2:
        return None
    good = sorted(word for word in shares if counts_as_success(word))
    failures = sorted((word for word in shares if word not in good), key=lambda word: -float(shares[word].sum()))
    layers = [(phrase_of(word), "good", shares[word]) for word in good]
    layers += [(phrase_of(word), f"bad{number}", shares[word]) for number, word in enumerate(failures[:KINDS])]
    if failures[KINDS:]:
        rest = np.sum([shares[word] for word in failures[KINDS:]], axis=0)
        layers.append((f"{len(failures) - KINDS} others", "other", rest))
    frame = Frame((0.0, float(curve.total_steps)), (0.0, 1.0), columns.full, 250.0).with_ticks(
        columns.ticks(120), 4, percent=True
    )
    low, steps, areas = np.zeros(int(ended.sum())), curve.steps[ended].tolist(), []
    for label, style, values in layers:
        shares_of_it = values[ended]
        high = low + shares_of_it
        areas.append(
            Line(
                frame.area(steps, low.tolist(), high.tolist()),
                style,
                f"{label}: {shares_of_it[0]:.0%} at first, {shares_of_it[-1]:.0%} at last",
            )
        )
        low = high
    return Chart(
        "How training flights ended",
        frame,
        "environment steps",
        areas=tuple(areas),
        keys=tuple(Key(label, style) for label, style, _ in layers),
    )


def small_curves(curve: LearningCurve, group: str) -> list[Chart]:
    """A small picture of each reward term or flight metric over training, the last value in words."""
    charts = []
    for name, values in curve.group(group).items():
        label, unit = metric_label(name) if group == "metric" else (name.replace("_", " "), "")
        last = values[np.isfinite(values)][-1]
        shown = values if group == "metric" else np.append(values, 0.0)
        least = 0.02 * float(np.nanmax(np.abs(values))) or 1.0
        frame = Frame(
            (0.0, float(curve.total_steps)),
            span_of(shown, margin=0.1, least=least),
            WIDE.quarter,
            120.0,
            left=40.0,
            right=8.0,
            bottom=20.0,
        ).with_ticks(2, 3)
        zero = (Line(frame.path(frame.x_range, (0.0, 0.0)), "zero"),) if group == "reward" else ()
        charts.append(
            Chart(
                label,
                frame,
                lines=(*zero, Line(frame.path(curve.steps, values), "training")),
                note=f"{number_text(last)} {unit}".strip(),
            )
        )
    return charts


def flight_paths(flights: Sequence[ShownFlight], field: Airfield, columns: Columns = WIDE) -> list[Chart]:
    """The first MOST_PATHS flights from above and from the side; failures in front, a cross where each ended."""
    drawn = sorted(flights[:MOST_PATHS], key=lambda shown: not shown.flight.is_success)
    x_range = span_of(*(shown.x for shown in drawn), [0.0], margin=0.03, least=8 * field.span_m)
    return [_from_above(drawn, field, x_range, columns), _from_the_side(drawn, field, x_range, columns)]


def _from_above(drawn: Sequence[ShownFlight], field: Airfield, x_range: Range, columns: Columns) -> Chart:
    half = 1.12 * max(0.62 * field.runway.width_m, *(float(np.abs(shown.y).max()) for shown in drawn))
    frame, stretch = _to_scale(x_range, (-half, half), 380.0, columns)
    edge = field.runway.width_m / 2
    boxes = (frame.box(0.0, field.runway.length_m, -edge, edge, field.runway.surface),)
    lines = [Line(frame.path(shown.x, shown.y), _style(shown), _note(shown)) for shown in drawn]
    crosses = [_end_of_failure(frame, shown, shown.y) for shown in drawn if not shown.flight.is_success]
    return Chart(
        "From above",
        frame,
        ALONG,
        LEFT,
        boxes,
        lines=(_centreline(frame, field), *lines),
        marks=tuple(crosses),
        keys=_keys(drawn),
        note=_stretched(stretch),
    )


def _from_the_side(drawn: Sequence[ShownFlight], field: Airfield, x_range: Range, columns: Columns) -> Chart:
    highest = 1.08 * max(0.8 * field.span_m, *(float(shown.height.max()) for shown in drawn))
    ground = -0.04 * highest
    frame, stretch = _to_scale(x_range, (ground, highest), 220.0, columns)
    boxes = (
        frame.box(*frame.x_range, ground, 0.0, "earth"),
        frame.box(0.0, field.runway.length_m, ground, 0.0, "strip"),
    )
    lines = [Line(frame.path(shown.x, shown.height), _style(shown), _note(shown)) for shown in drawn]
    crosses = [_end_of_failure(frame, shown, shown.height) for shown in drawn if not shown.flight.is_success]
    return Chart(
        "From the side",
        frame,
        ALONG,
        "height of the lowest wheel, m",
        boxes,
        lines=tuple(lines),
        marks=tuple(crosses),
        keys=_keys(drawn),
        note=_stretched(stretch),
    )


def _end_of_failure(frame: Frame, shown: ShownFlight, up: Values) -> Mark:
    return Mark(frame.x(shown.x[-1]), frame.y(up[-1]), "bad", _note(shown))


def contact_scatter(flights: Sequence[ShownFlight], field: Airfield, columns: Columns = WIDE) -> Chart | None:
    """Touchdowns on the runway if the task measures them, else lift-offs; None if no flight has either."""
    touched = [
        (shown, Place(field.aim_x_m + shown.touchdown.x, shown.touchdown.y)) for shown in flights if shown.touchdown
    ]
    lifted = [(shown, shown.lift_off) for shown in flights if shown.lift_off]
    points, word = (touched, "touchdown") if touched else (lifted, "lift-off")
    if not points:
        return None
    x, y = (np.array(values) for values in zip(*(place for _, place in points), strict=True))
    marks = field.marks or {}
    box = [marks[name] for name in ("box_from_x_m", "box_to_x_m") if name in marks] if touched else []
    aim = [field.aim_x_m] if touched else []
    x_range = span_of(x, box, aim, margin=0.08, least=6 * field.span_m)
    half = 1.1 * max(0.55 * field.runway.width_m, float(np.abs(y).max()))
    frame, stretch = _to_scale(x_range, (-half, half), 260.0, columns)
    width = field.runway.width_m / 2
    boxes: list[Box] = [frame.box(0.0, field.runway.length_m, -width, width, field.runway.surface)]
    if len(box) == 2:
        across = marks.get("box_half_width_m", width)
        near, far = box
        boxes.append(frame.box(near, far, -across, across, "target"))
    lines = [_centreline(frame, field)]
    lines += [Line(frame.path((value, value), (-width, width)), "aim", "aim point") for value in aim]
    failures_last = sorted(points, key=lambda point: not point[0].flight.is_success)
    dots = [Mark(frame.x(at.x), frame.y(at.y), _style(shown), _note(shown)) for shown, at in failures_last]
    origin, start = (field.aim_x_m, "aim point") if touched else (0.0, "runway’s start")
    side = "left" if y.mean() >= 0 else "right"
    note = (
        f"{len(points)} of {len(flights)} flights have a {word}; in the mean {_metres(x.mean() - origin)} from the "
        f"{start} (2σ {2 * x.std():.1f} m), {abs(y.mean()):.2f} m {side} of the centreline "
        f"(2σ {2 * y.std():.2f} m). {_stretched(stretch)}"
    )
    keys = (
        *_keys(flights),
        *((Key("box of a success", "target"),) if len(box) == 2 else ()),
        *((Key("aim point", "aim"),) if touched else ()),
    )
    return Chart(
        f"{word.capitalize()}s on the runway",
        frame,
        ALONG,
        LEFT,
        tuple(boxes),
        lines=tuple(lines),
        marks=tuple(dots),
        keys=keys,
        note=note,
    )


def number_text(value: float) -> str:
    """A number with three digits and a true minus sign; zero has no sign."""
    text = metric_value(value)
    return text.replace("-", "−") if float(text) else text.replace("-", "")


def _to_scale(x: Range, y: Range, most: float, columns: Columns) -> tuple[Frame, float]:
    """A frame of full width for the ranges (m), and by how much it stretches y against x.

    Only pictures that would be lower than FLAT are stretched. One that would be higher than `most` px shows more along
    x instead.
    """
    inner = columns.full - 58.0
    (left, right), (low, high) = x, y
    more = max(0.0, inner * (high - low) / most - (right - left))
    left, right = left - more / 2, right + more / 2
    true = inner * (high - low) / (right - left)
    height = max(true, FLAT)
    return Frame((left, right), y, columns.full, height + 36.0).with_ticks(columns.ticks(), 4), height / true


def _centreline(frame: Frame, field: Airfield) -> Line:
    left, right = frame.x_range
    start, end = max(0.0, left), min(field.runway.length_m, right)
    return Line(frame.path((start, end), (0.0, 0.0)) if start < end else "", "centreline")


def _stretched(stretch: float) -> str:
    return "To scale." if abs(stretch - 1) < 0.02 else f"The vertical scale is stretched {stretch:.2g} times."


def _metres(value: float) -> str:
    return f"{value:.1f} m".replace("-", "−")


def _style(shown: ShownFlight) -> str:
    return "good" if shown.flight.is_success else "bad"


def _keys(flights: Sequence[ShownFlight]) -> tuple[Key, ...]:
    good = any(shown.flight.is_success for shown in flights)
    bad = any(not shown.flight.is_success for shown in flights)
    return (*((Key("success", "good"),) if good else ()), *((Key("failure", "bad"),) if bad else ()))


def _note(shown: ShownFlight) -> str:
    flight = shown.flight
    figures = [metric_text(name, value) for name, value in list(flight.metrics.items())[:4] if np.isfinite(value)]
    words = [
        f"seed {flight.seed}: {flight.phrase or flight.outcome.replace('_', ' ')}",
        f"reward {short(flight.total_reward)}",
    ]
    return ", ".join([*words, *figures])
