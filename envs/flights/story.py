"""A flight told from its log: as a timeline, in sentences, or as a table of figures."""

from __future__ import annotations

import math
from typing import Any

from envs.flights.ending import NOT_RECORDED, Ending, ending_of, limits_of
from envs.flights.events import FAULT, events_of
from envs.flights.faults import faults_of
from envs.flights.figures_asked import flight_title
from envs.flights.flight_log import FlightLog
from envs.flights.judging import judged_ending
from envs.flights.log_header import sensors_told
from envs.flights.metric_text import MetricRow, metric_rows

MOST_SENTENCES, MOST_ROWS = 6, 8  # of events: more would drown the rest


def verdict(header: dict[str, Any]) -> str:
    """'landed, a success', or 'touched down too hard (sink at touchdown 1.04 m/s, ...)'.

    Of a figure flown to its end the mark: 'flew the figure, mark 8.4 of 10'.
    """
    return _told(ending_of(header))


def _told(ending: Ending | None) -> str:
    """An ending as `verdict` has it."""
    if ending is None:
        return NOT_RECORDED
    return f"{ending.phrase}, a success" if ending.is_success and ending.mark is None else ending.sentence


def mean_wind_mps(log: FlightLog) -> float:
    """Level wind averaged over the flight, m/s."""
    return math.hypot(log.column("wind_x_mps").mean(), log.column("wind_y_mps").mean())


def timeline(log: FlightLog) -> str:
    """What flew, what happened phase by phase, how it ended; a few lines."""
    header, metrics = log.header, log.header.get("metrics") or {}
    time = log.column("time_s")
    lines = [
        f"{log.aircraft().title}, {header.get('task')} in {header.get('weather')} "
        f"(mean wind {mean_wind_mps(log):.1f} m/s), seed {header.get('seed')}, flown by {header.get('pilot')}"
    ]
    lines += [f"         {fault.line}" for fault in faults_of(header) if not fault.at_s]
    told = [*((float(time[event.row]), event.label(log)) for event in events_of(log)), *_stunts(header)]
    lines += [f"{at_s:6.1f} s  {words}" for at_s, words in sorted(told)]
    lines += _figures(metrics)
    return "\n".join([*lines, f"{time[-1]:6.1f} s  {verdict(header)}"])


def _stunts(header: dict[str, Any]) -> list[tuple[float, str]]:
    """(second, line) of each figure of a flight of several: its mark at its end, or that it was given up."""
    marks, metrics = header.get("marks") or {}, header.get("metrics") or {}
    timed = [mark for mark in marks.get("figures") or [] if "to_s" in mark]
    told: list[tuple[float, str]] = []
    for number, mark in enumerate(timed[: int(metrics.get("figures_flown", len(timed)))], 1):
        score = metrics.get(f"f3a_{number}_{mark['name']}")
        if isinstance(score, int | float):
            told.append((mark["to_s"], f"flew {mark['name'].replace('_', ' ')}, marked {score:.1f} of 10"))
    given_up = marks.get("given_up")
    if given_up:
        name = given_up["figure"].replace("_", " ")
        told.append((given_up["at_s"], f"figure given up: {name} ({given_up['why']})"))
    return told


def _figures(metrics: dict[str, Any]) -> list[str]:
    """Circuit and landing in a line each, as far as the flight came."""
    lines = []
    got = {key: value for key, value in metrics.items() if isinstance(value, int | float)}
    if {"pattern_cross_track_m", "pattern_height_error_m"} <= got.keys():
        lines.append(
            f"          circuit: {got['pattern_cross_track_m']:.1f} m beside its legs and "
            f"{got['pattern_height_error_m']:.1f} m off their height (root mean square)"
        )
    if {"touchdown_x_m", "touchdown_y_m"} <= got.keys():
        x, y = got["touchdown_x_m"], got["touchdown_y_m"]
        text = (
            f"          touchdown {abs(x):.1f} m {'beyond' if x >= 0 else 'before'} the aim point, "
            f"{abs(y):.2f} m {'left' if y >= 0 else 'right'} of the centreline"
        )
        if "stopping_distance_m" in got:
            text += f", stopped after {got['stopping_distance_m']:.0f} m"
        lines.append(text)
    if got.get("go_arounds"):
        lines.append(f"          went around {got['go_arounds']:.0f} time{'s' if got['go_arounds'] > 1 else ''}")
    return lines


