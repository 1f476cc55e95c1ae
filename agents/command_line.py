"""The command line: complaints of one line, and commands to print that work as typed, however this one was started."""

from __future__ import annotations

import argparse
import os
import re
import shlex
import shutil
import sys
import tempfile
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from envs.base.errors import InputError, shown

MOST_SEED = 2**31 - 1

SCRIPTS = Path(__file__).resolve().parents[1] / "scripts"
CONSOLE_COMMAND = "maiden-flight"
"""The one command that an installation puts on the path (pyproject.toml): `maiden-flight train takeoff`."""


def command(name: str, *words: object) -> str:
    """What to type for the command `name` with these words, the way the running one was started.

    So "python scripts/train.py", ".venv/bin/python -m scripts.train" or "maiden-flight train"; words are quoted for a
    shell. In a program that is none of the commands it is the first.
    """
    return " ".join(shlex.quote(str(word)) for word in (*_launcher(name), *words))


def _launcher(name: str) -> list[str]:
    running, line = Path(sys.argv[0]), sys.orig_argv
    if running.stem == CONSOLE_COMMAND:
        return [_shortest(sys.argv[0]), name]
    if "-m" in line[:-1]:
        at = line.index("-m") + 1
        if line[at] == "scripts":
            return [*line[: at + 1], name]
        if line[at].startswith("scripts."):
            return [*line[:at], f"scripts.{name}"]
    if sys.argv[0] in line and running.resolve().parent == SCRIPTS:
        return [*line[: line.index(sys.argv[0])], str(running.with_name(f"{name}.py"))]
    return ["python", f"scripts/{name}.py"]


def _shortest(program: str) -> str:
    """A program by its bare name where the shell finds it so, else by its path, relative if it lies below here."""
    found = shutil.which(Path(program).name)
    if found and Path(found).resolve() == Path(program).resolve():
        return Path(program).stem
    nearby = os.path.relpath(program)
    return program if nearby.startswith("..") else nearby


class CommandParser(argparse.ArgumentParser):
    """Raises InputError instead of printing the usage; `envs.base.errors.run_command` prints it and exits 2.

    Commands that its help names, "`python scripts/train.py takeoff`" or short "`train.py takeoff`", are shown the way
    this one was started. An option or a place without a type takes `some_text`.
    """

    def __init__(self, prog: str, **keywords: Any) -> None:
        """`prog` is the name of the script's file, as in "train.py"."""
        super().__init__(prog=command(prog.removesuffix(".py")), **keywords)
        self.register("type", None, some_text)

    def error(self, message: str) -> NoReturn:
        """Raise InputError in place of printing the usage and leaving."""
        raise InputError(f"{message} ({self.prog} --help shows the usage)")

    def format_help(self) -> str:
        """The help, with every command in it as it is to be typed here."""
        if self.prog.startswith("python scripts/"):
            return super().format_help()
        usage, gap, rest = super().format_help().partition("\n\n")
        return usage + gap + with_commands_as_typed(rest)


def with_commands_as_typed(text: str) -> str:
    """A text in which `python scripts/NAME.py`, `scripts/NAME.py` and `NAME.py` become what to type for it here."""

    def typed(found: re.Match[str]) -> str:
        return command(found["name"]) if (SCRIPTS / f"{found['name']}.py").is_file() else found[0]

    return re.sub(r"(?<![\w/.])(?:python )?(?:scripts/)?(?P<name>\w+)\.py\b(?!/)", typed, text)


class LongHelp(argparse.Action):
    """--help that goes on with a text made only when asked for; `const` makes it."""

    def __init__(self, const: Callable[[], str], **keywords: Any) -> None:
        super().__init__(nargs=0, const=const, help="show this, and every key of the config", **keywords)

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> NoReturn:
        """Print the help with every key, and leave with status 0."""
        assert callable(self.const)
        parser.print_help()
        print(f"\n{self.const()}")
        parser.exit()


def some_text(text: str) -> str:
    """An argparse type: a name, path or setting. An empty one is none: a variable of a shell script was not set."""
    if not text.strip():
        raise argparse.ArgumentTypeError("is empty: give a name, or leave it out")
    if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in text):  # control characters, broken UTF-8
        raise argparse.ArgumentTypeError(f"{shown(text)} holds a character that is no text")
    return text


def whole_number(text: str, most: int = 10**12) -> int:
    """An argparse type: 300, 1e6 and 1_000_000 are counts of 0 or more."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not (value >= 0 and value.is_integer()):
        raise argparse.ArgumentTypeError(f"{shown(text)} is not a whole number of 0 or more")
    if value > most:
        raise argparse.ArgumentTypeError(f"{shown(text)} is more than {most}")
    return int(value)


def seed_number(text: str) -> int:
    """An argparse type: the seed of a flight, 0 or more."""
    return whole_number(text, MOST_SEED)


def different(items: Sequence[str], what: str) -> list[str]:
    """The items of a list as typed at `what`. Raises InputError for an empty or a repeated one."""
    for number, item in enumerate(items):
        if not item.strip():
            raise InputError(f"{what}: one of its names is empty (got {shown(','.join(items))})")
        if item in items[:number]:
            raise InputError(f"{what}: {shown(item)} twice")
    return list(items)


def within(option: str, number: int, least: int, most: int) -> int:
    """The number given as `option`. Raises InputError unless it is `least` to `most`."""
    if not least <= number <= most:
        raise InputError(f"{option} {number}: must be {least} to {most}")
    return number


def writable_file(name: str | None) -> Path | None:
    """The path of a file to write; raises InputError, before any work is done, if it cannot be one."""
    if name is None:
        return None
    path = Path(name)
    try:
        if path.is_dir():
            raise InputError(f"{name}: is a folder")
        if path.exists() and not path.is_file():
            raise InputError(f"{name}: is no plain file")
        if not path.parent.is_dir():
            raise InputError(f"{name}: its folder does not exist")
    except OSError as error:
        raise InputError(f"{name}: cannot be written ({error.strerror})") from None
    check_writable(path.parent, name)
    return path


def writable_folder(name: str | None) -> Path | None:
    """The path of a folder to write into, made if need be. Raises InputError where that cannot be."""
    if name is None:
        return None
    path = Path(name)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{name}: cannot be made a folder ({error.strerror})") from None
    check_writable(path, name)
    return path


def check_writable(folder: Path, name: str) -> None:
    """Raise InputError, naming `name`, unless a file can be made in the folder: one is, and is removed again."""
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".", suffix=".part"):
            pass
    except OSError as error:
        raise InputError(f"{name}: cannot be written ({error.strerror})") from None


def warn_of(aircraft: str) -> None:
    """Print, on stderr, a line for each thing in an aircraft's file (name or path) that is hardly meant so."""
    from envs.aircraft.aircraft import load_aircraft
    from envs.performance.plausibility import doubts

    for doubt in doubts(load_aircraft(aircraft)):
        print(f"warning: {doubt}", file=sys.stderr)
