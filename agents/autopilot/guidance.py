"""Lateral guidance along a straight leg, and the wind it is flown in."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def wrapped(angle: Array) -> Array:
    """Angles (rad) brought into -pi..pi."""
    return np.arctan2(np.sin(angle), np.cos(angle))


def bank_to_leg(
    cross: Array, along_speed: Array, cross_speed: Array, period: Array | float, damping: float, turn_bank: float
) -> Array:
    """Bank (rad, right +) of the nonlinear guidance of Park, Deyst and How (AIAA 2004-4900), "L1".

    It steers at a point on the leg L1 = damping period speed / pi ahead, with the sideways acceleration
    4 damping^2 V^2 / L1 sin(eta): near the leg a track that oscillates with that period and damping. From farther
    off the course wanted is that of a circle of `turn_bank` (rad) which touches the leg, flown with that bank and
    corrections; from outside that circle a course square to the leg. Works on the course over ground, so a steady
    wind leaves no error.

    Args: offset right of the leg (b), ground speed along it and to its right (b/T), period (T).
    """
    speed = np.maximum(0.3, np.hypot(along_speed, cross_speed))
    ahead = damping * period * speed / np.pi
    off = np.abs(cross)
    line = np.arcsin(np.minimum(off / ahead, 1))
    circle = np.arccos(np.clip(1 - off * np.tan(turn_bank) / speed**2, 0, 1))
    wanted = -np.sign(cross) * np.minimum(line, circle)
    eta = np.clip(wrapped(wanted - np.arctan2(cross_speed, along_speed)), -np.pi / 2, np.pi / 2)
    on_circle = np.clip((line - circle) / 0.3, 0, 1) * (circle < np.pi / 2) * np.maximum(0.0, np.cos(2 * eta))
    return np.arctan(4 * damping**2 * speed**2 / ahead * np.sin(eta) + np.sign(cross) * on_circle * np.tan(turn_bank))


def in_leg(along: Array, cross: Array, course: Array) -> tuple[Array, Array]:
    """A vector (along, right of) one leg seen from another turned right by `course` (rad)."""
    cosine, sine = np.cos(course), np.sin(course)
    return along * cosine + cross * sine, cross * cosine - along * sine
