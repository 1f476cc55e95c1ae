"""Flights for Tacview, as ACMI text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from envs.exports.exporter import Exporter

if TYPE_CHECKING:
    from envs.flights.flight_log import FlightLog


def _write(logs: Sequence[FlightLog], path: Path) -> None:
    from envs.exports.acmi.tacview import write_acmi

    write_acmi(logs, path)


EXPORTER = Exporter("acmi", ".acmi", "a Tacview file", "Tacview", _write)
