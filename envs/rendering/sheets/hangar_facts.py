"""The first facts about an aircraft: span, mass, wing loading, stall speed, thrust, landing gear, way to start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rich.console import Console
from rich.table import Table
from rich.text import Text

from envs.aircraft.aircraft import Aircraft
from envs.base.console import print_table
from envs.performance.flights import glide_polar, stall_speed
from envs.performance.solver import reference_wing
from envs.physics.steady.airframe import Airframe, body_velocity

COARSE_DEG = (0.0, 20.0, 4.0)  # angles of attack at which some glide is looked for


@dataclass(frozen=True)
class HangarFacts:
    """The figures of one aircraft; `gear` and `start` are words for its landing gear and its way to start."""

    name: str
    title: str
    span_m: float
    mass_kg: float
    wing_loading_kgpm2: float
    stall_mps: float | None  # computed as in its performance sheet; None where no elevator balances it in a glide
    vs_mps: float  # of its file, by which tasks, weather and autopilot scale
    thrust_to_weight: float | None  # standing, full throttle; None without a motor
    gear: str
    start: str


def hangar_facts(aircraft: Aircraft) -> HangarFacts:
    """The figures of an aircraft, standing thrust from the kernel that flies. Raises InputError."""
    mass, craft = aircraft.mass.mass_kg, Airframe(aircraft)
    thrust = None
    if craft.motors:
        still = body_velocity(0.0, 0.0, 0.0)
        craft.load(still, np.zeros(3), 1.0, craft.rotors(still, 1.0))
        (state,) = craft.state
        thrust = float(state["thrust"][: craft.motors].sum())
    area, _ = reference_wing(aircraft)
    return HangarFacts(
        aircraft.name,
        aircraft.title,
        aircraft.span_m,
        mass,
        mass / area,
        _stall_speed(aircraft),
        aircraft.stall_speed_mps,
        None if thrust is None else thrust / (mass * float(craft.p["gravity"])),
        gear_words(aircraft),
        start_words(aircraft),
    )


def _stall_speed(aircraft: Aircraft) -> float | None:
    glider = Airframe(aircraft, propeller=False)
    if not glider.has["elevator"] or not any(point.lift_area > 0 for point in glide_polar(glider, COARSE_DEG)):
        return None
    return stall_speed(glider)


def gear_words(aircraft: Aircraft) -> str:
    """The landing gear in a word: tail-dragger, tricycle, wheels (any other arrangement), skids or none."""
    wheels = [wheel for wheel in aircraft.wheels if wheel.radius_m > 0]
    if not wheels:
        return "skids" if aircraft.wheels else "none"
    single: list[float] = []  # x of the wheels on the centreline and of those beside it, m
    paired: list[float] = []
    for wheel in wheels:
        x, y, _ = wheel.contact_m
        (paired if wheel.mirrored or abs(y) > 1e-6 else single).append(x)
    if len(single) != 1 or not paired:
        return "wheels"
    (alone,) = single
    return "tricycle" if alone > max(paired) else "tail-dragger" if alone < min(paired) else "wheels"


def start_words(aircraft: Aircraft) -> str:
    """How the aircraft gets into the air: from the runway, or by hand or bungee with the speed of its release."""
    launch = aircraft.launch
    if launch.kind == "runway":
        return "from the runway"
    return f"by {launch.kind}" + (f" at {launch.speed_mps:g} m/s" if launch.speed_mps else "")


def print_hangar(facts: Sequence[HangarFacts], console: Console) -> None:
    """Print the facts as a table, a line for each aircraft."""
    table = Table(box=None, pad_edge=False)
    for head in ("name", "aircraft", "span", "mass", "wing loading", "stall", "Vs", "thrust", "gear", "starts"):
        table.add_column(
            head,
            header_style="dim",
            justify="right" if head in ("span", "mass", "wing loading", "stall", "Vs", "thrust") else "left",
        )
    for f in facts:
        thrust = "none" if f.thrust_to_weight is None else f"{f.thrust_to_weight:.2f} W"
        table.add_row(
            Text(f.name, style="bold"),
            Text(f.title),
            f"{f.span_m:.2f} m",
            f"{f.mass_kg:.2f} kg",
            f"{f.wing_loading_kgpm2:.1f} kg/m2",
            "none" if f.stall_mps is None else f"{f.stall_mps:.1f} m/s",
            f"{f.vs_mps:.1f} m/s",
            thrust,
            f.gear,
            f.start,
        )
    print_table(table, console)
    words = "stall: computed, propeller off; Vs: the file's, by which tasks, weather and autopilot scale"
    console.print(words, style="dim", highlight=False)
