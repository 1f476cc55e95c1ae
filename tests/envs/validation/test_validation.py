"""Published answers: every line met or explained, wrong files refused, wrong aircraft found out, the page fresh."""

from __future__ import annotations

import json
import math
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from envs.aircraft.aircraft import load_aircraft
from envs.base.config_file import CONFIGS, names_of
from envs.base.errors import InputError, run_command
from envs.rendering.sheets.validation_picture import draw_validation
from envs.rendering.sheets.validation_table import markdown_page
from envs.validation.comparison import Validation, compare, load_answers
from scripts import validate as script
from tests.support.physics_tools import changed

FILES = names_of("validation")
PAGE = CONFIGS.parent / "envs" / "validation" / "VALIDATION.md"


@lru_cache
def compared(name: str) -> Validation:
    return compare(load_answers(name))


@pytest.mark.parametrize("name", FILES)
def test_every_answer_is_met_or_its_miss_explained(name: str) -> None:
    wrong = [
        f"{line.verdict} {line.answer.quantity} {line.answer.at.given()}: published {line.answer.published}, "
        f"ours {line.ours} {line.remark}"
        for line in compared(name).lines
        if line.verdict not in ("met", "explained")
    ]
    assert wrong == []


@pytest.mark.parametrize("aircraft", names_of("aircraft"))
def test_every_aircraft_with_published_derivatives_has_answers(aircraft: str) -> None:
    derivatives = load_aircraft(aircraft).derivatives
    assert derivatives is None or aircraft in FILES


@pytest.mark.parametrize("name", [n for n in FILES if load_answers(n).aircraft])
def test_a_wing_a_fifth_larger_is_found_out(name: str) -> None:
    def enlarge(data: dict[str, Any]) -> None:
        if data.get("derivatives"):  # else they would hold the forces whatever the drawing says
            data["derivatives"]["area_m2"] *= 1.2
        for surface in data["surfaces"]:
            for rib in surface["sections"]:
                rib["chord_m"] *= 1.2

    file = load_answers(name)
    assert file.aircraft
    aircraft = load_aircraft(file.aircraft)
    if file.reference is None and aircraft.derivatives:
        own = aircraft.derivatives
        reference = {"area_m2": own.area_m2, "span_m": own.span_m, "chord_m": own.chord_m}
        file = type(file).model_validate({**file.model_dump(), "reference": reference})
    larger = compare(file, changed(aircraft, enlarge))
    assert larger.count("MISS") >= 5
    misses = {line.answer.quantity for line in larger.lines if line.verdict == "MISS"}
    assert misses & {"CL_alpha", "alpha", "stall_speed", "CL", "CD"}


# What the misses are said to come from, checked apart from the tolerances of their lines


def values(name: str, quantity: str) -> dict[tuple[str, ...], float]:
    """Ours by what was left out: ('slipstream', ...), after 'power' for constant power, 'derivatives' for others."""
    found = {}
    for line in compared(name).lines:
        if line.answer.quantity == quantity and line.answer.at.speed_mps == 17.0 and line.ours is not None:
            at = line.answer.at
            own = ("derivatives",) * bool(at.derivatives)
            found[("power",) * at.constant_shaft_power + own + at.without] = line.ours
    return found


def test_phugoid_misses_by_the_motor_and_the_spiral_by_its_own_derivatives() -> None:
    swing, decay = values("ultra_stick", "phugoid_imaginary"), values("ultra_stick", "phugoid_real")
    assert swing[("power", "slipstream")] == pytest.approx(0.458, rel=0.1)
    assert swing[()] < 0.6 * swing[("power", "slipstream")]
    assert -0.35 < decay[()] < decay[("power", "slipstream")]
    spiral = values("ultra_stick", "spiral_real")
    assert abs(spiral[()]) < 0.1
    source = next(value for key, value in spiral.items() if key[:1] == ("derivatives",))
    assert abs(source + 0.017) < 0.3 * abs(spiral[()] + 0.017)


# Strips of the McFoamy's wing and tail as published: width, chord, place of the quarter chord, mm
WING = (
    (57.26, 253.4, -217.07),
    (58.72, 237.58, -211.39),
    (59.29, 222.69, -215.43),
    (62.58, 207.42, -212.18),
    (62.58, 191.74, -208.85),
    (63.25, 175.97, -205.5),
    (61.9, 160.28, -202.26),
)
TAIL = ((66.55, 117.41, -711.27), (51.09, 145.64, -719.72), (62.02, 143.16, -715.15))


