"""The performance sheet: against published answers, as JSON, as a picture, and on a wrong command line.

The answers: JSBSim 1.3.3 with the published coefficients, and flight identification (see configs/validation).
"""

from __future__ import annotations

import json
import math
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from envs.aircraft.aircraft import aircraft_from_dict
from envs.base.config_file import CONFIGS
from envs.base.errors import InputError, run_command
from envs.performance.sheet import PerformanceSheet, SteadyPoint
from envs.performance.solver import performance_sheet
from envs.physics.density import isa_density
from envs.rendering.sheets.performance_picture import draw_performance
from envs.rendering.sheets.performance_table import key_figures
from scripts import performance as script
from tests.support.physics_tools import ultra_stick

UNITS = (
    "_deg",
    "_mps",
    "_N",
    "_m",
    "_m2",
    "_kg",
    "_A",
    "_W",
    "_min",
    "_s",
    "_per_s",
    "_radps",
    "_mps2",
    "_kgpm3",
    "_Npm2",
    "_chords",
)
WITHOUT_UNIT = {
    "throttle",
    "ratio",
    "load_factor",
    "rpm",
    "damping",
    "rolling_friction",
    "thrust_to_weight",
    "lift_coefficient_max",
}


@lru_cache
def sheet(speed: float | None = None) -> PerformanceSheet:
    """The Ultra Stick's sheet in the answers' air: 100 m in the standard atmosphere, effective gravity."""
    return performance_sheet(ultra_stick(), isa_density(100.0), gravity=9.778, speed=speed)


def changed(**changes: Any) -> Any:
    data = yaml.safe_load((CONFIGS / "aircraft" / "ultra_stick.yaml").read_text(encoding="utf-8"))
    return aircraft_from_dict({**data, **changes}, "changed.yaml", "changed")


def glider_without_rudder() -> Any:
    surfaces = ultra_stick().model_dump(mode="json", exclude_none=True)["surfaces"]
    for surface in surfaces:
        surface["controls"] = [c for c in surface.get("controls", []) if c["name"] != "rudder"]
    return changed(propulsion=[], wheels=[], launch={"kind": "hand", "speed_mps": 12.0}, surfaces=surfaces)


def level_at(speed: float) -> SteadyPoint:
    return next(p for p in sheet().level or () if p.speed_mps == pytest.approx(speed))


@pytest.mark.parametrize(
    ("speed", "alpha", "elevator", "thrust", "rpm"),
    [(12, 7.56, -6.67, 1.73, 4102), (17, 3.12, -3.54, 2.49, 5499), (22, 1.33, -2.20, 4.03, 7080)],
)
def test_trim_over_speed_agrees_with_the_answers(
    speed: float, alpha: float, elevator: float, thrust: float, rpm: float
) -> None:
    ours = level_at(speed)
    assert ours.alpha_deg == pytest.approx(alpha, abs=0.5)
    assert ours.elevator_deg == pytest.approx(elevator, abs=1.0)
    assert ours.thrust_N == pytest.approx(thrust, rel=0.10)
    assert ours.rpm == pytest.approx(rpm, rel=0.02)


def test_stall_glide_and_take_off_agree_with_the_answers() -> None:
    ours = sheet()
    assert 9.6 < ours.stall[0].speed_mps < 10.6
    assert ours.best_glide.ratio == pytest.approx(11.1, rel=0.10)
    assert ours.best_glide.speed_mps == pytest.approx(11.5, rel=0.10)
    assert ours.least_sink.sink_mps == pytest.approx(0.94, rel=0.10)
    in_turns = {s.bank_deg: s for s in ours.stall}
    assert in_turns[60.0].load_factor == pytest.approx(2.0)
    assert in_turns[60.0].speed_mps == pytest.approx(math.sqrt(2.0) * ours.stall[0].speed_mps)
    # Answers: 6.2 m with 300 W at the shaft, 4.5 m with 600 W; this motor gives about 450 W.
    assert ours.take_off is not None
    assert ours.roll_out is not None
    asphalt, grass = ours.roll_out
    assert grass.roll_m < 80 * ours.span_m < asphalt.roll_m, "on asphalt it needs a brake that no task has"
    assert all(3.8 < run.roll_m < 7.0 and 8.5 < run.lift_off_mps < 11.0 for run in ours.take_off)


def test_modes_and_static_margin_agree_with_flight() -> None:
    modes = {mode.name: mode for mode in sheet(19.0).modes}
    assert modes["short period"].frequency_radps == pytest.approx(16.33, rel=0.25)
    assert modes["short period"].damping == pytest.approx(0.83, rel=0.25)
    assert modes["roll"].real_per_s == pytest.approx(-12.53, rel=0.25)
    assert modes["dutch roll"].frequency_radps == pytest.approx(4.96, rel=0.25)
    assert modes["dutch roll"].damping == pytest.approx(0.33, rel=0.25)
    assert modes["roll"].time_to_half_s == pytest.approx(math.log(2.0) / -modes["roll"].real_per_s)
    assert modes["roll"].period_s is modes["roll"].time_to_double_s is None
    # -Cma / CLa, carried from the published point to the centre of gravity
    assert sheet().static_margin_chords == pytest.approx(0.723 / 4.58 - 0.0045 / 0.25, abs=0.02)


