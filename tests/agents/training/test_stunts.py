"""A few seconds of the programmes of the stunts: the aircraft comes farther along the path, better flown."""

from __future__ import annotations

import os
from pathlib import Path

from rich.console import Console

from agents.config.programme import load_config
from agents.evaluation.flight_test import FlightTest, mean_return
from agents.pilots.bundle import bundle_config
from agents.pilots.loading import load_pilot
from agents.runs.run_folder import RunFolder
from agents.training.train import train
from envs.flight_env import FlightEnv


def test_a_short_training_improves(tmp_path: Path) -> None:
    short = [
        "training.steps=32768",
        "training.eval_every=32768",
        "training.checkpoint_every=32768",
        "training.eval_flights=2",
        "training.test_flights=1",
        "algorithm.n_envs=8",
        "algorithm.n_steps=128",
        "algorithm.batch_size=256",
        "weather=calm",
    ]
    config = load_config("loop", short)
    run = RunFolder.create(tmp_path / "run", "loop")
    train(config, run, console=Console(file=open(os.devnull, "w")))  # noqa: SIM115
    assert bundle_config(run.bundle).figure == ("loop",)

    def make() -> FlightEnv:
        return FlightEnv(task="loop", weather="calm", task_options={"path_share": 1.0, "judged": 0})

    env = make()
    with FlightTest(make, processes=1) as test:
        learned = test.fly(load_pilot(str(run.path), env), range(24))
    env.close()
    still = [_hands_off(seed) for seed in range(24)]
    assert mean_return(learned) > 2 * sum(still) / len(still)


def _hands_off(seed: int) -> float:
    """What a flight earns whose sticks are left in the middle, at half throttle."""
    env = FlightEnv(task="loop", weather="calm", task_options={"path_share": 1.0, "judged": 0})
    env.reset(seed=seed)
    total, over = 0.0, False
    while not over:
        _, reward, terminated, truncated, _ = env.step([0.0, 0.0, 0.0, 0.0])  # pyright: ignore[reportArgumentType]
        total, over = total + float(reward), terminated or truncated
    env.close()
    return total
