"""Figure files: what ships can be read, and what is wrong in one is said in one line that names file and key."""

from __future__ import annotations

import copy
import math
from pathlib import Path
from typing import Any

import pytest
import yaml

from envs.base.errors import InputError
from envs.figures.elements import Element
from envs.figures.figure import Figure, figure_names, find_figure

STALL_TURN: dict[str, Any] = {
    "version": 1,
    "title": "Stall turn",
    "entry": {"speed_vs": 2.2, "height_b": 20},
    "elements": [
        {"line": {"length_b": 8}},
        {"arc": {"turn_deg": 90, "radius_b": 12}},
        {"line": {"length_b": 20, "climb_deg": 90}},
        {"stall_turn": {"to": "left"}},
        {"line": {"length_b": 20, "climb_deg": -90}},
        {"arc": {"turn_deg": 90, "radius_b": 12}},
    ],
}
GONE = object()


def refusal(tmp_path: Path, data: Any) -> str:
    """What is said of a figure file."""
    path = tmp_path / "mine.yaml"
    path.write_text(data if isinstance(data, str) else yaml.safe_dump(data), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        find_figure(str(path))
    said = str(caught.value)
    assert said.startswith(str(path)), said
    assert "\n" not in said
    assert len(said) < 400, said
    return said.removeprefix(str(path))


def changed(key: str, value: Any) -> dict[str, Any]:
    data = copy.deepcopy(STALL_TURN)
    block: Any = data
    *parts, last = (int(part) if part.isdigit() else part for part in key.split("."))
    for part in parts:
        block = block[part]
    if value is GONE:
        del block[last]
    else:
        block[last] = value
    return data


def test_the_sample_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(STALL_TURN), encoding="utf-8")
    assert [element.kind for element in find_figure(str(path)).elements].count("line") == 3


