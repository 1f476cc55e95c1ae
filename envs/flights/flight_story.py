"""What happened on a flight, in a few sentences."""

from __future__ import annotations

import math

from envs.flights.events import events_of
from envs.flights.flight_log import FlightLog


def story(log: FlightLog) -> str:
    """Wind, lift-off, touchdowns and strikes, the highest point, and the moment the flight ended."""
    time = log.column("time_s") - log.column("time_s")[0]
    sentences = [_wind(log)]
    for event in events_of(log)[:6]:
        row = event.row
        where = f"{log.column('x_m')[row]:.0f} m down the runway, {_side(log.column('y_m')[row])}"
        speed = f"{log.column('airspeed_mps')[row]:.1f} m/s"
        # the row before: the contact itself already takes the sink away
        sink = f", sinking at {-log.column('vz_mps')[max(0, row - 1)]:.1f} m/s" if event.name == "touchdown" else ""
        sentences.append(f"{event.name.capitalize()} after {time[row]:.1f} s at {speed}{sink}, {where}.")
    height = log.column("height_m")
    if height.max() > 0.5:
        sentences.append(f"Highest {height.max():.1f} m.")
    return " ".join([*sentences, _end(log, float(time[-1]))])


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
    verdict = "a success" if log.header.get("is_success") else "not a success"
    outcome = str(log.header.get("outcome", "no outcome recorded")).replace("_", " ")
    nose = "nose along the runway" if abs(heading) < 0.5 else f"nose {_turned(heading)} of the runway"
    place = f"{nose}, {_side(log.column('y_m')[-1])}"
    where = "on the ground" if height < 0.05 else f"{height:.1f} m high"
    return (
        f"It ended after {seconds:.1f} s as “{outcome}”, {verdict}: {where}, {speed:.1f} m/s through the air, "
        f"bank {_turned(roll)}, {place}."
    )


def _turned(degrees: float) -> str:
    return "0°" if abs(degrees) < 0.5 else f"{abs(degrees):.0f}° {'right' if degrees >= 0 else 'left'}"


def _side(y: float) -> str:
    """y is positive on the left."""
    if abs(y) < 0.05:
        return "on the centreline"
    return f"{abs(y):.1f} m {'left' if y >= 0 else 'right'} of the centreline"
