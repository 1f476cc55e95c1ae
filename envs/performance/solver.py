"""Solves the performance sheet of an aircraft: every number a pilot asks for, from the kernel that flies."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from envs.aircraft.aircraft import Aircraft, Surface
from envs.base.errors import InputError
from envs.base.units import GRAVITY
from envs.performance.flights import (
    GlidePoint,
    glide_polar,
    roll_out,
    stall_speed,
    static_margin,
    take_off_roll,
    top_speed,
)
from envs.performance.sheet import GlideSpeed, ModeLine, PerformanceSheet, RollOut, StallSpeed, SteadyPoint, TakeOffRoll
from envs.physics.steady.airframe import Airframe, body_velocity
from envs.physics.steady.modes import linear_modes
from envs.physics.steady.trim import Trim, trim

BANKS_DEG = (0.0, 30.0, 45.0, 60.0, 70.0)
# Rolling friction of the runways flown from (Raymer: asphalt 0.02, short grass 0.05-0.1).
GROUNDS = {"asphalt": 0.02, "grass": 0.07}
MOST_POINTS = 50  # of a curve over speed


def performance_sheet(
    aircraft: Aircraft, density: float = 1.225, gravity: float = GRAVITY, speed: float | None = None
) -> PerformanceSheet:
    """Solve the whole sheet in air of a density (kg/m3); modes at a cruise `speed` (m/s). Raises InputError."""
    craft, glider = Airframe(aircraft, density, gravity), Airframe(aircraft, density, gravity, propeller=False)
    if not craft.has["elevator"]:
        raise InputError(f"{aircraft.name}: no surface answers the elevator: it cannot be trimmed")
    polar = [point for point in glide_polar(glider) if point.lift_area > 0]
    if not polar:
        raise InputError(f"{aircraft.name}: its elevator balances it at no angle of attack with lift")
    weight = aircraft.mass.mass_kg * gravity
    area, chord = reference_wing(aircraft)
    most = max(polar, key=lambda point: point.lift_area)
    stall = math.sqrt(2 * weight / (density * most.lift_area))
    fastest = _fastest(craft, stall) if craft.motors else None
    flown = craft if fastest else glider  # a motor too weak to hold the height leaves a glider's sheet
    top = fastest.speed_mps if fastest else 2.5 * stall
    cruise_speed = speed or _usual_cruise(aircraft, stall, top)
    cruise = trim(flown, cruise_speed)
    if not cruise.in_reach:
        raise InputError(
            f"{aircraft.name}: no steady flight at {cruise_speed:g} m/s (stalls at {stall:.1f} m/s"
            + (f", level up to {top:.1f} m/s)" if fastest else ")")
        )
    cruise_point = steady_point(flown, cruise)
    modes = _mode_lines(flown, cruise)
    trims = _over_speed(flown, cruise, 0.5 * stall, top)
    level = tuple(point for _, point in trims) if fastest else None
    climbs = _full_throttle(craft, [at.speed for at, _ in trims]) if fastest else None
    static_thrust = _static_thrust(craft)
    return PerformanceSheet(
        aircraft=aircraft.name,
        title=aircraft.title,
        density_kgpm3=density,
        gravity_mps2=gravity,
        mass_kg=aircraft.mass.mass_kg,
        span_m=aircraft.span_m,
        wing_area_m2=area,
        mean_chord_m=chord,
        wing_loading_Npm2=weight / area,
        static_thrust_N=static_thrust,
        thrust_to_weight=None if static_thrust is None else static_thrust / weight,
        launch=aircraft.launch.kind,
        launch_speed_mps=aircraft.launch.speed_mps or None,
        vs_mps=aircraft.stall_speed_mps,
        stall_alpha_deg=math.degrees(most.alpha),
        stall_limit="elevator" if most is polar[-1] and math.degrees(most.alpha) < 23.5 else "lift",
        lift_coefficient_max=most.lift_area / area,
        stall=tuple(_turn(stall, bank) for bank in BANKS_DEG),
        flap_stall_mps=_flap_stall(aircraft, density, gravity),
        best_glide=_glide(glider, max(polar, key=lambda point: point.ratio)),
        least_sink=_glide(glider, min(polar, key=lambda point: point.sink)),
        glide=tuple(_glide(glider, point) for point in polar if point.speed < max(top, 2.0 * stall)),
        level=level,
        full_throttle=climbs,
        best_climb=max(climbs, key=lambda point: point.climb_rate_mps, default=None) if climbs else None,
        fastest=fastest,
        take_off=_take_off(aircraft, density),
        roll_out=_roll_out(aircraft, density, gravity),
        cruise=cruise_point,
        static_margin_chords=static_margin(glider, cruise, chord),
        modes=modes,
        modes_over_speed=tuple((at.speed, _mode_lines(flown, at)) for at, _ in trims if at.speed >= stall),
    )


def steady_point(airframe: Airframe, at: Trim) -> SteadyPoint:
    """A trim in the sheet's units. To be asked right after `trim`: currents come from the torques it left behind."""
    n, p = airframe.motors, airframe.p
    current = power = minutes = None
    if n and not p["engine_points"][:n].any():
        # Steady: motor torque = propeller torque + friction. The speed controller hands on power, so the pack
        # gives the motor's current times the throttle (propulsion.py counts its charge the same way).
        motor = airframe.state[0]["torque"][:n] / p["motor_Kt"][:n] + p["motor_no_load"][:n]
        packs = at.throttle * np.maximum(motor, 0.0)
        volts = p["battery_voltage"][:n] - p["battery_resistance"][:n] * packs
        current, power = float(packs.sum()), float((packs * volts).sum())
        drain = float((packs / p["battery_capacity"][:n]).max())  # capacity in A s
        minutes = 1.0 / drain / 60.0 if drain > 0 else None
    return SteadyPoint(
        speed_mps=at.speed,
        alpha_deg=math.degrees(at.alpha),
        elevator_deg=math.degrees(at.elevator),
        throttle=at.throttle,
        climb_rate_mps=at.speed * math.sin(at.climb),
        climb_angle_deg=math.degrees(at.climb),
        thrust_N=at.thrust if n else None,
        rpm=at.rpm if n else None,
        current_A=current,
        power_W=power,
        battery_min=minutes,
    )


