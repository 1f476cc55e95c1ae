"""A flight told in plain words, phase by phase, from its log."""

from __future__ import annotations

import math
from typing import Any

from envs.flights.events import events_of
from envs.flights.flight_log import FlightLog

FAILURES = {
    "strike": "something other than a wheel touched the ground",
    "veered": "it left the centreline on the run",
    "early": "it lifted off too slowly",
    "banked": "it banked too far near the ground",
    "sank": "it sank back to the ground",
    "turned": "it turned off its course",
    "overrun": "it ran out of room",
    "slow": "it flew too slowly",
    "fast": "it touched down too fast",
    "short": "it touched down too early",
    "long": "it touched down too far along",
    "wide": "it touched down beside the middle",
    "hard": "it landed hard",
    "broken": "it hit the ground harder than its gear bears",
    "crabbed": "it touched down askew",
    "bounced": "it bounced",
    "left": "it rolled off the side of the runway",
    "lost": "it flew away",
    "timeout": "its time ran out",
}


def story(log: FlightLog) -> str:
    """What flew, what happened phase by phase, how it ended; a few lines."""
    header, metrics = log.header, log.header.get("metrics") or {}
    time = log.column("time_s")
    wind = math.hypot(log.column("wind_x_mps").mean(), log.column("wind_y_mps").mean())
    lines = [
        f"{log.aircraft().title}, {header.get('task')} in {header.get('weather')} (mean wind {wind:.1f} m/s), "
        f"seed {header.get('seed')}, flown by {header.get('pilot')}"
    ]
    lines += [f"{time[event.row]:6.1f} s  {event.label(log)}" for event in events_of(log)]
    lines += _figures(metrics)
    outcome = str(header.get("outcome"))
    if header.get("is_success"):
        ending = f"{outcome}, a success"
    else:
        ending = f"{outcome}: {FAILURES.get(outcome, 'not a success')}"
    return "\n".join([*lines, f"{time[-1]:6.1f} s  {ending}"])


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
