"""Cases of tests/envs/physics/test_effects.py: surfaces, wind and servos."""

from __future__ import annotations

import math

import numpy as np
import pytest

from envs.aircraft.aircraft import Aircraft
from envs.physics.assembly.calibration import flight_parameters
from envs.physics.kernels.air import advance_turbulence, wind_at
from envs.physics.kernels.records import GUST_NORMALS, new_state
from envs.physics.kernels.section import ground_factor
from envs.physics.steady.airframe import FREE_AIR, Airframe, airframe_load, body_velocity
from envs.physics.world import World
from tests.envs.physics.test_physics_wind import FOOT, series_of
from tests.support.physics_tools import bare, lift_and_drag, place, ultra_stick, wing_only

STILL = np.zeros(3)


def downwash_left(height: float, behind: float) -> float:
    """Share of the downwash left on the tail's place over ground: elliptic wing of span 1 and its mirror image.

    Sum over the trailing legs of Biot-Savart (half-infinite vortex): height of wing and tail, tail `behind` it, spans.
    """
    y = (np.arange(4000) + 0.5) / 4000 - 0.5
    shed = y / np.sqrt(0.25 - y * y)  # -d Gamma / dy

    def down(vertical: float) -> float:
        distance2 = y * y + vertical * vertical
        legs = y * shed / distance2 * (1 + behind / np.sqrt(distance2 + behind * behind))
        bound = np.sqrt(0.25 - y * y) * behind / (distance2 + behind * behind) ** 1.5
        return float(np.sum(legs + bound))

    return 1 - down(2 * height) / down(1e-3)


def with_feeble_tail_at_wing() -> Aircraft:
    """The Ultra Stick with a tailplane as high as its wing that hardly lifts, so that it only feels the wing."""
    data = ultra_stick().model_dump()
    wing, tail = data["surfaces"][0], data["surfaces"][1]
    tail["airfoil"]["lift_slope_per_rad"] = 1.01
    for section in tail["sections"]:
        x, y, _ = section["leading_edge_m"]
        section["leading_edge_m"] = (x, y, wing["sections"][0]["leading_edge_m"][2])
    return Aircraft.model_validate(data)


def ground_effect() -> None:
    # Wieselsberger at h/b 0.17: induced drag x 0.66; an independent lattice with mirror image: CL +16 %, CDi x 0.67.
    assert ground_factor(0.17, 1.0) == pytest.approx(1 - (1 - 1.32 * 0.17) / (1.05 + 7.4 * 0.17))
    shape = wing_only(5.2, lift_slope_per_rad=2 * math.pi, drag_min=0.0, drag_k=0.0)
    wing, blind = Airframe(shape), Airframe(shape, effects={"ground_effect": False})
    free = lift_and_drag(wing, 0.05)
    for height in (0.13, 0.17, 0.2, 0.3, 0.5):
        near = lift_and_drag(wing, 0.05, height * 5.2)
        drag = (near[1] / near[0] ** 2) / (free[1] / free[0] ** 2)
        assert drag == pytest.approx(ground_factor(height, 1.0), abs=0.03)
    assert lift_and_drag(wing, 0.05, 0.17 * 5.2)[0] / free[0] == pytest.approx(1.16, abs=0.03)
    assert lift_and_drag(wing, 0.05, 1.4 * 5.2) == pytest.approx(free)
    assert lift_and_drag(blind, 0.05, 0.17 * 5.2) == pytest.approx(free)
    # Downwash at the tail per lift of the wing, from what a tail that hardly lifts itself feels.
    for height in (0.1, 0.17, 0.3):
        downwash = []
        for effects, above in (
            ({"induced_flow": False}, FREE_AIR),
            ({}, FREE_AIR),
            ({}, height * 1.27),
            ({"ground_effect": False}, height * 1.27),
        ):
            glider = Airframe(bare(with_feeble_tail_at_wing()), effects=effects)
            glider.command(0, 0, 0)
            still, sensors = body_velocity(15.0, 0.05, 0.0), np.zeros(0)
            airframe_load(glider.parameters, glider.state, still, STILL, 0.0, sensors, above, np.zeros(6))
            position, normal = glider.p["strip_position"], glider.p["strip_normal"]
            tail = (position[:, 0] < -0.4) & (normal[:, 2] > 0.9)
            wing = (position[:, 0] > -0.4) & (normal[:, 2] > 0.9)
            lift = glider.state[0]["strip_lift"]
            downwash.append((lift[tail].sum(), lift[wing].sum()))
        straight, *felt = downwash
        free, near, without = ((straight[0] - tail) / wing for tail, wing in felt)
        assert without == pytest.approx(free)
        assert near / free == pytest.approx(downwash_left(height, 0.45), abs=0.06)  # the lift feels the slower flow too


