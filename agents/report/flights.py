"""The flights a report shows: test seeds flown again with a run's bundle, and three of them picked by rule."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.environments.flights import EnvFunction, flight_name
from agents.evaluation.flight_test import Flight, FlightTest
from agents.pilot import Pilot
from envs.base.runway import Runway
from envs.flights.events import events_of
from envs.flights.flight_log import FlightLog
from envs.flights.story import sentences
from envs.rendering.card.card import draw_card

PATH_POINTS = 70  # of a flight's path, at most


class Place(NamedTuple):
    """A point on the ground (m): x along the runway, y left of its centreline."""

    x: float
    y: float


@dataclass(frozen=True)
class ShownFlight:
    """One flight: its result, its path thinned to at most PATH_POINTS rows, and where it lifted off, or None.

    The path is in the world, in m: `x` and `y` (rows,) of the centre of gravity, `height` (rows,) of the lowest wheel.
    """

    flight: Flight
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    height: NDArray[np.float64]
    lift_off: Place | None = None

    @property
    def touchdown(self) -> Place | None:
        """The touchdown, x from the aim point and y left of the centreline (m), for tasks that measure it."""
        x, y = (self.flight.metrics.get(f"touchdown_{axis}_m", np.nan) for axis in "xy")
        return Place(x, y) if np.isfinite(x) and np.isfinite(y) else None


@dataclass(frozen=True)
class PickedFlight:
    """A flight shown in full: why (`best`, ...), its result, its card as PNG and what happened, in sentences."""

    why: str
    flight: Flight
    card: bytes
    story: str


@dataclass(frozen=True)
class Airfield:
    """The field of the flights: runway, span of the aircraft (m), the task's aim point and marks along x (m)."""

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
        """How many of the flights are a success."""
        return sum(shown.flight.is_success for shown in self.flights)


def fly_shown(
    env_function: EnvFunction,
    pilot: Pilot,
    seeds: Sequence[int],
    pilot_name: str,
    processes: int | None = None,
    on_landed: Callable[[Flight], None] | None = None,
) -> ShownFlights:
    """Fly the seeds with the pilot, judged like the flights of every evaluation.

    The flight logs are kept only until paths, cards and stories have been made from them. `on_landed` is called after
    each flight; `processes` None takes one a core.
    """
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with FlightTest(env_function, processes, record_to=folder, pilot_name=pilot_name) as test:
            flights = test.fly(pilot, seeds, on_landed)
        shown = tuple(_shown(flight, FlightLog.load(folder / flight_name(flight.seed))) for flight in flights)
        picked = []
        for why, flight in pick(flights):
            log = FlightLog.load(folder / flight_name(flight.seed))
            card = draw_card(log, folder / "card.png").read_bytes()
            picked.append(PickedFlight(why, flight, card, sentences(log)))
        first = FlightLog.load(folder / flight_name(flights[0].seed))
        return ShownFlights(shown, tuple(picked), _airfield(first), first.aircraft().title)


def pick(flights: Sequence[Flight]) -> list[tuple[str, Flight]]:
    """The best, median and worst flight, each with that word; one flight that is two of them has both words.

    A success ranks before any failure, then the higher reward, then the lower seed. The median of an even number of
    flights is the better one of the two in the middle.
    """
    ranked = sorted(flights, key=lambda flight: (not flight.is_success, -flight.total_reward, flight.seed))
    places = {"best": 0, "median": (len(ranked) - 1) // 2, "worst": len(ranked) - 1}
    reasons: dict[int, list[str]] = {}
    for word, place in places.items():
        reasons.setdefault(place, []).append(word)
    return [(" and ".join(words), ranked[place]) for place, words in reasons.items()]


def _shown(flight: Flight, log: FlightLog) -> ShownFlight:
    rows = np.unique(np.linspace(0, len(log) - 1, PATH_POINTS).round().astype(int))
    x, y, height = (log.column(name) for name in ("x_m", "y_m", "height_m"))
    lift_off = next((event.row for event in events_of(log) if event.name == "lift-off"), None)
    place = None if lift_off is None else Place(float(x[lift_off]), float(y[lift_off]))
    return ShownFlight(flight, x[rows], y[rows], height[rows], place)


def _airfield(log: FlightLog) -> Airfield:
    header: Mapping[str, Any] = log.header
    marks = header.get("marks") or {}
    aim = marks.get("aim_x_m", (header.get("leg") or {}).get("x_m", 0.0))
    return Airfield(log.runway(), log.aircraft().span_m, float(aim), marks)
