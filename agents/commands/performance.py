"""What scripts/performance.py does, after the command line is read."""

from __future__ import annotations

import math

from rich.console import Console

from agents.command_line import warn_of, writable_file
from agents.runs.run_folder import write_json
from envs.aircraft.aircraft import load_aircraft
from envs.base.console import plain_console
from envs.base.errors import InputError
from envs.performance.solver import performance_sheet
from envs.physics.density import isa_density
from envs.rendering.names import check_ending
from envs.rendering.sheets.performance_table import print_sheet


def report_performance(
    aircraft_name: str,
    *,
    json_file: str | None = None,
    picture_file: str | None = None,
    density: float | None = None,
    height: float | None = None,
    temperature: float | None = None,
    speed: float | None = None,
    console: Console | None = None,
) -> int:
    """Print the performance sheet of an aircraft and write it where asked; the exit code 0.

    Air: `density` (kg/m3), or the standard atmosphere at `height` (m) and `temperature` (deg C). Modes belong to
    `speed` (m/s), by default a usual cruise. Raises InputError, one line, before anything is written.
    """
    console = console or plain_console()
    air = air_density(density, height, temperature)
    if speed is not None:
        _within("--speed", speed, 0.5, 200.0, "m/s")
    aircraft = load_aircraft(aircraft_name)
    json_path, picture_path = writable_file(json_file), writable_file(picture_file)
    if picture_path:
        check_ending(picture_path)
    warn_of(aircraft_name)
    sheet = performance_sheet(aircraft, air, speed=speed)
    if json_path:
        write_json(json_path, sheet.as_json())  # before a reader of the output may have gone
    print_sheet(sheet, console)
    if picture_path:
        from envs.rendering.sheets.performance_picture import draw_performance

        draw_performance(sheet, aircraft, picture_path)
    for path in (json_path, picture_path):
        if path:
            console.print(f"written to {path}", highlight=False, soft_wrap=True, markup=False)
    return 0


def air_density(density: float | None, height: float | None, temperature: float | None) -> float:
    """Air density (kg/m3) from what was asked on the command line. Raises InputError."""
    if density is not None:
        if height is not None or temperature is not None:
            raise InputError("--density already says what --height and --temperature would: give one or the other")
        return _within("--density", density, 0.1, 5.0, "kg/m3")
    if height is not None:
        _within("--height", height, -500.0, 11000.0, "m")
    if temperature is not None:
        _within("--temperature", temperature, -60.0, 60.0, "deg C")
    if height is None and temperature is None:
        return 1.225
    return isa_density(height or 0.0, temperature)


def _within(option: str, value: float, low: float, high: float, unit: str) -> float:
    if not (math.isfinite(value) and low <= value <= high):
        raise InputError(f"{option} {value:g}: must be {low:g} to {high:g} {unit}")
    return value
