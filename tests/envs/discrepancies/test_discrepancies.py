"""Discrepancies: found as files, severities within their range, results checked like any aircraft."""

from __future__ import annotations

from pathlib import Path

import pytest

import envs.discrepancies
from envs.aircraft.aircraft import load_aircraft
from envs.base.errors import InputError
from envs.discrepancies import apply_discrepancies, discrepancy_names, find_discrepancy
from tests.support.physics_tools import ultra_stick

LIGHT = '''"""Lighter than drawn."""

RANGE = (-1.0, 1.0)


def change(aircraft, severity):
    lighter = aircraft.mass.model_copy(update={"mass_kg": aircraft.mass.mass_kg * (1.0 - 1.0 * severity)})
    return aircraft.model_copy(update={"mass": lighter})
'''


@pytest.fixture
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(envs.discrepancies, "__path__", [*envs.discrepancies.__path__, str(tmp_path)])
    return tmp_path


def test_a_file_in_a_folder_on_the_path_is_found_and_flies_without_an_edit(own_folder: Path) -> None:
    assert "dropped_light" not in discrepancy_names()
    (own_folder / "dropped_light.py").write_text(LIGHT)
    (own_folder / "_helper.py").write_text("")
    assert "dropped_light" in discrepancy_names()
    assert "_helper" not in discrepancy_names()
    lighter = apply_discrepancies(ultra_stick(), ["dropped_light=0.25"])
    assert lighter.mass.mass_kg == pytest.approx(0.75 * ultra_stick().mass.mass_kg)


def test_a_change_that_leaves_an_impossible_aircraft_is_refused_by_name(own_folder: Path) -> None:
    (own_folder / "dropped_massless.py").write_text(LIGHT)
    with pytest.raises(InputError, match=r"^discrepancy dropped_massless=1: mass.mass_kg: ") as refused:
        apply_discrepancies(ultra_stick(), ["dropped_massless=1"])
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "missing"),
    [("RANGE = (0, 1)\n", "change"), ("def change(a, s): return a\n", "RANGE"), ("", "change")],
)
def test_a_file_without_its_two_parts_says_which(own_folder: Path, text: str, missing: str) -> None:
    name = f"dropped_{len(text)}_part"
    (own_folder / f"{name}.py").write_text(text)
    with pytest.raises(InputError, match=rf"{name}.py: a discrepancy needs .*{missing}"):
        find_discrepancy(name)


@pytest.mark.parametrize(
    "limits", ["1", "None", "(0,)", "(0, 'one')", "(1, 0)", "(0, float('inf'))", "(False, True)", "'ab'"]
)
def test_a_range_that_is_no_pair_of_rising_numbers_is_refused(own_folder: Path, limits: str) -> None:
    name = f"dropped_range_{sum(map(ord, limits))}"
    (own_folder / f"{name}.py").write_text(f"RANGE = {limits}\ndef change(aircraft, severity): return aircraft\n")
    with pytest.raises(InputError, match=rf"{name}.py: a discrepancy needs RANGE = \(low, high\)"):
        find_discrepancy(name)


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("dropped_colon", "RANGE = (0, 1)\ndef change(aircraft, severity)\n", r"\.py, line 2: SyntaxError: "),
        ("dropped_import", "import nothing_like_it\n", r"\.py, line 1: ModuleNotFoundError: .*nothing_like_it"),
        ("dropped_name", "RANGE = (0, 1)\n\nRANGE[2] = low\n", r"\.py, line 3: NameError: .*low"),
        ("dropped_bytes", b"WHAT = '\xff'\n", r"\.py.*: SyntaxError: "),
    ],
)
def test_a_file_that_cannot_be_imported_says_where(own_folder: Path, name: str, text: str | bytes, told: str) -> None:
    (own_folder / f"{name}.py").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(InputError, match=name + told) as refused:
        find_discrepancy(name)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("pass", r"change\(\) must return the aircraft, changed \(got NoneType\)"),
        ("return aircraft.mass", r"change\(\) must return the aircraft, changed \(got Mass\w*\)"),
        ("raise ValueError('no way\\nat all')", r"line 3: ValueError: no way at all"),
        ("return 1 / 0", r"line 3: ZeroDivisionError: division by zero"),
        ("return aircraft.masss", r"line 3: AttributeError: .*masss"),
    ],
)
def test_a_change_that_fails_or_returns_something_else_is_told_in_one_line(
    own_folder: Path, body: str, told: str
) -> None:
    name = f"dropped_change_{sum(map(ord, body))}"
    (own_folder / f"{name}.py").write_text(f"RANGE = (0, 1)\ndef change(aircraft, severity):\n    {body}\n")
    with pytest.raises(InputError, match=rf"^discrepancy {name}=1: .*{name}\.py.*{told}") as refused:
        apply_discrepancies(ultra_stick(), [name])
    assert "\n" not in str(refused.value)