def plates(alpha: float) -> dict[str, float]:
    """CL, CD, Cm of wing and tail as separated flat plates (Khan & Nahon, ICUAS 2015), nothing else, alpha in rad."""
    sine, force_x, force_z, moment = abs(math.sin(alpha)), 0.0, 0.0, 0.0
    for strips, aspect in ((WING, 2.092), (TAIL, 1.2421)):
        for width, chord, place in strips:
            area, lever = 2e-6 * width * chord, 1e-3 * place + 0.270
            normal = 1.98 * math.sin(alpha) * (1 / (0.56 + 0.44 * sine) - 0.41 * (1 - math.exp(-17 / aspect)))
            quarter = -normal * (0.25 - 0.175 * (1 - 2 * abs(alpha) / math.pi))
            force_z += area * normal
            force_x += area * 0.5 * 0.02 * math.cos(alpha)
            moment += area * (1e-3 * chord * quarter + lever * normal)
    wing, chord = 0.1783, 0.2065
    return {
        "CL": (force_z * math.cos(alpha) - force_x * math.sin(alpha)) / wing,
        "CD": (force_z * math.sin(alpha) + force_x * math.cos(alpha)) / wing,
        "Cm": moment / wing / chord,
    }


def test_the_answers_at_any_angle_are_the_published_law_summed_over_its_strips() -> None:
    lines = [line.answer for line in compared("mcfoamy").lines if line.answer.source == "KN"]
    assert len(lines) > 40
    for answer in lines:
        assert answer.at.alpha_deg is not None
        assert answer.published == pytest.approx(plates(math.radians(answer.at.alpha_deg))[answer.quantity], abs=6e-4)


# Files of answers


