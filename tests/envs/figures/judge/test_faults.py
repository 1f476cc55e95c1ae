"""Each fault alone costs what the book says, in the element where it was flown and with its reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from envs.figures.elements import Arc, StraightLine
from envs.figures.figure import figure_names, find_figure
from envs.figures.judge import FlownTrack, ScoreSheet, judge
from envs.figures.judge.track import see
from envs.figures.path import FigurePath, centred, figure_path
from tests.support.flown_figures import Piece, fly_path, fly_pieces

SPAN = 2.0


def asked(name: str, course: float = 0.0, mirrored: bool = False) -> FigurePath:
    return centred(figure_path(find_figure(name), SPAN), 50.0 * SPAN, course, mirrored)


def pieces(path: FigurePath, **changes: dict[str, float]) -> list[Piece]:
    """The figure's lines and arcs as they are asked for, changed by {"e3": {"roll_deg": 165}} of element 3."""
    theta = np.unwrap(np.arctan2(path.tangent[:, 2], path.tangent @ path.tangent[0]))
    found = []
    for number, element in enumerate(path.figure.elements):
        part, here = element.part, np.flatnonzero(path.element == number)
        assert isinstance(part, StraightLine | Arc)
        turn = 0.0
        if isinstance(part, Arc):
            turn = float(np.copysign(part.turn_deg, theta[here[-2]] - theta[here[1]]))
            length = abs(np.radians(part.turn_deg)) * part.radius_b * SPAN
        else:
            length = part.length_b * SPAN
        piece = Piece(length, turn, part.roll_deg, points=part.points)
        found.append(replace(piece, **changes.get(f"e{number}", {})))
    return found


def flown(path: FigurePath, **changes: dict[str, float]) -> ScoreSheet:
    return judge(fly_pieces(pieces(path, **changes), path), path)


def cost(sheet: ScoreSheet, word: str) -> float:
    """Points of the downgrades whose reason has this word."""
    assert sheet.zero is None, sheet.zero
    return sum(downgrade.points for downgrade in sheet.downgrades if word in downgrade.reason)


def only(sheet: ScoreSheet, word: str) -> float:
    """Points of the one fault there is."""
    assert [word in downgrade.reason for downgrade in sheet.downgrades] == [True], sheet.downgrades
    return cost(sheet, word)


def test_no_fault() -> None:
    for name in ("loop", "cuban_eight", "aileron_roll", "immelmann"):
        assert flown(asked(name)).downgrades == ()


LOOP, ROLL, CUBAN, IMMELMANN = (asked(name) for name in ("loop", "aileron_roll", "cuban_eight", "immelmann"))
RADIUS = 1.0 / float(LOOP.curvature_1pm.max())
FULL = 2 * np.pi * RADIUS


@pytest.mark.parametrize("growth", [0.2, 0.5])
def test_radius_that_changes_within_a_loop(growth: float) -> None:
    straight, _, end = pieces(LOOP)
    half = Piece(0.5 * FULL, 180.0)
    sheet = judge(fly_pieces([straight, half, replace(half, length_m=0.5 * FULL * (1 + growth)), end], LOOP), LOOP)
    assert cost(sheet, "radius grows") == pytest.approx(0.5 * growth**1.29, rel=0.05)
    assert cost(sheet, "below the entry") == pytest.approx(0.5 * 2 * RADIUS * growth / SPAN / 3.0, rel=0.05)
    fault = next(downgrade for downgrade in sheet.downgrades if "radius" in downgrade.reason)
    assert fault.element == 1
    assert fault.time_s == pytest.approx((12 * SPAN + straight.length_m + 0.5 * FULL) / 20.0, abs=0.6)


def test_loop_that_leans() -> None:
    assert only(flown(LOOP, e1={"lean_deg": 10.0}), "plane leans 10 deg") == pytest.approx(10 / 15, abs=0.02)


def test_line_that_climbs() -> None:
    assert cost(flown(LOOP, e0={"pitch_off_deg": 15.0}), "climbs 15 deg") == pytest.approx(1.0, abs=0.05)
    line = flown(IMMELMANN, e3={"pitch_off_deg": -15.0})
    assert cost(line, "sinks 15 deg") == pytest.approx(0.0, abs=0.05) or cost(line, "climbs 15 deg") == pytest.approx(
        1, abs=0.05
    )


