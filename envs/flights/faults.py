"""The discrepancies of a recorded flight: as they are typed, in words, and from which second on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from envs.base.errors import InputError
from envs.discrepancies._words import first_line

FRESH_S = 2.5  # of a fault that strikes in flight: how long pictures point at it


class Fault(NamedTuple):
    """One of them; `words` may be empty where nobody knows them."""

    name: str
    at_s: float
    words: str

    @property
    def line(self) -> str:
        """'torn_tip=1: right wing: outer 20 % torn off'."""
        name = self.name.partition("@")[0]
        return f"{name}: {self.words}" if self.words else name

    def is_fresh(self, time_s: float) -> bool:
        """Whether it struck in flight and only just, at that second."""
        return 0.0 < self.at_s <= time_s < self.at_s + FRESH_S


def faults_of(header: Mapping[str, Any]) -> list[Fault]:
    """Those in the header of a log, in order of time; of older logs with the words of the discrepancy's file."""
    told = header.get("faults")
    if told:
        return sorted((Fault(f["name"], float(f["at_s"]), f["words"]) for f in told), key=lambda fault: fault.at_s)
    return [_by_name(str(text)) for text in header.get("discrepancies") or []]


def fault_words(header: Mapping[str, Any]) -> str:
    """All of them in a line, with the second at which each struck that was not there from the start."""
    return "; ".join(f"{f.line} (from {f.at_s:g} s)" if f.at_s else f.line for f in faults_of(header))


def _by_name(text: str) -> Fault:
    name, _, struck = text.partition("@")
    try:
        words = first_line(name.partition("=")[0])
    except InputError:  # a discrepancy of somebody else's
        words = ""
    try:
        return Fault(text, float(struck or 0.0), words)
    except ValueError:
        return Fault(text, 0.0, words)