def written(folder: Path, change: Any = None, **top: Any) -> Path:
    """A small file of answers for the Ultra Stick, its only answer changed."""
    answer = {
        "quantity": "stall_speed",
        "published": 10.0,
        "unit": "m/s",
        "source": "S",
        "tolerance": {"relative": 0.1, "reason": "test"},
        **(change or {}),
    }
    data = {"title": "test", "aircraft": "ultra_stick", "sources": {"S": "nobody"}, "answers": [answer], **top}
    path = folder / "mine.yaml"
    path.write_text(yaml.safe_dump({k: v for k, v in data.items() if v is not None}), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("change", "top", "said"),
    [
        ({"quantity": "stall_sped"}, {}, "did you mean 'stall_speed'"),
        ({"quantity": "nonsense"}, {}, "unknown quantity"),
        ({"published": "ten"}, {}, "answers.0.published"),
        ({"published": math.nan}, {}, "answers.0.published"),
        ({"unit": "km/h"}, {}, "unit must be 'm/s' (got 'km/h')"),
        ({"tolerance": {"relative": 0.1}}, {}, "answers.0.tolerance.reason' is missing"),
        ({"tolerance": {"relative": 0.1, "absolute": 1.0, "reason": "x"}}, {}, "either absolute or relative"),
        ({"tolerance": {"relative": -0.1, "reason": "x"}}, {}, "greater than 0"),
        ({"mis": "typed wrong"}, {}, "did you mean 'miss'"),
        ({"source": "T"}, {}, "source 'T' is not among"),
        ({"quantity": "alpha", "unit": "deg"}, {}, "needs 'at' to give speed_mps"),
        ({"at": {"speed_mps": 17}}, {}, "takes no speed_mps"),
        ({"at": {"speed": 17}}, {}, "did you mean 'speed_mps'"),
        ({"at": {"without": ["gravity"]}}, {}, "answers.0.at.without"),
        ({"published": 0.0}, {}, "needs an absolute tolerance"),
        ({}, {"aircraft": None}, "the file names none"),
        ({}, {"aircraft": "ultra_stik"}, "did you mean 'ultra_stick'"),
        ({}, {"answers": []}, "answers"),
        ({"quantity": "CL", "unit": "1", "at": {"alpha_deg": 5}}, {"aircraft": "mcfoamy"}, "need a reference"),
    ],
)
def test_a_wrong_file_is_one_line_and_exit_code_2(
    change: dict[str, Any], top: dict[str, Any], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, change, **top)
    with pytest.raises(SystemExit) as exit_code:
        run_command(lambda: script.main([str(path)]))
    assert exit_code.value.code == 2
    printed = capsys.readouterr()
    assert said in printed.err
    assert printed.err.startswith("error: ")
    assert printed.err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["ultra_stik"], "did you mean 'ultra_stick'"),
        (["no/where.yaml"], "no such validation file"),
        (["x8", "--json", "no/where.json"], "its folder does not exist"),
        (["x8", "--picture", "picture.txt"], "must end in .png"),
    ],
)
def test_a_wrong_command_line_writes_nothing(
    words: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=re.escape(said)):
        script.main(words)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("change", "verdict", "code"),
    [
        ({}, "met", 0),
        ({"published": 15.0}, "MISS", 1),
        ({"published": 15.0, "miss": "made up"}, "explained", 0),
        ({"miss": "made up"}, "stale", 0),
        ({"quantity": "hover_rotor_speed", "unit": "rpm", "published": 9000}, "its propeller does not carry it", 0),
        ({"quantity": "alpha", "unit": "deg", "at": {"speed_mps": 4}}, "no steady level flight at 4 m/s", 1),
    ],
)
def test_the_verdict_of_one_answer(
    change: dict[str, Any], verdict: str, code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    aircraft = "sport" if "hover" in change.get("quantity", "") else "ultra_stick"
    if aircraft == "sport":
        change = {**change, "miss": "thrust is 0.92 of its weight"}
    assert script.main([str(written(tmp_path, change, aircraft=aircraft))]) == code
    assert verdict in " ".join(capsys.readouterr().out.split())


def test_a_file_may_name_an_aircraft_beside_it(tmp_path: Path) -> None:
    text = (CONFIGS / "aircraft" / "sport.yaml").read_text(encoding="utf-8")
    (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
    validation = compare(load_answers(str(written(tmp_path, {"published": 8.8}, aircraft="own.yaml"))))
    assert [line.verdict for line in validation.lines] == ["met"]


# What is written


def test_the_committed_page_is_what_the_command_writes() -> None:
    # Text must agree, numbers to 1 %: the last digit depends on the machine.
    order = sorted(FILES, key=lambda name: load_answers(name).aircraft is None)
    number = re.compile(r"[-+]?\d+(?:\.\d+)?(?:e-?\d+)?")
    fresh, kept = (markdown_page([compared(name) for name in order]), PAGE.read_text(encoding="utf-8"))
    assert number.sub("#", fresh) == number.sub("#", kept), f"write it again: see the top of {PAGE.name}"
    for new, old in zip(number.findall(fresh), number.findall(kept), strict=True):
        assert float(new) == pytest.approx(float(old), rel=0.01, abs=2e-3)


def test_the_command_writes_page_numbers_and_picture(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [tmp_path / name for name in ("v.md", "v.json", "v.png")]
    assert (
        script.main(
            ["x8", "atmosphere", "--markdown", str(files[0]), "--json", str(files[1]), "--picture", str(files[2])]
        )
        == 0
    )
    printed = capsys.readouterr().out
    for words in ("Skywalker X8", "angle of attack", "dutch roll, damping ratio", "published", "In all: "):
        assert words in printed
    data = json.loads(files[1].read_text(encoding="utf-8"))
    assert [entry["name"] for entry in data["files"]] == ["x8", "atmosphere"]
    for line in data["files"][0]["lines"]:
        assert line["difference"] == pytest.approx(line["ours"] - line["published"])
        assert (abs(line["difference"]) <= line["tolerance"]) == (line["verdict"] == "met")
    assert "## Atmosphere" in files[0].read_text(encoding="utf-8")
    assert files[2].read_bytes().startswith(b"\x89PNG")
    assert sorted(tmp_path.iterdir()) == sorted(files)


def test_the_picture_shows_misses_and_values_that_do_not_exist(tmp_path: Path) -> None:
    paths = []
    for change in ({"published": 15.0}, {"quantity": "alpha", "unit": "deg", "at": {"speed_mps": 4}}, {}):
        draw_validation([compare(load_answers(str(written(tmp_path, change))))], tmp_path / f"{len(paths)}.png")
        paths.append((tmp_path / f"{len(paths)}.png").read_bytes())
    assert len(set(paths)) == 3
