"""Where the output goes: a reader that has gone, a full disk, nowhere; no traceback, and a status that tells."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from agents.training.callbacks import FlightStatistics
from agents.training.train import train
from envs.base.console import plain_console
from envs.base.errors import READER_GONE
from tests.support.fake_flight import fake_env_function, small_config

ROOT = Path(__file__).resolve().parents[2]
SHORT = {
    "help": ("fly", "--help"),
    "config": ("train", "takeoff", "--show-config"),
    "aircraft": ("hangar",),
    "figures": ("performance", "ultra_stick", "--json", "x.json"),
    "flights": ("evaluate", "takeoff-ultra_stick", "--flights", "2", "--json", "x.json"),
}


def typed(words: tuple[str, ...], folder: Path, stdout: int, **more: object) -> tuple[int, str]:
    """Status and error output; Python's output is buffered, as it is where nobody sets it otherwise."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONUNBUFFERED"} | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "scripts", *words],
        cwd=folder,
        env=environment,
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        timeout=120,
        check=False,
        **more,  # type: ignore[call-overload]
    )
    kept = [line for line in done.stderr.splitlines() if not line.startswith("compiling the flight kernels")]
    return done.returncode, "\n".join(kept)


@pytest.mark.parametrize("kind", SHORT)
def test_a_reader_that_has_gone_ends_a_command_without_a_word(kind: str, tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        status, said = typed(SHORT[kind], tmp_path, writing)
    finally:
        os.close(writing)
    assert (status, said) == (READER_GONE, "")
    if "--json" in SHORT[kind]:
        assert json.loads((tmp_path / "x.json").read_text(encoding="utf-8")), "what was to be kept is kept"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux's device that is always full")
@pytest.mark.parametrize("kind", ["help", "flights"])
def test_output_to_a_full_disk_is_one_line(kind: str, tmp_path: Path) -> None:
    with open("/dev/full", "wb") as full:
        assert typed(SHORT[kind], tmp_path, full.fileno()) == (2, "error: writing: No space left on device")


def test_without_an_output_a_command_does_its_work(tmp_path: Path) -> None:
    words = SHORT["flights"]
    assert typed(words, tmp_path, subprocess.DEVNULL, preexec_fn=lambda: os.close(1)) == (0, "")
    assert json.loads((tmp_path / "x.json").read_text(encoding="utf-8"))["flights"] == 2


def test_a_training_whose_reader_goes_keeps_what_it_learned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from agents.runs.run_folder import RunFolder
    from agents.training.checkpoint import newest_step

    run, original = RunFolder.create(tmp_path / "run", "test"), FlightStatistics._on_step

    def gone(callback: FlightStatistics) -> bool:
        if callback.num_timesteps == 1000:
            raise BrokenPipeError
        return original(callback)

    monkeypatch.setattr(FlightStatistics, "_on_step", gone)
    with open(os.devnull, "w", encoding="utf-8") as nowhere, pytest.raises(BrokenPipeError):
        train(small_config(), run, console=plain_console(file=nowhere), make_env=fake_env_function)
    assert newest_step(run.checkpoints) == 768
