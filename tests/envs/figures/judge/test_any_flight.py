"""Whatever was flown, the judge has a mark for it: crashes, aircraft that stand still, senseless sticks, scraps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from envs.figures.figure import figure_names, find_figure
from envs.figures.judge import FlownTrack, ScoreSheet, fitted, judge
from envs.figures.path import FigurePath, centred, figure_path
from tests.support.flown_figures import fly_path

NAMES = figure_names()
PATHS = {name: centred(figure_path(find_figure(name), 1.5), 75.0) for name in NAMES}


def tumbling(seed: int, count: int, speed: float, turning: float, rate_hz: float = 30.0) -> FlownTrack:
    """A flight that turns and rolls as it likes."""
    rng = np.random.default_rng(seed)
    nose = np.cumsum(turning * rng.standard_normal((count, 3)), axis=0) + np.array([1.0, 0.0, 0.0])
    velocity = speed * nose / np.maximum(np.linalg.norm(nose, axis=1), 1e-9)[:, None]
    position = np.cumsum(velocity / rate_hz, axis=0) + np.array([0.0, 0.0, 40.0])
    attitude = Rotation.from_rotvec(np.cumsum(turning * rng.standard_normal((count, 3)), axis=0)).as_quat()
    strike = np.where(np.arange(count) > 0.9 * count, rng.integers(0, 2, count), 0)
    return FlownTrack(np.arange(count) / rate_hz, position, velocity, attitude, rng.normal(0, 0.3, count), strike)


def sane(sheet: ScoreSheet) -> None:
    assert 0.0 <= sheet.score <= 10.0
    assert 0.0 <= sheet.completed <= 1.0
    assert np.isfinite([sheet.path_error_m, sheet.path_error_mean_m, sheet.start_s, sheet.end_s]).all()
    for downgrade in sheet.downgrades:
        assert downgrade.points > 0.0
        assert np.isfinite([downgrade.points, downgrade.measured, downgrade.time_s]).all()
        assert downgrade.reason


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(NAMES),
    st.integers(0, 10_000),
    st.integers(8, 400),
    st.sampled_from([0.0, 3.0, 20.0]),
    st.sampled_from([0.0, 0.05, 0.6]),
)
@example("knife_edge", 713, 75, 0.0, 0.6)  # a roll that seemed to begin after the flight's end
def test_senseless_flights(name: str, seed: int, count: int, speed: float, turning: float) -> None:
    track = tumbling(seed, count, speed, turning)
    sane(judge(track, PATHS[name]))
    sane(judge(track, fitted(track, find_figure(name), 1.5)))


def piece(path: FigurePath, first: float, last: float) -> FlownTrack:
    track = fly_path(path)
    low, high = (int(share * len(track.time_s)) for share in (first, last))
    low = min(low, len(track.time_s) - 8)
    names = ("time_s", "position", "velocity", "attitude", "alpha", "strike")
    return FlownTrack(*(getattr(track, name)[low : max(high, low + 8)] for name in names))


@pytest.mark.parametrize("name", NAMES)
def test_pieces_of_flights(name: str) -> None:
    path = PATHS[name]
    for first, last in (
        (0.0, 0.1),
        (0.0, 0.35),
        (0.0, 0.6),
        (0.0, 0.8),
        (0.4, 0.5),
        (0.3, 1.0),
        (0.5, 1.0),
        (0.98, 1.0),
    ):
        sheet = judge(piece(path, first, last), path)
        sane(sheet)
        if first == 0.0 and last <= 0.35:
            assert sheet.score == 0.0
            assert sheet.completed < 0.85


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("other", ["loop", "cuban_eight", "aileron_roll", "spin", "stall_turn"])
def test_any_figure_as_any_other(name: str, other: str) -> None:
    sheet = judge(fly_path(PATHS[name]), PATHS[other])
    sane(sheet)
    if name == other:
        assert sheet.score > 9.9
    elif {name, other} != {"aileron_roll", "slow_roll"}:  # which differ in size alone
        assert sheet.score < 9.0, sheet
