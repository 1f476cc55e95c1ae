"""What pictures and exports of several flights share: a name and a colour for each, and a clock that starts at 0."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from envs.base.errors import InputError
from envs.base.units import SEA_LEVEL_DENSITY
from envs.flights.flight_log import FlightLog

# Told apart by most colour-blind eyes too (Okabe and Ito 2008), against sky and grass; red, green, blue 0..255.
COLOURS: tuple[tuple[int, int, int], ...] = (
    (255, 140, 26),
    (64, 160, 255),
    (240, 228, 66),
    (204, 121, 167),
    (0, 190, 140),
    (213, 60, 30),
    (150, 110, 230),
)
MOST_FLIGHTS = len(COLOURS)


def check_count(logs: Sequence[FlightLog], what: str) -> None:
    """Raise InputError, starting with `what`, when there are more flights than colours."""
    if len(logs) > MOST_FLIGHTS:
        raise InputError(f"{what}: at most {MOST_FLIGHTS} flights together (got {len(logs)})")


def labels(logs: Sequence[FlightLog]) -> list[str]:
    """A name for each flight, all different: the label or the pilot in its header.

    Discrepancies, weather or seed are added where names would be the same.
    """
    names = [str(log.header.get("label") or Path(str(log.header.get("pilot") or log.source)).stem) for log in logs]
    for detail in ("discrepancies", "weather", "seed"):
        if len(set(names)) == len(names):
            break
        values = [_words(log.header.get(detail)) for log in logs]
        if len(set(values)) > 1:
            names = [f"{name} {value}".strip() for name, value in zip(names, values, strict=True)]
    count = Counter(names)
    numbers: Counter[str] = Counter()
    for index, name in enumerate(names):
        numbers[name] += 1
        if count[name] > 1:
            names[index] = f"{name} ({numbers[name]})"
    return names


def clock(log: FlightLog) -> NDArray[np.float64]:
    """Seconds since the flight's first row, (rows,): flights laid over each other start together."""
    time = log.column("time_s")
    return time - time[0]


def indicated_airspeed(log: FlightLog) -> NDArray[np.float64]:
    """Airspeed (rows,) that a pitot tube calibrated at sea level shows, m/s.

    True airspeed times the root of the density ratio: both have the same dynamic pressure.
    """
    density = log.header.get("air_density_kgpm3")  # logs of before it was written flew at sea level
    ratio = density / SEA_LEVEL_DENSITY if isinstance(density, int | float) and density > 0 else 1.0
    return np.sqrt(ratio) * log.column("airspeed_mps")


def optional(log: FlightLog, name: str) -> NDArray[np.float64] | None:
    """A column (rows,) that not every log has, or None where it is missing."""
    return log.column(name) if name in log.columns else None


def _words(value: object) -> str:
    if value is None:
        return ""
    return " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
