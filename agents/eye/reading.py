"""The net that reads from a picture how far the runway lies beside where the flight controller believes it to be.

It learns from pictures whose truth is known: taken on approaches, over the runway and before it, by a controller that
is wrong about where it is, how it is turned and how high, as the sensors are. What it knows of a picture is laid out on
the ground first (envs/camera/bird_view.py), so that one net reads the pictures of every camera and aircraft.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from agents.eye.poses import attitude
from agents.eye.sight import in_sight
from envs.aircraft.aircraft import load_aircraft
from envs.base.runway import Runway
from envs.camera.nose_eye import NoseEye, Sky
from envs.camera.runway_reader import (
    ASIDE_B,
    ASIDE_PER_WAY,
    HEADING,
    INPUTS,
    OUTPUTS,
    PITCH,
    PITCH_MEAN,
    PRIOR_M,
    PRIOR_YAW,
    ROLL,
    WAY_FROM_B,
    WAY_TO_B,
    RunwayReader,
    prior_aside_m,
)
from envs.physics.sensors import SUITES
from envs.tasks.landing import AIM_SHARE
from envs.tasks.parts.landing_starts import GLIDE

VISIBILITY_M = (15.0, 6000.0)  # even in its logarithm
NEAR_B, NEAR_SHARE = 45.0, 0.5  # a share of them is taken so near to the aim point
OFF_GLIDE, ABOVE_B = 0.2, 0.4  # of the logarithm of the glide path's height; and so much higher
BELIEVED_TILT_DEG, BELIEVED_HEADING_DEG = 0.4, 1.4  # errors of the estimate: start_attitude; magnet_bias and noise
BELIEVED_AHEAD_M, BELIEVED_HEIGHT_M = SUITES["camera"].fix_wander, SUITES["camera"].lidar_noise
RATES = 0.2  # rad/s, standard deviation
A_LIGHT = 25  # pictures with the same light, fog and mount
HIDDEN = (64, 32)
BATCH, RATE, DECAY, LOG_SIGMAS = 512, 3e-3, 1e-2, (-4.0, 1.0)

Floats = NDArray[np.float32]


class Readings(NamedTuple):
    """Of n pictures: inputs (n, INPUTS); what Sighting says of them, (n,) each; and whether the runway is in sight.

    And for tables the way (n,) to the aim point in spans, and the visibility (n,).
    """

    inputs: Floats
    aside_m: NDArray[np.float64]
    yaw: NDArray[np.float64]
    away_m: NDArray[np.float64]
    right: NDArray[np.bool_]
    way_b: NDArray[np.float64]
    visibility_m: NDArray[np.float64]


def take(aircraft: Sequence[str], count: int, rng: np.random.Generator) -> Readings:
    """`count` pictures by the cameras of `aircraft`. Raises InputError for one without a camera."""
    eyes: list[tuple[NoseEye, RunwayReader]] = []
    untrained = [(np.zeros((INPUTS, 1), np.float32), np.zeros(1, np.float32))]
    for name in aircraft:
        drawing = load_aircraft(name)
        for surface in ("grass", "asphalt"):
            runway = Runway.of(drawing.span_m, surface)
            eye = NoseEye(drawing, runway)
            eyes.append((eye, RunwayReader(eye, AIM_SHARE * runway.length_m, layers=untrained)))
    inputs = np.empty((count, INPUTS), np.float32)
    aside, yaw, away, way, visibility = (np.empty(count) for _ in range(5))
    right = np.empty(count, bool)
    for first in range(0, count, A_LIGHT):
        eye, reader = eyes[int(rng.integers(len(eyes)))]
        eye.visibility_m = math.exp(rng.uniform(*np.log(VISIBILITY_M)))
        eye.begin(Sky.drawn(eye.camera, rng))
        for k in range(first, min(first + A_LIGHT, count)):
            inputs[k], aside[k], yaw[k], away[k], right[k], way[k] = _one(eye, reader, rng)
            visibility[k] = eye.visibility_m
    return Readings(inputs, aside, yaw, away, right, way, visibility)


def _one(
    eye: NoseEye, reader: RunwayReader, rng: np.random.Generator
) -> tuple[Floats, float, float, float, bool, float]:
    """A row of Readings, but for the visibility."""
    span = eye.span_m
    way = rng.uniform(WAY_FROM_B, NEAR_B if rng.uniform() < NEAR_SHARE else WAY_TO_B)
    ahead = max(0.0, way)
    aside = (ASIDE_B + ASIDE_PER_WAY * ahead) * rng.standard_normal()
    height = ahead * GLIDE * math.exp(OFF_GLIDE * rng.standard_normal()) + ABOVE_B * abs(rng.standard_normal())
    lowest = eye.camera.position_m[2] / span  # it rolls at least so high
    place = np.array([AIM_SHARE * eye.runway.length_m - way * span, aside * span, max(lowest, height) * span])
    turned = np.array([0.0, PITCH_MEAN, 0.0]) + np.array([ROLL, PITCH, HEADING]) * rng.standard_normal(3)
    wrong = np.radians(np.array([BELIEVED_TILT_DEG, BELIEVED_TILT_DEG, BELIEVED_HEADING_DEG]) * rng.standard_normal(3))
    error = np.array([BELIEVED_AHEAD_M, PRIOR_M, BELIEVED_HEIGHT_M]) * rng.standard_normal(3)
    axes = attitude(*turned)
    picture = eye.picture(place, axes, RATES * rng.standard_normal(3), rng)
    shown = reader.inputs(picture, place + error, attitude(*(turned + wrong)))
    yaw = float(-wrong[2] - eye.sky.turned[2])  # believed less true, about the vertical, left +
    away = reader.away_m(place + error)
    return shown.astype(np.float32), float(error[1] + away * yaw), yaw, away, in_sight(eye, place, axes), way


def learn(
    seen: Readings, rounds: int, seed: int, tell: Callable[[int, float], None] = lambda _round, _loss: None
) -> list[tuple[Floats, Floats]]:
    """The layers of RunwayReader: most likely errors, each with its own sigma (Nix and Weigend 1994), and the sight.

    `tell` is called after each round with its number and mean loss.
    """
    torch.manual_seed(seed)
    wide, narrow = HIDDEN
    net = nn.Sequential(
        nn.Linear(INPUTS, wide), nn.Tanh(), nn.Linear(wide, narrow), nn.Tanh(), nn.Linear(narrow, OUTPUTS)
    )
    inputs = torch.from_numpy(seen.inputs)
    wanted = np.stack([seen.aside_m / prior_aside_m(seen.away_m), seen.yaw / PRIOR_YAW], axis=1)
    errors = torch.from_numpy(wanted.astype(np.float32))
    right = torch.from_numpy(seen.right.astype(np.float32))
    optimizer = torch.optim.AdamW(net.parameters(), RATE, weight_decay=DECAY)
    batches = -(-len(inputs) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=rounds * batches)
    for number in range(rounds):
        total = 0.0
        for chosen in torch.randperm(len(inputs)).split(BATCH):
            loss = _loss(net(inputs[chosen]), errors[chosen], right[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += float(loss.detach())
        tell(number + 1, total / batches)
    linear = [layer for layer in net if isinstance(layer, nn.Linear)]
    return [(np.ascontiguousarray(one.weight.detach().numpy().T), one.bias.detach().numpy().copy()) for one in linear]


def _loss(outputs: torch.Tensor, errors: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
    log_sigma = outputs[:, 2:4].clamp(*LOG_SIGMAS)
    likely = (log_sigma + 0.5 * ((errors - outputs[:, :2]) / log_sigma.exp()) ** 2).sum(dim=1).mean()
    return likely + nn.functional.binary_cross_entropy_with_logits(outputs[:, 4], right)
