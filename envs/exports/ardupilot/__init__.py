"""Flights for the tools of ArduPilot: DataFlash logs, and MAVLink telemetry while a flight lasts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from envs.exports.exporter import Exporter

if TYPE_CHECKING:
    from envs.flights.flight_log import FlightLog


def _write(logs: Sequence[FlightLog], path: Path) -> None:
    from envs.exports.ardupilot.dataflash import write_dataflash

    write_dataflash(logs[0], path)


EXPORTER = Exporter("bin", ".bin", "an ArduPilot DataFlash log", "ArduPilot log", _write, one_flight=True)
