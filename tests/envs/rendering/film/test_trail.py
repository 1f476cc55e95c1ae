"""A film of a figure: the path asked for, smoke and ribbon where it was flown, and the whole figure in the picture."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from envs.figures.figure import figure_names, find_figure
from envs.flights.figures_asked import asked_figures
from envs.flights.flight_log import FlightLog
from envs.rendering.film.flight_view import HUD_ROOM, LINE_B, FlightView, usual_view
from envs.rendering.film.trail import FigureTrail
from envs.rendering.scene.camera import Camera, whole_figure_camera
from envs.rendering.scene.pose import pose_of_row
from tests.envs.rendering.card.test_card_figure import PLACE, SPAN, flown_log
from tests.support.flight_samples import takeoff_log

WIDTH, HEIGHT = 480, 270
GREY = 0.35


def drawn_trail(log: FlightLog, camera: Camera, view: str = "tower") -> NDArray[np.float32]:
    """What the trail of a whole flight adds to a grey picture."""
    trail = FigureTrail(asked_figures(log), SPAN)
    for row in log.data:
        trail.fly(pose_of_row(dict(zip(log.columns, map(float, row), strict=True))))
    image = np.full((HEIGHT, WIDTH, 3), GREY, np.float32)
    trail.draw(image, camera, view)
    return image - np.float32(GREY)


def camera_of(log: FlightLog) -> Camera:
    points = np.concatenate([figure.path.position for figure in asked_figures(log)])
    return whole_figure_camera(points, LINE_B * SPAN, WIDTH, HEIGHT, HUD_ROOM)


@pytest.mark.parametrize("name", figure_names())
def test_the_camera_sees_the_whole_of_every_figure_and_leaves_room(name: str) -> None:
    path = PLACE.path(find_figure(name), SPAN)
    camera = whole_figure_camera(path.position, LINE_B * SPAN, 960, 540, HUD_ROOM)
    x, y, depth = camera.project(path.position).T
    assert depth.min() > 0.5 * LINE_B * SPAN
    left, right = HUD_ROOM.left * 960, (1.0 - HUD_ROOM.right) * 960
    top, bottom = HUD_ROOM.top * 540, (1.0 - HUD_ROOM.bottom) * 540
    assert left - 2 < x.min() < x.max() < right + 2
    assert top - 2 < y.min() < y.max() < bottom + 2
    filled = max((x.max() - x.min()) / (right - left), (y.max() - y.min()) / (bottom - top))
    assert filled > 0.9, "and no smaller than need be"


def test_the_ribbon_is_where_it_was_flown_and_shows_the_canopy() -> None:
    log = flown_log("slow_roll")
    camera = camera_of(log)
    added = drawn_trail(log, camera)
    changed = np.abs(added).max(axis=2) > 0.05
    rows, columns = np.nonzero(changed)
    x, y, _ = camera.project(log.block("x_m", "y_m", "z_m")).T
    distances = [np.hypot(x - column, y - row).min() for row, column in zip(rows, columns, strict=True)]
    assert max(distances) < 12.0, "px"
    # seen from below a level ribbon shows its belly, an inverted one its upper side, in the colour of "down": orange
    blue, orange = added[..., 2] > added[..., 0] + 0.05, added[..., 0] > added[..., 2] + 0.15
    assert blue.sum() > 30
    assert orange.sum() > 30


def test_a_line_shows_the_path_asked_for_where_nothing_was_flown() -> None:
    log = flown_log("loop", off_m=25.0)
    (asked,) = asked_figures(log)
    camera = camera_of(log)
    added = drawn_trail(log, camera)
    x, y, _ = camera.project(asked.path.position).T
    flown_x, flown_y, _ = camera.project(log.block("x_m", "y_m", "z_m")).T
    apart = np.array([np.hypot(flown_x - a, flown_y - b).min() for a, b in zip(x, y, strict=True)])
    alone = apart > 15.0
    assert alone.sum() > 50
    white = added[y[alone].astype(int), x[alone].astype(int)].min(axis=1)
    assert np.median(white) > 0.2


def test_the_element_flown_is_named() -> None:
    log = flown_log("stall_turn")
    trail = FigureTrail(asked_figures(log), SPAN)
    rows = [dict(zip(log.columns, map(float, row), strict=True)) for row in log.data]
    said = list(dict.fromkeys(trail.fly(pose_of_row(row)) for row in rows))
    expected = [element.words() for element in find_figure("stall_turn").elements]
    assert said[0] == "", "before the entry"
    assert [words for words in said if words] == list(dict.fromkeys(expected))


def test_the_smoke_spreads_and_the_chase_view_shows_the_last_seconds_only() -> None:
    log = flown_log("inverted_flight")
    far = camera_of(log)
    whole, late = (np.abs(drawn_trail(log, far, view)).max(axis=2) > 0.02 for view in ("tower", "chase"))
    assert late.sum() < whole.sum()


@pytest.mark.parametrize("view", ["chase", "tower", "both"])
def test_films_of_figures_differ_from_others_and_are_reproducible(view: str) -> None:
    log = flown_log("loop")
    bare = FlightLog(log.columns, log.data, {key: value for key, value in log.header.items() if key != "marks"})

    def last(of: FlightLog) -> NDArray[np.uint8]:
        drawing = FlightView(of.header, of.columns, view, 240, 136)
        return [drawing.frame(row) for row in of.data[:90:10]][-1]

    assert np.array_equal(last(log), last(log))
    assert np.abs(last(log).astype(int) - last(bare)).mean() > 1.0


def test_figures_are_shown_whole_and_all_other_flights_as_ever() -> None:
    assert (usual_view(flown_log("loop")), usual_view(flown_log("loop"), is_small=True)) == ("both", "tower")
    assert usual_view(takeoff_log()) == "chase"
    broken = takeoff_log(marks={"figures": [{"name": "loop"}]})
    assert asked_figures(broken) == []
    assert usual_view(broken) == "chase"


def test_another_flight_starts_a_trail_of_its_own() -> None:
    log, take_off = flown_log("loop"), takeoff_log()
    drawing = FlightView(log.header, log.columns, "tower", 240, 136)
    for row in log.data[:60:10]:
        drawing.frame(row)
    first = drawing.frame(log.data[60])
    drawing.reset(take_off.header)
    drawing.reset(log.header)
    for row in log.data[:60:10]:
        drawing.frame(row)
    assert np.array_equal(drawing.frame(log.data[60]), first)
