"""Every shipped bundle says where it comes from, is small, and still flies as well as its card claims."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import numpy as np
import pytest
import yaml

from agents.commands.ship import shipped_name
from agents.config.blocks import FIRST_TEST_SEED
from agents.config.programme import load_config, read_config
from agents.environments.flights import flight_env_function
from agents.evaluation.flight_test import FlightTest, success_interval
from agents.pilots.bundle import AUTOPILOT, PRETRAINED, with_named_draws
from agents.pilots.loading import load_pilot
from agents.pilots.named_skills import skill_folder
from agents.runs.learning_curve import SHIPPED_CURVE
from agents.training.train_pupil import TEACHERS
from agents.training.train_skills import skill_config

BUNDLES = sorted(p for p in PRETRAINED.iterdir() if p.is_dir() and not p.name.startswith("_"))


FLIGHTS = {"circuit": 8}  # others: 16, as many as fly side by side


def test_the_pilots_that_missions_and_readme_count_on_are_shipped() -> None:
    names = {p.name for p in BUNDLES}
    assert {"takeoff-ultra_stick", "pattern-ultra_stick", "landing-ultra_stick", "circuit-ultra_stick"} <= names
    assert {"takeoff-sport", "landing-sport", "circuit-sport"} <= names


@pytest.mark.parametrize("bundle", BUNDLES, ids=lambda p: p.name)
def test_the_card_is_complete(bundle: Path) -> None:
    card = json.loads((bundle / "card.json").read_text())
    assert bundle.name == shipped_name(read_config(bundle / "config.yaml"))
    assert bundle.name.endswith(f"-{card['aircraft']}")
    drawn = "drawn of" in " ".join(card["discrepancies"])
    assert drawn == bundle.name.startswith("robust_")
    assert card["steps"] >= card["policy_from_step"] > 0
    assert len(card["commit"].rstrip("+")) == 40
    assert {"gymnasium", "stable-baselines3", "torch", "numba", "pybullet"} <= set(card["versions"])
    evaluation = card["evaluation"]
    assert evaluation["seed"] >= FIRST_TEST_SEED
    assert evaluation["flights"] >= 1000
    low, high = success_interval(evaluation["successes"], evaluation["flights"])
    assert (evaluation["success_low"], evaluation["success_high"]) == pytest.approx((low, high))
    assert sum(f.stat().st_size for f in bundle.rglob("*") if f.is_file()) < 1_000_000
    assert card["train_again"].startswith("python scripts/train.py ")
    learned = [bundle]
    if "skills" in card:
        learned = [skill_folder(bundle, skill, told) for skill, told in card["skills"].items() if told != AUTOPILOT]
    for skill in learned:
        flown = 0  # by it, and by the teachers that it learned from
        for curve in (skill / SHIPPED_CURVE, *(skill / TEACHERS).glob("*.csv")):
            steps = [int(line.split(",")[0]) for line in curve.read_text().splitlines()[1:]]
            assert steps == sorted(steps)
            flown += steps[-1]
        assert flown == json.loads((skill / "card.json").read_text())["steps"]


@pytest.mark.parametrize("bundle", BUNDLES, ids=lambda p: p.name)
def test_it_flies_as_its_card_says(bundle: Path) -> None:
    card = json.loads((bundle / "card.json").read_text())
    make_env = flight_env_function(read_config(bundle / "config.yaml"))
    env = make_env()
    pilot = load_pilot(bundle.name, env)
    env.close()
    with FlightTest(make_env, processes=1) as test:
        flights = test.fly(pilot, range(FLIGHTS.get(card["task"], 16)))
    # Other seeds than the card's: fewer successes than this happen once in a thousand times by chance.
    _, high = success_interval(sum(f.is_success for f in flights), len(flights), confidence=0.998)
    assert high >= card["evaluation"]["success_rate"]
    assert card["evaluation"]["success_rate"] > (0.8 if bundle.name.startswith("robust_") else 0.85)
    if "f3a_score" in card["evaluation"]["metrics"]:
        marks, told = [f.metrics["f3a_score"] for f in flights], card["evaluation"]["metrics"]["f3a_score"]
        assert np.mean(marks) > told["mean"] - 3.1 * told["std"] / np.sqrt(len(marks))


@pytest.mark.parametrize("bundle", [b for b in BUNDLES if list(b.glob("*/policy.zip"))], ids=lambda p: p.name)
def test_the_command_of_a_pilot_of_skills_trains_each_as_it_was(bundle: Path) -> None:
    """A skill's block is read over a programme that may have changed since: the command has to say what differs."""
    words = shlex.split(json.loads((bundle / "card.json").read_text())["train_again"])[2:]
    aircraft = [f"aircraft={words[words.index('--aircraft') + 1]}"] if "--aircraft" in words else []
    config = load_config(words[0], [*aircraft, *(word for word in words[1:] if "=" in word)])
    for file in bundle.glob("*/config.yaml"):
        again = with_named_draws(skill_config(config, file.parent.name)).complete_yaml()
        assert yaml.safe_load(again) == yaml.safe_load(read_config(file).complete_yaml()), file.parent.name
