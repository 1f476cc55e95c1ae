"""What pictures of a flight in a live window need: painting shared by threads, a ghost, a change of view on the way."""

from __future__ import annotations

import numpy as np

from envs.aircraft.aircraft import load_aircraft
from envs.base.runway import Runway
from envs.rendering.film.flight_view import FlightView
from envs.rendering.scene.camera import Camera
from envs.rendering.scene.pose import Ghost, Pose
from envs.rendering.scene.scene import Scene
from tests.support.flight_samples import takeoff_log

RUNWAY = Runway(127.0, 6.35, "grass")
LEVEL = np.array([0.0, 0.0, 0.0, 1.0])
POSE = Pose(1.0, np.array([20.0, 0.0, 6.0]), LEVEL, np.array([12.0, 0.0, 0.0]))


def picture(ghost: Ghost | None = None, threads: int = 1) -> np.ndarray:
    return Scene(load_aircraft("ultra_stick"), RUNWAY, 320, 180, threads=threads).frame(POSE, ghost=ghost).astype(int)


def ghost_at(*offset: float) -> Ghost:
    return Ghost(Pose(1.0, POSE.position_world + np.array(offset), LEVEL), {"elevator": 5.0})


def test_threads_paint_the_same_picture() -> None:
    alone = picture()
    assert all(np.array_equal(alone, picture(threads=threads)) for threads in (2, 3))


def test_a_ghost_is_seen_where_it_flies_and_seen_through() -> None:
    alone, beside = picture(), picture(ghost_at(4.0, 1.8, 0.5))
    changed = np.abs(beside - alone).max(axis=2) > 8
    _, columns = np.nonzero(changed)
    assert changed.sum() > 150
    assert columns.mean() < 160, "to the left"
    below = np.abs(beside - 255 * np.array([0.72, 0.90, 1.0])).max(axis=2)[changed]
    assert below.min() > 15, "never wholly covered"


def test_a_ghost_fades_where_the_two_are_one() -> None:
    assert np.array_equal(picture(), picture(ghost_at(0.0, 0.0, 0.0)))
    near, far = (np.abs(picture(ghost_at(0.0, y, 0.0)) - picture()).max() for y in (0.5, 2.0))
    assert 0 < near < far


def test_the_nearer_of_two_covers_the_other() -> None:
    scene = Scene(load_aircraft("ultra_stick"), RUNWAY, 320, 180)
    camera = Camera(POSE.position_world - [8.0, 0.0, 0.0], np.array([1.0, 0.0, 0.0]), 0.5, 320, 180)
    alone = scene.frame(POSE, camera=camera).astype(int)
    nearer, farther = (scene.frame(POSE, camera=camera, ghost=ghost_at(x, 0.0, 0.0)) - alone for x in (-2.5, 2.5))
    body = (slice(86, 94), slice(156, 164))  # the fuselage, seen from behind
    assert np.abs(nearer)[body].mean() > 5 * np.abs(farther)[body].mean() + 5


def test_the_view_changes_on_the_way_and_waiting_adds_no_trace() -> None:
    log = takeoff_log(seconds=4.0)
    view = FlightView(log.header, log.columns, "chase", 240, 136)
    rows = log.data[::20]
    for row in rows[:3]:
        chase = view.frame(row)
    assert np.array_equal(chase, view.frame(rows[2])), "a flight that waits"
    view.look("tower")
    tower = view.frame(rows[2])
    assert np.abs(tower.astype(int) - chase).mean() > 5
    whole = FlightView(log.header, log.columns, "tower", 240, 136)
    for row in rows[:3]:
        expected = whole.frame(row)
    assert np.array_equal(tower, expected), "the trace so far is kept"
