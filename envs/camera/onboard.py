"""The camera on board during a flight: its pictures, and what the flight controller makes of them."""

from __future__ import annotations

import math
from functools import cached_property, partial

import gymnasium
import numpy as np

from envs.aircraft.aircraft import Aircraft
from envs.base.frames import Array
from envs.base.quantities import AT, Quantities
from envs.base.runway import Runway
from envs.camera.nose_eye import NoseEye, Picture, Sky
from envs.camera.runway_reader import PRIOR_YAW, RunwayReader, Sighting
from envs.physics.kernels.dynamics import lowest_wheel, rotation_rows
from envs.physics.kernels.records import Record
from envs.physics.sensors import WANDER_S

LIKENESS = 12.0
"""Pictures that follow each other are wrong alike: so many say as much as one (ours)."""
NOT_LOOKED = 0.5  # "runway in sight" where no picture is read
SIGHT_S = 0.3  # s in which the answer to "runway in sight" follows the pictures; ours


class OnboardCamera:
    """Takes a flight's pictures. How it is screwed on, light and exposure are drawn once a flight.

    Nothing is made or drawn before somebody looks, and its random numbers are of streams of their own: a flight is the
    same whether anybody does.
    """

    def __init__(self, aircraft: Aircraft, runway: Runway, visibility_m: float) -> None:
        self._make_eye = partial(NoseEye, aircraft, runway, visibility_m)
        self._flight: np.random.Generator | None = None
        self._streams: list[np.random.Generator] = []

    @cached_property
    def eye(self) -> NoseEye:
        """Of the aircraft as drawn. Raises InputError for one without a camera."""
        return self._make_eye()

    def begin(self, rng: np.random.Generator) -> None:
        """Before a flight, whose random generator `rng` is."""
        self._flight, self._streams = rng, []

    def look(self, now: Quantities) -> Picture:
        """(n, n) of a moment, for somebody who looks. Raises InputError for an aircraft without a camera."""
        return self._picture(now, for_reader=False)

    def read(self, now: Quantities, reader: RunwayReader, position: Array, axes: Array) -> Sighting | None:
        """What a picture of this moment says to who believes to be at `position` (3,) m, body to world `axes` (3, 3).

        None where that is where no picture shows the runway ahead.
        """
        if not reader.knows(position, axes):
            return None
        return reader.read(self._picture(now, for_reader=True), position, axes)

    def _picture(self, now: Quantities, for_reader: bool) -> Picture:
        eye = self.eye
        if not self._streams:
            if self._flight is None:
                raise gymnasium.error.ResetNeeded("call reset() before picture()")
            self._streams = self._flight.spawn(2)
            eye.begin(Sky.drawn(eye.camera, self._streams[0]))
        axes, rates = _axes(now.qx, now.qy, now.qz, now.qw), np.array([now.p, -now.q, -now.r])
        return eye.picture(np.array([now.x, now.y, now.z]), axes, rates, self._streams[for_reader])


class LandingEye:
    """Corrects the place beside the centreline by pictures, and says whether the runway is in sight.

    A plain receiver wanders: its error is taken for a first-order Gauss-Markov process. Where the lens points is wrong
    by as much all flight long, by compass and mount. A Kalman filter of these two states (Gelb 1974, Applied Optimal
    Estimation, 3 and 4) tells them apart: the nearer the runway comes, the less the second one moves it aside.
    """

    def __init__(
        self,
        camera: OnboardCamera,
        reader: RunwayReader,
        sensors: Record,
        drawn: Record,
        control_hz: int,
        by_place: bool = False,
    ) -> None:
        """`by_place`: "runway in sight" is the share of the doubt about the place that pictures have taken away.

        `sensors`: SENSORS (1,) of the flight controller, to be told; `drawn`: PARAMETERS of the drawing.

        An array, not its record: a copy of the flight has one for both, where a record's copy would be nobody's.
        """
        self._camera, self._reader, self._sensors, self._drawn = camera, reader, sensors, drawn
        self._by_place = by_place
        self._every = max(1, round(float(sensors["eye_period"][0]) * control_hz))
        self._wander = float(sensors["fix_wander"][0])
        period = self._every / control_hz
        self._kept = math.exp(-period / WANDER_S)
        self._sight_share = 1.0 - math.exp(-period / SIGHT_S)
        self.begin()

    def begin(self) -> None:
        """Before a flight."""
        self._state = np.zeros(2)  # place too far left, m; lens too far right, rad
        self._in_sight = 0.0 if self._by_place else NOT_LOOKED
        self._sensors["in_sight"] = self._in_sight
        self._covariance = np.diag([self._wander**2, PRIOR_YAW**2])

    def look(self, step: int, now: Quantities, believed: Array) -> None:
        """After a control step: every so many, read a picture, and tell the flight controller for the next one."""
        if step % self._every:
            return
        axes = _axes(*believed[AT.qx : AT.qw + 1].tolist())
        # The height over the ground is the altimeter's, not the receiver's, which wanders too.
        hangs = lowest_wheel(self._drawn, tuple(axes.ravel().tolist()), 0.0)
        place = np.array([believed[AT.x], believed[AT.y], believed[AT.height] - hangs])
        seen = self._camera.read(now, self._reader, place, axes)
        self._state[0] *= self._kept
        self._covariance[0] *= self._kept
        self._covariance[:, 0] *= self._kept
        self._covariance[0, 0] += (1.0 - self._kept**2) * self._wander**2
        if seen:
            told = float(self._sensors["picture_shift"][0])  # it believes to be where the filter said
            self._measure(np.array([1.0, seen.away_m]), told + seen.aside.value, seen.aside.sigma)
            self._measure(np.array([0.0, 1.0]), seen.yaw.value, seen.yaw.sigma)
        if self._by_place:
            self._in_sight = 1.0 - self._covariance[0, 0] / self._wander**2
        else:
            self._in_sight += self._sight_share * ((seen.in_sight if seen else NOT_LOOKED) - self._in_sight)
        self._sensors["picture_shift"], self._sensors["in_sight"] = self._state[0], self._in_sight

    def _measure(self, row: Array, value: float, sigma: float) -> None:
        """One measurement of row @ state."""
        if not math.isfinite(sigma):
            return
        spread = self._covariance @ row
        gain = spread / (row @ spread + LIKENESS * sigma**2)
        self._state += gain * (value - row @ self._state)
        self._covariance -= np.outer(gain, spread)


def _axes(qx: float, qy: float, qz: float, qw: float) -> Array:
    """Body to world (3, 3), x forward, y left, z up."""
    return np.array(rotation_rows((qx, qy, qz, qw))).reshape(3, 3)
