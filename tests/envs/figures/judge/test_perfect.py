"""Every shipped figure, flown as it is asked for, gets full marks, however it is recorded, placed and scaled."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from envs.figures.figure import Figure, figure_names, find_figure
from envs.figures.judge import judge
from envs.figures.path import FigurePath, centred, figure_path
from tests.support.flown_figures import fly_path, noisy, rounded

MIDDLE_B = 50.0


def asked(name: str, span_m: float = 2.0, course: float = 0.0, mirrored: bool = False) -> FigurePath:
    return centred(figure_path(find_figure(name), span_m), MIDDLE_B * span_m, course, mirrored)


@pytest.mark.parametrize("name", figure_names())
@pytest.mark.parametrize("span_m", [1.0, 3.0])
@pytest.mark.parametrize(("course", "mirrored"), [(0.0, False), (np.pi, False), (0.0, True)])
def test_perfect_flights(name: str, span_m: float, course: float, mirrored: bool) -> None:
    path = asked(name, span_m, course, mirrored)
    for rate_hz, noise in ((10.0, True), (30.0, False), (30.0, True), (120.0, True)):
        clean = fly_path(path, speed_mps=12.0 + 4.0 * span_m, rate_hz=rate_hz)
        sheet = judge(noisy(clean, 1) if noise else clean, path)
        assert sheet.zero is None, (rate_hz, sheet.zero)
        assert sheet.score >= 9.9, (rate_hz, sheet.downgrades)
        assert all(downgrade.points <= 0.1 for downgrade in sheet.downgrades)
        assert sheet.completed == 1.0
        assert sheet.path_error_m < 0.45


@pytest.mark.parametrize("name", figure_names())
def test_a_real_aircraft_needs_time_to_begin_a_turn_or_a_roll(name: str) -> None:
    path = asked(name)
    sheet = judge(rounded(fly_path(path, rate_hz=60.0), 0.1), path)
    assert sheet.zero is None
    assert sheet.score >= 9.7, sheet.downgrades


@pytest.mark.parametrize("name", figure_names())
def test_same_flight_same_marks(name: str) -> None:
    path = asked(name)
    track = noisy(fly_path(path), 3)
    assert judge(track, path) == judge(track, path)


def test_cost() -> None:
    path = asked("cuban_eight")
    track = fly_path(path, speed_mps=path.length_m / 27.0)
    assert 28.0 < track.time_s[-1] < 34.0
    judge(track, path)
    seconds = []
    for _ in range(9):
        start = time.process_time()
        judge(track, path)
        seconds.append(time.process_time() - start)
    assert min(seconds) < 0.04  # 20 ms are meant, and reached; the slack is for a busy machine


@pytest.mark.parametrize("name", [name for name in figure_names() if name not in ("stall_turn", "spin")])
@pytest.mark.parametrize(("yaw_deg", "pitch_deg"), [(12.0, 0.0), (0.0, 9.0), (-8.0, 6.0)])
def test_the_track_is_judged_not_the_nose(name: str, yaw_deg: float, pitch_deg: float) -> None:
    """Wind is corrected with a nose that does not point where the aircraft goes."""
    path = asked(name)
    track = fly_path(path)
    crab = Rotation.from_euler("zy", [yaw_deg, -pitch_deg], degrees=True)
    sheet = judge(replace(track, attitude=(Rotation.from_quat(track.attitude) * crab).as_quat()), path)
    assert sheet.zero is None
    assert sheet.score >= 9.9, sheet.downgrades


LINE = {"line": {"length_b": 8}}


def roll(degrees: float, points: int = 1) -> dict[str, dict[str, float]]:
    return {"line": {"length_b": abs(degrees) / 9, "roll_deg": degrees, "points": points}}


def arc(degrees: float) -> dict[str, dict[str, float]]:
    return {"arc": {"turn_deg": degrees, "radius_b": 12}}


@pytest.mark.parametrize(
    "elements",
    [
        [arc(45), arc(-90), arc(45)],
        [arc(-90), arc(180), arc(-90)],
        [arc(360), arc(-90), arc(90)],
        [arc(180), arc(180)],
        [roll(180), roll(180)],
        [roll(360), roll(-360)],
        [roll(180), roll(-180), arc(360)],
        [roll(180), roll(360, 2), arc(180)],
        [roll(90), roll(-90, 1), roll(90), roll(90)],
    ],
)
@pytest.mark.parametrize("noise", [False, True])
def test_elements_that_follow_each_other_without_a_line(
    elements: list[dict[str, dict[str, float]]], noise: bool
) -> None:
    entry = {"speed_vs": 2.0, "height_b": 60}
    figure = Figure.model_validate({"version": 1, "title": "t", "entry": entry, "elements": [LINE, *elements, LINE]})
    path = centred(figure_path(figure, 1.5), 75.0)
    track = fly_path(path)
    sheet = judge(noisy(track, 2) if noise else track, path)
    assert sheet.zero is None
    assert sheet.score >= 9.7, sheet.downgrades
