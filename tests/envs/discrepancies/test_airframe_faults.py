"""Balance, weight, damaged wings, motor and propeller: each against theory that knows nothing of the code's path."""

from __future__ import annotations

import math

import numpy as np
import pytest

from envs.aircraft.aircraft import Aircraft, load_aircraft
from envs.base.config_file import names_of
from envs.base.errors import InputError
from envs.discrepancies import apply_discrepancies
from envs.performance.flights import stall_speed
from envs.physics.steady.airframe import Airframe, body_velocity
from envs.physics.steady.trim import trim
from tests.envs.physics.test_engine import CONSTANT, PISTON, engined
from tests.support.layouts import layout
from tests.support.physics_tools import ultra_stick, wing_only

STILL = np.zeros(3)
SPEED, PRESSURE = 20.0, 0.5 * 1.225 * 400.0
COEFFICIENTS = "tests/support/aircraft/ultra_stick_coefficients.yaml"


def loads(aircraft: Aircraft, alpha: float, drawing: Aircraft | None = None) -> np.ndarray:
    """(force N, moment N m: roll right, pitch up, yaw right) without propeller, controls centred, at SPEED."""
    craft = Airframe(aircraft, propeller=False, drawing=drawing)
    craft.command(0.0, 0.0, 0.0)
    return craft.load(body_velocity(SPEED, alpha, 0.0), STILL, 0.0, np.zeros(0)) * [1, 1, 1, 1, -1, -1]


def lifting_line(aspect: float, slope: np.ndarray, alpha: np.ndarray) -> tuple[float, float]:
    """(CL, Cl roll to the right) of a rectangular wing of many stations, left to right: Prandtl's equation by Glauert's
    series (Glauert, The Elements of Aerofoil and Airscrew Theory, ch. 11). Section lift slope and angle at each.
    """
    count = len(slope)
    theta = np.pi * np.arange(1, count + 1) / (count + 1)
    n = np.arange(1, count + 1)
    mu = slope / (4.0 * aspect)
    matrix = np.sin(np.outer(theta, n)) * (np.sin(theta)[:, None] + mu[:, None] * n)
    series = np.linalg.solve(matrix, mu * alpha * np.sin(theta))
    return float(np.pi * aspect * series[0]), float(np.pi * aspect * series[1] / 4.0)


def left_half(count: int) -> np.ndarray:
    return np.arange(1, count + 1) < (count + 1) / 2


@pytest.mark.parametrize("severity", [1.0, -1.0, 0.5])
@pytest.mark.parametrize("name", ["ultra_stick", COEFFICIENTS])
def test_the_centre_of_gravity_changes_pitching_stiffness_by_lift_slope_times_its_shift(
    name: str, severity: float
) -> None:
    drawing = load_aircraft(name)
    published = drawing.derivatives
    assert published
    stiffness = []
    for craft in (drawing, apply_discrepancies(drawing, [f"tail_heavy={severity}"])):
        low, high = (loads(craft, alpha, drawing) for alpha in (0.02, 0.06))
        stiffness.append((high[4] - low[4]) / 0.04 / (PRESSURE * published.area_m2 * published.chord_m))
    assert stiffness[1] - stiffness[0] == pytest.approx(0.19 * severity * published.CL["alpha"], rel=0.06)


def test_a_side_heavy_aircraft_is_rolled_by_its_lift_times_the_shift() -> None:
    drawing = ultra_stick()
    for severity in (1.0, -0.5):
        drawn, heavy = (
            loads(drawing, 0.06),
            loads(apply_discrepancies(drawing, [f"side_heavy={severity}"]), 0.06, drawing),
        )
        assert heavy[:3] == pytest.approx(drawn[:3])
        assert heavy[3] - drawn[3] == pytest.approx(drawn[2] * 0.04 * drawing.span_m * severity, rel=1e-6)
        assert heavy[3] * severity > 0  # right


@pytest.mark.parametrize(("severity", "factor"), [(1.0, 1.30), (-1.0, 0.85), (0.5, 1.15)])
def test_weight_raises_the_stall_speed_by_its_square_root(severity: float, factor: float) -> None:
    drawing = ultra_stick()
    heavy = apply_discrepancies(drawing, [f"heavy={severity}"])
    assert heavy.mass.mass_kg == pytest.approx(factor * drawing.mass.mass_kg)
    speeds = [stall_speed(Airframe(a, propeller=False, drawing=drawing)) for a in (drawing, heavy)]
    assert speeds[1] / speeds[0] == pytest.approx(math.sqrt(factor), rel=0.01)


