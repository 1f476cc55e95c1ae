"""Flights of figures, constructed: the path itself flown, or drawn piece by piece with a fault in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.spatial.transform import Rotation

from envs.base.frames import Array
from envs.figures.judge import FlownTrack
from envs.figures.path import FigurePath

SPIN_ALPHA = np.radians(25.0)
LEAD_B = 12.0


def attitude_of(tangent: Array, canopy: Array) -> Array:
    """Quaternions (n, 4) x, y, z, w of a nose along the tangent and a canopy."""
    left = np.cross(canopy, tangent)
    return Rotation.from_matrix(np.stack([tangent, left, canopy], axis=2)).as_quat()


def fly_path(path: FigurePath, speed_mps: float = 20.0, rate_hz: float = 30.0, lead_b: float = LEAD_B) -> FlownTrack:
    """The path flown as it is asked for, with straight lines before and after it."""
    lead = lead_b * path.span_m
    kinds = [element.kind for element in path.figure.elements]
    way = np.arange(-lead, path.length_m + lead, 0.05)
    speeds = _speeds(path, kinds, way, speed_mps)
    clock = np.concatenate([[0.0], np.cumsum(0.05 / speeds[:-1])])
    time_s = np.arange(0.0, clock[-1], 1.0 / rate_hz)
    s = np.interp(time_s, clock, way)
    speed = np.interp(s, way, speeds)[:, None]
    rows = path.sample(s)
    within = (s > 0.0) & (s < path.length_m)
    spinning = np.array([bool(i) and kinds[path.element_at(x)] == "spin" for x, i in zip(s, within, strict=True)])
    alpha = np.where(spinning, SPIN_ALPHA, 0.05)
    attitude = attitude_of(rows[:, 3:6], rows[:, 6:9])
    return FlownTrack(time_s, rows[:, 0:3], speed * rows[:, 3:6], attitude, alpha, np.zeros(len(s)))


def _speeds(path: FigurePath, kinds: list[str], way: Array, cruise_mps: float) -> Array:
    """Speeds (m/s) along the path: slower towards a stall turn, as thrown up, and almost standing in it."""
    speeds = np.full(len(way), cruise_mps)
    for number, kind in enumerate(kinds):
        if kind == "stall_turn":
            begin, end = path.starts_m[number], path.starts_m[number + 1]
            away = np.maximum(np.maximum(begin - way, way - end), 0.0)
            speeds = np.minimum(speeds, np.sqrt((0.08 * cruise_mps) ** 2 + 2 * 9.81 * away))
    return speeds


@dataclass(frozen=True)
class Piece:
    """A piece of a flight: its length (m), what it turns and rolls (deg), and its faults.

    `radius_growth`: radius at its end over that at its start, less 1. `lean_deg`: of its plane about the entry track.
    `off_deg`: heading left of the figure's plane. `rate_growth`: likewise of its roll rate.
    """

    length_m: float
    turn_deg: float = 0.0
    roll_deg: float = 0.0
    radius_growth: float = 0.0
    rate_growth: float = 0.0
    lean_deg: float = 0.0
    off_deg: float = 0.0
    pitch_off_deg: float = 0.0
    wing_off_deg: float = 0.0
    points: int = 1


def fly_pieces(
    pieces: Sequence[Piece],
    path: FigurePath,
    *,
    lead_b: float = LEAD_B,
    speed_mps: float = 20.0,
    rate_hz: float = 50.0,
    shift: Sequence[float] = (0.0, 0.0, 0.0),
) -> FlownTrack:
    """Pieces flown one after the other from the path's entry, in its plane, with level lines before and after."""
    step = 0.02
    lead = Piece(lead_b * path.span_m)
    ahead = path.tangent[0]
    left = np.cross([0.0, 0.0, 1.0], ahead)
    theta0, phi0 = 0.0, 0.0
    directions, canopies = [], []
    last = Piece(lead_b * path.span_m)
    for piece in (lead, *pieces, last):
        count = max(1, round(piece.length_m / step))
        share = (np.arange(count) + 0.5) / count
        theta = theta0 + np.radians(piece.turn_deg) * _shaped(share, 1.0 + piece.radius_growth, slower=True)
        rolled = _in_points(_shaped(share, 1.0 + piece.rate_growth), piece.points)
        phi = phi0 + np.radians(piece.roll_deg) * rolled + np.radians(piece.wing_off_deg)
        pitch = theta + np.radians(piece.pitch_off_deg)
        tangent = np.stack([np.cos(pitch), np.zeros(count), np.sin(pitch)], axis=1)
        up = np.stack([-np.sin(pitch), np.zeros(count), np.cos(pitch)], axis=1)
        canopy = np.cos(phi)[:, None] * up + np.sin(phi)[:, None] * np.array([0.0, -1.0, 0.0])
        faulty = Rotation.from_euler("z", piece.off_deg, degrees=True) * Rotation.from_euler(
            "x", piece.lean_deg, degrees=True
        )
        directions.append(faulty.apply(tangent))
        canopies.append(faulty.apply(canopy))
        theta0, phi0 = theta0 + np.radians(piece.turn_deg), phi0 + np.radians(piece.roll_deg)
    axes = np.stack([ahead, left, [0.0, 0.0, 1.0]])
    tangent, canopy = np.concatenate(directions) @ axes, np.concatenate(canopies) @ axes
    position = np.cumsum(tangent * step, axis=0) + path.position[0] - lead.length_m * ahead + np.asarray(shift)
    rows = np.unique(np.round(np.arange(0.0, len(position) * step, speed_mps / rate_hz) / step).astype(int))
    rows = rows[rows < len(position)]
    zeros = np.zeros(len(rows))
    attitude = attitude_of(tangent[rows], canopy[rows])
    return FlownTrack(rows * step / speed_mps, position[rows], speed_mps * tangent[rows], attitude, zeros + 0.05, zeros)


