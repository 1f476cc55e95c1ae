"""How the real aircraft differs from the drawing: every module of this package is one discrepancy.

A module is a file NAME.py in this folder, or in a folder put on the package's `__path__`; one whose name begins with
an underscore is none. It has a docstring (first line: what it is), `RANGE = (low, high)` of its severity, and
`change(aircraft, severity) -> Aircraft`, which returns a changed copy of the aircraft as built, or raises InputError
for one that cannot have it ("aircraft 'x8' has no rudder"). Severity 0 is the drawing. They are looked for when they
are asked for: a new file needs no edit anywhere.

Named in configs and on the command line as NAME (severity 1), NAME=SEVERITY or NAME=SEVERITY@SECONDS (it strikes at
that second of the flight); several combine, in the order given.
"""

from __future__ import annotations

import importlib
import importlib.util
import math
import pkgutil
import sys
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from pydantic import ValidationError

from envs.aircraft.aircraft import Aircraft
from envs.aircraft.halves import drawn_controls
from envs.base.config_file import validate_changed, value_fault
from envs.base.errors import InputError, unknown_name

RENAMED = {"weak_motor": "weak_battery"}
"""{former name: present name}: both fly the same, so that old configs and logs go on working."""


LATEST_S = 3600.0
"""Second of a flight by which a discrepancy has struck; no flight lasts so long."""


