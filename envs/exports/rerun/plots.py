"""The curves of a Rerun recording: plots/GROUP/QUANTITY/LABEL, and what ended each flight as text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import rerun as rr
from numpy.typing import NDArray

from envs.exports.rerun.trail import TIMELINE
from envs.flights.ending import limits_of
from envs.flights.events import events_of
from envs.flights.faults import fault_words
from envs.flights.flight_log import FlightLog
from envs.flights.metric_text import metric_rows
from envs.flights.overlay import COLOURS, clock
from envs.flights.story import verdict

# GROUP -> (title, {quantity: column}); reward terms are found in the log
GROUPS: dict[str, tuple[str, dict[str, str]]] = {
    "speeds": ("Speeds, m/s", {"airspeed": "airspeed_mps", "climb": "vz_mps", "along runway": "vx_mps"}),
    "height": ("Height, m", {"height": "height_m"}),
    "attitude": ("Attitude, deg", {"roll": "roll_deg", "pitch": "pitch_deg", "heading": "heading_deg"}),
    "commands": (
        "Commands",
        {"aileron": "aileron_cmd", "elevator": "elevator_cmd", "rudder": "rudder_cmd", "throttle": "throttle_cmd"},
    ),
    "loads": ("Load factor, g", {"load factor": "load_factor"}),
    "airflow": ("Airflow, deg", {"angle of attack": "alpha_deg", "sideslip": "beta_deg"}),
}
REWARDS = "rewards"
SLOW_AIR_MPS = 3.0  # slower, angle of attack and sideslip mean nothing


def log_plots(stream: rr.RecordingStream, logs: Sequence[FlightLog], names: Sequence[str]) -> None:
    """Every curve of every flight, and a page that says how each flight went."""
    for group in (*GROUPS, REWARDS):
        quantities = list(dict.fromkeys(quantity for log in logs for quantity in curves(log, group)))
        for index, (log, name) in enumerate(zip(logs, names, strict=True)):
            time = rr.TimeColumn(TIMELINE, duration=clock(log))
            for quantity, values in curves(log, group).items():
                path = f"plots/{group}/{quantity.replace(' ', '_')}/{rr.escape_entity_path_part(name)}"
                place = quantities.index(quantity)
                if len(logs) == 1:
                    line = rr.SeriesLines(colors=COLOURS[place % len(COLOURS)], names=quantity, widths=1.8)
                else:
                    line = rr.SeriesLines(colors=COLOURS[index], names=name, widths=1.8)
                stream.log(path, line, static=True)
                stream.send_columns(path, [time], rr.Scalars.columns(scalars=values))
    stream.log("summary", rr.TextDocument(_summary(logs, names), media_type="text/markdown"), static=True)
    for log, name in zip(logs, names, strict=True):
        seconds = clock(log)
        for event in events_of(log):
            stream.set_time(TIMELINE, duration=float(seconds[event.row]))
            stream.log(f"events/{rr.escape_entity_path_part(name)}", rr.TextLog(f"{name}: {event.label(log)}"))


def curves(log: FlightLog, group: str) -> dict[str, NDArray[np.float64]]:
    """{quantity: values (rows,)} of a group. Reward terms are summed from the start: the last value is the flight's."""
    if group == REWARDS:
        terms = {
            c.removeprefix("reward_").replace("_", " "): np.cumsum(log.column(c))
            for c in log.columns
            if c.startswith("reward_")
        }
        return {name: values for name, values in terms.items() if np.any(values)}
    found = {quantity: log.column(column) for quantity, column in GROUPS[group][1].items()}
    if group == "airflow":
        slow = log.column("airspeed_mps") < SLOW_AIR_MPS
        found = {quantity: np.where(slow, np.nan, values) for quantity, values in found.items()}
    return found


def _summary(logs: Sequence[FlightLog], names: Sequence[str]) -> str:
    lines: list[str] = []
    for log, name in zip(logs, names, strict=True):
        about = ", ".join(str(log.header[key]) for key in ("task", "weather") if log.header.get(key))
        about = ". ".join(words for words in (about, fault_words(log.header)) if words)
        lines += [f"## {name}", f"{log.aircraft().title}: {about}", "", f"**{verdict(log.header)}**", ""]
        metrics = metric_rows(log.header.get("metrics") or {}, limits_of(log.header))
        lines += ["| | | limit |", "|---|---|---|"]
        lines += [f"| {row.label} | {row.value} {row.unit} | {row.limit} |" for row in metrics]
        lines.append("")
    return "\n".join(lines)
