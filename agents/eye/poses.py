"""Pictures of many poses, aircraft, fogs and lights, with what is right of each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.eye.sight import in_sight
from envs.aircraft.aircraft import load_aircraft
from envs.base.errors import InputError
from envs.base.frames import Array, quaternion_from_pilot_angles
from envs.base.runway import Runway
from envs.camera.neuron import Answers, Pictures
from envs.camera.nose_eye import NoseEye, Picture, Sky
from envs.physics.kernels.dynamics import rotation_rows

VISIBILITY_M = (60.0, 6000.0)  # even in its logarithm
APPROACH_SHARE = 0.9  # what the eye is for; the others are so that it knows woods and fields without a runway
APPROACH_B, SLOPE_DEG, ASIDE = (4.0, 200.0), (3.0, 8.0), 0.06  # of the approaches: way to the threshold, ...
AROUND_M, HEIGHT_M = 350.0, (3.0, 80.0)
HEADING_DEG, PITCH_DEG, ROLL_DEG = 8.0, 4.0, 6.0  # standard deviations on approaches
FREE_PITCH_DEG, FREE_ROLL_DEG = 10.0, 20.0
RATES = 0.3  # rad/s, standard deviation
A_LIGHT = 25  # pictures with the same light, fog and mount


class Seen(NamedTuple):
    """Pictures, right answers, visibility (n,) m, and whether each (n,) was taken on an approach."""

    pictures: Pictures
    right: Answers
    visibility_m: NDArray[np.float64]
    on_approach: Answers


def check_cameras(aircraft: Sequence[str]) -> None:
    """Raise InputError, one line, unless all these have cameras, of one size."""
    drawings = [load_aircraft(name) for name in aircraft]
    sizes = {NoseEye(drawing, Runway.of(drawing.span_m)).size for drawing in drawings}
    if len(sizes) > 1:
        sides = ", ".join(str(side) for side in sorted(sizes))
        raise InputError(f"aircraft {','.join(aircraft)}: cameras of {sides} pixels a side; one eye needs one size")


def look(
    aircraft: Sequence[str],
    count: int,
    rng: np.random.Generator,
    visibility_m: tuple[float, float] = VISIBILITY_M,
    surfaces: Sequence[str] = ("grass", "asphalt"),
) -> Seen:
    """`count` pictures from the cameras of `aircraft`, drawn from `rng`; see check_cameras."""
    drawings = [load_aircraft(name) for name in aircraft]
    pictures: list[Picture] = []
    right, approaching, visible = list[bool](), list[bool](), list[float]()
    eyes = {
        (number, surface): NoseEye(drawing, Runway.of(drawing.span_m, surface))
        for number, drawing in enumerate(drawings)
        for surface in surfaces
    }
    while len(pictures) < count:
        number = int(rng.integers(len(drawings)))
        eye = eyes[number, str(rng.choice(list(surfaces)))]
        eye.visibility_m = math.exp(rng.uniform(*np.log(visibility_m)))
        eye.begin(Sky.drawn(eye.camera, rng))
        for _ in range(min(A_LIGHT, count - len(pictures))):
            approaching.append(rng.uniform() < APPROACH_SHARE)
            how = _on_approach if approaching[-1] else _anywhere
            position, axes = how(rng, drawings[number].span_m, eye.runway)
            pictures.append(eye.picture(position, axes, RATES * rng.standard_normal(3), rng))
            right.append(in_sight(eye, position, axes))
            visible.append(eye.visibility_m)
    return Seen(np.array(pictures), np.array(right), np.array(visible), np.array(approaching))


def _on_approach(rng: np.random.Generator, span: float, _: Runway) -> tuple[Array, Array]:
    """Position (3,) m and body to world (3, 3), more or less on the way in."""
    away = span * math.exp(rng.uniform(*np.log(APPROACH_B)))
    height = max(1.0, away * math.tan(math.radians(rng.uniform(*SLOPE_DEG))))
    place = np.array([-away, ASIDE * away * rng.standard_normal(), height])
    heading = HEADING_DEG * rng.standard_normal()
    pitch, roll = PITCH_DEG * rng.standard_normal(), ROLL_DEG * rng.standard_normal()
    return place, attitude(math.radians(roll), math.radians(pitch), math.radians(heading))


def _anywhere(rng: np.random.Generator, _: float, runway: Runway) -> tuple[Array, Array]:
    """Likewise, somewhere around the field, turned anywhere."""
    along, across = rng.uniform(-AROUND_M, runway.length_m + AROUND_M), rng.uniform(-AROUND_M, AROUND_M)
    place = np.array([along, across, rng.uniform(*HEIGHT_M)])
    heading = rng.uniform(-180.0, 180.0)
    pitch, roll = FREE_PITCH_DEG * rng.standard_normal(), FREE_ROLL_DEG * rng.standard_normal()
    return place, attitude(math.radians(roll), math.radians(pitch), math.radians(heading))


def attitude(roll: float, pitch: float, heading: float) -> Array:
    """Body to world (3, 3), x forward, y left, z up, of pilot angles (rad): right wing down, nose up, right are +."""
    return np.reshape(rotation_rows(quaternion_from_pilot_angles(roll, pitch, heading)), (3, 3))
