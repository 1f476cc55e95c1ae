"""Started with the wrong Python a command says what to do; the one console command finds them all."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from envs.base.errors import InputError
from scripts.__main__ import commands, main

ROOT = Path(__file__).resolve().parents[2]


def without_packages(*words: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run this Python as one that has nothing but the standard library."""
    line = [sys.executable, "-S", "-s", *words]
    return subprocess.run(line, cwd=cwd, env={}, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("name", commands())
def test_every_command_says_in_one_line_that_its_python_lacks_the_packages(name: str) -> None:
    for words in ([f"scripts/{name}.py", "--help"], ["-m", f"scripts.{name}"], ["-m", "scripts", name]):
        done = without_packages(*words)
        assert done.returncode == 2
        assert done.stderr.count("\n") == 1
        assert "lacks the package gymnasium" in done.stderr
        assert "pip install -e ." in done.stderr or ".venv" in done.stderr
        assert done.stdout == ""


def test_the_advice_is_the_same_line_with_the_projects_own_python(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    script = str(tmp_path / "scripts" / "train.py")
    assert "pip check" in without_packages(script, cwd=tmp_path).stderr  # as from a wheel
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    bare = without_packages(script, "take off", cwd=tmp_path).stderr
    assert bare.rstrip().endswith("python3 -m venv .venv && .venv/bin/pip install -e .")
    own = tmp_path / ".venv" / "bin" / "python"
    own.parent.mkdir(parents=True)
    own.write_text("#!/bin/sh\necho started: $@\n", encoding="utf-8")
    own.chmod(0o755)
    advised = without_packages(script, "take off", cwd=tmp_path).stderr.rstrip().partition("use the one of .venv: ")[2]
    words = shlex.split(advised)
    assert words[0] == ".venv/bin/python"
    assert words[-2:] == [script, "take off"]
    assert "started:" in subprocess.run(advised, shell=True, cwd=tmp_path, capture_output=True, text=True).stdout


def test_the_console_command_is_declared_and_leads_to_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]
    assert callable(EntryPoint("maiden-flight", declared["maiden-flight"], "console_scripts").load())
    assert main([]) == 0
    overview = capsys.readouterr().out
    for name in commands():
        assert f"\n  {name} " in overview
    assert main(["train", "takeoff", "--show-config"]) == 0
    assert "task: takeoff" in capsys.readouterr().out
    assert main(["--version"]) == 0
    for words, said in ((["trian"], "did you mean 'train'"), (["--run"], "first the command")):
        with pytest.raises(InputError, match=said):
            main(words)
