"""The order of the house: imports only lead downwards, never in a circle, and no room is a hallway of doors."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# Ground floor first. A module may import from its own floor and from those below.
FLOORS = (
    ("envs.base", "configs"),
    ("envs.field",),
    ("envs.aircraft",),
    ("envs.discrepancies",),
    ("envs.physics",),
    ("envs.performance",),
    ("envs.validation",),
    ("envs.figures",),
    ("envs.tasks", "envs.observation", "envs.weather", "envs.camera"),
    ("envs.flight_config", "envs.truth"),
    ("envs.flight_env",),
    ("envs.flights",),
    ("envs.rendering",),
    ("envs.exports",),
    ("agents",),
    ("scripts",),
)
# The storeys inside agents, likewise. A module directly in agents stands on the floor that names it.
AGENT_FLOORS = (
    ("agents.command_line", "agents.policy", "agents.pilot", "agents.config"),
    ("agents.runs", "agents.environments", "agents.skills"),
    ("agents.autopilot",),
    ("agents.pilots",),
    ("agents.evaluation",),
    ("agents.training", "agents.eye", "agents.deciding"),
    ("agents.adaptation", "agents.missions", "agents.report", "agents.schemas", "agents.sticks", "agents.tuning"),
    ("agents.commands",),
)
MOST_MODULES = 14  # of a room, "about a dozen"; scripts and discrepancies are shelves, one file each
BULLET = {"envs.physics.world"}


def modules(root: Path = ROOT) -> dict[str, Path]:
    """{dotted name: file} of every module of the four packages."""
    found = {}
    for top in ("envs", "agents", "configs", "scripts"):
        for path in (root / top).rglob("*.py"):
            parts = path.relative_to(root).with_suffix("").parts
            found[".".join(parts).removesuffix(".__init__")] = path
    return found


def imported(path: Path, known: dict[str, Path]) -> Iterator[str]:
    """Every module that a file names in an import, wherever in the file it stands, functions included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide the floor"
            assert node.module
            for name in node.names:
                inner = f"{node.module}.{name.name}"
                yield inner if inner in known else node.module


MODULES = modules()


@functools.cache
def imports() -> dict[str, set[str]]:
    """{module: what it imports}. Read when a test asks: each worker of pytest collects this file."""
    return {name: set(imported(path, MODULES)) for name, path in MODULES.items()}


def floor(name: str, floors: tuple[tuple[str, ...], ...]) -> int | None:
    """Which floor a module is on, counted from the ground; None: on none of them."""
    for number, rooms in enumerate(floors):
        if any(name == room or name.startswith(f"{room}.") for room in rooms):
            return number
    return None


def upward(imports: dict[str, set[str]], floors: tuple[tuple[str, ...], ...]) -> list[str]:
    """`a -> b` for each import of b, on a higher floor, by a."""
    wrong = []
    for name, targets in sorted(imports.items()):
        own = floor(name, floors)
        for target in sorted(targets):
            theirs = floor(target, floors)
            if own is not None and theirs is not None and theirs > own:
                wrong.append(f"{name} -> {target}")
    return wrong


def test_every_module_is_on_a_floor() -> None:
    homeless = [name for name in MODULES if floor(name, FLOORS) is None]
    assert homeless == ["envs"]  # which registers Gymnasium's ids, by name
    assert not imports()["envs"] & set(MODULES)
    rooms = {".".join(name.split(".")[:2]) for name in MODULES if name.startswith("agents.")}
    assert rooms - {"agents.pretrained"} == {room for storey in AGENT_FLOORS for room in storey}


@pytest.mark.parametrize("floors", [FLOORS, AGENT_FLOORS], ids=["house", "agents"])
def test_no_import_runs_upwards(floors: tuple[tuple[str, ...], ...]) -> None:
    assert upward(imports(), floors) == []


def test_an_import_upwards_would_be_seen(tmp_path: Path) -> None:
    (tmp_path / "envs" / "physics").mkdir(parents=True)
    path = tmp_path / "envs" / "physics" / "spy.py"
    path.write_text("def look():\n    from envs.tasks import landing\n    return landing\n", encoding="utf-8")
    found = {"envs.physics.spy": set(imported(path, MODULES))}
    assert upward(found, FLOORS) == ["envs.physics.spy -> envs.tasks.landing"]


def test_no_circle() -> None:
    graph = {name: {t for t in targets if t in MODULES and t != name} for name, targets in imports().items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"imports in a circle: {' -> '.join(error.args[1])}")


def test_no_room_is_a_hallway() -> None:
    doors: dict[Path, int] = {}
    for path in MODULES.values():
        if path.name != "__init__.py":
            doors[path.parent] = doors.get(path.parent, 0) + 1
    crowded = {str(room.relative_to(ROOT)): count for room, count in doors.items() if count > MOST_MODULES}
    assert set(crowded) <= {"scripts", "envs/discrepancies"}, crowded


def test_bullet_is_imported_in_one_place() -> None:
    assert {name for name, targets in imports().items() if "pybullet" in targets} == BULLET


def test_tests_lie_where_what_they_test_lies() -> None:
    folders = {path.parent.relative_to(ROOT / "tests") for path in (ROOT / "tests").rglob("test_*.py")}
    lost = [str(folder) for folder in folders if not (ROOT / folder).is_dir()]
    assert not lost
