"""Performance sheets and the page on published answers: no words on each other, on curves or on the aircraft."""

from __future__ import annotations

import dataclasses
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from envs.aircraft.aircraft import Aircraft, load_aircraft
from envs.base.config_file import names_of
from envs.performance.sheet import PerformanceSheet
from envs.performance.solver import performance_sheet
from envs.rendering.sheets.performance_picture import draw_performance
from envs.rendering.sheets.validation_picture import draw_validation
from envs.validation.comparison import compare, load_answers
from tests.support.pictures import drawn, text_faults

__all__ = ["drawn"]

OWN = Path("tests/support/aircraft")


sheet_of = lru_cache(lambda name: performance_sheet(load_aircraft(name)))


@pytest.mark.parametrize("name", [*names_of("aircraft"), str(OWN / "x8_coefficients.yaml")])
def test_a_sheet_reads_well(name: str, drawn: list[Figure], tmp_path: Path) -> None:
    aircraft, sheet = load_aircraft(name), sheet_of(name)
    draw_performance(sheet, aircraft, tmp_path / "sheet.png")
    if name == "sport":  # wide numbers and a long name push all else aside
        large = dataclasses.replace(_scaled(sheet, 13.7), title="A large aircraft, " * 9)
        draw_performance(large, aircraft, tmp_path / "large.png")
    for figure in drawn:
        assert text_faults(figure) == []
        _assert_labelled(figure)
    _assert_beside_the_aircraft(drawn[0], aircraft)


def _scaled(value: Any, factor: float, name: str = "") -> Any:
    """A sheet whose speeds and rates are `factor` times as large."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {f.name: _scaled(getattr(value, f.name), factor, f.name) for f in dataclasses.fields(value)}
        return dataclasses.replace(value, **fields)
    if isinstance(value, tuple) and name != "modes_over_speed":
        return tuple(_scaled(part, factor, name) for part in value)
    return value * factor if isinstance(value, float) and name.endswith("_mps") else value


def _assert_labelled(figure: Figure) -> None:
    for axes in figure.axes:
        if axes.axison:
            shared = [
                other for other in figure.axes if np.allclose(other.get_position().bounds, axes.get_position().bounds)
            ]
            assert any(other.get_xlabel() for other in shared), "a panel without a label of its x axis"
            assert axes.get_ylabel(), "a panel without a label of its y axis"


def _assert_beside_the_aircraft(figure: Figure, aircraft: Aircraft) -> None:
    """The facts stand beside the drawing from above, which has the aircraft's span."""
    view = next(axes for axes in figure.axes if not axes.axison)
    above = next(part for part in view.collections if isinstance(part, PolyCollection))
    boxes = [path.get_extents() for path in above.get_paths()]
    right = max(box.x1 for box in boxes)
    assert right - min(box.x0 for box in boxes) == pytest.approx(aircraft.span_m, rel=0.1)
    edge = view.transData.transform((right, 0.0))[0]
    mass = next(text for text in figure.texts if text.get_text() == "mass")
    assert mass.get_window_extent().x0 > edge


def test_the_sheet_of_a_glider_is_labelled(drawn: list[Figure], tmp_path: Path) -> None:
    aircraft, powered = load_aircraft("sport"), sheet_of("sport")
    lacks = dict.fromkeys(("level", "full_throttle", "best_climb", "fastest", "take_off", "static_thrust_N"))
    glider: PerformanceSheet = dataclasses.replace(powered, thrust_to_weight=None, **lacks)
    draw_performance(glider, aircraft, tmp_path / "glider.png")
    assert text_faults(drawn[0]) == []
    _assert_labelled(drawn[0])


def test_the_page_on_published_answers_reads_well(drawn: list[Figure], tmp_path: Path) -> None:
    compared = [compare(load_answers(name)) for name in ("x8", "atmosphere")]
    draw_validation(compared, tmp_path / "both.png")
    for one in compared:
        draw_validation([one], tmp_path / f"{one.file.name}.png")
    assert [text_faults(figure) for figure in drawn] == [[], [], []]
    slow = [axes for axes in drawn[1].axes if axes.get_title(loc="left") == "slow ones"]
    assert len(slow) == 1
    fast = next(axes for axes in drawn[1].axes if axes.get_title(loc="left") == "Modes")
    assert not fast.get_window_extent().overlaps(slow[0].get_window_extent())
