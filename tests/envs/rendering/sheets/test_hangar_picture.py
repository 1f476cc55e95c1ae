"""The hangar as a table and as a picture: every aircraft is there, at one scale, whatever their number."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from PIL import Image

from envs.aircraft.aircraft import Aircraft, load_aircraft
from envs.base.config_file import CONFIGS, names_of
from envs.base.errors import run_command
from envs.performance.flights import stall_speed
from envs.performance.solver import performance_sheet
from envs.physics.steady.airframe import Airframe
from envs.rendering.scene.paint_schemes import SCHEMES
from envs.rendering.sheets import hangar_picture
from envs.rendering.sheets.hangar_facts import HangarFacts, hangar_facts
from envs.rendering.sheets.hangar_picture import draw_hangar, park
from envs.rendering.sheets.performance_table import key_figures
from scripts import hangar as script
from tests.support.physics_tools import bare, changed

AIRCRAFT = names_of("aircraft")


@lru_cache
def facts(name: str) -> HangarFacts:
    return hangar_facts(load_aircraft(name))


def drawn(names: list[str], path: Path) -> tuple[np.ndarray, list[str], list[Any]]:
    """(pixels, words on it, what was rendered) of the picture of some aircraft."""
    words, seen = list[str](), list[Any]()
    write, render = Axes.text, hangar_picture._render

    def listen(self: Axes, x: float, y: float, s: str, *rest: Any, **more: Any) -> Any:
        words.append(s)
        return write(self, x, y, s, *rest, **more)

    def look(parked: Any, pole_y: float, across: float) -> Any:
        picture, camera, top = render(parked, pole_y, across)
        seen.append((parked, camera, picture, top))
        return picture, camera, top

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Axes, "text", listen)
        patch.setattr(hangar_picture, "_render", look)
        draw_hangar([load_aircraft(name) for name in names], [facts(name) for name in names], path)
    return np.asarray(Image.open(path).convert("RGB"), np.float64), words, seen


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, np.ndarray, list[str], list[Any]]:
    """The picture of the whole hangar, drawn once: its file, then as `drawn`."""
    path = tmp_path_factory.mktemp("hangar") / "hangar.png"
    return path, *drawn(AIRCRAFT, path)


@pytest.fixture
def coarse(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures of a quarter of the pixels."""
    monkeypatch.setattr(hangar_picture, "SUPERSAMPLING", 1)


def test_the_hangar_s_stall_speed_is_the_performance_sheet_s() -> None:
    for name in ("x8", "ultra_stick"):
        sheet, fact = performance_sheet(load_aircraft(name)), facts(name)
        assert fact.stall_mps == pytest.approx(sheet.stall[0].speed_mps, rel=1e-9)
        assert fact.vs_mps == sheet.vs_mps == load_aircraft(name).stall_speed_mps
        (row,) = [row for row in key_figures(sheet) if row[0] == "stall"]
        assert row[1] == f"{fact.stall_mps:.1f} m/s"
        assert f"Vs = {fact.vs_mps:g} m/s" in row[2]