@pytest.mark.parametrize("name", figure_names())
def test_a_shipped_figure_is_found_by_name(name: str) -> None:
    figure = find_figure(name)
    assert figure.title
    assert figure.mirrored().mirrored() == figure


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("version", 2, "version 2 is of a newer"),
        ("version", GONE, "key 'version' is missing"),
        ("title", GONE, "key 'title' is missing"),
        ("title", "", "title: must be one line of text"),
        ("title", "two\nlines", "title: must be one line of text"),
        ("titel", "x", "unknown key 'titel', did you mean 'title'?"),
        ("entry", GONE, "keys 'entry.speed_vs', 'entry.height_b' are missing"),
        ("entry.speed_vs", GONE, "key 'entry.speed_vs' is missing"),
        ("entry.speed", 2, "unknown key 'entry.speed'"),
        ("entry.speed_vs", 0, "entry.speed_vs: "),
        ("entry.speed_vs", True, "entry.speed_vs: true and false are no numbers"),
        ("entry.inverted", "perhaps", "entry.inverted: "),
        ("entry.height_b", 4, "entry.height_b: "),
        ("entry.height_b", 120, "entry.height_b: the figure rises 32 b above its entry, out of the box"),
        ("needs", {"thrust": 1}, "unknown key 'needs.thrust', known: thrust_to_weight"),
        ("needs", {"thrust_to_weight": -1}, "needs.thrust_to_weight: "),
        ("elements", GONE, "key 'elements' is missing"),
        ("elements", [], "elements: "),
        ("elements", {"line": {"length_b": 3}}, "elements: "),
        ("elements", [{"line": {"length_b": 3}}] * 41, "elements: "),
        ("elements", [{"line": {"length_b": 140}}] * 2, "elements: 280 b wide, the box only 150"),
        ("elements.0", {}, "elements.0: an element is one of line, arc, stall_turn, spin (got none)"),
        ("elements.0", {"line": None}, "elements.0: an element is one of line, arc, stall_turn, spin (got none)"),
        ("elements.0", "line", "elements.0: "),
        ("elements.0", [1], "elements.0: "),
        ("elements.0.lien", {"length_b": 3}, "unknown key 'elements.0.lien', did you mean 'line'?"),
        ("elements.0.arc", {"turn_deg": 90, "radius_b": 8}, "elements.0: an element is one of"),
        ("elements.0.line", {}, "key 'elements.0.line.length_b' is missing"),
        ("elements.0.line.length", 3, "unknown key 'elements.0.line.length'"),
        ("elements.0.line.length_b", 0, "elements.0.line.length_b: "),
        ("elements.0.line.length_b", -3, "elements.0.line.length_b: "),
        ("elements.0.line.climb_deg", 10, "elements.0.line: climb_deg is 10, but the track climbs at 0 deg here"),
        ("elements.2.line.climb_deg", 45, "elements.2.line: climb_deg is 45, but the track climbs at 90 deg here"),
        ("elements.2.line.climb_deg", GONE, "elements.2.line: climb_deg is 0, but the track climbs at 90 deg here"),
        ("elements.2.line.climb_deg", 91, "elements.2.line.climb_deg: "),
        ("elements.0.line.points", 4, "elements.0.line: points: 4 parts of no roll"),
        ("elements.0.line.points", 2.5, "elements.0.line.points: "),
        ("elements.0.line.points", 0, "elements.0.line.points: "),
        ("elements.0.line.roll_deg", 90, "elements.1.arc: the canopy is 90 deg out of the figure's plane here"),
        ("elements.0.line.roll_deg", 30, "elements.1.arc: the canopy is 30 deg out of the figure's plane here"),
        ("elements.0.line.speed_vs", 0, "elements.0.line.speed_vs: "),
        ("elements.1.arc.radius_b", 0, "elements.1.arc.radius_b: "),
        ("elements.1.arc.turn_deg", 0, "elements.1.arc.turn_deg: must be at least 1 deg to either side"),
        ("elements.1.arc.turn_deg", 45, "elements.2.line: climb_deg is 90, but the track climbs at 45 deg here"),
        ("elements.3.stall_turn.to", "port", "elements.3.stall_turn.to: must be 'left' or 'right'"),
        ("elements.3.stall_turn", {}, "key 'elements.3.stall_turn.to' is missing"),
        ("elements.3", {"spin": {"turns": 2, "to": "left"}}, "elements.3.spin: is entered from level flight"),
        ("elements.0", {"stall_turn": {"to": "left"}}, "elements.0.stall_turn: needs a vertical line up before it"),
        ("elements.0", {"spin": {"turns": 0, "to": "left"}}, "elements.0.spin.turns: "),
        ("elements.5", {"line": {"length_b": 2, "climb_deg": -90}}, "elements: it must end in level flight"),
        (
            "elements.5",
            {"arc": {"turn_deg": 90, "radius_b": 12, "roll_deg": 45}},
            "elements: it must end upright or inverted, but is rolled",
        ),
        ("elements.4.line.length_b", 40, "entry.height_b: the figure goes 20 b below its entry, so it needs 25"),
    ],
)
def test_a_wrong_file_is_refused_in_one_line(key: str, value: Any, said: str, tmp_path: Path) -> None:
    assert said in refusal(tmp_path, changed(key, value))


@pytest.mark.parametrize(
    "text", ["", "[]", "3", "title: [", "a: 1\na: 2\n", "\x00", "elements: &a [*a]\n", "!!python/object:os.system {}"]
)
def test_what_is_no_figure_file_is_refused(text: str, tmp_path: Path) -> None:
    refusal(tmp_path, text)


NUMBERS = {
    "entry.speed_vs",
    "entry.height_b",
    "elements.0.line.length_b",
    "elements.2.line.climb_deg",
    "elements.0.line.roll_deg",
    "elements.0.line.points",
    "elements.0.line.speed_vs",
    "elements.1.arc.turn_deg",
    "elements.1.arc.radius_b",
}


@pytest.mark.parametrize("key", sorted(NUMBERS))
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e9, -1e9, 10**400, "much", [1], {"a": 1}, True, ""])
def test_no_number_takes_what_is_none(key: str, value: Any, tmp_path: Path) -> None:
    assert key in refusal(tmp_path, changed(key, value))


def test_an_unknown_name_is_met_with_the_nearest() -> None:
    with pytest.raises(InputError, match=r"unknown figure 'lop', did you mean 'loop'\?"):
        find_figure("lop")
    with pytest.raises(InputError, match=r"nowhere\.yaml: no such figure file"):
        find_figure("nowhere.yaml")


def test_a_figure_made_in_code_is_checked_too() -> None:
    elements = (Element.model_validate({"arc": {"turn_deg": 90, "radius_b": 8}}),)
    with pytest.raises(ValueError, match="must end in level flight"):
        Figure.model_validate(
            {"version": 1, "title": "x", "entry": {"speed_vs": 2, "height_b": 20}, "elements": elements}
        )
