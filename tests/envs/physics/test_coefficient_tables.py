"""More that a source may publish of a coefficient aircraft: tables, alphadot, growth with lift, more kinds of drag."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from envs.aircraft.aircraft import Aircraft, load_aircraft
from envs.base.errors import InputError
from envs.physics.steady.airframe import FORCE, MOMENT, Airframe, body_velocity
from envs.physics.steady.modes import linear_modes
from envs.physics.steady.trim import trim
from envs.physics.world import World
from tests.support.physics_tools import changed

FOLDER = Path(__file__).resolve().parents[2] / "support" / "aircraft"
STICK, RASCAL = str(FOLDER / "ultra_stick_coefficients.yaml"), str(FOLDER / "rascal.yaml")
AREA, SPAN, CHORD = 0.3097, 1.27, 0.25
PRESSURE = 0.5 * 1.225 * 15.0**2


def stick(**entries: Any) -> Aircraft:
    """The Ultra Stick with terms changed: CD={"beta_size": 0.1}, tables={...}; None takes one out."""

    def change(data: dict[str, Any]) -> None:
        published = data["derivatives"]
        for name, terms in entries.items():
            published[name] = {k: v for k, v in {**published.get(name, {}), **terms}.items() if v is not None}

    return changed(load_aircraft(STICK), change)


def coefficients(aircraft: Aircraft, alpha: float, beta: float = 0.0, rates: Any = (0, 0, 0)) -> dict[str, float]:
    """CD, CY, Cl, Cn about the published point; rates p b / 2V, q c / 2V, r b / 2V."""
    craft = Airframe(aircraft, propeller=False)
    turned = np.array(rates) * 2 * 15.0 / np.array([SPAN, CHORD, SPAN]) * (1, -1, -1)
    load = craft.load(body_velocity(15.0, alpha, beta), turned, 0.0, np.zeros(0))
    fx, fy, fz = load[FORCE] / (PRESSURE * AREA)
    arm = np.array([-0.2175, 0.0, 0.046]) - np.array(aircraft.mass.center_of_gravity_m)
    rolling, _, yawing = (load[MOMENT] - np.cross(arm, load[FORCE])) / (PRESSURE * AREA * SPAN)
    drag = fz * math.sin(alpha) - fx * math.cos(alpha)
    return {"CD": float(drag), "CY": float(-fy), "Cl": float(rolling), "Cn": float(-yawing)}


def test_drag_with_sideslip() -> None:
    plain = coefficients(stick(), 0.05, 0.1)["CD"]
    slope, square = 0.2, 1.5
    more = coefficients(stick(CD={"beta_size": slope, "beta_squared": square}), 0.05, 0.1)["CD"]
    sine = math.sin(0.1)
    assert more - plain == pytest.approx((slope * sine + square * sine**2) * math.cos(0.1) ** 2, rel=1e-3)
    rascal = Airframe(load_aircraft(RASCAL), propeller=False)
    forward = [-rascal.load(body_velocity(20.0, 0.0, b), np.zeros(3), 0.0, np.zeros(0))[0] for b in (0.0, 0.13)]
    pressed = 0.5 * 1.225 * 400 * 0.98199
    assert (forward[1] / math.cos(0.13) ** 2 - forward[0]) / pressed == pytest.approx(0.025, rel=0.05)  # half of 0.05


def test_drag_with_the_size_of_alpha_beside_that_by_lift() -> None:
    form = dict.fromkeys(("min", "CL_at_min", "k")) | {"zero": 0.03, "CL_squared": 0.05, "alpha_size": 0.1}
    for alpha in (-0.03, 0.0, 0.08):
        lift = 0.1068 + 4.58 * alpha
        wanted = 0.03 + 0.05 * lift**2 + 0.1 * abs(alpha)
        assert coefficients(stick(CD=form), alpha)["CD"] == pytest.approx(wanted, rel=1e-3)


def test_drag_of_controls_by_their_square() -> None:
    aircraft = stick(CD={"elevator": None, "elevator_squared": 0.6})
    craft, drags = Airframe(aircraft, propeller=False), []
    for command in (0.0, 0.5):
        craft.command(0.0, command, 0.0)
        # At CL 0.23 of the wing drag by lift has no slope, so that the elevator's lift costs next to nothing.
        alpha = (0.23 - 0.1068) / 4.58
        fx, _, fz = craft.load(body_velocity(15.0, alpha, 0.0), np.zeros(3), 0.0, np.zeros(0))[FORCE]
        drags.append((fz * math.sin(alpha) - fx * math.cos(alpha)) / (PRESSURE * AREA))
    assert drags[1] - drags[0] == pytest.approx(0.6 * math.radians(12.5) ** 2, rel=0.02)


def test_cross_derivatives_grow_with_lift_as_in_CRRCsim() -> None:
    aircraft = stick(Cl={"r": 0.0, "r_CL": 0.42}, Cn={"p": 0.0, "p_CL": -0.12})
    for alpha in (-0.02, 0.03, 0.1):
        lift = 0.1068 + 4.58 * alpha
        turning, rolling = (
            {k: coefficients(aircraft, alpha, rates=r)[k] - coefficients(aircraft, alpha)[k] for k in ("Cl", "Cn")}
            for r in ((0, 0, 0.02), (0.02, 0, 0))
        )
        assert turning["Cl"] / 0.02 == pytest.approx(0.42 * lift, rel=1e-3)
        assert rolling["Cn"] / 0.02 == pytest.approx(-0.12 * lift, rel=1e-3)


def test_any_term_as_a_table_over_alpha_or_beta() -> None:
    tables = {
        "Cl.r": {"alpha_deg": [-5, 0, 10], "value": [-0.1, 0.05, 0.35]},
        "Cn.beta": {"alpha_deg": [0, 10], "value": [0.08, 0.02]},
        "CY.zero": {"beta_deg": [-30, 0, 30], "value": [0.2, 0.0, -0.2]},
    }
    aircraft = stick(Cl={"r": None}, Cn={"beta": None}, CY={"beta": -0.01}, tables=tables)
    at_5 = math.radians(5)
    base = coefficients(aircraft, at_5)
    assert (coefficients(aircraft, at_5, rates=(0, 0, 0.02))["Cl"] - base["Cl"]) / 0.02 == pytest.approx(0.2, rel=1e-3)
    slipped = coefficients(aircraft, at_5, math.radians(3))
    assert (slipped["Cn"] - base["Cn"]) / math.sin(math.radians(3)) == pytest.approx(0.05, rel=2e-3)
    assert slipped["CY"] == pytest.approx(-0.02 - 0.0434 * math.sin(math.radians(3)), rel=0.02)  # and the least drag's
    held = (
        coefficients(aircraft, math.radians(-8), rates=(0, 0, 0.02))["Cl"]
        - coefficients(aircraft, math.radians(-8))["Cl"]
    )
    assert held / 0.02 == pytest.approx(-0.1, rel=1e-3)


def _short_period(with_alphadot: bool) -> complex:
    """Eigenvalue of the textbook's two equations, alpha and q (Etkin & Reid, Dynamics of Flight, ch. 6), by hand."""
    rascal, speed = load_aircraft(RASCAL), 20.0
    mass, inertia = rascal.mass.mass_kg, rascal.mass.Iyy
    q, area, chord = 0.5 * 1.225 * speed**2, 0.98199, 0.35052
    slope = (1.4 - 0.25) / 0.23
    at = trim(Airframe(rascal, propeller=False), speed)
    drag = mass * 9.81 * math.sin(-at.climb)
    heave = (q * area * slope + drag) / (mass * speed)
    # about the centre of gravity, an inch ahead of the published point
    stiff = q * area * chord * (-0.5 - slope * 0.0254 / chord) / inertia
    unit = q * area * chord * chord / (2 * speed) / inertia
    pitching, lagging = -12.0 * unit, -7.0 * unit if with_alphadot else 0.0
    matrix = np.array([[-heave, 1.0], [stiff - lagging * heave, pitching + lagging]])
    return complex(max(np.linalg.eigvals(matrix), key=lambda v: v.imag))


