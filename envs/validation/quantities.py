"""What can be compared with a published answer: QUANTITIES, a table of functions of a Subject and its Conditions."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from scipy.optimize import brentq

from envs.performance.flights import GlidePoint, static_margin
from envs.physics.density import isa_density
from envs.physics.kernels.air import dryden_scales
from envs.validation.answers import Conditions
from envs.validation.subject import COEFFICIENTS, STEPS, NotFoundError, Subject

MODES = ("short period", "phugoid", "roll", "dutch roll", "spiral")


@dataclass(frozen=True)
class Quantity:
    """One thing to compare. `needs` must be among the conditions, `may` can be; `section` heads it in the table."""

    section: str
    words: str
    unit: str
    needs: frozenset[str]
    may: frozenset[str]
    solve: Callable[[Subject, Conditions], float]


QUANTITIES: dict[str, Quantity] = {}
STRIPPED = ("constant_shaft_power", "without", "derivatives")


def _add(
    name: str,
    section: str,
    words: str,
    unit: str,
    solve: Callable[[Subject, Conditions], float],
    needs: tuple[str, ...] = (),
    may: tuple[str, ...] = (),
) -> None:
    QUANTITIES[name] = Quantity(section, words, unit, frozenset(needs), frozenset(may), solve)


def _mode(subject: Subject, at: Conditions, name: str) -> complex:
    found = subject.modes(at)
    if name not in found:
        raise NotFoundError(f"its modes are {', '.join(found)}")
    return found[name].eigenvalue


def _hover(subject: Subject) -> float:
    weight, full = subject.aircraft.mass.mass_kg * subject.gravity, subject.full_throttle()
    if subject.standing(full)[0] < weight:
        raise NotFoundError("its propeller does not carry it")
    speed = brentq(lambda w: subject.standing(w)[0] - weight, 1.0, full, xtol=1e-6)
    return float(speed) * 30 / math.pi  # pyright: ignore[reportArgumentType]


def _turning(at: Conditions, subject: Subject) -> float:
    return at.rotor_rpm * math.pi / 30 if at.rotor_rpm else subject.full_throttle()


def _most(subject: Subject) -> GlidePoint:
    return max(subject.polar(), key=lambda point: point.lift_area)


def _best(subject: Subject) -> GlidePoint:
    return max(subject.polar(), key=lambda point: point.ratio)


def _margin(subject: Subject, at: Conditions) -> float:
    return static_margin(subject.craft(propeller=False), subject.level(at), subject.reference.chord_m)


def _stall(subject: Subject) -> float:
    weight = subject.aircraft.mass.mass_kg * subject.gravity
    return math.sqrt(2 * weight / (subject.density * _most(subject).lift_area))


def _fill_table() -> None:
    speed, still = ("speed_mps",), ("trim", "modes", "stall and glide", "take-off", "thrust and hover")
    for name, words, unit, solve in (
        ("alpha", "angle of attack", "deg", lambda t: math.degrees(t.alpha)),
        ("elevator", "elevator (down +)", "deg", lambda t: math.degrees(t.elevator)),
        ("thrust", "thrust", "N", lambda t: t.thrust),
        ("rotor_speed", "rotor speed", "rpm", lambda t: t.rpm),
        ("throttle", "throttle", "1", lambda t: t.throttle),
    ):
        _add(name, still[0], words, unit, lambda s, at, f=solve: f(s.level(at)), speed, STRIPPED)
    _add("static_margin", still[0], "static margin, in chords", "1", _margin, speed)
    for mode in MODES:
        for part, words, unit, solve in (
            ("real", "real part", "1/s", lambda v: v.real),
            ("imaginary", "imaginary part", "rad/s", lambda v: v.imag),
            ("frequency", "frequency", "rad/s", abs),
            ("damping", "damping ratio", "1", lambda v: -v.real / abs(v)),
        ):
            _add(
                f"{mode.replace(' ', '_')}_{part}",
                still[1],
                f"{mode}, {words}",
                unit,
                lambda s, at, m=mode, f=solve: float(f(_mode(s, at, m))),
                speed,
                STRIPPED,
            )
    _add("stall_speed", still[2], "stall speed, propeller off", "m/s", lambda s, _: _stall(s))
    _add(
        "largest_CL",
        still[2],
        "largest lift coefficient, trimmed",
        "1",
        lambda s, _: _most(s).lift_area / s.reference.area_m2,
    )
    _add(
        "stall_alpha",
        still[2],
        "angle of attack of the largest lift",
        "deg",
        lambda s, _: math.degrees(_most(s).alpha),
    )
    _add("best_glide_ratio", still[2], "best lift over drag, propeller off", "1", lambda s, _: _best(s).ratio)
    _add("best_glide_speed", still[2], "speed of the best glide", "m/s", lambda s, _: _best(s).speed)
    _add("least_sink", still[2], "least sink, propeller off", "m/s", lambda s, _: min(g.sink for g in s.polar()))
    ground = ("rolling_friction",)
    _add(
        "take_off_roll",
        still[3],
        "take-off roll",
        "m",
        lambda s, at: s.take_off(at).roll_m,
        ground,
        ("shaft_power_W", "rotation_mps", "without"),
    )
    _add(
        "lift_off_speed",
        still[3],
        "lift-off speed",
        "m/s",
        lambda s, at: s.take_off(at).speed_mps,
        ground,
        ("shaft_power_W", "rotation_mps", "without"),
    )
    rpm = ("rotor_rpm",)
    _add("static_thrust", still[4], "static thrust", "N", lambda s, at: s.standing(_turning(at, s))[1], (), rpm)
    _add(
        "static_rotor_speed",
        still[4],
        "rotor speed, standing, full throttle",
        "rpm",
        lambda s, _: s.full_throttle() * 30 / math.pi,
    )
    _add(
        "thrust_to_weight",
        still[4],
        "static thrust over weight, full throttle",
        "1",
        lambda s, _: s.standing(s.full_throttle())[1] / (s.aircraft.mass.mass_kg * s.gravity),
    )
    _add("hover_rotor_speed", still[4], "rotor speed hanging on the propeller", "rpm", lambda s, _: _hover(s))
    _add(
        "hover_torque_left",
        still[4],
        "share of the shaft torque that rolls the airframe",
        "1",
        lambda s, at: -s.standing(_turning(at, s))[2],
        (),
        rpm,
    )
    for coefficient in COEFFICIENTS:
        for variable in STEPS:
            _add(
                f"{coefficient}_{variable}",
                "derivatives",
                f"{coefficient} per {variable}",
                "1/rad",
                lambda s, at, c=coefficient, v=variable: s.derivative(at, c, v),
                speed,
                ("alpha_deg",),
            )
    for coefficient in ("CL", "CD", "Cm"):
        _add(
            coefficient,
            "coefficients at any angle of attack",
            coefficient,
            "1",
            lambda s, at, c=coefficient: s.coefficients(at, alpha=math.radians(at.alpha_deg or 0.0))[c],
            ("alpha_deg",),
            ("speed_mps", "without"),
        )
    servo = "servos"
    _add(
        "servo_frequency",
        servo,
        "servo natural frequency",
        "rad/s",
        lambda s, _: float(s.craft().p["servo_bandwidth"]),
    )
    _add("servo_damping", servo, "servo damping ratio", "1", lambda s, _: float(s.craft().p["servo_damping"]))
    _add(
        "servo_delay",
        servo,
        "servo dead time",
        "s",
        lambda s, _: float(s.craft().p["servo_delay"] * s.craft().p["time_step"]),
    )


def _fill_atmosphere() -> None:
    height, wind = ("height_m",), ("height_m", "wind_mps")

    def scales(at: Conditions) -> tuple[float, float, float]:
        return dryden_scales(at.height_m or 0.0)

    for name, words, unit, solve, needs in (
        ("air_density", "density of the standard atmosphere", "kg/m3", lambda at: isa_density(at.height_m), height),
        ("turbulence_sigma_w", "turbulence, vertical", "m/s", lambda at: 0.1 * at.wind_mps, wind),
        ("turbulence_sigma_u", "turbulence, along the wind", "m/s", lambda at: 0.1 * at.wind_mps * scales(at)[2], wind),
        ("turbulence_length_w", "scale of vertical turbulence", "m", lambda at: scales(at)[0], height),
        ("turbulence_length_u", "scale of turbulence along the wind", "m", lambda at: scales(at)[1], height),
    ):
        _add(name, "atmosphere", words, unit, lambda s, at, f=solve: float(f(at)), needs)


_fill_table()
_fill_atmosphere()
