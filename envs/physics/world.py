"""The Bullet world: ground, one aircraft body, contacts.

The only file that imports pybullet.

Air, propeller and wheels act on one body through one wrench a substep (dynamics.substep_loads). Bullet's body turns
with the principal axes of inertia.
"""

from __future__ import annotations

import contextlib
import itertools
import tempfile
import weakref
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from envs.aircraft.aircraft import Aircraft
from envs.base.frames import quaternion_from_matrix, quaternion_product
from envs.base.quiet import quiet_output
from envs.physics.assembly.calibration import flight_parameters
from envs.physics.assembly.parameters import principal_axes
from envs.physics.compiling import compile_kernels
from envs.physics.kernels import dynamics
from envs.physics.kernels.records import COMMAND, GUST_NORMALS, new_state
from envs.physics.steady.airframe import balanced_rotor

with quiet_output():
    import pybullet as bullet

CONTACT_DISTANCE = 8  # field of a contact point of Bullet (PyBullet Quickstart Guide, getContactPoints), m
Vector = tuple[float, float, float]
Quaternion = tuple[float, float, float, float]


class World:
    """One aircraft over flat ground.

    `parameters` and `state` are the kernels' records; the pose is part of the state. In the air and on the wheels one
    free body is all there is to integrate, and the kernel does it (dynamics.fly_free: the same step as Bullet's, in a
    fifth of the time). As soon as anything but a wheel may touch, Bullet flies: it integrates, finds and solves the
    contacts of the hull. `bullet_always`: it does so everywhere (slow; to compare).
    """

    def __init__(
        self,
        aircraft: Aircraft,
        control_hz: int = 30,
        physics_hz: int = 240,
        air_density: float = 1.225,
        effects: dict[str, bool] | None = None,
        bullet_always: bool = False,
        drawing: Aircraft | None = None,
    ) -> None:
        compile_kernels()
        self.aircraft = aircraft
        self.parameters = flight_parameters(aircraft, control_hz, physics_hz, air_density, effects, drawing)
        self.parameters["bullet_always"] = bullet_always
        self.state = new_state()
        self._state_bytes = self.state.view(np.uint8)  # cleared at once; a record goes field by field
        self.substeps, self._physics_hz = physics_hz // control_hz, physics_hz
        self._principal_to_body = quaternion_from_matrix(principal_axes(aircraft)[1])
        self._stand_by()
        self._in_bullet = False  # whether Bullet's body stands where the state says
        self.reset((0.0, 0.0, 100.0), (0.0, 0.0, 0.0, 1.0))

    def _stand_by(self) -> None:
        """Connect to Bullet and make its bodies later, when they are needed: most flights touch nothing.

        A Bullet world of its own costs 20 ms and some MB, more than all else of an environment.
        """
        self._clients: list[int] = []
        self._fresh: int | None = None
        self._body_is_old = True
        self._disconnect = weakref.finalize(self, _disconnect, self._clients)  # also if nobody closes this world

    @property
    def _client(self) -> int:
        """The number of this world's connection to Bullet."""
        self._check_open()
        if not self._clients:
            self._clients.append(bullet.connect(bullet.DIRECT))
        return self._clients[0]

    def _make_bodies(self) -> None:
        """Make ground and aircraft anew in this Bullet world, and keep it as it is then."""
        client = self._client
        # Also because a body that is taken out alone leaves its shape behind.
        if self._fresh is not None:
            bullet.removeState(self._fresh, physicsClientId=client)
        bullet.resetSimulation(physicsClientId=client)
        self._gear_parts = int(self.parameters[0]["gear_parts"])
        bullet.setTimeStep(1.0 / (self._physics_hz * self._gear_parts), physicsClientId=client)
        bullet.setGravity(0, 0, -float(self.parameters[0]["gravity"]), physicsClientId=client)
        plane = bullet.createCollisionShape(bullet.GEOM_PLANE, planeNormal=[0, 0, 1], physicsClientId=client)
        self._ground = bullet.createMultiBody(0, plane, physicsClientId=client)
        moments, axes = principal_axes(self.aircraft)
        corners = self.parameters[0]["hull_point"][: self.parameters[0]["hull"]] @ axes
        shape = bullet.createCollisionShape(bullet.GEOM_MESH, vertices=corners.tolist(), physicsClientId=client)
        self._body = bullet.createMultiBody(
            self.aircraft.mass.mass_kg, shape, -1, [0, 0, 100], [0, 0, 0, 1], physicsClientId=client
        )
        # Bullet's defaults would damp the motion (0.04 1/s) and let the body fall asleep.
        bullet.changeDynamics(
            self._body,
            -1,
            linearDamping=0,
            angularDamping=0,
            lateralFriction=0.5,
            restitution=0.1,
            localInertiaDiagonal=moments.tolist(),
            physicsClientId=client,
        )
        self._principal_to_body = quaternion_from_matrix(axes)
        self._body_is_old = False
        self._fresh = bullet.saveState(physicsClientId=client)

    def become(self, aircraft: Aircraft, parameters: np.ndarray) -> None:
        """Fly on as another aircraft: the same one as built otherwise. Place, attitude and motion stay.

        parameters: its calibrated record, of the same rates (calibration.flight_parameters); it becomes this world's.
        """
        before, self.aircraft = self.aircraft, aircraft
        if parameters is self.parameters:
            return
        old, new = self.parameters[0], parameters[0]
        new["bullet_always"] = old["bullet_always"]
        self.parameters = parameters
        if all(np.array_equal(old[key], new[key]) for key in _OF_THE_BODY):
            return
        self._body_is_old, self._in_bullet = True, False
        x, y, z, w = self._principal_to_body
        body = quaternion_product.py_func(self.principal, (-x, -y, -z, w))
        self._principal_to_body = tuple(new["principal_quaternion"].tolist())
        shift = np.subtract(aircraft.mass.center_of_gravity_m, before.mass.center_of_gravity_m)
        arm = np.reshape(dynamics.rotation_rows.py_func(body), (3, 3)) @ shift
        self._write_pose(
            tuple((np.array(self.position) + arm).tolist()),
            quaternion_product.py_func(body, self._principal_to_body),
            tuple((np.array(self.velocity) + np.cross(self.omega, arm)).tolist()),
            self.omega,
        )

    def __getstate__(self) -> dict[str, Any]:
        """What a copy or a pickle carries: all but the connection; and Bullet's contacts, where Bullet is flying.

        A copy then flies on like this one, bit for bit. Raises RuntimeError for a world that was closed.
        """
        self._check_open()
        kept = {name: value for name, value in self.__dict__.items() if name not in _OF_THIS_WORLD}
        contacts = None
        if self._in_bullet:
            with tempfile.TemporaryDirectory() as folder:
                file = Path(folder) / "world.bullet"
                bullet.saveBullet(str(file), physicsClientId=self._client)
                contacts = file.read_bytes()
        return kept | {"contacts": contacts}

    def __setstate__(self, kept: dict[str, Any]) -> None:
        """Go on from there, in a Bullet world of its own."""
        contacts = kept.pop("contacts")
        self.__dict__.update(kept)
        self._state_bytes = self.state.view(np.uint8)
        self._stand_by()
        if contacts is not None:
            self._make_bodies()
            with tempfile.TemporaryDirectory() as folder:
                file = Path(folder) / "world.bullet"
                file.write_bytes(contacts)
                bullet.restoreState(fileName=str(file), physicsClientId=self._client)

    @property
    def position(self) -> Vector:
        """Centre of gravity (m, world)."""
        return tuple(self.state[0]["position"].tolist())

    @property
    def principal(self) -> Quaternion:
        """Attitude of the principal axes of inertia, Bullet's quaternion (x, y, z, w)."""
        return tuple(self.state[0]["principal"].tolist())

    @property
    def velocity(self) -> Vector:
        """Velocity of the centre of gravity (m/s, world)."""
        return tuple(self.state[0]["velocity"].tolist())

    @property
    def omega(self) -> Vector:
        """Rates (rad/s, world)."""
        return tuple(self.state[0]["omega"].tolist())

    @property
    def strike(self) -> bool:
        """Whether anything but a wheel has touched the ground."""
        return bool(self.state[0]["strike"])

    def close(self) -> None:
        """End this world's connection to Bullet, which frees its memory. Safe to call twice."""
        self._disconnect()

    def _check_open(self) -> None:
        if not self._disconnect.alive:
            raise RuntimeError("this world is closed: make a new environment to fly on")

    def reset(
        self,
        position: Vector,
        body_quaternion: Quaternion,
        velocity: Vector = (0.0, 0.0, 0.0),
        omega: Vector = (0.0, 0.0, 0.0),
    ) -> None:
        """Put the aircraft down (world axes, m, m/s, rad/s); servos, rotors, tyres and air start anew."""
        self._check_open()
        self._state_bytes.fill(0)
        self._write_pose(
            position, quaternion_product.py_func(body_quaternion, self._principal_to_body), velocity, omega
        )
        self._in_bullet = False

    def advance(
        self,
        aileron: float,
        elevator: float,
        rudder: float,
        throttle: float,
        flap: float = 0.0,
        brake: float = 0.0,
        normals: np.ndarray | None = None,
    ) -> None:
        """Fly one control step with a command (pilot's signs -1..1, throttle and brake 0..1).

        `normals`: GUST_NORMALS unit normal deviates for the turbulence.
        """
        flown = dynamics.fly_free(
            self.parameters,
            self.state,
            aileron,
            elevator,
            rudder,
            throttle,
            flap,
            brake,
            _NO_NORMALS if normals is None else normals,
        )
        if flown < self.substeps:
            self._fly_in_bullet(self.substeps - flown, handed_over=flown > 0 or not self._in_bullet)
        else:
            self._in_bullet = False

    def _fly_in_bullet(self, substeps: int, handed_over: bool) -> None:
        """The rest of a control step, near enough to the ground to strike it: Bullet integrates and finds contacts."""
        if self._body_is_old:
            self._make_bodies()
        body, client, parameters, state = self._body, self._client, self.parameters, self.state
        apply_force, apply_torque = bullet.applyExternalForce, bullet.applyExternalTorque
        step, get_pose, get_velocity = (
            bullet.stepSimulation,
            bullet.getBasePositionAndOrientation,
            bullet.getBaseVelocity,
        )
        wrench, frame = dynamics.substep_wrench, bullet.WORLD_FRAME
        position, principal, velocity, omega = self.position, self.principal, self.velocity, self.omega
        if handed_over:
            # Restoring a saved state clears what contacts leave behind: a flight must not remember the one before.
            bullet.restoreState(self._fresh, physicsClientId=client)
            bullet.resetBasePositionAndOrientation(body, position, principal, client)
            bullet.resetBaseVelocity(body, velocity, omega, client)
            self._in_bullet = True
        struck = self.strike
        for part in itertools.chain.from_iterable(itertools.repeat(range(self._gear_parts), substeps)):
            force, torque = wrench(position, principal, velocity, omega, parameters, state, part)
            apply_force(body, -1, force, position, frame, client)
            apply_torque(body, -1, torque, frame, client)
            step(client)
            position, principal = get_pose(body, client)
            velocity, omega = get_velocity(body, client)
            # Bullet also lists pairs that are merely near: a distance above 0 is no touch.
            struck = struck or any(
                touch[CONTACT_DISTANCE] <= 0.0 for touch in bullet.getContactPoints(body, self._ground, -1, -1, client)
            )
        self._write_pose(position, principal, velocity, omega)
        state["strike"] = struck

    def run_motors(self, throttle: float, airspeed: float) -> None:
        """Call after a reset into the air: rotors turn as they do at a throttle (0..1) and airspeed (m/s)."""
        state = self.state[0]
        state["command"][COMMAND.throttle] = throttle
        state["command_queue"][:, COMMAND.throttle] = throttle
        for motor in range(self.parameters[0]["motors"]):
            state["rotor_speed"][motor] = balanced_rotor(self.parameters, self.state, motor, throttle, airspeed)
            state["torque"][motor] = 0.0

    def start_air(self, carried: bool = False) -> None:
        """Call after a flight's wind has been drawn into the state: it blows from the first reading on.

        `carried`: the velocity so far was meant through the air; the wind is added to it.
        """
        dynamics.start_air(self.parameters, self.state, _NO_NORMALS)
        if carried:
            self.state[0]["velocity"] += self.state[0]["wind"]
            dynamics.start_air(self.parameters, self.state, _NO_NORMALS)

    def measure(self, out: np.ndarray) -> None:
        """Write the truth (envs.base.quantities.QUANTITIES) of this moment into `out`."""
        dynamics.measure(self.parameters, self.state, out)

    def _write_pose(self, position: Vector, principal: Quaternion, velocity: Vector, omega: Vector) -> None:
        state = self.state[0]
        state["position"], state["principal"], state["velocity"], state["omega"] = position, principal, velocity, omega

    def bare_loop_seconds(self, control_steps: int) -> float:
        """Seconds that Bullet alone takes for so many control steps: force, torque, step, read; no physics of ours.

        The yardstick of scripts/benchmark.py. The aircraft hangs in the air on a constant force.
        """
        if self._body_is_old:
            self._make_bodies()
        body, client, frame = self._body, self._client, bullet.WORLD_FRAME
        bullet.restoreState(self._fresh, physicsClientId=client)  # in the air, at rest
        self._in_bullet = False
        force = (0.0, 0.0, float(self.parameters[0]["gravity"] * self.parameters[0]["mass"]))
        position = (0.0, 0.0, 100.0)
        started = perf_counter()
        for _ in range(control_steps * self.substeps):
            bullet.applyExternalForce(body, -1, force, position, frame, client)
            bullet.applyExternalTorque(body, -1, (0.0, 0.0, 0.0), frame, client)
            bullet.stepSimulation(client)
            position, _principal = bullet.getBasePositionAndOrientation(body, client)
            bullet.getBaseVelocity(body, client)
        return perf_counter() - started


_NO_NORMALS = np.zeros(GUST_NORMALS)

_OF_THE_BODY = ("mass", "inertia", "hull", "hull_point", "gear_parts")
"""What of the parameters Bullet's body is made from; corners shift with the centre of gravity."""

_OF_THIS_WORLD = {"_clients", "_disconnect", "_body", "_ground", "_fresh", "_state_bytes"}
"""What a copy of a world makes anew: it belongs to one connection to Bullet, or is a view of the state."""


def _disconnect(clients: list[int]) -> None:
    for client in clients:
        with contextlib.suppress(bullet.error):
            bullet.disconnect(physicsClientId=client)
