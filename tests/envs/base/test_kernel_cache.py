"""Compiled kernels are cached per state of their source: a changed file must never fly stale."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from numba import typeof

from envs.base.kernel_cache import KEPT, first_private, imported, kernel_folder, private_folder, source_digest, tidy
from envs.flight_env import FlightEnv
from envs.physics import compiling
from envs.physics.compiling import compile_kernels, flying_kernels, flying_parts
from envs.physics.kernels import dynamics

ROOT = Path(__file__).resolve().parents[3]


def folder_of(root: Path, source: str) -> Path:
    """The folder of a file of kernels as a new process sees it."""
    source_digest.cache_clear()
    return kernel_folder(root / "home", root / source, root)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Kernels that call into others: in the ways in which the project imports."""
    for name, text in {
        "envs/physics/kernels/LAW.py": "from envs.base.frames import (\n    turned,\n)\n",
        "envs/base/frames.py": "def late():\n    import envs.base.units\n",
        "envs/base/units.py": "from envs import field\n",
        "envs/field/__init__.py": "from envs.field import noise as _\n",
        "envs/field/noise.py": "x = 1\n",
        "envs/OTHER.py": "from envs.physics.kernels.LAW import law\n",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def test_a_change_in_any_file_that_is_called_into_gives_another_folder(project: Path) -> None:
    law = "envs/physics/kernels/LAW.py"
    seen = {folder_of(project, law)}
    files = (law, "envs/base/frames.py", "envs/base/units.py", "envs/field/__init__.py", "envs/field/noise.py")
    for name in files:
        (project / name).write_text((project / name).read_text() + "# changed\n")
        seen.add(folder_of(project, law))
    assert len(seen) == 1 + len(files)
    (project / "envs" / "OTHER.py").write_text("no kernel of it is called")
    assert folder_of(project, law) in seen


def test_the_same_source_elsewhere_has_the_same_folder(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """So that kernels outlive an installation, and serve a second one."""
    other = tmp_path_factory.mktemp("other")
    shutil.copytree(project, other, dirs_exist_ok=True)
    law = "envs/physics/kernels/LAW.py"
    assert folder_of(other, law).name == folder_of(project, law).name


def test_what_flies_reaches_what_it_calls_into() -> None:
    names = {path.name for path in imported(Path(dynamics.__file__))}
    assert {"dynamics.py", "surfaces.py", "section.py", "records.py", "frames.py", "quantities.py"} <= names


def test_only_the_youngest_states_stay(tmp_path: Path) -> None:
    for k in range(KEPT + 3):
        folder = tmp_path / f"envs.law-{k:012x}"
        folder.mkdir()
        os.utime(folder, (k, k))
    other = tmp_path / "envs.lawless-000000000000"
    other.mkdir()
    tidy(folder)
    assert sorted(path.name for path in tmp_path.glob("envs.law-*")) == [
        f"envs.law-{k:012x}" for k in range(3, KEPT + 3)
    ]
    assert other.is_dir()


def test_a_home_that_cannot_be_made_gives_way_to_the_next(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    assert first_private([in_the_way, tmp_path / "next"]) == tmp_path / "next"
    assert first_private([in_the_way]) is None


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


class Compiler:
    """Stands in for a kernel, and for the other process."""

    def __init__(self, error: BaseException | None = None, done: list[str] | None = None) -> None:
        self.done: list[str] = [] if done is None else done
        self._error = error

    def compile(self, signature: object) -> None:
        self.done.append("compiled")
        if self._error:
            raise self._error

    @property
    def stdout(self) -> Compiler:
        return self

    def readline(self) -> bytes:
        self.done.append("heard of the parts")
        return b""

    def wait(self) -> None:
        self.done.append("waited")

    def kill(self) -> None:
        self.done.append("ended")

    def communicate(self) -> None:
        self.done.append("let go")


@pytest.fixture
def new_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Compiler:
    found = Compiler()
    monkeypatch.setattr(compiling, "HOME", tmp_path)
    monkeypatch.setattr(compiling, "flying_kernels", lambda: {found: (1.0,), Compiler(done=found.done): (1.0,)})
    monkeypatch.setattr(compiling, "_start", lambda program: found)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    return found


def test_on_a_new_machine_two_processes_compile_and_a_line_says_so(
    new_machine: Compiler, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    compile_kernels()
    assert new_machine.done == ["compiled", "heard of the parts", "compiled", "waited", "ended", "let go"]
    (said,) = capsys.readouterr().err.splitlines()
    assert said.startswith("compiling the flight kernels (once for this machine; about 15 s")
    folder = kernel_folder(tmp_path, Path(dynamics.__file__))
    folder.mkdir()
    (folder / "dynamics.fly_free-49.py311.nbi").touch()
    compile_kernels()
    assert len(new_machine.done) == 6
    assert capsys.readouterr().err == ""


def test_a_worker_says_nothing_and_starts_nobody(
    new_machine: Compiler, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("multiprocessing.parent_process", lambda: object())  # who has said it
    compile_kernels()
    monkeypatch.undo()
    assert new_machine.done == []
    assert capsys.readouterr().err == ""


def test_without_a_folder_it_is_said_that_it_will_take_as_long_again(
    new_machine: Compiler, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiling, "HOME", None)
    compile_kernels()
    assert new_machine.done == ["compiled", "compiled"]  # nothing that another process compiles would be found
    assert "(each time, for no folder for them can be written" in capsys.readouterr().err


def test_the_other_process_compiles_what_this_one_does_not() -> None:
    """Else both would compile the same, and nothing would be saved."""
    told = (
        "from envs.observation import observe\n"
        "from envs.physics.compiling import flying_kernels, flying_parts\n"
        "print([len(kernel.signatures) for kernel in (observe, *flying_kernels(), *flying_parts())])\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT), compiling.AT_WORK: "1"}
    done = subprocess.run(
        [sys.executable, "-c", compiling.OTHERS + told], env=environment, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (0, "the parts are ready\n[1, 0, 0, 0, 1, 1]\n"), done.stderr


def test_the_parts_are_those_that_fly() -> None:
    """What flies finds them in the cache: called with other types, they would have been compiled and kept twice."""
    assert compiling.HOME is not None
    for kernel in flying_parts():
        folder = kernel_folder(compiling.HOME, Path(kernel.py_func.__code__.co_filename))
        python = f"py{sys.version_info.major}{sys.version_info.minor}"  # another's kernels may lie beside them
        assert len([*folder.glob(f"*.{kernel.__name__}-*.{python}.*.nbc")]) == 1


def test_who_is_interrupted_leaves_no_process_behind(new_machine: Compiler) -> None:
    new_machine._error = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        compile_kernels()
    assert new_machine.done == ["compiled", "ended", "let go"]


def test_on_a_terminal_the_seconds_are_counted(new_machine: Compiler, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Terminal()
    monkeypatch.setattr("sys.stderr", screen)
    monkeypatch.setattr(new_machine, "wait", lambda: time.sleep(1.2))
    compile_kernels()
    assert ": 1 s" in screen.getvalue()
    assert screen.getvalue().endswith(": took 1 s\n")
    assert screen.getvalue().count("\n") == 1


def test_what_is_compiled_beforehand_is_what_flies() -> None:
    """In the air and against the ground, no kernel is called with other types than were compiled."""
    before = {kernel: set(kernel.signatures) for kernel in flying_kernels()}  # other tests call them in their own ways
    env = FlightEnv(task="landing")
    env.reset(seed=1)
    env.step(np.zeros(4))
    env.world.reset((0.0, 0.0, 1.0), (0.0, 0.0, 0.0, 1.0))
    for _ in range(60):
        env.world.advance(0.0, 0.0, 0.0, 0.0)
    assert env.world.strike
    for kernel, arguments in flying_kernels().items():
        compiled = tuple(typeof(argument) for argument in arguments)
        assert compiled in kernel.signatures, kernel
        assert set(kernel.signatures) - before[kernel] <= {compiled}, kernel
    env.close()


def test_where_nothing_can_be_written_kernels_are_compiled_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "laws.py").write_text("import numba\n\n@numba.njit(cache=True)\ndef law(x):\n    return 2 * x\n")
    (tmp_path / "tried.py").write_text(
        "import sys\n"
        "import numba.core.caching as caching\n"
        "caching._CacheLocator.ensure_cache_path = lambda self: (_ for _ in ()).throw(OSError('read-only'))\n"
        "from envs.base.kernel_cache import keep_kernels_in\n"
        "if sys.argv[1] == 'told':\n"
        "    keep_kernels_in(None)\n"
        "from laws import law\n"
        "print(law(21))\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(tmp_path)]), "NUMBA_CACHE_DIR": ""}
    told, untold = (
        subprocess.run(
            [sys.executable, str(tmp_path / "tried.py"), word], env=environment, capture_output=True, text=True
        )
        for word in ("told", "untold")
    )
    assert told.stdout == "42\n", told.stderr
    assert "cannot cache function" in untold.stderr  # what numba would do


def test_kernels_of_pictures_lie_there_too_whatever_is_imported_first() -> None:
    """Else numba keeps them beside the source, and does not see a change of a file that they call into."""
    asked = "import envs.camera.picture as picture; print(picture.take_picture._cache._cache_path)"
    told = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True)
    assert Path(told.stdout.strip()).name == kernel_folder(Path(), ROOT / "envs/camera/picture.py").name
