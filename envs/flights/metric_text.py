"""Metrics of a flight in words, beside what they must keep to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from envs.base.breach import Limit, decimals_to_tell


class MetricRow(NamedTuple):
    """A metric as words: `sink`, `0.40`, `m/s`, its limit, such as `≤ 1.00`, or "", and whether it keeps to it."""

    label: str
    value: str
    unit: str
    limit: str = ""
    is_kept: bool = True


@dataclass(frozen=True)
class Words:
    """What a metric is called: `label`, and `below` where it is negative; `values` are words in place of numbers."""

    label: str
    below: str = ""
    values: Mapping[float, str] = field(default_factory=dict)

    def of(self, value: float) -> str:
        """The label for one value."""
        return self.below if self.below and value < 0 else self.label


NO_YES = {0.0: "no", 1.0: "yes"}
UNITS = {
    "mps": "m/s",
    "mps2": "m/s²",
    "m": "m",
    "s": "s",
    "deg": "°",
    "dps": "°/s",
    "kg": "kg",
    "J": "J",
    "W": "W",
    "pct": "%",
    "vs": "Vs",
    "activity": "/s",
}
# The names of metrics (envs.tasks) that do not read well as they are, without what follows; unit: see UNITS.
NAMES: Mapping[str, Words] = {
    "touchdown_x_m": Words("touchdown beyond aim", "touchdown before aim"),
    "touchdown_y_m": Words("touchdown to the left", "touchdown to the right"),
    "centreline_m": Words("farthest off centreline"),
    "sink_mps": Words("sink at touchdown"),
    "heading_deg": Words("nose off the runway"),
    "time_s": Words("flight time"),
    "lift_off_x_m": Words("lift-off down the runway"),
    "lift_off_speed_vs": Words("lift-off speed"),
    "slowest_vs": Words("slowest in the air"),
    "cross_track_m": Words("beside the legs (rms)"),
    "height_error_m": Words("off their height (rms)"),
    "gate_errors": Words("error at the gate"),
    "go_arounds": Words("go-arounds"),
    "gold": Words("up to gold standard", values=NO_YES),
    "phase": Words("came as far as", values={0.0: "take-off", 1.0: "legs", 2.0: "landing", 3.0: "figures"}),
    "aileron_activity": Words("aileron moved"),
    "elevator_activity": Words("elevator moved"),
    "rudder_activity": Words("rudder moved"),
    "throttle_activity": Words("throttle moved"),
}
PARTS = {  # before a metric of one part of a flight
    "takeoff_": "take-off: ",
    "pattern_": "legs: ",
    "figure_": "figures: ",
    "f3a_": "F3A: ",
}


def _words(name: str) -> tuple[str, Words]:
    """(what part of the flight, with a colon; the words) of a metric's name."""
    for start, part in PARTS.items():
        if name.startswith(start):
            return part, _words(name.removeprefix(start))[1]
    if name in NAMES:
        return "", NAMES[name]
    stem, _, ending = name.rpartition("_")
    return "", Words((stem if stem and ending in UNITS else name).replace("_", " "))


def _unit(name: str) -> str:
    stem, _, ending = name.rpartition("_")
    return UNITS.get(ending, "") if stem else ""


def metric_row(name: str, value: float, limit: Limit | None = None) -> MetricRow:
    """A metric in words: `touchdown_y_m`, -0.2 -> ("touchdown to the right", "0.20", "m", ...)."""
    (part, words), limit = _words(name), limit or Limit()
    if value in words.values:
        return MetricRow(part + words.label, words.values[value], "")
    size, of_size = value, limit
    if words.below:  # the words say the side, the number the size
        end = limit.most if value >= 0 else None if limit.least is None else -limit.least
        size, of_size = abs(value), Limit(most=end)
    label, number = part + words.of(value), metric_value(size, of_size)
    return MetricRow(label, number, _unit(name), of_size.text(size), limit.allows(value))


def metric_text(name: str, value: float, limit: Limit | None = None) -> str:
    """A metric in a few words: `sink_mps`, 0.4 -> `sink at touchdown 0.40 m/s`, with ` (≤ 1.00)` if it has a limit."""
    row = metric_row(name, value, limit)
    beside = f" ({row.limit})" if row.limit else ""
    return f"{row.label} {row.value}{'' if row.unit == '°' else ' '}{row.unit}".rstrip() + beside


def metric_label(name: str) -> tuple[str, str]:
    """Words and unit of a metric over many flights: `sink_mps` -> ("sink at touchdown", "m/s"); "" without a unit.

    Where a sign says the side the words name that of +: "touchdown to the left (+)".
    """
    part, words = _words(name)
    return f"{part}{words.label}{' (+)' if words.below else ''}", _unit(name)


def metric_value(value: float, limit: Limit | None = None) -> str:
    """A number with three digits, more where it would look like its limit, and no exponent.

    Whole numbers below 10 are counts and stay whole, unless their limit is none.
    """
    return f"{value:.{decimals_to_tell(value, limit)}f}"


def metric_rows(metrics: Mapping[str, Any], limits: Mapping[str, Limit] | None = None) -> list[MetricRow]:
    """Words, value, unit and limit of each metric in a log's header, for a table; a value of None becomes a dash."""
    rows = []
    for name, value in metrics.items():
        if isinstance(value, int | float) and not isinstance(value, bool):
            rows.append(metric_row(str(name), value, (limits or {}).get(str(name))))
        else:
            label, unit = metric_label(str(name))
            rows.append(MetricRow(label, "–" if value is None else str(value), unit))
    return rows
