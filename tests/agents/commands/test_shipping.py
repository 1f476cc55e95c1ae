"""A run becomes a shipped bundle: with its learning curve and the command that trains it again, or not at all."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from agents.commands.ship import score, ship, shipped_name
from agents.config.programme import load_config, read_config
from agents.pilots.loading import load_pilot
from agents.runs.learning_curve import SHIPPED_CURVE
from agents.runs.run_folder import RunFolder, read_json
from agents.training.train import train
from envs.base.errors import InputError


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    config = load_config(
        "takeoff",
        [
            "training.steps=8192",
            "training.test_flights=3",
            "training.eval_every=4096",
            "training.eval_flights=2",
            "training.processes=1",
            "weather=calm",
        ],
    )
    run = RunFolder.create(tmp_path_factory.mktemp("runs") / "run", "run")
    train(config, run)
    return run


def test_a_shipped_bundle_says_how_it_was_learned(run: RunFolder, tmp_path: Path) -> None:
    assert ship(str(run.path), tmp_path, fewest=3) == 0
    bundle = tmp_path / "takeoff-ultra_stick"
    card = read_json(bundle / "card.json")
    assert card["train_again"].startswith("python scripts/train.py takeoff --weather calm --steps 8192")
    assert card["evaluation"] == {**read_json(run.evaluation), "pilot": "takeoff-ultra_stick"}
    assert load_pilot(str(bundle)).name == "takeoff-ultra_stick"
    assert (bundle / "flight.png").stat().st_size > 10_000
    with (bundle / SHIPPED_CURVE).open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["steps"]) for row in rows] == [2048, 4096, 6144, 8192]
    assert all(0.0 <= float(row["validation_success"]) <= 1.0 for row in rows[1::2])  # each second is validated


def test_a_command_that_nobody_would_type_names_the_config(
    run: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agents.commands.ship.LONGEST_COMMAND", 20)
    assert ship(str(run.path), tmp_path, fewest=3) == 0
    config = tmp_path / "takeoff-ultra_stick" / "config.yaml"
    assert read_json(config.with_name("card.json"))["train_again"] == f"python scripts/train.py {config}"
    assert load_config(str(config)).complete_yaml() == read_config(run.config).complete_yaml()


@pytest.mark.parametrize(
    ("programme", "name"),
    [
        ("stunts", "stunts-ultra_stick"),
        ("loop", "loop-ultra_stick"),
        ("takeoff", "takeoff-ultra_stick"),
        ("robust_landing", "robust_landing-ultra_stick"),
    ],
)
def test_a_shipped_pilot_is_named_by_what_it_learned(programme: str, name: str) -> None:
    assert shipped_name(load_config(programme)) == name


def test_what_is_not_ready_is_not_shipped(run: RunFolder, tmp_path: Path) -> None:
    for name, said in ((str(run.path), "tested on 3 flights"), (str(tmp_path), "not a finished run")):
        with pytest.raises(InputError, match=said):
            ship(name, tmp_path / "home")
    assert not (tmp_path / "home").exists()


def test_a_shipped_pilot_is_scored_again(run: RunFolder, tmp_path: Path) -> None:
    ship(str(run.path), tmp_path, fewest=3)
    bundle = tmp_path / "takeoff-ultra_stick"
    before = read_json(bundle / "card.json")
    (bundle / "flight.png").unlink()
    assert score([str(bundle)], flights=2, processes=1) == 0
    after = read_json(bundle / "card.json")
    assert (after["evaluation"]["flights"], after["evaluation"]["seed"]) == (2, 1000)
    assert after["evaluation"]["pilot"] == "takeoff-ultra_stick"
    assert len(after["evaluated_at"].rstrip("+")) == 40
    assert {k: v for k, v in after.items() if k not in ("evaluation", "evaluated_at")} == {
        k: v for k, v in before.items() if k != "evaluation"
    }
    assert (bundle / "flight.png").stat().st_size > 10_000
