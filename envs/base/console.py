"""The console that commands print to: what a user calls things is printed as it is."""

from __future__ import annotations

from typing import Any

from rich.console import Console


def plain_console(**settings: Any) -> Console:
    """A rich Console to which `[red]` and `:smile:` in a name or a title are text, not a colour and a picture.

    Without this a title with `[/]` ends the command in a traceback. Text that shall have a style is a rich Text.
    """
    return Console(markup=False, emoji=False, **settings)
