"""What each layout is known for: flaps, differential, T- and V-tail, canard, twins, gear, mixed controls."""

from __future__ import annotations

import math

import numpy as np
import pytest

from envs.base.quantities import QUANTITIES
from envs.performance.flights import stall_speed, static_margin
from envs.performance.solver import performance_sheet
from envs.physics.standing import settle
from envs.physics.steady.airframe import Airframe, body_velocity
from envs.physics.steady.modes import linear_modes
from envs.physics.steady.trim import trim
from envs.physics.world import World
from envs.rendering.scene.airframe_mesh import AirframeMesh
from tests.envs.aircraft.test_layouts import SPEED, STILL, glider, level, loads
from tests.support.layouts import LAYOUTS, SKIDS, TAILDRAGGER, built, conventional, dihedral, flaps, layout, v_tail
from tests.support.physics_tools import angles


def test_a_control_that_is_not_moved_changes_nothing() -> None:
    # Its ends cut the wing into uneven strips, one of them in front of the tail: the flow must not notice.
    for more in (8, 14):
        finer = flaps()
        finer["surfaces"][0]["strips"] = more
        margins = [
            static_margin(Airframe(aircraft, propeller=False), level("conventional"), 0.25)
            for aircraft in (layout("conventional"), layout("flaps"), built(finer))
        ]
        assert margins == pytest.approx([margins[0]] * 3, abs=0.01)


def test_flaps_lower_the_stall_speed() -> None:
    craft = glider("flaps")
    clean, command = stall_speed(craft), craft.command
    craft.command = lambda aileron, elevator, rudder, flap=0.0: command(  # pyright: ignore
        aileron, elevator, rudder, 1.0
    )
    try:
        down = stall_speed(craft)
    finally:
        del craft.command
    assert 0.80 * clean < down < 0.97 * clean  # plain flaps on a third of the span


def test_differential_ailerons_reduce_adverse_yaw() -> None:
    # Adverse is what turns against the roll about the flight path; in body axes lift itself leans forward by alpha.
    alpha, ratios = 0.10, []
    for name in ("conventional", "differential_ailerons"):
        still, rolling = loads(glider(name), alpha=alpha), loads(glider(name), (0.8, 0.0, 0.0), alpha=alpha)
        roll, yaw = rolling[3] - still[3], rolling[5] - still[5]
        assert roll > 0.5  # right
        ratios.append((yaw * math.cos(alpha) + roll * math.sin(alpha)) / roll)
    assert ratios[0] > 0.05  # nose left (+) in a roll to the right
    assert ratios[1] < 0.9 * ratios[0]


def test_t_tail_is_out_of_wash_and_most_downwash() -> None:
    power = []
    for name in ("conventional", "t_tail"):
        parked = Airframe(layout(name))
        rotors = parked.rotors(STILL, 1.0)
        still = [0.0, 0.0]
        for k, elevator in enumerate((0.0, 0.5)):
            parked.command(0.0, elevator, 0.0)
            still[k] = float(parked.load(STILL, STILL, 1.0, rotors)[4])
        power.append(still[0] - still[1])
    assert power[0] > 0.3  # N m: the elevator in the wash lifts the nose at standstill
    assert abs(power[1]) < 0.02 * power[0]
    # less downwash over the same tail volume: more stable
    assert static_margin(glider("t_tail"), level("t_tail"), 0.25) > 0.02 + static_margin(
        glider("conventional"), level("conventional"), 0.25
    )


def test_upright_v_tail_adds_dihedral_and_an_inverted_one_takes_it() -> None:
    effect = {}
    for rise in (-0.12, 0.12):
        craft = Airframe(built(v_tail(rise)), propeller=False)
        effect[rise] = loads(craft, beta=0.08)[3] - loads(craft)[3]
        assert loads(craft, beta=0.08)[5] < loads(craft)[5] - 0.05
    assert effect[0.12] < effect[-0.12] < 0.0
    # Right rudder on an upright V: left half up, right half down.
    record, hinge = glider("v_tail").p, {}
    glider("v_tail").command(0.0, 0.0, 1.0)
    for k in range(int(record["hinges"])):
        if record["hinge_gain"][k, 2]:
            hinge[len(hinge)] = float(glider("v_tail").state[0]["deflection"][k])
    assert hinge[0] < 0.0 < hinge[1]


def test_wing_dihedral_rolls_away_from_the_wind() -> None:
    effects = [
        loads(craft, beta=0.08)[3] - loads(craft)[3]
        for craft in (Airframe(built(dihedral(conventional(), angle)), propeller=False) for angle in (0.0, 5.0))
    ]
    assert effects[1] < effects[0] - 0.1


def test_canard_flies_on_a_lifting_foreplane() -> None:
    at, craft = level("canard"), Airframe(layout("canard"))
    craft.command(*at.command)
    craft.load(body_velocity(SPEED, at.alpha, 0.0), STILL, at.throttle, np.array(at.rotor_speed))
    p, n = craft.p, int(craft.p["strips"])
    fore = p["strip_position"][:n, 0] > 0.3
    lift = craft.state[0]["strip_lift"][:n]
    assert 0.08 < lift[fore].sum() / (1.8 * 9.81) < 0.35
    # and it stalls first: the wing keeps flying when the elevator has no more to give
    assert trim(craft, 1.3 * stall_speed(glider("canard"))).in_reach


