"""The card of a flown figure: every shipped one draws, its words lie apart, and it says what the judge says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure as Page
from matplotlib.patches import Rectangle

from envs.base.quantities import COLUMNS
from envs.figures.figure import figure_names, find_figure
from envs.figures.placing import Placing
from envs.flights.deviations import deviations
from envs.flights.flight_log import FlightLog
from envs.flights.judging import judge_flight
from envs.flights.story import summary
from envs.rendering.card.card import BAD, GOOD, draw_card
from envs.rendering.card.figure_flight import figures_of
from tests.support.flight_samples import takeoff_log
from tests.support.flown_figures import fly_path
from tests.support.pictures import drawn, text_faults

__all__ = ["drawn"]

SPAN = 1.27  # m, of ultra_stick
PLACE = Placing(60.0, 0.0, 60.0, 0.0)


def flown_log(name: str, share: float = 1.0, off_m: float = 0.0, **header: Any) -> FlightLog:
    """A figure flown along its path, `off_m` above it at last; only the first share of the flight."""
    figure = find_figure(name)
    track = fly_path(PLACE.path(figure, SPAN), lead_b=3.0)
    rows = max(40, round(share * len(track.time_s)))
    column = dict.fromkeys(COLUMNS, np.zeros(rows))
    up = off_m * np.linspace(0.0, 1.0, rows)
    for axis, letter in enumerate("xyz"):
        column[f"{letter}_m"] = track.position[:rows, axis] + (up if axis == 2 else 0.0)
        column[f"v{letter}_mps"] = track.velocity[:rows, axis]
    column |= {f"q{letter}": track.attitude[:rows, axis] for axis, letter in enumerate("xyzw")}
    speed = np.linalg.norm(track.velocity[:rows], axis=1)
    column |= {"time_s": track.time_s[:rows], "airspeed_mps": speed, "alpha_deg": np.degrees(track.alpha[:rows])}
    facts: dict[str, Any] = {"task": "figure", "span_m": SPAN, "marks": {"figures": [PLACE.mark(name, figure)]}}
    base = takeoff_log(**{**facts, **header})
    return FlightLog(tuple(column), np.stack(list(column.values()), axis=1), base.header)


@pytest.mark.parametrize("name", figure_names())
def test_every_shipped_figure_has_a_card_that_reads_well(name: str, drawn: list[Page], tmp_path: Path) -> None:
    draw_card(flown_log(name, off_m=6.0), tmp_path / "card.png")
    words = [text.get_text() for text in drawn[0].texts]
    assert find_figure(name).title in words
    assert text_faults(drawn[0]) == []


@pytest.mark.parametrize("share", [0.02, 0.3, 0.7])
def test_a_flight_that_ended_early_has_a_card_and_says_why_it_got_no_points(
    share: float, drawn: list[Page], tmp_path: Path
) -> None:
    log = flown_log("cuban_eight", share, outcome="lost", is_success=False)
    (one,) = judge_flight(log)
    assert one.sheet.zero
    draw_card(log, tmp_path / "card.png")
    words = " ".join(text.get_text() for text in drawn[0].texts)
    assert one.sheet.zero.split(":")[0] in words
    assert text_faults(drawn[0]) == []


FLOWN: dict[str, Any] = {"outcome": "flown", "is_success": True}


def test_the_title_names_the_figure_and_its_mark(drawn: list[Page], tmp_path: Path) -> None:
    draw_card(flown_log("loop", off_m=3.0, metrics={"f3a_score": 8.43}, **FLOWN), tmp_path / "card.png")
    words = [text.get_text() for text in drawn[0].texts]
    assert "INSIDE LOOP: MARK 8.4  ✓" in words
    assert "Inside loop · E-flite Ultra Stick 25e" in words
    assert colours_of_title(drawn[0]) == GOOD


def test_a_mark_of_nothing_is_no_success_and_says_why(drawn: list[Page], tmp_path: Path) -> None:
    eight = flown_log("cuban_eight", metrics={"f3a_score": 0.0}, **FLOWN)
    log = FlightLog(eight.columns, eight.data, {**eight.header, "marks": flown_log("loop").header["marks"]})
    (one,) = judge_flight(log)
    assert one.sheet.zero
    draw_card(log, tmp_path / "card.png")
    words = [text.get_text() for text in drawn[0].texts]
    assert {"INSIDE LOOP: MARK 0.0  ✗", f"no points: {one.sheet.zero}"} <= {*words}
    assert colours_of_title(drawn[0]) == BAD
    assert text_faults(drawn[0]) == []
    assert one.sheet.zero in summary(log)


def colours_of_title(page: Page) -> str:
    """Colour of the bar across the top."""
    bars = [artist for artist in page.artists if isinstance(artist, Rectangle) and artist.get_width() == 1]
    return to_hex(bars[0].get_facecolor())


def test_the_sheet_holds_every_downgrade_with_its_second_and_points(drawn: list[Page], tmp_path: Path) -> None:
    log = flown_log("cuban_eight", off_m=12.0)
    (one,) = judge_flight(log)
    draw_card(log, tmp_path / "card.png")
    words = [text.get_text() for text in drawn[0].texts]
    assert f"{one.sheet.score:.1f}" in words
    assert one.sheet.downgrades
    for number, fault in enumerate(one.sheet.downgrades, 1):
        assert {str(number), f"{fault.time_s:.1f} s", f"-{fault.points:.2f}"} <= {*words}
        assert f"{fault.element_name}: {fault.reason}".replace(" ", "") in "".join(words).replace(" ", "")


def test_the_errors_over_time_are_those_that_the_judge_tells() -> None:
    log = flown_log("loop", off_m=8.0)
    (one,) = judge_flight(log)
    errors = deviations(one, log.stall_speed_mps())
    assert errors.distance_m.max() == pytest.approx(one.sheet.path_error_m, abs=0.2)
    assert errors.distance_m.mean() == pytest.approx(one.sheet.path_error_mean_m, abs=0.2)
    perfect = deviations(judge_flight(flown_log("loop"))[0], log.stall_speed_mps())
    assert perfect.distance_m.max() < 0.2
    assert perfect.canopy_deg.max() < 4.0
    assert errors.wanted_mps[0] == pytest.approx(find_figure("loop").entry.speed_vs * log.stall_speed_mps(), rel=0.01)


def test_a_canopy_turned_by_half_a_roll_is_half_a_turn_off() -> None:
    log = flown_log("loop")
    quaternions = log.block("qx", "qy", "qz", "qw")
    x, y, z, w = quaternions.T
    data = log.data.copy()
    for name, values in zip(("qx", "qy", "qz", "qw"), (w, z, -y, -x), strict=True):  # q times a half turn about x
        data[:, log.columns.index(name)] = values
    upside_down = FlightLog(log.columns, data, log.header)
    (one,) = judge_flight(upside_down)
    errors = deviations(one, log.stall_speed_mps())
    assert np.median(errors.canopy_deg) == pytest.approx(180.0, abs=4.0)


def test_a_log_without_a_figure_or_with_a_broken_one_keeps_its_old_card(drawn: list[Page], tmp_path: Path) -> None:
    mark = PLACE.mark("loop", find_figure("loop"))
    broken = {**mark, "figure": {"version": 1}}
    for log in (takeoff_log(), takeoff_log(marks={"figures": []}), takeoff_log(marks={"figures": [broken]})):
        assert figures_of(log) == []
        draw_card(log, tmp_path / "card.png")
    assert all("Figures" in [text.get_text() for text in page.texts] for page in drawn)


def test_two_figures_of_a_flight_are_both_on_the_sheet(drawn: list[Page], tmp_path: Path) -> None:
    log = flown_log("loop", off_m=5.0)
    end = float(log.column("time_s")[-1])
    mark = PLACE.mark("loop", find_figure("loop"))
    marks = {"figures": [{**mark, "from_s": 0.0, "to_s": end}, mark]}
    two = FlightLog(log.columns, log.data, {**log.header, "marks": marks})
    first, second = figures_of(two)
    assert second.first == 1 + len(first.judged.sheet.downgrades)
    draw_card(two, tmp_path / "card.png")
    assert "2 figures" in [text.get_text() for text in drawn[0].texts]
    assert text_faults(drawn[0]) == []
