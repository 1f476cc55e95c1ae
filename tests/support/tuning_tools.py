"""A study on the fake environment, small enough for a test; run as a program, it can be killed like one.

`python -m tests.support.tuning_tools FOLDER KEY=VALUE...` tunes in FOLDER with the keywords of `tune`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.support.fake_flight import fake_env_function

ROOT = Path(__file__).resolve().parents[2]
SMALL = (
    "algorithm.n_envs=4",
    "algorithm.n_steps=64",
    "algorithm.batch_size=64",
    "algorithm.n_epochs=2",
    "network.hidden=[16]",
    "training.steps=2048",
    "training.eval_every=512",
    "training.checkpoint_every=1024",
    "training.eval_flights=8",
    "training.vec_env=dummy",
    "training.processes=1",
    "training.test_flights=9",
)
PROGRAMME = """
task: takeoff
tune:
  trials: 3
  test_flights: 4
  space:
    algorithm.learning_rate: {low: 1.0e-4, high: 1.0e-2, log: true}
    algorithm.n_epochs: {low: 1, high: 4}
    network.activation: {choices: [tanh, relu]}
    network.hidden: {choices: [[16], [8, 8]]}
"""


def programme(folder: Path) -> str:
    """The path of a training config with a small search space, written to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "programme.yaml"
    path.write_text(PROGRAMME, encoding="utf-8")
    return str(path)


def start(folder: Path, **keywords: Any) -> subprocess.Popen[str]:
    """The study in a process group of its own, as a terminal starts a command; its output in folder/output.txt."""
    words = [
        sys.executable,
        "-m",
        "tests.support.tuning_tools",
        str(folder),
        *(f"{k}={v}" for k, v in keywords.items()),
    ]
    with (folder / "output.txt").open("a", encoding="utf-8") as output:
        return subprocess.Popen(
            words,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=output,
            stderr=output,
            text=True,
            start_new_session=True,
        )


def wait_for(happened: Callable[[], Any], seconds: float = 120.0) -> Any:
    """The first answer that is true; fails when there is none in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if answer := happened():
            return answer
        time.sleep(0.3)
    raise AssertionError(f"waited {seconds:.0f} s in vain")


def main() -> int:
    from agents.commands.tune import tune

    folder, *words = sys.argv[1:]
    keywords: dict[str, Any] = dict(word.split("=", 1) for word in words)
    steps = keywords.pop("steps", "2048")
    for name in ("trials", "workers"):
        if name in keywords:
            keywords[name] = int(keywords[name])
    return tune(
        programme(Path(folder)),
        [*SMALL, f"training.steps={steps}"],
        folder=f"{folder}/study",
        make_env=fake_env_function,
        **keywords,
    )


if __name__ == "__main__":
    from envs.base.errors import run_command

    run_command(main)
