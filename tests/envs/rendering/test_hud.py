"""The instruments over a video: nothing of the aircraft hides behind them, and a circuit's leg is named."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from envs.aircraft.aircraft import load_aircraft
from envs.base.config_file import names_of
from envs.base.frames import quaternion_from_pilot_angles
from envs.flights.ending import Ending
from envs.rendering.film.hud import BAD, MOST_FAULTS, BannerPlace, Hud, Readings
from envs.rendering.scene.airframe_mesh import AirframeMesh
from envs.rendering.scene.camera import ChaseCamera
from envs.rendering.scene.pose import rotation_matrix

WIDTH, HEIGHT = 960, 540
STRIP = 92  # px at the bottom, in which the instruments stand
NOW = Readings(3.0, 22.8, 8.4, 7.6, 1.0, 0.1, 0.2, 0.0, 2.0, -3.0)


@pytest.mark.parametrize("aircraft", names_of("aircraft"))
@pytest.mark.parametrize("pitch_deg", [0.0, 28.0])
def test_the_instruments_do_not_hide_the_tail_in_a_climb(aircraft: str, pitch_deg: float) -> None:
    mesh = AirframeMesh(load_aircraft(aircraft))
    pitch = np.radians(pitch_deg)
    rotation = rotation_matrix(np.array(quaternion_from_pilot_angles(0.0, pitch, 0.0)))
    position, velocity = np.array([30.0, 0.0, 12.0]), 15.0 * np.array([np.cos(pitch), 0.0, np.sin(pitch)])
    camera = ChaseCamera(mesh.reach, WIDTH, HEIGHT).follow(0.0, position, velocity, rotation[:, 0])
    rows = camera.project(position + mesh.points({}) @ rotation.T)[:, 1]
    assert rows.max() < HEIGHT - STRIP + 14  # the plates begin 14 px below the strip's edge
    assert rows.min() > 50  # and the caption above


def test_the_leg_of_a_circuit_is_named_under_the_caption() -> None:
    hud = Hud(WIDTH, HEIGHT, "caption")
    plain, with_leg = (np.full((HEIGHT, WIDTH, 3), 120, np.uint8) for _ in range(2))
    hud.draw(plain, NOW)
    hud.draw(with_leg, Readings(**{**vars(NOW), "leg": "downwind"}))
    rows, columns = np.nonzero((plain != with_leg).any(axis=2))
    assert len(rows) > 500
    assert 30 < rows.min() < rows.max() < 80
    assert columns.max() < 240


def test_faults_stand_below_the_caption_and_a_new_one_is_bright_and_nothing_runs_out_of_the_picture() -> None:
    hud = Hud(WIDTH, HEIGHT, "caption", BannerPlace(0, 500))
    faults = tuple((f"fault_{number}=1: {'something is wrong ' * 8}", number == 5) for number in range(6))
    plain, known, new = (np.full((HEIGHT, WIDTH, 3), 120, np.uint8) for _ in range(3))
    hud.draw(plain, NOW)
    hud.draw(known, dataclasses.replace(NOW, faults=faults[:1]))
    hud.draw(new, dataclasses.replace(NOW, faults=faults))

    def red(picture: np.ndarray) -> np.ndarray:
        return (np.abs(picture.astype(int) - np.array(BAD[:3])).max(axis=2) < 25) & (picture != plain).any(axis=2)

    rows, columns = np.nonzero((plain != new).any(axis=2))
    assert 30 < rows.min() < rows.max() < 46 + 30 * MOST_FAULTS
    assert 400 < columns.max() < 500
    assert red(known).sum() < 50
    assert red(new).sum() > 2000
    assert hud.below_captions(dataclasses.replace(NOW, faults=faults)) >= rows.max()
    assert hud.below_captions(NOW) < 50


@pytest.mark.parametrize(
    "figures", [("path error 10 m",) * 4, ("touchdown to the right of the line 0.11 m (≤ 1.27)",) * 5]
)
@pytest.mark.parametrize("place", [BannerPlace(0, WIDTH), BannerPlace(585, WIDTH, 220), BannerPlace(0, 585)])
def test_the_banner_stands_in_its_place_and_no_word_of_it_is_cut(place: BannerPlace, figures: tuple[str, ...]) -> None:
    hud, plain = Hud(WIDTH, HEIGHT, "caption", place), np.full((HEIGHT, WIDTH, 3), 120, np.uint8)
    hud.draw(plain, NOW)
    tall = list[int]()
    for words in (1, 12):
        rule = " ".join(["farther from the path than it may be"] * words)
        picture = np.full((HEIGHT, WIDTH, 3), 120, np.uint8)
        hud.draw(picture, NOW, Ending("lost", False, "lost the figure's path", rule, figures=figures))
        rows, columns = np.nonzero((picture != plain).any(axis=2))
        assert place.left <= columns.min() < columns.max() < place.right
        assert rows.min() >= (place.top or 46)
        tall.append(int(np.ptp(rows)))
        plate = picture[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1].astype(int)
        edges = np.concatenate([plate[20:-20, :6], plate[20:-20, -6:]], axis=1)
        assert np.abs(edges - np.array(BAD[:3])).max() < 30, "letters do not run into the edge"
    assert tall[1] > tall[0] + 40, "a long reason takes more lines"