TURNED_MIX = """
RANGE = (0, 1)
def turned(control):
    return control.model_copy(update={"mix": {channel: -share for channel, share in control.mix.items()}})
def change(aircraft, severity):
    tail = aircraft.surfaces[-1]
    tail = tail.model_copy(update={"controls": tuple(turned(control) for control in tail.controls)})
    return aircraft.model_copy(update={"surfaces": (*aircraft.surfaces[:-1], tail)})
"""


def test_a_mix_stays_as_drawn(own_folder: Path) -> None:
    (own_folder / "dropped_mix.py").write_text(TURNED_MIX)
    with pytest.raises(InputError, match=r"^discrepancy dropped_mix=1: control \w+: its mix must stay .*gain -1"):
        apply_discrepancies(ultra_stick(), ["dropped_mix"])


def test_the_mix_of_a_coefficient_model_stays_as_drawn(own_folder: Path) -> None:
    (own_folder / "dropped_model_mix.py").write_text(
        "RANGE = (0, 1)\ndef change(aircraft, severity):\n"
        "    first, *others = aircraft.coefficient_model.controls\n"
        "    first = first.model_copy(update={'mix': {k: -v for k, v in first.mix.items()}})\n"
        "    model = aircraft.coefficient_model.model_copy(update={'controls': (first, *others)})\n"
        "    return aircraft.model_copy(update={'coefficient_model': model})\n"
    )
    with pytest.raises(InputError, match=r"^discrepancy dropped_model_mix=1: control \w+: its mix must stay"):
        apply_discrepancies(
            load_aircraft("tests/support/aircraft/ultra_stick_coefficients.yaml"), ["dropped_model_mix"]
        )


def test_a_part_built_with_a_wrong_value_is_told_as_a_config_is(own_folder: Path) -> None:
    (own_folder / "dropped_toe.py").write_text(
        "from envs.aircraft.as_built import WheelBuilt\nRANGE = (0, 1)\n"
        "def change(aircraft, severity):\n    return WheelBuilt(wheel='main', toe_deg=60)\n"
    )
    with pytest.raises(InputError, match=r"^discrepancy dropped_toe=1: toe_deg: input should be .* 45 \(got 60\)$"):
        apply_discrepancies(ultra_stick(), ["dropped_toe"])


@pytest.mark.parametrize("name", discrepancy_names())
@pytest.mark.parametrize("severity", ["nan", "inf", "-10", "1.001", "much"])
def test_a_severity_outside_its_range_is_refused_in_one_line(name: str, severity: str) -> None:
    with pytest.raises(InputError) as refused:
        apply_discrepancies(ultra_stick(), [f"{name}={severity}"])
    low, high = find_discrepancy(name).RANGE
    assert str(refused.value) == (
        f"discrepancy {name}: severity must be a number from {low:g} to {high:g} (got {severity!r})"
    )


@pytest.mark.parametrize("moment", ["", "nan", "-1", "soon", "1e9", "5@6"])
def test_a_moment_that_is_no_second_of_a_flight_is_refused_in_one_line(moment: str) -> None:
    with pytest.raises(InputError) as refused:
        apply_discrepancies(ultra_stick(), [f"heavy=1@{moment}"])
    assert str(refused.value) == (
        f"discrepancy heavy=1@{moment}: strikes at a second of the flight, a number from 0 to 3600 (got {moment!r})"
    )


@pytest.mark.parametrize("name", discrepancy_names())
def test_severity_0_is_the_drawing_and_every_severity_a_valid_aircraft(name: str) -> None:
    module = find_discrepancy(name)
    assert module.__doc__
    drawn = ultra_stick()
    assert apply_discrepancies(drawn, [f"{name}=0"]) == drawn
    for severity in (*module.RANGE, 0.37):
        changed = apply_discrepancies(drawn, [f"{name}={severity}"])
        assert (changed == drawn) == (severity == 0.0)


def test_the_former_name_of_the_weak_battery_is_the_same_aircraft() -> None:
    former, present = (apply_discrepancies(ultra_stick(), [f"{n}=0.6"]) for n in ("weak_motor", "weak_battery"))
    assert former == present
    weak, drawn = present.propulsion[0].battery, ultra_stick().propulsion[0].battery
    assert weak
    assert drawn
    assert weak.voltage_V == pytest.approx(0.94 * drawn.voltage_V)
    assert "weak_motor" not in discrepancy_names()