def induced_flow() -> None:
    # Helmbold: CL_alpha = 2 pi AR / (2 + sqrt(AR^2 + 4)), a square tip costs a few percent more; an endless wing has
    # 2 pi and no drag by its lift.
    for aspect_ratio in (3.0, 6.0):
        shape = wing_only(aspect_ratio, lift_slope_per_rad=2 * math.pi, drag_min=0.0, drag_k=0.0)
        lift, drag = lift_and_drag(Airframe(shape), 0.04)
        assert lift / 0.04 == pytest.approx(math.tau * aspect_ratio / (2 + math.hypot(aspect_ratio, 2)), rel=0.07)
        assert drag == pytest.approx(lift**2 / (math.pi * aspect_ratio), rel=0.1)
        lift, drag = lift_and_drag(Airframe(shape, effects={"induced_flow": False}), 0.04)
        assert lift / 0.04 == pytest.approx(math.tau, rel=0.01)
        assert abs(drag) < 1e-4


def stall() -> None:
    # A section of 12 deg stall and slope 2 pi reaches 1.3 and falls to a plate: Khan & Nahon's CN (PHYSICS.md 2.3).
    shape = wing_only(6.0, stall_deg=12.0, stall_width_deg=8.0, drag_k=0.0)
    on, off = (Airframe(shape, effects={"induced_flow": False, "stall": wanted}) for wanted in (True, False))
    best = max(lift_and_drag(on, math.radians(a))[0] for a in np.arange(8, 20, 0.25))
    assert 1.0 < best / (math.tau * math.radians(12)) < 1.06
    sine = math.sin(math.radians(30))
    plate = 1.98 * sine * (1 / (0.56 + 0.44 * sine) - 0.41 * (1 - math.exp(-17 / 6)))
    lift, drag = lift_and_drag(on, math.radians(30))
    assert lift == pytest.approx(plate * math.cos(math.radians(30)), rel=0.05)
    assert drag == pytest.approx(plate * sine, rel=0.05)
    lift, drag = lift_and_drag(off, math.radians(30))
    assert lift == pytest.approx(math.tau * math.radians(30), rel=0.02)
    assert drag < 0.1