def test_line_too_steep() -> None:
    last_loop = pieces(CUBAN)[5].turn_deg
    sheet = flown(CUBAN, e1={"turn_deg": 240.0}, e5={"turn_deg": last_loop - 15.0})
    assert cost(sheet, "15 deg too") == pytest.approx(1.0, abs=0.05)


def test_heading_off_is_marked_once() -> None:
    sheet = judge(fly_pieces([replace(piece, off_deg=15.0) for piece in pieces(LOOP)], LOOP), LOOP)
    assert cost(sheet, "deg") == pytest.approx(1.0, abs=0.05)
    assert "heading 15 deg left" in sheet.downgrades[0].reason
    assert sheet.downgrades[0].element == 0


def test_exit_three_spans_low_is_half_a_point() -> None:
    """The second half of the loop is wider by what makes it so: 3 b over its height."""
    straight, _, end = pieces(LOOP)
    halves = [Piece(0.5 * FULL, 180.0), Piece(0.5 * FULL * (1 + 1.5 * SPAN / RADIUS), 180.0)]
    track = fly_pieces([straight, *halves, end], LOOP)
    assert cost(judge(track, LOOP), "exit 6.0 m below the entry") == pytest.approx(0.5, abs=0.02)
    # Flights end where their path does, a moment sooner or later: that must not decide it.
    for fewer in (60, 65, 70, 80, 90):
        sheet = judge(first(track, len(track.time_s) - fewer), LOOP)
        assert cost(sheet, "m below the entry") == pytest.approx(0.5, abs=0.03)


def test_the_last_digits_of_a_log_do_not_decide_on_a_sample() -> None:
    """What is flown at 30 Hz ends on a step of the judge in every third flight."""
    whole = fly_pieces(pieces(LOOP), LOOP)
    for count in range(60, 360):
        track = first(whole, count)
        flown_s = np.cumsum(np.full(count, 1 / 30))
        seen, written = (
            see(replace(track, time_s=time_s), np.array([1.0, 0.0, 0.0])) for time_s in (flown_s, np.round(flown_s, 9))
        )
        assert len(seen) == len(written)


def test_roll_short() -> None:
    for degrees in (8.0, 15.0, 30.0):
        sheet = flown(ROLL, e1={"roll_deg": 360.0 - degrees})
        assert only(sheet, f"roll ends {degrees:.0f} deg short") == pytest.approx(degrees / 15, abs=0.03)
        assert sheet.downgrades[0].element == 1


def test_roll_too_far() -> None:
    assert only(flown(CUBAN, e3={"roll_deg": 195.0}), "half roll ends 15 deg too far") == pytest.approx(1.0, abs=0.03)


@pytest.mark.parametrize("ratio", [0.5, 1.0, 3.0])
def test_roll_rate(ratio: float) -> None:
    line, roll, end = pieces(ROLL)
    slow = Piece(roll.length_m * (1 + ratio) / (2 + ratio), 0.0, 180.0)
    fast = Piece(roll.length_m / (2 + ratio), 0.0, 180.0)
    sheet = judge(fly_pieces([line, slow, fast, end], ROLL), ROLL)
    assert only(sheet, "rate between") == pytest.approx(min(1.0, 0.15 * ratio), rel=0.06)


@pytest.mark.parametrize(("longer", "points"), [(1.4, 0.75), (1.5, 1.0), (2.0, 2.0), (100.0, 3.0)])
@pytest.mark.parametrize("first", [True, False])
def test_roll_off_the_middle_of_its_line(longer: float, points: float, first: bool) -> None:
    both = 2 * pieces(CUBAN)[2].length_m
    before, after = (both * longer / (1 + longer), both / (1 + longer))[:: 1 if first else -1]
    sheet = flown(CUBAN, e2={"length_m": before}, e4={"length_m": after})
    # Both lines are seen with the first 6 deg of the arcs beside them, 1.3 b each: 7.8 b and 5.2 b (1.5 to 1) look
    # like 1.4 to 1 and cost 0.76.
    assert only(sheet, "half roll off its middle") == pytest.approx(points, abs=0.25)


def test_second_loop_larger() -> None:
    sheet = flown(CUBAN, e5={"length_m": 1.2 * pieces(CUBAN)[5].length_m})
    assert cost(sheet, "where the first sets") == pytest.approx(0.2**0.43, abs=0.02)


