"""The picture of all discrepancies: a cell for every file of the folder, and damage that can be seen is drawn."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

import envs.discrepancies
from agents.commands.sheets.hangar import show_discrepancies
from envs.aircraft.aircraft import load_aircraft
from envs.base.errors import InputError
from envs.discrepancies import discrepancy_names
from envs.rendering.page import DPI
from envs.rendering.scene.airframe_mesh import AirframeMesh
from envs.rendering.sheets import discrepancy_cells
from envs.rendering.sheets.discrepancy_cells import Cell, cells
from envs.rendering.sheets.discrepancy_picture import (
    CELL_H,
    CELL_W,
    COLUMNS,
    HEAD,
    _draw_aircraft,
    draw_discrepancies,
    exaggerated,
)

DRAWING = load_aircraft("ultra_stick")
SOUND = AirframeMesh(DRAWING)
UNSEEN = {"pitot", "unit", "compass", "fixes", "hatch"}  # parts of the names of what only figures tell
OWN = '''"""Longer wheels than drawn."""

RANGE = (0.0, 1.0)


def change(aircraft, severity):
    bigger = tuple(w.model_copy(update={"radius_m": w.radius_m * (1.0 + severity)}) for w in aircraft.wheels)
    return aircraft.model_copy(update={"wheels": bigger})
'''


@pytest.fixture(scope="module")
def found() -> dict[str, Cell]:
    return {cell.name: cell for cell in cells(DRAWING)}


def _pixels(cell: Cell) -> np.ndarray:
    figure = Figure(figsize=(2.4, 1.6), dpi=100)
    canvas = FigureCanvasAgg(figure)
    _draw_aircraft(figure.add_axes((0, 0, 1, 1)), cell, DRAWING, SOUND)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].astype(int)


def test_every_discrepancy_has_a_cell_with_words_and_something_to_see(found: dict[str, Cell]) -> None:
    assert list(found) == discrepancy_names()
    for cell in found.values():
        assert cell.words
        moved = not np.array_equal(cell.built.mass.center_of_gravity_m, DRAWING.mass.center_of_gravity_m)  # type: ignore[union-attr]
        assert cell.rows or cell.curves or cell.touched or moved, cell.name


@pytest.mark.parametrize("name", [n for n in discrepancy_names() if not UNSEEN & set(n.split("_"))])
def test_damage_that_can_be_seen_is_seen(found: dict[str, Cell], name: str) -> None:
    cell = found[name]
    sound = Cell(name, cell.low, cell.high, cell.what, cell.words, DRAWING, touched=cell.touched)
    plain = Cell(name, cell.low, cell.high, cell.what, cell.words, DRAWING)
    assert (np.abs(_pixels(cell) - _pixels(plain)).max(axis=2) > 40).sum() > 30
    shape = AirframeMesh(exaggerated(cell.built, DRAWING))  # type: ignore[arg-type]
    if shape.points({}).shape != SOUND.points({}).shape or np.abs(shape.points({}) - SOUND.points({})).max() > 1e-3:
        assert (np.abs(_pixels(cell) - _pixels(sound)).max(axis=2) > 40).sum() > 20


def test_servos_and_sensors_are_told_in_curves_and_figures(found: dict[str, Cell]) -> None:
    late = found["late_controls"].curves
    assert late is not None
    begins = [late.time_s[np.abs(angles) > 0.2].min() for angles in (late.drawn_deg, late.built_deg)]
    assert begins[1] - begins[0] == pytest.approx(0.1, abs=0.005)
    slop = found["sloppy_linkage"].curves
    assert slop is not None
    assert np.abs(slop.built_deg - slop.drawn_deg).max() == pytest.approx(1.5, abs=0.1)  # half of 3 deg either way
    stuck = found["stuck_aileron"].curves
    assert stuck is not None
    assert np.ptp(stuck.built_deg) == pytest.approx(0.0, abs=1e-9)
    ((name, true, shown),) = found["pitot_scale"].rows
    assert name.startswith("airspeed")
    assert float(shown) / float(true) == pytest.approx(np.sqrt(1.3), abs=0.01)


def test_forces_of_the_air_are_told_in_figures(found: dict[str, Cell]) -> None:
    assert found["open_hatch"].rows == (("added CD, ‰", "0", "+40"), ("added Cn, ‰", "0", "+5"))


def test_what_an_aircraft_cannot_have_is_said_and_not_drawn() -> None:
    wing = {cell.name: cell for cell in cells(load_aircraft("x8"))}
    assert wing["stuck_rudder"].built is None
    assert wing["stuck_rudder"].reason == "aircraft 'x8' has no rudder"
    assert wing["torn_tip"].built is not None


def test_the_picture_holds_other_peoples_files_too_and_is_the_same_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "tall_wheels.py").write_text(OWN)
    monkeypatch.setattr(envs.discrepancies, "__path__", [*envs.discrepancies.__path__, str(folder)])
    chosen = [name for name in discrepancy_names() if name in ("tall_wheels", "torn_tip", "slow_servo")]
    monkeypatch.setattr(discrepancy_cells, "discrepancy_names", lambda: chosen)
    drawn = [draw_discrepancies(DRAWING, tmp_path / f"{number}.png") for number in range(2)]
    assert [cell.name for cell in drawn[0]] == ["slow_servo", "tall_wheels", "torn_tip"]
    assert drawn[0][1].words == ("wheels not as drawn",)
    pictures = [(tmp_path / f"{number}.png").read_bytes() for number in range(2)]
    assert pictures[0] == pictures[1]
    with Image.open(tmp_path / "0.png") as picture:
        assert picture.size == (COLUMNS * CELL_W * DPI, round((CELL_H + HEAD) * DPI))
        image = np.asarray(picture.convert("L")).astype(int)
    wide = round(CELL_W * DPI)
    for column in range(4):  # three cells with ink in them, then none
        inside = image[round(HEAD * DPI) + 40 : -20, column * wide + 20 : (column + 1) * wide - 20]
        assert ((inside < 150).sum() > 300) == (column < 3)


@pytest.mark.parametrize(
    ("name", "file", "words"), [("x9", "a.png", "unknown aircraft 'x9'"), ("x8", "a.bmp", "must end in .png")]
)
def test_a_wrong_name_is_one_line_and_writes_nothing(tmp_path: Path, name: str, file: str, words: str) -> None:
    with pytest.raises(InputError, match=words) as refused:
        show_discrepancies(name, picture_file=str(tmp_path / file))
    assert "\n" not in str(refused.value)
    assert not list(tmp_path.iterdir())
