"""The moments of a flight that pictures mark: lift-offs, touchdowns and the first strike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from envs.base.frames import Array
from envs.flights.flight_log import FlightLog

AIRBORNE_M, GROUND_S = 0.15, 0.25  # a hop lower than this is a bump; contact after this long in the air is a touchdown


@dataclass(frozen=True)
class Event:
    """A moment: its name, its row in the log, the colour of its mark and where its label stands."""

    name: str
    row: int
    colour: str
    offset: tuple[float, float] = (14.0, 22.0)  # of the label, points
    align: str = "left"

    def label(self, log: FlightLog) -> str:
        """The name with the airspeed and, at a touchdown, the sink rate (m/s)."""
        speed = f"{log.column('airspeed_mps')[self.row]:.1f} m/s"
        if self.name == "touchdown":
            # the row before: the contact itself already takes the sink away
            return f"{self.name} {speed}, sink {-log.column('vz_mps')[max(0, self.row - 1)]:.1f} m/s"
        if self.name == "strike":
            return f"{self.name} at {speed}"
        return f"{self.name} {speed}"


def labels_below(events: Sequence[Event], number: int, places: Array, reach: float) -> int:
    """How many labels of earlier events lie within `reach` of event `number`, so that its own must stand above them.

    A touchdown that is given up is followed at once by a lift-off, and by another touchdown a round later. `places`
    (rows,) and `reach` are in the unit of the picture's horizontal axis.
    """
    here = places[events[number].row]
    return sum(abs(here - places[earlier.row]) < reach for earlier in events[:number])


def events_of(log: FlightLog) -> list[Event]:
    """The lift-offs, touchdowns and the first strike of a flight, in order of time."""
    time, height = log.column("time_s"), log.column("height_m")
    on_ground = log.column("wheels_on_ground") > 0.5
    events: list[Event] = []
    flying = bool(not on_ground[0] and height[0] > AIRBORNE_M)
    left_at = 0
    for row in range(1, len(log)):
        if on_ground[row - 1] and not on_ground[row]:
            left_at = row
        if not flying and not on_ground[row] and height[row] > AIRBORNE_M:
            flying = True
            events.append(Event("lift-off", left_at, "#21874a", (-14.0, 26.0), "right"))
        elif flying and on_ground[row]:
            flying = False
            if time[row] - time[left_at] > GROUND_S:
                events.append(Event("touchdown", row, "#e07b12", (14.0, 26.0)))
    strikes = np.flatnonzero(log.column("strike") > 0.5)
    if len(strikes):
        first = int(strikes[0])
        # hitting the ground is no landing: the strike stands for both
        events = [event for event in events if event.name != "touchdown" or abs(time[event.row] - time[first]) > 0.2]
        events.append(Event("strike", first, "#c0392b", (14.0, 44.0)))
    return sorted(events, key=lambda event: event.row)