def test_size_and_place_are_free_where_the_shape_is_right() -> None:
    """But for what F3A marks of place: the middle of the box."""
    for factor in (0.6, 1.4):
        larger = [replace(piece, length_m=factor * piece.length_m) for piece in pieces(LOOP)]
        assert judge(fly_pieces(larger, LOOP), LOOP).score > 9.7
    sheet = judge(fly_pieces(pieces(LOOP), LOOP, shift=(15.0, 5.0, 4.0)), LOOP)
    off = np.degrees(np.arctan2(15.0, 75.0 * SPAN))
    assert only(sheet, "15.0 m off the middle of the box") == pytest.approx(off / 15, abs=0.03)
    assert sheet.path_error_m == pytest.approx(np.linalg.norm([15.0, 5.0, 4.0]), abs=0.5)


def test_two_faults_sum() -> None:
    both = flown(ROLL, e1={"roll_deg": 345.0, "rate_growth": 2.0})
    rate = flown(ROLL, e1={"rate_growth": 2.0})
    assert 10.0 - both.score == pytest.approx(1.0 + only(rate, "rate"), abs=0.04)
    assert len(both.downgrades) == 2


# Stall turn and spin


def stall_turn(monkeypatch: pytest.MonkeyPatch, width_b: float) -> ScoreSheet:
    path = asked("stall_turn")
    for module in ("walk", "path"):
        monkeypatch.setattr(f"envs.figures.{module}.STALL_TURN_RADIUS_B", 0.5 * width_b)
    return judge(fly_path(asked("stall_turn")), path)


@pytest.mark.parametrize(("width_b", "points"), [(0.4, 0.0), (1.0, 1.0), (1.5, 2.0)])
def test_pivot(monkeypatch: pytest.MonkeyPatch, width_b: float, points: float) -> None:
    assert cost(stall_turn(monkeypatch, width_b), "pivots") == pytest.approx(points, abs=0.15)


def test_wing_over(monkeypatch: pytest.MonkeyPatch) -> None:
    sheet = stall_turn(monkeypatch, 2.4)
    assert sheet.score == 0.0
    assert "wing-over" in str(sheet.zero)


@pytest.mark.parametrize("width_b", [0.4, 1.5])
@pytest.mark.parametrize("wind", [(3.0, 0.0), (0.0, 3.0), (-2.0, -2.0)])
def test_drift_while_stalled_is_ignored(
    monkeypatch: pytest.MonkeyPatch, width_b: float, wind: tuple[float, float]
) -> None:
    """Annex 5B.7.4: a wind carries it 1.5 b and more while it all but stands; before and after it is corrected."""
    for module in ("walk", "path"):
        monkeypatch.setattr(f"envs.figures.{module}.STALL_TURN_RADIUS_B", 0.5 * width_b)
    path = asked("stall_turn")
    still = fly_path(path)
    slow = np.flatnonzero(np.linalg.norm(still.velocity, axis=1) < 6.0)  # to about a second from the top
    first, last = still.time_s[slow[0]], still.time_s[slow[-1]]
    carried = np.interp(still.time_s, [first, last, last + 0.5], [0.0, 1.0, 0.0])
    drift = np.column_stack([carried * wind[0], carried * wind[1], 0.0 * carried])
    place = still.position + np.cumsum(drift, axis=0) * (still.time_s[1] - still.time_s[0])
    sheet = judge(replace(still, position=place, velocity=still.velocity + drift), path)
    moved = np.linalg.norm(place[-1] - still.position[-1])
    assert moved > 1.5 * SPAN
    assert cost(sheet, "pivots") == pytest.approx(max(0.0, (width_b - 0.5) / 0.5), abs=0.5)
    if not wind[1]:  # what is left of drifting aside is seen at the exit alone
        assert sum(d.points for d in sheet.downgrades if "exit" not in d.reason and "pivots" not in d.reason) < 0.8