@pytest.mark.parametrize("with_alphadot", [True, False])
def test_short_period_with_and_without_alphadot_is_the_textbooks(with_alphadot: bool) -> None:
    aircraft = load_aircraft(RASCAL)
    if not with_alphadot:
        aircraft = changed(aircraft, lambda d: d["derivatives"]["Cm"].pop("alphadot"))
    craft = Airframe(aircraft, propeller=False)
    mode = {m.name: m.eigenvalue for m in linear_modes(craft, trim(craft, 20.0))}["short period"]
    assert mode == pytest.approx(_short_period(with_alphadot), rel=0.02)
    assert abs(_short_period(True) - _short_period(False)) > 0.1 * abs(_short_period(False))


def test_alphadot_in_flight_damps_as_its_mode_says() -> None:
    rascal = load_aircraft(RASCAL)
    craft = Airframe(rascal, propeller=False)
    at = trim(craft, 20.0)
    mode = {m.name: m.eigenvalue for m in linear_modes(craft, at)}["short period"]
    world = World(rascal, control_hz=240)
    pitch = at.alpha + at.climb
    half = math.sin(-pitch / 2)  # nose up turns about -y
    offset = 0.02
    velocity = (20.0 * math.cos(at.climb), 0.0, 20.0 * math.sin(at.climb) - 20.0 * offset)
    world.reset((0.0, 0.0, 300.0), (0.0, half, 0.0, math.cos(half)), velocity, (0.0, 0.0, 0.0))
    world.state[0]["deflection"][:] = 0.0
    times, angles = [], []
    for step in range(240):
        world.advance(*at.command, 0.0)
        air = world.state[0]["air_velocity"]
        times.append((step + 1) / 240)
        angles.append(math.atan2(-air[2], air[0]) - at.alpha)
    world.close()
    # Start: alpha off by `offset`, no pitch rate. Two equations, solved by their own matrix exponential.
    wanted = _free_response(mode, offset, np.array(times))
    assert np.abs(np.array(angles) - wanted)[:120].max() < 0.2 * offset


