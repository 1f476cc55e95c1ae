"""What was worked out of a drawing with one discrepancy, kept for all flights of a process that draw it again.

A drawn severity is one of 33 (envs/discrepancies/_drawn.py), so a training soon knows them all. Of a record only what
differs from the drawing's is kept: 288 kB for each of a thousand would not fit.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from envs.aircraft.aircraft import Aircraft
from envs.discrepancies import Discrepancy, stages
from envs.physics.assembly.calibration import drawn_parameters
from envs.physics.assembly.fitting import Setting, fit
from envs.physics.kernels.records import copied

MOST = 2048
"""Aircraft that are kept of one drawing; some 40 MB if many of them are torn wings."""


class _Known(NamedTuple):
    aircraft: Aircraft
    where: np.ndarray  # which of the record's words differ from the drawing's
    words: np.ndarray


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

        def known(one: Discrepancy) -> Aircraft:
            if one.severity == 0.0:
                return self.drawing
            found = self._with(one)
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
            found = self._found[key] = _Known(aircraft, where, words[where])
            if len(self._found) > MOST:
                self._found.popitem(last=False)
        else:
            self._found.move_to_end(key)
        return found

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
