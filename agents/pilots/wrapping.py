"""A pilot around another one: all that it does not change is the inner pilot's."""

from __future__ import annotations

from typing import Any


class WrappingPilot:
    """Name, config, card and all else are those of `pilot`; to be given another `predict`."""

    def __init__(self, pilot: Any) -> None:
        self.pilot = pilot

    def __getattr__(self, name: str) -> Any:
        """What this one does not have itself."""
        if name.startswith("__") or name == "pilot":  # of a copy, before its own are there
            raise AttributeError(name)
        return getattr(self.pilot, name)