def _free_response(mode: complex, offset: float, times: np.ndarray) -> np.ndarray:
    rascal = load_aircraft(RASCAL)
    q, slope = 0.5 * 1.225 * 400, (1.4 - 0.25) / 0.23
    heave = q * 0.98199 * slope / (rascal.mass.mass_kg * 20.0)
    # alpha(t) = e^(at) (A cos wt + B sin wt) with alpha'(0) = -heave alpha(0)
    real, wave = mode.real, abs(mode.imag)
    second = (-heave - real) * offset / wave
    return np.exp(real * times) * (offset * np.cos(wave * times) + second * np.sin(wave * times))


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ({"tables": {"CL.zro": {"alpha_deg": [0, 1], "value": [0, 1]}}}, "did you mean 'CL.zero'"),
        ({"tables": {"CL.q": {"alpha_deg": [0, 1], "value": [0, 1]}}}, "given as a number and as a table"),
        ({"CL": {"q": None}, "tables": {"CL.q": {"beta_deg": [0, 1], "value": [0, 1]}}}, "goes over alpha_deg"),
        ({"Cl": {"r": None}, "tables": {"Cl.r": {"alpha_deg": [0, 1, 2], "value": [0, 1]}}}, "equally long"),
        ({"Cl": {"r": None}, "tables": {"Cl.r": {"alpha_deg": [1, 0], "value": [0, 1]}}}, "must rise"),
        ({"Cl": {"r": None}, "tables": {"Cl.r": {"value": [0, 1]}}}, "alpha_deg or beta_deg"),
        (
            {"Cl": {"p": None}, "tables": {"Cl.p": {"alpha_deg": [0, 9], "value": [-0.4, 0.1]}}},
            "Cl.p must be given and neg",
        ),
        ({"tables": {"CD.beta": {"alpha_deg": [0, 1], "value": [0, 1]}}}, "goes over beta_deg"),
    ],
)
def test_a_faulty_table_is_refused_in_one_line(entries: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError) as refused:
        stick(**entries)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(("name", "term"), [("Cm", "alphadot"), ("Cl", "r_CL"), ("Cn", "p_CL"), ("CD", "beta_size")])
def test_strips_carry_these_by_themselves(name: str, term: str) -> None:
    with pytest.raises(InputError, match=rf"derivatives.{name}.{term}: only for a coefficient aircraft"):
        changed(load_aircraft("ultra_stick"), lambda d: d["derivatives"][name].update({term: -1.0}))


def test_strips_take_no_tables() -> None:
    def tabled(data: dict[str, Any]) -> None:
        data["derivatives"]["Cn"].pop("beta")
        data["derivatives"]["tables"] = {"Cn.beta": {"alpha_deg": [0, 10], "value": [0.1, 0.2]}}

    with pytest.raises(InputError, match="only for a coefficient aircraft"):
        changed(load_aircraft("ultra_stick"), tabled)