def rotational_gusts() -> None:
    w20, feet, speed, span = 7.7, 50.0, 17.0, 1.27
    gusts = series_of(flight_parameters(ultra_stick()), w20, feet, speed)
    length_w, length_v = 50 * FOOT, 50 / (0.177 + 0.000823 * 50) ** 1.2 * FOOT
    sigma_w = 0.1 * w20
    sigma_v = sigma_w / (0.177 + 0.000823 * 50) ** 0.4
    # MIL-F-8785C: sigma_p = 1.9 sigma_w / sqrt(L_w b).
    assert gusts[:, 3].std() == pytest.approx(1.9 * sigma_w / math.sqrt(length_w * span), rel=0.06)
    # Phi_q = (omega / V)^2 / (1 + (4 b omega / pi V)^2) Phi_w, up to what a step of 1/30 s carries; r with 3 b and v.
    for column, sigma, length, spans in ((4, sigma_w, length_w, 4), (5, sigma_v, length_v, 3)):
        omega = np.linspace(1e-3, math.pi * 30, 200_000)
        x = (length * omega / speed) ** 2
        spectrum = sigma**2 * length / (math.pi * speed) * (1 + 3 * x) / (1 + x) ** 2
        turning = (omega / speed) ** 2 / (1 + (spans * span * omega / (math.pi * speed)) ** 2) * spectrum
        assert gusts[:, column].std() == pytest.approx(math.sqrt(np.trapezoid(turning, omega)), rel=0.07)
    # The air ahead rises faster: it turns nose-up, about -y. The air ahead goes left faster: it turns about +z.
    for column, gust, sign in ((4, 2, -1), (5, 1, 1)):
        rise = gusts[3:, gust] - gusts[:-3, gust]  # over 1.7 m flown
        assert sign * np.corrcoef(rise, gusts[3:, column])[0, 1] > 0.8
    assert np.abs(np.corrcoef(gusts[:, 2], gusts[:, 3])[0, 1]) < 0.02  # roll gusts know nothing of the vertical one
    off = series_of(flight_parameters(ultra_stick(), effects={"rotational_gusts": False}), w20, feet, speed, 3000)
    assert np.all(off[:, 3:] == 0.0)
    assert np.abs(off[:, 2]).max() > 0.5 * sigma_w
    # The aircraft turns with the air: rolled by it as by the opposite rate of its own.
    glider = Airframe(ultra_stick(), propeller=False)
    glider.command(0, 0, 0)
    turned = glider.load(body_velocity(15.0, 0.05, 0.0), np.array([-0.3, 0.2, 0.1]), 0.0, np.zeros(0))
    glider.state[0]["gust_now"][3:] = glider.state[0]["gust_next"][3:] = (0.3, -0.2, -0.1)
    assert glider.load(body_velocity(15.0, 0.05, 0.0), STILL, 0.0, np.zeros(0)) == pytest.approx(turned)


def wind_profile() -> None:
    # u(h) = u(6.1 m) ln(h / z0) / ln(6.1 m / z0)
    for effect in (True, False):
        parameters, state = flight_parameters(ultra_stick(), effects={"wind_profile": effect}), new_state()
        s = state[0]
        s["wind_reference"], s["wind_roughness"] = (-5.0, 3.0, 0.0), 0.02
        for height, share in ((0.5, 0.5627), (2.0, 0.8051), (6.096, 1.0), (20.0, 1.2077)):
            expected = share if effect else 1.0
            assert wind_at(parameters[0], s, height) == pytest.approx((-5 * expected, 3 * expected, 0.0), abs=2e-3)
        advance_turbulence(parameters[0], s, 20.0, 15.0, 0.0, 1 / 30, np.zeros(GUST_NORMALS))


def servo_dynamics() -> None:
    # 8 Hz, damping 0.8, 150 deg/s, dead time 20 ms [UMN, OpenFlightSim]: 25 deg take 1/6 s at the full rate;
    # a small step first meets its target after (pi - acos 0.8) / (omega sqrt(1 - 0.64)) and goes 1.5 % beyond.
    for command, effect in ((1.0, True), (0.04, True), (1.0, False)):
        world = World(ultra_stick(), control_hz=960, physics_hz=960, effects={"servo_dynamics": effect})
        place(world, 100.0, 15.0)
        hinge = int(np.argmax(np.abs(world.parameters[0]["hinge_gain"][:, 1])))
        trace = []
        for _ in range(400):
            world.advance(0.0, command, 0.0, 0.0)
            trace.append(abs(math.degrees(world.state[0]["deflection"][hinge])) / (25 * command))
        moved = np.array(trace)
        if not effect:
            assert np.all(moved == pytest.approx(1.0))
            continue
        assert np.all(moved[:19] == 0.0)  # 0.020 s
        assert moved[20] > 0.0
        if command == 1.0:
            assert np.diff(moved).max() * 25 * 960 == pytest.approx(150.0, rel=1e-3)
            half = np.argmax(moved > 0.5) / 960
            assert half == pytest.approx(0.02 + 12.5 / 150, abs=0.012)
        else:
            first = np.argmax(moved > 1.0) / 960
            assert first == pytest.approx(0.02 + (math.pi - math.acos(0.8)) / (50.27 * 0.6), rel=0.08)
            assert moved.max() == pytest.approx(1.015, abs=0.006)


CASES = {
    "ground_effect": ground_effect,
    "induced_flow": induced_flow,
    "stall": stall,
    "rotational_gusts": rotational_gusts,
    "wind_profile": wind_profile,
    "servo_dynamics": servo_dynamics,
}
