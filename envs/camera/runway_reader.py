"""What a small net reads from one picture: how far the runway lies beside where it ought to, how sure, if at all.

The net is data: configs/eyes/runway_reader.npz, learned by scripts/runway_reader.py.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from envs.base.config_file import CONFIGS
from envs.base.errors import InputError
from envs.base.frames import Array
from envs.camera.bird_view import PLACES, bird_view, places
from envs.camera.neuron import Neuron
from envs.camera.nose_eye import NoseEye, Picture
from envs.camera.picture import picture_axes
from envs.tasks.parts.landing_starts import GLIDE

READER_FILE = CONFIGS / "eyes" / "runway_reader.npz"
LAYERS = 3
PRIOR_M, PRIOR_YAW = 1.7, math.radians(1.7)
"""Standard deviations that it learned with: of errors beside the centreline, and of where the lens points."""
SEEN_B, NEAREST_B = 10.0, 8.0
"""The place that is seen best, of which it tells how far aside it appears: past the runway's start, at least so far."""
WAY_B, LEAST_HEIGHT_B, USUAL_SPAN_M = 50.0, 0.03, 1.5
INPUTS = 2 * PLACES + 3
OUTPUTS = 5
WAY_FROM_B, WAY_TO_B = -12.0, 100.0
"""Before the aim point, from and to where it learned; a picture from elsewhere is not read."""
ASIDE_B, ASIDE_PER_WAY = 0.8, 0.04
"""Standard deviation off the centreline there: at the aim point, and more per way left."""
ROLL, PITCH, HEADING = math.radians(5.0), math.radians(4.0), math.radians(5.0)
PITCH_MEAN = math.radians(3.0)
"""Likewise of the attitude; in the flare the nose is up."""
HIGHEST, HIGHER_B = 1.6, 1.2
"""Of the glide path's height, and so much above it."""
SCATTER = 2.5
"""So many standard deviations off are still read."""
UNSURE = 0.9
"""Of what was expected before: a picture that leaves more than this open says nothing."""

Floats = NDArray[np.float32]


class Measured(NamedTuple):
    """A value and its standard deviation; infinite where a picture says nothing of it."""

    value: float
    sigma: float


class Sighting(NamedTuple):
    """What a picture says, as the flight controller believes to be and to look.

    `aside` (m): so much too far left the runway appears `away_m` before the aircraft; that is the error of its place,
    left +, and `away_m` times `yaw` (rad), by which the lens points farther right than is believed. `in_sight`: how
    likely the runway is.
    """

    away_m: float
    aside: Measured
    yaw: Measured
    in_sight: float


class RunwayReader:
    """Reads the pictures of one camera."""

    def __init__(
        self,
        eye: NoseEye,
        aim_x_m: float,
        lookout: Neuron | None = None,
        layers: list[tuple[Floats, Floats]] | None = None,
    ) -> None:
        """`aim_x_m`: of the landing's aim point; `layers`: weights (n, m) and offsets (m,), default: the shipped ones.

        `lookout`: who says in its place whether the runway is in sight, with 0 or 1. Raises InputError for a file that
        is missing or broken, or a neuron for pictures of another size.
        """
        if lookout:
            lookout.check_size(eye.size, eye.size, "the camera's pictures have")
        self._eye, self._aim_x, self._lookout = eye, aim_x_m, lookout
        self._span = eye.span_m
        self._layers = layers or shipped_layers()
        self._ground, self._view = places(self._span), np.empty(INPUTS, np.float64)

    def inputs(self, picture: Picture, position: Array, body_to_world: Array) -> Array:
        """(INPUTS,) what the net is shown: the ground from above, then way to go, height and span.

        `position` (3,) m of the centre of gravity in the world and `body_to_world` (3, 3) as the flight controller
        believes them; the camera as drawn. The array is used again for the next picture.
        """
        eye, view = self._eye, self._view
        axes = picture_axes(body_to_world, eye.as_drawn)
        lens = eye.lens_at(position, body_to_world)
        bird_view(picture, self._ground, lens, axes, eye.focal, view[: 2 * PLACES])
        height = max(LEAST_HEIGHT_B, float(lens[2]) / self._span)
        view[2 * PLACES :] = (
            (self._aim_x - position[0]) / self._span / WAY_B,
            math.log(height),
            self._span - USUAL_SPAN_M,
        )
        return view

    def away_m(self, position: Array) -> float:
        """How far before an aircraft at `position` (3,) m the place lies of which it tells most."""
        return max(NEAREST_B * self._span, SEEN_B * self._span - float(position[0]))

    def knows(self, position: Array, body_to_world: Array) -> bool:
        """Whether it learned from pictures taken about there, so turned: on an approach, or over the runway."""
        way, aside = (self._aim_x - float(position[0])) / self._span, abs(float(position[1])) / self._span
        ahead = max(0.0, way)
        if not WAY_FROM_B <= way <= WAY_TO_B or aside > SCATTER * (ASIDE_B + ASIDE_PER_WAY * ahead):
            return False
        if float(position[2]) / self._span > HIGHEST * GLIDE * ahead + HIGHER_B:
            return False
        forward_x, forward_y, up = body_to_world[0, 0], body_to_world[1, 0], body_to_world[2, 0]
        heading, roll = math.atan2(forward_y, forward_x), math.atan2(body_to_world[2, 1], body_to_world[2, 2])
        pitch = math.asin(max(-1.0, min(1.0, up))) - PITCH_MEAN
        return max(abs(heading) / HEADING, abs(roll) / ROLL, abs(pitch) / PITCH) < SCATTER

    def read(self, picture: Picture, position: Array, body_to_world: Array) -> Sighting:
        """See `inputs`, Sighting."""
        outputs = forward(self._layers, self.inputs(picture, position, body_to_world))
        said = sighting(outputs, self.away_m(position))
        if self._lookout is None:
            return said
        return said._replace(in_sight=float(self._lookout.answers(picture[None])[0]))


