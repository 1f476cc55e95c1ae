"""Attitude and throttle with which a flight starts in the air: those of steady flight, interpolated over speed."""

from __future__ import annotations

import math

import numpy as np

from envs.physics.aircraft import Aircraft

SPEEDS = (1.05, 1.2, 1.35, 1.6)  # stall speeds
DESCENT = -math.radians(5)


class SteadyStart:
    """Trims of an aircraft in a 5 deg descent. `at` gives angle of attack (rad) and throttle (0..1) at a speed."""

    def __init__(self, aircraft: Aircraft, air_density: float, effects: dict[str, bool] | None = None) -> None:
        # scipy is slow to import and only needed here
        from envs.physics.airframe import Airframe
        from envs.physics.trim import trim

        airframe = Airframe(aircraft, air_density, effects=effects)
        self._speeds = np.array(SPEEDS) * aircraft.stall_speed_mps
        found = [trim(airframe, float(speed), climb=DESCENT) for speed in self._speeds]
        self._alpha = [min(max(t.alpha, -0.1), 0.4) for t in found]  # what cannot be trimmed starts near trim
        self._throttle = [min(max(t.throttle, 0.0), 1.0) for t in found]

    def at(self, speed_mps: float) -> tuple[float, float]:
        """(angle of attack rad, throttle 0..1) at a speed (m/s)."""
        return (float(np.interp(speed_mps, self._speeds, self._alpha)),
                float(np.interp(speed_mps, self._speeds, self._throttle)))