def test_every_aircraft_is_in_the_picture_with_its_figures(whole: tuple[Any, ...]) -> None:
    path, picture, words, _ = whole
    text = "\n".join(words)
    for name in AIRCRAFT:
        f = facts(name)
        for part in (f.title, f"span {f.span_m:.2f} m · {f.mass_kg:.2f} kg", f"stall {f.stall_mps:.1f} m/s", f.start):
            assert part in text
    assert picture.shape[1] >= 1600
    assert path.stat().st_size < 500_000
    # its paint is seen: the pictures without one of the aircraft differ where it stands
    lower = picture[picture.shape[0] // 2 :]
    paint = np.array(SCHEMES[0][0]) / np.linalg.norm(SCHEMES[0][0])
    hue = lower / np.maximum(np.linalg.norm(lower, axis=2, keepdims=True), 1.0)
    assert ((hue @ paint) > 0.985).sum() > 300


@pytest.mark.parametrize("count", [1, 8])  # fewer than the least width holds, and more than the hangar has
def test_any_number_of_aircraft_fits(count: int, tmp_path: Path, coarse: None) -> None:
    names = (AIRCRAFT * 8)[:count]
    picture, words, _ = drawn(names, tmp_path / "some.jpg")
    assert sum(facts(name).title in words for name in set(names)) == len(set(names))
    assert picture.std() > 25


def test_all_stand_on_the_ground_side_by_side_at_one_scale(whole: tuple[Any, ...]) -> None:
    *_, seen = whole
    ((parked, camera, picture, top),) = seen
    edges = [(item.points[:, 1].max(), item.points[:, 1].min()) for item in parked]
    for (_, right), (left, _) in pairwise(edges):
        assert right > left  # y is left: the next one starts right of it
    for item in parked:
        assert item.points[:, 2].min() == pytest.approx(0.0, abs=1e-9)
        metre = camera.project(item.position * [1, 1, 0] + np.array([[0, 0.5, 0], [0, -0.5, 0], [0, 0, 1], [0, 0, 0]]))
        wide, high = metre[1, 0] - metre[0, 0], metre[3, 1] - metre[2, 1]
        assert wide == pytest.approx(high)
        assert wide == pytest.approx(camera.focal / (hangar_picture.PLACE_X - camera.position[0]))
        assert 0 < metre[:, 0].min() < metre[:, 0].max() < camera.width
        # and something else than asphalt is to be seen where it stands
        corners = (camera.project(item.points)[:, :2] - [0, top]) / hangar_picture.SUPERSAMPLING
        (left, high), (right, low) = corners.min(axis=0).astype(int), corners.max(axis=0).astype(int)
        assert picture[high:low, left:right].std() > 25 > 2 * picture[-20:, left:right].std()


@pytest.mark.parametrize("name", [n for n in AIRCRAFT if load_aircraft(n).launch.kind == "runway"])
def test_it_stands_on_at_least_two_wheels_and_nothing_else(name: str) -> None:
    item = park(load_aircraft(name))
    touching = {
        part.name.rsplit("_", 1)[-1]
        for part in item.mesh.parts
        if (part.points @ item.rotation.T + item.position)[:, 2].min() < 0.012
    }
    assert touching
    assert touching <= {"tyre", "hub", "leg"}


@pytest.mark.parametrize("name", AIRCRAFT)
def test_the_figures_are_the_aircraft_s(name: str) -> None:
    aircraft, f = load_aircraft(name), facts(name)
    assert f.stall_mps == pytest.approx(stall_speed(Airframe(aircraft, propeller=False)), rel=0.1)
    assert f.wing_loading_kgpm2 == pytest.approx(f.mass_kg / area(aircraft), rel=0.05)
    assert f.thrust_to_weight is not None
    assert 0.5 < f.thrust_to_weight < 4.0


def area(aircraft: Aircraft) -> float:
    """Wing area by trapezia, m2."""
    wing = max((s for s in aircraft.surfaces if s.mirrored), key=lambda s: s.sections[-1].leading_edge_m[1])
    if "winglet" in wing.name:
        wing = aircraft.surfaces[0]
    ribs = [(rib.leading_edge_m[1], rib.chord_m) for rib in wing.sections]
    return sum((y1 - y0) * (c0 + c1) for (y0, c0), (y1, c1) in pairwise(ribs))


def test_gear_and_start_in_words() -> None:
    said = {name: (facts(name).gear, facts(name).start) for name in AIRCRAFT}
    assert said["sport"] == ("tricycle", "from the runway")
    assert said["ultra_stick"] == ("tail-dragger", "from the runway")
    assert said["x8"] == ("skids", "by bungee at 15 m/s")
    glider = hangar_facts(bare(load_aircraft("ultra_stick")))
    assert (glider.gear, glider.start, glider.thrust_to_weight) == ("none", "by hand", None)


def test_an_aircraft_without_motor_wheels_or_body_is_drawn(tmp_path: Path, coarse: None) -> None:
    plain = changed(bare(load_aircraft("ultra_stick")), lambda data: data.pop("bodies"))
    draw_hangar([plain], [hangar_facts(plain)], tmp_path / "glider.jpg")
    assert np.asarray(Image.open(tmp_path / "glider.jpg").convert("RGB")).std() > 25


def test_the_command_prints_the_table_and_writes_the_picture(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], coarse: None
) -> None:
    assert script.main(["--picture", str(tmp_path / "h.jpg")]) == 0
    printed = capsys.readouterr().out
    for name in AIRCRAFT:
        line = next(line for line in printed.splitlines() if line.startswith(name + " "))
        assert facts(name).title in line
        assert f"{facts(name).mass_kg:.2f} kg" in line
        assert facts(name).start in line
    assert (tmp_path / "h.jpg").stat().st_size > 50_000


def test_a_broken_file_in_the_folder_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "aircraft"
    folder.mkdir()
    good = (CONFIGS / "aircraft" / "sport.yaml").read_text(encoding="utf-8")
    (folder / "sport.yaml").write_text(good, encoding="utf-8")
    (folder / "torn.yaml").write_text(re.sub(r"mass_kg: [\d.]+", "mass_kg: heavy", good), encoding="utf-8")
    monkeypatch.setattr("envs.base.config_file.CONFIGS", tmp_path)
    with pytest.raises(SystemExit) as exit_code:
        run_command(lambda: script.main(["--picture", str(tmp_path / "h.png")]))
    assert exit_code.value.code == 2
    printed = capsys.readouterr()
    assert "torn.yaml" in printed.err
    assert "mass.mass_kg" in printed.err
    assert printed.err.count("\n") == 1
    assert not (tmp_path / "h.png").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["ultra_stik"], "did you mean 'ultra_stick'"),
        (["--picture", "h.txt"], "must end in .png"),
        (["--picture", "no/where.png"], "its folder does not exist"),
    ],
)
def test_a_wrong_command_line_is_one_line(
    words: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as exit_code:
        run_command(lambda: script.main(words))
    assert exit_code.value.code == 2
    printed = capsys.readouterr()
    assert said in printed.err
    assert printed.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
