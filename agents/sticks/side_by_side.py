"""Two flights of the same task, number beside number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from envs.flights.ending import MARKS, ending_of
from envs.flights.flight_log import FlightLog
from envs.flights.metric_text import metric_rows

Row = tuple[str, ...]
NOTHING = "–"


def side_by_side(yours: FlightLog, other: FlightLog | None, other_name: str = "") -> list[Row]:
    """Rows of cells: a heading, how each ended, flight time, reward and every metric; two columns without another."""
    logs = [yours] if other is None else [yours, other]
    rows: list[Row] = [("", "you") if other is None else ("", "you", other_name)]
    rows.append(("outcome", *(_outcome(log.header) for log in logs)))
    rows.append(("flight time", *(f"{log.column('time_s')[-1] - log.column('time_s')[0]:.1f} s" for log in logs)))
    rows.append(("reward", *(_reward(log.header) for log in logs)))
    metrics: list[Mapping[str, Any]] = [log.header.get("metrics") or {} for log in logs]
    for name in dict.fromkeys(name for one in metrics for name in one):
        if name != "time_s":  # said above
            rows.append(_metric_row(name, metrics))
    return rows


def _metric_row(name: str, metrics: list[Mapping[str, Any]]) -> Row:
    """One metric of all flights; where its sign changes what it is called, the cell says so."""
    label, cells = "", []
    for one in metrics:
        if one.get(name) is None:
            cells.append(NOTHING)
            continue
        said, value, unit = metric_rows({name: one[name]})[0][:3]
        label = label or said
        cell = f"{value}{'' if unit == '°' else ' '}{unit}".rstrip()
        cells.append(cell if said == label else f"{cell} ({said})")
    return (label or name, *cells)


def _outcome(header: dict[str, Any]) -> str:
    """What happened, in plain words; of a flight that was broken off, that it was."""
    ending = ending_of(header)
    return "broken off" if ending is None else f"{ending.phrase}{MARKS[ending.is_success].replace('  ', ' ')}"


def _reward(header: dict[str, Any]) -> str:
    terms = header.get("reward_terms")
    return f"{sum(terms.values()):.1f}" if isinstance(terms, dict) and terms else NOTHING