def sentences(log: FlightLog) -> str:
    """Wind, lift-off, touchdowns and strikes, the highest point, and the moment the flight ended."""
    time = log.column("time_s") - log.column("time_s")[0]
    told = [_wind(log), *(f"{fault.line}." for fault in faults_of(log.header) if not fault.at_s)]
    for event in events_of(log)[:MOST_SENTENCES]:
        if event.name == FAULT:
            told.append(f"{event.detail} after {time[event.row]:.1f} s.")
            continue
        row = event.row
        where = f"{log.column('x_m')[row]:.0f} m down the runway, {_side(log.column('y_m')[row])}"
        speed = f"{log.column('airspeed_mps')[row]:.1f} m/s"
        # the row before: the contact itself already takes the sink away
        sink = f", sinking at {-log.column('vz_mps')[max(0, row - 1)]:.1f} m/s" if event.name == "touchdown" else ""
        told.append(f"{event.name.capitalize()} after {time[row]:.1f} s at {speed}{sink}, {where}.")
    height = log.column("height_m")
    if height.max() > 0.5:
        told.append(f"Highest {height.max():.1f} m.")
    return " ".join([*told, _end(log, float(time[-1]))])


def _wind(log: FlightLog) -> str:
    along, left = (float(log.column(name).mean()) for name in ("wind_x_mps", "wind_y_mps"))
    speed = math.hypot(along, left)
    if speed < 0.3:
        return "Still air."
    parts = [f"{abs(along):.1f} m/s from {'behind' if along > 0 else 'ahead'}"] if abs(along) >= 0.1 else []
    parts += [f"{abs(left):.1f} m/s from the {'right' if left > 0 else 'left'}"] if abs(left) >= 0.1 else []
    return f"Mean wind {speed:.1f} m/s: {' and '.join(parts)}, seen along the runway."


def _end(log: FlightLog, seconds: float) -> str:
    height, speed, roll, heading = (
        float(log.column(name)[-1]) for name in ("height_m", "airspeed_mps", "roll_deg", "heading_deg")
    )
    heading = (heading + 180.0) % 360.0 - 180.0
    nose = "nose along the runway" if abs(heading) < 0.5 else f"nose {_turned(heading)} of the runway"
    place = f"{nose}, {_side(log.column('y_m')[-1])}"
    where = "on the ground" if height < 0.05 else f"{height:.1f} m high"
    return (
        f"It ended after {seconds:.1f} s, {where}, {speed:.1f} m/s through the air, bank {_turned(roll)}, {place}: "
        f"{verdict(log.header)}."
    )


def _turned(degrees: float) -> str:
    return "0°" if abs(degrees) < 0.5 else f"{abs(degrees):.0f}° {'right' if degrees >= 0 else 'left'}"


def _side(y: float) -> str:
    """Place across the runway; `y` (m) is positive on the left."""
    if abs(y) < 0.05:
        return "on the centreline"
    return f"{abs(y):.1f} m {'left' if y >= 0 else 'right'} of the centreline"


def summary(log: FlightLog) -> str:
    """What flew, how it ended, its metrics and events, and where the log is."""
    header, time = log.header, log.column("time_s")
    words = [flight_title(header), log.aircraft().title, header.get("weather"), sensors_told(header)]
    words += [f"{key} {header[key]}" for key in ("pilot", "seed") if header.get(key) is not None]
    words += [f"without {name}" for name in header.get("effects_off") or []]
    lines = ["  ".join(str(word) for word in words if word)]
    lines += [f"{f.line} (from {f.at_s:g} s)" if f.at_s else f.line for f in faults_of(header)]
    lines += ["", f"  {_told(judged_ending(log))}", ""]
    rows: list[MetricRow] = []
    rows += [MetricRow("flight time", f"{time[-1] - time[0]:.1f}", "s")]
    rows += [MetricRow("mean wind", f"{mean_wind_mps(log):.1f}", "m/s")]
    rows += [
        MetricRow(event.name, f"{time[event.row]:.1f}", f"s at {log.column('airspeed_mps')[event.row]:.1f} m/s")
        for event in events_of(log)[:MOST_ROWS]
        if event.name != FAULT
    ]
    rows += metric_rows(header.get("metrics") or {}, limits_of(header))
    wide = max(len(row.label) for row in rows)
    lines += [f"  {row.label:<{wide}}  {row.value:>9} {row.unit:<4} {row.limit}".rstrip() for row in rows]
    return "\n".join([*lines, "", f"log: {log.source}"])
