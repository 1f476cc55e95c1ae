"""How the real aircraft differs from the drawing: every module here with a `change` function is one discrepancy.

`change(aircraft, severity) -> Aircraft` returns a changed copy; severity 0 is the drawing, 1 the usual
size of the fault. Named in configs and on the command line as NAME or NAME=SEVERITY.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable

from envs.aircraft.aircraft import Aircraft
from envs.base.errors import InputError, unknown_name

Change = Callable[[Aircraft, float], Aircraft]
DISCREPANCIES: dict[str, Change] = {
    module.name: importlib.import_module(f"{__name__}.{module.name}").change
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda m: m.name)
}


def apply_discrepancies(aircraft: Aircraft, wanted: Iterable[str]) -> Aircraft:
    """The aircraft with all wanted discrepancies (`NAME` or `NAME=SEVERITY`). Raises InputError."""
    for text in wanted:
        name, _, size = text.partition("=")
        if name not in DISCREPANCIES:
            raise unknown_name("discrepancy", name, DISCREPANCIES)
        try:
            severity = float(size) if size else 1.0
        except ValueError:
            raise InputError(f"discrepancy {text!r}: the severity must be a number") from None
        aircraft = DISCREPANCIES[name](aircraft, severity)
    return aircraft
