"""Flights as a recording for Rerun's viewer: a 3-D scene and plots on one timeline."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from envs.exports.exporter import Exporter

if TYPE_CHECKING:
    from envs.flights.flight_log import FlightLog
    from envs.rendering.eye.looking import FlightEye


def _write(logs: Sequence[FlightLog], path: Path, eyes: Sequence[FlightEye | None] | None = None) -> None:
    from envs.exports.rerun.recording import write_rerun

    write_rerun(logs, path, eyes)


def _show(path: Path) -> None:
    from envs.exports.rerun.recording import open_viewer

    open_viewer(path)


EXPORTER = Exporter("rerun", ".rrd", "a Rerun recording", "Rerun", _write, show=_show, shows_eyes=True)
