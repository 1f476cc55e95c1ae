"""Attitude and throttle with which a flight starts in the air: those of steady flight, interpolated over speed."""

from __future__ import annotations

import bisect
import math
from functools import lru_cache

from envs.aircraft.aircraft import Aircraft

SPEEDS = (1.05, 1.2, 1.35, 1.6)  # stall speeds
DESCENT = -math.radians(5)


def steady_start(aircraft: Aircraft, air_density: float, effects: dict[str, bool] | None = None) -> SteadyStart:
    """The steady flights of an aircraft, found once for all environments: a search of some 30 ms."""
    return _found(aircraft.model_dump_json(), air_density, tuple(sorted((effects or {}).items())))


class SteadyStart:
    """Trims of an aircraft in a 5 deg descent. `at` gives angle of attack (rad) and throttle (0..1) at a speed."""

    def __init__(self, aircraft: Aircraft, air_density: float, effects: dict[str, bool] | None = None) -> None:
        # scipy is slow to import and only needed here
        from envs.physics.steady.airframe import Airframe
        from envs.physics.steady.trim import trim

        airframe = Airframe(aircraft, air_density, effects=effects)
        self._speeds = [share * aircraft.stall_speed_mps for share in SPEEDS]
        found = [trim(airframe, speed, climb=DESCENT) for speed in self._speeds]
        self._alpha = [min(max(t.alpha, -0.1), 0.4) for t in found]  # what cannot be trimmed starts near trim
        self._throttle = [min(max(t.throttle, 0.0), 1.0) for t in found]

    def at(self, speed_mps: float) -> tuple[float, float]:
        """(angle of attack rad, throttle 0..1) at a speed (m/s)."""
        # As np.interp, whose call costs 20 us of a reset.
        speeds = self._speeds
        speed = min(max(speed_mps, speeds[0]), speeds[-1])
        k = min(bisect.bisect_right(speeds, speed), len(speeds) - 1) - 1
        return self._between(self._alpha, k, speed), self._between(self._throttle, k, speed)

    def _between(self, values: list[float], k: int, speed: float) -> float:
        rise = (values[k + 1] - values[k]) / (self._speeds[k + 1] - self._speeds[k])
        return values[k] + rise * (speed - self._speeds[k])


@lru_cache(maxsize=32)
def _found(aircraft_json: str, air_density: float, effects: tuple[tuple[str, bool], ...]) -> SteadyStart:
    return SteadyStart(Aircraft.model_validate_json(aircraft_json), air_density, dict(effects))
