"""What scripts/draft.py does: a first aircraft file from span, mass and motor, balanced by the simulator."""

from __future__ import annotations

import json
from pathlib import Path

import yaml

from agents.command_line import command, writable_file
from envs.aircraft.aircraft import Aircraft, aircraft_from_dict
from envs.aircraft.starter import GRAVITY, Starter, starter
from envs.aircraft.starter_file import starter_yaml
from envs.base.errors import InputError
from envs.base.files import write_atomically
from envs.performance.flights import stall_speed, static_margin
from envs.performance.solver import reference_wing
from envs.physics.steady.airframe import Airframe
from envs.physics.steady.trim import trim

MARGIN = 0.12
"""Static margin of a trainer, in chords: steady, and still easy to rotate."""
MARGIN_SPEED = 1.5
"""Speed at which it is taken, in stall speeds."""


def draft(
    file: str,
    *,
    span: float,
    mass: float,
    motor: float,
    cells: int | None = None,
    propeller: str | None = None,
    airfoil: str = "naca_2412",
    title: str | None = None,
) -> int:
    """Write a new aircraft file, say what it can do; the exit code 0. Raises InputError, one line, before writing."""
    path = Path(file)
    if path.suffix not in (".yaml", ".yml"):
        raise InputError(f"{file}: the name of an aircraft file ends in .yaml")
    if path.exists():
        raise InputError(f"{file}: exists already, and is not written over")
    writable_file(file)
    name = title or path.stem.replace("_", " ").capitalize()
    wished = starter(json.dumps(name), span, mass, motor, cells=cells, propeller=propeller, airfoil=airfoil)
    balanced, margin = _balanced(wished)
    write_atomically(path, starter_yaml(balanced))
    drive, weight = balanced.drive, mass * GRAVITY
    print(f"{name}: span {span:g} m, {mass:g} kg, {weight / balanced.area:.0f} N/m2, {balanced.airfoil.name}")
    print(
        f"motor: {motor:g} rpm/V on {drive.cells} cells turns a {drive.propeller.name} propeller at "
        f"{drive.rpm:,.0f} rpm, {drive.current:.0f} A; static thrust {drive.thrust:.1f} N, "
        f"{drive.thrust / weight:.2f} of the weight"
    )
    print(f"stalls at {balanced.stall_speed:.1f} m/s; static margin {margin:.0%} of the chord")
    print(f"written to {path}; next:")
    named = ("--aircraft", file)
    print(f"  {command('evaluate', 'autopilot', '--task', 'circuit', *named, '--flights', 12)}")
    print(f"  {command('performance', file)}")
    print(f"  {command('train', 'takeoff', *named)}")
    return 0


def _balanced(wished: Starter) -> tuple[Starter, float]:
    """With its centre of gravity where the static margin is MARGIN, and the stall speed of that; and its margin."""
    margin = 0.0
    for _ in range(3):
        aircraft = _as_aircraft(wished.changed(stall_speed=1.0))
        glider, (_, chord) = Airframe(aircraft, propeller=False), reference_wing(aircraft)
        stall = stall_speed(glider)
        margin = static_margin(glider, trim(glider, MARGIN_SPEED * stall), chord)
        if abs(margin - MARGIN) < 0.005:
            return wished.changed(stall_speed=stall), margin
        wished = wished.changed(center_x=wished.center_x + (MARGIN - margin) * chord)
    raise InputError("this drawing cannot be balanced; please report span, mass and motor")


def _as_aircraft(wished: Starter) -> Aircraft:
    return aircraft_from_dict(yaml.safe_load(starter_yaml(wished)), "the draft", "draft")
