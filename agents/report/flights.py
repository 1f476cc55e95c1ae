"""The flights a report shows: test seeds flown again with a run's bundle, and three of them picked by rule."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.environments.flights import EnvFunction, flight_name
from agents.evaluation.flight_test import Flight, FlightTest
from agents.pilot import Pilot
from envs.base.runway import Runway
from envs.flights.events import events_of
from envs.flights.flight_log import FlightLog
from envs.flights.flight_story import story
from envs.rendering.card.card import draw_card

PATH_POINTS = 70  # of a flight's path, at most


@dataclass(frozen=True)
class ShownFlight:
    """One flight: its result, its `path` (n, 3) as x, y of the centre of gravity and height of the lowest wheel (m),
    thinned, and where it lifted off (x, y) or None.
    """

    flight: Flight
    path: NDArray[np.float64]
    lift_off: tuple[float, float] | None = None

    @property
    def touchdown(self) -> tuple[float, float] | None:
        """Its touchdown from the aim point and off the centreline (m), for tasks that measure it."""
        x, y = (self.flight.metrics.get(f"touchdown_{axis}_m", np.nan) for axis in "xy")
        return (x, y) if np.isfinite(x) and np.isfinite(y) else None


@dataclass(frozen=True)
class PickedFlight:
    """A flight shown in full: why (`best`, ...), its result, its card as PNG and what happened, in sentences."""

    why: str
    flight: Flight
    card: bytes
    story: str


@dataclass(frozen=True)
class Airfield:
    """Where the flights took place: runway, span of the aircraft (m), aim point and marks (m) of the task."""

    runway: Runway
    span_m: float
    aim_x_m: float = 0.0
    marks: Mapping[str, float] | None = None


@dataclass(frozen=True)
class ShownFlights:
    """All flights of the report, on consecutive seeds, and the picked ones; `aircraft` is its full name."""

    flights: tuple[ShownFlight, ...]
    picked: tuple[PickedFlight, ...]
    airfield: Airfield
    aircraft: str

    @property
    def successes(self) -> int:
        return sum(shown.flight.is_success for shown in self.flights)


def fly_shown(
    env_function: EnvFunction,
    pilot: Pilot,
    seeds: Sequence[int],
    pilot_name: str,
    processes: int | None = None,
    on_landed: Callable[[Flight], None] | None = None,
) -> ShownFlights:
    """Fly the seeds, judged like every evaluation's flights; their logs are read and forgotten."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with FlightTest(env_function, processes, record_to=folder, pilot_name=pilot_name) as test:
            flights = test.fly(pilot, seeds, on_landed)
        shown = tuple(_shown(flight, FlightLog.load(folder / flight_name(flight.seed))) for flight in flights)
        picked = []
        for why, flight in pick(flights):
            log = FlightLog.load(folder / flight_name(flight.seed))
            card = draw_card(log, folder / "card.png").read_bytes()
            picked.append(PickedFlight(why, flight, card, story(log)))
        first = FlightLog.load(folder / flight_name(flights[0].seed))
        return ShownFlights(shown, tuple(picked), _airfield(first), first.aircraft().title)


def pick(flights: Sequence[Flight]) -> list[tuple[str, Flight]]:
    """("best", ...), ("median", ...), ("worst", ...) by reward, a success before any failure; one flight may be
    two of them. The lower seed wins a tie; the median of an even number is the better one.
    """
    ranked = sorted(flights, key=lambda flight: (not flight.is_success, -flight.total_reward, flight.seed))
    places = {"best": 0, "median": (len(ranked) - 1) // 2, "worst": len(ranked) - 1}
    reasons: dict[int, list[str]] = {}
    for word, place in places.items():
        reasons.setdefault(place, []).append(word)
    return [(" and ".join(words), ranked[place]) for place, words in reasons.items()]


def _shown(flight: Flight, log: FlightLog) -> ShownFlight:
    rows = np.unique(np.linspace(0, len(log) - 1, PATH_POINTS).round().astype(int))
    lift_off = next((event.row for event in events_of(log) if event.name == "lift-off"), None)
    place = None if lift_off is None else (float(log.column("x_m")[lift_off]), float(log.column("y_m")[lift_off]))
    return ShownFlight(flight, log.block("x_m", "y_m", "height_m")[rows], place)


def _airfield(log: FlightLog) -> Airfield:
    header: Mapping[str, Any] = log.header
    marks = header.get("marks") or {}
    aim = marks.get("aim_x_m", (header.get("leg") or {}).get("x_m", 0.0))
    return Airfield(log.runway(), log.aircraft().span_m, float(aim), marks)
