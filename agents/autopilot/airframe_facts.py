"""The little an autopilot is told about the airframe, from the drawing: what controls and propeller do, its wheels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from envs.aircraft.aircraft import Aircraft
from envs.base.units import GRAVITY
from envs.physics.kernels.records import Record

SPEED, ALPHA, COMMAND = 1.2, 0.1, 0.3  # where control power is measured: stall speeds, rad, command
FORWARD, UP, ANGULAR = 0, 2, 3  # in an acceleration (6,): of x and z, and of the angular part's first row
ELEVATOR = 1  # channel
SIGNS = (1.0, -1.0, -1.0)  # of the pilot's roll, pitch and yaw about body axes x forward, y left, z up
PITCH = 0.15  # rad, of a touchdown
BELLY = 0.1  # spans to each side: what an aircraft without wheels comes down on


@dataclass(frozen=True)
class AirframeFacts:
    """Control power: angular acceleration (rad per T^2) of a full command at Vs in still air, propeller off.

    `rudder` is 0 where nothing answers it; `thrust`: of all propellers at a standstill, in weights; `wash`: dynamic
    pressure that they add at the elevator at SPEED, in that of Vs; `heave`: acceleration down (g) for each rad/T^2 that
    the elevator pitches it up, much on a tailless aircraft; `tip_bank`: bank (rad) at which a wing meets the ground at
    PITCH; `rolls`: it takes off on wheels; `tail_wheel`: one of them is under its tail.
    """

    aileron: float
    elevator: float
    rudder: float
    thrust: float
    wash: float
    heave: float
    tip_bank: float
    rolls: bool
    tail_wheel: bool


REFERENCE = AirframeFacts(
    aileron=2.72,
    elevator=2.32,
    rudder=1.20,
    thrust=1.12,
    wash=2.22,
    heave=0.018,
    tip_bank=0.452,
    rolls=True,
    tail_wheel=True,
)
"""Those of the ultra_stick, rounded (tests compare)."""


def airframe_facts(aircraft: Aircraft) -> AirframeFacts:
    """The facts of an aircraft, from its description."""
    from envs.physics.steady.airframe import Airframe, body_velocity

    glider, powered = Airframe(aircraft, propeller=False), Airframe(aircraft)
    still, flying = np.zeros(3), body_velocity(SPEED * aircraft.stall_speed_mps, ALPHA, 0.0)
    up = np.array([0, 0, 1.0])

    def moved(airframe: Airframe, velocity: np.ndarray, command: list[float]) -> np.ndarray:
        """Accelerations (6,): linear m/s2, angular rad/s2."""
        airframe.command(*command)
        rotors = airframe.rotors(velocity, 1.0)
        return airframe.acceleration(velocity, np.zeros(3), up, 1.0, rotors)[:6]

    def answer(airframe: Airframe, channel: int) -> np.ndarray:
        """What a full command at Vs changes of `moved`."""
        command = [0.0, 0.0, 0.0]
        command[channel] = COMMAND
        difference = moved(airframe, flying, command) - moved(airframe, flying, [-part for part in command])
        return difference / (2 * COMMAND * SPEED**2)

    def power(airframe: Airframe, channel: int) -> float:
        return SIGNS[channel] * float(answer(airframe, channel)[ANGULAR + channel]) * aircraft.span_m / GRAVITY

    aileron, elevator, rudder = (
        power(glider, channel) if glider.has[name] else 0.0
        for channel, name in enumerate(("aileron", "elevator", "rudder"))
    )
    thrust = (
        float(moved(powered, still, [0.0, 0.0, 0.0])[FORWARD] - moved(glider, still, [0.0, 0.0, 0.0])[FORWARD])
        / GRAVITY
    )
    wash = SPEED**2 * (power(powered, ELEVATOR) / elevator - 1) if elevator else 0.0
    heave = -float(answer(glider, ELEVATOR)[UP]) / GRAVITY / elevator if elevator else 0.0
    ahead = glider.p["wheel_contact"][: glider.p["wheels"], 0] > 0
    rolls = aircraft.launch.kind == "runway"
    return AirframeFacts(
        aileron,
        elevator,
        rudder,
        thrust,
        wash,
        heave,
        _tip_bank(aircraft, glider.p),
        rolls,
        rolls and bool(ahead.mean() > 0.5),
    )


def _tip_bank(aircraft: Aircraft, parameters: Record) -> float:
    """Bank (rad) at which something else than a wheel or skid, or else the belly, is the lowest point, at PITCH."""
    from envs.physics.assembly.parameters import hull_points

    wheels, corners = parameters["wheel_contact"][: parameters["wheels"]], hull_points(aircraft)
    if len(wheels) == 0:  # it slides on what is near its middle
        middle = np.abs(corners[:, 1]) < BELLY * aircraft.span_m
        wheels, corners = corners[middle], corners[~middle]
    if len(wheels) == 0 or len(corners) == 0:
        return 1.0
    for bank in np.arange(0.0, 1.0, 0.002):
        up = np.array([np.sin(PITCH), np.sin(bank) * np.cos(PITCH), np.cos(bank) * np.cos(PITCH)])
        if (corners @ up).min() < (wheels @ up).min():
            return float(bank)
    return 1.0
