"""The documents say what is: their code runs, their commands are understood, what they and the code cite exists."""

from __future__ import annotations

import argparse
import json
import re
import shlex
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

from agents.command_line import CommandParser
from agents.pilots.bundle import PRETRAINED, shipped_names
from agents.report.zoo import BEGIN, END, pilots_table
from envs.base.config_file import names_of
from scripts.train import main as train_script

ROOT = Path(__file__).resolve().parents[1]
README, ZOO, CONTRIBUTING = ROOT / "README.md", PRETRAINED / "README.md", ROOT / ".github" / "CONTRIBUTING.md"
PAGES = (README, ZOO, CONTRIBUTING)
ROOMS = ("envs", "agents", "configs", "scripts", "tests")
PLACEHOLDER = re.compile(r"\b(NAME|TASK|RUN|DIR|FILE|A)\b")


def _blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def _commands(page: Path) -> list[str]:
    """Every `python scripts/X.py ...` of a page, from its blocks and its sentences, on one line each."""
    text = page.read_text(encoding="utf-8")
    lines = [line for block in _blocks(page, "bash") for line in block.splitlines()]
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    lines += [" ".join(code.split()) for code in re.findall(r"`([^`]+)`", prose)]
    commands = [part.strip() for line in lines for part in line.partition(" #")[0].split("&&")]
    return [command for command in commands if re.match(r"\S*python3? scripts/\w+\.py( |$)", command)]


COMMANDS = sorted({command for page in PAGES for command in _commands(page)})
PYTHON = [
    pytest.param(block, id=f"{page.parent.name}-{number}")
    for page in PAGES
    for number, block in enumerate(_blocks(page, "python"))
]


class _Understood(Exception):
    """Raised in the place of a command's work, once its words are understood."""


@pytest.fixture
def only_parse(monkeypatch: pytest.MonkeyPatch) -> None:
    def parsed(way: str) -> Any:
        original = getattr(argparse.ArgumentParser, way)

        def parse(parser: argparse.ArgumentParser, *given: Any) -> None:
            raise _Understood(original(parser, *given))

        return parse

    for way in ("parse_args", "parse_intermixed_args"):
        monkeypatch.setattr(CommandParser, way, parsed(way))


@pytest.mark.parametrize("code", PYTHON)
def test_the_code_runs(code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "a page's code", "exec"), {"__name__": "a_page"})


def test_pages_hold_code_and_commands() -> None:
    assert len(PYTHON) >= 3
    assert len(COMMANDS) >= 20


@pytest.mark.parametrize("command", COMMANDS)
def test_the_command_is_understood(command: str, only_parse: None) -> None:
    script, *words = shlex.split(command.partition("scripts/")[2].partition(" > ")[0])
    module = __import__(f"scripts.{script.removesuffix('.py')}", fromlist=["main"])
    with pytest.raises(_Understood) as understood:
        module.main(words)
    given = vars(understood.value.args[0])
    pilot = given.get("pilot")
    if isinstance(pilot, str) and not PLACEHOLDER.search(pilot) and "/" not in pilot:
        assert pilot in ("autopilot", *shipped_names())
    if given.get("mission"):
        assert given["mission"] in (*names_of("missions"), "autopilot", *shipped_names())
    known = names_of("validation" if script == "validate.py" else "aircraft")
    named = given.get("aircraft") or []
    for aircraft in named.split(",") if isinstance(named, str) else named:
        assert PLACEHOLDER.search(aircraft) or aircraft in known