@pytest.mark.parametrize("severity", [1.0, -1.0])
def test_a_half_that_lost_lift_rolls_as_the_lifting_line_says(severity: float) -> None:
    aspect, count, alpha = 10.0, 79, 0.08
    drawing = wing_only(aspect)
    side = left_half(count) if severity < 0 else left_half(count)[::-1]
    slope = np.full(count, 2 * np.pi)
    drawn = lifting_line(aspect, slope, np.full(count, alpha))
    lost = lifting_line(aspect, np.where(side, 0.75 * slope, slope), np.full(count, alpha))
    flat, hurt = loads(drawing, alpha), loads(apply_discrepancies(drawing, [f"lost_lift={severity}"]), alpha, drawing)
    scale = PRESSURE * aspect
    assert hurt[2] / flat[2] == pytest.approx(lost[0] / drawn[0], abs=0.01)
    assert hurt[3] / (scale * aspect) == pytest.approx(lost[1], rel=0.08)
    assert lost[1] * severity > 0
    # And as half of what is lost, where a half's lift acts: 0.42 of the half span (elliptic: 4 / 3 pi).
    assert severity * hurt[3] / (flat[2] - hurt[2]) == pytest.approx(0.5 * aspect * 0.424, rel=0.25)


@pytest.mark.parametrize("severity", [1.0, -1.0])
def test_a_warped_half_rolls_as_the_lifting_line_says(severity: float) -> None:
    aspect, count, alpha = 10.0, 79, 0.04
    drawing = wing_only(aspect)
    out = np.abs(np.cos(np.pi * np.arange(1, count + 1) / (count + 1)))  # share of the half span
    side = left_half(count) if severity > 0 else left_half(count)[::-1]
    slope = np.full(count, 2 * np.pi)
    drawn = lifting_line(aspect, slope, np.full(count, alpha))
    warped = lifting_line(aspect, slope, alpha + np.where(side, math.radians(2.0) * out, 0.0))
    flat, bent = loads(drawing, alpha), loads(apply_discrepancies(drawing, [f"warped_wing={severity}"]), alpha, drawing)
    assert bent[2] / flat[2] == pytest.approx(warped[0] / drawn[0], rel=0.02)
    assert bent[3] / (PRESSURE * aspect * aspect) == pytest.approx(warped[1], rel=0.08)
    assert warped[1] * severity > 0


def test_a_torn_wing_is_a_shorter_wing_beside_the_middle() -> None:
    """Rectangular: what is left has nine tenths of the span, and its middle a twentieth of it to the left."""
    aspect, alpha = 8.0, 0.06
    drawing, shorter = wing_only(aspect, strips=10), wing_only(0.9 * aspect, strips=9)
    torn = apply_discrepancies(drawing, ["torn_tip=1"])
    flat, cut, like = loads(drawing, alpha), loads(torn, alpha, drawing), loads(shorter, alpha)
    helmbold = [a * 2 * math.pi * a / (2 + math.sqrt(4 + a * a)) for a in (aspect, 0.9 * aspect)]  # slope times area
    assert cut[2] / flat[2] == pytest.approx(helmbold[1] / helmbold[0], abs=0.01)
    assert cut[:3] == pytest.approx(like[:3], rel=0.01, abs=0.05)
    middle = 0.05 * aspect - torn.mass.center_of_gravity_m[1]
    assert cut[3] == pytest.approx(cut[2] * middle, rel=0.01)  # rolls right
    assert cut[3] > 0


@pytest.mark.parametrize("severity", [1.0, -1.0, 0.5])
def test_a_torn_tip_takes_its_mass_and_inertia_along(severity: float) -> None:
    """A rectangular wing of 0.25 m chord and 0.7 m half span that weighs a quarter of 1.8 kg: parallel axes by hand."""
    drawing = layout("conventional")
    before, after = drawing.mass, apply_discrepancies(drawing, [f"torn_tip={severity}"]).mass
    length, chord, lost = 0.7 * 0.2 * abs(severity), 0.25, 0.1 * abs(severity)
    m = lost * 0.25 * 1.8
    x, y = 0.09 - 0.125, (0.7 - 0.5 * length) * (-1 if severity > 0 else 1)
    z = 0.06 + 0.04 * abs(y) / 0.7
    left = 1.8 - m
    center = -m * np.array([x, y, z]) / left
    assert after.mass_kg == pytest.approx(left)
    assert after.center_of_gravity_m == pytest.approx(center.tolist(), rel=1e-3)
    shift = center**2
    own_y, own_x = m * length**2 / 12, m * chord**2 / 12
    assert after.Ixx == pytest.approx(before.Ixx - own_y - m * (y**2 + z**2) - left * (shift[1] + shift[2]), rel=1e-4)
    assert after.Iyy == pytest.approx(before.Iyy - own_x - m * (x**2 + z**2) - left * (shift[0] + shift[2]), rel=1e-4)
    assert after.Izz == pytest.approx(
        before.Izz - own_x - own_y - m * (x**2 + y**2) - left * (shift[0] + shift[1]), rel=1e-4
    )