def discrepancy_names() -> list[str]:
    """The names of all discrepancies there are at this moment, in alphabetical order."""
    return sorted({module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_")})


def find_discrepancy(name: str) -> ModuleType:
    """The module of a discrepancy.

    Raises InputError, one line, for an unknown name, a file that cannot be imported, and one without `change` or a
    RANGE of two rising numbers.
    """
    name = RENAMED.get(name, name)
    names = discrepancy_names()
    if name not in names:
        raise unknown_name("discrepancy", name, names)
    importlib.invalidate_caches()  # the file may be younger than Python's listing of its folder
    full_name = f"{__name__}.{name}"
    spec = importlib.util.find_spec(full_name)
    try:
        module = importlib.import_module(full_name)
    except Exception as error:  # a file that somebody wrote may be wrong in any way
        raise InputError(f"{_place(spec.origin if spec else name, error)}: {_in_one_line(error)}") from None
    if not callable(getattr(module, "change", None)):
        raise InputError(f"{module.__file__}: a discrepancy needs a function change(aircraft, severity)")
    if not _rises(getattr(module, "RANGE", None)):
        raise InputError(f"{module.__file__}: a discrepancy needs RANGE = (low, high), low below high")
    return module


def _rises(limits: Any) -> bool:
    """Whether it is a pair of finite numbers, the first below the second."""
    if not isinstance(limits, tuple | list) or len(limits) != 2:
        return False
    are_numbers = all(isinstance(x, int | float) and not isinstance(x, bool) and math.isfinite(x) for x in limits)
    return are_numbers and limits[0] < limits[1]


def _place(file: str | None, error: Exception) -> str:
    """The file of a discrepancy, and the last line of it in which the error came about."""
    if isinstance(error, SyntaxError):
        line = error.lineno
    else:
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
        line = lines[-1] if lines else None
    return f"{file}, line {line}" if line else str(file)


def _in_one_line(error: Exception) -> str:
    """The error's kind and text."""
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    return " ".join(f"{type(error).__name__}: {text}".split())


@dataclass(frozen=True)
class Discrepancy:
    """One of them as it is asked for: its name, severity, and the second of the flight at which it strikes."""

    name: str
    severity: float
    at_s: float = 0.0

    def __str__(self) -> str:
        """As it is written in configs and on the command line."""
        return f"{self.name}={self.severity:.4g}" + (f"@{self.at_s:g}" if self.at_s else "")

    def module(self) -> ModuleType:
        """Its module. Raises InputError where there is none."""
        return sys.modules.get(f"{__name__}.{self.name}") or find_discrepancy(self.name)

    def on(self, aircraft: Aircraft) -> Aircraft:
        """The aircraft with it, checked like one read from a file. Raises InputError, one line."""
        if self.severity == 0.0:
            return aircraft
        try:
            changed = self.module().change(aircraft, self.severity)
        except InputError as error:  # it cannot have this one: no rudder that could be stuck
            raise InputError(f"discrepancy {self.name}: {error}") from None
        except ValidationError as error:  # of a part that it built anew
            fault = error.errors()[0]
            place = ".".join(str(key) for key in fault["loc"])
            raise InputError(f"discrepancy {self}: {value_fault(fault, place or error.title)}") from None
        except Exception as error:  # of the file's own, wrong in any way
            where = _place(self.module().__file__, error)
            raise InputError(f"discrepancy {self}: {where}: {_in_one_line(error)}") from None
        if not isinstance(changed, Aircraft):
            file, got = self.module().__file__, type(changed).__name__
            raise InputError(f"discrepancy {self}: {file}: change() must return the aircraft, changed (got {got})")
        # pydantic's model_copy(update=...) checks nothing, so what was changed is checked here once more.
        changed = validate_changed(changed, aircraft, f"discrepancy {self}")
        self._keeps_mixes(changed, aircraft)
        return changed

    def _keeps_mixes(self, changed: Aircraft, before: Aircraft) -> None:
        """A mix is of the drawing: derivatives were measured with it, which would not turn round as it does."""
        if changed.surfaces is before.surfaces and changed.coefficient_model is before.coefficient_model:
            return
        now, drawn = ({control.name: control.mix for control in drawn_controls(a)} for a in (changed, before))
        for name in now.keys() & drawn.keys():
            if now[name] != drawn[name]:
                raise InputError(
                    f"discrepancy {self}: control {name}: its mix must stay as drawn; "
                    "one that works the wrong way round has gain -1 of what is built (aircraft.built.controls)"
                )


def parse_discrepancy(text: str) -> Discrepancy:
    """What `NAME`, `NAME=SEVERITY` or `NAME=SEVERITY@SECONDS` asks for.

    Raises InputError, one line, for an unknown name, a severity that is no number of the discrepancy's RANGE, and a
    moment that is no number of seconds.
    """
    first, struck, when = text.partition("@")
    name, given, size = first.partition("=")
    low, high = find_discrepancy(name).RANGE
    severity = _number(size) if given else 1.0
    if not low <= severity <= high:  # nan too
        raise InputError(f"discrepancy {name}: severity must be a number from {low:g} to {high:g} (got {size!r})")
    at_s = _number(when) if struck else 0.0
    if not 0.0 <= at_s <= LATEST_S:
        raise InputError(
            f"discrepancy {text}: strikes at a second of the flight, a number from 0 to {LATEST_S:g} (got {when!r})"
        )
    return Discrepancy(RENAMED.get(name, name), severity, at_s)


def apply_discrepancies(aircraft: Aircraft, wanted: Iterable[str]) -> Aircraft:
    """The aircraft with all wanted discrepancies (also those that strike later), in the order given.

    Raises InputError, one line, for what `parse_discrepancy` refuses and a change that leaves an impossible aircraft.
    """
    for text in wanted:
        aircraft = parse_discrepancy(text).on(aircraft)
    return aircraft


def stages(
    drawing: Aircraft,
    wanted: Iterable[Discrepancy],
    build: Callable[[Discrepancy, Aircraft], Aircraft] = Discrepancy.on,
) -> list[tuple[float, Aircraft]]:
    """[(second of the flight, the aircraft from then on)], the first at 0. Raises InputError.

    `build`: gives an aircraft with one more discrepancy, where that may be known from other flights.
    """
    found = [(0.0, drawing)]
    for one in sorted(wanted, key=lambda one: one.at_s):
        last = found[-1][1]
        aircraft = build(one, last)
        if one.at_s == found[-1][0]:
            found.pop()
        found.append((one.at_s, aircraft))
    return found


def _number(text: str) -> float:
    """A number, nan for what is none."""
    try:
        return float(text)
    except ValueError:
        return math.nan
