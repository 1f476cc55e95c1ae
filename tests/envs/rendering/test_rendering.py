"""Pictures of flights: meshes turn the right way, cameras see the aircraft."""

from __future__ import annotations

import copy
import math
from typing import Any

import numpy as np
import pytest

from envs.aircraft.aircraft import Aircraft, aircraft_from_dict, load_aircraft
from envs.base.errors import InputError
from envs.base.frames import quaternion_from_pilot_angles
from envs.base.runway import Runway
from envs.flights.ending import ending_of
from envs.rendering.film.flight_view import FlightView
from envs.rendering.scene.airframe_mesh import AirframeMesh
from envs.rendering.scene.camera import Camera, ChaseCamera, TowerCamera, look_at
from envs.rendering.scene.landscape import Landscape
from envs.rendering.scene.pose import Pose
from envs.rendering.scene.rasteriser import draw_lines
from envs.rendering.scene.scene import Scene
from tests.support.flight_samples import takeoff_log

RUNWAY = Runway(127.0, 6.35, "grass")
LEVEL = np.array([0.0, 0.0, 0.0, 1.0])


@pytest.fixture(scope="module")
def mesh() -> AirframeMesh:
    return AirframeMesh(load_aircraft("ultra_stick"))


def _edge_shift(mesh: AirframeMesh, part: str, **deflections_deg: float) -> np.ndarray:
    """How the trailing edge of a part moves (m, body axes)."""
    piece = mesh.part(part)
    return (piece.posed(deflections_deg) - piece.points)[piece.points[:, 0].argmin()]


def test_controls_turn_the_way_the_pilot_means(mesh: AirframeMesh) -> None:
    assert _edge_shift(mesh, "aileron_right", aileron=20)[2] > 0.005, "aileron +: right trailing edge up"
    assert _edge_shift(mesh, "aileron_left", aileron=20)[2] < -0.005, "aileron +: left trailing edge down"
    for part in ("elevator_left", "elevator_right"):
        assert _edge_shift(mesh, part, elevator=20)[2] > 0.005, "elevator +: trailing edge up"
    assert _edge_shift(mesh, "rudder", rudder=20)[1] < -0.005, "rudder +: trailing edge right (y is left)"
    assert _edge_shift(mesh, "tail_tyre", rudder=20)[1] < 0, "a tail wheel follows the rudder: its rear to the right"


def test_a_control_turns_about_its_hinge_and_no_further_than_it_can(mesh: AirframeMesh) -> None:
    part = mesh.part("elevator_left")
    front = part.points[:, 0] > part.points[:, 0].max() - 1e-6
    moved = part.posed({"elevator": 25.0})
    assert np.abs(moved - part.points)[front].max() < 0.25 * np.abs(moved - part.points).max()
    np.testing.assert_allclose(part.posed({"elevator": 90.0}), moved)


def test_the_mesh_is_mirror_symmetric_and_closed(mesh: AirframeMesh) -> None:
    flip = np.array([1.0, -1.0, 1.0])
    for part in mesh.parts:
        if part.name.endswith("_left"):
            np.testing.assert_allclose(part.points * flip, mesh.part(part.name[:-5] + "_right").points, atol=1e-12)
        corners = part.points[part.triangles]
        volume = np.einsum("ij,ij->i", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])).sum() / 6.0
        assert volume > 0, f"{part.name} is inside out"
    mirror = mesh.points({"aileron": 10.0})
    other = mesh.points({"aileron": -10.0})
    assert np.sort(mirror[:, 2]) == pytest.approx(np.sort(other[:, 2]))


def _variant(**changes: Any) -> Aircraft:
    data = copy.deepcopy(takeoff_log(seconds=0.1).header["aircraft_config"])
    data.pop("derivatives")
    return aircraft_from_dict({**data, **changes}, "test", "variant")


def _wing(name: str, x: float, sweep: float = 0.0, rise: float = 0.0, half: float = 0.6, **more: Any) -> dict[str, Any]:
    root, tip = (x, 0.0, 0.0), (x - sweep, half, rise)
    ribs = [{"leading_edge_m": root, "chord_m": 0.25}, {"leading_edge_m": tip, "chord_m": 0.15}]
    return {"name": name, "mirrored": True, "strips": 4, "sections": ribs, **more}


