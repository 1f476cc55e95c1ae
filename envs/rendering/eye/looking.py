"""The pictures of the nose camera along a recorded flight, made again from its log, with the neuron's answers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from gymnasium.utils import seeding
from numpy.typing import NDArray

from envs.base.errors import InputError
from envs.base.frames import Array
from envs.camera.eye_file import shipped_neuron
from envs.camera.neuron import Neuron
from envs.camera.nose_eye import NoseEye, Picture, Sky
from envs.field.sky import CLEAR_M
from envs.flights.flight_log import FlightLog
from envs.rendering.scene.pose import ATTITUDE, PLACE, rotation_matrix

STEPS_PER_S = 1000  # two moments closer than a step have the same noise
DARKEST, BRIGHTEST = 0.2, 0.75
"""Intensities drawn black and white for a person: nearly all lie between, from 0 to 1 it is grey in grey."""
RATES = ("p_dps", "q_dps", "r_dps")


class Glance(NamedTuple):
    """One picture (n, n), 0 to 1, rows from the top, and what the neuron makes of it."""

    picture: Picture
    sum: float
    threshold: float

    @property
    def answer(self) -> int:
        """1: runway in sight, or 0."""
        return int(self.sum > self.threshold)

    @property
    def shown(self) -> NDArray[np.uint8]:
        """Grey (n, n) for a person's eye, DARKEST 0 and BRIGHTEST 255; the neuron is given the picture itself."""
        share = (self.picture - DARKEST) / (BRIGHTEST - DARKEST)
        return np.rint(255.0 * np.clip(share, 0.0, 1.0)).astype(np.uint8)


class FlightEye:
    """Looks out of the nose of an aircraft whose flight was recorded.

    Light, exposure and how the camera sits are those that FlightEnv.picture draws for the seed in the log's header; of
    a log without a seed the light is fair and the camera sits right. A moment's noise depends on seed and time alone,
    so that every picture of that moment is the same one.
    """

    def __init__(self, header: Mapping[str, Any], columns: Sequence[str], neuron: Neuron | None = None) -> None:
        """Of a log's header; the shipped neuron without another.

        Raises InputError, one line, for an aircraft without a camera or with one of another size than the neuron's, and
        for a broken header.
        """
        log = FlightLog(tuple(columns), np.empty((0, len(columns))), dict(header))
        self.neuron, runway, air = neuron or shipped_neuron(), log.runway(), visibility_of(header)
        self._stages = [(at_s, NoseEye(aircraft, runway, air)) for at_s, aircraft in log.stages()]
        size = self._stages[0][1].size
        self.neuron.check_size(size, size, f"the camera of {log.aircraft().title!r} has")
        seed = header.get("seed")
        self._seed = seed if isinstance(seed, int) and seed >= 0 else None
        for _, eye in self._stages:
            eye.begin(self._sky(eye))

    def _sky(self, eye: NoseEye) -> Sky:
        if self._seed is None:
            return Sky.fair()
        rng, _ = seeding.np_random(self._seed)
        return Sky.drawn(eye.camera, rng.spawn(1)[0])

    @property
    def size(self) -> int:
        """Pixels of a side of its pictures."""
        return self._stages[0][1].size

    @property
    def sky(self) -> Sky:
        """The light of the flight, and how its camera sits."""
        return self._stages[0][1].sky

    def look(self, row: Mapping[str, float]) -> Glance:
        """At the moment of a row of the log (column -> value)."""
        time_s = row["time_s"]
        eye = [eye for at_s, eye in self._stages if at_s <= time_s + 1e-6 or not at_s][-1]
        roll, pitch, yaw = (math.radians(row[name]) for name in RATES)  # right, up, right
        rng = np.random.default_rng([self._seed or 0, max(0, round(STEPS_PER_S * time_s))])
        picture = eye.picture(
            np.array([row[name] for name in PLACE]),
            rotation_matrix(np.array([row[name] for name in ATTITUDE])),
            np.array([roll, -pitch, -yaw]),
            rng,
        )
        return Glance(picture, float(self.neuron.sums(picture[None])[0]), self.neuron.threshold)

    def look_at(self, log: FlightLog, rows: Sequence[int] | NDArray[np.int64]) -> list[Glance]:
        """At rows of its log, counted from 0."""
        return [self.look(dict(zip(log.columns, log.data[row].tolist(), strict=True))) for row in rows]


def eye_of(log: FlightLog, neuron: Neuron | None = None) -> FlightEye:
    """The eye of a flight. Raises InputError, naming the log, where its aircraft has no camera that fits the neuron."""
    try:
        return FlightEye(log.header, log.columns, neuron)
    except InputError as error:
        text = str(error)
        raise error if text.startswith(log.source) else InputError(f"{log.source}: {text}") from None


def usual_eye(log: FlightLog) -> FlightEye | None:
    """The eye that pictures of a flight show unasked: of one that aims at a runway with a camera that fits; else None.

    Raises InputError for a broken header.
    """
    header = log.header
    config = header.get("aircraft_config")
    camera = config.get("camera") if isinstance(config, Mapping) else None
    marks = header.get("marks")
    lands = isinstance(marks, Mapping) and marks.get("aim_x_m") is not None
    if not lands or not isinstance(camera, Mapping):
        return None
    side = len(shipped_neuron().weights)
    return eye_of(log) if camera.get("pixels", side) == side else None


def visibility_of(header: Mapping[str, Any]) -> float:
    """How far one sees in the flight of a header, m; older ones, and broken words, mean a clear day."""
    told = header.get("visibility_m")
    return float(told) if isinstance(told, int | float) and math.isfinite(told) and told > 0 else CLEAR_M


def sums_of(glances: Sequence[Glance]) -> Array:
    """(n,) of the neuron."""
    return np.array([glance.sum for glance in glances])
