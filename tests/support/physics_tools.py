"""What the physics tests share: worlds, mirrored aircraft, energy, flying by a rule. World axes, SI."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from envs.aircraft.aircraft import Aircraft, aircraft_from_dict, load_aircraft
from envs.base.frames import pilot_angles, quaternion_from_pilot_angles
from envs.physics.kernels.dynamics import body_quaternion
from envs.physics.steady.airframe import FREE_AIR, Airframe, airframe_load, body_velocity
from envs.physics.world import World

Command = tuple[float, ...]  # aileron, elevator, rudder, throttle[, flap, brake]


@lru_cache
def ultra_stick() -> Aircraft:
    """The reference aircraft."""
    return load_aircraft("ultra_stick")


def changed(aircraft: Aircraft, change: Callable[[dict[str, Any]], None]) -> Aircraft:
    """A copy of an aircraft whose mapping (as in its YAML file) went through `change`."""
    data = aircraft.model_dump(mode="json", exclude_none=True)
    change(data)
    return aircraft_from_dict(data, "changed.yaml", aircraft.name)


def with_mirrored_propeller(aircraft: Aircraft) -> Aircraft:
    """The same aircraft with the propeller turning and pulling the other way."""

    def change(data: dict[str, Any]) -> None:
        for unit in data["propulsion"]:
            unit["turns"] = "anticlockwise" if unit["turns"] == "clockwise" else "clockwise"
            unit["right_thrust_deg"] = -unit["right_thrust_deg"]
            unit["position_m"][1] = -unit["position_m"][1]

    return changed(aircraft, change)


def bare(aircraft: Aircraft, **more: Any) -> Aircraft:
    """Without motor, wheels and calibration: a rigid glider of strips and bodies."""

    def change(data: dict[str, Any]) -> None:
        data.pop("derivatives", None)
        data.update({"propulsion": [], "wheels": [], "launch": {"kind": "hand"}, **more})

    return changed(aircraft, change)


def wing_only(aspect_ratio: float, strips: int = 10, **airfoil: float) -> Aircraft:
    """A flat rectangular wing of 1 m chord with its quarter chord at the centre of gravity."""
    half = aspect_ratio / 2
    return aircraft_from_dict(
        {
            "title": "wing",
            "stall_speed_mps": 10.0,
            "mass": {"mass_kg": 1.0, "Ixx": 1.0, "Iyy": 1.0, "Izz": 1.5},
            "surfaces": [
                {
                    "name": "wing",
                    "mirrored": True,
                    "strips": strips,
                    "airfoil": airfoil,
                    "sections": [
                        {"leading_edge_m": [0.25, 0.0, 0.0], "chord_m": 1.0},
                        {"leading_edge_m": [0.25, half, 0.0], "chord_m": 1.0},
                    ],
                }
            ],
            "servos": {"bandwidth_radps": 50.0, "rate_limit_dps": 400.0},
            "launch": {"kind": "hand"},
        },
        "wing.yaml",
        "wing",
    )


def place(
    world: World,
    height: float,
    speed: float = 0.0,
    pitch: float = 0.0,
    roll: float = 0.0,
    heading: float = 0.0,
    omega: tuple[float, float, float] = (0.0, 0.0, 0.0),
    alpha: float = 0.0,
    rolling: float = 0.02,
) -> None:
    """Put the aircraft at x = y = 0, flying level along the runway or, with `alpha`, `pitch - alpha` upwards (rad)."""
    climb = pitch - alpha if alpha else 0.0
    velocity = (speed * np.cos(climb), 0.0, speed * np.sin(climb))
    world.reset((0.0, 0.0, height), quaternion_from_pilot_angles(roll, pitch, heading), velocity, omega)
    world.state[0]["runway_rolling"], world.state[0]["runway_grip"] = rolling, 1.0


def settle(world: World, rolling: float = 0.02) -> None:
    """Stand the aircraft on its wheels, at rest, controls free, for three seconds."""
    place(world, 0.22, pitch=0.15, rolling=rolling)
    for _ in range(90):
        world.advance(0.0, 0.0, 0.0, 0.0)


def angles(world: World) -> tuple[float, float, float]:
    """(roll, pitch, heading) in rad, pilot's signs."""
    return pilot_angles(*body_quaternion(world.parameters[0], world.principal))


def mechanical_energy(world: World) -> float:
    """Kinetic (body and rotors), potential and tyre-spring energy, J."""
    p, s = world.parameters[0], world.state[0]
    matrix = rotation(world)
    rates = matrix.T @ np.array(world.omega)
    wheels = int(p["wheels"])
    contact = p["wheel_contact"][:wheels] @ matrix.T
    depth = np.maximum(0.0, -(contact[:, 2] + world.position[2]))
    bottomed = np.maximum(0.0, depth - p["wheel_travel"][:wheels])
    springs = 0.5 * np.sum(p["wheel_stiffness"][:wheels] * (depth**2 + 20.0 * bottomed**2))
    tyres = 0.5 * np.sum(
        p["wheel_side_stiffness"][:wheels] * (s["tyre_side"][:wheels] ** 2 + s["tyre_along"][:wheels] ** 2)
    )
    rotors = 0.5 * np.sum(p["rotor_inertia"] * s["rotor_speed"] ** 2)
    moving = 0.5 * p["mass"] * np.dot(world.velocity, world.velocity) + 0.5 * rates @ p["inertia"] @ rates
    return float(moving + p["mass"] * p["gravity"] * world.position[2] + springs + tyres + rotors)


def rotation(world: World) -> np.ndarray:
    """Rotation matrix (3, 3) from body to world axes."""
    x, y, z, w = body_quaternion(world.parameters[0], world.principal)
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


def lift_and_drag(airframe: Airframe, alpha: float, height: float = FREE_AIR) -> tuple[float, float]:
    """(CL, CD) of a wing_only aircraft at `alpha` (rad), wing `height` m over the ground."""
    out = np.zeros(6)
    airframe_load(
        airframe.parameters, airframe.state, body_velocity(20.0, alpha, 0.0), np.zeros(3), 0.0, np.zeros(0), height, out
    )
    q = 0.5 * airframe.p["air_density"] * 400.0 * airframe.p["strip_area"][: airframe.p["strips"]].sum()
    sine, cosine = math.sin(alpha), math.cos(alpha)
    return (out[2] * cosine + out[0] * sine) / q, (out[2] * sine - out[0] * cosine) / q


def rolling(aircraft: Aircraft, speed: float, yaw_rate: float = 0.0, motor: bool = False, **effects: bool) -> World:
    """The aircraft rolling along the runway on its wheels at a speed (m/s), nose swinging left at `yaw_rate`."""
    world = World(aircraft, effects=effects)
    if not motor:
        world.parameters[0]["motors"] = 0
    settle(world)
    pitch, height = angles(world)[1], world.position[2]
    world.reset((0, 0, height), quaternion_from_pilot_angles(0, pitch, 0), (speed, 0, 0), (0, 0, yaw_rate))
    world.state[0]["runway_rolling"], world.state[0]["runway_grip"] = 0.02, 1.0
    return world