def _shaped(share: Array, end: float, slower: bool = False) -> Array:
    """What is done after a share of the way, where the rate at its end is `end` times that at its start.

    With `slower` it is the rate's inverse, as of a radius, that changes so, evenly with the angle done.
    """
    if abs(end - 1.0) < 1e-9:
        return share
    if slower:  # d way = radius d angle, radius = 1 + (end - 1) angle: way over its whole = a + (end - 1) a^2 / 2 ...
        k, whole = end - 1.0, 1.0 + 0.5 * (end - 1.0)
        return (np.sqrt(1.0 + 2.0 * k * whole * share) - 1.0) / k
    return (share + 0.5 * (end - 1.0) * share**2) / (1.0 + 0.5 * (end - 1.0))


def _in_points(share: Array, points: int) -> Array:
    """A roll in equal parts with a stop of half a part between two."""
    if points == 1:
        return share
    unit = 1.0 / (points + 0.5 * (points - 1))
    part = np.minimum(np.floor(share / (1.5 * unit)), points - 1)
    return (part + np.clip((share - part * 1.5 * unit) / unit, 0.0, 1.0)) / points


def rounded(track: FlownTrack, seconds: float) -> FlownTrack:
    """The flight of an aircraft that needs time to begin and to end a turn or a roll: its path without corners."""
    step = float(track.time_s[1] - track.time_s[0])
    speed = np.linalg.norm(track.velocity, axis=1)[:, None]
    turned = Rotation.from_quat(track.attitude)
    axes = [track.velocity / speed, turned.apply([1.0, 0.0, 0.0]), turned.apply([0.0, 0.0, 1.0])]
    direction, nose, canopy = (gaussian_filter1d(axis, seconds / step, axis=0) for axis in axes)
    nose /= np.linalg.norm(nose, axis=1)[:, None]
    canopy -= np.sum(canopy * nose, axis=1)[:, None] * nose
    velocity = speed * direction / np.linalg.norm(direction, axis=1)[:, None]
    position = track.position[0] + np.concatenate([np.zeros((1, 3)), np.cumsum(velocity[:-1] * step, axis=0)])
    attitude = attitude_of(nose, canopy / np.linalg.norm(canopy, axis=1)[:, None])
    return replace(track, position=position, velocity=velocity, attitude=attitude)


def noisy(
    track: FlownTrack, seed: int, place_m: float = 0.05, speed_mps: float = 0.15, angle_deg: float = 0.5
) -> FlownTrack:
    """The flight as a sensor with white noise records it."""
    rng = np.random.default_rng(seed)
    shape = track.position.shape
    turned = Rotation.from_rotvec(np.radians(angle_deg) * rng.standard_normal(shape)) * Rotation.from_quat(
        track.attitude
    )
    return replace(
        track,
        position=track.position + place_m * rng.standard_normal(shape),
        velocity=track.velocity + speed_mps * rng.standard_normal(shape),
        attitude=turned.as_quat(),
    )
