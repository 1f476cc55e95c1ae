"""An argparse whose complaints are one line, like every other complaint about a user's input."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from envs.base.errors import InputError


class CommandParser(argparse.ArgumentParser):
    """Raises InputError instead of printing the usage; `envs.base.errors.run_command` prints it and exits 2."""

    def error(self, message: str) -> NoReturn:
        """Raise InputError in place of printing the usage and leaving."""
        raise InputError(f"{message} ({self.prog} --help shows the usage)")


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


def whole_number(text: str) -> int:
    """An argparse type: 300, 1e6 and 1_000_000 are counts of 0 or more."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not (value >= 0 and value.is_integer()):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of 0 or more")
    return int(value)


def writable_file(name: str | None) -> Path | None:
    """The path of a file to write; raises InputError, before any work is done, if it cannot be one."""
    if name is None:
        return None
    path = Path(name)
    if path.is_dir():
        raise InputError(f"{name}: is a folder")
    if path.exists() and not path.is_file():
        raise InputError(f"{name}: is no plain file")
    if not path.parent.is_dir():
        raise InputError(f"{name}: its folder does not exist")
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
