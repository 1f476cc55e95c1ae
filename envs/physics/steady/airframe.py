"""An aircraft asked for forces in any steady state, without flying: what trim, modes and tests work with.

The kernels move rotors and servos on; here deflections and rotor speeds are set and left as they are. Body axes
x forward, y left, z up; SI, rad; free, still air.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from envs.aircraft.aircraft import Aircraft
from envs.base.frames import Array, cross_product
from envs.base.units import GRAVITY
from envs.physics.assembly.calibration import flight_parameters
from envs.physics.kernels.dynamics import air_wrench
from envs.physics.kernels.propulsion import engine_power, engine_torque, idle_torque, motor_current, propeller_loads
from envs.physics.kernels.records import COMMAND, EFFECT, LIFT, Record, new_state
from envs.physics.kernels.servos import channel_deflection

FREE_AIR = 1e3  # height of the wing (m) at which no ground is felt
_OF_A_MOTOR = (
    "motor_axis",
    "propeller_diameter",
    "propeller_CT",
    "propeller_CP",
    "motor_Kt",
    "motor_resistance",
    "motor_no_load",
    "motor_max_current",
    "battery_voltage",
    "battery_resistance",
    "engine_points",
    "engine_speed",
    "engine_power",
    "engine_idle",
)


@njit(cache=True)
def airframe_load(
    P: Record, S: Record, velocity: Array, rates: Array, throttle: float, rotor_speed: Array, height: float, out: Array
) -> None:
    """Force (3) N, moment (3) N m and rotor accelerations (motors) rad/s2 into `out`; leaves rotors where they are.

    Deflections as they stand in the state; velocity relative to still air and rates in body axes.
    """
    p, s = P[0], S[0]
    s.delayed[COMMAND.throttle] = throttle
    for m in range(p.motors):
        s.rotor_speed[m] = rotor_speed[m]
        s.charge_used[m] = 0.0
    total = air_wrench(p, s, velocity[0], velocity[1], velocity[2], rates[0], rates[1], rates[2], height)
    for k in range(6):
        out[k] = total[k]
    for m in range(p.motors):
        s.rotor_speed[m] = rotor_speed[m]
        out[6 + m] = shaft_acceleration(p, s, m, throttle)


@njit
def shaft_acceleration(p: Record, s: Record, motor: int, throttle: float) -> float:
    """Acceleration (rad/s2) of a rotor at its present speed and the torque last noted: motor less friction, air."""
    speed = s.rotor_speed[motor]
    if p.engine_points[motor] > 0:
        shaft = engine_torque(p, motor, throttle, speed)
    else:
        shaft = p.motor_Kt[motor] * motor_current(p, s, motor, throttle) - idle_torque(p, motor, speed)
    return (shaft - s.torque[motor]) / p.rotor_inertia[motor]


@njit(cache=True)
def balanced_rotor(P: Record, S: Record, motor: int, throttle: float, inflow: float) -> float:
    """Rotor speed (rad/s) at which the motor just carries the propeller, at an axial inflow (m/s)."""
    p, s = P[0], S[0]
    fastest = p.engine_fastest[motor]
    if p.engine_points[motor] == 0:
        fastest = 1.5 * p.battery_voltage[motor] / p.motor_Kt[motor]
    high = fastest + 10.0 * abs(inflow) / p.propeller_diameter[motor]
    # A propeller without power may rest or windmill: the faster balance counts, reached from flight under power.
    step, low = high / 64.0, high
    for _ in range(64):
        low = high - step
        if _speeds_up(p, s, motor, throttle, inflow, low):
            break
        high = low
    for _ in range(50):
        middle = 0.5 * (low + high)
        if _speeds_up(p, s, motor, throttle, inflow, middle):
            low = middle
        else:
            high = middle
    return max(0.0, 0.5 * (low + high))


@njit
def _speeds_up(p: Record, s: Record, motor: int, throttle: float, inflow: float, speed: float) -> bool:
    s.rotor_speed[motor] = speed
    s.torque[motor] = propeller_loads(p, motor, speed, inflow, p.air_density)[1]
    return shaft_acceleration(p, s, motor, throttle) > 0.0


@njit(cache=True)
def balanced_throttle(P: Record, rotor_speed: float, inflow: float) -> float:
    """Throttle at which the first motor holds a rotor speed (rad/s): above 1 or negative where none does."""
    p = P[0]
    torque = propeller_loads(p, 0, rotor_speed, inflow, p.air_density)[1]
    if p.engine_points[0] > 0:
        share = torque * max(rotor_speed, p.engine_speed[0, 0]) / engine_power(p, 0, rotor_speed)
        return (share - p.engine_idle[0]) / (1.0 - p.engine_idle[0])
    current = torque / p.motor_Kt[0] + p.motor_no_load[0]
    needed = p.motor_Kt[0] * rotor_speed + p.motor_resistance[0] * current
    voltage, lost = p.battery_voltage[0], p.effect[EFFECT.battery_sag] * p.battery_resistance[0] * current
    # throttle U = needed + throttle^2 lost
    inside = voltage * voltage - 4.0 * lost * needed
    if current < 0.0:
        return -1.0
    if inside < 0.0 or current > p.motor_max_current[0]:
        return 3.0
    return 2.0 * needed / (voltage + math.sqrt(inside))


FORCE, MOMENT, ROTORS = slice(0, 3), slice(3, 6), slice(6, None)
"""Parts of a load, and as linear, angular and the rotors' of an acceleration."""


