"""Outcome and metrics of a flight in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Ending:
    """How a flight ended, as the banner over the last pictures of its video says it."""

    outcome: str
    is_success: bool
    lines: tuple[str, ...] = ()


def ending_of(header: dict[str, Any]) -> Ending | None:
    """The ending that a log's header tells, or None if it has no outcome."""
    if not header.get("outcome"):
        return None
    metrics = header.get("metrics") or {}
    shown = [metric_text(name, value) for name, value in metrics.items() if isinstance(value, int | float)][:6]
    return Ending(str(header["outcome"]), bool(header.get("is_success")), tuple(shown))


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
    "phase": Words("came as far as", values={0.0: "take-off", 1.0: "legs", 2.0: "landing"}),
    "aileron_activity": Words("aileron moved"),
    "elevator_activity": Words("elevator moved"),
    "rudder_activity": Words("rudder moved"),
    "throttle_activity": Words("throttle moved"),
}
PARTS = {"takeoff_": "take-off: ", "pattern_": "legs: "}  # before a metric of one part of a flight


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


def metric_row(name: str, value: float) -> tuple[str, str, str]:
    """Words, value and unit of a metric: `touchdown_y_m`, -0.2 -> ("touchdown to the right", "0.20", "m")."""
    part, words = _words(name)
    if value in words.values:
        return part + words.label, words.values[value], ""
    return part + words.of(value), metric_value(abs(value) if words.below else value), _unit(name)


def metric_text(name: str, value: float) -> str:
    """A metric in a few words: `sink_mps`, 0.4 -> `sink at touchdown 0.40 m/s`."""
    label, number, unit = metric_row(name, value)
    return f"{label} {number}{'' if unit == '°' else ' '}{unit}".rstrip()


def metric_label(name: str) -> tuple[str, str]:
    """Words and unit of a metric over many flights: `sink_mps` -> ("sink at touchdown", "m/s"); "" without a unit.

    Where a sign says the side the words name that of +: "touchdown to the left (+)".
    """
    part, words = _words(name)
    return f"{part}{words.label}{' (+)' if words.below else ''}", _unit(name)


def metric_value(value: float) -> str:
    """A number with three digits and no exponent; whole numbers below 10 are counts and stay whole."""
    if float(value).is_integer() and abs(value) < 10:
        return f"{value:.0f}"
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def metric_rows(metrics: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Words, value and unit of each metric in a log's header, for a table; a value of None becomes a dash."""
    rows = []
    for name, value in metrics.items():
        if isinstance(value, int | float) and not isinstance(value, bool):
            rows.append(metric_row(str(name), value))
        else:
            label, unit = metric_label(str(name))
            rows.append((label, "–" if value is None else str(value), unit))
    return rows
