"""The page of many flights of one figure: it reads well, and its marks and colours are those of the flights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure as Page

from agents.commands.replay import overlay
from envs.base.errors import InputError
from envs.figures.figure import figure_names
from envs.flights.figure_flights import flights_of_one_figure
from envs.rendering.card.overlay import draw_overlay, mark_colours
from envs.rendering.card.score_sheet import RED_INK
from tests.envs.rendering.card.test_card_figure import flown_log
from tests.support.flight_samples import takeoff_log
from tests.support.pictures import drawn, text_faults

__all__ = ["drawn"]


@pytest.mark.parametrize("name", [name for number, name in enumerate(figure_names()) if number % 3 == 0])
def test_a_page_of_a_figure_reads_well(name: str, drawn: list[Page], tmp_path: Path) -> None:
    logs = [flown_log(name, off_m=off) for off in (0.0, 2.0, 6.0)]
    logs.append(flown_log(name, share=0.4, outcome="lost", is_success=False))
    overlaid = flights_of_one_figure(logs)
    file = draw_overlay(overlaid, logs, tmp_path / "overlay.png")
    assert file.is_file()
    words = [text.get_text() for text in drawn[0].texts]
    mean, spread = overlaid.marks.mean(), overlaid.marks.std(ddof=1)
    assert f"{overlaid.title}: mark {mean:.1f} ± {spread:.1f}" in words
    assert any(one.startswith("no points: ") for one in words)
    assert any("1 of 4 without points" in axes.get_title(loc="left") for axes in drawn[0].axes)
    assert text_faults(drawn[0]) == []


def test_colours_rise_with_the_mark_and_no_points_are_red() -> None:
    none, low, high, best = mark_colours(np.array([0.0, 2.0, 8.0, 10.0]))
    assert none == RED_INK
    assert len({none, low, high, best}) == 4


def test_a_folder_of_logs_is_overlaid_whole(
    drawn: list[Page], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number, off in enumerate((1.0, 3.0, 5.0)):
        flown_log("loop", off_m=off).save(tmp_path / "logs" / f"flight_{number}")
    assert overlay([str(tmp_path / "logs")], str(tmp_path / "all.png")) == 0
    said = capsys.readouterr().out
    assert said.startswith("3 flights of loop (Inside loop): mark")
    assert (tmp_path / "all.png").is_file()


def test_what_cannot_be_overlaid_is_said_in_one_line_and_nothing_is_written(tmp_path: Path) -> None:
    flown_log("loop").save(tmp_path / "one" / "flight")
    takeoff_log().save(tmp_path / "plain")
    (tmp_path / "broken.csv").write_text("time_s\nx\n")
    (tmp_path / "broken.json").write_text("{}")
    loop, target = str(tmp_path / "one"), str(tmp_path / "new.png")
    for flights, file, said in (
        ([loop], target, "several flights"),
        ([loop, str(tmp_path / "plain")], target, "plain.*no figure was asked for"),
        ([loop, str(tmp_path / "broken")], target, "broken"),
        ([loop, str(tmp_path / "nowhere")], target, "nowhere"),
        ([loop, loop], str(tmp_path / "new.doc"), "name must end in"),
    ):
        with pytest.raises(InputError, match=said) as caught:
            overlay(flights, file)
        assert "\n" not in str(caught.value)
    assert not (tmp_path / "new.png").exists()