@pytest.mark.parametrize("width_b", [0.4, 1.5])
@pytest.mark.parametrize("wind", [(3.0, 0.0), (0.0, 3.0), (-2.0, -2.0)])
@pytest.mark.parametrize("hangs", ["in the air", "over the ground"])
def test_a_known_wind_tells_the_drift_of_a_stall_turn_whose_line_down_is_corrected_at_once(
    monkeypatch: pytest.MonkeyPatch, width_b: float, wind: tuple[float, float], hangs: str
) -> None:
    """Where it goes with the air from before the swing to its end, its pivot is as wide as in still air (Galilei).

    Where it hung over the ground, it may be looked at as narrower, never as wider.
    """
    for module in ("walk", "path"):
        monkeypatch.setattr(f"envs.figures.{module}.STALL_TURN_RADIUS_B", 0.5 * width_b)
    path = asked("stall_turn")
    still = fly_path(path)
    nose = still.velocity[:, 2] / np.linalg.norm(still.velocity, axis=1)
    up, down = np.flatnonzero(nose > 0.99)[-1], np.flatnonzero(nose < -0.99)[0]
    share = 1.0 if hangs == "in the air" else 0.0
    turning = [still.time_s[up], still.time_s[down], still.time_s[down] + 0.1]
    carried = np.interp(still.time_s, turning, [share, 1.0, 0.0], left=share)
    blows = np.array([*wind, 0.0])
    drift = carried[:, None] * blows
    place = still.position + np.cumsum(drift, axis=0) * (still.time_s[1] - still.time_s[0])
    flown = replace(still, position=place, velocity=still.velocity + drift, wind=np.tile(blows, (len(place), 1)))
    cost_in_still_air, cost_in_wind = (cost(judge(flight, path), "pivots") for flight in (still, flown))
    assert cost_in_wind <= cost_in_still_air + 0.1
    if hangs == "in the air":
        assert cost_in_wind == pytest.approx(cost_in_still_air, abs=0.1)


def spin_twisted(path: FigurePath, extra_deg: float, alpha: float = np.radians(25.0)) -> FlownTrack:
    """The spin flown with more rotation, taken back on the line after it."""
    track = fly_path(path)
    number = [element.kind for element in path.figure.elements].index("spin")
    s = np.cumsum(np.linalg.norm(track.velocity, axis=1) * np.gradient(track.time_s)) - 12.0 * SPAN
    begin, end = path.starts_m[number] + 8.0, path.starts_m[number + 1]
    line = path.starts_m[number + 2] - end
    extra = np.interp(s, [begin, end, end + 0.3 * line, end + 0.9 * line], [0.0, extra_deg, extra_deg, 0.0])
    side = 1.0 if path.figure.elements[number].part.to == "right" else -1.0  # type: ignore[union-attr]
    nose = Rotation.from_quat(track.attitude).apply([1.0, 0.0, 0.0])
    turned = Rotation.from_rotvec(nose * np.radians(side * extra)[:, None]) * Rotation.from_quat(track.attitude)
    return replace(track, attitude=turned.as_quat(), alpha=np.where(track.alpha > 0.2, alpha, track.alpha))


needs_spin = pytest.mark.skipif("spin" not in figure_names(), reason="no spin among the shipped figures")


@needs_spin
@pytest.mark.parametrize("extra_deg", [-20.0, 30.0])
def test_spin_that_turns_too_far(extra_deg: float) -> None:
    path = asked("spin")
    sheet = judge(spin_twisted(path, extra_deg), path)
    assert cost(sheet, "over-rotates" if extra_deg > 0 else "under-rotates") == pytest.approx(
        abs(extra_deg) / 15, abs=0.1
    )
    assert 10 - sheet.score == pytest.approx(abs(extra_deg) / 15, abs=0.2)


@needs_spin
@pytest.mark.parametrize("share", [0.5, 0.9, 0.98])
def test_a_flight_that_ends_while_it_spins_gets_no_points(share: float) -> None:
    """Marked without an error wherever in its rotation the flight breaks off."""
    path = asked("spin")
    track = spin_twisted(path, 30.0)
    way = np.cumsum(np.linalg.norm(track.velocity, axis=1) * np.gradient(track.time_s)) - 12.0 * SPAN
    begin, end = path.starts_m[1:3]
    kept = way < begin + share * (end - begin)
    sheet = judge(track.part(kept), path)
    assert sheet.zero
    assert sheet.score == 0.0


@needs_spin
@pytest.mark.parametrize("drift_mps", [(3.0, 0.0), (0.0, 4.0), (-3.0, -3.0)])
def test_drift_in_a_spin_costs_nothing(drift_mps: tuple[float, float]) -> None:
    """Annex 5B, 5B.7.4: the figure goes on where it comes out; the same drift flown on the line after it is seen."""
    path = asked("spin")
    track = fly_path(path)
    stalled = track.alpha > 0.2
    moved = np.cumsum(np.outer(stalled * np.gradient(track.time_s), drift_mps), axis=0)
    assert np.linalg.norm(moved[-1]) > 4.0 * SPAN
    place, velocity = track.position.copy(), track.velocity.copy()
    place[:, :2] += moved
    velocity[:, :2] += np.outer(stalled, drift_mps)
    sheet = judge(replace(track, position=place, velocity=velocity), path)
    assert sheet.zero is None
    assert sheet.score >= 9.9, sheet.downgrades
    assert sheet.path_error_m < 0.6 * SPAN


