"""Gains that were searched on one aircraft: whose they are, how they are kept, and what a bad file says."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from agents.autopilot import AUTOPILOTS, autopilot_for, own_gains
from agents.autopilot.airframe_facts import airframe_facts
from agents.autopilot.landing import LandingAutopilot
from agents.tuning.gain_command import tune_autopilot
from envs.aircraft.aircraft import load_aircraft
from envs.base.config_file import names_of
from envs.base.errors import InputError
from envs.flight_env import FlightEnv


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """In place of configs/autopilot, with a file for the sport."""
    monkeypatch.setattr(own_gains, "FOLDER", tmp_path)
    own_gains.own_gains.cache_clear()
    own_gains.keep_own_gains("sport", "landing", {"touch_speed": 1.14}, "a search")
    return tmp_path


@pytest.fixture(autouse=True)
def forgotten() -> None:
    own_gains.own_gains.cache_clear()


@pytest.mark.usefixtures("folder")
def test_an_aircraft_is_flown_with_its_own_gains_and_the_others_with_the_usual_ones() -> None:
    sport, angel = load_aircraft("sport"), load_aircraft("angel")
    assert LandingAutopilot.shipped_gains(sport).touch_speed == 1.14
    assert LandingAutopilot.usual_gains(airframe_facts(sport)).touch_speed == 1.12
    assert LandingAutopilot.shipped_gains(angel) == LandingAutopilot.usual_gains(airframe_facts(angel))
    assert AUTOPILOTS["takeoff"].shipped_gains(sport) == AUTOPILOTS["takeoff"].gains_type()
    with FlightEnv(task="landing", aircraft="sport") as env:
        assert autopilot_for(env).gains.touch_speed == 1.14  # pyright: ignore[reportAttributeAccessIssue]


def test_what_is_kept_for_one_task_leaves_the_others_alone(folder: Path) -> None:
    path = own_gains.keep_own_gains("sport", "takeoff", {"track": 0.5}, "another search")
    kept = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert path == folder / "sport.yaml"
    assert kept["landing"] == {"found_by": "a search", "gains": {"touch_speed": 1.14}}
    assert kept["takeoff"] == {"found_by": "another search", "gains": {"track": 0.5}}


@pytest.mark.parametrize(
    ("task", "gain", "value", "said"),
    [
        ("landing", "touch_sped", 1.1, r"sport\.yaml: landing\.gains: unknown gain 'touch_sped', did you mean"),
        ("landing", "glide", 0.0, r"sport\.yaml: landing\.gains: glide: must be at least 0\.001"),
        ("landng", "glide", 0.1, r"sport\.yaml: unknown key 'landng', did you mean 'landing'"),
    ],
)
def test_a_bad_file_is_one_line(folder: Path, task: str, gain: str, value: float, said: str) -> None:
    text = yaml.safe_dump({"version": 1, task: {"found_by": "hand", "gains": {gain: value}}})
    (folder / "sport.yaml").write_text(text, encoding="utf-8")
    own_gains.own_gains.cache_clear()
    with pytest.raises(InputError, match=said):
        LandingAutopilot.shipped_gains(load_aircraft("sport"))


def test_a_search_keeps_what_it_found(folder: Path) -> None:
    """From the aircraft's own gains, and the command that found them beside them."""
    tune_autopilot(
        "landing", aircraft="sport", weather="calm", generations=1, members=2, flights=1, only=["aim"], keep=True
    )
    kept = yaml.safe_load((folder / "sport.yaml").read_text(encoding="utf-8"))["landing"]
    assert kept["gains"].keys() == {"touch_speed", "aim"}
    assert kept["found_by"].startswith("python scripts/tune_autopilot.py landing --aircraft sport --weather calm")


def test_every_file_is_of_an_aircraft_and_read() -> None:
    for name in names_of("autopilot"):
        for task, pilot in AUTOPILOTS.items():
            own, _ = own_gains.own_gains(name, task)
            gains = pilot.shipped_gains(load_aircraft(name))
            for gain, value in own.items():
                assert getattr(gains, gain) == value