@pytest.mark.parametrize("command", [c for c in COMMANDS if "train.py" in c and not PLACEHOLDER.search(c)])
def test_what_is_to_be_trained_is_a_whole_config(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = shlex.split(command.partition("scripts/train.py")[2].partition(" > ")[0])
    assert train_script([*words, *(() if "--show-config" in words else ("--show-config",))]) == 0
    assert "task: " in capsys.readouterr().out


def test_extras_and_scripts_that_the_pages_name_exist() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        assert set(re.findall(r'"\.\[(\w+)\]"', text)) <= set(project["optional-dependencies"])
        for name in re.findall(r"`(\w+\.py)`", text):
            assert (ROOT / "scripts" / name).is_file(), f"{page.name}: {name}"


@pytest.mark.parametrize("page", [*PAGES, ROOT / ".github" / "CHANGELOG.md"], ids=lambda page: page.parent.name)
def test_links_and_pictures_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_the_readme_is_short_and_its_moving_picture_light() -> None:
    text = README.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 100
    moving = re.findall(r"\]\(([^)]+\.(?:webp|gif))\)", text)
    assert len(moving) == 1
    assert (ROOT / moving[0]).stat().st_size < 3_000_000


def test_the_zoo_page_holds_what_the_cards_say() -> None:
    table = ZOO.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]
    assert table.strip() == pilots_table(), "run: python scripts/ship.py --page"
    assert table.count("\n| [`") == len(shipped_names())


def test_success_rates_of_the_readme_are_the_cards() -> None:
    for aircraft in ("ultra_stick", "sport"):
        rates = []
        for task in ("takeoff", "circuit", "landing"):
            flown = json.loads((PRETRAINED / f"{task}-{aircraft}" / "card.json").read_text(encoding="utf-8"))[
                "evaluation"
            ]
            assert (flown["flights"], flown["weather"]) == (1000, "gusty")
            rates.append(f"{100 * flown['success_rate']:.1f} %")
        assert f"| `{aircraft}` | {' | '.join(rates)} |" in README.read_text(encoding="utf-8")


def _sources() -> dict[Path, str]:
    """What the repository keeps as text that people read: code, configs and pages."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    names = listed or [str(path.relative_to(ROOT)) for room in ROOMS for path in (ROOT / room).rglob("*")]
    texts = (".py", ".yaml", ".md", ".toml", ".j2")
    files = [ROOT / name for name in names if name.endswith(texts) and "pretrained/" not in name] + list(PAGES)
    return {path: path.read_text(encoding="utf-8") for path in files if path.is_file()}


def test_documents_that_are_cited_exist() -> None:
    documents = {path.name for path in ROOT.rglob("*.md") if ".venv" not in path.parts}
    missing = [
        f"{path.relative_to(ROOT)}: {name}"
        for path, text in _sources().items()
        for name in re.findall(r"[\w./-]*\w\.md\b", text)
        if f'"{name}"' not in text
        and path != Path(__file__)
        and Path(name).name not in documents  # "x.md": a file's name
    ]
    assert not missing


def test_paths_that_are_named_exist() -> None:
    """`envs/.../x.py` and the like, in docstrings, comments and pages; a part in capitals stands for any name."""
    named = re.compile(rf"(?<![\w./-])(?:{'|'.join(ROOMS)})/[\w./-]*\w(?:\.py(?={{)|(?![\w*{{<]))/?")
    missing = []
    for path, text in _sources().items():
        for found in named.finditer(text):
            name = found.group()
            free = re.search(r"\b[A-Z]{2,}\b", name) or name.endswith(".md")  # documents have a test of their own
            if path == Path(__file__) or free or (ROOT / name).exists() or (path.parent / name).exists():
                continue
            missing.append(f"{path.relative_to(ROOT)}:{text.count(chr(10), 0, found.start()) + 1}: {name}")
    assert not missing, "\n".join(missing)


def test_modules_that_are_named_exist() -> None:
    """Dotted names of modules and of what is in them, in backticks of docstrings, comments and pages."""
    missing = []
    for path, text in _sources().items():
        for name in re.findall(r"`((?:envs|agents|scripts)(?:\.\w+)+)`", text):
            parts = name.split(".")
            places = [ROOT.joinpath(*parts[:end]) for end in range(len(parts), 0, -1)]
            deepest = next((place for place in places if place.is_dir() or place.with_suffix(".py").is_file()), ROOT)
            file = deepest / "__init__.py" if deepest.is_dir() else deepest.with_suffix(".py")
            rest = parts[len(deepest.relative_to(ROOT).parts) :]
            if rest and not re.search(rf"\b{rest[0]}\b", file.read_text(encoding="utf-8")):
                missing.append(f"{path.relative_to(ROOT)}: {name}")
    assert not missing, "\n".join(missing)
