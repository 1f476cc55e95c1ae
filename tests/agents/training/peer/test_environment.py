"""The peer's Python environment: made whole or not at all, once, and one line where it cannot be. No network."""

from __future__ import annotations

import importlib.metadata
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from agents.training.peer import environment
from agents.training.peer.environment import KEPT, NEWEST_PYTHON, PeerError, peer_python, requirements


@pytest.fixture(autouse=True)
def python_3_11(monkeypatch: pytest.MonkeyPatch) -> None:
    """On every Python the environment is tried for; that it is too new has a test of its own."""
    monkeypatch.setattr(environment, "NEWEST_PYTHON", sys.version_info[:2])


class Installer:
    """Takes the place of the commands: the first makes a Python, any may fail with what pip prints."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, complaint: str = "", fails_at: str = "PyFlyt") -> None:
        self.commands: list[Sequence[str]] = []
        self._complaint, self._fails_at = complaint, fails_at
        monkeypatch.setattr(environment.subprocess, "run", self)

    def __call__(self, command: Sequence[str], **keywords: Any) -> subprocess.CompletedProcess[str]:
        self.commands.append(command)
        assert "PYTHONPATH" not in keywords["env"]
        if "venv" in command:
            python = environment._python_of(Path(command[-1]))
            python.parent.mkdir(parents=True)
            python.touch()
        fails = self._complaint and any(self._fails_at in word for word in command)
        return subprocess.CompletedProcess(command, 1 if fails else 0, "", self._complaint if fails else "")


def test_it_is_made_once_and_told_of_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installer, told = Installer(monkeypatch), list[str]()
    python = peer_python(told.append, tmp_path / "new" / "peers")
    assert python.is_file()
    assert len(told) == 1
    assert str(python.parents[1]) in told[0]
    assert len(installer.commands) == 3
    assert all("--only-binary=:all:" in command for command in installer.commands[1:])
    assert installer.commands[2][-2:] == ["--no-deps", environment.PEER]
    assert peer_python(told.append, tmp_path / "new" / "peers") == python
    assert (len(told), len(installer.commands)) == (1, 3)
    assert [path.name for path in (tmp_path / "new" / "peers").iterdir()] == [python.parents[1].name]


def test_both_sides_have_the_same_bullet_and_learner() -> None:
    wanted = requirements()
    for name in ("torch", "stable-baselines3", "gymnasium"):
        assert f"{name}=={importlib.metadata.version(name)}" in wanted
    assert sum(word.startswith("pybullet") for word in wanted) == 1


def test_where_bullet_is_none_that_pip_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "BULLETS", ("bullet-of-a-system",))
    with pytest.raises(PeerError, match="Bullet was not installed by pip"):
        requirements()


def test_torch_s_marked_builds_come_from_its_own_index(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.metadata, "version", lambda name: "2.13.0+cpu")
    assert environment._torch_index() == ["--extra-index-url=https://download.pytorch.org/whl/cpu"]
    monkeypatch.setattr(importlib.metadata, "version", lambda name: "2.13.0")
    assert environment._torch_index() == []


@pytest.mark.parametrize(
    ("complaint", "said"),
    [
        (
            "WARNING: Retrying\nERROR: No version\nERROR: No matching distribution found for x==1\n\n[notice] pip\n",
            "cannot be installed: No matching distribution found for x==1 (no network, or none for this machine)",
        ),
        ("No space left on device\n", "cannot be installed: No space left on device"),
    ],
)
def test_a_failed_installation_is_one_line_and_leaves_nothing(
    complaint: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Installer(monkeypatch, complaint)
    with pytest.raises(PeerError) as refused:
        peer_python(lambda _: None, tmp_path)
    assert str(refused.value) == said
    assert list(tmp_path.iterdir()) == []


def test_what_pip_itself_says_without_a_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("PIP_NO_INDEX", "1"), ("PIP_FIND_LINKS", str(tmp_path)), ("PIP_CONFIG_FILE", os.devnull)):
        monkeypatch.setenv(name, value)
    with pytest.raises(
        PeerError, match=r"^cannot be installed: No matching distribution .* for numpy<2 \(no network, or"
    ):
        environment._run([sys.executable, "-m", "pip", "download", "--dest", str(tmp_path), "numpy<2"])


def test_an_installation_that_hangs_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(command: Sequence[str], timeout: float, **_: Any) -> None:
        raise subprocess.TimeoutExpired(command, timeout)

    monkeypatch.setattr(environment.subprocess, "run", hang)
    with pytest.raises(PeerError, match="not done after 3600 s"):
        peer_python(lambda _: None, tmp_path)


def test_a_python_too_new_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert NEWEST_PYTHON >= (3, 12)
    monkeypatch.setattr(environment, "NEWEST_PYTHON", (3, 10))
    here = ".".join(map(str, sys.version_info[:2]))
    with pytest.raises(PeerError, match=rf"^PyFlyt==0.29.0 needs NumPy 1, which has no build for Python {here}$"):
        peer_python(lambda _: None, tmp_path)


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(PeerError, match="its environment cannot be made"):
        peer_python(lambda _: None, tmp_path / "file")


def test_old_environments_do_not_pile_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Installer(monkeypatch)
    for number in range(4):
        (tmp_path / f"pyflyt-{number}").mkdir()
    (tmp_path / "mine").mkdir()
    python = peer_python(lambda _: None, tmp_path)
    kept = {path.name for path in tmp_path.iterdir()}
    assert python.parents[1].name in kept
    assert "mine" in kept
    assert len(kept) == KEPT + 1
