"""What the judge sees of a flight: where it went, which way, and how the wings lay on it, freed of a log's noise."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from envs.base.frames import Array, cross_product

STEP_S = 0.02
"""Between two looks; logs of any rate are brought to it."""
SMOOTH_TO_RAD = 0.004
"""Noise of directions (rad) that is left; less than a fifth of what a judge can see."""
LONGEST_WINDOW_S = 0.4
SLOW_SHARE = 0.25
"""Of the usual speed: slower than this, as on top of a stall turn, the nose says where the aircraft goes."""
FEWEST = 8
"""Samples below which there is nothing to judge."""


@dataclass(frozen=True)
class FlownTrack:
    """A flight as recorded, n samples: world axes, x along the runway, y left, z up.

    `time_s` (n,) rising; `position` (n, 3) of the centre of gravity, m; `velocity` (n, 3) over the ground, m/s;
    `attitude` (n, 4) quaternion x, y, z, w, body to world; `alpha` (n,) angle of attack, rad; `strike` (n,) not 0
    where the aircraft touches the ground; `wind` (n, 3) of the air over the ground, m/s, None where nobody knows it.
    Raises ValueError where shapes do not fit or numbers are not finite.
    """

    time_s: Array
    position: Array
    velocity: Array
    attitude: Array
    alpha: Array
    strike: Array
    wind: Array | None = None

    def __post_init__(self) -> None:
        for field, shape in zip(fields(self), ((), (3,), (3,), (4,), (), (), (3,)), strict=True):
            if getattr(self, field.name) is None:
                continue
            values = np.asarray(getattr(self, field.name), np.float64)
            if values.shape != (len(self.time_s), *shape):
                raise ValueError(f"{field.name} has shape {values.shape}, not {(len(self.time_s), *shape)}")
            if not np.all(np.isfinite(values)):
                raise ValueError(f"{field.name} holds what is no number")
            object.__setattr__(self, field.name, values)
        if len(self.time_s) < FEWEST or np.any(np.diff(self.time_s) <= 0):
            raise ValueError(f"time_s must rise over at least {FEWEST} samples")

    def part(self, kept: slice | NDArray[np.bool_]) -> FlownTrack:
        """The samples kept of it. Raises ValueError where they are too few."""
        columns = {field.name: getattr(self, field.name) for field in fields(self)}
        return replace(self, **{name: values[kept] for name, values in columns.items() if values is not None})


@dataclass(frozen=True)
class Seen:
    """A flight in even steps of time, in the figure's plane.

    `ahead`, `left` (3,) are unit vectors along the entry track and to its left. `direction` (n, 3) is that of the
    velocity over the ground, of the nose where the aircraft all but stands. `way` (n,) is the length flown, m.
    `wind` (n, 3) as in FlownTrack.
    """

    time_s: Array
    position: Array
    velocity: Array
    speed: Array
    direction: Array
    nose: Array
    canopy: Array
    alpha: Array
    touching: NDArray[np.bool_]
    way: Array
    ahead: Array
    left: Array
    wind: Array | None

    def __len__(self) -> int:
        return len(self.time_s)

    @cached_property
    def theta(self) -> Array:
        """Direction of the track in the figure's plane (n,), rad: 0 ahead, pi/2 straight up, counted on in loops."""
        return plane_angle(self.direction, self.ahead)

    @cached_property
    def out(self) -> Array:
        """Angle of the track out of the figure's plane (n,), rad, + to the left of the entry."""
        return np.arcsin(np.clip(self.direction @ self.left, -1.0, 1.0))

    @cached_property
    def phi(self) -> Array:
        """Roll about the track (n,), rad, + right, 0 with the canopy as in an inside loop, counted on in rolls."""
        return roll_angle(self.direction, self.canopy, self.left)

    @property
    def height(self) -> Array:
        """Of the centre of gravity above the ground (n,), m."""
        return self.position[:, 2]

    def at(self, time_s: float) -> int:
        """Index of the sample nearest to a time (s)."""
        return int(np.clip(round((time_s - self.time_s[0]) / STEP_S), 0, len(self) - 1))


def plane_angle(direction: Array, ahead: Array) -> Array:
    """Unwrapped angle (n,), rad, of directions (n, 3) in the vertical plane through `ahead`."""
    return np.unwrap(np.arctan2(direction[:, 2], direction @ ahead))