def _control(name: str, **mix: float) -> dict[str, Any]:
    return {"name": name, "chord_fraction": 0.25, "travel_deg": 25, "mix": mix}


def test_other_layouts_have_meshes_too() -> None:
    flying_wing = AirframeMesh(
        _variant(
            surfaces=[_wing("wing", -0.05, sweep=0.5, controls=[_control("elevon", aileron=0.5, elevator=0.5)])],
            bodies=[],
            propulsion=[],
            wheels=[],
            launch={"kind": "hand"},
        )
    )
    assert _edge_shift(flying_wing, "elevon_left", elevator=20)[2] > 0
    assert (
        _edge_shift(flying_wing, "elevon_right", aileron=20)[2]
        > 0
        > _edge_shift(flying_wing, "elevon_left", aileron=20)[2]
    )
    tail = _wing("tail", -0.8, rise=0.25, half=0.25, controls=[_control("ruddervator", elevator=0.7, rudder=0.7)])
    v_tail = AirframeMesh(_variant(surfaces=[_wing("wing", -0.15), tail]))
    for side in ("left", "right"):
        assert _edge_shift(v_tail, f"ruddervator_{side}", elevator=20)[2] > 0
        assert _edge_shift(v_tail, f"ruddervator_{side}", rudder=20)[1] < 0
    canard = AirframeMesh(
        _variant(
            surfaces=[
                _wing("wing", -0.3),
                _wing("canard", 0.3, half=0.2, controls=[_control("canard_flap", elevator=1.0)]),
            ]
        )
    )
    assert _edge_shift(canard, "canard_flap_left", elevator=20)[2] < 0, "a canard pitches up with its edge down"
    assert all(np.isfinite(mesh.points({})).all() for mesh in (flying_wing, v_tail, canard))


def test_the_camera_projects_right_to_the_right_and_up_to_the_top() -> None:
    camera = look_at(np.array([0.0, 0.0, 2.0]), np.array([10.0, 0.0, 2.0]), math.radians(60), 400, 200)
    straight, right, above, behind = camera.project(
        np.array([[10.0, 0.0, 2.0], [10.0, -1.0, 2.0], [10.0, 0.0, 3.0], [-5.0, 0.0, 2.0]])
    )
    assert straight[:2] == pytest.approx([200.0, 100.0])
    assert right[0] > 200, "y is left, so -y is right"
    assert right[1] == pytest.approx(100.0)
    assert above[1] < 100
    assert above[0] == pytest.approx(200.0)
    edge = camera.project(np.array([[10.0, -10.0 * math.tan(math.radians(30)), 2.0]]))[0]
    assert edge[0] == pytest.approx(400.0)
    assert behind[2] < 0


@pytest.mark.parametrize("roll", [0.0, 2.0, math.pi])
@pytest.mark.parametrize("place", [(5.0, 0.0, 0.2), (60.0, 3.0, 30.0), (300.0, -80.0, 60.0)])
def test_both_cameras_keep_the_aircraft_in_the_picture(place: tuple[float, float, float], roll: float) -> None:
    pose = Pose(0.0, np.array(place), np.array(quaternion_from_pilot_angles(roll, 1.2, 0.4)), np.array([8.0, 3.0, 9.0]))
    for camera in (
        ChaseCamera(0.8, 400, 225).follow(0.0, pose.position_world, pose.velocity_world, LEVEL[:3]),
        TowerCamera(0.8, 127.0, 6.35, 400, 225).follow(pose.position_world),
    ):
        x, y, depth = camera.project(pose.position_world[None])[0]
        assert 0.3 * 400 < x < 0.7 * 400
        assert 0.2 * 225 < y < 0.8 * 225
        assert depth > 1.0
        assert camera.position[2] > 0.3, "never under the ground"


