"""Linear modes of an aircraft about a steady flight: eigenvalues of the numerical Jacobian of its motion."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from envs.base.frames import Array
from envs.physics.steady.airframe import FORCE, MOMENT, ROTORS, Airframe, body_velocity, up_axis
from envs.physics.steady.trim import Trim, pitch_for_climb

# State: velocity m/s (u, v, w) and rates rad/s (p, q, r) in body axes, roll and pitch rad, rotor speeds rad/s.
_STATES = ("u", "v", "w", "p", "q", "r", "roll", "pitch")
_LONGITUDINAL = [_STATES.index(name) for name in ("u", "w", "q", "pitch")]
_LATERAL = [_STATES.index(name) for name in ("v", "p", "r", "roll")]
_VELOCITY, _RATES, _ANGLES, _ROTOR = slice(0, 3), slice(3, 6), slice(6, 8), slice(8, None)


@dataclass(frozen=True)
class Mode:
    """One mode: eigenvalue (rad/s), as frequency rad/s and damping ratio, or time to double (s, negative: halves)."""

    name: str
    eigenvalue: complex

    @property
    def frequency(self) -> float:
        """Undamped natural frequency, rad/s."""
        return abs(self.eigenvalue)

    @property
    def damping(self) -> float:
        """Damping ratio, + stable; 1 for a real mode that decays, -1 for one that grows."""
        return -self.eigenvalue.real / max(abs(self.eigenvalue), 1e-12)

    @property
    def time_to_double(self) -> float:
        """Seconds to double, or minus the seconds to halve."""
        return math.log(2.0) / self.eigenvalue.real if self.eigenvalue.real else math.inf


def motion_jacobian(airframe: Airframe, at: Trim) -> Array:
    """Jacobian (8 + motors, same) of the motion's state about a straight trim, controls and throttle held."""
    airframe.command(*at.command)
    velocity = body_velocity(at.speed, at.alpha, at.beta)
    pitch = pitch_for_climb(velocity, at.roll, at.climb, at.speed)
    x0 = np.concatenate([velocity, np.zeros(3), [at.roll, pitch], at.rotor_speed])

    def rate(x: Array) -> Array:
        roll, pitch = x[_ANGLES]
        rates = x[_RATES]
        moved = airframe.acceleration(x[_VELOCITY], rates, up_axis(roll, pitch), at.throttle, x[_ROTOR])
        p, q, r = rates * (1.0, -1.0, -1.0)  # pilot's signs
        turning = q * math.sin(roll) + r * math.cos(roll)
        angles = np.array([p + turning * math.tan(pitch), q * math.cos(roll) - r * math.sin(roll)])
        return np.concatenate([moved[FORCE], moved[MOMENT], angles, moved[ROTORS]])

    steps = np.array([0.02] * 3 + [0.01] * 3 + [0.002] * 2 + [1.0] * airframe.motors)
    columns = []
    for k, step in enumerate(steps):
        high, low = x0.copy(), x0.copy()
        high[k] += step
        low[k] -= step
        columns.append((rate(high) - rate(low)) / (2 * step))
    return np.array(columns).T


def linear_modes(airframe: Airframe, at: Trim) -> list[Mode]:
    """Short period, phugoid, roll, dutch roll, spiral and rotor modes (pairs once, with positive frequency).

    Told apart by how much of the eigenvector lies in the lateral states and in the rotors; a pair that has
    become two real modes keeps its name, with " 1" and " 2" behind.
    """
    matrix = motion_jacobian(airframe, at)
    scale = np.array(
        [at.speed] * 3 + [at.speed / airframe.p["span"]] * 3 + [1.0, 1.0] + [max(r, 1.0) for r in at.rotor_speed]
    )
    values, vectors = np.linalg.eig(matrix * scale[None, :] / scale[:, None])
    share = np.abs(vectors) ** 2
    share /= share.sum(axis=0)
    rotor = [int(k) for k in np.argsort(-share[_ROTOR].sum(axis=0))[: airframe.motors]]
    rest = [k for k in range(len(values)) if k not in rotor]
    lateral_share = share[_LATERAL].sum(axis=0) - share[_LONGITUDINAL].sum(axis=0)
    rest.sort(key=lambda k: lateral_share[k])
    longitudinal = sorted((complex(values[k]) for k in rest[:4]), key=lambda v: (-round(abs(v), 9), -v.imag))
    lateral = [complex(values[k]) for k in rest[4:]]
    modes = _pair("short period", longitudinal[:2]) + _pair("phugoid", longitudinal[2:])
    swinging = [v for v in lateral if abs(v.imag) > 1e-6]
    straight = sorted((v for v in lateral if abs(v.imag) <= 1e-6), key=lambda v: -abs(v))
    if len(straight) == 2:
        modes += [Mode("roll", straight[0]), *_pair("dutch roll", swinging), Mode("spiral", straight[1])]
    else:  # roll and spiral have merged, or the dutch roll has split: name them by speed only
        modes += [Mode(f"lateral {n + 1}", v) for n, v in enumerate(sorted(lateral, key=lambda v: -abs(v)))]
    return modes + [Mode("rotor", complex(values[k])) for k in rotor]


def _pair(name: str, values: list[complex]) -> list[Mode]:
    if any(abs(v.imag) > 1e-6 for v in values):
        return [Mode(name, max(values, key=lambda v: v.imag))]
    return [Mode(f"{name} {n + 1}", v) for n, v in enumerate(values)]
