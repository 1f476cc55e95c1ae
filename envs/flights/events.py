"""The moments of a flight that pictures mark: lift-offs, touchdowns and the first strike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from envs.flights.flight_log import FlightLog

AIRBORNE_M, GROUND_S = 0.15, 0.25  # a hop lower than this is a bump; contact after this long in the air is a touchdown


@dataclass(frozen=True)
class Event:
    """A moment: its name, its row in the log and the colour of its mark."""

    name: str
    row: int
    colour: str

    def label(self, log: FlightLog) -> str:
        """The name with the airspeed and, at a touchdown, the sink rate (m/s)."""
        speed = f"{log.column('airspeed_mps')[self.row]:.1f} m/s"
        if self.name == "touchdown":
            # the row before: the contact itself already takes the sink away
            return f"{self.name} {speed}, sink {-log.column('vz_mps')[max(0, self.row - 1)]:.1f} m/s"
        if self.name == "strike":
            return f"{self.name} at {speed}"
        return f"{self.name} {speed}"


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
            events.append(Event("lift-off", left_at, "#21874a"))
        elif flying and on_ground[row]:
            flying = False
            if time[row] - time[left_at] > GROUND_S:
                events.append(Event("touchdown", row, "#e07b12"))
    strikes = np.flatnonzero(log.column("strike") > 0.5)
    if len(strikes):
        first = int(strikes[0])
        # hitting the ground is no landing: the strike stands for both
        events = [event for event in events if event.name != "touchdown" or abs(time[event.row] - time[first]) > 0.2]
        events.append(Event("strike", first, "#c0392b"))
    return sorted(events, key=lambda event: event.row)
