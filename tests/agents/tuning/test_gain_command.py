"""scripts/tune_autopilot.py: a search over aircraft that differ from their drawing, and the pilot that comes of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agents.config.blocks import FIRST_TRAINING_SEED
from agents.evaluation.flight_test import FlightTest
from agents.pilots.loading import load_pilot
from agents.pilots.pilot_config import pilot_config
from envs.base.errors import InputError
from envs.flight_env import FlightEnv
from scripts import tune_autopilot

DRAWN = "discrepancies={draw: [heavy, side_heavy], most: 2}"
WORDS = ["takeoff", DRAWN, "--weather", "breeze", "--only", "bank", "integral_max"]
SIZE = ["--members", "4", "--flights", "2", "--generations", "2"]


def test_the_gains_found_are_a_pilot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flown: list[int] = []
    fly = FlightTest.fly
    monkeypatch.setattr(FlightTest, "fly", lambda test, pilot, seeds: flown.extend(seeds) or fly(test, pilot, seeds))
    bundle = tmp_path / "robust"
    assert tune_autopilot.main([*WORDS, *SIZE, "--seed", "5", "--bundle", str(bundle)]) == 0
    assert min(flown) >= FIRST_TRAINING_SEED  # never flights that choose or count
    card = json.loads((bundle / "card.json").read_text(encoding="utf-8"))
    assert set(card["gains"]) == {"takeoff"}
    assert set(card["gains"]["takeoff"]) <= {"bank", "integral_max"}
    assert (card["seed"], card["generation"]) == (5, 2)
    assert card["steps"] > 1000
    assert DRAWN in card["train_again"]
    config = pilot_config(str(bundle))
    assert (config.task, config.weather) == ("takeoff", "breeze")
    assert "drawn of heavy" in config.discrepancy_words[0]
    env = FlightEnv(task="takeoff", discrepancies=["heavy=1"])
    pilot = load_pilot(str(bundle), env)
    for name, value in card["gains"]["takeoff"].items():
        assert getattr(pilot.gains, name) == value
    with pytest.raises(InputError, match="none for landing"):
        load_pilot(str(bundle), FlightEnv(task="landing"))


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="already exists"):
        tune_autopilot.main([*WORDS, *SIZE, "--bundle", str(tmp_path)])
