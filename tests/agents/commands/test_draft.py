"""A first aircraft file from span, mass and motor: it is plausible, and the hand-tuned autopilot flies it at once."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from agents.commands.evaluate import evaluate
from agents.runs.run_folder import read_json
from envs.aircraft.aircraft import load_aircraft
from envs.aircraft.parts import named_airfoil, named_propeller
from envs.base.errors import InputError, run_command
from envs.performance.solver import performance_sheet
from scripts.draft import main as draft

TRAINER = ("--span", "1.5", "--mass", "2", "--motor", "800")


def drafted(folder: Path, *words: str) -> Path:
    path = folder / "my_trainer.yaml"
    assert draft([str(path), *words]) == 0
    return path


@pytest.mark.parametrize(
    "words",
    [
        TRAINER,
        ("--span", "1.0", "--mass", "0.6", "--motor", "1400", "--airfoil", "flat_plate"),
        ("--span", "2.4", "--mass", "7", "--motor", "320", "--airfoil", "clark_y", "--cells", "8"),
    ],
    ids=["1.5 m", "1 m", "2.4 m"],
)
def test_a_draft_is_balanced_and_says_what_it_can_do(
    words: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    aircraft = load_aircraft(str(drafted(tmp_path, *words)))
    assert "next:" in capsys.readouterr().out
    sheet = performance_sheet(aircraft)
    assert sheet.span_m == pytest.approx(float(words[1]))
    assert sheet.mass_kg == pytest.approx(float(words[3]))
    assert sheet.stall[0].speed_mps == pytest.approx(aircraft.stall_speed_mps, rel=0.01)
    assert 0.05 < sheet.static_margin_chords < 0.25
    assert sheet.thrust_to_weight is not None
    assert 0.6 < sheet.thrust_to_weight < 1.3
    assert 0.7 < sheet.lift_coefficient_max < 1.5  # the least a flat plate
    assert sheet.take_off is not None
    unstable = [mode for mode in sheet.modes if mode.real_per_s > 0]
    assert all(mode.time_to_double_s and mode.time_to_double_s > 3 for mode in unstable), unstable  # a slow spiral


def test_the_autopilot_flies_a_draft_at_once(tmp_path: Path) -> None:
    path, result = drafted(tmp_path, *TRAINER), tmp_path / "result.json"
    for task in ("takeoff", "landing"):
        evaluate("autopilot", task=task, aircraft=str(path), flights=6, json_file=str(result), processes=1)
        assert read_json(result)["successes"] >= 5, task


def test_inertia_is_within_that_of_the_shipped_aircraft(tmp_path: Path) -> None:
    mass = load_aircraft(str(drafted(tmp_path, *TRAINER))).mass
    gyration = math.sqrt(mass.Ixx / mass.mass_kg) / 1.5
    others = [load_aircraft(name) for name in ("ultra_stick", "sport", "mcfoamy", "angel")]
    known = [math.sqrt(other.mass.Ixx / other.mass.mass_kg) / other.span_m for other in others]
    assert min(known) < gyration < max(known)
    assert mass.Izz < mass.Ixx + mass.Iyy


def test_airfoils_have_the_published_zero_lift_and_moment() -> None:
    # Abbott & von Doenhoff 1959, appendix IV, measured: NACA 2412 -2.1 deg and -0.047, NACA 4412 -3.9 deg and -0.093
    for name, zero_lift, moment in (("naca_2412", -2.1, -0.047), ("naca_4412", -3.9, -0.093), ("naca_0012", 0, 0)):
        airfoil = named_airfoil(name)
        assert airfoil.zero_lift_deg == pytest.approx(zero_lift, abs=0.3)
        assert airfoil.moment == pytest.approx(moment, abs=0.015)


def test_propellers_are_those_of_the_shipped_aircraft_at_their_pitch_and_in_between_beside() -> None:
    shipped = load_aircraft("ultra_stick").propulsion[0].propeller
    named = named_propeller("12x6")
    assert (named.diameter_m, named.pitch_m) == pytest.approx((shipped.diameter_m, shipped.pitch_m))
    assert (named.CT[0], named.CP[0]) == (shipped.CT[0], shipped.CP[0])
    flat, steep, between = (named_propeller(name) for name in ("10x5", "10x7", "10x6"))
    assert flat.J[-1] < between.J[-1] < steep.J[-1]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"--span": "15"}, "--span 15: must be 0.4 to 6 m"),
        ({"--span": "nan"}, "--span nan"),
        ({"--mass": "40"}, "a span of 1.5 m carries"),
        ({"--motor": "60"}, "of the weight"),
        ({"--propeller": "6x10"}, "the diameter comes first"),
        ({"--propeller": "big"}, "as in 10x6"),
        ({"--airfoil": "naca_24"}, "unknown"),
        ({"--airfoil": "clark"}, "did you mean 'clark_y'"),
        ({"--cells": "40"}, "--cells 40"),
    ],
)
def test_what_would_not_fly_is_one_line(
    changes: dict[str, str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words: dict[str, Any] = {**dict(zip(TRAINER[::2], TRAINER[1::2], strict=True)), **changes}
    path = tmp_path / "x.yaml"
    with pytest.raises(SystemExit) as code:
        run_command(lambda: draft([str(path), *(word for pair in words.items() for word in pair)]))
    printed = capsys.readouterr()
    assert code.value.code == 2
    assert printed.err.count("\n") == 1
    assert said in printed.err
    assert not path.exists()


def test_a_draft_writes_over_nothing(tmp_path: Path) -> None:
    path = drafted(tmp_path, *TRAINER)
    with pytest.raises(InputError, match="exists already"):
        draft([str(path), *TRAINER])
    with pytest.raises(InputError, match=r"ends in \.yaml"):
        draft([str(tmp_path / "x.txt"), *TRAINER])