class Airframe:
    """An aircraft's kernel records for steady flight: density (kg/m3) and gravity (m/s2) as asked.

    `propeller` False takes motor and propeller off (their mass stays). `drawing`: what the aircraft was to be, where it
    differs in more than `built`.
    """

    def __init__(
        self,
        aircraft: Aircraft,
        density: float = 1.225,
        gravity: float = GRAVITY,
        propeller: bool = True,
        effects: dict[str, bool] | None = None,
        drawing: Aircraft | None = None,
    ) -> None:
        self.parameters = flight_parameters(aircraft, air_density=density, effects=effects, drawing=drawing)
        self.p = self.parameters[0]
        self.p["gravity"] = gravity
        if not propeller:
            self.p["motors"] = 0
        self.state = new_state()
        self.motors, self.flap = int(self.p["motors"]), 0.0
        self._out = np.zeros(6 + self.motors)
        # At one throttle and inflow they then all turn alike.
        self.motors_alike = all(np.all(self.p[name][: self.motors] == self.p[name][0]) for name in _OF_A_MOTOR)
        gains = np.abs(self.p["hinge_gain"][: self.p["hinges"]])
        self.has = {name: bool(gains[:, k].any()) for k, name in enumerate(("aileron", "elevator", "rudder", "flap"))}

    def command(self, aileron: float, elevator: float, rudder: float, flap: float | None = None) -> None:
        """Set all hinges to a command (pilot's signs), not cut at full travel, so that a solver finds its way.

        Where their linkages hold them, play at its middle. flap: None leaves it at `self.flap`, so that whole solutions
        (trim, glide, modes) are flown with it lowered.
        """
        p = self.p
        n = int(p["hinges"])
        asked = p["hinge_gain"][:n] @ np.array([aileron, elevator, rudder, self.flap if flap is None else flap])
        servo = asked * np.where(asked > 0, p["hinge_down"][:n], p["hinge_up"][:n])
        linked, stuck = servo * p["hinge_share"][:n] + p["hinge_offset"][:n], p["hinge_stuck"][:n]
        self.state[0]["deflection"][:n] = np.where(np.isnan(stuck), linked, stuck)

    def deflections(self) -> tuple[float, float, float]:
        """(aileron rolling right +, elevator trailing edge down +, rudder trailing edge left +), rad."""
        p, s = self.p, self.state[0]
        aileron, elevator, rudder = (channel_deflection(p, s, c) for c in range(3))
        return aileron, -elevator, -rudder

    def load(self, velocity: Array, rates: Array, throttle: float, rotor_speed: Array) -> Array:
        """(6 + motors,): force N, moment N m (body axes), rotor accelerations rad/s2. A fresh array."""
        airframe_load(self.parameters, self.state, velocity, rates, throttle, rotor_speed, FREE_AIR, self._out)
        return self._out.copy()

    def rotors(self, velocity: Array, throttle: float) -> Array:
        """Rotor speeds (motors,) rad/s in balance with the motors at a velocity (body axes, m/s)."""
        inflow = self.p["motor_axis"][: self.motors] @ velocity
        return np.array(
            [balanced_rotor(self.parameters, self.state, m, throttle, float(inflow[m])) for m in range(self.motors)]
        )

    def throttle_for(self, velocity: Array, rotor_speed: float) -> float:
        """Throttle that holds the rotors at a speed (rad/s); above 1 or negative (windmilling) where none does."""
        return balanced_throttle(self.parameters, rotor_speed, float(velocity @ self.p["motor_axis"][0]))

    def acceleration(self, velocity: Array, rates: Array, up: Array, throttle: float, rotor_speed: Array) -> Array:
        """(6 + motors,): linear (m/s2) and angular (rad/s2) accelerations in turning body axes, then the rotors'.

        `up`: the world's z axis in body axes.
        """
        p = self.p
        load = self._load_with_alpha_rate(velocity, rates, up, throttle, rotor_speed)
        linear = load[FORCE] / p["mass"] - p["gravity"] * up - cross_product(rates, velocity)
        angular = p["inertia_inverse"] @ (load[MOMENT] - cross_product(rates, p["inertia"] @ rates))
        return np.concatenate([linear, angular, load[ROTORS]])

    def _load_with_alpha_rate(self, velocity: Array, rates: Array, up: Array, throttle: float, rotors: Array) -> Array:
        """`load` with the rate of the angle of attack that it causes itself, where coefficients go with that."""
        p, s = self.p, self.state[0]
        s["alpha_rate"] = 0.0
        load = self.load(velocity, rates, throttle, rotors)
        if p["whole_CL"][LIFT.alphadot] == 0.0 and p["whole_Cm"][LIFT.alphadot] == 0.0:
            return load
        for _ in range(3):  # its force is some percent of the lift's: each round is so much nearer
            ahead, _, aloft = load[FORCE] / p["mass"] - p["gravity"] * up - cross_product(rates, velocity)
            forward, _, upward = velocity
            s["alpha_rate"] = (upward * ahead - forward * aloft) / max(forward**2 + upward**2, 1.0)
            load = self.load(velocity, rates, throttle, rotors)
        s["alpha_rate"] = 0.0
        return load


def body_velocity(speed: float, alpha: float, beta: float) -> Array:
    """Velocity (3,) m/s in body axes (y left, z up) of a speed, angle of attack and sideslip (+ from the right)."""
    return speed * np.array([math.cos(alpha) * math.cos(beta), -math.sin(beta), -math.sin(alpha) * math.cos(beta)])


def up_axis(roll: float, pitch: float) -> Array:
    """The world's z axis in body axes, of pilot's roll and pitch."""
    return np.array([math.sin(pitch), math.cos(pitch) * math.sin(roll), math.cos(pitch) * math.cos(roll)])
