"""TensorBoard's view of a run, read back by its own reader."""

from __future__ import annotations

import csv
import io
import shutil
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from agents.runs.run_folder import RunFolder
from agents.training.train import make_logger, train
from tests.support.fake_flight import fake_env_function, small_config

pytest.importorskip("tensorboard", reason="pip install -e '.[tensorboard]'")


def scalars(run: RunFolder) -> dict[str, list[tuple[int, float]]]:
    """{name: [(step, value), ...]} as TensorBoard would draw it."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(run.path / "tensorboard"), {"scalars": 0}).Reload()
    return {name: [(event.step, event.value) for event in events.Scalars(name)] for name in events.Tags()["scalars"]}


def rows_of(run: RunFolder) -> list[dict[str, str]]:
    with run.progress.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def trained(path: Path, *overrides: str, resume: bool = False) -> RunFolder:
    run = RunFolder.to_resume(path) if resume else RunFolder.create(path, path.name)
    train(small_config(*overrides), run, resume=resume, console=Console(file=io.StringIO()), make_env=fake_env_function)
    return run


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return trained(tmp_path_factory.mktemp("tensorboard") / "run")


def test_success_outcomes_reward_terms_and_metrics_are_the_curves_of_the_csv(finished: RunFolder) -> None:
    found, rows = scalars(finished), rows_of(finished)
    assert {name.split("/")[0] for name in found} == {
        "flights",
        "validation",
        "outcome",
        "reward",
        "metric",
        "train",
        "time",
    }
    for name in (
        "flights/success_rate",
        "flights/return",
        "flights/steps",
        "reward/climb",
        "reward/effort",
        "metric/height_m",
        "outcome/late",
    ):
        written = [(int(row["time/total_timesteps"]), float(row[name])) for row in rows if row[name]]
        assert [step for step, _ in found[name]] == [step for step, _ in written], name
        assert np.allclose([value for _, value in found[name]], [value for _, value in written]), name
    shares: dict[int, float] = defaultdict(float)
    for name in found:
        for step, value in found[name] if name.startswith("outcome/") else ():
            shares[step] += value
    assert shares == pytest.approx(dict.fromkeys(shares, 1.0))


def test_a_validation_stands_at_the_step_it_was_flown_at(finished: RunFolder) -> None:
    assert [step for step, _ in scalars(finished)["validation/success_rate"]] == [768, 1536, 2048]


def test_an_outcome_that_no_longer_happens_falls_to_zero(tmp_path: Path) -> None:
    run = RunFolder.create(tmp_path / "run", "run")
    logger = make_logger(run, 100)
    for step, shares in ((100, {"crash": 1.0}), (200, {"crash": 0.5, "there": 0.5}), (300, {"there": 1.0}), (400, {})):
        logger.record("time/iterations", step // 100, exclude="tensorboard")
        if shares:
            logger.record("flights/count", 4)
        for word, share in shares.items():
            logger.record(f"outcome/{word}", share)
        logger.record("metric/nothing_m", float("nan"))
        logger.record("rollout/success_rate", 0.1)
        logger.dump(step)
    logger.close()
    found = scalars(run)
    assert found["outcome/crash"] == [(100, 1.0), (200, 0.5), (300, 0.0)], "no flight ended at 400"
    assert found["outcome/there"] == [(200, 0.5), (300, 1.0)]
    assert set(found) == {"flights/count", "outcome/crash", "outcome/there"}


def test_a_resumed_run_goes_on_where_its_checkpoint_was(finished: RunFolder, tmp_path: Path) -> None:
    path = tmp_path / "again"
    shutil.copytree(finished.path, path)
    (path / "evaluation.json").unlink()
    for checkpoint in ("step_000001536", "step_000002048"):
        shutil.rmtree(path / "checkpoints" / checkpoint)
    time.sleep(1.1)  # TensorBoard orders its files by the second they were begun in
    run, expected = trained(path, resume=True), scalars(finished)
    found = scalars(run)
    for name in ("flights/return", "reward/climb", "outcome/late"):
        assert found[name] == expected[name], name
    times: dict[int, set[float]] = defaultdict(set)
    for step, value in found["validation/return"]:
        times[step].add(value)
    assert {step: values.pop() for step, values in times.items()} == dict(expected["validation/return"])
