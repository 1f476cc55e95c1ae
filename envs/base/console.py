"""The console that commands print to: what a user calls things is printed as it is."""

from __future__ import annotations

from typing import Any

from rich.console import Console


class PlainConsole(Console):
    """A rich Console that leaves a reader who has gone to `envs.base.errors.run_command`, as `print` does."""

    def on_broken_pipe(self) -> None:
        """Raise BrokenPipeError; rich itself would end the process with status 1."""
        raise BrokenPipeError


def plain_console(**settings: Any) -> Console:
    """A rich Console to which `[red]` and `:smile:` in a name or a title are text, not a colour and a picture.

    Without this a title with `[/]` ends the command in a traceback. Text that shall have a style is a rich Text.
    """
    return PlainConsole(markup=False, emoji=False, **settings)
