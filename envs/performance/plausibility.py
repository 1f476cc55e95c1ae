"""What is odd about an aircraft's file though it can be read: what cannot be flown, and what is hardly meant."""

from __future__ import annotations

import math

import numpy as np

from envs.aircraft.aircraft import Aircraft
from envs.base.errors import InputError
from envs.base.runway import Runway
from envs.base.units import GRAVITY
from envs.performance.flights import GlidePoint, glide_polar, roll_out
from envs.physics.kernels.records import COMMAND, Record
from envs.physics.steady.airframe import FORCE, MOMENT, Airframe, body_velocity

STALL_ERROR = 0.15  # share by which the file's stall speed may be off: all tasks are measured in it
BEST_GLIDE = 40.0  # over drag: the best of model gliders
LEAST_STALL_DEG = 6.0  # angle of attack: no wing of a model stalls sooner
SOUND_MPS = 340.0
UNSTABLE = 0.01  # spans that the neutral point may be ahead of the centre of gravity: 5 % of a usual chord
ROLL_OUT_SPANS = 80.0  # from the middle of the touchdown box to the end of the runway
FROM_THE_GROUND = ("takeoff", "circuit", "airshow")  # tasks that begin with a take-off


def check_flyable(aircraft: Aircraft, parameters: Record, task: str) -> None:
    """Raise InputError for an aircraft that nobody can fly, or not in this task.

    Args:
        aircraft: its description.
        parameters: its row of the PARAMETERS record.
        task: the task's name.
    """
    if not parameters["hinge_gain"][: parameters["hinges"], COMMAND.elevator].any():
        raise InputError(f"aircraft {aircraft.name!r}: no control answers the elevator: nobody can fly it")
    if not aircraft.propulsion and task in FROM_THE_GROUND:
        raise InputError(f"aircraft {aircraft.name!r} has no motor: it cannot learn {task} (landing it can)")


def doubts(aircraft: Aircraft) -> list[str]:
    """A sentence for each thing in the file that is hardly meant so; [] for an aircraft without any."""
    glider = Airframe(aircraft, propeller=False)
    if not glider.has["elevator"]:
        return [f"{aircraft.name}: no control answers the elevator: nobody can fly it"]
    polar = [point for point in glide_polar(glider) if point.lift_area > 0]
    found = _of_the_polar(aircraft, polar) if polar else ["its elevator balances it at no angle of attack with lift"]
    found += _of_the_balance(glider)
    found += _of_the_propellers(aircraft)
    found += _of_the_wheels(aircraft)
    return [f"{aircraft.name}: {text}" for text in found]


def _of_the_polar(aircraft: Aircraft, polar: list[GlidePoint]) -> list[str]:
    found = []
    slowest = max(polar, key=lambda point: point.lift_area)
    stall = math.sqrt(2 * aircraft.mass.mass_kg * GRAVITY / (1.225 * slowest.lift_area))
    if abs(aircraft.stall_speed_mps / stall - 1) > STALL_ERROR:
        found.append(
            f"stall_speed_mps {aircraft.stall_speed_mps:g}, but as drawn it stalls at {stall:.1f} m/s, and every task "
            "is measured in that speed"
        )
    best = max(point.ratio for point in polar)
    if best > BEST_GLIDE:
        found.append(f"it glides {best:.0f} : 1, better than any model: is its drag right?")
    if math.degrees(slowest.alpha) < LEAST_STALL_DEG:
        found.append(
            f"its lift ends at {math.degrees(slowest.alpha):.1f} deg of angle of attack: are the stall and the "
            "elevator's travel right?"
        )
    return found


def _of_the_balance(glider: Airframe) -> list[str]:
    glider.command(0.0, 0.0, 0.0)
    low, high = (glider.load(body_velocity(10.0, alpha, 0.0), np.zeros(3), 0.0, np.zeros(0)) for alpha in (0.02, 0.08))
    _, pitching, _ = high[MOMENT] - low[MOMENT]  # about y, which points left: nose up is negative
    *_, lift = high[FORCE] - low[FORCE]
    ahead = -pitching / lift  # of the centre of gravity: where what lift is added acts, m
    if ahead < UNSTABLE * float(glider.p["span"]):
        return []
    return [
        f"it is unstable in pitch: more lift acts {ahead * 1e3:.0f} mm ahead of the centre of gravity (is "
        "center_of_gravity_m right?)"
    ]


def _of_the_propellers(aircraft: Aircraft) -> list[str]:
    found = []
    for unit in aircraft.propulsion:
        if unit.motor is None or unit.battery is None:
            continue
        tip = unit.motor.kv_rpm_per_V * unit.battery.voltage_V * math.pi / 60 * unit.propeller.diameter_m
        if tip > SOUND_MPS:
            found.append(
                f"propulsion {unit.name!r}: its blade tips would move at {tip:.0f} m/s without load, faster than "
                "sound: are kv_rpm_per_V and voltage_V right?"
            )
    return found


def _of_the_wheels(aircraft: Aircraft) -> list[str]:
    if aircraft.launch.kind != "runway":
        return []
    found = []
    grass = Runway.of(aircraft.span_m).rolling_friction
    friction = max(grass if w.rolling_friction is None else w.rolling_friction for w in aircraft.wheels)
    way, room = roll_out(aircraft, friction), ROLL_OUT_SPANS * aircraft.span_m
    if way > room:
        found.append(
            f"with rolling friction {friction:g} and without a brake it stops {way:.0f} m after the touchdown in still "
            f"air; the runway leaves {room:.0f} m: it will overrun by {way - room:.0f} m"
        )
    if any(wheel.brake_friction > 0 for wheel in aircraft.wheels):
        found.append("brake_friction has no effect: no task has a brake, friction and drag alone stop it")
    return found