@needs_spin
def test_spin_without_stall() -> None:
    path = asked("spin")
    assert "spiral dive" in str(judge(spin_twisted(path, 0.0, alpha=0.05), path).zero)


# No points at all


def first(track: FlownTrack, count: int) -> FlownTrack:
    return track.part(slice(count))


@pytest.mark.parametrize(
    ("word", "sheet"),
    [
        ("opposite direction", lambda: judge(fly_path(asked("loop", np.pi)), LOOP)),
        (
            "another figure",
            lambda: judge(fly_pieces(pieces(LOOP, e1={"turn_deg": -360.0}), LOOP, shift=(0, 0, 2 * RADIUS)), LOOP),
        ),
        ("another figure", lambda: judge(fly_path(LOOP), CUBAN)),
        ("figure", lambda: judge(fly_path(CUBAN), LOOP)),
        ("another figure", lambda: judge(fly_pieces([Piece(180.0)], LOOP), LOOP)),
        ("the other side", lambda: judge(fly_path(asked("aileron_roll", 0.0, True)), ROLL)),
        ("the other side", lambda: judge(fly_path(asked("stall_turn", 0.0, True)), asked("stall_turn"))),
        ("0 deg where 360", lambda: flown(ROLL, e1={"roll_deg": 0.0})),
        ("beside it", lambda: judge(fly_pieces(pieces(LOOP), LOOP, shift=(140.0, 0.0, 0.0)), LOOP)),
        ("above it", lambda: judge(fly_pieces(pieces(LOOP), LOOP, shift=(0.0, 0.0, 200.0)), LOOP)),
        ("ground", lambda: judge(fly_pieces(pieces(LOOP), LOOP, shift=(0.0, 0.0, -LOOP.position[0, 2] - 0.1)), LOOP)),
    ],
)
def test_zero(word: str, sheet: Callable[[], ScoreSheet]) -> None:
    found = sheet()
    assert found.score == 0.0
    assert word in str(found.zero)
    assert found.zero_time_s is not None


@pytest.mark.parametrize("share", [0.2, 0.5, 0.75])
def test_cut_short(share: float) -> None:
    track = fly_path(LOOP)
    length = (12.0 * SPAN + share * LOOP.length_m) / 20.0
    sheet = judge(first(track, int(np.searchsorted(track.time_s, length))), LOOP)
    assert sheet.score == 0.0
    assert "cut short" in str(sheet.zero)
    assert sheet.completed == pytest.approx(share, abs=0.05)


def test_strike_within_the_figure_alone() -> None:
    track = fly_path(LOOP)
    for second, zero in ((1.0, False), (5.0, True)):
        strike = np.where(np.abs(track.time_s - second) < 0.05, 1.0, 0.0)
        sheet = judge(replace(track, strike=strike), LOOP)
        assert (sheet.zero == "touches the ground") == zero
        if zero:
            assert sheet.zero_time_s == pytest.approx(second, abs=0.1)


# Larger faults cost more

SWEEPS: list[Callable[[float], ScoreSheet]] = [
    lambda x: flown(LOOP, e1={"lean_deg": 30 * x}),
    lambda x: flown(LOOP, e1={"radius_growth": x}),
    lambda x: flown(ROLL, e1={"roll_deg": 360 - 60 * x}),
    lambda x: flown(ROLL, e1={"rate_growth": 4 * x}),
    lambda x: flown(LOOP, e0={"pitch_off_deg": 40 * x}),
    lambda x: flown(LOOP, e2={"off_deg": 40 * x}),
    lambda x: flown(CUBAN, e2={"length_m": 6 + 5 * x}, e4={"length_m": 6 - 5 * x}),
    lambda x: flown(LOOP, e0={"wing_off_deg": 40 * x}),
]


@pytest.mark.parametrize("sweep", SWEEPS)
@settings(max_examples=6, deadline=None)
@given(pair=st.tuples(st.floats(0.0, 1.0), st.floats(0.0, 1.0)))
def test_larger_faults_cost_more(sweep: Callable[[float], ScoreSheet], pair: tuple[float, float]) -> None:
    small, large = sorted(pair)
    assert sweep(large).score <= sweep(small).score + 0.03
