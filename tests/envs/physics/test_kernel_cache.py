"""Compiled kernels are cached per state of their source: a changed file must never fly stale."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import envs.base.frames
import envs.physics.kernels.dynamics
from envs.physics.kernels import KEPT, SOURCES, announce, cache_folder, private_folder, source_digest


def test_a_change_in_any_folder_or_below_gives_another_cache(tmp_path: Path) -> None:
    physics, base, home = tmp_path / "physics", tmp_path / "base", tmp_path / "home"
    files = (physics / "kernels" / "deep" / "law.py", physics / "world.py", base / "frames.py")
    for path in files:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x = 1\n")
    seen = {cache_folder((physics, base), [home])}
    for path in files:
        path.write_text("x = 2\n")
        seen.add(cache_folder((physics, base), [home]))
    assert len(seen) == 1 + len(files)
    assert all(folder is not None and folder.is_dir() for folder in seen)
    (physics / "notes.md").write_text("no kernel reads this")
    assert cache_folder((physics, base), [home]) in seen


def test_only_the_youngest_caches_stay(tmp_path: Path) -> None:
    source, home = tmp_path / "source", tmp_path / "home"
    source.mkdir()
    for k in range(KEPT + 3):
        (source / "law.py").write_text(f"x = {k}\n")
        last = cache_folder([source], [home])
    assert len(list(home.iterdir())) <= KEPT
    assert last is not None
    assert last.is_dir()


def test_a_home_that_cannot_be_made_gives_way_to_the_next(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    assert cache_folder([tmp_path], [in_the_way, tmp_path / "next"]) == (
        tmp_path / "next" / f"kernels-{source_digest([tmp_path])}"
    )
    assert cache_folder([tmp_path], [in_the_way]) is None


def test_the_flying_kernels_lie_in_the_folders_that_are_hashed() -> None:
    for module in (envs.physics.kernels.dynamics, envs.base.frames):
        assert any(Path(module.__file__ or "").is_relative_to(folder) for folder in SOURCES)


def test_kernels_that_another_user_may_have_put_there_are_not_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = tmp_path / "mine"
    assert private_folder(mine) == mine
    assert mine.stat().st_mode & 0o777 == 0o700
    (tmp_path / "open").mkdir(mode=0o777)
    assert private_folder(tmp_path / "open") == tmp_path / "open"
    assert (tmp_path / "open").stat().st_mode & 0o777 == 0o700
    (tmp_path / "link").symlink_to(mine)
    assert private_folder(tmp_path / "link") is None
    monkeypatch.setattr(os, "getuid", lambda: mine.stat().st_uid + 1)
    assert private_folder(mine) is None


def test_compiling_is_announced_where_nothing_is_compiled_yet(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    announce(tmp_path)
    assert "compiling the flight kernels (once for this machine" in capsys.readouterr().err
    announce(None)
    assert "each time" in capsys.readouterr().err
    monkeypatch.setattr("multiprocessing.parent_process", lambda: object())  # a worker: its parent has said it
    announce(tmp_path)
    monkeypatch.undo()
    (tmp_path / "kernels_1").mkdir()
    (tmp_path / "kernels_1" / "fly.nbi").touch()
    announce(tmp_path)
    assert capsys.readouterr().err == ""


def test_where_nothing_can_be_written_kernels_are_compiled_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "laws.py").write_text("import numba\n\n@numba.njit(cache=True)\ndef law(x):\n    return 2 * x\n")
    (tmp_path / "tried.py").write_text(
        "import sys\n"
        "import numba.core.caching as caching\n"
        "caching._CacheLocator.ensure_cache_path = lambda self: (_ for _ in ()).throw(OSError('read-only'))\n"
        "from envs.physics.kernels import keep_kernels_in\n"
        "if sys.argv[1] == 'told':\n"
        "    keep_kernels_in(None)\n"
        "from laws import law\n"
        "print(law(21))\n"
    )
    root = str(Path(__file__).resolve().parents[3])
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([root, str(tmp_path)]), "NUMBA_CACHE_DIR": ""}
    told, untold = (
        subprocess.run(
            [sys.executable, str(tmp_path / "tried.py"), word], env=environment, capture_output=True, text=True
        )
        for word in ("told", "untold")
    )
    assert told.stdout == "42\n", told.stderr
    assert "cannot cache function" in untold.stderr  # what numba would do
