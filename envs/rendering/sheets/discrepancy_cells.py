"""What a picture of all discrepancies says of each on one aircraft: its words, figures and servo curves."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from envs.aircraft.aircraft import Aircraft
from envs.aircraft.halves import control_built, half_built, hinges_of, sides, wheel_built, wheels_of
from envs.base.errors import InputError
from envs.discrepancies import Discrepancy, discrepancy_names, find_discrepancy
from envs.discrepancies._words import differences, first_line
from envs.physics.assembly.calibration import flight_parameters
from envs.physics.kernels.records import COMMAND, new_state
from envs.physics.kernels.servos import delayed_command, move_servos
from envs.physics.steady.airframe import Airframe, body_velocity
from envs.rendering.scene.airframe_mesh import SUFFIX

CONTROL_HZ, PHYSICS_HZ = 30, 240
STICK_S = ((0.0, 0.0), (0.1, 0.0), (0.1, 0.4), (0.6, 0.4), (1.2, -0.4), (1.6, -0.4))  # a step, then back slowly
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Curves:
    """A control against its command over time: time (s), deflections (deg) as drawn and as built."""

    control: str
    time_s: Floats
    drawn_deg: Floats
    built_deg: Floats


@dataclass(frozen=True)
class Cell:
    """One discrepancy at the upper end of its RANGE; `built` is None, with the `reason`, where it cannot be had."""

    name: str
    low: float
    high: float
    what: str
    words: tuple[str, ...] = ()
    built: Aircraft | None = None
    reason: str = ""
    rows: tuple[tuple[str, str, str], ...] = ()  # figure, as drawn or true, as built or shown
    curves: Curves | None = None
    touched: frozenset[str] = frozenset()  # names of the parts (AirframeMesh) it is about


def cells(drawing: Aircraft) -> list[Cell]:
    """A cell for every discrepancy there is at this moment. Raises InputError for a broken file of one."""
    return [_cell(name, drawing) for name in discrepancy_names()]


def _cell(name: str, drawing: Aircraft) -> Cell:
    low, high = find_discrepancy(name).RANGE
    what = first_line(name)
    try:
        built = Discrepancy(name, float(high)).on(drawing)
        parameters = [
            flight_parameters(aircraft, CONTROL_HZ, PHYSICS_HZ, drawing=drawing) for aircraft in (drawing, built)
        ]
    except InputError as error:
        return Cell(name, low, high, what, reason=str(error).removeprefix(f"discrepancy {name}: "))
    return Cell(
        name,
        low,
        high,
        what,
        tuple(differences(drawing, built)),
        built,
        rows=tuple(row for told in (_mass, _thrust, _force, _air, _sensors) for row in told(drawing, built)),
        curves=_curves(drawing, built, *parameters),
        touched=frozenset(_touched(drawing, built)),
    )


def _touched(drawing: Aircraft, built: Aircraft) -> list[str]:
    own = [
        control + SUFFIX[side]
        for control, side in hinges_of(built)
        if control_built(built, control, side) != control_built(drawing, control, side)
        or built.servos != drawing.servos
    ]
    own += [
        f"{wheel}{SUFFIX[side]}_tyre"
        for wheel, side in wheels_of(built)
        if wheel_built(built, wheel, side) != wheel_built(drawing, wheel, side)
    ]
    own += [
        surface.name + SUFFIX[side]
        for surface in (*built.surfaces, *built.outline)
        for side in sides(surface.mirrored)
        if half_built(built.built.halves, surface.name, side) != half_built(drawing.built.halves, surface.name, side)
    ]
    return own + (["spinner"] if built.propulsion != drawing.propulsion else [])


def _mass(drawing: Aircraft, built: Aircraft) -> list[tuple[str, str, str]]:
    before, after = drawing.mass.mass_kg, built.mass.mass_kg
    if abs(after / before - 1.0) < 1e-3:
        return []
    # At the same greatest lift coefficient; what a torn wing lacks of area it lacks of lift, too.
    rows = [("mass, kg", f"{before:.2f}", f"{after:.2f}")]
    if not built.built.halves:
        stall = drawing.stall_speed_mps
        rows.append(("stall, m/s", f"{stall:.1f}", f"{stall * math.sqrt(after / before):.1f}"))
    return rows


def _thrust(drawing: Aircraft, built: Aircraft) -> list[tuple[str, str, str]]:
    if drawing.propulsion == built.propulsion:
        return []
    before, after = (f"{_static_thrust(aircraft, drawing):.1f}" for aircraft in (drawing, built))
    return [("static thrust, N", before, after)] if before != after else []


def _force(drawing: Aircraft, built: Aircraft) -> list[tuple[str, str, str]]:
    effects = {control_built(built, *hinge).effect for hinge in hinges_of(drawing)} - {1.0}
    return [("its force, %", "100", f"{100 * min(effects):.0f}")] if effects else []


def _air(drawing: Aircraft, built: Aircraft) -> list[tuple[str, str, str]]:
    """What the air adds that has no other name, at any angle of attack."""
    before, after = drawing.built.air.zero, built.built.air.zero
    added = {name: value - before.get(name, 0.0) for name, value in after.items()}
    return [(f"added {name}, ‰", "0", f"{1000 * value:+.0f}") for name, value in added.items() if value]


def _static_thrust(aircraft: Aircraft, drawing: Aircraft) -> float:
    """Standing at full throttle, N, from the kernel that flies."""
    craft, still = Airframe(aircraft, drawing=drawing), body_velocity(0.0, 0.0, 0.0)
    craft.load(still, np.zeros(3), 1.0, craft.rotors(still, 1.0))
    return float(craft.state[0]["thrust"][: craft.motors].sum())


def _sensors(drawing: Aircraft, built: Aircraft) -> list[tuple[str, str, str]]:
    """What is shown in level flight along the runway at 1.3 Vs, wings level."""
    old, new = drawing.built.sensors, built.built.sensors
    speed, rows = 1.3 * drawing.stall_speed_mps, list[tuple[str, str, str]]()
    if new.pitot != old.pitot:  # dynamic pressure grows with the square of the speed
        rows.append(("airspeed, m/s", f"{speed:.1f}", f"{speed * math.sqrt(new.pitot):.1f}"))
    for key, name in (("roll_deg", "bank, °"), ("pitch_deg", "pitch, °"), ("compass_deg", "heading, °")):
        tilt = getattr(new, key) - getattr(old, key)
        if tilt:
            rows.append((name, "0", f"{tilt:+.0f}"))
    late = new.fix_delay_s - old.fix_delay_s
    if late:
        rows.append(("place, m behind", "0", f"{late * speed:.1f}"))
    return rows


def _curves(drawing: Aircraft, built: Aircraft, drawn_record: np.ndarray, built_record: np.ndarray) -> Curves | None:
    """Of the control it changes most in time or travel; None where it changes none."""
    found: Curves | None = None
    for number, (control, side) in enumerate(hinges_of(drawing)):
        same = control_built(built, control, side) == control_built(drawing, control, side)
        if same and built.servos == drawing.servos:
            continue
        time, drawn = _moved(drawn_record, number)
        _, now = _moved(built_record, number)
        if found is None or np.abs(now - drawn).max() > np.abs(found.built_deg - found.drawn_deg).max() + 1e-9:
            found = Curves(control if side == "both" else f"{side} {control}", time, drawn, now)
    return found if found and np.abs(found.built_deg - found.drawn_deg).max() > 1e-6 else None


def _moved(record: np.ndarray, hinge: int) -> tuple[Floats, Floats]:
    """(time s, deflection of a hinge, trailing edge down +, deg) while the stick that moves it does as STICK_S says."""
    p, s = record[0], new_state()[0]
    channel = int(np.argmax(np.abs(p["hinge_gain"][hinge])))
    way = math.copysign(1.0, float(p["hinge_gain"][hinge][channel]))
    times, sticks = (np.array(part) for part in zip(*STICK_S, strict=True))
    angles = []
    time = np.arange(round(times[-1] * PHYSICS_HZ)) / PHYSICS_HZ
    substeps = int(p["substeps"])
    for step in range(-PHYSICS_HZ, len(time)):  # a second at rest first
        s["substep"] = step % substeps
        if step % substeps == 0:
            s["command"] = np.zeros(len(COMMAND))
            s["command"][channel] = way * float(np.interp(step / PHYSICS_HZ, times, sticks)) if step >= 0 else 0.0
        delayed_command(p, s)
        move_servos(p, s)
        if step >= 0:
            angles.append(math.degrees(float(s["deflection"][hinge])))
    return time, np.array(angles)
