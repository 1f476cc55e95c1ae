"""The one kind of error a user's input can cause, and the hint that comes with it."""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Callable, Iterable
from typing import NoReturn


class InputError(ValueError):
    """A file, key or value of the user's is wrong. The message is one line saying what would be right."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """'' or ', did you mean X?' for the known name nearest to `word`."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.55)
    return f", did you mean {near[0]!r}?" if near else ""


def unknown_name(kind: str, name: str, known: Iterable[str]) -> InputError:
    """The error for a name that is not in a list: `unknown aircraft 'ultra', did you mean 'ultra_stick'? (...)`."""
    names = sorted(known)
    hint = did_you_mean(name, names)
    return InputError(
        f"unknown {kind} {name!r}{hint or ','} {'(' if hint else 'known: '}"
        f"{', '.join(names) or 'none'}{')' if hint else ''}"
    )


def run_command(main: Callable[[], int | None]) -> NoReturn:
    """Run a script's `main`: a wrong input prints one line and exits 2, Ctrl-C exits 130."""
    try:
        sys.exit(main() or 0)
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
    except BrokenPipeError:  # the reader has seen enough, as in `--help | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        sys.exit(130)
