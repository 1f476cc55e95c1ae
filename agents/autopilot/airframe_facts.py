"""The little an autopilot is told about the airframe, found on the drawing: what each control does, how it sits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from envs.physics.aircraft import Aircraft

SPEED, ALPHA, COMMAND = 1.2, 0.1, 0.3  # where control power is measured: stall speeds, rad, command


@dataclass(frozen=True)
class AirframeFacts:
    """Control power: angular acceleration (rad per T^2) of a full command at Vs in still air, propeller off.

    `rudder` is 0 where nothing answers it; `tail_wheel`: it sits on its tail, on a tail wheel.
    """

    aileron: float
    elevator: float
    rudder: float
    tail_wheel: bool


REFERENCE = AirframeFacts(aileron=2.72, elevator=2.32, rudder=1.20, tail_wheel=True)
"""Those of the ultra_stick, rounded (tests compare)."""


def airframe_facts(aircraft: Aircraft) -> AirframeFacts:
    """The facts of an aircraft, from its description."""
    from envs.physics.airframe import Airframe, body_velocity

    airframe = Airframe(aircraft, propeller=False)
    velocity, rest, up = body_velocity(SPEED * aircraft.stall_speed_mps, ALPHA, 0.0), np.zeros(3), np.array([0, 0, 1.0])

    def turned(command: list[float]) -> np.ndarray:
        airframe.command(*command)
        return airframe.acceleration(velocity, rest, up, 0.0, np.zeros(airframe.motors))[3:6]

    power = []
    for channel, (name, sign) in enumerate({"aileron": 1.0, "elevator": -1.0, "rudder": -1.0}.items()):
        command = [0.0, 0.0, 0.0]
        command[channel] = COMMAND
        difference = turned(command) - turned([-part for part in command])
        per_command = sign * float(difference[channel]) / (2 * COMMAND * SPEED**2)
        power.append(per_command * aircraft.span_m / 9.81 if airframe.has[name] else 0.0)
    ahead = airframe.p["wheel_contact"][: airframe.p["wheels"], 0] > 0
    return AirframeFacts(*power, tail_wheel=aircraft.launch.kind == "runway" and bool(ahead.mean() > 0.5))
