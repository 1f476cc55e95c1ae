"""A flight in a few lines of text."""

from __future__ import annotations

import math

from envs.flights.events import events_of
from envs.flights.flight_log import FlightLog
from envs.flights.metric_text import metric_rows


def summary(log: FlightLog) -> str:
    """What flew, how it ended, its metrics and events, and where the log is."""
    header, time = log.header, log.column("time_s")
    words = [header.get("task"), log.aircraft().title, header.get("weather")]
    words += [f"{key} {header[key]}" for key in ("pilot", "seed") if header.get(key) is not None]
    words += [str(name) for name in header.get("discrepancies") or []]
    words += [f"without {name}" for name in header.get("effects_off") or []]
    outcome = str(header.get("outcome", "not recorded")).replace("_", " ")
    wind = math.hypot(log.column("wind_x_mps").mean(), log.column("wind_y_mps").mean())
    lines = ["  ".join(str(word) for word in words if word), ""]
    rows = [
        (
            "outcome",
            outcome,
            ""
            if header.get("is_success") is None or outcome == "success"
            else "(a success)"
            if header["is_success"]
            else "(not a success)",
        )
    ]
    rows += [("flight time", f"{time[-1] - time[0]:.1f}", "s"), ("mean wind", f"{wind:.1f}", "m/s")]
    rows += [
        (event.name, f"{time[event.row]:.1f}", f"s at {log.column('airspeed_mps')[event.row]:.1f} m/s")
        for event in events_of(log)[:8]
    ]
    rows += metric_rows(header.get("metrics") or {})
    wide = max(len(label) for label, *_ in rows)
    lines += [f"  {label:<{wide}}  {value:>9} {unit}".rstrip() for label, value, unit in rows]
    return "\n".join([*lines, "", f"log: {log.source}"])
