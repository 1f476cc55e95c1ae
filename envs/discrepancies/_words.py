"""What is wrong with an aircraft in a pilot's words, found by comparing it with another: not from any file's name."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import numpy as np

from envs.aircraft.aircraft import Aircraft
from envs.aircraft.as_built import AirBuilt, ControlBuilt, SensorsBuilt, Side
from envs.aircraft.equipment import Propulsion, Servos
from envs.aircraft.halves import control_built, half_built, hinges_of, is_upright, sides, wheel_built, wheels_of
from envs.discrepancies import Discrepancy, find_discrepancy

LEAST_SHIFT_M = 0.001
TOLD = {
    "name",
    "title",
    "built",
    "mass",
    "propulsion",
    "servos",
}  # have words of their own
OF_THE_AIR = {"CL": "lift", "CD": "drag", "CY": "side force", "Cl": "roll", "Cm": "pitch", "Cn": "yaw"}
OTHERS = {"stall_speed_mps": "stall speed", "coefficient_model": "coefficients"}


def faults(drawing: Aircraft, wanted: Iterable[Discrepancy]) -> list[dict[str, str | float]]:
    """For a log's header, in order of time: each discrepancy as it is typed, the second it strikes, and its words.

    Raises InputError where the aircraft cannot have one.
    """
    told: list[dict[str, str | float]] = []
    before = drawing
    for one in sorted(wanted, key=lambda one: one.at_s):
        after = one.on(before)
        told.append({"name": str(one), "at_s": one.at_s, "words": ", ".join(differences(before, after))[:400]})
        before = after
    return told


def first_line(name: str) -> str:
    """What a discrepancy is, by the first line of its file. Raises InputError for an unknown name."""
    return (find_discrepancy(name).__doc__ or "").strip().partition("\n")[0].rstrip(".")


def differences(before: Aircraft, after: Aircraft) -> list[str]:
    """What `after` has and `before` has not, a phrase each; [] where they are the same."""
    found = [*_halves(before, after), *_controls(before, after), *_servos(before.servos, after.servos)]
    found += [*_propulsion(before, after), *_wheels(before, after)]
    torn = any(half.lost_span for half in after.built.halves[len(before.built.halves) :])
    if not torn:  # the piece that is gone says it all
        found += _mass(before, after)
    found += _sensors(before.built.sensors, after.built.sensors)
    if after.built.air not in (before.built.air, AirBuilt()):
        of = dict.fromkeys((*after.built.air.zero, *after.built.air.alpha))
        found.append(f"{' and '.join(OF_THE_AIR[key] for key in of)} of the air that no drawing has")
    others = (k for k in Aircraft.model_fields if k not in TOLD and getattr(before, k) != getattr(after, k))
    return found + [f"{OTHERS.get(key, key)} not as drawn" for key in others]


def _halves(before: Aircraft, after: Aircraft) -> Iterator[str]:
    for surface in (*after.surfaces, *(after.outline or ())):
        for side in sides(surface.mirrored):
            name = _on(side, surface.name)
            old, new = (half_built(a.built.halves, surface.name, side) for a in (before, after))
            twist = new.twist_deg - old.twist_deg
            yield from _half(name, old.lost_span, new.lost_span, new.lift / old.lift)
            if abs(twist) > 1e-6:
                ways = ("left", "right") if is_upright(surface) else ("up", "down")
                yield f"{name} warped, tip {abs(twist):.1f}° nose {ways[twist < 0]}"


def _half(name: str, lost: float, now: float, lift: float) -> Iterator[str]:
    if now >= 1.0 > lost:
        yield f"{name} torn off"
    elif now > lost + 1e-6:
        yield f"{name}: outer {100 * (now - lost) / (1 - lost):.0f} % torn off"
    if abs(lift - 1.0) > 1e-6:
        yield f"{name}: {100 * abs(1 - lift):.0f} % {'less' if lift < 1 else 'more'} lift"


def _controls(before: Aircraft, after: Aircraft) -> Iterator[str]:
    """Halves of which the same is said are said together, and controls too."""
    said: dict[str, list[tuple[str, Side]]] = {}
    hinges = hinges_of(after)
    for control, side in hinges:
        upright = _is_upright(after, control)
        old, new = (control_built(aircraft, control, side) for aircraft in (before, after))
        for phrase in _control(old, new, upright):
            said.setdefault(phrase, []).append((control, side))
    for phrase, whose in said.items():
        if len(whose) == len(hinges) > 2:
            yield f"all controls {phrase}"
            continue
        names = list(dict.fromkeys(control for control, _ in whose))
        whole = [name for name in names if {h for h in hinges if h[0] == name} <= set(whose)]
        halves = [_on(side, control) for control, side in whose if control not in whole]
        yield f"{' and '.join([*whole, *halves])} {phrase}"


def _servos(old: Servos, new: Servos) -> Iterator[str]:
    if new.delay_s != old.delay_s:
        late = new.delay_s - old.delay_s
        yield f"all controls {1000 * abs(late):.0f} ms {'later' if late > 0 else 'sooner'} than drawn"
    for key, words in (("rate_limit_dps", "top speed"), ("bandwidth_radps", "bandwidth"), ("damping", "damping")):
        if getattr(new, key) != getattr(old, key):
            yield f"all servos with {_share(getattr(new, key), getattr(old, key))} of their {words}"


def _control(old: ControlBuilt, new: ControlBuilt, upright: bool) -> Iterator[str]:
    if new.stuck_deg is not None and new.stuck_deg != old.stuck_deg:
        yield f"stuck {_angle(new.stuck_deg, upright)}"
    if abs(new.offset_deg - old.offset_deg) > 1e-6:
        yield f"{_angle(new.offset_deg - old.offset_deg, upright)} at neutral stick"
    if new.gain * old.gain < 0:
        yield "the wrong way round"
    if abs(new.gain) != abs(old.gain):
        yield f"with {_share(abs(new.gain), abs(old.gain))} of its travel"
    if new.effect != old.effect:
        yield f"with {_share(new.effect, old.effect)} of its force"
    if new.play_deg != old.play_deg:
        yield f"with {new.play_deg - old.play_deg:.1f}° of play"
    if new.slow != old.slow:
        yield f"on a servo of {_share(new.slow, old.slow)} of its speed"
    if new.delay_s != old.delay_s:
        yield f"{1000 * (new.delay_s - old.delay_s):.0f} ms late"


def _angle(degrees: float, upright: bool) -> str:
    words = ("left", "right") if upright else ("down", "up")
    return f"{abs(degrees):.1f}° {words[degrees < 0]}"


def _share(new: float, old: float) -> str:
    return f"{100 * new / old:.0f} %" if old else f"{100 * new:.0f} %"


def _is_upright(aircraft: Aircraft, control: str) -> bool:
    for surface in (*aircraft.surfaces, *aircraft.outline):
        if any(own.name == control for own in surface.controls):
            return is_upright(surface)
    model = aircraft.coefficient_model
    return bool(model) and any(c.name == control and set(c.mix) == {"rudder"} for c in model.controls)


def _propulsion(before: Aircraft, after: Aircraft) -> Iterator[str]:
    told: list[str] = []
    for old, new in zip(before.propulsion, after.propulsion, strict=False):
        told += _unit(old, new)
    if not told and before.propulsion != after.propulsion:
        told = ["motor not as drawn"]
    yield from dict.fromkeys(told)


def _unit(old: Propulsion, new: Propulsion) -> Iterator[str]:
    turned = [
        f"{abs(angle):.1f}° {words[angle < 0]}"
        for angle, words in (
            (new.right_thrust_deg - old.right_thrust_deg, ("right", "left")),
            (new.down_thrust_deg - old.down_thrust_deg, ("down", "up")),
        )
        if abs(angle) > 1e-6
    ]
    if turned:
        yield f"thrust line {' and '.join(turned)}"
    if new.propeller != old.propeller:
        pull, drag = (getattr(new.propeller, k)[0] / getattr(old.propeller, k)[0] for k in ("CT", "CP"))
        size = new.propeller.diameter_m / old.propeller.diameter_m
        yield f"propeller pulls {_more(pull * size**4)}, takes {_more(drag * size**5)} power at the same speed"
    if old.battery and new.battery and new.battery != old.battery:
        voltage = new.battery.voltage_V / old.battery.voltage_V
        times = new.battery.resistance_ohm / (old.battery.resistance_ohm or math.inf)
        yield f"battery with {_more(voltage)} voltage" + (f", {times:.2g} × the resistance" if times else "")
    if old.motor and new.motor and new.motor != old.motor:
        speed, resistance = (getattr(new.motor, k) / getattr(old.motor, k) for k in ("kv_rpm_per_V", "resistance_ohm"))
        told = [] if speed == 1.0 else [f"{_more(speed)} speed per volt"]
        told += [] if resistance == 1.0 else [f"{resistance:.2g} × the resistance"]
        yield f"motor with {' and '.join(told) or 'other losses'}"
    if old.engine and new.engine and new.engine != old.engine:
        yield f"engine with {_more(max(new.engine.power_W) / max(old.engine.power_W))} power"


def _more(ratio: float) -> str:
    """'25 % less'; of nearly nothing 'the same'."""
    if abs(ratio - 1) < 0.005:
        return "the same"
    return f"{100 * abs(ratio - 1):.0f} % {'less' if ratio < 1 else 'more'}"


def _wheels(before: Aircraft, after: Aircraft) -> Iterator[str]:
    for wheel, side in wheels_of(after):
        old, new = (wheel_built(aircraft, wheel, side) for aircraft in (before, after))
        toe, rolling = new.toe_deg - old.toe_deg, new.rolling / (old.rolling or 1.0)
        name = f"{_on(side, wheel)} wheel"
        if abs(toe) > 1e-6:
            yield f"{name} turned {abs(toe):.1f}° {'right' if toe > 0 else 'left'}"
        if abs(rolling - 1.0) > 1e-6:
            yield f"{name} rolls with {rolling:.2g} × the friction"


def _mass(before: Aircraft, after: Aircraft) -> Iterator[str]:
    ratio = after.mass.mass_kg / before.mass.mass_kg
    if abs(ratio - 1.0) > 1e-4:
        yield f"{100 * abs(ratio - 1):.0f} % {'heavier' if ratio > 1 else 'lighter'} ({after.mass.mass_kg:.2f} kg)"
    moved = np.subtract(after.mass.center_of_gravity_m, before.mass.center_of_gravity_m)
    ways = (("forward", "aft"), ("left", "right"), ("up", "down"))
    parts = [
        f"{1000 * abs(d):.0f} mm {way[d < 0]}"
        for d, way in zip(moved.tolist(), ways, strict=True)
        if abs(d) > LEAST_SHIFT_M
    ]
    if parts:
        yield f"centre of gravity {' and '.join(parts)}"


def _sensors(old: SensorsBuilt, new: SensorsBuilt) -> Iterator[str]:
    for key, words in (("roll_deg", ("right", "left")), ("pitch_deg", ("nose up", "nose down"))):
        tilt = getattr(new, key) - getattr(old, key)
        if abs(tilt) > 1e-6:
            yield f"inertial unit mounted {abs(tilt):.1f}° {words[tilt < 0]}{' side down' if key[0] == 'r' else ''}"
    turn = new.compass_deg - old.compass_deg
    if abs(turn) > 1e-6:
        yield f"compass shows {abs(turn):.0f}° too {'much' if turn > 0 else 'little'}"
    if new.pitot == 0.0 != old.pitot:
        yield "airspeed sensor blocked"
    elif new.pitot != old.pitot:
        ratio = new.pitot / (old.pitot or 1.0)
        yield f"airspeed sensor shows {_more(ratio)} dynamic pressure"
    if new.fix_delay_s != old.fix_delay_s:
        yield f"satellite fixes {1000 * (new.fix_delay_s - old.fix_delay_s):.0f} ms late"


def _on(side: Side, name: str) -> str:
    return name if side == "both" else f"{side} {name}"
