"""The Bullet world: ground, one aircraft body, contacts. The only file that imports pybullet.

Bullet integrates the body and finds strikes; air, propeller and wheels act through one wrench a substep,
computed by dynamics.substep_wrench. Bullet's body turns with the principal axes of inertia.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from time import perf_counter

import numpy as np

from envs.frames import quaternion_from_matrix
from envs.physics import dynamics
from envs.physics.aircraft import Aircraft
from envs.physics.airframe import balanced_rotor
from envs.physics.build import principal_axes
from envs.physics.calibration import flight_parameters
from envs.physics.flight_model import GUST_NORMALS, new_state


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Drop what C code prints on the error output: pybullet announces its build time past Python's sys.stderr."""
    try:
        kept = os.dup(2)
    except OSError:  # no such output to keep quiet
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(nowhere)
        os.close(kept)


with _quiet():
    import pybullet as bullet

Quaternion = tuple[float, float, float, float]
STRIKE_MARGIN = 0.02  # m: below this clearance Bullet is asked for contacts


class World:
    """One aircraft over flat ground.

    Position and velocity of the centre of gravity are in world axes (m, m/s), `principal` is Bullet's
    quaternion of the principal axes, `omega` the rates in world axes (rad/s). `parameters` and `state` are the
    kernels' records.
    """

    def __init__(
        self, aircraft: Aircraft, control_hz: int = 30, physics_hz: int = 240, air_density: float = 1.225,
        effects: dict[str, bool] | None = None,
    ) -> None:
        self.aircraft = aircraft
        self.parameters = flight_parameters(aircraft, control_hz, physics_hz, air_density, effects)
        self.state = new_state()
        self.substeps = physics_hz // control_hz
        self._client = bullet.connect(bullet.DIRECT)
        client = self._client
        bullet.setTimeStep(1.0 / physics_hz, physicsClientId=client)
        bullet.setGravity(0, 0, -float(self.parameters[0]["gravity"]), physicsClientId=client)
        plane = bullet.createCollisionShape(bullet.GEOM_PLANE, planeNormal=[0, 0, 1], physicsClientId=client)
        self._ground = bullet.createMultiBody(0, plane, physicsClientId=client)
        moments, axes = principal_axes(aircraft)
        corners = self.parameters[0]["hull_point"][: self.parameters[0]["hull"]] @ axes
        shape = bullet.createCollisionShape(bullet.GEOM_MESH, vertices=corners.tolist(), physicsClientId=client)
        self._body = bullet.createMultiBody(aircraft.mass.mass_kg, shape, -1, [0, 0, 100], [0, 0, 0, 1],
                                            physicsClientId=client)
        # Bullet's defaults would damp the motion (0.04 1/s) and let the body fall asleep.
        bullet.changeDynamics(self._body, -1, linearDamping=0, angularDamping=0, lateralFriction=0.5, restitution=0.1,
                              localInertiaDiagonal=moments.tolist(), physicsClientId=client)
        self._principal_to_body = quaternion_from_matrix(axes)
        # Restoring a saved state clears what contacts leave behind: a flight must not remember the one before.
        self._fresh = bullet.saveState(physicsClientId=client)
        self.strike = False
        self._read()

    def close(self) -> None:
        """Leave Bullet. Safe to call twice."""
        if self._client >= 0:
            with contextlib.suppress(bullet.error):
                bullet.disconnect(physicsClientId=self._client)
            self._client = -1

    def reset(self, position: tuple[float, float, float], body_quaternion: Quaternion,
              velocity: tuple[float, float, float] = (0.0, 0.0, 0.0),
              omega: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> None:
        """Put the aircraft down (world axes, m, m/s, rad/s); servos, rotors, tyres and air start anew."""
        client = self._client
        bullet.restoreState(self._fresh, physicsClientId=client)
        principal = quaternion_product(body_quaternion, self._principal_to_body)
        bullet.resetBasePositionAndOrientation(self._body, position, principal, client)
        bullet.resetBaseVelocity(self._body, velocity, omega, client)
        self.state[:] = 0
        self.strike = False
        self._read()

    def advance(self, aileron: float, elevator: float, rudder: float, throttle: float, flap: float = 0.0,
                brake: float = 0.0, normals: np.ndarray | None = None) -> None:
        """Fly one control step with a command (pilot's signs -1..1, throttle and brake 0..1).

        `normals`: GUST_NORMALS unit normal deviates for the turbulence.
        """
        body, client, parameters, state = self._body, self._client, self.parameters, self.state
        apply_force, apply_torque = bullet.applyExternalForce, bullet.applyExternalTorque
        step, get_pose, get_velocity = (bullet.stepSimulation, bullet.getBasePositionAndOrientation,
                                        bullet.getBaseVelocity)
        wrench, frame = dynamics.substep_wrench, bullet.WORLD_FRAME
        position, principal, velocity, omega = self.position, self.principal, self.velocity, self.omega
        dynamics.begin_step(parameters, state, position, principal, aileron, elevator, rudder, throttle, flap, brake,
                            _NO_NORMALS if normals is None else normals)
        lowest = 1e9
        for _ in range(self.substeps):
            force, torque, clearance = wrench(position, principal, velocity, omega, parameters, state)
            apply_force(body, -1, force, position, frame, client)
            apply_torque(body, -1, torque, frame, client)
            step(client)
            position, principal = get_pose(body, client)
            velocity, omega = get_velocity(body, client)
            if clearance < STRIKE_MARGIN and clearance < lowest:
                lowest = clearance
                # Bullet also lists pairs that are merely near: field 8 is the distance, <= 0 a touch.
                contacts = bullet.getContactPoints(body, self._ground, -1, -1, client)
                self.strike = self.strike or any(contact[8] <= 0.0 for contact in contacts)
        self.position, self.principal, self.velocity, self.omega = position, principal, velocity, omega

    def run_motors(self, throttle: float, airspeed: float) -> None:
        """Call after a reset into the air: rotors turn as they do at a throttle (0..1) and airspeed (m/s)."""
        state = self.state[0]
        state["command"][4] = throttle
        state["command_queue"][:, 4] = throttle
        for motor in range(self.parameters[0]["motors"]):
            state["rotor_speed"][motor] = balanced_rotor(self.parameters, self.state, motor, throttle, airspeed)
            state["torque"][motor] = 0.0

    def start_air(self) -> None:
        """Call after a flight's wind has been drawn into the state: it blows from the first reading on."""
        dynamics.start_air(self.parameters, self.state, self.position, self.principal, self.velocity, _NO_NORMALS)

    def measure(self, out: np.ndarray) -> None:
        """Write the truth (observation.QUANTITIES) of this moment into `out`."""
        dynamics.measure(self.position, self.principal, self.velocity, self.omega, self.parameters, self.state,
                         1.0 if self.strike else 0.0, out)

    def snapshot(self) -> tuple:
        """Everything that `restore` needs to fly on from here."""
        return self.position, self.principal, self.velocity, self.omega, self.state.copy(), self.strike

    def restore(self, snapshot: tuple) -> None:
        """Return to a snapshot of this world (contacts start anew: not exact while something strikes)."""
        position, principal, velocity, omega, state, strike = snapshot
        bullet.restoreState(self._fresh, physicsClientId=self._client)
        bullet.resetBasePositionAndOrientation(self._body, position, principal, self._client)
        bullet.resetBaseVelocity(self._body, velocity, omega, self._client)
        self.state[:] = state
        self.strike = strike
        self._read()

    def _read(self) -> None:
        self.position, self.principal = bullet.getBasePositionAndOrientation(self._body, self._client)
        self.velocity, self.omega = bullet.getBaseVelocity(self._body, self._client)

    def bare_loop_seconds(self, control_steps: int) -> float:
        """Seconds that Bullet alone takes for so many control steps: force, torque, step, read; no physics of ours.

        The yardstick of scripts/benchmark.py. The aircraft hangs in the air on a constant force.
        """
        body, client, frame = self._body, self._client, bullet.WORLD_FRAME
        self.reset((0.0, 0.0, 100.0), (0.0, 0.0, 0.0, 1.0))
        force = (0.0, 0.0, float(self.parameters[0]["gravity"] * self.parameters[0]["mass"]))
        position = self.position
        started = perf_counter()
        for _ in range(control_steps * self.substeps):
            bullet.applyExternalForce(body, -1, force, position, frame, client)
            bullet.applyExternalTorque(body, -1, (0.0, 0.0, 0.0), frame, client)
            bullet.stepSimulation(client)
            position, _principal = bullet.getBasePositionAndOrientation(body, client)
            bullet.getBaseVelocity(body, client)
        return perf_counter() - started


_NO_NORMALS = np.zeros(GUST_NORMALS)


def quaternion_product(first: Quaternion, second: Quaternion) -> Quaternion:
    """Hamilton product of quaternions (x, y, z, w): turn by `second`, then by `first`."""
    ax, ay, az, aw = first
    bx, by, bz, bw = second
    return (aw * bx + ax * bw + ay * bz - az * by, aw * by - ax * bz + ay * bw + az * bx,
            aw * bz + ax * by - ay * bx + az * bw, aw * bw - ax * bx - ay * by - az * bz)



class BulletWindow:
    """Bullet's own window, for looking at meshes that others move; nothing is simulated in it.

    `parts`: (vertices (n, 3), triangles (m, 3), (red, green, blue, alpha)). `hidden` opens no window (for tests).
    """

    def __init__(self, parts: Sequence[tuple[np.ndarray, np.ndarray, Sequence[float]]], hidden: bool = False) -> None:
        self._hidden, self._placed = hidden, False
        self._client = bullet.connect(bullet.DIRECT if hidden else bullet.GUI)
        client = self._client
        if not hidden:
            bullet.configureDebugVisualizer(bullet.COV_ENABLE_GUI, 0, physicsClientId=client)
            bullet.configureDebugVisualizer(bullet.COV_ENABLE_RENDERING, 0, physicsClientId=client)
        self._bodies = []
        for vertices, triangles, colour in parts:
            shape = bullet.createVisualShape(
                bullet.GEOM_MESH, vertices=vertices.tolist(), indices=triangles.ravel().tolist(),
                rgbaColor=list(colour), physicsClientId=client)
            self._bodies.append(bullet.createMultiBody(0, -1, shape, physicsClientId=client))
        if not hidden:
            bullet.configureDebugVisualizer(bullet.COV_ENABLE_RENDERING, 1, physicsClientId=client)

    def show(self, poses: Sequence[tuple[np.ndarray, np.ndarray]], target_world: np.ndarray) -> bool:
        """Move the parts to (position, quaternion) in the world and look at a target; False once it is closed.

        The mouse turns and zooms the view around the target.
        """
        client = self._client
        if not bullet.isConnected(client):
            return False
        for body, (position, quaternion) in zip(self._bodies, poses, strict=True):
            bullet.resetBasePositionAndOrientation(body, position.tolist(), quaternion.tolist(), client)
        if not self._hidden:
            yaw, pitch, distance = bullet.getDebugVisualizerCamera(client)[8:11]
            if not self._placed:
                yaw, pitch, distance = -60.0, -18.0, 5.0
            self._placed = True
            bullet.resetDebugVisualizerCamera(distance, yaw, pitch, target_world.tolist(), client)
        return True

    def close(self) -> None:
        """Close the window. Safe to call twice."""
        if self._client >= 0:
            with contextlib.suppress(bullet.error):
                bullet.disconnect(physicsClientId=self._client)
            self._client = -1