def test_the_sheet_obeys_energy() -> None:
    ours = sheet()
    assert ours.level is not None and ours.fastest is not None and ours.best_climb is not None  # noqa: PT018
    weight = ours.mass_kg * ours.gravity_mps2
    for point in (*ours.level, *(ours.full_throttle or ()), ours.fastest):
        assert point.thrust_N is not None and point.power_W is not None  # noqa: PT018
        # What the propeller gives is less than what the battery gives, and pays for the climb.
        assert weight * point.climb_rate_mps < point.thrust_N * point.speed_mps < point.power_W
    assert max(p.speed_mps for p in ours.level) <= ours.fastest.speed_mps
    assert ours.fastest.throttle == pytest.approx(1.0, abs=1e-3)
    assert ours.level[0].speed_mps < 1.05 * ours.stall[0].speed_mps
    at_17 = level_at(17.0)
    assert at_17.current_A is not None
    assert at_17.battery_min == pytest.approx(3.2 / at_17.current_A * 60)


def test_thinner_air_is_flown_faster() -> None:
    assert isa_density(0.0) == pytest.approx(1.225, rel=1e-4)
    assert isa_density(1000.0) == pytest.approx(1.1117, rel=1e-3)  # ISO 2533
    assert isa_density(0.0, 35.0) < isa_density(0.0)
    high = performance_sheet(ultra_stick(), isa_density(2000.0))
    assert high.stall[0].speed_mps / performance_sheet(ultra_stick()).stall[0].speed_mps == pytest.approx(
        math.sqrt(1.225 / isa_density(2000.0)), rel=0.01
    )


def test_what_an_aircraft_lacks_is_left_out(tmp_path: Path) -> None:
    aircraft = glider_without_rudder()
    ours = performance_sheet(aircraft)
    data = ours.as_json()
    missing = {"level", "full_throttle", "best_climb", "fastest", "take_off", "static_thrust_N", "thrust_to_weight"}
    assert not missing & data.keys()
    assert not {"thrust_N", "rpm", "current_A"} & data["cruise"].keys()
    # The same glide found another way: the trim solver against the polar.
    nearest = min(ours.glide, key=lambda g: abs(g.speed_mps - ours.cruise.speed_mps))
    assert -ours.cruise.climb_rate_mps == pytest.approx(nearest.sink_mps, rel=0.10)
    labels = [label for label, _, _ in key_figures(ours)]
    assert "start" in labels
    assert not {"best climb", "static thrust", "fastest level"} & set(labels)
    draw_performance(ours, aircraft, tmp_path / "glider.png")
    assert (tmp_path / "glider.png").stat().st_size > 50_000


def test_a_motor_too_weak_for_level_flight_leaves_a_glider() -> None:
    (unit,) = ultra_stick().model_dump(mode="json", exclude_none=True)["propulsion"]
    ours = performance_sheet(changed(propulsion=[{**unit, "battery": {**unit["battery"], "voltage_V": 3.0}}]))
    assert ours.level is None
    assert ours.cruise.climb_rate_mps < 0
    assert ours.thrust_to_weight is not None and ours.thrust_to_weight < 0.2  # noqa: PT018


def test_without_an_elevator_there_is_no_sheet() -> None:
    surfaces = ultra_stick().model_dump(mode="json", exclude_none=True)["surfaces"]
    for surface in surfaces:
        surface["controls"] = [c for c in surface.get("controls", []) if c["name"] != "elevator"]
    with pytest.raises(InputError, match="no surface answers the elevator"):
        performance_sheet(changed(surfaces=surfaces, derivatives=None))


def test_the_command_prints_and_writes_the_sheet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    numbers, picture = tmp_path / "sheet.json", tmp_path / "sheet.png"
    assert script.main(["ultra_stick", "--speed", "16", "--json", str(numbers), "--picture", str(picture)]) == 0
    printed = capsys.readouterr().out
    for words in ("stall", "best glide", "best climb", "take-off", "static margin", "short period", "modes at 16"):
        assert words in printed
    assert picture.read_bytes().startswith(b"\x89PNG")
    data = json.loads(numbers.read_text(encoding="utf-8"))
    assert data["cruise"]["speed_mps"] == 16.0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["sheet.json", "sheet.png"]
    assert set(_number_keys(data)) - WITHOUT_UNIT == {k for k in _number_keys(data) if k.endswith(UNITS)}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "required: aircraft"),
        (["ultra_stik"], "did you mean 'ultra_stick'"),
        (["no/where.yaml"], "no such aircraft file"),
        (["ultra_stick", "--speed", "fast"], "--speed"),
        (["ultra_stick", "--speed", "nan"], "--speed nan: must be"),
        (["ultra_stick", "--speed", "60"], "no steady flight at 60 m/s"),
        (["ultra_stick", "--density", "0"], "--density 0: must be"),
        (["ultra_stick", "--density", "1.2", "--height", "0"], "give one or the other"),
        (["ultra_stick", "--temperature", "300"], "--temperature 300: must be"),
        (["ultra_stick", "--json", "no/where.json"], "its folder does not exist"),
        (["ultra_stick", "--picture", "sheet.txt"], "must end in .png"),
    ],
)
def test_a_wrong_input_is_one_line_and_exit_code_2(
    words: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as exit_code:
        run_command(lambda: script.main(words))
    assert exit_code.value.code == 2
    printed = capsys.readouterr()
    assert said in printed.err
    assert printed.err.startswith("error: ")
    assert printed.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def _number_keys(data: Any) -> list[str]:
    """Names of all numbers in a nested JSON."""
    if isinstance(data, list):
        return [key for part in data for key in _number_keys(part)]
    if not isinstance(data, dict):
        return []
    own = [key for key, value in data.items() if isinstance(value, int | float)]
    return own + [key for value in data.values() for key in _number_keys(value)]
