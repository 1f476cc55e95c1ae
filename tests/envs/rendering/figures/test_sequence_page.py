"""The page of a sequence: every figure in its order and direction, within the box, and readable."""

from __future__ import annotations

import io
import re
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure as Page
from rich.console import Console

from agents.commands.sheets.figures import show_figures
from envs.base.errors import InputError
from envs.figures.sequence import find_sequence, sequence_names
from tests.support.pictures import drawn, text_faults

__all__ = ["drawn"]


def quiet() -> Console:
    return Console(file=io.StringIO(), width=160)


@pytest.mark.parametrize("name", sequence_names())
def test_a_sequence_is_drawn_in_the_order_and_directions_flown(name: str, drawn: list[Page], tmp_path: Path) -> None:
    file = tmp_path / "sequence.png"
    assert show_figures((name,), aircraft=("ultra_stick", "x8"), picture_file=str(file), console=quiet()) == 0
    title, flown = find_sequence(name)
    (page,) = drawn
    words = [text.get_text() for text in page.texts]
    assert title in words
    assert [word for word in words if word in "→←"] == ["→" if each.ahead > 0 else "←" for each in flown]
    titles = {each.figure.title for each in flown}
    assert [word for word in words if word in titles] == [each.figure.title for each in flown], "whole, and in order"
    assert "ultra_stick: all of it" in " ".join(words)
    assert re.search(r"x8: [1-9]\d* it cannot fly", " ".join(words)), "it has no rudder"
    symbols, side = page.axes[: len(flown)], page.axes[len(flown)]
    for axes, each in zip(symbols, flown, strict=True):
        left, right = axes.get_xlim()
        assert (right > left) == (each.ahead > 0), "a figure flown back is drawn from right to left"
    edges = sorted(float(np.mean(line.get_xdata())) for line in side.lines[:2])
    assert edges == [-75.0, 75.0]
    low, high = side.get_ylim()
    assert low < 0.0 < max(each.ends_b[1] for each in flown) < high
    assert text_faults(page) == []


def test_a_sequence_file_of_ones_own_is_drawn_as_well(drawn: list[Page], tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text("version: 1\ntitle: Mine\nheight_b: 25\nfigures: [loop, stall_turn, aileron_roll]\n")
    show_figures((str(mine),), picture_file=str(tmp_path / "mine.svg"), console=quiet())
    assert "Mine" in [text.get_text() for text in drawn[0].texts]
    assert text_faults(drawn[0]) == []


def test_a_sequence_among_other_names_is_refused_in_one_line(tmp_path: Path) -> None:
    for names in (("club", "loop"), ("loop", "free"), ("club", "free")):
        with pytest.raises(InputError, match="name it alone") as caught:
            show_figures(names, picture_file=str(tmp_path / "x.png"), console=quiet())
        assert "\n" not in str(caught.value)
    with pytest.raises(InputError, match="did you mean 'club'"):
        show_figures(("clab",), console=quiet())
    assert not (tmp_path / "x.png").exists()
