"""Several aircraft and seeds under one programme: the table says what the runs did, and a stopped study goes on."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from agents.commands.study import run_study
from agents.config.programme import TrainingConfig
from agents.evaluation.study import Learned, first_success, interquartile_mean, read_run, study_table
from agents.runs.run_folder import RunFolder
from envs.base.errors import InputError
from tests.support.fake_flight import fake_env_function, small_config

QUIET = Console(file=open(os.devnull, "w"))  # noqa: SIM115
SMALL = (
    "algorithm.n_envs=4",
    "algorithm.n_steps=64",
    "algorithm.batch_size=64",
    "algorithm.n_epochs=2",
    "algorithm.mirrored=0",  # the stand-in's readings have no sides
    "network.hidden=[16]",
    "training.steps=1024",
    "training.eval_every=256",
    "training.eval_flights=8",
    "training.test_flights=10",
    "training.vec_env=dummy",
    "training.processes=1",
)


def learned(aircraft: str, seed: int, steps: int | None, successes: int) -> Learned:
    return Learned(f"{aircraft}-{seed}", aircraft, seed, steps, steps and steps // 100, successes, 100)


def test_the_table_takes_the_median_the_worst_and_the_middle_half() -> None:
    runs = [
        learned("a", seed, steps, wins)
        for seed, (steps, wins) in enumerate([(300, 100), (100, 90), (None, 0), (200, 95), (500, 97)])
    ]
    row = study_table(runs)[0]
    assert row["steps"] == {"median": 300, "worst": None, "reached": 4}  # one never: slower than all that did
    assert row["success_iqm"] == pytest.approx((0.90 + 0.95 + 0.97) / 3)  # without the best and the worst
    assert row["success_iqm_low"] < row["success_iqm"] < row["success_iqm_high"]
    assert (row["successes"], row["flights"]) == (382, 500)


def test_the_median_needs_half_of_the_seeds() -> None:
    row = study_table([learned("a", 0, 100, 100), learned("a", 1, None, 3), learned("a", 2, None, 0)])[0]
    assert row["steps"]["median"] is None
    assert row["training_flights"]["reached"] == 1


def test_equal_seeds_have_no_spread_and_unequal_ones_do() -> None:
    assert interquartile_mean([0.9] * 5) == pytest.approx((0.9, 0.9, 0.9))
    # Of 0 and 1 in equal shares the bootstrap must reach from 0 to 1.
    assert interquartile_mean([0.0, 1.0] * 2) == pytest.approx((0.5, 0.0, 1.0))
    few, many = (np.ptp(interquartile_mean(np.random.default_rng(0).uniform(0, 1, n))[1:]) for n in (5, 50))
    assert many < 0.6 * few  # about 1 / sqrt(n)


def progress(path: Path, rows: list[tuple[int, str, str, str]]) -> Path:
    path.write_text(
        "time/total_timesteps,time/iterations,flights/count,validation/success_rate\n"
        + "".join(f"{','.join(map(str, row))}\n" for row in rows)
    )
    return path


def test_a_validation_belongs_to_the_step_before_the_update_that_logs_it(tmp_path: Path) -> None:
    config = small_config()  # 256 steps an update
    rows = [(256, "1", "3", ""), (512, "2", "4", "0.5"), (768, "3", "5", "0.97"), (1024, "4", "5", "1.0")]
    assert first_success(progress(tmp_path / "a.csv", rows), config) == (512, 7)
    late = [(256, "1", "3", ""), (512, "2", "4", "0.5"), (512, "", "", "0.96")]
    assert first_success(progress(tmp_path / "b.csv", late), config) == (512, 7)
    assert first_success(progress(tmp_path / "c.csv", rows[:2]), config) == (None, None)


def study(folder: Path, *overrides: str, seeds: int = 2, **more: object) -> int:
    return run_study(
        "takeoff",
        ["ultra_stick", "sport"],
        seeds,
        str(folder),
        [*SMALL, *overrides],
        console=QUIET,
        make_env=fake_env_function,
        **more,
    )  # type: ignore[arg-type]


def test_a_study_trains_what_is_missing_and_reads_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = tmp_path / "study.json"
    picture = tmp_path / "curves.png"
    assert study(tmp_path / "s", seeds=1, json_file=report, picture_file=picture) == 0
    assert picture.read_bytes().startswith(b"\x89PNG")
    with pytest.raises(InputError, match=r"must end in \.png"):
        study(tmp_path / "s", seeds=1, picture_file=tmp_path / "curves.jpg")
    told = json.loads(report.read_text())
    assert [row["aircraft"] for row in told["aircraft"]] == ["ultra_stick", "sport"]
    before = {run: run.stat().st_mtime_ns for run in (tmp_path / "s").glob("*/evaluation.json")}
    assert len(before) == 2
    assert study(tmp_path / "s", seeds=2) == 0
    after = {run: run.stat().st_mtime_ns for run in (tmp_path / "s").glob("*/evaluation.json")}
    assert len(after) == 4
    assert before.items() <= after.items()  # what was finished was not touched

    import agents.training.learning

    def stop(*_: object, **__: object) -> None:
        raise AssertionError("nothing is left to train")

    monkeypatch.setattr(agents.training.learning, "learn", stop)
    assert study(tmp_path / "s", seeds=2) == 0


def test_runs_of_another_programme_are_not_mixed_in(tmp_path: Path) -> None:
    study(tmp_path / "s", seeds=1)
    with pytest.raises(InputError, match="other settings"):
        study(tmp_path / "s", "algorithm.gamma=0.9", seeds=1)
    with pytest.raises(InputError, match="did you mean 'sport'"):
        run_study("takeoff", ["ultra_stick", "sport2"], 1, str(tmp_path / "n"), SMALL, console=QUIET)
    assert not (tmp_path / "n").exists()


def test_a_broken_run_is_named(tmp_path: Path) -> None:
    study(tmp_path / "s", seeds=1)
    run = RunFolder(tmp_path / "s" / "sport-seed0")
    assert read_run(run).flights == 10
    run.evaluation.write_text("{}")
    with pytest.raises(InputError, match="sport-seed0"):
        read_run(run)
    assert isinstance(small_config(), TrainingConfig)
