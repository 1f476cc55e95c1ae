"""All commands behind one word, from anywhere: `maiden-flight train takeoff`, or `python -m scripts train takeoff`."""

from __future__ import annotations

import ast
import importlib
import shutil
import sys
import textwrap
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from agents.command_line import with_commands_as_typed
from envs.base.errors import InputError, run_command, unknown_name

HERE = Path(__file__).resolve().parent
NOT_COMMANDS = ("__init__", "__main__", "preflight")


def main(arguments: list[str] | None = None) -> int | None:
    """Hand the words after the command's name to that command; its exit status. Raises InputError for no such name."""
    words = sys.argv[1:] if arguments is None else arguments
    name, *rest = words or ["--help"]
    if name in ("-h", "--help"):
        print(overview())
        return 0
    if name == "--version":
        print(f"maiden-flight {installed_version()}")
        return 0
    if name.startswith("-"):
        raise InputError(f"{name}: first the command, as in: maiden-flight train takeoff (maiden-flight --help)")
    if name not in commands():
        raise unknown_name("command", name, commands())
    return importlib.import_module(f"scripts.{name}").main(rest)


def commands() -> list[str]:
    """The names of all commands, one a file of this folder."""
    return sorted(path.stem for path in HERE.glob("*.py") if path.stem not in NOT_COMMANDS)


def overview() -> str:
    """Every command with the first line that its file says of it, as wide as the terminal."""
    width = shutil.get_terminal_size((100, 24)).columns
    lines = ["usage: maiden-flight COMMAND ..., as in: maiden-flight train takeoff; each COMMAND has --help", ""]
    for name in commands():
        text = ast.get_docstring(ast.parse((HERE / f"{name}.py").read_text(encoding="utf-8"))) or ""
        first = with_commands_as_typed(text.partition("\n")[0])
        lines += textwrap.wrap(f"  {name:15} {first}", width, subsequent_indent=" " * 18, break_on_hyphens=False)
    statuses = "exit status: 0 done; 1 a check missed; 2 wrong input; 130 Ctrl-C; 141 nobody reads the output on"
    lines += ["", *textwrap.wrap(statuses, width)]
    return "\n".join(lines)


def installed_version() -> str:
    """The version of the project as installed."""
    try:
        return version("maiden-flight")
    except PackageNotFoundError:
        return "(not installed)"


def console() -> None:
    """Run the command `maiden-flight`; it ends the process."""
    run_command(main)


if __name__ == "__main__":
    console()
