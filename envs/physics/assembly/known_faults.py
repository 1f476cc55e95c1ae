"""What was worked out of a drawing with one discrepancy, kept for all flights of a process that draw it again.

A drawn severity is one of 33 (envs/discrepancies/_drawn.py), so a training soon knows them all. Of a record only what
differs from the drawing's is kept: 288 kB for each of a thousand would not fit.

Two of them together are too many to know. Where one has nothing to do with the other, as a bent pushrod with a weak
battery, what each changes is simply put beside the other's: no record is worked out.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from pydantic import ValidationError

from envs.aircraft.aircraft import Aircraft
from envs.base.errors import InputError
from envs.discrepancies import Discrepancy, stages
from envs.physics.assembly.calibration import drawn_parameters
from envs.physics.assembly.fitting import Setting, fit
from envs.physics.kernels.records import copied

APART = {
    "propulsion": "motors",
    "servos": "controls",
    "built.controls": "controls",
    "built.air": "air",
    "built.sensors": "sensors",
}
"""Keys of an aircraft that words of their own follow from; all others belong together: mass, shape, wheels, damage."""
MOST = 2048
"""Aircraft that are kept of one drawing; some 40 MB if many of them are torn wings."""


class _Known(NamedTuple):
    aircraft: Aircraft
    where: np.ndarray  # which of the record's words differ from the drawing's
    words: np.ndarray
    changed: dict[str, Any]  # what is not as drawn, by key


def _changed(aircraft: Aircraft, drawing: Aircraft) -> dict[str, Any]:
    """{key: value} of what of an aircraft is not the drawing's."""
    found = {key: part for key, part in aircraft.__dict__.items() if key != "built"}
    found |= {f"built.{key}": part for key, part in aircraft.built.__dict__.items()}
    was = {**drawing.__dict__, **{f"built.{key}": part for key, part in drawing.built.__dict__.items()}}
    return {key: part for key, part in found.items() if part is not was[key] and part != was[key]}


def _of(changed: Iterable[str]) -> set[str]:
    """The parts of an aircraft that keys belong to."""
    return {APART.get(key, "body") for key in changed}


class KnownFaults:
    """A drawing, and it with single discrepancies, for one setting. Ask `known_faults` for it."""

    def __init__(self, drawing_json: str, setting: Setting) -> None:
        self.drawing = Aircraft.model_validate_json(drawing_json)
        self._key, self._setting = (drawing_json, setting), setting
        self._drawn = drawn_parameters(drawing_json, setting)
        self._found: OrderedDict[Any, _Known] = OrderedDict()

    def __reduce__(self) -> tuple[Any, ...]:
        """A copy, in this process or another, is the one that is known there."""
        return known_faults, self._key

    def built(self, wanted: Iterable[Discrepancy]) -> list[tuple[float, Aircraft, np.ndarray | None]]:
        """[(second of the flight, the aircraft from then on, its record)]; None: the drawing's. Raises InputError."""
        alone: dict[int, _Known] = {}

        def known(one: Discrepancy, last: Aircraft) -> Aircraft:
            if one.severity == 0.0:
                return last
            first = alone.get(id(last))
            found = self._with(one) if last is self.drawing else self._both(first, one) if first else None
            if found is None:
                return one.on(last)
            alone[id(found.aircraft)] = found
            return found.aircraft

        return [
            (at_s, aircraft, self._record(aircraft, alone.get(id(aircraft))))
            for at_s, aircraft in stages(self.drawing, wanted, known)
        ]

    def fitted(self, aircraft: Aircraft) -> np.ndarray:
        """The record of any other aircraft that was to be the drawing. Raises InputError."""
        return fit(self._drawn, self.drawing, aircraft, self._setting)

    def _with(self, one: Discrepancy) -> _Known:
        """The drawing with one discrepancy."""
        key = one.module().change, one.severity  # by what it does: a module may be another one of the same name
        found = self._found.get(key)
        if found is None:
            aircraft = one.on(self.drawing)
            words = fit(self._drawn, self.drawing, aircraft, self._setting).view(np.uint64)
            where = np.flatnonzero(words != self._drawn.view(np.uint64)).astype(np.int32)
            found = self._found[key] = _Known(aircraft, where, words[where], _changed(aircraft, self.drawing))
            if len(self._found) > MOST:
                self._found.popitem(last=False)
        else:
            self._found.move_to_end(key)
        return found

    def _both(self, first: _Known, one: Discrepancy) -> _Known | None:
        """What is known, and one more that has nothing to do with it; None where it may have.

        Each was checked alone. That the first does not change what the second does, is seen by doing it.
        """
        second = self._with(one)
        if _of(first.changed) & _of(second.changed) or np.intersect1d(first.where, second.where).size:
            return None
        changed = {**first.changed, **second.changed}
        try:
            if _changed(one.module().change(first.aircraft, one.severity), self.drawing) != changed:
                return None
        except (InputError, ValidationError):  # `Discrepancy.on` says so in a line
            return None
        built = {key.partition(".")[2]: part for key, part in changed.items() if "." in key}
        whole = {key: part for key, part in changed.items() if "." not in key}
        built_whole = self.drawing.built.model_copy(update=built)
        aircraft = self.drawing.model_copy(update={**whole, "built": built_whole})
        where, words = np.concatenate([first.where, second.where]), np.concatenate([first.words, second.words])
        return _Known(aircraft, where, words, changed)

    def _record(self, aircraft: Aircraft, known: _Known | None) -> np.ndarray | None:
        if aircraft is self.drawing:
            return None
        if known is None:
            return fit(self._drawn, self.drawing, aircraft, self._setting)
        record = copied(self._drawn)
        record.view(np.uint64)[known.where] = known.words
        return record


@lru_cache(maxsize=8)
def known_faults(drawing_json: str, setting: Setting) -> KnownFaults:
    """That of a drawing, the same for all environments of a process."""
    return KnownFaults(drawing_json, setting)