def test_the_picture_shows_sky_ground_runway_and_aircraft() -> None:
    scene = Scene(load_aircraft("ultra_stick"), RUNWAY, 320, 180)
    pose = Pose(0.0, np.array([20.0, 0.0, 3.0]), LEVEL, np.array([12.0, 0.0, 0.0]))
    camera = scene.camera(pose)
    shown = scene.frame(pose, camera=camera)
    assert shown.shape == (180, 320, 3)
    assert shown.dtype == np.uint8
    away = Pose(0.0, np.array([20.0, 0.0, 3.0]) - 40.0 * camera.forward, LEVEL)  # behind the camera
    empty = scene.frame(away, camera=camera)
    assert empty[2, :, 2].mean() > empty[2, :, 0].mean() + 10, "the sky is blue"
    assert empty[-2, :, 1].mean() > empty[-2, :, 2].mean() + 30, "the ground is green"
    changed = np.abs(shown.astype(int) - empty).sum(axis=2) > 60
    x, y, _ = camera.project(pose.position_world[None])[0]
    rows, columns = np.nonzero(changed)
    assert changed.sum() > 800, "an aircraft of a third of the width"
    assert abs(columns.mean() - x) < 15
    assert abs(rows.mean() - y) < 30
    assert changed[int(y) - 8 : int(y) + 8, int(x) - 8 : int(x) + 8].any()


def test_runway_surfaces_and_markings_differ() -> None:
    camera = Camera(np.array([-4.0, 0.0, 2.0]), np.array([0.97, 0.0, -0.24]), 1.0, 160, 90)
    pictures = []
    for surface in ("grass", "asphalt"):
        image = np.zeros((90, 160, 3), np.float32)
        Landscape(Runway(127.0, 6.35, surface)).paint(image, camera)
        assert np.isfinite(image).all()
        pictures.append(image)
    assert pictures[0].min(axis=2).max() > 0.8, "white paint on grass"
    grey = np.ptp(pictures[1], axis=2) < 0.06
    assert grey.mean() > 0.15, "asphalt is grey"


@pytest.mark.parametrize("view", ["chase", "tower", "both"])
def test_views_are_reproducible_and_move(view: str) -> None:
    log = takeoff_log(seconds=4.0)

    def frames() -> list[np.ndarray]:
        drawing = FlightView(log.header, log.columns, view, 240, 136)
        return [drawing.frame(row, ending_of(log.header) if i == 2 else None) for i, row in enumerate(log.data[::50])]

    first, second = frames(), frames()
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
    assert np.abs(first[0].astype(int) - first[1]).mean() > 3
    with pytest.raises(InputError, match="did you mean 'chase'"):
        FlightView(log.header, log.columns, "chas")


def test_drawing_survives_any_attitude_and_place() -> None:
    scene = Scene(load_aircraft("ultra_stick"), RUNWAY, 160, 90)
    rng = np.random.default_rng(0)
    for _ in range(25):
        quaternion = rng.normal(size=4)
        place = rng.uniform((-300, -300, -1), (300, 300, 200))
        picture = scene.frame(Pose(rng.uniform(0, 9), place, quaternion, rng.normal(size=3) * 20), throttle=0.5)
        assert picture.std() > 5
        scene.reset()


def test_lines_with_hidden_or_coinciding_ends_are_drawn_where_they_are_seen() -> None:
    camera = Camera(np.array([0.0, 0.0, 2.0]), np.array([1.0, 0.0, 0.0]), 1.0, 160, 90)
    image = np.zeros((90, 160, 3), np.float32)
    straight_ahead = np.array([10.0, 0.0, 2.0])
    doubled = np.array([straight_ahead, straight_ahead])
    from_behind = np.array([[-5.0, 0.0, 2.0], [10.0, 2.0, 2.0], [10.0, 4.0, 2.0]])
    draw_lines(image, camera, [doubled, from_behind], 0.3, 2.0, (255.0, 0.0, 0.0), 1.0)
    red = image[..., 0] > 100
    assert red[45, 80]  # the point in the middle
    rows, columns = np.nonzero(red)
    assert np.all(np.abs(rows - 45) <= 5)  # nothing is smeared over the picture
    assert columns.min() < 50  # left of the middle: the seen piece of the second line
    assert columns.max() < 90