def _usual_cruise(aircraft: Aircraft, stall: float, top: float) -> float:
    """The speed its data were published at, else 1.6 times the stall; within what it can hold level (m/s)."""
    wanted = aircraft.derivatives.speed_mps if aircraft.derivatives else round(1.6 * stall)
    return min(max(wanted, 1.15 * stall), max(0.95 * top, 1.05 * stall))


def _fastest(craft: Airframe, stall: float) -> SteadyPoint | None:
    """Fastest level flight, None where full throttle does not hold its height anywhere above the stall (m/s)."""
    for slow in (1.3 * stall, 1.15 * stall, 1.5 * stall):
        fastest = top_speed(craft, slow)
        if fastest:
            return steady_point(craft, fastest)
    return None


def _over_speed(craft: Airframe, cruise: Trim, low: float, high: float) -> list[tuple[Trim, SteadyPoint]]:
    """Steady flights around the cruise, outwards from it until a control runs out, `low` to `high` (m/s)."""
    step = next(s for s in (0.25, 0.5, 1.0, 2.0, 5.0, 1e9) if (high - low) / s <= MOST_POINTS)
    found = []
    for sign in (-1, 1):
        at, k = cruise, math.floor(cruise.speed / step + (0 if sign < 0 else 1))
        while low <= k * step <= high:
            at = trim(craft, k * step, guess=at)
            if not at.in_reach:
                break
            found.append((at, steady_point(craft, at)))
            k += sign
    return sorted(found, key=lambda pair: pair[0].speed)


