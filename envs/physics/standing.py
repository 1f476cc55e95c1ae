"""Where a flight begins: at rest on the wheels, rolling, or in the air at a given height of the lowest wheel."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from envs.base.errors import InputError
from envs.base.frames import Array, quaternion_from_pilot_angles
from envs.base.quantities import AT, QUANTITIES
from envs.physics.kernels.dynamics import rotation_rows
from envs.physics.steady.airframe import up_axis
from envs.physics.world import World

LONGEST_SETTLING_S = 5.0
STILL_MPS = 0.05  # rms over the last half second of settling: a gear with little damping has come to rest by then
KEPT_RESTS = 16  # how many answers of `rest_on_wheels` are remembered
STEEPEST_REST = 0.6  # rad of pitch: no aircraft stands so on its wheels; it has fallen on its nose or tail


class Rest(NamedTuple):
    """An aircraft at rest on its wheels, as `rest_on_wheels` finds it."""

    height: float  # of the centre of gravity above ground, m
    pitch: float  # rad, + nose up
    wheel_load: Array  # (MAX_WHEELS,) N
    specific_force: Array  # (3,) m/s2, body axes: what accelerometers feel


def settle(
    world: World, rolling_friction: float = 0.02, grip: float = 1.0, seconds: float = LONGEST_SETTLING_S
) -> float:
    """Set the aircraft of a world on its wheels at the origin, as its drawing stands, and leave it alone.

    Returns the rms speed (m/s) of the last half second: whether it has come to rest.

    Args:
        world: is reset; its aircraft needs wheels.
        rolling_friction: of the ground, share of the load; asphalt unless given (Raymer, Aircraft Design).
        grip: of the ground, share of the tyres' own friction.
        seconds: how long.
    """
    contacts = world.parameters[0]["wheel_contact"][: world.parameters[0]["wheels"]]
    front, rear = contacts[np.argmax(contacts[:, 0])], contacts[np.argmin(contacts[:, 0])]
    pitch = math.atan2(rear[2] - front[2], front[0] - rear[0])
    height = -float((contacts[:, 2] * math.cos(pitch) + contacts[:, 0] * math.sin(pitch)).min())
    world.reset((0.0, 0.0, height), quaternion_from_pilot_angles(0.0, pitch, 0.0))
    world.state[0]["runway_rolling"], world.state[0]["runway_grip"] = rolling_friction, grip
    control_hz = 1.0 / (float(world.parameters[0]["time_step"]) * world.substeps)
    speeds = []
    for _ in range(round(seconds * control_hz)):
        world.advance(0.0, 0.0, 0.0, 0.0)
        speeds.append(math.hypot(*world.velocity))
    return float(np.sqrt(np.mean(np.square(speeds[-max(1, round(0.5 * control_hz)) :]))))


def rest_on_wheels(world: World, grip: float) -> Rest:
    """How the aircraft of a world stands, on ground of a grip that lets it roll nowhere.

    The latest answers are remembered: the five seconds of settling are simulated once for environments that are alike.

    Raises InputError when it does not: something but a wheel touches, it has tipped over, or it will not come to rest.
    """
    asked = (world.parameters.tobytes(), world.substeps, grip)
    if asked not in _rests:
        pitch = check_rest(world, settle(world, rolling_friction=1.0, grip=grip))
        state = world.state[0]
        felt = state["specific_force_sum"] / state["substep"]
        if len(_rests) >= KEPT_RESTS:
            del _rests[next(iter(_rests))]  # the oldest
        _rests[asked] = Rest(world.position[2], pitch, state["wheel_load"].copy(), felt)
    return _rests[asked]


_rests: dict[tuple[bytes, int, float], Rest] = {}


def check_rest(world: World, unrest: float) -> float:
    """The pitch (rad) of an aircraft after `settle`, which returned its `unrest` (m/s).

    Raises InputError when it does not stand.
    """
    pitch = float(_measured(world)[AT.pitch])
    if world.strike or abs(pitch) > STEEPEST_REST:
        raise InputError(
            f"aircraft {world.aircraft.name!r} does not stand on its wheels (check contact_m against "
            "center_of_gravity_m, stiffness and damping against mass_kg)"
        )
    if not unrest < STILL_MPS:
        raise InputError(
            f"aircraft {world.aircraft.name!r} does not come to rest on its wheels: it still moves at {unrest:.2f} m/s "
            f"after some seconds (check damping_Ns_per_m and stiffness_N_per_m against mass_kg)"
        )
    return pitch


def place_on_wheels(world: World, rest: Rest, x: float, y: float, heading: float, speed: float) -> None:
    """Reset a world to its aircraft's rest at a place (m, world) and heading (rad), rolling ahead at a speed (m/s).

    Tyres and accelerometers start with what they carry and feel at rest, not with zero.
    """
    velocity = (speed * math.cos(heading), -speed * math.sin(heading), 0.0)
    world.reset((x, y, rest.height), quaternion_from_pilot_angles(0.0, rest.pitch, heading), velocity)
    state = world.state[0]
    state["wheel_load"], state["specific_force_sum"], state["substep"] = rest.wheel_load, rest.specific_force, 1


def place_in_air(
    world: World,
    place: tuple[float, float, float],
    angles: tuple[float, float, float],
    speed: float,
    climb_rate: float,
    throttle: float,
    turning: float = 0.0,
    yawing: float = 0.0,
) -> None:
    """Reset a world to its aircraft flying straight, rotors turning as they do at a throttle (0..1) and this speed.

    Args:
        world: is reset.
        place: x, y and height of the lowest wheel above ground, m, world.
        angles: roll, pitch, heading, rad, pilot's signs.
        speed: m/s, along the path.
        climb_rate: m/s, + up.
        throttle: 0..1.
        turning: rad/s about the vertical, + clockwise seen from above; 0: straight.
        yawing: rad/s about the aircraft's own upright axis, + nose to the right.
    """
    roll, pitch, heading = angles
    attitude = quaternion_from_pilot_angles(roll, pitch, heading)
    level = math.sqrt(max(0.0, speed**2 - climb_rate**2))
    velocity = (level * math.cos(heading), -level * math.sin(heading), climb_rate)
    # Found by trial how far the lowest wheel hangs below the centre of gravity at this attitude.
    world.reset((0.0, 0.0, 0.0), attitude)
    height = place[2] - float(_measured(world)[AT.height])
    _, _, x, _, _, y, _, _, z = rotation_rows(attitude)  # its own upright axis
    rates = (-yawing * x, -yawing * y, -yawing * z - turning)
    world.reset((place[0], place[1], height), attitude, velocity, rates)
    world.run_motors(throttle, speed)
    # Felt as in steady flight, for the first reading of the inertial sensors.
    state = world.state[0]
    state["specific_force_sum"] = float(world.parameters[0]["gravity"]) * up_axis(roll, pitch)
    state["substep"] = 1


def _measured(world: World) -> Array:
    truth = np.zeros(len(QUANTITIES))
    world.measure(truth)
    return truth
