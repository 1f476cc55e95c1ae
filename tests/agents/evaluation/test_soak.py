"""The soak: what it flies and counts, and that it stops at what is not finite or out of bounds."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from agents.evaluation import soak as module
from agents.evaluation.soak import BOUNDS, SoakError, soak
from agents.runs.run_folder import read_json
from envs.flight_env import FlightEnv
from envs.tasks import TASKS
from scripts.benchmark import main as benchmark


def test_a_short_soak_is_finite_bounded_and_grows_no_memory() -> None:
    told: list[str] = []
    soaked = soak(16_000, told.append, ["ultra_stick", "x8"], ["storm"])
    assert soaked.steps == 16_000
    assert soaked.combinations == 2 * len(TASKS)
    assert sum(soaked.outcomes.values()) > 40
    assert len(soaked.outcomes) > 4
    assert soaked.refused > 50
    assert all(0 < largest < BOUNDS[name] for name, largest in soaked.largest.items())
    assert soaked.memory_grown < 5e6
    assert told[-1].startswith("16,000 of 16,000 steps")


@pytest.mark.parametrize("fault", [np.nan, 5.1])
def test_what_leaves_its_bounds_is_told_with_its_place(fault: float, monkeypatch: pytest.MonkeyPatch) -> None:
    real = FlightEnv.step

    def broken(env: FlightEnv, action: np.ndarray) -> tuple:
        observation, *rest = real(env, action)
        observation[3] = fault
        return observation, *rest

    monkeypatch.setattr(FlightEnv, "step", broken)
    with pytest.raises(SoakError, match=r"\w+, sport, calm, seed"):
        soak(100, lambda _: None, ["sport"], ["calm"])


def test_a_bad_action_that_is_flown_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    real = FlightEnv.step
    monkeypatch.setattr(FlightEnv, "step", lambda env, action: real(env, np.nan_to_num(action)))
    with pytest.raises(SoakError, match="was flown"):
        soak(4_000, lambda _: None, ["sport"], ["calm"])


def test_the_command_prints_and_writes_the_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(module, "names_of", lambda kind: ["sport"] if kind == "aircraft" else ["calm"])
    assert benchmark(["--soak", "4000", "--json", str(tmp_path / "soak.json")]) == 0
    printed = capsys.readouterr().out
    assert "4,000 steps" in printed
    assert "memory" in printed
    written = read_json(tmp_path / "soak.json")
    assert written["steps"] == 4000
    assert sum(written["outcomes"].values()) > 5
    assert all(word in printed for word in written["outcomes"])


def test_the_memory_in_use_is_seen() -> None:
    # In a process of its own: one that has given memory back may take the block from what it kept.
    code = (
        "import numpy as np; from agents.evaluation.soak import memory_used; before = memory_used();"
        "block = np.ones(10_000_000); print(memory_used() - before)"  # 80 MB
    )
    grown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert int(grown) > 60e6