def roll_angle(direction: Array, canopy: Array, left: Array) -> Array:
    """Unwrapped roll angle (n,), rad, + right, of canopies (n, 3) about directions (n, 3)."""
    zero = cross_product(direction, np.broadcast_to(left, direction.shape))
    aside = cross_product(zero, direction)
    return np.unwrap(np.arctan2(-_dot(canopy, aside), _dot(canopy, zero)))


def see(track: FlownTrack, ahead: Array) -> Seen:
    """The flight in even steps, smoothed as far as its noise asks for; `ahead` (3,) as in Seen."""
    # A flight's end often falls on a step: there the last digit of its time must not decide on a sample more or less.
    count = max(2, int((track.time_s[-1] - track.time_s[0]) / STEP_S + 1e-3) + 1)
    time_s = track.time_s[0] + STEP_S * np.arange(count)
    nose, canopy = _body_axes(track.attitude)
    usual = float(np.quantile(np.linalg.norm(track.velocity, axis=1), 0.6)) + 1e-9
    step = float(np.median(np.diff(track.time_s)))
    velocity = _resampled(_smoothed(track.velocity, usual, step), track.time_s, time_s)
    position = _resampled(_smoothed(track.position, usual, step), track.time_s, time_s)
    nose = _unit(_resampled(_smoothed(nose, 1.0, step), track.time_s, time_s))
    canopy = _unit(_resampled(_smoothed(canopy, 1.0, step), track.time_s, time_s))
    speed = np.linalg.norm(velocity, axis=1)
    trust = np.clip(speed / (SLOW_SHARE * usual) - 0.5, 0.0, 1.0)[:, None]
    direction = _unit(trust * _unit(velocity) + (1.0 - trust) * nose)
    touching = np.interp(time_s, track.time_s, np.asarray(track.strike != 0.0, np.float64)) > 0.0
    return Seen(
        time_s,
        position,
        velocity,
        speed,
        direction,
        nose,
        canopy,
        np.interp(time_s, track.time_s, track.alpha),
        touching,
        np.concatenate([[0.0], np.cumsum(0.5 * (speed[1:] + speed[:-1]) * STEP_S)]),
        ahead,
        cross_product(np.array([0.0, 0.0, 1.0]), ahead),
        None if track.wind is None else _resampled(track.wind, track.time_s, time_s),
    )


def _dot(first: Array, second: Array) -> Array:
    return np.einsum("ij,ij->i", first, second)


def _unit(vectors: Array) -> Array:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1), 1e-12)[:, None]


def _body_axes(attitude: Array) -> tuple[Array, Array]:
    """World directions (n, 3) of the nose and of the canopy of attitudes (n, 4)."""
    x, y, z, w = (attitude / np.linalg.norm(attitude, axis=1)[:, None]).T
    nose = np.stack([1 - 2 * (y * y + z * z), 2 * (x * y + w * z), 2 * (x * z - w * y)], axis=1)
    canopy = np.stack([2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)], axis=1)
    return nose, canopy


def _resampled(values: Array, old_s: Array, new_s: Array) -> Array:
    return np.stack([np.interp(new_s, old_s, column) for column in values.T], axis=1)


def _smoothed(values: Array, scale: float, step_s: float) -> Array:
    """Values (n, k) without their white noise: parabolas laid through as many neighbours as the noise asks for.

    What is left of it is SMOOTH_TO_RAD of `scale`. Noise is told from the flight by third differences, whose
    variance is 20 times that of white noise, and of whose size the median is not moved by short fast rolls.
    """
    if len(values) < FEWEST:
        return values
    noise = float(np.max(np.median(np.abs(np.diff(values, 3, axis=0)), axis=0))) / (0.6745 * np.sqrt(20.0))
    wanted = 2.25 * (noise / (SMOOTH_TO_RAD * scale)) ** 2  # a parabola through n leaves 9/4 of the variance over n
    half = int(min(wanted, LONGEST_WINDOW_S / step_s, len(values) - 2)) // 2
    if half < 2:
        return values
    i = np.arange(-half, half + 1)
    weights = 3.0 * (3 * half**2 + 3 * half - 1 - 5 * i**2) / ((2 * half + 3) * (2 * half + 1) * (2 * half - 1))
    ends = [2 * values[0] - values[half:0:-1], values, 2 * values[-1] - values[-2 : -half - 2 : -1]]
    padded = np.concatenate(ends)
    return np.stack([np.convolve(column, weights, mode="valid") for column in padded.T], axis=1)