def test_a_torn_tip_takes_its_piece_of_aileron_along() -> None:
    drawing = layout("conventional")  # ailerons from 0.45 to 0.95 of the half span
    areas = []
    for craft in (drawing, apply_discrepancies(drawing, ["torn_tip=1"])):
        p = Airframe(craft, drawing=drawing).p
        strips, hinges = p["strip_area"][: p["strips"]], p["strip_hinge"][: p["strips"]]
        areas.append([strips[hinges == hinge].sum() for hinge in (0, 1)])
    assert areas[1][0] == pytest.approx(areas[0][0])  # the left one is whole
    assert areas[1][1] / areas[0][1] == pytest.approx((0.8 - 0.45) / 0.5, rel=1e-3)


def test_a_winglet_goes_with_its_tip() -> None:
    drawing = load_aircraft("x8")
    torn = apply_discrepancies(drawing, ["torn_tip=-0.1"])
    p = Airframe(torn, drawing=drawing).p
    left = p["strip_position"][: p["strips"], 1] > 0
    upright = p["strip_surface"][: p["strips"]] == 1
    assert not (left & upright).any()
    assert (~left & upright).sum() == 2
    corners = p["hull_point"][: p["hull"]] + torn.mass.center_of_gravity_m
    assert corners[:, 1].max() == pytest.approx(0.98 * 1.05, abs=0.003)
    assert corners[:, 1].min() == pytest.approx(-1.06, abs=0.01)
    assert trim(Airframe(torn, drawing=drawing), 18.0).balanced


@pytest.mark.parametrize("name", ["lost_lift", "torn_tip", "warped_wing"])
def test_coefficients_and_strips_tell_the_same_of_a_damaged_wing(name: str) -> None:
    """One aircraft described both ways: rolling moments alike, to the accuracy of one station a half wing."""
    rolls = []
    for path in ("ultra_stick", COEFFICIENTS):
        drawing = load_aircraft(path)
        hurt = apply_discrepancies(drawing, [f"{name}=1"])
        rolls.append(loads(hurt, 0.08, drawing)[3] - loads(drawing, 0.08)[3])
    assert rolls[0] > 0
    assert rolls[1] == pytest.approx(rolls[0], rel=0.3)


def static(aircraft: Aircraft) -> tuple[float, float]:
    """(thrust N, speed of the first rotor rad/s) at full throttle, standing."""
    craft = Airframe(aircraft)
    rotors = craft.rotors(STILL, 1.0)
    craft.load(STILL, STILL, 1.0, rotors)
    return float(craft.state[0]["thrust"][: craft.motors].sum()), float(rotors[0])


@pytest.mark.parametrize("name", [*names_of("aircraft"), "twin", "piston", "constant"])
def test_static_thrust_is_what_each_motor_fault_leaves(name: str) -> None:
    made = {"piston": lambda: engined(PISTON), "constant": lambda: engined(CONSTANT), "twin": lambda: layout("twin")}
    drawing = made[name]() if name in made else load_aircraft(name)
    drawn = static(drawing)
    for severity in (0.5, 1.0):
        worn = static(apply_discrepancies(drawing, [f"worn_motor={severity}"]))
        assert worn[0] / drawn[0] == pytest.approx(1.0 - 0.30 * severity, abs=0.003)
        propeller = static(apply_discrepancies(drawing, [f"worn_propeller={severity}"]))
        assert propeller[0] / drawn[0] == pytest.approx(1.0 - 0.25 * severity, abs=1e-6)
        assert propeller[1] == pytest.approx(drawn[1])  # it takes the same power
    if all(unit.battery for unit in drawing.propulsion):
        assert 0.70 < static(apply_discrepancies(drawing, ["weak_battery"]))[0] / drawn[0] < 0.85


@pytest.mark.parametrize("severity", [1.0, -0.5])
def test_the_thrust_line_turns_force_and_moments_with_it(severity: float) -> None:
    drawing = ultra_stick()
    before, after = (Airframe(a) for a in (drawing, apply_discrepancies(drawing, [f"thrust_line={severity}"])))
    unit, center = drawing.propulsion[0], np.array(drawing.mass.center_of_gravity_m)
    found = []
    for craft in (before, after):
        craft.p["strips"] = craft.p["bodies"] = 0  # the propeller alone
        rotors = craft.rotors(STILL, 1.0)
        found.append(craft.load(STILL, STILL, 1.0, rotors))
    thrust = float(after.state[0]["thrust"][0])
    right = math.radians(unit.right_thrust_deg + 4.0 * severity)
    down = math.radians(unit.down_thrust_deg + 4.0 * severity)
    force = thrust * np.array([math.cos(right) * math.cos(down), -math.sin(right) * math.cos(down), -math.sin(down)])
    assert found[1][:3] == pytest.approx(force.tolist(), abs=1e-6)
    turning = np.cross(np.array(unit.position_m) - center, force)
    torque = found[1][3:6] - turning
    assert np.cross(torque, force) == pytest.approx([0, 0, 0], abs=1e-3)  # all that is left is along the shaft
    change = found[1][3:6] - found[0][3:6]
    assert -change[2] * severity > 0  # nose right
    assert change[1] * severity > 0  # nose down


