"""Commands that are printed work as typed, however the running one was started."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from agents.command_line import CommandParser, command

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("line", "program", "expected"),
    [
        (["python", "scripts/train.py", "takeoff"], "scripts/train.py", "python scripts/replay.py 'a run'"),
        ([".venv/bin/python", "scripts/train.py"], "scripts/train.py", ".venv/bin/python scripts/replay.py 'a run'"),
        (["py", "-X", "dev", "scripts/train.py"], "scripts/train.py", "py -X dev scripts/replay.py 'a run'"),
        (["python3", "-m", "scripts.train", "x"], str(ROOT / "scripts/train.py"), "python3 -m scripts.replay 'a run'"),
        (["python3", "-m", "scripts", "train"], str(ROOT / "scripts/__main__.py"), "python3 -m scripts replay 'a run'"),
        (["py", ".venv/bin/maiden-flight", "x"], ".venv/bin/maiden-flight", ".venv/bin/maiden-flight replay 'a run'"),
        (["/usr/bin/pytest", "-q"], "/usr/bin/pytest", "python scripts/replay.py 'a run'"),
    ],
)
def test_a_printed_command_is_started_like_the_running_one(
    line: list[str], program: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(sys, "orig_argv", line)
    monkeypatch.setattr(sys, "argv", [program, *line[2:]])
    assert command("replay", "a run") == expected


def test_the_console_command_is_shown_bare_where_the_shell_finds_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "maiden-flight"
    program.write_text("#!/bin/sh\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(sys, "argv", [str(program), "train"])
    assert command("train", "--resume", Path("runs") / "x") == "maiden-flight train --resume runs/x"
    parser = CommandParser(prog="train.py", description="As in `python scripts/train.py takeoff`, then replay.py.")
    shown = parser.format_help()
    assert "usage: maiden-flight train " in shown
    assert "`maiden-flight train takeoff`, then maiden-flight replay." in " ".join(shown.split())
