"""The nose camera: the same field as in replays, turned any way, through fog, as fast as a flight needs it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from envs.aircraft.aircraft import load_aircraft
from envs.base.errors import InputError
from envs.base.frames import Array
from envs.base.runway import Runway
from envs.camera.nose_eye import EXPOSURE, NoseEye, Sky
from envs.field.sky import FOG
from envs.flight_env import FlightEnv
from envs.rendering.scene.camera import Camera
from envs.rendering.scene.landscape import Landscape
from envs.rendering.scene.trees import Trees

AIRCRAFT = load_aircraft("ultra_stick")
RUNWAY = Runway.of(AIRCRAFT.span_m)
FINE = 12
STILL = np.zeros(3)


@pytest.fixture(scope="module")
def eye() -> NoseEye:
    return NoseEye(AIRCRAFT, RUNWAY)


def attitude(pitch_deg: float = 0.0, roll_deg: float = 0.0) -> Array:
    """Body to world, along the runway: nose up, then right wing down."""
    c, s = math.cos(math.radians(pitch_deg)), math.sin(math.radians(pitch_deg))
    up = np.array([[c, 0.0, -s], [0.0, 1.0, 0.0], [s, 0.0, c]])
    c, s = math.cos(math.radians(roll_deg)), math.sin(math.radians(roll_deg))
    return up @ np.array([[1.0, 0.0, 0.0], [0.0, c, -s], [0.0, s, c]])


def replayed(eye: NoseEye, position: Array, axes: Array) -> Array:
    """The replay's picture from the same lens, of FINE x FINE pixels for one of the camera's, in grey."""
    side = eye.size * FINE
    camera = Camera(
        eye.lens_at(position, axes), eye.axes(axes)[0], math.radians(eye.camera.field_of_view_deg), side, side
    )
    image = np.zeros((side, side, 3), np.float32)
    Landscape(RUNWAY).paint(image, camera)
    Trees(RUNWAY).draw(image, camera, math.inf, 0.0)
    grey = image @ np.array([0.299, 0.587, 0.114], np.float32)
    return grey.reshape(eye.size, FINE, eye.size, FINE).mean(axis=(1, 3))


@pytest.mark.parametrize(
    ("place", "pitch"),
    [((-150, 0, 15), 0), ((-40, 3, 4), -2), ((-200, 20, 30), -5), ((-300, -60, 40), 3), ((60, 0, 30), -20)],
)
def test_it_sees_the_field_of_the_replays(eye: NoseEye, place: tuple[float, float, float], pitch: float) -> None:
    position, axes = np.array(place, float), attitude(pitch)
    seen, expected = eye.scene(position, axes).copy(), replayed(eye, position, axes)
    assert np.corrcoef(seen.ravel(), expected.ravel())[0, 1] > 0.95
    assert np.abs(seen - expected).mean() < 0.02


def test_rolled_on_its_side_the_same_things_lie_on_theirs() -> None:
    assert AIRCRAFT.camera
    ahead = AIRCRAFT.camera.model_copy(update={"tilt_deg": 0.0})
    eye, position = NoseEye(AIRCRAFT.model_copy(update={"camera": ahead}), RUNWAY), np.array([-80.0, 0.0, 12.0])
    level = eye.scene(position, attitude()).copy()
    right_wing_down = eye.scene(position, attitude(0.0, 90.0)).copy()  # the world turns to the left
    assert np.corrcoef(np.rot90(level).ravel(), right_wing_down.ravel())[0, 1] > 0.97
    left_wing_down = eye.scene(position, attitude(0.0, -90.0)).copy()
    assert np.corrcoef(np.rot90(level, -1).ravel(), left_wing_down.ravel())[0, 1] > 0.97


def test_the_horizon_lies_where_the_lens_puts_it() -> None:
    """Without hills: level, tilted 4 deg down, 4 deg above the middle of 20 pixels of 40 deg."""
    eye = NoseEye(AIRCRAFT, RUNWAY)
    eye._hills = np.full_like(eye._hills, -1.0)
    focal = 0.5 * eye.size / math.tan(math.radians(0.5 * eye.camera.field_of_view_deg))
    for pitch in (-6.0, 0.0, 8.0):
        bright = eye.scene(np.array([-60.0, 0.0, 40.0]), attitude(pitch)).mean(axis=1)
        row = int(np.argmax(bright[:-1] - bright[1:])) + 1  # the first row of ground
        expected = 0.5 * eye.size + focal * math.tan(math.radians(pitch + eye.camera.tilt_deg))
        assert row == pytest.approx(expected, abs=1.0)


def test_a_runway_is_brighter_than_the_grass_beside_it(eye: NoseEye) -> None:
    scene = eye.scene(np.array([20.0, 0.0, 15.0]), attitude(-10.0))
    assert scene[-4:, 9:11].mean() > scene[-4:, 2:6].mean() + 0.03


def test_fog_takes_contrast_as_koschmieder_says() -> None:
    """At the visibility 5 % of it are left."""
    clear, foggy = NoseEye(AIRCRAFT, RUNWAY, 1e5), NoseEye(AIRCRAFT, RUNWAY, 100.0)
    position, axes = np.array([-400.0, 150.0, 60.0]), attitude(-36.0)
    row, lens = 10, np.array([0.0, 0.0, 60.0])
    seen, through = clear.scene(position, axes)[row, 10], foggy.scene(position, axes)[row, 10]
    focal = 0.5 * clear.size / math.tan(math.radians(20.0))
    down = math.radians(40.0) + math.atan(0.5 / focal)
    distance = math.hypot(lens[2] / math.tan(down), lens[2]) * math.hypot(1.0, 0.5 / focal)
    left = (through - FOG) / (seen - FOG)
    assert left == pytest.approx(0.05 ** (distance / 100.0), rel=0.05)
    assert foggy.scene(np.array([-900.0, 0.0, 30.0]), attitude()).std() < 0.02


def test_what_the_chip_makes_of_it(eye: NoseEye) -> None:
    rng, position, axes = np.random.default_rng(0), np.array([-60.0, 5.0, 10.0]), attitude()
    pictures = np.array([eye.picture(position, axes, STILL, rng) for _ in range(400)])
    assert pictures.dtype == np.float32
    assert pictures.shape == (400, 20, 20)
    assert pictures.mean() == pytest.approx(EXPOSURE, abs=0.01)
    assert np.median(pictures.std(axis=0)) == pytest.approx(eye.camera.noise, rel=0.1)
    assert np.allclose(pictures * 255, np.round(pictures * 255), atol=1e-3)  # 256 steps


def test_turning_blurs_across_the_turn(eye: NoseEye) -> None:
    position, axes = np.array([20.0, 0.0, 15.0]), attitude(-10.0)
    still = np.mean([eye.picture(position, axes, STILL, np.random.default_rng(k)) for k in range(40)], axis=0)
    fast = np.array([0.0, 0.0, 400.0])  # far more than any aircraft turns, to see it
    turned = np.mean([eye.picture(position, axes, fast, np.random.default_rng(k)) for k in range(40)], axis=0)
    across = [float(np.abs(np.diff(picture, axis=1)).mean()) for picture in (still, turned)]
    along = [float(np.abs(np.diff(picture, axis=0)).mean()) for picture in (still, turned)]
    assert across[1] < 0.8 * across[0]
    assert along[1] > 0.85 * along[0]


def test_each_flight_has_a_light_and_a_mount_of_its_own_and_is_the_same_unseen() -> None:
    env = FlightEnv(task="landing", weather="fog")
    env.reset(seed=7)
    first, again = env.picture(), env.picture()
    assert not np.array_equal(first, again)  # noise
    looked = env.step(np.zeros(4, np.float32))[0]
    env.reset(seed=7)
    assert np.array_equal(env.step(np.zeros(4, np.float32))[0], looked)
    env.reset(seed=7)
    assert np.array_equal(env.picture(), first)
    assert env.weather.visibility_m == 200.0
    env.close()
    drawn = [Sky.drawn(AIRCRAFT.camera, np.random.default_rng(k)) for k in range(300)] if AIRCRAFT.camera else []
    assert np.std([sky.turned[1] for sky in drawn]) == pytest.approx(math.radians(1.0), rel=0.15)
    assert min(sky.light for sky in drawn) < 0.75
    assert max(sky.light for sky in drawn) > 1.05


def test_an_aircraft_without_a_camera_is_refused_in_one_line() -> None:
    with pytest.raises(InputError, match=r"^aircraft 'E-flite Ultra Stick 25e' has no camera: its file needs a block"):
        NoseEye(AIRCRAFT.model_copy(update={"camera": None}), RUNWAY)


def test_replays_show_the_same_fog() -> None:
    foggy = NoseEye(AIRCRAFT, RUNWAY, 150.0)
    position, axes = np.array([-80.0, 0.0, 12.0]), attitude()
    side = foggy.size * FINE
    camera = Camera(
        foggy.lens_at(position, axes), foggy.axes(axes)[0], math.radians(foggy.camera.field_of_view_deg), side, side
    )
    image = np.zeros((side, side, 3), np.float32)
    Landscape(RUNWAY, visibility_m=150.0).paint(image, camera)
    Trees(RUNWAY, visibility_m=150.0).draw(image, camera, math.inf, 0.0)
    grey = image @ np.array([0.299, 0.587, 0.114], np.float32)
    shown = grey.reshape(foggy.size, FINE, foggy.size, FINE).mean(axis=(1, 3))
    seen = foggy.scene(position, axes)
    assert np.corrcoef(seen.ravel(), shown.ravel())[0, 1] > 0.95
    assert np.abs(seen - shown).mean() < 0.02