def test_an_iced_wing_lifts_less_on_both_halves_and_drags_more() -> None:
    aspect, count, alpha = 10.0, 79, 0.08
    drawing = wing_only(aspect)
    slope, angle = np.full(count, 2 * np.pi), np.full(count, alpha)
    share = lifting_line(aspect, 0.85 * slope, angle)[0] / lifting_line(aspect, slope, angle)[0]
    clean, iced = loads(drawing, alpha), loads(apply_discrepancies(drawing, ["iced_wing=1"]), alpha, drawing)
    assert iced[2] / clean[2] == pytest.approx(share, abs=0.01)
    assert iced[3:] == pytest.approx(clean[3:] * iced[2] / clean[2], abs=0.05)  # it flies straight
    level, rough = loads(drawing, 0.0), loads(apply_discrepancies(drawing, ["iced_wing=1"]), 0.0, drawing)
    assert level[0] - rough[0] == pytest.approx(0.02 * PRESSURE * aspect, rel=0.02)
    assert apply_discrepancies(ultra_stick(), ["iced_wing=1"]).mass.mass_kg == pytest.approx(
        1.05 * ultra_stick().mass.mass_kg
    )


@pytest.mark.parametrize("severity", [1.0, -0.5])
def test_an_open_hatch_brakes_and_pulls_the_nose_to_its_side(severity: float) -> None:
    drawing = ultra_stick()
    area = drawing.derivatives.area_m2 if drawing.derivatives else 0.0
    shut, hanging = (
        loads(craft, 0.0, drawing) for craft in (drawing, apply_discrepancies(drawing, [f"open_hatch={severity}"]))
    )
    drag = 0.04 * abs(severity) * PRESSURE * area
    assert shut[0] - hanging[0] == pytest.approx(drag, rel=1e-3)
    arm = 0.125 * drawing.span_m * np.sign(severity)  # from the middle to the hatch
    assert hanging[5] - shut[5] == pytest.approx(drag * arm, rel=1e-3)


@pytest.mark.parametrize("severity", [1.0, -1.0])
@pytest.mark.parametrize("name", ["ultra_stick", "sport", "mcfoamy"])
def test_a_bent_fin_turns_the_nose_to_the_side_that_the_sign_says(name: str, severity: float) -> None:
    drawing = load_aircraft(name)
    drawn, bent = (loads(a, 0.03, drawing) for a in (drawing, apply_discrepancies(drawing, [f"bent_fin={severity}"])))
    craft = Airframe(drawing, propeller=False)
    craft.command(0.0, 0.0, 0.0)
    # A fin whose tip is turned by 5 degrees, evenly from the root, turns the nose less than 5 degrees of slip would.
    slip = math.radians(5.0) * severity
    slipped = craft.load(body_velocity(SPEED, 0.03, slip), STILL, 0.0, np.zeros(0)) * [1, 1, 1, 1, -1, -1]
    assert 0.1 < (bent[5] - drawn[5]) / (slipped[5] - drawn[5]) < 1.0
    assert (bent[5] - drawn[5]) * severity > 0.0


@pytest.mark.parametrize("severity", [1.0, -0.5])
def test_half_an_elevator_pitches_half_as_much_and_rolls(severity: float) -> None:
    drawing = ultra_stick()
    half = apply_discrepancies(drawing, [f"half_elevator={severity}"])

    def pulled(aircraft: Aircraft, stick: float) -> np.ndarray:
        craft = Airframe(aircraft, propeller=False, drawing=drawing)
        craft.command(0.0, stick, 0.0)
        return craft.load(body_velocity(SPEED, 0.03, 0.0), STILL, 0.0, np.zeros(0)) * [1, 1, 1, 1, -1, -1]

    whole, part = (pulled(a, 0.1) - pulled(a, -0.1) for a in (drawing, half))
    assert part[4] / whole[4] == pytest.approx(0.5, abs=0.02)
    assert part[3] < -0.05 * part[4]  # the left half alone pushes down: it rolls left
    trim_shift = pulled(half, 0.0) - pulled(drawing, 0.0)
    assert trim_shift[4] * severity > 0.0  # up: nose up
    with pytest.raises(InputError, match="no elevator in two halves"):
        apply_discrepancies(load_aircraft(COEFFICIENTS), ["half_elevator"])
