"""How the real aircraft differs from the drawing: every module of this package is one discrepancy.

A module is a file NAME.py in this folder, or in a folder put on the package's `__path__`; one whose name begins with
an underscore is none. It has a docstring (first line: what it is), `RANGE = (low, high)` of its severity, and
`change(aircraft, severity) -> Aircraft`, which returns a changed copy of the aircraft as built. Severity 0 is the
drawing. They are looked for when they are asked for: a new file needs no edit anywhere.

Named in configs and on the command line as NAME (severity 1) or NAME=SEVERITY; several combine, in the order given.
"""

from __future__ import annotations

import importlib
import math
import pkgutil
from collections.abc import Iterable
from types import ModuleType

from envs.aircraft.aircraft import Aircraft
from envs.base.config_file import validate
from envs.base.errors import InputError, unknown_name

RENAMED = {"weak_motor": "weak_battery"}
"""{former name: present name}: both fly the same, so that old configs and logs go on working."""


def discrepancy_names() -> list[str]:
    """The names of all discrepancies there are at this moment, in alphabetical order."""
    return sorted({module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_")})


def find_discrepancy(name: str) -> ModuleType:
    """The module of a discrepancy.

    Raises InputError for an unknown name, and for a module without `change` or a RANGE of two rising numbers.
    """
    name = RENAMED.get(name, name)
    names = discrepancy_names()
    if name not in names:
        raise unknown_name("discrepancy", name, names)
    importlib.invalidate_caches()  # the file may be younger than Python's listing of its folder
    module = importlib.import_module(f"{__name__}.{name}")
    if not callable(getattr(module, "change", None)):
        raise InputError(f"{module.__file__}: a discrepancy needs a function change(aircraft, severity)")
    limits = getattr(module, "RANGE", ())
    if not (len(limits) == 2 and limits[0] < limits[1]):
        raise InputError(f"{module.__file__}: a discrepancy needs RANGE = (low, high), low below high")
    return module


def apply_discrepancies(aircraft: Aircraft, wanted: Iterable[str]) -> Aircraft:
    """The aircraft with all wanted discrepancies (`NAME` or `NAME=SEVERITY`), checked like one read from a file.

    Raises InputError, one line, for an unknown name, a severity that is no number of the discrepancy's RANGE, and a
    change that leaves an impossible aircraft.
    """
    for text in wanted:
        name, given, size = text.partition("=")
        module = find_discrepancy(name)
        low, high = module.RANGE
        severity = _number(size) if given else 1.0
        if not low <= severity <= high:  # nan too
            raise InputError(f"discrepancy {name}: severity must be a number from {low:g} to {high:g} (got {size!r})")
        changed = module.change(aircraft, severity)
        # pydantic's model_copy(update=...) checks nothing, so the whole aircraft is checked here once more.
        aircraft = validate(Aircraft, changed.model_dump(), f"discrepancy {text}")
    return aircraft


def _number(text: str) -> float:
    """A number, nan for what is none."""
    try:
        return float(text)
    except ValueError:
        return math.nan
