"""A picture laid out on the ground: what lies aside appears aside, what the flight controller has wrong moves it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from envs.aircraft.aircraft import load_aircraft
from envs.base.frames import quaternion_from_pilot_angles
from envs.base.runway import Runway
from envs.camera.bird_view import ASIDE_B, PLACES, bird_view, places
from envs.camera.nose_eye import NoseEye
from envs.camera.picture import picture_axes
from envs.physics.kernels.dynamics import rotation_rows

AWAY_B, HEIGHT_B = 30.0, 3.0


def seen_from_above(wrong_left_b: float, wrong_heading: float = 0.0, away_b: float = AWAY_B) -> tuple[np.ndarray, int]:
    """(rows, columns) brightness of an approach along the centreline, as believed so far aside; places shown."""
    drawing = load_aircraft("ultra_stick")
    span = drawing.span_m
    eye = NoseEye(drawing, Runway.of(span, "asphalt"))
    axes = np.reshape(rotation_rows(quaternion_from_pilot_angles(0.0, 0.0, 0.0)), (3, 3))
    at = np.array([-away_b * span, 0.0, HEIGHT_B * span])
    picture = eye.picture(at, axes, np.zeros(3), np.random.default_rng(0))
    believed = np.reshape(rotation_rows(quaternion_from_pilot_angles(0.0, 0.0, wrong_heading)), (3, 3))
    out = np.empty(2 * PLACES)
    lens = eye.lens_at(at + np.array([0.0, wrong_left_b * span, 0.0]), believed)
    bird_view(picture, places(span), lens, picture_axes(believed, eye.as_drawn), eye.focal, out)
    return out[:PLACES].reshape(-1, len(ASIDE_B)), int(out[PLACES:].sum())


def middle_b(view: np.ndarray) -> int:
    """Where the runway, of asphalt, darker than the grass and 5 b wide, lies 17 to 30 b along it, spans left +."""
    brightness = np.convolve(view[6:9].sum(axis=0), np.ones(5), "valid")
    return ASIDE_B[int(np.argmin(brightness)) + 2]


def test_a_place_believed_too_far_left_shows_the_runway_to_the_left() -> None:
    aside = [middle_b(seen_from_above(wrong)[0]) for wrong in (-2.0, 0.0, 2.0)]
    assert aside == [-2, 0, 2]


def test_a_heading_believed_too_far_left_shows_it_to_the_left_too_and_more_so_from_afar() -> None:
    near = middle_b(seen_from_above(0.0, -math.radians(3.0), away_b=15.0)[0])
    far = middle_b(seen_from_above(0.0, -math.radians(3.0), away_b=40.0)[0])
    assert near == pytest.approx(math.tan(math.radians(3.0)) * (15.0 + 23.0), abs=1.1)  # to the row in the middle
    assert far == pytest.approx(math.tan(math.radians(3.0)) * (40.0 + 23.0), abs=1.5)


def test_what_is_behind_or_beside_the_picture_is_not_shown() -> None:
    view, shown = seen_from_above(0.0, math.radians(90.0))
    assert shown == 0
    assert not view.any()
    assert seen_from_above(0.0)[1] == PLACES
    assert 0 < seen_from_above(0.0, away_b=3.0)[1] < PLACES
