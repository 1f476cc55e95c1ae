"""The one kind of error a user's input can cause, and the hint that comes with it."""

from __future__ import annotations

import difflib
import errno
import os
import sys
from collections.abc import Callable, Iterable
from typing import Any, NoReturn


class InputError(ValueError):
    """A file, key or value of the user's is wrong. The message is one line saying what would be right."""

    def __init__(self, message: str) -> None:
        super().__init__(one_line(message))


MOST_TEXT, MOST_WORD = 60, 200
"""Characters of a user's value, and of one word such as a file's path, that a message repeats."""


def one_line(message: str) -> str:
    """The message without the line breaks that a name in it may hold, and with endless words cut in their middle."""
    words = " ".join(message.splitlines()).split(" ")
    return " ".join(w if len(w) <= MOST_WORD else f"{w[: MOST_WORD // 2]}...{w[-MOST_WORD // 2 :]}" for w in words)


def shown(value: object) -> str:
    """A value as a message repeats it, cut to MOST_TEXT characters."""
    text = repr(value)
    return text if len(text) <= MOST_TEXT else f"{text[: MOST_TEXT - 3]}..."


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """'' or ', did you mean X?' for the known name nearest to `word`."""
    near = difflib.get_close_matches(word[:MOST_TEXT], list(known), n=1, cutoff=0.55)
    return f", did you mean {near[0]!r}?" if near else ""


def unknown_name(kind: str, name: str, known: Iterable[str]) -> InputError:
    """The error for a name that is not in a list: `unknown aircraft 'ultra', did you mean 'ultra_stick'? (...)`."""
    names = sorted(known)
    hint = did_you_mean(name, names)
    return InputError(
        f"unknown {kind} {shown(name)}{hint or ','} {'(' if hint else 'known: '}"
        f"{', '.join(names) or 'none'}{')' if hint else ''}"
    )


READER_GONE = 141
"""Exit status where the reader of the output has left, as in `evaluate.py NAME | head -1`: 128 + 13, as a shell has it
for a program that ended by SIGPIPE."""


def run_command(main: Callable[[], int | None]) -> NoReturn:
    """Run a script's `main` and end the process.

    Statuses: what `main` returns, 0 where all is well; 2 and one line for a wrong input or a full disk; 130 after
    Ctrl-C; READER_GONE, without a word, where nobody reads on.
    """
    try:
        sys.exit(_flushed(main))
    except InputError as error:
        _refuse(str(error))
    except BrokenPipeError:
        _drop_output()
        sys.exit(READER_GONE)
    except OSError as error:  # the machine's no: a name too long for it, no right, no space, no file left to open
        if error.filename is None and error.errno != errno.ENOSPC:
            raise
        _drop_output()
        _refuse(f"{error.filename or 'writing'}: {error.strerror or type(error).__name__}")
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        sys.exit(130)


def _flushed(main: Callable[[], int | None]) -> Any:
    """The status of `main`, once all that it printed is written: what Python writes later, no one can answer for."""
    try:
        status: Any = main() or 0
    except SystemExit as ended:  # --help
        status = ended.code
    if sys.stdout is not None:  # closed before the start: `>&-`
        sys.stdout.flush()
    return status


def _drop_output() -> None:
    """Let what is still to be written to the standard output go nowhere, without complaints at the very end."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (AttributeError, OSError, ValueError):  # none, or none of the system's
        return


def _refuse(message: str) -> NoReturn:
    print(f"error: {one_line(message)}", file=sys.stderr)
    sys.exit(2)