def forward(layers: list[tuple[Floats, Floats]], inputs: Array) -> Array:
    """(OUTPUTS,) of a net with tanh between its layers."""
    values = inputs.astype(np.float32)
    for number, (weights, offsets) in enumerate(layers):
        values = values @ weights + offsets
        if number + 1 < len(layers):
            values = np.tanh(values)
    return values.astype(np.float64)


def prior_aside_m(away_m: Array | float) -> Array | float:
    """Standard deviation (m) of how far aside the runway appeared, `away_m` before the aircraft, as it learned."""
    return np.sqrt(PRIOR_M**2 + (PRIOR_YAW * np.asarray(away_m)) ** 2)


def sighting(outputs: Array, away_m: float) -> Sighting:
    """What the net's outputs mean: aside and yaw in their priors, the logarithms of their sigmas, a logit."""
    aside, yaw, log_aside, log_yaw, logit = outputs.tolist()
    in_sight = 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, logit))))
    return Sighting(
        away_m,
        _own(aside, log_aside, float(prior_aside_m(away_m))),
        _own(yaw, log_yaw, PRIOR_YAW),
        in_sight,
    )


def _own(value: float, log_sigma: float, prior: float) -> Measured:
    """What the picture itself says: what it learned to expect is taken out (the information of Gaussians adds)."""
    variance = math.exp(2.0 * min(log_sigma, 0.0))
    if variance > UNSURE**2:
        return Measured(0.0, math.inf)
    left = 1.0 - variance
    return Measured(prior * value / left, prior * math.sqrt(variance / left))


@lru_cache(maxsize=1)
def shipped_layers() -> list[tuple[Floats, Floats]]:
    """Of READER_FILE. Raises InputError."""
    return load_layers(READER_FILE)


def load_layers(file: Path) -> list[tuple[Floats, Floats]]:
    """The layers in an npz file, `weights0`, `offsets0`, ... Raises InputError, one line."""
    names = [f"{what}{k}" for k in range(LAYERS) for what in ("weights", "offsets")]
    try:
        with np.load(file, allow_pickle=False) as stored:
            found = {name: np.asarray(stored[name], np.float32) for name in names}
    except FileNotFoundError:
        raise InputError(f"{file}: missing; write it by scripts/runway_reader.py") from None
    except Exception as error:  # whatever a broken zip or a foreign file makes numpy raise
        foreign = isinstance(error, ValueError) and "pickle" in str(error)  # numpy advises to trust it
        reason = "no .npz file of numbers" if foreign else (str(error).splitlines() or [""])[0]
        raise InputError(f"{file}: not a net that reads the runway ({reason})") from None
    layers = [(found[f"weights{k}"], found[f"offsets{k}"]) for k in range(LAYERS)]
    _check(file, layers)
    return layers


def _check(file: Path, layers: list[tuple[Floats, Floats]]) -> None:
    size = INPUTS
    for number, (weights, offsets) in enumerate(layers):
        last = number == LAYERS - 1
        wide = OUTPUTS if last else weights.shape[-1] if weights.ndim == 2 else 0
        if weights.shape != (size, wide) or offsets.shape != (wide,):
            got = " and ".join("x".join(map(str, one.shape)) or "one number" for one in (weights, offsets))
            raise InputError(
                f"{file}: weights{number} must be {size} x {wide if last else 'any'} with as many offsets (got {got})"
            )
        if not (np.isfinite(weights).all() and np.isfinite(offsets).all()):
            raise InputError(f"{file}: weights{number} or offsets{number} holds a number that is not finite")
        size = wide


def save_layers(file: Path, layers: list[tuple[Floats, Floats]], about: Mapping[str, str]) -> None:
    """Write what `load_layers` reads; `about` says how it was learned."""
    arrays = {f"weights{k}": weights for k, (weights, _) in enumerate(layers)}
    arrays |= {f"offsets{k}": offsets for k, (_, offsets) in enumerate(layers)}
    np.savez_compressed(file, **arrays, **{name: np.array(text) for name, text in about.items()})  # pyright: ignore