@pytest.mark.parametrize("dead", [0, 1])
def test_twin_yaws_towards_its_dead_engine(dead: int) -> None:
    craft = Airframe(layout("twin"))
    velocity = body_velocity(SPEED, 0.05, 0.0)
    craft.command(0.0, 0.0, 0.0)
    both = craft.rotors(velocity, 1.0)
    yaw = craft.load(velocity, STILL, 1.0, both)[5]
    assert yaw == pytest.approx(0.0, abs=1e-6)  # contra-rotating: nothing left over
    left_over = both.copy()
    left_over[dead] = 0.0
    turned = craft.load(velocity, STILL, 1.0, left_over)[5]
    assert turned * (1.0 if dead == 0 else -1.0) > 0.5  # the left one dead: nose left (+)


def test_twin_engines_share_throttle_and_cancel_torque() -> None:
    at = level("twin")
    assert at.rotor_speed[0] == pytest.approx(at.rotor_speed[1], rel=1e-6)
    assert np.abs(at.command[::2]) == pytest.approx([0.0, 0.0], abs=1e-4)  # no aileron, no rudder
    assert abs(level("same_turning_twin").command[0]) > 1e-3
    sheet, single = performance_sheet(layout("twin")), performance_sheet(layout("conventional"))
    assert sheet.static_thrust_N == pytest.approx(2 * (single.static_thrust_N or 0.0), rel=0.01)


def test_unlike_twins_trim_with_each_rotor_in_balance() -> None:
    data = LAYOUTS["twin"]()
    data["propulsion"][1]["motor"] = {**data["propulsion"][1]["motor"], "kv_rpm_per_V": 800}
    craft = Airframe(built(data))
    at = trim(craft, SPEED)
    assert at.in_reach
    assert at.rotor_speed[1] < 0.95 * at.rotor_speed[0]
    balance = craft.rotors(body_velocity(SPEED, at.alpha, at.beta), at.throttle)
    assert np.array(at.rotor_speed) == pytest.approx(balance, rel=1e-3)
    assert at.command[2] < -0.01  # the left one pulls harder: left rudder


def test_gear_is_what_it_says() -> None:
    # A taildragger sits tail down, steers by its tail; runners do not roll.
    slides = {}
    for kind, gear in (("tricycle", None), ("taildragger", TAILDRAGGER), ("skids", SKIDS)):
        world = World(built(conventional(**({"wheels": gear} if gear else {}))))
        settle(world)
        for _ in range(45):
            world.advance(0.0, 0.0, 0.0, 0.35)
        slides[kind] = world.position[0]
        if kind != "skids":
            heading = []
            for rudder in (-0.6, 0.6):
                settle(world)
                for _ in range(40):
                    world.advance(0.0, 0.0, rudder, 0.4)
                heading.append(angles(world)[2])
            assert heading[0] < -0.02 < 0.02 < heading[1]
        world.close()
    assert slides["tricycle"] > 0.5 < slides["taildragger"]
    assert slides["skids"] < 0.05


def test_modes_of_every_layout_are_told_apart() -> None:
    for name in LAYOUTS:
        names = {mode.name for mode in linear_modes(Airframe(layout(name)), level(name))}
        assert {"short period", "dutch roll", "roll", "spiral"} <= names, name


def test_a_wing_given_from_tip_to_tip_flies_as_well() -> None:
    data = conventional()
    wing = data["surfaces"][0]
    tip, root = wing["sections"][1], wing["sections"][0]
    right = {**tip, "leading_edge_m": [tip["leading_edge_m"][0], -tip["leading_edge_m"][1], tip["leading_edge_m"][2]]}
    wing.update(mirrored=False, sections=[right, root, tip], strips=10, controls=[])
    whole = built(data)
    assert whole.span_m == pytest.approx(1.4)
    halves = conventional()
    halves["surfaces"][0]["controls"] = []
    craft, other = (Airframe(a, propeller=False) for a in (whole, built(halves)))
    assert loads(craft) == pytest.approx(loads(other), rel=0.02, abs=0.05)


def test_mixed_controls_are_drawn_as_they_stand() -> None:
    world = World(layout("flying_wing"))
    world.reset((0.0, 0.0, 100.0), (0.0, 0.0, 0.0, 1.0), (SPEED, 0.0, 0.0))
    for _ in range(20):
        world.advance(0.6, 0.5, 0.0, 0.5)
    truth = np.zeros(len(QUANTITIES))
    world.measure(truth)
    logged = {name: math.degrees(truth[QUANTITIES.index(name)]) for name in ("aileron", "elevator")}
    stands = world.state[0]["deflection"][:2]  # left, right: 0.5 x 0.6 -+ 0.6 x 0.5 of 25 deg
    assert np.degrees(stands) == pytest.approx([0.0, -15.0], abs=0.2)
    for side, deflection in zip(("left", "right"), stands, strict=True):
        turning = AirframeMesh(layout("flying_wing")).part(f"elevon_{side}").turning
        assert turning is not None
        assert turning.angle(logged) == pytest.approx(deflection, abs=1e-3)
    world.close()