def _full_throttle(craft: Airframe, speeds: list[float]) -> tuple[SteadyPoint, ...]:
    points, at = [], None
    for speed in reversed(speeds):
        at = trim(craft, speed, throttle=1.0, guess=at)
        if not at.in_reach:
            break
        points.append(steady_point(craft, at))
    return tuple(reversed(points))


def _static_thrust(craft: Airframe) -> float | None:
    if not craft.motors:
        return None
    still = body_velocity(0.0, 0.0, 0.0)
    craft.load(still, np.zeros(3), 1.0, craft.rotors(still, 1.0))
    return float(craft.state[0]["thrust"][: craft.motors].sum())


def _take_off(aircraft: Aircraft, density: float) -> tuple[TakeOffRoll, ...] | None:
    """The shorter of two ways of flying it, tail up or left where it stands, on each ground."""
    if not (aircraft.wheels and aircraft.propulsion and aircraft.launch.kind == "runway"):
        return None
    lines = []
    for ground, friction in GROUNDS.items():
        runs = [take_off_roll(aircraft, friction, density, lowered=lowered) for lowered in (False, True)]
        run = min((r for r in runs if r is not None), key=lambda r: r.roll_m, default=None)
        if run is not None:
            lines.append(TakeOffRoll(ground, friction, run.roll_m, run.time_s, run.speed_mps))
    return tuple(lines)


def _roll_out(aircraft: Aircraft, density: float, gravity: float) -> tuple[RollOut, ...] | None:
    if not aircraft.wheels or aircraft.launch.kind != "runway":
        return None
    return tuple(RollOut(name, mu, roll_out(aircraft, mu, density, gravity)) for name, mu in GROUNDS.items())


def _flap_stall(aircraft: Aircraft, density: float, gravity: float) -> float | None:
    """Stall speed (m/s) with the flaps fully down, None without flaps or where the elevator cannot balance them."""
    lowered = Airframe(aircraft, density, gravity, propeller=False)
    lowered.flap = 1.0
    if not lowered.has["flap"] or not any(point.lift_area > 0 for point in glide_polar(lowered)):
        return None
    return stall_speed(lowered)


def _turn(stall: float, bank_deg: float) -> StallSpeed:
    load_factor = 1.0 / math.cos(math.radians(bank_deg))
    return StallSpeed(bank_deg, load_factor, stall * math.sqrt(load_factor))


def _glide(glider: Airframe, point: GlidePoint) -> GlideSpeed:
    glider.command(0.0, point.elevator, 0.0)
    return GlideSpeed(
        point.speed,
        float(point.sink),
        float(point.ratio),
        math.degrees(point.alpha),
        math.degrees(glider.deflections()[1]),
    )


def _mode_lines(craft: Airframe, at: Trim) -> tuple[ModeLine, ...]:
    lines = []
    for mode in linear_modes(craft, at):
        value, time = mode.eigenvalue, mode.time_to_double
        lines.append(
            ModeLine(
                mode.name,
                value.real,
                value.imag,
                mode.frequency,
                mode.damping,
                2 * math.pi / abs(value.imag) if abs(value.imag) > 1e-6 else None,
                -time if time < 0 else None,
                time if 0 < time < math.inf else None,
            )
        )
    return tuple(lines)


def reference_wing(aircraft: Aircraft) -> tuple[float, float]:
    """(wing area m2, mean chord m): as published, else of the widest surface, its mean aerodynamic chord."""
    if aircraft.derivatives:
        return aircraft.derivatives.area_m2, aircraft.derivatives.chord_m

    def reach(surface: Surface) -> float:
        return max(rib.leading_edge_m[1] for rib in surface.sections)

    wing = max((s for s in aircraft.surfaces if s.mirrored), key=reach)
    ribs = [(rib.leading_edge_m[1], rib.chord_m) for rib in wing.sections]
    area = moment = 0.0
    for (y0, c0), (y1, c1) in pairwise(ribs):
        area += (y1 - y0) * (c0 + c1)  # both halves
        moment += (y1 - y0) * (c0 * c0 + c0 * c1 + c1 * c1) * 2 / 3
    return area, moment / area
