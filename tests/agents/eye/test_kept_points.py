"""A study of landings in fog goes on where it was left, and with nothing else."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agents.eye.kept_points import read_points, write_points
from agents.eye.landings import FogPoint
from envs.base.errors import InputError
from scripts.fog import main

POINT = FogPoint("autopilot", 30.0, "place", 100, 60, 50, 2)


def fly(flights: int, file: Path, *more: str) -> Any:
    asked = ["autopilot", "--visibility", "60", "--lookout", "nobody", "--flights", f"{flights}", "--json", str(file)]
    assert main([*asked, "--processes", "1", *more]) == 0
    return json.loads(file.read_text())


def test_resumed_it_flies_the_missing_flights_and_counts_as_if_flown_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    left = tmp_path / "left.json"
    fly(1, left)
    write_points(left, "fog", 1000, [*read_points(left, "fog", 1000), POINT])
    resumed, at_once = fly(2, left, "--resume"), fly(2, tmp_path / "at_once.json")
    assert resumed["points"] == [*at_once["points"], POINT.as_dict()]
    assert "place" in capsys.readouterr().out  # what was kept is told, too


def test_points_come_back_as_they_were_written(tmp_path: Path) -> None:
    file = tmp_path / "fog.json"
    write_points(file, "fog", 7, [POINT, replace(POINT, lookout="net")])
    assert read_points(file, "fog", 7) == [POINT, replace(POINT, lookout="net")]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"seed": 8}, "seed must be 7"),
        ({"weather": "calm"}, "weather must be fog"),
        ({"points": 3}, "points must be a list"),
        ({"points": [{"pilot": "autopilot"}]}, "points.0: must hold pilot, "),
        ({"points": [POINT.as_dict() | {"tried": "many"}]}, "points.0.tried: must be a count (got many)"),
        ({"points": [POINT.as_dict() | {"landed": 61}]}, "do not add up"),
    ],
)
def test_what_it_cannot_go_on_with_gets_one_line(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    file = tmp_path / "fog.json"
    write_points(file, "fog", 7, [POINT])
    file.write_text(json.dumps(json.loads(file.read_text()) | change))
    with pytest.raises(InputError) as raised:
        read_points(file, "fog", 7)
    assert str(raised.value).startswith(f"{file}: ")
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)
