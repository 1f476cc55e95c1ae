"""Sequences: figures one after the other, to and fro inside the box, each beginning where the last leads."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from numpy.testing import assert_allclose

from envs.base.errors import InputError
from envs.figures.figure import BOX_TOP_B, BOX_WIDTH_B, LEAST_HEIGHT_B
from envs.figures.sequence import find_sequence, sequence_names

SPAN, MIDDLE = 1.3, 65.0


@pytest.mark.parametrize("name", sequence_names())
def test_a_figure_ends_where_a_level_line_leads_to_the_next(name: str) -> None:
    title, flown = find_sequence(name)
    assert title
    paths = [each.placing(SPAN, MIDDLE).path(each.figure, SPAN) for each in flown]
    for one, other in pairwise(paths):
        assert_allclose(one.tangent[-1], other.tangent[0], atol=1e-9)
        assert_allclose(one.canopy[-1], other.canopy[0], atol=1e-9)
        gap = other.position[0] - one.position[-1]
        assert gap[2] == pytest.approx(0, abs=1e-9)
        assert abs(gap[1]) <= 0.5 * SPAN + 1e-9  # by which a stall turn comes back beside its way up
        assert gap @ one.tangent[-1] > -1e-9  # onwards, never back
    every = np.concatenate([path.position for path in paths])
    assert np.abs(every[:, 0] - MIDDLE).max() <= 0.5 * BOX_WIDTH_B * SPAN
    assert every[:, 2].min() >= LEAST_HEIGHT_B * SPAN
    assert every[:, 2].max() <= BOX_TOP_B * SPAN


@pytest.mark.parametrize("name", sequence_names())
def test_directions_alternate_at_turn_arounds_and_most_centre_figures_are_centred(name: str) -> None:
    _, flown = find_sequence(name)
    for one, other in pairwise(flown):
        assert other.ahead == (-one.ahead if one.figure.reverses else one.ahead)
    centre = [each for each in flown if not each.figure.reverses]
    offs = [abs(each.x_b + each.ahead * 0.5 * sum(each.figure.extent_b[0])) for each in centre]
    assert sum(off < 1e-6 for off in offs) >= len(offs) - 1
    assert sum(each.figure.reverses for each in flown) >= 5


def test_figures_beside_the_file_and_inverted_ones_in_a_row(tmp_path: Path) -> None:
    entry = {"speed_vs": 2, "height_b": 30}
    line = {"line": {"length_b": 10}}
    roll = {"line": {"length_b": 20, "roll_deg": 180}}
    over = {"version": 1, "title": "Over", "entry": entry, "elements": [line, roll]}
    back = {"version": 1, "title": "Back", "entry": {**entry, "inverted": True}, "elements": [roll, line]}
    for name, data in (("over", over), ("back", back)):
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump(data), encoding="utf-8")
    path = tmp_path / "mine.yaml"
    whole = {"version": 1, "title": "Mine", "height_b": 30, "figures": ["over.yaml", "back.yaml"]}
    path.write_text(yaml.safe_dump(whole), encoding="utf-8")
    _, (first, second) = find_sequence(str(path))
    assert second.x_b == pytest.approx(first.ends_b[0])
    path.write_text(yaml.safe_dump({**whole, "figures": ["over.yaml", "loop"]}), encoding="utf-8")
    with pytest.raises(InputError, match=r"figures\.1: loop is entered upright, but over\.yaml ends inverted"):
        find_sequence(str(path))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"figures": []}, "figures: "),
        ({"figures": ["lop"]}, "did you mean 'loop'"),
        ({"figures": ["nowhere.yaml"]}, "no such figure file"),
        ({"figures": [3]}, "figures.0"),
        ({"figures": "loop"}, "figures: "),
        ({"height_b": math.nan}, "height_b"),
        ({"height_b": 1e9}, "height_b"),
        ({"height_b": "high"}, "height_b"),
        ({"heigth_b": 3}, "did you mean 'height_b'"),
        ({"version": 2}, "version 2"),
        ({"figures": ["split_s"]}, "figures.0: split_s comes down to 2 b above the ground"),
        ({"figures": ["half_square_loop"] * 4}, "figures.2: half_square_loop rises to 132 b, out of the box"),
        ({"figures": ["slow_roll", "split_s"], "height_b": 60}, "figures.1: split_s reaches 88.0 b"),
    ],
)
def test_a_wrong_file_is_refused_in_one_line(changed: dict[str, Any], said: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        yaml.safe_dump({"version": 1, "title": "Mine", "height_b": 30, "figures": ["loop"], **changed}),
        encoding="utf-8",
    )
    with pytest.raises(InputError) as caught:
        find_sequence(str(path))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
