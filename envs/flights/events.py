"""The moments of a flight that pictures mark: lift-offs, touchdowns, the first strike, and faults that strike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from envs.flights.faults import faults_of
from envs.flights.flight_log import FlightLog
from envs.tasks.takeoff import CLEAR_HEIGHT_M

FAULT = "fault"
GROUND_S = 0.25  # contact after so long in the air is a touchdown


@dataclass(frozen=True)
class Event:
    """A moment: its name, its row in the log and the colour of its mark."""

    name: str
    row: int
    colour: str
    detail: str = ""

    def label(self, log: FlightLog) -> str:
        """The name with the airspeed and, at a touchdown, the sink rate (m/s)."""
        speed = f"{log.column('airspeed_mps')[self.row]:.1f} m/s"
        if self.name == "touchdown":
            # the row before: the contact itself already takes the sink away
            return f"{self.name} {speed}, sink {-log.column('vz_mps')[max(0, self.row - 1)]:.1f} m/s"
        if self.name == FAULT:
            return self.detail
        if self.name == "strike":
            return f"{self.name} at {speed}"
        return f"{self.name} {speed}"


def events_of(log: FlightLog) -> list[Event]:
    """The lift-offs, touchdowns, the first strike and faults that strike in flight, in order of time.

    A lift-off is what the take-off's judge takes for it (`envs.tasks.takeoff`): the last row with a wheel on the ground
    before the aircraft is clear of it, by more than CLEAR_HEIGHT_M. A touchdown is the first row with a wheel on the
    ground again, as in the landing's.
    """
    time, height = log.column("time_s"), log.column("height_m")
    on_ground = log.column("wheels_on_ground") > 0.5
    events: list[Event] = []
    flying = bool(not on_ground[0] and height[0] > CLEAR_HEIGHT_M)
    last_contact = 0
    for row in range(len(log)):
        if on_ground[row]:
            if flying and time[row] - time[last_contact] > GROUND_S:
                events.append(Event("touchdown", row, "#e07b12"))
            flying, last_contact = False, row
        elif not flying and height[row] > CLEAR_HEIGHT_M:
            flying = True
            events.append(Event("lift-off", last_contact, "#21874a"))
    strikes = np.flatnonzero(log.column("strike") > 0.5)
    if len(strikes):
        first = int(strikes[0])
        # hitting the ground is no landing: the strike stands for both
        events = [event for event in events if event.name != "touchdown" or abs(time[event.row] - time[first]) > 0.2]
        events.append(Event("strike", first, "#c0392b"))
    for fault in faults_of(log.header):
        if 0.0 < fault.at_s <= time[-1]:
            row = int(np.searchsorted(time, fault.at_s - 1e-6))
            events.append(Event(FAULT, row, "#8e24aa", fault.line))
    return sorted(events, key=lambda event: event.row)
